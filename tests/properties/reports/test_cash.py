"""What holds of any cash forecast."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reports_tools import cash

WEEKS = 4
shares = st.floats(0, 1, allow_nan=False)
chances = st.lists(shares, min_size=WEEKS, max_size=WEEKS).map(sorted)
parts = st.lists(st.tuples(st.integers(0, 10**6), chances), min_size=1, max_size=4)
payers = st.lists(parts.map(cash.Payer), max_size=8)
sure = st.lists(st.integers(0, 10**5), min_size=WEEKS, max_size=WEEKS)
shocks = st.builds(cash.Shock, shares, shares)


@settings(max_examples=40, deadline=None)
@given(payers, sure, shocks)
def test_sums_and_ranges(rows, known, shock):
    weeks = cash.forecast(rows, known, shock)
    expected = sum(
        amount * own[-1] for payer in rows for amount, own in payer.parts
    ) + sum(known)
    assert sum(week.amount for week in weeks) == pytest.approx(expected, abs=1e-3)
    assert weeks[-1].total == pytest.approx(expected, abs=1e-3)
    for week, own in zip(weeks, known, strict=True):
        assert week.low <= week.amount <= week.high
        assert week.total_low <= week.total <= week.total_high
        assert week.low >= min(own, week.amount) - 1e-6


@given(chances, st.integers(0, 60))
def test_chances_grow_and_stay_chances(own, days):
    later = cash.aged(own, days)
    assert later == pytest.approx(sorted(later), abs=1e-9)
    assert all(-1e-9 <= chance <= 1 + 1e-9 for chance in later)


@given(st.lists(st.tuples(st.integers(1, 3), st.integers(-999, 999), chances)))
def test_credits_never_count_twice(rows):
    left = sum(payer.amount for payer in cash.payers(rows))
    balances = {}
    for customer, amount, _chances in rows:
        balances[customer] = balances.get(customer, 0) + amount
    assert left == pytest.approx(sum(max(0, value) for value in balances.values()))


@given(st.integers(0, 99), st.integers(0, 99))
def test_chance_of_a_promise(kept, missed):
    assert 0 < cash.kept_chance(kept, kept + missed) < 1
