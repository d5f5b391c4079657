from . import collections_slip, collections_statement
