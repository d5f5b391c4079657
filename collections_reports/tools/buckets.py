"""Aging buckets: contiguous, without gaps, inclusive on the right.

Source: metrics M6. ``days = date - due``: not due (≤ 0), 1–30, 31–60, …, over the last
limit. Due today is not overdue; 30 days are in 1–30.
"""

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

DEFAULT_LIMITS = (30, 60, 90, 120)
MAX_LIMITS = 12
MAX_DAYS = 36_500
NOT_DUE = "not_due"


@dataclass(frozen=True)
class Bucket:
    """One column of an aging.

    :param key: technical name, stable for given limits
    :param first: lowest number of days overdue; ``None``: no lower end
    :param last: highest number of days overdue; ``None``: no upper end
    """

    key: str
    first: int | None
    last: int | None

    def holds(self, days: int) -> bool:
        return (self.first is None or days >= self.first) and (
            self.last is None or days <= self.last
        )


def check_limits(limits: Sequence[int]) -> tuple[int, ...]:
    """Return the limits as a tuple.

    :param limits: last day of each bucket between *not due* and *over*
    :raise ValueError: they are not whole, positive and increasing days
    """
    found = tuple(limits)
    if not 1 <= len(found) <= MAX_LIMITS:
        raise ValueError("count")
    if any(isinstance(limit, bool) or not isinstance(limit, int) for limit in found):
        raise ValueError("type")
    if found[0] < 1 or found[-1] > MAX_DAYS:
        raise ValueError("range")
    if any(second <= first for first, second in pairwise(found)):
        raise ValueError("order")
    return found


def make_buckets(limits: Sequence[int] = DEFAULT_LIMITS) -> tuple[Bucket, ...]:
    """Return *not due*, one bucket up to each limit, and one over the last.

    >>> [bucket.key for bucket in make_buckets((30, 60))]
    ['not_due', '1_30', '31_60', 'over_60']
    """
    limits = check_limits(limits)
    starts = (1, *(limit + 1 for limit in limits))
    between = [
        Bucket(f"{first}_{last}", first, last)
        for first, last in zip(starts, limits, strict=False)
    ]
    over = Bucket(f"over_{limits[-1]}", starts[-1], None)
    return (Bucket(NOT_DUE, None, 0), *between, over)


def index_of(days: int, limits: Sequence[int] = DEFAULT_LIMITS) -> int:
    """Return the position of the bucket that holds a number of days overdue.

    >>> [index_of(days) for days in (-5, 0, 1, 30, 31, 120, 121)]
    [0, 0, 1, 1, 2, 4, 5]
    """
    return bisect_left((0, *limits), days)
