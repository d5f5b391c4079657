"""Receipts come late, twice, in any order: what to show for a message."""

ORDER = ("sent", "delivered", "read")
FAILED = "failed"
# Played is what a voice message is when it was read.
_ALIASES = {"played": "read"}
KNOWN = (*ORDER, FAILED, *_ALIASES)


def merge(current: str, status: str) -> str:
    """Return the state of a message after one more status.

    The highest wins; a failure counts only while nobody has the message.

    >>> merge("sent", "read"), merge("read", "delivered"), merge("delivered", "failed")
    ('read', 'read', 'delivered')
    >>> merge("uncertain", "sent"), merge("failed", "delivered")
    ('sent', 'delivered')
    >>> merge("sent", "failed"), merge("failed", "sent")
    ('failed', 'failed')
    """
    status = _ALIASES.get(status, status)
    if status == FAILED:
        return current if current in ("delivered", "read") else FAILED
    if status not in ORDER:
        return current
    if current == FAILED:
        # Sent says less than failed; that it arrived says more.
        return FAILED if status == "sent" else status
    if current not in ORDER:
        return status
    return max(current, status, key=ORDER.index)
