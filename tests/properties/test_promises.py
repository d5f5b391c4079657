"""Promises: no sequence of payments, refunds, reversals and promises lies (M9)."""

from datetime import date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from collections_tools import promises
from collections_tools.pauses import OpenLine
from collections_tools.promises import Cover, Paid, Payment, Promise

START = date(2024, 6, 1)
CENT = 0.005
CUSTOMERS, LINES, CURRENCIES = (1, 2), (1, 2, 3), (1, 2)
cents = st.integers(1, 50_000).map(lambda value: value / 100)


def moment(day):
    return datetime.combine(START, datetime.min.time()) + timedelta(days=day)


@st.composite
def made(draw, number):
    kind = draw(st.sampled_from(list(promises.PAUSES)))
    day = draw(st.integers(0, 20))
    due = START + timedelta(days=day + draw(st.integers(-3, 15)))
    covers = draw(
        st.one_of(
            st.none(),
            st.lists(
                st.tuples(st.sampled_from([*LINES, None]), cents, cents),
                min_size=1,
                max_size=3,
                unique_by=lambda row: row[0],
            ),
        )
    )
    return Promise(
        number,
        kind,
        draw(st.sampled_from(CUSTOMERS)),
        draw(st.sampled_from(CURRENCIES)),
        draw(cents),
        due,
        due + timedelta(days=draw(st.integers(0, 4))),
        START + timedelta(days=day),
        moment(day),
        covers and tuple(Cover(line, part, due, left) for line, part, left in covers),
        draw(st.booleans()),
        draw(st.sampled_from([False, False, False, True])),
    )


promise_lists = st.integers(0, 6).flatmap(
    lambda count: st.tuples(*[made(number) for number in range(1, count + 1)])
)
# What is reversed or refunded is simply not among them.
payment_lists = st.lists(
    st.builds(
        lambda customer, line, currency, amount, day: Payment(
            customer,
            line,
            currency,
            amount,
            START + timedelta(days=day),
            moment(day),
        ),
        st.sampled_from(CUSTOMERS),
        st.sampled_from([*LINES, None]),
        st.sampled_from(CURRENCIES),
        cents,
        st.integers(-5, 40),
    ),
    max_size=8,
)
todays = st.integers(0, 45).map(lambda day: START + timedelta(days=day))


@given(promise_lists, payment_lists)
def test_no_more_is_kept_than_was_collected(made, payments):
    paid = promises.allocate(made, payments)
    for currency in CURRENCIES:
        collected = sum(one.amount for one in payments if one.currency_id == currency)
        kept = sum(
            sum(paid[one.id])
            for one in made
            if one.id in paid and one.currency_id == currency
        )
        assert kept <= collected + CENT
    for one in made:
        assert sum(paid.get(one.id, Paid())) <= one.amount + CENT


@given(promise_lists, payment_lists)
def test_only_what_was_collected_in_its_days_counts(made, payments):
    paid = promises.allocate(made, payments)
    for one in made:
        there = sum(
            payment.amount
            for payment in payments
            if one.first_day <= payment.date <= one.until
            and payment.currency_id == one.currency_id
            and (one.covers is not None or payment.partner_id == one.partner_id)
        )
        assert paid.get(one.id, Paid()).on_time <= there + CENT


@given(promise_lists, payment_lists, todays)
def test_the_same_facts_give_the_same_verdicts(made, payments, today):
    def verdicts(made, payments):
        paid = promises.allocate(made, payments)
        return {
            one.id: promises.judge(one, paid.get(one.id, Paid()), today) for one in made
        }

    once = verdicts(made, payments)
    assert verdicts(made, payments) == once
    assert verdicts(tuple(reversed(made)), payments) == once
    for one in made:
        assert (once[one.id] == promises.WITHDRAWN) >= one.withdrawn


@given(promise_lists, payment_lists, todays, st.lists(cents, max_size=3))
def test_they_pause_what_is_still_to_be_paid(made, payments, today, opens):
    paid = promises.allocate(made, payments)
    debits = {1: [OpenLine(10 + i, START, 1, amount) for i, amount in enumerate(opens)]}
    found = promises.paused(made, paid, debits, today)
    to_pay = sum(
        one.amount - paid.get(one.id, Paid()).on_time
        for one in made
        if not one.waiting
        and promises.judge(one, paid.get(one.id, Paid()), today) == promises.OPEN
    )
    assert sum(pause.amount for pause in found) <= to_pay + CENT
    assert all(pause.amount > 0 for pause in found)
