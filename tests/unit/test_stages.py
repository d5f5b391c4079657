"""Rule 10: a case stands where the facts put it."""

import pytest

from collections_tools import stages
from collections_tools.stages import Facts, stage_kind

ALL = Facts(
    manual=True, overdue=90, disputed=30, promised=60, due_soon=10, level_delay=10
)


def test_the_first_that_holds_wins():
    facts = ALL
    seen = []
    for change in (
        {"manual": False},
        {"disputed": 0},
        {"promised": 0},
        {"level_delay": None, "actionable": 90},
        {"actionable": 0, "overdue": 0},
        {"due_soon": 0},
        {},
    ):
        seen.append(stage_kind(facts))
        facts = facts._replace(**change)
    assert seen == list(reversed(stages.KINDS))


@pytest.mark.parametrize(
    ("actionable", "kind"),
    [
        (0, stages.DISPUTED),
        (5, stages.DISPUTED),
        (5.01, stages.LEVEL),
    ],
)
def test_disputed_only_when_nothing_is_left_to_act_on(actionable, kind):
    facts = Facts(
        overdue=100,
        actionable=actionable,
        disputed=95,
        promised=5,
        level_delay=3,
        tolerance=5,
    )
    assert stage_kind(facts) == kind


def test_promised_only_when_nothing_is_left_to_act_on():
    facts = Facts(overdue=100, promised=60, level_delay=3)
    assert stage_kind(facts) == stages.PROMISED
    assert stage_kind(facts._replace(actionable=40)) == stages.LEVEL


def test_overdue_without_a_reminder_yet():
    assert stage_kind(Facts(overdue=100, actionable=100)) == stages.OVERDUE


@pytest.mark.parametrize("actionable", [0, 5])
def test_covered_by_credits_or_tolerance_is_up_to_date(actionable):
    facts = Facts(overdue=100, actionable=actionable, tolerance=5)
    assert stage_kind(facts) == stages.UP_TO_DATE


@pytest.mark.parametrize("delay", [-3, 0])
def test_a_preventive_level_is_no_dunning(delay):
    assert stage_kind(Facts(level_delay=delay)) == stages.PREVENTIVE
    late = Facts(level_delay=delay, overdue=10, actionable=10)
    assert stage_kind(late) == stages.OVERDUE


def test_due_soon_is_preventive():
    assert stage_kind(Facts(due_soon=1)) == stages.PREVENTIVE


def test_nothing_owed_is_up_to_date():
    assert stage_kind(Facts()) == stages.UP_TO_DATE


def test_held_money_is_overdue_all_the_same():
    facts = Facts(overdue=100, actionable=0, held=100)
    assert stage_kind(facts) == stages.OVERDUE
    assert stage_kind(facts._replace(tolerance=100)) == stages.UP_TO_DATE
