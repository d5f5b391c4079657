"""The ledger as collections read it: open items, figures of cases, the refresh."""

from . import (
    collections_case_figures,
    collections_figures_query,
    collections_figures,
    collections_item,
    collections_ledger,
    collections_refresher,
)
