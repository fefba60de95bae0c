"""Rooms that were used without a booking. Pure."""

from collections.abc import Sequence
from datetime import timedelta

from controller.bookings.diary.site_config import SiteConfig, SpaceAtSite
from controller.platform.text import times
from controller.use.attendance.case import moment_of
from controller.use.attendance.evidence import DoorSeen, RoomSeen, Seen
from controller.use.attendance.model import UnbookedRoom, UnbookedUse
from controller.use.spans import Span, common, union, without
from edge.wire.interval import Interval

GRACE = timedelta(minutes=15)
"""Somebody who is there for less than this without a booking only looks in."""
PAUSE = timedelta(minutes=10)
"""A person who sits still is not seen to move: quiet for less than this, a room is still in use."""


def unbooked(
    where: SiteConfig, seen: Seen, taken: Sequence[tuple[str, Interval]], during: Interval
) -> tuple[list[UnbookedUse], list[UnbookedRoom]]:
    """``taken``: space and time of each booking, from when its code begins to open to when it ends. Of each bookable
    room with a sensor, or with doors of its own that count: when somebody was there for at least ``GRACE`` while
    nobody had booked it or a part of it; what goes on from a booking is its overstay."""
    uses: list[UnbookedUse] = []
    rooms: list[UnbookedRoom] = []
    whole = int(during.start.timestamp()), int(during.end.timestamp())
    for place in sorted(where.by_space.values(), key=lambda each: each.space.name):
        if not place.space.bookable or place.pools:
            continue
        doors = _own_doors(where, seen, place)
        room = seen.rooms.get(place.space.id)
        counted = [each for each in doors if each.counted is not None or each.either_way is not None]
        if room is None and not counted:
            continue
        booked = union(
            (int(time.start.timestamp()), int(time.end.timestamp()))
            for space, time in taken
            if space in where.by_space and set(where.by_space[space].atoms) & set(place.atoms)
        )
        free = without([whole], booked)
        known = union(
            [
                *(room.known if room else ()),
                *(span for each in counted for span in each.counted or each.either_way or ()),
            ]
        )
        length = sum(end - start for start, end in free)
        covered = sum(end - start for start, end in common(free, known))
        if length:
            share = round(covered / length, 4)
            rooms.append(UnbookedRoom(space=place.space.id, space_name=place.space.name, coverage=share))
        uses += _uses(place, doors, room, booked, whole)
    return sorted(uses, key=lambda each: (each.during.start, each.space)), rooms


def _own_doors(where: SiteConfig, seen: Seen, place: SpaceAtSite) -> list[DoorSeen]:
    mine = set(place.atoms)
    led = {
        door: [each.atoms for each in where.by_space.values() if door in each.space.doors] for door in place.space.doors
    }
    return [seen.doors[door] for door, to in led.items() if door in seen.doors and all(map(mine.issuperset, to))]


def _uses(
    place: SpaceAtSite,
    doors: Sequence[DoorSeen],
    room: RoomSeen | None,
    booked: Sequence[Span],
    whole: Span,
) -> list[UnbookedUse]:
    passed = [int(each.at.timestamp()) for door in doors for each in door.crossings]
    pause = int(PAUSE.total_seconds())
    stays = union(
        (start, end + pause) for start, end in (*(room.moved if room else ()), *((at, at + 1) for at in passed))
    )
    ended = {end for _, end in booked}
    found = []
    for start, end in common(without(_shortened(stays, pause), booked), [whole]):
        if start in ended or end - start < GRACE.total_seconds():
            continue
        time = Interval(start=moment_of(start), end=moment_of(end))
        ins = sum(each.ins for door in doors for each in door.crossed(time.start, time.end))
        keys = any(each.booking is None for door in doors for each in door.admitted(time.start, time.end))
        counted = [door for door in doors if door.counted is not None]
        people = ins if counted and ins else None
        words = [f"{ins} came in"] if people else []
        words += ["movement"] if room is not None and room.moved_in(start, end) else []
        words += ["somebody with a key of their own"] if keys else []
        found.append(
            UnbookedUse(
                space=place.space.id,
                space_name=place.space.name,
                during=time,
                people=people,
                own_key=keys,
                text=times.listed(words) or "somebody passed",
            )
        )
    return found


def _shortened(stays: Sequence[Span], pause: int) -> list[Span]:
    """Without the pause that was added to join them."""
    return [(start, end - pause) for start, end in stays]
