"""What acting on a customer today is worth, and what that is made of.

    value = amount × response × urgency ÷ effort
    response = (1 − chance of being paid soon by itself) × chance of an answer
               × what is still to be had at this age

It is the money that a contact of today is expected to bring forward, for the work
of one call. Who pays anyway gains nothing by a call, who never answers neither, an
old debt is hard to get, a message is quickly written: an hour goes where it brings
most. The order is a proposal to a person; nothing is sent or refused because of it.

Only what is owed and how it was paid and answered counts: never names, tags, notes,
country or other properties of a person.
"""

import math
from typing import NamedTuple

# How a customer is best contacted, and what makes it urgent.
CALL, WRITE, ADDRESS = "call", "write", "address"
EDGE, BROKEN, DUE = "edge", "broken", "due"

# Bands of the age of a debt, in days overdue; the last day of each.
EDGES = (30, 60, 90, 120)
# With so many days left, the last one counted, it gets urgent.
EDGE_DAYS = 7
DUE_DAYS = 3
# Money "soon" comes within so many days, as in the predictions.
SOON = 14
# Days late that are usual where nothing was paid yet.
USUAL_DELAY = 15.0
# Chance of an answer before anything is known, as if seen in so many attempts.
ANSWERS = {CALL: 0.5, WRITE: 0.2, ADDRESS: 0.25}
ATTEMPTS = 4
# After so many calls in a row without an answer one writes.
MISSED = 3


class Weights(NamedTuple):
    """What a company finds important.

    :param edge: urgency added on the last day before the next band of age
    :param broken: urgency added by a promise that was not kept
    :param due: urgency added on the day on which a promise or cheque is due
    :param half_life: days overdue after which half of a debt can still be had
    :param message: work of a message, where a call is 1
    :param address: work of finding an address and then calling
    """

    edge: float = 0.5
    broken: float = 1.0
    due: float = 0.5
    half_life: int = 180
    message: float = 0.3
    address: float = 2.0


class Facts(NamedTuple):
    """What is known of a customer; ``None``: nothing is known, or may be used.

    :param amount: what there is to ask for, in company currency
    :param days: days overdue of the oldest document
    :param soon: predicted chance of being paid within two weeks by itself
    :param habit: average days late of what was paid in the last 12 months
    :param calls, answered: calls of 12 months, and those in which who decides on
        payments answered
    :param missed: calls since somebody last answered
    :param written, replied: messages of 12 months to the customer, and from it
    :param is_broken: a promise was not kept, and nobody talked about it since
    :param due: days until the next promise or cheque falls due; negative: since
    """

    amount: float
    days: int = 0
    has_phone: bool = True
    can_write: bool = True
    soon: float | None = None
    habit: float | None = None
    calls: int = 0
    answered: int = 0
    missed: int = 0
    written: int = 0
    replied: int = 0
    is_broken: bool = False
    due: int | None = None


USUAL = Weights()


class Reason(NamedTuple):
    """Something urgent: how much it adds, and in how many days it happens."""

    code: str
    points: float
    days: int


class Priority(NamedTuple):
    """The value, in company currency, and the components that give it.

    :param soon: chance of being paid within two weeks without anybody acting
    :param answer: chance that the customer answers
    :param still: share of a debt of this age that can still be had
    :param urgency: 1 and more
    :param effort: work, where a call is 1
    :param way: `call`, `write` or `address` (there is none to call or write to)
    """

    value: float
    amount: float
    soon: float
    answer: float
    still: float
    urgency: float
    effort: float
    way: str
    reasons: tuple[Reason, ...]

    @property
    def response(self) -> float:
        """Chance that a contact changes whether the money comes."""
        return (1 - self.soon) * self.answer * self.still


def rate(facts: Facts, weights: Weights = USUAL) -> Priority:
    """Return what acting on a customer today is worth.

    >>> called = rate(Facts(1000.0, days=45, soon=0.2, calls=8, answered=7))
    >>> round(called.answer, 2), round(called.response, 2), round(called.value)
    (0.75, 0.5, 505)
    >>> rate(Facts(0.0, days=45)).value
    0.0
    """
    amount = max(facts.amount, 0.0)
    way = best_way(facts)
    effort = {CALL: 1.0, WRITE: weights.message, ADDRESS: weights.address}[way]
    reasons = tuple(_urgent(facts, weights))
    found = Priority(
        value=0.0,
        amount=amount,
        soon=paid_soon(facts),
        answer=answer(facts, way),
        still=0.5 ** (max(facts.days, 0) / weights.half_life),
        urgency=1 + sum(reason.points for reason in reasons),
        effort=effort,
        way=way,
        reasons=reasons,
    )
    return found._replace(value=amount * found.response * found.urgency / found.effort)


def best_way(facts: Facts) -> str:
    """Return how to contact a customer: by phone, while it answers.

    >>> best_way(Facts(1.0)), best_way(Facts(1.0, missed=3))
    ('call', 'write')
    >>> best_way(Facts(1.0, has_phone=False, can_write=False))
    'address'
    """
    if facts.has_phone and not (facts.can_write and facts.missed >= MISSED):
        return CALL
    return WRITE if facts.can_write else ADDRESS


def paid_soon(facts: Facts) -> float:
    """Return the chance of being paid within two weeks without anybody acting.

    As predicted. Without a prediction the delay of a payment is taken as Lomax
    distributed with shape 1, whose median is its scale: of those who usually pay
    ``s`` days late and are ``d`` days late already, ``14 / (s + d + 14)`` pay within
    the next 14. So the chance falls with every day of waiting.

    Source: K. S. Lomax, *Business Failures: Another Example of the Analysis of
    Failure Data*, Journal of the American Statistical Association 49 (1954).

    >>> round(paid_soon(Facts(1.0, days=1, habit=0.0)), 2)
    0.93
    >>> round(paid_soon(Facts(1.0, days=90)), 2)
    0.12
    """
    if facts.soon is not None:
        return min(max(facts.soon, 0.0), 1.0)
    usual = USUAL_DELAY if facts.habit is None else max(facts.habit, 0.0)
    return SOON / (usual + max(facts.days, 0) + SOON)


def answer(facts: Facts, way: str) -> float:
    """Return the chance that the customer answers: its own share of answers, drawn
    towards what is usual while there are few attempts.

    >>> answer(Facts(1.0), CALL), answer(Facts(1.0, calls=4), CALL)
    (0.5, 0.25)
    """
    tried, got = {
        CALL: (facts.calls, facts.answered),
        WRITE: (facts.written, facts.replied),
        ADDRESS: (0, 0),
    }[way]
    return (min(got, tried) + ATTEMPTS * ANSWERS[way]) / (tried + ATTEMPTS)


def _urgent(facts: Facts, weights: Weights):
    """Yield what makes it urgent; what adds nothing is left out."""
    edge = next((edge for edge in EDGES if facts.days <= edge), None)
    # The day after its last one a debt is in the next band.
    left = None if edge is None or facts.days <= 0 else edge + 1 - facts.days
    due = None if facts.due is None else facts.due + 1
    found = (
        Reason(EDGE, weights.edge * _closeness(left, EDGE_DAYS), left or 0),
        Reason(BROKEN, weights.broken * facts.is_broken, 0),
        Reason(DUE, weights.due * _closeness(due, DUE_DAYS), facts.due or 0),
    )
    yield from (reason for reason in found if reason.points > 0)


def _closeness(left: int | None, most: int) -> float:
    """Return 0 while more than ``most`` days are left, 1 when it is one or none."""
    if left is None:
        return 0.0
    return min(max((most + 1 - left) / most, 0.0), 1.0)


def is_sane(weights: Weights) -> bool:
    """Tell whether weights can be worked with: positive efforts, no malus."""
    bonus = (weights.edge, weights.broken, weights.due)
    work = (weights.message, weights.address)
    return (
        all(math.isfinite(one) for one in weights)
        and min(bonus) >= 0
        and min(work) > 0
        and weights.half_life >= 1
    )
