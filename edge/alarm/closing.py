"""Closes the building: warns people in advance, keeps lights on until nobody is left, reports that the building is
secured, or who is still where if it is not.

A building is *in use* during its open hours (staffed or extended) and during bookings. It closes when its open hours
end, for visitors, and when the last booking ends, for everybody. All of that comes from the plan, so it needs no
network.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import msgspec

from edge.alarm.area_io import Area
from edge.alarm.occupancy_outputs import Announcer, Followed
from edge.doors.buzzer_and_lights import DoorSignal
from edge.doors.door_io import DoorIo
from edge.runtime import Runtime, Timer
from edge.wire.access_decision import ClockTrust
from edge.wire.events import (
    AccessData,
    ClosingData,
    ClosingStage,
    DoorChange,
    DoorData,
    FootfallData,
    MotionData,
)
from edge.wire.interval import Interval
from edge.wire.plan import ClosingPart, Mode, Plan

STALE = timedelta(days=1)
"""A closing longer ago than this is no longer followed up."""


class ClosingTimes(msgspec.Struct, frozen=True, kw_only=True):
    """``uses``: when the building is in use. ``closings``: when it closes, in order."""

    uses: tuple[Interval, ...] = ()
    closings: tuple[datetime, ...] = ()

    def in_use(self, now: datetime) -> bool:
        return any(now in use for use in self.uses)

    def next(self, now: datetime) -> datetime | None:
        """The first closing after ``now``."""
        return next((at for at in self.closings if at > now), None)

    def last(self, now: datetime) -> datetime | None:
        """The last closing up to ``now`` that is still followed up."""
        return next((at for at in reversed(self.closings) if now - STALE < at <= now), None)

    def change(self, now: datetime) -> datetime | None:
        """When ``in_use`` may change next."""
        return min((edge for use in self.uses for edge in (use.start, use.end) if edge > now), default=None)


def timetable(plan: Plan | None) -> ClosingTimes:
    """The closing times of a plan. The end of the plan itself is not a closing: nothing is known after it."""
    if plan is None:
        return ClosingTimes()
    hours = _joined(span.during for span in plan.modes if span.mode is not Mode.CLOSED)
    uses = _joined([*hours, *(session.window for session in plan.sessions)])
    ends = {each.end for each in (*hours, *uses) if each.end < plan.manifest.horizon}
    return ClosingTimes(uses=uses, closings=tuple(sorted(ends)))


def _joined(spans: Iterable[Interval]) -> tuple[Interval, ...]:
    """Merge intervals that overlap or touch."""
    joined: list[Interval] = []
    for span in sorted(spans):
        if joined and span.start <= joined[-1].end:
            joined[-1] = Interval(start=joined[-1].start, end=max(joined[-1].end, span.end))
        else:
            joined.append(span)
    return tuple(joined)


class Warn(msgspec.Struct, frozen=True, kw_only=True):
    """Announce that the building closes at ``closes_at``, in ``minutes`` minutes. ``notice``: which of the configured
    times this is, so that it is announced once."""

    closes_at: datetime
    minutes: int
    notice: int


def warning(closes_at: datetime, minutes: Iterable[int], now: datetime) -> Warn | None:
    """The announcement due at ``now`` for a closing, if any. A late one says how many minutes are really left."""
    due = [each for each in minutes if closes_at - timedelta(minutes=each) <= now < closes_at]
    if not due:
        return None
    left = -(-(closes_at - now) // timedelta(minutes=1))
    return Warn(closes_at=closes_at, minutes=left, notice=min(due))


def next_due(closes_at: datetime, minutes: Iterable[int], now: datetime) -> datetime:
    """When the next action for a closing is due."""
    return min(at for each in (*minutes, 0) if (at := closes_at - timedelta(minutes=each)) > now)


REFRESH_S = 30.0
EMPTY_S = 600.0
"""A building without movement for this long counts as empty, if the edge has no alarm."""
SOMEWHERE = ""
"""The zone of movement that no PIR reports."""


@dataclass(eq=False, repr=False, kw_only=True)
class ClosingService:
    """Closing for one edge. Everything comes from the plan in force."""

    runtime: Runtime
    doors: Mapping[str, DoorIo]
    areas: Mapping[str, Area]
    announcers: Sequence[Announcer]
    outputs: Sequence[Followed]

    def __post_init__(self) -> None:
        self._edge = self.runtime.config.edge
        self._plan: Plan | None = None
        self._timetable = ClosingTimes()
        self._told: set[tuple[datetime, int]] = set()
        self._awaited: datetime | None = None
        self._closed: datetime | None = None
        self._reported = False
        self._fire = False
        self._in_use = False
        self._moving: dict[str, str] = {}
        """The zone of each PIR that detects movement."""
        self._last_movement: dict[str, float] = {}
        self._trusted = {each.id for each in self.runtime.config.counters}
        self._timer = Timer(self.runtime, "closing", self.refresh)
        self.runtime.listen(MotionData, self._on_motion)
        self.runtime.listen(FootfallData, self._on_event)
        self.runtime.listen(AccessData, self._on_event)
        self.runtime.listen(DoorData, self._on_event)

    def start(self) -> None:
        self._follow_plan()
        self._closed = self._timetable.last(self.runtime.now())
        self._await(self._closed)
        self.refresh()

    def switch_off(self) -> None:
        """Switch off announcers and outputs."""
        for announcer in self.announcers:
            announcer.switch_off()
        for output in self.outputs:
            output.switch_off()

    def fire(self, on: bool) -> None:
        """A fire began or ended."""
        self._fire = on
        self.refresh()

    def refresh(self) -> None:
        """Evaluate time and state. Call it when the plan or the clock trust changed."""
        self._follow_plan()
        now = self.runtime.now()
        known = self.runtime.trust is not ClockTrust.UNPROVEN
        self._in_use = known and self._timetable.in_use(now)
        waits = [REFRESH_S, *self._switch()]
        if known:
            self._warn(now)
            self._close(now)
            waits += [(at - now) / timedelta(seconds=1) for at in self._due(now)]
        self._timer.set(self.runtime.clock.monotonic() + max(0.001, min(waits)))

    # Warnings

    def _warn(self, now: datetime) -> None:
        closes_at = self._timetable.next(now)
        due_warning = warning(closes_at, self._rules.warn_minutes, now) if closes_at is not None else None
        if due_warning is None or (due_warning.closes_at, due_warning.notice) in self._told:
            return
        self._told = {each for each in self._told if each[0] > now} | {(due_warning.closes_at, due_warning.notice)}
        for door in self.doors.values():
            door.signal_once(DoorSignal.CLOSING)
        for announcer in self.announcers:
            announcer.announce(due_warning.minutes)
        self._record(ClosingStage.WARNED, due_warning.closes_at, minutes=due_warning.minutes)

    # Closing

    def _close(self, now: datetime) -> None:
        last = self._timetable.last(now)
        if last is not None and (self._closed is None or last > self._closed):
            self._closed = last
            self._record(ClosingStage.CLOSED, last)
            self._await(last)
        if self._in_use:
            self._awaited = None
        if self._awaited is None:
            return
        closes_at = self._awaited
        zones, doors, areas = self._zones(), self._not_shut(), self._not_set()
        if self._empty() and not (doors or areas):
            self._awaited = None
            self._record(ClosingStage.SECURED, closes_at)
        elif now >= closes_at + self._secure_within and not self._reported:
            self._reported = True
            self._record(ClosingStage.NOT_SECURED, closes_at, zones=zones, doors=doors, areas=areas)

    def _await(self, closes_at: datetime | None) -> None:
        self._awaited, self._reported = closes_at, False

    def _empty(self) -> bool:
        now = self.runtime.clock.monotonic()
        return all(now - at >= EMPTY_S for at in self._last_movement.values())

    def _zones(self) -> tuple[str, ...]:
        """The zones where somebody is, or was a short while ago."""
        now = self.runtime.clock.monotonic()
        recent = {zone for zone, at in self._last_movement.items() if zone != SOMEWHERE and now - at < EMPTY_S}
        return tuple(sorted(recent | set(self._moving.values())))

    def _not_shut(self) -> tuple[str, ...]:
        return tuple(sorted(name for name, each in self.doors.items() if each.is_open or each.released))

    def _not_set(self) -> tuple[str, ...]:
        return tuple(sorted(name for name, each in self.areas.items() if not each.is_set))

    # Lights

    def _switch(self) -> list[float]:
        """Switch the outputs. Returns in how many seconds each must be evaluated again."""
        now = self.runtime.clock.monotonic()
        self._last_movement |= dict.fromkeys(self._moving.values(), now)
        if self._in_use:
            self._last_movement[SOMEWHERE] = now
        waits = []
        for output in self.outputs:
            seen = [
                at for zone, at in self._last_movement.items() if not output.zones or zone in {SOMEWHERE, *output.zones}
            ]
            moved_s_ago = now - max(seen) if seen else None
            waits.append(output.update(in_use=self._in_use, fire=self._fire, moved_s_ago=moved_s_ago))
        return [wait for wait in waits if wait is not None]

    def _on_motion(self, pir: str, data: MotionData) -> None:
        if data.active:
            self._moving[pir] = data.zone
        else:
            self._moving.pop(pir, None)
        self._moved(data.zone)

    def _on_event(self, device: str, data: FootfallData | AccessData | DoorData) -> None:
        match data:
            case FootfallData() if device not in self._trusted:
                pass
            case FootfallData() | AccessData(granted=True) | DoorData(change=DoorChange.OPENED | DoorChange.EXIT):
                self._moved(SOMEWHERE)
            case DoorData(change=DoorChange.CLOSED | DoorChange.LOCKED):
                self.refresh()

    def _moved(self, zone: str) -> None:
        """Somebody moves: in a PIR's zone, or at an unknown place. That changes only the lights, so nothing else waits
        for it."""
        now = self.runtime.clock.monotonic()
        self._last_movement[zone] = now
        waits = self._switch()
        if waits and (self._timer.at is None or now + min(waits) < self._timer.at):
            self._timer.set(now + max(0.001, min(waits)))

    # Plan

    @property
    def _rules(self) -> ClosingPart:
        return self._plan.closing if self._plan is not None else ClosingPart()

    @property
    def _secure_within(self) -> timedelta:
        return timedelta(minutes=self._rules.secure_within_minutes)

    def _follow_plan(self) -> None:
        if self._plan is not self.runtime.plans.plan:
            self._plan = self.runtime.plans.plan
            self._timetable = timetable(self._plan)

    def _due(self, now: datetime) -> list[datetime]:
        due = [at for at in (self._timetable.change(now),) if at is not None]
        closes_at = self._timetable.next(now)
        if closes_at is not None:
            due.append(next_due(closes_at, self._rules.warn_minutes, now))
        if self._awaited is not None and not self._reported:
            due.append(max(now, self._awaited + self._secure_within))
        return due

    def _record(
        self,
        stage: ClosingStage,
        closes_at: datetime,
        *,
        minutes: int | None = None,
        zones: tuple[str, ...] = (),
        doors: tuple[str, ...] = (),
        areas: tuple[str, ...] = (),
    ) -> None:
        data = ClosingData(stage=stage, closes_at=closes_at, minutes=minutes, zones=zones, doors=doors, areas=areas)
        self.runtime.record(self._edge, data)
