"""What doors and rooms reported, put in order for the records of bookings. Pure.

``seen`` sorts by time, so that it does not matter in which order events came, or how late.
"""

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

import msgspec

from controller.access.code_generation import CodeWindow
from controller.bookings.arrivals import THROUGH
from controller.hours.timetable import SortedSpans
from controller.use.spans import Span, common, union
from edge.wire.events import AccessData, DoorChange, DoorData, EventData, FootfallData, MotionData, ReadingData
from edge.wire.interval import Interval
from edge.wire.readings import ReadingKind

EXIT = timedelta(seconds=30)
"""How long after a request to exit an opening counts as that of somebody who leaves."""
KINDS = ("access", "door", "footfall", "motion", "reading")
"""Kinds of events that ``seen`` looks at."""
_MOVES = (ReadingKind.MOTION, ReadingKind.PRESENCE)


class Happened(NamedTuple):
    """An event. ``order`` decides between two of one instant."""

    at: datetime
    order: int
    edge: str
    device: str
    data: EventData | None


class Access(NamedTuple):
    """Somebody was let in. ``booking``: by whose code; ``None``: by a code or card of their own."""

    at: datetime
    booking: str | None


class Crossing(NamedTuple):
    """``by``: who was let in at that door last, within ``THROUGH`` before."""

    at: datetime
    ins: int
    outs: int
    by: Access | None = None


class Opens(msgspec.Struct, frozen=True, gc=False):
    """When the code of a booking opens a door."""

    during: Interval
    booking: str


class DoorSeen(msgspec.Struct, kw_only=True):
    """``counted``: in which time its counter is known to have worked, ``None`` where it has none; ``known``: in which
    time all that its edge reported is here. ``opened``: openings that nobody's code or card, and nobody who leaves,
    explains. ``opens``: when which booking's code opens it."""

    id: str
    name: str
    known: Sequence[Span]
    counted: Sequence[Span] | None
    opens: SortedSpans[Opens]
    accesses: list[Access] = []
    crossings: list[Crossing] = []
    opened: list[datetime] = []

    def crossed(self, start: datetime, end: datetime) -> Sequence[Crossing]:
        """The crossings from ``start`` to before ``end``."""
        first = bisect_left(self.crossings, start, key=_at)
        return self.crossings[first : bisect_left(self.crossings, end, lo=first, key=_at)]

    def admitted(self, start: datetime, end: datetime) -> Sequence[Access]:
        """Who was let in from ``start`` to before ``end``."""
        first = bisect_left(self.accesses, start, key=_at)
        return self.accesses[first : bisect_left(self.accesses, end, lo=first, key=_at)]

    def let_in(self, at: datetime) -> Access | None:
        """Who was let in last, within ``THROUGH`` before."""
        found = bisect_right(self.accesses, at, key=_at)
        last = self.accesses[found - 1] if found else None
        return last if last is not None and at - last.at <= THROUGH else None


def _start(span: Span) -> int:
    return span[0]


def _end(span: Span) -> int:
    return span[1]


def _at(thing: Access | Crossing) -> datetime:
    return thing.at


class RoomSeen(msgspec.Struct, kw_only=True):
    """``known``: in which time a sensor of the room is known to have worked. ``moved``: when it saw movement."""

    known: Sequence[Span] = ()
    moved: Sequence[Span] = ()

    def moved_in(self, start: float, end: float) -> list[Span]:
        """Its movement from ``start`` to before ``end``, in seconds since 1970."""
        first = bisect_left(self.moved, start, key=_end)
        last = bisect_left(self.moved, end, lo=first, key=_start)
        return [
            (max(int(start), each[0]), min(int(end), each[1])) for each in self.moved[first:last] if each[1] > start
        ]


class Seen(msgspec.Struct, frozen=True, kw_only=True):
    """``doors`` and ``rooms`` by id. ``uses``: when the code of a booking was accepted, and at which door."""

    doors: Mapping[str, DoorSeen]
    rooms: Mapping[str, RoomSeen]
    uses: Mapping[str, Sequence[tuple[datetime, str]]]


class Known(msgspec.Struct, frozen=True, kw_only=True):
    """In which time what is known to have worked. ``doors``: of their edges; ``counters``: by door; ``sensors``: by
    edge and device, those that see movement. ``places``: the room of each of these; ``names``: of doors."""

    names: Mapping[str, str]
    doors: Mapping[str, Sequence[Span]]
    counters: Mapping[str, Sequence[Span]]
    sensors: Mapping[tuple[str, str], Sequence[Span]]
    places: Mapping[tuple[str, str], str]


def seen(events: Iterable[Happened], windows: Iterable[CodeWindow], known: Known) -> Seen:
    """``events``: in any order."""
    at_door: dict[str, list[Opens]] = defaultdict(list)
    for each in windows:
        end = each.ends if each.ended_at is None else min(each.ends, each.ended_at)
        if each.starts < end:
            at_door[each.door].append(Opens(Interval(start=each.starts, end=end), each.booking_id))
    doors = {
        door: DoorSeen(
            id=door,
            name=name,
            known=known.doors.get(door, ()),
            counted=common(known.counters[door], known.doors.get(door, ())) if door in known.counters else None,
            opens=SortedSpans(at_door[door]),
        )
        for door, name in known.names.items()
    }
    uses: dict[str, list[tuple[datetime, str]]] = defaultdict(list)
    opened: dict[str, list[datetime]] = defaultdict(list)
    exits: dict[str, list[datetime]] = defaultdict(list)
    active: dict[tuple[str, str], list[tuple[datetime, bool]]] = defaultdict(list)
    for event in sorted(events, key=lambda each: (each.at, each.order)):
        match event.data:
            case AccessData(granted=True) as data if data.door in doors:
                doors[data.door].accesses.append(Access(event.at, data.booking))
                if data.booking is not None:
                    uses[data.booking].append((event.at, data.door))
            case FootfallData() as data if data.door in doors:
                doors[data.door].crossings.append(Crossing(event.at, data.ins, data.outs))
            case DoorData(change=DoorChange.OPENED) as data:
                opened[data.door].append(event.at)
            case DoorData(change=DoorChange.EXIT) as data:
                exits[data.door].append(event.at)
            case MotionData() as data:
                active[event.edge, event.device].append((event.at, data.active))
            case ReadingData() as data if any(kind in data.values for kind in _MOVES):
                moves = any(data.values.get(kind, 0) > 0 for kind in _MOVES)
                active[event.edge, event.device].append((event.at, moves))
            case _:
                pass
    for seen_door in doors.values():
        seen_door.crossings = _borne(seen_door.crossings, seen_door.accesses)
    for door, times in opened.items():
        if door in doors:
            doors[door].opened += [
                at for at in times if doors[door].let_in(at) is None and not _just_before(exits[door], at)
            ]
    return Seen(doors=doors, rooms=_rooms(active, known), uses=uses)


def _borne(crossings: Sequence[Crossing], accesses: Sequence[Access]) -> list[Crossing]:
    """The crossings with who was let in before them; both are in order."""
    found, ahead, last = [], 0, None
    for each in crossings:
        while ahead < len(accesses) and accesses[ahead].at <= each.at:
            last = accesses[ahead]
            ahead += 1
        recent = last is not None and each.at - last.at <= THROUGH
        found.append(Crossing(each.at, each.ins, each.outs, last) if recent else each)
    return found


def _just_before(times: Sequence[datetime], at: datetime) -> bool:
    found = bisect_right(times, at)
    return bool(found) and at - times[found - 1] <= EXIT


def _rooms(active: Mapping[tuple[str, str], Sequence[tuple[datetime, bool]]], known: Known) -> dict[str, RoomSeen]:
    covered: dict[str, list[Span]] = defaultdict(list)
    moved: dict[str, list[Span]] = defaultdict(list)
    for device, room in known.places.items():
        worked = known.sensors.get(device, ())
        covered[room] += worked
        moved[room] += _movement(active.get(device, ()), worked)
    return {room: RoomSeen(known=union(covered[room]), moved=union(moved[room])) for room in covered}


def _movement(changes: Sequence[tuple[datetime, bool]], worked: Sequence[Span]) -> list[Span]:
    """When a device saw movement: from each report of it to the next of the device, at least a second, and no longer
    than it is known to have worked."""
    found = []
    for place, (at, moves) in enumerate(changes):
        if not moves:
            continue
        start = int(at.timestamp())
        until = int(changes[place + 1][0].timestamp()) if place + 1 < len(changes) else start + 1
        known_until = next((end for begin, end in worked if begin <= start < end), start + 1)
        end = known_until if place + 1 == len(changes) else min(until, known_until)
        found.append((start, max(start + 1, end)))
    return found
