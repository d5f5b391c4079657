"""How a dispute ends by itself: what the ledger says about it."""

import pytest

from collections_tools import disputes
from collections_tools.disputes import Facts, outcome


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        # A credit note for less than what is disputed leaves it open.
        (Facts("open", 200, credited=199.98, closed=False), None),
        (Facts("open", 200, credited=199.996, closed=False), "accepted"),
        (Facts("open", 200, credited=0, closed=False), None),
        # The document closed: by money, by a credit note, by both.
        (Facts("open", 200, credited=0, closed=True), "paid"),
        (Facts("open", 200, credited=50, closed=True), "partial"),
        (Facts("open", 200, credited=200, closed=True), "accepted"),
        # Conceded: its credit note is all that is waited for.
        (Facts("to_credit", 200, credited=0, closed=False, accepted=50), None),
        (Facts("to_credit", 200, credited=50, closed=False, accepted=50), "partial"),
        (Facts("to_credit", 200, credited=200, closed=False, accepted=200), "accepted"),
        (Facts("to_credit", 200, credited=0, closed=True, accepted=50), "paid"),
        # Nothing reopens or closes twice.
        *[(Facts(state, 200, 200, True), None) for state in disputes.CLOSED],
    ],
)
def test_outcome(facts, expected):
    assert outcome(facts) == expected
