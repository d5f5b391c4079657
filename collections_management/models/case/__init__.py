"""The case: one customer in one company."""

from . import (
    collections_case_actions,
    collections_case_profile,
    collections_case_group,
    collections_case_view,
    collections_case,
)
