from . import test_case, test_item, test_touch
