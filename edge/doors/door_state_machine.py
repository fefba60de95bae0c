"""The state machine of a door, pure: ``step(state, input, now) -> (state, effects)``.

``now`` is in monotonic seconds. The machine decides whether the lock is *released*; ``edge.doors.lock_output`` turns
that into a relay level for a strike or a magnet. Only a grant, a command, a request to exit, broken glass, fire and
free hours release it. A request to exit needs no plan, network, time of day or other door. It is also wired in
hardware past the agent (docs/wiring.md), so that it works while no agent runs.
"""

from typing import Literal

import msgspec

from edge.wire.events import DoorChange

EXIT_HOLD_S = 5.0
"""How long a request to exit releases the lock after the button is let go."""
OPEN_GRACE_S = 1.0
"""A door that opens this soon after it locked was opened in time and does not count as forced."""

Why = Literal["grant", "command", "exit", "schedule", "time", "closed", "start", "fire", "glass", "interlock"]


class DoorTiming(msgspec.Struct, frozen=True, kw_only=True):
    """Input: from now on the door may stay open for ``held_after_s`` seconds."""

    held_after_s: float


class Release(msgspec.Struct, frozen=True, kw_only=True):
    """Input: release for ``hold_s`` seconds. Only a grant or a command makes one."""

    hold_s: float
    why: Literal["grant", "command"]


class Exit(msgspec.Struct, frozen=True, kw_only=True):
    """Input: the request-to-exit button was pressed or let go."""

    pressed: bool


class Free(msgspec.Struct, frozen=True, kw_only=True):
    """Input: the door becomes free for everybody, or stops being so."""

    on: bool


class Yield(msgspec.Struct, frozen=True, kw_only=True):
    """Input: another door of the interlock is in use, so free hours do not release this one; or no longer."""

    on: bool


class Fire(msgspec.Struct, frozen=True, kw_only=True):
    """Input: a fire began or ended. ``releases``: whether fire unlocks this door. During a fire no door is forced or
    held."""

    on: bool
    releases: bool


class Glass(msgspec.Struct, frozen=True, kw_only=True):
    """Input: the glass of the door's break-glass unit was broken or replaced."""

    broken: bool


class Contact(msgspec.Struct, frozen=True, kw_only=True):
    """Input: the door was opened or closed, or its state became unknown (``None``: its contact chatters). A double door
    is open while either leaf is."""

    open: bool | None


class Tick(msgspec.Struct, frozen=True, kw_only=True):
    """Input: time has passed."""


Input = DoorTiming | Release | Exit | Free | Yield | Fire | Glass | Contact | Tick


class SetLock(msgspec.Struct, frozen=True, kw_only=True):
    """Effect: release the lock, or lock."""

    released: bool


class DoorReport(msgspec.Struct, frozen=True, kw_only=True):
    """Effect: record what happened."""

    change: DoorChange
    why: Why | None = None


Effect = SetLock | DoorReport


class DoorState(msgspec.Struct, frozen=True, kw_only=True):
    """``open``: ``None`` if no contact can tell. ``until``: end of a release. ``passed``: the door was opened during
    it. ``held_at``: when an open door becomes *held*. ``grace_until``: see OPEN_GRACE_S. ``alarm``: lasts until the
    door is seen closed, however long its state is unknown."""

    held_after_s: float
    released: bool = False
    open: bool | None = None
    free: bool = False
    yields: bool = False
    fire: Literal["stays", "releases"] | None = None
    broken: bool = False
    pressed: bool = False
    until: float | None = None
    passed: bool = False
    held_at: float | None = None
    grace_until: float | None = None
    alarm: Literal["forced", "held"] | None = None

    @property
    def due(self) -> float | None:
        """When the next ``Tick`` is due."""
        return min((at for at in (self.until, self.held_at) if at is not None), default=None)

    @property
    def in_use(self) -> bool:
        """Whether somebody is passing: the other doors of an interlock then stay locked."""
        return bool(self.open) or self.pressed or self.broken or self.until is not None


def begin(*, open: bool | None, held_after_s: float, now: float) -> DoorState:  # noqa: A002
    """The initial state, locked. A door that is found open is not forced, because nobody saw it open."""
    state = DoorState(open=open, held_after_s=held_after_s)
    return _watch(state, now)


def step(state: DoorState, given: Input, now: float) -> tuple[DoorState, tuple[Effect, ...]]:
    """The next state and the effects, in the order to carry them out; those on the lock come first."""
    reports: list[DoorReport] = []
    why: Why = "time"
    state = _expire(state, now)
    match given:
        case DoorTiming():
            state = _watch(_with(state, held_after_s=given.held_after_s, held_at=None), now)
        case Release():
            why = given.why
            state = _release(state, now, given.hold_s)
        case Exit(pressed=True):
            why = "exit"
            reports.append(DoorReport(change=DoorChange.EXIT))
            state = _release(_with(state, pressed=True), now, EXIT_HOLD_S)
        case Exit():
            if state.pressed:
                state = _release(_with(state, pressed=False), now, EXIT_HOLD_S)
        case Free():
            why = "schedule"
            state = _watch(_with(state, free=given.on, held_at=None), now)
        case Yield():
            why = "interlock"
            state = _with(state, yields=given.on)
        case Fire():
            why = "fire"
            fire = ("releases" if given.releases else "stays") if given.on else None
            state = _watch(_with(state, fire=fire, held_at=None), now)
        case Glass():
            why = "glass"
            if given.broken is not state.broken:
                reports.append(DoorReport(change=DoorChange.GLASS_BROKEN if given.broken else DoorChange.GLASS_WHOLE))
            state = _watch(_with(state, broken=given.broken, held_at=None), now)
        case Contact(open=True):
            state, forced = _opened(state, now)
            reports += forced
        case Contact(open=None):
            state = _with(state, open=None, held_at=None, passed=False)
        case Contact():
            if state.passed and not state.pressed:
                why = "closed"
            state, cleared = _closed(state)
            reports += cleared
        case Tick():
            pass
    if state.held_at is not None and now >= state.held_at:
        state = _with(state, held_at=None, alarm="held")
        reports.append(DoorReport(change=DoorChange.HELD))
    return _settle(state, why, reports, now)


def _with(state: DoorState, **changes: float | bool | str | None) -> DoorState:
    return msgspec.structs.replace(state, **changes)


def _release(state: DoorState, now: float, hold_s: float) -> DoorState:
    """Release for at least ``hold_s``. A longer release also extends how long the door may stay open."""
    until = now + hold_s
    longest = until if state.until is None else max(until, state.until)
    held_at = None if state.held_at is None else max(state.held_at, longest + state.held_after_s)
    return _with(state, until=longest, passed=False, held_at=held_at)


def _expire(state: DoorState, now: float) -> DoorState:
    return _with(state, until=None, passed=False) if state.until is not None and now >= state.until else state


def _opened(state: DoorState, now: float) -> tuple[DoorState, list[DoorReport]]:
    if state.open:
        return state, []
    reports = [DoorReport(change=DoorChange.OPENED)]
    in_grace = state.grace_until is not None and now < state.grace_until
    # A door found open after its state was unknown is not forced, because nobody saw it open.
    allowed = _let_go(state) or state.free or state.fire is not None or in_grace or state.open is None
    state = _with(state, open=True, passed=state.until is not None)
    if not allowed:
        state = _with(state, alarm="forced")
        reports.append(DoorReport(change=DoorChange.FORCED))
    return _watch(state, now), reports


def _closed(state: DoorState) -> tuple[DoorState, list[DoorReport]]:
    if state.open is False:
        return state, []
    reports = [DoorReport(change=DoorChange.CLOSED)]
    if state.alarm is not None:
        reports.append(DoorReport(change=DoorChange.CLEARED))
    until = None if state.passed else state.until
    return _with(state, open=False, alarm=None, held_at=None, until=until, passed=False), reports


def _watch(state: DoorState, now: float) -> DoorState:
    """Start the time that an open door has, from the end of its release. It does not run for a free door or during a
    fire, nor for a forced door, which is reported already."""
    if state.open and not (state.free or state.fire or state.broken or state.alarm or state.held_at is not None):
        return _with(state, held_at=max(now, state.until or now) + state.held_after_s)
    return state


def _let_go(state: DoorState) -> bool:
    """Whether anything other than free hours releases the door."""
    return state.fire == "releases" or state.broken or state.pressed or state.until is not None


def _settle(state: DoorState, why: Why, reports: list[DoorReport], now: float) -> tuple[DoorState, tuple[Effect, ...]]:
    released = _let_go(state) or (state.free and not state.yields)
    if released is state.released:
        return state, tuple(reports)
    grace = None if released else now + OPEN_GRACE_S
    if not released and why in ("grant", "command", "exit"):
        why = "time"
    change = DoorReport(change=DoorChange.UNLOCKED if released else DoorChange.LOCKED, why=why)
    state = _with(state, released=released, grace_until=grace)
    return state, (SetLock(released=released), *reports, change)
