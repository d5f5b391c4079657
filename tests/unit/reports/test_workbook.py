"""The workbook in LibreOffice: it opens, and its formulas give our totals."""

import csv
import datetime
import shutil
import subprocess

import pytest

from reports_tools import figures_book, workbook

DUE = datetime.date(2026, 3, 12)
# Formulas are always computed anew, whatever the file says they give.
SETTINGS = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry">
<item oor:path="/org.openoffice.Office.Calc/Formula/Load">
<prop oor:name="OOXMLRecalcMode"><value>0</value></prop></item>
</oor:items>
"""
EVERY_SHEET = "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,false,false,,,-1"


def item(label, place, amount):
    return workbook.Item(label, DUE, place, amount)


@pytest.fixture(scope="module")
def sheets(tmp_path_factory):
    """The workbook as LibreOffice sees it; what it says of sums is wrong: all 0."""
    folder = tmp_path_factory.mktemp("office")
    groups = [
        workbook.Group("=1+1", (0, 0), [item("A", 0, 100.25), item("B", 1, -30)]),
        workbook.Group("Ñandú <&> _x0041_", (0, 0), [item("C", 1, 29.75)]),
    ]
    content = workbook.write(
        (
            workbook.Outline(
                name="Aging",
                title="Aging",
                subtitle="",
                headings=("Customer", "Due", "Items", "Total", "Share"),
                columns=("Not due", "1–30"),
                groups=groups,
                totals=(0, 0),
                item_count=0,
                total_label="Total",
            ),
            workbook.Flat(
                "Items",
                [("Customer", 20, "text"), ("Due", 10, "date"), ("Open", 10, "money")],
                [("@SUM(A1)", DUE, 1234.5), (None, DUE, -1)],
            ),
            workbook.Notes("Definitions", [("Word", "=meaning")]),
        )
    )
    return opened(folder, content, ("Aging", "Items", "Definitions"))


def opened(folder, content, names):
    """Return what LibreOffice computes, by sheet."""
    (folder / "book.xlsx").write_bytes(content)
    (folder / "home" / "user").mkdir(parents=True)
    (folder / "home" / "user" / "registrymodifications.xcu").write_text(SETTINGS)
    program = shutil.which("soffice") or shutil.which("libreoffice")
    assert program, "LibreOffice is missing: ./setup/test installs it"
    subprocess.run(
        [
            program,
            f"-env:UserInstallation=file://{folder}/home",
            "--headless",
            "--convert-to",
            EVERY_SHEET,
            "--outdir",
            str(folder),
            str(folder / "book.xlsx"),
        ],
        capture_output=True,
        text=True,
        timeout=180,
        check=True,
    )
    return {
        name: list(csv.reader((folder / f"book-{name}.csv").open(newline="")))
        for name in names
    }


def number(text):
    value = float(text.rstrip("%"))
    return pytest.approx(value / 100 if text.endswith("%") else value)


def test_totals_and_shares_are_computed(sheets):
    total, first, _a, _b, second, _c = sheets["Aging"][4:]
    assert total[0] == "Total"
    assert [number(cell) for cell in total[2:]] == [3, 100.25, -0.25, 100, 1]
    assert [number(cell) for cell in first[2:]] == [2, 100.25, -30, 70.25, 0.7025]
    assert [number(cell) for cell in second[2:]] == [1, 0, 29.75, 29.75, 0.2975]


def test_texts_are_what_they_were(sheets):
    assert [row[0] for row in sheets["Aging"][5:]] == [
        "=1+1",
        "A",
        "B",
        "Ñandú <&> _x0041_",
        "C",
    ]
    assert sheets["Items"][1][0] == "@SUM(A1)"
    assert sheets["Definitions"][0] == ["Word", "=meaning"]


def test_dates_and_numbers_are_real(sheets):
    """A date is shown as the reader's region writes it; here that is English."""
    assert sheets["Items"][1][1:] == ["03/12/2026", "1234.5"]


def test_key_figures_follow_from_their_inputs(tmp_path):
    """Ledger L in a sheet: values that the file holds are wrong, all 0."""

    def figure(code, unit, **inputs):
        rows = [(name, name, value) for name, value in inputs.items()]
        return figures_book.Figure(code, code, unit, 0, 0, 45, "how", "not", rows)

    content = figures_book.write(
        figures_book.Book(
            words={
                "sheets": ("Figures", "Back", "Months", "Rolls", "Loss", "Words"),
                "headings": ("a", "b", "c", "d", "e", "f"),
                "countback": ("a", "b", "c", "d"),
                "months": ("a", "b"),
                "not_available": "n/a",
            },
            sections=[
                (
                    "Days",
                    [
                        figure("dso", "days", receivables=200, sales=250, days=90),
                        figure("dso_countback", "days", receivables=200),
                        figure("best_possible_dso", "days", not_due=1, sales=0, days=9),
                        figure(
                            "cei",
                            "%",
                            opening=60,
                            sales=250,
                            closing=200,
                            closing_not_due=100,
                        ),
                        figure("coverage", "%", contacted=90, customers=120),
                    ],
                )
            ],
            receivables=200,
            steps=[(31, 100), (28, 80), (31, 70)],
            months=[(DUE, 1.0)],
            rolls=figures_book.Matrix(
                "Rolls", ["Then", "Balance", "Paid"], [("1-30", 1000, [200])]
            ),
            provision=figures_book.Provision(
                "Loss",
                ["a", "b", "c", "d", "e"],
                [("Not due", 0, 300_000, 0.02), ("1-30", 0, 140_000, 0.04)]
                + [("> 30", 0, 7, None)],
                "Total",
            ),
            notes=[("Word", "=meaning")],
        )
    )
    sheets = opened(tmp_path, content, ("Figures", "Back", "Rolls", "Loss", "Words"))
    found = {row[0]: row[1] for row in sheets["Figures"] if len(row) > 1}
    assert number(found["dso"]) == 72
    assert float(found["dso_countback"]) == pytest.approx(67.857, abs=0.06)
    assert found["best_possible_dso"] == "n/a"
    assert float(found["cei"]) == pytest.approx(52.38, abs=0.06)
    assert number(found["coverage"]) == 75
    assert [number(row[2]) for row in sheets["Back"][3:]] == [200, 100, 20]
    assert sheets["Rolls"][3][4] == "20%"
    assert [row[4] for row in sheets["Loss"][3:]] == [
        "6000",
        "5600",
        "n/a",
        "11600",
    ]
    assert sheets["Words"][0] == ["Word", "=meaning"]
