"""Dunning levels: which one comes next, and when.

A level *due* is a function of an item's age; a level *reached* is a fact, the
last one at which a reminder that the item triggered was sent. Levels compare by
their delay, never by their record, so a change of policy neither repeats nor
skips one.
"""

from bisect import bisect_right
from collections.abc import Sequence
from datetime import date, timedelta
from typing import NamedTuple

LATE_START_ENTRY = "entry"
LATE_START_AGE = "age"

# A jump to the level that is due by age.
ANY_DELAY = 10**6


class Level(NamedTuple):
    """A dunning level: days relative to the due date, negative before it."""

    id: int
    delay: int
    formal: bool = False


class Policy(NamedTuple):
    """What a policy says about pace. ``levels`` are sorted by delay.

    :param entry_delay: where a late starter begins; ``None``: the first overdue
        level
    :param late_start: ``entry``, or ``age`` for the level due by age (never a
        formal one)
    :param repeat_days: days between repeats of the last level; 0: no repeat
    :param payment_day_wait: days that a reminder waits for the eve of the customer's
        payment day
    """

    id: int
    levels: tuple[Level, ...]
    entry_delay: int | None = None
    late_start: str = LATE_START_ENTRY
    min_days: int = 0
    repeat_days: int = 0
    max_repeats: int = 0
    tolerance: float = 0.0
    minimum: float = 0.0
    payment_day_wait: int = 0

    @property
    def overdue_levels(self) -> tuple[Level, ...]:
        return tuple(level for level in self.levels if level.delay > 0)

    @property
    def preventive_levels(self) -> tuple[Level, ...]:
        return tuple(level for level in self.levels if level.delay <= 0)


class History(NamedTuple):
    """What was sent in the current cycle.

    :param customer_delay: highest overdue level sent to the customer for an item
        that is still open
    :param item_delay: highest level sent for the item that triggers
    :param item_count: how often that highest level was sent for the item
    :param item_date: when it was last sent for the item
    :param last_date: when the customer last got any reminder
    """

    customer_delay: int | None = None
    item_delay: int | None = None
    item_count: int = 0
    item_date: date | None = None
    last_date: date | None = None


class Step(NamedTuple):
    """The next reminder of an item: level, on or after a date, and which repeat."""

    level: Level
    date: date
    occurrence: int = 1


def level_due(levels: tuple[Level, ...], age: int) -> Level | None:
    """Return the last level whose delay has passed at ``age`` days.

    >>> level_due((Level(1, 3), Level(2, 10)), 9)
    Level(id=1, delay=3, formal=False)
    """
    position = bisect_right(levels, age, key=lambda level: level.delay)
    return levels[position - 1] if position else None


def next_overdue_step(
    policy: Policy,
    due: date,
    history: History,
    today: date,
    jump_delay: int | None = None,
) -> Step | None:
    """Return the next step of an overdue item, today or later.

    A step of a later day is the one that this function will return on that day,
    unless facts change until then.

    :param due: the item's due date
    :param jump_delay: a supervisor's jump: go straight to this level, or with
        ``ANY_DELAY`` to the one due by age
    :return: ``None`` when the policy has nothing more to say
    """
    start = _first_day(policy, history, today)
    levels = _allowed_levels(policy.overdue_levels, history)
    if not levels:
        return None
    if jump_delay is not None:
        reach = (start - due).days if jump_delay == ANY_DELAY else jump_delay
        level = level_due(levels, reach)
        if level and _is_open(level, history):
            return Step(level, start)
    ceiling = _ceiling(policy, levels, history)
    within = [level for level in levels if level.delay <= ceiling]
    return _next_open(within, due, history, start) or _repeat(policy, history, start)


def next_preventive_step(
    policy: Policy, due: date, history: History, today: date
) -> Step | None:
    """Return the next step of an item that is not overdue, today or later.

    :return: ``None`` when nothing is left to say until the due date
    """
    start = _first_day(policy, history, today)
    if start > due:
        return None
    return _next_open(policy.preventive_levels, due, history, start)


def _first_day(policy: Policy, history: History, today: date) -> date:
    """The policy's minimum days after the customer's last reminder, at least one.

    Two runs on one day are no reason for two reminders.
    """
    if history.last_date is None:
        return today
    return max(today, history.last_date + timedelta(days=max(policy.min_days, 1)))


def _allowed_levels(levels: tuple[Level, ...], history: History) -> tuple[Level, ...]:
    """All but the formal ones whose predecessor was not sent to the customer."""
    sent = history.customer_delay
    below = (None, *(level.delay for level in levels[:-1]))
    return tuple(
        level
        for level, predecessor in zip(levels, below, strict=False)
        if not level.formal
        or (sent is not None and (predecessor is None or sent >= predecessor))
    )


def _ceiling(policy: Policy, levels: tuple[Level, ...], history: History) -> int:
    """How far this customer may go: one above the last one sent, or the entry."""
    sent = history.customer_delay
    if sent is not None:
        return next((level.delay for level in levels if level.delay > sent), sent)
    if policy.late_start == LATE_START_AGE:
        return levels[-1].delay
    return max(policy.entry_delay or 0, levels[0].delay)


def _next_open(
    levels: Sequence[Level], due: date, history: History, start: date
) -> Step | None:
    """The last level that has passed by ``start``, else the first one to come."""
    still_open = [level for level in levels if _is_open(level, history)]
    passed = [level for level in still_open if level.delay <= (start - due).days]
    if passed:
        return Step(passed[-1], start)
    if not still_open:
        return None
    return Step(still_open[0], due + timedelta(days=still_open[0].delay))


def _is_open(level: Level, history: History) -> bool:
    """Whether nothing as high was sent for the item yet."""
    return history.item_delay is None or level.delay > history.item_delay


def _repeat(policy: Policy, history: History, start: date) -> Step | None:
    """The last level again, as often as the policy says."""
    last = policy.overdue_levels[-1]
    if (
        not policy.repeat_days
        or history.item_date is None
        or history.item_delay != last.delay
        or history.item_count > policy.max_repeats
    ):
        return None
    when = max(start, history.item_date + timedelta(days=policy.repeat_days))
    return Step(last, when, history.item_count + 1)
