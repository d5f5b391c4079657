"""The arithmetic of a customer statement: tables, ageing, and pages of a batch."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple

LIMITS = (30, 60, 90, 120)
BUCKETS = len(LIMITS) + 2


class Row(NamedTuple):
    """An open document; amounts are signed, credits are negative."""

    currency: int
    number: str
    reference: str
    date: date
    due: date
    original: float
    open: float
    # The open amount in company currency.
    amount: float
    move: int | None = None
    line: int | None = None
    # Parts of what is open, in its currency: what the customer knows of.
    disputed: float = 0.0
    agreed: float = 0.0
    cheque: float = 0.0
    promised: float = 0.0
    reported: float = 0.0

    @property
    def is_credit(self) -> bool:
        return (self.amount or self.open) < 0


@dataclass
class Table:
    """What is open in one currency."""

    currency: int
    debits: list[Row] = field(default_factory=list)
    credits: list[Row] = field(default_factory=list)
    ages: list[float] = field(default_factory=lambda: [0.0] * BUCKETS)

    @property
    def debit(self) -> float:
        return sum(row.open for row in self.debits)

    @property
    def credit(self) -> float:
        return -sum(row.open for row in self.credits)

    @property
    def overdue(self) -> float:
        return sum(self.ages[1:])

    @property
    def disputed(self) -> float:
        return sum(row.disputed for row in self.debits)

    @property
    def net(self) -> float:
        return self.debit - self.credit

    @property
    def amount(self) -> float:
        """The net in company currency."""
        return sum(row.amount for row in self.debits + self.credits)


def days_overdue(due: date, today: date) -> int:
    """
    >>> days_overdue(date(2024, 6, 7), date(2024, 6, 17))
    10
    >>> days_overdue(date(2024, 6, 27), date(2024, 6, 17))
    0
    """
    return max(0, (today - due).days)


def bucket(days: int, limits: Sequence[int] = LIMITS) -> int:
    """Return the position of an age: 0 is not due, the last is over the last limit.

    >>> [bucket(days) for days in (0, 1, 30, 31, 120, 121)]
    [0, 1, 1, 2, 4, 5]
    """
    if days <= 0:
        return 0
    return 1 + sum(days > limit for limit in limits)


def bucket_bounds(limits: Sequence[int] = LIMITS) -> list[tuple[int, int | None]]:
    """Return first and last day of each bucket that is overdue.

    >>> bucket_bounds((30, 60))
    [(1, 30), (31, 60), (61, None)]
    """
    starts = [1, *(limit + 1 for limit in limits)]
    return list(zip(starts, [*limits, None], strict=True))


def tables(rows: Iterable[Row], today: date) -> list[Table]:
    """Return one table per currency, the most owed in company currency first.

    Only debits have an age: a credit waits for nobody.
    """
    found: dict[int, Table] = {}
    for row in sorted(rows, key=lambda row: (row.due, row.date, row.number)):
        table = found.setdefault(row.currency, Table(row.currency))
        if row.is_credit:
            table.credits.append(row)
        else:
            table.debits.append(row)
            table.ages[bucket(days_overdue(row.due, today))] += row.open
    return sorted(found.values(), key=lambda table: -table.amount)


def page_ranges(texts: Iterable[str], marks: Sequence[str]) -> list[range] | None:
    """Return the pages of each document of a batch, or ``None`` if that is unclear.

    Each document begins on a page of its own that shows its mark.

    >>> page_ranges(["x a1", "y", "b 2 z"], ["a1", "b2"])
    [range(0, 2), range(2, 3)]
    >>> page_ranges(["x", "a1"], ["a1"]) is None
    True
    """
    starts = []
    pages = ["".join(text.split()) for text in texts]
    for mark in marks:
        shown = [page for page, text in enumerate(pages) if mark in text]
        if len(shown) != 1:
            return None
        starts += shown
    if not starts or starts[0] != 0 or starts != sorted(set(starts)):
        return None
    return [
        range(start, end)
        for start, end in zip(starts, [*starts[1:], len(pages)], strict=True)
    ]
