"""Compares the plan at the door with the one that a restored database makes. Pure.

What the door has and the database would not bring back is *known only to the door*. What the database still had on the
door, and a later plan took off, is *gone*: somebody took it back after the backup was made. What a person has changed
since that plan was signed is neither: they have decided already.
"""

from collections.abc import Hashable, Iterable, Iterator, Sequence
from typing import TypeVar

import msgspec

from controller.plans.restored.model import Contents, Identity, Item, ItemKind, identity
from edge.wire.credentials import CredentialKind
from edge.wire.interval import Interval
from edge.wire.plan import (
    DoorSpan,
    Grant,
    GrantsPart,
    ModeSpan,
    ModesPart,
    OfflinePart,
    Override,
    OverridesPart,
    Session,
    SessionsPart,
)

T = TypeVar("T", Grant, Session, Override)
S = TypeVar("S", DoorSpan, ModeSpan)


class Settled(msgspec.Struct, frozen=True, kw_only=True):
    """What was changed in the database since the door's plan was signed: overrides that were ended, and ids of bookings
    and people."""

    ended: frozenset[Identity] = frozenset()
    changed: frozenset[str] = frozenset()


def difference(held: Contents, before: Contents, ours: Contents, settled: Settled, *, window: Interval) -> list[Item]:
    """``held``: at the door. ``before``: the last plan that the database knows from before. ``ours``: what the database
    makes now. ``window``: from now to where the door's plan ends."""
    return [
        *_things(held.grants, before.grants, ours.grants, settled, window),
        *_things(held.sessions, before.sessions, ours.sessions, settled, window),
        *_things(held.overrides, before.overrides, ours.overrides, settled, window),
        *_hours(held, before, ours, window),
        *_offline(held, ours, settled, window),
    ]


def _things(
    held: Sequence[T], before: Sequence[T], ours: Sequence[T], settled: Settled, window: Interval
) -> Iterator[Item]:
    at_door, known, wanted = ({identity(each) for each in some} for some in (held, before, ours))
    for gone, some in ((False, held), (True, ours)):
        for each in some:
            name = identity(each)
            if name in (at_door if gone else wanted) or (gone and name not in known):
                continue
            if _hull(each).end <= window.start or name in settled.ended or _whose(each) in settled.changed:
                continue
            yield _item(each, gone)


def _item(thing: Grant | Session | Override, gone: bool) -> Item:
    during = _hull(thing)
    match thing:
        case Grant():
            if thing.kind is CredentialKind.MEMBER_CARD_PIN:
                kind, subject = ItemKind.MEMBERS, ""
            elif thing.booking is not None:
                kind, subject = ItemKind.BOOKING, thing.booking
            else:
                kind, subject = ItemKind.PERSON, thing.holder or ""
            return Item(
                kind=kind, subject=subject, gone=gone, door=thing.door, during=during, part=GrantsPart(grants=(thing,))
            )
        case Session():
            part = SessionsPart(sessions=(thing,))
            return Item(kind=ItemKind.BOOKING, subject=thing.booking, gone=gone, door="", during=during, part=part)
        case Override():
            subject = f"{thing.kind} {during.start.timestamp():.0f} {during.end.timestamp():.0f}"
            part_ = OverridesPart(overrides=(thing,))
            return Item(kind=ItemKind.OVERRIDE, subject=subject, gone=gone, door=thing.door, during=during, part=part_)


def _hull(thing: Grant | Session | Override) -> Interval:
    match thing:
        case Grant():
            return Interval(
                start=min(each.start for each in thing.windows), end=max(each.end for each in thing.windows)
            )
        case Session():
            return thing.window
        case Override():
            return thing.during


def _whose(thing: Grant | Session | Override) -> str | None:
    match thing:
        case Grant():
            return thing.owner
        case Session():
            return thing.booking
        case Override():
            return None


def _hours(held: Contents, before: Contents, ours: Contents, window: Interval) -> Iterator[Item]:
    """Timelines that differ though the database's is as it was: somebody changed opening hours after the backup."""
    if window.end <= window.start:
        return
    for door, theirs in sorted(held.hours.items()):
        if (now := ours.hours.get(door)) is None:
            continue
        was = before.hours.get(door)
        spans = clipped(theirs.spans, window)
        if _other(spans, clipped(now.spans, window), was.spans if was else (), now.spans, window):
            part = msgspec.structs.replace(theirs, spans=tuple(spans))
            yield Item(kind=ItemKind.HOURS, subject="", gone=False, door=door, during=window, part=part)
    modes = clipped(held.modes, window)
    if _other(modes, clipped(ours.modes, window), before.modes, ours.modes, window):
        part_ = ModesPart(spans=tuple(modes))
        yield Item(kind=ItemKind.HOURS, subject="", gone=False, door="", during=window, part=part_)


def _other(theirs: list[S], now: list[S], was: Sequence[S], ours: Sequence[S], window: Interval) -> bool:
    if theirs == now:
        return False
    end = min(window.end, max((each.during.end for each in was), default=window.start))
    shared = Interval(start=window.start, end=end) if end > window.start else None
    return shared is None or clipped(was, shared) == clipped(ours, shared)


def _offline(held: Contents, ours: Contents, settled: Settled, window: Interval) -> Iterator[Item]:
    """Offline codes that were issued, or withdrawn: one that no plan lists may work at the door."""
    for door, listed in sorted(held.accepted.items()):
        known = {each.window for each in ours.accepted.get(door, ())} | ours.revoked.get(door, frozenset())
        for one in sorted(listed, key=lambda one: one.window):
            if one.window not in known and one.window.during.end > window.start and one.booking not in settled.changed:
                part, during = OfflinePart(door=door, accepted=(one,)), one.window.during
                yield Item(kind=ItemKind.BOOKING, subject=one.booking, gone=False, door=door, during=during, part=part)
    for door, windows in sorted(held.revoked.items()):
        for each in sorted(windows - ours.revoked.get(door, frozenset())):
            during = each.during
            if during.end > window.start:
                part = OfflinePart(door=door, revoked=(each,))
                subject = f"{door} {during.start.timestamp():.0f} {each.quarters} {each.slot}"
                yield Item(kind=ItemKind.OFFLINE, subject=subject, gone=True, door=door, during=during, part=part)


def clipped(spans: Iterable[S], window: Interval) -> list[S]:
    """The spans within a window, those that touch and say the same as one."""
    found: list[S] = []
    for span in sorted(spans, key=lambda each: each.during.start):
        if not span.during.overlaps(window):
            continue
        during = Interval(start=max(span.during.start, window.start), end=min(span.during.end, window.end))
        if found and found[-1].during.end == during.start and _said(found[-1]) == _said(span):
            during = Interval(start=found.pop().during.start, end=during.end)
        found.append(msgspec.structs.replace(span, during=during))
    return found


def _said(span: DoorSpan | ModeSpan) -> Hashable:
    return (span.free, span.accepts) if isinstance(span, DoorSpan) else span.mode
