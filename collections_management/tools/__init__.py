"""The functional core: pure decisions, no Odoo, no network, no clock."""

from . import (
    chain,
    conditions,
    contact_rules,
    contact_zones,
    disputes,
    forecast,
    levels,
    netting,
    pauses,
    planning,
    promises,
    public_holidays,
    slips,
    stages,
    transitions,
)
