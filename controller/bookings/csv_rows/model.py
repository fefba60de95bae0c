"""A row of a spreadsheet of bookings, and what becomes of it."""

from enum import StrEnum

import msgspec

from controller.bookings.model import Claimed
from controller.csv_import.spreadsheet import CellFault
from controller.estate.model import Site
from controller.web.fields import Moment


class RowStatus(StrEnum):
    """What a row says of the booking's course."""

    KEPT = "kept"
    """Nothing, or what only the controller can know."""
    WAITS = "waits"
    """It is asked for and not confirmed."""
    CONFIRMED = "confirmed"
    CANCELLED = "cancelled"


class ParsedBookingRow(msgspec.Struct, frozen=True, kw_only=True):
    """A row in order for itself. ``booking``: the id that it names. ``reference``: its name in the file, made of space,
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
    standing: RowStatus
    said: str
    fingerprint: bytes


class BookingRowResult(StrEnum):
    """What becomes of a row."""

    ADDED = "added"
    CHANGED = "changed"
    CANCELLED = "cancelled"
    UNCHANGED = "unchanged"
    PAST = "past"
    """A new one whose time is over; left out."""
    REFUSED = "refused"


class BookingRow(msgspec.Struct, frozen=True, kw_only=True):
    """One row of the file. ``booking``: its id, empty while there is none. ``title``: what the row calls it.
    ``changes``: the columns that are different. ``faults``: why it was refused; ``conflicts``: by what."""

    line: int
    title: str
    become: BookingRowResult
    booking: str = ""
    changes: tuple[str, ...] = ()
    faults: tuple[CellFault, ...] = ()
    conflicts: tuple[Claimed, ...] = ()


class ImportedBefore(msgspec.Struct, frozen=True, kw_only=True):
    """What an import made of a row before."""

    booking: str
    fingerprint: bytes


class BookingImportResult(msgspec.Struct, frozen=True, kw_only=True):
    """What became of a file. ``lines``: in their order."""

    site: Site
    lines: tuple[BookingRow, ...]
    warnings: tuple[str, ...]
