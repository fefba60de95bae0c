"""A debounced input: contact, button, lock sensor, fire line."""

from collections.abc import Callable
from dataclasses import KW_ONLY, dataclass

import msgspec

from edge.runtime import Runtime, TickScale, Timer
from edge.system.pinout import InputPin
from edge.system.pins import Input
from edge.wire.faults import FaultCode

SETTLE_S = 0.020
"""A level counts once it has been stable for this long, in seconds of the pins' ticks."""
RESTLESS_S = 1.0
"""A contact that is not stable for ``SETTLE_S`` within this time chatters; a reed contact bounces for a few
milliseconds."""
MOST = 20.0
"""More recent changes than this mean that it chatters; each two seconds take back one change. No door, button or line
changes so often."""
MADE_UP_PER_S = 0.5
CALM_S = 60.0
"""A chattering contact counts again once it has been stable for this long."""


class Debounced(msgspec.Struct, frozen=True, kw_only=True):
    """``level``: the debounced level; ``raw``: the last level of the pin, since ``since``. ``restless``: since when it
    has not been stable. ``changes``: recent changes not yet taken back, as of ``counted``."""

    level: bool
    raw: bool
    since: float
    restless: float
    chatters: bool = False
    changes: float = 0.0
    counted: float = 0.0

    @property
    def due(self) -> float | None:
        """The tick at which a pending change will count, or a chattering contact will count again; ``None``: never."""
        if self.chatters:
            return self.since + CALM_S
        return self.since + SETTLE_S if self.raw is not self.level else None


def begin(level: bool) -> Debounced:
    return Debounced(level=level, raw=level, since=float("-inf"), restless=float("-inf"))


def change(state: Debounced, raw: bool, tick: float) -> Debounced:
    """The pin changed at ``tick``. An earlier change that was stable long enough has already counted."""
    state = settle(state, tick)
    if raw is state.raw:
        return state
    restless = state.restless if tick < state.since + SETTLE_S else tick
    chatters = state.chatters or tick >= restless + RESTLESS_S
    return msgspec.structs.replace(state, raw=raw, since=tick, restless=restless, chatters=chatters)


def settle(state: Debounced, tick: float) -> Debounced:
    """No change occurred until ``tick``."""
    if state.due is None or tick < state.due:
        return state
    if state.chatters:
        return msgspec.structs.replace(state, level=state.raw, chatters=False, changes=0.0, counted=tick)
    changes = max(0.0, state.changes - (state.due - state.counted) * MADE_UP_PER_S) + 1
    if changes > MOST:
        return msgspec.structs.replace(state, chatters=True)
    return msgspec.structs.replace(state, level=state.raw, changes=changes, counted=state.due)


@dataclass(eq=False, repr=False)
class Switch:
    """``what``: the part of ``device``, such as ``contact``. ``changed`` is called with whether the input is active
    (contact closed, button pressed, line intact). A chattering input is a fault of the device; it then counts as active
    or not according to ``doubtful``, whichever is safe. ``doubted`` is called when chattering begins and ends."""

    config: InputPin
    _: KW_ONLY
    device: str
    what: str
    doubtful: bool = False
    runtime: Runtime
    changed: Callable[[bool], None]
    doubted: Callable[[], None] = lambda: None

    def __post_init__(self) -> None:
        self._ticks = TickScale(self.runtime.clock)
        self._timer = Timer(self.runtime, f"{self.what} of {self.device} settles", self._settle)
        self._input: Input = self.runtime.pins.input(
            self.config.pin, pull_up=not self.config.active_high, on_change=self._moved
        )
        self._state = begin(self._input.level)

    @property
    def active(self) -> bool:
        return self.doubtful if self._state.chatters else self.config.active(self._state.level)

    @property
    def chatters(self) -> bool:
        """Whether its level is unreliable."""
        return self._state.chatters

    def _moved(self, level: bool, tick: float) -> None:
        self.runtime.post(self._take, level, tick)

    def _take(self, level: bool, tick: float) -> None:
        self._ticks.seen(tick)
        self._become(change(self._state, level, tick))

    def _settle(self) -> None:
        self._become(settle(self._state, self._ticks.now()))

    def _become(self, state: Debounced) -> None:
        before, was, self._state = self._state, self.active, state
        due = self._ticks.mono(state.due)
        if due is not None and (self._timer.at is None or due < self._timer.at):
            # A timer that fires too early is set again: cheaper than setting it at each of a thousand changes a second.
            self._timer.set(due)
        if self.active is not was:
            self.changed(self.active)
        if state.chatters is not before.chatters:
            self.runtime.fault(self.device, FaultCode.INPUT_CHATTERS, self.what, present=state.chatters)
            self.doubted()
