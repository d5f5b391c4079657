"""The outbox: whatever happens, and in whatever order, nothing goes out twice."""

from hypothesis import given
from hypothesis import strategies as st

from collections_tools import transitions as t

wishes = st.lists(st.sampled_from(sorted(t.ALLOWED)), max_size=40)
REFUSED = {(t.SENDING, t.QUEUED), (t.SENDING, t.DEFERRED)}
# How far a reminder has come. A failure is outside: a person decides about it.
RANK = {
    **dict.fromkeys(t.WAITING, 0),
    t.SENDING: 1,
    t.UNCERTAIN: 2,
    t.SENT: 3,
    t.DELIVERED: 4,
    t.READ: 5,
}


def moves(wishes):
    """Follow the wishes that are allowed; yield each move."""
    state = t.PLANNED
    for target in wishes:
        if t.can_move(state, target):
            yield state, target
            state = target


@given(wishes)
def test_statuses_only_move_forward(wishes):
    for state, target in moves(wishes):
        if (state, target) not in REFUSED and {state, target} <= RANK.keys():
            assert RANK[state] <= RANK[target]


@given(wishes)
def test_it_is_sent_again_only_after_a_known_failure(wishes):
    gone = False
    for state, target in moves(wishes):
        if target == t.SENDING:
            assert not gone
        gone = target in t.GONE or (gone and target == t.SENDING)
        if target in t.WAITING and state not in t.WAITING:
            assert (state, target) in REFUSED | {(t.FAILED, t.QUEUED)}


@given(wishes)
def test_what_is_void_stays_out_unless_a_person_retries(wishes):
    for state, target in moves(wishes):
        if state in t.VOID:
            assert (state, target) in {(t.FAILED, t.QUEUED), (t.FAILED, t.CANCELLED)}
