"""Debounces a contact, pure, from the kernel's ticks; the pin library drops no change.

A contact that keeps bouncing *chatters*: a loose wire, a magnet at the edge of its range, a relay with an unstable
supply. Its level is then ignored until it has been stable for a minute.
"""

import msgspec

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
