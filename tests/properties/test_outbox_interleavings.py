"""Workers, customers' servers, the ledger and people at once, in any order."""

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from collections_tools import transitions as t

# How far it has come; a known failure, and what a person then decides, start again.
RANK = {
    **dict.fromkeys(t.WAITING, 0),
    t.SENDING: 1,
    t.UNCERTAIN: 2,
    t.SENT: 3,
    t.DELIVERED: 4,
    t.READ: 5,
}


class Outbox(RuleBasedStateMachine):
    """One reminder: what the database says, and what truly left."""

    def __init__(self):
        super().__init__()
        self.state = t.QUEUED
        self.worker = False  # holds the lock between *sending* and the result
        self.copies = 0
        self.excused = 0  # copies that a person asked for, or a failure allowed
        self.events = [t.QUEUED]

    def move(self, target):
        if not t.can_move(self.state, target):
            return False
        before, self.state = self.state, target
        self.events.append(target)
        if before in t.GONE and target in t.GONE:
            assert RANK[before] <= RANK[target]
        return True

    @rule()
    def worker_begins(self):
        if not self.worker and self.state in (t.QUEUED, t.DEFERRED):
            self.worker = self.move(t.SENDING)

    @precondition(lambda self: self.worker)
    @rule(died=st.booleans(), left=st.booleans())
    def worker_hands_over(self, died, left):
        """It may die before or after the message left."""
        self.copies += left
        self.worker = False
        if not died:
            self.move(t.SENT if left else t.DEFERRED)

    @precondition(lambda self: not self.worker and self.state == t.SENDING)
    @rule()
    def another_worker_recovers(self):
        assert self.move(t.UNCERTAIN)

    @rule(report=st.sampled_from([t.DELIVERED, t.READ, t.FAILED]))
    def report_comes(self, report):
        """The provider's word, late, twice or out of order; about what left."""
        known = self.copies and not self.worker and self.state != t.SENDING
        if known and self.move(report):
            self.excused += report == t.FAILED

    @rule(wish=st.sampled_from([t.TO_APPROVE, t.DEFERRED, t.CANCELLED]))
    def ledger_or_gate(self, wish):
        if self.state in t.WAITING:
            self.move(wish)

    @rule()
    def person_approves_or_retries(self):
        if self.state in (t.TO_APPROVE, t.DEFERRED, t.FAILED):
            self.move(t.QUEUED)

    @rule(again=st.booleans())
    def person_settles_what_is_uncertain(self, again):
        if self.state == t.UNCERTAIN and self.move(t.FAILED if again else t.SENT):
            self.excused += again and self.copies > 0

    @invariant()
    def nobody_gets_it_twice_unless_a_person_or_a_failure_said_so(self):
        assert self.copies <= 1 + self.excused

    @invariant()
    def what_left_is_known_or_in_doubt(self):
        """Never lost: a message that left is not shown as waiting."""
        if self.copies > self.excused:
            assert self.state in t.GONE


TestOutbox = Outbox.TestCase
