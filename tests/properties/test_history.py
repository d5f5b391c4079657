"""Months of dunning, with payments, pauses, missed runs and other policies.

Whatever happens, the promises of the design's section *Levels* hold for every
single reminder.
"""

from collections import Counter
from datetime import timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from .world import days, worlds

EXAMPLES = settings(max_examples=60)


def live(world, days):
    """Let the days pass; yield each decision before it is followed."""
    for gap, event in days:
        world.today += timedelta(days=gap)
        if event:
            name, number = event
            getattr(world, name)(number)
        decision = world.decide()
        yield decision
        step = decision.step
        if step and step.date <= world.today:
            world.send(decision)
            world.jump_delay = None


def sendings(world, days):
    """Yield the decisions that send something, before they do."""
    for decision in live(world, days):
        if decision.step and decision.step.date <= world.today:
            yield decision


def overdue_delays(policy):
    return [level.delay for level in policy.overdue_levels]


# === EVERY REMINDER === #


@EXAMPLES
@given(worlds, days)
def test_nobody_gets_the_same_reminder_twice(world, days):
    for _decision in live(world, days):
        pass
    keys = Counter(sent[:4] for sent in world.sent)
    assert set(keys.values()) <= {1}


@EXAMPLES
@given(worlds, days)
def test_an_item_only_climbs(world, days):
    """Except for repeats of the last level, which count up."""
    for decision in sendings(world, days):
        known = world.history().items.get(decision.line_id)
        step = decision.step
        if known is None or known.delay < step.level.delay:
            assert step.occurrence == 1
        else:
            assert step.level == world.policy.overdue_levels[-1]
            assert known.delay == step.level.delay
            assert step.occurrence == known.count + 1
            assert known.count <= world.policy.max_repeats


@EXAMPLES
@given(worlds, days)
def test_a_customer_climbs_one_level_at_a_time(world, days):
    for decision in sendings(world, days):
        reached = world.customer_delay()
        if not decision.overdue or reached is None or world.jump_delay is not None:
            continue
        above = [d for d in overdue_delays(world.policy) if d > reached]
        assert decision.step.level.delay <= min(above, default=reached)


@EXAMPLES
@given(worlds, days)
def test_a_late_starter_begins_at_the_entry_level(world, days):
    for decision in sendings(world, days):
        policy, level = world.policy, decision.step.level
        if not decision.overdue or world.customer_delay() is not None:
            continue
        assert not level.formal
        if world.jump_delay is None and policy.late_start == "entry":
            first = next(lev for lev in policy.overdue_levels if not lev.formal)
            assert level.delay <= max(policy.entry_delay or 0, first.delay)


@EXAMPLES
@given(worlds, days)
def test_a_formal_level_has_a_predecessor_that_was_sent(world, days):
    for decision in sendings(world, days):
        level = decision.step.level
        if level.formal:
            below = [d for d in overdue_delays(world.policy) if d < level.delay]
            assert world.customer_delay() >= max(below, default=1)


@EXAMPLES
@given(worlds, days)
def test_no_level_comes_before_its_day(world, days):
    for decision in sendings(world, days):
        if world.jump_delay is None:
            age = (world.today - world.items[decision.line_id].due).days
            assert decision.step.level.delay <= age


@EXAMPLES
@given(worlds, days)
def test_reminders_keep_their_distance(world, days):
    for _decision in sendings(world, days):
        if world.sent:
            distance = (world.today - world.sent[-1].date).days
            assert distance >= max(1, world.policy.min_days)


@EXAMPLES
@given(worlds, days)
def test_the_oldest_item_triggers(world, days):
    for decision in sendings(world, days):
        trigger = world.items[decision.line_id]
        assert trigger.paused < 1
        if not decision.overdue:
            assert trigger.due >= world.today
            assert decision.step.level.delay <= 0
            continue
        assert trigger.due < world.today
        older = [
            item
            for item in world.open_items()
            if item.amount > 0 and not item.paused and item.due < trigger.due
        ]
        if world.credit == 0:
            assert not any(speaks(world, item) for item in older)


def speaks(world, item):
    """Whether the policy has something left to say about an item alone."""
    alone = world.policy._replace(tolerance=0.0, minimum=0.0)
    policy, world.policy = world.policy, alone
    step = world.decide(items=[item]).step
    world.policy = policy
    return step is not None


@EXAMPLES
@given(worlds, days)
def test_nothing_is_asked_where_credits_cover_the_debt(world, days):
    for decision in sendings(world, days):
        if decision.overdue:
            items = world.open_items()
            overdue = sum(
                item.amount
                for item in items
                if item.amount < 0 or item.due < world.today
            )
            assert overdue > world.policy.tolerance
            assert decision.reason is None


# === EVERY FORECAST === #


@EXAMPLES
@given(worlds, days)
def test_a_decision_is_a_step_or_a_reason(world, days):
    for decision in live(world, days):
        assert decision.step or decision.reason
        assert (decision.step is None) == (decision.line_id is None)


@EXAMPLES
@given(worlds, days)
def test_no_step_is_in_the_past(world, days):
    for decision in live(world, days):
        if decision.step:
            assert decision.step.date >= world.today


@EXAMPLES
@given(worlds, days, st.integers(0, 30))
def test_the_next_step_is_the_same_until_its_day(world, days, wait):
    for decision in live(world, days):
        if decision.step is None:
            continue
        later = min(world.today + timedelta(days=wait), decision.step.date)
        for day in (later, decision.step.date):
            again = world.decide(day)
            assert (again.step, again.line_id) == (decision.step, decision.line_id)


@EXAMPLES
@given(worlds, days)
def test_who_has_no_next_step_gets_nothing_while_nothing_changes(world, days):
    for decision in live(world, days):
        if decision.step is None:
            for wait in (1, 7, 40):
                assert world.decide(world.today + timedelta(days=wait)).step is None


@EXAMPLES
@given(worlds, days, st.randoms(use_true_random=False))
def test_the_order_of_items_does_not_matter(world, days, random):
    for decision in live(world, days):
        items = world.open_items()
        random.shuffle(items)
        assert world.decide(items=items) == decision
