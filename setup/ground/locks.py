"""One at a time, across commands: a lock that the kernel frees when its owner dies."""

import contextlib
import fcntl
from collections.abc import Iterator

from .console import say
from .errors import SetupError
from .paths import LOCAL


@contextlib.contextmanager
def hold(name: str) -> Iterator[None]:
    LOCAL.mkdir(exist_ok=True)
    try:
        lock = (LOCAL / f"{name}.lock").open("w")
    except PermissionError as error:
        raise SetupError(f"{LOCAL} belongs to another user") from error
    with lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say(f"Waiting for another command of setup/ in this checkout ({name})")
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield
