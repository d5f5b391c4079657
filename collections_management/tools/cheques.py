"""Post-dated cheques: what may become of one, and which payment is for which.

A cheque in hand is a promise on paper. The ledger knows of it once somebody
registers a payment; until then it is ours to keep track of.
"""

import calendar
import re
from collections.abc import Iterable, Sequence
from datetime import date
from typing import NamedTuple

HELD = "held"
DEPOSITED = "deposited"
CLEARED = "cleared"
BOUNCED = "bounced"
RETURNED = "returned"

# What may follow. One that bounced may be presented again, and one that cleared
# may still come back.
NEXT = {
    HELD: {DEPOSITED, CLEARED, BOUNCED, RETURNED},
    DEPOSITED: {HELD, CLEARED, BOUNCED},
    CLEARED: {BOUNCED},
    BOUNCED: {DEPOSITED, RETURNED},
    RETURNED: set(),
}
# In these a payment of the ledger may be the cheque's.
LIVE = (HELD, DEPOSITED, CLEARED)


def may_become(state: str, new: str) -> bool:
    """Tell whether a cheque in a state may go to another.

    >>> may_become(HELD, DEPOSITED), may_become(RETURNED, HELD)
    (True, False)
    """
    return new in NEXT[state]


class Cheque(NamedTuple):
    """A cheque without a payment; the amount is in its currency."""

    id: int
    partner_id: int
    currency_id: int
    amount: float
    date: date
    number: str


class Payment(NamedTuple):
    """A customer's payment in the ledger that is no cheque's yet.

    :param text: whatever its register says: memo, reference
    """

    id: int
    partner_id: int
    currency_id: int
    amount: float
    date: date
    text: str


def match(cheques: Iterable[Cheque], payments: Iterable[Payment]) -> dict[int, int]:
    """Return the payment of each cheque that has one, by id of the cheque.

    Customer, currency and amount are the same, and the payment names the number of
    the cheque, or bears its date. Numbers go first; no payment is for two cheques.
    """
    left = {payment.id: payment for payment in sorted(payments)}
    found: dict[int, int] = {}
    cheques = sorted(cheques)
    for fits in (_names_number, _bears_date):
        for cheque in cheques:
            if cheque.id in found:
                continue
            payment = next(
                (p for p in left.values() if _same(cheque, p) and fits(cheque, p)), None
            )
            if payment:
                found[cheque.id] = payment.id
                del left[payment.id]
    return found


def _same(cheque: Cheque, payment: Payment) -> bool:
    return cheque[1:3] == payment[1:3] and abs(cheque.amount - payment.amount) < 0.005


def _names_number(cheque: Cheque, payment: Payment) -> bool:
    return plain(cheque.number) in {
        plain(word) for word in re.findall(r"[\w-]+", payment.text)
    } - {""}


def _bears_date(cheque: Cheque, payment: Payment) -> bool:
    return cheque.date == payment.date


def plain(number: str) -> str:
    """Return a number as it is compared: letters and digits, without leading zeros.

    >>> plain("000-1234"), plain("AB 77"), plain("0")
    ('1234', 'AB77', '')
    """
    return re.sub(r"[^0-9A-Z]", "", number.upper()).lstrip("0")


def series(number: str, first: date, count: int) -> list[tuple[str, date]]:
    """Return numbers and dates of cheques in a row, each a month after the other.

    Every date is counted from the first: of 31 January follow 29 February and 31 March.

    >>> series("0099", date(2024, 1, 31), 3)
    [('0099', datetime.date(2024, 1, 31)), ('0100', datetime.date(2024, 2, 29)), \
('0101', datetime.date(2024, 3, 31))]
    """
    return [(_later(number, turn), add_months(first, turn)) for turn in range(count)]


def _later(number: str, turn: int) -> str:
    """The number so many sheets later: only its last digits count on."""
    stem, digits = re.fullmatch(r"(.*?)(\d*)", number, re.DOTALL).groups()
    if not digits:
        return number
    return f"{stem}{int(digits) + turn:0{len(digits)}d}"


def add_months(day: date, months: int) -> date:
    """Return the same day of a later month, or its last one.

    >>> add_months(date(2024, 1, 31), 1)
    datetime.date(2024, 2, 29)
    """
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    last = calendar.monthrange(year, month + 1)[1]
    return date(year, month + 1, min(day.day, last))


def shares(amount: float, count: int, documents: Sequence[float]) -> list[list[float]]:
    """Return what each of several cheques is for, by document, the first ones first.

    >>> shares(60.0, 2, [100.0, 50.0])
    [[60.0, 0.0], [40.0, 20.0]]
    """
    left = list(documents)
    found = []
    for _turn in range(count):
        rest, parts = amount, []
        for place, document in enumerate(left):
            part = min(rest, document)
            left[place] -= part
            rest -= part
            parts.append(part)
        found.append(parts)
    return found
