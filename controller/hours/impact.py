"""The effect of a change of hours: bookings that lose their space, mode or term, and doors that it changes; and what is
wrong with one. Pure.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol
from zoneinfo import ZoneInfo

import msgspec

from controller.db.engine import Tx
from controller.estate.model import Door
from controller.hours.modes import ModePeriod, unexplained
from controller.hours.space_hours import ClosedPeriod
from controller.hours.timetable import Timetable
from controller.platform.text import times
from controller.platform.text.local_time import local_day, rfc3339
from controller.platform.web.problem import Conflict, Conflicting, NotFound, ReasonBody
from edge.wire.interval import Interval
from edge.wire.plan import Mode

DOORS_AHEAD = timedelta(days=400)
"""How far ahead doors are compared."""
NAMED_CHANGES = 20
"""Most changes that are named of one door."""
UNLOCKED = "unlocked"
"""What a free door is while its site is staffed; otherwise a door is as the mode says."""

_OPENNESS = {Mode.CLOSED: 0, Mode.EXTENDED: 1, Mode.STAFFED: 2}


class Ahead(msgspec.Struct, frozen=True, kw_only=True):
    """A booking that is still to come. ``term_only``: it is a date of a series that keeps to school terms."""

    id: str
    title: str
    space: str
    during: Interval
    term_only: bool = False

    def conflict(self, zone: ZoneInfo) -> Conflict:
        """As the API names it."""
        starts, ends = (rfc3339(each, zone) for each in (self.during.start, self.during.end))
        return Conflict(id=self.id, title=self.title, space=self.space, starts=starts, ends=ends)


class LossKind(StrEnum):
    """What a booking loses."""

    CLOSED = "closed"
    """Its space could not be booked any more at that time."""
    MODE = "mode"
    """The building would be less open than it was to be."""
    TERM = "term"
    """Its series keeps to school terms, and it would lie outside them."""


class Loss(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that a booking loses, as a complete text."""

    kind: LossKind
    text: str


class Broken(msgspec.Struct, frozen=True, kw_only=True):
    """A booking that could not be made under the new hours. ``losses``: at least one, by time."""

    booking: Ahead
    losses: tuple[Loss, ...]

    @property
    def why(self) -> str:
        """All of them in a sentence."""
        return "; ".join(each.text for each in self.losses)


class ModeChangeAtDoor(msgspec.Struct, frozen=True, kw_only=True):
    """A time in which a door would be different: ``UNLOCKED``, or a mode's name."""

    during: Interval
    was: str
    becomes: str


class ChangedDoor(msgspec.Struct, frozen=True, kw_only=True):
    """A door that would change. ``changes``: the first of the ``count`` until ``DOORS_AHEAD``."""

    id: str
    name: str
    changes: tuple[ModeChangeAtDoor, ...]
    count: int


class Diary(Protocol):
    """What depends on the hours. A caller that writes holds the site's lock."""

    async def ahead(self, tx: Tx, site: str, now: datetime) -> list[Ahead]:
        """The bookings of a site that are not over and are active or may become active, by start."""
        ...

    async def mark(
        self,
        tx: Tx,
        old: Timetable,
        new: Timetable,
        ahead: Sequence[Ahead],
        lost: Sequence[Broken],
        *,
        at: datetime,
        actor: str,
    ) -> None:
        """Write what ``lost`` says to the bookings and their logs, and remove what no longer applies. ``ahead``: all
        future bookings."""
        ...


def broken(old: Timetable, new: Timetable, ahead: Iterable[Ahead]) -> list[Broken]:
    """The bookings that the new hours would break and the old ones do not."""
    found = ((each, (*_shut_out(old, new, each), *_out_of_term(old, new, each))) for each in ahead)
    return [Broken(booking=booking, losses=losses) for booking, losses in found if losses]


def changed_doors(old: Timetable, new: Timetable, doors: Iterable[Door], now: datetime) -> list[ChangedDoor]:
    """The doors that the new hours would open or lock at other times."""
    ahead = Interval(start=now, end=now + DOORS_AHEAD)
    both = tuple(_hypothetical(unexplained(old.modes(ahead)), unexplained(new.modes(ahead))))
    found: list[ChangedDoor] = []
    for door in doors:
        changes = tuple(
            ModeChangeAtDoor(during=during, was=was, becomes=becomes)
            for during, before, after in both
            if (was := _state(old, door, before)) != (becomes := _state(new, door, after))
        )
        if changes:
            first = changes[:NAMED_CHANGES]
            found.append(ChangedDoor(id=door.id, name=door.name, changes=first, count=len(changes)))
    return found


def _state(book: Timetable, door: Door, mode: Mode) -> str:
    free = mode is Mode.STAFFED and door.id in book.timetable.free_doors
    return UNLOCKED if free else mode.value


def _shut_out(old: Timetable, new: Timetable, ahead: Ahead) -> tuple[Loss, ...]:
    """Why it could not be booked any more; else, where its mode would be less than it was."""
    during, zone = ahead.during, new.site.tz
    before = old.closed(during, space=ahead.space)
    closed = new.closed(during, space=ahead.space)
    newly = [each.against(during) for each in closed if not _covered(each, before)]
    if newly:
        return tuple(Loss(kind=LossKind.CLOSED, text=text) for text in dict.fromkeys(newly))
    lost = _hypothetical(unexplained(old.modes(during)), unexplained(new.modes(during)))
    return tuple(
        Loss(
            kind=LossKind.MODE,
            text=f"{new.site.name} would be {after.value} instead of {was.value} "
            + times.window(part, zone, now=part.start),
        )
        for part, was, after in lost
        if _OPENNESS[after] < _OPENNESS[was]
    )


def _out_of_term(old: Timetable, new: Timetable, ahead: Ahead) -> tuple[Loss, ...]:
    day = local_day(ahead.during.start, new.site.tz)
    if not ahead.term_only or not old.in_term(day) or new.in_term(day) is not False:
        return ()
    text = f"{day:%a %-d %b %Y} would be outside the school terms, to which its series keeps"
    return (Loss(kind=LossKind.TERM, text=text),)


def _covered(period: ClosedPeriod, by: Sequence[ClosedPeriod]) -> bool:
    """Whether those, by start, leave nothing of the period."""
    at = period.during.start
    for each in by:
        if each.during.start > at:
            break
        at = max(at, each.during.end)
    return at >= period.during.end


def _hypothetical(old: Sequence[ModePeriod], new: Sequence[ModePeriod]) -> Iterator[tuple[Interval, Mode, Mode]]:
    """Two tilings of the same time laid over each other."""
    mine, theirs = iter(old), iter(new)
    one, other = next(mine), next(theirs)
    at, last = one.during.start, old[-1].during.end
    while True:
        end = min(one.during.end, other.during.end)
        yield Interval(start=at, end=end), one.mode, other.mode
        if end == last:
            return
        at = end
        one = next(mine) if one.during.end == end else one
        other = next(theirs) if other.during.end == end else other


NAMED = 200
"""Most bookings that a refusal names."""


class ClosureUnknown(NotFound):
    def __init__(self, site: str, closure: str) -> None:
        super().__init__(f"site {site!r} has no closure {closure!r}; look it up among its closures")


class WouldBreak(Conflicting, kind="would-break", title="Bookings stand in the way"):
    """Bookings could not be made under the new hours. ``conflicts`` names them, ``reasons`` says of each what it would
    lose: ``closed``, ``mode`` or ``term``."""

    def __init__(self, found: Sequence[Broken], zone: ZoneInfo) -> None:
        some = "; ".join(f"{each.booking.title}: {each.losses[0].text}" for each in found[:3])
        many = "1 booking stands" if len(found) == 1 else f"{len(found)} bookings stand"
        named = found[:NAMED]
        named_conflicts = [each.booking.conflict(zone) for each in named]
        super().__init__(
            f"{many} in the way of this: {some}. Move or cancel them, or make the change anyway (anyway=true): "
            "then they stay as they are.",
            conflicts=named_conflicts,
            reasons=[
                ReasonBody(kind=loss.kind, text=loss.text, field="", conflicts=[booking], asked=None, limit=None)
                for each, booking in zip(named, named_conflicts, strict=True)
                for loss in each.losses
            ],
        )
