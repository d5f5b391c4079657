"""The functional core of the WhatsApp addon: examples, limits, classes of errors."""

import doctest
import json

import pytest

import whatsapp_tools
from whatsapp_tools import (
    account_news,
    errors,
    pacing,
    signatures,
    template_rules,
    webhooks,
)

MODULES = [
    getattr(whatsapp_tools, name)
    for name in dir(whatsapp_tools)
    if not name.startswith("_")
]
VECTOR = "sha256=0329a06b62cd16b33eb6792be8c60b158d89a2ee3a876fce9a881ebb488c0914"


@pytest.mark.parametrize("module", MODULES, ids=lambda module: module.__name__)
def test_examples(module):
    assert doctest.testmod(module).failed == 0


def test_signature_vector():
    assert signatures.sign("secret", b"test") == VECTOR
    assert signatures.verify("secret", b"test", VECTOR)


@pytest.mark.parametrize(
    "header",
    [None, "", VECTOR.upper(), VECTOR[:-1], VECTOR.removeprefix("sha256="), "ñ"],
)
def test_other_headers_are_refused(header):
    assert not signatures.verify("secret", b"test", header)


def test_every_code_has_one_class():
    codes = [code for codes in errors.BY_CODE.values() for code in codes]
    assert len(codes) == len(set(codes))


def test_what_nobody_knows_is_judged_by_its_status():
    assert errors.classify(777, 500) == errors.RETRY
    assert errors.classify(777, 429) == errors.RETRY
    assert errors.classify(777, 400) == errors.BLOCK


def test_waits_grow_and_are_limited():
    for code in errors.BY_CODE[errors.RETRY]:
        waits = [errors.delay(code, attempt, 0.5) for attempt in range(1, 12)]
        assert waits == sorted(waits)
        assert waits[-1] == 3600


def test_slots_never_pass_the_limit():
    free_at, sent = 0.0, []
    for now in (0.0, 0.3, 0.31, 0.32, 2.0, 2.0):
        times, free_at = pacing.slots(free_at, now, 40, 80)
        sent += times
    for start in sent:
        assert sum(start <= other < start + 1 for other in sent) <= 80


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Iniciaremos acciones legales por {{1}} si no paga", "threat"),
        ("Obtenga un descuento de {{1}} si paga hoy mismo", "offer"),
        (
            "Su factura {{1}} vence hoy, también {{3}} del mes pasado",
            "variable_numbers",
        ),
        ("Su factura { {1}} vence hoy y queremos avisarle {{1", "variable_form"),
        ("Su factura vence el día {{1}}.", "variable_at_edge"),
        ("x" * 1025, "body_length"),
    ],
)
def test_what_is_not_submitted(text, code):
    assert code in template_rules.complaints("name", text, ["a", "b", "c"])


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b'{"entry": {}}',
        b"\xff",
        b'{"entry":' + b"[" * 50 + b"]" * 50 + b"}",
        b'{"entry":' + b'[{"a":' * 50_000,
    ],
)
def test_malformed(body):
    with pytest.raises(webhooks.Malformed):
        webhooks.decode(body)


def test_a_user_id_never_becomes_a_number():
    value = {
        "metadata": {"phone_number_id": "1"},
        "contacts": [{"user_id": "US.13491208655302741918"}],
        "messages": [{"id": "w", "from": "US.13491208655302741918", "type": "text"}],
    }
    change = {"value": value, "field": "messages"}
    [event] = webhooks.parse({"entry": [{"id": "2", "changes": [change]}]})
    assert (event.sender, event.user_id) == ("", "US.13491208655302741918")


def test_played_failed_and_prices():
    row = {
        "id": "wamid.1",
        "status": "failed",
        "timestamp": "1698266945",
        "recipient_id": "5215512345678",
        "biz_opaque_callback_data": "ours",
        "pricing": {"billable": True, "category": "utility"},
        "errors": [{"code": 131026, "title": "t", "error_data": {"details": "why"}}],
    }
    value = {"metadata": {"phone_number_id": "1"}, "statuses": [row]}
    payload = {
        "entry": [{"id": "2", "changes": [{"value": value, "field": "messages"}]}]
    }
    [event] = webhooks.parse(json.loads(json.dumps(payload)))
    assert (event.callback, event.code, event.error) == ("ours", 131026, "why")
    assert (event.billable, event.category) == (True, "utility")


def test_a_category_that_nobody_knows_yet():
    row = {"id": "wamid.1", "status": "sent", "pricing": {"category": "brand_new"}}
    value = {"metadata": {"phone_number_id": "1"}, "statuses": [row]}
    payload = {
        "entry": [{"id": "2", "changes": [{"value": value, "field": "messages"}]}]
    }
    [event] = webhooks.parse(payload)
    assert event.category == webhooks.OTHER


@pytest.mark.parametrize(
    ("event", "stops", "warns"),
    [
        ({"event": "DISABLED_UPDATE", "ban_info": {"waba_ban_state": "DISABLE"}}, 1, 0),
        (
            {"event": "ACCOUNT_UPDATE", "ban_info": {"waba_ban_state": "REINSTATE"}},
            0,
            1,
        ),
        ({"event": "ACCOUNT_DELETED"}, 1, 0),
        (
            {
                "event": "ACCOUNT_RESTRICTION",
                "restriction_info": [{"restriction_type": "RESTRICTED_BIZ_INITIATED"}],
            },
            0,
            1,
        ),
        ({"event": "PARTNER_ADDED"}, 0, 0),
        ({"event": None, "ban_info": [], "restriction_info": {}}, 0, 0),
    ],
)
def test_news_of_an_account(event, stops, warns):
    news = account_news.read("account_update", event)
    assert (bool(news.stop), bool(news.warning)) == (bool(stops), bool(warns))
