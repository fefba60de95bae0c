"""A counter on one pin that does not tell in from out: one beam, a mat, or the output of a bought counter."""

from datetime import timedelta

from edge.runtime import Runtime, TickScale, Timer
from edge.sensors import one_beam
from edge.sensors.config import CounterConfig
from edge.sensors.counter import Counter
from edge.system.pinout import InputPin
from edge.wire.events import DoorChange, DoorData


class OneBeamCounter(Counter):
    """Counts passages."""

    def __init__(self, config: CounterConfig, pin: InputPin, *, runtime: Runtime) -> None:
        super().__init__(config.id, config.door, runtime=runtime, both_ways=True)
        self._config, self._pin = config, pin
        self._ticks = TickScale(runtime.clock)
        self._timer = Timer(runtime, f"counter {config.id}", self._advance)
        self._beam = one_beam.OneBeam()
        self._input = runtime.pins.input(pin.pin, pull_up=not pin.active_high, on_change=self._changed)
        runtime.listen(DoorData, self._door_changed)

    def start(self) -> None:
        """Start counting. A beam that is already broken may be blocked."""
        if self._pin.active(self._input.level):
            self._take(self._input.level, self._ticks.now())

    def _changed(self, level: bool, tick: float) -> None:
        self._runtime.post(self._take, level, tick)

    def _take(self, level: bool, tick: float) -> None:
        self._ticks.seen(tick)
        broken = self._pin.active(level)
        self._beam, people, faults = one_beam.change(self._beam, broken, tick, apart_s=self._config.apart_s)
        self._follow(faults)
        if people:
            self.refresh()
            self.passed(people)
            self._runtime.publish_state(self.id)

    def _advance(self) -> None:
        self._beam, faults = one_beam.advance(self._beam, self._ticks.now())
        self._follow(faults)

    def _door_changed(self, door: str, data: DoorData) -> None:
        if data.door == self._config.door and data.change is DoorChange.OPENED:
            self._beam, faults = one_beam.opened(self._beam, self._ticks.now())
            self._follow(faults)

    def _follow(self, faults: list[one_beam.OneBeamFault]) -> None:
        for each in faults:
            since = None
            if each.since is not None:
                since = self._runtime.now() - timedelta(seconds=max(0.0, self._ticks.now() - each.since))
            self.fault(each.code, each.part, present=each.present, since=since)
            self._runtime.publish_state(self.id)
        self._timer.set(self._ticks.mono(self._beam.due))
