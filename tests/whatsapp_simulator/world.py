"""What the simulated side knows: templates, messages, media, open windows."""

import itertools
import re
import threading
import time
from dataclasses import dataclass, field

_VARIABLE = re.compile(r"\{\{\d+\}\}")
WINDOW = 24 * 3600
# WhatsApp's own form of a number: Mexico keeps its 1.
_MEXICO = re.compile(r"52(?!1)(\d{10})")


class Refused(Exception):
    """An error that the real side would answer with."""

    def __init__(self, code: int, details: str):
        super().__init__(details)
        self.code = code


def wa_id(number: str) -> str:
    """Return the form in which WhatsApp answers with a number."""
    found = re.sub(r"\D", "", number)
    return _MEXICO.sub(r"521\1", found) if len(found) == 12 else found


@dataclass(frozen=True)
class Call:
    """A request as it came: method, path, parameters, names of a form's parts."""

    method: str
    path: str
    query: dict
    parts: frozenset[str]


@dataclass
class Message:
    """A message that the simulated side accepted, or that a customer wrote."""

    wamid: str
    number: str
    person: str
    payload: dict
    inbound: bool = False
    shown: dict = field(default_factory=dict)
    states: list[str] = field(default_factory=list)
    at: float = field(default_factory=time.monotonic)
    time: float = field(default_factory=time.time)

    @property
    def callback(self) -> str:
        return self.payload.get("biz_opaque_callback_data", "")


class World:
    """All the state, behind one lock."""

    def __init__(self, number="106540352242922", waba="102290129340398"):
        self.number, self.waba = number, waba
        self.lock = threading.RLock()
        self.messages: dict[str, Message] = {}
        self.templates: dict[tuple[str, str], dict] = {}
        self.media: dict[str, tuple[bytes, str]] = {}
        self.examples: dict[str, bytes] = {}
        self.limit = "TIER_2K"
        self.requests: list[tuple[str, str, dict]] = []
        self.calls: list[Call] = []
        self.last_inbound: dict[str, float] = {}
        self.names: dict[str, str] = {}
        self._ids = itertools.count(1)

    def new_id(self, prefix: str = "") -> str:
        return f"{prefix}{int(time.time())}{next(self._ids):06d}"

    # === MESSAGES === #

    def accept(self, number: str, payload: dict) -> Message:
        """Keep a message of the company.

        :raise Refused: for what the real side would not take
        """
        person = wa_id(str(payload.get("to", ""))) or payload.get("recipient", "")
        if payload.get("messaging_product") != "whatsapp" or not person:
            raise Refused(100, "messaging_product and to are required")
        with self.lock:
            shown = self._show(person, payload)
            message = Message(self.new_id("wamid.SIM"), number, person, payload)
            message.shown = shown
            self.messages[message.wamid] = message
        return message

    def _show(self, person: str, payload: dict) -> dict:
        kind = payload.get("type")
        if kind == "template":
            return self._fill(payload["template"])
        if time.time() - self.last_inbound.get(person, 0) > WINDOW:
            raise Refused(131047, "More than 24 hours have passed")
        if kind == "text":
            return {"body": payload["text"]["body"]}
        if kind == "interactive":
            part = payload["interactive"]
            buttons = [row["reply"] for row in part["action"]["buttons"]]
            return {
                "body": part["body"]["text"],
                "buttons": [
                    {"text": row["title"], "id": row["id"], "kind": "interactive"}
                    for row in buttons
                ],
            }
        raise Refused(131051, f"Unsupported message type {kind}")

    def _fill(self, sent: dict) -> dict:
        """Return a template as the customer sees it."""
        known = self.templates.get((sent["name"], sent["language"]["code"]))
        if known is None:
            raise Refused(132001, "Template name does not exist in the translation")
        if known["status"] in ("PAUSED", "DISABLED"):
            raise Refused(132015 if known["status"] == "PAUSED" else 132016, "paused")
        if known["status"] != "APPROVED":
            raise Refused(132001, "The template is not approved")
        parts = {part["type"]: part for part in known["components"]}
        given = sent.get("components") or []
        body = parts["BODY"]["text"]
        values = [
            row["text"]
            for part in given
            if part["type"] == "body"
            for row in part["parameters"]
        ]
        if len(values) != len(set(_VARIABLE.findall(body))):
            raise Refused(132000, "Number of parameters does not match")
        if any(re.search(r"[\n\t]| {5,}", value) for value in values):
            raise Refused(132012, "Param text cannot have new-line/tab characters")
        for index, value in enumerate(values, 1):
            body = body.replace(f"{{{{{index}}}}}", value)
        header = parts.get("HEADER", {})
        if header.get("format") == "DOCUMENT" and not self._document(given):
            raise Refused(132012, "Header needs a document")
        return {
            "header": header.get("text") or self._document(given),
            "document": header.get("format") == "DOCUMENT",
            "body": body,
            "footer": parts.get("FOOTER", {}).get("text"),
            "buttons": self._buttons(parts.get("BUTTONS", {}), given),
        }

    def _document(self, given: list[dict]) -> str:
        for part in given:
            if part["type"] == "header" and part["parameters"][0]["type"] == "document":
                document = part["parameters"][0]["document"]
                if document["id"] not in self.media:
                    raise Refused(131053, "Unknown media")
                return document.get("filename") or "document"
        return ""

    def _buttons(self, part: dict, given: list[dict]) -> list[dict]:
        values = {
            row["index"]: row["parameters"][0]
            for row in given
            if row["type"] == "button"
        }
        found = []
        for index, button in enumerate(part.get("buttons", [])):
            value = values.get(str(index), {})
            if button["type"] == "URL":
                url = button["url"].replace("{{1}}", value.get("text", ""))
                found.append({"text": button["text"], "url": url})
            else:
                payload = value.get("payload", button["text"])
                found.append({"text": button["text"], "id": payload, "kind": "button"})
        return found

    # === THE CUSTOMER === #

    def say(self, person: str, content: dict, number: str = "") -> Message:
        """Keep what a customer says; ``content`` is the message without its ids."""
        with self.lock:
            message = Message(
                self.new_id("wamid.IN"), number or self.number, person, content, True
            )
            self.messages[message.wamid] = message
            self.last_inbound[person] = time.time()
        return message

    def keep_media(self, content: bytes, mime: str) -> str:
        with self.lock:
            media = self.new_id("")
            self.media[media] = (content, mime)
        return media

    def keep_example(self, content: bytes) -> str:
        with self.lock:
            handle = self.new_id("4::")
            self.examples[handle] = content
        return handle

    # === TEMPLATES === #

    def edit_template(self, template_id: str, changes: dict) -> dict:
        """Change a template that reviewers rejected, or that is paused."""
        with self.lock:
            rows = [row for row in self.templates.values() if row["id"] == template_id]
            if not rows:
                raise Refused(100, f"Object with ID '{template_id}' does not exist")
            [row] = rows
            if row["status"] not in ("REJECTED", "PAUSED", "APPROVED"):
                raise Refused(2388025, "A template in review cannot be edited")
            self._check_components(changes["components"])
            row.update(changes, status="APPROVED")
        return row

    def _check_components(self, components: list[dict]) -> None:
        """Refuse what reviewers' machines would: rules that are easy to forget."""
        body = next(part for part in components if part["type"] == "BODY")
        if _VARIABLE.search(body["text"]) and not body.get("example"):
            raise Refused(100, "Examples are required for variables")
        if re.match(r"\s*\{\{", body["text"]) or re.search(r"\}\}\s*$", body["text"]):
            raise Refused(2388299, "Variables can't be at the start or end")
        for part in components:
            handles = part.get("example", {}).get("header_handle", [])
            if part.get("format") == "DOCUMENT" and not (
                handles and set(handles) <= set(self.examples)
            ):
                raise Refused(100, "The header needs the handle of an example")

    def add_template(self, template: dict) -> dict:
        """Keep a new template."""
        key = (template["name"], template["language"])
        self._check_components(template["components"])
        with self.lock:
            if key in self.templates:
                raise Refused(2388024, "Content in this language already exists")
            row = {
                **template,
                "id": self.new_id(),
                "status": "APPROVED",
                "quality_score": {"score": "UNKNOWN"},
            }
            self.templates[key] = row
        return row

    # === FOR THE PAGE AND FOR TESTS === #

    def outgoing(self) -> list[Message]:
        with self.lock:
            return [row for row in self.messages.values() if not row.inbound]

    def talk(self) -> list[dict]:
        """Return all conversations as the page shows them."""
        with self.lock:
            people: dict[str, list] = {}
            for row in self.messages.values():
                shown = said(row.payload) if row.inbound else row.shown
                people.setdefault(row.person, []).append(
                    {
                        "wamid": row.wamid,
                        "inbound": row.inbound,
                        "time": row.time,
                        "state": row.states[-1] if row.states else "",
                        **shown,
                    }
                )
            return [
                {"person": person, "name": self.names.get(person, ""), "messages": rows}
                for person, rows in people.items()
            ]


def said(content: dict) -> dict:
    """Return a customer's message as the page shows it."""
    kind = content.get("type")
    part = content.get(kind, {})
    if kind == "text":
        return {"body": part["body"]}
    if kind == "button":
        return {"body": part["text"]}
    if kind == "interactive":
        return {"body": part["button_reply"]["title"]}
    if kind == "image":
        return {"body": part.get("caption", ""), "image": f"/_media/{part['id']}"}
    return {"body": part.get("filename") or f"[{kind}]"}
