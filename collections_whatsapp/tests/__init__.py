from . import (
    test_access,
    test_account,
    test_conversation,
    test_people,
    test_privacy,
    test_template,
    test_webhook,
)
