"""Every worked number of M5 and M8 to M17."""

from datetime import date, timedelta

import pytest

from reports_tools import matrices, promises, rates

TODAY = date(2026, 3, 31)


@pytest.mark.parametrize(
    ("opening", "sales", "closing", "not_due", "expected"),
    [
        (100_000, 1_000_000, 120_000, 100_000, 98.0),
        (6_200, 10_890 / 3, 6_340, 3_590, 55.9),
        (6_200, 10_890, 6_340, 3_590, 79.6),
        (60_000, 250_000 / 3, 200_000, 100_000, -130.8),
        (60_000, 250_000, 200_000, 100_000, 52.38),
    ],
)
def test_cei(opening, sales, closing, not_due, expected):
    found = rates.cei(opening, sales, closing, not_due)
    assert found == pytest.approx(expected, abs=0.06)


def test_cei_is_100_when_nothing_is_overdue():
    assert rates.cei(60, 250, 100, 100) == 100


def test_cei_without_anything_to_collect_is_not_available():
    assert rates.cei(0, 0, 0, 0) is None
    assert rates.cei(10, 0, 10, 10) is None


@pytest.mark.parametrize(
    ("part", "whole", "expected"),
    [
        (60, 300, 20),  # M10 right-party contacts / attempts
        (45, 60, 75),  # M10 promises / right-party contacts
        (36, 45, 80),  # M10 kept / promises
        (18, 60, 30),  # M11 effectiveness
        (84, 120, 70),  # M12 compliance
        (90, 120, 75),  # M13 coverage
        (40_000, 40_000, 100),  # M14 recovery
        (1, 0, None),
    ],
)
def test_percent(part, whole, expected):
    assert rates.percent(part, whole) == expected


def test_promises_of_the_test_set():
    due = TODAY - timedelta(days=10)
    rows = [
        promises.Promise(1_000, 1_000, due),
        promises.Promise(2_000, 1_500, due),
        promises.Promise(500, 0, due),
        promises.Promise(800, 800, due),
        promises.Promise(700, 0, due, withdrawn=True),
        promises.Promise(1_200, 0, TODAY + timedelta(days=1)),
    ]
    judged = [(promises.judge(row, TODAY, 2), row.amount, row.paid) for row in rows]
    assert [state for state, _amount, _paid in judged] == [
        "kept",
        "partially_kept",
        "broken",
        "kept",
        "withdrawn",
        "open",
    ]
    found = promises.kept_rates(judged)
    assert found.count == 50.0
    assert found.strict_amount == pytest.approx(41.86, abs=0.01)
    assert found.collected_amount == pytest.approx(76.74, abs=0.01)


def test_a_promise_is_open_until_the_tolerance_is_over():
    promise = promises.Promise(100, 0, TODAY - timedelta(days=2))
    assert promises.judge(promise, TODAY, 2) == promises.OPEN
    assert promises.judge(promise, TODAY + timedelta(days=1), 2) == promises.BROKEN


def test_rates_without_a_judged_promise_are_not_available():
    found = promises.kept_rates([("open", 100, 0), ("withdrawn", 5, 0)])
    assert found == promises.KeptRates(None, None, None)


def test_roll_rate_of_the_published_example():
    flows = [("30_59", "60_89", 200_000), ("30_59", "paid", 800_000)]
    roll = matrices.roll_matrix(flows)["30_59"]
    assert roll.opening == 1_000_000
    assert roll.rates["60_89"] == pytest.approx(20)
    assert sum(roll.rates.values()) == pytest.approx(100)


def test_chain_of_roll_rates():
    assert 1_000_000 * matrices.chain([0.20, 0.40, 0.50, 0.75]) == pytest.approx(30_000)
    assert matrices.chain([]) == 1


def test_provision_of_the_worked_sheet():
    reached = [100_000, 50_000, 23_000, 8_000, 2_000]
    found = matrices.loss_rates(reached, 2_000)
    assert found == pytest.approx([0.02, 0.04, 0.0870, 0.25, 1.0], abs=1e-4)
    balances = [300_000, 140_000, 60_000, 23_000, 5_000]
    losses = matrices.provision(balances, found)
    assert losses == pytest.approx([6_000, 5_600, 5_217, 5_750, 5_000], abs=1)
    assert sum(losses) == pytest.approx(27_567, abs=1)


def test_provision_of_the_illustrative_example():
    balances = [15_000, 7_500, 4_000, 2_500, 1_000]
    losses = matrices.provision(balances, [0.003, 0.016, 0.036, 0.066, 0.106])
    assert losses == pytest.approx([45, 120, 144, 165, 106])
    assert sum(losses) == pytest.approx(580)


def test_provision_of_the_ledger():
    losses = matrices.provision([100_000, 80_000, 20_000], [0.02, 0.04, 0.087])
    assert losses == pytest.approx([2_000, 3_200, 1_740])
    assert sum(losses) == pytest.approx(6_940)


def test_provision_needs_one_rate_for_each_bucket():
    with pytest.raises(ValueError, match="shorter"):
        matrices.provision([1, 2], [0.1])


def test_loss_rate_of_an_empty_bucket_is_not_available():
    assert matrices.loss_rates([0], 0) == [None]
