"""A customer's habits as known on a day, in one pass over its documents."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import accumulate
from operator import itemgetter
from typing import NamedTuple

from .curves import PERIODS, period_of
from .documents import BROKEN, DISPUTE, Document, Event

# A delay counts no more than this: one forgotten document is not a habit.
EARLIEST, LATEST = -60, 180
# Weight of the newest payment in the recent habit.
RECENT = 0.3
ISSUE, CLOSE, EVENT, ASK = range(4)


class Question(NamedTuple):
    """When will this document be paid, asked at the end of a day?"""

    document: Document
    day: int


@dataclass
class Exposure:
    """In which periods documents were paid, and in which they were open."""

    paid: list[int] = field(default_factory=lambda: [0] * PERIODS)
    # Documents that enter a period as open, less those that left before it.
    entered: list[int] = field(default_factory=lambda: [0] * (PERIODS + 1))

    def close(self, document: Document) -> None:
        last = period_of(document.delay)
        self.entered[min(first_period(document), last)] += 1
        if last < PERIODS:
            self.paid[last] += 1
            self.entered[last + 1] -= 1

    def wait(self, document: Document, day: int) -> None:
        """Count a document that is open: only the periods that passed."""
        first, now = first_period(document), period_of(day - document.due + 1)
        if now > first:
            self.entered[first] += 1
            self.entered[now] -= 1

    def at_risk(self) -> list[int]:
        return list(accumulate(self.entered[:PERIODS]))

    def doubled(self) -> "Exposure":
        return Exposure(self.paid[:], self.entered[:])


def first_period(document: Document) -> int:
    """Return the period in which a document was issued."""
    return min(period_of(document.issued - document.due + 1), PERIODS - 1)


@dataclass
class Habits:
    """What a customer did until a day.

    :param paid: documents paid, ``late`` of them after the due date
    :param delays: sum of their delays, ``squares`` of the squares
    :param recent: weighted mean of the delays, the newest counting most
    """

    paid: int = 0
    late: int = 0
    delays: float = 0.0
    squares: float = 0.0
    recent: float | None = None
    amounts: float = 0.0
    issued: int = 0
    exposure: Exposure = field(default_factory=Exposure)
    open: dict[int, Document] = field(default_factory=dict)
    events: dict[str, list[int]] = field(
        default_factory=lambda: {BROKEN: [], DISPUTE: []}
    )

    def issue(self, document: Document) -> None:
        self.issued += 1
        self.amounts += document.amount
        self.open[document.id] = document

    def close(self, document: Document) -> None:
        del self.open[document.id]
        delay = min(max(document.delay, EARLIEST), LATEST)
        self.paid += 1
        self.late += delay > 0
        self.delays += delay
        self.squares += delay * delay
        before = delay if self.recent is None else self.recent
        self.recent = before + RECENT * (delay - before)
        self.exposure.close(document)

    def happen(self, event: Event) -> None:
        self.events[event.kind].append(event.day)

    def seen(self, day: int) -> Exposure:
        """Return the exposure with the documents that are open on the day."""
        exposure = self.exposure.doubled()
        for document in self.open.values():
            exposure.wait(document, day)
        return exposure


def by_customer(rows: Iterable) -> dict[int, list]:
    found = defaultdict(list)
    for row in rows:
        found[row.customer].append(row)
    return found


def walk(
    documents: Sequence[Document],
    events: Sequence[Event],
    questions: Sequence[Question],
) -> Iterator[tuple[list[Question], Habits]]:
    """Yield the questions of a customer and day, with its habits on that day.

    The habits go on changing afterwards: read them before the next step. What is
    dated after the day of a question cannot be in them: each customer is walked
    through day by day, and asked about on the day of the question.
    """
    all_documents, all_events = by_customer(documents), by_customer(events)
    asked = defaultdict(lambda: defaultdict(list))
    for question in questions:
        asked[question.document.customer][question.day].append(question)
    for customer, days in asked.items():
        habits = Habits()
        do = {ISSUE: habits.issue, CLOSE: habits.close, EVENT: habits.happen}
        for _day, kind, row in _steps(
            all_documents.get(customer, ()), all_events.get(customer, ()), days
        ):
            if kind == ASK:
                yield row, habits
            else:
                do[kind](row)


def _steps(documents, events, days) -> list[tuple]:
    steps = [(document.issued, ISSUE, document) for document in documents]
    steps += [
        # Paid in advance: known once the document is.
        (max(document.closed, document.issued), CLOSE, document)
        for document in documents
        if document.closed is not None
    ]
    steps += [(event.day, EVENT, event) for event in events]
    steps += [(day, ASK, questions) for day, questions in days.items()]
    # Stable: within a day the documents keep their order.
    steps.sort(key=itemgetter(0, 1))
    return steps
