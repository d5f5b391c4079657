"""The order of a collector's day, and why each customer stands where it does."""

from datetime import date, timedelta
from typing import NamedTuple

BROKEN, REPLY, ACTIVITY, DEBT = "broken", "reply", "activity", "debt"
# What comes first: a word that was not kept, then who waits for an answer.
ORDER = (BROKEN, REPLY, ACTIVITY, DEBT)
SATURDAY = 5


class Facts(NamedTuple):
    """What is known of a case on the morning of a day; days in the company's zone.

    :param amount: what there is to ask for, in company currency
    :param days: days that the oldest item is overdue
    :param broken: when a promise was last found broken
    :param replied: when the customer last wrote or called
    :param answered: whether a person was in contact after that
    :param activity: earliest open activity that is due, of whoever has the list
    :param parked: somebody decided that nobody calls now: a later date is agreed,
        reminders are stopped, the case is at the lawyer
    :param worked: when a person last was in contact
    :param rest: days in which a debt alone is no reason to call again
    :param priority: what acting today is worth, see `tools.priority`; ``None`` where
        the company grades nobody
    """

    case_id: int
    amount: float
    days: int
    broken: date | None = None
    replied: date | None = None
    answered: bool = False
    activity: date | None = None
    parked: bool = False
    worked: date | None = None
    rest: int = 0
    priority: float | None = None


class Place(NamedTuple):
    """A case on the list: the group it is in, since when, and its weight."""

    case_id: int
    group: str
    since: date | None
    weight: float


def place(facts: Facts, today: date) -> Place | None:
    """Return why a case is on today's list, ``None`` where it is not.

    >>> facts = Facts(1, amount=200.0, days=30)
    >>> place(facts, date(2024, 6, 17))
    Place(case_id=1, group='debt', since=None, weight=6000.0)
    >>> place(facts._replace(worked=date(2024, 6, 17)), date(2024, 6, 17))
    """
    weight = facts.priority
    if weight is None:
        weight = max(facts.amount, 0.0) * max(facts.days, 0)
    group, since = DEBT, None
    if facts.broken and not (facts.worked and facts.worked >= facts.broken):
        group, since = BROKEN, facts.broken
    elif facts.replied and not facts.answered:
        group, since = REPLY, facts.replied
    elif facts.activity and facts.activity <= today:
        group, since = ACTIVITY, facts.activity
    elif facts.amount <= 0 or facts.parked or is_resting(facts, today):
        return None
    return Place(facts.case_id, group, since, weight)


def is_resting(facts: Facts, today: date) -> bool:
    """Tell whether the last contact is too fresh to ask for money again.

    Who was called today is done for today, whatever the policy says.
    """
    if facts.worked is None:
        return False
    return today < facts.worked + timedelta(days=max(facts.rest, 1))


def arrange(rows, today: date) -> list[Place]:
    """Return the places of cases in the order in which they are worked.

    Within broken promises and debts the higher priority comes first, or the greater
    amount × days where there is none; among replies and activities who waits the
    longest.
    """
    places = [found for facts in rows if (found := place(facts, today))]
    return sorted(places, key=_key)


def _key(found: Place) -> tuple:
    waits = found.group in (REPLY, ACTIVITY)
    return (
        ORDER.index(found.group),
        found.since if waits else date.min,
        -found.weight,
        found.case_id,
    )


def working_day(day: date) -> date:
    """Return the day, or the Monday after a weekend.

    >>> working_day(date(2024, 6, 22))
    datetime.date(2024, 6, 24)
    """
    while day.weekday() >= SATURDAY:
        day += timedelta(days=1)
    return day


def next_dates(today: date) -> list[date]:
    """Return the dates that are offered for the next contact: soon, later, next week.

    >>> [day.isoformat() for day in next_dates(date(2024, 6, 21))]  # a Friday
    ['2024-06-24', '2024-06-25', '2024-06-28']
    """
    dates: list[date] = []
    for days in (1, 3, 7):
        day = working_day(today + timedelta(days=days))
        while day in dates:
            day = working_day(day + timedelta(days=1))
        dates.append(day)
    return dates
