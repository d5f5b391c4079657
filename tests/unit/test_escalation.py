"""What a stage asks for before a case is handed over."""

from datetime import date

import pytest

from collections_tools import escalation
from collections_tools.escalation import Facts, Needs

TODAY = date(2024, 6, 17)
FULL = Facts(100.0, 90, 3, date(2024, 6, 1), 2, (), 0.0)
ALL = Needs(60, 2, True, 10, True, True)


def missing(needs, facts, tolerance=0.0):
    return escalation.missing(escalation.requirements(needs, facts, TODAY, tolerance))


def test_all_is_there():
    assert missing(ALL, FULL) == []


def test_asks_for_nothing_but_a_debt():
    assert missing(Needs(), Facts(1.0)) == []
    assert missing(Needs(), Facts()) == ["overdue"]
    assert missing(Needs(), Facts(1.0), tolerance=1.0) == ["overdue"]


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"age": 59}, "age"),
        ({"reminders": 1}, "reminders"),
        ({"formal_date": date(2024, 6, 7)}, "notice"),
        ({"missing": ("INV/1",)}, "documents"),
        ({"apart": 0.01}, "free"),
        ({"in_reach": False}, "country"),
    ],
)
def test_one_thing_is_missing(change, code):
    assert missing(ALL, FULL._replace(**change)) == [code]


def test_the_notice_period_ends_after_its_last_day():
    sent = FULL._replace(formal_date=date(2024, 6, 7))
    assert missing(Needs(formal=True, notice_days=10), sent) == ["notice"]
    assert missing(Needs(formal=True, notice_days=9), sent) == []


def test_without_a_formal_notice_its_period_is_missing_too():
    assert missing(ALL, FULL._replace(formal_date=None)) == ["formal", "notice"]
