"""Closes the building: warns people in advance, keeps lights on until nobody is left, reports that the building is
secured, or who is still where if it is not."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from edge.alarm.announcers import Announcer
from edge.alarm.area import Area
from edge.alarm.closing import ClosingTimes, next_due, timetable, warning
from edge.alarm.outputs import Followed
from edge.doors.door_io import DoorIo
from edge.doors.signals import DoorSignal
from edge.runtime import Runtime, Timer
from edge.sensors.devices import MotionSensor
from edge.wire.decide import ClockTrust
from edge.wire.events import (
    AccessData,
    ClosingData,
    ClosingStage,
    DoorChange,
    DoorData,
    EventData,
    FootfallData,
    MotionData,
)
from edge.wire.plan import ClosingPart, Plan

REFRESH_S = 30.0
EMPTY_S = 600.0
"""A building without movement for this long counts as empty, if the edge has no alarm."""
SOMEWHERE = ""
"""The zone of movement that no PIR reports."""


class ClosingService:
    """Closing for one edge. Everything comes from the plan in force."""

    def __init__(
        self,
        *,
        runtime: Runtime,
        doors: Mapping[str, DoorIo],
        motion: Mapping[str, MotionSensor],
        areas: Mapping[str, Area],
        announcers: Sequence[Announcer],
        outputs: Sequence[Followed],
    ) -> None:
        self._runtime = runtime
        self._doors = doors
        self._motion = motion
        self._areas = areas
        self._announcers = announcers
        self._outputs = outputs
        self._edge = runtime.config.edge
        self._plan: Plan | None = None
        self._timetable = ClosingTimes()
        self._told: set[tuple[datetime, int]] = set()
        self._awaited: datetime | None = None
        self._closed: datetime | None = None
        self._reported = False
        self._fire = False
        self._last_movement: dict[str, float] = {}
        self._timer = Timer(runtime, "closing", self.refresh)
        runtime.record_listeners.append(self._on_event)

    def start(self) -> None:
        self._follow_plan()
        self._closed = self._timetable.last(self._runtime.now())
        self._await(self._closed)
        self.refresh()

    def switch_off(self) -> None:
        """Switch off announcers and outputs."""
        for announcer in self._announcers:
            announcer.switch_off()
        for output in self._outputs:
            output.switch_off()

    def fire(self, on: bool) -> None:
        """A fire began or ended."""
        self._fire = on
        self.refresh()

    def refresh(self) -> None:
        """Evaluate time and state. Call it when the plan or the clock trust changed."""
        self._follow_plan()
        now = self._runtime.now()
        known = self._runtime.trust is not ClockTrust.UNPROVEN
        in_use = known and self._timetable.in_use(now)
        waits = [REFRESH_S, *self._switch(in_use)]
        if known:
            self._warn(now)
            self._close(now, in_use)
            waits += [(at - now) / timedelta(seconds=1) for at in self._due(now)]
        self._timer.set(self._runtime.clock.monotonic() + max(0.001, min(waits)))

    # Warnings

    def _warn(self, now: datetime) -> None:
        closes_at = self._timetable.next(now)
        due_warning = warning(closes_at, self._rules.warn_minutes, now) if closes_at is not None else None
        if due_warning is None or (due_warning.closes_at, due_warning.notice) in self._told:
            return
        self._told = {each for each in self._told if each[0] > now} | {(due_warning.closes_at, due_warning.notice)}
        for door in self._doors.values():
            door.signal_once(DoorSignal.CLOSING)
        for announcer in self._announcers:
            announcer.announce(due_warning.minutes)
        self._record(ClosingStage.WARNED, due_warning.closes_at, minutes=due_warning.minutes)

    # Closing

    def _close(self, now: datetime, in_use: bool) -> None:
        last = self._timetable.last(now)
        if last is not None and (self._closed is None or last > self._closed):
            self._closed = last
            self._record(ClosingStage.CLOSED, last)
            self._await(last)
        if in_use:
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
        now = self._runtime.clock.monotonic()
        return all(now - at >= EMPTY_S for at in self._last_movement.values())

    def _zones(self) -> tuple[str, ...]:
        """The zones where somebody is, or was a short while ago."""
        now = self._runtime.clock.monotonic()
        recent = {zone for zone, at in self._last_movement.items() if zone != SOMEWHERE and now - at < EMPTY_S}
        return tuple(sorted(recent | {each.zone for each in self._motion.values() if each.active}))

    def _not_shut(self) -> tuple[str, ...]:
        return tuple(sorted(name for name, each in self._doors.items() if each.is_open or each.released))

    def _not_set(self) -> tuple[str, ...]:
        return tuple(sorted(name for name, each in self._areas.items() if not each.is_set))

    # Lights

    def _switch(self, in_use: bool) -> list[float]:
        """Switch the outputs. Returns in how many seconds each must be evaluated again."""
        now = self._runtime.clock.monotonic()
        for each in self._motion.values():
            if each.active:
                self._last_movement[each.zone] = now
        if in_use:
            self._last_movement[SOMEWHERE] = now
        waits = []
        for output in self._outputs:
            seen = [
                at for zone, at in self._last_movement.items() if not output.zones or zone in {SOMEWHERE, *output.zones}
            ]
            moved_s_ago = now - max(seen) if seen else None
            waits.append(output.update(in_use=in_use, fire=self._fire, moved_s_ago=moved_s_ago))
        return [wait for wait in waits if wait is not None]

    def _on_event(self, device: str, data: EventData) -> None:
        """Somebody moves: in a PIR's zone, or at an unknown place."""
        match data:
            case MotionData(zone=zone):
                where = zone
            case FootfallData() | AccessData(granted=True) | DoorData(change=DoorChange.OPENED | DoorChange.EXIT):
                where = SOMEWHERE
            case DoorData(change=DoorChange.CLOSED | DoorChange.LOCKED):
                self.refresh()
                return
            case _:
                return
        self._last_movement[where] = self._runtime.clock.monotonic()
        self.refresh()

    # Plan

    @property
    def _rules(self) -> ClosingPart:
        return self._plan.closing if self._plan is not None else ClosingPart()

    @property
    def _secure_within(self) -> timedelta:
        return timedelta(minutes=self._rules.secure_within_minutes)

    def _follow_plan(self) -> None:
        if self._plan is not self._runtime.plans.plan:
            self._plan = self._runtime.plans.plan
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
        self._runtime.record(self._edge, data)
