"""Every worked number of M1 to M4, and the edges of the countback."""

from datetime import date

import pytest

from reports_tools import dso, rates, series

# The shared mini-ledger: sales of Q1 2026 by month, the latest first.
LEDGER = [dso.Month(31, 100_000), dso.Month(28, 80_000), dso.Month(31, 70_000)]


@pytest.mark.parametrize(
    ("receivables", "sales", "days", "expected"),
    [(200_000, 2_000_000, 365, 36.5), (200_000, 250_000, 90, 72.0)],
)
def test_simple_dso(receivables, sales, days, expected):
    assert dso.simple(receivables, sales, days) == pytest.approx(expected)


@pytest.mark.parametrize("sales", [0, -1])
def test_dso_without_sales_is_not_available(sales):
    assert dso.simple(100, sales, 30) is None


def test_net_credits_are_no_negative_days():
    assert dso.simple(-50, 100, 30) == 0
    assert dso.countback(-50, LEDGER) == dso.Countback(0)


@pytest.mark.parametrize(
    ("days", "expected"), [((30, 30, 30), 73.714), ((31, 28, 31), 73.171)]
)
def test_countback_of_the_published_example(days, expected):
    sales = (100_000, 80_000, 70_000)
    months = [dso.Month(*month) for month in zip(days, sales, strict=True)]
    found = dso.countback(212_000, months)
    assert found.days == pytest.approx(expected, abs=0.001)
    assert not found.exceeds_history


def test_countback_of_the_ledger():
    assert dso.countback(200_000, LEDGER).days == pytest.approx(67.857, abs=0.001)
    assert dso.countback(100_000, LEDGER).days == pytest.approx(31.0)


def test_more_receivables_than_history_is_more_than():
    assert dso.countback(300_000, LEDGER) == dso.Countback(90, exceeds_history=True)


def test_receivables_that_use_up_history_exactly():
    assert dso.countback(250_000, LEDGER) == dso.Countback(90)


def test_month_without_sales_adds_its_days():
    months = [dso.Month(31, 100), dso.Month(28, 0), dso.Month(31, 100)]
    assert dso.countback(150, months).days == pytest.approx(31 + 28 + 15.5)


def test_month_without_sales_after_the_last_one_counted_adds_nothing():
    months = [dso.Month(31, 100), dso.Month(28, 0)]
    assert dso.countback(100, months) == dso.Countback(31)


def test_month_of_negative_sales_is_merged_into_the_one_before():
    months = [dso.Month(31, -40), dso.Month(28, 100), dso.Month(31, 100)]
    assert dso.countback(30, months).days == pytest.approx(30 / 60 * 59)


def test_negative_sales_at_the_beginning_of_history_are_dropped():
    months = [dso.Month(31, 100), dso.Month(28, -40)]
    assert dso.countback(120, months) == dso.Countback(31, exceeds_history=True)


@pytest.mark.parametrize("months", [[], [dso.Month(31, 0)], [dso.Month(31, -5)]])
def test_countback_without_sales_is_not_available(months):
    assert dso.countback(100, months) is None


def test_best_possible_dso():
    assert dso.best_possible(4_000, 10_000, 30) == pytest.approx(12)
    assert dso.best_possible(100_000, 250_000, 90) == pytest.approx(36)


@pytest.mark.parametrize(
    ("value", "best", "expected"),
    [(45, 12, 33), (50, 12, 38), (72, 36, 36), (67.857, 31, 36.857), (10, 12, 0)],
)
def test_average_days_delinquent(value, best, expected):
    assert dso.average_days_delinquent(value, best) == pytest.approx(expected)


def test_average_days_delinquent_needs_both():
    assert dso.average_days_delinquent(None, 3) is None
    assert dso.average_days_delinquent(3, None) is None


def test_the_three_averages_that_are_mixed_up_with_it():
    late = [(40_000, 30), (20_000, 0), (50_000, 10)]
    overdue = [(20_000, 50), (80_000, 19)]
    to_pay = [(40_000, 60), (20_000, 30), (50_000, 40)]
    assert rates.weighted_average(late) == pytest.approx(15.4545, abs=1e-3)
    assert rates.weighted_average(overdue) == pytest.approx(25.2)
    assert rates.weighted_average(to_pay) == pytest.approx(45.4545, abs=1e-3)
    assert rates.weighted_average([]) is None


def test_months_back_have_no_gaps():
    sales = {date(2026, 3, 1): 100.0, date(2026, 1, 1): 70.0}
    assert series.months_back(sales, date(2026, 3, 10)) == [
        dso.Month(10, 100.0),
        dso.Month(28, 0.0),
        dso.Month(31, 70.0),
    ]


def test_months_back_across_a_year():
    sales = {date(2025, 12, 1): 5.0}
    months = series.months_back(sales, date(2026, 1, 31))
    assert months == [dso.Month(31, 0.0), dso.Month(31, 5.0)]


def test_month_ends_of_a_leap_year():
    ends = series.month_ends(date(2024, 3, 31), 2)
    assert ends == [date(2024, 2, 29), date(2024, 3, 31)]
