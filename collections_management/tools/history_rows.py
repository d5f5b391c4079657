"""Contact history of a former system: rows of a file, checked one by one.

The file is CSV (UTF-8 or Windows-1252; comma, semicolon or tab) or XLSX. Its first row
names the columns, in English or Spanish, in any order. Every fault says the row, the
column and what is wrong; the words are the caller's.
"""

import csv
import io
import re
from collections.abc import Iterable, Sequence
from datetime import date, datetime, time
from typing import NamedTuple
from zipfile import BadZipFile

import openpyxl

from . import portal_forms
from .payer_text import plain

MOST_ROWS, MOST_BYTES = 20_000, 10 * 1024**2
LONGEST_TEXT, LONGEST_NAME = 20_000, 200
# Without an hour a contact is at noon: on its day in every zone of a country.
NOON = time(12)
EARLIEST = date(1990, 1, 1)
# Columns: code, required, and the headings that people write.
COLUMNS = {
    "key": (True, "row key, key, id, clave, codigo, identificador"),
    "customer": (True, "customer, cliente, nit, ruc, rut, rfc, deudor"),
    "date": (True, "date, fecha, fecha y hora, date and time"),
    "kind": (True, "kind, tipo, channel, canal, medio"),
    "direction": (False, "direction, direccion, sentido"),
    "author": (False, "author, autor, by, gestor, usuario, user, agente"),
    "contact": (False, "contact, contacto, persona, person"),
    "address": (False, "address, phone or e mail, telefono o correo, telefono, correo"),
    "result": (False, "result, resultado"),
    "text": (False, "text, texto, nota, note, comentario, observaciones, notes"),
    "amount": (False, "promised amount, monto prometido, importe prometido"),
    "until": (False, "promised date, fecha prometida, promised for"),
}
HEADINGS = {
    heading.strip(): code
    for code, (_required, headings) in COLUMNS.items()
    for heading in headings.split(",")
}
REQUIRED = tuple(code for code, (required, _headings) in COLUMNS.items() if required)
NOTE, PROMISE = "note", "promise"
KINDS = {
    "call": "call, llamada, phone, telefono, llamada telefonica",
    "email": "email, e mail, correo, correo electronico, mail",
    "sms": "sms, mensaje de texto",
    "letter": "letter, carta",
    "visit": "visit, visita, meeting, reunion, visit or meeting",
    "whatsapp": "whatsapp, wa, wsp",
    "other": "other, otro",
    NOTE: "note, nota, comentario, comment",
    PROMISE: "promise, compromiso, compromiso de pago, promesa, promesa de pago",
}
KIND_OF = {
    word.strip(): kind for kind, words in KINDS.items() for word in words.split(",")
}
DIRECTION_OF = {
    "out": "out",
    "saliente": "out",
    "to the customer": "out",
    "al cliente": "out",
    "in": "in",
    "entrante": "in",
    "from the customer": "in",
    "del cliente": "in",
}
DAY_FIRST, MONTH_FIRST = "dmy", "mdy"
NUMERIC_DATE = re.compile(
    r"(\d{1,4})[-/.](\d{1,2})[-/.](\d{1,4})(?:[T ]+(\d{1,2}):(\d{2})(?::(\d{2}))?.*)?$"
)


class Fault(NamedTuple):
    """What is wrong: the row of the file, the column, a code, and the value."""

    row: int
    column: str
    code: str
    value: str = ""


class Entry(NamedTuple):
    """A contact as the former system knew it; the moment is local."""

    row: int
    key: str
    customer: str
    moment: datetime
    kind: str
    direction: str
    author: str
    contact: str
    address: str
    result: str
    text: str
    amount: float | None
    until: date | None


class FileError(ValueError):
    """The file cannot be read at all; the code says why."""

    def __init__(self, code: str, value: str = ""):
        super().__init__(code)
        self.code, self.value = code, value


# === READING === #


def read(content: bytes) -> list[list]:
    """Return the rows of a file, the headings first; its content says what it is.

    :raise FileError: *empty*, *too_big*, *too_many*, *unreadable* or *headings*
    """
    if not content:
        raise FileError("empty")
    if len(content) > MOST_BYTES:
        raise FileError("too_big", str(MOST_BYTES // 1024**2))
    rows = _workbook(content) if content[:2] == b"PK" else _csv(content)
    if len(rows) < 2:
        raise FileError("empty")
    if len(rows) > MOST_ROWS + 1:
        raise FileError("too_many", str(MOST_ROWS))
    return rows


def _workbook(content: bytes) -> list[list]:
    """Return the first sheet that has a column of customers."""
    try:
        book = openpyxl.load_workbook(
            io.BytesIO(content), read_only=True, data_only=True
        )
        for sheet in book.worksheets:
            rows = [list(row) for row in _limited(sheet.iter_rows(values_only=True))]
            rows = [row for row in rows if any(_text(cell) for cell in row)]
            if rows and "customer" in columns(rows[0]):
                return rows
    except (BadZipFile, KeyError, OSError, ValueError, TypeError, SyntaxError) as error:
        raise FileError("unreadable") from error
    raise FileError("headings", "customer")


def _limited(rows: Iterable) -> Iterable:
    """Stop where there is too much: a small file can hold a million empty rows."""
    for number, row in enumerate(rows):
        if number > 2 * MOST_ROWS:
            return
        yield row


def _csv(content: bytes) -> list[list]:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("cp1252", errors="replace")
    first = text.partition("\n")[0]
    delimiter = max(";,\t", key=first.count)
    try:
        rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))
    except csv.Error as error:
        raise FileError("unreadable") from error
    return [row for row in rows if any(cell.strip() for cell in row)]


def columns(headings: Sequence) -> dict[str, int]:
    """Return the position of each column by its code.

    >>> columns(["Clave", "Cliente", "Teléfono o correo", "Whatever"])
    {'key': 0, 'customer': 1, 'address': 2}
    """
    found: dict[str, int] = {}
    for position, heading in enumerate(headings):
        code = HEADINGS.get(plain(_text(heading)))
        if code:
            found.setdefault(code, position)
    return found


# === CHECKING === #


def check(
    rows: Sequence[Sequence], today: date, order: str = DAY_FIRST, digits: int = 2
) -> tuple[list[Entry], list[Fault]]:
    """Return the rows that can be taken over, and what is wrong with the others.

    :param rows: headings first; rows are counted as the file does, headings are 1
    :param today: what is later cannot have happened
    :param order: which comes first in ``03/04/2024``, the day or the month
    :param digits: decimals of amounts
    :raise FileError: *headings*, with the columns that are missing
    """
    places = columns(rows[0])
    missing = [code for code in REQUIRED if code not in places]
    if missing:
        raise FileError("headings", ",".join(missing))
    entries, faults, seen = [], [], {}
    for number, row in enumerate(rows[1:], 2):
        cells = {
            code: row[place] if place < len(row) else ""
            for code, place in places.items()
        }
        entry, wrong = _entry(number, cells, today, order, digits)
        if entry and entry.key in seen:
            wrong.append(Fault(number, "key", "twice", str(seen[entry.key])))
        faults += wrong
        if entry and not wrong:
            seen[entry.key] = number
            entries.append(entry)
    return entries, faults


def _entry(number, cells, today, order, digits) -> tuple[Entry | None, list[Fault]]:
    texts = {code: _text(cells.get(code)) for code in COLUMNS}
    faults = [Fault(number, code, "missing") for code in REQUIRED if not texts[code]]
    faults += [
        Fault(number, code, "long", str(limit))
        for code, text in texts.items()
        if len(text) > (limit := LONGEST_TEXT if code == "text" else LONGEST_NAME)
    ]
    if faults:
        return None, faults

    def parsed(code, value, problem):
        if value is None and texts[code]:
            faults.append(Fault(number, code, problem, texts[code]))
        return value

    when = parsed("date", moment(cells["date"], order), "date")
    kind = parsed("kind", KIND_OF.get(plain(texts["kind"])), "kind")
    way = parsed("direction", DIRECTION_OF.get(plain(texts["direction"])), "direction")
    amount = parsed("amount", _amount(cells.get("amount"), digits), "amount")
    until = parsed("until", moment(cells.get("until"), order), "date")
    if when and not EARLIEST <= when.date() <= today:
        faults.append(Fault(number, "date", "future", texts["date"]))
    if kind == PROMISE and not (texts["amount"] or texts["text"]):
        faults.append(Fault(number, "amount", "missing"))
    if kind == NOTE and not texts["text"]:
        faults.append(Fault(number, "text", "missing"))
    if not when or not kind:
        return None, faults
    entry = Entry(
        number,
        *(texts[code] for code in ("key", "customer")),
        when,
        kind,
        way or ("in" if kind == PROMISE else "out"),
        *(texts[code] for code in ("author", "contact", "address", "result", "text")),
        amount,
        until and until.date(),
    )
    return entry, faults


def moment(value, order: str = DAY_FIRST) -> datetime | None:
    """Return a moment from a cell; ``None`` if it is none.

    >>> moment("03/04/2024"), moment("2024-04-03 09:30", MONTH_FIRST)
    (datetime.datetime(2024, 4, 3, 12, 0), datetime.datetime(2024, 4, 3, 9, 30))
    """
    if isinstance(value, datetime):
        return value if value.time() != time() else datetime.combine(value, NOON)
    if isinstance(value, date):
        return datetime.combine(value, NOON)
    match = NUMERIC_DATE.fullmatch(_text(value))
    if not match:
        return None
    first, second, third = match.group(1, 2, 3)
    if len(first) == 4:
        year, month, day = first, second, third
    elif len(third) == 4:
        day, month = (first, second) if order == DAY_FIRST else (second, first)
        year = third
    else:
        return None
    hour, minute, seconds = match.group(4, 5, 6)
    clock = (int(hour), int(minute), int(seconds or 0)) if hour else (12, 0, 0)
    try:
        return datetime.combine(date(int(year), int(month), int(day)), time(*clock))
    except ValueError:
        return None


def _amount(value, digits: int) -> float | None:
    if isinstance(value, float | int) and not isinstance(value, bool):
        return round(float(value), digits) if value > 0 else None
    text = _text(value).replace(" ", "")
    # The last separator is the decimal one; those before it group thousands.
    found = re.fullmatch(r"(\d{1,3}(?:([.,])\d{3})+)([.,]\d+)?", text)
    if found and found.group(2) != (found.group(3) or "x")[0]:
        text = found.group(1).replace(found.group(2), "") + (found.group(3) or "")
    return portal_forms.amount(text, digits)


def _text(value) -> str:
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value).strip()
