"""All that the live page shows of a site, read in one transaction."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import msgspec

from controller.alerts.catalogue import CATALOGUE, hint_of
from controller.alerts.conditions import LOOK_BACK
from controller.alerts.machine import AlertState
from controller.alerts.open_alerts import open_alerts
from controller.db.engine import Tx
from controller.enrolment import repository as enrolment
from controller.estate.floor_plans import repository as floor_plans
from controller.estate.model import Door, Edge, SiteParts
from controller.hours.timetable import Timetable
from controller.occupancy.estimate import Estimate
from controller.plans import repository as plans
from controller.plans.overrides.service import OverridesView, show
from controller.plans.restored import repository as restored
from controller.platform.text import local_time
from controller.screens.live.snapshot_schemas import (
    AlertView,
    AreaView,
    CounterView,
    DoorView,
    EdgeView,
    FaultView,
    FireView,
    GapView,
    Last,
    ModeView,
    MotionView,
    OccupancyView,
    OutageView,
    OverrideDoorView,
    OverrideView,
    PeopleView,
    Snapshot,
    WifiView,
)
from controller.telemetry import people_inside, queries, repository
from controller.telemetry.alert_codes import AlertCode
from controller.telemetry.fixed_devices import fixed_devices
from controller.telemetry.model import EdgeState, KnownState, LoggedEvent
from controller.telemetry.queries import DoorMarkRow
from controller.telemetry.recent_activity import lines
from edge.wire.faults import describe, hint
from edge.wire.faults import read as read_faults
from edge.wire.interval import Interval
from edge.wire.messages import DISK_FREE_MB
from edge.wire.plan import Mode

RECENT = 20
_LOOKED_AT = 100
"""Of how many events the recent lines are made: an entry is five of them, and many refusals may fold into one."""
_KINDS = (
    *("access", "unread", "door", "recount", "boot", "outage", "plan", "fault", "fire", "lockout", "alarm"),
    "closing",
)
_ALARMS = frozenset({"fire", "forced", "held", "glass"})
_FIRES = frozenset({"active", "latched"})
_PHASES = frozenset({"unset", "warning", "set", "triggered"})
_MODES = {"free", "code", "locked"}


class OwnTrouble(msgspec.Struct, frozen=True, kw_only=True):
    """What is wrong with the controller itself, and since when by its clock."""

    code: AlertCode
    since: datetime
    text: str


async def take_snapshot(
    tx: Tx,
    parts: SiteParts,
    hours: Timetable,
    now: datetime,
    inside: Estimate | None,
    troubles: Iterable[OwnTrouble] = (),
) -> Snapshot:
    """The site as it is known now. ``inside``: how many people are. ``troubles``: of the controller."""
    site, zone = parts.site.id, parts.site.tz
    local = _LocalTime(zone)
    states = {state.edge: state for state in await repository.site_edge_states(tx, site)}
    online = {name for name, state in states.items() if state.online}
    devices = await queries.site_devices(tx, site)
    period = hours.mode_at(now)
    counters = await people_inside.counters(tx, parts, devices, online, now)
    stations = list(_of_kind(devices, "wifi"))
    fixed = await fixed_devices(tx, site, zone, now) if stations else {}
    counts_at = {edge for edge, _ in counters}
    known_counters = {(edge, state.device): state for edge, state in _of_kind(devices, "counter")}
    people = await people_inside.people(tx, parts, counters, now)
    away = [state.since for edge, state in states.items() if edge in counts_at - online]
    refused = await queries.site_refusals(tx, site)
    marks = await queries.site_marks(tx, site)
    looked = Interval(start=now - LOOK_BACK, end=now + timedelta(seconds=1))
    undecided = await restored.undecided(tx, site, now)
    latest = await queries.latest_events(tx, site, kinds=_KINDS, limit=_LOOKED_AT, late=True)
    revoked_at = await enrolment.revoked_at(tx, site)
    edges = [
        await _edge(tx, edge, states.get(edge.id), refused.get(edge.id, {}), revoked_at.get(edge.id), local)
        for edge in parts.edges
    ]
    return Snapshot(
        at=local.at(now),
        site=site,
        zone=parts.site.zone,
        mode=ModeView(mode=period.mode.value, until=local.at(period.during.end)),
        people=PeopleView(
            estimate=people.estimate,
            error=people.error,
            since=local.at(people.counted.start),
            stale_since=local.at(min(away)) if away else None,
            gaps=[GapView(starts=local.at(gap.start), ends=local.at(gap.end)) for gap in people.gaps],
        )
        if people
        else None,
        occupancy=OccupancyView(
            state=inside.state,
            people=inside.people,
            low=inside.low,
            high=inside.high,
            capacity=inside.capacity,
            full=inside.full,
            rests_on=inside.rests_on,
            missing=list(inside.missing),
        )
        if inside and inside.known
        else None,
        edges=edges,
        fires=[
            FireView(edge=edge, state=_text(state, "state"), since=local.at(state.since), stale=edge not in online)
            for edge, state in _of_kind(devices, "fire")
            if _text(state, "state") in _FIRES
        ],
        areas=[
            AreaView(
                id=state.device,
                edge=edge,
                state=phase,
                since=_moment(state, "since", local),
                why=_text(state, "why", 200) or None,
                withheld=_text(state, "withheld", 200) or None,
                stale=edge not in online,
            )
            for edge, state in _of_kind(devices, "alarm")
            if (phase := _text(state, "state")) in _PHASES
        ],
        doors=_doors(parts, devices, online, marks, period.mode, local),
        counters=[
            CounterView(
                id=each.counter,
                edge=edge,
                door=each.door,
                ins_today=each.ins,
                outs_today=each.outs,
                passages_today=each.passages,
                faults=_faults(state := known_counters.get((edge, each.counter))),
                not_counting_since=_moment(state, "not_counting_since", local) if state else None,
                at=local.at(each.at),
                stale=edge not in online,
            )
            for edge, each in counters
        ],
        motion=[
            MotionView(
                id=state.device,
                zone=_text(state, "zone"),
                active=state.values.get("active") is True,
                since=local.at(state.since),
                at=local.at(state.at),
                stale=edge not in online,
            )
            for edge, state in _of_kind(devices, "motion")
        ],
        wifi=[
            WifiView(
                id=state.device,
                zone=_text(state, "zone"),
                stations=_number(state, "stations"),
                fixed=fixed.get((edge, state.device)),
                at=local.at(state.at),
                stale=edge not in online,
            )
            for edge, state in stations
        ],
        outages=[
            OutageView(edge=each.edge, starts=local.at(each.during.start), ends=local.at(each.during.end))
            for each in await queries.site_outages(tx, site, looked)
        ],
        alerts=[
            *(_own_alert(each, local) for each in troubles),
            *(_alert(each, local) for each in await open_alerts(tx, {site: parts.site}, now)),
        ],
        restored=undecided,
        overrides=_overrides(await show(tx, parts, now), local),
        acts=await plans.last_acts(tx, site),
        floor_plan=await floor_plans.shown_version(tx, site),
        recent=_recent(parts, latest, local, now),
    )


class _LocalTime:
    """Writes instants with the site's offset."""

    def __init__(self, zone: ZoneInfo) -> None:
        self._zone = zone

    def at(self, moment: datetime) -> str:
        return local_time.rfc3339(moment.replace(microsecond=0), self._zone)


async def _edge(
    tx: Tx,
    edge: Edge,
    state: EdgeState | None,
    refused: Mapping[str, int],
    revoked_at: datetime | None,
    local: _LocalTime,
) -> EdgeView:
    newest = await plans.latest_version(tx, edge.site, edge.id)
    plan = await plans.plan(tx, edge.site, edge.id, newest) if newest is not None else None
    health = {f"refused_{reason}": number for reason, number in refused.items()}
    behind = 0
    if state is not None:
        health = {name: count for name, count in state.health.items() if name != DISK_FREE_MB} | health
        if state.log is not None:
            log = await repository.log_id(tx, edge.site, edge.id, state.log)
            runs = await repository.runs(tx, log) if log else None
            behind = max(state.head - (runs.contiguous if runs else 0), 0)
    return EdgeView(
        id=edge.id,
        name=edge.name,
        online=state is not None and state.online,
        since=local.at(state.since) if state else None,
        plan_version=newest,
        applied_version=state.applied_version if state else None,
        plan_refused=(plan.why or "it gave no reason") if plan and plan.refused_at and not plan.applied_at else None,
        revoked_at=local.at(revoked_at) if revoked_at else None,
        trust=state.trust.value if state else None,
        outbox_behind=behind,
        health=health,
    )


def _doors(
    parts: SiteParts,
    devices: Iterable[tuple[str, KnownState]],
    online: set[str],
    marks: Mapping[str, DoorMarkRow],
    mode: Mode,
    local: _LocalTime,
) -> list[DoorView]:
    known = {(edge, state.device): state for edge, state in _of_kind(devices, "door")}
    return [
        _door(door, known.get((door.edge, door.id)), door.edge in online, marks.get(door.id), local)
        for door in parts.doors
    ]


def _door(door: Door, state: KnownState | None, reached: bool, mark: DoorMarkRow | None, local: _LocalTime) -> DoorView:
    mode = _text(state, "mode") if state else ""
    alarm = _text(state, "alarm") if state else ""
    return DoorView(
        id=door.id,
        edge=door.edge,
        name=door.name,
        mode=mode if mode in _MODES else None,
        contact=_one_of(state, "contact", {"open", "closed"}),
        lock=_one_of(state, "lock", {"locked", "unlocked"}),
        alarm=alarm if alarm in _ALARMS else None,
        faults=_faults(state),
        codes_wait_until=_moment(state, "codes_wait_until", local) if state else None,
        since=local.at(state.since) if state else None,
        at=local.at(state.at) if state else None,
        stale=not reached,
        last=Last(at=local.at(mark.at), text=mark.text) if mark else None,
    )


def _faults(state: KnownState | None) -> list[FaultView]:
    return [
        FaultView(code=code, part=part, text=describe(code, part), hint=hint(code, part))
        for code, part in read_faults(_text(state, "fault", 400) if state else "")
    ]


def _overrides(shown: OverridesView, local: _LocalTime) -> list[OverrideView]:
    return [
        OverrideView(
            id=one.id,
            kind=one.kind.value,
            whole=one.whole,
            starts=local.at(one.starts),
            ends=local.at(one.ends),
            ended=one.ended_at is not None,
            doors=[
                OverrideDoorView(door=at.door, state=at.state.value, holds=at.holds, text=at.text)
                for at in shown.doors[one.id]
            ],
        )
        for one in shown.ordered
    ]


def _own_alert(trouble: OwnTrouble, local: _LocalTime) -> AlertView:
    since = trouble.since
    found = AlertState(site="", kind=trouble.code, edge="", about="", text=trouble.text, since=since, begun_at=since)
    return _alert(found, local)


def _alert(found: AlertState, local: _LocalTime) -> AlertView:
    return AlertView(
        id=found.id or None,
        kind=found.kind,
        severity=CATALOGUE[found.kind].severity,
        at=local.at(found.since or found.begun_at),
        text=found.text,
        hint=hint_of(found.kind),
        edge=found.edge,
        about=found.about,
        over_since=local.at(found.over_since) if found.over_since else None,
        acknowledged_at=local.at(found.acknowledged_at) if found.acknowledged_at else None,
        acknowledged_by=found.acknowledged_by,
        snoozed_until=local.at(found.snoozed_until) if found.snoozed_until else None,
    )


def _recent(parts: SiteParts, events: Iterable[LoggedEvent], local: _LocalTime, now: datetime) -> list[Last]:
    """What happened, the newest first, with how often and since when where the same happened again."""
    found = lines(parts, events)[:RECENT]
    return [Last(at=local.at(each.last), text=each.words(parts, now=now)) for each in found]


def _of_kind(devices: Iterable[tuple[str, KnownState]], kind: str) -> list[tuple[str, KnownState]]:
    found = [(edge, state) for edge, state in devices if state.kind == kind]
    return sorted(found, key=lambda each: (each[0], each[1].device))


def _text(state: KnownState, name: str, most: int = 40) -> str:
    value = state.values.get(name)
    return value[:most] if isinstance(value, str) else ""


def _moment(state: KnownState, name: str, local: _LocalTime) -> str | None:
    """An instant that a device reports, in the site's time."""
    try:
        moment = datetime.fromisoformat(_text(state, name))
        return local.at(moment) if moment.tzinfo is not None else None
    except (ValueError, OverflowError):
        return None


def _number(state: KnownState, name: str) -> int | None:
    value = state.values.get(name)
    return value if isinstance(value, int) and not isinstance(value, bool) and value >= 0 else None


def _one_of(state: KnownState | None, name: str, allowed: set[str]) -> str:
    value = _text(state, name) if state else ""
    return value if value in allowed else "unknown"
