"""E-mails out of the outbox to a mail server on this machine, gate and log included."""

import contextlib
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from odoo.tools import config

from .run import Bench, Result

SINK = Path(__file__).resolve().parents[2] / "ground" / "mail_sink.py"
PLAIN, WITH_STATEMENT = 1000, 150
# What the first e-mails load stays: templates, policies, translations.
WARM = 100
MEGABYTE = 1024 * 1024


def send(bench: Bench) -> list[Result]:
    """Let the outbox send: plain e-mails, then with a PDF statement each."""
    with _sink() as folder, bench.environment() as env:
        _prepare(env)
        plain = _send(env, PLAIN, folder)
        env["collections.dunning.level"].search([]).attach_statement = True
        with_pdf = _send(env, WITH_STATEMENT, folder)
    return [
        Result(
            what="seconds for 50 e-mails",
            value=50 / plain["rate"],
            unit="s",
            limit=1,
            note=f"{plain['rate']:.1f} a second, {plain['kept']:,} kept by the server,"
            f" {plain['cpu']:.1f} ms of processor each",
        ),
        Result(
            what="seconds for 5 e-mails with a statement",
            value=5 / with_pdf["rate"],
            unit="s",
            limit=1,
            note=f"{with_pdf['rate']:.1f} a second, {with_pdf['kept']:,} kept,"
            f" {with_pdf['cpu']:.1f} ms of processor each",
        ),
        Result(
            what="statements per e-mail",
            value=plain["statements"],
            unit="statements",
        ),
        Result(
            what="memory more at the end than after a hundred",
            value=plain["grown"],
            unit="MB",
            limit=15,
        ),
        Result(
            what="not sent, or not once",
            value=plain["lost"] + with_pdf["lost"],
            unit="e-mails",
            limit=0,
        ),
    ]


@contextlib.contextmanager
def _sink():
    """Run the mail server that `setup/run` has; give the folder of what it keeps."""
    with tempfile.TemporaryDirectory() as folder:
        process = subprocess.Popen(
            [sys.executable, str(SINK), folder],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        try:
            config["smtp_server"] = "127.0.0.1"
            config["smtp_port"] = int(process.stdout.readline())
            yield Path(folder)
        finally:
            process.terminate()
            process.communicate()


def _prepare(env) -> None:
    """All that is due may go now: the contact rules are asked, and say yes."""
    company = env.company
    company.email = "billing@ours.example.com"
    company.collections_mode = "automatic"
    company.collections_daily_cap = 0
    env["collections.contact.rule"].search([]).active = False
    days = env["collections.contact.rule.window"]._fields["weekday"].selection
    env["collections.contact.rule"].create(
        {
            "name": "Any time",
            "company_id": company.id,
            "debtor": "all",
            "on_holidays": True,
            "window_ids": [
                (0, 0, {"weekday": day, "start": 0.0, "end": 24.0}) for day, _ in days
            ],
        }
    )
    levels = env["collections.dunning.level"].search([])
    levels.attach_statement = levels.attach_invoices = False
    for level in levels:
        template = level.template_id or levels.template_id[:1]
        level.channel_ids = [
            (5, 0, 0),
            (0, 0, {"channel": "email", "template_id": template.id}),
        ]
    env["collections.case"].refresh()
    env["collections.run"].run()
    env.cr.commit()


def _send(env, count, folder) -> dict[str, float]:
    """Send so many and stop; the first ones are sent before the clock starts."""
    _drain(env, WARM if count > WARM else 1)
    memory, kept = _memory(), _kept(folder)
    before, sent = env.cr.sql_log_count, _sent(env)
    started, cpu = time.perf_counter(), time.process_time()
    _drain(env, count)
    took = time.perf_counter() - started
    cpu = time.process_time() - cpu
    found = _kept(folder) - kept
    return {
        "rate": found / took,
        "kept": found,
        "cpu": 1000 * cpu / found,
        "lost": abs(_sent(env) - sent - found),
        "statements": (env.cr.sql_log_count - before) / count,
        "grown": (_memory() - memory) / MEGABYTE,
    }


def _drain(env, count) -> None:
    left = iter(range(count - 1, -1, -1))
    env["collections.outbox"]._send_due(lambda: next(left))


def _sent(env) -> int:
    return env["collections.reminder"].search_count([("state", "=", "sent")])


def _kept(folder) -> int:
    return sum(path.suffix == ".eml" for path in folder.iterdir())


def _memory() -> int:
    """Bytes of this process in memory."""
    pages = Path("/proc/self/statm").read_text().split()[1]
    return int(pages) * 4096
