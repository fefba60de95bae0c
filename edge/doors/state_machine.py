"""One door as a pure machine: ``step(state, input, now) -> (state, effects)``.

``now`` is in seconds of a monotonic clock. The machine says whether the lock is *released*; ``edge.doors.lock`` makes a
relay's level of it for strike and magnet alike. It releases for a grant, a command, a request to exit, broken glass,
fire, and while the door is free, and for nothing else. A request to exit needs no plan, no network, no time of day and
no other door; it is wired past the agent in hardware as well (docs/wiring.md), so that it also works while no agent
runs.
"""

from typing import Literal

import msgspec

from edge.wire.events import DoorChange

EXIT_HOLD_S = 5.0
"""How long a request to exit releases the lock, from the moment the button is let go."""
OPEN_GRACE_S = 1.0
"""A door that opens this soon after it locked was pulled in time: not forced."""

Why = Literal["grant", "command", "exit", "schedule", "time", "closed", "start", "fire", "glass", "interlock"]


class DoorTiming(msgspec.Struct, frozen=True, kw_only=True):
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


class Yield(msgspec.Struct, frozen=True, kw_only=True):
    """Input: another door of the interlock is in use, so that being free releases this one no longer, or again."""

    on: bool


class Fire(msgspec.Struct, frozen=True, kw_only=True):
    """Input: there is fire, or no longer. ``releases``: whether this door is one that fire unlocks. While there is
    fire no door is forced or held."""

    on: bool
    releases: bool


class Glass(msgspec.Struct, frozen=True, kw_only=True):
    """Input: the door's break-glass unit was broken, or mended."""

    broken: bool


class Contact(msgspec.Struct, frozen=True, kw_only=True):
    """Input: the door was opened or closed, or nobody can tell any longer (``None``: its contact chatters). A double
    door is open while either leaf is."""

    open: bool | None


class Tick(msgspec.Struct, frozen=True, kw_only=True):
    """Input: time has passed."""


Input = DoorTiming | Release | Exit | Free | Yield | Fire | Glass | Contact | Tick


class Lock(msgspec.Struct, frozen=True, kw_only=True):
    """Effect: release the lock, or lock."""

    released: bool


class DoorReport(msgspec.Struct, frozen=True, kw_only=True):
    """Effect: record what happened."""

    change: DoorChange
    why: Why | None = None


Effect = Lock | DoorReport


class DoorState(msgspec.Struct, frozen=True, kw_only=True):
    """``open`` is ``None`` where no contact tells. ``until``: when a release ends. ``passed``: the door was
    opened during it. ``held_at``: when a door that stands open becomes *held*. ``grace_until``: see OPEN_GRACE_S.
    ``alarm``: until it is seen shut, however long nobody can tell."""

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
        """When the machine wants its next ``Tick``."""
        return min((at for at in (self.until, self.held_at) if at is not None), default=None)

    @property
    def in_use(self) -> bool:
        """Whether somebody is coming or going: another door of an interlock then stays shut."""
        return bool(self.open) or self.pressed or self.broken or self.until is not None


def begin(*, open: bool | None, held_after_s: float, now: float) -> DoorState:  # noqa: A002
    """The state of a door that is locked. One found open is not forced: nobody saw it open."""
    state = DoorState(open=open, held_after_s=held_after_s)
    return _watch(state, now)


def step(state: DoorState, given: Input, now: float) -> tuple[DoorState, tuple[Effect, ...]]:
    """What becomes of the door. Effects come in the order to carry them out; the lock's are first."""
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
    """Release for ``hold_s`` at the least. Whoever is given long to come in may hold the door as much longer."""
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
    # One that is found open, after nobody could tell, is not forced: nobody saw it open.
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
    """Start the clock of a door that stands open, from the end of its release. A free door may stand open, and in a
    fire any; a forced one is reported already."""
    if state.open and not (state.free or state.fire or state.broken or state.alarm or state.held_at is not None):
        return _with(state, held_at=max(now, state.until or now) + state.held_after_s)
    return state


def _let_go(state: DoorState) -> bool:
    """Whether anything but a free door's hours releases it."""
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
    return state, (Lock(released=released), *reports, change)
