"""Netting: whatever is owed and whatever was paid, in any currency."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from collections_tools.netting import Debit, uncovered_amounts

# The last currency has no rate on the day.
RATES = {1: 1.0, 2: 1.2, 3: 0.0066}
CURRENCIES = (1, 2, 3, 4)
CENT = 0.005

amounts = st.integers(1, 100_000).map(lambda cents: cents / 100)
# Booked at other rates than the day's.
debits = st.builds(
    lambda currency, amount, booked, overdue: Debit(
        currency, amount * booked, amount, overdue
    ),
    st.sampled_from(CURRENCIES),
    amounts,
    st.sampled_from([0.5, 1.0, 1.3]),
    st.booleans(),
)
debit_lists = st.lists(debits, max_size=8)
credit_maps = st.dictionaries(st.sampled_from(CURRENCIES), amounts)


def used(debits, credits):
    """What was used of credits for each debit, in the debit's currency."""
    return [
        debit.amount_currency * (1 - left / debit.amount)
        for debit, left in zip(
            debits, uncovered_amounts(debits, credits, RATES), strict=True
        )
    ]


def worth(amounts_by_currency):
    return sum(amount * RATES.get(c, 0.0) for c, amount in amounts_by_currency)


@given(debit_lists, credit_maps)
def test_what_is_left_is_between_nothing_and_all(debits, credits):
    for debit, left in zip(
        debits, uncovered_amounts(debits, credits, RATES), strict=True
    ):
        assert -CENT <= left <= debit.amount + CENT


@given(debit_lists, credit_maps)
def test_no_more_credit_is_used_than_there_is(debits, credits):
    by_debit = list(
        zip((d.currency_id for d in debits), used(debits, credits), strict=True)
    )
    assert worth(by_debit) <= worth(credits.items()) + CENT
    for currency in set(CURRENCIES) - RATES.keys():
        own = sum(amount for c, amount in by_debit if c == currency)
        assert own <= credits.get(currency, 0.0) + CENT


@given(debit_lists, credit_maps)
def test_credit_stays_only_where_nothing_is_left_to_cover(debits, credits):
    rated = [debit for debit in debits if debit.currency_id in RATES]
    credits = {c: amount for c, amount in credits.items() if c in RATES}
    left = sum(uncovered_amounts(rated, credits, RATES))
    spent = worth(
        zip((d.currency_id for d in rated), used(rated, credits), strict=True)
    )
    assert left <= CENT or spent == pytest.approx(worth(credits.items()), abs=CENT)


@given(debit_lists, credit_maps, st.sampled_from(CURRENCIES), amounts)
def test_more_credit_never_raises_what_is_asked(debits, credits, currency, more):
    before = uncovered_amounts(debits, credits, RATES)
    raised = {**credits, currency: credits.get(currency, 0.0) + more}
    after = uncovered_amounts(debits, raised, RATES)
    for less, much in zip(after, before, strict=True):
        assert less <= much + CENT


@given(debit_lists, st.permutations(CURRENCIES), credit_maps)
def test_the_order_of_credits_does_not_matter(debits, order, credits):
    turned = {c: credits[c] for c in order if c in credits}
    assert uncovered_amounts(debits, turned, RATES) == uncovered_amounts(
        debits, credits, RATES
    )


@given(st.lists(debits, min_size=2, max_size=8), amounts)
@example([Debit(1, 10.0, 10.0, True), Debit(1, 5.0, 5.0, True)], 12.0)
def test_in_one_currency_the_oldest_is_covered_first(debits, credit):
    debits = [debit._replace(currency_id=1) for debit in debits]
    turn = sorted(range(len(debits)), key=lambda i: not debits[i].overdue)
    covered = used(debits, {1: credit})
    for i, older in enumerate(turn):
        if any(covered[j] > CENT for j in turn[i + 1 :]):
            assert covered[older] == pytest.approx(debits[older].amount_currency)


@given(debit_lists, credit_maps)
def test_not_due_debits_take_nothing_from_overdue_ones(debits, credits):
    overdue = [debit for debit in debits if debit.overdue]
    alone = uncovered_amounts(overdue, credits, RATES)
    together = uncovered_amounts(debits, credits, RATES)
    kept = [left for debit, left in zip(debits, together, strict=True) if debit.overdue]
    assert kept == pytest.approx(alone)
