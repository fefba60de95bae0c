"""Alerts: of a site for its live page, and of all sites for users of several."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

import msgspec
from sqlalchemy import and_, select

from controller.db.engine import Tx
from controller.estate import repository as estate
from controller.estate.model import Site, SiteParts
from controller.estate.tables import doors, edges
from controller.plans import repository as plans
from controller.telemetry import queries, repository
from controller.telemetry.alert_codes import AlertCode
from controller.telemetry.queries import Alert
from controller.telemetry.tables import device_states, edge_alerts, edge_states
from controller.telemetry.validation import read_data
from edge.wire.errors import Malformed
from edge.wire.event_text import spoken
from edge.wire.events import ClosingData, ClosingStage

LOOK_BACK = timedelta(hours=24)
"""How far back alerts are looked for."""
_PLAN_ALERTS = (AlertCode.PLAN_REFUSED, AlertCode.UNKNOWN_PLAN)
_LOG_ALERTS = (
    AlertCode.NEW_LOG,
    AlertCode.EVENTS_GONE,
    AlertCode.UNSTORABLE,
    AlertCode.BROKER_FILLED,
    AlertCode.EDGE_CLOCK,
)
_SAFETY_ALERTS = (AlertCode.DURESS, AlertCode.INTRUDER, AlertCode.NOT_SECURED)
_STORED = (*_PLAN_ALERTS, *_LOG_ALERTS, *_SAFETY_ALERTS, AlertCode.TABLET_LOCKOUT)
_DEVICES: Mapping[tuple[str, str], Mapping[str, tuple[AlertCode, str]]] = {
    ("fire", "state"): {
        "active": (AlertCode.FIRE, "fire alarm"),
        "latched": (AlertCode.FIRE_LATCHED, "the fire alarm is reset, and doors are still as in a fire"),
    },
    ("alarm", "state"): {"triggered": (AlertCode.INTRUDER, "intruder alarm")},
    ("door", "alarm"): {
        "forced": (AlertCode.FORCED, "was forced open"),
        "held": (AlertCode.HELD, "is held open"),
        "glass": (AlertCode.GLASS, "is unlocked, since its break-glass unit is broken"),
    },
}
"""Kind of device and name of a value -> the alert, and what somebody has to know in words."""
_WORST = (AlertCode.FIRE, AlertCode.INTRUDER, AlertCode.FIRE_LATCHED)


class OpenAlert(msgspec.Struct, frozen=True, kw_only=True):
    """Something at a site that somebody should look at. ``at``: since when; None where that is not known."""

    site: Site
    kind: AlertCode
    text: str
    at: datetime | None


class Carrying(msgspec.Struct, frozen=True, kw_only=True):
    """Which plan an edge carries out, and which is its newest."""

    applied: int | None
    newest: int | None


async def stored_alerts(
    tx: Tx, parts: SiteParts, carrying: Mapping[str, Carrying], *, now: datetime, undecided: bool
) -> list[Alert]:
    """The newest alert of each kind, edge and door or area that is still open: for a plan until the newest plan is
    applied, for a building until it is secured, for restored entries until all are decided, for anything else for 24
    hours. One of the controller itself has no edge. Names replace ids. Doors, areas and connectivity are shown by
    their own state."""
    site = parts.site.id
    names = {door.id: door.name for door in parts.doors} | {edge.id: edge.name for edge in parts.edges}
    secured = await _secured(tx, site)
    kinds = _STORED + ((AlertCode.RESTORED,) if undecided else ())
    found: dict[tuple[str, str, str], Alert] = {}
    for each in await queries.site_alerts(tx, site, limit=100, kinds=kinds, since=now - LOOK_BACK):
        its = carrying.get(each.edge)
        if each.kind is AlertCode.NOT_SECURED and each.edge in secured:
            continue
        if each.edge and (its is None or (each.kind in _PLAN_ALERTS and its.applied == its.newest)):
            continue
        rest = each.text.removeprefix(each.about)
        text = names.get(each.about, spoken(each.about)) + rest if rest != each.text else each.text
        found.setdefault((each.edge, each.kind, each.about), msgspec.structs.replace(each, text=text))
    return list(found.values())


async def _secured(tx: Tx, site: str) -> set[str]:
    """Edges of which the newest that is known about closing is not that something is wrong."""
    newest: dict[str, bool] = {}
    for event in await queries.latest_events(tx, site, kinds=("closing",), limit=20):
        try:
            data = read_data(event.kind, event.data)
        except Malformed:
            continue
        if isinstance(data, ClosingData):
            newest.setdefault(event.edge, data.stage is not ClosingStage.NOT_SECURED)
    return {edge for edge, well in newest.items() if well}


async def open_alerts(tx: Tx, there: Iterable[Site], *, now: datetime) -> list[OpenAlert]:
    """What needs attention at these sites, site by site: fire, intruders and doors first, then edges offline, then
    reported alerts. A thousand quiet sites take as many statements as one."""
    found = {site.id: site for site in there}
    site_alerts = [*await _devices(tx, found), *await _away(tx, found)]
    for site in await _with_alerts(tx, found, now - LOOK_BACK):
        site_alerts += await _stored(tx, found[site], now)
    order = {site: number for number, site in enumerate(found)}
    return sorted(site_alerts, key=lambda each: order[each.site.id])


async def _devices(tx: Tx, there: Mapping[str, Site]) -> list[OpenAlert]:
    kinds = [kind for kind, _ in _DEVICES]
    door = and_(doors.c.site == device_states.c.site, doors.c.id == device_states.c.device)
    query = select(device_states, doors.c.name).outerjoin(doors, door).where(device_states.c.kind.in_(kinds))
    found = []
    for row in await tx.execute(query.order_by(device_states.c.edge, device_states.c.device)):
        values = msgspec.json.decode(row.state, type=dict[str, str | int | float | bool | None])
        for (kind, name), words in _DEVICES.items():
            value = values.get(name)
            if row.site not in there or row.kind != kind or not isinstance(value, str) or value not in words:
                continue
            code, said = words[value]
            text = f"{row.name or row.device} {said}" if kind == "door" else said.capitalize()
            found.append(OpenAlert(site=there[row.site], kind=code, text=text, at=row.since))
    return sorted(found, key=lambda each: _WORST.index(each.kind) if each.kind in _WORST else len(_WORST))


async def _away(tx: Tx, there: Mapping[str, Site]) -> list[OpenAlert]:
    states = and_(edge_states.c.site == edges.c.site, edge_states.c.edge == edges.c.id)
    query = select(edges.c.site, edges.c.name, edge_states.c.since).outerjoin(edge_states, states)
    query = query.where(edge_states.c.online.is_not(True)).order_by(edges.c.site, edges.c.id)
    return [
        OpenAlert(
            site=there[row.site],
            kind=AlertCode.OFFLINE,
            text=f"{row.name} {'is offline' if row.since else 'has not reported yet'}",
            at=row.since,
        )
        for row in await tx.execute(query)
        if row.site in there
    ]


async def _with_alerts(tx: Tx, there: Mapping[str, Site], since: datetime) -> list[str]:
    here = edge_alerts.c.kind.in_(_STORED) & (edge_alerts.c.at >= since)
    rows = await tx.execute(select(edge_alerts.c.site).where(here).distinct().order_by(edge_alerts.c.site))
    return [row.site for row in rows if row.site in there]


async def _stored(tx: Tx, site: Site, now: datetime) -> list[OpenAlert]:
    parts = SiteParts(
        site=site,
        doors=tuple(await estate.site_doors(tx, site.id)),
        edges=tuple(await estate.site_edges(tx, site.id)),
    )
    carrying = {}
    for state in await repository.site_edge_states(tx, site.id):
        newest = await plans.latest_version(tx, site.id, state.edge)
        carrying[state.edge] = Carrying(applied=state.applied_version, newest=newest)
    return [
        OpenAlert(site=site, kind=each.kind, text=each.text, at=each.at)
        for each in await stored_alerts(tx, parts, carrying, now=now, undecided=False)
    ]
