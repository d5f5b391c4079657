"""Boundaries of M6 and O8, and what limits are refused."""

import pytest

from reports_tools import buckets

DAYS = (-1, 0, 1, 29, 30, 31, 60, 61, 90, 91, 120, 121)
PLACES = (0, 0, 1, 1, 1, 2, 2, 3, 3, 4, 4, 5)


@pytest.mark.parametrize(("days", "place"), [*zip(DAYS, PLACES, strict=True)])
def test_boundaries(days, place):
    assert buckets.index_of(days) == place
    assert buckets.make_buckets()[place].holds(days)


def test_keys():
    keys = [bucket.key for bucket in buckets.make_buckets((15, 30, 60))]
    assert keys == ["not_due", "1_15", "16_30", "31_60", "over_60"]


def test_a_hundred_days_with_the_last_limit_at_60_are_over_it():
    """The reference addon shows such an amount in no column at all."""
    assert buckets.index_of(100, (15, 30, 60)) == 4


@pytest.mark.parametrize(
    ("limits", "reason"),
    [
        ((), "count"),
        (tuple(range(1, 14)), "count"),
        ((0, 30), "range"),
        ((-5,), "range"),
        ((30, 40_000), "range"),
        ((30, 30), "order"),
        ((60, 30), "order"),
        ((30.5,), "type"),
        (("30",), "type"),
        ((True,), "type"),
    ],
)
def test_limits_that_make_no_buckets(limits, reason):
    with pytest.raises(ValueError, match=reason):
        buckets.check_limits(limits)
