"""Assignment of cases to collectors, over any rules, loads and absences."""

from hypothesis import given
from hypothesis import strategies as st

from collections_tools import assignment
from collections_tools.assignment import Load, Portfolio

people = st.sampled_from([1, 2, 3, 4])
rules = st.dictionaries(
    st.sampled_from([10, 20, 30]),
    st.lists(people, min_size=1, max_size=3, unique=True).map(tuple),
    min_size=1,
)
loads = st.dictionaries(
    people,
    st.builds(Load, st.integers(0, 6), st.just(0.0), st.integers(0, 8)),
)
away = st.sets(people, max_size=2)


@st.composite
def worlds(draw):
    known = draw(rules)
    cases = draw(
        st.lists(
            st.builds(
                Portfolio,
                case_id=st.integers(1, 100),
                amount=st.integers(0, 1000).map(float),
                collector=st.none() | people,
                rules=st.lists(
                    st.sampled_from(sorted(known)), max_size=3, unique=True
                ).map(lambda found: tuple(sorted(found))),
            ),
            max_size=15,
            unique_by=lambda case: case.case_id,
        )
    )
    return cases, known, draw(loads), draw(away)


@given(worlds())
def test_only_whom_a_matching_rule_names(world):
    cases, known, _loads, _away = world
    found = assignment.assign(*world)
    by_id = {case.case_id: case for case in cases}
    for case_id, (collector, rule) in found.items():
        assert rule in by_id[case_id].rules
        assert collector in known[rule]


@given(worlds())
def test_new_cases_respect_capacity_and_absence(world):
    cases, _known, before, away_now = world
    found = assignment.assign(*world)
    has_now = {case.case_id: case.collector for case in cases}
    counts = {one: load.count for one, load in before.items()}
    for collector, _rule in found.values():
        counts[collector] = counts.get(collector, 0) + 1
    for case_id, (collector, _rule) in found.items():
        if has_now[case_id] != collector:
            load = before.get(collector, Load())
            assert collector not in away_now
            assert not load.capacity or counts[collector] <= load.capacity


@given(worlds())
def test_a_second_time_nothing_moves(world):
    cases, known, before, away_now = world
    found = assignment.assign(*world)
    after = [
        case._replace(collector=found.get(case.case_id, (case.collector, 0))[0])
        for case in cases
    ]
    again = assignment.assign(after, known, before, away_now)
    assert {key: who for key, (who, _rule) in again.items()} == {
        key: who for key, (who, _rule) in found.items()
    }


@given(st.dictionaries(people, people))
def test_nobody_is_covered_twice_or_by_who_is_away(substitutes):
    covered = [assignment.covered_by(one, substitutes) for one in (1, 2, 3, 4)]
    for one, others in zip((1, 2, 3, 4), covered, strict=True):
        assert not others or one not in substitutes
    assert sum(map(len, covered)) == len(set().union(*covered))
