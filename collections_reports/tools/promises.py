"""Promise-kept rate, three ways (M9)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from .rates import percent

OPEN, KEPT, PARTIAL, BROKEN, WITHDRAWN = (
    "open",
    "kept",
    "partially_kept",
    "broken",
    "withdrawn",
)
JUDGED = frozenset({KEPT, PARTIAL, BROKEN})


@dataclass(frozen=True)
class Promise:
    """A promise as it stands.

    :param paid: payments allocated to it up to its date and the tolerance
    """

    amount: float
    paid: float = 0.0
    due: date | None = None
    withdrawn: bool = False


@dataclass(frozen=True)
class KeptRates:
    """Percent, over the promises that are judged; ``None`` when none is."""

    count: float | None
    strict_amount: float | None
    collected_amount: float | None


def judge(promise: Promise, today: date, tolerance_days: int = 0) -> str:
    """Return the state of a promise; it is judged once date and tolerance are over."""
    if promise.withdrawn:
        return WITHDRAWN
    if promise.due and today <= promise.due + timedelta(days=tolerance_days):
        return OPEN
    if promise.paid >= promise.amount:
        return KEPT
    return PARTIAL if promise.paid > 0 else BROKEN


def kept_rates(judged: Iterable[tuple[str, float, float]]) -> KeptRates:
    """Return the three rates: promises, their amounts, and money collected.

    :param judged: (state, promised, paid); open and withdrawn ones do not count
    """
    rows = [row for row in judged if row[0] in JUDGED]
    kept = [row for row in rows if row[0] == KEPT]
    promised = sum(amount for _state, amount, _paid in rows)
    return KeptRates(
        count=percent(len(kept), len(rows)),
        strict_amount=percent(sum(row[1] for row in kept), promised),
        collected_amount=percent(
            sum(min(paid, amount) for _state, amount, paid in rows), promised
        ),
    )
