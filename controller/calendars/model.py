"""What an import found and did."""

from datetime import datetime
from enum import StrEnum

import msgspec

from controller.bookings.diary.model import Booking, Claimed
from controller.calendars.ics_parser import CalendarFault
from controller.calendars.read_calendar import GoesOn
from controller.calendars.recurring_events import EventOccurrence
from controller.estate.model import Site

IMPORT, FEED = "import:", "feed:"
"""How the names of those begin who write what a calendar says."""


class ImportResult(StrEnum):
    """The outcome of an imported event."""

    NEW = "new"
    CHANGED = "changed"
    CANCELLED = "cancelled"


class Vanished(StrEnum):
    """What to do with bookings whose events are no longer in their calendar."""

    KEEP = "keep"
    CANCEL = "cancel"


class Taken(msgspec.Struct, frozen=True, kw_only=True):
    """An occurrence that was, or in a preview would be, written. ``booking`` is ``None`` while there is none."""

    occurrence: EventOccurrence
    how: ImportResult
    booking: str | None


class Clashing(msgspec.Struct, frozen=True, kw_only=True):
    """An occurrence that cannot be booked; nothing of it was written. ``text``: why, with ``conflicts`` where others
    have the time. ``booking``: the one that stays as it was."""

    occurrence: EventOccurrence
    text: str
    conflicts: tuple[Claimed, ...]
    booking: str | None = None


class ImportedEventRecord(msgspec.Struct, frozen=True, kw_only=True):
    """An event that was imported before. ``source``: from which calendar."""

    booking_id: str
    fingerprint: str
    source: str


class Gone(msgspec.Struct, frozen=True, kw_only=True):
    """A booking to come whose event is no longer in its calendar. ``cancelled``: False where it is kept."""

    uid: str
    recurrence_id: str
    booking: Booking
    cancelled: bool


class CalendarImportResult(msgspec.Struct, kw_only=True):
    """All that an import did; grows while it runs. ``past``: occurrences that were over long ago. ``goes_on``: series
    with more dates from ``until`` on. ``whole``: False where the file seems cut short, so that nothing can be said of
    what is not in it."""

    site: Site
    until: datetime
    whole: bool = True
    taken: list[Taken] = []
    unchanged: int = 0
    past: int = 0
    goes_on: tuple[GoesOn, ...] = ()
    faults: list[CalendarFault] = []
    clashes: list[Clashing] = []
    gone: list[Gone] = []
