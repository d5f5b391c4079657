"""What a customer does not accept."""

from . import (
    collections_case_dispute,
    collections_dispute_actions,
    collections_dispute_ledger,
    collections_dispute,
    collections_dispute_line,
    collections_dispute_reason,
)
