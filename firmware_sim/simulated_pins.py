"""Simulated pins: a gpiozero factory of one Pi. What the agent drives is reported; inputs are driven with given ticks.

Each simulated Pi has a factory of its own, passed in by name and never the global one.
"""

from collections.abc import Callable, Mapping

from gpiozero.pins.mock import MockFactory, MockPin


class SimPin(MockPin):  # type: ignore[misc]  # gpiozero has no types
    """A pin whose input level is set by the world, with any pull."""

    def _set_pull(self, value: str) -> None:
        super()._set_pull(value)
        if (wired := self.factory.wired.get(self._number)) is not None:
            self._state = wired

    def output_with_state(self, state: int) -> None:
        # In one step: a relay must not click on the way.
        self._function = "output"
        self._state = bool(state)
        self.factory.output_changed(self._number, bool(state))

    def _change_state(self, value: bool) -> bool:
        changed = bool(super()._change_state(value))
        if changed and self._function == "output":
            self.factory.output_changed(self._number, value)
        return changed

    def close(self) -> None:
        was_output = self._function == "output"
        super().close()
        if was_output:
            self.factory.output_changed(self._number, False)

    def arrive(self, level: bool, tick: float) -> None:
        """The wire has changed to ``level`` at ``tick``."""
        if self._function == "input" and self._state != level:
            self._state = level
            if self._when_changed is not None and self._edges in ("both", "rising" if level else "falling"):
                self._call_at(tick, level)

    def _call_at(self, tick: float, level: bool) -> None:
        callback = self._when_changed()
        if callback is not None:
            callback(tick, int(level))


class SimFactory(MockFactory):  # type: ignore[misc]  # gpiozero has no types
    """The pins of one simulated Pi. ``levels`` is what lies on the wires at the start;
    ``output_changed(pin, level)`` hears every output, and ``False`` for one that became an input again."""

    def __init__(self, levels: Mapping[int, bool], output_changed: Callable[[int, bool], None]) -> None:
        super().__init__(pin_class=SimPin)
        self.wired = dict(levels)
        self.output_changed = output_changed

    def drive(self, pin: int, level: bool, tick: float) -> None:
        """Put ``level`` on the wire of BCM ``pin``; ``tick`` is passed to the listeners."""
        self.wired[pin] = level
        for device in self.pins.values():
            if device._number == pin:
                device.arrive(level, tick)
                return
