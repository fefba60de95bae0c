"""A debounced input: contact, button, lock sensor, fire line."""

from collections.abc import Callable

from edge import debounce
from edge.house import House, TickScale, Timer
from edge.pinout import InputPin
from edge.pins import Input, Pins


class Switch:
    """``changed`` is told whether it is active (contact shut, button pressed, line whole)."""

    def __init__(
        self, config: InputPin, *, name: str, house: House, pins: Pins, changed: Callable[[bool], None]
    ) -> None:
        self._config = config
        self._house = house
        self._ticks = TickScale(house.clock)
        self._changed = changed
        self._timer = Timer(house, f"{name} settles", self._settle)
        self._input: Input = pins.input(config.pin, pull_up=not config.active_high, on_change=self._moved)
        self._state = debounce.begin(self._input.level)

    @property
    def active(self) -> bool:
        return self._config.active(self._state.level)

    def _moved(self, level: bool, tick: float) -> None:
        self._house.post(self._take, level, tick)

    def _take(self, level: bool, tick: float) -> None:
        self._ticks.seen(tick)
        self._become(debounce.change(self._state, level, tick))

    def _settle(self) -> None:
        self._become(debounce.settle(self._state, self._ticks.now()))

    def _become(self, state: debounce.Debounced) -> None:
        before, self._state = self._state, state
        self._timer.set(self._ticks.mono(state.due))
        if state.level is not before.level:
            self._changed(self.active)
