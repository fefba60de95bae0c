"""The state of an override at each door: is it applied, what is it waiting for, which of several is in force. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from zoneinfo import ZoneInfo

import msgspec

from controller.plans.overrides.model import AtDoor, Ordered
from controller.platform.text import times
from edge.wire.access_decision import in_force
from edge.wire.plan import Override, OverrideKind


class At(StrEnum):
    """State of an override at one door."""

    ON = "on"
    """The door has it, and carries it out once its time has come."""
    WAITING = "waiting"
    UNREACHABLE = "unreachable"
    """The door does not have it, and its edge is offline."""
    REMOVING = "removing"
    """It was ended, and the door has not said that it is gone."""
    GONE = "gone"


WORDS: Mapping[OverrideKind, str] = {
    OverrideKind.HOLD_OPEN: "held open",
    OverrideKind.LOCK_DOWN: "locked down",
    OverrideKind.OUT_OF_SERVICE: "out of service",
}


class OverrideDoorStatus(msgspec.Struct, frozen=True, kw_only=True):
    """One door of an override. ``since``: since when that is so, where it is known. ``holds``: whether this one decides
    at the door now; another one of it may be stricter, or it has yet to begin or to arrive."""

    door: str
    name: str
    state: At
    since: datetime | None
    holds: bool
    text: str


def current(
    ordered: Sequence[Ordered],
    *,
    names: Mapping[str, str],
    away: Mapping[str, datetime | None],
    now: datetime,
    zone: ZoneInfo,
) -> dict[str, list[OverrideDoorStatus]]:
    """Override id -> its doors, those that are still there by ``names``. ``away``: the doors whose edge is out of
    reach, and since when; ``None`` for one that was never heard of."""
    holding = _holding(ordered, away, now)
    of_id = {one.id: one.kind for one in ordered}
    return {
        one.id: [
            OverrideDoorStatus(
                door=at.door,
                name=names[at.door],
                state=(state := state_at(one, at, away, now)),
                since=_since(one, at, state, away),
                holds=(held_by := holding.get(at.door)) == one.id,
                text=_text(one, at, state, away, now, zone, rules=of_id[held_by] if held_by else one.kind),
            )
            for at in one.doors
            if at.door in names
        ]
        for one in ordered
    }


def state_at(one: Ordered, at: AtDoor, away: Mapping[str, datetime | None], now: datetime) -> At:
    """State of an override at a door."""
    if now >= one.ends:
        return At.GONE
    if one.ended_at is not None:
        there = at.on_version is not None and at.off_at is None and not _never_sent(one, at, away)
        return At.REMOVING if there else At.GONE
    if at.on_at is not None:
        return At.ON
    return At.UNREACHABLE if at.door in away else At.WAITING


def _never_sent(one: Ordered, at: AtDoor, away: Mapping[str, datetime | None]) -> bool:
    """Whether the door cannot have had an override: its edge is offline since before that was made."""
    if at.on_at is not None or at.door not in away:
        return False
    since = away[at.door]
    return since is None or since <= one.made_at


def _holding(ordered: Iterable[Ordered], away: Mapping[str, datetime | None], now: datetime) -> dict[str, str]:
    """Door -> the id of the override that decides there now, as far as the doors have said what they have."""
    there: dict[str, list[tuple[Override, str]]] = {}
    for one in ordered:
        for at in one.doors:
            if at.on_at is not None and state_at(one, at, away, now) in (At.ON, At.REMOVING):
                given = Override(door=at.door, kind=one.kind, during=one.on_the_door)
                there.setdefault(at.door, []).append((given, one.id))
    found: dict[str, str] = {}
    for door, given_here in there.items():
        holds = in_force((given for given, _ in given_here), now)
        if holds is not None:
            found[door] = next(name for given, name in given_here if given == holds)
    return found


def _since(one: Ordered, at: AtDoor, state: At, away: Mapping[str, datetime | None]) -> datetime | None:
    match state:
        case At.ON:
            return at.on_at
        case At.UNREACHABLE:
            return away[at.door]
        case At.REMOVING:
            return one.ended_at
        case At.GONE:
            return at.off_at or one.ended_at or one.ends
        case _:
            return None


def _text(
    one: Ordered,
    at: AtDoor,
    state: At,
    away: Mapping[str, datetime | None],
    now: datetime,
    zone: ZoneInfo,
    *,
    rules: OverrideKind,
) -> str:
    """“locked down since 14:02 until 18:00”, or plainly that it is not. ``rules``: of which kind the override is that
    decides at the door now."""
    what, until = WORDS[one.kind], times.at(one.ends, zone, now=now)
    cut = _offline(at.door, away, now, zone)
    match state:
        case At.ON if now < one.starts:
            return f"{what} from {times.at(one.starts, zone, now=now)} until {until}; the door has it"
        case At.ON if rules is not one.kind:
            return f"to be {what} until {until}, but {WORDS[rules]} now, which is stricter"
        case At.ON:
            since = max(one.starts, at.on_at) if at.on_at is not None else one.starts
            return f"{what} since {times.at(since, zone, now=now)} until {until}"
        case At.WAITING:
            return f"not {what} yet; the door is being updated"
        case At.UNREACHABLE:
            return f"NOT {what}: the door is offline{cut}; it follows once it is back online"
        case At.REMOVING if at.door in away and at.on_at is None:
            return f"not known to have been {what}: the door is offline{cut}, and this has ended"
        case At.REMOVING if at.door in away:
            return f"may still be {what} until {until}: the door is offline{cut}"
        case At.REMOVING:
            return f"still {what}, though this has ended; the door is being updated"
        case At.GONE if _never_sent(one, at, away):
            return f"was not {what}: the door is offline{cut}, and this has ended"
        case _:
            return f"no longer {what}"


def _offline(door: str, away: Mapping[str, datetime | None], now: datetime, zone: ZoneInfo) -> str:
    since = away.get(door)
    return "" if since is None else f" since {times.at(since, zone, now=now)}"
