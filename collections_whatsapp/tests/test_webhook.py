"""Where WhatsApp talks to us: what is believed, and what never is.

The fuzz is short by default; the long one is ``WHATSAPP_FUZZ=10000 ./setup/test
collections_whatsapp/tests/test_webhook.py``.
"""

import json
import os
import random
from collections import Counter

from odoo.tests import HttpCase, tagged
from odoo.tools import mute_logger

from .common import NUMBER, SECRET, WABA, WEBHOOK, WhatsappCommon, sign, webhook

ROUNDS = int(os.environ.get("WHATSAPP_FUZZ", "200"))
REFUSED = {400, 401, 403, 404, 405, 411, 413}
NAMES = (
    *("entry", "changes", "value", "field", "messages", "statuses", "id", "metadata"),
    *("phone_number_id", "contacts", "from", "type", "text", "errors", "pricing"),
)


@tagged("post_install", "-at_install")
class TestWhatsappWebhook(WhatsappCommon, HttpCase):
    def _stored(self):
        return self.env["collections.whatsapp.webhook"].sudo().search_count([])

    def _post(self, body, secret=SECRET):
        headers = {"X-Hub-Signature-256": sign(secret, body)} if secret else {}
        return self.url_open(WEBHOOK, data=body, headers=headers)

    def test_challenge(self):
        token = self.account.sudo().verify_token
        base = f"{WEBHOOK}?hub.mode=subscribe&hub.challenge=1158201444"
        good = self.url_open(f"{base}&hub.verify_token={token}")
        self.assertEqual((good.status_code, good.text), (200, "1158201444"))
        for bad in ("wrong", "", "%C3%A9"):
            self.assertEqual(
                self.url_open(f"{base}&hub.verify_token={bad}").status_code, 403
            )

    def test_stored_and_answered(self):
        body = json.dumps(webhook()).encode()
        for _twice in range(2):
            self.assertEqual(self._post(body).status_code, 200)
        self.assertEqual(self._stored(), 1)

    @mute_logger("odoo.http")
    def test_hostile(self):
        good = json.dumps(webhook()).encode()
        deep = b'{"entry":' + b"[" * 100_000 + b"]" * 100_000 + b"}"
        cases = [
            (good, None, 401),
            (good, "wrong", 401),
            (b"not json", SECRET, 400),
            (b"\xff\xfe", SECRET, 400),
            (b"[]", SECRET, 400),
            (deep, SECRET, 400),
            (json.dumps(webhook(number="999")).encode(), SECRET, 404),
            (b"x" * (4 * 1024 * 1024), SECRET, 413),
        ]
        for body, secret, status in cases:
            with self.subTest(body=body[:30], secret=secret):
                self.assertEqual(self._post(body, secret).status_code, status)
        self.assertEqual(self._stored(), 0)

    def test_another_company_does_not_sign_for_ours(self):
        """Its secret is good, for its own number only."""
        self.account.copy(
            {
                "name": "Theirs",
                "phone_number_id": "777",
                "waba_id": "778",
                "app_secret": "theirs",
            }
        )
        body = json.dumps(webhook()).encode()
        self.assertEqual(self._post(body, "theirs").status_code, 404)
        self.assertEqual(self._stored(), 0)

    def test_our_number_does_not_speak_for_another_account(self):
        """Beside a receipt of ours, news of somebody else's account."""
        change = {"field": "account_update", "value": {"event": "ACCOUNT_DELETED"}}
        for waba, status in (("999", 404), (WABA, 200)):
            payload = webhook()
            payload["entry"].append({"id": waba, "changes": [change]})
            with self.subTest(waba=waba):
                answer = self._post(json.dumps(payload).encode())
                self.assertEqual(answer.status_code, status)
        self.assertEqual(self._stored(), 1)

    @mute_logger("odoo.http", "odoo.addons.base.models.ir_http", "werkzeug")
    def test_fuzz(self):
        """Whatever comes is refused in words of HTTP, and nothing of it is kept."""
        dice, answers = random.Random(7), Counter()
        for number in range(ROUNDS):
            method, path, body, headers = hostile(dice)
            answer = self.opener.request(
                method, self.base_url() + path, data=body, headers=headers, timeout=30
            )
            answers[answer.status_code] += 1
            self.assertIn(answer.status_code, REFUSED, (number, method, path, body))
        self.assertEqual(answers.total(), ROUNDS)
        self.assertGreaterEqual(set(answers), {400, 401, 404})
        self.assertEqual(self._stored(), 0)


def hostile(dice: random.Random) -> tuple[str, str, bytes, dict]:
    """Return a request that must be refused: method, path, body, headers."""
    make = dice.choice((_unsigned, _garbled, _altered, _noise, _json, _deep, _foreign))
    body, signature = make(dice)
    headers = {} if signature is None else {"X-Hub-Signature-256": signature}
    if dice.random() < 0.3:
        headers["Content-Type"] = dice.choice(
            (
                "application/json",
                "text/plain; charset=utf-16",
                "multipart/form-data; boundary=x",
                "multipart/form-data",
                "application/x-www-form-urlencoded",
                "\\0",
            )
        )
    path = WEBHOOK
    if dice.random() < 0.1:
        path += "?hub.mode=subscribe&hub.challenge=%00%ff&hub.verify_token[]=x&a=%u1"
    method = "POST" if dice.random() < 0.95 else dice.choice(("GET", "PUT", "DELETE"))
    if dice.random() < 0.002:
        body = b"9" * (3 * 1024 * 1024 + 1)
    return method, path, body, headers


def _good(dice) -> bytes:
    status = {
        "id": f"wamid.{dice.random()}",
        "status": "read",
        "timestamp": "1718600000",
    }
    return json.dumps(webhook(status)).encode()


def _unsigned(dice):
    return _good(dice), None


def _garbled(dice):
    """Good, and signed by somebody else, or in a way that is none."""
    body = _good(dice)
    right = sign(SECRET, body)
    wrong = (
        sign("secret", body),
        right[:-1],
        right.upper(),
        right.removeprefix("sha256="),
        right.replace("sha256", "sha1"),
        f"{right},{right}",
        "sha256=",
        "sha256=" + "0" * 64,
        "é".encode().decode("latin-1"),
        "x" * 5000,
    )
    return body, dice.choice(wrong)


def _altered(dice):
    """One bit is not as it was signed."""
    body = bytearray(_good(dice))
    signature = sign(SECRET, bytes(body))
    body[dice.randrange(len(body))] ^= 1 << dice.randrange(8)
    return bytes(body), signature


def _noise(dice):
    body = dice.randbytes(dice.randrange(300))
    return body, sign(SECRET, body)


def _json(dice):
    """Signed by us, JSON of our words in any order, and for no number."""
    value = _value(dice, 5)
    if dice.random() < 0.7:
        value = {"entry": value if isinstance(value, list) else [value]}
    body = json.dumps(value).encode()
    return body, sign(SECRET, body)


def _value(dice, depth):
    kind = dice.randrange(4 if depth else 2)
    if kind == 3:
        return {dice.choice(NAMES): _value(dice, depth - 1) for _row in range(3)}
    if kind == 2:
        return [_value(dice, depth - 1) for _row in range(dice.randrange(4))]
    odd = (None, True, -1, 10**400, 1e308, "", "\x00", "\ud800", "x" * 9999, "{{1}}")
    return dice.choice(odd)


def _deep(dice):
    depth = dice.choice((33, 200, 5000, 50_000))
    left, right = dice.choice(((b"[", b"]"), (b'{"entry":', b"}")))
    inner = left * depth + b"1" + right * depth
    body = b'{"entry":[' + inner + b"]}"
    return body, sign(SECRET, body)


def _foreign(dice):
    """Of another number, alone or beside ours."""
    payload = webhook(number=str(dice.randrange(10**15)))
    if dice.random() < 0.5:
        payload["entry"] += webhook(number=NUMBER, waba=WABA)["entry"]
    body = json.dumps(payload).encode()
    return body, sign(SECRET, body)
