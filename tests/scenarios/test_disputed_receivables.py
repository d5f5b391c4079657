"""The disputed invoices of two years: each a dispute, out of the run on its days."""

import csv
import datetime

import pytest

from ..database_tools import own_database, shell
from .ibm import FILE, books, load, result

# All that are disputed, and of the others one in so many: enough to be asked for.
OTHERS = 3
DISPUTED = 561
# From so many days overdue on every policy asks.
FIRST = 3
DAYS = [datetime.date(2012, 2, 15) + datetime.timedelta(days=53 * n) for n in range(13)]
DISPUTES = """
import json
env["collections.case"].refresh()
disputes = [
    (d.line_ids.move_id.ref, str(d.date_opened), str(d.date_closed), d.state)
    for d in env["collections.dispute"].search([])
]
env.company.collections_mode = "simulate"
runs = {}
for day in %r:
    run = env["collections.run"].run(day)
    runs[day] = [
        (line.move_id.ref, line.is_trigger, line.amount_residual, line.amount_paused)
        for line in run.reminder_ids.line_ids
    ]
print("RESULT" + json.dumps([disputes, runs]))
"""


@pytest.fixture(scope="module")
def some():
    """The rows that are loaded, by number."""
    rows = {row.number: row for row in books()}
    others = [number for number, row in rows.items() if not row.disputed]
    kept = {number for number, row in rows.items() if row.disputed}
    kept.update(others[::OTHERS])
    return {number: row for number, row in rows.items() if number in kept}


@pytest.fixture(scope="module")
def found(some, tmp_path_factory):
    """Disputes, and what runs on some days would ask for, after loading all of it."""
    file = tmp_path_factory.mktemp("ibm") / "some.csv"
    with FILE.open(newline="") as source, file.open("w", newline="") as target:
        reader = csv.DictReader(source)
        writer = csv.DictWriter(target, reader.fieldnames)
        writer.writeheader()
        writer.writerows(row for row in reader if row["invoiceNumber"] in some)
    with own_database() as (env, name):
        said = load(name, file)
        assert f"({DISPUTED} disputed)" in said
        days = [day.isoformat() for day in DAYS]
        yield result(shell(env, name, DISPUTES % days))


def test_each_is_a_dispute_from_its_invoice_until_it_is_paid(some, found):
    disputes, _runs = found
    assert len(disputes) == DISPUTED
    assert {number: rest for number, *rest in disputes} == {
        number: [row.issued.isoformat(), row.settled.isoformat(), "paid"]
        for number, row in some.items()
        if row.disputed
    }


def test_they_are_out_of_the_run_on_their_days(some, found):
    """Who is late with something else is asked for that, nobody for a disputed one."""
    _disputes, runs = found
    asked_for, kept_out = 0, 0
    for day, lines in runs.items():
        date = datetime.date.fromisoformat(day)
        triggers = set()
        for number, is_trigger, residual, paused in lines:
            row = some[number]
            assert row.issued <= date < row.settled
            left = (0, row.amount) if row.disputed else (row.amount, 0)
            assert (residual, paused) == pytest.approx(left)
            assert not (is_trigger and row.disputed)
            triggers.update([row.customer] if is_trigger else [])
        late = [
            row
            for row in some.values()
            if (date - row.due).days >= FIRST and date < row.settled
        ]
        asked = {row.customer for row in late if not row.disputed}
        assert asked <= triggers
        asked_for += len(asked)
        kept_out += len({row.customer for row in late if row.disputed})
    assert asked_for > len(DAYS)
    assert kept_out > 4 * len(DAYS)
