"""What speaks for an early or a late payment, as known on the day of the question.

History of payments, open debt, issues and promises, the document itself. No names,
tags, notes, country or anything else of the person.
"""

import math
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from .curves import PERIODS
from .documents import BROKEN, DISPUTE, Document, Event
from .history import Habits, Question, walk
from .prior import Prior

YEAR = 365
LONGEST = 180
NAMES = (
    "delay",
    "late",
    "recent",
    "spread",
    "paid",
    "overdue_count",
    "open_count",
    "oldest",
    "size",
    "amount",
    "disputes",
    "broken",
    "terms",
)


class Snapshot(NamedTuple):
    """A question with what is known on its day.

    :param values: as in ``NAMES``
    :param hazards: of the customer, shrunk towards what is usual
    :param usual: hazards of the group that it was shrunk towards
    """

    question: Question
    values: tuple[float, ...]
    hazards: tuple[float, ...]
    usual: tuple[float, ...]

    @property
    def age(self) -> int:
        """Days since the due date; negative: not due."""
        return self.question.day - self.question.document.due

    def value(self, name: str) -> float:
        return self.values[NAMES.index(name)]


def snapshots(
    documents: Sequence[Document],
    events: Sequence[Event],
    questions: Sequence[Question],
    prior: Prior,
) -> Iterator[Snapshot]:
    """Yield what is known for each question on its day."""
    for asked, habits in walk(documents, events, questions):
        day = asked[0].day
        seen = habits.seen(day)
        at_risk = seen.at_risk()
        usual_of = {}
        for question in asked:
            group = question.document.group
            if group not in usual_of:
                usual = prior.of(group)
                usual_of[group] = (
                    usual.hazards,
                    _shrunk(seen.paid, at_risk, usual.hazards, prior.strength),
                    _habits(habits, usual, prior.strength, day),
                )
            hazards, own, values = usual_of[group]
            mine = (*values, *_document(question, habits, day))
            yield Snapshot(question, mine, own, hazards)


def _shrunk(paid, at_risk, usual, strength) -> tuple[float, ...]:
    return tuple(
        (paid[period] + strength * usual[period]) / (at_risk[period] + strength)
        for period in range(PERIODS)
    )


def _habits(habits: Habits, usual, strength: float, day: int) -> tuple[float, ...]:
    """The first five values: what the customer usually does."""
    count = habits.paid + strength
    delay = (habits.delays + strength * usual.delay) / count
    square = (habits.squares + strength * usual.square) / count
    recent = usual.delay if habits.recent is None else habits.recent
    known = min(habits.paid, 5)
    return (
        delay,
        (habits.late + strength * usual.late) / count,
        (recent * known + usual.delay * 2) / (known + 2),
        math.sqrt(max(0.0, square - delay * delay)),
        math.log1p(habits.paid),
    )


def _document(question: Question, habits: Habits, day: int) -> tuple[float, ...]:
    """The other values: other open documents, this one, issues and promises."""
    own = question.document
    others = [row for row in habits.open.values() if row.id != own.id]
    overdue = [day - row.due for row in others if row.due < day]
    size = 0.0
    if habits.issued > 1 and own.amount > 0:
        mean = (habits.amounts - own.amount) / (habits.issued - 1)
        size = math.log(own.amount / mean) if mean > 0 else 0.0
    return (
        float(min(len(overdue), 20)),
        math.log1p(len(others)),
        float(min(max(overdue, default=0), LONGEST)),
        min(max(size, -5.0), 5.0),
        math.log1p(max(own.amount, 0.0)),
        _lately(habits.events[DISPUTE], habits, day),
        _lately(habits.events[BROKEN], habits, day),
        float(min(own.due - own.issued, LONGEST)),
    )


def _lately(days: list[int], habits: Habits, day: int) -> float:
    """Events of the last year for each document of the customer, at most one."""
    return min(1.0, sum(day - YEAR < when for when in days) / max(1, habits.issued))
