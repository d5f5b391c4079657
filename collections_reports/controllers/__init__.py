from . import collections_aging, collections_cash, collections_kpi
