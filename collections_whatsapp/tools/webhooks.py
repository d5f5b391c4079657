"""What WhatsApp tells us, as plain records. Pure, and hard to upset.

The bytes come from outside: whatever is not as described is left out, never an
error. A signed webhook may still have fields nobody knows yet.
"""

import json
from dataclasses import dataclass, field
from typing import Any

from . import numbers, statuses

# Deeper than anything Meta sends; json itself gives up much later.
DEEPEST = 32
_MEDIA = ("image", "document", "audio", "video", "sticker")
_LONGEST = 4096
# As WhatsApp bills a message; what comes new is "other" until somebody names it.
CATEGORIES = (
    *("utility", "service", "marketing", "marketing_lite", "authentication"),
    *("authentication_international", "referral_conversion"),
)
OTHER = "other"
_NUMBER = "phone_number_id"
_OF_NUMBERS = ("messages", "user_preferences")
# Of webhooks about templates: where the new value is.
_TEMPLATE_FIELDS = {
    "message_template_status_update": "event",
    "message_template_quality_update": "new_quality_score",
    "template_category_update": "new_category",
}


class Malformed(ValueError):
    """The body is not what WhatsApp sends."""


@dataclass(frozen=True)
class Status:
    """A receipt."""

    phone_number_id: str
    wamid: str
    status: str
    timestamp: int
    recipient: str = ""
    callback: str = ""
    billable: bool | None = None
    category: str = ""
    code: int | None = None
    error: str = ""


@dataclass(frozen=True)
class Inbound:
    """A message of a customer."""

    phone_number_id: str
    wamid: str
    timestamp: int
    kind: str
    sender: str = ""  # digits; empty for a user who hides the number
    user_id: str = ""
    name: str = ""
    text: str = ""
    payload: str = ""
    reply_to: str = ""
    media_id: str = ""
    mime: str = ""
    file_name: str = ""
    new_number: str = ""


@dataclass(frozen=True)
class TemplateEvent:
    """Status, quality or category of a template."""

    waba_id: str
    template_id: str
    name: str
    language: str
    field: str
    value: str
    reason: str = ""


@dataclass(frozen=True, eq=False)
class AccountEvent:
    """Something about a number or the whole account; two are never the same."""

    waba_id: str
    field: str
    value: dict = field(default_factory=dict)


@dataclass(frozen=True)
class Preference:
    """Somebody stopped, or allows again, marketing from the company."""

    phone_number_id: str
    sender: str  # digits; empty for a user who hides the number
    user_id: str
    stops: bool


Event = Status | Inbound | TemplateEvent | AccountEvent | Preference


def decode(body: bytes) -> dict:
    """Return the payload of a webhook.

    :raise Malformed: if it is none
    """
    try:
        payload = json.loads(body.decode("utf-8"))
    except (ValueError, RecursionError) as error:
        raise Malformed("not JSON") from error
    if not isinstance(payload, dict) or not isinstance(payload.get("entry"), list):
        raise Malformed("no entries")
    if not _shallow(payload):
        raise Malformed("too deep")
    return payload


def _shallow(value: Any) -> bool:
    """Tell whether nothing is deeper than what is ever sent, without recursion."""
    level = [value]
    for _depth in range(DEEPEST):
        level = [
            child
            for parent in level
            for child in (
                parent.values()
                if isinstance(parent, dict)
                else parent
                if isinstance(parent, list)
                else ()
            )
            if isinstance(child, dict | list)
        ]
        if not level:
            return True
    return False


def owners(payload: dict) -> tuple[set[str], set[str]]:
    """Return whom a payload is for: ids of numbers, and of business accounts.

    What is about people names a number, the rest an account; neither speaks for the
    other.
    """
    phones, accounts = set(), set()
    for waba, change in _changes(payload):
        if _text(change, "field") in _OF_NUMBERS:
            phones.add(_text(_dict(_dict(change, "value"), "metadata"), _NUMBER))
        else:
            accounts.add(waba)
    return phones, accounts


def parse(payload: dict) -> list[Event]:
    """Return everything that a payload tells, over all entries and changes."""
    events: list[Event] = []
    for waba, change in _changes(payload):
        value = _dict(change, "value")
        kind = _text(change, "field")
        if kind == "messages":
            number = _text(_dict(value, "metadata"), _NUMBER)
            events += _statuses(number, value)
            events += _messages(number, value)
        elif kind == "user_preferences":
            events += _preferences(value)
        elif kind in _TEMPLATE_FIELDS:
            events += _template(waba, kind, value)
        elif kind:
            events.append(AccountEvent(waba, kind, value))
    return events


def _changes(payload: dict):
    for entry in _list(payload, "entry"):
        for change in _list(entry, "changes"):
            yield _text(entry, "id"), change


def _statuses(number: str, value: dict) -> list[Status]:
    found = []
    for row in _list(value, "statuses"):
        name = _text(row, "status")
        if name not in statuses.KNOWN or not (wamid := _text(row, "id")):
            continue
        pricing = _dict(row, "pricing")
        problem = next(iter(_list(row, "errors")), {})
        details = _text(_dict(problem, "error_data"), "details")
        billable = pricing.get("billable")
        found.append(
            Status(
                phone_number_id=number,
                wamid=wamid,
                status=name,
                timestamp=_int(row.get("timestamp")) or 0,
                recipient=_text(row, "recipient_id"),
                callback=_text(row, "biz_opaque_callback_data"),
                billable=billable if isinstance(billable, bool) else None,
                category=_category(_text(pricing, "category")),
                code=_int(problem.get("code")),
                error=details or _text(problem, "message") or _text(problem, "title"),
            )
        )
    return found


def _category(told: str) -> str:
    return told if told in CATEGORIES or not told else OTHER


def _messages(number: str, value: dict) -> list[Inbound]:
    people = _list(value, "contacts")
    found = []
    for row in _list(value, "messages"):
        if not (wamid := _text(row, "id")):
            continue
        person = _person(people, row)
        sender = _text(row, "from")
        user_id = _text(row, "from_user_id") or _text(person, "user_id")
        if numbers.is_user_id(sender):
            sender, user_id = "", sender
        found.append(
            Inbound(
                phone_number_id=number,
                wamid=wamid,
                timestamp=_int(row.get("timestamp")) or 0,
                kind=_text(row, "type") or "unknown",
                sender=numbers.digits(sender),
                user_id=user_id,
                name=_text(_dict(person, "profile"), "name"),
                reply_to=_text(_dict(row, "context"), "id"),
                **_content(row),
            )
        )
    return found


def _person(people: list[dict], row: dict) -> dict:
    """Return who wrote a message, of the contacts beside it."""
    sender = row.get("from")
    for person in people:
        if sender and sender in (person.get("wa_id"), person.get("user_id")):
            return person
    return people[0] if len(people) == 1 else {}


def _content(row: dict) -> dict:
    kind = _text(row, "type")
    part = _dict(row, kind)
    if kind == "text":
        return {"text": _text(part, "body")}
    if kind == "button":
        return {"text": _text(part, "text"), "payload": _text(part, "payload")}
    if kind == "interactive":
        reply = _dict(part, _text(part, "type"))
        return {"text": _text(reply, "title"), "payload": _text(reply, "id")}
    if kind == "reaction":
        return {"text": _text(part, "emoji")}
    if kind in _MEDIA:
        return {
            "text": _text(part, "caption"),
            "media_id": _text(part, "id"),
            "mime": _text(part, "mime_type"),
            "file_name": _text(part, "filename"),
        }
    if kind == "system":
        return {"text": _text(part, "body"), "new_number": _text(part, "wa_id")}
    if kind == "location":
        return {
            "text": " ".join(
                filter(None, [_text(part, "name"), _text(part, "address")])
            )
        }
    return {}


def _preferences(value: dict) -> list[Preference]:
    number = _text(_dict(value, "metadata"), _NUMBER)
    return [
        Preference(
            phone_number_id=number,
            sender=numbers.digits(_text(row, "wa_id")),
            user_id=_text(row, "user_id"),
            stops=_text(row, "value") == "stop",
        )
        for row in _list(value, "user_preferences")
        if _text(row, "category") == "marketing_messages"
        and _text(row, "value") in ("stop", "resume")
    ]


def _template(waba: str, kind: str, value: dict) -> list[TemplateEvent]:
    name = _TEMPLATE_FIELDS[kind]
    info = _dict(value, "rejection_info")
    return [
        TemplateEvent(
            waba_id=waba,
            template_id=_text(value, "message_template_id"),
            name=_text(value, "message_template_name"),
            language=_text(value, "message_template_language"),
            field=kind,
            value=_text(value, name),
            reason=" ".join(
                filter(
                    None,
                    [
                        _text(value, "reason"),
                        _text(info, "reason"),
                        _text(info, "recommendation"),
                    ],
                )
            ),
        )
    ]


# === WHATEVER COMES, THE TYPE THAT WAS ASKED FOR === #


def _dict(parent: Any, name: str) -> dict:
    value = parent.get(name) if isinstance(parent, dict) else None
    return value if isinstance(value, dict) else {}


def _list(parent: Any, name: str) -> list[dict]:
    value = parent.get(name) if isinstance(parent, dict) else None
    return (
        [row for row in value if isinstance(row, dict)]
        if isinstance(value, list)
        else []
    )


def _text(parent: Any, name: str) -> str:
    """Return a text that a database can keep: no NUL, no lone surrogate."""
    value = parent.get(name) if isinstance(parent, dict) else None
    if isinstance(value, bool) or not isinstance(value, str | int):
        return ""
    text = str(value)[:_LONGEST].replace("\x00", "")
    return text.encode("utf-8", "replace").decode("utf-8")


def _int(value: Any) -> int | None:
    """Return a number of a reasonable size."""
    if isinstance(value, bool) or not isinstance(value, str | int):
        return None
    text = str(value) if isinstance(value, int) else value
    return int(text) if text.isascii() and text.isdigit() and len(text) < 13 else None
