"""How far a collector is on the way to the target of the month."""

from datetime import date, timedelta
from typing import NamedTuple

SATURDAY = 5


class Progress(NamedTuple):
    """Where somebody stands on a day.

    :param share: of the target, reached so far; more than 1 where it was passed
    :param expected: share of the month's working days that are over, today included
    :param missing: what is left to the target
    :param a_day: what is left for each working day that is left, today included
    """

    share: float
    expected: float
    missing: float
    a_day: float


def first_day(today: date) -> date:
    return today.replace(day=1)


def last_day(today: date) -> date:
    """Return the last day of the month.

    >>> last_day(date(2024, 2, 10))
    datetime.date(2024, 2, 29)
    """
    return (today.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(1)


def working_days(first: date, last: date) -> int:
    """Count the days from Monday to Friday between two dates, both included.

    >>> working_days(date(2024, 6, 14), date(2024, 6, 17))  # Friday to Monday
    2
    """
    days = (last - first).days + 1
    return sum(
        (first + timedelta(days=passed)).weekday() < SATURDAY for passed in range(days)
    )


def progress(target: float, reached: float, today: date) -> Progress:
    """Return how far somebody is with a target of the month of ``today``.

    >>> found = progress(2000.0, 500.0, date(2024, 6, 17))  # 20 working days
    >>> found.share, found.expected, found.missing, found.a_day
    (0.25, 0.55, 1500.0, 150.0)
    """
    first, last = first_day(today), last_day(today)
    missing = max(target - reached, 0.0)
    return Progress(
        share=reached / target if target else 0.0,
        expected=working_days(first, today) / working_days(first, last),
        missing=missing,
        # On the last weekend nothing but today is left.
        a_day=missing / max(working_days(today, last), 1),
    )
