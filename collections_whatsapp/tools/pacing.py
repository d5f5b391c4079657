"""When messages may leave, so that no limit is ever passed.

A number may send so many messages in *any* second. Messages get slots at equal
distances, a little further apart than the limit asks for, and who comes late for a
slot gets another: what is delayed on its way would else meet what comes after it.
"""

import math

# Share of the limit that is used. Late messages and all that follow them stay below
# the limit while (1 + LATE) * MARGIN < 1; the rest is for the network's own delays.
MARGIN = 0.93
# Seconds after its slot from which a message gets another one.
LATE = 0.05
# Seconds until the first slot: the time to commit before it.
LEAD = 0.03
# Seconds for which slots are given: what a worker has taken leaves within these.
AHEAD = 0.6
PAIR_SECONDS = 6.0
DEFAULT_RATE = 80
COEXISTENCE_RATE = 20


def slots(
    free_at: float, now: float, count: int, rate: float, ahead: float = AHEAD
) -> tuple[list[float], float]:
    """Return when each of the next messages may leave, and the first slot left over.

    Those for which there is no slot soon get none: another worker may have them.

    :param free_at: the first slot that nobody has, as seconds
    :param rate: messages a second that the number may send

    >>> slots(0.0, 100.0, 3, 100 / MARGIN)
    ([100.03, 100.04, 100.05], 100.06)
    >>> slots(100.58, 100.0, 9, 100 / MARGIN)
    ([100.58, 100.59, 100.6], 100.61)
    """
    step = 1 / (rate * MARGIN)
    start = max(free_at, now + LEAD)
    # Less than a step's thousandth: what floats make of the last slot.
    room = max(0, math.floor((now + ahead - start) / step + 1.001))
    times = [round(start + index * step, 6) for index in range(min(count, room) + 1)]
    return times[:-1], times[-1]


def allowance(limit: int | None, reached: int) -> int | None:
    """Return how many new people may still be written to; ``None``: no limit.

    >>> allowance(250, 249), allowance(250, 300), allowance(None, 9)
    (1, 0, None)
    """
    return None if limit is None else max(0, limit - reached)
