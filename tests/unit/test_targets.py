"""Boundaries of the month of a target."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collections_tools import targets

days = st.dates(date(2000, 1, 1), date(2100, 12, 31))


@pytest.mark.parametrize(
    ("today", "expected", "a_day"),
    [
        (date(2024, 6, 1), 0.0, 100.0),  # a Saturday: 20 working days to come
        (date(2024, 6, 3), 0.05, 100.0),
        (date(2024, 6, 28), 1.0, 2000.0),
        (date(2024, 6, 30), 1.0, 2000.0),  # a Sunday, the last day
    ],
)
def test_days_of_the_month(today, expected, a_day):
    found = targets.progress(2000.0, 0.0, today)
    assert (found.expected, found.a_day) == (expected, a_day)


def test_passed_target_leaves_nothing():
    found = targets.progress(100.0, 250.0, date(2024, 6, 17))
    assert (found.share, found.missing, found.a_day) == (2.5, 0.0, 0.0)


def test_no_target():
    assert targets.progress(0.0, 250.0, date(2024, 6, 17)).share == 0.0


@given(days)
def test_every_day_is_in_its_month(today):
    first, last = targets.first_day(today), targets.last_day(today)
    assert first <= today <= last
    assert first.month == today.month == last.month
    assert 0 <= targets.progress(1.0, 0.0, today).expected <= 1


@given(days)
def test_expected_never_falls_within_a_month(today):
    shares = [
        targets.progress(1.0, 0.0, today.replace(day=day)).expected
        for day in range(1, today.day + 1)
    ]
    assert shares == sorted(shares)
