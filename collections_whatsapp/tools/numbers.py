"""Telephone numbers: as kept, as dialled, and as WhatsApp writes them.

WhatsApp's own form of a number differs from E.164 in three countries: Mexico keeps
the ``1`` after 52, Argentina the ``9`` after 54 (which E.164 of a mobile has too,
but people leave out), Brazil may lack the ninth digit. Two forms of one number
have one *key*; the key is for matching only and is never dialled.
"""

import re

import phonenumbers

# A business-scoped user id: no number, and never to be made into one.
_USER_ID = re.compile(r"[A-Z]{2}\.(?:ENT\.)?[A-Za-z0-9]{1,128}")
_SHORTEST, _LONGEST = 7, 15


def is_user_id(text: str) -> bool:
    """Tell whether a text is a business-scoped user id.

    >>> is_user_id("MX.13491208655302741918"), is_user_id("+525512345678")
    (True, False)
    """
    return bool(_USER_ID.fullmatch(text or ""))


def to_e164(text: str, country: str | None = None) -> str | None:
    """Return a number as ``+`` and digits, or ``None`` where it is none.

    :param country: ISO code for numbers written without their country

    >>> to_e164("55 1234 5678", "MX"), to_e164("011 15-2345-6789", "AR")
    ('+525512345678', '+5491123456789')
    >>> to_e164("MX.13491208655302741918") is None
    True
    """
    if not text or is_user_id(text.strip()):
        return None
    try:
        number = phonenumbers.parse(text, country)
    except phonenumbers.NumberParseException:
        return None
    # Valid is too strict for new ranges; possible is what the digits allow.
    if not phonenumbers.is_possible_number(number):
        return None
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def digits(text: str) -> str:
    """Return the digits of a number as WhatsApp wants them; of a user id, nothing.

    >>> digits("+52 55 1234 5678"), digits("MX.134912")
    ('525512345678', '')
    """
    return "" if is_user_id(text) else re.sub(r"[^0-9]", "", text or "")


def key(text: str) -> str:
    """Return what all the forms of one number have in common, or an empty text.

    >>> key("+52 1 55 1234 5678") == key("+52 55 1234 5678")
    True
    >>> key("5491123456789") == key("541123456789")
    True
    >>> key("5531987654321") == key("553187654321")
    True
    """
    found = digits(text)
    if not _SHORTEST <= len(found) <= _LONGEST:
        return ""
    if found.startswith("521") and len(found) == 13:
        return f"52{found[3:]}"
    if found.startswith("549") and len(found) == 13:
        return f"54{found[3:]}"
    # Country, area of two digits, nine, eight digits that begin with 6 to 9.
    if found.startswith("55") and len(found) == 13 and found[4] == "9":
        return f"{found[:4]}{found[5:]}"
    return found


def forms(canonical: str) -> list[str]:
    """Return how a number with this key may be kept, as E.164.

    >>> forms("525512345678")
    ['+525512345678', '+5215512345678']
    """
    found = [f"+{canonical}"]
    if canonical.startswith("52") and len(canonical) == 12:
        found.append(f"+521{canonical[2:]}")
    elif canonical.startswith("54") and len(canonical) == 12:
        found.append(f"+549{canonical[2:]}")
    elif canonical.startswith("55") and len(canonical) == 12:
        found.append(f"+{canonical[:4]}9{canonical[4:]}")
    return found


def country(text: str) -> str | None:
    """Return the ISO code of a number's country.

    >>> country("5215512345678"), country("MX.1")
    ('MX', None)
    """
    if not key(text):
        return None
    try:
        number = phonenumbers.parse(f"+{digits(text)}")
    except phonenumbers.NumberParseException:
        return None
    code = phonenumbers.region_code_for_number(number)
    return code or phonenumbers.region_code_for_country_code(number.country_code)
