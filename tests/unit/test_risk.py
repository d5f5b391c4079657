"""Grades: what counts, what is not known, and no hopping between two of them."""

import pytest

from collections_tools.risk import Facts, rate, reasons

BAD = Facts(days_late=30.0, days_overdue=90, broken=3, over_30=0.6)


@pytest.mark.parametrize(
    ("facts", "grade"),
    [
        (Facts(days_late=0.0), "A"),
        (Facts(days_late=0.0, over_30=0.0, limit_use=0.5, trend=-9.0), "A"),
        (Facts(days_late=30.0, days_overdue=30), "C"),
        (BAD, "E"),
        # Nothing is known of its payments, but it owes for three months.
        (Facts(days_overdue=90), "C"),
    ],
)
def test_grade(facts, grade):
    assert rate(facts).grade == grade


def test_what_is_not_known_counts_for_nothing():
    assert rate(Facts(limit_use=0.2, over_30=0.9)) is None
    assert rate(BAD).score > rate(BAD._replace(limit_use=0.1)).score


def test_kept_promises_speak_for_the_customer():
    assert rate(BAD._replace(kept=9)).score < rate(BAD).score


def test_it_gets_better_only_when_it_is_clearly_better():
    edge = Facts(days_late=23.5)
    assert (rate(edge).grade, rate(edge).score) == ("B", 28)
    assert rate(edge, before="C").grade == "C"
    assert rate(edge._replace(days_late=5.0), before="C").grade == "A"
    assert rate(BAD, before="A").grade == "E"


def test_reasons_are_the_heaviest_three():
    found = reasons(rate(BAD))
    assert [part.code for part in found] == ["habit", "broken", "overdue"]
    assert found[0][1:] == (25, 25, 30.0)
