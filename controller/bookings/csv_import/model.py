"""A row of a CSV file of bookings, and its result."""

from collections.abc import Sequence
from enum import StrEnum

import msgspec

from controller.platform.csv_import.rows import ImportedRow, RowResult
from controller.platform.csv_import.spreadsheet import CellFault
from controller.platform.web.fields import Moment
from controller.platform.web.problem import Conflict


class RowStatus(StrEnum):
    """The status column of a row."""

    KEPT = "kept"
    """Nothing, or what only the controller can know."""
    WAITS = "waits"
    """Requested, not confirmed."""
    CONFIRMED = "confirmed"
    CANCELLED = "cancelled"


class ParsedBookingRow(msgspec.Struct, frozen=True, kw_only=True):
    """A valid row. ``booking``: the id that it names. ``reference``: its name in the file, made of space,
    start and title where it has none. ``given``: the fields that it has, as ``Change`` takes them, space, layout and
    equipment still in its own words. ``timed``: the columns that the times came from. ``fingerprint``: of all it says.
    """

    line: int
    booking: str
    reference: str
    version: int | None
    given: dict[str, object]
    starts: Moment | None
    ends: Moment | None
    timed: tuple[str, str]
    status: RowStatus
    said: str
    fingerprint: bytes

    def result(self, become: RowResult, booking: str = "", *, changes: Sequence[str] = ()) -> ImportedRow:
        return ImportedRow(line=self.line, id=booking, name=self._title, become=become, changes=tuple(changes))

    def refused(
        self, reasons: Sequence[tuple[str, str]], booking: str = "", *, conflicts: Sequence[Conflict] = ()
    ) -> ImportedRow:
        """``reasons``: the field of a booking that each is about, and the text."""
        times = {"starts": self.timed[0], "ends": self.timed[1]}
        faults = [CellFault(line=self.line, column=times.get(field, field), why=text) for field, text in reasons]
        refused = self.result(RowResult.REFUSED, booking)
        return msgspec.structs.replace(refused, faults=tuple(faults), conflicts=tuple(conflicts))

    @property
    def _title(self) -> str:
        return str(self.given.get("title", ""))


class ImportedBefore(msgspec.Struct, frozen=True, kw_only=True):
    """The result of a row in an earlier import."""

    booking: str
    fingerprint: bytes
