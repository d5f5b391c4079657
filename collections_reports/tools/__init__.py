"""Arithmetic of receivables, without Odoo: amounts and dates in, numbers out.

A denominator that is not positive gives ``None`` (not available), never 0 or 100.
"""

from . import (
    buckets,
    cash,
    cash_book,
    dso,
    experiments,
    facts,
    figures_book,
    matrices,
    promises,
    rates,
    series,
    sheets,
    workbook,
)
