"""M9 of the metrics: its table, its levels, and who gets which payment."""

from datetime import date, datetime

import pytest

from collections_tools import promises
from collections_tools.promises import Cover, Paid, Payment, Promise

MADE = date(2024, 6, 1)
DUE = date(2024, 6, 10)
CREATED = datetime(2024, 6, 1, 12)  # noqa: DTZ001 UTC, as Odoo has it


def promise(number, amount, line=None, due=DUE, made=MADE, **values):
    covers = (Cover(line, amount, MADE, amount),) if line else None
    return Promise(
        number,
        promises.PROMISE,
        7,
        1,
        amount,
        due,
        promises.last_day(due, 2),
        made,
        CREATED,
        covers,
        **values,
    )


def pay(amount, day, line=None, hour=13):
    when = date(2024, 6, day)
    return Payment(7, line, 1, amount, when, datetime(2024, 6, day, hour))  # noqa: DTZ001


def states(made, payments, today):
    paid = promises.allocate(made, payments)
    return [promises.judge(one, paid.get(one.id, Paid()), today) for one in made]


def test_the_table():
    made = [
        promise(1, 1000, 1),
        promise(2, 2000, 2),
        promise(3, 500, 3),
        promise(4, 800, 4),
        promise(5, 700, 5, withdrawn=True),
        promise(6, 1200, 6, due=date(2024, 6, 14)),
    ]
    payments = [pay(1000, 9, 1), pay(1500, 10, 2), pay(800, 12, 4)]
    found = states(made, payments, date(2024, 6, 13))
    assert found == ["kept", "partially_kept", "broken", "kept", "withdrawn", "open"]


def test_one_payment_keeps_one_promise():
    made = [promise(2, 100, 1), promise(1, 100, 1)]
    assert states(made, [pay(100, 5, 1)], date(2024, 6, 20)) == ["broken", "kept"]


def test_the_earliest_date_first():
    made = [promise(1, 100, due=date(2024, 6, 11)), promise(2, 100)]
    assert states(made, [pay(100, 5)], date(2024, 6, 20)) == ["broken", "kept"]


def test_a_late_payment_belongs_to_the_promise_that_waits_for_it():
    broken = promise(1, 100, 1)
    second = promise(2, 100, 1, due=date(2024, 6, 25), made=date(2024, 6, 14))
    paid = promises.allocate([broken, second], [pay(100, 20, 1)])
    assert paid == {1: Paid(0, 0), 2: Paid(100, 0)}
    paid = promises.allocate([broken, second], [pay(130, 20, 1)])
    assert paid == {1: Paid(0, 30), 2: Paid(100, 0)}


@pytest.mark.parametrize(("hour", "counted"), [(11, 0), (12, 100), (13, 100)])
def test_a_payment_of_the_very_day(hour, counted):
    paid = promises.allocate([promise(1, 100, 1)], [pay(100, 1, 1, hour)])
    assert paid[1].on_time == counted


def test_what_nobody_approved_is_withdrawn_in_the_end():
    waiting = promise(1, 100, 1, waiting=True)
    assert states([waiting], [pay(100, 5, 1)], DUE) == ["open"]
    assert states([waiting], [pay(100, 5, 1)], date(2024, 6, 13)) == ["withdrawn"]


@pytest.mark.parametrize("state", ["open", "partially_kept", "broken", "withdrawn"])
def test_level_after_one_that_was_not_kept(state):
    assert promises.promise_count([state == "kept", False]) == 2


def test_level_after_a_kept_part():
    assert promises.promise_count([True, False]) == 1
    assert promises.promise_count([True, False, False]) == 2
