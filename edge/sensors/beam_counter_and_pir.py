"""Counters and PIRs on their pins."""

from collections.abc import Callable
from datetime import timedelta

from edge.runtime import Runtime, TickScale, Timer
from edge.sensors import footfall, motion
from edge.sensors.config import CounterConfig, MotionConfig
from edge.sensors.counter import Counter
from edge.sensors.passages import Beam
from edge.system.pinout import InputPin
from edge.system.pins import Input
from edge.wire.events import DoorChange, DoorData, MotionData
from edge.wire.faults import FaultCode
from edge.wire.messages import DeviceState

MOVES_ON_S = 12 * 3600.0
"""A PIR that has been active for this long is stuck: nobody moves in front of one all day without a pause."""


class BeamCounter(Counter):
    """A two-beam counter."""

    def __init__(self, config: CounterConfig, outer: InputPin, inner: InputPin, *, runtime: Runtime) -> None:
        super().__init__(config.id, config.door, runtime=runtime)
        self._config = config
        self._ticks = TickScale(runtime.clock)
        self._timer = Timer(runtime, f"counter {config.id}", self._advance)
        self._pair = footfall.Pair()
        beams: tuple[tuple[Beam, InputPin], ...] = (("outer", outer), ("inner", inner))
        self._inputs = [(beam, pin, self._beam(beam, pin)) for beam, pin in beams]
        runtime.listen(DoorData, self._door_changed)
        self.shut: Callable[[], bool] = lambda: False
        """Whether the counter's door is known to be closed."""

    def start(self) -> None:
        """Start counting. A beam that is already broken may be blocked."""
        for beam, pin, found in self._inputs:
            if pin.active(found.level):
                self._take(beam, True, self._ticks.now())

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
                since = None
                if outcome.since is not None:
                    since = self._runtime.now() - timedelta(seconds=max(0.0, self._ticks.now() - outcome.since))
                part = "" if outcome.beam == "both" else outcome.beam
                self.fault(outcome.code, part, present=outcome.present, since=since)
            else:
                way = outcome.way
                self.count(ins=int(way == "in"), outs=int(way == "out"), turned_back=int(way == "back"))
            self._runtime.publish_state(self.id)


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
