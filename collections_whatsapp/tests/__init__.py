from . import test_access, test_account, test_people, test_template, test_webhook
