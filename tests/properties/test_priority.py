"""What acting on a customer is worth, over any facts and weights."""

from hypothesis import given
from hypothesis import strategies as st

from collections_tools import priority
from collections_tools.priority import Facts, Weights

shares = st.floats(0, 1)
bonuses = st.floats(0, 5)
efforts = st.floats(0.1, 10)
weights = st.builds(
    Weights,
    edge=bonuses,
    broken=bonuses,
    due=bonuses,
    half_life=st.integers(1, 2000),
    message=efforts,
    address=efforts,
)
counts = st.integers(0, 50)
facts = st.builds(
    Facts,
    amount=st.floats(-1000, 1e9),
    days=st.integers(0, 3000),
    has_phone=st.booleans(),
    can_write=st.booleans(),
    soon=st.none() | shares,
    habit=st.none() | st.floats(0, 400),
    calls=counts,
    answered=counts,
    missed=counts,
    written=counts,
    replied=counts,
    is_broken=st.booleans(),
    due=st.none() | st.integers(-30, 60),
)


def value(one: Facts, weighed: Weights = priority.USUAL) -> float:
    return priority.rate(one, weighed).value


@given(facts, weights)
def test_never_negative_and_its_components_are_what_they_say(one, weighed):
    rated = priority.rate(one, weighed)
    assert rated.value >= 0
    for share in (rated.soon, rated.answer, rated.still, rated.response):
        assert 0 <= share <= 1
    assert rated.urgency >= 1
    assert rated.effort > 0
    assert rated.value == rated.amount * rated.response * rated.urgency / rated.effort
    assert rated.urgency == 1 + sum(reason.points for reason in rated.reasons)


@given(facts, st.floats(0, 1e6), weights)
def test_more_money_is_never_worth_less(one, more, weighed):
    richer = one._replace(amount=one.amount + more)
    assert value(richer, weighed) >= value(one, weighed)


@given(facts, shares)
def test_who_pays_by_itself_is_worth_less(one, soon):
    given_soon = one._replace(soon=soon)
    surer = one._replace(soon=soon + (1 - soon) / 2)
    assert value(surer) <= value(given_soon)


@given(facts)
def test_who_answers_is_worth_more(one):
    """Whichever way it is contacted; the way itself does not change."""
    way = priority.best_way(one)
    silent = one._replace(answered=0, replied=0)
    talks = one._replace(answered=one.calls, replied=one.written)
    assert priority.best_way(silent) == priority.best_way(talks) == way
    assert value(talks) >= value(silent)


@given(facts, st.integers(0, 20))
def test_unanswered_calls_make_an_answer_less_likely(one, more):
    tried = one._replace(calls=one.calls + more)
    assert priority.answer(tried, priority.CALL) <= 1
    if one.answered <= one.calls:
        before = priority.answer(one, priority.CALL)
        assert priority.answer(tried, priority.CALL) <= before


@given(facts, weights)
def test_what_is_urgent_never_makes_it_less_urgent(one, weighed):
    calm = one._replace(is_broken=False, due=None)
    for urgent in (calm._replace(is_broken=True), calm._replace(due=0)):
        assert value(urgent, weighed) >= value(calm, weighed)


@given(facts)
def test_waiting_makes_a_payment_by_itself_less_likely(one):
    later = one._replace(days=one.days + 1)
    assert priority.paid_soon(later) <= priority.paid_soon(one)


@given(facts)
def test_there_is_a_way_to_who_is_asked(one):
    way = priority.best_way(one)
    assert way != priority.CALL or one.has_phone
    assert way != priority.WRITE or one.can_write
    assert way != priority.ADDRESS or not (one.has_phone or one.can_write)
