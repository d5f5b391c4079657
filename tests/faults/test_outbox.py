"""Whatever happens to the worker or the line, a reminder goes out at most once.

A real Odoo server with its scheduled actions sends to a mail server of ours. It is
killed after that server has answered DATA and before the result is committed: a
lock on the reminder's row, held by us, keeps it there.
"""

import contextlib
import os
import signal
import subprocess
import threading
import time

import psycopg2
import pytest

from ground import database, environment

from ..database_tools import LEDGER, own_database, shell
from .smtp import Server

CUSTOMERS = ("ok", "drop", "refused", "later", "kill")
PATIENCE = 60  # seconds
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


class World:
    """A database with queued reminders, a mail server, and workers."""

    def __init__(self, env, name, folder):
        self.env, self.name = env, name
        self.waits = threading.Event()
        self.smtp = Server(self._on_data)
        self.config = environment.write_config(
            env,
            folder / "odoo.conf",
            db_name=name,
            smtp_server="127.0.0.1",
            smtp_port=self.smtp.port,
        )
        self.log = folder / "odoo.log"
        self.holder = self.connect()

    def connect(self, name=None):
        return psycopg2.connect(
            dbname=name or self.name, **database.connect_args(self.env)
        )

    def _on_data(self, recipient):
        if recipient == "kill" and not self.waits.is_set():
            with self.holder.cursor() as cursor:
                cursor.execute(
                    """SELECT id FROM collections_reminder
                        WHERE email_to LIKE '%kill@%' FOR UPDATE"""
                )
            self.waits.set()

    def rows(self, statement, *parameters):
        connection = self.connect()
        connection.autocommit = True
        with connection.cursor() as cursor:
            cursor.execute(statement, parameters or None)
            found = cursor.fetchall() if cursor.description else None
        connection.close()
        return found

    def reminder(self, name):
        [row] = self.rows(
            """SELECT rem.state, rem.reason, rem.attempts, mail.state,
                      rem.date_deferred - now() AT TIME ZONE 'UTC'
                 FROM collections_reminder rem
                 JOIN res_partner partner ON partner.id = rem.partner_id
            LEFT JOIN mail_mail mail ON mail.id = rem.mail_id
                WHERE partner.name = %s""",
            name,
        )
        return row

    @contextlib.contextmanager
    def worker(self):
        """A server whose scheduled actions run; woken until it has started."""
        command = [self.env.python, "-m", "odoo", "server", "--no-http"]
        command += ["-d", self.name, "-c", self.config, "--max-cron-threads=1"]
        with self.log.open("a") as log:
            process = subprocess.Popen(
                [*map(str, command), "--workers=0"],
                env=self.env.env,
                stdout=log,
                stderr=log,
            )
        try:
            yield process
        finally:
            process.kill()
            process.wait()

    def wake(self):
        """Make the action due, unless a worker has it, and tell the worker."""
        self.rows(
            """UPDATE ir_cron SET nextcall = now() AT TIME ZONE 'UTC' WHERE id IN (
                   SELECT id FROM ir_cron WHERE active FOR UPDATE SKIP LOCKED)"""
        )
        connection = self.connect("postgres")
        connection.autocommit = True
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_notify('cron_trigger', %s)", [self.name])
        connection.close()

    def until(self, condition):
        limit = time.monotonic() + PATIENCE
        while time.monotonic() < limit:
            if condition():
                return
            time.sleep(0.2)
        pytest.fail(f"nothing happened; {self.log.read_text()[-3000:]}")

    def blocked(self):
        """The worker has its answer and waits for our lock to write it down."""
        return self.waits.is_set() and self.rows(
            """SELECT 1 FROM pg_stat_activity
                WHERE datname = current_database() AND wait_event_type = 'Lock'"""
        )


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
        world.holder.close()
        world.smtp.shutdown()
        world.smtp.server_close()


def settled(world):
    return not world.rows(
        "SELECT 1 FROM collections_reminder WHERE state IN ('queued', 'sending')"
    )


World.settled = settled


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
