from . import (
    test_access_rights,
    test_aging,
    test_aging_identity,
    test_aging_screen,
    test_aging_xlsx,
    test_analysis,
    test_dashboard,
    test_kpi,
    test_kpi_more,
    test_risk,
    test_schedule,
    test_tours,
)
