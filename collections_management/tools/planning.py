"""What one case needs next: the trigger, the level and the day, or why nothing.

The caller loads open items and history for many cases at once; this module
decides for each of them, without database and without clock.
"""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import NamedTuple

from . import customer_days
from .levels import ANY_DELAY as ANY_DELAY
from .levels import (
    History,
    Policy,
    Step,
    next_overdue_step,
    next_preventive_step,
)
from .netting import Debit, uncovered_amounts

# Less than this is rounding, in any currency.
ROUNDING = 0.005

# Why nothing is asked; the texts live in the model.
COVERED = "covered"
BELOW_MINIMUM = "below_minimum"
NO_POLICY = "no_policy"
NOTHING_OPEN = "nothing_open"
PAUSED = "paused"
POLICY_DONE = "policy_done"
STOPPED = "stopped"
ESCALATED = "escalated"


class OpenItem(NamedTuple):
    """One open item, as the loader reads it.

    Amounts are signed: positive for a debit, negative for a credit. ``followed``
    is false where dunning is switched off for a debit; ``paused`` is the share of
    the debit, 0 to 1, that something agreed (a hold, a promise, a dispute) covers.
    """

    line_id: int
    due: date
    currency_id: int
    amount: float
    amount_currency: float
    followed: bool = True
    paused: float = 0.0


class ItemHistory(NamedTuple):
    """What was sent for one item in its current cycle."""

    delay: int
    count: int
    date: date


class CaseHistory(NamedTuple):
    """What was sent to one customer; see :class:`levels.History`."""

    customer_delay: int | None = None
    last_date: date | None = None
    items: Mapping[int, ItemHistory] = {}


class Claim(NamedTuple):
    """What is left to ask of a debit, in company currency."""

    item: OpenItem
    amount: float


class Decision(NamedTuple):
    """The outcome for one case.

    :param reason: why nothing overdue is asked for today, also where a later or
        a preventive step is known; always set where there is no step
    :param step: the next step, today or later
    :param line_id: the item that triggers it
    :param overdue: whether it is an overdue level, not a preventive one
    :param net: overdue amount that credits leave, in company currency
    """

    reason: str | None
    step: Step | None = None
    line_id: int | None = None
    overdue: bool = False
    net: float = 0.0


def decide(
    policy: Policy | None,
    items: Sequence[OpenItem],
    history: CaseHistory,
    rates: Mapping[int, float],
    today: date,
    to_confirm: Mapping[int, float] | None = None,
    jump_delay: int | None = None,
    pays: customer_days.Calendar | None = None,
) -> Decision:
    """Decide the next step of a case.

    :param items: all open items of the customer, in any order
    :param rates: company currency for one unit of a currency, on the day
    :param to_confirm: payments under way by currency; they cover like credits
    :param jump_delay: a supervisor's jump to this level, or ``ANY_DELAY``
    :param pays: the customer's payment days
    """
    debits, credits = _split(items, to_confirm)
    if not debits:
        return Decision(NOTHING_OPEN)
    owed = _claims(debits, credits, rates, today)
    net = _overdue_amount(owed, today)
    if policy is None:
        return Decision(NO_POLICY, net=net)
    free = _unpaused(owed)
    day = _asking_day(policy, free, today)
    reason = None
    if day != today:
        reason = _why_not(policy, debits[0].due < today, owed, free, today)
    options = [
        _before_payment(
            _overdue_option(policy, free, history, day, jump_delay),
            None if jump_delay else pays,
            policy.payment_day_wait,
        ),
        _preventive_option(policy, free, history, today),
    ]
    nothing = Decision(reason or (POLICY_DONE if day else BELOW_MINIMUM))
    # The earliest wins; on the same day the first one, so overdue beats preventive.
    best = min(filter(None, options), key=lambda o: o.step.date, default=nothing)
    return best._replace(reason=reason or best.reason, net=net)


def _split(
    items: Sequence[OpenItem], to_confirm: Mapping[int, float] | None
) -> tuple[list[OpenItem], dict[int, float]]:
    """Return followed debits, oldest first, and the credits by currency."""
    credits: dict[int, float] = dict(to_confirm or {})
    debits = []
    for item in items:
        if item.amount < 0 or (not item.amount and item.amount_currency < 0):
            credits[item.currency_id] = (
                credits.get(item.currency_id, 0.0) - item.amount_currency
            )
        elif item.followed:
            debits.append(item)
    debits.sort(key=lambda item: (item.due, item.line_id))
    return debits, credits


def _claims(
    debits: Sequence[OpenItem],
    credits: Mapping[int, float],
    rates: Mapping[int, float],
    today: date,
) -> list[Claim]:
    """Return the debits of which credits leave something, in the same order."""
    left = uncovered_amounts(
        [
            Debit(i.currency_id, i.amount, i.amount_currency, i.due < today)
            for i in debits
        ],
        credits,
        rates,
    )
    return [
        Claim(item, amount)
        for item, amount in zip(debits, left, strict=True)
        if amount > ROUNDING
    ]


def _unpaused(claims: Sequence[Claim]) -> list[Claim]:
    """Return what pauses leave of what is owed."""
    left = (
        Claim(item, amount - item.amount * min(item.paused, 1.0))
        for item, amount in claims
    )
    return [claim for claim in left if claim.amount > ROUNDING]


def _overdue_amount(claims: Sequence[Claim], today: date) -> float:
    return sum(claim.amount for claim in claims if claim.item.due < today)


def _asking_day(policy: Policy, free: Sequence[Claim], today: date) -> date | None:
    """Return the first day on which what is overdue is worth asking for.

    :param free: oldest first
    """
    asked = 0.0
    for claim in free:
        asked += claim.amount
        if asked > policy.tolerance + ROUNDING and asked > policy.minimum - ROUNDING:
            return max(today, claim.item.due + timedelta(days=1))
    return None


def _why_not(
    policy: Policy,
    overdue: bool,
    owed: Sequence[Claim],
    free: Sequence[Claim],
    today: date,
) -> str | None:
    """Return why nothing is asked today, ``None`` where nothing is overdue yet.

    :param overdue: whether there is an overdue debit, covered or not
    """
    limit = policy.tolerance + ROUNDING
    if _overdue_amount(owed, today) > limit:
        return BELOW_MINIMUM if _overdue_amount(free, today) > limit else PAUSED
    if overdue or not owed:
        return COVERED
    return None if free else PAUSED


def _overdue_option(
    policy: Policy,
    free: Sequence[Claim],
    history: CaseHistory,
    day: date | None,
    jump_delay: int | None,
) -> Decision | None:
    """The oldest item triggers, the next one when the policy is done with it.

    :param day: the first day to ask on, ``None`` for never
    """
    if day is None:
        return None
    for item, _amount in free:
        first = max(day, item.due + timedelta(days=1))
        known = _item_history(history, item)
        step = next_overdue_step(policy, item.due, known, first, jump_delay)
        if step:
            return Decision(None, step, item.line_id, overdue=True)
    return None


def _before_payment(
    option: Decision | None, pays: customer_days.Calendar | None, wait: int
) -> Decision | None:
    """What is overdue is asked for on the eve of a payment day, if that is near."""
    if option is None or pays is None:
        return option
    best = customer_days.best_day(pays, option.step.date, wait)
    return option._replace(step=option.step._replace(date=best))


def _preventive_option(
    policy: Policy, free: Sequence[Claim], history: CaseHistory, today: date
) -> Decision | None:
    best = None
    for item, amount in free:
        if item.due < today or amount <= policy.tolerance + ROUNDING:
            continue
        step = next_preventive_step(
            policy, item.due, _item_history(history, item), today
        )
        if step and (best is None or step.date < best.step.date):
            best = Decision(None, step, item.line_id)
    return best


def _item_history(history: CaseHistory, item: OpenItem) -> History:
    sent = history.items.get(item.line_id)
    return History(
        customer_delay=history.customer_delay,
        item_delay=sent.delay if sent else None,
        item_count=sent.count if sent else 0,
        item_date=sent.date if sent else None,
        last_date=history.last_date,
    )
