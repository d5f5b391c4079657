"""Interest: every day once, in whatever pieces it is charged."""

from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collections_tools import interest

FIRST = date(2024, 1, 1)
days = st.integers(0, 700).map(lambda offset: FIRST + timedelta(days=offset))
amounts = st.floats(0, 1e6)


@st.composite
def debts(draw):
    """A debt settled by no more than it is."""
    amount = draw(st.floats(1, 1e6))
    shares = draw(st.lists(st.floats(0, 0.3), max_size=3))
    return interest.Debt(
        draw(days), amount, tuple((draw(days), amount * share) for share in shares)
    )


@st.composite
def rates(draw):
    later = draw(st.lists(days, max_size=4, unique=True))
    found = [(date(2000, 1, 1), 0.1)]
    return found + [(day, draw(st.floats(0, 0.5))) for day in sorted(later)]


def total(*args):
    return sum(span.interest for span in interest.spans(*args))


@given(debts(), rates(), days, days)
def test_in_two_pieces_it_is_the_same(debt, held, one, other):
    middle, until = sorted((one, other))
    whole = total(debt, held, until)
    parts = total(debt, held, middle) + total(debt, held, until, middle)
    assert parts == pytest.approx(whole, abs=1e-6)


@given(debts(), rates(), days, st.none() | days)
def test_every_day_once_and_never_above_what_was_owed(debt, held, until, since):
    found = interest.spans(debt, held, until, since)
    for span, following in pairwise(found):
        assert span.end <= following.start
    for span in found:
        assert span.days > 0
        assert 0 < span.principal <= debt.amount
        assert span.start >= debt.due
        assert span.end <= until


@given(debts(), rates(), days, days)
def test_it_grows_with_time(debt, held, one, other):
    early, late = sorted((one, other))
    assert total(debt, held, early) <= total(debt, held, late) + 1e-9


@given(amounts, amounts)
def test_collection_fees_grow_with_the_amount(first, second):
    low, high = sorted((first, second))
    assert interest.tiered_fee(low) <= interest.tiered_fee(high)
    assert interest.tiered_fee(high) <= 0.09 * high + 1e-6


@given(st.lists(st.floats(0, 100), min_size=1, max_size=6), st.booleans())
def test_fees_charged_in_pieces_never_pass_the_cap(parts, notified):
    charged_on = charged = 0.0
    for part in parts:
        charged += interest.chile_fee_left(part, charged_on, charged, notified=notified)
        charged_on += part
    assert charged <= interest.tiered_fee(sum(parts)) + 1e-9
