"""What is usual in a company and in a group of customers (empirical Bayes).

A customer with few documents is thought of as usual, one with many as itself; how
many it takes is learned from how much customers differ from each other.
"""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass

from .curves import PERIODS, period_of
from .documents import Document
from .history import EARLIEST, LATEST, Exposure, by_customer

# Fewer than three documents never say more of being late than all others do; of the
# days of delay, one says as much as all others.
WEAKEST, WEAKEST_OWN, STRONGEST = 3.0, 0.5, 20.0
# A group speaks for itself from about so many documents on.
GROUP_STRENGTH = 50.0
LEAST_HAZARD = 0.002


@dataclass(frozen=True)
class Usual:
    """Averages of paid documents, and the hazard of each period."""

    delay: float
    late: float
    square: float
    hazards: tuple[float, ...]


@dataclass(frozen=True)
class Prior:
    """What is usual in the company and in each group.

    :param strength: documents of its own after which a customer counts half
    """

    strength: float
    company: Usual
    groups: dict[int, Usual]
    count: int = 0

    def of(self, group: int | None) -> Usual:
        return self.groups.get(group, self.company)

    def to_json(self) -> dict:
        return {
            "strength": self.strength,
            "company": asdict(self.company),
            "groups": {str(key): asdict(usual) for key, usual in self.groups.items()},
            "count": self.count,
        }

    @classmethod
    def from_json(cls, data: dict) -> "Prior":
        return cls(
            data["strength"],
            _usual(data["company"]),
            {int(key): _usual(usual) for key, usual in data["groups"].items()},
            data["count"],
        )


def _usual(data: dict) -> Usual:
    return Usual(**{**data, "hazards": tuple(data["hazards"])})


def learn_prior(documents: Sequence[Document], day: int, *, strength_of=None) -> Prior:
    """Return what was usual, from documents as they are known on a day.

    :param strength_of: how many documents make a customer known by itself; default:
        :func:`strength`
    """
    company = _mix(documents, day, None, 1.0)
    groups = {}
    for document in documents:
        if document.group is not None:
            groups.setdefault(document.group, []).append(document)
    return Prior(
        (strength_of or strength)(documents),
        company,
        {key: _mix(rows, day, company, GROUP_STRENGTH) for key, rows in groups.items()},
        sum(document.closed is not None for document in documents),
    )


def _mix(documents: Iterable[Document], day: int, usual, weight: float) -> Usual:
    """Return averages of documents, mixed with so many usual ones."""
    exposure = Exposure()
    delays = []
    for document in documents:
        if document.closed is None:
            exposure.wait(document, day)
        else:
            exposure.close(document)
            delays.append(min(max(document.delay, EARLIEST), LATEST))
    # Of nothing at all: paid on the due date, half of them a little later.
    before = usual or Usual(0.0, 0.5, 100.0, _flat_hazards())
    hazards = [
        (paid + weight * hazard) / (open_then + weight)
        for paid, open_then, hazard in zip(
            exposure.paid, exposure.at_risk(), before.hazards, strict=True
        )
    ]
    count = len(delays) + weight
    return Usual(
        (sum(delays) + weight * before.delay) / count,
        (sum(delay > 0 for delay in delays) + weight * before.late) / count,
        (sum(delay * delay for delay in delays) + weight * before.square) / count,
        tuple(max(hazard, LEAST_HAZARD) for hazard in hazards),
    )


def _flat_hazards() -> tuple[float, ...]:
    return tuple(0.1 if period < period_of(0) else 0.25 for period in range(PERIODS))


def strength(documents: Iterable[Document]) -> float:
    """Return how many documents it takes before its share of late ones is known."""
    return _strength(documents, lambda row: float(row.closed > row.due), WEAKEST)


def own_strength(documents: Iterable[Document]) -> float:
    """Return how many documents it takes before a customer's mean delay is known.

    Fewer than for being late at all: a number of days says more than yes or no.
    """
    return _strength(
        documents, lambda row: min(max(row.delay, EARLIEST), LATEST), WEAKEST_OWN
    )


def _strength(documents: Iterable[Document], value_of, weakest: float) -> float:
    """Return the ratio of the variance within customers to that between them.

    One-way analysis of variance for groups of unequal size, see for instance Searle,
    Casella and McCulloch, *Variance Components* (1992), section 3.6.
    """
    groups = []
    for rows in by_customer(documents).values():
        values = [value_of(row) for row in rows if row.closed is not None]
        if values:
            groups.append((len(values), sum(values) / len(values), values))
    count, customers = sum(n for n, _mean, _values in groups), len(groups)
    if customers < 2 or count <= customers:
        return STRONGEST
    mean = sum(n * own for n, own, _values in groups) / count
    within = sum((v - own) ** 2 for _n, own, values in groups for v in values)
    within /= count - customers
    between = sum(n * (own - mean) ** 2 for n, own, _values in groups)
    between /= customers - 1
    size = (count - sum(n * n for n, _mean, _values in groups) / count) / (
        customers - 1
    )
    variance = (between - within) / size
    if variance <= 0 or within <= 0:
        return weakest if variance > 0 else STRONGEST
    return min(max(within / variance, weakest), STRONGEST)
