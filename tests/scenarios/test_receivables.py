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
    """The file, read by hand: customer, issued, due, amount, settled."""
    with FILE.open(newline="") as file:
        return [
            (
                row["customerID"].lower(),
                parsed(row["InvoiceDate"]),
                parsed(row["DueDate"]),
                float(row["InvoiceAmount"]),
                parsed(row["SettledDate"]),
            )
            for row in csv.DictReader(file)
        ]


def open_at(day):
    return [
        row for row in books() if row[1] <= min(day, UNTIL) and row[4] > min(day, UNTIL)
    ]


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
    assert found == {day: pytest.approx(amount) for day, amount in expected.items()}
    assert len(set(expected.values())) == len(days)


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
        customer: sum(row[3] for row in open_at(UNTIL) if row[0] == customer)
        for customer in nets
    }
    assert all(0 < net <= owed[customer] + 0.005 for customer, net in nets.items())
    late = {
        row[0]: sum(
            other[3]
            for other in open_at(UNTIL)
            if other[0] == row[0] and other[2] < UNTIL
        )
        for row in open_at(UNTIL)
        if (UNTIL - row[2]).days >= 3
    }
    assert late
    assert {c: nets.get(c) for c in late} == {
        c: pytest.approx(a) for c, a in late.items()
    }
    for customer, text in server.accepted:
        assert f"{nets[customer]:.2f}" in text
