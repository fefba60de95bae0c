"""The lock of a door: a relay that switches its current, and a sensor that tells whether it really holds."""

from collections.abc import Callable

from edge.doors.config import DoorConfig
from edge.runtime import Runtime, Timer
from edge.sensors.switch import Switch
from edge.system.pins import Output, Pins
from edge.wire.faults import Fault, FaultCode

SETTLE_S = 3.0
"""How long a bolt may take, and a leaf to fall home, before a lock that does not do as it is told is reported."""
_SENSED = (FaultCode.LOCK_NOT_RELEASED, FaultCode.LOCK_NOT_LOCKED, FaultCode.LOCK_SENSOR_CONTRADICTS)
"""What its sensor tells of."""


def fault(
    before: FaultCode | None,
    *,
    released: bool,
    holds: bool | None,
    open: bool | None,  # noqa: A002
) -> FaultCode | None:
    """What is wrong with a lock that was told long enough ago to be ``released`` or locked. ``holds``: what its sensor
    says. ``before``: what was wrong; it ends when the lock is seen to do what it did not do. An open door has nothing
    to hold; of one that nobody knows to be shut nothing can be asked."""
    if holds is None:
        return None
    if released:
        return FaultCode.LOCK_NOT_RELEASED if holds else _still(before, FaultCode.LOCK_NOT_LOCKED)
    if holds:
        return FaultCode.LOCK_SENSOR_CONTRADICTS if open else _still(before, FaultCode.LOCK_NOT_RELEASED)
    if open is False:
        return FaultCode.LOCK_NOT_LOCKED
    return _still(before, FaultCode.LOCK_NOT_LOCKED, FaultCode.LOCK_NOT_RELEASED)


def _still(before: FaultCode | None, *lasting: FaultCode) -> FaultCode | None:
    return before if before in lasting else None


class Relay:
    """Switches a lock's current. It is off when this is made and after ``switch_off``: the state that the lock has
    without the agent."""

    def __init__(self, config: DoorConfig, *, pins: Pins) -> None:
        self._config = config
        self._output: Output = pins.output(config.relay.pin, initial=config.relay.level(False))
        self._on = False

    @property
    def obeys(self) -> bool:
        """Whether its pin is at the level it was set to."""
        return self._output.level is self._config.relay.level(self._on)

    def drive(self, released: bool) -> None:
        """Release the lock, or lock."""
        self._switch(self._config.energised(released))

    def switch_off(self) -> None:
        self._switch(False)

    def _switch(self, on: bool) -> None:
        self._output.set(self._config.relay.level(on))
        self._on = on


class Lock:
    """Its relay is off when this is made and after ``switch_off``. ``changed`` is called when its sensor tells
    something new and when it begins or ends to misbehave."""

    def __init__(self, config: DoorConfig, *, runtime: Runtime, pins: Pins, changed: Callable[[], None]) -> None:
        self._config = config
        self._runtime = runtime
        self._changed = changed
        self._relay = Relay(config, pins=pins)
        self._sensor = None
        self._released: bool | None = None
        self._open: bool | None = None
        self._fault: FaultCode | None = None
        self._timer = Timer(runtime, f"lock of {config.id} settles", self._check)
        if config.lock_sensor is not None:
            self._sensor = Switch(
                config.lock_sensor,
                device=config.id,
                what="lock_sensor",
                doubtful=False,
                runtime=runtime,
                pins=pins,
                changed=lambda _: self._sensor_changed(),
                doubted=self._sensor_changed,
            )

    @property
    def holds(self) -> bool | None:
        """What the sensor says: whether bolt or magnet holds; ``None`` without one, or while it chatters."""
        return None if self._sensor is None or self._sensor.chatters else self._sensor.active

    @property
    def current_faults(self) -> list[Fault]:
        """Where its relay's pin is not at the level it was set to, or the sensor says otherwise."""
        told = fault(self._fault, released=bool(self._released), holds=self.holds, open=self._open)
        disobeys = FaultCode.LOCK_DISOBEYS if not self._relay.obeys else None
        return [Fault(code) for code in (disobeys, told) if code is not None]

    def drive(self, released: bool) -> None:
        """Release or lock, at once."""
        self._relay.drive(released)
        self._released = released
        self._start_timer()

    def set_open(self, open: bool | None) -> None:  # noqa: A002
        """The door was opened or shut."""
        if open is not self._open:
            self._open = open
            self._start_timer()

    def switch_off(self) -> None:
        """Switch the relay off, at once and whatever else is going on."""
        self._relay.switch_off()
        self._released = None
        self._timer.set(None)

    def _sensor_changed(self) -> None:
        self._start_timer()
        self._changed()

    def _start_timer(self) -> None:
        if self._sensor is not None and self._released is not None:
            self._timer.set(self._runtime.clock.monotonic() + SETTLE_S)

    def _check(self) -> None:
        found = fault(self._fault, released=bool(self._released), holds=self.holds, open=self._open)
        if found != self._fault:
            self._fault = found
            for code in _SENSED:
                self._runtime.fault(self._config.id, code, present=code is found)
            self._changed()
