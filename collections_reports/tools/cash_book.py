"""The cash forecast as a workbook: sums and errors are formulas."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from io import BytesIO

import xlsxwriter
from xlsxwriter.utility import xl_rowcol_to_cell as cell

from .sheets import clean

WEEK = (
    *("amount", "low", "high", "predicted", "promised", "agreed", "cheques"),
    *("total", "total_low", "total_high", "amount_due"),
)
# What a sum over the weeks says something of.
SUMMED = ("amount", "predicted", "promised", "agreed", "cheques", "amount_due")
PAST = ("amount", "low", "high", "came")
FIRST = 3


@dataclass(frozen=True)
class Book:
    """All sheets.

    :param words: names of the ``sheets``, headings of ``weeks`` and ``past``,
        ``total``, ``yes``, ``no``, ``not_available``
    :param weeks: to come; ``months`` and ``past`` weeks: what was said and what came
    """

    words: Mapping[str, object]
    weeks: Sequence[Mapping]
    months: Sequence[Mapping]
    past: Sequence[Mapping]
    notes: Sequence[tuple[str, str]]


def write(book: Book, *, digits: int = 2) -> bytes:
    """Return the workbook.

    :param digits: decimal places of the currency
    """
    stream = BytesIO()
    options = {"strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(stream, options) as file:
        sheets = [file.add_worksheet(clean(n)[:31]) for n in book.words["sheets"]]
        writer = _Writer(book, file, digits)
        writer.weeks(sheets[0])
        writer.past(sheets[1], book.words["sheets"][1], book.months)
        writer.past(sheets[2], book.words["sheets"][2], book.past)
        writer.notes(sheets[3])
    return stream.getvalue()


class _Writer:
    def __init__(self, book: Book, file, digits: int):
        self.book = book
        money = "#,##0." + "0" * digits if digits else "#,##0"
        styles = {
            "title": {"bold": True, "font_size": 14},
            "head": {"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"},
            "bold": {"bold": True, "valign": "top"},
            "wrap": {"text_wrap": True, "valign": "top"},
            "date": {"num_format": "yyyy-mm-dd", "align": "left"},
            "money": {"num_format": money},
            "total": {"num_format": money, "bold": True, "top": 1},
            "percent": {"num_format": "0.0"},
        }
        self.formats = {name: file.add_format(style) for name, style in styles.items()}

    def _head(self, sheet, title: str, headings: Sequence[str]) -> None:
        sheet.set_column(0, len(headings) - 1, 14)
        sheet.write_string(0, 0, clean(title), self.formats["title"])
        for column, heading in enumerate(headings):
            sheet.write_string(2, column, clean(heading), self.formats["head"])
        sheet.freeze_panes(FIRST, 2)
        sheet.set_landscape()
        sheet.fit_to_pages(1, 0)

    def weeks(self, sheet) -> None:
        words, rows = self.book.words, self.book.weeks
        self._head(sheet, words["sheets"][0], words["weeks"])
        for row, week in enumerate(rows, FIRST):
            sheet.write_datetime(row, 0, week["date_from"], self.formats["date"])
            sheet.write_datetime(row, 1, week["date_to"], self.formats["date"])
            for column, name in enumerate(WEEK, 2):
                sheet.write_number(row, column, week[name], self.formats["money"])
        end = FIRST + len(rows)
        sheet.write_string(end, 0, clean(words["total"]), self.formats["bold"])
        for column, name in enumerate(WEEK, 2):
            if name in SUMMED:
                span = f"{cell(FIRST, column)}:{cell(end - 1, column)}"
                value = sum(week[name] for week in rows)
                sheet.write_formula(
                    end, column, f"=SUM({span})", self.formats["total"], value
                )

    def past(self, sheet, title: str, rows: Sequence[Mapping]) -> None:
        """Write what was said beside what came; the last row is all of them."""
        words = self.book.words
        self._head(sheet, title, words["past"])
        for row, found in enumerate(rows, FIRST):
            for column, name in enumerate(("said", "date_from", "date_to")):
                sheet.write_datetime(row, column, found[name], self.formats["date"])
            for column, name in enumerate(PAST, 3):
                sheet.write_number(row, column, found[name], self.formats["money"])
            self._compared(sheet, row, found)
        if rows:
            self._all(sheet, rows)

    def _compared(self, sheet, row: int, found: Mapping) -> None:
        words = self.book.words
        said, low, high, came = (cell(row, column) for column in range(3, 7))
        off = found["amount"] - found["came"]
        sheet.write_formula(row, 7, f"={said}-{came}", self.formats["money"], off)
        missing = clean(words["not_available"])
        error = found["error"]
        sheet.write_formula(
            row,
            8,
            f'=IF({came}<=0,"{missing}",ABS({said}-{came})/{came}*100)',
            self.formats["percent"],
            missing if error is None else error,
        )
        yes, no = clean(words["yes"]), clean(words["no"])
        sheet.write_formula(
            row,
            9,
            f'=IF(AND({came}>={low},{came}<={high}),"{yes}","{no}")',
            None,
            yes if found["covered"] else no,
        )

    def _all(self, sheet, rows: Sequence[Mapping]) -> None:
        end, words = FIRST + len(rows), self.book.words
        spans = {
            column: f"{cell(FIRST, column)}:{cell(end - 1, column)}"
            for column in (3, 6, 7, 9)
        }
        sheet.write_string(end, 0, clean(words["total"]), self.formats["bold"])
        off = sum(abs(row["amount"] - row["came"]) for row in rows)
        came = sum(row["came"] for row in rows)
        for column, name in ((3, "amount"), (6, "came")):
            value = sum(row[name] for row in rows)
            sheet.write_formula(
                end, column, f"=SUM({spans[column]})", self.formats["total"], value
            )
        missing, yes = clean(words["not_available"]), clean(words["yes"])
        sheet.write_formula(
            end,
            8,
            f'=IF({cell(end, 6)}<=0,"{missing}",'
            f"SUMPRODUCT(ABS({spans[7]}))/{cell(end, 6)}*100)",
            self.formats["percent"],
            off / came * 100 if came > 0 else missing,
        )
        sheet.write_formula(
            end,
            9,
            f'=COUNTIF({spans[9]},"{yes}")/{len(rows)}*100',
            self.formats["percent"],
            sum(row["covered"] for row in rows) / len(rows) * 100,
        )

    def notes(self, sheet) -> None:
        sheet.set_column(0, 0, 30)
        sheet.set_column(1, 1, 100)
        for row, (word, meaning) in enumerate(self.book.notes):
            sheet.write_string(row, 0, clean(word), self.formats["bold"])
            sheet.write_string(row, 1, clean(meaning), self.formats["wrap"])
