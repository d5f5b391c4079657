"""When to try again: by the kind of error, and how often it was tried."""

# Minutes to wait after each try; after the last one a person looks at it.
WAITS = {
    # Our own server or line: soon, then patiently, it harms no address.
    "connection_failed": (2, 5, 15, 30, 60, 120, 240, 480),
    # The other side said *not now*.
    "delivery_failed": (5, 10, 20, 40, 80),
}


def wait(reason: str, attempts: int) -> int | None:
    """Return the minutes until the next try, ``None`` to give up.

    :param attempts: how often it was tried, this one included

    >>> wait("delivery_failed", 1), wait("delivery_failed", 6)
    (5, None)
    """
    waits = WAITS.get(reason, WAITS["delivery_failed"])
    return waits[attempts - 1] if attempts <= len(waits) else None
