"""A hash chain that proves a log complete, and survives the erasure of persons.

Each row's seal covers the seal before it, the facts of the row (which stay) and a
digest of its personal part (names, addresses, texts). Erasing the personal part
with its salt leaves the digest: the chain still verifies, and nobody can find the
text again by trying.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping

GENESIS = "0" * 64


def digest(personal: Mapping[str, object], salt: str) -> str:
    """Return the digest of a row's personal part.

    >>> digest({"name": "Ana"}, "s") == digest({"name": "Ana"}, "t")
    False
    """
    return _sha256(salt, _canonical(personal))


def seal(previous: str, facts: Mapping[str, object], personal_digest: str) -> str:
    """Return the seal of a row that follows the row sealed ``previous``."""
    return _sha256(previous, _canonical(facts), personal_digest)


def first_broken(rows: Iterable[tuple[str, Mapping[str, object], str]]) -> int | None:
    """Return the position of the first row whose seal does not fit, or ``None``.

    :param rows: seal, facts and personal digest of all rows, in their order
    """
    previous = GENESIS
    for position, (sealed, facts, personal_digest) in enumerate(rows):
        if sealed != seal(previous, facts, personal_digest):
            return position
        previous = sealed
    return None


def _canonical(values: Mapping[str, object]) -> str:
    return json.dumps(values, sort_keys=True, ensure_ascii=False, default=str)


def _sha256(*parts: str) -> str:
    return hashlib.sha256("\x1f".join(parts).encode()).hexdigest()
