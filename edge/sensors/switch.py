"""A debounced input: contact, button, lock sensor, fire line."""

from collections.abc import Callable

from edge.runtime import Runtime, TickScale, Timer
from edge.sensors import debounce
from edge.system.pinout import InputPin
from edge.system.pins import Input, Pins
from edge.wire.faults import FaultCode


class Switch:
    """``what``: the part of ``device``, such as ``contact``. ``changed`` is called with whether the input is active
    (contact closed, button pressed, line intact). A chattering input is a fault of the device; it then counts as active
    or not according to ``doubtful``, whichever is safe. ``doubted`` is called when chattering begins and ends."""

    def __init__(
        self,
        config: InputPin,
        *,
        device: str,
        what: str,
        doubtful: bool,
        runtime: Runtime,
        pins: Pins,
        changed: Callable[[bool], None],
        doubted: Callable[[], None] = lambda: None,
    ) -> None:
        self._config = config
        self._device = device
        self._what = what
        self._doubtful = doubtful
        self._runtime = runtime
        self._ticks = TickScale(runtime.clock)
        self._changed = changed
        self._doubted = doubted
        self._timer = Timer(runtime, f"{what} of {device} settles", self._settle)
        self._input: Input = pins.input(config.pin, pull_up=not config.active_high, on_change=self._moved)
        self._state = debounce.begin(self._input.level)

    @property
    def active(self) -> bool:
        return self._doubtful if self._state.chatters else self._config.active(self._state.level)

    @property
    def chatters(self) -> bool:
        """Whether its level is unreliable."""
        return self._state.chatters

    def _moved(self, level: bool, tick: float) -> None:
        self._runtime.post(self._take, level, tick)

    def _take(self, level: bool, tick: float) -> None:
        self._ticks.seen(tick)
        self._become(debounce.change(self._state, level, tick))

    def _settle(self) -> None:
        self._become(debounce.settle(self._state, self._ticks.now()))

    def _become(self, state: debounce.Debounced) -> None:
        before, was, self._state = self._state, self.active, state
        due = self._ticks.mono(state.due)
        if due is not None and (self._timer.at is None or due < self._timer.at):
            # A timer that fires too early is set again: cheaper than setting it at each of a thousand changes a second.
            self._timer.set(due)
        if self.active is not was:
            self._changed(self.active)
        if state.chatters is not before.chatters:
            self._runtime.fault(self._device, FaultCode.INPUT_CHATTERS, self._what, present=state.chatters)
            self._doubted()
