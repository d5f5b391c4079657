"""Amounts put on documents: never more than agreed, never more than is open."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from collections_tools.pauses import PROMISED, OpenLine, Wish, spread

CENT = 0.005
cents = st.integers(1, 100_000).map(lambda value: value / 100)
lines = st.lists(
    st.tuples(st.integers(0, 50), st.sampled_from([1, 2]), cents), max_size=6
).map(
    lambda rows: [
        OpenLine(line_id, date(2024, 1, 1) + timedelta(days=days), currency, amount)
        for line_id, (days, currency, amount) in enumerate(rows, 1)
    ]
)
wishes = st.lists(
    st.builds(
        Wish,
        st.just(PROMISED),
        st.sampled_from([7, 8]),
        st.sampled_from([1, 2]),
        cents,
        st.one_of(st.none(), st.dictionaries(st.integers(1, 6), cents)),
    ),
    max_size=5,
)


@given(wishes, lines)
def test_never_more_than_agreed_nor_than_is_open(wishes, lines):
    found = spread(wishes, {7: lines})
    for line in lines:
        own = sum(pause.amount for pause in found if pause.line_id == line.line_id)
        assert own <= line.amount + CENT
    assert all(pause.partner_id == 7 and pause.amount > 0 for pause in found)
    agreed = sum(wish.amount for wish in wishes if wish.partner_id == 7)
    assert sum(pause.amount for pause in found) <= agreed + CENT


@given(cents, lines)
def test_the_oldest_first_and_all_of_it(amount, lines):
    found = spread([Wish(PROMISED, 7, 1, amount)], {7: lines})
    own = sorted((li for li in lines if li.currency_id == 1), key=lambda li: li[1::-1])
    there = sum(line.amount for line in own)
    assert abs(sum(pause.amount for pause in found) - min(amount, there)) < CENT
    for pause, line in zip(found[:-1], own, strict=False):
        assert pause.line_id == line.line_id
        assert abs(pause.amount - line.amount) < CENT
