"""The intruder alarm of one area as a pure machine: ``step(state, input, now) -> (state, effects)``.

``now`` is in seconds of a monotonic clock. It sets by itself, and only when the building is closed, nothing stands
obstacle it, nothing has stirred for a while, nobody has shown since the last door was shut, and the warning has sounded
through. The first valid entry unsets it. Whoever is inside gets out in every state: it knows no lock.

*Nobody has shown*: once every door is shut, whoever moves is inside, and stays inside until a door opens again. So a
sleeper who has stirred once since the others left keeps the area unset for the whole night, whatever was counted.
"""

from typing import Literal

import msgspec

from edge.wire.events import AlarmChange

LEAVING_S = 30.0
"""Movement this soon after the last door was shut may still be of whoever went out by it."""
ROUNDS = 3
"""The siren sounds this often between two entries at most."""


class AlarmRules(msgspec.Struct, frozen=True, kw_only=True):
    """Nothing stirs for ``quiet_s``, then it warns for ``warn_s``, then it is set; a siren sounds for ``siren_s``."""

    quiet_s: float
    warn_s: float
    siren_s: float


class Conditions(msgspec.Struct, frozen=True, kw_only=True):
    """Input: how things stand. ``closed``: the plan says that nobody is to be here. ``obstacle``: what forbids setting
    although it is closed, in words; ``untried``: the same of what needs nobody to look, as the next use shows whether
    it works. ``moving``: something moves all the time."""

    closed: bool
    obstacle: str | None = None
    untried: str | None = None
    moving: bool = False


class Movement(msgspec.Struct, frozen=True, kw_only=True):
    """Input: something moved, or ceased to ``ago_s`` seconds ago. ``inside``: it takes somebody inside to do that."""

    by: str
    inside: bool = False
    ago_s: float = 0.0


class Doors(msgspec.Struct, frozen=True, kw_only=True):
    """Input: a door was opened, or all are shut."""

    open: bool
    by: str


class Unset(msgspec.Struct, frozen=True, kw_only=True):
    """Input: a valid entry, a command that unsets, or fire."""

    why: str


class ConfirmedEmpty(msgspec.Struct, frozen=True, kw_only=True):
    """Input: a person has looked and says that nobody is inside."""


class Tick(msgspec.Struct, frozen=True, kw_only=True):
    """Input: time has passed."""


Input = Conditions | Movement | Doors | Unset | ConfirmedEmpty | Tick


class Sound(msgspec.Struct, frozen=True, kw_only=True):
    """Effect: begin or end a sound, or show that the alarm is ``set``."""

    what: Literal["warning", "siren", "strobe", "set"]
    on: bool


class AlarmReport(msgspec.Struct, frozen=True, kw_only=True):
    """Effect: record what happened."""

    change: AlarmChange
    why: str | None = None


Effect = Sound | AlarmReport
Phase = Literal["unset", "warning", "set", "triggered"]


class AlarmState(msgspec.Struct, frozen=True, kw_only=True):
    """``quiet_since``: when something stirred last. ``shut_at``: since when every door is. ``seen``: who has shown
    since. ``until``: when warning or siren end. ``reported``: what was last said to stand obstacle setting."""

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
        """When the machine wants its next ``Tick``."""
        if self.phase != "unset":
            return self.until
        waits = self.closed and not self.moving and (self.blocker is None or self.blocker != self.reported)
        return self.quiet_since + self.rules.quiet_s if waits else None

    @property
    def blocker(self) -> str | None:
        """Why it does not set although it is closed and quiet."""
        return self.grave or self.untried

    @property
    def grave(self) -> str | None:
        """The same, where a person should look."""
        return self.obstacle or (f"{self.seen} since the doors were shut, so somebody is inside" if self.seen else None)

    @property
    def is_set(self) -> bool:
        """Whether only a valid entry makes the area free again."""
        return self.phase in ("set", "triggered")


def begin(rules: AlarmRules, *, was_set: bool, shut: bool, now: float) -> AlarmState:
    """The state at the start. What was set is set again, without a warning; all else begins its quiet time anew."""
    return AlarmState(rules=rules, quiet_since=now, phase="set" if was_set else "unset", shut_at=now if shut else None)


def step(state: AlarmState, given: Input, now: float) -> tuple[AlarmState, tuple[Effect, ...]]:
    """What becomes of the alarm. Effects come in the order to carry them out."""
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
    """The siren sounds again for who comes after it fell silent, but not all night."""
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
