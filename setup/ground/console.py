"""Progress for a person: one line per step, with the seconds it took."""

import contextlib
import sys
import time
from collections.abc import Iterator

_STARTED = time.monotonic()
_open_step: str | None = None  # whose line still waits for its seconds


def say(text: str = "") -> None:
    """Print a line, after the end of a step's line that is still open."""
    global _open_step  # noqa: PLW0603 - there is one terminal
    if _open_step is not None:
        sys.stdout.write("\n")
        _open_step = None
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


@contextlib.contextmanager
def step(text: str) -> Iterator[None]:
    """Print ``text``, then how long the block took and the total so far."""
    started = time.monotonic()
    _begin(text)
    try:
        yield
    except BaseException:
        _end(text, "failed")
        raise
    now = time.monotonic()
    _end(text, f"{now - started:.1f} s (total {now - _STARTED:.0f} s)")


def _begin(text: str) -> None:
    global _open_step  # noqa: PLW0603
    sys.stdout.write(f"{'' if _open_step is None else chr(10)}{text} … ")
    sys.stdout.flush()
    _open_step = text


def _end(text: str, outcome: str) -> None:
    """Complete the line of ``text``, or repeat it where another step came between."""
    global _open_step  # noqa: PLW0603
    sys.stdout.write(f"{outcome}\n" if _open_step == text else f"{text} … {outcome}\n")
    sys.stdout.flush()
    _open_step = None
