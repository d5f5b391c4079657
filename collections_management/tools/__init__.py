"""The functional core: pure decisions, no Odoo, no network, no clock."""

from . import (
    chain,
    conditions,
    forecast,
    levels,
    netting,
    pauses,
    planning,
    stages,
    transitions,
)
