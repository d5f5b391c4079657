"""A run of reminders whose workers are killed at random moments, and its database too.

Quick here; the long one is a command, and prints what it counted. It restarts this
checkout's PostgreSQL in the middle, which no other test run would survive::

    FAULT_KILLS=30 FAULT_REMINDERS=2000 FAULT_RESTART=1 \\
        ./setup/test tests/faults/test_kills.py -s
"""

import os
import random
import signal
import sys
import time
from collections import Counter

import pytest

from ..database_tools import LEDGER, own_database, shell
from .world import World

KILLS = int(os.environ.get("FAULT_KILLS", "2"))
REMINDERS = int(os.environ.get("FAULT_REMINDERS", "60"))
# For real, or only all its connections.
RESTART = bool(os.environ.get("FAULT_RESTART"))
SEED = int(os.environ.get("FAULT_SEED", "19"))
# Lets a worker notice within the test that a server hangs.
IMPATIENT = """
import odoo.addons.base.models.ir_mail_server as servers
servers.SMTP_TIMEOUT = 1
"""
PREPARE = f"""
company.collections_mode = "automatic"
company.collections_hour = 23
names = ["drop", "hang", "refused"] + [f"c{{n}}" for n in range({REMINDERS} - 3)]
invoices([customer(name) for name in names])
run = env["collections.run"].run()
assert run.planned_count == {REMINDERS}, run.planned_count
send = env.ref("collections_management.ir_cron_send")
env["ir.cron"].search([("id", "!=", send.id)]).active = False
env.cr.commit()
"""


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    """The same outbox after everything that can happen to its workers."""
    with own_database() as (env, name):
        shell(env, name, LEDGER, PREPARE)
        world = World(env, name, tmp_path_factory.mktemp("kills"))
        chance = random.Random(SEED)
        for _kill in range(KILLS):
            kill_one(world, chance)
        # Two at once, whose database goes away; then four, to the end.
        few = max(REMINDERS // 8, 3)
        interrupted = world.drains(2, few, IMPATIENT)
        accepted = len(world.smtp.accepted)
        world.until(
            lambda: len(world.smtp.accepted) > accepted or not alive(interrupted)
        )
        time.sleep(chance.uniform(0, 0.3))
        (world.restart_database if RESTART else world.disconnect)()
        wait(interrupted)
        for _round in range(2):  # the second one finds nothing but what was left
            wait(world.drains(4, REMINDERS, IMPATIENT))
        yield world
        report(world)
        world.close()


def kill_one(world, chance):
    """Let a server send something, and kill it at a moment nobody chose."""
    accepted = len(world.smtp.accepted)
    with world.worker() as process:
        world.until(
            lambda: (
                world.wake() or len(world.smtp.accepted) > accepted or world.settled()
            )
        )
        time.sleep(chance.uniform(0, 0.7))
        os.kill(process.pid, signal.SIGKILL)
        process.wait()


def alive(processes):
    return [process for process in processes if process.poll() is None]


def wait(processes):
    for process in processes:
        process.wait(timeout=600)


def states(world):
    return dict(world.rows("SELECT uuid, state FROM collections_reminder"))


def report(world):
    sys.stdout.write(
        f"\n{REMINDERS} reminders, {KILLS} kills,"
        f" {'a restart' if RESTART else 'ended connections'}, seed {SEED}:"
        f" {dict(Counter(states(world).values()))},"
        f" {len(world.smtp.accepted)} accepted by the mail server,"
        f" most copies {max(world.smtp.copies_by_uuid().values())}\n"
    )


def test_none_twice(world):
    assert max(world.smtp.copies_by_uuid().values()) == 1


def test_none_lost_but_what_is_shown_as_uncertain(world):
    """R11: a mass that was interrupted is gone on with, not begun again."""
    copies = world.smtp.copies_by_uuid()
    found = Counter(states(world).values())
    assert set(found) <= {"sent", "uncertain", "failed"}, found
    assert found["failed"] == 1  # the refused address
    sent = {uuid for uuid, state in states(world).items() if state == "sent"}
    assert sent == sent & copies.keys()
    # One for each worker that was interrupted, and the two whose server went silent.
    assert found["uncertain"] <= KILLS + 2 + 2, found


def test_what_is_uncertain_says_so(world):
    rows = world.rows(
        """SELECT rem.reason, mail.state FROM collections_reminder rem
             JOIN mail_mail mail ON mail.id = rem.mail_id
            WHERE rem.state = 'uncertain'"""
    )
    assert {reason for reason, _state in rows} == {"worker_gone"}
    # Odoo's own queue leaves it alone.
    assert {state for _reason, state in rows} <= {"cancel", "exception"}
