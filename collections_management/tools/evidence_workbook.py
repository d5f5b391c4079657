"""Evidence of contacts as a workbook: a sheet per table, texts never as formulas."""

import io
from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

import xlsxwriter

WIDEST = 60
LONGEST = 32_000


class Table(NamedTuple):
    """A sheet: its name, headings, and rows of texts, numbers and moments."""

    name: str
    headings: Sequence[str]
    rows: Sequence[Sequence]


def build(title: str, facts: Sequence[tuple[str, str]], tables: Sequence[Table]):
    """Return a workbook: a first sheet of facts, then a sheet per table."""
    stream = io.BytesIO()
    workbook = xlsxwriter.Workbook(stream, {"in_memory": True})
    bold = workbook.add_format({"bold": True, "bg_color": "#EEEEEE", "bottom": 1})
    head = workbook.add_format({"bold": True, "font_size": 16})
    wrap = workbook.add_format({"text_wrap": True, "valign": "top"})
    when = workbook.add_format({"num_format": "yyyy-mm-dd hh:mm", "valign": "top"})
    sheet = workbook.add_worksheet(title[:31])
    sheet.set_column(0, 0, 32)
    sheet.set_column(1, 1, WIDEST)
    sheet.write_string(0, 0, title, head)
    for row, (label, text) in enumerate(facts, 2):
        sheet.write_string(row, 0, label)
        sheet.write_string(row, 1, text or "", wrap)
    for table in tables:
        _fill(workbook.add_worksheet(table.name[:31]), table, bold, wrap, when)
    workbook.close()
    return stream.getvalue()


def _fill(sheet, table, bold, wrap, when):
    for column, heading in enumerate(table.headings):
        sheet.write_string(0, column, heading, bold)
        texts = [len(_text(row[column])) for row in table.rows]
        sheet.set_column(column, column, min(max([len(heading), *texts]) + 2, WIDEST))
    for number, row in enumerate(table.rows, 1):
        for column, value in enumerate(row):
            if isinstance(value, datetime):
                sheet.write_datetime(number, column, value, when)
            elif isinstance(value, int):
                sheet.write_number(number, column, value)
            else:
                sheet.write_string(number, column, _text(value), wrap)
    sheet.freeze_panes(1, 0)
    sheet.autofilter(0, 0, max(len(table.rows), 1), len(table.headings) - 1)


def _text(value) -> str:
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M}"
    return str(value or "")[:LONGEST]
