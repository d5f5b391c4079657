"""A progress bar for a terminal; a line now and then for a log."""

import sys
import time

WIDTH = 30
SECONDS_BETWEEN_LINES = 10


class Bar:
    def __init__(self, what: str, total: int):
        self.what, self.total, self.done = what, total, 0
        self.started = self.shown = time.monotonic()

    def advance(self, count: int) -> None:
        self.done += count
        now = time.monotonic()
        finished = self.done >= self.total
        if sys.stdout.isatty():
            sys.stdout.write(f"\r{self._text(now)}{chr(10) if finished else ''}")
        elif finished or now - self.shown >= SECONDS_BETWEEN_LINES:
            sys.stdout.write(f"{self._text(now)}\n")
            self.shown = now
        sys.stdout.flush()

    def _text(self, now: float) -> str:
        filled = WIDTH * self.done // self.total
        rate = self.done / max(now - self.started, 0.001)
        bar = "#" * filled + "." * (WIDTH - filled)
        return (
            f"{self.what} [{bar}] {self.done:,} of {self.total:,}, {rate:.0f} a second"
        )
