"""What speaks most for the answer: three reasons, as codes with their numbers."""

from typing import NamedTuple

from .curves import FIRST, curve
from .features import NAMES, Snapshot
from .learned import DUE, Learned, logit

SHOWN = 3
LEAST = 0.05
# Which values are one reason to a person.
PARTS = {
    "habit": ("delay", "late"),
    "recent": ("recent",),
    "spread": ("spread",),
    "history": ("paid",),
    "debts": ("overdue_count", "open_count", "oldest"),
    "size": ("size", "amount"),
    "disputes": ("disputes",),
    "broken": ("broken",),
    "terms": ("terms",),
}
# Days overdue that weigh as much as a habit that is one standard deviation apart.
AGE_WEIGHT = 15.0


class Reason(NamedTuple):
    """Why a document is expected sooner or later than usual.

    :param code: as in ``PARTS``, or ``age``: it is overdue already
    :param later: whether it speaks for a later payment
    :param value: the number to show: days, documents, a ratio
    """

    code: str
    later: bool
    value: float


def reasons(snapshot: Snapshot, learned: Learned | None = None) -> list[Reason]:
    """Return the strongest reasons first, at most three."""
    effects = _learned(snapshot, learned) if learned else _plain(snapshot)
    if snapshot.age > 0:
        effects["age"] = snapshot.age / AGE_WEIGHT
    order = sorted(effects, key=lambda code: (-abs(effects[code]), code))
    return [
        Reason(code, effects[code] > 0, _number(code, snapshot))
        for code in order[:SHOWN]
        if abs(effects[code]) >= LEAST
    ]


def _plain(snapshot: Snapshot) -> dict[str, float]:
    """The customer's own way to pay against what is usual, and how much is known."""
    effects = {"habit": logit(_late(snapshot.hazards)) - logit(_late(snapshot.usual))}
    if not snapshot.value("paid"):
        effects["history"] = 2 * LEAST
    return effects


def _late(hazards) -> float:
    return curve(hazards, FIRST)[DUE]


def _learned(snapshot: Snapshot, learned: Learned) -> dict[str, float]:
    """Each part's effect on being late, against an average document."""
    effect = {
        name: weight * (value - mean)
        for name, weight, value, mean in zip(
            NAMES, learned.late[:-1], snapshot.values, learned.means[1:], strict=True
        )
    }
    found = {code: sum(effect[name] for name in names) for code, names in PARTS.items()}
    return {code: value for code, value in found.items() if _is_real(code, snapshot)}


def _is_real(code: str, snapshot: Snapshot) -> bool:
    """What is not there is no reason: no dispute, no overdue document.

    How much is known is one only where nothing is.
    """
    if code == "history":
        return not snapshot.value("paid")
    needs = {"debts": "overdue_count", "disputes": "disputes", "broken": "broken"}
    return code not in needs or snapshot.value(needs[code]) > 0


def _number(code: str, snapshot: Snapshot) -> float:
    if code == "age":
        return float(snapshot.age)
    shown = {"habit": "delay", "size": "size"}.get(code, PARTS[code][0])
    return round(snapshot.value(shown), 3)
