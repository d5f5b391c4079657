"""Expected cash: by hand where it can be, and ranges that hold what they promise."""

import datetime
import math
import random
from io import BytesIO

import openpyxl
import pytest

from reports_tools import cash, cash_book

SURE = [0.0] * 3


def one(amount, *chances):
    return cash.Payer([(amount, chances)])


def amounts(weeks):
    return [round(week.amount, 6) for week in weeks]


def test_expected_is_amount_times_chance():
    weeks = cash.forecast([one(100, 0.2, 0.5, 0.5), one(10, 0, 1, 1)], [5.0, 0, 7])
    assert amounts(weeks) == [25, 40, 7]
    assert [round(week.total, 6) for week in weeks] == [25, 65, 72]


def test_one_large_customer_is_all_or_nothing():
    [week] = cash.forecast([one(1000, 0.5)], [0.0])
    assert (week.low, week.amount, week.high) == (0, 500, 1000)
    assert week.deviation == pytest.approx(500)


def test_documents_of_a_customer_come_together():
    together = cash.forecast([cash.Payer([(500, (0.5,)), (500, (0.5,))])], [0.0])
    apart = cash.forecast([one(500, 0.5), one(500, 0.5)], [0.0])
    assert together[0].deviation == pytest.approx(500)
    assert apart[0].deviation == pytest.approx(math.sqrt(2) * 250)


def test_what_is_sure_has_no_range():
    [week] = cash.forecast([], [80.0], cash.Shock(0.5, 0.5))
    assert (week.low, week.amount, week.high) == (80, 80, 80)


def test_many_small_customers_are_normal():
    """Of 1,000 coins the range is 1.28 deviations on each side."""
    [week] = cash.forecast([one(1, 0.5)] * 1000, [0.0])
    assert week.deviation == pytest.approx(math.sqrt(250))
    assert week.low == pytest.approx(500 - 1.2816 * math.sqrt(250), abs=2.5)
    assert week.high == pytest.approx(500 + 1.2816 * math.sqrt(250), abs=2.5)


def test_the_same_question_has_the_same_answer():
    rows = [one(n, 0.3, 0.6) for n in range(200)]
    assert cash.forecast(rows, [0.0, 0.0]) == cash.forecast(rows, [0.0, 0.0])


def test_eight_of_ten_weeks_fall_into_the_range():
    chance = random.Random(5)
    inside = 0
    for _turn in range(300):
        rows = [one(chance.lognormvariate(5, 1.5), chance.random()) for _n in range(30)]
        [week] = cash.forecast(rows, [0.0])
        came = sum(row.amount for row in rows if chance.random() < row.parts[0][1][0])
        inside += week.low <= came <= week.high
    assert 0.74 <= inside / 300 <= 0.87


def test_credits_make_all_documents_smaller():
    rows = [(1, 300, SURE), (1, 100, SURE), (1, -100, None), (2, 50, SURE)]
    assert sorted(payer.amount for payer in cash.payers(rows)) == [50, 300]
    assert [payer.amount for payer in cash.payers([(1, 5, SURE), (1, -9, None)])] == [0]


def test_chances_some_days_later():
    assert cash.aged([0.5, 0.75, 0.875], 0) == [0.5, 0.75, 0.875]
    # Three days of the first week are over: 3/14 would have come by now.
    assert cash.aged([0.5, 0.5], 3)[0] == pytest.approx((0.5 - 3 / 14) / (11 / 14))
    assert cash.aged([1.0, 1.0], 10) == [1.0, 1.0]


def test_shock_is_what_chance_does_not_explain():
    off = [cash.Pair(100, 0, 0, 10, came) for came in (130, 70, 130, 70)]
    assert cash.shock_of(off) == pytest.approx(math.sqrt((900 - 100) / 10_000))
    assert cash.shock_of(off[:3]) == 0
    assert cash.shock_of([cash.Pair(100, 0, 0, 50, 100)] * 4) == 0


def test_a_shock_widens_the_range():
    rows = [one(1, 0.5)] * 1000
    [calm], [wide] = (
        cash.forecast(rows, [0.0]),
        cash.forecast(rows, [0.0], cash.Shock(0.2, 0.1)),
    )
    assert wide.high - wide.low > 3 * (calm.high - calm.low)
    assert wide.total_high - wide.total_low < wide.high - wide.low
    assert wide.amount == calm.amount


def test_marks():
    pairs = [cash.Pair(90, 80, 100, 0, 100), cash.Pair(120, 110, 130, 0, 100)]
    assert cash.weighted_error(pairs) == 15
    assert cash.bias(pairs) == 5
    assert cash.coverage(pairs) == 50
    nothing = [cash.Pair(90, 0, 0, 0, 0)]
    assert (cash.weighted_error(nothing), cash.bias(nothing)) == (None, None)
    assert cash.coverage([]) is None


WORDS = {
    "sheets": ("Forecast", "Months", "Weeks", "Words"),
    "weeks": [str(n) for n in range(13)],
    "past": [str(n) for n in range(10)],
    "total": "Total",
    "yes": "Yes",
    "no": "No",
    "not_available": "n/a",
}


def test_workbook():
    day = datetime.date(2026, 1, 5)
    week = dict.fromkeys(cash_book.WEEK, 10.0) | {"date_from": day, "date_to": day}
    past = {
        **{"said": day, "date_from": day, "date_to": day},
        **{"amount": 90.0, "low": 80.0, "high": 100.0, "came": 100.0},
        **{"error": 10.0, "covered": True},
    }
    nothing = {**past, "came": 0.0, "error": None, "covered": False}
    content = cash_book.write(
        cash_book.Book(WORDS, [week, week], [past, nothing], [], [("=1", "x")])
    )
    book = openpyxl.load_workbook(BytesIO(content))
    values = openpyxl.load_workbook(BytesIO(content), data_only=True)
    assert book["Forecast"]["C6"].value == "=SUM(C4:C5)"
    assert values["Forecast"]["C6"].value == 20
    assert book["Months"]["I4"].value == '=IF(G4<=0,"n/a",ABS(D4-G4)/G4*100)'
    assert [values["Months"][f"I{row}"].value for row in (4, 5, 6)] == [10, "n/a", 100]
    assert [values["Months"][f"J{row}"].value for row in (4, 5, 6)] == ["Yes", "No", 50]
    assert book["Words"]["A1"].value == "=1"
    assert book["Words"]["A1"].data_type == "s"
