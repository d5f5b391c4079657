"""Statements as a workbook: texts as texts, real dates and numbers, live totals."""

import io
import re
from collections.abc import Iterable, Mapping

import xlsxwriter
from xlsxwriter.utility import xl_rowcol_to_cell

from .statements import days_overdue

WIDTHS = (24, 22, 13, 13, 14, 17, 17, 17)
# Excel's number for the short date of the reader's region.
READERS_DATE = 14
FORBIDDEN = re.compile(r"[\[\]:*?/\\]")


def build(statements: Iterable[Mapping]) -> bytes:
    """Return a workbook with one sheet per statement.

    Each has ``customer``, ``company``, ``date``, ``tables``, ``to_confirm`` and
    ``words``: the texts of the sheet in the customer's language.
    """
    stream = io.BytesIO()
    workbook = xlsxwriter.Workbook(stream, {"in_memory": True})
    formats = _Formats(workbook)
    taken: set[str] = set()
    for statement in statements:
        name = sheet_name(statement["customer"], taken)
        _Sheet(workbook.add_worksheet(name), formats, statement).fill_in()
    workbook.close()
    return stream.getvalue()


def sheet_name(text: str, taken: set[str]) -> str:
    """Return a name that Excel accepts and no other sheet has.

    >>> taken = set()
    >>> sheet_name("A/B: 'x'", taken), sheet_name("a b  'X", taken)
    ("A B  'x", "a b  'X 2")
    """
    base = FORBIDDEN.sub(" ", text).strip(" '")[:31] or "-"
    if base.lower() == "history":
        base = "history 1"
    name, number = base, 1
    while name.lower() in taken:
        number += 1
        name = f"{base[: 30 - len(str(number))]} {number}"
    taken.add(name.lower())
    return name


class _Formats:
    """The formats of a workbook, made once each."""

    def __init__(self, workbook):
        self._workbook = workbook
        self._made = {}

    def get(self, **properties):
        key = tuple(sorted(properties.items()))
        if key not in self._made:
            self._made[key] = self._workbook.add_format(properties)
        return self._made[key]

    def money(self, digits, **properties):
        pattern = "#,##0" + ("." + "0" * digits if digits else "")
        return self.get(num_format=pattern, **properties)

    def date(self, **properties):
        return self.get(num_format=READERS_DATE, align="left", **properties)


class _Sheet:
    """One statement on one sheet, written from the top."""

    def __init__(self, sheet, formats, statement):
        self.sheet = sheet
        self.formats = formats
        self.statement = statement
        self.words = statement["words"]
        self.row = 0

    def fill_in(self):
        self._page()
        self._head()
        for table in self.statement["tables"]:
            self._table(table)
            self._ages(table)
        if not self.statement["tables"]:
            self._text(0, self.words["nothing"])
            self.row += 2
        self._to_confirm()

    def _page(self):
        for column, width in enumerate(WIDTHS):
            self.sheet.set_column(column, column, width)
        self.sheet.set_paper(9)
        self.sheet.fit_to_pages(1, 0)
        self.sheet.hide_gridlines(2)

    def _text(self, column, text, **properties):
        style = self.formats.get(**properties) if properties else None
        self.sheet.write_string(self.row, column, text or "", style)

    def _head(self):
        self._text(0, self.words["title"], bold=True, font_size=16)
        self.row += 1
        self._text(0, self.statement["company"], bold=True)
        self.row += 2
        self._text(0, self.words["customer"], font_color="#555555")
        self._text(1, self.statement["customer"], bold=True)
        self.row += 1
        self._text(0, self.words["date"], font_color="#555555")
        style = self.formats.date(bold=True)
        self.sheet.write_datetime(self.row, 1, self.statement["date"], style)
        self.row += 2

    def _headings(self, words, first=0):
        for column, word in enumerate(words, first):
            self._text(
                column,
                word,
                bold=True,
                bottom=1,
                bg_color="#EEEEEE",
                align="right" if column >= 4 or first else "left",
            )
        self.row += 1

    def _table(self, table):
        self._text(0, table["currency"], bold=True, font_size=12)
        self.row += 1
        self._headings(self.words["columns"])
        style = {"bold": True, "top": 1}
        totals = [
            self._rows(table, table["debits"], "debit", style),
            self._rows(table, table["credits"], "credit", style),
        ]
        if not table["debits"] or not table["credits"]:
            self.row += 1
            return
        self._text(0, self.words["net"], **style)
        self._fill(style)
        self._total("+".join(totals), table["net"], table["digits"], style)
        self.row += 1

    def _rows(self, table, rows, kind, style) -> str | None:
        """Write rows and their total; return the cell of the total."""
        if not rows:
            return None
        first = self.row
        for row in rows:
            self._document(row, table["digits"], overdue=kind == "debit")
        cells = [xl_rowcol_to_cell(line, 6) for line in (first, self.row - 1)]
        self._text(0, self.words[kind], **style)
        self._fill(style)
        total = xl_rowcol_to_cell(self.row, 6)
        sign = 1 if kind == "debit" else -1
        value = sign * table[kind]
        self._total(f"SUM({cells[0]}:{cells[1]})", value, table["digits"], style)
        return total

    def _document(self, row, digits, overdue):
        money = self.formats.money(digits)
        days = days_overdue(row.due, self.statement["date"])
        self._text(0, row.number)
        self._text(1, row.reference)
        self.sheet.write_datetime(self.row, 2, row.date, self.formats.date())
        if overdue:
            self.sheet.write_datetime(self.row, 3, row.due, self.formats.date())
            self.sheet.write_number(self.row, 4, days)
        self.sheet.write_number(self.row, 5, row.original, money)
        self.sheet.write_number(self.row, 6, row.open, money)
        if row.disputed > 0:
            # A share of what is open: it carries the noise of its division.
            self.sheet.write_number(self.row, 7, round(row.disputed, digits), money)
        self.row += 1

    def _fill(self, style):
        for column in range(1, 6):
            self.sheet.write_blank(self.row, column, None, self.formats.get(**style))

    def _total(self, formula, value, digits, style):
        money = self.formats.money(digits, **style)
        self.sheet.write_formula(self.row, 6, f"={formula}", money, value)
        self.row += 1

    def _ages(self, table):
        self._headings(self.words["ages"], first=1)
        self._text(0, self.words["ageing"], bold=True)
        for column, amount in enumerate(table["ages"], 1):
            money = self.formats.money(table["digits"])
            self.sheet.write_number(self.row, column, amount, money)
        self.row += 3

    def _to_confirm(self):
        for payment in self.statement["to_confirm"]:
            self._text(0, self.words["to_confirm"])
            self._text(5, payment["currency"], align="right")
            money = self.formats.money(payment["digits"])
            self.sheet.write_number(self.row, 6, payment["amount"], money)
            self.row += 1
