"""What a collector had best do with the case in front: one step, and why."""

from typing import NamedTuple

from . import priority, worklist

WAIT, ANSWER, ACTIVITY, PROMISE = "wait", "answer", "activity", "promise"
SUPERVISOR, HAND_OVER = "supervisor", "hand_over"
WRITE, ADDRESS, CALL = priority.WRITE, priority.ADDRESS, priority.CALL

# After so many promises of a year that were not kept another one is no answer.
BROKEN = 2
# So old, with every level sent, a debt is no longer a matter of reminding.
OLD = 90


class Situation(NamedTuple):
    """What is known of the case.

    :param group: why it is on the list, see `tools.worklist`; ``None``: it is not
    :param way: how the customer is best contacted, see `tools.priority`
    :param is_forbidden: a contact rule forbids to call now
    :param broken: promises of the last 12 months that were not kept
    :param is_exhausted: every level of the policy was sent
    """

    group: str | None = None
    way: str = CALL
    is_forbidden: bool = False
    broken: int = 0
    is_exhausted: bool = False
    days: int = 0


def suggest(facts: Situation) -> str:
    """Return the step: who waits for an answer gets it, whatever else there is.

    >>> suggest(Situation(group=worklist.REPLY, is_forbidden=True))
    'answer'
    >>> suggest(Situation(group=worklist.BROKEN)), suggest(Situation(way=WRITE))
    ('promise', 'write')
    """
    if facts.group == worklist.REPLY:
        return ANSWER
    if facts.is_forbidden:
        return WAIT
    if facts.group == worklist.ACTIVITY:
        return ACTIVITY
    if facts.group == worklist.BROKEN:
        return SUPERVISOR if facts.broken >= BROKEN else PROMISE
    if facts.is_exhausted and facts.days > OLD:
        return HAND_OVER
    return facts.way
