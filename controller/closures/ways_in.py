"""Which doors are shut when, and which spaces nobody can enter then. Pure."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Protocol, TypeVar

from msgspec.structs import replace

from controller.bookings.diary.site_config import SiteConfig
from controller.hours.model import Closure
from controller.hours.timetable import Timetable
from controller.plans.overrides.model import Ordered
from edge.wire.interval import Interval
from edge.wire.plan import OverrideKind

ShutTimes = Mapping[str, Sequence[Interval]]
"""Door -> the times at which nobody comes in through it, by start."""
_SHUT = (OverrideKind.OUT_OF_SERVICE, OverrideKind.LOCK_DOWN)
_WHY = "every door to it is shut"


class Placed(Protocol):
    """A booking, as far as doors matter."""

    @property
    def space(self) -> str: ...

    @property
    def during(self) -> Interval: ...


B = TypeVar("B", bound=Placed)


def shut_times(where: SiteConfig, standing: Iterable[Ordered], also: Mapping[str, Interval] | None = None) -> ShutTimes:
    """Of overrides that stand, and of doors that are ``also`` to be shut."""
    found: defaultdict[str, list[Interval]] = defaultdict(list)
    for door, during in (also or {}).items():
        found[door].append(during)
    for each in standing:
        if each.kind in _SHUT:
            for door in doors_of(where, each):
                found[door].append(Interval(start=each.starts, end=each.ends))
    return {door: _joined(times) for door, times in found.items()}


def no_way_in(doors: Sequence[str], shut: ShutTimes) -> list[Interval]:
    """When all these doors are shut at once, by start; never where there is no door."""
    times = list(shut.get(doors[0], ())) if doors else []
    for door in doors[1:]:
        times = [
            Interval(start=max(one.start, other.start), end=min(one.end, other.end))
            for one in times
            for other in shut.get(door, ())
            if one.overlaps(other)
        ]
    return times


def barred(where: SiteConfig, standing: Sequence[Ordered], ahead: Iterable[B]) -> list[tuple[Ordered, list[B]]]:
    """Each override that takes doors out of service, by start, with the bookings that have no way in because of it."""
    shut = shut_times(where, standing)
    gaps = {space: no_way_in(place.space.doors, shut) for space, place in where.by_space.items()}
    ahead = [each for each in ahead if any(gap.overlaps(each.during) for gap in gaps[each.space])]
    found = []
    for override in sorted(standing, key=lambda each: (each.starts, each.id)):
        if override.kind is OverrideKind.OUT_OF_SERVICE:
            doors = set(doors_of(where, override))
            its = [
                each
                for each in ahead
                if doors.intersection(where.by_space[each.space].space.doors)
                and any(_meet(override, each.during, gap) for gap in gaps[each.space])
            ]
            found.append((override, its))
    return found


def doors_of(where: SiteConfig, override: Ordered) -> list[str]:
    return [door.id for door in where.doors] if override.whole else [at.door for at in override.doors]


def _meet(override: Ordered, one: Interval, other: Interval) -> bool:
    return max(override.starts, one.start, other.start) < min(override.ends, one.end, other.end)


def closed_behind(hours: Timetable, where: SiteConfig, shut: ShutTimes) -> Timetable:
    """The hours with each space closed while there is no way in."""
    closures = [
        Closure(id=f"{space} {number}", spaces=(space,), during=during, reason=_WHY, made_at=during.start, made_by="")
        for space, place in where.by_space.items()
        for number, during in enumerate(no_way_in(place.space.doors, shut))
    ]
    return replace(hours, closures=(*hours.closures, *closures)) if closures else hours


def _joined(times: Iterable[Interval]) -> list[Interval]:
    found: list[Interval] = []
    for each in sorted(times):
        if found and each.start <= found[-1].end:
            found[-1] = Interval(start=found[-1].start, end=max(found[-1].end, each.end))
        else:
            found.append(each)
    return found
