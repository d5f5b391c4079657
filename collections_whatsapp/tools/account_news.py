"""What WhatsApp tells about a number or a whole account: limits, quality, bans.

Fields and values as Meta documents its webhooks; what is unknown says nothing.
"""

from typing import Any, NamedTuple

# People a day, as numbers of one portfolio may write to. The old tiers that are gone
# fall to the next lower one: never more than is allowed.
LIMITS = {"250": 250, "2000": 2000, "10000": 10_000, "100000": 100_000, "none": None}
_TIERS = {"50": 250, "250": 250, "1K": 250, "2K": 2000, "10K": 10_000, "100K": 100_000}
_UNLIMITED = ("UNLIMITED", "-1")
_QUALITIES = ("GREEN", "YELLOW", "RED")
# Nothing goes out any more, until a person at Meta's side changed that.
_ENDS = ("ACCOUNT_DELETED", "ACCOUNT_OFFBOARDED", "DISABLED_UPDATE", "PARTNER_REMOVED")
_BANS = ("DISABLE", "SCHEDULE_FOR_DISABLE")


class News(NamedTuple):
    """What changes; ``None`` or empty: nothing of it.

    :ivar limit: a key of LIMITS
    :ivar quality: GREEN, YELLOW or RED
    :ivar number: digits of the number that it is about; empty: the whole account
    :ivar stop: why nothing may go out, in WhatsApp's words
    :ivar warning: what a person should know, in WhatsApp's words
    """

    limit: str | None = None
    quality: str | None = None
    number: str = ""
    stop: str = ""
    warning: str = ""


def limit(value: Any) -> str | None:
    """Return the limit that a tier, or a number of people, stands for.

    >>> limit("TIER_2K"), limit("TIER_1K"), limit("TIER_UNLIMITED"), limit(10000)
    ('2000', '250', 'none', '10000')
    >>> limit("TIER_NOT_SET"), limit(None), limit({})
    (None, None, None)
    """
    text = str(value or "").upper().removeprefix("TIER_")
    if text in _UNLIMITED:
        return "none"
    people = int(text) if text.isascii() and text.isdigit() else _TIERS.get(text)
    if not people:
        return None
    fitting = [key for key, most in LIMITS.items() if most and most <= people]
    return fitting[-1] if fitting else "250"


def read(field: str, value: dict) -> News:
    """Return what a webhook about an account changes.

    >>> read("phone_number_quality_update", {"event": "DOWNGRADE",
    ...     "display_phone_number": "15550783881", "current_limit": "TIER_2K"})[:3]
    ('2000', None, '15550783881')
    >>> read("account_update", {"event": "ACCOUNT_VIOLATION",
    ...     "violation_info": {"violation_type": "SPAM"}}).warning
    'ACCOUNT_VIOLATION: SPAM'
    """
    if field == "phone_number_quality_update":
        return _quality(value)
    if field == "business_capability_update":
        return News(limit=_most(value))
    if field == "account_update":
        return _update(value)
    return News()


def _most(value: dict) -> str | None:
    """Return the limit by the newest of the names that it had."""
    for name in (
        "max_daily_conversations_per_business",
        "current_limit",
        "max_daily_conversation_per_phone",
    ):
        if found := limit(value.get(name)):
            return found
    return None


def _quality(value: dict) -> News:
    number = str(value.get("display_phone_number") or "")
    flagged = value.get("event") == "FLAGGED"
    return News(
        limit=_most(value),
        quality="RED" if flagged else None,
        number="".join(char for char in number if char.isdigit()),
        warning="FLAGGED" if flagged else "",
    )


def _update(value: dict) -> News:
    event = str(value.get("event") or "")
    ban = _part(value, "ban_info", "waba_ban_state")
    told = [event, ban, _part(value, "violation_info", "violation_type")]
    text = ": ".join(filter(None, [*told, *_restrictions(value)]))[:500]
    if ban == "REINSTATE":
        return News(warning=text)
    if event in _ENDS or ban in _BANS:
        return News(stop=text)
    return News(warning=text if event.startswith("ACCOUNT_") else "")


def _part(value: dict, name: str, key: str) -> str:
    part = value.get(name)
    return str(part.get(key) or "") if isinstance(part, dict) else ""


def _restrictions(value: dict) -> list[str]:
    rows = value.get("restriction_info")
    rows = rows if isinstance(rows, list) else []
    rows = [row for row in rows if isinstance(row, dict)]
    return [str(row.get("restriction_type") or "") for row in rows]


def quality(value: Any) -> str | None:
    """Return a quality that is known.

    >>> quality("GREEN"), quality("UNKNOWN"), quality(None)
    ('GREEN', None, None)
    """
    return value if value in _QUALITIES else None
