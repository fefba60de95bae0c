"""What else held at doors at earlier moments than their own events say: fires, and what people ordered. Pure."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from itertools import pairwise

import msgspec

from controller.plans.overrides.model import Ordered
from controller.screens.live.door_history import PastEvent
from edge.wire.access_decision import in_force
from edge.wire.events import BootData, FireChange, FireData
from edge.wire.interval import Interval
from edge.wire.plan import Override, OverrideKind

KINDS = ("fire",)


class PastFire(msgspec.Struct, frozen=True, kw_only=True):
    """A fire at an edge. ``state``: ``active``, or ``latched`` after the line was normal again."""

    edge: str
    state: str
    during: Interval


class PastOrder(msgspec.Struct, frozen=True, kw_only=True):
    """What a door carried out because somebody ordered it; of several the one that decided."""

    door: str
    kind: OverrideKind
    during: Interval


def fires(
    edge: str, events: Iterable[PastEvent], looked: Interval, during: Interval, told: tuple[str, datetime] | None
) -> list[PastFire]:
    """The fires of an edge during an interval. ``events``: of the site, from ``looked``; ``told``: the latest state of
    its fire line, and since when. A latch lasts over starts of the agent."""
    spans: list[tuple[str, datetime, datetime]] = []
    state, since, first = "", looked.start, True
    mine = (each for each in events if each.edge == edge and isinstance(each.data, FireData | BootData))
    for each in sorted(mine, key=lambda each: each[:2]):
        if isinstance(each.data, BootData):
            new = FireChange.LATCHED.value if state == FireChange.ACTIVE else state
        else:
            assert isinstance(each.data, FireData)
            if first:  # it says how it was before
                state = _BEFORE[each.data.change]
            first = False
            new = "" if each.data.change is FireChange.CLEARED else each.data.change.value
        if new != state:
            spans.append((state, since, each.at))
            state, since = new, each.at
    if first and told is not None:
        state, since = told
    spans.append((state, since, looked.end))
    found = [(each, _within(start, end, during)) for each, start, end in spans if each]
    return [PastFire(edge=edge, state=each, during=its) for each, its in found if its is not None]


_BEFORE = {FireChange.ACTIVE: "", FireChange.LATCHED: "active", FireChange.CLEARED: "latched"}


def orders(ordered: Sequence[Ordered], doors: Iterable[str], during: Interval) -> list[PastOrder]:
    """What doors had and carried out, as far as they have said so: an order that never reached a door is none."""
    found: list[PastOrder] = []
    for door in doors:
        given = [each for each in (_at_door(one, door) for one in ordered) if each is not None]
        times = {each for one in given for each in (one.during.start, one.during.end)}
        times = {during.start, during.end, *(each for each in times if each in during)}
        for start, end in pairwise(sorted(times)):
            holds = in_force(given, start)
            if holds is None:
                continue
            last = found[-1] if found else None
            if last and (last.door, last.kind, last.during.end) == (door, holds.kind, start):
                found[-1] = msgspec.structs.replace(last, during=Interval(start=last.during.start, end=end))
            else:
                found.append(PastOrder(door=door, kind=holds.kind, during=Interval(start=start, end=end)))
    return found


def _at_door(one: Ordered, door: str) -> Override | None:
    for at in one.doors:
        if at.door == door and at.on_at is not None:
            off = one.ends if at.off_at is None else min(one.ends, at.off_at)
            start = max(one.starts, at.on_at)
            return Override(door=door, kind=one.kind, during=Interval(start=start, end=off)) if start < off else None
    return None


def _within(start: datetime, end: datetime, during: Interval) -> Interval | None:
    start, end = max(start, during.start), min(end, during.end)
    return Interval(start=start, end=end) if start < end else None
