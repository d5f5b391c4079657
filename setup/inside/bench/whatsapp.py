"""WhatsApp at its limits: messages out of one number, webhooks in."""

import contextlib
import hashlib
import hmac
import http.client
import json
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from .run import Bench, Result

ROOT = Path(__file__).resolve().parents[3]
# In the words of tests/whatsapp_simulator.
NUMBER, WABA = "106540352242922", "102290129340398"
TOKEN, SECRET = "simulated-token", "simulated-secret"
# About twenty seconds of sending at the limit.
MESSAGES, WEBHOOKS, LINES = 1500, 2000, 8
DELAY = 0.2  # seconds that the network takes for a request
PATIENCE = 60


def send(bench: Bench) -> list[Result]:
    """Hand the queue of one number over, with 200 ms of network and pacing on."""
    with _simulator() as url, bench.environment() as env:
        account = _account(env, url)
        _queue(env, account, _template(env, account))
        env.cr.commit()
        started = time.perf_counter()
        env["collections.whatsapp.sender"]._send_due()
        took = time.perf_counter() - started
        sent = _count(env, "sent", "delivered", "read")
        with urllib.request.urlopen(f"{url}/_sim/log", timeout=PATIENCE) as answer:
            log = json.load(answer)
        _forget(env, account)
    rate = (log["accepted"] - 1) / log["seconds"]
    return [
        Result(
            what="seconds for 70 messages of one number",
            value=70 / rate,
            unit="s",
            limit=1,
            note=f"{rate:.1f} a second, {log['accepted']:,} in {took:.1f} s",
        ),
        Result(
            what="most in any second, as the other side counts",
            value=log["busiest"],
            unit="messages",
            limit=80,
        ),
        Result(
            what="refused for speed, or not known as sent",
            value=log["refused"] + MESSAGES - sent,
            unit="messages",
            limit=0,
        ),
    ]


def receive(bench: Bench) -> list[Result]:
    """Post signed receipts to Odoo, from several lines, and understand them."""
    with bench.environment() as env:
        account = _account(env, "http://127.0.0.1:9")
        _queue(env, account, env["collections.whatsapp.template"], "sent", WEBHOOKS)
        env["ir.cron"].search([]).active = False
        env.cr.commit()
        bodies = [_receipt(number) for number in range(WEBHOOKS)]
        with _server(bench.addons) as port, ThreadPoolExecutor(LINES) as pool:
            parts = [bodies[start::LINES] for start in range(LINES)]
            started = time.perf_counter()
            answers = sum(pool.map(lambda part: _post(port, part), parts))
            took = time.perf_counter() - started
        env.cr.rollback()
        lost = WEBHOOKS - env["collections.whatsapp.webhook"].search_count([])
        started = time.perf_counter()
        env["collections.whatsapp.receiver"]._drain()
        understood = time.perf_counter() - started
        lost += WEBHOOKS - _count(env, "delivered")
        _forget(env, account)
    return [
        Result(
            what="seconds for 100 webhooks",
            value=100 * took / WEBHOOKS,
            unit="s",
            limit=1,
            note=f"{WEBHOOKS / took:.0f} a second, {answers:,} answered with 200",
        ),
        Result(
            what="seconds to understand 240 receipts",
            value=240 * understood / WEBHOOKS,
            unit="s",
            limit=1,
            note="three a message at 80 a second",
        ),
        Result(what="webhooks lost", value=lost, unit="webhooks", limit=0),
    ]


@contextlib.contextmanager
def _simulator():
    command = [sys.executable, "-m", "tests.whatsapp_simulator"]
    process = subprocess.Popen(
        [*command, "--delay", str(DELAY), "--no-receipts"],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        yield process.stdout.readline().strip()
    finally:
        process.terminate()
        process.communicate()


@contextlib.contextmanager
def _server(database: str):
    """Run Odoo's own server on the database; give its port."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "odoo", "server", "-d", database]
    command += ["--workers=0", "--max-cron-threads=0", f"--http-port={port}"]
    command += ["--log-level=error", f"--db-filter=^{database}$"]
    process = subprocess.Popen([*command, "--http-interface=127.0.0.1"])
    try:
        _wait_for(port)
        yield port
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait()


def _wait_for(port: int) -> None:
    limit = time.monotonic() + PATIENCE
    url = f"http://127.0.0.1:{port}/web/health"
    while time.monotonic() < limit:
        with contextlib.suppress(OSError), urllib.request.urlopen(url, timeout=5):
            return
        time.sleep(0.2)
    raise TimeoutError("Odoo does not answer")


def _account(env, url):
    return env["collections.whatsapp.account"].create(
        {
            "name": "Bench",
            "phone_number_id": NUMBER,
            "waba_id": WABA,
            "token": TOKEN,
            "app_secret": SECRET,
            "base_url": url,
            "people_limit": "none",
        }
    )


def _template(env, account):
    templates = env["collections.whatsapp.template"]
    templates._copy_library(account)
    mine = [("account_id", "=", account.id), ("language", "=", "en")]
    template = templates.search([*mine, ("name", "=", "collections_conversation")])
    template.action_submit()
    return template


def _queue(env, account, template, state="queued", count=MESSAGES):
    """Make what the outbox leaves to the sender: one message for each customer."""
    cases = _cases(env, count)
    reminders = env["collections.reminder"].create(
        [
            {
                "case_id": case.id,
                "company_id": case.company_id.id,
                "partner_id": case.partner_id.id,
                "kind": "manual",
                "channel": "whatsapp",
                "state": "sending" if state == "queued" else state,
                "date": case.company_id._collections_today(),
                "uuid": f"bench-{number}",
                "subject": "Reminder",
                "body": "<p>Your invoice is due.</p>",
            }
            for number, case in enumerate(cases)
        ]
    )
    env["collections.whatsapp.message"].create(
        [
            {
                "account_id": account.id,
                "company_id": account.company_id.id,
                "case_id": reminder.case_id.id,
                "reminder_id": reminder.id,
                "kind": "template",
                "uuid": reminder.uuid,
                "state": state,
                "to": f"5730{number:08d}",
                "key": f"5730{number:08d}",
                "payload": _payload(f"5730{number:08d}", reminder.uuid, template.name),
            }
            for number, reminder in enumerate(reminders)
        ]
    )


def _cases(env, count: int):
    """Return so many customers who owe something."""
    if not env["collections.case"].search_count([], limit=count + 1) > count:
        env["collections.case"].refresh()
    cases = env["collections.case"].search([], limit=count)
    if len(cases) < count:
        raise ValueError(
            f"{len(cases)} customers owe something, {count} are needed: give more"
            " --customers and --invoices"
        )
    return cases


def _payload(to: str, uuid: str, template: str) -> dict:
    body = {"type": "body", "parameters": [{"type": "text", "text": "Ana"}] * 2}
    return {
        "messaging_product": "whatsapp",
        "to": to,
        "type": "template",
        "biz_opaque_callback_data": uuid,
        "template": {
            "name": template,
            "language": {"code": "en"},
            "components": [body],
        },
    }


def _count(env, *states: str) -> int:
    env.invalidate_all()
    messages = env["collections.whatsapp.message"]
    return messages.search_count([("state", "in", states)])


def _forget(env, account) -> None:
    """Leave the copy as it was found, but for the log, which nobody deletes."""
    env.cr.execute("DELETE FROM collections_whatsapp_message")
    env.cr.execute("DELETE FROM collections_whatsapp_webhook")
    env.cr.execute("DELETE FROM collections_reminder WHERE uuid LIKE 'bench-%'")
    env.invalidate_all()
    account.unlink()
    env.cr.commit()


def _receipt(number: int) -> bytes:
    status = {
        "id": f"wamid.bench{number}",
        "status": "delivered",
        "timestamp": "1698266945",
        "recipient_id": f"5730{number:08d}",
        "biz_opaque_callback_data": f"bench-{number}",
        "pricing": {"billable": True, "pricing_model": "PMP", "category": "utility"},
    }
    value = {
        "messaging_product": "whatsapp",
        "metadata": {"phone_number_id": NUMBER},
        "statuses": [status],
    }
    entry = {"id": WABA, "changes": [{"value": value, "field": "messages"}]}
    payload = {"object": "whatsapp_business_account", "entry": [entry]}
    return json.dumps(payload).encode()


def _post(port: int, bodies: list[bytes]) -> int:
    """Post webhooks one after the other; return how many were taken."""
    taken = 0
    for body in bodies:
        line = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
        digest = hmac.new(SECRET.encode(), body, hashlib.sha256).hexdigest()
        headers = {"X-Hub-Signature-256": f"sha256={digest}"}
        line.request("POST", "/collections/whatsapp/webhook", body, headers)
        taken += line.getresponse().status == 200
        line.close()
    return taken
