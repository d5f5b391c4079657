"""Files of a former system: what was written is read, whatever else is in it."""

import csv
import io
from datetime import date, datetime, timedelta

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from collections_tools import history_rows as h

TODAY = date(2024, 6, 17)
HEADINGS = ["key", "customer", "date", "kind", "author", "text"]
# No control characters: a workbook cannot hold them.
words = st.text(
    st.characters(codec="utf-8", exclude_categories=("C", "Z")), min_size=1, max_size=20
)
days = st.dates(h.EARLIEST, TODAY)
rows = st.lists(
    st.tuples(words, days, st.sampled_from(["call", "Nota", "CORREO"]), words),
    unique_by=lambda row: row[0],
    min_size=1,
    max_size=8,
)


def as_csv(table, delimiter=";"):
    stream = io.StringIO()
    csv.writer(stream, delimiter=delimiter).writerows(table)
    return stream.getvalue()


def as_workbook(table):
    book = openpyxl.Workbook()
    for row in table:
        book.active.append(row)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


@given(rows, st.sampled_from(";,\t"), st.sampled_from(["utf-8", "utf-8-sig"]))
def test_csv_comes_back(found, delimiter, encoding):
    table = [
        [key, "Ana", f"{day:%d/%m/%Y}", kind, "", text]
        for key, day, kind, text in found
    ]
    content = as_csv([HEADINGS, *table], delimiter).encode(encoding)
    entries, faults = h.check(h.read(content), TODAY)
    assert not faults
    assert [(e.key, e.moment.date(), e.text) for e in entries] == [
        (key.strip(), day, text.strip()) for key, day, _kind, text in found
    ]


@given(rows)
def test_workbooks_come_back(found):
    # A leading "=" would be a formula in a workbook.
    table = [
        [f"k{key}", "Ana", datetime.combine(day, h.NOON), kind, None, f"t{text}"]
        for key, day, kind, text in found
    ]
    entries, faults = h.check(h.read(as_workbook([HEADINGS, *table])), TODAY)
    assert not faults
    assert [(e.key, e.moment.date()) for e in entries] == [
        (f"k{key}", day) for key, day, _kind, _text in found
    ]


@given(st.binary(max_size=300))
def test_any_bytes_give_rows_or_a_reason(content):
    try:
        found = h.read(content)
        entries, faults = h.check(found, TODAY)
    except h.FileError as error:
        code = error.code
    else:
        code = None
        assert len({fault.row for fault in faults}) + len(entries) == len(found) - 1
    assert code in {None, "empty", "unreadable", "headings"}


@given(st.lists(st.lists(st.text(max_size=8), min_size=6, max_size=6), max_size=8))
def test_every_row_is_taken_or_explained(table):
    entries, faults = h.check([HEADINGS, *table], TODAY)
    wrong = {fault.row for fault in faults}
    assert wrong.isdisjoint(entry.row for entry in entries)
    assert wrong | {entry.row for entry in entries} == set(range(2, len(table) + 2))


@pytest.mark.parametrize(
    ("text", "order", "expected"),
    [
        ("03/04/2024", h.DAY_FIRST, "2024-04-03 12:00"),
        ("03/04/2024", h.MONTH_FIRST, "2024-03-04 12:00"),
        ("3.4.2024 9:05", h.DAY_FIRST, "2024-04-03 09:05"),
        ("2024-04-03T09:05:59Z", h.MONTH_FIRST, "2024-04-03 09:05"),
        ("31/02/2024", h.DAY_FIRST, None),
        ("03/04/24", h.DAY_FIRST, None),
        ("2024-04-03 25:00", h.DAY_FIRST, None),
    ],
)
def test_dates(text, order, expected):
    found = h.moment(text, order)
    assert (found and f"{found:%Y-%m-%d %H:%M}") == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1.250,50", 1250.5),
        ("1,250.50", 1250.5),
        ("1250.5", 1250.5),
        ("1.250.000", 1250000.0),
        ("10,5", 10.5),
        ("a lot", None),
        ("-5", None),
    ],
)
def test_amounts(text, expected):
    head = [*HEADINGS, "promised amount"]
    row = ["1", "Ana", "2024-01-02", "promise", "", "", text]
    entries, faults = h.check([head, row], TODAY)
    assert (entries[0].amount if entries else None) == expected
    assert bool(faults) == (expected is None)


def test_limits():
    with pytest.raises(h.FileError, match="too_big"):
        h.read(b"x" * (h.MOST_BYTES + 1))
    with pytest.raises(h.FileError, match="too_many"):
        h.read(b"key\n" + b"1\n" * (h.MOST_ROWS + 1))
    late = (TODAY + timedelta(days=1)).isoformat()
    _entries, [fault] = h.check([HEADINGS, ["1", "A", late, "call", "", ""]], TODAY)
    assert fault == h.Fault(2, "date", "future", late)


def test_windows_files():
    content = as_csv([HEADINGS, ["1", "Ñandú", "2024-01-02", "call", "", ""]])
    entries, _faults = h.check(h.read(content.encode("cp1252")), TODAY)
    assert entries[0].customer == "Ñandú"
