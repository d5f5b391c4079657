"""Promises, notices, instalments and cheques: what the ledger says about each.

Payments go to promises in the order of their dates, then ids; no payment counts twice,
and nothing of the allocation is stored: the same facts give the same verdicts.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import NamedTuple

from . import cheques, pauses

OPEN = "open"
KEPT = "kept"
PARTIAL = "partially_kept"
BROKEN = "broken"
WITHDRAWN = "withdrawn"

PROMISE = "promise"
REPORTED = "reported"
INSTALMENT = "instalment"
CHEQUE = "cheque"

# What a customer gave its word for; the others are a report, or paper in hand.
GIVEN = (PROMISE, INSTALMENT)

PAUSES = {
    PROMISE: pauses.PROMISED,
    REPORTED: pauses.REPORTED,
    INSTALMENT: pauses.AGREED,
    CHEQUE: pauses.CHEQUE,
}

# A cheque of which a payment is registered: the ledger has what it covers.
SETTLED = "settled"

# How much before the day that a customer gives the bank may have the payment.
NEAR_DAYS = 10
ONE_DAY = timedelta(days=1)
# Less than this is rounding, in any currency.
ROUNDING = 0.005


class Cover(NamedTuple):
    """A document of a promise.

    :param line_id: the journal item, ``None`` where it is gone
    :param amount: what of it was promised
    :param open: what is open of it now
    """

    line_id: int | None
    amount: float
    due: date
    open: float


class Promise(NamedTuple):
    """A promise as it was made; amounts are in its currency.

    :param due: the promised date; of a payment notice the day of the payment
    :param until: the last day on which a payment counts as on time
    :param made: its day in the company's zone, ``created`` the moment
    :param covers: its documents; ``None``: whatever the customer owes
    :param waiting: a person has to approve it first
    :param cheque: state of the cheque, ``SETTLED`` where its payment is in the books
    """

    id: int
    kind: str
    partner_id: int
    currency_id: int
    amount: float
    due: date
    until: date
    made: date
    created: datetime
    covers: tuple[Cover, ...] | None = None
    withdrawn: bool = False
    waiting: bool = False
    cheque: str | None = None

    @property
    def first_day(self) -> date:
        """The first day of which a payment may count."""
        if self.kind == REPORTED:
            return self.due - timedelta(days=NEAR_DAYS)
        return self.made


class Payment(NamedTuple):
    """Money that came in: a partial on a debit, or what is not applied yet.

    :param line_id: the debit it pays, ``None`` where it is not applied
    :param date: the day of the payment itself
    :param created: when the ledger was told
    """

    partner_id: int
    line_id: int | None
    currency_id: int
    amount: float
    date: date
    created: datetime


class Paid(NamedTuple):
    """What was paid of a promise: on time, and later."""

    on_time: float = 0.0
    late: float = 0.0


def allocate(
    promises: Iterable[Promise], payments: Sequence[Payment]
) -> dict[int, Paid]:
    """Return what was paid of each promise that counts.

    Payments on time go first, to the earliest promised date, then to the lower id;
    what is left afterwards may still be somebody's late payment.
    """
    left = [payment.amount for payment in payments]
    found = _Places(payments)
    ordered = sorted(
        (one for one in promises if not one.withdrawn and not one.waiting),
        key=lambda promise: (promise.due, promise.id),
    )
    on_time, late = {}, {}
    for late_turn, result in ((False, on_time), (True, late)):
        for promise in ordered:
            wanted = promise.amount - on_time.get(promise.id, 0.0)
            taken = _take(promise, wanted, late_turn, payments, left, found)
            result[promise.id] = sum(taken)
    return {
        promise.id: Paid(on_time[promise.id], late[promise.id]) for promise in ordered
    }


class _Places:
    """Where the payments of a promise are, without looking at all of them."""

    def __init__(self, payments: Sequence[Payment]):
        self.by_line = defaultdict(list)
        self.by_partner = defaultdict(list)
        places = sorted(range(len(payments)), key=lambda i: (payments[i].date, i))
        for place in places:
            payment = payments[place]
            self.by_partner[payment.partner_id].append(place)
            if payment.line_id:
                self.by_line[payment.line_id].append(place)

    def of(self, promise: Promise) -> list[int]:
        if promise.covers is None:
            return self.by_partner.get(promise.partner_id, [])
        lines = {cover.line_id for cover in promise.covers if cover.line_id}
        return [place for line in sorted(lines) for place in self.by_line.get(line, ())]


def _take(promise, wanted, late, payments, left, found):
    """Yield what the payments give to a promise, and use them up."""
    for place in found.of(promise):
        if wanted <= 0:
            return
        payment = payments[place]
        if left[place] <= 0 or not _counts(promise, payment, late):
            continue
        part = min(wanted, left[place])
        wanted -= part
        left[place] -= part
        yield part


def _counts(promise: Promise, payment: Payment, late: bool) -> bool:
    """What a promise waits for came after it was made.

    Of its very day, and of the days before a payment notice's, only that counts of
    which the ledger learnt afterwards.
    """
    if payment.currency_id != promise.currency_id:
        return False
    if payment.date < promise.first_day or (payment.date > promise.until) is not late:
        return False
    sure = promise.due if promise.kind == REPORTED else promise.made + ONE_DAY
    return payment.date >= sure or payment.created >= promise.created


def judge(promise: Promise, paid: Paid, today: date) -> str:
    """Return the state of a promise on a day.

    Kept as soon as it is paid; otherwise judged when its last day is over. Whether a
    cheque is good the bank says, not the calendar.
    """
    if promise.withdrawn:
        return WITHDRAWN
    if promise.cheque == SETTLED or paid.on_time >= promise.amount - ROUNDING:
        return KEPT
    waits = today <= promise.until and promise.cheque != cheques.BOUNCED
    if waits or promise.cheque in cheques.LIVE:
        return OPEN
    if promise.waiting:
        # Nobody approved it in time.
        return WITHDRAWN
    return PARTIAL if paid.on_time > ROUNDING else BROKEN


def paused(
    promises: Iterable[Promise],
    paid: Mapping[int, Paid],
    debits: Mapping[int, Sequence[pauses.OpenLine]],
    today: date,
) -> list[pauses.Pause]:
    """Return what open promises pause: what of each is still to be paid.

    :param debits: open debits of the customers who promised without naming documents
    """
    lines: dict[int, dict[int, pauses.OpenLine]] = defaultdict(dict)
    for partner_id, rows in debits.items():
        lines[partner_id] = {row.line_id: row for row in rows}
    wishes = []
    for promise in sorted(promises, key=lambda promise: (promise.due, promise.id)):
        own = paid.get(promise.id, Paid())
        if promise.waiting or judge(promise, own, today) != OPEN:
            continue
        if today > promise.until:
            # Nobody deposited the cheque: it covers no longer.
            continue
        for cover in promise.covers or ():
            if cover.line_id and cover.open > 0:
                lines[promise.partner_id][cover.line_id] = pauses.OpenLine(
                    cover.line_id, cover.due, promise.currency_id, cover.open
                )
        wishes.append(_wish(promise, own))
    return pauses.spread(
        wishes, {partner_id: list(rows.values()) for partner_id, rows in lines.items()}
    )


def _wish(promise: Promise, paid: Paid) -> pauses.Wish:
    """An instalment may be paid by any document of its agreement."""
    caps = None
    if promise.covers is not None:
        caps = {
            cover.line_id: pauses.WHOLE if promise.kind == INSTALMENT else cover.amount
            for cover in promise.covers
            if cover.line_id
        }
    return pauses.Wish(
        PAUSES[promise.kind],
        promise.partner_id,
        promise.currency_id,
        promise.amount - paid.on_time,
        caps,
    )


def split(amount: float, documents: Sequence[float]) -> list[float]:
    """Return an amount put on documents in their order, and the rest on the last.

    >>> split(150.0, [100.0, 100.0])
    [100.0, 50.0]
    >>> split(250.0, [100.0, 100.0])
    [100.0, 150.0]
    """
    parts = []
    for number, document in enumerate(documents, 1):
        part = amount if number == len(documents) else min(amount, document)
        parts.append(part)
        amount -= part
    return parts


def promise_count(kept: Sequence[bool]) -> int:
    """Return which promise in a row a document has.

    :param kept: whether each of its promises was kept, in the order of their making

    >>> promise_count([False, False]), promise_count([True, False])
    (2, 1)
    >>> promise_count([]), promise_count([False])
    (0, 1)
    """
    return bool(kept) + sum(not one for one in kept[:-1])


def last_day(due: date, tolerance_days: int) -> date:
    """Return the last day on which a payment of a promise is on time."""
    return due + timedelta(days=max(tolerance_days, 0))
