"""What lateness may cost the debtor: interest (M16) and collection fees (M17).

Interest is simple, on what was open each day, from the day after the due date; a
payment of a day counts from the next one on. Nothing is rounded here: whoever shows a
line rounds it.
"""

from bisect import bisect_right
from collections.abc import Sequence
from datetime import date, timedelta
from itertools import pairwise
from typing import NamedTuple

DAYS_A_YEAR = 365
# Chile, Ley 19.496 art. 37: (up to, rate) in UF of overdue amount, after day 20; less
# by 0.2 UF where no notice was sent for free in the first 15 days.
CHILE_TIERS = ((10.0, 0.09), (50.0, 0.06), (None, 0.03))
CHILE_FREE_DAYS = 20
CHILE_NOTICE_DAYS = 15
CHILE_WITHOUT_NOTICE = 0.2
# Directive 2011/7/EU: the reference rate and at least so much, in parts of one.
EU_MARGIN = 0.08


class NoRateError(ValueError):
    """No rate holds on a day, the only argument."""


class Debt(NamedTuple):
    """A document and what was settled of it.

    :param settled: date and amount of each payment or credit, in any order
    """

    due: date
    amount: float
    settled: tuple[tuple[date, float], ...] = ()


class Span(NamedTuple):
    """Days at one rate and one principal: those after ``start``, ``end`` included."""

    start: date
    end: date
    principal: float
    rate: float

    @property
    def days(self) -> int:
        return (self.end - self.start).days

    @property
    def interest(self) -> float:
        return simple_interest(self.principal, self.rate, self.days)


def simple_interest(principal: float, yearly_rate: float, days: int) -> float:
    """``principal × rate × days / 365``; also the cost of carrying overdue money.

    :param yearly_rate: a fraction, 0.104 for 10.4 %

    >>> round(simple_interest(10_000, 0.104, 45), 2)
    128.22
    """
    return max(principal, 0) * yearly_rate * max(days, 0) / DAYS_A_YEAR


def spans(
    debt: Debt,
    rates: Sequence[tuple[date, float]],
    until: date,
    since: date | None = None,
) -> list[Span]:
    """Return the days of a debt that bear interest, split where anything changes.

    :param rates: day from which each holds and the yearly rate, the oldest first
    :param until: the last day
    :param since: the last day that was charged already; ``None``: none was
    :raise NoRateError: on a day before the first rate

    >>> debt = Debt(date(2026, 1, 1), 10_000.0)
    >>> [round(span.interest, 2)
    ...  for span in spans(debt, [(date(2020, 1, 1), 0.104)], date(2026, 2, 15))]
    [128.22]
    """
    first = max(debt.due, since) if since else debt.due
    if until <= first:
        return []
    edges = {first, until}
    edges |= {day for day, _amount in debt.settled if first < day < until}
    edges |= {
        day - timedelta(days=1) for day, _rate in rates if first < day <= until
    } - {first}
    ordered = sorted(edges)
    found = []
    for start, end in pairwise(ordered):
        principal = debt.amount - sum(
            amount for day, amount in debt.settled if day <= start
        )
        if principal > 0:
            found.append(Span(start, end, principal, _rate_on(rates, end)))
    return found


def _rate_on(rates: Sequence[tuple[date, float]], day: date) -> float:
    position = bisect_right(rates, day, key=lambda rate: rate[0])
    if not position:
        raise NoRateError(day)
    return rates[position - 1][1]


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


def chile_fee_left(
    amount_uf: float, charged_on_uf: float, charged_uf: float, *, notified: bool = True
) -> float:
    """Return what may still be charged when more becomes overdue, in UF.

    The tiers are passed once: on all that is late, whether charged already or not.

    :param amount_uf: overdue for more than 20 days and never charged
    :param charged_on_uf: what earlier fees were charged on
    :param charged_uf: those fees
    :param notified: whether a useful notice was sent for free in the first 15 days

    >>> round(chile_fee_left(10, 50, 3.3), 2), round(chile_fee_left(8, 0, 0), 2)
    (0.3, 0.72)
    >>> round(chile_fee_left(8, 0, 0, notified=False), 2)
    0.52
    """
    if amount_uf <= 0:
        return 0.0
    most = tiered_fee(amount_uf + max(charged_on_uf, 0))
    if not notified:
        most -= CHILE_WITHOUT_NOTICE
    return max(most - charged_uf, 0.0)
