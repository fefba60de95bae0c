"""What doors and rooms reported, put in order for the records of bookings. Pure.

``seen`` sorts by time, so that it does not matter in which order events came, or how late.
"""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import NamedTuple

import msgspec

from controller.access.code_generation import CodeWindow
from controller.bookings.arrivals import THROUGH
from controller.hours.timetable import SortedSpans
from controller.telemetry.movement_holds import Holds, MovementHold, hold_at, moves_in
from controller.telemetry.room_sensors.model import SILENT_AFTER
from controller.use.spans import Span, common, union, without
from edge.wire.events import AccessData, DoorChange, DoorData, EventData, FootfallData, MotionData, ReadingData
from edge.wire.interval import Interval

KINDS = ("access", "door", "footfall", "motion", "reading")
"""Kinds of events that ``seen`` looks at."""
_CONTACT = {DoorChange.OPENED: True, DoorChange.CLOSED: False}
_FROM_AFAR = ("command", "schedule")
_CALM = frozenset({DoorChange.CLOSED, DoorChange.LOCKED, DoorChange.CLEARED, DoorChange.GLASS_WHOLE})
SILENT_S = int(SILENT_AFTER.total_seconds())
"""After so long without a report a sensor over MQTT is silent."""


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
    """``by``: who was let in at that door last, within ``THROUGH`` before. ``passages``: people of whom nobody knows
    which way they went."""

    at: datetime
    ins: int
    outs: int
    by: Access | None = None
    passages: int = 0


class Opens(msgspec.Struct, frozen=True, gc=False):
    """When the code of a booking opens a door."""

    during: Interval
    booking: str


class DoorSeen(msgspec.Struct, kw_only=True):
    """``counted``: in which time its counter is known to have worked, ``None`` where it has none that tells in from
    out; ``either_way``: the same of those that do not; ``known``: in which time all that its edge reported is here.
    ``opens``: when which booking's code opens it. ``contact``: whether it has a contact; ``shut``: whether that says
    closed at the end of what is looked at. ``changes``: when it was opened (``True``) and closed; ``unsaid``: whether
    some of ``accesses`` may be of people who left; ``stirred``: when anybody was let in or out, and when anything
    opened or unlocked it. ``unlocked``: when a command or the plan unlocked it (``True``), and when it was locked.
    ``late``: crossings that were reported some time after they were."""

    id: str
    name: str
    known: Sequence[Span]
    counted: Sequence[Span] | None
    either_way: Sequence[Span] | None = None
    opens: SortedSpans[Opens]
    contact: bool = False
    shut: bool = False
    unsaid: bool = False
    accesses: list[Access] = []
    crossings: list[Crossing] = []
    late: list[Crossing] = []
    changes: list[tuple[datetime, bool]] = []
    stirred: list[datetime] = []
    unlocked: list[tuple[datetime, bool]] = []

    def crossed(self, start: datetime, end: datetime) -> Sequence[Crossing]:
        """The crossings from ``start`` to before ``end``."""
        first = bisect_left(self.crossings, start, key=_at)
        return self.crossings[first : bisect_left(self.crossings, end, lo=first, key=_at)]

    def passed_either_way(self, during: Interval) -> bool:
        """Whether somebody passed of whom nobody knows which way they went, or was reported to have, perhaps late."""
        late = [each for each in self.late if during.start <= each.at < during.end]
        return any(each.passages for each in (*self.crossed(during.start, during.end), *late))

    def admitted(self, start: datetime, end: datetime) -> Sequence[Access]:
        """Who was let in from ``start`` to before ``end``."""
        first = bisect_left(self.accesses, start, key=_at)
        return self.accesses[first : bisect_left(self.accesses, end, lo=first, key=_at)]

    def stayed_shut(self, during: Interval) -> bool:
        """Whether its contact was closed for all of the time, and nobody was let in or out."""
        first = bisect_left(self.stirred, during.start)
        if not self.contact or first < bisect_left(self.stirred, during.end):
            return False
        place = bisect_left(self.changes, during.start, key=_when)
        if place:
            return not self.changes[place - 1][1]
        # What changes first tells how it was until then.
        return self.changes[0][1] if self.changes else self.shut


def _start(span: Span) -> int:
    return span[0]


def _end(span: Span) -> int:
    return span[1]


def _when(change: tuple[datetime, bool]) -> datetime:
    return change[0]


def _at(thing: Access | Crossing) -> datetime:
    return thing.at


class RoomSeen(msgspec.Struct, kw_only=True):
    """``known``: in which time a sensor of the room is known to have worked. ``moved``: when it saw movement, from the
    first to the last of each spell, without the time for which it holds its report, as far as that is known. ``holds``:
    what is learned of that, for each of its sensors."""

    known: Sequence[Span] = ()
    moved: Sequence[Span] = ()
    holds: Sequence[Sequence[MovementHold]] = ()

    def moved_in(self, start: float, end: float) -> list[Span]:
        """Its movement from ``start`` to before ``end``, in seconds since 1970."""
        first = bisect_left(self.moved, start, key=_end)
        last = bisect_left(self.moved, end, lo=first, key=_start)
        return [
            (max(int(start), each[0]), min(int(end), each[1])) for each in self.moved[first:last] if each[1] > start
        ]


class Seen(msgspec.Struct, frozen=True, kw_only=True):
    """``doors`` and ``rooms`` by id. ``uses``: when the code of a booking was accepted to come in, and at which door;
    ``leavers``: bookings whose code was used to leave."""

    doors: Mapping[str, DoorSeen]
    rooms: Mapping[str, RoomSeen]
    uses: Mapping[str, Sequence[tuple[datetime, str]]]
    leavers: frozenset[str]


class Known(msgspec.Struct, frozen=True, kw_only=True):
    """In which time what is known to have worked. ``doors``: of their edges; ``counters``: by door; ``sensors``: by
    edge and device, those that see movement. ``places``: the room of each of these; ``names``: of doors. ``contacts``:
    doors with a contact; ``shut``: those of them that are closed at the end of the events. ``sides``: by edge and
    reader, which door it is at, and whether people use it to leave. ``relayed``: sensors whose edge only passes on what
    they send, so that it does not know whether they work. ``late``: counters,
    by edge and device, that report crossings some time after they were. ``either_way``: as ``counters``, of those that
    do not tell in from out. ``holds``: for how long sensors hold a report
    of movement."""

    names: Mapping[str, str]
    doors: Mapping[str, Sequence[Span]]
    counters: Mapping[str, Sequence[Span]]
    sensors: Mapping[tuple[str, str], Sequence[Span]]
    places: Mapping[tuple[str, str], str]
    contacts: frozenset[str] = frozenset()
    shut: frozenset[str] = frozenset()
    sides: Mapping[tuple[str, str], tuple[str, bool]] = {}
    relayed: frozenset[tuple[str, str]] = frozenset()
    late: frozenset[tuple[str, str]] = frozenset()
    either_way: Mapping[str, Sequence[Span]] = {}
    holds: Holds = {}


def together(counters: Iterable[tuple[Span, Sequence[Span]]]) -> list[Span]:
    """When all counters of a door that were there worked. Of each: when it was there, and when it is known to have
    worked."""
    each = list(counters)
    found = union(span for _, worked in each for span in worked)
    for there, worked in each:
        found = without(found, without([there], worked))
    return found


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
            counted=_worked(known.counters, known.doors, door),
            either_way=_worked(known.either_way, known.doors, door),
            opens=SortedSpans(at_door[door]),
            contact=door in known.contacts,
            shut=door in known.shut,
        )
        for door, name in known.names.items()
    }
    uses: dict[str, list[tuple[datetime, str]]] = defaultdict(list)
    active: dict[tuple[str, str], list[tuple[datetime, bool]]] = defaultdict(list)
    reported: dict[tuple[str, str], list[int]] = defaultdict(list)
    leavers: set[str] = set()
    two_sided = {door for door, leaves in known.sides.values() if leaves}
    for event in sorted(events, key=lambda each: (each.at, each.order)):
        match event.data:
            case AccessData(granted=True) as data if data.door in doors:
                doors[data.door].stirred.append(event.at)
                at_reader = known.sides.get((event.edge, data.reader or ""))
                if at_reader == (data.door, True):
                    leavers |= {data.booking} if data.booking is not None else set()
                    continue
                doors[data.door].unsaid |= at_reader is None and data.door in two_sided
                doors[data.door].accesses.append(Access(event.at, data.booking))
                if data.booking is not None:
                    uses[data.booking].append((event.at, data.door))
            case FootfallData() as data if data.door in doors:
                found = (
                    doors[data.door].late if (event.edge, event.device) in known.late else doors[data.door].crossings
                )
                found.append(Crossing(event.at, data.ins, data.outs, passages=data.passages))
            case DoorData() as data if data.door in doors:
                if data.change in _CONTACT:
                    doors[data.door].changes.append((event.at, _CONTACT[data.change]))
                if data.change is DoorChange.LOCKED or (data.change is DoorChange.UNLOCKED and data.why in _FROM_AFAR):
                    doors[data.door].unlocked.append((event.at, data.change is DoorChange.UNLOCKED))
                if data.change not in _CALM:
                    doors[data.door].stirred.append(event.at)
            case MotionData() | ReadingData() as data:
                if isinstance(data, ReadingData) and data.available is not False:
                    reported[event.edge, event.device].append(int(event.at.timestamp()))
                if (moves := moves_in(data)) is not None:
                    active[event.edge, event.device].append((event.at, moves))
            case _:
                pass
    for seen_door in doors.values():
        seen_door.crossings = _borne(seen_door.crossings, seen_door.accesses)
    return Seen(doors=doors, rooms=_rooms(active, reported, known), uses=uses, leavers=frozenset(leavers))


def _worked(
    counters: Mapping[str, Sequence[Span]], doors: Mapping[str, Sequence[Span]], door: str
) -> Sequence[Span] | None:
    return common(counters[door], doors.get(door, ())) if door in counters else None


def _borne(crossings: Sequence[Crossing], accesses: Sequence[Access]) -> list[Crossing]:
    """The crossings with who was let in before them; both are in order."""
    found, ahead, last = [], 0, None
    for each in crossings:
        while ahead < len(accesses) and accesses[ahead].at <= each.at:
            last = accesses[ahead]
            ahead += 1
        recent = last is not None and each.at - last.at <= THROUGH
        found.append(each._replace(by=last) if recent else each)
    return found


def _rooms(
    active: Mapping[tuple[str, str], Sequence[tuple[datetime, bool]]],
    reported: Mapping[tuple[str, str], Sequence[int]],
    known: Known,
) -> dict[str, RoomSeen]:
    covered: dict[str, list[Span]] = defaultdict(list)
    moved: dict[str, list[Span]] = defaultdict(list)
    holds: dict[str, list[Sequence[MovementHold]]] = defaultdict(list)
    for device, room in known.places.items():
        worked = known.sensors.get(device, ())
        if device in known.relayed:
            worked = common(worked, union((at, at + SILENT_S) for at in reported.get(device, ())))
        covered[room] += worked
        learned = known.holds.get(device, ())
        moved[room] += _movement(active.get(device, ()), worked, learned)
        holds[room] += [learned] if learned else []
    return {room: RoomSeen(known=union(covered[room]), moved=union(moved[room]), holds=holds[room]) for room in covered}


def _movement(
    changes: Sequence[tuple[datetime, bool]], worked: Sequence[Span], holds: Sequence[MovementHold]
) -> list[Span]:
    """When a device saw movement: from each report of it to the next of the device, and no longer than it is known to
    have worked; less its hold, as it was known then, and at least a second."""
    found: list[Span] = []
    for place, (at, moves) in enumerate(changes):
        if not moves:
            continue
        start = int(at.timestamp())
        until = int(changes[place + 1][0].timestamp()) if place + 1 < len(changes) else start + 1
        known_until = next((end for begin, end in worked if begin <= start < end), start + 1)
        end = max(start + 1, known_until if place + 1 == len(changes) else min(until, known_until))
        if found and start <= found[-1][1]:
            found[-1] = found[-1][0], max(end, found[-1][1])  # the same was said again
        else:
            found.append((start, end))
    return [(start, max(start + 1, end - _hold_s(holds, start))) for start, end in found] if holds else found


def _hold_s(holds: Sequence[MovementHold], start: int) -> int:
    known = hold_at(holds, datetime.fromtimestamp(start, UTC))
    return round(known.hold_s) if known is not None else 0
