"""What's on at a site, for everybody, as schema.org events (JSON-LD), for websites and search engines."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Annotated

from fastapi import APIRouter, Header, Query, Response
from fastapi.responses import JSONResponse
from pydantic import ConfigDict

from controller.bookings.diary.site_config import SiteConfig, SiteConfigs
from controller.bookings.writer import BookingWriter
from controller.calendars.ics_writer import etag, tagged
from controller.calendars.public_events import PublicEventRow, public_events
from controller.db.engine import Tx
from controller.estate.errors import SiteUnknown
from controller.platform.text import local_time
from controller.platform.web.fields import Answer, Day, SlugPath
from controller.platform.web.problem import described
from controller.platform.web.services import TheClock, TheDatabase, service
from edge.wire.interval import Interval

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
    description: str | None = None
    url: str | None = None
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


def whats_on(events: Sequence[PublicEventRow]) -> WhatsOn:
    """The organiser is shown for groups and organisations, never for persons."""
    return WhatsOn(graph=[_event(each) for each in events])


def _event(event: PublicEventRow) -> PublicEvent:
    geo = None
    if event.latitude is not None and event.longitude is not None:
        geo = Geo(latitude=event.latitude, longitude=event.longitude)
    return PublicEvent(
        id_=f"urn:uuid:{event.id}",
        name=event.title,
        description=event.about or None,
        url=event.web_link or None,
        start=local_time.rfc3339(event.starts, event.tz),
        end=local_time.rfc3339(event.ends, event.tz),
        status=f"{_SCHEMA}/{'EventCancelled' if event.called_off else 'EventScheduled'}",
        location=EventPlace(name=event.place, address=event.address or event.site_name, geo=geo),
        organizer=Organiser(name=event.organiser) if event.organiser else None,
    )


router = APIRouter(tags=["calendars"], responses=described(SiteUnknown))
TheWriter = Annotated[BookingWriter, service(BookingWriter)]
MOST_DAYS = 62
AHEAD = timedelta(days=366)
BACK = timedelta(days=31)
"""How far from today a reader gets. What is over for longer is nobody's business any more."""
KEPT_S = 300
"""How long a reader may go without asking again."""


async def shown_site(tx: Tx, configs: SiteConfigs, site: str) -> SiteConfig:
    """A site that has a public page. Raises ``SiteUnknown`` for any other."""
    found = await configs.of(tx, site)
    if not found.policy.public_page.shown:
        raise SiteUnknown(site)
    return found


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
    from_: Annotated[
        Day | None, Query(alias="from", description="A date, from 31 days ago to 366 ahead; today if left out")
    ] = None,
    days: Annotated[int, Query(ge=1, le=MOST_DAYS)] = 28,
    if_none_match: Annotated[str | None, Header(max_length=1000)] = None,
) -> Response:
    """The bookings that are marked as public, as schema.org events (JSON-LD). Needs no sign-in; any website may show
    it."""
    async with database.read() as tx:
        site_config = await shown_site(tx, writer.site_configs, site)
        zone = site_config.site.tz
        today = local_time.local_day(clock.now(), zone)
        day = min(max(from_ or today, today - BACK), today + AHEAD)
        during = Interval(
            start=local_time.day_start(day, zone), end=local_time.day_start(day + timedelta(days=days), zone)
        )
        events = await public_events(tx, during, of=[site])
    data = whats_on(events).model_dump_json(by_alias=True, exclude_none=True).encode()
    headers = {
        "Cache-Control": f"public, max-age={KEPT_S}",
        "Access-Control-Allow-Origin": "*",
        "Cross-Origin-Resource-Policy": "cross-origin",
    }
    return tagged(JsonLd, data, etag(data), if_none_match, headers)
