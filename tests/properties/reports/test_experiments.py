"""Differences between two arms: against published figures, and against chance."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports_tools import experiments
from reports_tools.experiments import Estimate


@pytest.mark.parametrize(
    ("challenger", "control", "low", "high"),
    [
        # Newcombe (1998), table II, method 10.
        ((56, 70), (48, 80), 0.0524, 0.3339),
        ((9, 10), (3, 10), 0.1705, 0.8090),
        ((10, 10), (0, 20), 0.6791, 1.0),
        ((5, 56), (0, 29), -0.0381, 0.1926),
    ],
)
def test_newcombe_as_published(challenger, control, low, high):
    found = experiments.newcombe(control, challenger)
    assert (found.low, found.high) == pytest.approx((low, high), abs=2e-4)


@pytest.mark.parametrize(
    ("freedom", "quantile"),
    [(4, 2.776), (5, 2.571), (10, 2.228), (30, 2.042), (1e6, 1.960)],
)
def test_student_as_tabled(freedom, quantile):
    assert experiments.student(freedom) == pytest.approx(quantile, rel=0.01)


def test_ratio_of_equal_customers_is_a_mean():
    found = experiments.ratio([0.0, 100.0, 100.0, 0.0], [100.0] * 4)
    assert found.value == 0.5
    assert found.variance == pytest.approx(0.25 * 4 / 3 / 4)
    assert experiments.ratio([], []) is None
    assert experiments.ratio([0.0, 0.0], [0.0, 0.0]) is None


def sample(chance, count, mean):
    owed = [chance.lognormvariate(5, 1) for _one in range(count)]
    paid = [amount * (chance.random() < mean) for amount in owed]
    return experiments.ratio(paid, owed)


def test_intervals_hold_the_truth_95_times_of_100():
    chance = random.Random(3)
    inside = 0
    for _turn in range(400):
        found = experiments.welch(sample(chance, 80, 0.5), sample(chance, 80, 0.6))
        inside += found.low <= 0.1 <= found.high
    assert 0.915 <= inside / 400 <= 0.98


def test_as_many_customers_as_said_show_the_difference():
    chance = random.Random(4)
    one, other = sample(chance, 4000, 0.5), sample(chance, 4000, 0.6)
    needed = experiments.customers_needed(one, other, 0.1, 50)
    seen = sum(
        experiments.welch(
            sample(chance, needed // 2, 0.5), sample(chance, needed // 2, 0.6)
        ).is_clear
        for _turn in range(60)
    )
    assert 38 <= seen <= 57


@pytest.mark.parametrize(
    ("control", "challenger", "least", "code"),
    [
        (Estimate(0.5, 0.001, 19), Estimate(0.6, 0.001, 90), 0.05, "few"),
        (None, Estimate(0.6, 0.001, 90), 0.05, "few"),
        (Estimate(0.5, 0.0001, 90), Estimate(0.6, 0.0001, 90), 0.05, "better"),
        (Estimate(0.6, 0.0001, 90), Estimate(0.5, 0.0001, 90), 0.05, "worse"),
        (Estimate(0.5, 0.01, 90), Estimate(0.6, 0.01, 90), 0.05, "open"),
        (Estimate(0.5, 0.00001, 90), Estimate(0.501, 0.00001, 90), 0.05, "alike"),
    ],
)
def test_verdicts(control, challenger, least, code):
    verdict, difference = experiments.judge(control, challenger, least, 50)
    assert verdict.code == code
    assert (difference is None) == (code == "few")
    assert bool(verdict.needed) == (code in ("few", "open"))


shares = st.integers(1, 400).flatmap(
    lambda total: st.tuples(st.integers(0, total), st.just(total))
)


@given(shares, shares)
def test_newcombe_holds_the_difference_and_turns_round(control, challenger):
    found = experiments.newcombe(control, challenger)
    back = experiments.newcombe(challenger, control)
    assert -1 <= found.low <= found.value <= found.high <= 1
    assert (back.low, back.high) == pytest.approx((-found.high, -found.low))
