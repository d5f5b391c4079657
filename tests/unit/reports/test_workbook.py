"""The workbook in LibreOffice: it opens, and its formulas give our totals."""

import csv
import datetime
import shutil
import subprocess

import pytest

from reports_tools import workbook

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
        for name in ("Aging", "Items", "Definitions")
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
    assert sheets["Items"][1][1:] == ["2026-03-12", "1234.5"]
