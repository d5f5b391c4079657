"""A database, workers and a simulated WhatsApp: for faults and measurements."""

import contextlib
import socket
import subprocess
import time
import urllib.error
import urllib.request

import psycopg2
import pytest

from ground import database, environment

from .whatsapp_simulator.server import SECRET, TOKEN

# For `odoo shell`, after LEDGER of database_tools.
CONNECT = f"""
company.collections_mode = "automatic"
company.collections_hour = 23
# The law of the hour is no part of this: it would end the test at night.
env["collections.contact.rule"].search([]).active = False
account = env["collections.whatsapp.account"].create({{
    "name": "Ours", "phone_number_id": "106540352242922",
    "waba_id": "102290129340398", "token": "{TOKEN}", "app_secret": "{SECRET}",
    "base_url": URL, "people_limit": "none",
}})
templates = env["collections.whatsapp.template"]
templates._copy_library(account)
own = templates.search([("account_id", "=", account.id), ("language", "=", "en")])
own.filtered(lambda one: one.header_type == "none").action_submit()
first = own.filtered(lambda one: one.name == "collections_first")
"""
REMIND = """
def openings(partners):
    # Thousands at once: one entry of opening balances, posted in seconds.
    due = date.today() - timedelta(days=12)
    account = partners[0].property_account_receivable_id
    rows = [{"partner_id": partner.id, "account_id": account.id, "debit": 100,
             "date_maturity": due, "no_followup": False} for partner in partners]
    rows.append({"account_id": income.id, "credit": 100 * len(partners)})
    journal = env["account.journal"].search([("type", "=", "general")], limit=1)
    env["account.move"].create({
        "journal_id": journal.id, "date": due,
        "line_ids": [(0, 0, row) for row in rows],
    }).action_post()

env["collections.level.channel"].search([]).unlink()
env["collections.level.channel"].create([
    {"level_id": level.id, "channel": "whatsapp", "whatsapp_template_id": first.id}
    for level in env["collections.dunning.level"].search([])
])
people = env["res.partner"].create([
    {"name": f"Customer {number}", "is_company": True,
     "phone": f"+52 55 {number + 10000000:08d}"[:7] + f" {number + 10000000:08d}"}
    for number in range(COUNT)
])
(invoices if COUNT < 500 else openings)(people)
run = env["collections.run"].run()
assert run.planned_count == COUNT, run.planned_count
names = ("collections_management.ir_cron_send", "collections_whatsapp.ir_cron_send",
         "collections_whatsapp.ir_cron_receive", "collections_whatsapp.ir_cron_fetch")
keep = env["ir.cron"].browse([env.ref(name).id for name in names])
(env["ir.cron"].search([]) - keep).active = False
env.cr.commit()
"""


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Workers:
    """Servers of one database: the first answers webhooks, all run the actions."""

    def __init__(self, env, name, folder):
        self.env, self.name, self.port = env, name, free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.log = folder / "odoo.log"
        self.config = environment.write_config(
            env,
            folder / "odoo.conf",
            db_name=name,
            dbfilter=f"^{name}$",
            http_port=self.port,
        )
        self.processes = {}

    def start(self, number, cron_threads=1):
        command = [self.env.python, "-m", "odoo", "server", "-d", self.name]
        command += ["-c", self.config, "--workers=0"]
        command += [f"--max-cron-threads={cron_threads}"]
        if number:
            command += ["--no-http"]
        with self.log.open("a") as log:
            self.processes[number] = subprocess.Popen(
                list(map(str, command)), env=self.env.env, stdout=log, stderr=log
            )

    def kill(self, number):
        process = self.processes.pop(number)
        process.kill()
        process.wait()

    def stop(self):
        for number in list(self.processes):
            self.kill(number)

    def answers(self):
        with contextlib.suppress(urllib.error.URLError, OSError):
            url = f"{self.url}/web/health"
            with urllib.request.urlopen(url, timeout=10) as response:
                return response.status == 200
        return False

    def rows(self, statement, *parameters, name=None):
        connection = psycopg2.connect(
            dbname=name or self.name, **database.connect_args(self.env)
        )
        connection.autocommit = True
        with connection.cursor() as cursor:
            cursor.execute(statement, parameters or None)
            found = cursor.fetchall() if cursor.description else None
        connection.close()
        return found

    def wake(self):
        """Make all actions due and tell the workers."""
        self.rows(
            """UPDATE ir_cron SET nextcall = now() AT TIME ZONE 'UTC' WHERE id IN (
                   SELECT id FROM ir_cron WHERE active FOR UPDATE SKIP LOCKED)"""
        )
        self.rows("SELECT pg_notify('cron_trigger', %s)", self.name, name="postgres")

    def until(self, condition, patience):
        limit = time.monotonic() + patience
        while time.monotonic() < limit:
            if condition():
                return
            self.wake()
            time.sleep(1)
        pytest.fail(f"it did not end; {self.log.read_text()[-3000:]}")
