"""The step that is suggested, situation by situation."""

import pytest

from collections_tools import suggestion
from collections_tools.suggestion import Situation, suggest


@pytest.mark.parametrize(
    ("changes", "step"),
    [
        ({}, "call"),
        ({"group": "debt"}, "call"),
        ({"way": "write"}, "write"),
        ({"way": "address"}, "address"),
        ({"is_forbidden": True}, "wait"),
        ({"group": "reply", "is_forbidden": True}, "answer"),
        ({"group": "activity"}, "activity"),
        ({"group": "activity", "is_forbidden": True}, "wait"),
        ({"group": "broken", "broken": 1}, "promise"),
        ({"group": "broken", "broken": 2}, "supervisor"),
        ({"is_exhausted": True, "days": 90}, "call"),
        ({"is_exhausted": True, "days": 91}, "hand_over"),
        ({"is_exhausted": True, "days": 91, "group": "broken"}, "promise"),
    ],
)
def test_step(changes, step):
    assert suggest(Situation(**changes)) == step


def test_every_step_is_reached():
    names = ("WAIT", "ANSWER", "ACTIVITY", "PROMISE", "SUPERVISOR", "HAND_OVER")
    ways = (suggestion.CALL, suggestion.WRITE, suggestion.ADDRESS)
    assert len({getattr(suggestion, name) for name in names} | {*ways}) == 9
