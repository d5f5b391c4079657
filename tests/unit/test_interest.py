"""Late interest and collection fees, with the numbers of M16 and M17."""

from datetime import date

import pytest

from collections_tools import interest
from collections_tools.interest import Debt

DUE = date(2026, 1, 1)
RATES = [(date(2025, 7, 1), 0.104), (date(2026, 7, 1), 0.10)]


def total(*args):
    return sum(span.interest for span in interest.spans(*args))


def test_m16_statutory_interest():
    found = interest.simple_interest(10_000, 0.1040, 45)
    assert found == pytest.approx(128.22, abs=0.005)
    assert interest.simple_interest(10_000, 0.1040, -1) == 0
    debt = Debt(DUE, 10_000)
    assert total(debt, RATES, date(2026, 2, 15)) == pytest.approx(128.22, abs=0.005)


@pytest.mark.parametrize(("amount", "fee"), [(8, 0.72), (50, 3.30), (60, 3.60), (0, 0)])
def test_m17_chilean_collection_fee(amount, fee):
    assert interest.tiered_fee(amount) == pytest.approx(fee)
    assert interest.chile_collection_fee(amount, 21) == pytest.approx(fee)
    assert interest.chile_collection_fee(amount, 20) == 0
    assert interest.chile_fee_left(amount, 0, 0) == pytest.approx(fee)


def test_m17_the_tiers_are_passed_once():
    first = interest.chile_fee_left(8, 0, 0)
    more = interest.chile_fee_left(42, 8, first)
    assert first + more == pytest.approx(3.30)


def test_m17_less_without_a_free_notice():
    assert interest.chile_fee_left(8, 0, 0, notified=False) == pytest.approx(0.52)
    assert interest.chile_fee_left(1, 0, 0, notified=False) == 0


def test_nothing_until_the_day_after():
    assert interest.spans(Debt(DUE, 100), RATES, DUE) == []
    [span] = interest.spans(Debt(DUE, 100), RATES, date(2026, 1, 2))
    assert span.days == 1


def test_a_payment_counts_from_the_next_day_on():
    debt = Debt(DUE, 1000, ((date(2026, 1, 11), 400),))
    first, second = interest.spans(debt, RATES, date(2026, 1, 21))
    assert (first.principal, first.days) == (1000, 10)
    assert (second.principal, second.days) == (600, 10)
    paid = Debt(DUE, 1000, ((date(2026, 1, 11), 1000),))
    assert total(paid, RATES, date(2026, 6, 1)) == first.interest


def test_a_payment_before_the_due_date_takes_its_part_off():
    debt = Debt(DUE, 1000, ((date(2025, 12, 1), 400),))
    [span] = interest.spans(debt, RATES, date(2026, 1, 11))
    assert span.principal == 600


def test_a_new_rate_holds_from_its_day_on():
    first, second = interest.spans(
        Debt(date(2026, 6, 29), 100), RATES, date(2026, 7, 2)
    )
    assert (first.end, first.rate, first.days) == (date(2026, 6, 30), 0.104, 1)
    assert (second.rate, second.days) == (0.10, 2)


def test_no_rate_is_an_error_not_a_zero():
    with pytest.raises(interest.NoRateError) as raised:
        interest.spans(Debt(date(2024, 1, 1), 100), RATES, date(2024, 2, 1))
    assert raised.value.args == (date(2024, 2, 1),)
