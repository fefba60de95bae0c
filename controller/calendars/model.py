"""What an import found and did."""

from datetime import datetime
from enum import StrEnum

import msgspec

from controller.bookings.model import Claimed
from controller.calendars.expanding import Occurrence
from controller.calendars.lines import Fault
from controller.estate.model import Site


class How(StrEnum):
    """What became of an event that was taken."""

    NEW = "new"
    CHANGED = "changed"
    CANCELLED = "cancelled"


class Taken(msgspec.Struct, frozen=True, kw_only=True):
    """An occurrence that was, or in a preview would be, written. ``booking`` is ``None`` while there is none."""

    occurrence: Occurrence
    how: How
    booking: str | None


class Clashing(msgspec.Struct, frozen=True, kw_only=True):
    """An occurrence whose time is taken; nothing of it was written."""

    occurrence: Occurrence
    conflicts: tuple[Claimed, ...]


class Known(msgspec.Struct, frozen=True, kw_only=True):
    """An event that was imported before."""

    booking_id: str
    fingerprint: str


class Outcome(msgspec.Struct, kw_only=True):
    """All that an import did; grows while it runs. ``past``: occurrences that were over long ago."""

    site: Site
    until: datetime
    taken: list[Taken] = []
    unchanged: int = 0
    past: int = 0
    faults: list[Fault] = []
    clashes: list[Clashing] = []
