"""Whose is a deposit that came without a name? Suggestions, each with its reasons.

Pure: amounts are integers in the currency's smallest unit, so that sums are exact.
The evidence is of two kinds. *Who*: the bank's account, the tax number, a document
number in the label, the name, or a payment notice. *How much*: exactly one open
document, all that is open, all that is overdue, or the sum of a few documents.
Points add up, and only the best of the second kind counts. The same amount owed by
many says nothing and is dropped.

A sum of documents is looked for only where something says who it may be: among
enough customers some sum always fits by chance.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple

from .payer_text import label_keys, name_share, squeezed, tail, words
from .promises import NEAR_DAYS

# Points of each reason; 100 is as sure as it gets.
KNOWN, ACCOUNT, TAX, REFERENCE, TAIL, NAME, NOTICE = (
    "known",
    "account",
    "tax",
    "reference",
    "tail",
    "name",
    "notice",
)
DOCUMENT, NET, OVERDUE, COMBINATION = "document", "net", "overdue", "combination"
POINTS = {
    KNOWN: 70,
    ACCOUNT: 60,
    TAX: 55,
    REFERENCE: 50,
    TAIL: 30,
    NAME: 40,
    NOTICE: 40,
    DOCUMENT: 45,
    NET: 40,
    OVERDUE: 40,
    COMBINATION: 25,
}
# What the same amount or number is worth when others share it.
SHARED = 0.5
# With more customers than these, an amount or a number tells nothing.
MOST_SHARING = 5
# From so many points on it is very likely, likely, possible.
VERY_LIKELY, LIKELY, POSSIBLE = 80, 50, 30
# A sum is looked for among the oldest documents, of at most so many.
OLDEST, MOST_PARTS = 16, 5
# Suggestions kept per deposit.
MOST = 3
# A name fits from this share of its letters on.
NAME_FITS = 0.75
# A token that more customers than these have in their names finds nobody.
COMMON = 50
SHORTEST_TAX, SHORTEST_ACCOUNT = 6, 6
# Days between what the customer said and what the bank shows.
NOTICE_DAYS = NEAR_DAYS


class Deposit(NamedTuple):
    """Money that came in and belongs to nobody yet."""

    key: int
    currency: int
    amount: int
    date: date
    label: str = ""
    payer: str = ""
    account: str = ""
    customer: int | None = None


class Document(NamedTuple):
    """An open debit."""

    id: int
    customer: int
    currency: int
    amount: int
    due: date
    number: str = ""
    reference: str = ""


class Customer(NamedTuple):
    """Who may be the payer; ``credits`` are what reduces the net, per currency."""

    id: int
    names: tuple[str, ...] = ()
    tax: str = ""
    accounts: tuple[str, ...] = ()
    credits: tuple[tuple[int, int], ...] = ()


class Notice(NamedTuple):
    """The customer says that it is paid."""

    customer: int
    currency: int
    amount: int
    date: date


class Reason(NamedTuple):
    """Why: a code, what it is about (numbers, a day, a percentage), its points."""

    code: str
    about: tuple[str, ...]
    points: int


class Suggestion(NamedTuple):
    customer: int
    score: int
    reasons: tuple[Reason, ...]


def likelihood(score: int) -> str:
    """Return a score in words.

    >>> [likelihood(score) for score in (95, 60, 30)]
    ['very_likely', 'likely', 'possible']
    """
    if score >= VERY_LIKELY:
        return "very_likely"
    return "likely" if score >= LIKELY else "possible"


# === SUMS === #


def combination(
    amount: int, parts: Sequence[int], most: int = MOST_PARTS
) -> tuple[int, ...] | None:
    """Return the positions of two or more parts that add up to an amount.

    The earliest parts are preferred: give the oldest documents first. At most
    ``most`` parts of the first `OLDEST` are tried, 6,868 sums, so the time is bounded.

    >>> combination(350, [100, 200, 150, 50])
    (0, 1, 3)
    """
    parts = parts[:OLDEST]
    rest = [0] * (len(parts) + 1)
    for place in range(len(parts) - 1, -1, -1):
        rest[place] = rest[place + 1] + max(parts[place], 0)

    def search(start: int, left: int, room: int, chosen: tuple[int, ...]):
        if left == 0 and len(chosen) > 1:
            return chosen
        if not room or left <= 0:
            return None
        for place in range(start, len(parts)):
            if rest[place] < left:
                return None
            if 0 < parts[place] <= left:
                found = search(
                    place + 1, left - parts[place], room - 1, (*chosen, place)
                )
                if found:
                    return found
        return None

    return search(0, amount, most, ())


# === THE BOOK OF WHO OWES WHAT === #


@dataclass
class Book:
    """Customers, open documents and notices, indexed once for many deposits."""

    customers: Iterable[Customer]
    documents: Iterable[Document]
    notices: Iterable[Notice] = ()
    today: date = date.min
    by_id: dict = field(init=False)
    names: dict = field(init=False)
    indexes: dict = field(init=False)
    open: dict = field(init=False)
    said: dict = field(init=False)
    numbers: dict = field(init=False)

    def __post_init__(self):
        self.by_id = {one.id: one for one in self.customers}
        self.names = {
            one.id: [w for w in map(words, one.names) if w]
            for one in self.by_id.values()
        }
        self.open, self.numbers = defaultdict(list), {}
        for one in sorted(self.documents, key=lambda d: (d.due, d.id)):
            if one.customer in self.by_id and one.amount > 0:
                self.open[one.customer, one.currency].append(one)
                self.numbers[one.id] = one.number
        self.said = defaultdict(list)
        for notice in self.notices:
            self.said[notice.currency, notice.amount].append(notice)
        self.indexes = defaultdict(lambda: defaultdict(set))
        self._index_customers()
        self._index_amounts()

    def _index_customers(self):
        for one in self.by_id.values():
            for account in one.accounts:
                if len(squeezed(account)) >= SHORTEST_ACCOUNT:
                    self.indexes[ACCOUNT][squeezed(account)].add(one.id)
            if len(squeezed(one.tax)) >= SHORTEST_TAX:
                self.indexes[TAX][squeezed(one.tax)].add(one.id)
            for name in self.names[one.id]:
                for word in name:
                    self.indexes[NAME][word].add(one.id)

    def _index_amounts(self):
        for (customer, currency), documents in self.open.items():
            for one in documents:
                self.indexes[DOCUMENT][currency, one.amount].add(customer)
                for number in filter(None, (one.number, one.reference)):
                    self.indexes[REFERENCE][squeezed(number)].add((customer, one.id))
                    if last := tail(number):
                        self.indexes[TAIL][last].add((customer, one.id))
            for code, amount in self.sums(customer, currency, documents).items():
                self.indexes[code][currency, amount].add(customer)

    def sums(self, customer, currency, documents) -> dict[str, int]:
        """Return what a customer owes in a currency, in all and overdue."""
        credits = dict(self.by_id[customer].credits).get(currency, 0)
        total = sum(one.amount for one in documents)
        overdue = sum(one.amount for one in documents if one.due < self.today)
        return {NET: total - credits, OVERDUE: overdue - credits}


def suggest(deposit: Deposit, book: Book) -> list[Suggestion]:
    """Return whose a deposit may be, the likeliest first; at most `MOST`."""
    evidence = defaultdict(list)
    for customer, reason in _who(deposit, book):
        evidence[customer].append(reason)
    by_amount = {
        customer
        for code in (DOCUMENT, NET, OVERDUE)
        if len(found := _found(book, code, deposit)) <= MOST_SHARING
        for customer in found
    }
    found = []
    for customer in evidence.keys() | by_amount:
        reasons = [
            *evidence.get(customer, ()),
            *_how_much(deposit, customer, book, evidence),
        ]
        score = min(100, sum(reason.points for reason in reasons))
        if score >= POSSIBLE:
            found.append(Suggestion(customer, score, tuple(reasons)))
    return sorted(found, key=lambda one: (-one.score, one.customer))[:MOST]


def _found(book: Book, code: str, deposit: Deposit) -> set[int]:
    return book.indexes[code].get((deposit.currency, deposit.amount), set())


def _points(code: str, sharing: int) -> int:
    return POINTS[code] if sharing <= 1 else round(POINTS[code] * SHARED)


def _who(deposit: Deposit, book: Book) -> Iterator[tuple[int, Reason]]:
    """Yield what says who it is, each kind once per customer."""
    if deposit.customer in book.by_id:
        yield deposit.customer, Reason(KNOWN, (), POINTS[KNOWN])
    account = book.indexes[ACCOUNT].get(squeezed(deposit.account), ())
    for customer in account:
        yield (
            customer,
            Reason(ACCOUNT, (deposit.account,), _points(ACCOUNT, len(account))),
        )
    text = f"{deposit.payer} {deposit.label}"
    whole, tails = label_keys(text)
    yield from _by_tax(whole, book)
    yield from _by_document(whole, tails, book)
    yield from _by_name(words(text), book)
    yield from _by_notice(deposit, book)


def _by_tax(keys: set[str], book: Book) -> Iterator[tuple[int, Reason]]:
    for key in sorted(keys):
        sharing = book.indexes[TAX].get(key, ())
        for customer in sharing:
            yield customer, Reason(TAX, (key,), _points(TAX, len(sharing)))


def _by_document(whole, tails, book: Book) -> Iterator[tuple[int, Reason]]:
    """Yield the documents that the label names: fully, or by their last digits."""
    named: dict[int, dict[str, set[int]]] = defaultdict(lambda: defaultdict(set))
    sharing: dict[tuple[int, str], int] = {}
    for code, keys in ((REFERENCE, whole), (TAIL, tails)):
        for key in sorted(keys):
            hits = book.indexes[code].get(key, ())
            customers = {customer for customer, _document in hits}
            if len(customers) > MOST_SHARING:
                continue
            for customer, document in hits:
                named[customer][code].add(document)
                known = sharing.get((customer, code), len(customers))
                sharing[customer, code] = min(known, len(customers))
    for customer, codes in named.items():
        code = REFERENCE if REFERENCE in codes else TAIL
        numbers = tuple(book.numbers[document] for document in sorted(codes[code]))
        yield customer, Reason(code, numbers, _points(code, sharing[customer, code]))


def _by_name(text: tuple[str, ...], book: Book) -> Iterator[tuple[int, Reason]]:
    hits = (book.indexes[NAME].get(word, ()) for word in text)
    candidates = {
        customer for found in hits if len(found) <= COMMON for customer in found
    }
    shares = {
        customer: max(name_share(name, text) for name in book.names[customer])
        for customer in candidates
    }
    best = {customer: share for customer, share in shares.items() if share >= NAME_FITS}
    for customer, share in best.items():
        points = round(_points(NAME, len(best)) * share)
        yield customer, Reason(NAME, (str(round(share * 100)),), points)


def _by_notice(deposit: Deposit, book: Book) -> Iterator[tuple[int, Reason]]:
    near = {}
    for notice in book.said.get((deposit.currency, deposit.amount), ()):
        if abs((notice.date - deposit.date).days) <= NOTICE_DAYS:
            near.setdefault(notice.customer, notice)
    for customer, notice in near.items():
        day = notice.date.isoformat()
        yield customer, Reason(NOTICE, (day,), _points(NOTICE, len(near)))


def _how_much(deposit, customer, book: Book, evidence) -> list[Reason]:
    """Return the best of what the amount says, if it says something."""
    documents = book.open.get((customer, deposit.currency), ())
    fitting = [one.number for one in documents if one.amount == deposit.amount]
    reasons = [
        Reason(
            code,
            tuple(fitting[:1]) if code == DOCUMENT else (),
            _points(code, len(sharing)),
        )
        for code in (DOCUMENT, NET, OVERDUE)
        if customer in (sharing := _found(book, code, deposit))
    ]
    if not reasons and customer in evidence:
        parts = combination(deposit.amount, [one.amount for one in documents])
        if parts:
            numbers = tuple(documents[place].number for place in parts)
            reasons.append(Reason(COMBINATION, numbers, POINTS[COMBINATION]))
    # A single document is also all that is open: said once.
    return sorted(reasons, key=lambda reason: -reason.points)[:1]
