"""What holds for long, by what is stored of edges and of sensors in rooms: part of the input of the machine. Each is
one statement, however many sites there are."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import msgspec
from sqlalchemy import ColumnElement, and_, func, or_, select, true

from controller.alerts.machine import AlertKey, Observation, Truth
from controller.db.engine import Tx
from controller.enrolment.tables import certificates
from controller.estate.model import Site
from controller.estate.tables import edges, spaces
from controller.telemetry.alert_codes import AlertCode
from controller.telemetry.room_sensors.model import LastValue
from controller.telemetry.tables import edge_states, event_logs, event_runs, room_sensors
from edge.wire.readings import ReadingKind

BACKLOG = 1000
"""More events on an edge's disk that are not stored here are an alert."""
CERTIFICATE_ENDS = timedelta(days=30)
CO2_PPM = 1500
LOW_BATTERY = 10
"""Percent."""
SILENT = timedelta(hours=26)
"""Battery sensors tell of themselves once a day at least."""
STALE = timedelta(hours=1)
"""What a sensor measured longer ago says nothing of now."""
_SITES_IN_QUERY = 200
_VALUES = msgspec.json.Decoder(dict[str, LastValue])


async def look_standing(
    tx: Tx, sites: Mapping[str, Site], away: Mapping[tuple[str, str], datetime | None], now: datetime
) -> tuple[dict[AlertKey, Observation], set[AlertKey]]:
    """What holds, and what is not known now. ``away``: edges of which nothing new is known."""
    holds = await _backlogs(tx, sites, away) | await _certificates(tx, sites, now)
    holds |= await _silent_sensors(tx, sites, away, now)
    sensed, unknown = await _sensors(tx, sites, now)
    return {key: each for key, each in (holds | sensed).items() if key.site in sites}, unknown


def _at(site: ColumnElement[Any], sites: Mapping[str, Site]) -> ColumnElement[bool]:
    return site.in_(sites) if len(sites) <= _SITES_IN_QUERY else true()


def _holds(text: str, since: datetime | None = None) -> Observation:
    return Observation(truth=Truth.TRUE, text=text[:500], since=since)


async def _backlogs(
    tx: Tx, sites: Mapping[str, Site], away: Mapping[tuple[str, str], datetime | None]
) -> dict[AlertKey, Observation]:
    """Edges that are online and have many events that are not stored here."""
    state, logs, runs = edge_states.c, event_logs.c, event_runs.c
    behind = state.head - func.coalesce(runs.last, 0)
    query = (
        select(edges.c.site, edges.c.id, edges.c.name)
        .join(edge_states, and_(state.site == edges.c.site, state.edge == edges.c.id))
        .outerjoin(event_logs, and_(logs.site == edges.c.site, logs.edge == edges.c.id, logs.log == state.log))
        .outerjoin(event_runs, and_(runs.log_id == logs.id, runs.first == 1))
        .where(behind > BACKLOG, _at(edges.c.site, sites))
    )
    return {
        AlertKey(site=row.site, kind=AlertCode.BACKLOG, edge=row.id, about=row.id): _holds(
            f"{row.name} has more than {BACKLOG} events that do not arrive here"
        )
        for row in await tx.execute(query)
        if (row.site, row.id) not in away
    }


async def _certificates(tx: Tx, sites: Mapping[str, Site], now: datetime) -> dict[AlertKey, Observation]:
    """Edges whose last certificate that is not revoked ends soon."""
    c, ends = certificates.c, func.max(certificates.c.expires_at)
    query = (
        select(edges.c.site, edges.c.id, edges.c.name, ends.label("ends"))
        .join(certificates, and_(c.site == edges.c.site, c.edge == edges.c.id))
        .where(c.revoked_at.is_(None), _at(edges.c.site, sites))
        .group_by(edges.c.site, edges.c.id, edges.c.name)
        .having(ends < now + CERTIFICATE_ENDS)
    )
    return {
        AlertKey(site=row.site, kind=AlertCode.CERTIFICATE, edge=row.id, about=row.id): _holds(
            f"the certificate of {row.name} {'ends' if row.ends > now else 'ended'} on {row.ends:%-d %b %Y}",
            row.ends - CERTIFICATE_ENDS,
        )
        for row in await tx.execute(query)
    }


async def _silent_sensors(
    tx: Tx, sites: Mapping[str, Site], away: Mapping[tuple[str, str], datetime | None], now: datetime
) -> dict[AlertKey, Observation]:
    """Sensors in rooms that have not been heard for long, or that are away by the word of what relays them. It counts
    from when it is first seen so: after its Pi was away, what a sensor sent meanwhile may still arrive."""
    c = room_sensors.c
    query = select(c.site, c.edge, c.device, c.name, c.heard_at, spaces.c.name.label("room"))
    query = query.join(spaces, and_(spaces.c.site == c.site, spaces.c.id == c.space))
    query = query.where(or_(c.heard_at < now - SILENT, c.available.is_(False)), _at(c.site, sites))
    query = query.where(c.removed_at.is_(None))
    return {
        AlertKey(site=row.site, kind=AlertCode.SENSOR_SILENT, edge=row.edge, about=row.device): _holds(
            f"{row.name[:200]} in {row.room} is silent; it was last heard on"
            f" {row.heard_at.astimezone(sites[row.site].tz):%-d %b at %H:%M}"
        )
        for row in await tx.execute(query)
        if row.site in sites and (row.site, row.edge) not in away
    }


async def _sensors(
    tx: Tx, sites: Mapping[str, Site], now: datetime
) -> tuple[dict[AlertKey, Observation], set[AlertKey]]:
    """What sensors say that were added to rooms. What nobody has signed rings, and does nothing else."""
    c = room_sensors.c
    battery = or_(c.battery_low.is_(True), c.battery < LOW_BATTERY)
    query = (
        select(
            c.site,
            c.edge,
            c.device,
            c.name,
            c.heard_at,
            c.last_values,
            battery.label("low"),
            spaces.c.name.label("room"),
        )
        .join(spaces, and_(spaces.c.site == c.site, spaces.c.id == c.space))
        .where(or_(battery, c.last_values.contains(f'"{ReadingKind.CO2}"', autoescape=True)), _at(c.site, sites))
        .where(c.removed_at.is_(None))
    )
    holds: dict[AlertKey, Observation] = {}
    unknown: set[AlertKey] = set()
    for row in await tx.execute(query):
        if row.low:
            key = AlertKey(site=row.site, kind=AlertCode.SENSOR_BATTERY, edge=row.edge, about=row.device)
            holds[key] = _holds(f"the battery of {row.name[:200]} in {row.room} is low")
        co2 = _VALUES.decode(row.last_values).get(ReadingKind.CO2)
        key = AlertKey(site=row.site, kind=AlertCode.CO2, edge=row.edge, about=row.device)
        if co2 is not None and co2.at < now - STALE:
            unknown.add(key)
        elif co2 is not None and co2.value >= CO2_PPM:
            holds[key] = _holds(f"{row.room} has much CO2: about {round(co2.value, -2):.0f} ppm")
    return holds, unknown
