"""The days on which a customer pays, or takes in invoices, and when it is closed.

Many companies pay on fixed days only (*every Friday*, *the 5th and the 20th*), and
accept invoices against a receipt on others. Whoever asks the day before is heard;
whoever asks the day after waits for the next round.
"""

import calendar
from collections.abc import Iterable
from datetime import date, timedelta
from typing import NamedTuple

# The last one of a month, of its days or of its weekdays.
LAST = -1
SATURDAY = 5
# Nobody is closed, or pays, at longer intervals.
HORIZON = 400


class Day(NamedTuple):
    """A day that comes again: a weekday, or a day of the month.

    :param weekday: 0 is Monday
    :param week: which one of the month, `LAST`, or 0 for each
    :param month_day: 1 to 31, 0 for a weekday; a shorter month has its last day
        instead
    """

    weekday: int | None = None
    week: int = 0
    month_day: int = 0


class Closing(NamedTuple):
    """Days, both included, on which nothing is paid or received.

    :param yearly: the same days of every year; they may go beyond its end
    """

    first: date
    last: date
    yearly: bool = False


class Calendar(NamedTuple):
    """One kind of days of a customer."""

    days: tuple[Day, ...] = ()
    closings: tuple[Closing, ...] = ()


def falls_on(day: Day, when: date) -> bool:
    """Tell whether a date is one of these days.

    >>> falls_on(Day(weekday=4), date(2024, 6, 21))  # a Friday
    True
    >>> falls_on(Day(weekday=4, week=LAST), date(2024, 6, 21))
    False
    >>> falls_on(Day(month_day=31), date(2024, 6, 30))
    True
    """
    length = calendar.monthrange(when.year, when.month)[1]
    if day.month_day:
        return when.day == min(day.month_day, length)
    if when.weekday() != day.weekday:
        return False
    if day.week == LAST:
        return when.day > length - 7
    return not day.week or (when.day - 1) // 7 + 1 == day.week


def is_closed(closings: Iterable[Closing], when: date) -> bool:
    """Tell whether a date is in a closing.

    >>> winter = Closing(date(2023, 12, 20), date(2024, 1, 6), yearly=True)
    >>> is_closed([winter], date(2025, 1, 6)), is_closed([winter], date(2025, 1, 7))
    (True, False)
    """
    return any(_covers(closing, when) for closing in closings)


def _covers(closing: Closing, when: date) -> bool:
    if not closing.yearly:
        return closing.first <= when <= closing.last
    first, last, day = (
        (moment.month, moment.day) for moment in (closing.first, closing.last, when)
    )
    if first <= last:
        return first <= day <= last
    return day >= first or day <= last


def next_day(own: Calendar, since: date) -> date | None:
    """Return the first of a customer's days, from a date on.

    One that falls in a closing is left out. ``None`` where there is none.

    >>> next_day(Calendar((Day(month_day=5), Day(month_day=20))), date(2024, 6, 6))
    datetime.date(2024, 6, 20)
    """
    for offset in range(HORIZON if own.days else 0):
        when = since + timedelta(days=offset)
        found = any(falls_on(day, when) for day in own.days)
        if found and not is_closed(own.closings, when):
            return when
    return None


def eve(when: date) -> date:
    """Return the last working day before a date.

    >>> eve(date(2024, 6, 24))  # a Monday
    datetime.date(2024, 6, 21)
    """
    day = when - timedelta(days=1)
    while day.weekday() >= SATURDAY:
        day -= timedelta(days=1)
    return day


def next_eve(own: Calendar, since: date) -> date | None:
    """Return the first working day, from a date on, before one of a customer's days."""
    pays = next_day(own, since + timedelta(days=1))
    # On a weekend the eve of Monday is over.
    while pays and eve(pays) < since:
        pays = next_day(own, pays + timedelta(days=1))
    return pays and eve(pays)


def best_day(own: Calendar, since: date, wait: int) -> date:
    """Return the day on which asking for money is worth most.

    The eve of the next payment day, where that is at most so many days away; else
    at once: who pays once a month is not left alone for most of it.

    >>> fridays = Calendar((Day(weekday=4),))
    >>> best_day(fridays, date(2024, 6, 21), 7)
    datetime.date(2024, 6, 27)
    >>> best_day(fridays, date(2024, 6, 21), 3)
    datetime.date(2024, 6, 21)
    """
    found = next_eve(own, since)
    if found is None or (found - since).days > wait:
        return since
    return found


def expected(own: Calendar, due: date, today: date) -> date:
    """Return when money that is due then can come at the earliest.

    The first payment day from the due date on, or from today where that has passed.

    >>> expected(Calendar((Day(weekday=4),)), date(2024, 6, 17), date(2024, 6, 3))
    datetime.date(2024, 6, 21)
    >>> expected(Calendar(), date(2024, 6, 17), date(2024, 6, 20))
    datetime.date(2024, 6, 20)
    """
    first = max(due, today)
    return next_day(own, first) or first
