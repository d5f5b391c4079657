from . import test_case, test_demo, test_gate, test_item, test_run, test_touch
