"""What an import of bookings answers. Times carry the site's offset."""

from collections import Counter

from controller.bookings.csv_rows.model import BookingImportResult, BookingRowResult
from controller.bookings.errors import conflicts
from controller.web.fields import Answer
from controller.web.problem import Conflict


class BookingRowFault(Answer):
    """``column``: as the file should call it; empty where it is about the whole row."""

    column: str
    reason: str


class ImportedRow(Answer):
    """``line``: where the row begins in the file, from 1. ``booking``: its id; empty while there is none. ``changes``:
    what is different. A conflict without id is another row of the file."""

    line: int
    title: str
    become: BookingRowResult
    booking: str
    changes: list[str]
    faults: list[BookingRowFault]
    conflicts: list[Conflict]


class BookingImportAnswer(Answer):
    """``past``: new rows left out because their time is over."""

    preview: bool
    added: int
    changed: int
    cancelled: int
    unchanged: int
    past: int
    refused: int
    warnings: list[str]
    lines: list[ImportedRow]


class Progress(Answer):
    """So many rows are done, of how many."""

    done: int
    of: int


def sheet_answer(outcome: BookingImportResult, *, preview: bool) -> BookingImportAnswer:
    counts = Counter(line.become for line in outcome.lines)
    return BookingImportAnswer(
        preview=preview,
        added=counts[BookingRowResult.ADDED],
        changed=counts[BookingRowResult.CHANGED],
        cancelled=counts[BookingRowResult.CANCELLED],
        unchanged=counts[BookingRowResult.UNCHANGED],
        past=counts[BookingRowResult.PAST],
        refused=counts[BookingRowResult.REFUSED],
        warnings=list(outcome.warnings),
        lines=[
            ImportedRow(
                line=line.line,
                title=line.title,
                become=line.become,
                booking="" if preview and line.become is BookingRowResult.ADDED else line.booking,
                changes=list(line.changes),
                faults=[BookingRowFault(column=each.column, reason=each.reason) for each in line.faults],
                conflicts=conflicts(line.conflicts, outcome.site.tz),
            )
            for line in outcome.lines
        ],
    )
