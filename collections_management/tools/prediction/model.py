"""From documents to a prediction, and to a card that says how good it is."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from . import judge
from .curves import EDGES, around, curve, delay_at, given, paid_until, share_at
from .documents import Document, Event, is_late, known, known_events
from .features import Snapshot, snapshots
from .history import Question, by_customer
from .learned import Learned, chance_late, is_available, learn, learn_late
from .prior import Prior, learn_prior, own_strength

USUAL, LEARNED = "usual", "learned"
MEAN, DUE, PLAIN = "mean", "due", "plain"
# Paid documents from which on there is enough to learn weights from.
ENOUGH = 500
MOST = 20_000
# Judged on the newest quarter; on fewer documents nothing is proven.
HELD_OUT = 0.25
LEAST_JUDGED = 50
LOW, HALF, HIGH = 0.9, 0.5, 0.1
# Of what lies around the customer's mean; measured on the IBM ledger, the demo
# company and made-up ledgers of regular customers.
OWN = 0.7
# Weeks of the chances of payment kept of each document: a quarter, and one more.
WEEKS = 14


class Answer(NamedTuple):
    """When a document is paid: the share of such documents open after each period."""

    snapshot: Snapshot
    shares: list[float]

    def chance_over(self, delay: float) -> float:
        """Chance that it is still open so many days after the due date."""
        return share_at(self.shares, self.snapshot.age, delay)

    def paid_by_week(self, day: int, weeks: int = WEEKS) -> list[float]:
        """Chance that it is paid by the end of each of the weeks after a day."""
        since = day - self.snapshot.question.document.due
        delays = [since + 7 * number for number in range(1, weeks + 1)]
        return paid_until(self.shares, self.snapshot.age, delays)

    def delay(self, share: float = HALF) -> float:
        return delay_at(self.shares, self.snapshot.age, share)

    def is_within_reach(self, share: float = HALF) -> bool:
        """Tell whether that share is paid at all within the periods looked at."""
        return self.delay(share) < EDGES[-1]


@dataclass(frozen=True)
class Model:
    """What was learned; without weights only from what is usual."""

    prior: Prior
    learned: Learned | None = None

    def answer(
        self,
        documents: Sequence[Document],
        events: Sequence[Event],
        questions: Sequence[Question],
    ) -> Iterator[Answer]:
        """Answer questions with what is known on the day of each."""
        for one in snapshots(documents, events, questions, self.prior):
            if self.learned:
                yield Answer(one, self.learned.shares(one))
            else:
                yield Answer(one, _usual_shares(one))

    def to_json(self) -> dict:
        return {
            "prior": self.prior.to_json(),
            "learned": self.learned and self.learned.to_json(),
        }

    @classmethod
    def from_json(cls, data: dict) -> "Model":
        learned = data["learned"] and Learned.from_json(data["learned"])
        return cls(Prior.from_json(data["prior"]), learned)


def _usual_shares(snapshot: Snapshot) -> list[float]:
    """Mix what the periods say with what lies around the customer's mean.

    Both begin on the day the document was issued: one that is open long after the
    customer's usual day is left to the periods, which know how such ones end.
    """
    document = snapshot.question.document
    first = min(document.issued - document.due, -1)
    own = around(snapshot.value("delay"), snapshot.value("spread"), first)
    mixed = [
        (1 - OWN) * usual + OWN * around_mean
        for usual, around_mean in zip(curve(snapshot.hazards, first), own, strict=True)
    ]
    return given(mixed, first, snapshot.age)


class Card(NamedTuple):
    """What is to be known of a model before one trusts it.

    :param method: ``usual`` or ``learned``; ``None``: neither beats the plain ones
    :param judged: whether there was enough to judge on
    :param marks: of each method on the documents held out
    :param coverage: share of the documents paid within the range given
    """

    method: str | None
    judged: bool
    documents: int
    paid: int
    customers: int
    first: int | None
    last: int | None
    held_out_from: int | None
    held_out: int
    late_share: float
    marks: dict[str, judge.Marks]
    calibration: list[tuple[float, float, int]]
    coverage: float | None


def fit(documents, events, day: int, *, method: str) -> Model:
    """Learn from what is known on a day."""
    rows, seen = known(documents, day), known_events(events, day)
    if method == USUAL:
        return Model(learn_prior(rows, day, strength_of=own_strength))
    prior = learn_prior(rows, day)
    newest = sorted(rows, key=lambda row: (row.issued, row.id))[-MOST:]
    asked = [Question(row, row.issued) for row in newest]
    # In the order of the newest, so that the same data learn the same weights.
    return Model(prior, learn(list(snapshots(rows, seen, asked, prior)), day))


def train(
    documents: Sequence[Document], events: Sequence[Event], day: int
) -> tuple[Model | None, Card]:
    """Learn from what is known on a day, and judge it on the newest documents."""
    rows, seen = known(documents, day), known_events(events, day)
    # The past does not say in which segment a customer was: judged without.
    rows_then = [row._replace(group=None) for row in rows]
    start, held_out = _hold_out(rows_then, day)
    paid = _paid(known(rows_then, start - 1)) if is_available() else 0
    marks, answers = {}, []
    if held_out:
        marks, answers = judge_on(
            rows_then,
            seen,
            held_out,
            start - 1,
            with_learned=paid >= ENOUGH,
            with_plain=paid >= LEAST_JUDGED,
        )
    method = choose(marks, len(held_out))
    card = _card(method, rows, start, held_out, marks, answers, day)
    return method and fit(documents, events, day, method=method), card


def _paid(rows) -> int:
    return sum(row.closed is not None for row in rows)


def _hold_out(rows, day) -> tuple[int, list[Document]]:
    """Return the first day of what is held out, and those of which late is known."""
    due = sorted((row for row in rows if row.due < day), key=lambda row: row.issued)
    if not due:
        return day, []
    start = due[int(len(due) * (1 - HELD_OUT))].issued
    return start, [row for row in due if row.issued >= start]


def judge_on(
    documents, events, held_out, day: int, *, with_learned: bool, with_plain=True
) -> tuple[dict[str, judge.Marks], dict[str, list[Answer]]]:
    """Learn from what is known on a day, and judge on documents issued later.

    Each is asked about on the day it is issued, with what is known then.

    :param with_plain: also judge a plain logistic regression; needs scikit-learn
    """
    questions = [Question(row, row.issued) for row in held_out]
    methods = (USUAL, LEARNED) if with_learned else (USUAL,)
    answers, marks = {}, {}
    for method in methods:
        model = fit(documents, events, day, method=method)
        answers[method] = list(model.answer(documents, events, questions))
        marks[method] = _marks(answers[method])
    shots = [answer.snapshot for answer in answers[methods[-1]]]
    before = known(documents, day)
    marks.update(_baselines(shots, documents, model.prior))
    if with_plain:
        marks[PLAIN] = _plain(shots, before, events, day, model.prior)
    return marks, answers


def _marks(answers: list[Answer]) -> judge.Marks:
    rows = [answer.snapshot.question.document for answer in answers]
    late = [is_late(row) for row in rows]
    chances = [answer.chance_over(0) for answer in answers]
    paid = [answer for answer, row in zip(answers, rows, strict=True) if row.closed]
    return judge.Marks(
        judge.auc(chances, late),
        judge.brier(chances, late),
        judge.error(
            [round(answer.delay()) for answer in paid],
            [answer.snapshot.question.document.delay for answer in paid],
        ),
    )


def _baselines(shots: list[Snapshot], documents, prior: Prior) -> dict:
    """The customer's mean so far, and the due date with what is usual."""
    usual = prior.company
    late = [is_late(one.question.document) for one in shots]
    means, chances = [], []
    paid = {
        customer: [row for row in rows if row.closed is not None]
        for customer, rows in by_customer(documents).items()
    }
    for one in shots:
        before = [
            row
            for row in paid.get(one.question.document.customer, ())
            if row.closed <= one.question.day
        ]
        count = len(before)
        means.append(sum(r.delay for r in before) / count if count else usual.delay)
        chances.append(sum(map(is_late, before)) / count if count else usual.late)
    came = [n for n, one in enumerate(shots) if one.question.document.closed]
    delays = [shots[n].question.document.delay for n in came]
    flat = [usual.late] * len(late)
    return {
        MEAN: judge.Marks(
            judge.auc(means, late),
            judge.brier(chances, late),
            judge.error([round(means[n]) for n in came], delays),
        ),
        DUE: judge.Marks(
            judge.auc(flat, late),
            judge.brier(flat, late),
            judge.error([0] * len(came), delays),
        ),
    }


def _plain(shots: list[Snapshot], before, events, day: int, prior) -> judge.Marks:
    """A plain logistic regression of being late, on the same values."""
    due = [row for row in before if row.due < day]
    asked = [Question(row, row.issued) for row in due[-MOST:]]
    past = list(snapshots(before, known_events(events, day), asked, prior))
    weights = learn_late(past, [is_late(one.question.document) for one in past])
    late = [is_late(one.question.document) for one in shots]
    chances = [chance_late(weights, one) for one in shots]
    return judge.Marks(judge.auc(chances, late), judge.brier(chances, late), None)


def choose(marks: dict[str, judge.Marks], count: int) -> str | None:
    """Return the method to use: the best one that beats the plain ones.

    Each has to be at least as good as both plain ones; weights also in the order of
    documents, no worse than the plain regression (which gives no date to fall back
    on, so a hair behind is no reason for less), and better than what is usual. On too
    few documents nothing can be told, and what is usual is used.
    """
    if count < LEAST_JUDGED:
        return USUAL
    plain = [marks[name] for name in (MEAN, DUE)]
    best, usual = marks.get(LEARNED), marks[USUAL]
    if (
        best
        and all(judge.is_no_worse(best, other) for other in plain)
        and best.brier <= marks[PLAIN].brier + judge.HAIR
        and best.brier < usual.brier
    ):
        return LEARNED
    if all(judge.is_no_worse(usual, other, ranks=False) for other in plain):
        return USUAL
    return None


def _card(method, rows, start, held_out, marks, answers, day) -> Card:
    own = answers.get(method or USUAL, []) if held_out else []
    late = [is_late(answer.snapshot.question.document) for answer in own]
    paid = [answer for answer in own if answer.snapshot.question.document.closed]
    within = [
        answer.delay(LOW) - 1
        <= answer.snapshot.question.document.delay
        <= answer.delay(HIGH) + 1
        for answer in paid
    ]
    due = [row for row in rows if row.due < day]
    return Card(
        method=method,
        judged=len(held_out) >= LEAST_JUDGED,
        documents=len(rows),
        paid=_paid(rows),
        customers=len({row.customer for row in rows}),
        first=min((row.issued for row in rows), default=None),
        last=max((row.issued for row in rows), default=None),
        held_out_from=start if held_out else None,
        held_out=len(held_out),
        late_share=sum(map(is_late, due)) / len(due) if due else 0.0,
        marks=marks,
        calibration=judge.calibration([a.chance_over(0) for a in own], late),
        coverage=sum(within) / len(within) if within else None,
    )
