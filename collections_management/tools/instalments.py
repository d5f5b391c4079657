"""The schedule of an agreement: even parts, one per period."""

import calendar
from datetime import date, timedelta
from typing import NamedTuple

WEEK, FORTNIGHT, MONTH = "week", "fortnight", "month"

DRAFT = "draft"
ACCEPTED = "accepted"
ACTIVE = "active"
FULFILLED = "fulfilled"
BROKEN = "broken"
WITHDRAWN = "withdrawn"


class Instalment(NamedTuple):
    date: date
    amount: float


def schedule(
    amount: float, count: int, first: date, period: str, digits: int = 2
) -> list[Instalment]:
    """Return an amount in even instalments; the last one takes the rounding.

    >>> [part.amount for part in schedule(100.0, 3, date(2024, 1, 31), MONTH)]
    [33.33, 33.33, 33.34]
    >>> [str(part.date) for part in schedule(9.0, 3, date(2024, 1, 31), MONTH)]
    ['2024-01-31', '2024-02-29', '2024-03-31']
    """
    unit = 10**digits
    total = round(amount * unit)
    part = total // count
    parts = [part] * (count - 1) + [total - part * (count - 1)]
    return [
        Instalment(later(first, number, period), value / unit)
        for number, value in enumerate(parts)
    ]


def later(first: date, number: int, period: str) -> date:
    """Return a day so many periods later; a month that is shorter ends earlier."""
    if period != MONTH:
        return first + timedelta(days=number * (7 if period == WEEK else 14))
    months = first.month - 1 + number
    year, month = first.year + months // 12, months % 12 + 1
    last = calendar.monthrange(year, month)[1]
    return date(year, month, min(first.day, last))


def state(kept: int, missed: int, open_: int, most_missed: int, settled: bool) -> str:
    """Return the state of an accepted agreement from those of its instalments.

    :param most_missed: so many misses break it
    :param settled: all was paid in the end, on time or late

    >>> state(0, 0, 3, 1, False), state(1, 0, 2, 1, False), state(3, 0, 0, 1, True)
    ('accepted', 'active', 'fulfilled')
    >>> state(1, 1, 1, 1, False), state(1, 1, 1, 2, False), state(2, 1, 0, 2, False)
    ('broken', 'active', 'broken')
    """
    if missed and missed >= max(most_missed, 1):
        return BROKEN
    if not open_:
        return FULFILLED if settled else BROKEN
    return ACTIVE if kept or missed else ACCEPTED
