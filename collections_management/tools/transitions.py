"""The outbox's state machine: allowed moves only, never backwards."""

PLANNED = "planned"
TO_APPROVE = "to_approve"
DEFERRED = "deferred"
QUEUED = "queued"
SENDING = "sending"
SENT = "sent"
DELIVERED = "delivered"
READ = "read"
FAILED = "failed"
UNCERTAIN = "uncertain"
CANCELLED = "cancelled"
SIMULATED = "simulated"

# Waiting to go out: may still be cancelled, holds the place of the next one.
WAITING = (PLANNED, TO_APPROVE, DEFERRED, QUEUED)
# It went out, or may have: counts as sent, so that nobody gets a level twice.
GONE = (SENDING, SENT, DELIVERED, READ, UNCERTAIN)
# Free the place again.
VOID = (CANCELLED, FAILED, SIMULATED)

ALLOWED = {
    PLANNED: {TO_APPROVE, QUEUED, DEFERRED, CANCELLED},
    TO_APPROVE: {QUEUED, DEFERRED, CANCELLED},
    # Again: the next try may have to wait as well.
    DEFERRED: {TO_APPROVE, QUEUED, SENDING, DEFERRED, FAILED, CANCELLED},
    # Back to a person: it goes by another channel than the approved one.
    QUEUED: {TO_APPROVE, SENDING, DEFERRED, FAILED, CANCELLED},
    SENDING: {SENT, QUEUED, DEFERRED, FAILED, UNCERTAIN, DELIVERED, READ},
    SENT: {DELIVERED, READ, FAILED},
    DELIVERED: {READ},
    READ: set(),
    FAILED: {QUEUED, CANCELLED},
    UNCERTAIN: {SENT, DELIVERED, READ, FAILED},
    CANCELLED: set(),
    SIMULATED: set(),
}


def can_move(current: str, target: str) -> bool:
    """Tell whether a reminder may go from one state to another.

    >>> can_move("queued", "sending"), can_move("sent", "queued")
    (True, False)
    """
    return target in ALLOWED[current]


def sources(target: str) -> tuple[str, ...]:
    """Return the states from which ``target`` may be reached."""
    return tuple(state for state, targets in ALLOWED.items() if target in targets)
