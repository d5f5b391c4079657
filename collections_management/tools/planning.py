"""What one case needs next: the trigger, the level and the day, or why nothing.

The caller loads open items and history for many cases at once; this module
decides for each of them, without database and without clock.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import NamedTuple

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

# A jump to whatever level the item's age has reached.
ANY_DELAY = 10**6

# Why nothing is asked; the texts live in the model.
COVERED = "covered"
BELOW_MINIMUM = "below_minimum"
IN_OUTBOX = "in_outbox"
NO_POLICY = "no_policy"
NOTHING_OPEN = "nothing_open"
PAUSED = "paused"
POLICY_DONE = "policy_done"


class OpenItem(NamedTuple):
    """One open item, as the loader reads it.

    Amounts are signed: positive for a debit, negative for a credit. ``followed``
    is false where dunning is switched off for a debit, ``paused`` where something
    agreed (a hold, a promise, a dispute) covers it.
    """

    line_id: int
    due: date
    currency_id: int
    amount: float
    amount_currency: float
    followed: bool = True
    paused: bool = False


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


class Decision(NamedTuple):
    """The outcome for one case.

    :param step: the next step, or ``None``; then ``reason`` says why
    :param line_id: the item that triggers it
    :param overdue: whether the step belongs to an overdue item
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
) -> Decision:
    """Decide the next step of a case.

    :param items: all open items of the customer, in any order
    :param rates: company currency for one unit of a currency, on the day
    :param to_confirm: payments under way by currency; they cover like credits
    :param jump_delay: a supervisor's jump to this level
    """
    debits, credits = _split(items, to_confirm)
    if not debits:
        return Decision(NOTHING_OPEN)
    left = uncovered_amounts(
        [
            Debit(i.currency_id, i.amount, i.amount_currency, i.due < today)
            for i in debits
        ],
        credits,
        rates,
    )
    net = sum(a for i, a in zip(debits, left, strict=True) if i.due < today)
    if policy is None:
        return Decision(NO_POLICY, net=net)
    free = [
        (i, amount)
        for i, amount in zip(debits, left, strict=True)
        if not i.paused and amount > ROUNDING
    ]
    return _choose(policy, free, history, today, jump_delay, net)._replace(net=net)


def _split(items, to_confirm):
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


def _choose(policy, free, history, today, jump_delay, net) -> Decision:
    """The earliest step wins; on the same day, overdue beats preventive."""
    overdue = _overdue_decision(policy, free, history, today, jump_delay, net)
    preventive = _preventive_decision(policy, free, history, today)
    if overdue.step is None:
        return preventive if preventive.step else overdue
    if preventive.step and preventive.step.date < overdue.step.date:
        return preventive
    return overdue


def _overdue_decision(policy, free, history, today, jump_delay, net) -> Decision:
    overdue = [(item, amount) for item, amount in free if item.due < today]
    asked = sum(amount for _item, amount in overdue)
    if net <= policy.tolerance:
        return _upcoming_overdue(policy, free, history, today)
    if asked <= policy.tolerance:
        return Decision(PAUSED)
    if asked < policy.minimum:
        return Decision(BELOW_MINIMUM)
    item = overdue[0][0]
    step = next_overdue_step(
        policy, item.due, _item_history(history, item), today, jump_delay
    )
    if step is None:
        return Decision(POLICY_DONE)
    return Decision(None, step, item.line_id, overdue=True)


def _upcoming_overdue(policy, free, history, today) -> Decision:
    """Nothing is overdue now: what the oldest item gets if it stays unpaid."""
    upcoming = [item for item, _amount in free if item.due >= today]
    if not upcoming:
        return Decision(COVERED)
    item = upcoming[0]
    step = next_overdue_step(policy, item.due, _item_history(history, item), today)
    if step is None:
        return Decision(POLICY_DONE)
    return Decision(None, step, item.line_id, overdue=True)


def _preventive_decision(policy, free, history, today) -> Decision:
    best = Decision(NOTHING_OPEN)
    for item, amount in free:
        if item.due < today or amount <= policy.tolerance:
            continue
        step = next_preventive_step(
            policy, item.due, _item_history(history, item), today
        )
        if step and (best.step is None or step.date < best.step.date):
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
