"""Months of a period: their ends, days and neighbours."""

from calendar import monthrange
from collections.abc import Mapping
from datetime import date, timedelta

from .dso import Month


def month_start(day: date) -> date:
    return day.replace(day=1)


def month_end(day: date) -> date:
    return day.replace(day=monthrange(day.year, day.month)[1])


def month_ends(until: date, count: int) -> list[date]:
    """Return the last ``count`` month ends up to a day, which ends the last month.

    >>> [str(day) for day in month_ends(date(2026, 3, 15), 3)]
    ['2026-01-31', '2026-02-28', '2026-03-15']
    """
    ends = [until]
    while len(ends) < count:
        ends.append(month_start(ends[-1]) - timedelta(days=1))
    return ends[::-1]


def months_back(sales: Mapping[date, float], until: date) -> list[Month]:
    """Return the months of a countback, the latest first, without gaps.

    :param sales: by first day of the month; the month of ``until`` up to that day
    """
    months, first = [], min(sales, default=until)
    end = until
    while end >= first:
        start = month_start(end)
        months.append(Month((end - start).days + 1, float(sales.get(start, 0.0))))
        end = start - timedelta(days=1)
    return months
