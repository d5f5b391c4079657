"""What holds for any numbers."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports_tools import buckets, dso, matrices, promises, rates

amounts = st.integers(min_value=0, max_value=10**9)
signed = st.integers(min_value=-(10**9), max_value=10**9)
limits = st.lists(
    st.integers(min_value=1, max_value=1_000), min_size=1, max_size=12, unique=True
).map(sorted)
months = st.lists(st.builds(dso.Month, st.integers(28, 31), signed), max_size=36)
positive_months = st.lists(
    st.builds(dso.Month, st.integers(28, 31), st.integers(1, 10**6)),
    min_size=1,
    max_size=36,
)


@given(limits, st.integers(-2_000, 2_000))
def test_every_day_is_in_exactly_one_bucket(limits, days):
    holding = [bucket.holds(days) for bucket in buckets.make_buckets(limits)]
    assert sum(holding) == 1
    assert holding.index(True) == buckets.index_of(days, limits)


@given(limits)
def test_buckets_are_contiguous(limits):
    found = buckets.make_buckets(limits)
    for before, after in pairwise(found):
        assert after.first == before.last + 1
    assert found[0].first is None
    assert found[-1].last is None


@given(amounts, months)
def test_countback_never_extrapolates(receivables, months):
    found = dso.countback(receivables, months)
    if found is not None:
        assert 0 <= found.days <= sum(month.days for month in months)


@given(amounts, amounts, positive_months)
def test_more_receivables_are_not_fewer_days(first, second, months):
    low, high = sorted((first, second))
    assert dso.countback(low, months).days <= dso.countback(high, months).days + 1e-9


@given(positive_months)
def test_all_sales_open_are_all_days(months):
    total = sum(month.sales for month in months)
    assert dso.countback(total, months) == dso.Countback(sum(m.days for m in months))


@given(months)
def test_merging_keeps_days_and_sales_but_for_the_beginning(months):
    merged = dso.merge_negative(months)
    assert all(month.sales >= 0 for month in merged)
    assert sum(m.days for m in merged) <= sum(m.days for m in months)
    if sum(m.days for m in merged) == sum(m.days for m in months):
        assert sum(m.sales for m in merged) == sum(m.sales for m in months)


@given(amounts, amounts, amounts, amounts)
def test_cei_is_at_most_100(opening, sales, not_due, overdue):
    found = rates.cei(opening, sales, not_due + overdue, not_due)
    assert found is None or found <= 100 + 1e-9


@given(amounts, amounts, st.integers(1, 10**9), st.integers(28, 366))
def test_delinquent_days_are_never_negative(not_due, overdue, sales, days):
    value = dso.simple(not_due + overdue, sales, days)
    best = dso.best_possible(not_due, sales, days)
    assert dso.average_days_delinquent(value, best) >= 0


places = st.sampled_from(["not_due", "1_30", "31_60", "paid", "credited", "adjusted"])


@given(st.lists(st.tuples(places, places, st.integers(1, 10**6)), min_size=1))
def test_rows_of_a_roll_matrix_add_up(flows):
    matrix = matrices.roll_matrix(flows)
    for roll in matrix.values():
        assert sum(roll.rates.values()) == pytest.approx(100)
    assert sum(roll.opening for roll in matrix.values()) == sum(f[2] for f in flows)


judged = st.tuples(
    st.sampled_from(["kept", "partially_kept", "broken", "open", "withdrawn"]),
    st.integers(1, 10**6),
    amounts,
)


@given(st.lists(judged))
def test_kept_rates_are_percentages(rows):
    found = promises.kept_rates(rows)
    for value in (found.count, found.strict_amount, found.collected_amount):
        assert value is None or 0 <= value <= 100
