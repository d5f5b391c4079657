"""What belongs to a customer: its people, days, guarantors, deposits."""

from . import (
    collections_case_customer,
    collections_case_deposits,
    collections_case_people,
    collections_customer_day,
    collections_customer_calendar,
    collections_customer_closing,
    collections_deposit,
    collections_deposit_finder,
    collections_deposit_match,
    collections_guarantor,
    collections_presentation,
)
