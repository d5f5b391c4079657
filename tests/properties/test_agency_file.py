"""Files of agencies: what goes out comes back as it was, and nothing is guessed."""

import contextlib
import csv
import io
from datetime import date

import openpyxl
from hypothesis import given
from hypothesis import strategies as st

from collections_tools import agency_file

TODAY = date(2024, 6, 17)
HEADINGS = [one.code for one in agency_file.RESULT_COLUMNS]
cells = st.one_of(
    st.none(),
    st.text(max_size=30),
    st.integers(-(10**9), 10**9),
    st.floats(allow_nan=True, allow_infinity=True),
    st.dates(),
    st.datetimes(),
    st.sampled_from(["contact", "cost", "promise", "call", "2024-06-01", "12.50"]),
)
lines = st.lists(
    st.fixed_dictionaries({}, optional=dict.fromkeys(HEADINGS, cells)), max_size=8
)
texts = st.text(
    st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=40
).filter(str.strip)


@given(lines)
def test_any_line_is_a_row_or_a_problem(found):
    numbered = list(enumerate(found, 2))
    rows, problems = agency_file.parse(numbered, TODAY)
    good, bad = {row.line for row in rows}, {one.line for one in problems}
    assert good | bad == {number for number, _line in numbered}
    assert not good & bad
    assert len({row.key for row in rows}) == len(rows)
    for row in rows:
        assert row.date <= TODAY
        assert row.kind == agency_file.CONTACT or 0 < row.amount < float("inf")


@given(st.binary(max_size=300))
def test_any_bytes_are_read_or_refused(content):
    with contextlib.suppress(agency_file.UnreadableError):
        assert all(number > 1 for number, _values in agency_file.read(content))


@given(st.floats(0.01, 10**9))
def test_amounts_written_with_a_point_are_read_back(amount):
    assert agency_file.to_amount(f"{amount:.2f}") == (float(f"{amount:.2f}"), None)
    assert agency_file.to_amount(f"{amount:,.2f}") == (float(f"{amount:.2f}"), None)


@given(st.integers(1000, 10**9))
def test_one_separator_before_three_digits_is_never_guessed(amount):
    grouped = f"{amount:,}"
    if grouped.count(",") == 1:
        assert agency_file.to_amount(grouped)[1] == agency_file.AMBIGUOUS


@given(texts)
def test_no_text_is_a_formula(text):
    columns = (agency_file.Column("text"),)
    content = agency_file.to_csv(columns, [(text,)]).decode("utf-8-sig")
    [_head, [cell]] = csv.reader(io.StringIO(content, newline=""))
    assert not cell.startswith(agency_file.FORMULA)
    assert cell.removeprefix("'") == text.removeprefix("'")
    book = openpyxl.load_workbook(
        io.BytesIO(agency_file.to_xlsx("x", columns, [(text,)], ("notes", [])))
    )
    assert book.worksheets[0]["A2"].data_type == "s"


def test_the_same_row_has_the_same_digest_anywhere():
    row = agency_file.Result(2, "k", "CASE-1", TODAY, "cost", amount=5.0)
    assert row.digest() == row._replace(line=9).digest()
    assert row.digest() != row._replace(amount=6.0).digest()
