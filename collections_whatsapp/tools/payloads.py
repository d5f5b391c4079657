"""The bodies of our requests to WhatsApp. Pure: a client sends them."""

import re

from .numbers import is_user_id

PRODUCT = "whatsapp"
# Limits of Meta, in characters.
LONGEST_TEXT = 4096
LONGEST_PARAMETER = 1024
_SPACES = re.compile(r"\s+")
_VARIABLE = re.compile(r"\{\{(\d+)\}\}")


def one_line(text: str) -> str:
    """Return a text as a parameter may be: one line, single spaces, not too long.

    >>> one_line("F-001\\n\\tdue   today ")
    'F-001 due today'
    """
    found = _SPACES.sub(" ", text or "").strip()
    return (
        found[: LONGEST_PARAMETER - 1] + "…"
        if len(found) > LONGEST_PARAMETER
        else found
    )


def variables(text: str) -> list[int]:
    """Return the numbers of the variables of a template's text, each once.

    >>> variables("Hi {{1}}, {{2}} is due. {{1}}!")
    [1, 2]
    """
    return sorted({int(number) for number in _VARIABLE.findall(text or "")})


def fill(text: str, values: list[str]) -> str:
    """Return a template's text with its variables filled, as the customer reads it.

    >>> fill("Hi {{1}}: {{2}}", ["Ana", "F-001"])
    'Hi Ana: F-001'
    """

    def value(match: re.Match) -> str:
        number = int(match[1])
        return values[number - 1] if 0 < number <= len(values) else match[0]

    return _VARIABLE.sub(value, text or "")


def addressed(message: dict, to: str) -> dict:
    """Return a message for somebody: a number, or the id of who hides it.

    >>> addressed({"to": ""}, "MX.134912"), addressed({"to": ""}, "525512345678")
    ({'recipient': 'MX.134912'}, {'to': '525512345678'})
    """
    rest = {key: row for key, row in message.items() if key not in ("to", "recipient")}
    return {**rest, "recipient" if is_user_id(to) else "to": to}


def _envelope(to: str, kind: str, callback: str | None) -> dict:
    message = {
        "messaging_product": PRODUCT,
        "recipient_type": "individual",
        "type": kind,
    }
    message = addressed(message, to)
    if callback:
        message["biz_opaque_callback_data"] = callback
    return message


def template_message(
    to: str,
    name: str,
    language: str,
    values: list[str],
    *,
    document: tuple[str, str] | None = None,
    buttons: list[tuple[str, str]] = (),
    callback: str | None = None,
) -> dict:
    """Return a message made from an approved template.

    :param to: digits with the country code
    :param values: of the body's variables, in their order
    :param document: media id and file name of the header
    :param buttons: kind (``quick_reply`` or ``url``) and payload or end of the
        address, in the order of the template's buttons; an empty text leaves a
        button without parameter
    :param callback: our own id, which comes back in each status
    """
    components = []
    if document:
        media, file_name = document
        parameter = {
            "type": "document",
            "document": {"id": media, "filename": file_name},
        }
        components.append({"type": "header", "parameters": [parameter]})
    if values:
        parameters = [_text(value) for value in values]
        components.append({"type": "body", "parameters": parameters})
    components += [
        _button(index, kind, value)
        for index, (kind, value) in enumerate(buttons)
        if value
    ]
    message = _envelope(to, "template", callback)
    message["template"] = {
        "name": name,
        "language": {"policy": "deterministic", "code": language},
        "components": components,
    }
    return message


def _text(value: str) -> dict:
    return {"type": "text", "text": one_line(value) or "-"}


def _button(index: int, kind: str, value: str) -> dict:
    field = "payload" if kind == "quick_reply" else "text"
    return {
        "type": "button",
        "sub_type": kind,
        "index": str(index),
        "parameters": [{"type": field, field: value}],
    }


def text_message(to: str, body: str, callback: str | None = None) -> dict:
    """Return a free text; only in an open window."""
    message = _envelope(to, "text", callback)
    message["text"] = {"preview_url": False, "body": body[:LONGEST_TEXT]}
    return message


def choice_message(
    to: str, body: str, choices: list[tuple[str, str]], callback: str | None = None
) -> dict:
    """Return a question with up to three buttons; only in an open window.

    :param choices: payload and label of each button
    """
    message = _envelope(to, "interactive", callback)
    message["interactive"] = {
        "type": "button",
        "body": {"text": body[:1024]},
        "action": {
            "buttons": [
                {"type": "reply", "reply": {"id": value, "title": label[:20]}}
                for value, label in choices
            ]
        },
    }
    return message


def choices(message: dict) -> list[str]:
    """Return the labels of the buttons of a question.

    >>> choices(choice_message("", "By when?", [("collections:promise:1", "Friday")]))
    ['Friday']
    """
    action = message.get("interactive", {}).get("action", {})
    return [row["reply"]["title"] for row in action.get("buttons", [])]


def new_template(
    name: str,
    language: str,
    category: str,
    body: str,
    examples: list[str],
    *,
    header: str | None = None,
    document_handle: str | None = None,
    footer: str | None = None,
    buttons: list[dict] = (),
    ttl: int | None = None,
) -> dict:
    """Return a template to be created, with the examples that Meta asks for.

    :param header: text of the header
    :param document_handle: upload handle of an example, for a document header
    :param buttons: ``{"type": "QUICK_REPLY", "text"}`` or
        ``{"type": "URL", "text", "url", "example"}``
    :param ttl: seconds after which a message is no longer delivered
    """
    components = []
    if document_handle:
        example = {"header_handle": [document_handle]}
        components.append({"type": "HEADER", "format": "DOCUMENT", "example": example})
    elif header:
        components.append({"type": "HEADER", "format": "TEXT", "text": header})
    text = {"type": "BODY", "text": body}
    if examples:
        text["example"] = {"body_text": [[one_line(value) for value in examples]]}
    components.append(text)
    if footer:
        components.append({"type": "FOOTER", "text": footer})
    if buttons:
        components.append({"type": "BUTTONS", "buttons": list(buttons)})
    template = {
        "name": name,
        "language": language,
        "category": category,
        "parameter_format": "POSITIONAL",
        "components": components,
    }
    if ttl:
        template["message_send_ttl_seconds"] = ttl
    return template
