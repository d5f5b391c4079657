"""What has to be true before a case is handed to the next instance.

Supervisor, agency, legal and written off: each stage says what it asks for, the case
says what there is, and this module compares the two. Nobody is judged: what is
missing is named, and a person decides.
"""

from datetime import date, timedelta
from typing import NamedTuple

SUPERVISOR = "supervisor"
AGENCY = "agency"
LEGAL = "legal"
WRITTEN_OFF = "written_off"
KINDS = (SUPERVISOR, AGENCY, LEGAL, WRITTEN_OFF)
# No longer expected by its due date: out of the days of sales, listed apart.
SET_APART = (LEGAL, WRITTEN_OFF)

# Requirements, in the order in which they are shown.
OVERDUE = "overdue"
AGE = "age"
REMINDERS = "reminders"
FORMAL = "formal"
NOTICE = "notice"
DOCUMENTS = "documents"
FREE = "free"
COUNTRY = "country"


class Needs(NamedTuple):
    """What a stage asks for; zero and false: nothing.

    :param age: days that the oldest document is overdue, at least
    :param reminders: reminders sent for what is still open, at least
    :param formal: a formal notice was sent
    :param notice_days: days that have to pass after the formal notice
    :param documents: a copy of every overdue document is there
    :param free: nothing is in dispute, promised, agreed, reported as paid or held
    """

    age: int = 0
    reminders: int = 0
    formal: bool = False
    notice_days: int = 0
    documents: bool = False
    free: bool = False


class Facts(NamedTuple):
    """What there is of a case.

    :param overdue: net of credits, in company currency
    :param age: days that the oldest document is overdue
    :param missing: numbers of overdue documents without a copy
    :param apart: amount that something agreed or disputed covers
    :param in_reach: whether who takes it over works in the customer's country
    """

    overdue: float = 0.0
    age: int = 0
    reminders: int = 0
    formal_date: date | None = None
    documents: int = 0
    missing: tuple[str, ...] = ()
    apart: float = 0.0
    in_reach: bool = True


class Requirement(NamedTuple):
    """One thing asked for, and whether it is there."""

    code: str
    fulfilled: bool


def requirements(
    needs: Needs, facts: Facts, today: date, tolerance: float = 0.0
) -> list[Requirement]:
    """Return what is asked for, each with whether it is fulfilled.

    That something is overdue and that whoever takes it over works there is always
    asked for; the rest where the stage says so. The notice period is over on the day
    after its last one.

    :param tolerance: amounts up to it count as nothing

    >>> needs = Needs(formal=True, notice_days=10)
    >>> facts = Facts(overdue=100.0, formal_date=date(2024, 6, 1))
    >>> [one.code for one in requirements(needs, facts, date(2024, 6, 11))
    ...  if not one.fulfilled]
    ['notice']
    >>> missing(requirements(needs, facts, date(2024, 6, 12)))
    []
    """
    sent = facts.formal_date
    over = sent is not None and today > sent + timedelta(days=needs.notice_days)
    asked = (
        (True, OVERDUE, facts.overdue > tolerance),
        (needs.age > 0, AGE, facts.age >= needs.age),
        (needs.reminders > 0, REMINDERS, facts.reminders >= needs.reminders),
        (needs.formal, FORMAL, sent is not None),
        (needs.formal and needs.notice_days > 0, NOTICE, over),
        (needs.documents, DOCUMENTS, not facts.missing),
        (needs.free, FREE, facts.apart <= tolerance),
        (not facts.in_reach, COUNTRY, False),
    )
    return [Requirement(code, bool(holds)) for wanted, code, holds in asked if wanted]


def missing(found: list[Requirement]) -> list[str]:
    """Return the codes of what is not there."""
    return [one.code for one in found if not one.fulfilled]
