from . import (
    test_case,
    test_cycle,
    test_gate,
    test_item,
    test_mail,
    test_run,
    test_touch,
)
