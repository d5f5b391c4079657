from . import collections_aging
