"""The state machine of an alarm area, pure: ``step(state, input, now) -> (state, effects)``.

``now`` is in monotonic seconds. The area sets itself only when the building is closed, nothing prevents it, there was
no movement for a while, nobody was seen inside since the last door closed, and the warning has run to its end. The
first valid entry unsets it. It controls no lock: people inside can always leave.

*Seen inside*: once all doors are closed, movement means that somebody is inside, until a door opens again. So somebody
asleep who has moved once since the others left keeps the area unset for the whole night, whatever was counted.
"""

from typing import Literal

import msgspec

from edge.wire.events import AlarmChange

LEAVING_S = 30.0
"""Movement this soon after the last door closed may be by the person who left."""
ROUNDS = 3
"""The most times the siren sounds between two entries."""


class AlarmRules(msgspec.Struct, frozen=True, kw_only=True):
    """The area warns after ``quiet_s`` without movement and is set after ``warn_s`` of warning. A siren sounds for
    ``siren_s``."""

    quiet_s: float
    warn_s: float
    siren_s: float


class Conditions(msgspec.Struct, frozen=True, kw_only=True):
    """Input: the current conditions. ``closed``: by the plan, nobody should be here. ``obstacle``: what prevents
    setting, as text; ``untried``: the same, but nobody needs to check it, because the next use will show whether it
    works. ``moving``: there is continuous movement."""

    closed: bool
    obstacle: str | None = None
    untried: str | None = None
    moving: bool = False


class Movement(msgspec.Struct, frozen=True, kw_only=True):
    """Input: something moved, or stopped moving ``ago_s`` seconds ago. ``inside``: only somebody inside can cause
    it."""

    by: str
    inside: bool = False
    ago_s: float = 0.0


class Doors(msgspec.Struct, frozen=True, kw_only=True):
    """Input: a door was opened, or all are closed."""

    open: bool
    by: str


class Unset(msgspec.Struct, frozen=True, kw_only=True):
    """Input: a valid entry, a command that unsets, or fire."""

    why: str


class ConfirmedEmpty(msgspec.Struct, frozen=True, kw_only=True):
    """Input: a person has checked that nobody is inside."""


class Tick(msgspec.Struct, frozen=True, kw_only=True):
    """Input: time has passed."""


Input = Conditions | Movement | Doors | Unset | ConfirmedEmpty | Tick


class Sound(msgspec.Struct, frozen=True, kw_only=True):
    """Effect: start or stop a sound, or the indicator that the alarm is ``set``."""

    what: Literal["warning", "siren", "strobe", "set"]
    on: bool


class AlarmReport(msgspec.Struct, frozen=True, kw_only=True):
    """Effect: record what happened."""

    change: AlarmChange
    why: str | None = None


Effect = Sound | AlarmReport
Phase = Literal["unset", "warning", "set", "triggered"]


class AlarmState(msgspec.Struct, frozen=True, kw_only=True):
    """``quiet_since``: time of the last movement. ``shut_at``: since when all doors are closed. ``seen``: movement seen
    inside since then. ``until``: end of the warning or siren. ``reported``: the last reported obstacle."""

    rules: AlarmRules
    quiet_since: float
    phase: Phase = "unset"
    closed: bool = False
    obstacle: str | None = None
    untried: str | None = None
    moving: bool = False
    shut_at: float | None = None
    seen: str | None = None
    until: float | None = None
    rounds: int = 0
    reported: str | None = None

    @property
    def due(self) -> float | None:
        """When the next ``Tick`` is due."""
        if self.phase != "unset":
            return self.until
        waits = self.closed and not self.moving and (self.blocker is None or self.blocker != self.reported)
        return self.quiet_since + self.rules.quiet_s if waits else None

    @property
    def blocker(self) -> str | None:
        """Why the area does not set although it is closed and quiet."""
        return self.grave or self.untried

    @property
    def grave(self) -> str | None:
        """The same, if a person should check."""
        return self.obstacle or (f"{self.seen} since the doors were shut, so somebody is inside" if self.seen else None)

    @property
    def is_set(self) -> bool:
        """Whether the area is set; only a valid entry unsets it."""
        return self.phase in ("set", "triggered")


def begin(rules: AlarmRules, *, was_set: bool, shut: bool, now: float) -> AlarmState:
    """The initial state. An area that was set is set again without a warning; otherwise the quiet time starts again."""
    return AlarmState(rules=rules, quiet_since=now, phase="set" if was_set else "unset", shut_at=now if shut else None)


def step(state: AlarmState, given: Input, now: float) -> tuple[AlarmState, tuple[Effect, ...]]:
    """The next state and the effects, in the order to carry them out."""
    effects: list[Effect] = []
    match given:
        case Conditions():
            state = _with(
                state, closed=given.closed, obstacle=given.obstacle, untried=given.untried, moving=given.moving
            )
            if state.phase == "warning" and not given.closed:
                state = _cancel(state, "the building opens", now, effects)
            elif state.phase == "warning" and (given.obstacle or given.moving):
                state = _cancel(state, given.obstacle or "something moves", now, effects)
            if not given.closed:
                state = _with(state, reported=None)
        case Movement():
            state = _moved(state, given, now, effects)
        case Doors(open=True):
            state = _moved(_with(state, shut_at=None), Movement(by=given.by), now, effects)
            state = _with(state, seen=None)
        case Doors():
            state = _with(state, shut_at=now, seen=None, quiet_since=now)
            if state.phase == "warning":  # it had been open, though that was not seen
                state = _cancel(state, given.by, now, effects)
        case Unset():
            state = _unset(state, given.why, now, effects)
        case ConfirmedEmpty():
            state = _with(state, seen=None, reported=None)
        case Tick():
            pass
    state = _time(state, now, effects)
    return state, tuple(effects)


def _with(state: AlarmState, **changes: float | bool | str | None) -> AlarmState:
    return msgspec.structs.replace(state, **changes)


def _moved(state: AlarmState, given: Movement, now: float, effects: list[Effect]) -> AlarmState:
    at = now - given.ago_s
    state = _with(state, quiet_since=max(state.quiet_since, at))
    if state.is_set:
        return state if given.ago_s else _trigger(state, given.by, now, effects)
    if given.inside and state.seen is None and state.shut_at is not None and at >= state.shut_at + LEAVING_S:
        state = _with(state, seen=given.by)
    return _cancel(state, given.by, now, effects) if state.phase == "warning" else state


def _cancel(state: AlarmState, why: str, now: float, effects: list[Effect]) -> AlarmState:
    effects += [Sound(what="warning", on=False), AlarmReport(change=AlarmChange.CANCELLED, why=why)]
    return _with(state, phase="unset", until=None, quiet_since=now)


def _trigger(state: AlarmState, why: str, now: float, effects: list[Effect]) -> AlarmState:
    """Sound the siren. It sounds again for later movement, but only ``ROUNDS`` times."""
    if state.until is not None or state.rounds >= ROUNDS:
        return state
    effects += [Sound(what="siren", on=True), Sound(what="strobe", on=True)]
    effects.append(AlarmReport(change=AlarmChange.TRIGGERED, why=why))
    return _with(state, phase="triggered", until=now + state.rules.siren_s, rounds=state.rounds + 1)


def _unset(state: AlarmState, why: str, now: float, effects: list[Effect]) -> AlarmState:
    if state.phase == "warning":
        effects.append(Sound(what="warning", on=False))
        effects.append(AlarmReport(change=AlarmChange.CANCELLED, why=why))
    elif state.is_set:
        effects += [Sound(what=what, on=False) for what in ("siren", "strobe", "set")]
        effects.append(AlarmReport(change=AlarmChange.UNSET, why=why))
    return _with(state, phase="unset", until=None, rounds=0, seen=None, reported=None, quiet_since=now)


def _time(state: AlarmState, now: float, effects: list[Effect]) -> AlarmState:
    if state.due is None or now < state.due:
        return state
    if state.phase == "triggered":
        effects += [Sound(what="siren", on=False), AlarmReport(change=AlarmChange.SILENCED)]
        return _with(state, until=None)
    if state.phase == "warning":
        effects += [Sound(what="warning", on=False), Sound(what="set", on=True), AlarmReport(change=AlarmChange.SET)]
        return _with(state, phase="set", until=None, rounds=0)
    if state.blocker is not None:
        if state.grave is not None:
            effects.append(AlarmReport(change=AlarmChange.WITHHELD, why=state.grave))
        return _with(state, reported=state.blocker)
    effects += [Sound(what="warning", on=True), AlarmReport(change=AlarmChange.WARNING)]
    return _with(state, phase="warning", until=now + state.rules.warn_s, reported=None)
