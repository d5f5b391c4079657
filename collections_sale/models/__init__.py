from . import collections_case, collections_credit_hold, sale_order
