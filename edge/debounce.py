"""A contact that bounces, as a pure machine fed by the kernel's ticks; no change is thrown away by the library."""

import msgspec

SETTLE_S = 0.020
"""A level counts once it has stood this long, in seconds of the pins' ticks."""


class Debounced(msgspec.Struct, frozen=True, kw_only=True):
    """``level`` is what counts; ``raw`` what the pin last said, since ``since``."""

    level: bool
    raw: bool
    since: float

    @property
    def due(self) -> float | None:
        """The tick at which a pending change will count, or ``None``."""
        return self.since + SETTLE_S if self.raw is not self.level else None


def begin(level: bool) -> Debounced:
    return Debounced(level=level, raw=level, since=float("-inf"))


def change(state: Debounced, raw: bool, tick: float) -> Debounced:
    """The pin changed at ``tick``. A change that stood long enough before this one has counted already."""
    state = settle(state, tick)
    return state if raw is state.raw else msgspec.structs.replace(state, raw=raw, since=tick)


def settle(state: Debounced, tick: float) -> Debounced:
    """No other change came before ``tick``."""
    if state.due is not None and tick >= state.due:
        return msgspec.structs.replace(state, level=state.raw)
    return state
