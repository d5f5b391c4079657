"""The files exchanged with an agency: cases out, results in.

One table each way, as a workbook or CSV. Headings are codes, the same in every
language; what they mean is in the workbook's own sheet. Texts never become formulas,
and nothing is guessed: a number or date that could mean two things is an error.
"""

import csv
import hashlib
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from math import isfinite
from typing import NamedTuple

import openpyxl
import xlsxwriter

TEXT, DATE, AMOUNT, COUNT = "text", "date", "amount", "count"
CONTACT, PROMISE, PAYMENT = "contact", "promise", "payment"
COST, COMMISSION, RECOVERY = "cost", "commission", "recovery"
KINDS = (CONTACT, PROMISE, PAYMENT, COST, COMMISSION, RECOVERY)
CHANNELS = ("call", "email", "sms", "letter", "visit", "whatsapp", "other")

# Errors of a row; the words are the model's.
MISSING, UNKNOWN, NOT_A_DATE, NOT_AN_AMOUNT = "missing", "unknown", "date", "amount"
AMBIGUOUS, IN_FUTURE, NOT_POSITIVE, TWICE = "ambiguous", "future", "positive", "twice"
TOO_EARLY = "early"

MOST_ROWS = 20_000
LONGEST = 2_000
FORMULA = ("=", "+", "-", "@", "\t", "\r")
XLSX_MAGIC = b"PK\x03\x04"
PLAIN = re.compile(r"-?\d+(?:[.,]\d{1,2})?$|-?\d+[.,]\d{4,}$")
GROUPED = re.compile(r"-?\d{1,3}(?:(,\d{3})+(\.\d+)?|(\.\d{3})+(,\d+)?)$")


class Column(NamedTuple):
    """A column: its heading, and what is in it."""

    code: str
    kind: str = TEXT


CASE_COLUMNS = (
    Column("status"),
    Column("case_ref"),
    Column("customer"),
    Column("tax_id"),
    Column("person_type"),
    Column("contact"),
    Column("phone"),
    Column("email"),
    Column("street"),
    Column("city"),
    Column("state"),
    Column("country"),
    Column("document"),
    Column("document_date", DATE),
    Column("due_date", DATE),
    Column("days_overdue", COUNT),
    Column("currency"),
    Column("amount", AMOUNT),
    Column("open_amount", AMOUNT),
)
RESULT_COLUMNS = (
    Column("row_key"),
    Column("case_ref"),
    Column("date", DATE),
    Column("kind"),
    Column("channel"),
    Column("amount", AMOUNT),
    Column("currency"),
    Column("promise_date", DATE),
    Column("text"),
)


class Problem(NamedTuple):
    """What is wrong in a line of a file; ``value`` as it stands there."""

    line: int
    column: str
    code: str
    value: str = ""


class Result(NamedTuple):
    """One thing that an agency did or found out."""

    line: int
    key: str
    case_ref: str
    date: date
    kind: str
    channel: str = "call"
    amount: float = 0.0
    currency: str = ""
    promise_date: date | None = None
    text: str = ""

    def digest(self) -> str:
        """Return what changes when anything but the place in the file does."""
        return hashlib.sha256(repr(self[1:]).encode()).hexdigest()


class UnreadableError(ValueError):
    """The file as a whole cannot be read; the first argument is a code."""


# === OUT === #


def guarded(text: str) -> str:
    """Return a text that no spreadsheet takes for a formula.

    >>> guarded("=1+1"), guarded("Acme")
    ("'=1+1", 'Acme')
    """
    return f"'{text}" if text.startswith(FORMULA) else text


def to_csv(columns: Sequence[Column], rows: Iterable[Sequence]) -> bytes:
    """Return comma separated UTF-8 with a byte order mark, dates as in ISO 8601."""
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\r\n")
    writer.writerow(column.code for column in columns)
    for row in rows:
        writer.writerow(
            _csv_cell(value, column.kind)
            for value, column in zip(row, columns, strict=True)
        )
    return stream.getvalue().encode("utf-8-sig")


def _csv_cell(value, kind) -> str:
    if value is None or value is False or value == "":
        return ""
    if kind == DATE:
        return value.isoformat()
    if kind == AMOUNT:
        return f"{value:.2f}"
    return str(value) if kind == COUNT else guarded(str(value))


def to_xlsx(
    name: str,
    columns: Sequence[Column],
    rows: Iterable[Sequence],
    notes: tuple[str, Sequence[tuple[str, str]]],
) -> bytes:
    """Return a workbook of the table and a sheet that says what its columns are.

    :param name: of the sheet
    :param notes: name of that second sheet, and a heading and a text per row
    """
    stream = io.BytesIO()
    workbook = xlsxwriter.Workbook(stream, {"constant_memory": True})
    bold = workbook.add_format({"bold": True, "bg_color": "#EEEEEE", "bottom": 1})
    formats = {
        DATE: workbook.add_format({"num_format": "yyyy-mm-dd"}),
        AMOUNT: workbook.add_format({"num_format": "#,##0.00"}),
        COUNT: workbook.add_format({"num_format": "0"}),
    }
    sheet = workbook.add_worksheet(name[:31])
    sheet.freeze_panes(1, 2)
    for column, one in enumerate(columns):
        sheet.set_column(column, column, 26 if one.code == "customer" else 15)
    for column, one in enumerate(columns):
        sheet.write_string(0, column, one.code, bold)
    for number, row in enumerate(rows, 1):
        for column, (value, one) in enumerate(zip(row, columns, strict=True)):
            _write(sheet, number, column, value, one.kind, formats)
    _write_notes(workbook, bold, notes)
    workbook.close()
    return stream.getvalue()


def _write(sheet, row, column, value, kind, formats) -> None:
    if value is None or value is False or value == "":
        return
    if kind == DATE:
        sheet.write_datetime(row, column, value, formats[DATE])
    elif kind in (AMOUNT, COUNT):
        sheet.write_number(row, column, value, formats[kind])
    else:
        sheet.write_string(row, column, str(value))


def _write_notes(workbook, bold, notes) -> None:
    name, lines = notes
    wrap = workbook.add_format({"text_wrap": True, "valign": "top"})
    sheet = workbook.add_worksheet(name[:31])
    sheet.set_column(0, 0, 24)
    sheet.set_column(1, 1, 90)
    for row, (heading, text) in enumerate(lines):
        sheet.write_string(row, 0, heading, bold)
        sheet.write_string(row, 1, text, wrap)


# === IN === #


def read(content: bytes) -> Iterator[tuple[int, dict]]:
    """Yield the lines of a workbook or CSV: number as people see it, values by heading.

    :raise UnreadableError: ``empty``, ``headings`` with the missing ones, ``long`` or
        ``format``
    """
    if not content.strip():
        raise UnreadableError("empty")
    rows = _read_xlsx(content) if content.startswith(XLSX_MAGIC) else _read_csv(content)
    headings = [str(cell or "").strip().lower() for cell in next(rows, ())]
    needed = [one.code for one in RESULT_COLUMNS[:4]]
    if absent := [code for code in needed if code not in headings]:
        raise UnreadableError("headings", ", ".join(absent))
    for number, cells in enumerate(rows, 2):
        if number > MOST_ROWS + 1:
            raise UnreadableError("long", MOST_ROWS)
        values = dict(zip(headings, cells, strict=False))
        if any(_text(value) for value in values.values()):
            yield number, values


def _read_xlsx(content: bytes) -> Iterator[Sequence]:
    try:
        book = openpyxl.load_workbook(
            io.BytesIO(content), read_only=True, data_only=True, keep_links=False
        )
        yield from book.worksheets[0].iter_rows(
            values_only=True, max_col=len(RESULT_COLUMNS) * 3
        )
    except UnreadableError:
        raise
    except Exception as error:
        raise UnreadableError("format") from error


def _read_csv(content: bytes) -> Iterator[Sequence]:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("cp1252", errors="replace")
    first = text.partition("\n")[0]
    delimiter = max(",;\t", key=first.count)
    try:
        yield from csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    except csv.Error as error:
        raise UnreadableError("format") from error


def parse(
    lines: Iterable[tuple[int, dict]], today: date
) -> tuple[list[Result], list[Problem]]:
    """Return what the lines say and what is wrong with the others.

    :param today: nothing was done later than that
    """
    found, problems, seen = [], [], {}
    for number, values in lines:
        row, own = _parse_line(number, values, today)
        if row.key and row.key in seen:
            own.append(Problem(number, "row_key", TWICE, str(seen[row.key])))
        seen.setdefault(row.key, number)
        problems += own
        if not own:
            found.append(row)
    return found, problems


def _parse_line(number, values, today) -> tuple[Result, list[Problem]]:
    problems: list[Problem] = []
    get = {one.code: values.get(one.code) for one in RESULT_COLUMNS}

    def wrong(column, code):
        problems.append(Problem(number, column, code, _text(get[column])[:80]))

    def read_as(column, reader):
        value, code = reader(get[column])
        if code:
            wrong(column, code)
        return value

    row = Result(
        number,
        _text(get["row_key"]),
        _text(get["case_ref"]).upper(),
        read_as("date", to_date) or today,
        _text(get["kind"]).lower(),
        _text(get["channel"]).lower() or "call",
        read_as("amount", to_amount) or 0.0,
        _text(get["currency"]).upper(),
        read_as("promise_date", to_date),
        _text(get["text"])[:LONGEST],
    )
    for column, code in _rules(row, get, today):
        if not any(one.column == column for one in problems):
            wrong(column, code)
    return row, problems


def _rules(row: Result, get: dict, today: date) -> Iterator[tuple[str, str]]:
    """Yield the columns that break a rule, and which."""
    for column in ("row_key", "case_ref", "date", "kind"):
        if not _text(get[column]):
            yield column, MISSING
    if row.date > today:
        yield "date", IN_FUTURE
    if row.kind not in KINDS:
        yield "kind", UNKNOWN
    if row.channel not in CHANNELS:
        yield "channel", UNKNOWN
    if row.kind == CONTACT and not row.text:
        yield "text", MISSING
    if row.kind != CONTACT and row.amount <= 0:
        yield "amount", NOT_POSITIVE if _text(get["amount"]) else MISSING
    if row.kind == PROMISE and row.promise_date is None:
        yield "promise_date", MISSING
    elif row.kind == PROMISE and row.promise_date < row.date:
        yield "promise_date", TOO_EARLY


def _text(value) -> str:
    """Return a cell as text, without the apostrophe that kept it from being a formula.

    >>> _text("'+51 1 555"), _text(12.0), _text(None)
    ('+51 1 555', '12', '')
    """
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    text = str(value).strip()
    return text[1:] if text[:1] == "'" and text[1:].startswith(FORMULA) else text


def to_date(value) -> tuple[date | None, str | None]:
    """Return a date, or the code of what is wrong: only ISO 8601 means one day.

    >>> to_date("2024-06-17"), to_date("06/07/2024"), to_date("")
    ((datetime.date(2024, 6, 17), None), (None, 'date'), (None, None))
    """
    if isinstance(value, datetime):
        return value.date(), None
    if isinstance(value, date):
        return value, None
    text = _text(value)
    if not text:
        return None, None
    try:
        return date.fromisoformat(text[:10]), None
    except ValueError:
        return None, NOT_A_DATE


def to_amount(value) -> tuple[float | None, str | None]:
    """Return an amount, or the code of what is wrong.

    One separator before three digits may mean thousands or decimals: it is an error.

    >>> [to_amount(one)[0] for one in ("1234.5", "1.234,50", "1,234.50", 7)]
    [1234.5, 1234.5, 1234.5, 7.0]
    >>> to_amount("1,234"), to_amount("ten")
    ((None, 'ambiguous'), (None, 'amount'))
    """
    if isinstance(value, int | float) and not isinstance(value, bool):
        return (float(value), None) if isfinite(value) else (None, NOT_AN_AMOUNT)
    text = _text(value).replace(" ", "").replace("\u00a0", "")
    if not text:
        return None, None
    if PLAIN.match(text):
        return float(text.replace(",", ".")), None
    if not GROUPED.match(text):
        return None, NOT_AN_AMOUNT
    if len(re.findall("[.,]", text)) == 1:
        return None, AMBIGUOUS
    return float(_without_groups(text)), None


def _without_groups(text: str) -> str:
    """Return a grouped number with a point for its decimals."""
    last = max(text.rfind("."), text.rfind(","))
    if text.count(text[last]) > 1:
        return text.replace(text[last], "")
    whole = text[:last].replace(".", "").replace(",", "")
    return f"{whole}.{text[last + 1 :]}"
