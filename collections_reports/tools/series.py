"""Months of a period: their ends, days and neighbours."""

from calendar import monthrange
from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from itertools import accumulate

from .dso import Month, average_days_delinquent, best_possible, countback, simple
from .rates import cei

# Sales that most countbacks need; the others read all of them.
HISTORY_MONTHS = 6


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


def months_before(day: date, count: int = HISTORY_MONTHS) -> date:
    """Return the first day of the month that lies some months before a day.

    >>> str(months_before(date(2026, 3, 15), 6))
    '2025-09-01'
    """
    return month_start(month_ends(day, count + 1)[0])


def period_before(first: date, last: date) -> tuple[date, date]:
    """Return the period before one: whole months where it is made of them.

    >>> [str(day) for day in period_before(date(2026, 1, 1), date(2026, 3, 31))]
    ['2025-10-01', '2025-12-31']
    >>> [str(day) for day in period_before(date(2026, 3, 11), date(2026, 3, 20))]
    ['2026-03-01', '2026-03-10']
    """
    until = first - timedelta(days=1)
    if first.day != 1 or last != month_end(last):
        return until - (last - first), until
    count = 12 * (last.year - first.year) + last.month - first.month + 1
    return month_start(month_ends(until, count)[0]), until


def month_before(day: date) -> date:
    """Return the day a month before: of a month's end, the end of the one before.

    >>> str(month_before(date(2026, 3, 31))), str(month_before(date(2026, 3, 15)))
    ('2026-02-28', '2026-02-15')
    """
    end = month_start(day) - timedelta(days=1)
    if day == month_end(day):
        return end
    return end.replace(day=min(day.day, end.day))


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


def spread(spans: Iterable[tuple[int, int, float]], count: int) -> list[float]:
    """Return what is there at each of several days.

    :param spans: (first place, place after the last, amount); one that ends before it
        begins is nowhere
    :param count: number of days

    >>> spread([(0, 2, 10.0), (1, 3, 5.0), (2, 1, 9.0)], 3)
    [10.0, 15.0, 5.0]
    """
    steps = [0.0] * (count + 1)
    for first, after, amount in spans:
        if first < after:
            steps[first] += amount
            steps[after] -= amount
    return list(accumulate(steps[:count]))


def points(
    changes,
    not_due: Mapping[date, float],
    ends: list[date],
    base: float = 0.0,
    apart: Mapping[date, tuple[float, float]] | None = None,
) -> list[dict]:
    """Return DSO and CEI at month ends, and of the three months that end there.

    :param changes: (first day of month, change of receivables, sales), in order
    :param not_due: receivables not due at each end
    :param base: receivables before the first change
    :param apart: at each end, what is left out of days of sales, and of it not due
    """
    sales = {month: amount for month, _change, amount in changes}
    nothing = (0.0, 0.0)
    return [
        _point(changes, not_due, end, base, sales, (apart or {}).get(end, nothing))
        for end in ends
    ]


def _point(changes, not_due, end: date, base: float, sales, apart) -> dict:
    start, first = month_start(end), month_start(month_ends(end, 3)[0])
    before = base + sum(change for month, change, _s in changes if month < first)
    opening = base + sum(change for month, change, _s in changes if month < start)
    closing = base + sum(change for month, change, _s in changes if month <= start)
    current = min(not_due.get(end, 0.0), max(closing, 0.0))
    expected = closing - apart[0]
    back = countback(
        expected, months_back({m: s for m, s in sales.items() if s and m <= start}, end)
    )
    sold = sum(sales.get(month_start(day), 0.0) for day in month_ends(end, 3))
    days = (end - first).days + 1
    dso = simple(expected, sold, days)
    best = best_possible(
        min(not_due.get(end, 0.0) - apart[1], max(expected, 0.0)), sold, days
    )
    return {
        "date": end,
        "receivables": round(closing, 2),
        "not_due": round(current, 2),
        "set_apart": round(apart[0], 2),
        "sales": round(sales.get(start, 0.0), 2),
        "dso": dso,
        "average_days_delinquent": average_days_delinquent(dso, best),
        "dso_countback": back.days if back else None,
        "exceeds_history": bool(back and back.exceeds_history),
        "cei": cei(opening, sales.get(start, 0.0), closing, current),
        "cei_quarter": cei(before, sold, closing, current),
        "opening_quarter": round(before, 2),
        "sales_quarter": round(sold, 2),
        "days_quarter": days,
    }
