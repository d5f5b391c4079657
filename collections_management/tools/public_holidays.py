"""Public holidays of a country, from the library ``holidays``, and what it knows."""

from collections.abc import Mapping
from datetime import date
from functools import lru_cache
from types import MappingProxyType

import holidays

# A country that decreed days off in so many of its last years does so every year.
YEARLY = 3
NOTHING: Mapping[date, str] = MappingProxyType({})


@lru_cache(maxsize=512)
def of_year(
    country: str | None, state: str | None, year: int, lang: str | None = None
) -> Mapping[date, str]:
    """Return names by day; empty where the library does not know country or year.

    :param state: ISO code with or without the country's; ignored if it is unknown
    :param lang: a locale such as ``es_419``; else the country's own language
    """
    calendar = _calendar(country, state, year, lang)
    if calendar is None:
        return NOTHING
    return MappingProxyType(dict(sorted(calendar.items())))


def is_known(country: str | None, year: int) -> bool:
    """Tell whether the installed version knows all days off of a year.

    It does not where it says so itself, nor where the days that a government decrees
    every year end before that year.

    >>> is_known("CO", 2026), is_known("CO", 2600), is_known("XX", 2026)
    (True, False, False)
    """
    calendar = _calendar(country, None, year, None)
    if calendar is None or not calendar.start_year <= year <= calendar.end_year:
        return False
    decreed = getattr(calendar, "special_public_holidays", None) or {}
    recent = [other for other in decreed if other > max(decreed) - YEARLY - 1]
    return len(recent) < YEARLY or year <= max(decreed)


def version() -> str:
    """Return the installed version of the library."""
    return holidays.__version__


@lru_cache(maxsize=512)
def _calendar(country, state, year, lang):
    known = holidays.list_supported_countries(include_aliases=False)
    if country not in known:
        return None
    state = (state or "").removeprefix(f"{country}-")
    return holidays.country_holidays(
        country,
        subdiv=state if state in known[country] else None,
        years=year,
        expand=False,
        language=_language(country, lang),
    )


@lru_cache(maxsize=256)
def _language(country, lang) -> str | None:
    """Return the library's language that fits best, ``None`` for the country's own."""
    if not lang:
        return None
    supported = holidays.country_holidays(country).supported_languages
    short = lang[:2]
    return next((name for name in supported if name[:2] == short), None)
