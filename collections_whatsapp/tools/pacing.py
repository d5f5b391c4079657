"""When messages may leave, so that no limit is ever passed.

A number may send so many messages in *any* second. Messages get slots at equal
distances, a little further apart than the limit asks for: what is delayed on its
way would else meet what comes after it.
"""

# Share of the limit that is used.
MARGIN = 0.95
PAIR_SECONDS = 6.0
DEFAULT_RATE = 80
COEXISTENCE_RATE = 20


def slots(
    free_at: float, now: float, count: int, rate: float
) -> tuple[list[float], float]:
    """Return when each of the next messages may leave, and when the one after them.

    :param free_at: the first slot that nobody has, as seconds
    :param rate: messages a second that the number may send

    >>> slots(0.0, 100.0, 3, 100 / MARGIN)
    ([100.0, 100.01, 100.02], 100.03)
    """
    step = 1 / (rate * MARGIN)
    start = max(free_at, now)
    times = [round(start + index * step, 6) for index in range(count + 1)]
    return times[:-1], times[-1]


def allowance(limit: int | None, reached: int) -> int | None:
    """Return how many new people may still be written to; ``None``: no limit.

    >>> allowance(250, 249), allowance(250, 300), allowance(None, 9)
    (1, 0, None)
    """
    return None if limit is None else max(0, limit - reached)
