"""What the ledger says about a dispute: credited, paid, or still open."""

from typing import NamedTuple

OPEN = "open"
TO_CREDIT = "to_credit"
ACCEPTED = "accepted"
PARTIAL = "partial"
REJECTED = "rejected"
WITHDRAWN = "withdrawn"
PAID = "paid"

# Nothing of what a dispute in these states covers is asked for.
PAUSING = (OPEN, TO_CREDIT)
CLOSED = (ACCEPTED, PARTIAL, REJECTED, WITHDRAWN, PAID)

# Less than this is rounding, in any currency.
ROUNDING = 0.005


class Facts(NamedTuple):
    """Amounts in company currency.

    ``accepted`` is what a person conceded, with its credit note still to come;
    ``credited`` what credit notes took off the disputed documents since the dispute
    was opened, never more than ``disputed``; ``closed``: none of them is open.
    """

    state: str
    disputed: float
    credited: float
    closed: bool
    accepted: float = 0.0


def outcome(facts: Facts) -> str | None:
    """Return the state that the ledger puts an open dispute in, ``None``: no other.

    A credit note for all of it, or for what was conceded, is its resolution; a
    document that closes otherwise was paid.

    >>> outcome(Facts(OPEN, disputed=200, credited=200, closed=False))
    'accepted'
    >>> outcome(Facts(OPEN, disputed=200, credited=50, closed=False)) is None
    True
    >>> outcome(Facts(TO_CREDIT, 200, credited=50, closed=False, accepted=50))
    'partial'
    >>> outcome(Facts(OPEN, disputed=200, credited=0, closed=True))
    'paid'
    """
    if facts.state not in PAUSING:
        return None
    wanted = facts.accepted if facts.state == TO_CREDIT else facts.disputed
    if facts.credited > wanted - ROUNDING and facts.credited > ROUNDING:
        whole = facts.credited > facts.disputed - ROUNDING
        return ACCEPTED if whole else PARTIAL
    if not facts.closed:
        return None
    return PARTIAL if facts.credited > ROUNDING else PAID


def resolved(disputed: float, accepted: float) -> str:
    """Return the state of a dispute of which a person conceded ``accepted``."""
    return ACCEPTED if accepted > disputed - ROUNDING else PARTIAL
