"""The order of a collector's day, over any facts."""

import itertools
from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from collections_tools import worklist
from collections_tools.worklist import ACTIVITY, BROKEN, DEBT, ORDER, REPLY, Facts

TODAY = date(2024, 6, 17)
days = st.integers(-40, 10).map(lambda days: TODAY + timedelta(days=days))
past = st.integers(-40, 0).map(lambda days: TODAY + timedelta(days=days))
facts = st.builds(
    Facts,
    case_id=st.integers(1, 1000),
    amount=st.integers(-100, 10_000).map(float),
    days=st.integers(0, 400),
    broken=st.none() | past,
    replied=st.none() | past,
    answered=st.booleans(),
    activity=st.none() | days,
    parked=st.booleans(),
    worked=st.none() | past,
    rest=st.integers(0, 10),
    priority=st.none() | st.floats(0, 1e6),
)
lists = st.lists(facts, max_size=30, unique_by=lambda one: one.case_id)


@given(lists, st.randoms())
def test_order_does_not_depend_on_the_way_in(rows, random):
    shuffled = list(rows)
    random.shuffle(shuffled)
    assert worklist.arrange(rows, TODAY) == worklist.arrange(shuffled, TODAY)


@given(lists)
def test_groups_come_in_their_order(rows):
    groups = [ORDER.index(one.group) for one in worklist.arrange(rows, TODAY)]
    assert groups == sorted(groups)


@given(lists)
def test_within_a_group(rows):
    places = worklist.arrange(rows, TODAY)
    for first, second in itertools.pairwise(places):
        if first.group != second.group:
            continue
        if first.group in (REPLY, ACTIVITY):
            assert first.since <= second.since
        else:
            assert first.weight >= second.weight


@given(facts)
def test_debt_is_only_for_who_may_be_asked(one):
    place = worklist.place(one, TODAY)
    if place and place.group == DEBT:
        assert one.amount > 0
        assert not one.parked
        assert one.worked != TODAY


@given(facts)
def test_a_call_of_today_ends_every_reason_but_an_activity(one):
    """After an answer today nothing but an own activity of today is left."""
    called = one._replace(worked=TODAY, answered=True)
    place = worklist.place(called, TODAY)
    assert place is None or place.group == ACTIVITY


@given(facts)
def test_broken_promise_comes_before_all(one):
    """Nobody who broke a promise since the last talk is left out or comes later."""
    place = worklist.place(one._replace(broken=TODAY, worked=None), TODAY)
    assert place.group == BROKEN


@given(past)
def test_offered_dates_rise_and_are_working_days(today):
    dates = worklist.next_dates(today)
    assert dates == sorted(set(dates))
    assert all(day > today and day.weekday() < worklist.SATURDAY for day in dates)
