from . import test_access, test_credit_hold, test_quotation
