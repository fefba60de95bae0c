"""All that the live page shows of a site, read in one transaction."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import msgspec

from controller import localtime
from controller.database import Tx
from controller.estate.model import Door, Edge, SiteParts
from controller.hours import repository as hours
from controller.hours.modes import mode_at
from controller.plans import repository as plans
from controller.telemetry import reading, repository
from controller.telemetry.judge import read_data
from controller.telemetry.model import EdgeState, LoggedEvent
from controller.telemetry.presence import people_inside
from controller.telemetry.reading import Mark
from controller.telemetry.words import door_of, happened
from edge.wire.errors import Malformed
from edge.wire.interval import Interval
from edge.wire.messages import DeviceState
from edge.wire.plan import Mode

RECENT = 20
_KINDS = ("access", "door", "boot", "outage", "plan", "fault")
_OUTAGES_FOR = timedelta(hours=24)
_ALARMS = frozenset({"forced", "held"})

Value = str | int | float | bool | None


class PeopleView(msgspec.Struct, frozen=True, kw_only=True):
    estimate: int
    error: int
    since: str


class EdgeView(msgspec.Struct, frozen=True, kw_only=True):
    """``outbox_behind``: events it has that are not committed here. ``health``: counters, its own and ours."""

    id: str
    name: str
    online: bool
    since: str | None
    plan_version: int | None
    applied_version: int | None
    trust: str | None
    outbox_behind: int
    health: dict[str, int]


class Last(msgspec.Struct, frozen=True, kw_only=True):
    at: str
    text: str


class DoorView(msgspec.Struct, frozen=True, kw_only=True):
    """``mode``: free, code or locked. ``stale``: its edge is out of reach, so this is how it was."""

    id: str
    name: str
    mode: str
    contact: str
    strike: str
    alarm: str | None
    since: str | None
    stale: bool
    last: Last | None


class CounterView(msgspec.Struct, frozen=True, kw_only=True):
    id: str
    door: str | None
    ins_today: int
    outs_today: int
    at: str
    stale: bool


class MotionView(msgspec.Struct, frozen=True, kw_only=True):
    id: str
    zone: str
    active: bool
    at: str
    stale: bool


class WifiView(msgspec.Struct, frozen=True, kw_only=True):
    id: str
    zone: str
    stations: int
    at: str
    stale: bool


class ModeView(msgspec.Struct, frozen=True, kw_only=True):
    mode: str
    until: str


class OutageView(msgspec.Struct, frozen=True, kw_only=True):
    edge: str
    starts: str = msgspec.field(name="from")
    ends: str = msgspec.field(name="to")


class Snapshot(msgspec.Struct, frozen=True, kw_only=True, tag="snapshot"):
    """What is known of a site now. Times carry the site's offset."""

    at: str
    site: str
    zone: str
    mode: ModeView
    people: PeopleView
    edges: list[EdgeView]
    doors: list[DoorView]
    counters: list[CounterView]
    motion: list[MotionView]
    wifi: list[WifiView]
    outages: list[OutageView]
    recent: list[Last]


async def take_snapshot(tx: Tx, parts: SiteParts, now: datetime) -> Snapshot:
    """The site as it is known now."""
    site, zone = parts.site.id, parts.site.tz
    told = _Teller(zone)
    states = {state.edge: state for state in await repository.site_edge_states(tx, site)}
    online = {name for name, state in states.items() if state.online}
    devices = await reading.site_devices(tx, site)
    period = mode_at(await hours.timetable(tx, site), zone, now)
    today = localtime.local_day(now, zone)
    midnight = localtime.day_start(today, zone)
    counters, counts = await _counters(tx, site, now, zone, told, online)
    people = people_inside(counts, midnight)
    refused = await reading.site_refusals(tx, site)
    marks = await reading.site_marks(tx, site)
    looked = Interval(start=now - _OUTAGES_FOR, end=now + timedelta(seconds=1))
    return Snapshot(
        at=told.at(now),
        site=site,
        zone=parts.site.zone,
        mode=ModeView(mode=period.mode.value, until=told.at(period.during.end)),
        people=PeopleView(estimate=people.estimate, error=people.error, since=told.at(people.since)),
        edges=[await _edge(tx, edge, states.get(edge.id), refused.get(edge.id, {}), told) for edge in parts.edges],
        doors=_doors(parts, devices, online, marks, period.mode, told),
        counters=counters,
        motion=[
            MotionView(
                id=state.device,
                zone=_text(state, "zone"),
                active=state.values.get("active") is True,
                at=told.at(state.at),
                stale=edge not in online,
            )
            for edge, state in _of_kind(devices, "motion")
        ],
        wifi=[
            WifiView(
                id=state.device,
                zone=_text(state, "zone"),
                stations=_number(state, "stations"),
                at=told.at(state.at),
                stale=edge not in online,
            )
            for edge, state in _of_kind(devices, "wifi")
        ],
        outages=[
            OutageView(edge=each.edge, starts=told.at(each.during.start), ends=told.at(each.during.end))
            for each in await reading.site_outages(tx, site, looked)
        ],
        recent=_recent(parts, await reading.latest_events(tx, site, kinds=_KINDS, limit=RECENT), told),
    )


class _Teller:
    """Writes instants with the site's offset."""

    def __init__(self, zone: ZoneInfo) -> None:
        self._zone = zone

    def at(self, moment: datetime) -> str:
        return localtime.rfc3339(moment.replace(microsecond=0), self._zone)


async def _edge(tx: Tx, edge: Edge, state: EdgeState | None, refused: Mapping[str, int], told: _Teller) -> EdgeView:
    plan = await plans.latest_version(tx, edge.site, edge.id)
    health = {f"refused_{reason}": number for reason, number in refused.items()}
    behind = 0
    if state is not None:
        health = state.health | health
        if state.log is not None:
            log = await repository.log_id(tx, edge.site, edge.id, state.log)
            runs = await repository.runs(tx, log) if log else None
            behind = max(state.head - (runs.contiguous if runs else 0), 0)
    return EdgeView(
        id=edge.id,
        name=edge.name,
        online=state is not None and state.online,
        since=told.at(state.since) if state else None,
        plan_version=plan,
        applied_version=state.applied_version if state else None,
        trust=state.trust.value if state else None,
        outbox_behind=behind,
        health=health,
    )


def _doors(
    parts: SiteParts,
    devices: Iterable[tuple[str, DeviceState]],
    online: set[str],
    marks: Mapping[str, Mark],
    mode: Mode,
    told: _Teller,
) -> list[DoorView]:
    known = {(edge, state.device): state for edge, state in _of_kind(devices, "door")}
    return [
        _door(door, known.get((door.edge, door.id)), door.edge in online, marks.get(door.id), told)
        for door in parts.doors
    ]


def _door(door: Door, state: DeviceState | None, reached: bool, mark: Mark | None, told: _Teller) -> DoorView:
    mode = _text(state, "mode") if state else ""
    alarm = _text(state, "alarm") if state else ""
    return DoorView(
        id=door.id,
        name=door.name,
        mode=mode if mode in {"free", "code", "locked"} else "locked",
        contact=_one_of(state, "contact", {"open", "closed"}),
        strike=_one_of(state, "strike", {"locked", "unlocked"}),
        alarm=alarm if alarm in _ALARMS else None,
        since=told.at(state.at) if state else None,
        stale=not reached,
        last=Last(at=told.at(mark.at), text=mark.text) if mark else None,
    )


async def _counters(
    tx: Tx, site: str, now: datetime, zone: ZoneInfo, told: _Teller, online: set[str]
) -> tuple[list[CounterView], list[tuple[int, int]]]:
    views: dict[tuple[str, str], CounterView] = {}
    for edge, day in await reading.site_counter_days(tx, site, localtime.local_day(now, zone)):
        before = views.get((edge, day.counter))
        views[edge, day.counter] = CounterView(
            id=day.counter,
            door=day.door,
            ins_today=day.top_ins - day.base_ins + (before.ins_today if before else 0),
            outs_today=day.top_outs - day.base_outs + (before.outs_today if before else 0),
            at=told.at(day.at),
            stale=edge not in online,
        )
    counters = [views[name] for name in sorted(views)]
    return counters, [(view.ins_today, view.outs_today) for view in counters]


def _recent(parts: SiteParts, events: Iterable[LoggedEvent], told: _Teller) -> list[Last]:
    names = {door.id: door.name for door in parts.doors}
    edges = {edge.id: edge.name for edge in parts.edges}
    found: list[Last] = []
    for event in events:
        try:
            data = read_data(event.kind, event.data)
        except Malformed:
            continue
        text, door = happened(data), door_of(data)
        if text is not None:
            where = names.get(door, door) if door else edges.get(event.edge, event.edge)
            found.append(Last(at=told.at(event.at), text=f"{where}: {text}"))
    return found


def _of_kind(devices: Iterable[tuple[str, DeviceState]], kind: str) -> list[tuple[str, DeviceState]]:
    found = [(edge, state) for edge, state in devices if state.kind == kind]
    return sorted(found, key=lambda each: (each[0], each[1].device))


def _text(state: DeviceState, name: str) -> str:
    value = state.values.get(name)
    return value[:40] if isinstance(value, str) else ""


def _number(state: DeviceState, name: str) -> int:
    value = state.values.get(name)
    return value if isinstance(value, int) and not isinstance(value, bool) and value >= 0 else 0


def _one_of(state: DeviceState | None, name: str, allowed: set[str]) -> str:
    value = _text(state, name) if state else ""
    return value if value in allowed else "unknown"
