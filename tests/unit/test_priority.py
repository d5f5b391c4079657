"""Boundaries of what acting on a customer today is worth, worked by hand."""

import math

import pytest

from collections_tools import priority
from collections_tools.priority import Facts, Weights

OWES = Facts(1000.0, days=45, soon=0.2)


def test_formula_by_hand():
    """1,000 × (0.8 × 0.5 × 0.5^(180/180)) × (1 + 1) ÷ 1."""
    rated = priority.rate(OWES._replace(days=180, is_broken=True))
    assert rated.response == pytest.approx(0.2)
    assert (rated.urgency, rated.effort) == (2.0, 1.0)
    assert rated.value == pytest.approx(400.0)


@pytest.mark.parametrize(
    ("days", "points"),
    [
        (0, 0.0),
        (23, 0.0),
        (24, 0.5 * 1 / 7),
        (30, 0.5),
        (31, 0.0),
        (54, 0.5 * 1 / 7),
        (60, 0.5),
        (120, 0.5),
        (121, 0.0),
        (5000, 0.0),
    ],
)
def test_edge_of_a_band(days, points):
    """Day 30 is the last one of its band: tomorrow it is over 30 days."""
    urgency = priority.rate(OWES._replace(days=days)).urgency
    assert urgency == pytest.approx(1 + points)


@pytest.mark.parametrize(
    ("due", "points"),
    [(None, 0), (3, 0), (2, 0.5 / 3), (1, 1 / 3), (0, 0.5), (-2, 0.5)],
)
def test_promise_that_falls_due(due, points):
    urgency = priority.rate(OWES._replace(due=due)).urgency
    assert urgency == pytest.approx(1 + points)


@pytest.mark.parametrize(
    ("changes", "way"),
    [
        ({}, "call"),
        ({"missed": 2}, "call"),
        ({"missed": 3}, "write"),
        ({"missed": 3, "can_write": False}, "call"),
        ({"has_phone": False}, "write"),
        ({"has_phone": False, "can_write": False}, "address"),
    ],
)
def test_way(changes, way):
    assert priority.rate(OWES._replace(**changes)).way == way


def test_without_prediction_by_habit_then_by_age():
    """Usually 30 days late and 16 late now: 14 of 60 in the next two weeks."""
    late = Facts(1.0, days=16, habit=30.0)
    assert priority.paid_soon(late) == pytest.approx(14 / 60)
    assert priority.paid_soon(Facts(1.0, days=16)) == pytest.approx(14 / 45)


@pytest.mark.parametrize(
    "changes",
    [
        {"edge": -0.1},
        {"broken": math.nan},
        {"due": math.inf},
        {"half_life": 0},
        {"message": 0.0},
        {"address": -1.0},
    ],
)
def test_weights_that_make_no_sense(changes):
    assert priority.is_sane(Weights())
    assert not priority.is_sane(Weights()._replace(**changes))
