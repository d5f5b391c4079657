"""Real receivables, end to end: a file, a run, and e-mails that say what is owed."""

import datetime

import pytest

from ..database_tools import own_database, shell
from ..faults.smtp import Server
from .ibm import books, load, result

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


def open_at(day):
    last = min(day, UNTIL)
    return [row for row in books() if row.issued <= last < row.settled]


def asked_at(day):
    """What is disputed is not asked for."""
    return [row for row in open_at(day) if not row.disputed]


@pytest.fixture(scope="module")
def ledger():
    with own_database() as (env, name):
        for _turn in range(2):  # the second load adds nothing
            said = load(name, "--until", UNTIL.isoformat())
        assert "Added 0 invoices" in said
        yield env, name


def test_items_equal_the_file_on_every_date(ledger):
    days = [day.isoformat() for day in (*DATES, UNTIL)]
    found = result(shell(*ledger, BALANCES % days))
    expected = {
        day: sum(row.amount for row in open_at(datetime.date.fromisoformat(day)))
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
        customer: sum(row.amount for row in asked_at(UNTIL) if row.customer == customer)
        for customer in nets
    }
    assert all(0 < net <= owed[customer] + 0.005 for customer, net in nets.items())
    late = {
        row.customer: sum(
            other.amount
            for other in asked_at(UNTIL)
            if other.customer == row.customer and other.due < UNTIL
        )
        for row in asked_at(UNTIL)
        if (UNTIL - row.due).days >= 3
    }
    assert late
    assert {c: nets.get(c) for c in late} == {
        c: pytest.approx(a) for c, a in late.items()
    }
    for customer, text in server.accepted:
        assert f"{nets[customer]:.2f}" in text
