"""What is known of a site now, and what its edges reported."""

from functools import partial
from typing import Annotated

import msgspec
from fastapi import APIRouter, Query, Response

from controller.estate import repository as estate
from controller.estate.errors import SiteUnknown
from controller.estate.service import require_site
from controller.live.open_alerts import open_alerts
from controller.live.push import Live
from controller.live.schemas import (
    AlertPage,
    EventPage,
    OpenAlerts,
    QuarantinePage,
    alert_answer,
    event_answer,
    open_alert_answer,
    quarantine_answer,
)
from controller.people.authentication import SeesLive, SeesLiveAnySite
from controller.people.permissions import Action, sites_of
from controller.telemetry import queries
from controller.web.fields import LIST_LIMIT, Limit, SlugPath, page_of
from controller.web.problem import NotSignedIn, described
from controller.web.services import TheClock, TheDatabase, service

router = APIRouter(tags=["telemetry"], responses=described(NotSignedIn, SiteUnknown))

MOST_SITES = 20_000
"""Sites that are looked at for open alerts."""

AfterId = Annotated[
    int | None, Query(ge=0, le=2**53, description="`next` of the page before; leave out for the first page")
]
_SNAPSHOT = {"$ref": "#/components/schemas/Snapshot"}
Kind = Annotated[str | None, Query(pattern=r"^[a-z0-9_-]{1,40}$", description="Only events of this kind")]


@router.get("/sites/{site}/now", responses={200: {"content": {"application/json": {"schema": _SNAPSHOT}}}})
async def get_now(site: SlugPath, live: Annotated[Live, service(Live)], actor: SeesLive) -> Response:
    """The site as it is known now: doors, people, counters, edges. `WS /live?site=` sends the same as it changes."""
    snapshot = await live.snapshot(site)
    return Response(msgspec.json.encode(snapshot), media_type="application/json")


@router.get("/sites/{site}/events")
async def get_events(
    site: SlugPath,
    database: TheDatabase,
    actor: SeesLive,
    after: AfterId = None,
    limit: Limit = LIST_LIMIT,
    kind: Kind = None,
) -> EventPage:
    """What the site's edges reported, in the order in which it was stored."""
    async with database.read() as tx:
        zone = (await require_site(tx, site)).tz
        found = await queries.site_events(tx, site, after=after, limit=limit + 1, kind=kind)
    return page_of(EventPage, found, limit, partial(event_answer, zone=zone), key=lambda each: str(each.id))


@router.get("/sites/{site}/quarantine")
async def get_quarantine(
    site: SlugPath, database: TheDatabase, actor: SeesLive, after: AfterId = None, limit: Limit = LIST_LIMIT
) -> QuarantinePage:
    """Events that could not be accepted, as they came, and why."""
    async with database.read() as tx:
        zone = (await require_site(tx, site)).tz
        found = await queries.site_quarantine(tx, site, after=after, limit=limit + 1)
    return page_of(QuarantinePage, found, limit, partial(quarantine_answer, zone=zone), key=lambda each: str(each.id))


@router.get("/sites/{site}/alerts")
async def get_alerts(site: SlugPath, database: TheDatabase, actor: SeesLive, limit: Limit = 100) -> AlertPage:
    """Alerts: forced doors, replaced event logs, refused plans, and the like; newest first."""
    async with database.read() as tx:
        zone = (await require_site(tx, site)).tz
        found = await queries.site_alerts(tx, site, limit=limit)
    return AlertPage(items=[alert_answer(each, zone) for each in found])


@router.get("/alerts")
async def get_open_alerts(database: TheDatabase, clock: TheClock, actor: SeesLiveAnySite) -> OpenAlerts:
    """Open alerts at the sites whose live state the user may see, site by site: fire, intruders, doors,
    edges offline, and alerts of the last 24 hours that are not resolved."""
    async with database.read() as tx:
        sites = await estate.list_sites(tx, limit=MOST_SITES, only=sites_of(actor, Action.LIVE))
        found = await open_alerts(tx, sites, now=clock.now())
    return OpenAlerts(items=[open_alert_answer(each) for each in found])
