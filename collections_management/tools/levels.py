"""Dunning levels: which one comes next, and when.

A level *due* is a function of an item's age; a level *reached* is a fact, the
last one at which a reminder that the item triggered was sent. Levels compare by
their delay, never by their record, so a change of policy neither repeats nor
skips one.
"""

from bisect import bisect_right
from datetime import date, timedelta
from typing import NamedTuple

LATE_START_ENTRY = "entry"
LATE_START_AGE = "age"


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
    """Return the last level whose delay has passed at ``age`` days."""
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

    :param due: the item's due date
    :param jump_delay: a supervisor's jump: go straight to this level
    :return: ``None`` when the policy has nothing more to say
    """
    levels = policy.overdue_levels
    if not levels:
        return None
    age = (today - due).days
    if jump_delay is not None:
        level = level_due(levels, jump_delay)
        if level and _after(level, history.item_delay):
            return _step(policy, level, today, history, levels)
    if history.customer_delay is None:
        step = _first_step(policy, levels, due, age, history, today)
    else:
        step = _climbing_step(policy, levels, due, age, history, today)
    return step or _repeat_step(policy, levels, history, today)


def _first_step(policy, levels, due, age, history, today):
    """A customer whom no overdue level has reached yet."""
    level = level_due(levels, age)
    if level is None:
        first = levels[0]
        return _step(policy, first, due + timedelta(days=first.delay), history, levels)
    if policy.late_start != LATE_START_AGE:
        entry = levels[0].delay if policy.entry_delay is None else policy.entry_delay
        level = level_due(levels, min(level.delay, max(entry, levels[0].delay)))
    return _step(policy, level, today, history, levels)


def _climbing_step(policy, levels, due, age, history, today):
    """At most one level above the last one sent to this customer."""
    above = [level for level in levels if level.delay > history.customer_delay]
    ceiling = above[0].delay if above else levels[-1].delay
    open_levels = [
        level
        for level in levels
        if level.delay <= ceiling and _after(level, history.item_delay)
    ]
    passed = [level for level in open_levels if level.delay <= age]
    if passed:
        return _step(policy, passed[-1], today, history, levels)
    if open_levels:
        level = open_levels[0]
        return _step(policy, level, due + timedelta(days=level.delay), history, levels)
    return None


def _repeat_step(policy, levels, history, today):
    """The last level again, as often as the policy says."""
    repeats = history.item_count - 1
    if (
        not policy.repeat_days
        or history.item_date is None
        or history.item_delay is None
        or history.item_delay < levels[-1].delay
        or repeats >= policy.max_repeats
    ):
        return None
    when = max(today, history.item_date + timedelta(days=policy.repeat_days))
    return Step(levels[-1], _paced(policy, when, history), history.item_count + 1)


def next_preventive_step(
    policy: Policy, due: date, history: History, today: date
) -> Step | None:
    """Return the next step of an item that is not overdue, today or later."""
    age = (today - due).days
    levels = policy.preventive_levels
    current = level_due(levels, age)
    if current and _after(current, history.item_delay):
        when = _paced(policy, today, history)
        return Step(current, when) if when <= due else None
    for level in levels:
        if level.delay > age and _after(level, history.item_delay):
            when = _paced(policy, due + timedelta(days=level.delay), history)
            return Step(level, when) if when <= due else None
    return None


def _after(level: Level, delay: int | None) -> bool:
    return delay is None or level.delay > delay


def _step(policy, level, when, history, levels):
    """Pace a step, and step down from a formal level without its predecessor."""
    position = levels.index(level)
    while level.formal and not _predecessor_sent(levels, position, history):
        position -= 1
        if position < 0:
            return None
        level = levels[position]
    if not _after(level, history.item_delay):
        return None
    return Step(level, _paced(policy, when, history))


def _predecessor_sent(levels, position, history) -> bool:
    if position == 0 or history.customer_delay is None:
        return False
    return history.customer_delay >= levels[position - 1].delay


def _paced(policy: Policy, when: date, history: History) -> date:
    """Not before the policy's minimum days since the customer's last reminder."""
    if history.last_date is None:
        return when
    return max(when, history.last_date + timedelta(days=policy.min_days))
