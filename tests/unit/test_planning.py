"""The design's section *Levels* and rule 4: what one customer gets next, and why."""

from datetime import date, timedelta

import pytest

from collections_tools import planning
from collections_tools.customer_days import Calendar, Day
from collections_tools.levels import ANY_DELAY, Level, Policy
from collections_tools.planning import CaseHistory, ItemHistory, OpenItem, decide

TODAY = date(2026, 3, 10)
USD, EUR, JPY = 1, 2, 3
RATES = {USD: 1.0, EUR: 1.2, JPY: 0.0066}
POLICY = Policy(
    id=1,
    levels=(Level(1, -3), Level(2, 0), Level(3, 3), Level(4, 10), Level(5, 25, True)),
    min_days=3,
)
NOTHING_SENT = CaseHistory()


def ago(days):
    return TODAY - timedelta(days=days)


def item(line_id, age, amount=100.0, **values):
    """A debit of so many days, or with a negative amount a credit."""
    return OpenItem(line_id, ago(age), USD, amount, amount, **values)


def sent(*reminders):
    """A history of ``(line id, delay, days ago)``, one reminder each."""
    return CaseHistory(
        customer_delay=max((d for _line, d, _age in reminders if d > 0), default=None),
        last_date=max(ago(age) for _line, _delay, age in reminders),
        items={line: ItemHistory(d, 1, ago(age)) for line, d, age in reminders},
    )


def plan(*items, history=NOTHING_SENT, policy=POLICY, **values):
    """Return trigger, level's delay and days from today; or the reason."""
    decision = decide(policy, items, history, RATES, TODAY, **values)
    if decision.step is None:
        return decision.reason
    step = decision.step
    return decision.line_id, step.level.delay, (step.date - TODAY).days


def why(*items, history=NOTHING_SENT, policy=POLICY, **values):
    return decide(policy, items, history, RATES, TODAY, **values).reason


# === THE TRIGGER === #


def test_the_oldest_overdue_item_triggers():
    assert plan(item(1, 5), item(2, 30), item(3, 12)) == (2, 3, 0)


def test_items_of_one_day_trigger_in_their_order():
    assert plan(item(8, 5), item(7, 5)) == (7, 3, 0)


def test_the_others_consume_nothing():
    history = sent((2, 3, 10))
    assert plan(item(1, 5), item(2, 20), history=history) == (2, 10, 0)
    assert plan(item(1, 5), history=CaseHistory(last_date=ago(10))) == (1, 3, 0)


def test_the_others_wait_while_the_oldest_waits():
    history = sent((2, 10, 2))
    assert plan(item(1, 9), item(2, 12), history=history) == (2, 25, 13)


def test_a_paused_item_does_not_trigger():
    assert plan(item(1, 5), item(2, 30, paused=True)) == (1, 3, 0)


def test_a_paused_item_keeps_its_level_for_the_customer():
    history = sent((2, 3, 20))
    items = [item(1, 15), item(2, 30, paused=True)]
    assert plan(*items, history=history) == (1, 10, 0)


def test_an_item_covered_by_credits_does_not_trigger():
    assert plan(item(1, 5), item(2, 30), item(3, 1, -100)) == (1, 3, 0)


def test_a_partly_covered_item_triggers():
    assert plan(item(1, 5), item(2, 30), item(3, 1, -99)) == (2, 3, 0)


def test_the_next_oldest_triggers_when_the_policy_is_done_with_the_oldest():
    """Else a customer with one hopeless document would never hear of another."""
    history = sent((2, 25, 40))
    assert plan(item(1, 4), item(2, 90), history=history) == (1, 3, 0)
    assert plan(item(1, 60), item(2, 90), history=history) == (1, 25, 0)
    assert plan(item(1, -5), item(2, 90), history=history) == (1, -3, 2)
    assert plan(item(2, 90), history=history) == planning.POLICY_DONE


def test_a_jump_waits_until_the_next_oldest_is_overdue():
    policy = POLICY._replace(levels=POLICY.levels[2:])
    items = [item(1, -5), item(2, 90)]
    history = sent((2, 25, 40))
    assert plan(*items, history=history, policy=policy, jump_delay=10) == (1, 10, 6)


# === DAYS AROUND THE DUE DATE === #


@pytest.mark.parametrize(
    ("age", "expected"),
    [
        (-4, (1, -3, 1)),
        (-3, (1, -3, 0)),
        (-1, (1, -3, 0)),
        (0, (1, 0, 0)),
        (1, (1, 3, 2)),
        (3, (1, 3, 0)),
    ],
)
def test_due_today_is_not_overdue(age, expected):
    assert plan(item(1, age)) == expected
    net = decide(POLICY, [item(1, age)], NOTHING_SENT, RATES, TODAY).net
    assert net == (100 if age > 0 else 0)


@pytest.mark.parametrize("age", [29, 30, 31, 60, 61, 90, 91, 120, 121])
def test_old_debt_begins_at_the_entry_level_at_any_age(age):
    assert plan(item(1, age)) == (1, 3, 0)


def test_overdue_beats_preventive_on_the_same_day():
    assert plan(item(1, -3), item(2, 3)) == (2, 3, 0)
    assert plan(item(1, 0), item(2, 2)) == (1, 0, 0)


def test_items_due_on_one_day_are_warned_of_in_their_order():
    assert plan(item(8, -3), item(7, -3)) == (7, -3, 0)


def test_the_earliest_step_wins():
    assert plan(item(1, -4), item(2, 1)) == (1, -3, 1)


def test_an_item_that_is_not_due_tells_its_first_overdue_level():
    policy = POLICY._replace(levels=POLICY.levels[2:])
    assert plan(item(1, -4), policy=policy) == (1, 3, 7)
    assert why(item(1, -4), policy=policy) is None


# === CREDITS === #


def test_covered_by_credits():
    assert plan(item(1, 30), item(2, 1, -100)) == planning.COVERED
    assert plan(item(1, -2), item(2, 1, -100)) == planning.COVERED


def test_covered_by_credits_is_said_beside_what_comes_later():
    items = [item(1, 30), item(2, 5, -100), item(3, -10, 70)]
    assert why(*items) == planning.COVERED
    assert plan(*items) == (3, -3, 7)


def test_cents_that_do_not_add_up_in_binary_are_covered():
    items = [item(1, 30, 0.1), item(2, 30, 0.2), item(3, 1, -0.3)]
    assert plan(*items) == planning.COVERED


def test_a_remainder_of_binary_sums_does_not_trigger():
    items = [item(1, 30, 0.1), item(2, 30, 0.2), item(3, 1, -0.3), item(4, 5)]
    assert plan(*items) == (4, 3, 0)


def test_credits_cover_what_is_overdue_before_what_is_due_today():
    euro = OpenItem(1, ago(30), EUR, 120.0, 100.0)
    assert plan(euro, item(2, 0, 120), item(3, 1, -120)) == (2, 0, 0)


def test_payments_to_confirm_cover_like_credits():
    assert plan(item(1, 30), to_confirm={USD: 100.0}) == planning.COVERED
    assert plan(item(1, 30), item(2, 1, -60), to_confirm={USD: 40.0}) == "covered"
    assert plan(item(1, 30), to_confirm={USD: 99.0}) == (1, 3, 0)


def test_the_callers_payments_to_confirm_are_not_touched():
    confirm = {USD: 40.0}
    plan(item(1, 30), item(2, 1, -60), to_confirm=confirm)
    assert confirm == {USD: 40.0}


def test_a_credit_of_another_currency_covers_at_the_days_rate():
    euro = OpenItem(2, ago(1), EUR, -110.0, -100.0)
    assert plan(item(1, 30, 120), euro) == planning.COVERED
    assert plan(item(1, 30, 121), euro) == (1, 3, 0)


def test_a_debit_in_yen_is_covered_in_yen():
    yen = OpenItem(1, ago(30), JPY, 66.0, 10_000.0)
    assert plan(yen, OpenItem(2, ago(1), JPY, -60.0, -10_000.0)) == planning.COVERED
    decision = decide(
        POLICY,
        [yen, OpenItem(2, ago(1), JPY, -60.0, -7500.0)],
        NOTHING_SENT,
        RATES,
        TODAY,
    )
    assert decision.net == pytest.approx(16.5)


def test_a_debit_without_followup_is_not_asked_for():
    assert plan(item(1, 30, followed=False)) == planning.NOTHING_OPEN
    assert plan(item(1, 5), item(2, 30, followed=False)) == (1, 3, 0)


def test_a_debit_without_followup_consumes_no_credit():
    items = [item(1, 5), item(2, 30, followed=False), item(3, 1, -100)]
    assert plan(*items) == planning.COVERED


def test_a_credit_without_followup_covers_all_the_same():
    assert plan(item(1, 5), item(2, 30, -100, followed=False)) == planning.COVERED


def test_only_credits_are_open():
    assert plan(item(1, 5, -10)) == planning.NOTHING_OPEN
    assert plan() == planning.NOTHING_OPEN


# === TOLERANCE, MINIMUM, PAUSES === #


@pytest.mark.parametrize(
    ("amount", "expected"), [(9.99, "covered"), (10, "covered"), (10.01, (1, 3, 0))]
)
def test_up_to_the_tolerance_nothing_is_asked(amount, expected):
    policy = POLICY._replace(tolerance=10.0)
    assert plan(item(1, 30, amount), policy=policy) == expected


def test_tolerance_is_for_the_customer_and_net():
    policy = POLICY._replace(tolerance=10.0)
    assert plan(item(1, 30, 6), item(2, 5, 6), policy=policy) == (1, 3, 0)
    items = [item(1, 30), item(2, 5, -90)]
    assert plan(*items, policy=policy) == planning.COVERED


def test_tolerance_survives_binary_sums():
    policy = POLICY._replace(tolerance=0.3)
    items = [item(i, 30, 0.1) for i in (1, 2, 3)]
    assert plan(*items, policy=policy) == planning.COVERED


@pytest.mark.parametrize(
    ("amount", "expected"),
    [(49.99, "below_minimum"), (50, (1, 3, 0)), (50.01, (1, 3, 0))],
)
def test_below_the_minimum_nothing_is_asked(amount, expected):
    policy = POLICY._replace(minimum=50.0)
    assert plan(item(1, 30, amount), policy=policy) == expected


def test_the_minimum_survives_binary_sums():
    policy = POLICY._replace(minimum=0.8)
    items = [item(i, 30, 0.1) for i in range(8)]
    assert sum(i.amount for i in items) < 0.8
    assert plan(*items, policy=policy) == (0, 3, 0)


def test_the_minimum_is_reached_when_the_next_item_falls_due():
    policy = POLICY._replace(minimum=50.0, levels=POLICY.levels[2:])
    items = [item(1, 30, 40), item(2, -6, 40)]
    assert plan(*items, policy=policy) == (1, 3, 7)
    assert why(*items, policy=policy) == planning.BELOW_MINIMUM


def test_an_item_within_the_tolerance_has_no_next_step():
    policy = POLICY._replace(tolerance=10.0)
    assert plan(item(1, -5, 9), policy=policy) == planning.BELOW_MINIMUM


@pytest.mark.parametrize("age", [30, 0, -5])
def test_paused(age):
    assert plan(item(1, age, paused=True)) == planning.PAUSED


def test_a_pause_and_a_rest_within_the_tolerance():
    policy = POLICY._replace(tolerance=10.0)
    items = [item(1, 30, paused=True), item(2, 30, 5)]
    assert plan(*items, policy=policy) == planning.PAUSED


def test_while_one_item_is_paused_another_is_warned_of():
    items = [item(1, 30, paused=True), item(2, -5)]
    assert plan(*items) == (2, -3, 2)
    assert why(*items) == planning.PAUSED


def test_what_is_paused_is_part_of_net():
    decision = decide(
        POLICY, [item(1, 30, 70, paused=True)], NOTHING_SENT, RATES, TODAY
    )
    assert decision.net == 70


def test_no_policy():
    assert plan(item(1, 30), policy=None) == planning.NO_POLICY


# === JUMPS === #


def test_a_case_jumps_to_the_level_that_a_supervisor_chose():
    assert plan(item(1, 5), jump_delay=10) == (1, 10, 0)


@pytest.mark.parametrize(
    ("age", "expected"),
    [(1, (1, 3, 2)), (5, (1, 3, 0)), (12, (1, 10, 0)), (99, (1, 10, 0))],
)
def test_a_run_jumps_to_the_level_due_by_age(age, expected):
    assert plan(item(1, age), jump_delay=ANY_DELAY) == expected
    assert planning.ANY_DELAY == ANY_DELAY


def test_a_jump_does_not_ask_for_what_is_not_asked():
    assert plan(item(1, 30, paused=True), jump_delay=10) == planning.PAUSED


# === CYCLES === #


def test_the_level_falls_when_its_item_is_paid():
    """Item 2 got a high level and is gone with its history; item 1 begins anew."""
    assert plan(item(1, 60), history=CaseHistory(last_date=ago(30))) == (1, 3, 0)


def test_a_reopened_item_begins_again():
    assert plan(item(1, 60), history=CaseHistory(last_date=ago(1))) == (1, 3, 2)


def test_what_a_part_leaves_is_asked_for():
    assert plan(item(1, 30, paused=0.5)) == (1, 3, 0)


def test_what_a_part_leaves_may_be_too_little():
    policy = POLICY._replace(tolerance=10.0)
    assert plan(item(1, 30, paused=0.95), policy=policy) == planning.PAUSED


FRIDAYS = Calendar((Day(weekday=4),))


def test_what_is_overdue_waits_for_the_eve_of_the_payment_day():
    """Today is a Tuesday."""
    policy = POLICY._replace(payment_day_wait=7)
    assert plan(item(1, 5), policy=policy, pays=FRIDAYS) == (1, 3, 2)
    for at_once in (
        plan(item(1, 5), policy=policy),
        plan(item(1, 5), policy=policy._replace(payment_day_wait=1), pays=FRIDAYS),
        # A supervisor who jumps does not wait.
        plan(item(1, 5), policy=policy, pays=FRIDAYS, jump_delay=ANY_DELAY),
    ):
        assert at_once == (1, 3, 0)


def test_before_the_due_date_nothing_waits():
    policy = POLICY._replace(payment_day_wait=7)
    assert plan(item(1, -3), policy=policy, pays=FRIDAYS) == (1, -3, 0)
