"""How good predictions were, against what came."""

from collections.abc import Sequence
from typing import NamedTuple

HAIR = 0.002
HAIR_OF_DATE = 0.05


class Marks(NamedTuple):
    """Of one method, on documents that it had not seen.

    :param auc: chance that a late document got the higher probability of the two
    :param brier: mean squared error of the probability of being late
    :param error: mean absolute error of the date, in days; ``None``: gives no date
    """

    auc: float | None
    brier: float
    error: float | None


def auc(chances: Sequence[float], happened: Sequence[bool]) -> float | None:
    """Return the area under the ROC curve, from ranks; ``None`` for one kind only.

    >>> auc([0.1, 0.4, 0.4, 0.9], [False, True, False, True])
    0.875
    """
    order = sorted(range(len(chances)), key=chances.__getitem__)
    positives = sum(happened)
    negatives = len(chances) - positives
    if not positives or not negatives:
        return None
    ranks, start = 0.0, 0
    while start < len(order):
        end = start
        while end < len(order) and chances[order[end]] == chances[order[start]]:
            end += 1
        # Equal chances share the mean of their ranks.
        ranks += (start + 1 + end) / 2 * sum(happened[n] for n in order[start:end])
        start = end
    return (ranks - positives * (positives + 1) / 2) / (positives * negatives)


def brier(chances: Sequence[float], happened: Sequence[bool]) -> float:
    """Return the mean squared error of probabilities.

    >>> brier([0.5, 1.0], [True, True])
    0.125
    """
    pairs = zip(chances, happened, strict=True)
    return sum((chance - came) ** 2 for chance, came in pairs) / len(chances)


def error(predicted: Sequence[float], actual: Sequence[float]) -> float | None:
    """Return the mean absolute error."""
    pairs = zip(predicted, actual, strict=True)
    return sum(abs(a - b) for a, b in pairs) / len(actual) if actual else None


def calibration(
    chances: Sequence[float], happened: Sequence[bool], parts: int = 10
) -> list[tuple[float, float, int]]:
    """Return mean chance, share that happened and count, for equal parts by chance.

    >>> calibration([0.1, 0.2, 0.7, 0.9], [False, False, True, True], parts=2)
    [(0.15, 0.0, 2), (0.8, 1.0, 2)]
    """
    rows = sorted(zip(chances, happened, strict=True), key=lambda row: row[0])
    parts = min(parts, len(rows))
    found = []
    for part in range(parts):
        own = rows[len(rows) * part // parts : len(rows) * (part + 1) // parts]
        found.append(
            (
                round(sum(chance for chance, _came in own) / len(own), 4),
                round(sum(came for _chance, came in own) / len(own), 4),
                len(own),
            )
        )
    return found


def is_no_worse(one: Marks, other: Marks, *, ranks: bool = True) -> bool:
    """Tell whether a method is at least as good as another.

    The probability decides (Brier score); a hair behind in the order of documents or
    in the date still counts as equal.

    :param ranks: also look at the order of documents (AUC)
    """
    known = one.auc is not None and other.auc is not None
    if ranks and known and one.auc < other.auc - HAIR:
        return False
    if one.brier > other.brier:
        return False
    if one.error is None or other.error is None:
        return True
    return one.error <= other.error * (1 + HAIR_OF_DATE)
