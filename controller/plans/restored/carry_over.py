"""A plan compiled from the database, changed by the restored entries that are in force. Pure.

It never widens access: what is carried over keeps its windows, and what was removed stays removed.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import TypeVar

import msgspec

from controller.access.code_generation import WantedGrant
from controller.plans.compile import Compiled, PlanInput, TooMuchForOnePart
from controller.plans.restored.model import Identity, RestoredPiece, contents, identity
from controller.plans.restored.plan_comparison import clipped
from edge.wire.codec import PART_LIMIT, encode
from edge.wire.interval import Interval
from edge.wire.offline_codes import OfflineWindow
from edge.wire.plan import (
    DoorSpan,
    Grant,
    GrantsPart,
    HoursPart,
    ModeSpan,
    ModesPart,
    OfflineListing,
    OfflinePart,
    Override,
    OverridesPart,
    Part,
    PartRef,
    Session,
    SessionsPart,
    digest,
    part_of,
    split,
)

S = TypeVar("S", DoorSpan, ModeSpan)


class Carried(msgspec.Struct, frozen=True, kw_only=True):
    """The restored entries in force for an edge's plan. ``off``: entries that are not put on the door although the
    database has them. ``hours``, ``modes``: timelines, each with its time span."""

    grants: tuple[Grant, ...] = ()
    sessions: tuple[Session, ...] = ()
    overrides: tuple[Override, ...] = ()
    off: frozenset[Identity] = frozenset()
    hours: Mapping[str, tuple[Interval, tuple[DoorSpan, ...]]] = {}
    modes: tuple[Interval, tuple[ModeSpan, ...]] | None = None
    accepted: Mapping[str, frozenset[OfflineListing]] = {}
    revoked: Mapping[str, frozenset[OfflineWindow]] = {}

    def without_removed_grants(self, given: PlanInput) -> PlanInput:
        """The input of a plan without the bookings' codes in ``off``, so that none is noted as on the door."""
        if not self.off:
            return given
        grants = [each for each in given.grants if identity(_as_grant(each)) not in self.off]
        return msgspec.structs.replace(given, grants=grants)


NOTHING = Carried()


def carried(pieces: Sequence[RestoredPiece], now: datetime) -> Carried:
    """The restored entries of these pieces; pieces that have ended do not count."""
    live = [piece for piece in pieces if piece.during.end > now]
    if not live:
        return NOTHING
    carried = contents(piece.part for piece in live if not piece.gone and not isinstance(piece.part, HoursPart))
    gone = contents(piece.part for piece in live if piece.gone)
    modes = [(piece.during, piece.part.spans) for piece in live if isinstance(piece.part, ModesPart)]
    return Carried(
        grants=carried.grants,
        sessions=carried.sessions,
        overrides=carried.overrides,
        off=frozenset(identity(each) for some in (gone.grants, gone.sessions, gone.overrides) for each in some),
        hours={p.part.door: (p.during, p.part.spans) for p in live if isinstance(p.part, HoursPart)},
        modes=modes[-1] if modes else None,
        accepted=carried.accepted,
        revoked=gone.revoked,
    )


def carry(compiled: Compiled, given: Carried) -> Compiled:
    """The plan with what is carried in it and without what stays off. Raises ``TooMuchForOnePart``."""
    if given == NOTHING:
        return compiled
    parts: dict[str, bytes] = {}
    left, doors = 0, set[str]()
    for name, data in compiled.parts.items():
        part = part_of(data)
        changed = _changed(part, given)
        if isinstance(part, GrantsPart) and isinstance(changed, GrantsPart):
            left += len(part.grants) - len(changed.grants)
        if isinstance(part, OfflinePart):
            doors.add(part.door)
        parts[name] = data if changed is part else encode(changed)
        if len(parts[name]) > PART_LIMIT:
            raise TooMuchForOnePart(name, len(parts[name]))
    for door in sorted((given.accepted.keys() | given.revoked.keys()) - doors):
        parts[f"offline-{door}"] = encode(_offline(OfflinePart(door=door), given))
    parts |= split("carried", "grants", given.grants)
    parts |= split("carried-sessions", "sessions", given.sessions)
    if given.overrides:
        parts["carried-overrides"] = encode(OverridesPart(overrides=given.overrides))
    refs = {name: PartRef(digest=digest(data), size=len(data)) for name, data in parts.items()}
    grants = compiled.grants - left + len(given.grants)
    return msgspec.structs.replace(compiled, parts=parts, refs=refs, grants=grants)


def _changed(part: Part, given: Carried) -> Part:
    """The part itself where nothing of it is another."""
    match part:
        case GrantsPart():
            grants = _on(part.grants, given.off)
            return part if len(grants) == len(part.grants) else GrantsPart(grants=grants)
        case SessionsPart():
            sessions = _on(part.sessions, given.off)
            return part if len(sessions) == len(part.sessions) else SessionsPart(sessions=sessions)
        case OverridesPart():
            overrides = _on(part.overrides, given.off)
            return part if len(overrides) == len(part.overrides) else OverridesPart(overrides=overrides)
        case HoursPart() if part.door in given.hours:
            return msgspec.structs.replace(part, spans=spliced(part.spans, *given.hours[part.door]))
        case ModesPart() if given.modes is not None:
            return ModesPart(spans=spliced(part.spans, *given.modes))
        case OfflinePart() if part.door in given.accepted or part.door in given.revoked:
            return _offline(part, given)
        case _:
            return part


def _offline(part: OfflinePart, given: Carried) -> OfflinePart:
    off = given.revoked.get(part.door, frozenset())
    revoked = (*part.revoked, *sorted(off - set(part.revoked)))
    known = {each.window for each in part.accepted} | set(revoked)
    more = (each for each in given.accepted.get(part.door, ()) if each.window not in known)
    accepted = (
        *(each for each in part.accepted if each.window not in off),
        *sorted(more, key=lambda one: one.window),
    )
    return msgspec.structs.replace(part, accepted=accepted, revoked=revoked)


T = TypeVar("T", Grant, Session, Override)


def _on(things: Iterable[T], off: frozenset[Identity]) -> tuple[T, ...]:
    return tuple(each for each in things if identity(each) not in off)


def spliced(ours: Sequence[S], during: Interval, theirs: Sequence[S]) -> tuple[S, ...]:
    """A timeline with another one in its place for a while."""
    if not ours:
        return tuple(theirs)
    start, end = min(each.during.start for each in ours), max(each.during.end for each in ours)
    found: list[S] = []
    if start < during.start:
        found += clipped(ours, Interval(start=start, end=min(during.start, end)))
    found += [each for each in theirs if each.during.end > start]
    if during.end < end:
        found += clipped(ours, Interval(start=max(during.end, start), end=end))
    return tuple(found)


def _as_grant(wanted: WantedGrant) -> Grant:
    return Grant(
        door=wanted.door,
        key=wanted.code_key,
        kind=wanted.kind,
        windows=(wanted.window,),
        hold_s=wanted.hold_s,
        booking=wanted.booking_id,
    )
