"""The functional core: pure decisions, no Odoo, no network, no clock."""

from . import (
    chain,
    conditions,
    contact_rules,
    contact_zones,
    disputes,
    evidence_workbook,
    forecast,
    instalments,
    levels,
    netting,
    opt_out,
    pauses,
    planning,
    promises,
    public_holidays,
    rate_limit,
    slips,
    stages,
    transitions,
    worklist,
)
