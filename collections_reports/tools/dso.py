"""Days sales outstanding and its relatives (metrics M1–M4), in days.

Receivables and sales include tax; sales are posted invoices less credit notes.
Receivables are net of unapplied credits and taken at the end of the period.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Month:
    """Sales of one month, or of its part up to the end of the period.

    :param days: calendar days counted
    :param sales: invoices less credit notes, company currency
    """

    days: int
    sales: float


@dataclass(frozen=True)
class Countback:
    """Result of a countback.

    :param days: days of sales that the receivables are worth
    :param exceeds_history: there are more receivables than sales known; the answer is
        "more than ``days``" and is not extrapolated
    :param months: those walked through, the latest first
    """

    days: float
    exceeds_history: bool = False
    months: tuple[Month, ...] = field(default=(), compare=False)


def simple(receivables: float, sales: float, days: int) -> float | None:
    """``receivables / sales × days`` (M1; source: Upflow).

    >>> simple(200, 250, 90)
    72.0
    """
    if sales <= 0:
        return None
    return max(receivables, 0) / sales * days


def best_possible(not_due: float, sales: float, days: int) -> float | None:
    """``receivables not due / sales × days`` (M3; source: CreditGuru)."""
    return simple(not_due, sales, days)


def countback(receivables: float, months: Sequence[Month]) -> Countback | None:
    """Walk back month by month until the receivables are used up (M2).

    A month without sales adds its days; one with negative sales is merged into the
    month before it. Source of the method: Highako, used by Upflow.

    :param receivables: net receivables at the end of the last month
    :param months: sales by month, the latest first
    :return: ``None`` when no sales are known
    """
    months = merge_negative(months)
    if not any(month.sales > 0 for month in months):
        return None
    remaining, days = max(receivables, 0), 0.0
    walked: list[Month] = []
    for month in months:
        if remaining <= 0:
            break
        walked.append(month)
        if remaining < month.sales:
            days += remaining / month.sales * month.days
            return Countback(days, months=tuple(walked))
        remaining -= month.sales
        days += month.days
    return Countback(days, remaining > 0, tuple(walked))


def merge_negative(months: Sequence[Month]) -> list[Month]:
    """Add months of negative sales to the one before, the latest first.

    What is left negative at the beginning of history is dropped with its days.
    """
    merged, days, sales = [], 0, 0.0
    for month in months:
        days, sales = days + month.days, sales + month.sales
        if sales >= 0:
            merged.append(Month(days, sales))
            days, sales = 0, 0.0
    return merged


def average_days_delinquent(dso: float | None, best: float | None) -> float | None:
    """``DSO − best possible DSO``, by the same method on both sides (M4)."""
    if dso is None or best is None:
        return None
    return max(dso - best, 0.0)
