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

    Never more than 1: what was written off early did not reach the later buckets.

    >>> loss_rates([100_000, 50_000, 8_000], 2_000)
    [0.02, 0.04, 0.25]
    """
    return [
        min(1.0, max(0.0, lost) / balance) if balance > 0 else None
        for balance in reached
    ]


def reached(total: float, settled: Sequence[tuple[int, float]], count: int) -> list:
    """Return what of a total ever reached each of several buckets, *not due* first.

    :param settled: (last bucket reached when it was settled, amount)

    >>> reached(100.0, [(0, 50.0), (1, 27.0), (2, 15.0)], 4)
    [100.0, 50.0, 23.0, 8.0]
    """
    return [
        total - sum(amount for last, amount in settled if last < place)
        for place in range(count)
    ]


def adjusted(rate: float | None, percent_more: float) -> float | None:
    """A loss rate after the forward-looking adjustment, from 0 to 1.

    >>> adjusted(0.5, 10)
    0.55
    """
    if rate is None:
        return None
    return min(1.0, max(0.0, rate * (1 + percent_more / 100)))


def provision(
    balances: Sequence[float], rates: Sequence[float | None]
) -> list[float | None]:
    """Expected credit loss by bucket: ``balance × loss rate``; credits lose nothing.

    :param rates: fractions, one for each balance; ``None``: not available
    """
    return [
        None if rate is None else max(balance, 0) * rate
        for balance, rate in zip(balances, rates, strict=True)
    ]
