"""Rule 4: credits count, virtually; amounts left are in company currency."""

import pytest

from collections_tools.netting import Debit, uncovered_amounts

USD, EUR, JPY, MXN = 1, 2, 3, 4
RATES = {USD: 1.0, EUR: 1.2, JPY: 0.0066}


def usd(amount, overdue=True):
    return Debit(USD, amount, amount, overdue)


def eur(amount, overdue=True, booked=1.2):
    return Debit(EUR, amount * booked, amount, overdue)


def jpy(amount, overdue=True):
    return Debit(JPY, amount * 0.0066, amount, overdue)


def left(debits, credits, rates=RATES):
    return pytest.approx(uncovered_amounts(debits, credits, rates))


def test_without_credits_everything_is_left():
    assert left([usd(100), eur(50)], {}) == [100, 60]
    assert left([usd(100)], {USD: 0.0}) == [100]


def test_without_debits_nothing_is_left():
    assert uncovered_amounts([], {USD: 5.0}, RATES) == []


@pytest.mark.parametrize(
    ("credit", "expected"),
    [(30, [70, 50]), (100, [0, 50]), (120, [0, 30]), (150, [0, 0]), (999, [0, 0])],
)
def test_the_oldest_debit_is_covered_first(credit, expected):
    assert left([usd(100), usd(50)], {USD: credit}) == expected


def test_instalments_count_separately():
    assert left([usd(40), usd(40), usd(40)], {USD: 60.0}) == [0, 20, 40]


def test_the_same_currency_comes_before_the_oldest_debit():
    assert left([usd(100), eur(50)], {EUR: 50.0}) == [100, 0]


def test_what_is_left_covers_other_currencies_at_the_days_rate():
    assert left([usd(100), eur(50)], {EUR: 100.0}) == [40, 0]
    assert left([eur(50)], {USD: 30.0}) == [30]
    assert left([jpy(10_000)], {USD: 33.0}) == [33]
    assert left([usd(100)], {JPY: 10_000.0}) == [34]


def test_the_days_rate_covers_and_the_booked_rate_tells_what_is_left():
    assert left([eur(100, booked=1.5)], {USD: 60.0}) == [75]


def test_several_credits_cover_one_debit():
    assert left([usd(100)], {EUR: 50.0, JPY: 5000.0}) == [7]


def test_not_due_debits_come_last():
    assert left([usd(100, overdue=False), usd(50)], {USD: 60.0}) == [90, 0]
    assert left([usd(50, overdue=False), eur(50)], {USD: 60.0}) == [50, 0]


def test_not_due_debits_are_covered_by_what_is_left():
    debits = [usd(50), usd(40, overdue=False), eur(50, overdue=False)]
    assert left(debits, {USD: 120.0}) == [0, 0, 30]


def test_a_currency_without_rate_covers_only_itself():
    peso = Debit(MXN, 5.0, 100.0, True)
    assert left([usd(100), peso], {MXN: 500.0}) == [100, 0]
    assert left([usd(100), peso], {USD: 500.0}) == [0, 5]
    assert left([peso], {MXN: 50.0}) == [2.5]


def test_the_order_of_credits_does_not_matter():
    debits = [jpy(10_000), eur(50, overdue=False, booked=1.1), usd(20, overdue=False)]
    one = uncovered_amounts(debits, {USD: 70.0, EUR: 40.0}, RATES)
    assert uncovered_amounts(debits, {EUR: 40.0, USD: 70.0}, RATES) == one


def test_a_debit_of_rounding_differences_stays():
    assert left([Debit(EUR, 0.03, 0.0, True)], {EUR: 10.0}) == [0.03]


def test_credits_of_the_caller_are_not_touched():
    credits = {USD: 60.0}
    uncovered_amounts([usd(100), eur(5)], credits, RATES)
    assert credits == {USD: 60.0}
