"""What is usual in a company and in a group of customers (empirical Bayes).

A customer with few documents is thought of as usual, one with many as itself; how
many it takes is learned from how much customers differ from each other.
"""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass

from .curves import PERIODS, period_of
from .documents import Document
from .history import EARLIEST, LATEST, Exposure, by_customer

# Fewer than three documents never say more of a customer than all others do.
WEAKEST, STRONGEST = 3.0, 20.0
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


def learn_prior(documents: Sequence[Document], day: int) -> Prior:
    """Return what was usual, from documents as they are known on a day."""
    company = _mix(documents, day, None, 1.0)
    groups = {}
    for document in documents:
        if document.group is not None:
            groups.setdefault(document.group, []).append(document)
    return Prior(
        strength(documents),
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
    """Return how many documents it takes before a customer is known by itself.

    The ratio of the variance of being late within customers to that between them:
    one-way analysis of variance for groups of unequal size, see for instance Searle,
    Casella and McCulloch, *Variance Components* (1992), section 3.6.
    """
    shares = []
    for rows in by_customer(documents).values():
        late = [row.closed > row.due for row in rows if row.closed is not None]
        if late:
            shares.append((len(late), sum(late) / len(late)))
    count, customers = sum(n for n, _share in shares), len(shares)
    if customers < 2 or count <= customers:
        return STRONGEST
    mean = sum(n * share for n, share in shares) / count
    within = sum(n * share * (1 - share) for n, share in shares) / (count - customers)
    between = sum(n * (share - mean) ** 2 for n, share in shares) / (customers - 1)
    size = (count - sum(n * n for n, _share in shares) / count) / (customers - 1)
    variance = (between - within) / size
    if variance <= 0 or within <= 0:
        return WEAKEST if variance > 0 else STRONGEST
    return min(max(within / variance, WEAKEST), STRONGEST)
