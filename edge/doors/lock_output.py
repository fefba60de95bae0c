"""The lock of a door: the relay that switches its current, and an optional sensor that shows whether it holds."""

from collections.abc import Callable

from edge.doors.config import DoorConfig
from edge.runtime import Runtime, Timer
from edge.sensors.debounced_input import Switch
from edge.system.pins import Relay
from edge.wire.faults import Fault, FaultCode

SETTLE_S = 3.0
"""Time for a bolt to move and a door to close. After it, a lock that does not do what was commanded is reported."""
_SENSED = (FaultCode.LOCK_NOT_RELEASED, FaultCode.LOCK_NOT_LOCKED, FaultCode.LOCK_SENSOR_CONTRADICTS)
"""The faults that the lock sensor detects."""


def fault(
    before: FaultCode | None,
    *,
    released: bool,
    holds: bool | None,
    open: bool | None,  # noqa: A002
) -> FaultCode | None:
    """The fault of a lock that was commanded at least ``SETTLE_S`` ago to be ``released`` or locked. ``holds``: the
    sensor's reading, ``None`` without one. ``open``: whether the door is open, ``None`` if unknown. ``before``: the
    fault so far; it ends when the lock is seen to do what it failed to do. An open door cannot show whether its lock
    holds, so its fault stays as it is."""
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


class Lock:
    """A lock with its sensor. The relay is off on construction and after ``switch_off``. ``changed`` is called when the
    sensor's reading changes and when a fault begins or ends."""

    def __init__(self, config: DoorConfig, *, runtime: Runtime, changed: Callable[[], None]) -> None:
        self._config = config
        self._runtime = runtime
        self._changed = changed
        self._relay = Relay(runtime.pins, config.relay)
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
                runtime=runtime,
                changed=lambda _: self._sensor_changed(),
                doubted=self._sensor_changed,
            )

    @property
    def holds(self) -> bool | None:
        """Whether the bolt or magnet holds, by the sensor. ``None`` without one, or while it chatters."""
        return None if self._sensor is None or self._sensor.chatters else self._sensor.active

    @property
    def current_faults(self) -> list[Fault]:
        """The present faults: the relay pin does not have the level that was set, or the sensor contradicts the
        command."""
        found_fault = fault(self._fault, released=bool(self._released), holds=self.holds, open=self._open)
        disobeys = FaultCode.LOCK_DISOBEYS if not self._relay.obeys else None
        return [Fault(code) for code in (disobeys, found_fault) if code is not None]

    def drive(self, released: bool) -> None:
        """Release or lock, immediately."""
        self._relay.set(self._config.energised(released))
        self._released = released
        self._start_timer()

    def set_open(self, open: bool | None) -> None:  # noqa: A002
        """Note whether the door is open; ``None`` if unknown."""
        if open is not self._open:
            self._open = open
            self._start_timer()

    def switch_off(self) -> None:
        """Switch the relay off immediately, in any state."""
        self._relay.set(False)
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
