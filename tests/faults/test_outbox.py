"""Whatever happens to the worker or the line, a reminder goes out at most once.

A real Odoo server with its scheduled actions sends to a mail server of ours. It is
killed after that server has answered DATA and before the result is committed: a
lock on the reminder's row, held by us, keeps it there.
"""

import os
import signal
import time

import pytest

from ..database_tools import LEDGER, own_database, shell
from .world import World

CUSTOMERS = ("ok", "drop", "refused", "later", "kill")
PREPARE = f"""
company.collections_mode = "automatic"
company.collections_hour = 23
invoices([customer(name) for name in {CUSTOMERS!r}])
run = env["collections.run"].run()
assert run.planned_count == {len(CUSTOMERS)}, run.planned_count
send = env.ref("collections_management.ir_cron_send")
env["ir.cron"].search([("id", "!=", send.id)]).active = False
env.cr.commit()
"""


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    """What is left when a worker was killed while sending, and another came."""
    with own_database() as (env, name):
        shell(env, name, LEDGER, PREPARE)
        world = World(env, name, tmp_path_factory.mktemp("outbox"))
        with world.worker() as first:
            world.until(lambda: world.wake() or world.blocked())
            os.kill(first.pid, signal.SIGKILL)
            first.wait()
        world.holder.rollback()
        world.killed = world.reminder("kill")
        with world.worker():
            world.until(lambda: world.wake() or world.settled())
            world.wake()
            time.sleep(2)  # one more round: it must not send again
        yield world
        world.close()


def test_killed_between_data_and_commit(world):
    assert world.killed[0] == "sending"
    state, reason, _attempts, mail_state, _wait = world.reminder("kill")
    assert (state, reason) == ("uncertain", "worker_gone")
    assert mail_state == "cancel"  # Odoo's own queue leaves it alone
    assert world.smtp.copies("kill") == 1


def test_others_are_sent_once(world):
    assert world.reminder("ok")[0] == "sent"
    assert world.smtp.copies("ok") == 1


def test_line_dropped_after_data(world):
    assert world.reminder("drop")[0] == "uncertain"
    assert world.smtp.copies("drop") == 1


def test_refused_recipient(world):
    assert world.reminder("refused")[:2] == ("failed", "delivery_failed")
    assert world.smtp.copies("refused") == 0
    [(bounces,)] = world.rows(
        "SELECT message_bounce FROM res_partner WHERE name = 'refused'"
    )
    assert bounces == 1


def test_refused_for_now(world):
    state, reason, attempts, _mail_state, wait = world.reminder("later")
    assert (state, reason, attempts) == ("deferred", "delivery_failed", 1)
    assert 200 < wait.total_seconds() <= 300


def test_message_has_the_uuid(world):
    uuids = dict(
        world.rows(
            """SELECT partner.name, rem.uuid FROM collections_reminder rem
                 JOIN res_partner partner ON partner.id = rem.partner_id"""
        )
    )
    for name, text in world.smtp.accepted:
        assert f"Message-Id: <{uuids[name]}@".lower() in text.lower()
