from . import (
    collections_case,
    collections_credit_hold,
    collections_escalation,
    collections_refresher,
    collections_stage,
    sale_order,
)
