"""A site as it was during an earlier time, from all that is known now: read in one transaction."""

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import pairwise

import msgspec

from controller.alerts import repository as alerts
from controller.alerts.catalogue import CATALOGUE
from controller.alerts.machine import AlertState
from controller.db.engine import Tx
from controller.estate.model import SiteParts
from controller.hours.modes import ModePeriod
from controller.hours.timetable import Timetable
from controller.plans.overrides import repository as overrides
from controller.screens.live import past_doors
from controller.screens.live.door_history import ALARMS, KINDS, DoorSpell, PastEvent, ToldDoor, by_door, spells
from controller.screens.live.past_doors import PastFire, PastOrder
from controller.screens.live.past_rooms import PastRooms, past_rooms, stored_rooms
from controller.telemetry import queries, repository
from controller.telemetry.alert_codes import AlertCode
from controller.telemetry.heard_times import heard_times
from controller.telemetry.model import EdgeState, KnownState
from controller.telemetry.queries import Outage, RawEvent
from controller.telemetry.rollups.coverage import without
from controller.telemetry.validation import read_data
from edge.wire.faults import read as read_faults
from edge.wire.interval import Interval

LOOK_BACK = timedelta(days=7)
"""How long before the time the events are that say how a door was."""
_MOST_ALERTS = 500
_RAISED_LATE = timedelta(days=1)
"""How long after an edge went away an alert may tell of it."""
_SAYS_EVERY = timedelta(minutes=3)
"""An edge that is online has said at least this recently how far its log goes."""


class GapWhy(StrEnum):
    """Why something is not known of a time of an edge."""

    NOT_RUNNING = "not_running"
    AWAY = "away"
    """It is out of reach since, and what happened is still to come."""
    NOT_YET = "not_yet"
    """It had not reported yet."""
    LOST = "lost"
    """Its events are lost, or it went by a wrong clock."""


class PastGap(msgspec.Struct, frozen=True, kw_only=True):
    during: Interval
    why: GapWhy


class PastEdge(msgspec.Struct, frozen=True, kw_only=True):
    """``gaps``: of what is not known; ``away``: when it was out of reach, whatever came later."""

    id: str
    name: str
    gaps: tuple[PastGap, ...]
    away: tuple[Interval, ...]


class PastDoor(msgspec.Struct, frozen=True, kw_only=True):
    id: str
    edge: str
    name: str
    spells: tuple[DoorSpell, ...]


class PastAlert(msgspec.Struct, frozen=True, kw_only=True):
    """``ends``: when it was cleared. ``over_since``: since when its condition no longer held, as far as was known."""

    kind: AlertCode
    severity: str
    text: str
    starts: datetime
    ends: datetime | None
    over_since: datetime | None


class Past(msgspec.Struct, frozen=True, kw_only=True):
    """``modes``: by the opening hours as they are set now. ``orders``: what doors carried out because somebody ordered
    it. ``alerts_cut``: there were more alerts than these, which are the newest."""

    during: Interval
    modes: tuple[ModePeriod, ...]
    edges: tuple[PastEdge, ...]
    doors: tuple[PastDoor, ...]
    fires: tuple[PastFire, ...]
    orders: tuple[PastOrder, ...]
    rooms: PastRooms
    alerts: tuple[PastAlert, ...]
    alerts_cut: bool


async def take_past(tx: Tx, parts: SiteParts, hours: Timetable, during: Interval, now: datetime) -> Past:
    """The site during an interval that is over by ``now``."""
    site = parts.site.id
    looked = Interval(start=during.start - LOOK_BACK, end=during.end)
    states = {each.edge: each for each in await repository.site_edge_states(tx, site)}
    heard = await heard_times(tx, site, looked, now)
    outages = await queries.site_outages(tx, site, looked)
    devices = await queries.site_devices(tx, site)
    known = {(edge, state.device): state for edge, state in devices if state.kind == "door"}
    raised = await alerts.since(tx, site, during.start, until=during.end + _RAISED_LATE, limit=_MOST_ALERTS + 1)
    cut, raised = len(raised) > _MOST_ALERTS, raised[-_MOST_ALERTS:]
    stored = await queries.events_during(tx, site, (*KINDS, *past_doors.KINDS), looked)
    ordered = await overrides.during(tx, site, during)
    gaps = {
        each.id: gaps_of(
            heard.get(each.id, ()), looked, [one for one in outages if one.edge == each.id], states.get(each.id), now
        )
        for each in parts.edges
    }
    away = _away(raised, states, now)
    current = {
        edge for edge, its in gaps.items() if edge in states and not any(gap.during.end == looked.end for gap in its)
    }
    rooms = await stored_rooms(tx, parts, during, now, look_back=LOOK_BACK, current=current)

    def doors() -> tuple[tuple[PastDoor, ...], tuple[PastFire, ...], PastRooms]:
        every = _read(stored)
        events, found = by_door(every), []
        for each in parts.doors:
            dark = [gap.during for gap in gaps.get(each.edge, ())]
            told = _told(known.get((each.edge, each.id)))
            shown = tuple(spells(each.id, each.edge, events.of(each.id, each.edge), dark, during, told))
            found.append(PastDoor(id=each.id, edge=each.edge, name=each.name, spells=shown))
        lines = {each.id: _fire_line(each.id, devices) for each in parts.edges}
        fires = [one for edge, line in lines.items() for one in past_doors.fires(edge, every, looked, during, line)]
        return tuple(found), tuple(fires), past_rooms(rooms)

    shown, fires, of_rooms = await asyncio.to_thread(doors)
    return Past(
        during=during,
        modes=tuple(hours.modes(during)),
        edges=tuple(
            PastEdge(
                id=each.id,
                name=each.name,
                gaps=tuple(
                    PastGap(during=_within(one.during, during), why=one.why)
                    for one in gaps[each.id]
                    if one.during.overlaps(during)
                ),
                away=tuple(_within(one, during) for one in away.get(each.id, ()) if one.overlaps(during)),
            )
            for each in parts.edges
        ),
        doors=shown,
        fires=fires,
        orders=tuple(past_doors.orders(ordered, [each.id for each in parts.doors], during)),
        rooms=of_rooms,
        alerts_cut=cut,
        alerts=tuple(
            PastAlert(
                kind=each.kind,
                severity=CATALOGUE[each.kind].severity,
                text=each.text,
                starts=each.raised_at,
                ends=each.cleared_at,
                over_since=each.over_since,
            )
            for each in raised
            if each.raised_at is not None and each.raised_at < during.end
        ),
    )


def gaps_of(
    heard: Sequence[Interval], looked: Interval, outages: Iterable[Outage], state: EdgeState | None, now: datetime
) -> list[PastGap]:
    """The times of an edge of which not everything is known, and why. One that is online is known until ``now``."""
    if heard and state is not None and state.online and now - heard[-1].end < _SAYS_EVERY:
        heard = [*heard[:-1], Interval(start=heard[-1].start, end=max(now, heard[-1].end))]
    off = [each.during for each in outages]
    first, last = (heard[0].start, heard[-1].end) if heard else (looked.end, looked.end)
    found = []
    for dark in without(looked.start, looked.end, heard):
        for part in _cut(dark, off):
            if part in off or any(part.start in each for each in off):
                why = GapWhy.NOT_RUNNING
            elif part.end <= first:
                why = GapWhy.NOT_YET
            else:
                why = GapWhy.AWAY if part.start >= last else GapWhy.LOST
            found.append(PastGap(during=part, why=why))
    return found


def _cut(dark: Interval, outages: Sequence[Interval]) -> list[Interval]:
    """A gap, split where an outage begins or ends."""
    edges = {each for outage in outages for each in (outage.start, outage.end) if dark.start < each < dark.end}
    times = [dark.start, *sorted(edges), dark.end]
    return [Interval(start=start, end=end) for start, end in pairwise(times)]


def _within(one: Interval, during: Interval) -> Interval:
    return Interval(start=max(one.start, during.start), end=min(one.end, during.end))


def _away(raised: Iterable[AlertState], states: Mapping[str, EdgeState], now: datetime) -> dict[str, list[Interval]]:
    """Edge -> when it was out of reach: by the alerts about that, and by what holds now."""
    found: dict[str, list[Interval]] = {}
    for each in raised:
        start, end = each.since or each.begun_at, each.over_since or each.cleared_at
        if each.kind is AlertCode.OFFLINE and end is not None and start < end:
            for edge in [each.edge] if each.edge else each.members.splitlines():
                found.setdefault(edge, []).append(Interval(start=start, end=end))
    for edge, state in states.items():
        if not state.online and state.since < now:
            found.setdefault(edge, []).append(Interval(start=state.since, end=now))
    return found


def _fire_line(edge: str, devices: Iterable[tuple[str, KnownState]]) -> tuple[str, datetime] | None:
    """The latest state of an edge's fire line where that says fire, and since when."""
    for its, state in devices:
        if its == edge and state.kind == "fire" and state.values.get("state") in ("active", "latched"):
            return str(state.values["state"]), state.since
    return None


def _told(state: KnownState | None) -> ToldDoor | None:
    if state is None:
        return None
    contact, lock, alarm, fault = (state.values.get(name) for name in ("contact", "lock", "alarm", "fault"))
    return ToldDoor(
        since=state.since,
        contact=contact if contact in ("open", "closed") else "unknown",
        lock=lock if lock in ("locked", "unlocked") else "unknown",
        alarm=alarm if alarm in ALARMS else None,
        faults=tuple(read_faults(fault)) if isinstance(fault, str) else (),
    )


def _read(raw: Iterable[RawEvent]) -> list[PastEvent]:
    return [PastEvent(at, seq, edge, device, read_data(kind, data)) for at, seq, edge, device, kind, data in raw]
