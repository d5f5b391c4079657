"""Several sessions at once: nobody fails because of us."""

import threading
import time
from unittest.mock import patch

import pytest

from odoo import SUPERUSER_ID
from odoo.api import Environment
from odoo.orm.registry import Registry
from odoo.sql_db import close_db
from odoo.tools import config

from ..database_tools import LEDGER, own_database, shell

PREPARE = """
company.collections_mode = "automatic"
one, two = customer("one"), customer("two")
journal = env["account.journal"].search([("type", "=", "sale")], limit=1)
other = journal.copy({"name": "Other sales", "code": "OTH"})
invoices([one, two])
# Each in a journal of its own: numbering is Odoo's, and another matter.
for _round in range(3):
    invoices([one], post=False, journal_id=journal.id)
    invoices([one], post=False, journal_id=other.id)
env["collections.case"].refresh()
env.cr.commit()
"""


@pytest.fixture(scope="module")
def registry():
    with own_database() as (env, name):
        shell(env, name, LEDGER, PREPARE)
        # Loading a registry in a test run would look for the tests of its modules.
        with patch.dict(config.options, test_enable=False):
            registry = Registry(name)
        yield registry
        Registry.delete(name)
        close_db(name)


class Session:
    """A transaction of its own, which gives up when it has to wait."""

    def __init__(self, registry):
        self.cr = registry.cursor()
        self.cr.execute("SET lock_timeout = '15s'")
        self.env = Environment(self.cr, SUPERUSER_ID, {})

    def __enter__(self):
        return self

    def __exit__(self, *error):
        self.cr.rollback()
        self.cr.close()

    def draft(self, code):
        return self.env["account.move"].search(
            [("state", "=", "draft"), ("journal_id.code", "=", code)], limit=1
        )

    def amount(self):
        self.env.invalidate_all()
        case = self.env["collections.case"].search([("partner_id.name", "=", "one")])
        return case.amount_balance


@pytest.fixture
def sessions(registry):
    with Session(registry) as one, Session(registry) as two:
        yield one, two


def invoice_codes(session):
    return [
        journal.code
        for journal in session.env["account.journal"].search([("type", "=", "sale")])
    ]


def test_two_people_post_for_the_same_customer(sessions):
    one, two = sessions
    first, second = invoice_codes(one)
    one.cr.rollback()
    moves = one.draft(first), two.draft(second)
    before = one.amount()
    moves[0].action_post()
    moves[1].action_post()
    one.cr.commit()
    two.cr.commit()
    one.env["collections.refresher"]._cron_refresh()
    assert one.amount() == before + 200


def test_posting_while_the_case_is_refreshed(sessions):
    person, refresher = sessions
    code = invoice_codes(person)[0]
    refresher.cr.rollback()
    move = person.draft(code)
    move.action_post()
    refresher.env["collections.case"].refresh()
    refresher.cr.commit()
    before = refresher.amount()
    refresher.cr.rollback()
    person.cr.commit()
    refresher.env["collections.refresher"]._cron_refresh()
    assert refresher.amount() == before + 100


def spoil(session, amount):
    """Make every case wrong, so that a refresh has something to write."""
    session.cr.execute("UPDATE collections_case SET amount_balance = %s", [amount])
    session.cr.commit()


def in_the_meantime(work):
    """Start work in a thread; return what joins it and raises what it raised."""
    errors = []

    def target():
        try:
            work()
        except Exception as error:  # noqa: BLE001 raised again by whoever joins
            errors.append(error)

    thread = threading.Thread(target=target)
    thread.start()

    def join():
        thread.join(30)
        assert not thread.is_alive()
        if errors:
            raise errors[0]

    time.sleep(0.7)  # until it waits for the lock
    return join


def test_two_refreshes_at_once(sessions):
    one, two = sessions
    right = one.amount()
    spoil(one, 1)
    one.env["collections.touch"]._touch(
        (case.company_id.id, case.partner_id.id)
        for case in one.env["collections.case"].search([])
    )
    one.cr.commit()
    one.env["collections.case"].refresh()
    join = in_the_meantime(two.env["collections.refresher"]._cron_refresh)
    one.cr.commit()
    join()
    assert one.amount() == right


def test_daily_run_while_cases_are_refreshed(sessions):
    one, two = sessions
    right = one.amount()
    one.env.company.collections_hour = 0
    one.cr.commit()
    spoil(one, 2)
    one.env["collections.case"].refresh()
    join = in_the_meantime(two.env["collections.run"]._cron_run_daily)
    one.cr.commit()
    join()
    runs = one.env["collections.run"].search(
        [("is_daily", "=", True), ("company_id", "=", one.env.company.id)]
    )
    assert runs.mapped("state") == ["done"], runs.mapped("error")
    assert one.amount() == right
