"""The webhooks of the simulated side: signed, repeated until answered, disordered."""

import hashlib
import heapq
import hmac
import http.client
import itertools
import json
import threading
import time
from urllib.parse import urlsplit

RETRY_AFTER = (0.2, 0.5, 1, 2, 5, 10, 30, 60)
THREADS = 6


def sign(secret: str, body: bytes) -> str:
    digest = hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
    return f"sha256={digest}"


class Postman:
    """Delivers webhooks when they are due, from several threads."""

    def __init__(self, behaviour):
        self.behaviour = behaviour
        self.url = self.secret = ""
        self.told = self.failed = 0
        self._queue: list = []
        self._order = itertools.count()
        self._ready = threading.Condition()
        self._busy = 0
        self._closed = False
        for _number in range(THREADS):
            threading.Thread(target=self._work, daemon=True).start()

    def point(self, url: str, secret: str) -> None:
        self.url, self.secret = url, secret

    def tell(self, payload: dict, after: float = 0.0) -> None:
        """Send a webhook, maybe twice, maybe late."""
        if not self.url:
            return
        body = json.dumps(payload, separators=(",", ":")).encode()
        if self.behaviour.chance(self.behaviour.disordered):
            after += 0.5
        self._put(after, body, 0)
        if self.behaviour.chance(self.behaviour.duplicated):
            self._put(after + 0.3, body, 0)

    def _put(self, after, body, attempt):
        with self._ready:
            due = time.monotonic() + after
            heapq.heappush(self._queue, (due, next(self._order), body, attempt))
            self._ready.notify()

    def _take(self):
        with self._ready:
            while not self._closed:
                now = time.monotonic()
                if self._queue and self._queue[0][0] <= now:
                    self._busy += 1
                    return heapq.heappop(self._queue)
                wait = self._queue[0][0] - now if self._queue else None
                self._ready.wait(wait)
        return None

    def _work(self):
        while (job := self._take()) is not None:
            _due, _order, body, attempt = job
            done = self._post(body)
            if not done and attempt < len(RETRY_AFTER):
                self._put(RETRY_AFTER[attempt], body, attempt + 1)
            with self._ready:
                self._busy -= 1
                self.told += done
                self.failed += not done
                self._ready.notify_all()

    def _post(self, body: bytes) -> bool:
        parts = urlsplit(self.url)
        try:
            line = http.client.HTTPConnection(parts.hostname, parts.port, timeout=15)
            headers = {
                "Content-Type": "application/json",
                "X-Hub-Signature-256": sign(self.secret, body),
            }
            line.request("POST", parts.path, body, headers)
            status = line.getresponse().status
            line.close()
        except OSError:
            return False
        except http.client.HTTPException:
            return False
        return status == 200

    def settle(self, patience: float = 60.0) -> bool:
        """Wait until all is told."""
        limit = time.monotonic() + patience
        with self._ready:
            while (self._queue or self._busy) and time.monotonic() < limit:
                self._ready.wait(0.2)
            return not self._queue and not self._busy

    def close(self):
        with self._ready:
            self._closed = True
            self._ready.notify_all()


def change(world, value: dict, field: str = "messages") -> dict:
    """Wrap a value as Meta does."""
    return {
        "object": "whatsapp_business_account",
        "entry": [{"id": world.waba, "changes": [{"value": value, "field": field}]}],
    }


def _metadata(number: str) -> dict:
    return {"display_phone_number": "15550783881", "phone_number_id": number}


def status(world, message, state: str, code: int | None = None) -> dict:
    """Return the webhook of a receipt."""
    row = {
        "id": message.wamid,
        "status": state,
        "timestamp": str(int(time.time())),
        "recipient_id": message.person,
    }
    if message.callback:
        row["biz_opaque_callback_data"] = message.callback
    if state in ("sent", "delivered"):
        template = message.payload.get("type") == "template"
        row["pricing"] = {
            "billable": True,
            "pricing_model": "PMP",
            "type": "regular",
            "category": "utility" if template else "service",
        }
    if code is not None:
        text = f"Simulated failure {code}"
        row["errors"] = [
            {
                "code": code,
                "title": text,
                "message": text,
                "error_data": {"details": text},
            }
        ]
    value = {
        "messaging_product": "whatsapp",
        "metadata": _metadata(message.number),
        "statuses": [row],
    }
    return change(world, value)


def template(world, row: dict, state: str, reason: str = "NONE") -> dict:
    """Return the webhook of what became of a template."""
    value = {
        "event": state,
        "message_template_id": row["id"],
        "message_template_name": row["name"],
        "message_template_language": row["language"],
        "message_template_category": row["category"],
        "reason": reason,
    }
    return change(world, value, "message_template_status_update")


def inbound(world, message, name: str = "") -> dict:
    """Return the webhook of what a customer said."""
    value = {
        "messaging_product": "whatsapp",
        "metadata": _metadata(message.number),
        "contacts": [
            {"profile": {"name": name or "Customer"}, "wa_id": message.person}
        ],
        "messages": [
            {
                "from": message.person,
                "id": message.wamid,
                "timestamp": str(int(time.time())),
                **message.payload,
            }
        ],
    }
    return change(world, value)
