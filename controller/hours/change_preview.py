"""Changes of a site's hours, with a preview."""

from datetime import date, datetime
from typing import Protocol
from zoneinfo import ZoneInfo

import msgspec
from msgspec.structs import asdict, replace

from controller.db.engine import Tx
from controller.estate.errors import SpaceUnknown
from controller.estate.model import SiteParts
from controller.hours import repository
from controller.hours.impact import ClosureUnknown
from controller.hours.local_minutes import bounds
from controller.hours.model import BookableWindow, Closure, OpeningHours, Term
from controller.hours.timetable import Timetable
from controller.people.optimistic_locking import version_of
from controller.platform.web.fields import Moment
from controller.platform.web.problem import invalid_field
from edge.wire.interval import Interval


class HoursProposal(Protocol):
    """A change that could be made. ``act`` and ``thing``: how it is recorded in the audit log."""

    @property
    def act(self) -> str: ...

    @property
    def thing(self) -> str: ...

    def replaced(self, book: Timetable) -> tuple[int, int] | None:
        """The version of what it takes the place of, as somebody has read it and as it is; None where it takes the
        place of nothing."""
        ...

    def applied(self, book: Timetable, parts: SiteParts) -> Timetable:
        """The hours as they would be. Raises what refuses the change as such."""
        ...

    async def write(self, tx: Tx, book: Timetable) -> None:
        """Write it; ``book`` is what ``applied`` made of it. The caller holds the site's lock."""
        ...


class NewTimetable(msgspec.Struct, frozen=True, kw_only=True):
    """Other opening hours."""

    timetable: OpeningHours
    version: int
    act: str = "change"
    thing: str = "opening hours"

    def replaced(self, book: Timetable) -> tuple[int, int]:
        return self.version, version_of(book.timetable, blank=OpeningHours())

    def applied(self, book: Timetable, parts: SiteParts) -> Timetable:
        """Raises ``Invalid`` for a door of another site."""
        for door in self.timetable.free_doors:
            if parts.door(door) is None:
                raise invalid_field("free_doors", f"site {parts.site.id!r} has no door {door!r}; make it first")
        return replace(book, timetable=self.timetable)

    async def write(self, tx: Tx, book: Timetable) -> None:
        await repository.put_timetable(tx, book.site.id, book.timetable)


class NewTerms(msgspec.Struct, frozen=True, kw_only=True):
    """Other school terms."""

    terms: tuple[Term, ...]
    version: int
    act: str = "change"
    thing: str = "school terms"

    def replaced(self, book: Timetable) -> tuple[int, int]:
        return self.version, version_of(book.terms, blank=())

    def applied(self, book: Timetable, parts: SiteParts) -> Timetable:
        return replace(book, terms=self.terms)

    async def write(self, tx: Tx, book: Timetable) -> None:
        await repository.put_terms(tx, book.site.id, book.terms)


class NewWindows(msgspec.Struct, frozen=True, kw_only=True):
    """Other times at which a space can be booked; ``None`` for any time."""

    space: str
    windows: tuple[BookableWindow, ...] | None
    version: int
    act: str = "change"

    @property
    def thing(self) -> str:
        return f"hours of space {self.space}"

    def replaced(self, book: Timetable) -> tuple[int, int]:
        found = book.spaces.get(self.space)
        return self.version, version_of(None if found is None else found.windows)

    def applied(self, book: Timetable, parts: SiteParts) -> Timetable:
        """Raises ``SpaceUnknown``."""
        if self.space not in book.spaces:
            raise SpaceUnknown(book.site.id, self.space)
        changed = replace(book.spaces[self.space], windows=self.windows)
        return replace(book, spaces={**book.spaces, self.space: changed})

    async def write(self, tx: Tx, book: Timetable) -> None:
        await repository.put_space_hours(tx, book.site.id, self.space, self.windows)


class NewClosure(msgspec.Struct, frozen=True, kw_only=True):
    """A time to shut the site, or the ``spaces``. Its dates ``first`` to ``last`` inclusive are given, or its moments
    ``starts`` and ``ends``."""

    id: str
    reason: str
    public_words: str = ""
    made_at: datetime
    made_by: str
    spaces: tuple[str, ...] = ()
    first: date | None = None
    last: date | None = None
    starts: Moment | None = None
    ends: Moment | None = None
    act: str = "make"

    @property
    def thing(self) -> str:
        return f"closure {self.id}"

    def replaced(self, book: Timetable) -> None:
        return None

    def applied(self, book: Timetable, parts: SiteParts) -> Timetable:
        """Raises ``Invalid`` for a time that is over, ends before it starts, or that the clocks skip, and for a space
        that is not here."""
        for space in self.spaces:
            if space not in book.spaces:
                raise invalid_field("spaces", f"site {book.site.id!r} has no space {space!r}; make it first")
        own = {"during": self.during(book.site.tz), "whole_days": self.first is not None}
        closure = msgspec.convert(asdict(self) | own, Closure)
        return replace(book, closures=(*book.closures, closure))

    def during(self, zone: ZoneInfo) -> Interval:
        """Raises ``Invalid`` as ``applied`` does."""
        if self.first is not None and self.last is not None:
            start, end, field = bounds(self.first, zone).start, bounds(self.last, zone).end, "last"
        else:
            assert self.starts is not None
            assert self.ends is not None
            start, end, field = self.starts.resolve(zone, "starts"), self.ends.resolve(zone, "ends"), "ends"
        if end <= start:
            raise invalid_field(field, "must not be before `first`" if field == "last" else "must be after `starts`")
        if end <= self.made_at:
            raise invalid_field(field, "must be in the future; a closure that is over changes nothing")
        return Interval(start=start, end=end)

    async def write(self, tx: Tx, book: Timetable) -> None:
        await repository.add_closure(tx, book.site.id, book.closures[-1])


class NoClosure(msgspec.Struct, frozen=True, kw_only=True):
    """Deletes a closure."""

    closure: str
    act: str = "delete"

    @property
    def thing(self) -> str:
        return f"closure {self.closure}"

    def replaced(self, book: Timetable) -> None:
        return None

    def applied(self, book: Timetable, parts: SiteParts) -> Timetable:
        """Raises ``ClosureUnknown``."""
        left = tuple(each for each in book.closures if each.id != self.closure)
        if len(left) == len(book.closures):
            raise ClosureUnknown(book.site.id, self.closure)
        return replace(book, closures=left)

    async def write(self, tx: Tx, book: Timetable) -> None:
        await repository.delete_closure(tx, book.site.id, self.closure)


class ReplacedClosure(msgspec.Struct, frozen=True, kw_only=True):
    """Another closure in place of the one with its id."""

    closure: NewClosure | Closure
    act: str = "change"

    @property
    def thing(self) -> str:
        return f"closure {self.closure.id}"

    def replaced(self, book: Timetable) -> None:
        return None

    def applied(self, book: Timetable, parts: SiteParts) -> Timetable:
        """Raises ``ClosureUnknown``, and as ``NewClosure``."""
        without = NoClosure(closure=self.closure.id).applied(book, parts)
        if isinstance(self.closure, NewClosure):
            return self.closure.applied(without, parts)
        return replace(without, closures=(*without.closures, self.closure))

    async def write(self, tx: Tx, book: Timetable) -> None:
        await repository.delete_closure(tx, book.site.id, self.closure.id)
        await repository.add_closure(tx, book.site.id, book.closures[-1])
