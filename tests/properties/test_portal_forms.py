"""What strangers type into forms: a value that fits, or nothing, never an error."""

from datetime import date
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from collections_tools import portal_forms

anything = st.one_of(
    st.none(),
    st.text(),
    st.text(alphabet="0123456789.,-+eE \u0663\uff11", max_size=25),
    st.from_regex(r"\d{1,16}([.,]\d{0,7})?", fullmatch=True),
    st.text(alphabet=st.characters(categories=["Cs", "Cc", "Nd"]), max_size=20),
)
digits = st.integers(0, 4)


@given(anything, digits)
def test_an_amount_is_one_that_its_currency_has(text, places):
    value = portal_forms.amount(text, places)
    assert value is None or 0 < value <= float(portal_forms.MOST_AMOUNT)
    if value is not None:
        assert value == round(value, places)


@given(st.decimals("0.01", "99999999.99", places=2), st.sampled_from(".,"))
def test_an_amount_comes_back_as_it_was_typed(value, point):
    text = str(value).replace(".", point)
    assert portal_forms.amount(text, 2) == float(value)
    whole = value == value.to_integral_value()
    assert (portal_forms.amount(text, 0) is None) != whole


@given(st.dates())
def test_a_day_comes_back_as_it_was_chosen(value):
    assert portal_forms.day(f" {value.isoformat()} ") == value


@given(st.one_of(anything, st.from_regex(r"\d{4}-\d\d-\d\d", fullmatch=True)))
def test_any_other_day_is_none(text):
    value = portal_forms.day(text)
    assert value is None or isinstance(value, date)
    if value is not None:
        assert text.strip() == value.isoformat()


@given(st.one_of(anything, st.integers(-5, 2**40)))
def test_an_identifier_is_one_a_database_takes(text):
    value = portal_forms.identifier(text)
    assert value is None or 0 < value <= portal_forms.MOST_ID


@given(st.lists(st.one_of(anything, st.integers(1, 700).map(str)), max_size=600))
def test_identifiers_are_few_and_whole(texts):
    found = portal_forms.identifiers(texts)
    assert len(found) <= portal_forms.MOST_IDS
    assert found <= {portal_forms.identifier(text) for text in texts}
    assert None not in found


def test_too_many_identifiers_are_none():
    most = portal_forms.MOST_IDS
    assert len(portal_forms.identifiers(map(str, range(1, most + 1)))) == most
    assert portal_forms.identifiers(map(str, range(1, most + 2))) == set()


@given(anything, st.integers(0, 50))
def test_a_text_is_short_and_can_be_stored(value, length):
    text = portal_forms.text(value, length)
    assert len(text) <= length
    assert text == text.strip()
    assert "\x00" not in text
    text.encode()  # no lone surrogate is left
    assert portal_forms.text(text, length) == text


def test_no_digit_of_another_script_is_a_number():
    assert portal_forms.amount("\u0663", 2) is None
    assert portal_forms.identifier("\uff11") is None
    assert portal_forms.amount(str(Decimal("1e3")), 2) is None
