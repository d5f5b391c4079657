"""Arithmetic of statements, splitting of a batch, names of sheets."""

from datetime import date, timedelta

import pytest

from collections_tools import qr, statements
from collections_tools.statement_workbook import sheet_name

TODAY = date(2024, 6, 17)
USD, EUR = 1, 2


def row(amount, days, currency=USD, company_amount=None):
    due = TODAY - timedelta(days=days)
    own = amount if company_amount is None else company_amount
    return statements.Row(currency, f"N{days}", "", due, due, amount, amount, own)


def test_ages_are_of_debits_only():
    (table,) = statements.tables([row(100, 5), row(-30, 200), row(7, 121)], TODAY)
    assert table.ages == [0, 100, 0, 0, 0, 7]
    assert (table.debit, table.credit, table.net) == (107, 30, 77)
    assert table.overdue == 107


def test_the_most_owed_comes_first():
    rows = [row(10, 5), row(20, 5, EUR, 24), row(-3, 1, EUR, -3.6)]
    found = statements.tables(rows, TODAY)
    assert [table.currency for table in found] == [EUR, USD]


def test_a_remainder_in_one_currency_has_a_side():
    (table,) = statements.tables([row(-0.01, 5, EUR, 0)], TODAY)
    assert table.credits
    assert not table.debits


def test_documents_are_by_due_date():
    (table,) = statements.tables([row(1, 1), row(2, 90), row(3, -4)], TODAY)
    assert [line.open for line in table.debits] == [2, 1, 3]


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        (["m1 a", "m2 b"], [(0, 1), (1, 2)]),
        (["m1", "more", "m2", "more"], [(0, 2), (2, 4)]),
        (["m2", "m1"], None),
        (["m1 m2"], None),
        (["m1", "m1", "m2"], None),
        (["cover", "m1", "m2"], None),
        (["m1"], None),
        ([], None),
    ],
)
def test_page_ranges(texts, expected):
    found = statements.page_ranges(texts, ["m1", "m2"])
    assert found == (expected and [range(*bounds) for bounds in expected])


def test_sheet_names_are_accepted_and_unique():
    taken = set()
    names = [sheet_name("x" * 40, taken) for _number in range(12)]
    assert len({name.lower() for name in names}) == 12
    assert all(len(name) <= 31 for name in names)
    assert sheet_name("History", taken) == "history 1"
    assert sheet_name("':*", taken) == "-"


def test_png_of_a_code():
    content = qr.png([[True, False], [False, True]])
    assert content.startswith(b"\x89PNG")
    assert content.endswith(b"IEND\xaeB`\x82")
