"""Whose is a deposit: sums against brute force, and what holds for every book."""

from datetime import date, timedelta
from itertools import combinations

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from collections_tools import deposits as d
from collections_tools import payer_text

DAY = date(2024, 6, 17)
USD, EUR = 1, 2
parts = st.lists(st.integers(1, 60), max_size=9)


def brute(amount, values, most):
    """Return every set of two or more positions that adds up to the amount."""
    return {
        chosen
        for size in range(2, most + 1)
        for chosen in combinations(range(len(values)), size)
        if sum(values[place] for place in chosen) == amount
    }


# === SUMS === #


@given(parts, st.integers(1, 200), st.integers(2, 5))
def test_a_sum_is_found_exactly_when_there_is_one(values, amount, most):
    expected = brute(amount, values, most)
    found = d.combination(amount, values, most)
    assert (found in expected) if expected else found is None


@given(parts, st.data())
def test_a_sum_that_was_paid_is_found(values, data):
    assume(len(values) > 1)
    chosen = data.draw(
        st.sets(st.sampled_from(range(len(values))), min_size=2, max_size=5)
    )
    amount = sum(values[place] for place in chosen)
    found = d.combination(amount, values)
    assert sum(values[place] for place in found) == amount


def test_the_search_is_bounded():
    """Even where nothing fits: even parts never add up to an odd amount."""
    assert d.combination(10**9 + 1, [2 * 10**8] * 500) is None
    # A sum beyond the oldest documents is not looked for.
    assert d.combination(30, [7] * d.OLDEST + [10, 20]) is None


# === SUGGESTIONS === #


def customer(key, name="", **values):
    return d.Customer(key, (name,) if name else (), **values)


def document(key, owner, amount, number="", currency=USD, due=-10):
    return d.Document(
        key, owner, currency, amount, DAY + timedelta(days=due), number=number
    )


def deposit(amount, **values):
    return d.Deposit(1, values.pop("currency", USD), amount, DAY, **values)


def codes(suggestion):
    return [reason.code for reason in suggestion.reasons]


ANDINA = customer(
    1,
    "Comercial Andina S.A.C.",
    tax="20100070970",
    accounts=("191-0012345-0-55",),
)
OTHERS = [
    customer(2, "Textiles del Sur Ltda."),
    customer(3, "Ferretería Huáscar"),
]
DOCUMENTS = [
    document(10, 1, 10_000, "F001-00001234"),
    document(11, 1, 25_000, "F001-00001250", due=5),
    document(12, 1, 4_000, "F001-00001300"),
    document(20, 2, 10_000, "F001-00002001"),
    document(21, 2, 300, "F001-00002002"),
    document(30, 3, 77_700, "F001-00003001"),
]
BOOK = d.Book([ANDINA, *OTHERS], DOCUMENTS, today=DAY)


@pytest.mark.parametrize(
    ("given_", "who", "why"),
    [
        (deposit(1, customer=1), 1, [d.KNOWN]),
        (deposit(1, account="191 0012345 0 55"), 1, [d.ACCOUNT]),
        (deposit(1, label="RUC 20100070970"), 1, [d.TAX]),
        (deposit(1, label="Pago F001-00001234"), 1, [d.REFERENCE]),
        (deposit(1, label="fact 3001"), 3, [d.TAIL]),
        (deposit(1, payer="COMERCIAL ANDYNA SA"), 1, [d.NAME]),
        (deposit(1, label="transf ferreteria huascar"), 3, [d.NAME]),
        (deposit(77_700), 3, [d.DOCUMENT]),
        (deposit(39_000), 1, [d.NET]),
        (deposit(14_000), 1, [d.OVERDUE]),
        (deposit(29_000, payer="Comercial Andina"), 1, [d.NAME, d.COMBINATION]),
    ],
)
def test_each_reason(given_, who, why):
    best = d.suggest(given_, BOOK)[0]
    assert (best.customer, codes(best)) == (who, why)


def test_name_and_amount_together_are_very_likely():
    [best] = d.suggest(deposit(77_700, payer="Ferreteria Huascar EIRL"), BOOK)
    assert d.likelihood(best.score) == "very_likely"
    # The same amount owed by two is worth half, alone too little to be shown.
    assert d.suggest(deposit(10_000), BOOK) == []
    first = d.suggest(deposit(10_000, label="Textiles del Sur"), BOOK)[0]
    assert (first.customer, d.likelihood(first.score)) == (2, "likely")


def test_credits_reduce_what_is_open():
    book = d.Book([customer(1, credits=((USD, 500),))], [document(1, 1, 2_000)])
    assert codes(d.suggest(deposit(1_500), book)[0]) == [d.NET]


def test_a_payment_notice_near_the_day():
    notice = d.Notice(2, USD, 555, DAY - timedelta(days=d.NOTICE_DAYS))
    book = d.Book([customer(2)], [], [notice])
    [found] = d.suggest(deposit(555), book)
    assert found.reasons[0].about == ((notice.date).isoformat(),)
    late = notice._replace(date=notice.date - timedelta(days=1))
    assert d.suggest(deposit(555), d.Book([customer(2)], [], [late])) == []


def test_what_everybody_owes_tells_nothing():
    many = [customer(key, f"Cliente {key}") for key in range(d.MOST_SHARING + 1)]
    book = d.Book(many, [document(one.id, one.id, 999) for one in many])
    assert d.suggest(deposit(999), book) == []


@given(st.integers(1, 100_000))
def test_another_currency_is_another_amount(amount):
    book = d.Book([customer(1)], [document(1, 1, amount)])
    assert d.suggest(deposit(amount), book)
    assert d.suggest(deposit(amount, currency=EUR), book) == []


# === FOR EVERY BOOK === #

NAMES = ("Lucero Sur", "Lucero Norte", "Mirador", "Olivar", "Textil Lima")
books = st.tuples(
    st.lists(st.sampled_from(NAMES), min_size=1, max_size=6),
    st.lists(
        st.tuples(st.integers(0, 5), st.integers(1, 30), st.integers(1000, 1020)),
        max_size=12,
    ),
)
wishes = st.builds(
    deposit,
    st.integers(1, 60),
    label=st.sampled_from(["", "pago F-1003", "LUCERO", "mirador 1010"]),
    payer=st.sampled_from(["", *NAMES]),
)


def built(shape, reverse=False):
    names, rows = shape
    people = [customer(key, name) for key, name in enumerate(names)]
    papers = [
        document(key, owner % len(names), amount, f"F-{number}")
        for key, (owner, amount, number) in enumerate(rows)
    ]
    if reverse:
        people.reverse()
        papers.reverse()
    return d.Book(people, papers, today=DAY)


@given(books, wishes)
def test_order_does_not_matter_and_scores_are_sums(shape, wish):
    found = d.suggest(wish, built(shape))
    assert found == d.suggest(wish, built(shape, reverse=True))
    assert len(found) <= d.MOST
    for one in found:
        assert one.score == min(100, sum(reason.points for reason in one.reasons))
        assert one.score >= d.POSSIBLE
        kinds = codes(one)
        assert len(kinds) == len(set(kinds))
    assert [one.score for one in found] == sorted(
        (one.score for one in found), reverse=True
    )


@given(books, wishes)
def test_the_bank_naming_the_customer_only_helps(shape, wish):
    book = built(shape)
    before = {one.customer: one.score for one in d.suggest(wish, book)}
    after = {
        one.customer: one.score for one in d.suggest(wish._replace(customer=0), book)
    }
    assert after[0] >= max(before.get(0, 0), d.POINTS[d.KNOWN])


@given(st.text(max_size=40))
def test_any_text_is_plain(text):
    plain = payer_text.plain(text)
    assert payer_text.plain(plain) == plain
    assert set(payer_text.words(text)) <= set(plain.split())
