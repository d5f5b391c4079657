"""Disputes: however the ledger stands, one end at most, and it stays."""

from hypothesis import given
from hypothesis import strategies as st

from collections_tools import disputes
from collections_tools.disputes import Facts, outcome

money = st.floats(0, 1e6).map(lambda amount: round(amount, 2))


@st.composite
def facts(draw):
    disputed = draw(money.filter(bool))
    accepted = draw(st.floats(0, 1).map(lambda share: round(disputed * share, 2)))
    return Facts(
        draw(st.sampled_from([*disputes.PAUSING, *disputes.CLOSED])),
        disputed,
        credited=draw(st.floats(0, 1)) * disputed,
        closed=draw(st.booleans()),
        accepted=accepted or disputed,
    )


@given(facts())
def test_an_end_is_final(given_facts):
    end = outcome(given_facts)
    if end:
        assert given_facts.state in disputes.PAUSING
        assert end in disputes.CLOSED
        assert outcome(given_facts._replace(state=end)) is None


@given(facts())
def test_nothing_closed_pauses(given_facts):
    """When no document is left, no dispute goes on pausing."""
    if given_facts.state in disputes.PAUSING:
        assert outcome(given_facts._replace(closed=True))


@given(facts(), money)
def test_more_credit_never_worsens_the_answer(given_facts, more):
    ranks = {None: 0, "paid": 0, "partial": 1, "accepted": 2}
    credited = min(given_facts.disputed, given_facts.credited + more)
    before, after = (
        outcome(given_facts),
        outcome(given_facts._replace(credited=credited)),
    )
    assert ranks[after] >= ranks[before]
