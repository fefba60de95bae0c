"""CSV as spreadsheets write it, read and written."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from controller.platform.csv_import.spreadsheet import (
    LARGEST,
    MOST_ROWS,
    SheetError,
    bare,
    guarded,
    read_sheet,
    write_sheet,
)

COLUMNS = {"name": ("full name",), "contact_phone": ("phone", "tel"), "notes": ()}
NEEDED = (frozenset({"name"}),)


def _cells(text: str | bytes) -> list[dict[str, str]]:
    data = text.encode() if isinstance(text, str) else text
    return [row.cells for row in read_sheet(data, COLUMNS, needed=NEEDED).rows]


@pytest.mark.parametrize(
    "data",
    [
        "name,phone\nÉva,1\n".encode(),
        "name,phone\r\nÉva,1\r\n".encode("utf-8-sig"),
        "name;phone\rÉva;1".encode(),
        "name\tphone\nÉva\t1\n".encode("utf-16"),
        'sep=;\r\n"Name";"Phone"\r\n"Éva";"1"\r\n'.encode(),
        "\n\n Full  Name ,Tel.\n\n Éva , 1 \n,\n".encode(),
        "Name *;Contact-Phone:\nÉva;1;;\n".encode(),
        "name,phone\nÉva,1\n".encode("cp1252"),
    ],
)
def test_a_file_of_any_spreadsheet_says_the_same(data: bytes) -> None:
    assert _cells(data) == [{"name": "Éva", "contact_phone": "1"}]


def test_what_is_not_utf_8_is_read_as_windows_1252_and_says_so() -> None:
    (warning,) = read_sheet("name\nÉva – €5\n".encode("cp1252"), COLUMNS).warnings
    assert "Windows-1252" in warning


def test_columns_that_nobody_knows_are_left_out_and_named() -> None:
    sheet = read_sheet(b"name,Shoe size,\nAnn,5,\n", COLUMNS)
    assert sheet.rows[0].cells == {"name": "Ann"}
    assert sheet.warnings == ("columns that are not known were left out: Shoe size",)


def test_rows_are_named_by_the_line_they_begin_on() -> None:
    sheet = read_sheet(b'sep=,\nname,notes\nAnn,"one\ntwo"\n\nBen,"a ""b"" c"\n', COLUMNS)
    assert [(row.line, row.cells["notes"]) for row in sheet.rows] == [(3, "one\ntwo"), (6, 'a "b" c')]


@pytest.mark.parametrize(
    ("data", "line", "reason"),
    [
        (b'name,notes\nAnn,"open\nBen,\nCid,\n', 2, "never closed, so lines 2 to 4 could not be read"),
        (b'name,notes\nAnn,"a" b\nBen,\n', 2, "cannot be taken apart into cells"),
        (b"name,notes\nAnn,a,b\nBen,\n", 2, "has 3 cells, but the header has 2"),
        (b"name,notes\nAnn," + b"x" * 140_000 + b"\nBen,\n", 2, "more than 131072 characters"),
    ],
)
def test_a_row_that_cannot_be_read_is_set_aside_and_the_rest_is_read(data: bytes, line: int, reason: str) -> None:
    sheet = read_sheet(data, COLUMNS)
    (fault,) = sheet.faults
    assert fault.line == line
    assert reason in fault.why
    assert "Ann" not in [row.cells["name"] for row in sheet.rows]


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "is empty"),
        (b"\n , \n", "is empty"),
        (b"<!doctype html><html><body>Not found</body></html>", "there is no column name"),
        (b"PK\x03\x04\x14\x00\x06\x00\x08\x00", "there is no column name"),
        (b"name\n\x81\x8d\n", "line 2 has characters that cannot be read"),
        (b"name,Full name\nAnn,Ann\n", "two columns are called name"),
        (b"phone\n1\n", "there is no column name; the columns are: name, contact_phone, notes"),
        (b"sep=x\nname\n", "there is no column name"),
        (b'"name\nAnn\n', "line 1 a quotation mark is opened and never closed, so lines 1 to 2 could not be read; the"),
        (b"name\n" + b"x" * LARGEST, f"at most {LARGEST}"),
        (b"name\n" + b"x\n" * (MOST_ROWS + 1), f"more than {MOST_ROWS} rows"),
    ],
)
def test_a_file_that_is_no_table_is_refused_in_words(data: bytes, reason: str) -> None:
    with pytest.raises(SheetError, match=reason):
        read_sheet(data, COLUMNS, needed=NEEDED)


@pytest.mark.parametrize("text", ["=1+1", "+44 1487", "-5", "@here", "'=1", "''+x", "＝1", "\tx"])
def test_what_a_spreadsheet_takes_for_a_formula_goes_out_guarded(text: str) -> None:
    assert guarded(text) == f"'{text}"
    assert bare(guarded(text)) == text


@pytest.mark.parametrize("text", ["", "'", "Ann", "O'Neill", "'s-Hertogenbosch", "a=b", "+"[:0]])
def test_what_is_no_formula_goes_out_as_it_is(text: str) -> None:
    assert guarded(text) == text
    assert bare(text) == text


@pytest.mark.parametrize(
    ("text", "guard"),
    [
        (";=1+1", ";'=1+1"),
        ("hall;=1+1;x", "hall;'=1+1;x"),
        ("a\t@SUM(1)", "a\t'@SUM(1)"),
        ("first\n-second", "first\n'-second"),
        ("\t=1", "'\t'=1"),
        ("a;'=1", "a;''=1"),
        ("a, +44 1487; b-c", "a, +44 1487; b-c"),
    ],
)
def test_what_would_be_a_formula_in_a_cell_of_its_own_is_guarded_too(text: str, guard: str) -> None:
    """A spreadsheet set to semicolons parts `hall,"x;=1+1"` there: its quotation mark is not at the beginning."""
    assert guarded(text) == guard
    assert bare(guard) == text


@given(st.text("=+-@;,\t\r\n'＝a") | st.text())
def test_a_guard_is_taken_off_again(text: str) -> None:
    assert bare(guarded(text)) == text
    assert guarded(text)[:1] not in tuple("=+-@\t\r\n")


_TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\r\x00"), max_size=20).map(str.strip)


@given(st.lists(st.fixed_dictionaries({"name": _TEXT.map("x".__add__), "contact_phone": _TEXT, "notes": _TEXT})))
def test_what_is_written_is_read_again(rows: list[dict[str, str]]) -> None:
    sheet = read_sheet(write_sheet(list(COLUMNS), rows), COLUMNS)
    assert [row.cells for row in sheet.rows] == rows
    assert not sheet.faults


@given(st.binary(max_size=300))
def test_no_bytes_break_the_reader(data: bytes) -> None:
    try:
        sheet = read_sheet(b"name,notes\n" + data, COLUMNS)
    except SheetError:
        return
    assert all(row.line > 1 for row in sheet.rows)
