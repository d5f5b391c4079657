"""Real receivables, end to end: a file, a run, and e-mails that say what is owed."""

import csv
import datetime
import json
import re
import subprocess
import sys

import pytest

from ground.paths import ROOT

from ..database_tools import own_database, shell
from ..faults.smtp import Server

FILE = ROOT.parent / "shared" / "data" / "ibm_accounts_receivable.csv"
# The first three months: enough for several levels, loaded in a minute.
UNTIL = datetime.date(2012, 3, 31)
DATES = [datetime.date(2012, 1, 3) + datetime.timedelta(days=9 * n) for n in range(10)]
BALANCES = """
import json
items = env["collections.item"]
found = {
    date: sum(items.with_context(collections_date=date).search([]).mapped("amount"))
    for date in %r
}
print("RESULT" + json.dumps(found))
"""
DISPUTES = """
import json
env["collections.case"].refresh()
found = env["collections.dispute"].search([])
disputes = [
    (d.line_ids.move_id.ref, str(d.date_opened), d.date_closed and str(d.date_closed))
    for d in found
]
env.company.collections_mode = "simulate"
runs = {}
for day in %r:
    run = env["collections.run"].run(day)
    runs[day] = [
        (line.move_id.ref, line.is_trigger, line.amount_residual, line.amount_paused)
        for line in run.reminder_ids.line_ids
    ]
print("RESULT" + json.dumps([[[*d[:2], d[2] or None] for d in disputes], runs]))
"""
RUN = """
import json
from odoo.tools import config
config["smtp_port"] = %d
env.company.collections_mode = "automatic"
env["collections.contact.rule"].search([]).active = False  # at any hour
counts = []
for _turn in range(2):
    run = env["collections.run"].run(%r)
    run.flush()
    env.cr.commit()
    counts.append([run.planned_count, run.sent_count])
stages = env["collections.case"]._read_group([], ["stage_id"], ["__count"])
reminders = env["collections.reminder"].search([])
nets = {r.partner_id.email.partition("@")[0]: r.amount_net for r in reminders}
print("RESULT" + json.dumps([counts, [stage.name for stage, _n in stages], nets]))
"""


def parsed(day):
    return datetime.datetime.strptime(day, "%d/%m/%Y").date()  # noqa: DTZ007


def books():
    """The file by hand: customer, issued, due, amount, settled, disputed, number."""
    with FILE.open(newline="") as file:
        return [
            (
                row["customerID"].lower(),
                parsed(row["InvoiceDate"]),
                parsed(row["DueDate"]),
                float(row["InvoiceAmount"]),
                parsed(row["SettledDate"]),
                row["Disputed"] == "Yes",
                row["invoiceNumber"],
            )
            for row in csv.DictReader(file)
        ]


def open_at(day):
    return [
        row for row in books() if row[1] <= min(day, UNTIL) and row[4] > min(day, UNTIL)
    ]


def asked_at(day):
    """What is disputed is not asked for."""
    return [row for row in open_at(day) if not row[5]]


def result(output):
    return json.loads(re.search(r"^RESULT(.*)$", output, re.MULTILINE)[1])


@pytest.fixture(scope="module")
def ledger():
    with own_database() as (env, name):
        command = [sys.executable, ROOT / "setup" / "load_receivables"]
        arguments = ["--preset", "ibm", "--until", UNTIL.isoformat()]
        for _turn in range(2):  # the second load adds nothing
            done = subprocess.run(
                [*map(str, command), *arguments, "--database", name],
                capture_output=True,
                text=True,
                check=True,
            )
        assert "Added 0 invoices" in done.stdout + done.stderr
        yield env, name


def test_items_equal_the_file_on_every_date(ledger):
    days = [day.isoformat() for day in (*DATES, UNTIL)]
    found = result(shell(*ledger, BALANCES % days))
    expected = {
        day: sum(row[3] for row in open_at(datetime.date.fromisoformat(day)))
        for day in days
    }
    assert sum(row[5] for row in books()) == 561
    assert found == {day: pytest.approx(amount) for day, amount in expected.items()}
    assert len(set(expected.values())) == len(days)


def test_disputed_invoices_are_disputes(ledger):
    """Each from its invoice on, until it was paid; out of the run in between."""
    expected = {row[6]: row for row in books() if row[5] and row[1] <= UNTIL}
    days = [day.isoformat() for day in DATES[3:]]
    disputes, runs = result(shell(*ledger, DISPUTES % days))
    assert {number: (opened, closed) for number, opened, closed in disputes} == {
        number: (
            row[1].isoformat(),
            row[4].isoformat() if row[4] <= UNTIL else None,
        )
        for number, row in expected.items()
    }
    triggers = 0
    for day, found in runs.items():
        date = datetime.date.fromisoformat(day)
        open_now = {row[6]: row for row in open_at(date)}
        disputed = {number for number, row in open_now.items() if row[5]}
        assert disputed
        for number, is_trigger, asked, paused in found:
            triggers += is_trigger
            amount = open_now[number][3]
            left = (0, amount) if number in disputed else (amount, 0)
            assert (asked, paused) == pytest.approx(left)
            assert not (is_trigger and number in disputed)
    assert triggers > len(days)


def test_a_run_sends_what_the_ledger_says_once(ledger):
    server = Server()
    output = shell(*ledger, RUN % (server.port, UNTIL.isoformat()))
    [[planned, sent], again], stages, nets = result(output)
    assert planned > 3
    assert sent == planned == len(server.accepted)
    assert again == [0, 0]
    assert len(stages) >= 3
    owed = {
        # A reminder after the due date lists what is overdue, one before it what falls
        # due until the level's day: never more than the file has open by then.
        customer: sum(row[3] for row in asked_at(UNTIL) if row[0] == customer)
        for customer in nets
    }
    assert all(0 < net <= owed[customer] + 0.005 for customer, net in nets.items())
    late = {
        row[0]: sum(
            other[3]
            for other in asked_at(UNTIL)
            if other[0] == row[0] and other[2] < UNTIL
        )
        for row in asked_at(UNTIL)
        if (UNTIL - row[2]).days >= 3
    }
    assert late
    assert {c: nets.get(c) for c in late} == {
        c: pytest.approx(a) for c, a in late.items()
    }
    for customer, text in server.accepted:
        assert f"{nets[customer]:.2f}" in text
