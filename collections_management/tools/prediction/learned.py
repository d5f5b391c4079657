"""A regression of the hazards on what is known, kept as plain numbers.

The logistic regression of the discrete hazard: each document gives one row for every
period in which it was open, see Singer and Willett, *It's About Time* (1993). Its
habits may weigh more before than after the due date. Learning needs scikit-learn;
using what was learned needs nothing, so a stored model is read as JSON, never as code.
"""

import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass

from .curves import EDGES, PERIODS, curve, given, period_of
from .documents import is_late
from .features import NAMES, Snapshot

# The own hazard of the customer comes first, then what is in `NAMES`.
COUNT = 1 + len(NAMES)
# Those whose weight changes along the periods: own hazard, delay, late, recent, spread.
TURNING = 5
SURE = 0.002
DUE = period_of(0)
# Of the regression of being late; the rest is trusted to that of the periods.
TRUST = 0.9
SEED = 20120101
PENALTY = 0.05
TURN = tuple(max(-30, min(edge, 40)) / 20 for edge in EDGES)


def logit(share: float) -> float:
    share = min(max(share, SURE), 1.0 - SURE)
    return math.log(share / (1.0 - share))


def chance(value: float) -> float:
    """Return the inverse of :func:`logit`.

    >>> chance(logit(0.25))
    0.25
    """
    if value < -30:
        return 0.0
    return 1.0 / (1.0 + math.exp(-value))


@dataclass(frozen=True)
class Learned:
    """Weights of standardized values.

    :param base: of each period
    :param weights: of each value, ``turns`` of those that change with the period
    :param late: weights of the values, the last one constant, for being late at all
    """

    means: tuple[float, ...]
    scales: tuple[float, ...]
    base: tuple[float, ...]
    weights: tuple[float, ...]
    turns: tuple[float, ...]
    late: tuple[float, ...]

    def to_json(self) -> dict:
        return asdict(self)

    @classmethod
    def from_json(cls, data: dict) -> "Learned":
        return cls(**{name: tuple(values) for name, values in data.items()})

    def standard(self, snapshot: Snapshot) -> list[float]:
        """Return the values of a snapshot, without the own hazard, standardized."""
        return [
            (value - mean) / scale
            for value, mean, scale in zip(
                snapshot.values, self.means[1:], self.scales[1:], strict=True
            )
        ]

    def shares(self, snapshot: Snapshot) -> list[float]:
        """Return the share still open after each period, given it is open now.

        Being late at all is said by both regressions, their logits averaged; when,
        before and after the due date, by that of the periods.
        """
        document = snapshot.question.document
        first = min(document.issued - document.due, -1)
        shares = curve(self._periods(snapshot), first)
        late = min(max(shares[DUE], SURE), 1.0 - SURE)
        score = _product(self.late, (*snapshot.values, 1.0))
        wanted = chance((1 - TRUST) * logit(late) + TRUST * score)
        return given(_rescaled(shares, late, wanted), first, snapshot.age)

    def _periods(self, snapshot: Snapshot) -> list[float]:
        """Return the chance of payment in each period."""
        values = self.standard(snapshot)
        level = _product(self.weights[1:], values)
        turn = _product(self.turns[1:], values[: TURNING - 1])
        found = []
        for period in range(PERIODS):
            own = (logit(snapshot.hazards[period]) - self.means[0]) / self.scales[0]
            score = self.base[period] + level + self.weights[0] * own
            score += TURN[period] * (turn + self.turns[0] * own)
            found.append(chance(score))
        return found


def _rescaled(shares: Sequence[float], late: float, wanted: float) -> list[float]:
    """Return a curve with another share late, and its shape on both sides as it was."""
    return [
        share * wanted / late
        if period > DUE
        else 1.0 - (1.0 - share) * (1.0 - wanted) / (1.0 - late)
        for period, share in enumerate(shares)
    ]


def _product(weights: Sequence[float], values: Sequence[float]) -> float:
    return sum(w * v for w, v in zip(weights, values, strict=True))


def is_available() -> bool:
    """Tell whether this installation can learn: scikit-learn is optional."""
    try:
        import sklearn  # noqa: F401
    except ImportError:
        return False
    return True


def learn(snapshots: Sequence[Snapshot], day: int) -> Learned:
    """Return what was learned from documents as they are known on a day.

    Whether a document is late teaches once its due date has passed; when it is paid
    teaches from the first day.

    :raise ImportError: without scikit-learn
    """
    import numpy as np
    from sklearn.linear_model import LogisticRegression

    due = [one for one in snapshots if one.question.document.due < day]
    values, periods, paid = _rows(snapshots, day)
    table, means, scales = _standardized(np, values)
    column = np.array(periods)
    turning = table[:, :TURNING] * np.array(TURN)[column][:, None]
    design = np.column_stack([table, turning, np.eye(PERIODS)[column]])
    fitted = LogisticRegression(C=PENALTY, max_iter=1000, random_state=SEED)
    fitted.fit(design, np.array(paid))
    weights = fitted.coef_[0]
    base = weights[COUNT + TURNING :] + fitted.intercept_[0]
    return Learned(
        *(_plain(one) for one in (means, scales, base)),
        _plain(weights[:COUNT]),
        _plain(weights[COUNT : COUNT + TURNING]),
        learn_late(due, [is_late(one.question.document) for one in due]),
    )


def _rows(snapshots: Sequence[Snapshot], day: int) -> tuple[list, list, list]:
    """Return values, period and whether it was paid, for each period while open."""
    values, periods, paid = [], [], []
    for snapshot in snapshots:
        document = snapshot.question.document
        last, seen = PERIODS - 1, day - document.due
        if document.closed is not None:
            last, seen = period_of(document.delay), EDGES[-1]
        for period in range(period_of(snapshot.age + 1), min(last + 1, PERIODS)):
            if EDGES[period] > seen:
                break
            values.append((logit(snapshot.hazards[period]), *snapshot.values))
            periods.append(period)
            paid.append(document.closed is not None and period == last)
    return values, periods, paid


def _standardized(np, values):
    table = np.array(values, dtype=float)
    means, scales = table.mean(axis=0), table.std(axis=0)
    scales[scales == 0] = 1.0
    return (table - means) / scales, means, scales


def _plain(numbers) -> tuple[float, ...]:
    return tuple(float(number) for number in numbers)


def learn_late(snapshots: Sequence[Snapshot], late: Sequence[bool]):
    """Return a plain logistic regression of being late: weights, then the constant."""
    import numpy as np
    from sklearn.linear_model import LogisticRegression

    if len(set(late)) < 2:
        return (*(0.0 for _name in NAMES), logit(float(late[0]) if late else 0.5))
    table, means, scales = _standardized(np, [one.values for one in snapshots])
    fitted = LogisticRegression(max_iter=1000, random_state=SEED)
    fitted.fit(table, np.array(late))
    weights = fitted.coef_[0] / scales
    return _plain((*weights, fitted.intercept_[0] - weights @ means))


def chance_late(weights: Sequence[float], snapshot: Snapshot) -> float:
    """Return what a plain logistic regression says."""
    return chance(_product(weights, (*snapshot.values, 1.0)))
