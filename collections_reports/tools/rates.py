"""Shares of what could have been: CEI, recovery, coverage and others, in percent."""

from collections.abc import Iterable


def percent(part: float, whole: float) -> float | None:
    """``part / whole × 100``; not available without a positive whole.

    >>> percent(90, 120)
    75.0
    """
    if whole <= 0:
        return None
    return part / whole * 100


def cei(
    opening: float, sales: float, closing: float, closing_not_due: float
) -> float | None:
    """Collection effectiveness index of a period (M5).

    ``(opening + sales − closing) / (opening + sales − closing not due) × 100``, with
    the sales of exactly the period (N = 1). Source: Credit Research Foundation. 100 is
    reached when nothing is overdue at the end.

    >>> round(cei(60, 250, 200, 100), 2)
    52.38
    """
    return percent(opening + sales - closing, opening + sales - closing_not_due)


def weighted_average(pairs: Iterable[tuple[float, float]]) -> float | None:
    """Average of numbers by weight: days late per payment, days overdue (M4b–d).

    :param pairs: (weight, number)

    >>> round(weighted_average([(40, 30), (20, 0), (50, 10)]), 2)
    15.45
    """
    total = weight = 0.0
    for part, number in pairs:
        weight += part
        total += part * number
    return total / weight if weight > 0 else None


def cost_of_carry(amount_days: float, rate: float) -> float:
    """Interest on what is overdue: ``Σ overdue at the end of each day × rate / 365``.

    :param amount_days: the overdue amounts of all days, added up
    :param rate: percent a year, simple interest

    >>> cost_of_carry(100_000 * 73, 10)
    2000.0
    """
    return amount_days * rate / 100 / 365
