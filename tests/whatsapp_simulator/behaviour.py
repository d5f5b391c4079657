"""How the simulated side behaves: kind by default, as bad as a test wants it."""

import random
import threading
import time
from collections import defaultdict, deque
from dataclasses import dataclass, field

# HTTP status of errors that are not 400.
STATUS = {
    **{0: 401, 190: 401, 3: 403, 10: 403, 200: 403, 131005: 403, 368: 403, 131031: 403},
    **{1: 500, 2: 503, 4: 429, 80007: 429, 130429: 429, 131056: 429, 131000: 500},
    **{131016: 500, 131057: 503, 133004: 503, 130497: 403},
}


@dataclass
class Behaviour:
    """Rates are shares from 0 to 1, times are seconds."""

    delay: float = 0.0
    # Accepted and delivered, but the answer never comes: the line is dropped.
    lost_answers: float = 0.0
    # The same, but the line stays silent: longer than the client has patience.
    hung_answers: float = 0.0
    hang: float = 25.0
    rate_limited: float = 0.0
    # Of webhooks: sent twice; held back so that later ones overtake them.
    duplicated: float = 0.0
    disordered: float = 0.0
    # How long after acceptance sent, delivered and read are told; None: never.
    receipts: tuple[float | None, ...] = (0.0, 0.02, None)
    per_second: int = 80
    pair_seconds: float = 0.0
    # Seconds that reviewers take for a template; None: approved at once.
    reviewed_after: float | None = None
    seed: int = 1
    # Codes that the next messages to a number (its digits), or the next templates
    # ("template"), are refused with.
    script: dict[str, list[int]] = field(default_factory=lambda: defaultdict(list))
    # Codes with which messages to a number fail after they were accepted.
    later: dict[str, int] = field(default_factory=dict)

    def __post_init__(self):
        self._random = random.Random(self.seed)
        self._lock = threading.Lock()
        self._times: dict[str, deque] = defaultdict(deque)
        self._pairs: dict[tuple[str, str], float] = {}
        self.busiest = self.refused = 0

    def chance(self, rate: float) -> bool:
        with self._lock:
            return rate > 0 and self._random.random() < rate

    def refusal(self, number: str, to: str) -> int | None:
        """Return the code that a message is refused with, if it is."""
        with self._lock:
            if self.script.get(to):
                return self.script[to].pop(0)
        if self.chance(self.rate_limited):
            return 130429
        return self._limit(number, to)

    def _limit(self, number: str, to: str) -> int | None:
        """Count the message against the limits of its number and of the pair."""
        now = time.monotonic()
        with self._lock:
            times = self._times[number]
            while times and times[0] <= now - 1:
                times.popleft()
            if len(times) >= self.per_second:
                self.refused += 1
                return 130429
            if now - self._pairs.get((number, to), -1e9) < self.pair_seconds:
                return 131056
            times.append(now)
            self._pairs[number, to] = now
            self.busiest = max(self.busiest, len(times))
        return None
