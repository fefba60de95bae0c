"""What's on at a site, for everybody, as schema.org events (JSON-LD), for websites and search engines."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Annotated

import msgspec
from fastapi import APIRouter, Header, Query, Response
from fastapi.responses import JSONResponse
from pydantic import ConfigDict
from sqlalchemy import and_, or_, select

from controller.bookings.writer import BookingWriter
from controller.calendars.ics_writer import etag, tagged
from controller.db.engine import Tx
from controller.db.row_mapping import all_of, columns_of
from controller.diary.model import LONGEST, BookingState
from controller.diary.site_config import SiteConfig
from controller.diary.tables import bookings
from controller.estate.errors import SiteUnknown
from controller.people.model import Party, PartyKind
from controller.people.party_repository import parties
from controller.text import local_time
from controller.web.fields import Answer, Day, SlugPath
from controller.web.problem import described
from controller.web.services import TheClock, TheDatabase, service
from edge.wire.interval import Interval


class ListedEventRow(msgspec.Struct, frozen=True, kw_only=True):
    """A public booking that takes place, or was going to."""

    id: str
    space: str
    title: str
    starts: datetime
    ends: datetime
    party: str | None
    called_off: bool


async def listed_events(tx: Tx, site: str, during: Interval, *, limit: int) -> list[ListedEventRow]:
    """Public bookings that touch ``during``, by start: the confirmed ones, and those that were called off since."""
    c = bookings.c
    query = (
        select(*columns_of(ListedEventRow, bookings), (c.state == BookingState.CANCELLED.value).label("called_off"))
        .where(
            c.site == site,
            c.public,
            c.starts < during.end,
            c.starts > during.start - LONGEST,  # lets the index bound the search
            c.ends > during.start,
            or_(
                c.state == BookingState.CONFIRMED.value,
                and_(c.state == BookingState.CANCELLED.value, c.state_before == BookingState.CONFIRMED.value),
            ),
        )
        .order_by(c.starts, c.id)
        .limit(limit)
    )
    return await all_of(tx, ListedEventRow, query)


_SCHEMA = "https://schema.org"


_NAMES = {
    "type_": "@type",
    "id_": "@id",
    "context": "@context",
    "graph": "@graph",
    "start": "startDate",
    "end": "endDate",
    "status": "eventStatus",
    "attendance": "eventAttendanceMode",
}
"""Our field names and their names in schema.org."""


class _Linked(Answer):
    model_config = ConfigDict(frozen=True, populate_by_name=True, alias_generator=lambda name: _NAMES.get(name, name))


class _Thing(_Linked):
    type_: str


class Geo(_Thing):
    type_: str = "GeoCoordinates"
    latitude: float
    longitude: float


class EventPlace(_Thing):
    type_: str = "Place"
    name: str
    address: str
    geo: Geo | None = None


class Organiser(_Thing):
    type_: str = "Organization"
    name: str


class PublicEvent(_Thing):
    """A booking that is marked as public. Times carry the site's offset."""

    type_: str = "Event"
    id_: str
    name: str
    start: str
    end: str
    status: str
    attendance: str = f"{_SCHEMA}/OfflineEventAttendanceMode"
    location: EventPlace
    organizer: Organiser | None = None


class WhatsOn(_Linked):
    """The events of a site, by start."""

    context: str = _SCHEMA
    graph: list[PublicEvent]


def whats_on(site_config: SiteConfig, listed: list[ListedEventRow], parties: Mapping[str, Party]) -> WhatsOn:
    """The organiser is shown for groups and organisations, never for persons."""
    return WhatsOn(graph=[_event(site_config, each, parties.get(each.party or "")) for each in listed])


def _event(site_config: SiteConfig, listed: ListedEventRow, party: Party | None) -> PublicEvent:
    site = site_config.site
    place = site_config.by_space.get(listed.space)
    name = f"{place.space.name}, {site.name}" if place else site.name
    geo = None
    if site.latitude is not None and site.longitude is not None:
        geo = Geo(latitude=site.latitude, longitude=site.longitude)
    return PublicEvent(
        id_=f"urn:uuid:{listed.id}",
        name=listed.title,
        start=local_time.rfc3339(listed.starts, site.tz),
        end=local_time.rfc3339(listed.ends, site.tz),
        status=f"{_SCHEMA}/{'EventCancelled' if listed.called_off else 'EventScheduled'}",
        location=EventPlace(name=name, address=site.address or site.name, geo=geo),
        organizer=Organiser(name=party.name) if party and party.kind is not PartyKind.PERSON else None,
    )


router = APIRouter(tags=["calendars"], responses=described(SiteUnknown))
TheWriter = Annotated[BookingWriter, service(BookingWriter)]
MOST_EVENTS = 1000
MOST_DAYS = 62
KEPT_S = 300
"""How long a reader may go without asking again."""


class JsonLd(JSONResponse):
    """Its content is written already."""

    media_type = "application/ld+json"

    def render(self, content: bytes) -> bytes:
        return content


@router.get("/sites/{site}/whats-on", response_model=WhatsOn, response_class=JsonLd)
async def get_whats_on(
    site: SlugPath,
    database: TheDatabase,
    clock: TheClock,
    writer: TheWriter,
    from_: Annotated[Day | None, Query(alias="from", description="A date; today if left out")] = None,
    days: Annotated[int, Query(ge=1, le=MOST_DAYS)] = 28,
    if_none_match: Annotated[str | None, Header(max_length=1000)] = None,
) -> Response:
    """The bookings that are marked as public, as schema.org events (JSON-LD). Needs no sign-in; any website may show
    it."""
    async with database.read() as tx:
        site_config = await writer.site_configs.of(tx, site)
        zone = site_config.site.tz
        day = from_ or local_time.local_day(clock.now(), zone)
        during = Interval(
            start=local_time.day_start(day, zone), end=local_time.day_start(day + timedelta(days=days), zone)
        )
        listed = await listed_events(tx, site, during, limit=MOST_EVENTS)
        known = await parties(tx, {each.party for each in listed if each.party is not None})
    data = whats_on(site_config, listed, known).model_dump_json(by_alias=True, exclude_none=True).encode()
    headers = {
        "Cache-Control": f"public, max-age={KEPT_S}",
        "Access-Control-Allow-Origin": "*",
        "Cross-Origin-Resource-Policy": "cross-origin",
    }
    return tagged(JsonLd, data, etag(data), if_none_match, headers)
