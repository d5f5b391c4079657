"""Meta's own description: each request of ours fits it, each webhook is understood."""

import json
import re

import pytest

from whatsapp_tools import account_news, graph_client, payloads, webhooks

from ...meta_description import (
    MESSAGES,
    TEMPLATES,
    complaints,
    complaints_about,
    examples,
    form_parts,
    parameters,
    properties,
    request_schema,
)
from ...whatsapp_simulator import Behaviour, running
from ...whatsapp_simulator import webhooks as simulated
from ...whatsapp_simulator.server import APP, TOKEN
from ...whatsapp_simulator.world import World

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
NOTHING = account_news.News()
EDITED = {name: TEMPLATE[name] for name in ("category", "components")}
SIMPLE = {
    "name": TEMPLATE["name"],
    "language": {"policy": "deterministic", "code": "es"},
    "components": [{"type": "body", "parameters": [{"type": "text", "text": "Ana"}]}],
}


@pytest.mark.parametrize("name", REQUESTS)
def test_requests_fit(name):
    assert complaints(REQUESTS[name], request_schema(MESSAGES)) == []


def test_a_new_template_fits():
    assert complaints(TEMPLATE, request_schema(TEMPLATES)) == []


def test_who_hides_the_number_is_written_to_by_id():
    """As of 2026: ``recipient`` instead of ``to``, all else is as it was."""
    message = payloads.text_message("MX.134912", "Hello", "6d1e")
    assert (message["recipient"], "to" in message) == ("MX.134912", False)
    assert complaints_about([("POST", "/v25.0/1/messages", message)]) == []


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
        assert account_news.read(events[0].field, events[0].value) == NOTHING
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


# Asked of every list by the Graph API itself; the description names them for some.
GENERIC = {"fields", "limit", "after"}


def test_every_call_is_described():
    """All that the client can ask: path, method, parameters, parts of a form."""
    with running(Behaviour(receipts=())) as simulator:
        world = simulator.world
        client = graph_client.GraphClient(
            TOKEN, world.number, world.waba, base=simulator.url
        )
        client.create_template(TEMPLATE)
        client.templates()
        client.send({**REQUESTS["template"], "template": SIMPLE})
        [template] = world.templates.values()
        client.edit_template(template["id"], EDITED)
        handle = client.upload_example(b"%PDF-1.4", "application/pdf", "example.pdf")
        assert world.examples == {handle: b"%PDF-1.4"}
        assert client.messaging_limit() == "TIER_2K"
        media = client.upload(b"%PDF-1.4", "application/pdf", "statement.pdf")
        assert client.download(media).content == b"%PDF-1.4"
        client.phone_number()
        client.numbers()
        client.subscriptions()
        client.subscribe()
        assert complaints_about(world.requests) == []
        calls = [call for call in world.calls if not is_newer(call)]
        assert len(world.calls) - len(calls) == 4
    asked = {(call.method, described(call)) for call in calls}
    assert asked == {
        ("POST", TEMPLATES),
        ("GET", TEMPLATES),
        ("POST", "/{Version}/{TEMPLATE_ID}"),
        ("POST", MESSAGES),
        ("POST", "/{Version}/{Phone-Number-ID}/media"),
        ("GET", "/{Version}/{Media-ID}"),
        ("GET", "/{Version}/{Media-URL}"),
        ("GET", "/{Version}/{Phone-Number-ID}"),
        ("GET", "/{Version}/{WABA-ID}/phone_numbers"),
        ("GET", "/{Version}/{WABA-ID}/subscribed_apps"),
        ("POST", "/{Version}/{WABA-ID}/subscribed_apps"),
    }
    for call in calls:
        path, method = described(call), call.method.lower()
        assert set(call.query) <= parameters(path, method) | GENERIC, call
        assert call.parts - {"type"} == form_parts(path, method), call
    [fields] = {
        call.query["fields"]
        for call in calls
        if described(call) == "/{Version}/{Phone-Number-ID}"
    }
    assert set(fields.split(",")) <= properties("PhoneNumberInfo")


def is_newer(call):
    """Tell whether a call is of another part of the Graph API than is described.

    The Resumable Upload API, by which alone examples of templates are taken, and the
    portfolio's limit, which replaced ``messaging_limit_tier``.
    """
    limit = "whatsapp_business_manager_messaging_limit"
    path = call.path.partition("/v25.0/")[2]
    return (
        path in ("app", f"{APP}/uploads")
        or path.startswith("upload:")
        or call.query.get("fields") == limit
    )


def described(call):
    """Return the path of the description that a call is one of."""
    if call.path.startswith("/_media/"):
        return "/{Version}/{Media-URL}"  # the address is WhatsApp's to choose
    _empty, version, node, *rest = call.path.split("/")
    assert re.fullmatch(r"v\d+\.\d+", version)
    if rest:
        owner = "Phone-Number-ID" if node == World().number else "WABA-ID"
        return f"/{{Version}}/{{{owner}}}/{rest[0]}"
    owner = "Phone-Number-ID" if node == World().number else "Media-ID"
    if call.method == "POST":
        owner = "TEMPLATE_ID"
    return f"/{{Version}}/{{{owner}}}"
