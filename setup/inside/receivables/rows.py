"""Reading an invoice file: each row becomes an invoice or a problem, never a crash.

Only the standard library, no clock, no file: lines in, rows out.
"""

import csv
import dataclasses
import datetime
import itertools
import re
from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal, InvalidOperation

REQUIRED = ("customer", "number", "date", "amount")
OPTIONAL = ("due", "currency", "settled", "disputed", "name", "email", "country")
COLUMNS = (*REQUIRED, *OPTIONAL)
# A quoted text may go on over a few lines; a quote that never closes must not swallow
# the rest of the file.
LONGEST_ROW = 20
LARGEST_AMOUNT = Decimal(10) ** 12
FIRST_YEAR, LAST_YEAR = 1970, 2199
YES = {"yes", "y", "true", "t", "1", "x", "si", "sí", "s"}
NO = {"", "no", "n", "false", "f", "0"}
DATE_ORDERS = {"ymd": "2026-12-31", "dmy": "31/12/2026", "mdy": "12/31/2026"}


@dataclasses.dataclass(frozen=True)
class Format:
    """How to read the file: its columns by meaning, and how it writes values."""

    columns: Mapping[str, str] = dataclasses.field(
        default_factory=lambda: {name: name for name in COLUMNS}
    )
    delimiter: str = ","
    date_order: str = "ymd"
    decimal: str = "."
    countries: Mapping[str, str] = dataclasses.field(default_factory=dict)
    email: str = ""


@dataclasses.dataclass(frozen=True)
class Invoice:
    """One row. A negative amount is a credit note."""

    line: int
    customer: str
    number: str
    date: datetime.date
    amount: Decimal
    due: datetime.date | None = None
    currency: str = ""
    settled: datetime.date | None = None
    disputed: bool = False
    name: str = ""
    email: str = ""
    country: str = ""

    @property
    def key(self) -> tuple[str, str]:
        return self.customer, self.number


@dataclasses.dataclass(frozen=True)
class Problem:
    """A row that cannot be loaded: where it is and what to mend."""

    line: int
    message: str


class FormatError(Exception):
    """The file as a whole cannot be read: nothing of it is loaded."""


class _RowError(Exception):
    pass


def read(lines: Iterable[str], form: Format) -> Iterator[Invoice | Problem]:
    """Yield what each row of a file says; its first line names the columns.

    :raise FormatError: when a required column is missing
    """
    rows = _split(lines, form.delimiter)
    _line, heading = next(rows, (1, []))
    if isinstance(heading, str):
        raise FormatError(f"the heading cannot be read: {heading}")
    positions = _positions(heading, form)
    seen: dict[tuple[str, str], int] = {}
    for line, cells in rows:
        try:
            invoice = _invoice(line, cells, len(heading), positions, form)
            first = seen.setdefault(invoice.key, line)
            if first != line:
                raise _RowError(
                    f"invoice {invoice.number} of {invoice.customer} is already"
                    f" in line {first}"
                )
        except _RowError as error:
            yield Problem(line, str(error))
        else:
            yield invoice


def until(invoice: Invoice, date: datetime.date | None) -> Invoice | None:
    """The invoice as known on ``date``: None before it, unpaid before its payment."""
    if date is None:
        return invoice
    if invoice.date > date:
        return None
    if invoice.settled and invoice.settled > date:
        return dataclasses.replace(invoice, settled=None)
    return invoice


def _split(
    lines: Iterable[str], delimiter: str
) -> Iterator[tuple[int, list[str] | str]]:
    """Line number and cells of each row, or what is wrong with it; no blank rows."""
    numbered = enumerate(lines, 1)
    waiting: list[tuple[int, str]] = []
    width = 0  # of the heading, once it was read
    while True:
        current = waiting.pop(0) if waiting else next(numbered, None)
        if current is None:
            return
        number, text = current
        if not text.strip():
            continue
        cells = _cells(text, delimiter)
        if isinstance(cells, str):
            waiting += itertools.islice(numbered, LONGEST_ROW - len(waiting))
            cells, used = _joined(text, waiting, delimiter, width) or (cells, 0)
            del waiting[:used]
        width = width or len(cells)
        yield number, cells


def _joined(text, following, delimiter, width):
    """The row that ``text`` begins when its quoted text ends in a line that follows.

    Only a row as wide as the heading: two broken rows must not hide those between.
    """
    for used, (_number, more) in enumerate(following, 1):
        text += more if text.endswith("\n") else f"\n{more}"
        cells = _cells(text, delimiter)
        if not isinstance(cells, str) and len(cells) == (width or len(cells)):
            return cells, used
    return None


def _cells(text: str, delimiter: str) -> list[str] | str:
    if "\0" in text:
        return "it contains a NUL character"
    if any("\ud800" <= character <= "\udfff" for character in text):
        return "it is not in the file's encoding; say which with --encoding"
    try:
        rows = list(csv.reader([text], delimiter=delimiter, strict=True))
    except csv.Error as error:
        return f"it is not valid CSV ({error}); look for a quote too many or too few"
    return rows[0] if rows else []


def _positions(heading: list[str], form: Format) -> dict[str, int]:
    names = [name.strip().lstrip("\ufeff") for name in heading]
    positions = {
        meaning: names.index(column)
        for meaning, column in form.columns.items()
        if column in names
    }
    for meaning, column in form.columns.items():
        if meaning not in positions and (meaning in REQUIRED or column != meaning):
            raise FormatError(
                f"there is no column {column!r} (there are: {', '.join(names)});"
                f" name the right one with --{meaning}"
            )
    return positions


def _invoice(line, cells, width, positions, form) -> Invoice:
    if isinstance(cells, str):
        raise _RowError(cells)
    if len(cells) != width:
        raise _RowError(f"it has {len(cells)} values, the heading has {width}")
    values = {name: cells[position].strip() for name, position in positions.items()}
    for name in REQUIRED:
        if not values[name]:
            raise _RowError(f"column {form.columns[name]!r} is empty")

    def date(name: str) -> datetime.date | None:
        text = values.get(name, "")
        return _date(text, form.date_order, form.columns[name]) if text else None

    customer = values["customer"]
    return Invoice(
        line=line,
        customer=customer,
        number=values["number"],
        date=date("date"),
        amount=_amount(values["amount"], form.decimal, form.columns["amount"]),
        due=date("due"),
        currency=_currency(values.get("currency", "")),
        settled=date("settled"),
        disputed=_flag(values.get("disputed", ""), form.columns.get("disputed", "")),
        name=values.get("name", ""),
        email=values.get("email") or _address(form.email, customer),
        country=_country(values.get("country", ""), form.countries),
    )


def _date(text: str, order: str, column: str) -> datetime.date:
    found = re.fullmatch(r"(\d{1,4})[-/.](\d{1,2})[-/.](\d{1,4})", text, re.ASCII)
    try:
        parts = dict(zip(order, map(int, found.groups()), strict=True))
        date = datetime.date(parts["y"], parts["m"], parts["d"])
    except (AttributeError, ValueError):
        date = datetime.date.min
    if not FIRST_YEAR <= date.year <= LAST_YEAR:
        raise _RowError(
            f"{column} {text!r} is not a date like {DATE_ORDERS[order]} (--date-format)"
        )
    return date


def _amount(text: str, decimal: str, column: str) -> Decimal:
    thousands = "," if decimal == "." else "."
    plain = text.replace(" ", "").replace("\u00a0", "")
    grouped = (
        rf"[+-]?\d{{1,3}}({re.escape(thousands)}\d{{3}})+({re.escape(decimal)}\d*)?"
    )
    if re.fullmatch(grouped, plain, re.ASCII):
        plain = plain.replace(thousands, "")
    plain = plain.replace(decimal, ".") if thousands not in plain else ""
    try:
        amount = Decimal(plain)
    except InvalidOperation:
        amount = Decimal("NaN")
    if not amount.is_finite() or abs(amount) > LARGEST_AMOUNT:
        raise _RowError(
            f"{column} {text!r} is not an amount like 1234{decimal}56 (--decimal)"
        )
    if not amount:
        raise _RowError(f"{column} is zero: there is nothing to collect")
    return amount


def _currency(text: str) -> str:
    code = text.upper()
    if code and not re.fullmatch(r"[A-Z]{3}", code, re.ASCII):
        raise _RowError(
            f"currency {text!r} is not a code of three letters, such as USD"
        )
    return code


def _flag(text: str, column: str) -> bool:
    word = text.lower()
    if word not in YES | NO:
        raise _RowError(f"{column} {text!r} is neither yes nor no")
    return word in YES


def _country(text: str, countries: Mapping[str, str]) -> str:
    code = countries.get(text, text.upper())
    if code and not re.fullmatch(r"[A-Z]{2}", code, re.ASCII):
        raise _RowError(f"country {text!r} is not a code of two letters, such as CL")
    return code


def _address(pattern: str, customer: str) -> str:
    local = re.sub(r"[^a-z0-9.-]+", "-", customer.lower())
    return pattern.replace("{customer}", local)
