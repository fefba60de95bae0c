"""A contact that bounces, as a pure machine fed by the kernel's ticks; no change is thrown away by the library.

One that goes on bouncing *chatters*: a loose wire, a magnet at the edge of its reach, a relay without a firm supply.
Its level then counts no longer, until it has stood still for a minute.
"""

import msgspec

SETTLE_S = 0.020
"""A level counts once it has stood this long, in seconds of the pins' ticks."""
RESTLESS_S = 1.0
"""A contact that has not stood for ``SETTLE_S`` within this long chatters; a reed bounces for some milliseconds."""
MOST = 20.0
"""More changes than this chatter, where each two seconds make up for one: no door, button or line moves so often."""
MADE_UP_PER_S = 0.5
CALM_S = 60.0
"""What chatters is believed again once it has stood this long."""


class Debounced(msgspec.Struct, frozen=True, kw_only=True):
    """``level`` is what counts; ``raw`` what the pin last said, since ``since``. ``restless``: since when it has stood
    nowhere. ``changes``: how many of the last ones are not made up for, as of ``counted``."""

    level: bool
    raw: bool
    since: float
    restless: float
    chatters: bool = False
    changes: float = 0.0
    counted: float = 0.0

    @property
    def due(self) -> float | None:
        """The tick at which a pending change will count, or what chatters be believed again, or ``None``."""
        if self.chatters:
            return self.since + CALM_S
        return self.since + SETTLE_S if self.raw is not self.level else None


def begin(level: bool) -> Debounced:
    return Debounced(level=level, raw=level, since=float("-inf"), restless=float("-inf"))


def change(state: Debounced, raw: bool, tick: float) -> Debounced:
    """The pin changed at ``tick``. A change that stood long enough before this one has counted already."""
    state = settle(state, tick)
    if raw is state.raw:
        return state
    restless = state.restless if tick < state.since + SETTLE_S else tick
    chatters = state.chatters or tick >= restless + RESTLESS_S
    return msgspec.structs.replace(state, raw=raw, since=tick, restless=restless, chatters=chatters)


def settle(state: Debounced, tick: float) -> Debounced:
    """No other change came before ``tick``."""
    if state.due is None or tick < state.due:
        return state
    if state.chatters:
        return msgspec.structs.replace(state, level=state.raw, chatters=False, changes=0.0, counted=tick)
    changes = max(0.0, state.changes - (state.due - state.counted) * MADE_UP_PER_S) + 1
    if changes > MOST:
        return msgspec.structs.replace(state, chatters=True)
    return msgspec.structs.replace(state, level=state.raw, changes=changes, counted=state.due)
