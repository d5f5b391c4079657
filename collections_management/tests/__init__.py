from . import (
    test_access,
    test_case,
    test_cycle,
    test_demo,
    test_gate,
    test_item,
    test_mail,
    test_methods,
    test_run,
    test_touch,
    test_tours,
    test_views,
)
