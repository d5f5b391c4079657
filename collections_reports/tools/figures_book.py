"""The key figures as a workbook: each value is a formula over its inputs.

A person who changes an input, a balance or a loss rate sees what becomes of the figure.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from io import BytesIO

import xlsxwriter
from xlsxwriter.utility import xl_rowcol_to_cell as cell

from .sheets import clean
from .workbook import READERS_DATE

_RATE = "IF({1}<=0,NA,{0}/{1}*100)"
_SALES = "IF({{sales}}<=0,NA,MAX({0},0)/{{sales}}*{{days}})"
_AVERAGE = "IF({amount}<=0,NA,{amount_days}/{amount})"


def _rate(part: str, whole: str) -> str:
    return _RATE.format(f"{{{part}}}", f"{{{whole}}}")


# How each value follows from its inputs, by their names; NA is what is not available.
FORMULAS = {
    "dso": _SALES.format("{receivables}"),
    "best_possible_dso": _SALES.format("{not_due}"),
    "average_days_delinquent": "IF(OR({dso}=NA,{best_possible_dso}=NA),NA,"
    "MAX({dso}-{best_possible_dso},0))",
    "dso_lifetime": "IF({invoiced}<=0,NA,MAX({receivables},0)/{invoiced}*{days})",
    "average_days_late": _AVERAGE,
    "average_days_overdue": _AVERAGE,
    "average_days_to_pay": _AVERAGE,
    "cei": "IF({opening}+{sales}-{closing_not_due}<=0,NA,({opening}+{sales}-{closing})"
    "/({opening}+{sales}-{closing_not_due})*100)",
    "recovery_rate": _rate("collected", "opening_overdue"),
    "compliance_rate": _rate("on_time", "customers"),
    "coverage": _rate("contacted", "customers"),
    "at_risk_rate": _rate("late_items", "items"),
    "promise_kept_rate": _rate("promises_kept", "promises"),
    "effectiveness": _rate("with_promise", "managed"),
    "right_party_contact": _rate("right_party", "attempts"),
    "promise_to_pay": _rate("promises", "right_party"),
    "cost_to_collect": "IF({collected_all}<=0,NA,"
    "({costs}+{messages})/{collected_all}*100)",
    "cost_of_carry": "{average_overdue}*{days}*{financing_rate}/100/365",
}


@dataclass(frozen=True)
class Figure:
    """One key figure.

    :param inputs: (name, label, value) in the order in which they are shown
    :param target: where it should be, if somebody said so
    """

    code: str
    name: str
    unit: str
    value: float | None
    before: float | None
    target: float | None
    formula: str
    exclusions: str
    inputs: Sequence[tuple[str, str, float]]


@dataclass(frozen=True)
class Matrix:
    """Balances by row and place; rates follow from them.

    :param rows: (label, opening balance, amounts)
    """

    title: str
    headings: Sequence[str]
    rows: Sequence[tuple[str, float, Sequence[float]]]


@dataclass(frozen=True)
class Provision:
    """Balances and loss rates by bucket.

    :param rows: (label, reached, balance, rate as a fraction or ``None``)
    """

    title: str
    headings: Sequence[str]
    rows: Sequence[tuple[str, float, float, float | None]]
    total_label: str


@dataclass(frozen=True)
class Book:
    """All sheets.

    :param words: names of the ``sheets``, ``headings`` of the figures, those of
        ``countback`` and ``months``, ``not_available``
    :param steps: (days, sales) of the months of the countback, the latest first
    :param months: rows of date and numbers
    """

    words: Mapping[str, object]
    sections: Sequence[tuple[str, Sequence[Figure]]]
    receivables: float
    steps: Sequence[tuple[int, float]]
    months: Sequence[Sequence]
    rolls: Matrix
    provision: Provision
    notes: Sequence[tuple[str, str]]


def write(book: Book, *, digits: int = 2) -> bytes:
    """Return the workbook.

    :param digits: decimal places of the currency
    """
    stream = BytesIO()
    options = {"strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(stream, options) as file:
        sheets = [file.add_worksheet(clean(n)[:31]) for n in book.words["sheets"]]
        writer = _Writer(book, _formats(file, digits))
        writer.figures(sheets[0], sheets[1].get_name())
        writer.countback(sheets[1])
        writer.months(sheets[2])
        writer.rolls(sheets[3])
        writer.provision(sheets[4])
        writer.notes(sheets[5])
    return stream.getvalue()


def _formats(file, digits: int) -> dict:
    money = "#,##0." + "0" * digits if digits else "#,##0"
    wrap = {"text_wrap": True, "valign": "top"}
    styles = {
        "title": {"bold": True, "font_size": 14},
        "head": {"bold": True, "bottom": 1, **wrap},
        "bold": {"bold": True, "valign": "top"},
        "wrap": wrap,
        "date": {"num_format": READERS_DATE, "align": "left"},
        "percent": {"num_format": "0.0%"},
        "total": {"num_format": money, "bold": True, "top": 1},
        "input": {"indent": 1},
        "money": {"num_format": money},
        "days": {"num_format": "0.0"},
        "%": {"num_format": "0.0"},
        "count": {"num_format": "#,##0.##"},
    }
    return {name: file.add_format(style) for name, style in styles.items()}


class _Writer:
    def __init__(self, book: Book, formats):
        self.book = book
        self.formats = formats
        self.missing = clean(book.words["not_available"])
        self.values: dict[str, str] = {}  # cell of each figure's value

    def _head(self, sheet, title: str, headings: Sequence[str], widths) -> None:
        for column, width in enumerate(widths):
            sheet.set_column(column, column, width)
        sheet.write_string(0, 0, clean(title), self.formats["title"])
        for column, heading in enumerate(headings):
            sheet.write_string(2, column, clean(heading), self.formats["head"])
        sheet.freeze_panes(3, 1)
        sheet.set_landscape()
        sheet.fit_to_pages(1, 0)

    def _formula(self, sheet, row, column, formula, style, value) -> None:
        text = formula.replace("NA", f'"{self.missing}"')
        shown = self.missing if value is None else value
        sheet.write_formula(row, column, f"={text}", self.formats[style], shown)

    # === FIGURES === #

    def figures(self, sheet, steps_name: str) -> None:
        words = self.book.words
        self._head(
            sheet, words["sheets"][0], words["headings"], (44, 16, 16, 12, 60, 60)
        )
        sheet.outline_settings(symbols_below=False)
        row = 3
        for name, figures in self.book.sections:
            sheet.write_string(row, 0, clean(name), self.formats["title"])
            row += 1
            for figure in figures:
                row = self._figure(sheet, row, figure, steps_name)

    def _figure(self, sheet, row: int, figure: Figure, steps_name: str) -> int:
        """Write a figure above its inputs; return the next row."""
        style = figure.unit if figure.unit in self.formats else "count"
        sheet.write_string(row, 0, clean(figure.name), self.formats["bold"])
        self.values[figure.code] = cell(row, 1, True, True)
        for column, number in ((2, figure.before), (3, figure.target)):
            if number is not None:
                sheet.write_number(row, column, number, self.formats[style])
        sheet.write_string(row, 4, clean(figure.formula), self.formats["wrap"])
        sheet.write_string(row, 5, clean(figure.exclusions), self.formats["wrap"])
        cells = {}
        for place, (name, label, value) in enumerate(figure.inputs, row + 1):
            cells[name] = cell(place, 1, True, True)
            self._input(sheet, place, name, label, value)
        self._value(sheet, row, figure, style, cells, steps_name)
        return row + len(figure.inputs) + 1

    def _input(self, sheet, row: int, name, label, value) -> None:
        sheet.set_row(row, None, None, {"level": 1})
        sheet.write_string(row, 0, clean(label), self.formats["input"])
        if name in self.values:  # another figure
            self._formula(sheet, row, 1, self.values[name], "days", value)
        elif value is not None:
            sheet.write_number(row, 1, value, self.formats["count"])

    def _value(self, sheet, row, figure, style, cells, steps_name) -> None:
        formula = FORMULAS.get(figure.code)
        if figure.code == "dso_countback" and self.book.steps:
            quoted = steps_name.replace("'", "''")
            formula = f"SUM('{quoted}'!$D$4:$D${len(self.book.steps) + 3})"
        if formula and set(re.findall(r"{(\w+)}", formula)) <= cells.keys():
            text = formula.format_map(cells)
            self._formula(sheet, row, 1, text, style, figure.value)
        elif figure.value is None:
            sheet.write_string(row, 1, self.missing)
        else:
            sheet.write_number(row, 1, figure.value, self.formats[style])

    def countback(self, sheet) -> None:
        """Days of each month: all while its sales are used up, a part of the last."""
        words = self.book.words
        self._head(sheet, words["sheets"][1], words["countback"], (24, 18, 24, 14))
        remaining = max(self.book.receivables, 0.0)
        for place, (days, sales) in enumerate(self.book.steps):
            row = place + 3
            used = min(remaining, sales)
            share = days if sales <= 0 or used >= sales else used / sales * days
            sheet.write_number(row, 0, days, self.formats["count"])
            sheet.write_number(row, 1, sales, self.formats["money"])
            if place:
                self._formula(
                    sheet, row, 2, f"MAX(C{row}-B{row},0)", "money", remaining
                )
            else:
                sheet.write_number(row, 2, remaining, self.formats["money"])
            shown = row + 1
            formula = (
                f"IF(OR(B{shown}<=0,C{shown}>=B{shown}),A{shown},"
                f"C{shown}/B{shown}*A{shown})"
            )
            self._formula(sheet, row, 3, formula, "days", share)
            remaining -= used

    def months(self, sheet) -> None:
        words = self.book.words
        widths = (12, *[16] * (len(words["months"]) - 1))
        self._head(sheet, words["sheets"][2], words["months"], widths)
        for row, (day, *numbers) in enumerate(self.book.months, 3):
            sheet.write_datetime(row, 0, day, self.formats["date"])
            for column, number in enumerate(numbers, 1):
                style = "money" if column < 5 else "days"
                if number is not None:
                    sheet.write_number(row, column, number, self.formats[style])
        sheet.autofilter(2, 0, 2 + len(self.book.months), len(words["months"]) - 1)

    # === MATRICES === #

    def rolls(self, sheet) -> None:
        """Amounts by place, and to the right what share of the opening each is."""
        matrix = self.book.rolls
        width = len(matrix.headings)
        empty = ["", *matrix.headings[2:]]
        self._head(
            sheet, matrix.title, [*matrix.headings, *empty], (22, *[15] * (2 * width))
        )
        for row, (label, opening, amounts) in enumerate(matrix.rows, 3):
            sheet.write_string(row, 0, clean(label), self.formats["bold"])
            sheet.write_number(row, 1, opening, self.formats["money"])
            for column, amount in enumerate(amounts, 2):
                sheet.write_number(row, column, amount, self.formats["money"])
                part, whole = cell(row, column), cell(row, 1, False, True)
                share = amount / opening if opening else None
                formula = f"IF({whole}=0,NA,{part}/{whole})"
                place = column + width - 1
                self._formula(sheet, row, place, formula, "percent", share)

    def provision(self, sheet) -> None:
        """Rates may be changed: losses and total follow."""
        found = self.book.provision
        self._head(sheet, found.title, found.headings, (22, 18, 18, 12, 18))
        total = 0.0
        for row, (label, reached, balance, rate) in enumerate(found.rows, 3):
            sheet.write_string(row, 0, clean(label), self.formats["bold"])
            sheet.write_number(row, 1, reached, self.formats["money"])
            sheet.write_number(row, 2, balance, self.formats["money"])
            if rate is None:
                sheet.write_string(row, 3, self.missing)
            else:
                sheet.write_number(row, 3, rate, self.formats["percent"])
            loss = None if rate is None else max(balance, 0.0) * rate
            total += loss or 0.0
            line = row + 1
            formula = f"IF(ISNUMBER(D{line}),MAX(C{line},0)*D{line},NA)"
            self._formula(sheet, row, 4, formula, "money", loss)
        end = len(found.rows) + 3
        sheet.write_string(end, 0, clean(found.total_label), self.formats["bold"])
        balances = sum(balance for _label, _reached, balance, _rate in found.rows)
        self._formula(sheet, end, 2, f"SUM(C4:C{end})", "total", balances)
        self._formula(sheet, end, 4, f"SUM(E4:E{end})", "total", total)

    def notes(self, sheet) -> None:
        sheet.set_column(0, 0, 30)
        sheet.set_column(1, 1, 100)
        for row, (word, meaning) in enumerate(self.book.notes):
            sheet.write_string(row, 0, clean(word), self.formats["bold"])
            sheet.write_string(row, 1, clean(meaning), self.formats["wrap"])
