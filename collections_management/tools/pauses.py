"""What is agreed with a customer takes out of dunning exactly what it covers.

One document may be covered by several pauses at once; each counts for what the ones
before it leave, so that together they never cover more than is open.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import NamedTuple

DISPUTED = "disputed"
AGREED = "agreed"
CHEQUE = "cheque"
PROMISED = "promised"
REPORTED = "reported"
HELD = "held"

# In the order in which they count for one document.
KINDS = (DISPUTED, AGREED, CHEQUE, PROMISED, REPORTED, HELD)

# Everything that is open, whatever it is.
WHOLE = 1e15


class Pause(NamedTuple):
    """One thing agreed with a customer.

    :param partner_id: the commercial partner
    :param line_id: the journal item; ``None``: all that the customer owes
    :param amount: in the document's currency; more than is open counts as all of it
    """

    kind: str
    partner_id: int
    line_id: int | None = None
    amount: float = WHOLE


class OpenLine(NamedTuple):
    """An open debit; its amount is in its own currency."""

    line_id: int
    due: date
    currency_id: int
    amount: float


class Wish(NamedTuple):
    """An amount to be paused, not tied to one document.

    :param caps: the most of each document, ``None``: any open debit of the currency
    """

    kind: str
    partner_id: int
    currency_id: int
    amount: float
    caps: Mapping[int, float] | None = None


def spread(
    wishes: Iterable[Wish], lines: Mapping[int, Sequence[OpenLine]]
) -> list[Pause]:
    """Return wishes put on documents, the oldest first.

    What one wish covers is no longer there for the next one.

    :param lines: open debits by customer

    >>> old = OpenLine(1, date(2024, 1, 1), 1, 100.0)
    >>> new = OpenLine(2, date(2024, 2, 1), 1, 100.0)
    >>> found = spread([Wish(PROMISED, 7, 1, 150.0)], {7: [new, old]})
    >>> [(pause.line_id, pause.amount) for pause in found]
    [(1, 100.0), (2, 50.0)]
    """
    left = {line.line_id: line.amount for rows in lines.values() for line in rows}
    found = []
    for wish in wishes:
        amount = wish.amount
        for line in sorted(lines.get(wish.partner_id, ()), key=lambda r: (r.due, r[0])):
            if line.currency_id != wish.currency_id:
                continue
            cap = WHOLE if wish.caps is None else wish.caps.get(line.line_id, 0.0)
            part = min(amount, cap, left[line.line_id])
            if part <= 0:
                continue
            amount -= part
            left[line.line_id] -= part
            found.append(Pause(wish.kind, wish.partner_id, line.line_id, part))
    return found
