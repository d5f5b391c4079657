"""Databases of their own for tests that commit, install or kill."""

import contextlib
import os
import subprocess
import textwrap

from ground import database, environment

# A small ledger, for `odoo shell`: what a company has that collects.
LEDGER = """
from datetime import date, timedelta
env = env(context=dict(env.context, tracking_disable=True))
company = env.company
company.email = "billing@ours.example.com"
if "collections.contact.rule" in env:  # any hour of the day will do
    env["collections.contact.rule"].search([]).active = False
if not company.chart_template:
    env["account.chart.template"].try_loading(
        "generic_coa", company=company, install_demo=False
    )
income = env["account.account"].search([("account_type", "=", "income")], limit=1)
bank = env["account.journal"].search([("type", "=", "bank")], limit=1)

def customer(name):
    return env["res.partner"].create(
        {"name": name, "is_company": True, "email": f"{name}@example.com"}
    )

def invoices(partners, post=True, **values):
    due = date.today() - timedelta(days=12)
    moves = env["account.move"].create([
        {
            "move_type": "out_invoice",
            "partner_id": partner.id,
            "invoice_date": due - timedelta(days=30),
            "invoice_date_due": due,
            "invoice_payment_term_id": False,
            "invoice_line_ids": [(0, 0, {
                "name": "Service", "quantity": 1, "price_unit": 100,
                "account_id": income.id, "tax_ids": False,
            })],
            **values,
        }
        for partner in partners
    ])
    if post:
        moves.action_post()
    return moves

def pay(moves, amount):
    env["account.payment.register"].with_context(
        active_model="account.move", active_ids=moves.ids
    ).create({"amount": amount, "journal_id": bank.id})._create_payments()
"""


@contextlib.contextmanager
def own_database(with_addons=True):
    """Yield the environment of `setup` and the name of a database to spoil.

    One at a time; named so that `setup` drops it when this process was killed.
    """
    env = environment.prepare()
    name = f"{database.COPY}{os.getpid()}"
    template = (
        database.addons_template(env)[0] if with_addons else database.base_template(env)
    )
    database.drop(env, name)
    database.create(env, name, template)
    try:
        yield env, name
    finally:
        database.drop(env, name)


def shell(env, name, *parts):
    """Run code in `odoo shell`; return what it printed."""
    code = "\n".join(textwrap.dedent(part) for part in parts)
    command = [env.python, "-m", "odoo", "shell", "-d", name, "--no-http"]
    done = subprocess.run(
        [*map(str, command), "--log-level=error", "--shell-interface=python"],
        env=env.env,
        input=f"try:\n    exec({code!r})\nexcept BaseException:\n"
        "    import traceback; traceback.print_exc(); import os; os._exit(1)\n",
        capture_output=True,
        text=True,
        check=False,
    )
    assert not done.returncode, done.stderr
    return done.stdout
