"""What a policy would send over the next days, if all went out and nobody paid."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import NamedTuple

from .levels import Level, Policy
from .planning import CaseHistory, Decision, ItemHistory, OpenItem, decide


class Sending(NamedTuple):
    """One reminder to come.

    :param amount: what it asks for, in company currency: what is overdue net of
        credits, or before the due date the document that triggers it
    """

    date: date
    level: Level
    occurrence: int
    amount: float


def forecast(
    policy: Policy,
    items: Sequence[OpenItem],
    history: CaseHistory,
    rates: Mapping[int, float],
    today: date,
    days: int,
    to_confirm: Mapping[int, float] | None = None,
) -> list[Sending]:
    """Return the reminders of one customer from today on.

    A step of a later day is the one that would be decided on that day, so it is
    enough to decide again on the day of each step.
    """
    last = today + timedelta(days=days)
    amounts = {item.line_id: item.amount for item in items}
    sendings = []
    day = today
    while day <= last:
        decision = decide(policy, items, history, rates, day, to_confirm)
        if decision.step is None or decision.step.date > last:
            break
        if decision.step.date > day:
            day = decision.step.date
            continue
        step = decision.step
        amount = decision.net if decision.overdue else amounts[decision.line_id]
        sendings.append(Sending(day, step.level, step.occurrence, amount))
        history = _sent(history, decision)
    return sendings


def _sent(history: CaseHistory, decision: Decision) -> CaseHistory:
    """Return the history with the step of a decision sent on its day."""
    step = decision.step
    reached = history.customer_delay
    if decision.overdue and (reached is None or step.level.delay > reached):
        reached = step.level.delay
    row = ItemHistory(step.level.delay, step.occurrence, step.date)
    return CaseHistory(reached, step.date, {**history.items, decision.line_id: row})
