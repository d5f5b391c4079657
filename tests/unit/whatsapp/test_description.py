"""Meta's own description: each request of ours fits it, each webhook is understood."""

import json

import pytest

from whatsapp_tools import payloads, webhooks

from ...meta_description import complaints, examples, request_schema
from ...whatsapp_simulator import webhooks as simulated
from ...whatsapp_simulator.world import World

MESSAGES = "/{Version}/{Phone-Number-ID}/messages"
TEMPLATES = "/{Version}/{WABA-ID}/message_templates"
WEBHOOKS = "/whatsapp/webhooks"
REQUESTS = {
    "template": payloads.template_message(
        "525512345678",
        "collections_first",
        "es_MX",
        ["Ana", "F-001\n", "$ 1.250,00"],
        buttons=[("quick_reply", "collections:paid"), ("url", "my/invoices/1")],
        callback="6d1e",
    ),
    "document": payloads.template_message(
        "525512345678",
        "collections_statement",
        "es",
        ["Ana"],
        document=("1234", "statement.pdf"),
    ),
    "header": payloads.template_message("5255", "name", "en", [], header="March"),
    "text": payloads.text_message("525512345678", "Hello", "6d1e"),
    "choice": payloads.choice_message(
        "525512345678", "By when?", [("collections:promise:1", "06/20/2024")], "6d1e"
    ),
}
TEMPLATE = payloads.new_template(
    "collections_first",
    "es",
    "UTILITY",
    "Hola {{1}}, su factura venció.",
    ["Ana"],
    header="Aviso",
    footer="Gracias",
    buttons=[{"type": "QUICK_REPLY", "text": "Ya pagué"}],
    ttl=3600,
)


@pytest.mark.parametrize("name", REQUESTS)
def test_requests_fit(name):
    assert complaints(REQUESTS[name], request_schema(MESSAGES)) == []


def test_a_new_template_fits():
    assert complaints(TEMPLATE, request_schema(TEMPLATES)) == []


def test_the_judge_is_not_blind():
    for spoil in (
        {"to": None},
        {"type": "telegram"},
        {"template": {"name": "x"}},
        {"template": {"name": "x", "language": {"code": "es"}}},
    ):
        assert complaints({**REQUESTS["template"], **spoil}, request_schema(MESSAGES))
    text = {**REQUESTS["text"], "colour": "green"}
    assert complaints(text, request_schema(MESSAGES))


@pytest.mark.parametrize("name", examples(WEBHOOKS))
def test_webhooks_are_understood(name):
    payload = examples(WEBHOOKS)[name]
    events = webhooks.parse(webhooks.decode(as_bytes(payload)))
    [entry] = payload["entry"]
    [change] = entry["changes"]
    if change["field"] != "messages":
        # Groups: nothing of ours, and no reason to stumble.
        assert [type(event) for event in events] == [webhooks.AccountEvent]
        return
    [event] = events
    [said] = change["value"]["messages"]
    assert (event.wamid, event.kind) == (said["id"], said["type"])
    assert event.sender == said["from"]
    assert event.timestamp == int(said["timestamp"])


def as_bytes(payload):
    return json.dumps(payload).encode()


def test_what_the_simulator_tells_fits():
    world = World()
    said = world.say("5215512345678", {"type": "text", "text": {"body": "Hi"}})
    sent = world.say("5215512345678", REQUESTS["text"])
    for payload in (
        simulated.inbound(world, said, "Ana"),
        simulated.status(world, sent, "delivered"),
        simulated.status(world, sent, "failed", 131026),
    ):
        assert complaints(payload, request_schema(WEBHOOKS), inbound=True) == []
