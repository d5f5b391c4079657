"""Cheques: matching with payments, rows of cheques, and what a cheque covers."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from collections_tools import cheques, promises

DAYS = st.dates(date(2024, 1, 1), date(2024, 3, 1))
NUMBERS = st.text("0123456789-A", min_size=1, max_size=6)
AMOUNTS = st.sampled_from([100.0, 200.0])


def _rows(kind, texts):
    return st.lists(
        st.builds(
            kind,
            st.integers(1, 40),
            st.integers(1, 2),
            st.integers(1, 2),
            AMOUNTS,
            DAYS,
            texts,
        ),
        max_size=8,
        unique_by=lambda row: row.id,
    )


@given(_rows(cheques.Cheque, NUMBERS), _rows(cheques.Payment, NUMBERS))
def test_each_payment_is_for_one_cheque_that_it_fits(held, paid):
    found = cheques.match(held, paid)
    assert len(set(found.values())) == len(found)
    by_id = {row.id: row for row in paid}
    for cheque in held:
        payment = by_id.get(found.get(cheque.id))
        if payment is None:
            continue
        assert cheque[1:4] == payment[1:4]
        number = cheques.plain(cheque.number)
        words = [cheques.plain(word) for word in payment.text.split()]
        assert cheque.date == payment.date or (number and number in words)


@given(_rows(cheques.Cheque, NUMBERS), _rows(cheques.Payment, NUMBERS))
def test_the_order_of_the_rows_does_not_matter(held, paid):
    assert cheques.match(held, paid) == cheques.match(held[::-1], paid[::-1])


@given(NUMBERS, DAYS, st.integers(1, 24))
def test_a_row_has_one_cheque_a_month(number, first, count):
    found = cheques.series(number, first, count)
    days = [day for _number, day in found]
    assert days == sorted(set(days))
    assert days[0] == first
    assert found[0][0] == number
    assert all(0 <= first.day - day.day <= 3 for day in days)


@given(
    st.integers(1, 500),
    st.integers(1, 6),
    st.lists(st.integers(0, 400), max_size=5),
)
def test_cheques_share_documents_without_covering_any_twice(amount, count, documents):
    found = cheques.shares(float(amount), count, [float(open) for open in documents])
    for place, document in enumerate(documents):
        assert sum(parts[place] for parts in found) <= document
    for parts in found:
        assert sum(parts) <= amount
    assert sum(map(sum, found)) == min(amount * count, sum(documents))


STATES = st.sampled_from([None, promises.SETTLED, *cheques.NEXT])


@given(
    STATES,
    st.integers(-40, 40),
    st.floats(0, 200),
    st.sampled_from([promises.CHEQUE]),
)
def test_the_calendar_never_breaks_a_cheque(state, offset, on_time, kind):
    today = date(2024, 2, 1)
    due = today + timedelta(days=offset)
    one = promises.Promise(
        1, kind, 7, 1, 100.0, due, due, today, today, None, False, False, state
    )
    verdict = promises.judge(one, promises.Paid(on_time), today)
    if state in cheques.LIVE:
        assert verdict in (promises.OPEN, promises.KEPT)
    if state == cheques.BOUNCED:
        assert verdict != promises.OPEN
    if state == promises.SETTLED:
        assert verdict == promises.KEPT
