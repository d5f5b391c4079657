"""Stages: whatever the facts are, there is one stage, and it is the right one."""

from hypothesis import given
from hypothesis import strategies as st

from collections_tools import stages
from collections_tools.stages import Facts, stage_kind

money = st.one_of(st.just(0.0), st.floats(0, 1e9))
facts = st.builds(
    Facts,
    manual=st.booleans(),
    overdue=money,
    actionable=money,
    disputed=money,
    promised=money,
    due_soon=money,
    held=money,
    level_delay=st.one_of(st.none(), st.integers(-30, 120)),
    tolerance=money,
)


@given(facts)
def test_every_case_has_a_stage(facts):
    assert stage_kind(facts) in stages.KINDS


@given(facts)
def test_a_person_wins(facts):
    assert (stage_kind(facts) == stages.MANUAL) == facts.manual


@given(facts)
def test_what_is_left_to_act_on_is_never_hidden_behind_an_agreement(facts):
    if facts.actionable > facts.tolerance:
        assert stage_kind(facts) not in (stages.PROMISED, stages.DISPUTED)


@given(facts)
def test_overdue_money_to_act_on_is_never_up_to_date(facts):
    if facts.overdue > 0 and facts.actionable > facts.tolerance:
        assert stage_kind(facts) in (stages.MANUAL, stages.LEVEL, stages.OVERDUE)
