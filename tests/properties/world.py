"""A customer whose documents fall due, and a collections department beside them.

Each day something may happen (a payment, a pause, another policy…) and the run may
be missed. What a run sends is kept the way the outbox keeps it.
"""

from datetime import date, timedelta
from typing import NamedTuple

from hypothesis import strategies as st

from collections_tools.levels import LATE_START_AGE, LATE_START_ENTRY, Level, Policy
from collections_tools.planning import CaseHistory, ItemHistory, OpenItem, decide

START = date(2026, 1, 1)
CURRENCY = 1


class Sent(NamedTuple):
    """A reminder, as the outbox has it."""

    line_id: int
    cycle: int
    delay: int
    occurrence: int
    date: date


class World:
    """The facts of one customer."""

    def __init__(self, policies, dues):
        self.policies = policies
        self.policy = policies[0]
        self.today = START
        self.items = {
            line_id: OpenItem(
                line_id, START + timedelta(days=due), CURRENCY, amount, amount
            )
            for line_id, (due, amount) in enumerate(dues, 1)
        }
        self.paid = set()
        self.cycles = dict.fromkeys(self.items, 1)
        self.credit = 0.0
        self.jump_delay = None
        self.sent = []

    # === EVENTS === #

    def pay(self, number):
        self.paid.add(self._line(number))

    def bounce(self, number):
        """A payment is taken back: the next cycle begins."""
        line_id = self._line(number)
        if line_id in self.paid:
            self.paid.remove(line_id)
            self.cycles[line_id] += 1

    def toggle_pause(self, number):
        line_id = self._line(number)
        item = self.items[line_id]
        self.items[line_id] = item._replace(paused=not item.paused)

    def receive(self, number):
        self.credit = 40.0 * number

    def change_policy(self, number):
        self.policy = self.policies[number % len(self.policies)]

    def jump(self, number):
        """A supervisor's jump, for the next decision only."""
        self.jump_delay = self.policy.levels[number % len(self.policy.levels)].delay

    def _line(self, number):
        return 1 + number % len(self.items)

    # === DECISIONS === #

    def open_items(self):
        debits = [
            item for line_id, item in self.items.items() if line_id not in self.paid
        ]
        if not self.credit:
            return debits
        credit = OpenItem(99, START, CURRENCY, -self.credit, -self.credit)
        return [*debits, credit]

    def current(self):
        """Reminders of items that are still open, in their current cycle."""
        return [
            sent
            for sent in self.sent
            if sent.line_id not in self.paid and sent.cycle == self.cycles[sent.line_id]
        ]

    def history(self):
        items = {}
        for sent in self.current():
            known = items.get(sent.line_id)
            count = known.count + 1 if known and known.delay == sent.delay else 1
            items[sent.line_id] = ItemHistory(sent.delay, count, sent.date)
        return CaseHistory(
            customer_delay=self.customer_delay(),
            last_date=max((sent.date for sent in self.sent), default=None),
            items=items,
        )

    def customer_delay(self):
        return max((s.delay for s in self.current() if s.delay > 0), default=None)

    def decide(self, today=None, items=None):
        return decide(
            self.policy,
            self.open_items() if items is None else items,
            self.history(),
            {CURRENCY: 1.0},
            today or self.today,
            jump_delay=self.jump_delay,
        )

    def send(self, decision):
        step = decision.step
        reminder = Sent(
            decision.line_id,
            self.cycles[decision.line_id],
            step.level.delay,
            step.occurrence,
            self.today,
        )
        self.sent.append(reminder)
        return reminder


# === STRATEGIES === #


@st.composite
def policies(draw):
    before = st.lists(st.integers(-5, 0), max_size=2, unique=True)
    after = st.lists(st.integers(1, 20), min_size=1, max_size=5, unique=True)
    delays = sorted(draw(before) + draw(after))
    return Policy(
        id=1,
        levels=tuple(
            Level(
                number, delay, delay > 0 and draw(st.sampled_from([False, False, True]))
            )
            for number, delay in enumerate(delays)
        ),
        entry_delay=draw(st.sampled_from([None, *(d for d in delays if d > 0)])),
        late_start=draw(st.sampled_from([LATE_START_ENTRY, LATE_START_AGE])),
        min_days=draw(st.sampled_from([0, 0, 1, 3, 6])),
        repeat_days=draw(st.integers(0, 5)),
        max_repeats=draw(st.integers(0, 3)),
        tolerance=draw(st.sampled_from([0.0, 5.0])),
        minimum=draw(st.sampled_from([0.0, 0.0, 50.0])),
    )


events = st.tuples(
    st.sampled_from(
        ["pay", "bounce", "toggle_pause", "receive", "change_policy", "jump"]
    ),
    st.integers(0, 5),
)
# Days since the last run, none for a second run on the same day; and what happened.
days = st.lists(
    st.tuples(
        st.sampled_from([0, 0, 1, 1, 2, 3, 9]),
        st.one_of(st.none(), st.none(), st.none(), events),
    ),
    min_size=15,
    max_size=30,
)
worlds = st.builds(
    World,
    st.lists(policies(), min_size=1, max_size=3),
    st.lists(
        st.tuples(st.integers(-40, 10), st.sampled_from([4.0, 60.0, 100.0])),
        min_size=1,
        max_size=4,
    ),
)
