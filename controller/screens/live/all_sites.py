"""All sites side by side, as far as those who look after the buildings have to know: trouble, people, heat, batteries,
certificates, versions. A figure that is not measured is None, never 0."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

import msgspec
from sqlalchemy import and_, func, select

from controller.alerts.catalogue import CATALOGUE, Severity
from controller.alerts.machine import AlertState
from controller.alerts.open_alerts import open_alerts
from controller.alerts.standing import STALE
from controller.db.engine import Tx
from controller.enrolment.tables import certificates
from controller.estate import repository as estate
from controller.estate.model import Site, SiteParts
from controller.estate.tables import edges, spaces
from controller.occupancy.estimate import Estimate
from controller.occupancy.service import OccupancyService
from controller.telemetry import people_inside, queries
from controller.telemetry.room_sensors.model import LastValue
from controller.telemetry.tables import device_states, edge_states, room_sensors
from edge.wire.readings import ReadingKind

_SILENT = timedelta(days=1)
_VALUES = msgspec.json.Decoder(dict[str, LastValue])


class Trouble(msgspec.Struct, frozen=True, kw_only=True):
    """Alerts that call somebody, by how serious they are. ``since``: of the oldest of these, None where there is none
    or that is not known. ``seen``: how many others are open that somebody has seen or put off."""

    danger: int = 0
    serious: int = 0
    minor: int = 0
    since: datetime | None = None
    seen: int = 0


class PeopleNow(msgspec.Struct, frozen=True, kw_only=True):
    """``people``, ``low`` to ``high``. ``estimated``: it is the last estimate of the live page; else those who came in
    today less those who went out, except for ``gaps`` times in which no counter's agent ran. ``stale_since``: since
    when an edge that counts is away."""

    people: int
    low: int
    high: int
    estimated: bool
    gaps: int = 0
    stale_since: datetime | None


class RoomTemperature(msgspec.Struct, frozen=True, kw_only=True):
    """What a sensor in a room measured, at most an hour ago."""

    celsius: float
    room: str
    at: datetime


class WeakBattery(msgspec.Struct, frozen=True, kw_only=True):
    """Of a sensor in a room. ``percent``: None where it says only whether it is ``low``. ``at``: when the sensor was
    heard last; ``silent``: over a day ago, so that the battery may be empty."""

    percent: float | None
    low: bool
    silent: bool
    sensor: str
    room: str
    at: datetime


class CertificateEnd(msgspec.Struct, frozen=True, kw_only=True):
    edge: str
    ends: datetime


class EdgesHere(msgspec.Struct, frozen=True, kw_only=True):
    """``away``: how many of all ``total`` are not online, ``away_since`` when the first of them went; None where it has
    never been heard, or none is away. ``versions``: of the agents, and how many edges last ran each."""

    total: int = 0
    away: int = 0
    away_since: datetime | None = None
    versions: dict[str, int] = {}


class SiteSummary(msgspec.Struct, frozen=True, kw_only=True):
    """``coldest``, ``warmest``: of the rooms with a sensor that measures. ``battery``: the weakest. ``certificate``:
    that ends first, of each edge its newest one that is not revoked."""

    site: Site
    trouble: Trouble
    people: PeopleNow | None
    coldest: RoomTemperature | None
    warmest: RoomTemperature | None
    battery: WeakBattery | None
    certificate: CertificateEnd | None
    edges: EdgesHere


async def summaries(tx: Tx, found: Iterable[Site], now: datetime, occupancy: OccupancyService) -> list[SiteSummary]:
    """Each of the sites, in their order. But for people, as many statements for all sites as for one."""
    sites = {site.id: site for site in found}
    alerts: defaultdict[str, list[AlertState]] = defaultdict(list)
    for alert in await open_alerts(tx, sites, now):
        alerts[alert.site].append(alert)
    counted = await _with_counters(tx, sites)
    rooms = await _rooms(tx, sites, now)
    ends = await _certificates(tx, sites)
    here, reach = await _edges(tx, sites)
    return [
        SiteSummary(
            site=site,
            trouble=_trouble(alerts[site.id], now),
            people=await _people(tx, site, counted[site.id], reach[site.id], occupancy.last(site.id), now)
            if site.id in counted
            else None,
            coldest=min(rooms[site.id].measured, key=lambda each: each.celsius, default=None),
            warmest=max(rooms[site.id].measured, key=lambda each: each.celsius, default=None),
            battery=min(rooms[site.id].batteries, key=_charge, default=None),
            certificate=ends.get(site.id),
            edges=here.get(site.id, EdgesHere()),
        )
        for site in sites.values()
    ]


def _trouble(alerts: Iterable[AlertState], now: datetime) -> Trouble:
    holding = [each for each in alerts if each.over_since is None]
    calling = [each for each in holding if each.calls(now)]
    number = Counter(CATALOGUE[each.kind].severity for each in calling)
    return Trouble(
        danger=number[Severity.DANGER],
        serious=number[Severity.SERIOUS],
        minor=number[Severity.MINOR],
        since=min((each.since for each in calling if each.since is not None), default=None),
        seen=len(holding) - len(calling),
    )


async def _with_counters(tx: Tx, sites: Mapping[str, Site]) -> dict[str, set[str]]:
    """By site the edges that count. A device whose edge was removed counts no more."""
    c = device_states.c
    query = select(c.site, c.edge).join(edges, and_(edges.c.site == c.site, edges.c.id == c.edge))
    found: defaultdict[str, set[str]] = defaultdict(set)
    for row in await tx.execute(query.where(c.kind == "counter", c.site.in_(sites))):
        found[row.site].add(row.edge)
    return found


class _Reach(msgspec.Struct):
    """Of the edges of a site: those that are ``online``, and those that are ``away``, since when; None where one has
    never been heard."""

    online: set[str] = set()
    away: dict[str, datetime | None] = {}


async def _people(
    tx: Tx, site: Site, counting: set[str], reach: _Reach, estimate: Estimate | None, now: datetime
) -> PeopleNow | None:
    """As the live page estimated them last, else as its counters say."""
    stale_since = min((since for edge, since in reach.away.items() if edge in counting and since), default=None)
    if estimate is not None and estimate.known:
        return PeopleNow(
            people=estimate.people, low=estimate.low, high=estimate.high, estimated=True, stale_since=stale_since
        )
    parts = SiteParts(site=site, doors=tuple(await estate.site_doors(tx, site.id)))
    devices = [each for each in await queries.site_devices(tx, site.id) if each[0] in counting]
    counters = await people_inside.counters(tx, parts, devices, reach.online, now)
    people = await people_inside.people(tx, parts, [each for each in counters if each[0] in counting], now)
    if people is None:
        return None
    return PeopleNow(
        people=people.estimate,
        low=max(people.estimate - people.error, 0),
        high=people.estimate + people.error,
        estimated=False,
        gaps=len(people.gaps),
        stale_since=stale_since,
    )


class _Rooms(msgspec.Struct):
    measured: list[RoomTemperature] = []
    batteries: list[WeakBattery] = []


async def _rooms(tx: Tx, sites: Mapping[str, Site], now: datetime) -> defaultdict[str, _Rooms]:
    """What the sensors say that were added to rooms. One whose edge was removed can say nothing any more."""
    c = room_sensors.c
    columns = (c.site, c.name, c.heard_at, c.last_values, c.battery, c.battery_low)
    query = (
        select(*columns, spaces.c.name.label("room"))
        .join(spaces, and_(spaces.c.site == c.site, spaces.c.id == c.space))
        .join(edges, and_(edges.c.site == c.site, edges.c.id == c.edge))
    )
    found: defaultdict[str, _Rooms] = defaultdict(_Rooms)
    for row in await tx.execute(
        query.where(c.site.in_(sites), c.removed_at.is_(None)).order_by(c.site, c.edge, c.device)
    ):
        last = _VALUES.decode(row.last_values).get(ReadingKind.TEMPERATURE)
        if last is not None and last.at >= now - STALE:
            measured = RoomTemperature(celsius=round(last.value, 1), room=row.room, at=last.at)
            found[row.site].measured.append(measured)
        if row.battery is not None or row.battery_low is not None:
            said = WeakBattery(
                percent=row.battery,
                low=bool(row.battery_low),
                silent=row.heard_at < now - _SILENT,
                sensor=row.name[:200],
                room=row.room,
                at=row.heard_at,
            )
            found[row.site].batteries.append(said)
    return found


def _charge(battery: WeakBattery) -> tuple[bool, bool, float]:
    """One that is silent comes first, then one that says it is low; one that says no more than that it is not, last."""
    return (not battery.silent, not battery.low, 100.0 if battery.percent is None else battery.percent)


async def _certificates(tx: Tx, sites: Mapping[str, Site]) -> dict[str, CertificateEnd]:
    c, ends = certificates.c, func.max(certificates.c.expires_at)
    query = (
        select(edges.c.site, edges.c.name, ends.label("ends"))
        .join(certificates, and_(c.site == edges.c.site, c.edge == edges.c.id))
        .where(c.revoked_at.is_(None), edges.c.site.in_(sites))
        .group_by(edges.c.site, edges.c.id, edges.c.name)
    )
    found: dict[str, CertificateEnd] = {}
    for row in await tx.execute(query):
        if row.site not in found or row.ends < found[row.site].ends:
            found[row.site] = CertificateEnd(edge=row.name, ends=row.ends)
    return found


async def _edges(tx: Tx, sites: Mapping[str, Site]) -> tuple[dict[str, EdgesHere], Mapping[str, _Reach]]:
    """What each site has, and which of it is in reach."""
    state = edge_states.c
    query = (
        select(edges.c.site, edges.c.id, state.online, state.since, state.software)
        .outerjoin(edge_states, and_(state.site == edges.c.site, state.edge == edges.c.id))
        .where(edges.c.site.in_(sites))
    )
    rows = (await tx.execute(query)).all()
    reach: defaultdict[str, _Reach] = defaultdict(_Reach)
    versions: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for row in rows:
        if row.online:
            reach[row.site].online.add(row.id)
        else:
            reach[row.site].away[row.id] = row.since
        if row.software:
            versions[row.site][row.software] += 1
    return {
        site: EdgesHere(
            total=total,
            away=len(reach[site].away),
            away_since=min((since for since in reach[site].away.values() if since is not None), default=None),
            versions=dict(sorted(versions[site].items())),
        )
        for site, total in Counter(row.site for row in rows).items()
    }, reach
