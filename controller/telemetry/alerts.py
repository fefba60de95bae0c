"""What needs somebody: of a site what the live page is told, of the whole estate which site needs whom for what."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

import msgspec
from sqlalchemy import and_, select

from controller.database import Tx
from controller.estate import repository as estate
from controller.estate.model import Site, SiteParts
from controller.estate.tables import doors, edges
from controller.plans import repository as plans
from controller.telemetry import reading, repository
from controller.telemetry.filing import UNSTORABLE
from controller.telemetry.judge import read_data
from controller.telemetry.reading import Alert
from controller.telemetry.tables import device_states, edge_alerts, edge_states
from edge.wire.errors import Malformed
from edge.wire.events import ClosingData, ClosingStage

LOOK_BACK = timedelta(hours=24)
"""How far back alerts are looked for."""
OUT_OF_REACH = "out_of_reach"
"""The alert that an edge does not answer."""
_PLAN_ALERTS = ("plan_refused", "unknown_plan")
_LOG_ALERTS = ("new_log", "events_gone", UNSTORABLE)
_SAFETY_ALERTS = ("duress", "intruder", "not_secured", "broker_filled")
_STORED = _PLAN_ALERTS + _LOG_ALERTS + _SAFETY_ALERTS
_DEVICES: Mapping[tuple[str, str], Mapping[str, str]] = {
    ("fire", "state"): {"active": "fire alarm", "latched": "the fire alarm is reset, and doors are still as in a fire"},
    ("alarm", "state"): {"triggered": "intruder alarm"},
    ("door", "alarm"): {
        "forced": "was forced open",
        "held": "is held open",
        "glass": "is unlocked, since its break-glass unit is broken",
    },
}
"""Kind of device and name of a value -> what somebody has to know of, in words."""


class OpenAlert(msgspec.Struct, frozen=True, kw_only=True):
    """Something at a site that somebody should look at. ``at``: since when; None where that is not known."""

    site: Site
    kind: str
    text: str
    at: datetime | None


class Carrying(msgspec.Struct, frozen=True, kw_only=True):
    """Which plan an edge carries out, and which is its newest."""

    applied: int | None
    newest: int | None


async def stored_alerts(
    tx: Tx, parts: SiteParts, carrying: Mapping[str, Carrying], *, now: datetime, undecided: bool
) -> list[Alert]:
    """The newest alert of each kind, edge and door or area that is still open: of a plan until the newest plan is
    carried out, of a building until it is secured, of what only doors knew until all of it is decided, of anything
    else for 24 hours. Names stand for ids. Doors, areas and reach tell for themselves."""
    site = parts.site.id
    names = {door.id: door.name for door in parts.doors} | {edge.id: edge.name for edge in parts.edges}
    secured = await _secured(tx, site)
    kinds = _STORED + (("restored",) if undecided else ())
    found: dict[tuple[str, str, str], Alert] = {}
    for each in await reading.site_alerts(tx, site, limit=100, kinds=kinds, since=now - LOOK_BACK):
        its = carrying.get(each.edge)
        if each.kind == "not_secured" and each.edge in secured:
            continue
        if its is None or (each.kind in _PLAN_ALERTS and its.applied == its.newest):
            continue
        about = each.text.split(" ", 1)[0].removesuffix(":")
        text = names.get(about, about) + each.text.removeprefix(about)
        found.setdefault((each.edge, each.kind, about), msgspec.structs.replace(each, text=text))
    return list(found.values())


async def _secured(tx: Tx, site: str) -> set[str]:
    """Edges of which the newest that is known about closing is not that something is wrong."""
    newest: dict[str, bool] = {}
    for event in await reading.latest_events(tx, site, kinds=("closing",), limit=20):
        try:
            data = read_data(event.kind, event.data)
        except Malformed:
            continue
        if isinstance(data, ClosingData):
            newest.setdefault(event.edge, data.stage is not ClosingStage.NOT_SECURED)
    return {edge for edge, well in newest.items() if well}


async def open_alerts(tx: Tx, there: Iterable[Site], *, now: datetime) -> list[OpenAlert]:
    """What needs somebody at these sites, site by site: fire, intruders and doors first, then edges out of reach, then
    what was told of. As many statements for a thousand quiet sites as for one."""
    found = {site.id: site for site in there}
    told = [*await _devices(tx, found), *await _away(tx, found)]
    for site in await _with_alerts(tx, found, now - LOOK_BACK):
        told += await _stored(tx, found[site], now)
    order = {site: number for number, site in enumerate(found)}
    return sorted(told, key=lambda each: order[each.site.id])


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
            text = f"{row.name or row.device} {words[value]}" if kind == "door" else words[value].capitalize()
            found.append(OpenAlert(site=there[row.site], kind=value, text=text, at=row.since))
    rank = ["active", "triggered", "latched"]
    return sorted(found, key=lambda each: rank.index(each.kind) if each.kind in rank else len(rank))


async def _away(tx: Tx, there: Mapping[str, Site]) -> list[OpenAlert]:
    states = and_(edge_states.c.site == edges.c.site, edge_states.c.edge == edges.c.id)
    query = select(edges.c.site, edges.c.name, edge_states.c.since).outerjoin(edge_states, states)
    query = query.where(edge_states.c.online.is_not(True)).order_by(edges.c.site, edges.c.id)
    return [
        OpenAlert(
            site=there[row.site],
            kind=OUT_OF_REACH,
            text=f"{row.name} {'is out of reach' if row.since else 'has not been heard of yet'}",
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
