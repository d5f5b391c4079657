"""The boundaries of the order of a collector's day."""

from datetime import date

import pytest

from collections_tools.worklist import Facts, is_resting, place

TODAY = date(2024, 6, 17)
OWES = Facts(7, amount=100.0, days=5)


@pytest.mark.parametrize(
    ("changes", "group"),
    [
        ({}, "debt"),
        ({"amount": 0.0}, None),
        ({"parked": True}, None),
        ({"activity": TODAY}, "activity"),
        ({"activity": date(2024, 6, 18)}, "debt"),
        ({"activity": TODAY, "amount": 0.0, "parked": True}, "activity"),
        ({"replied": date(2024, 6, 1)}, "reply"),
        ({"replied": date(2024, 6, 1), "answered": True}, "debt"),
        ({"broken": date(2024, 6, 16), "replied": TODAY}, "broken"),
        # Called on the day on which it was found broken, or later: it is known.
        ({"broken": date(2024, 6, 12), "worked": date(2024, 6, 12)}, "debt"),
        ({"broken": date(2024, 6, 12), "worked": date(2024, 6, 11)}, "broken"),
    ],
)
def test_group(changes, group):
    found = place(OWES._replace(**changes), TODAY)
    assert (found and found.group) == group


@pytest.mark.parametrize(
    ("worked", "rest", "expected"),
    [
        (None, 3, False),
        (date(2024, 6, 17), 0, True),
        (date(2024, 6, 16), 0, False),
        (date(2024, 6, 15), 3, True),
        (date(2024, 6, 14), 3, False),
    ],
)
def test_rest_between_calls(worked, rest, expected):
    assert is_resting(OWES._replace(worked=worked, rest=rest), TODAY) is expected
