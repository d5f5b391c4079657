"""How often somebody may knock at a public door, per process."""

from collections import OrderedDict, deque


class RateLimit:
    """At most ``most`` times in ``seconds``, for each key; memory is bounded.

    >>> limit = RateLimit(2, 60)
    >>> [limit.allows("a", now) for now in (0, 1, 2, 61)]
    [True, True, False, True]
    """

    def __init__(self, most: int, seconds: float, keys: int = 10_000):
        self._most = most
        self._seconds = seconds
        self._keys = keys
        self._times: OrderedDict[str, deque[float]] = OrderedDict()

    def allows(self, key: str, now: float) -> bool:
        """Count a try at a monotonic time; tell whether it may go on."""
        times = self._times.setdefault(key, deque())
        self._times.move_to_end(key)
        while len(self._times) > self._keys:
            self._times.popitem(last=False)
        while times and now - times[0] >= self._seconds:
            times.popleft()
        if len(times) >= self._most:
            return False
        times.append(now)
        return True
