from . import collections_aging, collections_kpi
