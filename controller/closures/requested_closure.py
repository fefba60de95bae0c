"""What somebody wants to close: the site, spaces of it, or a door; and the bookings that it affects."""

from collections.abc import Iterable, Sequence
from typing import TypeAlias

import msgspec
from msgspec.structs import replace

from controller.bookings.diary.site_config import SiteConfig, SpaceAtSite
from controller.closures.ways_in import ShutTimes, closed_behind, no_way_in, shut_times
from controller.estate.errors import DoorUnknown
from controller.estate.model import Door, SiteParts
from controller.hours.change_preview import NewClosure, NoClosure, ReplacedClosure
from controller.hours.impact import Ahead, broken
from controller.hours.timetable import Timetable
from controller.plans.overrides.model import Ordered
from controller.platform.text import times


class RequestedClosure(msgspec.Struct, frozen=True, kw_only=True):
    """``closure``: when, why, and which spaces. ``door``: this one instead of spaces. ``replaces``: the id of the
    closure, or of the door's override, that it is a change of."""

    closure: NewClosure
    door: str | None = None
    replaces: str | None = None

    @property
    def reason(self) -> str:
        return self.closure.reason

    @property
    def told(self) -> str:
        """Why, for those who booked."""
        return self.closure.public_words or self.closure.reason

    @property
    def marks(self) -> bool:
        """Whether it marks bookings as affected."""
        return self.door is None

    def proposal(self) -> NewClosure | ReplacedClosure:
        """What is asked of the hours; of a closure that is changed the id stays."""
        if self.replaces is None or self.door is not None:
            return self.closure
        return ReplacedClosure(closure=replace(self.closure, id=self.replaces))


class NothingClosed(msgspec.Struct, frozen=True, kw_only=True):
    """Decisions about bookings without a closure."""

    reason: str
    marks: bool = False

    @property
    def told(self) -> str:
        return self.reason


Wanted: TypeAlias = RequestedClosure | NothingClosed
"""What the decisions are made for."""


class Hit(msgspec.Struct, frozen=True, kw_only=True):
    """A booking that would be affected, and how. ``shut``: whether its people could not come in."""

    booking: Ahead
    reasons: tuple[str, ...]
    shut: bool = True


class Foreseen(msgspec.Struct, frozen=True, kw_only=True):
    """``hits``: by start. ``hours``: as they would be; a space is closed while every door to it is shut."""

    hits: tuple[Hit, ...]
    hours: Timetable


def foreseen(
    wanted: RequestedClosure, where: SiteConfig, parts: SiteParts, ahead: Iterable[Ahead], standing: Sequence[Ordered]
) -> Foreseen:
    """The effect of the closure. ``standing``: the overrides in force or planned. Raises ``DoorUnknown``,
    ``ClosureUnknown`` and what the closure itself refuses."""
    standing = [each for each in standing if each.id != wanted.replaces]
    if wanted.door is None:
        hours = wanted.proposal().applied(where.hours, parts)
        # Of a closure that is changed, all bookings in it are named, not only those that come to be in it.
        before = (
            where.hours if wanted.replaces is None else NoClosure(closure=wanted.replaces).applied(where.hours, parts)
        )
        lost = broken(before, hours, ahead)
        return Foreseen(
            hits=tuple(Hit(booking=each.booking, reasons=tuple(loss.text for loss in each.losses)) for each in lost),
            hours=closed_behind(hours, where, shut_times(where, standing)),
        )
    door = parts.door(wanted.door)
    if door is None:
        raise DoorUnknown(parts.site.id, wanted.door)
    closure = replace(wanted.closure, spaces=()).applied(where.hours, parts).closures[-1]
    shut = shut_times(where, standing, {door.id: closure.during})
    hits = [
        _at_door(each, where.by_space[each.space], door, shut)
        for each in ahead
        if door.id in where.by_space[each.space].space.doors and each.during.overlaps(closure.during)
    ]
    return Foreseen(hits=tuple(hits), hours=closed_behind(where.hours, where, shut))


def _at_door(booking: Ahead, place: SpaceAtSite, door: Door, shut: ShutTimes) -> Hit:
    others = [
        (other, name) for other, name in zip(place.space.doors, place.door_names, strict=True) if other != door.id
    ]
    ways = [name for other, name in others if not any(each.overlaps(booking.during) for each in shut.get(other, ()))]
    barred = any(each.overlaps(booking.during) for each in no_way_in(place.space.doors, shut))
    listed = times.listed([name for _, name in others])
    if not others:
        text = f"{door.name}, its only door, is shut then"
    elif ways:
        text = f"{door.name} is shut then; the way in is {times.listed(ways)}"
    else:
        text = (
            f"{door.name} is shut then, and {listed} {'is' if len(others) == 1 else 'are'} shut for some or all of it"
        )
    return Hit(booking=booking, reasons=(text,), shut=barred)
