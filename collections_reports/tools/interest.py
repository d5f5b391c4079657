"""What lateness costs: interest (M16), collection fees by tiers (M17), carrying."""

from collections.abc import Sequence

DAYS_A_YEAR = 365
# Chile, Ley 19.496 art. 37: (up to, rate) in UF of overdue amount, after day 20.
CHILE_TIERS = ((10.0, 0.09), (50.0, 0.06), (None, 0.03))
CHILE_FREE_DAYS = 20


def simple_interest(principal: float, yearly_rate: float, days: int) -> float:
    """``principal × rate × days / 365``; also the cost of carrying overdue money.

    :param yearly_rate: a fraction, 0.104 for 10.4 %

    >>> round(simple_interest(10_000, 0.104, 45), 2)
    128.22
    """
    return max(principal, 0) * yearly_rate * max(days, 0) / DAYS_A_YEAR


def tiered_fee(
    amount: float, tiers: Sequence[tuple[float | None, float]] = CHILE_TIERS
) -> float:
    """Progressive fee: each tier's rate on the part of the amount within it.

    >>> [round(tiered_fee(amount), 2) for amount in (8, 50, 60)]
    [0.72, 3.3, 3.6]
    """
    fee, start = 0.0, 0.0
    for end, rate in tiers:
        top = amount if end is None else min(amount, end)
        fee += max(top - start, 0) * rate
        start = end if end is not None else start
    return fee


def chile_collection_fee(amount_uf: float, days_overdue: int) -> float:
    """Highest collection fee that may be charged in Chile, in UF (M17)."""
    return tiered_fee(amount_uf) if days_overdue > CHILE_FREE_DAYS else 0.0
