"""One at a time, across commands: a lock that the kernel frees when its owner dies."""

import contextlib
import fcntl
from collections.abc import Iterator

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
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
