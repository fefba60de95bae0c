"""What somebody wants to close: the site, spaces of it, or a door; and the bookings that it affects."""

from collections.abc import Iterable

import msgspec
from msgspec.structs import replace

from controller.diary.site_config import SiteConfig, SpaceAtSite
from controller.estate.errors import DoorUnknown
from controller.estate.model import SiteParts
from controller.hours.change_preview import NewClosure, NoClosure, ReplacedClosure
from controller.hours.impact import Ahead, broken
from controller.hours.timetable import Timetable
from controller.text import times
from edge.wire.interval import Interval


class RequestedClosure(msgspec.Struct, frozen=True, kw_only=True):
    """``closure``: when, why, and which spaces. ``door``: this one instead of spaces. ``replaces``: the id of the
    closure, or of the door's override, that it is a change of."""

    closure: NewClosure
    door: str | None = None
    replaces: str | None = None

    def proposal(self) -> NewClosure | ReplacedClosure:
        """What is asked of the hours; of a closure that is changed the id stays."""
        if self.replaces is None or self.door is not None:
            return self.closure
        return ReplacedClosure(closure=replace(self.closure, id=self.replaces))


class Hit(msgspec.Struct, frozen=True, kw_only=True):
    """A booking that would be affected, and how. ``shut``: whether its people could not come in."""

    booking: Ahead
    reasons: tuple[str, ...]
    shut: bool = True


class Foreseen(msgspec.Struct, frozen=True, kw_only=True):
    """``hits``: by start. ``hours``: as they would be; a space whose only door is shut counts as closed."""

    hits: tuple[Hit, ...]
    hours: Timetable


def foreseen(wanted: RequestedClosure, where: SiteConfig, parts: SiteParts, ahead: Iterable[Ahead]) -> Foreseen:
    """The effect of the closure. Raises ``DoorUnknown``, ``ClosureUnknown`` and what the closure itself refuses."""
    hours = wanted.proposal().applied(where.hours, parts) if wanted.door is None else where.hours
    if wanted.door is None:
        # Of a closure that is changed, all bookings in it are named, not only those that come to be in it.
        before = (
            where.hours if wanted.replaces is None else NoClosure(closure=wanted.replaces).applied(where.hours, parts)
        )
        lost = broken(before, hours, ahead)
        return Foreseen(
            hits=tuple(Hit(booking=each.booking, reasons=tuple(loss.text for loss in each.losses)) for each in lost),
            hours=hours,
        )
    door = parts.door(wanted.door)
    if door is None:
        raise DoorUnknown(parts.site.id, wanted.door)
    closure = replace(wanted.closure, spaces=()).applied(where.hours, parts).closures[-1]
    behind = tuple(each for each, place in where.by_space.items() if place.space.doors == (door.id,))
    if behind:
        hours = replace(hours, closures=(*hours.closures, replace(closure, spaces=behind)))
    hits = [
        Hit(booking=each, reasons=(_at_door(place, door.name),), shut=place.space.doors == (door.id,))
        for each in ahead
        if door.id in (place := where.by_space[each.space]).space.doors and _meet(each.during, closure.during)
    ]
    return Foreseen(hits=tuple(hits), hours=hours)


def _meet(one: Interval, other: Interval) -> bool:
    return one.start < other.end and other.start < one.end


def _at_door(place: SpaceAtSite, name: str) -> str:
    others = [each for each in place.door_names if each != name]
    return (
        f"{name} is shut then; the way in is {times.listed(others)}"
        if others
        else f"{name}, its only door, is shut then"
    )
