"""What is known of a site now, and what its edges reported, over HTTP, with the answers."""

import base64
from functools import partial
from typing import Annotated
from zoneinfo import ZoneInfo

import msgspec
from fastapi import APIRouter, Query, Response

from controller.alerts.catalogue import hint_of
from controller.estate.errors import SiteUnknown
from controller.estate.service import require_site
from controller.live.push import Live
from controller.people.authentication import SeesLive
from controller.telemetry import queries
from controller.telemetry.model import LoggedEvent, Quarantined
from controller.telemetry.queries import Alert
from controller.web.fields import LIST_LIMIT, Answer, Limit, Page, SlugPath, answer_of, page_of
from controller.web.problem import NotSignedIn, described
from controller.web.services import TheDatabase, service


class EventAnswer(Answer, of=LoggedEvent):
    """``data`` is the edge's report, by kind. ``learned_late``: it came over two minutes after it happened.
    ``told_at``: the edge's own time, where that was wrong; ``at`` is then by the controller's clock, and may be off by
    ``error_s`` seconds."""

    data: dict[str, object]


class EventPage(Page[EventAnswer]): ...


class QuarantineAnswer(Answer, of=Quarantined, hidden={"reason"}):
    """``raw``: the event as it came, base64. ``seq`` is null where not even that could be read."""

    kind: str
    raw: str


class QuarantinePage(Page[QuarantineAnswer]): ...


class AlertAnswer(Answer, of=Alert):
    """``kind``: its code, which never changes. ``about``: the door, area or other device. ``hint``: what to do."""

    hint: str


class AlertPage(Answer):
    """The newest first."""

    items: list[AlertAnswer]


def event_answer(event: LoggedEvent, zone: ZoneInfo) -> EventAnswer:
    return answer_of(EventAnswer, event, zone, data=msgspec.json.decode(event.data))


def quarantine_answer(found: Quarantined, zone: ZoneInfo) -> QuarantineAnswer:
    raw = base64.b64encode(found.raw).decode()
    return answer_of(QuarantineAnswer, found, zone, raw=raw, kind=found.reason)


def alert_answer(found: Alert, zone: ZoneInfo) -> AlertAnswer:
    return answer_of(AlertAnswer, found, zone, hint=hint_of(found.kind))


router = APIRouter(tags=["telemetry"], responses=described(NotSignedIn, SiteUnknown))

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
    """What was reported that raises alerts: forced doors, replaced event logs, refused plans, and the like; newest
    first. `GET /sites/{site}/raised-alerts` has what became of it."""
    async with database.read() as tx:
        zone = (await require_site(tx, site)).tz
        found = await queries.site_alerts(tx, site, limit=limit)
    return AlertPage(items=[alert_answer(each, zone) for each in found])
