from . import collections_opt_out, collections_slip, collections_statement
