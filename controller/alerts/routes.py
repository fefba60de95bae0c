"""Alerts over HTTP: what is open, what was, and what people do about it."""

from datetime import timedelta
from functools import partial
from typing import Annotated
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Query
from pydantic import Field

from controller.alerts import repository
from controller.alerts.catalogue import CATALOGUE, Severity, hint_of
from controller.alerts.machine import AlertState
from controller.alerts.open_alerts import open_alerts
from controller.alerts.rules import rule_of
from controller.alerts.service import LONGEST_SNOOZE, AlertOver, AlertService, AlertUnknown, NotSnoozed
from controller.estate import repository as estate
from controller.estate.errors import SiteUnknown
from controller.estate.model import Site
from controller.estate.service import require_site
from controller.people.authentication import OpensDoors, SeesLive, SeesLiveAnySite
from controller.people.permissions import Action, sites_of
from controller.platform.web.fields import (
    LIST_LIMIT,
    Answer,
    Body,
    Id,
    IdPath,
    Limit,
    LocalTime,
    Page,
    SlugPath,
    answer_of,
    page_of,
)
from controller.platform.web.problem import NotSignedIn, described
from controller.platform.web.services import TheClock, TheDatabase, service
from controller.telemetry.alert_codes import AlertCode

router = APIRouter(tags=["alerts"], responses=described(NotSignedIn))
TheAlerts = Annotated[AlertService, service(AlertService)]
MOST_SITES = 20_000
"""Sites that are looked at for open alerts."""
_MINUTES = int(LONGEST_SNOOZE.total_seconds() // 60)


class AlertAnswer(Answer):
    """An alert, as every answer has it."""

    site: str
    kind: AlertCode
    edge: str
    about: str
    text: str
    severity: Severity
    hint: str
    over_since: LocalTime | None
    acknowledged_at: LocalTime | None
    acknowledged_by: str
    snoozed_until: LocalTime | None


class OpenAlertAnswer(AlertAnswer):
    """``id``: to acknowledge it by; null for a moment. ``kind``: its code. ``at``: since when, with the site's offset;
    null where that is not known. ``hint``: what to do. ``edge``, ``about``: which edge, and which door, area, edge or
    other device. ``over_since``: it no longer holds, and is cleared if that stays so. ``snoozed_until``: nobody is
    called before that."""

    id: str | None
    site_name: str
    at: LocalTime | None


class OpenAlerts(Answer):
    """Site by site, the worst of each first; empty if there are none. ``switched_off``: codes that sites do without, by
    site."""

    items: list[OpenAlertAnswer]
    switched_off: dict[str, list[AlertCode]]


class RaisedAlertAnswer(AlertAnswer):
    """An alert from when it was raised. ``kind``: its code, which never changes. ``since``: when it began, null where
    that is not known. ``cleared_at``: null while it is open; ``switched_off``: it was cleared because its code was
    switched off, not because it was over. ``acknowledged_by``: who has seen it."""

    id: str
    since: LocalTime | None
    raised_at: LocalTime | None
    cleared_at: LocalTime | None
    switched_off: bool


class RaisedAlertPage(Page[RaisedAlertAnswer]):
    """The newest first."""


class SnoozeBody(Body):
    """``minutes``: how long nobody is called; 0 ends it."""

    minutes: Annotated[int, Field(strict=True, ge=0, le=_MINUTES)]


def open_alert_answer(found: AlertState, site: Site) -> OpenAlertAnswer:
    at = None if found.since is None else found.since.replace(microsecond=0)
    return answer_of(
        OpenAlertAnswer,
        found,
        site.tz,
        id=found.id or None,
        site_name=site.name,
        at=at,
        severity=CATALOGUE[found.kind].severity,
        hint=hint_of(found.kind),
    )


def raised_alert_answer(found: AlertState, zone: ZoneInfo) -> RaisedAlertAnswer:
    severity = CATALOGUE[found.kind].severity
    return answer_of(RaisedAlertAnswer, found, zone, severity=severity, hint=hint_of(found.kind))


@router.get("/alerts")
async def get_open_alerts(database: TheDatabase, clock: TheClock, actor: SeesLiveAnySite) -> OpenAlerts:
    """Open alerts at the sites whose live state the user may see, site by site, the worst of each first: fire,
    intruders, doors, faults, edges offline, and what was reported in the last 24 hours and is neither resolved nor
    seen."""
    async with database.read() as tx:
        found = await estate.list_sites(tx, limit=MOST_SITES, only=sites_of(actor, Action.LIVE))
        sites = {site.id: site for site in found}
        alerts = await open_alerts(tx, sites, clock.now())
        rules = await repository.rules(tx, sites)
    off = {site: [code for code in its if rule_of(code, its).off] for site, its in rules.items()}
    return OpenAlerts(
        items=[open_alert_answer(each, sites[each.site]) for each in alerts],
        switched_off={site: codes for site, codes in off.items() if codes},
    )


@router.get("/sites/{site}/raised-alerts", responses=described(SiteUnknown))
async def get_raised_alerts(
    site: SlugPath,
    database: TheDatabase,
    alerts: TheAlerts,
    actor: SeesLive,
    past: Annotated[bool, Query(description="Those that are cleared")] = False,
    after: Annotated[Id | None, Query(description="`next` of the page before; leave out for the first page")] = None,
    limit: Limit = LIST_LIMIT,
) -> RaisedAlertPage:
    """Open alerts of the site, or those that are cleared, the newest first."""
    async with database.read() as tx:
        zone = (await require_site(tx, site)).tz
    found = await alerts.of_site(site, past=past, before=after, limit=limit + 1)
    return page_of(RaisedAlertPage, found, limit, partial(raised_alert_answer, zone=zone), key=lambda each: each.id)


@router.post(
    "/sites/{site}/raised-alerts/{alert_id}/acknowledge", responses=described(SiteUnknown, AlertUnknown, AlertOver)
)
async def acknowledge_alert(
    site: SlugPath, alert_id: IdPath, database: TheDatabase, alerts: TheAlerts, actor: OpensDoors
) -> RaisedAlertAnswer:
    """Say that you have seen an alert and look after it. What happened once, such as duress, is then over; what still
    holds, such as a door held open, stays open and shows who has seen it. Idempotent: the first stays."""
    async with database.read() as tx:
        zone = (await require_site(tx, site)).tz
    return raised_alert_answer(await alerts.acknowledge(site, alert_id, actor=actor), zone)


@router.post(
    "/sites/{site}/raised-alerts/{alert_id}/snooze",
    responses=described(SiteUnknown, AlertUnknown, AlertOver, NotSnoozed),
)
async def snooze_alert(
    site: SlugPath, alert_id: IdPath, body: SnoozeBody, database: TheDatabase, alerts: TheAlerts, actor: OpensDoors
) -> RaisedAlertAnswer:
    """Nobody is called about an alert for so long, at most a week. It stays on record, and calls again if it still
    holds after that. Danger (fire, duress, intruders, a forced door) cannot be snoozed."""
    async with database.read() as tx:
        zone = (await require_site(tx, site)).tz
    lasts = timedelta(minutes=body.minutes)
    return raised_alert_answer(await alerts.snooze(site, alert_id, lasts, actor=actor), zone)
