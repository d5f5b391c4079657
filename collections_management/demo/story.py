"""What happened at the demo companies, told relative to a day.

No database and no clock: the same story is right on any day it is told. Dates are
counted in days, never in months, so that the end of February changes nothing.
"""

import csv
from datetime import date, timedelta
from pathlib import Path
from typing import NamedTuple

TABLE = Path(__file__).parent / "tables" / "customers.csv"
MONTHS_18 = 548
INSTALMENTS = (30, 60, 90)
USD = "USD"
# From one invoice to the next, and what is bought.
FACTORS = (1.0, 0.82, 1.17, 0.64, 1.31, 0.93, 1.06)
GOODS = (
    "Arroz extra, saco de 50 kg",
    "Aceite vegetal, bidón de 20 L",
    "Azúcar rubia, saco de 50 kg",
    "Detergente industrial, 15 kg",
    "Papel toalla, caja de 12",
    "Leche evaporada, caja de 48",
    "Harina panadera, saco de 50 kg",
    "Desinfectante, galonera de 4 L",
)
# What may follow the days overdue of an open invoice in the table.
PARTIAL, BOUNCED, CREDITED, WITHHELD = "p", "b", "c", "w"
UNFOLLOWED, OPENING, IN_INSTALMENTS = "n", "o", "i"
REFUND, ON_ACCOUNT = "r", "a"
BOUNCED_DAYS_AGO = 4


class Customer(NamedTuple):
    """A row of the table.

    :param term: days to pay, ``None``: in instalments
    :param every: days between invoices
    :param late: days late with which it pays, in turn; negative: early
    :param open: open documents, as days overdue and a letter; negative: not due
    :param credits: unapplied credits: days ago, letter, share of an invoice
    """

    key: str
    company: str
    name: str
    city: str
    term: int | None
    every: int
    amount: float
    late: tuple[int, ...]
    open: tuple[tuple[int, str], ...]
    credits: tuple[tuple[int, str, float], ...]
    flags: frozenset[str]

    @property
    def currency(self) -> str | None:
        """The invoices' currency, ``None``: the company's."""
        return USD if "usd" in self.flags else None


class Payment(NamedTuple):
    """Money or a credit for an invoice, as a share of its total."""

    date: date
    share: float
    kind: str = "paid"


class Document(NamedTuple):
    """An invoice, a refund, a payment on account or an opening balance."""

    kind: str
    customer: Customer
    date: date
    due: date
    amount: float
    label: str
    situation: str = ""
    payments: tuple[Payment, ...] = ()


def customers(company: str | None = None) -> list[Customer]:
    """Return the customers of a demo company, of both without a name."""
    with TABLE.open(encoding="utf-8", newline="") as file:
        rows = [_customer(row) for row in csv.DictReader(file)]
    return [row for row in rows if company in (None, row.company)]


def _customer(row: dict[str, str]) -> Customer:
    return Customer(
        row["key"],
        row["company"],
        row["name"],
        row["city"],
        None if row["term"] == IN_INSTALMENTS else int(row["term"]),
        int(row["every"]),
        float(row["amount"]),
        tuple(map(int, row["late"].split())),
        tuple(map(_split, row["open"].split())),
        tuple(map(_split_credit, row["credits"].split())),
        frozenset(row["flags"].split()),
    )


def _split(text: str) -> tuple[int, str]:
    """Split ``12p`` into days overdue and situation."""
    days = text.rstrip("abcinoprw")
    return int(days), text[len(days) :]


def _split_credit(text: str) -> tuple[int, str, float]:
    kind = REFUND if REFUND in text else ON_ACCOUNT
    days, _kind, share = text.partition(kind)
    return int(days), kind, float(share)


def documents(people: list[Customer], today: date) -> list[Document]:
    """Return all that was invoiced and paid until a day, by date."""
    found = []
    for customer in people:
        found += _history(customer, today)
        found += _open_documents(customer, today)
        found += _credits(customer, today)
    return sorted(found, key=lambda document: document.date)


def _history(customer: Customer, today: date) -> list[Document]:
    """Paid invoices of 18 months, older than what is open."""
    term = max(INSTALMENTS) if customer.term is None else customer.term
    # By then the slowest payment of the turn has arrived.
    first = max(0, *(days for days, _situation in customer.open))
    first += max(customer.every, *customer.late)
    found = []
    for turn, age in enumerate(range(first, MONTHS_18 - term, customer.every)):
        due = today - timedelta(days=age)
        issued = due - timedelta(days=term)
        late = customer.late[turn % len(customer.late)]
        found.append(
            Document(
                "invoice",
                customer,
                issued,
                due,
                _amount(customer, turn + 2),
                GOODS[(turn + len(customer.key)) % len(GOODS)],
                payments=_full_payment(customer, issued, due, late),
            )
        )
    return found


def _full_payment(customer, issued, due, late) -> tuple[Payment, ...]:
    """Paid at once, or instalment by instalment."""
    if customer.term is not None:
        return (Payment(max(issued, due + timedelta(days=late)), 1.0),)
    share = 1 / len(INSTALMENTS)
    return tuple(
        Payment(issued + timedelta(days=days + late), share) for days in INSTALMENTS
    )


def _open_documents(customer: Customer, today: date) -> list[Document]:
    found = []
    for turn, (days, situation) in enumerate(customer.open):
        due = today - timedelta(days=days)
        term = INSTALMENTS[0] if situation == IN_INSTALMENTS else customer.term or 0
        issued = due - timedelta(days=term)
        found.append(
            Document(
                "opening" if situation == OPENING else "invoice",
                customer,
                min(issued, today),
                due,
                _amount(customer, turn),
                GOODS[(turn * 3 + len(customer.name)) % len(GOODS)],
                situation,
                _payments(situation, issued, due, today),
            )
        )
    return found


def _payments(situation, issued, due, today) -> tuple[Payment, ...]:
    """What was paid of an open invoice; never later than yesterday."""

    def day(offset: int) -> date:
        moment = due + timedelta(days=offset)
        return max(issued, min(moment, today - timedelta(days=1)))

    if situation == PARTIAL:
        return (Payment(day(4), 0.4),)
    if situation == CREDITED:
        return (Payment(day(-5), 0.25, "credited"),)
    if situation == WITHHELD:
        return (Payment(day(0), 0.03, "withheld"), Payment(day(2), 0.5))
    if situation == BOUNCED:
        return (Payment(day(2), 1.0, "bounced"),)
    if situation == IN_INSTALMENTS and today - due > timedelta(days=30):
        return (Payment(day(1), 1 / len(INSTALMENTS)),)
    return ()


def _credits(customer: Customer, today: date) -> list[Document]:
    kinds = {REFUND: "refund", ON_ACCOUNT: "on_account"}
    labels = {REFUND: "Devolución de mercadería", ON_ACCOUNT: "Pago a cuenta"}
    return [
        Document(
            kinds[kind],
            customer,
            today - timedelta(days=days),
            today - timedelta(days=days),
            round(customer.amount * share, 2),
            labels[kind],
        )
        for days, kind, share in customer.credits
    ]


def _amount(customer: Customer, turn: int) -> float:
    """The usual amount, somewhat more or less; whole hundreds where it is big."""
    amount = customer.amount * FACTORS[(turn + len(customer.key)) % len(FACTORS)]
    return round(amount, -2) if customer.amount > 100_000 else round(amount, 2)
