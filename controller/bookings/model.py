"""A booking and what is asked for one."""

from datetime import date, datetime
from enum import StrEnum

import msgspec

from controller.fields import Moment
from edge.wire.interval import Interval


class Status(StrEnum):
    CONFIRMED = "confirmed"
    ARRIVED = "arrived"
    FINISHED = "finished"
    CANCELLED = "cancelled"


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """What somebody wants: checked for form, not yet against the diary."""

    space: str
    title: str
    during: Interval
    contact_name: str = ""
    contact_phone: str = ""
    people: int | None = None


class Booking(msgspec.Struct, frozen=True, kw_only=True):
    """A booking as stored. ``version`` counts its changes from 1."""

    id: str
    site: str
    space: str
    series_id: str | None
    title: str
    contact_name: str
    contact_phone: str
    people: int | None
    starts: datetime
    ends: datetime
    cancelled_at: datetime | None
    let_in_at: datetime | None
    let_in_door: str | None
    arrived_at: datetime | None
    counted_in: int
    link_hash: bytes
    created_at: datetime
    created_by: str
    changed_at: datetime
    changed_by: str
    version: int

    @property
    def during(self) -> Interval:
        return Interval(start=self.starts, end=self.ends)

    def status(self, now: datetime) -> Status:
        """Derived from what happened and from the time; nothing has to run for a booking to finish."""
        if self.cancelled_at is not None:
            return Status.CANCELLED
        if self.ends <= now:
            return Status.FINISHED
        return Status.CONFIRMED if self.arrived_at is None else Status.ARRIVED


class Told(msgspec.Struct, frozen=True, kw_only=True):
    """A line in a booking's story. ``what``: book, change, move, cancel, restore."""

    at: datetime
    actor: str
    what: str
    why: str


class Claimed(msgspec.Struct, frozen=True, kw_only=True):
    """A booking that holds time another one wants."""

    id: str
    title: str
    space: str
    during: Interval


def atoms(site: str, space: str) -> tuple[str, ...]:
    """What a space claims: itself, as long as spaces do not divide."""
    return (f"{site}/{space}",)


class Draft(msgspec.Struct, frozen=True, kw_only=True):
    """A request for a single booking; its times wait for the site's zone."""

    space: str
    title: str
    starts: Moment
    ends: Moment
    contact_name: str = ""
    contact_phone: str = ""
    people: int | None = None


class Change(msgspec.Struct, frozen=True, kw_only=True):
    """What to change in a booking; what is ``UNSET`` stays. ``version``: the one the asker has read, if told."""

    space: str | msgspec.UnsetType = msgspec.UNSET
    title: str | msgspec.UnsetType = msgspec.UNSET
    starts: Moment | msgspec.UnsetType = msgspec.UNSET
    ends: Moment | msgspec.UnsetType = msgspec.UNSET
    contact_name: str | msgspec.UnsetType = msgspec.UNSET
    contact_phone: str | msgspec.UnsetType = msgspec.UNSET
    people: int | msgspec.UnsetType | None = msgspec.UNSET
    version: int | None = None


class SeriesDraft(msgspec.Struct, frozen=True, kw_only=True):
    """A request for a weekly series. Times are naive wall times of the site."""

    space: str
    title: str
    first_starts: datetime
    first_ends: datetime
    until: date
    contact_name: str = ""
    contact_phone: str = ""
    people: int | None = None
    skip: tuple[date, ...] = ()


class Mark(StrEnum):
    """What becomes of one date of a series."""

    FREE = "free"
    CLASH = "clash"
    MOVED_BY_CLOCK = "moved_by_clock"
    EMPTY = "empty"


class SeriesDate(msgspec.Struct, frozen=True, kw_only=True):
    """One date of a series as checked. ``during`` is ``None`` where the clocks leave nothing of it.

    ``lingering`` and ``notes`` do not stand in the way; only a check fills them.
    """

    date: date
    during: Interval | None
    mark: Mark
    text: str
    conflicts: tuple[Claimed, ...] = ()
    lingering: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
