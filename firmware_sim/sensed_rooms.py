"""The rooms of a simulated building: who is in which, what is booked, and what the sensors of each say. Pure.

Sessions are in rooms, most of them booked, with more or fewer people than the booking names; some bookings nobody
comes to; some people sit in a room that nobody booked. Everybody else is elsewhere in the building.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from firmware_sim.sensed_weeks import MINUTES, SensedWeeks, Stay

_FRESH_AIR_PPM, _BREATHED = 420.0, 18_000.0
_SEEN_HELD = 5
"""Minutes for which a sensor that counts people shows one number."""


@dataclass(frozen=True)
class RoomBooked:
    """Minutes since the start; ``code_at``: when its code was first used, None if never."""

    starts: int
    ends: int
    people: int
    code_at: int | None


@dataclass
class SensedRoom:
    """One value a minute of each column, in the order of ``SensedWeeks``; ``people``: the truth."""

    name: str
    capacity: int
    start: datetime
    people: list[int]
    columns: dict[str, list[float]] = field(default_factory=dict)
    kinds: dict[str, str] = field(default_factory=dict)
    bookings: list[RoomBooked] = field(default_factory=list)

    def rows(self) -> Iterator[list[str]]:
        """A heading with the time, then one row a minute; what is booked is a column."""
        booked = [0] * len(self.people)
        for each in self.bookings:
            booked[each.starts : each.ends] = [each.people] * (each.ends - each.starts)
        yield ["time", *self.columns, "booked"]
        for minute, people in enumerate(booked):
            values = (column[minute] for column in self.columns.values())
            moment = self.start + timedelta(minutes=minute)
            yield [moment.isoformat(), *(f"{value:g}" for value in values), str(people)]


@dataclass(frozen=True)
class _Plan:
    """``walk_ins``: how likely somebody who stays for a while sits down there."""

    name: str
    capacity: int
    sensors: tuple[str, ...]
    walk_ins: float = 0.0


_PLANS = (
    _Plan("hall", 60, ("pir", "co2")),
    _Plan("studio", 20, ("pir", "co2", "contact"), 0.04),
    _Plan("meeting", 10, ("pir", "present"), 0.03),
    _Plan("corner", 8, ("pir",), 0.05),
)
_Session = tuple[int, int]


def sensed_rooms(weeks: SensedWeeks, seed: str, hold_min: int = 0) -> list[SensedRoom]:
    """The rooms of these weeks; the same seed gives the same. ``hold_min``: for so many minutes their movement sensors
    go on saying movement after the last one."""
    rng = random.Random(f"rooms/{weeks.scenario.name}/{seed}")
    rooms = [SensedRoom(each.name, each.capacity, weeks.start, [0] * len(weeks.people)) for each in _PLANS]
    moves: list[list[int]] = [[] for _ in _PLANS]
    sessions: dict[_Session, list[Stay]] = {}
    for stay in weeks.stays:
        if stay.session is not None:
            sessions.setdefault(stay.session, []).append(stay)
    taken: list[list[_Session]] = [[] for _ in _PLANS]
    for during, stays in sorted(sessions.items()):
        place = _room_for(rng, during, len(stays), taken)
        if place is None:
            continue
        taken[place].append(during)
        if rng.random() < 0.85:
            first = min(stay.comes for stay in stays)
            code = int(first) if rng.random() < 0.6 else None
            named = max(round(len(stays) * rng.uniform(0.8, 1.4)), 1)
            rooms[place].bookings.append(RoomBooked(*during, min(named, _PLANS[place].capacity), code))
        for stay in stays:
            _sits(rng, rooms[place], moves[place], stay.comes + rng.uniform(0.5, 3), stay.leaves - rng.uniform(0.5, 3))
    for stay in weeks.stays:
        place = rng.choices(range(len(_PLANS) + 1), [*(each.walk_ins for each in _PLANS), 0.88])[0]
        if stay.session is None and place < len(_PLANS) and stay.leaves - stay.comes > 10:
            first = stay.comes + rng.uniform(1, 6)
            _sits(rng, rooms[place], moves[place], first, first + (stay.leaves - first) * rng.uniform(0.3, 1))
    _nobody_comes(rng, weeks, rooms, taken)
    for room, plan, moved in zip(rooms, _PLANS, moves, strict=True):
        room.bookings.sort(key=lambda each: each.starts)
        for kind in plan.sensors:
            room.columns[kind], room.kinds[kind] = _SENSORS[kind](rng, room, moved), kind
        if "pir" in room.columns:
            room.columns["pir"] = _held(room.columns["pir"], hold_min)
    return rooms


def _room_for(rng: random.Random, during: _Session, many: int, taken: list[list[_Session]]) -> int | None:
    """The smallest that holds them and is free, or the first, the hall."""
    free = [
        place
        for place in range(len(_PLANS))
        if not any(first < during[1] and during[0] < last for first, last in taken[place])
    ]
    fits = sorted((place for place in free if _PLANS[place].capacity >= many), key=lambda each: _PLANS[each].capacity)
    if not fits:
        return None
    return fits[0] if rng.random() < 0.6 else fits[-1]


def _sits(rng: random.Random, room: SensedRoom, moved: list[int], first: float, last: float) -> None:
    """In the room from minute to minute, some with a pause of five."""
    spans = [(first, last)]
    if last - first > 30 and rng.random() < 0.15:
        pause = rng.uniform(first + 10, last - 10)
        spans = [(first, pause), (pause + 5, last)]
    for start, end in spans:
        begin, stop = max(round(start), 0), min(round(end), len(room.people))
        if begin < stop:
            moved += [begin, stop]
            for minute in range(begin, stop):
                room.people[minute] += 1


def _nobody_comes(rng: random.Random, weeks: SensedWeeks, rooms: list[SensedRoom], taken: list[list[_Session]]) -> None:
    """Bookings of an open hour to which nobody comes."""
    for day in range(len(weeks.people) // MINUTES):
        open_ = [hour for hour in range(24) if weeks.open[day * MINUTES + hour * 60]]
        for place, room in enumerate(rooms):
            if not open_ or rng.random() >= 0.25:
                continue
            starts = day * MINUTES + rng.choice(open_) * 60
            during = starts, starts + 60
            if not any(first < during[1] and during[0] < last for first, last in taken[place]):
                room.bookings.append(RoomBooked(*during, rng.randint(2, max(room.capacity // 3, 3)), None))


def _movement(rng: random.Random, room: SensedRoom, moved: list[int]) -> list[float]:
    """Who sits still is not seen each minute."""
    still = 1 - rng.uniform(0.2, 0.45)
    return [float(rng.random() < 1 - still ** min(people, 30) + 0.0005) for people in room.people]


def _held(moved: list[float], minutes: int) -> list[float]:
    since, found = minutes + 1, []
    for each in moved:
        since = 0 if each else since + 1
        found.append(float(since <= minutes))
    return found


def _air(rng: random.Random, room: SensedRoom, moved: list[int]) -> list[float]:
    volume, changes = max(8.0 * room.capacity, 30.0) * rng.uniform(0.6, 1.5), rng.uniform(0.8, 2.5)
    wrong, level, found = rng.uniform(-40, 40), _FRESH_AIR_PPM, []
    for people in room.people:
        level += (_BREATHED / volume * people - changes * (level - _FRESH_AIR_PPM)) / 60
        found.append(float(round(level + wrong + rng.gauss(0, 12))))
    return found


def _counted(rng: random.Random, room: SensedRoom, moved: list[int]) -> list[float]:
    """A camera that overlooks some, and now and then sees one too many."""
    seen, found = 0, []
    for minute, people in enumerate(room.people):
        if minute % _SEEN_HELD == 0:
            seen = sum(rng.random() < 0.93 for _ in range(people)) + (rng.random() < 0.02)
        found.append(float(seen))
    return found


def _opened(rng: random.Random, room: SensedRoom, moved: list[int]) -> list[float]:
    """Of each minute whether its door stood open; many go through a door that stands open all the while."""
    found = [0.0] * len(room.people)
    for minute in moved:
        if minute < len(found) and rng.random() < 0.7:
            found[minute] = 1.0
    return found


_SENSORS = {"pir": _movement, "co2": _air, "present": _counted, "contact": _opened}
