"""The aging as a workbook: a summary with live formulas, the items, the definitions.

Texts are written as strings, never as formulas, whatever they begin with; amounts and
dates are real ones. Rows are written in order and not kept (constant memory).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from io import BytesIO

import xlsxwriter
from xlsxwriter.utility import xl_col_to_name

LONGEST_TEXT = 32_767
MOST_ROWS = 1_048_575
EPOCH = date(1899, 12, 30).toordinal()  # day 0 of a sheet
FORMULA_ROW = 4  # of the headings, counted from 0


@dataclass(frozen=True)
class Summary:
    """The sheet by group.

    :param rows: (label, number of items, one amount for each column)
    :param columns: headings of the amounts
    :param totals: one for each column
    """

    name: str
    title: str
    subtitle: str
    headings: Sequence[str]
    columns: Sequence[str]
    rows: Sequence[tuple[str, int, Sequence[float]]]
    totals: Sequence[float]
    total_label: str


@dataclass(frozen=True)
class Flat:
    """A sheet with one row for each thing: for filters and pivot tables.

    :param headings: (text, width, kind); kinds are ``text``, ``date``, ``number``,
        ``money`` and ``rate``
    """

    name: str
    headings: Sequence[tuple[str, int, str]]
    rows: Iterable[Sequence]


@dataclass(frozen=True)
class Notes:
    """The sheet that says what the others show: (word, meaning)."""

    name: str
    rows: Sequence[tuple[str, str]]


def write(summary: Summary, flat: Flat, notes: Notes, *, digits: int = 2) -> bytes:
    """Return the workbook.

    :param digits: decimal places of the currency
    """
    stream = BytesIO()
    options = {"constant_memory": True, "strings_to_formulas": False}
    with xlsxwriter.Workbook(stream, options) as book:
        formats = _formats(book, digits)
        _write_summary(book.add_worksheet(summary.name), summary, formats)
        _write_flat(book.add_worksheet(flat.name), flat, formats)
        _write_notes(book.add_worksheet(notes.name), notes, formats)
    return stream.getvalue()


def _formats(book, digits: int) -> Mapping[str, object]:
    money = "#,##0." + "0" * digits if digits else "#,##0"
    styles = {
        "title": {"bold": True, "font_size": 14},
        "head": {"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"},
        "money": {"num_format": f"{money};[Red]-{money}"},
        "total": {"num_format": f"{money};[Red]-{money}", "bold": True, "top": 1},
        "bold": {"bold": True, "top": 1},
        "date": {"num_format": "yyyy-mm-dd"},
        "share": {"num_format": "0.0%"},
        "wrap": {"text_wrap": True, "valign": "top"},
        "rate": {"num_format": "0.000000"},
        "number": {"num_format": "0"},
    }
    return {name: book.add_format(style) for name, style in styles.items()}


def _text(sheet, row: int, column: int, value, style=None) -> None:
    sheet.write_string(row, column, str(value or "")[:LONGEST_TEXT], style)


def _write_summary(sheet, summary: Summary, formats) -> None:
    first = FORMULA_ROW + 1
    last = first + len(summary.rows)  # of the totals
    width = len(summary.columns)
    start, end = xl_col_to_name(2), xl_col_to_name(1 + width)
    total = xl_col_to_name(2 + width)
    grand = sum(summary.totals)
    sheet.set_column(0, 0, 42)
    sheet.set_column(1, 1, 9)
    sheet.set_column(2, 3 + width, 15)
    sheet.freeze_panes(first, 1)
    _text(sheet, 0, 0, summary.title, formats["title"])
    _text(sheet, 1, 0, summary.subtitle)
    headings = (*summary.headings[:2], *summary.columns, *summary.headings[2:])
    for column, heading in enumerate(headings):
        _text(sheet, FORMULA_ROW, column, heading, formats["head"])
    for row, (label, count, amounts) in enumerate(summary.rows, first):
        _text(sheet, row, 0, label)
        sheet.write_number(row, 1, count)
        for column, amount in enumerate(amounts, 2):
            sheet.write_number(row, column, amount, formats["money"])
        value = sum(amounts)
        sheet.write_formula(
            row,
            2 + width,
            f"=SUM({start}{row + 1}:{end}{row + 1})",
            formats["money"],
            round(value, 6),
        )
        _write_share(sheet, row, 3 + width, total, last, formats, (value, grand))
    if summary.rows:
        sheet.autofilter(FORMULA_ROW, 0, last - 1, 3 + width)
    _write_totals(sheet, summary, (first, last), formats)


def _write_share(sheet, row, column, total, last, formats, amounts) -> None:
    value, grand = amounts
    sheet.write_formula(
        row,
        column,
        f"=IF({total}${last + 1}=0,0,{total}{row + 1}/{total}${last + 1})",
        formats["share"],
        value / grand if grand else 0,
    )


def _write_totals(sheet, summary: Summary, span, formats) -> None:
    first, last = span
    values = [
        sum(count for _label, count, _amounts in summary.rows),
        *summary.totals,
        sum(summary.totals),
    ]
    _text(sheet, last, 0, summary.total_label, formats["bold"])
    for column, value in enumerate(values, 1):
        name = xl_col_to_name(column)
        # SUBTOTAL follows the filter; without rows there is nothing to add up.
        formula = f"=SUBTOTAL(109,{name}{first + 1}:{name}{last})"
        style = formats["total"] if column > 1 else formats["bold"]
        if summary.rows:
            sheet.write_formula(last, column, formula, style, round(value, 6))
        else:
            sheet.write_number(last, column, 0, style)
    grand = sum(summary.totals)
    _write_share(
        sheet,
        last,
        len(values) + 1,
        xl_col_to_name(len(values)),
        last,
        formats,
        (grand, grand),
    )


def _write_flat(sheet, flat: Flat, formats) -> None:
    writers = []
    for column, (_heading, width, kind) in enumerate(flat.headings):
        sheet.set_column(column, column, width)
        writers.append((column, kind, formats.get(kind)))
    sheet.freeze_panes(1, 0)
    for column, (heading, _width, _kind) in enumerate(flat.headings):
        _text(sheet, 0, column, heading, formats["head"])
    row = 0
    for row, values in enumerate(flat.rows, 1):
        for (column, kind, style), value in zip(writers, values, strict=True):
            if value is None or value is False:
                continue
            if kind == "text":
                _text(sheet, row, column, value)
            elif kind == "date":
                sheet.write_number(row, column, value.toordinal() - EPOCH, style)
            else:
                sheet.write_number(row, column, value, style)
    sheet.autofilter(0, 0, max(row, 1), len(flat.headings) - 1)


def _write_notes(sheet, notes: Notes, formats) -> None:
    sheet.set_column(0, 0, 30)
    sheet.set_column(1, 1, 100)
    for row, (word, meaning) in enumerate(notes.rows):
        _text(sheet, row, 0, word, formats["head"])
        _text(sheet, row, 1, meaning, formats["wrap"])
