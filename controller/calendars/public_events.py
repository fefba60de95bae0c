"""Public bookings, as everybody may see them, at one site or at all of them: in one query, however many there are."""

from collections.abc import Collection
from datetime import datetime
from zoneinfo import ZoneInfo

import msgspec
from sqlalchemy import ColumnElement, and_, case, func, or_, select

from controller.bookings.diary.model import LONGEST, BookingState, EventKind
from controller.bookings.diary.tables import bookings
from controller.db.engine import Tx
from controller.db.row_mapping import all_of, columns_of
from controller.estate.tables import sites, spaces
from controller.people.model import PartyKind
from controller.people.tables import parties
from controller.platform.text import local_time
from edge.wire.interval import Interval

MOST_EVENTS = 1000
"""At once, on any page and in any feed."""
KIND_NAMES = {
    EventKind.CHILDREN: "Children and families",
    EventKind.ARTS: "Arts and music",
    EventKind.SPORT: "Sport and exercise",
    EventKind.LEARNING: "Learning",
    EventKind.ADVICE: "Help and advice",
    EventKind.SOCIAL: "Social",
    EventKind.MEETING: "Meetings",
}


class PublicEventRow(msgspec.Struct, frozen=True, kw_only=True):
    """A public booking that takes place, or was going to. ``organiser``: of a group or an organisation, never of a
    person."""

    id: str
    site: str
    site_name: str
    address: str
    zone: str
    latitude: float | None
    longitude: float | None
    space_name: str
    title: str
    event_kind: EventKind | None
    about: str
    web_link: str
    starts: datetime
    ends: datetime
    organiser: str | None
    called_off: bool
    created_at: datetime
    changed_at: datetime
    version: int

    @property
    def tz(self) -> ZoneInfo:
        return local_time.zone(self.zone)

    @property
    def during(self) -> Interval:
        return Interval(start=self.starts, end=self.ends)

    @property
    def place(self) -> str:
        return f"{self.space_name}, {self.site_name}"


_COLUMNS = {
    "site_name": sites.c.name,
    "space_name": spaces.c.name,
    "title": func.coalesce(func.nullif(bookings.c.listed_as, ""), bookings.c.title),
    "organiser": case((parties.c.kind != PartyKind.PERSON.value, parties.c.name)),
    "called_off": bookings.c.state == BookingState.CANCELLED.value,
}


async def public_events(
    tx: Tx, during: Interval, *, of: Collection[str], kind: EventKind | None = None, limit: int = MOST_EVENTS
) -> list[PublicEventRow]:
    """Those ``of`` sites that touch ``during``, by start: the confirmed ones, and those that were called off since."""
    c = bookings.c
    named = [column.label(name) for name, column in _COLUMNS.items()]
    own = [each for each in columns_of(PublicEventRow, bookings) if each.name not in _COLUMNS]
    theirs = [sites.c[name] for name in ("address", "zone", "latitude", "longitude")]
    query = (
        select(*own, *theirs, *named)
        .join(sites, sites.c.id == c.site)
        .join(spaces, and_(spaces.c.site == c.site, spaces.c.id == c.space))
        .outerjoin(parties, parties.c.id == c.party)
        .where(c.public, c.site.in_(of), *_touching(during), _took_place())
        .order_by(c.starts, sites.c.name, c.id)
        .limit(limit)
    )
    if kind is not None:
        query = query.where(c.event_kind == kind.value)
    return await all_of(tx, PublicEventRow, query)


class TakenTime(msgspec.Struct, frozen=True, kw_only=True):
    """When a space is taken by a booking that is not public; nothing else of it."""

    space_name: str
    starts: datetime
    ends: datetime


async def taken_times(tx: Tx, site: str, during: Interval, *, limit: int = MOST_EVENTS) -> list[TakenTime]:
    """When a site's spaces are taken by confirmed bookings that are not public, by start."""
    c = bookings.c
    query = (
        select(spaces.c.name.label("space_name"), c.starts, c.ends)
        .join(spaces, and_(spaces.c.site == c.site, spaces.c.id == c.space))
        .where(c.site == site, ~c.public, *_touching(during), c.state == BookingState.CONFIRMED.value)
        .order_by(c.starts, c.id)
        .limit(limit)
    )
    return await all_of(tx, TakenTime, query)


class ListableRow(msgspec.Struct, frozen=True, kw_only=True):
    """A confirmed booking that is public, or can be made so. ``title``: as it is called in public, or would be."""

    id: str
    series_id: str | None
    title: str
    space_name: str
    starts: datetime
    ends: datetime
    public: bool


async def listable(tx: Tx, site: str, during: Interval) -> list[ListableRow]:
    """A site's confirmed bookings but those of outside diaries, by start."""
    c = bookings.c
    named = [_COLUMNS[name].label(name) for name in ("title", "space_name")]
    query = (
        select(c.id, c.series_id, c.starts, c.ends, c.public, *named)
        .join(spaces, and_(spaces.c.site == c.site, spaces.c.id == c.space))
        .where(c.site == site, c.diary == "", *_touching(during), c.state == BookingState.CONFIRMED.value)
        .order_by(c.starts, c.id)
        .limit(MOST_EVENTS)
    )
    return await all_of(tx, ListableRow, query)


def _touching(during: Interval) -> tuple[ColumnElement[bool], ...]:
    c = bookings.c
    # The second lets an index bound the search.
    return (c.starts < during.end, c.starts > during.start - LONGEST, c.ends > during.start)


def _took_place() -> ColumnElement[bool]:
    c, confirmed = bookings.c, BookingState.CONFIRMED.value
    return or_(c.state == confirmed, and_(c.state == BookingState.CANCELLED.value, c.state_before == confirmed))
