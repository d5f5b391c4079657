"""What interrupts dunning: another policy, another segment, a server that was down.

Whatever the order, nobody gets a level twice and nobody jumps a formal level. The
segment moves a customer only while nothing is in dunning, as the classifying
statement does.
"""

from collections import Counter
from datetime import timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from .world import World, policies

EXAMPLES = settings(max_examples=80)
OUTAGE = 10


class Customer(World):
    """A customer whose segment chooses the policy."""

    segment = 0

    def change_segment(self, number):
        """There and back again, as facts come and go."""
        self.segment = number
        if self.customer_delay() is None:
            self.change_policy(number)

    def outage(self, _number):
        self.today += timedelta(days=OUTAGE)


interruptions = st.tuples(
    st.sampled_from(["change_policy", "change_segment", "outage", "bounce", "pay"]),
    st.integers(0, 5),
)
# Without payments most of the time: they end what is to be looked at.
days = st.lists(
    st.tuples(st.integers(0, 4), st.one_of(st.none(), st.none(), interruptions)),
    min_size=20,
    max_size=40,
)
customers = st.builds(
    Customer,
    st.lists(policies(), min_size=2, max_size=3),
    st.lists(
        st.tuples(st.integers(-20, 5), st.sampled_from([60.0, 100.0])),
        min_size=1,
        max_size=3,
    ),
)


def sendings(customer, days):
    """Let the days pass; yield each step that is sent, before it is."""
    for gap, event in days:
        customer.today += timedelta(days=gap)
        if event:
            name, number = event
            getattr(customer, name)(number)
        decision = customer.decide()
        if decision.step and decision.step.date <= customer.today:
            yield decision
            customer.send(decision)


@EXAMPLES
@given(customers, days)
def test_nobody_gets_a_level_twice(customer, days):
    """By its days, whatever policy it belongs to; only the last one repeats."""
    for decision in sendings(customer, days):
        delays = [
            sent.delay
            for sent in customer.current()
            if sent.line_id == decision.line_id
        ]
        step = decision.step
        if step.occurrence == 1:
            assert step.level.delay > max(delays, default=-999)
        else:
            assert step.level == customer.policy.overdue_levels[-1]
            assert step.occurrence == Counter(delays)[step.level.delay] + 1
    keys = Counter(sent[:4] for sent in customer.sent)
    assert set(keys.values()) <= {1}


@EXAMPLES
@given(customers, days)
def test_nobody_jumps_a_formal_level(customer, days):
    """Neither to one without its predecessor, nor over one that is still to come."""
    for decision in sendings(customer, days):
        level, reached = decision.step.level, customer.customer_delay()
        if not decision.overdue:
            continue
        ladder = customer.policy.overdue_levels
        below = [step for step in ladder if step.delay < level.delay]
        if level.formal:
            assert reached is not None
            assert reached >= max((step.delay for step in below), default=1)
        if reached is not None:
            assert not [step for step in below if step.formal and step.delay > reached]


@EXAMPLES
@given(customers, days)
def test_levels_missed_while_the_server_was_down_are_climbed_one_by_one(customer, days):
    for decision in sendings(customer, days):
        reached = customer.customer_delay()
        if not decision.overdue or reached is None:
            continue
        above = [lev.delay for lev in customer.policy.overdue_levels]
        above = [delay for delay in above if delay > reached]
        assert decision.step.level.delay <= min(above, default=reached)
        last = customer.sent[-1].date
        distance = (customer.today - last).days
        assert distance >= max(1, customer.policy.min_days)
