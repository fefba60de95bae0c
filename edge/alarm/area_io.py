"""An area of the intruder alarm on its pins: feeds events of doors, counters and PIRs to the state machine, drives
siren and warning, records events. All of it is on one edge, so it needs no network."""

from collections.abc import Iterable, Mapping
from functools import partial

import msgspec

from edge.alarm import area_state_machine
from edge.alarm.arming_checks import TAMPERED, Headcount, WayIn, crossed, doubted, obstacle, unsure
from edge.alarm.config import AreaConfig
from edge.doors.buzzer_and_lights import DoorSignal
from edge.doors.door_io import DoorIo
from edge.runtime import Runtime, Timer
from edge.sensors.beam_counter_and_pir import MotionSensor
from edge.sensors.counter import Counter
from edge.sensors.debounced_input import Switch
from edge.sensors.motion import QUIET_S
from edge.system.durable_files import Files
from edge.system.persisted_state import read_state
from edge.system.pins import Relay
from edge.system.state_file import StateFile
from edge.wire import events
from edge.wire.access_decision import Decision
from edge.wire.codec import encode
from edge.wire.faults import Fault, FaultCode, describe
from edge.wire.ids import Slug
from edge.wire.interval import Instant
from edge.wire.messages import DeviceState
from edge.wire.plan import Mode

REFRESH_S = 30.0
WARM_S = 60.0
"""A PIR gives false readings for this long after it is powered."""
PASSAGE_S = 5.0
"""A counter has reported every passage this long after the door was closed."""


class StoredArea(msgspec.Struct, frozen=True, kw_only=True):
    """The state of an area that survives a power cut. ``unseen``: for each PIR, in how many consecutive uses of the
    area it saw nobody; a PIR that is missing has never seen anybody."""

    set: bool = False
    since: Instant | None = None
    why: str | None = None
    unseen: dict[Slug, int] = {}


def _file_of(area: str) -> str:
    return f"alarm-{area}.json"


async def read_areas(files: Files, areas: Iterable[AreaConfig]) -> tuple[dict[str, StoredArea], list[Fault]]:
    """Read the stored state of each area, with a fault for each file that cannot be used; its area starts unset."""
    found = {each.id: await read_state(files, _file_of(each.id), StoredArea) for each in areas}
    stored = {area: state or StoredArea() for area, (state, _) in found.items()}
    return stored, [fault for _, fault in found.values() if fault is not None]


def _spoken(name: str) -> str:
    """An id as words, for a device without a name."""
    return name.replace("-", " ")


class Area:
    """One area. Its outputs are off on construction and after ``switch_off``. ``start`` restores an area that was
    set."""

    def __init__(
        self,
        config: AreaConfig,
        *,
        runtime: Runtime,
        stored: StoredArea,
        doors: Mapping[str, DoorIo],
        counters: Mapping[str, Counter],
        motion: Mapping[str, MotionSensor],
    ) -> None:
        self._config = config
        self._runtime = runtime
        self.id = config.id
        self._doors = {name: doors[name] for name in config.doors}
        self._pirs = {each.id: each for each in motion.values() if each.zone in config.zones}
        self._counted = {door for name in config.counters if (door := counters[name].door) is not None}
        self._counts = {name: Headcount(doubt="the agent was not running for a while") for name in config.counters}
        if stored.set:
            self._counts = dict.fromkeys(config.counters, Headcount())
        self._windows = {
            each.id: Switch(
                each.contact,
                device=self.id,
                what=each.id,
                runtime=runtime,
                changed=partial(self._window, each.id),
            )
            for each in config.windows
        }
        self._tamper = None
        if config.tamper is not None:
            self._tamper = Switch(
                config.tamper,
                device=self.id,
                what="the tamper loop",
                runtime=runtime,
                changed=self._tamper_changed,
            )
        self._outputs = {key: Relay(runtime.pins, wired) for key, wired in config.outputs().items()}
        self._rules = area_state_machine.AlarmRules(
            quiet_s=config.quiet_s, warn_s=config.warn_s, siren_s=config.siren_s
        )
        self._state = area_state_machine.begin(self._rules, was_set=False, shut=False, now=runtime.clock.monotonic())
        self._stored = stored
        self._seen: set[str] = set()
        self._passed: set[str] = set()
        self._fire = False
        self._warm_at = 0.0
        self._timer = Timer(runtime, f"alarm {self.id}", self._tick)
        self._refresh_timer = Timer(runtime, f"alarm {self.id} looks", self.refresh)
        self._warming = Timer(runtime, f"PIRs of {self.id} warm up", self._warm)
        self._passing = {
            door: Timer(runtime, f"counter at {door}", partial(self._passage, door)) for door in self._counted
        }
        self.state_file = StateFile(
            runtime,
            path=_file_of(self.id),
            device=self.id,
            part="alarm",
            content=lambda: encode(self._stored),
        )
        for kind in (events.DoorData, events.MotionData, events.FootfallData, events.RecountData, events.FaultData):
            runtime.listen(kind, self._on_event)
        runtime.entry_listeners.append(self._entered)
        for way_in in self._doors.values():
            way_in.alarm_is_set = lambda: self.is_set

    # Used by other devices

    @property
    def is_set(self) -> bool:
        """Whether the area is set, so that a valid entry must come first."""
        return self._state.is_set

    @property
    def doors(self) -> frozenset[str]:
        return frozenset(self._doors)

    def start(self) -> None:
        """Act on the present state. Call it before the doors start, so that no door is free while the area is set."""
        now = self._runtime.clock.monotonic()
        self._state = area_state_machine.begin(self._rules, was_set=self._stored.set, shut=not self._open(), now=now)
        self._warm_at = now + WARM_S
        self._warming.set(self._warm_at)
        self.state_file.start(f"alarm {self.id} on the disk")
        if self._stored.set:
            self._drive("set", True)
        if self._tamper is not None and not self._tamper.active:
            self._tamper_changed(False)
        if found := self._open():
            self._step(area_state_machine.Doors(open=True, by=f"{self._name(found[0])} found open"))
        self.refresh()

    def switch_off(self) -> None:
        """Switch its outputs off immediately."""
        for key in self._outputs:
            self._drive(key, False)

    def refresh(self) -> None:
        """Evaluate plan, clock and everything that prevents setting."""
        self._step(
            area_state_machine.Conditions(
                closed=self._closed(), obstacle=self._obstacle(), untried=self._untried(), moving=self._moving()
            )
        )
        self._refresh_timer.set(self._runtime.clock.monotonic() + REFRESH_S)

    def unset(self, why: str) -> None:
        """Unset the area, or cancel its warning."""
        self._step(area_state_machine.Unset(why=why))

    def fire(self, on: bool) -> None:
        """A fire began or ended. A fire unsets the area, so that only the fire alarm is heard."""
        self._fire = on
        if on:
            self.unset("fire")
        self.refresh()

    def state(self) -> DeviceState:
        values = {
            "state": self._state.phase,
            "since": self._stored.since.isoformat() if self._stored.since is not None else None,
            "why": self._stored.why,
            "withheld": self._state.reported,
            "inside": sum(count.inside for count in self._counts.values()) if self._counts else None,
        }
        return self._runtime.device_state(self.id, "alarm", values)

    # Events

    def _on_event(self, device: str, data: events.EventData) -> None:
        match data:
            case events.DoorData(door=door) if door in self._doors:
                self._door(door, data.change)
            case events.MotionData() if device in self._pirs:
                self._moved(device, data)
            case events.FootfallData(counter=counter) if counter in self._counts:
                self._counts[counter] = crossed(self._counts[counter], ins=data.ins, outs=data.outs)
                if data.door is not None:
                    self._passed.add(data.door)
                self._step(area_state_machine.Movement(by=f"somebody passed {_spoken(counter)}"))
                self.refresh()
            case events.RecountData(counter=counter) if counter in self._counts:
                self._counts[counter] = Headcount(inside=data.inside)
                if not any(count.inside for count in self._counts.values()):
                    self._step(area_state_machine.ConfirmedEmpty())
                self.refresh()
            case events.FaultData(present=True) if device in self._counts:
                self._counts[device] = doubted(
                    self._counts[device], f"{_spoken(device)}: {describe(data.code, data.part)}"
                )
            case events.FaultData(present=present) if device in self._doors:
                if present and self._doors[device].is_open is None:
                    # A door whose contact is made to chatter could be opened unnoticed.
                    self._step(area_state_machine.Movement(by=unsure(self._name(device))))
                self.refresh()

    def _door(self, door: str, change: events.DoorChange) -> None:
        if change is events.DoorChange.OPENED:
            self._passed.discard(door)
            if door not in self._counted:
                self._doubt(f"{self._name(door)}, which has no counter, was opened")
            self._step(area_state_machine.Doors(open=True, by=f"{self._name(door)} opened"))
        elif change is events.DoorChange.CLOSED:
            if door in self._passing:
                self._passing[door].set(self._runtime.clock.monotonic() + PASSAGE_S)
            if not self._open():
                self._step(area_state_machine.Doors(open=False, by=f"{self._name(door)} shut"))
        elif change is events.DoorChange.EXIT:
            self._step(
                area_state_machine.Movement(by=f"the exit button at {self._name(door)} was pressed", inside=True)
            )
        self.refresh()

    def _passage(self, door: str) -> None:
        if door not in self._passed and not self._state.is_set:
            self._doubt(f"{self._name(door)} was opened and nobody was counted")
            self.refresh()

    def _doubt(self, why: str) -> None:
        self._counts = {name: doubted(count, why) for name, count in self._counts.items()}

    def _moved(self, pir: str, data: events.MotionData) -> None:
        if data.active:
            self._seen.add(pir)
        if not (self.is_set and self._runtime.clock.monotonic() < self._warm_at):
            by = f"movement in {_spoken(data.zone)}"
            self._step(area_state_machine.Movement(by=by, inside=True, ago_s=0.0 if data.active else QUIET_S))
        self.refresh()

    def _warm(self) -> None:
        moving = [each.zone for each in self._pirs.values() if each.active]
        if self.is_set and moving:
            self._step(area_state_machine.Movement(by=f"movement in {_spoken(moving[0])}", inside=True))

    def _window(self, window: str, shut: bool) -> None:
        if not shut:
            self._step(area_state_machine.Movement(by=f"{_spoken(window)} opened"))
        self.refresh()

    def _tamper_changed(self, whole: bool) -> None:
        self._runtime.fault(self.id, FaultCode.TAMPER_OPEN, present=not whole)
        if not whole:
            self._step(area_state_machine.Movement(by=TAMPERED))
        self.refresh()

    def _entered(self, door: str, decision: Decision) -> None:
        """The first valid entry unsets the area. An entry under duress looks exactly the same here."""
        if door in self._doors:
            self.unset(f"{(decision.kind or decision.reason).replace('_', ' ')} at {self._name(door)}")

    # Conditions

    def _open(self) -> list[str]:
        open_ = [door for door, each in self._doors.items() if each.is_open is not False]
        return open_ + [window for window, each in self._windows.items() if not each.active]

    def _closed(self) -> bool:
        plan, now = self._runtime.plans.plan, self._runtime.now()
        if plan is None or plan.mode_at(now) is not Mode.CLOSED:
            return False
        return not any(now in session.window for session in plan.sessions)

    def _moving(self) -> bool:
        return any(each.active for each in self._pirs.values())

    def _obstacle(self) -> str | None:
        """What prevents setting, the most serious first."""
        most = self._config.unproven_after
        blind = [pir for pir in self._pirs if pir not in self._seen and self._stored.unseen.get(pir, 0) >= most]
        return obstacle(
            fire=self._fire,
            trust=self._runtime.trust,
            tampered=self._tamper is not None and not self._tamper.active,
            ways_in=[
                *(
                    WayIn(name=self._name(door), open=each.is_open, locked=not each.released)
                    for door, each in self._doors.items()
                ),
                *(
                    WayIn(name=self._name(window), open=None if each.chatters else True)
                    for window, each in self._windows.items()
                    if not each.active
                ),
            ],
            blind=[_spoken(self._pirs[pir].zone) for pir in blind],
            blind_after=most,
            counts=self._counts.values(),
        )

    def _untried(self) -> str | None:
        """A PIR that has not been tested: nobody has walked past it since it was fitted."""
        new = [pir for pir in self._pirs if pir not in self._seen and pir not in self._stored.unseen]
        return f"nobody has walked past the motion sensor in {_spoken(self._pirs[new[0]].zone)} yet" if new else None

    def _name(self, way_in: str) -> str:
        """The name of a door, from the plan, or of a window."""
        here = self._runtime.door_plan(way_in)
        return here.hours.name if here is not None else _spoken(way_in)

    # Machine

    def _tick(self) -> None:
        self._step(area_state_machine.Tick())

    def _step(self, given: area_state_machine.Input) -> None:
        """Step the state machine. Outputs are driven before anything is recorded."""
        before = self._state
        self._state, effects = area_state_machine.step(self._state, given, self._runtime.clock.monotonic())
        self._timer.set(self._state.due)
        for effect in effects:
            if isinstance(effect, area_state_machine.Sound):
                self._drive(effect.what, effect.on)
        for effect in effects:
            if isinstance(effect, area_state_machine.AlarmReport):
                self._report(effect)
        if self.is_set is not before.is_set:
            for door in self._doors.values():
                door.refresh()
        if (self._state.phase, self._state.reported) != (before.phase, before.reported):
            self._runtime.publish_state(self.id)

    def _report(self, report: area_state_machine.AlarmReport) -> None:
        if report.change is events.AlarmChange.SET:
            self._all_gone()
        if report.change in (events.AlarmChange.SET, events.AlarmChange.UNSET, events.AlarmChange.TRIGGERED):
            now = self._runtime.now()
            self._stored = msgspec.structs.replace(self._stored, set=self.is_set, since=now, why=report.why)
            self.state_file.changed()
        self._runtime.record(self.id, events.AlarmData(area=self.id, change=report.change, why=report.why))

    def _all_gone(self) -> None:
        """The area is set, so nobody is inside: reset the counts, and note which PIRs saw somebody since the last
        time."""
        self._counts = dict.fromkeys(self._counts, Headcount())
        unseen = {pir: 0 if pir in self._seen else self._stored.unseen[pir] + 1 for pir in self._pirs}
        self._stored = msgspec.structs.replace(self._stored, unseen=unseen)
        self._seen.clear()

    def _drive(self, what: str, on: bool) -> None:
        if what == "warning":
            for door in self._doors.values():
                door.set_warning(DoorSignal.ALARM_WARNING if on else DoorSignal.IDLE)
        if what in self._outputs:
            self._outputs[what].set(on)
