"""Progress for a person: one line per step, with the seconds it took."""

import contextlib
import sys
import time
from collections.abc import Iterator

_STARTED = time.monotonic()


def say(text: str = "") -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


@contextlib.contextmanager
def step(text: str) -> Iterator[None]:
    """Print ``text``, then how long the block took and the total so far."""
    started = time.monotonic()
    sys.stdout.write(f"{text} … ")
    sys.stdout.flush()
    try:
        yield
    except BaseException:
        say("failed")
        raise
    now = time.monotonic()
    say(f"{now - started:.1f} s (total {now - _STARTED:.0f} s)")
