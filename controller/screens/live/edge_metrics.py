"""Each edge on /metrics, so that an alert can name the site whose Pi is dead, and of each site its open alerts and the
batteries of sensors in rooms. One statement reads each of the three.
"""

import logging
from collections.abc import Iterable
from datetime import datetime

import msgspec
from prometheus_client import CollectorRegistry, Metric
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.registry import Collector
from sqlalchemy import ColumnElement, FromClause, ScalarSelect, and_, func, select
from sqlalchemy.exc import SQLAlchemyError

from controller.alerts.repository import alerts
from controller.alerts.standing import LOW_BATTERY
from controller.db.engine import Database, Tx
from controller.enrolment.tables import certificates
from controller.estate.tables import edges
from controller.notices.model import Channel, NoticeState
from controller.notices.tables import notices
from controller.plans.tables import plans
from controller.telemetry.tables import edge_states, event_logs, event_runs, room_sensors
from edge.wire.access_decision import ClockTrust
from edge.wire.clock import Clock
from edge.wire.messages import DISK_FREE_MB

log = logging.getLogger(__name__)
_LABELS = ("site", "edge")


class EdgeFigures(msgspec.Struct, frozen=True, kw_only=True):
    """One edge. ``since``: when it went online or offline; None if it has never connected. ``plan_signed``:
    when the plan it carries out was signed; None where it carries out none of ours. ``plan_waits``: when its newest
    plan was signed, where it does not carry that one out yet; ``plans_behind``: how many there are that are newer than
    its own. ``outbox``: events it has that are not committed here; ``stored``: those of its log that are.
    ``heard``: when it last said how it is. ``certificate``: when the one that lasts longest ends.
    ``disk_free_mb``: what it may still write to its disk."""

    site: str
    edge: str
    online: bool
    since: datetime | None
    trust: ClockTrust | None
    plan_signed: datetime | None
    plan_waits: datetime | None
    outbox: int
    stored: int
    plans_behind: int
    heard: datetime | None
    certificate: datetime | None
    software: str
    disk_free_mb: int | None


class SensorFigures(msgspec.Struct, frozen=True, kw_only=True):
    """The battery of a sensor in a room, in percent; ``low``: as the alert has it. None: not known."""

    site: str
    edge: str
    device: str
    percent: float | None
    low: bool


class EdgeMetrics(Collector):
    """The series of all edges, open alerts and sensors as of the last ``refresh``. Their number is that of what is set
    up, not of what ever sent something. Where the database did not answer there are none, and
    ``hallkeeper_edges_readable`` is 0."""

    def __init__(self, database: Database, clock: Clock, registry: CollectorRegistry) -> None:
        self._database = database
        self._clock = clock
        self._found: tuple[EdgeFigures, ...] = ()
        self._alerts: dict[tuple[str, str], int] = {}
        self._sensors: list[SensorFigures] = []
        self._notices: dict[str, int] = {}
        self._readable = False
        registry.register(self)

    async def refresh(self) -> None:
        """Read them; to be called before each scrape."""
        try:
            async with self._database.read() as tx:
                self._found, self._alerts, self._sensors = await figures(tx), await alerts_of(tx), await sensors_of(tx)
                self._notices = await notices_due(tx, self._clock.now())
        except (SQLAlchemyError, OSError) as error:
            self._found, self._alerts, self._sensors, self._notices, self._readable = (), {}, [], {}, False
            fields = {"action": "metrics", "reason": type(error).__name__}
            log.warning("The edges could not be read for /metrics", extra=fields)
        else:
            self._readable = True

    def collect(self) -> Iterable[Metric]:
        now = self._clock.now()
        online = _gauge("online", "1 while the edge is online.")
        since = _gauge("since_timestamp_seconds", "When the edge last went online or offline, in Unix time.")
        age = _gauge("plan_age_seconds", "Age of the plan that the edge carries out, since it was signed.")
        waits = _gauge("plan_pending_seconds", "How long the edge's newest plan has not been applied; 0 once it is.")
        outbox = _gauge("outbox_events", "Events on the edge's disk that are not stored here yet, as last reported.")
        clock = _gauge("clock", "1 for the present state of the edge's clock, as last reported.", "state")
        heard = _gauge("heard_timestamp_seconds", "When the edge last said how it is, in Unix time.")
        behind = _gauge("plans_behind", "How many plans are newer than the one that the edge carries out.")
        ends = _gauge("certificate_expires_timestamp_seconds", "When the edge's certificate ends, in Unix time.")
        disk = _gauge("disk_free_bytes", "What may still be written to the edge's disk, to two digits.")
        info = _gauge("info", "1; the version of the edge's software is a label.", "version")
        stored = CounterMetricFamily(
            "hallkeeper_edge_events", "Events of the edge's present log that are stored here.", labels=_LABELS
        )
        for each in self._found:
            name = (each.site, each.edge)
            online.add_metric(name, float(each.online))
            waits.add_metric(name, _age(each.plan_waits, now) if each.plan_waits else 0.0)
            outbox.add_metric(name, each.outbox)
            behind.add_metric(name, each.plans_behind)
            stored.add_metric(name, each.stored)
            if each.heard is not None:
                heard.add_metric(name, each.heard.timestamp())
                info.add_metric((*name, each.software), 1.0)
            if each.certificate is not None:
                ends.add_metric(name, each.certificate.timestamp())
            if each.disk_free_mb is not None:
                disk.add_metric(name, each.disk_free_mb * 1e6)
            if each.since is not None:
                since.add_metric(name, each.since.timestamp())
            if each.plan_signed is not None:
                age.add_metric(name, _age(each.plan_signed, now))
            for state in ClockTrust if each.trust is not None else ():
                clock.add_metric((*name, state.value), float(each.trust is state))
        yield GaugeMetricFamily(
            "hallkeeper_edges_readable", "1 if the edges could be read from the database.", float(self._readable)
        )
        yield from (online, since, age, waits, outbox, clock, heard, behind, ends, info, stored, disk)
        alerts_open = GaugeMetricFamily("hallkeeper_alerts_open", "Alerts that are open.", labels=("site", "code"))
        for key, number in self._alerts.items():
            alerts_open.add_metric(key, number)
        yield alerts_open
        due = GaugeMetricFamily("hallkeeper_notices_due", "Notices that are due and not sent.", labels=("channel",))
        for channel, number in self._notices.items():
            due.add_metric((channel,), number)
        yield due
        percent, low = (
            GaugeMetricFamily(f"hallkeeper_sensor_battery_{name}", text, labels=(*_LABELS, "device"))
            for name, text in (("percent", "Battery of a sensor in a room, in percent."), ("low", "1 while it is low."))
        )
        for sensor in self._sensors:
            whose = (sensor.site, sensor.edge, sensor.device)
            low.add_metric(whose, float(sensor.low))
            if sensor.percent is not None:
                percent.add_metric(whose, sensor.percent)
        yield from (percent, low)


async def figures(tx: Tx) -> tuple[EdgeFigures, ...]:
    """Every edge that is set up, by site and id."""
    state = edge_states.c
    here = (plans.c.site == edges.c.site) & (plans.c.edge == edges.c.id)
    newest = select(func.max(plans.c.version)).where(here).scalar_subquery()
    newer = select(func.count()).select_from(plans)
    newer = newer.where(here, plans.c.version > func.coalesce(edge_states.c.applied_version, 0))
    cert = certificates.c
    ends = select(func.max(cert.expires_at)).where(
        cert.site == edges.c.site, cert.edge == edges.c.id, cert.revoked_at.is_(None)
    )
    carried, latest = plans.alias(), plans.alias()
    logs, runs = event_logs.c, event_runs.c
    query = (
        select(
            edges.c.site,
            edges.c.id,
            state.online,
            state.since,
            state.trust,
            state.head,
            state.at,
            state.software,
            state.health,
            newer.correlate(edges, edge_states).scalar_subquery().label("behind"),
            ends.correlate(edges).scalar_subquery().label("ends"),
            carried.c.compiled_at.label("carried"),
            latest.c.compiled_at.label("latest"),
            (latest.c.version == state.applied_version).label("up_to_date"),
            runs.last.label("contiguous"),
        )
        .select_from(edges)
        .outerjoin(edge_states, (state.site == edges.c.site) & (state.edge == edges.c.id))
        .outerjoin(carried, _plan(carried, state.applied_version))
        .outerjoin(latest, _plan(latest, newest))
        .outerjoin(event_logs, and_(logs.site == edges.c.site, logs.edge == edges.c.id, logs.log == state.log))
        .outerjoin(event_runs, (runs.log_id == logs.id) & (runs.first == 1))
        .order_by(edges.c.site, edges.c.id)
    )
    return tuple(
        EdgeFigures(
            site=row.site,
            edge=row.id,
            online=bool(row.online),
            since=row.since,
            trust=ClockTrust(row.trust) if row.trust else None,
            plan_signed=row.carried,
            plan_waits=None if row.up_to_date else row.latest,
            outbox=max((row.head or 0) - (row.contiguous or 0), 0),
            stored=row.contiguous or 0,
            plans_behind=row.behind,
            heard=row.at,
            certificate=row.ends,
            software=(row.software or "").removeprefix("hallkeeper "),
            disk_free_mb=msgspec.json.decode(row.health, type=dict[str, int]).get(DISK_FREE_MB) if row.health else None,
        )
        for row in await tx.execute(query)
    )


async def alerts_of(tx: Tx) -> dict[tuple[str, str], int]:
    """Site and code -> how many alerts are open."""
    c = alerts.c
    query = select(c.site, c.kind, func.count()).where(c.raised_at.is_not(None), c.cleared_at.is_(None))
    return {(site, code): number for site, code, number in await tx.execute(query.group_by(c.site, c.kind))}


async def notices_due(tx: Tx, now: datetime) -> dict[str, int]:
    """Channel -> how many notices should have been sent by now."""
    c = notices.c
    query = select(c.channel, func.count()).where(c.state == NoticeState.WAITING, c.due_at <= now)
    found = {row.channel: row[1] for row in await tx.execute(query.group_by(c.channel))}
    return {channel.value: found.get(channel.value, 0) for channel in Channel}


async def sensors_of(tx: Tx) -> list[SensorFigures]:
    """Sensors in rooms of which the battery is known."""
    c = room_sensors.c
    query = select(c.site, c.edge, c.device, c.battery, c.battery_low)
    query = query.where(c.battery.is_not(None) | c.battery_low.is_not(None)).order_by(c.site, c.edge, c.device)
    return [
        SensorFigures(
            site=row.site,
            edge=row.edge,
            device=row.device,
            percent=row.battery,
            low=bool(row.battery_low) or (row.battery is not None and row.battery < LOW_BATTERY),
        )
        for row in await tx.execute(query)
    ]


def _plan(of: FromClause, version: ColumnElement[int] | ScalarSelect[int]) -> ColumnElement[bool]:
    return and_(of.c.site == edges.c.site, of.c.edge == edges.c.id, of.c.version == version)


def _gauge(name: str, text: str, *labels: str) -> GaugeMetricFamily:
    return GaugeMetricFamily(f"hallkeeper_edge_{name}", text, labels=(*_LABELS, *labels))


def _age(then: datetime, now: datetime) -> float:
    return max((now - then).total_seconds(), 0.0)
