"""Rows of an imported file, and the result for each."""

from collections.abc import Callable, Mapping, Sequence
from enum import StrEnum
from typing import Generic, TypeVar

import msgspec
from pydantic import BaseModel, ValidationError

from controller.platform.csv_import.spreadsheet import MOST_ROWS, CellFault, Row, SheetError, read_sheet
from controller.platform.uploads.parser import Parser
from controller.platform.web.problem import Conflict, field_errors, invalid_field

T = TypeVar("T")
M = TypeVar("M", bound=BaseModel)
Progress = Callable[[int, int], None]
"""Called with the number of rows done, and of all rows."""

_YES = frozenset({"yes", "y", "true", "1", "x"})
_NO = frozenset({"no", "n", "false", "0"})


class RowResult(StrEnum):
    """The result for a row."""

    ADDED = "added"
    CHANGED = "changed"
    CANCELLED = "cancelled"
    UNCHANGED = "unchanged"
    PAST = "past"
    """New, but its time is over; left out."""
    REFUSED = "refused"


class ImportedRow(msgspec.Struct, frozen=True, kw_only=True):
    """One row of the file. ``id``: of what it is about; empty while there is none. ``name``: what the row calls it.
    ``changes``: the columns that are different. ``faults``: why it was refused; ``conflicts``: by which bookings.
    ``code``: a door code that was drawn for it, which is shown once."""

    line: int
    become: RowResult
    id: str = ""
    name: str = ""
    changes: tuple[str, ...] = ()
    faults: tuple[CellFault, ...] = ()
    conflicts: tuple[Conflict, ...] = ()
    code: str = ""

    def __repr__(self) -> str:
        return f"ImportedRow(line={self.line}, become={self.become.value!r})"


class CsvImportResult(msgspec.Struct, frozen=True, kw_only=True):
    """What became of a file, or would in a ``preview``. ``written``: false where nothing was, because the file was to
    be taken whole or not at all. ``ended``: those whom a whole list leaves out."""

    preview: bool
    rows: Sequence[ImportedRow]
    warnings: tuple[str, ...]
    written: bool = True
    ended: int = 0


class RowReader:
    """Reads one row and collects its faults. Set ``id`` and ``name`` to what identifies the row in the answer."""

    def __init__(self, row: Row) -> None:
        self.line = row.line
        self.cells = row.cells
        self.id = ""
        self.name = ""
        self.faults: list[CellFault] = []
        self.keys: list[tuple[str, str, str]] = []

    def text(self, column: str) -> str:
        """The cell without spaces around it; empty where the file does not have the column."""
        return self.cells.get(column, "").strip()

    def fault(self, column: str, reason: str) -> None:
        self.faults.append(CellFault(line=self.line, column=column, why=reason))

    def read(self, column: str, convert: Callable[[str], T]) -> T | None:
        """What a cell says; ``None`` where it is empty, or a fault where ``convert`` raises ``ValueError``."""
        try:
            return convert(text) if (text := self.text(column)) else None
        except ValueError as error:
            self.fault(column, str(error))
            return None

    def yes(self, column: str) -> bool:
        """Whether a cell says yes; an empty one says no."""
        return self.read(column, yes_or_no) or False

    def choice(self, column: str, words: Mapping[str, T]) -> T | None:
        """The value of the cell's word, in any case; ``None`` and a fault for any other word."""
        said = self.text(column).casefold().replace("_", " ")
        if said not in words:
            self.fault(column, f"{self.text(column)[:40]!r} is none of: {', '.join(filter(None, words))}")
        return words.get(said)

    def validated(self, model: type[M], fields: Mapping[str, object]) -> M | None:
        """The fields as ``model`` takes them; ``None`` and faults where it does not."""
        try:
            return model.model_validate(fields)
        except ValidationError as error:
            for each in field_errors(error.errors()):
                self.fault(each.field, each.message)
            return None

    def unique(self, column: str, value: str, *, said: str = "") -> None:
        """Refuse the row if a sound one before it has the same ``value``, which is called ``said`` in the reason."""
        self.keys.append((column, value, said or column))


def untold(_done: int, _of: int) -> None:
    """``Progress`` that nobody asked for."""


def yes_or_no(text: str) -> bool:
    """Raises ``ValueError``."""
    said = text.casefold()
    if said not in _YES | _NO:
        raise ValueError(f"{text[:40]!r} is neither yes nor no")
    return said in _YES


class CsvFormat(msgspec.Struct, Generic[T], frozen=True, kw_only=True):
    """How a kind of file is read. ``columns`` and ``needed`` as ``read_sheet`` takes them. ``read``: a function of a
    module, which makes of a row what is to be written; what it returns counts for nothing where it notes a fault."""

    columns: Mapping[str, Sequence[str]]
    needed: Sequence[frozenset[str]]
    read: Callable[[RowReader], T]
    most_rows: int = MOST_ROWS


class ParsedRows(msgspec.Struct, Generic[T], frozen=True, kw_only=True):
    """The rows that make sense in themselves, the others, and sentences about the whole file."""

    rows: list[T]
    refused: list[ImportedRow]
    warnings: tuple[str, ...]


def read_rows(data: bytes, csv: CsvFormat[T]) -> ParsedRows[T]:
    """Raises ``SheetError``. Pure."""
    sheet = read_sheet(data, csv.columns, needed=csv.needed, most_rows=csv.most_rows)
    refused = [ImportedRow(line=each.line, become=RowResult.REFUSED, faults=(each,)) for each in sheet.faults]
    rows: list[T] = []
    seen: dict[tuple[str, str], int] = {}
    for row in sheet.rows:
        reader = RowReader(row)
        found = csv.read(reader)
        if not reader.faults:
            for column, value, said in reader.keys:
                if (column, value) in seen:
                    reader.fault(column, f"line {seen[column, value]} has the same {said}")
        if reader.faults:
            faults = tuple(reader.faults)
            refused.append(
                ImportedRow(line=row.line, id=reader.id, name=reader.name, become=RowResult.REFUSED, faults=faults)
            )
        else:
            seen |= {(column, value): row.line for column, value, _ in reader.keys}
            rows.append(found)
    return ParsedRows(rows=rows, refused=refused, warnings=sheet.warnings)


async def parse(parser: Parser, data: bytes, csv: CsvFormat[T]) -> ParsedRows[T]:
    """As ``read_rows``, in the parser's process. Raises ``Invalid`` where the whole file is of no use."""
    try:
        return await parser.run(read_rows, data, csv)
    except SheetError as error:
        raise invalid_field("body", str(error)) from error
