"""One door as a pure machine: ``step(state, input, now) -> (state, effects)``.

``now`` is in seconds of a monotonic clock. The strike is fail-secure: released while it has power. The machine
releases it for a grant, a request to exit, a command, and while the door is free, and for nothing else. A request
to exit needs no plan, no network and no time of day; it is wired past the agent in hardware as well
(docs/wiring.md), so that it also works while no agent runs.
"""

from typing import Literal

import msgspec

from edge.wire.events import DoorChange

EXIT_HOLD_S = 5.0
"""How long a request to exit releases the strike, from the moment the button is let go."""
OPEN_GRACE_S = 1.0
"""A door that opens this soon after its strike locked was pulled in time: not forced."""

Why = Literal["grant", "command", "exit", "schedule", "time", "closed", "start"]


class Rules(msgspec.Struct, frozen=True, kw_only=True):
    """Input: from now on the door may stand open ``held_after_s`` seconds."""

    held_after_s: float


class Release(msgspec.Struct, frozen=True, kw_only=True):
    """Input: let somebody in for ``hold_s`` seconds. Only a grant or a command makes one."""

    hold_s: float
    why: Literal["grant", "command"]


class Exit(msgspec.Struct, frozen=True, kw_only=True):
    """Input: the request-to-exit button was pressed or let go."""

    pressed: bool


class Free(msgspec.Struct, frozen=True, kw_only=True):
    """Input: the plan says that anybody may come in, or no longer."""

    on: bool


class Contact(msgspec.Struct, frozen=True, kw_only=True):
    """Input: the door was opened or closed."""

    open: bool


class Tick(msgspec.Struct, frozen=True, kw_only=True):
    """Input: time has passed."""


Input = Rules | Release | Exit | Free | Contact | Tick


class Strike(msgspec.Struct, frozen=True, kw_only=True):
    """Effect: power the strike (``released``), or lock."""

    released: bool


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """Effect: record what happened."""

    change: DoorChange
    why: Why | None = None


Effect = Strike | Report


class State(msgspec.Struct, frozen=True, kw_only=True):
    """``open`` is ``None`` where the door has no contact. ``until``: when a release ends. ``passed``: the door was
    opened during it. ``held_at``: when a door that stands open becomes *held*. ``grace_until``: see OPEN_GRACE_S."""

    held_after_s: float
    released: bool = False
    open: bool | None = None
    free: bool = False
    pressed: bool = False
    until: float | None = None
    passed: bool = False
    held_at: float | None = None
    grace_until: float | None = None
    alarm: Literal["forced", "held"] | None = None

    @property
    def due(self) -> float | None:
        """When the machine wants its next ``Tick``."""
        return min((at for at in (self.until, self.held_at) if at is not None), default=None)


def begin(*, open: bool | None, held_after_s: float, now: float) -> State:  # noqa: A002
    """The state of a door whose strike is locked. One found open is not forced: nobody saw it open."""
    state = State(open=open, held_after_s=held_after_s)
    return _watch(state, now)


def step(state: State, given: Input, now: float) -> tuple[State, tuple[Effect, ...]]:
    """What becomes of the door. Effects come in the order to carry them out; the strike's are first."""
    reports: list[Report] = []
    why: Why = "time"
    state = _expire(state, now)
    match given:
        case Rules():
            state = _with(state, held_after_s=given.held_after_s)
            if state.held_at is not None:
                state = _watch(_with(state, held_at=None), now)
        case Release():
            why = given.why
            state = _release(state, now + given.hold_s)
        case Exit(pressed=True):
            why = "exit"
            reports.append(Report(change=DoorChange.EXIT))
            state = _release(_with(state, pressed=True), now + EXIT_HOLD_S)
        case Exit():
            if state.pressed:
                state = _release(_with(state, pressed=False), now + EXIT_HOLD_S)
        case Free():
            why = "schedule"
            state = _watch(_with(state, free=given.on, held_at=None), now)
        case Contact(open=True):
            state, forced = _opened(state, now)
            reports += forced
        case Contact():
            if state.passed and not state.pressed:
                why = "closed"
            state, cleared = _closed(state)
            reports += cleared
        case Tick():
            pass
    if state.held_at is not None and now >= state.held_at:
        state = _with(state, held_at=None, alarm="held")
        reports.append(Report(change=DoorChange.HELD))
    return _settle(state, why, reports, now)


def _with(state: State, **changes: float | bool | str | None) -> State:
    return msgspec.structs.replace(state, **changes)


def _release(state: State, until: float) -> State:
    longest = until if state.until is None else max(until, state.until)
    return _with(state, until=longest, passed=False)


def _expire(state: State, now: float) -> State:
    return _with(state, until=None, passed=False) if state.until is not None and now >= state.until else state


def _opened(state: State, now: float) -> tuple[State, list[Report]]:
    if state.open:
        return state, []
    reports = [Report(change=DoorChange.OPENED)]
    in_grace = state.grace_until is not None and now < state.grace_until
    allowed = state.free or state.pressed or state.until is not None or in_grace
    state = _with(state, open=True, passed=state.until is not None)
    if not allowed:
        state = _with(state, alarm="forced")
        reports.append(Report(change=DoorChange.FORCED))
    return _watch(state, now), reports


def _closed(state: State) -> tuple[State, list[Report]]:
    if state.open is False:
        return state, []
    reports = [Report(change=DoorChange.CLOSED)]
    if state.alarm is not None:
        reports.append(Report(change=DoorChange.CLEARED))
    until = None if state.passed else state.until
    return _with(state, open=False, alarm=None, held_at=None, until=until, passed=False), reports


def _watch(state: State, now: float) -> State:
    """Start the clock of a door that stands open. A free door may; a forced one is reported already."""
    if state.open and not state.free and state.alarm is None and state.held_at is None:
        return _with(state, held_at=now + state.held_after_s)
    return state


def _settle(state: State, why: Why, reports: list[Report], now: float) -> tuple[State, tuple[Effect, ...]]:
    released = state.free or state.pressed or state.until is not None
    if released is state.released:
        return state, tuple(reports)
    grace = None if released else now + OPEN_GRACE_S
    change = Report(change=DoorChange.UNLOCKED if released else DoorChange.LOCKED, why=why)
    if not released and why not in ("closed", "schedule"):
        change = Report(change=DoorChange.LOCKED, why="time")
    state = _with(state, released=released, grace_until=grace)
    return state, (Strike(released=released), *reports, change)
