"""Numbers and webhooks, whatever comes."""

import json

from hypothesis import given
from hypothesis import strategies as st

from whatsapp_tools import numbers, statuses, webhooks

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(
                ["entry", "changes", "value", "field", "messages", "statuses", "id"]
                + ["metadata", "phone_number_id", "contacts", "from", "type", "text"]
            ),
            inner,
            max_size=5,
        )
    ),
    max_leaves=30,
)
MOBILES = st.one_of(
    st.from_regex(r"52[1-9][0-9]{9}", fullmatch=True),
    st.from_regex(r"54[1-8][0-9]{9}", fullmatch=True),
    st.from_regex(r"55[1-9][1-9][6-9][0-9]{7}", fullmatch=True),
    st.from_regex(r"57[1-9][0-9]{9}", fullmatch=True),
)


@given(MOBILES)
def test_all_forms_of_a_number_have_one_key(number):
    key = numbers.key(number)
    for form in numbers.forms(key):
        assert numbers.key(form) == key
    assert numbers.key(key) == key


@given(st.from_regex(r"[A-Z]{2}\.(ENT\.)?[A-Za-z0-9]{1,128}", fullmatch=True))
def test_user_ids_have_neither_key_nor_number(text):
    assert numbers.key(text) == ""
    assert numbers.to_e164(text, "MX") is None


@given(JSON)
def test_any_json_is_read_or_refused(value):
    body = json.dumps({"entry": value}).encode()
    try:
        payload = webhooks.decode(body)
    except webhooks.Malformed:
        return
    phones, accounts = webhooks.owners(payload)
    assert {type(name) for name in phones | accounts} <= {str}
    for event in webhooks.parse(payload):
        assert "\x00" not in repr(event)


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(body):
    try:
        webhooks.parse(webhooks.decode(body))
    except webhooks.Malformed:
        return


@given(st.lists(st.sampled_from(statuses.KNOWN), min_size=1, max_size=8))
def test_receipts_end_the_same_in_every_order_of_success(told):
    """The highest wins; a failure only where nobody has the message."""
    state = "sending"
    for status in told:
        state = statuses.merge(state, status)
    arrived = [s for s in told if s in ("delivered", "read", "played")]
    if arrived:
        read = {"read", "played"} & set(arrived)
        assert state == ("read" if read else "delivered")
    else:
        assert state == ("failed" if "failed" in told else "sent")
