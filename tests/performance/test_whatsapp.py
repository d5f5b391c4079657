"""How fast webhooks of WhatsApp are taken in, without a loss.

Quick by default, with room for a busy machine. The measurement:
``WHATSAPP_MESSAGES=3000 ./setup/test tests/performance/test_whatsapp.py -s``.
"""

import http.client
import json
import os
import sys
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from ..database_tools import LEDGER, own_database, shell
from ..whatsapp_simulator import Behaviour, running
from ..whatsapp_simulator.server import SECRET
from ..whatsapp_simulator.webhooks import sign
from ..whatsapp_world import CONNECT, Workers

MESSAGES = int(os.environ.get("WHATSAPP_MESSAGES", "0"))
COUNT = MESSAGES or 300
TAKEN_A_SECOND = 100 if MESSAGES else 40
# Customers who wait in the queue of the sender, as the outbox leaves them.
QUEUE = """
person = customer("Bulk")
case_values = {"partner_id": person.id, "company_id": company.id}
case = env["collections.case"].sudo().create(case_values)
text = {"messaging_product": "whatsapp", "recipient_type": "individual",
        "type": "template", "template": {
            "name": "collections_conversation", "language": {"code": "en"},
            "components": [{"type": "body", "parameters": [
                {"type": "text", "text": "Ana"}, {"type": "text", "text": "Us"}]}]}}
reminders = env["collections.reminder"].sudo().create([
    {"case_id": case.id, "company_id": company.id, "partner_id": person.id,
     "kind": "manual", "channel": "whatsapp", "state": "sending",
     "date": date.today(), "uuid": f"bulk-{number}", "subject": "s", "body": "b"}
    for number in range(COUNT)
])
env["collections.whatsapp.message"].sudo().create([
    {"account_id": account.id, "company_id": company.id, "case_id": case.id,
     "reminder_id": reminder.id, "kind": "template", "uuid": reminder.uuid,
     "to": f"5730{number:08d}", "key": f"5730{number:08d}",
     "payload": {**text, "to": f"5730{number:08d}",
                 "biz_opaque_callback_data": reminder.uuid}}
    for number, reminder in enumerate(reminders)
])
env["ir.cron"].search([]).active = False
env.cr.commit()
"""


def _report(text):
    sys.stdout.write(f"\n{text}\n")


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    behaviour = Behaviour(receipts=())
    with own_database() as (env, name), running(behaviour) as simulator:
        values = f"URL = {simulator.url!r}\nCOUNT = {COUNT}\n"
        shell(env, name, LEDGER, values, CONNECT, QUEUE)
        workers = Workers(env, name, tmp_path_factory.mktemp("whatsapp"))
        workers.simulator = simulator
        yield workers
        workers.stop()


def test_webhooks_in(world):
    world.start(0)
    world.until(world.answers, 60)
    bodies = [_webhook(number) for number in range(COUNT)]
    start = time.monotonic()
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda part: _post(world.port, part), _parts(bodies)))
    rate = COUNT / (time.monotonic() - start)
    [(stored,)] = world.rows("SELECT count(*) FROM collections_whatsapp_webhook")
    _report(f"{COUNT} webhooks, {rate:.1f} a second, {stored} stored")
    assert {status for part in answers for status in part} == {200}
    assert stored == COUNT
    assert rate >= TAKEN_A_SECOND


def _webhook(number):
    status = {
        "id": f"wamid.{number}",
        "status": "delivered",
        "timestamp": "1698266945",
        "recipient_id": f"5730{number:08d}",
        "biz_opaque_callback_data": f"bulk-{number}",
    }
    value = {
        "messaging_product": "whatsapp",
        "metadata": {"phone_number_id": "106540352242922"},
        "statuses": [status],
    }
    change = {"value": value, "field": "messages"}
    entry = {"id": "102290129340398", "changes": [change]}
    return json.dumps(
        {"object": "whatsapp_business_account", "entry": [entry]}
    ).encode()


def _parts(bodies, count=8):
    return [bodies[start::count] for start in range(count)]


def _post(port, bodies):
    statuses = []
    for body in bodies:
        line = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        headers = {"X-Hub-Signature-256": sign(SECRET, body)}
        line.request("POST", "/collections/whatsapp/webhook", body, headers)
        statuses.append(line.getresponse().status)
        line.close()
    return statuses
