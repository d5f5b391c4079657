"""Matrices by bucket: roll rates (M7) and the IFRS 9 provision matrix (M8)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate
from operator import mul

from .rates import percent

# What became of a balance that is in no bucket any more.
PAID, CREDITED, ADJUSTED = "paid", "credited", "adjusted"


@dataclass(frozen=True)
class Roll:
    """Where the balance of one bucket went.

    :param opening: balance in the bucket at the first date
    :param amounts: by destination: buckets, and paid, credited or adjusted
    """

    opening: float
    amounts: Mapping[str, float]

    @property
    def rates(self) -> dict[str, float | None]:
        """Percent of the opening balance by destination; a row adds up to 100."""
        return {
            place: percent(amount, self.opening)
            for place, amount in self.amounts.items()
        }


def roll_matrix(flows: Sequence[tuple[str, str, float]]) -> dict[str, Roll]:
    """Transition matrix of items followed one by one (source: OCC handbook).

    :param flows: (bucket then, destination now, part of the balance then)
    """
    amounts: dict[str, dict[str, float]] = {}
    for start, end, amount in flows:
        row = amounts.setdefault(start, {})
        row[end] = row.get(end, 0.0) + amount
    return {start: Roll(sum(row.values()), row) for start, row in amounts.items()}


def chain(rates: Sequence[float]) -> float:
    """Share of a current balance that is expected to reach the last bucket.

    >>> round(chain([0.20, 0.40, 0.50, 0.75]), 4)
    0.03
    """
    return list(accumulate(rates, mul))[-1] if rates else 1.0


def loss_rates(reached: Sequence[float], lost: float) -> list[float | None]:
    """``finally unpaid / ever reached the bucket``, per bucket, as fractions.

    >>> loss_rates([100_000, 50_000, 8_000], 2_000)
    [0.02, 0.04, 0.25]
    """
    return [lost / balance if balance > 0 else None for balance in reached]


def provision(balances: Sequence[float], rates: Sequence[float]) -> list[float]:
    """Expected credit loss by bucket: ``balance × loss rate``; credits lose nothing.

    :param rates: fractions, one for each balance
    """
    return [
        max(balance, 0) * rate for balance, rate in zip(balances, rates, strict=True)
    ]
