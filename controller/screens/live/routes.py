"""What is known of a site now, and what its edges reported, over HTTP, with the answers."""

import base64
from collections.abc import Iterable
from datetime import datetime
from functools import partial
from typing import Annotated
from zoneinfo import ZoneInfo

import msgspec
from fastapi import APIRouter, Query, Response

from controller.alerts.catalogue import hint_of
from controller.estate import repository as estate
from controller.estate.errors import SiteUnknown
from controller.estate.service import require_site
from controller.occupancy.service import OccupancyService
from controller.people.authentication import SeesLive, SeesLiveAnySite
from controller.people.permissions import Action, sites_of
from controller.platform.backups.state import BackupWatch
from controller.platform.web.fields import LIST_LIMIT, After, Answer, Limit, Page, SlugPath, answer_of, page_of
from controller.platform.web.problem import NotSignedIn, described
from controller.platform.web.services import TheClock, TheDatabase, service
from controller.screens.live.all_sites import (
    CertificateEnd,
    EdgesHere,
    PeopleNow,
    RoomTemperature,
    SiteSummary,
    Trouble,
    WeakBattery,
    summaries,
)
from controller.screens.live.push import Live
from controller.telemetry import queries
from controller.telemetry.model import LoggedEvent, Quarantined
from controller.telemetry.queries import Alert


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


class TroubleAnswer(Answer, of=Trouble):
    """Alerts that call somebody, by how serious they are. ``since``: of the oldest of these, null where there is none
    or that is not known. ``seen``: how many others are open that somebody has seen or put off."""


class PeopleNowAnswer(Answer, of=PeopleNow):
    """``people``, ``low`` to ``high``. ``estimated``: it is the estimate of ``GET /sites/{site}/now``, at most two
    minutes old; else those who came in today less those who went out, except for ``gaps`` times in which no counter's
    agent ran. ``stale_since``: since when an edge that counts is away; null while all are online."""


class RoomTemperatureAnswer(Answer, of=RoomTemperature):
    """What a sensor in a room measured, in °C, at most an hour ago."""


class WeakBatteryAnswer(Answer, of=WeakBattery):
    """Of a sensor in a room. ``percent``: null where it says only whether it is ``low``. ``at``: when the sensor was
    heard last; ``silent``: over a day ago, so that the battery may be empty."""


class CertificateEndAnswer(Answer, of=CertificateEnd):
    """``edge``: its name."""


class EdgesHereAnswer(Answer, of=EdgesHere):
    """``away``: how many of all ``total`` are not online. ``away_since``: when the first of them went; null where it
    has never been heard, or none is away. ``versions``: of the agents, and how many edges last ran each."""


class SiteSummaryAnswer(Answer, of=SiteSummary):
    """A site as it is known now. What is not measured is null. ``coldest``, ``warmest``: of the rooms with a sensor.
    ``battery``: the weakest of sensors in rooms. ``certificate``: the one of an edge that ends first. Times carry the
    site's offset."""

    site: str
    site_name: str
    zone: str
    trouble: TroubleAnswer
    people: PeopleNowAnswer | None
    coldest: RoomTemperatureAnswer | None
    warmest: RoomTemperatureAnswer | None
    battery: WeakBatteryAnswer | None
    certificate: CertificateEndAnswer | None
    edges: EdgesHereAnswer


class BackupAnswer(Answer):
    """The controller's backups. ``good_at``: when the last one was made, in UTC, that was restored and compared; null
    for none. ``trouble``: what is wrong, and what to do; null for nothing."""

    good_at: datetime | None
    trouble: str | None


class SiteSummaryPage(Page[SiteSummaryAnswer]):
    """``backup``: null where the controller's settings name no place for them."""

    backup: BackupAnswer | None


def summary_answer(found: SiteSummary) -> SiteSummaryAnswer:
    site = found.site
    return answer_of(SiteSummaryAnswer, found, site.tz, site=site.id, site_name=site.name, zone=site.zone)


def estate_answer(found: Iterable[SiteSummary], backups: BackupWatch, more: str | None = None) -> SiteSummaryPage:
    backup, last = None, backups.last()
    if backups.wanted:
        backup = BackupAnswer(good_at=last.good_at if last else None, trouble=backups.trouble())
    return SiteSummaryPage(items=[summary_answer(each) for each in found], next=more, backup=backup)


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
    """The site as it is known now: doors, people, counters, edges. `WS /live?site=` sends the same as it changes. While
    somebody watches the site so and the database is SQLite, what they were sent last is the answer if nothing has
    happened since, for 15 seconds at most; `at` says of when it is."""
    return Response(await live.now(site), media_type="application/json")


@router.get("/estate")
async def get_estate(
    database: TheDatabase,
    clock: TheClock,
    occupancy: Annotated[OccupancyService, service(OccupancyService)],
    backups: Annotated[BackupWatch, service(BackupWatch)],
    actor: SeesLiveAnySite,
    after: After = None,
    limit: Limit = LIST_LIMIT,
) -> SiteSummaryPage:
    """The sites whose live state the user may see, side by side: open alerts, people, temperatures, the weakest
    battery, and of the edges how many are away, their versions and the first end of a certificate; and whether the
    controller is backed up."""
    async with database.read() as tx:
        only = sites_of(actor, Action.LIVE)
        sites = await estate.list_sites(tx, after=after, limit=limit + 1, only=only)
        more = sites[limit - 1].id if len(sites) > limit else None
        found = await summaries(tx, sites[:limit], clock.now(), occupancy)
    return estate_answer(found, backups, more)


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
