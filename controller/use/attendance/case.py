"""A booking with its doors, what of what passed there is its, and how many people were behind them. Pure."""

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from functools import cached_property
from typing import NamedTuple

import msgspec

from controller.bookings.diary.model import Booking
from controller.bookings.diary.site_config import SiteConfig, SpaceAtSite
from controller.platform.text import local_time, times
from controller.telemetry.movement_holds import hold_at
from controller.telemetry.people_inside import people_inside
from controller.use.attendance.evidence import Crossing, DoorSeen, Opens, RoomSeen, Seen
from controller.use.spans import Span, common, union, without
from edge.wire.interval import Interval
from edge.wire.plan import Mode

FRESH = timedelta(minutes=5)
"""What an edge has not said for so long it may still say."""
LEAVE_WITHIN = timedelta(hours=12)
"""How long after its end somebody who leaves may be of a booking, if nobody else comes."""
_QUIET_S = 30 * 60
"""Who moves after so long without movement is somebody else."""
_DAY = timedelta(hours=25)


class Passed(NamedTuple):
    """People who came in while a booking's code opened the door. ``sure``: they are its."""

    at: datetime
    ins: int
    sure: bool


class Level(NamedTuple):
    """People behind the doors after a crossing, less those who were there before the first; ``counted`` crossings."""

    at: datetime
    inside: int
    counted: int


class Case(msgspec.Struct, frozen=True, kw_only=True, dict=True):
    """``window``: when the booking's code opens its doors. ``next_at``: when the code of the next booking of the room
    begins to open. ``now``: nothing later is looked at. ``memo``: the days of doors that several
    bookings share; the same for all cases of one ``seen``."""

    booking: Booking
    where: SiteConfig
    window: Interval
    seen: Seen
    now: datetime
    next_at: datetime | None = None
    memo: dict[tuple[tuple[str, ...], datetime, datetime], list[Level]] = {}

    @cached_property
    def place(self) -> SpaceAtSite:
        return self.where.by_space[self.booking.space]

    @cached_property
    def doors(self) -> tuple[DoorSeen, ...]:
        return tuple(self.seen.doors[door] for door in self.place.space.doors if door in self.seen.doors)

    @cached_property
    def uses(self) -> Sequence[tuple[datetime, str]]:
        """When its code was accepted, and at which door."""
        return self.seen.uses.get(self.booking.id, ())

    @cached_property
    def room(self) -> RoomSeen | None:
        """Its sensors; of a room that divides those of its parts too."""
        ids = [self.place.space.id, *(atom.partition("/")[2] for atom in self.place.atoms)]
        found = [self.seen.rooms[each] for each in dict.fromkeys(ids) if each in self.seen.rooms]
        if len(found) < 2:
            return found[0] if found else None
        known = [span for each in found for span in each.known]
        return RoomSeen(
            known=union(known),
            moved=union(span for each in found for span in each.moved),
            holds=[learned for each in found for learned in each.holds],
        )

    @cached_property
    def closed(self) -> bool:
        """Whether the building is closed, but for bookings, all the time that its code opens."""
        return all(each.mode is Mode.CLOSED for each in self.where.hours.modes(self.window))

    def leads_here_only(self, door: DoorSeen) -> bool:
        """Whether all who pass go to the room, or to parts of it."""
        mine = set(self.place.atoms)
        led = [each for each in self.where.by_space.values() if door.id in each.space.doors]
        return all(mine.issuperset(each.atoms) for each in led)

    def others(self, door: DoorSeen, start: datetime, end: datetime) -> list[Opens]:
        """When codes of other bookings open the door in that time."""
        if start >= end:
            return []
        found = door.opens.touching(Interval(start=start, end=end))
        return [each for each in found if each.booking != self.booking.id]

    @cached_property
    def alone(self) -> bool:
        """Whether its doors lead to its room alone, or nobody else's code opens them and the building is closed."""
        return bool(self.doors) and all(
            self.leads_here_only(door) or (self.closed and not self.others(door, self.window.start, self.window.end))
            for door in self.doors
        )

    @cached_property
    def group(self) -> tuple[DoorSeen, ...]:
        """The doors of which in less out is how many people are behind them: its own; where these are not its alone,
        all doors from which one comes to a room that shares a door."""
        if self.alone:
            return self.doors
        reached, ahead = {door.id for door in self.doors}, [door.id for door in self.doors]
        while ahead:
            door = ahead.pop()
            for each in self.where.by_space.values():
                if door in each.space.doors:
                    new = set(each.space.doors) - reached
                    reached |= new
                    ahead += new
        return tuple(door for name, door in self.seen.doors.items() if name in reached)

    @cached_property
    def sharing(self) -> tuple[str, ...]:
        """Names of other rooms that its doors lead to."""
        doors, mine = set(self.place.space.doors), set(self.place.atoms)
        return tuple(
            sorted(
                each.space.name
                for each in self.where.by_space.values()
                if doors & set(each.space.doors) and not mine.issuperset(each.atoms)
            )
        )

    @cached_property
    def passed(self) -> list[Passed]:
        """Who came in at its doors while its code opened. Those within two minutes after somebody used its code are
        its; after somebody came by a key of their own, nobody knows, nor when a report comes late; others are, where
        nobody else's they can be."""
        found = []
        for door in self.doors:
            here_only = self.leads_here_only(door)
            others = _joined(each.during for each in self.others(door, self.window.start, self.window.end))
            ahead = 0
            for each in door.crossed(self.window.start, min(self.window.end, self.now)):
                if not each.ins:
                    continue
                bearer = each.by
                if bearer is not None and bearer.booking is not None:
                    if bearer.booking == self.booking.id:
                        found.append(Passed(each.at, each.ins, sure=True))
                    continue
                while ahead < len(others) and others[ahead].end <= each.at:
                    ahead += 1
                surely = bearer is None and not (ahead < len(others) and each.at in others[ahead])
                if surely and not here_only:
                    surely = self.where.hours.mode_at(each.at).mode is Mode.CLOSED
                found.append(Passed(each.at, each.ins, sure=surely))
            until = min(self.window.end, self.now)
            late = [each for each in door.late if each.ins and self.window.start <= each.at < until]
            found += [Passed(each.at, each.ins, sure=False) for each in late]
        return sorted(found)

    @cached_property
    def no_counter(self) -> str:
        """Why nobody is counted, where not all doors of the group have a counter that tells in from out."""
        if not self.doors:
            return "no door leads there"
        missing = [door for door in self.group if door.counted is None]
        none, either_way = (
            [door.name for door in missing if (door.either_way is None) is without_any] for without_any in (True, False)
        )
        said = [f"there is no counter at {times.listed(none)}"] if none else []
        said += [f"the counter at {times.listed(either_way)} does not tell in from out"] if either_way else []
        return " and ".join(said)

    @cached_property
    def moved(self) -> tuple[datetime, datetime] | None:
        """First and last movement in the room, from the start of the booking until others may be there."""
        if self.room is None:
            return None
        latest = min(self.booking.ends + LEAVE_WITHIN, self.now)
        if self.next_at is not None:
            latest = min(latest, max(self.booking.ends, self.next_at))
        start, last = self.booking.starts.timestamp(), self.booking.ends.timestamp()
        found = self.room.moved_in(start, latest.timestamp())
        if not found or found[0][0] >= last:
            return None
        until = found[0][1]
        for begin, end in found:
            if begin > max(last, until) + _QUIET_S:
                break
            until = max(until, end)
        return moment_of(found[0][0]), moment_of(until)

    def held(self, moment: datetime) -> str:
        """What is taken off movement at a moment, as its sensors hold their report; empty where nothing is known."""
        known = [hold_at(learned, moment) for learned in (self.room.holds if self.room is not None else ())]
        holds = [each for each in known if each is not None and each.hold_s >= 1]
        if not holds:
            return ""
        seconds = times.listed([f"{each:.0f}" for each in sorted({round(each.hold_s) for each in holds})])
        sensor = "sensor holds" if len(holds) == 1 else "sensors hold"
        spells = sum(each.spells for each in holds)
        return f"less the {seconds} s for which the {sensor} movement, learned from {spells} spells"

    @cached_property
    def begun(self) -> datetime:
        """When the first of the bookings that follow each other at its doors without a break could come."""
        start = self.window.start
        before = Interval(start=self.farthest, end=start + timedelta(microseconds=1))
        opens = [each.during for door in self.group for each in door.opens.touching(before)]
        for each in sorted(opens, key=lambda one: one.end, reverse=True):
            if each.start < start <= each.end:
                start = each.start
        return start

    @cached_property
    def farthest(self) -> datetime:
        """The midnight before the day on which its code begins to open: nothing earlier is looked at."""
        zone = self.where.site.tz
        return local_time.day_start(local_time.local_day(self.window.start, zone) - timedelta(days=1), zone)

    @cached_property
    def base(self) -> datetime:
        """Since when people are counted; nobody is taken to be inside then. Where its doors are its alone, when the
        first of the bookings that follow each other without a break could come, or when the first came who was still
        counted inside then; at other doors the midnight before."""
        zone = self.where.site.tz
        begun = max(self.begun, self.farthest)
        midnight = local_time.day_start(local_time.local_day(begun, zone), zone)
        if not self.alone:
            return midnight
        since: datetime | None = None
        inside = lowest = 0
        for each in self.crossings(midnight, begun):
            since = each.at if since is None else since
            inside += each.ins - each.outs
            if inside <= lowest:
                lowest, since = inside, None
        return begun if since is None else since

    @cached_property
    def contradicted(self) -> bool:
        """Whether more have left than came in since ``base``, by more than the counters err: somebody was inside then,
        or came in uncounted."""
        until = min(self.now, self.booking.ends + LEAVE_WITHIN)
        if self.alone and until > self.window.end:
            later = Interval(start=self.window.end, end=until)
            starts = [each.during.start for door in self.doors for each in door.opens.touching(later)]
            until = min([until, *(each for each in starts if each > self.window.end)])
        levels = self.levels(self.base, until if self.alone else min(until, self.base + _DAY))
        lowest = min(levels, key=_inside, default=None)
        return lowest is not None and lowest.inside < -error_of([lowest._replace(inside=0)], self.window)

    def crossings(self, start: datetime, end: datetime) -> list[Crossing]:
        """At all doors of the group, in order."""
        found = [each for door in self.group for each in door.crossed(start, min(end, self.now))]
        return found if len(self.group) == 1 else sorted(found, key=_at)

    def levels(self, start: datetime, end: datetime) -> list[Level]:
        """How many people are behind the doors after each crossing, from nobody at ``start``."""
        if self.alone or end > start + _DAY:
            return self._levels(start, min(end, self.now))
        key = (tuple(door.id for door in self.group), start, self.now)
        if (day := self.memo.get(key)) is None:
            day = self.memo[key] = self._levels(start, min(start + _DAY, self.now))
        return day[: bisect_left(day, end, key=_at)]

    def _levels(self, start: datetime, end: datetime) -> list[Level]:
        found, inside, counted = [], 0, 0
        for each in self.crossings(start, end):
            inside += each.ins - each.outs
            counted += each.ins + each.outs
            found.append(Level(each.at, inside, counted))
        return found

    def gaps(self, doors: Iterable[DoorSeen], during: Interval, *, counters: bool) -> list[str]:
        """When not everything at these doors is known, a text for each door."""
        found = []
        whole = self.looked(during)
        for door in doors:
            missing = without([whole], (door.counted or ()) if counters else door.known)
            if not missing:
                continue
            what = f"the counter at {door.name}" if counters else door.name
            if missing == [whole]:
                found.append(f"nothing is known of {what} then")
            else:
                spans = [
                    f"{self.clock(moment_of(start))} to {self.clock(moment_of(end))}" for start, end in missing[:3]
                ]
                more = " and later" if len(missing) > len(spans) else ""
                found.append(f"nothing is known of {what} from {times.listed(spans)}{more}")
        return found

    def looked(self, during: Interval) -> Span:
        """What of a time must be known: not the last minutes, of which an edge may not have told yet."""
        start, end = span_of(during)
        return start, max(start + 1, min(end, int((self.now - FRESH).timestamp())))

    def counted(self, during: Interval) -> list[Span]:
        """When all counters of the group worked."""
        found = [span_of(during)]
        for door in self.group:
            found = common(found, door.counted or ())
        return found

    def clock(self, moment: datetime) -> str:
        """“18:04”, with the day where that is not the booking's."""
        return times.at(moment, self.where.site.tz, now=self.booking.starts)


def error_of(levels: Sequence[Level], during: Interval) -> int:
    """The error of the last of these levels, two standard deviations; never less than the counts contradict
    themselves."""
    counted = levels[-1].counted if levels else 0
    lowest = min((each.inside for each in levels), default=0)
    return people_inside([(counted, 0)], during).error + max(0, -lowest)


def error_among(number: int) -> int:
    """The error of a number of people of whom each was counted once."""
    return error_of([Level(moment_of(0), number, number)], _ANY) if number else 0


def _joined(times: Iterable[Interval]) -> list[Interval]:
    """The same time without overlap, in order."""
    found: list[Interval] = []
    for each in sorted(times, key=lambda one: one.start):
        if found and each.start <= found[-1].end:
            found[-1] = Interval(start=found[-1].start, end=max(found[-1].end, each.end))
        else:
            found.append(each)
    return found


def span_of(during: Interval) -> Span:
    """In whole seconds, which hold all of the time."""
    return int(during.start.timestamp()), max(int(during.end.timestamp()), int(during.start.timestamp()) + 1)


def moment_of(second: int) -> datetime:
    return datetime.fromtimestamp(second, UTC)


_ANY = Interval(start=moment_of(0), end=moment_of(60))


def _at(thing: Level | Crossing) -> datetime:
    return thing.at


def _inside(level: Level) -> int:
    return level.inside


def level_at(levels: Sequence[Level], moment: datetime) -> int:
    """Behind the doors just before a moment."""
    place = bisect_left(levels, moment, key=_at)
    return levels[place - 1].inside if place else 0
