"""Reports of real receivables against what a person computes by hand.

The file is read and added up here in plain Python, without any SQL of ours: the aging
of every customer and every key figure of two quarters, and the total on any date.
"""

import csv
import datetime
import json
import random
import re
import subprocess
import sys
from collections import defaultdict

import pytest

from ground.paths import ROOT

from ..database_tools import own_database, shell

FILE = ROOT.parent / "shared" / "data" / "ibm_accounts_receivable.csv"
DAY = datetime.timedelta(days=1)
QUARTERS = {
    "2013-06-30": (datetime.date(2013, 4, 1), datetime.date(2013, 6, 30)),
    "2013-12-31": (datetime.date(2013, 10, 1), datetime.date(2013, 12, 31)),
}
LIMITS = (30, 60, 90, 120)
ASK = """
import json
Aging, Kpi = env["collections.aging"], env["collections.kpi"]
found = {"totals": {}, "quarters": {}}
for date in %(dates)r:
    found["totals"][date] = Aging.get_aging(date, group_by="currency_id")["total"]
for first, last in %(quarters)r:
    aging = Aging.get_aging(last)
    found["quarters"][last] = {
        "rows": {row["label"]: row["amounts"] for row in aging["rows"]},
        "amounts": aging["amounts"],
        "count": aging["item_count"],
        "kpis": {
            code: [figure["value"], figure["inputs"]]
            for code, figure in Kpi.get_kpis(first, last).items()
        },
    }
print("RESULT" + json.dumps(found))
"""


class Row:
    """A line of the file; an invoice settled before its date counts from its date."""

    def __init__(self, values):
        self.values = values
        self.customer = values["customerID"]
        self.issued = parsed(values["InvoiceDate"])
        self.due = parsed(values["DueDate"])
        self.amount = float(values["InvoiceAmount"])
        self.settled = max(parsed(values["SettledDate"]), self.issued)

    def is_open(self, day):
        return self.issued <= day < self.settled


def parsed(day):
    return datetime.datetime.strptime(day, "%d/%m/%Y").date()  # noqa: DTZ007


def books():
    """What matters for the two quarters: loading all of it takes minutes."""
    with FILE.open(newline="") as file:
        rows = [Row(values) for values in csv.DictReader(file)]
    return [
        row
        for row in rows
        if any(
            row.issued <= last and row.settled >= first
            for first, last in QUARTERS.values()
        )
    ]


ROWS = books()
DATES = sorted(
    datetime.date(2013, 3, 15) + DAY * n
    for n in random.Random(20130630).sample(range(292), 50)
)


@pytest.fixture(scope="module")
def found(tmp_path_factory):
    part = tmp_path_factory.mktemp("ledger") / "part.csv"
    with part.open("w", newline="") as file:
        writer = csv.DictWriter(file, ROWS[0].values)
        writer.writeheader()
        writer.writerows(row.values for row in ROWS)
    with own_database() as (env, name):
        command = [sys.executable, ROOT / "setup" / "load_receivables", part]
        arguments = ["--preset", "ibm", "--database", name]
        subprocess.run(
            [*map(str, command), *arguments], capture_output=True, check=True
        )
        asked = {
            "dates": [day.isoformat() for day in DATES],
            "quarters": [[str(day) for day in days] for days in QUARTERS.values()],
        }
        output = shell(env, name, ASK % asked)
    return json.loads(re.search(r"^RESULT(.*)$", output, re.MULTILINE)[1])


def bucket(days):
    return sum(days > limit for limit in (0, *LIMITS))


def aging(day):
    """Amounts by customer and bucket."""
    rows = defaultdict(lambda: [0.0] * 7)
    for row in ROWS:
        if row.is_open(day):
            rows[row.customer][bucket((day - row.due).days)] += row.amount
    return rows


def total(rows):
    return sum(row.amount for row in rows)


def average(pairs):
    return sum(w * n for w, n in pairs) / sum(w for w, _n in pairs)


def months(first, last):
    """First and last day of each month, the latest first."""
    while last >= first:
        start = last.replace(day=1)
        yield start, last
        last = start - DAY


def sold(first, last):
    return total(row for row in ROWS if first <= row.issued <= last)


def countback(amount, last):
    days = 0.0
    for start, end in months(datetime.date(2013, 1, 1), last):
        sales, length = sold(start, end), (end - start).days + 1
        if amount < sales:
            return days + amount / sales * length
        amount, days = amount - sales, days + length
    raise AssertionError("more receivables than sales")


def kpis(first, last):
    """Every figure of a quarter, as metrics.md defines it."""
    days = (last - first).days + 1
    opening = [row for row in ROWS if row.is_open(first - DAY)]
    closing = [row for row in ROWS if row.is_open(last)]
    current = [row for row in closing if row.due >= last]
    overdue = [row for row in closing if row.due < last]
    paid = [row for row in ROWS if first <= row.settled <= last]
    was_overdue = [row for row in opening if row.due < first - DAY]
    due = [row for row in ROWS if first <= row.due <= last and row.issued <= last]
    late = {row.customer for row in due if row.settled > row.due}
    could = [row for row in ROWS if first <= row.due + 91 * DAY <= last]
    receivables, sales = total(closing), sold(first, last)
    best = total(current) / sales * days
    return {
        "dso": receivables / sales * days,
        "dso_countback": countback(receivables, last),
        "best_possible_dso": best,
        "average_days_delinquent": receivables / sales * days - best,
        "average_days_late": average(
            [(row.amount, max(0, (row.settled - row.due).days)) for row in paid]
        ),
        "average_days_to_pay": average(
            [(row.amount, (row.settled - row.issued).days) for row in paid]
        ),
        "average_days_overdue": average(
            [(row.amount, (last - row.due).days) for row in overdue]
        )
        if overdue
        else None,
        "cei": (total(opening) + sales - receivables)
        / (total(opening) + sales - total(current))
        * 100,
        "recovery_rate": total(row for row in was_overdue if row.settled <= last)
        / total(was_overdue)
        * 100,
        "compliance_rate": 100 * (1 - len(late) / len({row.customer for row in due})),
        "coverage": 0.0,
        "at_risk_rate": 100
        * sum(row.settled > row.due + 90 * DAY for row in could)
        / len(could),
    }


def test_totals_on_any_day_are_those_of_the_file(found):
    expected = {
        day.isoformat(): total(row for row in ROWS if row.is_open(day)) for day in DATES
    }
    assert found["totals"] == {d: pytest.approx(a) for d, a in expected.items()}
    assert len(set(expected.values())) > 40


@pytest.mark.parametrize("day", QUARTERS)
def test_aging_of_every_customer(found, day):
    rows = aging(datetime.date.fromisoformat(day))
    ours = found["quarters"][day]
    assert ours["rows"] == {name: pytest.approx(row) for name, row in rows.items()}
    columns = [sum(column) for column in zip(*rows.values(), strict=True)]
    assert ours["amounts"] == pytest.approx(columns)
    assert ours["count"] == sum(
        row.is_open(datetime.date.fromisoformat(day)) for row in ROWS
    )


@pytest.mark.parametrize("day", QUARTERS)
def test_every_key_figure_of_the_quarter(found, day):
    ours = found["quarters"][day]["kpis"]
    for code, value in kpis(*QUARTERS[day]).items():
        # Ours are rounded to four decimals.
        assert ours[code][0] == pytest.approx(value, abs=5.1e-5), code


def test_customers_overdue_at_any_time_in_the_quarter(found):
    for day, (first, last) in QUARTERS.items():
        late = {
            row.customer
            for row in ROWS
            if first - DAY < row.settled > (entered := max(row.due, row.issued))
            and entered < last
        }
        inputs = found["quarters"][day]["kpis"]["coverage"][1]
        assert inputs["customers"] == len(late)
