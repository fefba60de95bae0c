"""What's on at a site, for everybody."""

from datetime import timedelta
from typing import Annotated

from fastapi import APIRouter, Header, Query, Response
from fastapi.responses import JSONResponse

from controller.bookings.writer import BookingWriter
from controller.calendars.etags import etag, tagged
from controller.calendars.whats_on import repository
from controller.calendars.whats_on.events import WhatsOn, whats_on
from controller.estate.errors import SiteUnknown
from controller.people.parties import parties
from controller.text import local_time
from controller.web.fields import Day, SlugPath
from controller.web.problem import described
from controller.web.services import TheClock, TheDatabase, service
from edge.wire.interval import Interval

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
        listed = await repository.listed(tx, site, during, limit=MOST_EVENTS)
        known = await parties(tx, {each.party for each in listed if each.party is not None})
    data = whats_on(site_config, listed, known).model_dump_json(by_alias=True, exclude_none=True).encode()
    headers = {
        "Cache-Control": f"public, max-age={KEPT_S}",
        "Access-Control-Allow-Origin": "*",
        "Cross-Origin-Resource-Policy": "cross-origin",
    }
    return tagged(JsonLd, data, etag(data), if_none_match, headers)
