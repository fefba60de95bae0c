"""How much of a site was booked and used: what is reported of it. Times are minutes. Pure."""

from datetime import datetime

import msgspec

from controller.bookings.diary.model import Booking, BookingState
from edge.wire.interval import Interval
from edge.wire.plan import Mode


class BookedTime(msgspec.Struct, frozen=True, gc=False):
    """What use needs of a booking; fields as of ``Booking``."""

    space: str
    party: str | None
    seats: int | None
    counted_in: int
    state: BookingState
    state_before: BookingState | None
    starts: datetime
    ends: datetime
    ends_before: datetime | None
    state_at: datetime | None
    arrived_at: datetime | None
    let_in_at: datetime | None

    @property
    def during(self) -> Interval:
        return Interval(start=self.starts, end=self.ends)


AnyBooking = Booking | BookedTime


class Minutes(msgspec.Struct, frozen=True, kw_only=True):
    """Minutes of a room, of the places of a pool, or of all rooms of a site together.

    ``bookable``: the building is open, staffed or not, and no closure and no hours of the room's own shut it. 0 means
    that there is nothing to have a share of. ``booked``: taken by bookings, those after which nobody came included;
    ``outside``: what of it is not bookable time. ``used``: by bookings whose people came, from when they came, at the
    earliest its start, to its end; when they left is known only where they said so, so this is the most. ``no_show``:
    by bookings whose people did not come, until the room was given back. ``not_measured``: by bookings of which nothing
    is known.
    """

    bookable: int = 0
    booked: int = 0
    outside: int = 0
    used: int = 0
    no_show: int = 0
    not_measured: int = 0


class Counts(msgspec.Struct, frozen=True, kw_only=True):
    """Bookings that began in the time. ``bookings``: ``arrived``, ``no_shows`` and ``unknown`` together.
    ``late_cancellations`` are not among them."""

    bookings: int = 0
    arrived: int = 0
    no_shows: int = 0
    unknown: int = 0
    late_cancellations: int = 0


class Week(msgspec.Struct, frozen=True, kw_only=True):
    """The minutes by hour of the week: 168 each, Monday 00:00 first."""

    bookable: tuple[int, ...]
    booked: tuple[int, ...]
    outside: tuple[int, ...]
    used: tuple[int, ...]
    not_measured: tuple[int, ...]


class SpaceUse(msgspec.Struct, frozen=True, kw_only=True):
    """A room, or a pool. ``places``: of a pool, whose minutes are those of its places; ``None`` for a room. ``parts``:
    the rooms that it divides into; its minutes are then the mean of theirs."""

    space: str
    name: str
    places: int | None
    parts: tuple[str, ...]
    minutes: Minutes
    counts: Counts
    week: Week


class MonthUse(msgspec.Struct, frozen=True, kw_only=True):
    """All rooms of a site in a month. ``month``: such as 2026-11."""

    month: str
    minutes: Minutes


class GroupUse(msgspec.Struct, frozen=True, kw_only=True):
    """``party``: ``None`` for the bookings that are of none. ``booked``, ``missed``: minutes of its bookings, and of
    those after which nobody came; a booking of a hall counts once, however many parts the hall has."""

    party: str | None
    counts: Counts
    booked: int
    missed: int


class SiteUse(msgspec.Struct, frozen=True, kw_only=True):
    """``during``: the time asked for. ``until``: up to when it is measured, its end or now. ``hours_set``: whether the
    site has opening hours at all; without them nothing is bookable time. ``hours_known``: whether it is known which
    hours were set in all of the time. ``minutes``, ``week``: of all rooms, a hall
    that divides counted by its parts, once; pools left out. ``counts``: of all bookings. ``unused``: the rooms and
    pools that were bookable and not booked. ``closed``: why it was closed, a sentence each."""

    during: Interval
    until: datetime
    hours_set: bool
    hours_known: bool
    minutes: Minutes
    counts: Counts
    week: Week
    months: tuple[MonthUse, ...]
    spaces: tuple[SpaceUse, ...]
    groups: tuple[GroupUse, ...]
    unused: tuple[str, ...]
    closed: tuple[str, ...]


class ModeVisits(msgspec.Struct, frozen=True, kw_only=True):
    """``minutes``: how long a site was in a mode; ``measured``: in how many of them all its counters are known to have
    worked, each door having one. ``visits``: people counted in, or half of those who passed a counter
    that does not tell in from out, at least so many where not all is measured; ``None``
    where nothing is. ``per_hour``: visits by measured hour; ``None`` where less than a tenth is measured."""

    minutes: int
    measured: int
    visits: int | None
    per_hour: float | None


class Peak(msgspec.Struct, frozen=True, kw_only=True):
    """The most people inside for ten minutes from ``at``: at least ``people``, with a probability of 0.9; counted were
    ``estimate``. ``most``: for no ten minutes of the day were there more, with a probability of 0.9 if at most one in
    ten of the crossings was missed. ``ins``, ``outs``: that day's counts that it is made of; their difference is an
    error if the day is ``ended``, since the building was empty then."""

    people: int
    estimate: int
    most: int
    at: datetime
    ins: int
    outs: int
    ended: bool


class SiteVisits(msgspec.Struct, frozen=True, kw_only=True):
    """``doors``: that had a counter; ``part_of_the_time``: those that had one in a part of the time only;
    ``both_ways``: those whose counter does not tell in from out, so that visits there are half of the passages.
    ``open``: staffed and extended together. ``open_days``: local days with open time; ``measured_days``: those among
    them of which it can be said how many were inside, of which ``peak`` is the highest: all counters worked, in both
    directions, and it lies between two midnights at which the building is closed. ``peak``: ``None`` where nobody came,
    nothing is sure, or no day is measured. ``most``: the highest ``most`` of a measured day, which may be another one
    than that of the peak; ``None`` where no day is measured. ``open_hours``: measured seconds of the staffed or
    extended time of an hour of the week, and the visits in them. ``all_visits``: open and closed together, summed
    before halves are rounded."""

    doors: tuple[str, ...]
    part_of_the_time: tuple[str, ...]
    both_ways: tuple[str, ...]
    open: ModeVisits
    staffed: ModeVisits
    extended: ModeVisits
    closed: ModeVisits
    open_days: int
    measured_days: int
    peak: Peak | None
    most: int | None
    open_hours: dict[tuple[Mode, int], tuple[float, float]]
    all_visits: int


class WifiUse(msgspec.Struct, frozen=True, kw_only=True):
    """Devices on the WiFi of a zone, which are not people. ``sessions``: stays that began; ``stayed``: minutes of all
    devices together; ``None`` where no source of the zone tells them, or nothing is known. ``minutes``: of the time;
    ``measured``: those in which every source of the zone is known to have worked."""

    zone: str
    sessions: int | None
    stayed: int | None
    minutes: int
    measured: int
