"""The design's section *Levels*, sentence by sentence: what one item gets next."""

from datetime import date, timedelta

import pytest

from collections_tools.levels import (
    ANY_DELAY,
    LATE_START_AGE,
    History,
    Level,
    Policy,
    Step,
    level_due,
    next_overdue_step,
    next_preventive_step,
)

DUE = date(2026, 3, 10)
BEFORE = Level(1, -3)
ON_DAY = Level(2, 0)
FIRST = Level(3, 3)
SECOND = Level(4, 10)
FORMAL = Level(5, 25, formal=True)
LEVELS = (BEFORE, ON_DAY, FIRST, SECOND, FORMAL)
POLICY = Policy(id=1, levels=LEVELS, min_days=3)
NOTHING_SENT = History()


def day(age):
    """The day on which the item is this many days overdue."""
    return DUE + timedelta(days=age)


def sent(delay, age, count=1, customer=None, last=None):
    """The item's level was sent ``age`` days after its due date."""
    return History(
        customer_delay=delay if customer is None else customer,
        item_delay=delay,
        item_count=count,
        item_date=day(age),
        last_date=day(age if last is None else last),
    )


def overdue(age, history=NOTHING_SENT, policy=POLICY, jump=None):
    return next_overdue_step(policy, DUE, history, day(age), jump)


def preventive(age, history=NOTHING_SENT, policy=POLICY):
    return next_preventive_step(policy, DUE, history, day(age))


# === DUE AND REACHED === #


@pytest.mark.parametrize(
    ("age", "level"),
    [
        (-4, None),
        (-3, BEFORE),
        (-1, BEFORE),
        (0, ON_DAY),
        (1, ON_DAY),
        (2, ON_DAY),
        (3, FIRST),
        (9, FIRST),
        (10, SECOND),
        (24, SECOND),
        (25, FORMAL),
        (1000, FORMAL),
    ],
)
def test_level_due_is_the_last_one_whose_delay_has_passed(age, level):
    assert level_due(LEVELS, age) == level


def test_no_level_is_due_without_levels():
    assert level_due((), 5) is None


@pytest.mark.parametrize(
    ("age", "on"), [(1, 3), (2, 3), (3, 3), (4, 4), (9, 9), (10, 10)]
)
def test_the_first_overdue_level_waits_for_its_day(age, on):
    assert overdue(age) == Step(FIRST, day(on))


@pytest.mark.parametrize(("age", "on"), [(3, 10), (9, 10), (10, 10), (11, 11)])
def test_a_level_reached_is_not_sent_again(age, on):
    assert overdue(age, sent(3, 3)) == Step(SECOND, day(on))


# === ONE ABOVE, AND THE PACE === #


def test_the_next_level_is_one_above_the_last_one_sent():
    assert overdue(100, sent(3, 97)) == Step(SECOND, day(100))
    assert overdue(100, sent(10, 97)) == Step(FORMAL, day(100))


def test_another_item_is_one_above_what_the_customer_got():
    behind = History(customer_delay=3, last_date=day(50))
    assert overdue(60, behind) == Step(SECOND, day(60))


def test_another_item_may_be_below_what_the_customer_got():
    behind = History(customer_delay=25, last_date=day(-1))
    assert overdue(2, behind) == Step(FIRST, day(3))
    assert overdue(4, behind) == Step(FIRST, day(4))
    assert overdue(12, behind) == Step(SECOND, day(12))


@pytest.mark.parametrize(("last", "on"), [(26, 30), (27, 30), (28, 31), (30, 33)])
def test_reminders_keep_the_minimum_days_between_them(last, on):
    assert overdue(30, sent(3, last)) == Step(SECOND, day(on))


def test_what_another_item_got_counts_for_the_minimum_days():
    assert overdue(11, sent(3, 3, last=10)) == Step(SECOND, day(13))


def test_two_runs_on_one_day_send_one_reminder():
    hasty = POLICY._replace(min_days=0)
    assert overdue(100, sent(3, 100), hasty) == Step(SECOND, day(101))


def test_the_level_is_the_one_of_the_day_on_which_it_may_go():
    """Not the one of today, when the minimum days put it off."""
    slow = POLICY._replace(min_days=10)
    behind = History(customer_delay=25, last_date=day(4))
    assert overdue(5, behind, slow) == Step(SECOND, day(14))


# === LATE STARTERS === #


@pytest.mark.parametrize("age", [3, 10, 25, 400])
def test_a_late_starter_begins_at_the_first_overdue_level(age):
    assert overdue(age) == Step(FIRST, day(age))


@pytest.mark.parametrize(
    ("age", "level", "on"),
    [
        (1, FIRST, 3),
        (9, FIRST, 9),
        (10, SECOND, 10),
        (400, SECOND, 400),
    ],
)
def test_a_late_starter_begins_at_the_entry_level(age, level, on):
    policy = POLICY._replace(entry_delay=10)
    assert overdue(age, policy=policy) == Step(level, day(on))


@pytest.mark.parametrize(
    ("age", "level", "on"),
    [(1, FIRST, 3), (9, FIRST, 9), (24, SECOND, 24), (25, SECOND, 25)],
)
def test_by_age_a_late_starter_never_begins_with_a_formal_level(age, level, on):
    policy = POLICY._replace(late_start=LATE_START_AGE)
    assert overdue(age, policy=policy) == Step(level, day(on))


def test_a_late_starter_climbs_level_by_level():
    assert overdue(103, sent(3, 100)) == Step(SECOND, day(103))
    assert overdue(106, sent(10, 103)) == Step(FORMAL, day(106))


def test_after_a_pause_a_customer_goes_on_one_above():
    assert overdue(300, sent(3, 5)) == Step(SECOND, day(300))


def test_a_preventive_reminder_is_no_start():
    warned = History(item_delay=0, item_count=1, item_date=DUE, last_date=DUE)
    assert overdue(100, warned) == Step(FIRST, day(100))


# === FORMAL LEVELS === #


def test_a_formal_level_follows_its_predecessor():
    assert overdue(25, sent(10, 10)) == Step(FORMAL, day(25))


def test_a_formal_level_does_not_follow_a_lower_one():
    assert overdue(25, sent(3, 20), jump=25) == Step(SECOND, day(25))


def test_a_policy_of_formal_levels_never_begins():
    policy = Policy(id=1, levels=(Level(1, 5, True), Level(2, 9, True)))
    assert overdue(30, policy=policy) is None


def test_a_formal_first_level_does_not_silence_the_others():
    policy = Policy(id=1, levels=(Level(1, 5, True), SECOND))
    assert overdue(30, policy=policy) == Step(SECOND, day(30))


def test_a_predecessor_under_another_policy_counts():
    stern = Policy(id=2, levels=(FORMAL, Level(9, 40)))
    assert overdue(30, sent(10, 12), stern) == Step(FORMAL, day(30))


# === JUMPS === #


def test_a_supervisor_jumps_over_levels():
    policy = POLICY._replace(levels=(*LEVELS[:4], Level(5, 25), Level(6, 40)))
    assert overdue(4, policy=policy, jump=25) == Step(Level(5, 25), day(4))
    assert overdue(4, sent(3, 3), policy, jump=25).level == Level(5, 25)


def test_a_jump_stops_below_a_formal_level_without_predecessor():
    assert overdue(30, jump=25) == Step(SECOND, day(30))


def test_a_jump_keeps_the_minimum_days():
    assert overdue(30, sent(3, 29), jump=10) == Step(SECOND, day(32))


def test_a_jump_to_what_was_sent_changes_nothing():
    assert overdue(30, sent(10, 20), jump=10) == Step(FORMAL, day(30))


@pytest.mark.parametrize(
    ("age", "level", "on"), [(1, FIRST, 3), (5, FIRST, 5), (12, SECOND, 12)]
)
def test_a_jump_by_age_goes_no_further_than_the_age(age, level, on):
    assert overdue(age, jump=ANY_DELAY) == Step(level, day(on))


# === CHANGE OF POLICY === #


@pytest.mark.parametrize(
    ("delay", "level", "on"), [(4, 7, 20), (7, 14, 20), (13, 14, 20), (14, 21, 21)]
)
def test_after_a_change_of_policy_levels_compare_by_delay(delay, level, on):
    other = Policy(id=2, levels=tuple(Level(70 + d, d) for d in (7, 14, 21)))
    assert overdue(20, sent(delay, 15), other) == Step(
        Level(70 + level, level), day(on)
    )


def test_a_shorter_policy_has_nothing_more_to_say():
    short = Policy(id=2, levels=(FIRST,), repeat_days=5, max_repeats=3)
    assert overdue(60, sent(25, 30), short) is None


def test_a_policy_without_overdue_levels_says_nothing():
    assert overdue(60, policy=Policy(id=2, levels=(BEFORE, ON_DAY))) is None


# === REPEATS === #


def test_the_last_level_is_not_repeated_by_default():
    assert overdue(60, sent(25, 30)) is None


@pytest.mark.parametrize(
    ("count", "age", "on"), [(1, 31, 40), (1, 40, 40), (1, 60, 60), (2, 31, 40)]
)
def test_the_last_level_is_repeated(count, age, on):
    policy = POLICY._replace(repeat_days=10, max_repeats=2)
    history = sent(25, 30, count=count)
    assert overdue(age, history, policy) == Step(FORMAL, day(on), count + 1)


def test_repeats_end():
    policy = POLICY._replace(repeat_days=10, max_repeats=2)
    assert overdue(60, sent(25, 50, count=3), policy) is None


def test_repeats_keep_the_minimum_days():
    policy = POLICY._replace(repeat_days=2, max_repeats=2, min_days=7)
    assert overdue(31, sent(25, 30), policy) == Step(FORMAL, day(37), 2)


def test_only_the_last_level_is_repeated():
    policy = POLICY._replace(repeat_days=1, max_repeats=9)
    assert overdue(12, sent(10, 10), policy) == Step(FORMAL, day(25))


# === PREVENTIVE === #


@pytest.mark.parametrize(
    ("age", "level", "on"),
    [
        (-30, BEFORE, -3),
        (-4, BEFORE, -3),
        (-3, BEFORE, -3),
        (-1, BEFORE, -1),
        (0, ON_DAY, 0),
    ],
)
def test_a_preventive_level_comes_until_the_due_date(age, level, on):
    assert preventive(age) == Step(level, day(on))


def test_a_preventive_level_is_sent_once():
    warned = History(item_delay=-3, item_count=1, item_date=day(-3), last_date=day(-3))
    assert preventive(-2, warned) == Step(ON_DAY, DUE)
    assert preventive(0, warned._replace(item_delay=0)) is None


def test_a_preventive_level_never_comes_after_the_due_date():
    assert preventive(0, History(last_date=day(-2))) is None
    assert preventive(-1, History(last_date=day(-2))) is None
    assert preventive(-1, History(last_date=day(-3))) == Step(ON_DAY, DUE)


def test_a_preventive_level_put_off_is_the_one_of_that_day():
    assert preventive(-3, History(last_date=day(-3))) == Step(ON_DAY, DUE)


def test_a_policy_without_preventive_levels_does_not_warn():
    assert preventive(-3, policy=Policy(id=2, levels=(FIRST,))) is None
