"""A database whose outbox is sent by real servers to a mail server of ours."""

import contextlib
import subprocess
import threading
import time

import psycopg2
import pytest

from ground import database, environment, postgres

from .smtp import Server

PATIENCE = 60  # seconds
# Read by `odoo shell`; it ends as a killed process would when it loses its database.
DRAIN = """
import itertools, os
{prelude}
done = itertools.count(1)
try:
    env["collections.outbox"]._send_due(lambda: next(done) < {limit})
except BaseException:
    os._exit(1)
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

    def settled(self):
        """Nothing waits to be sent, and nobody is sending."""
        return not self.rows(
            "SELECT 1 FROM collections_reminder WHERE state IN ('queued', 'sending')"
        )

    def drains(self, count, limit, prelude=""):
        """Start workers that send at the same time; at most ``limit`` each."""
        code = DRAIN.format(prelude=prelude, limit=limit)
        command = [self.env.python, "-m", "odoo", "shell", "--no-http"]
        command += ["-d", self.name, "-c", self.config, "--shell-interface=python"]
        started = []
        for _number in range(count):
            process = subprocess.Popen(
                [*map(str, command), "--log-level=critical"],
                env=self.env.env,
                stdin=subprocess.PIPE,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            )
            process.stdin.write(code.encode())
            process.stdin.close()
            started.append(process)
        return started

    def restart_database(self):
        """PostgreSQL goes away under the workers, and comes back."""
        postgres.stop()
        postgres.prepare()

    def disconnect(self):
        """PostgreSQL ends every connection to the database, as when it restarts."""
        connection = self.connect("postgres")
        connection.autocommit = True
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = %s",
                [self.name],
            )
        connection.close()

    def close(self):
        self.holder.close()
        self.smtp.shutdown()
        self.smtp.server_close()

    def blocked(self):
        """The worker has its answer and waits for our lock to write it down."""
        return self.waits.is_set() and self.rows(
            """SELECT 1 FROM pg_stat_activity
                WHERE datname = current_database() AND wait_event_type = 'Lock'"""
        )
