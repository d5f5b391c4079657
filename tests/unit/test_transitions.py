"""Rule 8: statuses only move forward; each exception has a reason of its own."""

import pytest

from collections_tools import transitions as t

STATES = {*t.WAITING, *t.GONE, *t.VOID}
# The channel refused for certain, so that nothing went out.
REFUSED = {(t.SENDING, t.QUEUED), (t.SENDING, t.DEFERRED)}
# A person's decision, after a failure that is known.
RETRY = {(t.FAILED, t.QUEUED)}


def test_every_state_is_waiting_gone_or_void():
    assert set(t.ALLOWED) == STATES
    assert len(STATES) == len(t.WAITING) + len(t.GONE) + len(t.VOID)
    assert set().union(*t.ALLOWED.values()) <= STATES


def test_what_went_out_never_waits_again():
    back = {
        (state, target)
        for state in (*t.GONE, *t.VOID)
        for target in t.ALLOWED[state]
        if target in t.WAITING
    }
    assert back == REFUSED | RETRY


@pytest.mark.parametrize("state", t.WAITING)
def test_what_waits_goes_through_sending(state):
    """*Sending* is committed before the outside call: there is no way around."""
    assert not {t.SENT, t.DELIVERED, t.READ, t.UNCERTAIN} & t.ALLOWED[state]


@pytest.mark.parametrize("state", t.WAITING)
def test_what_waits_may_be_cancelled(state):
    assert t.can_move(state, t.CANCELLED)


@pytest.mark.parametrize("state", t.GONE)
def test_what_went_out_cannot_be_cancelled(state):
    assert not t.can_move(state, t.CANCELLED)


@pytest.mark.parametrize("state", [t.READ, t.CANCELLED, t.SIMULATED])
def test_some_states_are_final(state):
    assert t.ALLOWED[state] == set()


def test_uncertain_is_never_retried_by_itself():
    assert not {t.QUEUED, t.DEFERRED, t.SENDING} & t.ALLOWED[t.UNCERTAIN]


def test_a_delivery_status_may_overtake_the_answer_of_the_channel():
    assert t.can_move(t.SENDING, t.DELIVERED)
    assert t.can_move(t.SENDING, t.READ)
    assert t.can_move(t.SENT, t.READ)
    assert not t.can_move(t.READ, t.DELIVERED)
    assert not t.can_move(t.DELIVERED, t.SENT)


def test_a_simulated_reminder_never_leaves():
    assert t.sources(t.SIMULATED) == ()
    assert t.ALLOWED[t.SIMULATED] == set()


@pytest.mark.parametrize("target", sorted(STATES))
def test_sources_are_the_moves_read_backwards(target):
    assert set(t.sources(target)) == {s for s in STATES if t.can_move(s, target)}
