"""Counters and PIRs on their pins."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from edge.runtime import Runtime, TickScale, Timer
from edge.sensors import day_balance, footfall, motion
from edge.sensors.config import CounterConfig, MotionConfig
from edge.sensors.passages import Beam
from edge.system.pinout import InputPin
from edge.system.pins import Input
from edge.wire.events import DoorChange, DoorData, FootfallData, MotionData
from edge.wire.faults import Fault, FaultCode
from edge.wire.messages import DeviceState

MOVES_ON_S = 12 * 3600.0
"""A PIR that has been active for this long is stuck: nobody moves in front of one all day without a pause."""

_STOPPING = frozenset({FaultCode.BEAM_BLOCKED, FaultCode.BEAM_DEAD, FaultCode.BEAMS_SILENT})
"""Faults with which nobody is counted."""


class BeamCounter:
    """A two-beam counter. ``totals``: those of the last event on disk; counting continues from them."""

    def __init__(self, config: CounterConfig, *, runtime: Runtime, totals: tuple[int, int]) -> None:
        self._config = config
        self._runtime = runtime
        self.id = config.id
        self._ins, self._outs = totals
        self._zone = ZoneInfo(runtime.config.timezone)
        self._ticks = TickScale(runtime.clock)
        self._timer = Timer(runtime, f"counter {config.id}", self._advance)
        self._pair = footfall.Pair()
        self._inputs = [self._beam("outer", config.outer), self._beam("inner", config.inner)]
        self.day = (self._today(), self._ins, self._outs)
        self._balance = day_balance.DayBalance(day=day_balance.day_of(self._local()))
        self._stopped: dict[Fault, datetime] = {}
        runtime.listen(DoorData, self._door_changed)
        self.shut: Callable[[], bool] = lambda: False
        """Whether the counter's door is known to be closed."""

    @property
    def door(self) -> str | None:
        """The door that it counts at."""
        return self._config.door

    @property
    def totals(self) -> tuple[int, int]:
        """People in and out since the counter was first used."""
        return self._ins, self._outs

    def start(self) -> None:
        """Start counting. A beam that is already broken may be blocked."""
        for beam, config, found in zip(
            ("outer", "inner"), (self._config.outer, self._config.inner), self._inputs, strict=True
        ):
            if config.active(found.level):
                self._take("outer" if beam == "outer" else "inner", True, self._ticks.now())

    def resume_day(self, day: date, ins: int, outs: int) -> None:
        """Restore the totals at the start of ``day``, if it is still that day."""
        if day == self.day[0] and ins <= self._ins and outs <= self._outs:
            self.day = (day, ins, outs)

    def refresh(self) -> None:
        """Start a new day at local midnight, and judge the balance of one early in the morning."""
        if self._today() != self.day[0]:
            self.day = (self._today(), self._ins, self._outs)
            self._runtime.publish_state(self.id)
        if (day := day_balance.day_of(self._local())) != self._balance.day:
            swapped = day_balance.swapped(self._balance)
            self._balance = day_balance.DayBalance(day=day)
            if swapped is not None:
                self._runtime.fault(self.id, FaultCode.BEAMS_SWAPPED, present=swapped)
                self._runtime.publish_state(self.id)

    def state(self) -> DeviceState:
        self.refresh()
        values = {
            "total_ins": self._ins,
            "total_outs": self._outs,
            "ins_today": self._ins - self.day[1],
            "outs_today": self._outs - self.day[2],
            "fault": self._runtime.faults_of(self.id),
            "not_counting_since": min(self._stopped.values()).isoformat() if self._stopped else None,
        }
        return self._runtime.device_state(self.id, "counter", values)

    def _local(self) -> datetime:
        return self._runtime.now().astimezone(self._zone)

    def _today(self) -> date:
        return self._local().date()

    def _door_changed(self, door: str, data: DoorData) -> None:
        if data.door == self._config.door and data.change is DoorChange.OPENED:
            self._pair, outcomes = footfall.opened(self._pair, self._ticks.now())
            self._follow(outcomes)

    def _beam(self, beam: Beam, config: InputPin) -> Input:
        def changed(level: bool, tick: float) -> None:
            self._runtime.post(self._take, beam, config.active(level), tick)

        return self._runtime.pins.input(config.pin, pull_up=not config.active_high, on_change=changed)

    def _take(self, beam: Beam, broken: bool, tick: float) -> None:
        self._ticks.seen(tick)
        self._pair = footfall.feed(self._pair, footfall.BeamChange(tick=tick, beam=beam, broken=broken))
        self._timer.set(self._ticks.mono(self._pair.due))

    def _advance(self) -> None:
        self._pair, outcomes = footfall.advance(self._pair, self._ticks.now(), shut=self.shut())
        self.refresh()
        self._follow(outcomes)
        self._timer.set(self._ticks.mono(self._pair.due))

    def _follow(self, outcomes: list[footfall.Outcome]) -> None:
        for outcome in outcomes:
            if isinstance(outcome, footfall.BeamFault):
                self._fault(outcome)
            else:
                self._count(outcome.way)
            self._runtime.publish_state(self.id)

    def _fault(self, found: footfall.BeamFault) -> None:
        fault = Fault(found.code, "" if found.beam == "both" else found.beam)
        since = None
        if found.since is not None:
            since = self._runtime.now() - timedelta(seconds=max(0.0, self._ticks.now() - found.since))
        if found.present and found.code in _STOPPING:
            self._stopped[fault] = since or self._runtime.now()
        else:
            self._stopped.pop(fault, None)
        self._runtime.fault(self.id, fault.code, fault.part, present=found.present, since=since)

    def _count(self, way: str) -> None:
        ins, outs = int(way == "in"), int(way == "out")
        self._balance = day_balance.crossed(self._balance, ins=ins, outs=outs)
        self._ins += ins
        self._outs += outs
        data = FootfallData(
            counter=self.id,
            door=self._config.door,
            ins=ins,
            outs=outs,
            total_ins=self._ins,
            total_outs=self._outs,
            turned_back=int(way == "back"),
        )
        self._runtime.record(self.id, data)


class MotionSensor:
    """A PIR in a zone."""

    def __init__(self, config: MotionConfig, *, runtime: Runtime) -> None:
        self._config = config
        self._runtime = runtime
        self.id = config.id
        self._ticks = TickScale(runtime.clock)
        self._timer = Timer(runtime, f"motion {config.id}", self._advance)
        self._resting = Timer(runtime, f"rest of {config.id}", self._stuck)
        self._motion = motion.MotionState()
        self._input = runtime.pins.input(config.pin, pull_up=not config.active_high, on_change=self._changed)

    @property
    def zone(self) -> str:
        return self._config.zone

    @property
    def active(self) -> bool:
        """Whether it detects movement, or did a moment ago."""
        return self._motion.active

    def start(self) -> None:
        if self._input.level is self._config.active_high:
            self._take(self._input.level, self._ticks.now())

    def state(self) -> DeviceState:
        return self._runtime.device_state(self.id, "motion", {"active": self.active, "zone": self.zone})

    def _stuck(self) -> None:
        self._runtime.fault(self.id, FaultCode.PIR_STUCK, present=True)

    def _changed(self, level: bool, tick: float) -> None:
        self._runtime.post(self._take, level, tick)

    def _take(self, level: bool, tick: float) -> None:
        self._ticks.seen(tick)
        seen = level is self._config.active_high
        self._resting.set(self._runtime.clock.monotonic() + MOVES_ON_S if seen else None)
        if not seen:
            self._runtime.fault(self.id, FaultCode.PIR_STUCK, present=False)
        self._become(motion.sense(self._motion, seen, tick))

    def _advance(self) -> None:
        self._become(motion.advance(self._motion, self._ticks.now()))

    def _become(self, now: motion.MotionState) -> None:
        before, self._motion = self._motion, now
        self._timer.set(self._ticks.mono(now.due))
        if now.active is not before.active:
            self._runtime.record(self.id, MotionData(zone=self._config.zone, active=now.active))
            self._runtime.publish_state(self.id)
