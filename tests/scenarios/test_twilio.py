"""Odoo's `sms_twilio` instead of Odoo's own provider: sent, delivered, refused."""

import json
import re

from ..database_tools import LEDGER, own_database, shell

PREPARE = """
twilio = env["ir.module.module"].search([("name", "=", "sms_twilio")])
twilio.button_immediate_install()
env.cr.commit()
"""
SEND = """
import json
from unittest.mock import patch
import requests

sent = []

def post(session, url, data=None, **_more):
    number = data["To"]
    sent.append((url, number, data["Body"], data["StatusCallback"]))
    answer = requests.Response()
    wrong = number.endswith("00")
    answer.status_code = 400 if wrong else 201
    said = {"code": 21211, "message": "Invalid number"} if wrong else {"sid": "SM1"}
    answer._content = json.dumps(said).encode()
    return answer

company.write({
    "collections_mode": "automatic", "collections_hour": 23, "sms_provider": "twilio",
    "sms_twilio_account_sid": "AC" + "1" * 32, "sms_twilio_auth_token": "secret",
})
env["sms.twilio.number"].create({
    "company_id": company.id, "number": "+12025550100",
    "country_id": env.ref("base.us").id,
})
template = env.ref("collections_management.sms_template_reminder")
levels = env["collections.dunning.level"].search([])
for level in levels:
    level.channel_ids = [
        (5, 0, 0), (0, 0, {"channel": "sms", "sms_template_id": template.id})
    ]
people = {}
for name, phone in (("good", "+12025550123"), ("bad", "+12025550200")):
    people[name] = customer(name)
    people[name].write({"phone": phone, "country_id": env.ref("base.us").id})
invoices(list(people.values()))
with patch.object(requests.Session, "post", post):
    env["collections.run"].run().flush()
reminders = env["collections.reminder"].search([])
by_name = {reminder.partner_id.name: reminder for reminder in reminders}
states = {name: reminder.state for name, reminder in by_name.items()}
tracker = env["sms.tracker"].search(
    [("collections_reminder_id", "=", by_name["good"].id)]
)
callback = [row[3] for row in sent if row[1] == "+12025550123"][0]
tracker._action_update_from_sms_state("sent")
later = by_name["good"].state
print("RESULT" + json.dumps([
    states, later, callback, tracker.sms_uuid, tracker.sms_twilio_sid,
    people["bad"].collections_bad_phone,
]))
"""


def test_by_twilio():
    """R64: the same channel, whichever provider the company has."""
    with own_database() as (env, name):
        shell(env, name, LEDGER, PREPARE)
        output = shell(env, name, LEDGER, SEND)
    result = re.search(r"^RESULT(.*)$", output, re.MULTILINE)[1]
    states, later, callback, uuid, sid, bad_phone = json.loads(result)
    assert states == {"good": "sent", "bad": "failed"}
    assert later == "delivered"
    # What its reports of delivery are recognised by.
    assert re.fullmatch(r"[0-9a-f]{32}", uuid)
    assert callback.endswith(f"/sms_twilio/status/{uuid}")
    assert sid == "SM1"
    assert bad_phone == "+12025550200"
