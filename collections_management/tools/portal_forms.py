"""What a stranger typed into a form, as values or as nothing: it never raises."""

import re
from collections.abc import Iterable
from datetime import date
from decimal import Decimal, InvalidOperation

# More than anybody owes, and less than a database column holds.
MOST_AMOUNT = Decimal(10) ** 12
# What identifies a row of ours.
MOST_ID = 2**31 - 1
MOST_IDS = 500
TEXT_LENGTH = 2000
# Odd characters that no text needs and a database or a log may choke on.
CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
NUMBER = re.compile(r"\d{1,15}([.,]\d{1,6})?", re.ASCII)


def amount(text: str | None, digits: int) -> float | None:
    """Return a positive amount with at most the digits of its currency.

    Browsers send a point; people who write their own sends may use a comma.

    >>> amount("1234.5", 2), amount(" 1234,56 ", 2), amount("12", 0)
    (1234.5, 1234.56, 12.0)
    >>> amount("1.234", 2), amount("-5", 2), amount("0", 2), amount("nan", 2)
    (None, None, None, None)
    """
    plain = (text or "").strip()
    if not NUMBER.fullmatch(plain):
        return None
    try:
        value = Decimal(plain.replace(",", "."))
    except InvalidOperation:
        return None
    if not 0 < value <= MOST_AMOUNT or value != round(value, digits):
        return None
    return float(value)


def day(text: str | None) -> date | None:
    """Return a day as a browser sends it.

    >>> day("2024-06-17"), day("17/06/2024"), day("2024-02-30")
    (datetime.date(2024, 6, 17), None, None)
    """
    if not re.fullmatch(r"\d{4}-\d\d-\d\d", (text or "").strip(), re.ASCII):
        return None
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        return None


def identifier(text: str | int | None) -> int | None:
    """Return what may be the id of a row.

    >>> identifier("42"), identifier("0"), identifier("9" * 30), identifier("x")
    (42, None, None, None)
    """
    plain = str(text or "")
    if not re.fullmatch(r"\d{1,10}", plain, re.ASCII):
        return None
    return int(plain) if 0 < int(plain) <= MOST_ID else None


def identifiers(texts: Iterable[str]) -> set[int]:
    """Return what may be ids; too many are none at all.

    >>> sorted(identifiers(["7", "x", "3", "7"]))
    [3, 7]
    """
    found = {identifier(text) for text in texts} - {None}
    return found if len(found) <= MOST_IDS else set()


def text(value: str | None, length: int = TEXT_LENGTH) -> str:
    """Return a text without control characters, cut where it is too long.

    >>> text("  a\\x00b\\nc "), text(None), text("abcdef", 3)
    ('ab\\nc', '', 'abc')
    """
    plain = CONTROL.sub("", value or "").replace("\r\n", "\n").replace("\r", "\n")
    return plain.strip()[:length].strip()
