"""The aging as a workbook: groups with their items, a flat sheet, the definitions.

Texts are written as strings, never as formulas, whatever they begin with; amounts and
dates are real ones; totals and shares are formulas that follow what a person changes.
Rows are written in order and not kept (constant memory).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from io import BytesIO

import xlsxwriter
from xlsxwriter.utility import xl_col_to_name

from .sheets import RowSheet, cells_of, clean, join

MOST_ROWS = 1_048_575
HEAD_ROW = 3  # of the headings, counted from 0; the totals follow
HEAD_HEIGHT = 32  # two lines, which not every program makes room for by itself
READERS_DATE = 14  # Excel's number for the short date of the reader's region
FIXED = 3  # columns before the amounts: name, due date, number of items
ITEM_ROW = ' hidden="1" outlineLevel="1"'
GROUP_ROW = ' collapsed="1"'


@dataclass(frozen=True)
class Item:
    """One row below its group.

    :param place: column of the amount, counted from 0
    """

    label: str
    due: date
    place: int
    amount: float


@dataclass(frozen=True)
class Group:
    """One row of the report, with the rows it is made of.

    :param amounts: one for each column
    """

    label: str
    amounts: Sequence[float]
    items: Sequence[Item]


@dataclass(frozen=True)
class Outline:
    """The sheet by group, each of which opens to its items.

    :param headings: name, due date, number of items, total, share
    :param columns: headings of the amounts
    :param totals: one for each column
    """

    name: str
    title: str
    subtitle: str
    headings: Sequence[str]
    columns: Sequence[str]
    groups: Iterable[Group]
    totals: Sequence[float]
    item_count: int
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


def write(sheets: Sequence[Outline | Flat | Notes], *, digits: int = 2) -> bytes:
    """Return the workbook.

    :param digits: decimal places of the currency
    """
    stream = BytesIO()
    options = {"constant_memory": True, "strings_to_formulas": False}
    writers = {Outline: _write_outline, Flat: _write_flat, Notes: _write_notes}
    with xlsxwriter.Workbook(stream, options) as book:
        formats = _formats(book, digits)
        for sheet in sheets:
            page = book.add_worksheet(sheet.name, RowSheet)
            writers[type(sheet)](page, sheet, formats)
    return stream.getvalue()


def _formats(book, digits: int) -> Mapping[str, object]:
    money = "#,##0." + "0" * digits if digits else "#,##0"
    money = f"{money};[Red]-{money}"
    head = {"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"}
    styles = {
        "title": {"bold": True, "font_size": 14},
        "head": head,
        "head_number": {**head, "align": "right"},
        "group": {"bold": True},
        "item": {"indent": 1},
        "money": {"num_format": money},
        "total": {"num_format": money, "bold": True, "bottom": 1},
        "bold": {"bold": True, "bottom": 1},
        "total_share": {"num_format": "0.0%", "bold": True, "bottom": 1},
        "date": {"num_format": READERS_DATE},
        "share": {"num_format": "0.0%"},
        "wrap": {"text_wrap": True, "valign": "top"},
        "rate": {"num_format": "0.000000"},
        "number": {"num_format": "0"},
    }
    return {name: book.add_format(style) for name, style in styles.items()}


def _text(sheet, row: int, column: int, value, style=None) -> None:
    sheet.write_string(row, column, clean(value), style)


# === BY GROUP === #


def _write_outline(sheet, outline: Outline, formats) -> None:
    _set_out(sheet, len(outline.columns))
    # Groups stand above their items, which begin folded.
    sheet.outline_settings(symbols_below=False)
    sheet.outline_row_level = 1
    _text(sheet, 0, 0, outline.title, formats["title"])
    _text(sheet, 1, 0, outline.subtitle)
    headings = (
        *outline.headings[:FIXED],
        *outline.columns,
        *outline.headings[FIXED:],
    )
    for column, heading in enumerate(headings):
        style = formats["head_number" if column >= FIXED else "head"]
        _text(sheet, HEAD_ROW, column, heading, style)
    sheet.begin()
    rows = _OutlineRows(sheet, outline, formats)
    rows.write_total()
    for group in outline.groups:
        rows.write_group(group)
    sheet.end(len(headings))


def _set_out(sheet, width: int) -> None:
    """Set widths, panes and print."""
    sheet.set_column(0, 0, 42)
    sheet.set_column(1, 1, 11)
    sheet.set_column(2, 2, 12)
    sheet.set_column(FIXED, FIXED + width, 15)
    sheet.set_column(FIXED + width + 1, FIXED + width + 1, 10)
    sheet.set_row(HEAD_ROW, HEAD_HEIGHT)
    sheet.freeze_panes(HEAD_ROW + 2, 1)
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(HEAD_ROW)


class _OutlineRows:
    """Writes totals, groups and items; formulas come with the value they have now."""

    def __init__(self, sheet, outline: Outline, formats):
        self.sheet = sheet
        self.outline = outline
        self.width = len(outline.columns)
        self.names = [xl_col_to_name(FIXED + n) for n in range(self.width + 1)]
        self.row = HEAD_ROW + 2  # of the totals, counted from 1
        self.grand = round(sum(outline.totals), 6)
        self.last = 0
        total, money = formats["total"], formats["money"]
        amounts = range(FIXED, FIXED + self.width)
        self.total_writers = [
            cells_of(0, "text", formats["bold"]),
            cells_of(1, "text", formats["bold"]),
            cells_of(2, "formula", formats["bold"]),
            *(cells_of(column, "formula", total) for column in amounts),
            cells_of(FIXED + self.width, "formula", total),
            cells_of(FIXED + self.width + 1, "formula", formats["total_share"]),
        ]
        self.group_writers = [
            cells_of(0, "text", formats["group"]),
            cells_of(2, "number", formats["number"]),
            *(cells_of(column, "formula", money) for column in amounts),
            cells_of(FIXED + self.width, "formula", money),
            cells_of(FIXED + self.width + 1, "formula", formats["share"]),
        ]
        self.item_writers = [
            cells_of(0, "text", formats["item"]),
            cells_of(1, "date", formats["date"]),
        ]
        self.amount_writers = [cells_of(column, "money", money) for column in amounts]
        self.sum_writer = cells_of(FIXED + self.width, "formula", money)

    def write_total(self) -> None:
        """Write the row of totals, above what it adds up.

        SUBTOTAL leaves out the subtotals below it, so that items count once.
        """
        # The rows are not counted yet: to the end of the sheet.
        first, last = self.row + 1, MOST_ROWS + 1
        values = [
            self.outline.total_label,
            None,
            (f"SUM(C{first}:C{last})", self.outline.item_count),
            *(
                (f"SUBTOTAL(9,{name}{first}:{name}{last})", round(total, 6))
                for name, total in zip(self.names, self.outline.totals, strict=False)
            ),
            self._sum(self.grand),
            self._share(self.grand),
        ]
        self.sheet.add(join(self.row, self.total_writers, values))

    def write_group(self, group: Group) -> None:
        self.row += 1
        first, last = self.row + 1, self.row + len(group.items)
        total = round(sum(group.amounts), 6)
        values = [
            group.label,
            len(group.items),
            *(
                (f"SUBTOTAL(9,{name}{first}:{name}{last})", amount)
                for name, amount in zip(self.names, group.amounts, strict=False)
            ),
            self._sum(total),
            self._share(total),
        ]
        cells = join(self.row, self.group_writers, values)
        self.sheet.add(cells, GROUP_ROW)
        for item in group.items:
            self._write_item(item)

    def _write_item(self, item: Item) -> None:
        self.row += 1
        row = self.row
        self.sheet.add(
            join(row, self.item_writers, (item.label, item.due))
            + self.amount_writers[item.place](row, item.amount)
            + self.sum_writer(row, self._sum(item.amount)),
            ITEM_ROW,
        )

    def _sum(self, value: float) -> tuple[str, float]:
        first, last = self.names[0], self.names[self.width - 1]
        return f"SUM({first}{self.row}:{last}{self.row})", value

    def _share(self, value: float) -> tuple[str, float]:
        total = self.names[self.width]
        grand = f"{total}${HEAD_ROW + 2}"
        share = value / self.grand if self.grand else 0
        return f"IF({grand}=0,0,{total}{self.row}/{grand})", share


# === FLAT === #


def _write_flat(sheet, flat: Flat, formats) -> None:
    writers = []
    sheet.set_row(0, HEAD_HEIGHT)
    for column, (heading, width, kind) in enumerate(flat.headings):
        sheet.set_column(column, column, width)
        _text(sheet, 0, column, heading, formats["head"])
        writers.append(cells_of(column, kind, formats.get(kind)))
    sheet.freeze_panes(1, 0)
    last = sheet.begin()
    for row, values in enumerate(flat.rows, last + 1):
        sheet.add(join(row, writers, values))
        last = row
    sheet.end(len(writers))
    sheet.autofilter(0, 0, max(last - 1, 1), len(writers) - 1)


# === WORDS === #


def _write_notes(sheet, notes: Notes, formats) -> None:
    sheet.set_column(0, 0, 30)
    sheet.set_column(1, 1, 100)
    for row, (word, meaning) in enumerate(notes.rows):
        _text(sheet, row, 0, word, formats["head"])
        _text(sheet, row, 1, meaning, formats["wrap"])
