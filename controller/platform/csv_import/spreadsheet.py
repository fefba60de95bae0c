"""Reads and writes CSV (RFC 4180). Pure.

Reads what Excel, LibreOffice and Google write: UTF-8 with or without a mark, UTF-16 with one, Windows-1252; comma,
semicolon or tab. A cell that a spreadsheet would take for a formula goes out behind an apostrophe, which is taken off
when it comes back (OWASP, CSV injection). So does what would be one in a cell of its own, for a spreadsheet that parts
cells at semicolons or tabs and knows a quotation mark at the beginning of a cell only.
"""

import csv
import io
import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

import msgspec

LARGEST = 2 * 1024 * 1024
"""Largest file, in bytes."""
MOST_ROWS = 20_000
_FORMULA = "=+-@\t\r\n＝＋－＠"
_INNER = "=+-@＝＋－＠"
_PLACES = rf"^(?='*[{re.escape(_FORMULA)}])|(?<=[;\t\r\n])(?='*[{re.escape(_INNER)}])"
_GUARDS = rf"^'(?='*[{re.escape(_FORMULA)}])|(?<=[;\t\r\n])'(?='*[{re.escape(_INNER)}])"
_DELIMITERS = ",;\t"
_MARKS = (("utf-8-sig", b"\xef\xbb\xbf"), ("utf-16", b"\xff\xfe"), ("utf-16", b"\xfe\xff"))


class SheetError(ValueError):
    """The whole file is of no use; the text says why and what would do."""


class CellFault(msgspec.Struct, frozen=True, kw_only=True):
    """Why a row cannot be taken. ``column``: as the table calls it, empty where it is about the row."""

    line: int
    column: str
    why: str


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """A row whose first line in the file is ``line``, from 1. ``cells``: column -> text, for the columns there are."""

    line: int
    cells: dict[str, str]


class Sheet(msgspec.Struct, frozen=True, kw_only=True):
    """What a file holds. ``faults``: rows that could not be read. ``warnings``: sentences about the whole file."""

    columns: tuple[str, ...]
    rows: tuple[Row, ...]
    faults: tuple[CellFault, ...]
    warnings: tuple[str, ...]


def read_sheet(
    data: bytes,
    columns: Mapping[str, Sequence[str]],
    *,
    needed: Sequence[frozenset[str]] = (),
    most_rows: int = MOST_ROWS,
) -> Sheet:
    """The rows under the header. ``columns``: name -> what else people call it, whatever the case; ``needed``: of each
    set one column at least. Raises ``SheetError``."""
    if len(data) > LARGEST:
        raise SheetError(f"the file has {len(data)} bytes; at most {LARGEST} can be taken, so send it in parts")
    text, warnings = _decoded(data)
    delimiter, text, before = _delimiter(text, _by_word(columns))
    records = _Records(text, delimiter, before)
    header = next((cells for _, cells in records if any(cells)), None)
    if header is None:
        why = f"line {records.faults[0].line} {records.faults[0].why}" if records.faults else "the file is empty"
        raise SheetError(f"{why}; the first row must name the columns")
    places, strange = _places(header, columns)
    for each in needed:
        if not each & set(places.values()):
            raise SheetError(f"there is no column {' or '.join(sorted(each))}; the columns are: {', '.join(columns)}")
    if strange:
        warnings.append(f"columns that are not known were left out: {', '.join(strange)}")
    rows: list[Row] = []
    for line, cells in records:
        if not any(cells):
            continue
        if len(rows) == most_rows:
            raise SheetError(f"the file has more than {most_rows} rows; send it in parts")
        if any(cells[len(header) :]):
            reason = f"has {len(cells)} cells, but the header has {len(header)}; put quotation marks around commas"
            records.faults.append(CellFault(line=line, column="", why=reason))
            continue
        filled = {name: cells[at] if at < len(cells) else "" for at, name in places.items()}
        rows.append(Row(line=line, cells=filled))
    return Sheet(
        columns=tuple(places.values()), rows=tuple(rows), faults=tuple(records.faults), warnings=tuple(warnings)
    )


def write_sheet(columns: Sequence[str], rows: Iterable[Mapping[str, str]], *, numbers: Collection[str] = ()) -> bytes:
    """The file: UTF-8 with a mark, since Excel takes it for Windows-1252 without. ``numbers``: columns that hold only
    our own numbers: behind an apostrophe one below zero would be text, which no sum or mean takes in."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(columns)
    for row in rows:
        cells = ((name, row.get(name, "")) for name in columns)
        writer.writerow([text if name in numbers else guarded(text) for name, text in cells])
    return out.getvalue().encode("utf-8-sig")


def guarded(text: str) -> str:
    """The exported cell: one that may be a formula gets a leading apostrophe."""
    return re.sub(_PLACES, "'", text)


def bare(text: str) -> str:
    """The cell as it was before ``guarded``."""
    return re.sub(_GUARDS, "", text)


def _decoded(data: bytes) -> tuple[str, list[str]]:
    coding = next((coding for coding, mark in _MARKS if data.startswith(mark)), "utf-8")
    try:
        return data.decode(coding), []
    except UnicodeDecodeError:
        pass
    try:
        text = data.decode("cp1252")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise SheetError(f"line {line} has characters that cannot be read; save the file as CSV UTF-8") from error
    return text, ["the file is not UTF-8 and was read as Windows-1252; look whether names with accents are right"]


def _delimiter(text: str, words: Mapping[str, str]) -> tuple[str, str, int]:
    """What parts the cells, the text behind Excel's own line about it, and how many lines that is."""
    if found := re.match(rf"sep=([{_DELIMITERS}])\r?\n?", text):
        return found.group(1), text[found.end() :], 1
    head = text.lstrip().partition("\n")[0].replace('"', "")

    def known(delimiter: str) -> int:
        return sum(_plain(cell) in words for cell in head.split(delimiter))

    return max(_DELIMITERS, key=known), text, 0


class _Records:
    """Records of the file with the line that each begins on; those that cannot be taken apart become faults."""

    def __init__(self, text: str, delimiter: str, before: int) -> None:
        self._reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
        self._before = before
        self.faults: list[CellFault] = []

    def __iter__(self) -> Iterator[tuple[int, list[str]]]:
        return self

    def __next__(self) -> tuple[int, list[str]]:
        while True:
            line = self._before + self._reader.line_num + 1
            try:
                return line, [bare(cell.strip()) for cell in next(self._reader)]
            except csv.Error as error:
                last = self._before + self._reader.line_num
                self.faults.append(CellFault(line=line, column="", why=_unreadable(str(error), line, last)))


def _unreadable(error: str, line: int, last: int) -> str:
    if "end of data" in error:
        upto = f", so lines {line} to {last} could not be read" if last > line else ""
        return f"a quotation mark is opened and never closed{upto}"
    if "field limit" in error:
        return f"has a cell of more than {csv.field_size_limit()} characters"
    return f"cannot be taken apart into cells ({error}); double the quotation marks inside a cell"


def _places(header: Sequence[str], columns: Mapping[str, Sequence[str]]) -> tuple[dict[int, str], list[str]]:
    """Place -> column, and the names that nobody knows."""
    words = _by_word(columns)
    places: dict[int, str] = {}
    strange: list[str] = []
    for at, cell in enumerate(header):
        name = words.get(_plain(cell))
        if name is None:
            if cell:
                strange.append(cell[:40])
        elif name in places.values():
            raise SheetError(f"two columns are called {name} or mean it; leave one of them out")
        else:
            places[at] = name
    return places, strange


def _by_word(columns: Mapping[str, Sequence[str]]) -> dict[str, str]:
    return {_plain(word): name for name, others in columns.items() for word in (name, *others)}


def _plain(cell: str) -> str:
    """A header as it is compared: “Contact_Phone *” is “contact phone”."""
    return re.sub(r"[\W_]+", " ", cell.casefold()).strip()
