from . import (
    test_access_rights,
    test_aging,
    test_aging_identity,
    test_aging_xlsx,
    test_kpi,
    test_risk,
)
