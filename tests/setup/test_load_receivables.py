"""The rows of an invoice file: what is read, what is refused and in which words."""

import datetime
import sys
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "setup"))

from inside.receivables import options, presets, rows  # noqa: E402
from inside.receivables.rows import Format, Invoice, Problem  # noqa: E402

HEADING = "customer,number,date,due,amount,currency,settled,disputed\n"
GOOD = "ACME,F-1,2026-01-05,2026-02-04,100.50,USD,2026-02-10,yes\n"
IBM_FILE = presets.default_path(ROOT, "ibm")


def read(text, form=None):
    return list(rows.read(text.splitlines(keepends=True), form or Format()))


def read_one(**values):
    """What a row says whose values are those of a good one but for ``values``."""
    row = {
        "customer": "ACME",
        "number": "F-1",
        "date": "2026-01-05",
        "amount": "100",
        **values,
    }
    form = values.pop("form", Format())
    row.pop("form", None)
    text = ",".join(row) + "\n" + ",".join(f'"{value}"' for value in row.values())
    [found] = read(text, form)
    return found


def test_a_row_becomes_an_invoice():
    assert read(HEADING + GOOD) == [
        Invoice(
            line=2,
            customer="ACME",
            number="F-1",
            date=datetime.date(2026, 1, 5),
            amount=Decimal("100.50"),
            due=datetime.date(2026, 2, 4),
            currency="USD",
            settled=datetime.date(2026, 2, 10),
            disputed=True,
        )
    ]


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"customer": " "}, "column 'customer' is empty"),
        ({"date": "31/12/2026"}, "date '31/12/2026' is not a date like 2026-12-31"),
        ({"date": "2026-02-30"}, "is not a date like"),
        ({"date": "0026-02-03"}, "is not a date like"),
        ({"settled": "soon"}, "settled 'soon' is not a date"),
        ({"amount": "ten"}, "is not an amount like 1234.56"),
        ({"amount": "NaN"}, "is not an amount"),
        ({"amount": "1e400"}, "is not an amount"),
        ({"amount": "1.234,56"}, "is not an amount"),
        ({"amount": "0.00"}, "nothing to collect"),
        ({"currency": "dollars"}, "not a code of three letters"),
        ({"disputed": "perhaps"}, "neither yes nor no"),
        ({"country": "770"}, "not a code of two letters"),
    ],
)
def test_a_bad_value_says_what_to_mend(values, words):
    problem = read_one(**values)
    assert isinstance(problem, Problem)
    assert problem.line == 2
    assert words in problem.message


@pytest.mark.parametrize(
    ("text", "decimal", "amount"),
    [
        ("1,234.56", ".", "1234.56"),
        ("1.234,56", ",", "1234.56"),
        ("1234,5", ",", "1234.5"),
        ("-12", ".", "-12"),
        ("1 234.00", ".", "1234.00"),
        ("1,234,567", ".", "1234567"),
    ],
)
def test_amounts_as_people_write_them(text, decimal, amount):
    found = read_one(amount=text, form=Format(decimal=decimal))
    assert found.amount == Decimal(amount)


@pytest.mark.parametrize(
    ("text", "order"),
    [("5/1/2026", "dmy"), ("01-05-2026", "mdy"), ("2026.1.5", "ymd")],
)
def test_dates_in_three_orders(text, order):
    found = read_one(date=text, form=Format(date_order=order))
    assert found.date == datetime.date(2026, 1, 5)


def test_the_same_number_twice_is_loaded_once():
    first, second = read(HEADING + GOOD + GOOD)
    assert first.number == "F-1"
    assert second == Problem(3, "invoice F-1 of ACME is already in line 2")


def test_a_missing_column_is_told_with_those_that_are_there():
    with pytest.raises(
        rows.FormatError, match=r"'amount' \(there are: customer, number"
    ):
        read("customer,number,date\n")
    with pytest.raises(rows.FormatError, match="name the right one with --due"):
        read(HEADING, Format(columns={**Format().columns, "due": "DueDate"}))


def test_an_empty_file_has_no_columns():
    with pytest.raises(rows.FormatError, match="there is no column 'customer'"):
        read("")


def test_an_open_quote_does_not_swallow_what_follows():
    broken = 'ACME,"F-0,2026-01-05,,1,,,\n'
    problem, invoice = read(HEADING + broken + GOOD)
    assert problem.line == 2
    assert "look for a quote" in problem.message
    assert (invoice.line, invoice.number) == (3, "F-1")


def test_a_quoted_text_may_go_on_in_the_next_line():
    text = 'number,customer,date,amount\n"F\n1",ACME,2026-01-05,1\nF-2,B,2026-01-05,1\n'
    first, second = read(text)
    assert first.number == "F\n1"
    assert (second.line, second.number) == (4, "F-2")


def test_until_takes_away_what_was_not_known():
    [invoice] = read(HEADING + GOOD)
    assert rows.until(invoice, None) == invoice
    assert rows.until(invoice, datetime.date(2026, 1, 4)) is None
    assert rows.until(invoice, datetime.date(2026, 2, 9)).settled is None
    assert rows.until(invoice, datetime.date(2026, 2, 10)) == invoice


# Whatever a neighbour holds: quotes, separators, NUL, halves of characters.
ANY_LINE = st.text(
    st.one_of(st.sampled_from("\",;\0\ufeff\udc80 \t'-/.0159aA"), st.characters()),
    max_size=60,
).map(lambda text: text.replace("\n", "").replace("\r", ""))


@given(st.lists(ANY_LINE, max_size=12), st.sampled_from(",;\t"))
def test_reading_never_crashes(lines, delimiter):
    try:
        found = list(rows.read(lines, Format(delimiter=delimiter)))
    except rows.FormatError:
        return
    assert all(isinstance(row, (Invoice, Problem)) for row in found)


@given(st.lists(st.one_of(st.just(None), ANY_LINE), max_size=30))
def test_good_rows_survive_any_neighbours(neighbours):
    """None stands for a good row; each must be found at its own line.

    Without quotes: what those may do is in the tests around this one.
    """
    lines = [HEADING]
    wanted = {}
    for number, text in enumerate(neighbours, 2):
        if text is None:
            wanted[number] = f"GOOD-{number}"
            lines.append(f"ACME,GOOD-{number},2026-01-05,,100,,,\n")
        else:
            lines.append(text.replace('"', "") + "\n")
    found = {
        row.line: row.number
        for row in rows.read(lines, Format())
        if isinstance(row, Invoice)
    }
    assert wanted.items() <= found.items()


@given(st.integers(0, 20), st.integers(0, 40))
def test_one_open_quote_costs_one_row(before, after):
    good = [f"ACME,N{number},2026-01-05,,100,,,\n" for number in range(before + after)]
    lines = [HEADING, *good[:before], 'ACME,"X,2026-01-05,,1,,,\n', *good[before:]]
    found = list(rows.read(lines, Format()))
    assert sum(isinstance(row, Invoice) for row in found) == before + after
    assert [row.line for row in found if isinstance(row, Problem)] == [before + 2]


def test_two_open_quotes_do_not_embrace_the_rows_between():
    broken = 'ACME,"F-0,2026-01-05,,1,,,\n'
    found = read(HEADING + broken + GOOD + broken)
    assert [type(row) for row in found] == [Problem, Invoice, Problem]


def test_options_go_over_the_preset():
    chosen = options.parse(
        ["x.csv", "--preset", "ibm", "--due", "Until", "--decimal", ","]
    )
    form = options.form(chosen)
    assert form.columns["due"] == "Until"
    assert form.columns["number"] == "invoiceNumber"
    assert (form.decimal, form.date_order) == (",", "dmy")


def test_without_file_and_preset_there_is_nothing_to_load(capsys):
    with pytest.raises(SystemExit) as stopped:
        options.parse([])
    assert stopped.value.code == 2
    assert "name a file" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["missing.csv"], "cannot read .*missing.csv: No such file"),
        (["--encoding", "klingon", __file__], "no encoding 'klingon'"),
        ([__file__], "there is no column 'customer'"),
    ],
)
def test_a_file_that_is_none(arguments, words):
    with pytest.raises(rows.FormatError, match=words):
        list(options.read(options.parse(arguments), ROOT))


def test_a_wrong_encoding_costs_only_the_rows_it_breaks(tmp_path):
    path = tmp_path / "latin.csv"
    path.write_bytes((HEADING + "Peña,1,2026-01-05,,1,,,\n" + GOOD).encode("latin-1"))
    problem, invoice = options.read(options.parse([str(path)]), ROOT)
    assert "--encoding" in problem.message
    assert invoice.number == "F-1"
    chosen = options.parse([str(path), "--encoding", "latin-1"])
    assert [row.customer for row in options.read(chosen, ROOT)] == ["Peña", "ACME"]


@pytest.mark.skipif(
    not IBM_FILE.is_file(), reason="the file is not part of the project"
)
def test_the_ibm_file_is_read_whole():
    found = list(options.read(options.parse(["--preset", "ibm"]), ROOT))
    assert len(found) == 2466
    assert all(isinstance(row, Invoice) for row in found)
    assert sum(row.amount for row in found) == Decimal("147703.18")
    assert sum(row.disputed for row in found) == 561
    assert {row.country for row in found} == {"CL", "CO", "MX", "PE", "EC"}
    assert all(row.email.endswith("@example.com") for row in found)
    assert {(row.due - row.date).days for row in found} == {30}
    assert len({row.customer for row in found}) == 100
