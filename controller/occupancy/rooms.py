"""How many people are in each room of a building, with error, and why. Pure.

A room is measured by what is in it: sensors that see movement, people, carbon dioxide, or that something opens, and
counters at its doors where these lead to it alone. What the building knows holds for its rooms, and with a counted
building the rooms and what is elsewhere add up to it. Bookings only say what is likely.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from functools import reduce
from typing import NamedTuple

import msgspec
import numpy as np

from controller.estate.model import Space, SpaceKind
from controller.occupancy.estimate import Estimate, Worked, capacity, worked_out
from controller.occupancy.expected import CAME, LATE, RoomBooking, booked
from controller.occupancy.filter import doubted, quantile, unseen, usual
from controller.occupancy.recording import NAN, Column, Flags, Floats, Recording
from controller.occupancy.replay import Replay, Zone
from controller.occupancy.room_rows import Device
from controller.occupancy.sensing import Sensing
from controller.occupancy.sharing import SharingRoom, shared, summed
from controller.occupancy.site_rows import ROW_S, SiteRows
from controller.platform.text import times
from controller.telemetry.movement_holds import MovementHold

_UNKNOWN_CAPACITY, _ROOM_LEFT, _FEWEST, _MOST = 30, 1.5, 10, 1500
_FOLLOWED = 12 * 3600 // ROW_S
"""Rows: what was known of a room half a day ago says nothing now."""
_PRESENCE = 0.8
"""How far its sensors are believed on whether anybody is there."""
_PASSAGES = 0.2
"""Of the floor, what is in no room."""
_DISAGREE = 0.02
"""How likely the rooms hold no more than the building, by their sensors alone, when that is said."""
_MOST_SILENT = 4
_AIR_ROWS = 6
_DOORS = ("in", "out")
_NUMBERS = frozenset({"present", "co2", "in"})
"""Kinds of columns that say how many, not only whether."""


class RoomEstimate(msgspec.Struct, frozen=True, kw_only=True):
    """With probability 0.9 the number is in ``low`` to ``high``; all numbers are None where it is ``not measured``, as
    nothing there senses people, or ``not known``, as all of that is silent."""

    space: str
    name: str
    state: str
    people: int | None = None
    mean: float | None = None
    low: int | None = None
    high: int | None = None
    capacity: int | None = None
    rests_on: str = ""
    missing: tuple[str, ...] = ()


class Elsewhere(msgspec.Struct, frozen=True, kw_only=True):
    """People in the building and in none of its measured rooms."""

    people: int
    mean: float
    low: int
    high: int


class SitePeople(msgspec.Struct, frozen=True, kw_only=True):
    """``building``: None where no door has a counter. ``rooms``: all of them, by name. ``elsewhere``: None where the
    building is not measured or not known. ``disagree``: what to look at where rooms and doors contradict each other."""

    building: Estimate | None
    rooms: tuple[RoomEstimate, ...]
    elsewhere: Elsewhere | None = None
    disagree: str = ""


class SiteRead(NamedTuple):
    """What was heard of a site until a moment; nothing that is heard later changes it. ``sensed``: by sensor in a room,
    what it says of its people; ``codes``: booking -> when its code was first used."""

    sensing: Sensing
    worked: Worked
    building: Estimate | None
    sensed: Mapping[Device, Sequence[Column]]
    codes: Mapping[str, datetime]


def site_read(rows: SiteRows, sensing: Sensing, worked: Worked, building: Estimate | None) -> SiteRead:
    """``worked`` and ``building``: of the same rows and the same moment."""
    many = len(worked.seconds)
    sensed = {
        device: _sensed(rows, worked, device, many, sensing.holds.get(device, ()))
        for device in sorted(sensing.in_rooms)
    }
    return SiteRead(sensing, worked, building, sensed, dict(rows.rooms.codes))


def site_people(
    rows: SiteRows, sensing: Sensing, bookings: Mapping[str, Sequence[RoomBooking]], at: datetime
) -> SitePeople:
    """From what was heard until ``at``. ``bookings``: by room, as they were known at ``at``."""
    return people_in(site_read(rows, sensing, *worked_out(rows, sensing, at)), bookings, at)


def people_in(read: SiteRead, bookings: Mapping[str, Sequence[RoomBooking]], at: datetime) -> SitePeople:
    """``at``: the moment until which the site was read; ``bookings``: as for ``site_people``."""
    sensing, building = read.sensing, read.building
    total = read.worked.belief if building is not None and building.known else None
    rooms = {
        space.id: found
        for space in sensing.parts.spaces
        if (found := _Room(read, space, bookings.get(space.id, ()), at)).measured
    }
    beliefs, elsewhere, disagree = _added_up(sensing, rooms, total)
    measured = {name: room.estimate(beliefs[name]) for name, room in rooms.items()}
    answers = [
        measured[space.id] if space.id in measured else _of_parts(space, beliefs, measured)
        for space in sorted(sensing.parts.spaces, key=lambda each: each.name)
    ]
    return SitePeople(
        building=building,
        rooms=tuple(answers),
        elsewhere=None if elsewhere is None else _elsewhere(elsewhere),
        disagree=disagree,
    )


def own_counters(sensing: Sensing, space: Space) -> list[Device]:
    """The counters of a room's doors, if all its doors have one and lead to it and its parts alone."""
    inside = {space.id, *_within(sensing, space)}
    doors = {each.id: each for each in sensing.parts.doors}
    led = {door for each in sensing.parts.spaces if each.id not in inside for door in each.doors}
    found = [
        (doors[door].edge, str(doors[door].counter))
        for door in space.doors
        if door in doors and door not in led and (doors[door].edge, doors[door].counter) in sensing.counters
    ]
    return found if space.doors and len(found) == len(space.doors) else []


def _within(sensing: Sensing, space: Space) -> set[str]:
    found, ahead = set[str](), list(space.parts)
    while ahead:
        part = ahead.pop()
        if part not in found:
            found.add(part)
            ahead += next((each.parts for each in sensing.parts.spaces if each.id == part), ())
    return found


def _holds(space: Space) -> int:
    return space.capacity or space.pool_size or _UNKNOWN_CAPACITY


class _Room:
    """``measured``: whether anything senses people there; ``heard``: whether any of that is not silent."""

    def __init__(self, read: SiteRead, space: Space, bookings: Sequence[RoomBooking], at: datetime) -> None:
        worked, sensing, building = read.worked, read.sensing, read.building
        self.space, self._at, self._bookings = space, at, bookings
        self._zone = sensing.parts.site.tz
        self._seconds, self._moments = worked.seconds, worked.moments
        columns: list[Column] = []
        self._silent: list[tuple[str, datetime | None]] = []
        for device, here in read.sensed.items():
            where = sensing.in_rooms[device]
            if where.space == space.id:
                columns += here
                if here and not any(_now(each) for each in here):
                    self._silent.append((where.name, self._last_known(here)))
        columns = _joined(space, columns)
        self._counters = own_counters(sensing, space)
        either_way = [device for device in self._counters if device in worked.passages]
        for device in either_way:  # somebody passed, as through a door that was opened; who is inside nobody counts
            passed = worked.passages[device]
            total = np.where(np.isfinite(passed), np.nancumsum(passed), NAN)
            columns.append(Column(f"{device[1]} both ways", "contact", total))
        for device in () if either_way else self._counters:
            ins, outs = worked.counts[device]
            columns += [Column(f"{device[1]} in", "in", ins), Column(f"{device[1]} out", "out", outs)]
        self.measured = bool(columns)
        self._of_building = building.missing if building is not None and self._counters else ()
        known = building is None or building.known
        self.heard = any(_now(each) for each in columns if known or each.kind not in _DOORS)
        self._columns = columns
        self._empty = worked.empty
        self.belief = np.ones(1)
        if self.heard:
            self._replay = self._replayed(self._empty)
            self._replay.last()
            self.belief = doubted(self._replay.belief, _PRESENCE)

    def _last_known(self, columns: Sequence[Column]) -> datetime | None:
        rows = np.flatnonzero(np.any([np.isfinite(each.values) for each in columns], axis=0))
        return datetime.fromtimestamp(float(self._seconds[rows[-1]]), UTC) if rows.size else None

    def _replayed(self, empty: Flags) -> Replay:
        people, signs = booked(self._bookings, self._seconds)
        self._people, self._sign = float(people[-1]), float(signs[-1])
        columns = [
            *self._columns,
            Column("alarm", "alarm", empty.astype(float)),
            Column("booked", "booked", people),
            Column("came", "came", signs),
        ]
        read = Recording(self._seconds, self._moments, columns, Counter())
        many = min(max(round(_holds(self.space) * _ROOM_LEFT), _FEWEST), _MOST)
        known = np.flatnonzero(empty)
        first = max(len(self._seconds) - _FOLLOWED, int(known[-1]) if known.size else 0, 0)
        return Replay(read, many, zone=Zone.ROOM, first=first)

    @property
    def says(self) -> Floats:
        """How much likelier its sensors and bookings make each number than a room is like that nobody looks at."""
        found: Floats = self.belief / unseen(usual(len(self.belief) - 1))
        return found

    def estimate(self, belief: Floats) -> RoomEstimate:
        silent = tuple(self._silence())
        if not self.heard:
            return RoomEstimate(space=self.space.id, name=self.space.name, state="not known", missing=silent)
        missing = (*silent, *self._doubts())
        return _estimate(self.space, belief, self._rests_on(), missing)

    def _silence(self) -> list[str]:
        found = [f"of the building: {each}" for each in self._of_building]
        for name, since in self._silent[:_MOST_SILENT]:
            when = "" if since is None else f" since {times.at(since, self._zone, now=self._at)}"
            found.append(f"{name} is silent{when}")
        return found

    def _doubts(self) -> list[str]:
        if self._empty[-1] or any(each.kind in _NUMBERS and _now(each) for each in self._columns):
            return []
        return ["how many: its sensors see only whether anybody is there"]

    def _rests_on(self) -> str:
        found = ["nobody can be in the building"] if self._empty[-1] else []
        found += ["counts at its doors"] if any(each.kind in _DOORS for each in self._columns) else []
        found += self._replay.in_words()
        if self._people:
            code = {CAME: ", its code was used", LATE: ", its code was not used"}.get(self._sign, "")
            found.append(f"booked for {self._people:.0f}{code}")
        return "; ".join(found)


def _now(column: Column) -> bool:
    """Whether it says something now; carbon dioxide does for half an hour."""
    lately = -_AIR_ROWS if column.kind == "co2" else -1
    return bool(np.isfinite(column.values[lately:]).any())


def _sensed(rows: SiteRows, worked: Worked, device: Device, many: int, holds: Sequence[MovementHold]) -> list[Column]:
    """What a sensor in a room says of its people; nothing if it never said any of that."""
    if device in worked.worked and device in worked.pirs:
        moved = np.where(worked.worked[device], rows.moving(device, many, holds), NAN)
        return [Column(device[1], "pir", moved)]
    columns = rows.rooms.columns(device, many, holds)
    found = [Column(f"{device[1]} {kind}", kind, values) for kind, values in columns.items()]
    if (air := worked.air.get(device)) is not None:
        found.append(Column(f"{device[1]} co2", "co2", air))
    return found


def _joined(space: Space, columns: list[Column]) -> list[Column]:
    """Sensors that count people see different ones. In a pool each that sees somebody stands for one
    place: one for each place count. While one of them is silent, the others say only whether they see anybody."""
    counts = [each.values for each in columns if each.kind == "present"]
    eyes = [each.values for each in columns if each.kind == "pir"]
    rest = [each for each in columns if each.kind != "present"]
    if counts:
        return [*rest, *_together("people", counts)]
    if space.kind is SpaceKind.POOL and eyes and len(eyes) >= (space.pool_size or 0):
        return [*rest, *_together("places", eyes)]
    return rest


def _together(name: str, counts: Sequence[Floats]) -> list[Column]:
    found = [Column(name, "present", reduce(np.add, counts))]
    some = np.isnan(found[0].values) & np.isfinite(counts).any(axis=0)
    if some.any():
        found.append(Column(f"{name} seen by some", "pir", np.where(some, np.nansum(counts, axis=0) > 0, NAN)))
    return found


def _added_up(
    sensing: Sensing, rooms: Mapping[str, _Room], total: Floats | None
) -> tuple[dict[str, Floats], Floats | None, str]:
    """How likely each number is in each room and elsewhere; and what contradicts."""
    beliefs = {name: room.belief for name, room in rooms.items()}
    if total is None:
        return beliefs, None, ""
    heard = {name: room for name, room in rooms.items() if room.heard}
    whole = capacity(sensing.parts) or sum(_holds(each.space) for each in rooms.values()) or 1
    floors = {name: {name, *_within(sensing, room.space)} for name, room in heard.items()}
    outer = _apart(floors, floors)
    elsewhere = _share(heard, outer, total, max(whole, sum(_holds(heard[one].space) for one in outer)), beliefs)
    ahead = list(outer)
    while ahead:
        name = ahead.pop()
        own = _apart(floors, [one for one in floors if floors[one] < floors[name]])
        if own:
            held = max(_holds(heard[name].space), sum(_holds(heard[part].space) for part in own))
            _share(heard, own, beliefs[name], held, beliefs)
            ahead += own
    seen = summed([heard[name].belief for name in outer])
    at_least = np.concatenate([np.cumsum(total[::-1])[::-1], np.zeros(len(seen))])[: len(seen)]
    fits = float(seen @ at_least)
    disagree = "the sensors of its rooms see more people than the doors have counted" if fits < _DISAGREE else ""
    return beliefs, elsewhere, disagree


def _apart(floors: Mapping[str, set[str]], names: Iterable[str]) -> list[str]:
    """Of some rooms the largest, so that none of them shares floor with another. A room that overlaps one of these, and
    is no part of it, is left out: it stands alone."""
    found: list[str] = []
    for name in sorted(names, key=lambda each: (-len(floors[each]), each)):
        if all(floors[name].isdisjoint(floors[one]) for one in found):
            found.append(name)
    return found


def _share(
    rooms: Mapping[str, _Room], names: Sequence[str], total: Floats, holds: int, beliefs: dict[str, Floats]
) -> Floats:
    """Shares people among some rooms of a floor that ``holds`` so many; writes into ``beliefs``, answers the rest."""
    floor = holds * (1 + _PASSAGES)
    parts = [SharingRoom(rooms[name].says, _holds(rooms[name].space) / floor) for name in names]
    found, rest = shared(total, parts, 1 - sum(each.part for each in parts))
    beliefs.update(zip(names, found, strict=True))
    return rest


def _of_parts(space: Space, beliefs: Mapping[str, Floats], measured: Mapping[str, RoomEstimate]) -> RoomEstimate:
    """A room without a sensor: the sum of its parts, if all of these are known."""
    if not space.parts or not all(part in beliefs and len(beliefs[part]) > 1 for part in space.parts):
        return RoomEstimate(space=space.id, name=space.name, state="not measured")
    missing = tuple(f"{measured[part].name}: {each}" for part in space.parts for each in measured[part].missing)
    return _estimate(space, summed([beliefs[part] for part in space.parts]), "the sum of its parts", missing)


def _estimate(space: Space, belief: Floats, rests_on: str, missing: tuple[str, ...] = ()) -> RoomEstimate:
    people = quantile(belief, 0.5)
    return RoomEstimate(
        space=space.id,
        name=space.name,
        state="uncertain" if missing else "measured",
        people=people,
        mean=round(_mean(belief), 1),
        low=min(quantile(belief, 0.05), people),
        high=max(quantile(belief, 0.95), people),
        capacity=space.capacity or space.pool_size,
        rests_on=rests_on,
        missing=missing,
    )


def _elsewhere(belief: Floats) -> Elsewhere:
    return Elsewhere(
        people=quantile(belief, 0.5),
        mean=round(_mean(belief), 1),
        low=quantile(belief, 0.05),
        high=quantile(belief, 0.95),
    )


def _mean(belief: Floats) -> float:
    return float(belief @ np.arange(len(belief)))
