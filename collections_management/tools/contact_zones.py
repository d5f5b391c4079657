"""In which time zones a debtor may be, by country and state (ISO 3166 codes).

A state with several zones gives all of them. A country that is not here takes the
zones that the time zone database gives it.
"""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

# Days ahead in which zones are compared: two clock changes and what is deferred.
YEAR = 400

_EASTERN = "America/New_York"
_CENTRAL = "America/Chicago"
_MOUNTAIN = "America/Denver"
_PACIFIC = "America/Los_Angeles"
_BRASILIA = "America/Sao_Paulo"
_SANTIAGO = "America/Santiago"
_MEXICO = "America/Mexico_City"

# One line per country: the states by zone; "*" is every state that is not named.
_STATES: dict[str, dict[str | tuple[str, ...], str]] = {
    "US": {
        _EASTERN: "CT DC DE GA MA MD ME NC NH NJ NY OH PA RI SC VA VT WV",
        _CENTRAL: "AL AR IA IL LA MN MO MS OK WI",
        _MOUNTAIN: "CO MT NM UT WY",
        _PACIFIC: "CA WA",
        "Pacific/Honolulu": "HI",
        "America/Puerto_Rico": "PR VI",
        "Pacific/Guam": "GU MP",
        "Pacific/Pago_Pago": "AS",
        ("America/Anchorage", "America/Adak"): "AK",
        ("America/Phoenix", _MOUNTAIN): "AZ",
        (_EASTERN, _CENTRAL): "FL IN KY MI TN",
        (_CENTRAL, _MOUNTAIN): "KS ND NE SD TX",
        (_MOUNTAIN, _PACIFIC): "ID NV OR",
    },
    "MX": {
        "America/Tijuana": "BCN",
        "America/Mazatlan": "BCS SIN",
        "America/Hermosillo": "SON",
        "America/Cancun": "ROO",
        ("America/Chihuahua", "America/Ciudad_Juarez", "America/Ojinaga"): "CHH",
        ("America/Mazatlan", "America/Bahia_Banderas"): "NAY",
        ("America/Monterrey", "America/Matamoros"): "COA NLE TAM",
        _MEXICO: "*",
    },
    "BR": {
        "America/Rio_Branco": "AC",
        ("America/Manaus", "America/Eirunepe"): "AM",
        "America/Cuiaba": "MT",
        "America/Campo_Grande": "MS",
        "America/Porto_Velho": "RO",
        "America/Boa_Vista": "RR",
        (_BRASILIA, "America/Noronha"): "PE",
        _BRASILIA: "*",
    },
    "CL": {
        "America/Punta_Arenas": "CL-MA MA",
        (_SANTIAGO, "America/Coyhaique"): "CL-AI AI",
        (_SANTIAGO, "Pacific/Easter"): "CL-VS VS",
        _SANTIAGO: "*",
    },
    "EC": {"Pacific/Galapagos": "20 W", "America/Guayaquil": "*"},
    "ES": {"Atlantic/Canary": "GC TF", "Europe/Madrid": "*"},
    "PT": {"Atlantic/Azores": "20", "Atlantic/Madeira": "30", "Europe/Lisbon": "*"},
    "AR": {"America/Argentina/Buenos_Aires": "*"},
}
_BY_STATE = {
    (country, state): (zones,) if isinstance(zones, str) else zones
    for country, by_zone in _STATES.items()
    for zones, states in by_zone.items()
    for state in states.split()
}


def possible_zones(
    country: str | None,
    state: str | None,
    of_country: Sequence[str],
    own: str | None = None,
    fallback: str = "UTC",
) -> tuple[str, ...]:
    """Return the zones in which a debtor may be; at least one.

    :param of_country: all zones of the country, as the time zone database has them
    :param own: the zone of the debtor's own browser, believed where it is possible
    :param fallback: where nothing is known about the country

    >>> possible_zones("MX", "BCN", ["America/Mexico_City", "America/Tijuana"])
    ('America/Tijuana',)
    >>> possible_zones("CO", None, ["America/Bogota"])
    ('America/Bogota',)
    """
    zones = _of_state(country, state) or tuple(of_country)
    if len(zones) == 1:
        return zones
    if own and (own in zones or not zones):
        return (own,)
    return zones or (fallback,)


def _of_state(country, state) -> tuple[str, ...]:
    if not state:
        return ()
    return _BY_STATE.get((country, state)) or _BY_STATE.get((country, "*"), ())


def distinct(zones: Iterable[str], now: datetime) -> tuple[str, ...]:
    """Leave out zones whose clocks show the same as another's, for a year from now.

    >>> distinct(["America/Lima", "America/Bogota"], datetime(2024, 1, 1, tzinfo=UTC))
    ('America/Lima',)
    """
    return _distinct(tuple(zones), now.astimezone(UTC).date().replace(day=1))


@lru_cache(maxsize=1024)
def _distinct(zones, first) -> tuple[str, ...]:
    if len(zones) < 2:
        return zones
    start = datetime(first.year, first.month, 1, tzinfo=UTC) - timedelta(days=YEAR // 4)
    hours = [start + timedelta(hours=6 * step) for step in range(YEAR * 5)]
    seen = {}
    for name in zones:
        zone = ZoneInfo(name)
        seen.setdefault(
            tuple(hour.astimezone(zone).utcoffset() for hour in hours), name
        )
    return tuple(seen.values())
