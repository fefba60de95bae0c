"""When a building, or a space of it, is in which mode, and when it cannot be booked and why: opening hours, terms and
closures. Computed a month at a time on demand. Pure."""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from functools import cached_property
from itertools import accumulate
from typing import Generic, Protocol, TypeVar
from zoneinfo import ZoneInfo

import msgspec

from controller.estate.model import Site
from controller.hours import bank_holidays
from controller.hours.day_rules import DayRule, Days
from controller.hours.local_minutes import bounds, month_days
from controller.hours.model import Closure, OpeningHours, SpaceHours, Term
from controller.hours.modes import ModePeriod, clipped, day_modes, joined, lay
from controller.hours.space_hours import ClosedPeriod, WindowGaps
from controller.platform.text import local_time, times
from controller.platform.text.times import listed
from edge.wire.interval import Interval
from edge.wire.plan import Mode

KEPT_MONTHS = 24
"""Months in the cache per timeline."""


class Timed(Protocol):
    """Anything that has a time."""

    @property
    def during(self) -> Interval: ...


T = TypeVar("T", bound=Timed)


class SortedSpans(Generic[T]):
    """Things by their start, which may overlap."""

    def __init__(self, things: Sequence[T]) -> None:
        self._things = sorted(things, key=lambda each: (each.during.start, each.during.end))
        self._starts = [each.during.start for each in self._things]
        self._latest_ends = list(accumulate((each.during.end for each in self._things), max))

    def __bool__(self) -> bool:
        return bool(self._things)

    def touching(self, during: Interval) -> list[T]:
        """Those that share an instant with ``during``, by start."""
        if not self._things:
            return []
        first = bisect_right(self._latest_ends, during.start)
        last = bisect_left(self._starts, during.end)
        return [each for each in self._things[first:last] if each.during.end > during.start]


class MonthCache(Generic[T]):
    """``make`` works out a month from its days; what it gives lies in them."""

    def __init__(self, zone: ZoneInfo, make: Callable[[Sequence[date]], Sequence[T]]) -> None:
        self._zone = zone
        self._make = make
        self._months: dict[int, SortedSpans[T]] = {}

    def touching(self, during: Interval) -> list[T]:
        """What shares an instant with ``during``, by start."""
        first, last = (_month(local_time.wall(each, self._zone)) for each in (during.start, during.end))
        found = self._of(first).touching(during)
        for month in range(first + 1, last + 1):
            found += self._of(month).touching(during)
        return found

    def _of(self, month: int) -> SortedSpans[T]:
        found = self._months.get(month)
        if found is None:
            while len(self._months) >= KEPT_MONTHS:
                self._months.pop(next(iter(self._months)))
            found = SortedSpans(self._make(tuple(month_days(month // 12, month % 12 + 1))))
            self._months[month] = found
        return found


def _month(day: date) -> int:
    return day.year * 12 + day.month - 1


def days_of(terms: Iterable[Term]) -> frozenset[date]:
    """All days of the terms, breaks left out."""
    return frozenset(day for term in terms for day in _days(term) if not _off(term, day))


def term_of(terms: Iterable[Term], day: date) -> Term | None:
    """The term of a day that is in one, and in none of its breaks."""
    return next((each for each in terms if each.first <= day <= each.last and not _off(each, day)), None)


def _days(term: Term) -> Iterator[date]:
    day = term.first
    while day <= term.last:
        yield day
        day += timedelta(days=1)


def _off(term: Term, day: date) -> bool:
    return any(each.first <= day <= each.last for each in term.breaks)


def of_site(closures: Iterable[Closure]) -> list[Closure]:
    """Those that shut the whole site."""
    return [each for each in closures if not each.spaces]


def by_atom(closures: Iterable[Closure], spaces: Mapping[str, SpaceHours]) -> dict[str, list[Closure]]:
    """Atom -> the closures of spaces that it is a part of. A space meets those of its atoms: its own, those of a part,
    of a whole that it is a part of, and of another whole that has a part of it."""
    found: dict[str, list[Closure]] = {}
    for closure in closures:
        for atom in {atom for space in closure.spaces if space in spaces for atom in spaces[space].atoms}:
            found.setdefault(atom, []).append(closure)
    return found


def closed_period(closure: Closure, site: Site, spaces: Mapping[str, SpaceHours], space: str = "") -> ClosedPeriod:
    """A closure in the words that are for ``space``: “Hall is closed Thu 26 Nov, 18:00 to 22:00: floor sanding”; for
    everybody without a reason that is not public."""
    atoms = spaces[space].atoms if space in spaces else frozenset()
    met = [each for each in closure.spaces if each in spaces and spaces[each].atoms & atoms]
    subject = listed([spaces[each].name for each in met]) if met else site.name
    verb = "are" if len(met) > 1 else "is"
    text = f"{subject} {verb} closed {when(closure, site)}"
    public = f"{text}: {closure.public_words}" if closure.public_words else text
    why = f"{text}: {closure.told}" if closure.told else text
    return ClosedPeriod(during=closure.during, why=why, public=public)


def when(closure: Closure, site: Site) -> str:
    """“on Fri 25 Dec”, “Thu 24 Dec to Sun 27 Dec”, “Thu 24 Dec, 12:00 to Mon 28 Dec, 08:00”."""
    zone, start = site.tz, closure.during.start
    if not closure.whole_days:
        return times.window(closure.during, zone, now=start)
    first = times.day(start, zone, now=start)
    last = times.day(closure.during.end - timedelta(microseconds=1), zone, now=start)
    return f"on {first}" if first == last else f"{first} to {last}"


LOOK_AHEAD = timedelta(days=14)
"""How far ahead ``mode_at`` looks for the end of a mode."""

_NO_CLOSURE: SortedSpans[Closure] = SortedSpans(())


class Timetable(msgspec.Struct, frozen=True, kw_only=True, dict=True):
    """All hours of a site. Methods take ``space=None`` for the building.

    Asked thousands of times, so the result for a month is cached.
    """

    site: Site
    timetable: OpeningHours
    closures: tuple[Closure, ...] = ()
    terms: tuple[Term, ...] = ()
    spaces: Mapping[str, SpaceHours] = {}

    def modes(self, during: Interval, *, space: str | None = None) -> list[ModePeriod]:
        """The modes that tile ``during`` without gap or overlap, closed included, in order. A space is in the mode of
        its building, but closed while a closure meets it."""
        found = joined(clipped(each, during) for each in self._modes.touching(during))
        mine = self._of_space(space).touching(during) if space is not None else ()
        if not mine:
            return found
        laid: list[ModePeriod] = []
        for each in (*_shut(mine), *found):
            laid = lay(laid, each, during)
        return joined(laid)

    def mode_at(self, at: datetime) -> ModePeriod:
        """The building's mode at an instant and how long it holds, looking at most ``LOOK_AHEAD`` ahead."""
        return self.modes(Interval(start=at, end=at + LOOK_AHEAD))[0]

    def closed(self, during: Interval, *, space: str | None = None) -> tuple[ClosedPeriod, ...]:
        """What of ``during`` cannot be booked, by start: closures, and what a space's own hours and those of its parts
        leave. Two of them may overlap."""
        found = [self._period(each) for each in self._of_site.touching(during)]
        if space is not None:
            found += [self._period(each, space) for each in self._of_space(space).touching(during)]
            for own in self._hours_of(space):
                found += own.touching(during)
        if not found:
            return ()
        cut = (each if _inside(each, during) else _cut(each, during) for each in found)
        return tuple(sorted(cut, key=lambda each: (each.during.start, each.during.end)))

    def in_term(self, day: date) -> bool | None:
        """Whether the schools have term; ``None`` where no terms are set. Weekends and bank holidays inside a term
        count as term, its breaks do not."""
        return day in self._term_days if self.terms else None

    def term(self, day: date) -> Term | None:
        """The term of a day that is in one."""
        return term_of(self.terms, day)

    def holiday(self, day: date) -> str | None:
        """The bank holiday of its nation on a day, whatever it means here."""
        return bank_holidays.name(day, self.timetable.bank_holidays.nation)

    def rule(self, day: date) -> DayRule:
        """What a date's opening hours follow; closures aside."""
        return self._days.of(day)

    @cached_property
    def public(self) -> "Timetable":
        """The same without what only those read who run the site: of each closure the words for everybody alone."""
        told = tuple(msgspec.structs.replace(each, reason=each.public_words) for each in self.closures)
        return msgspec.structs.replace(self, closures=told)

    @cached_property
    def _days(self) -> Days:
        return Days(self.timetable)

    @cached_property
    def _modes(self) -> MonthCache[ModePeriod]:
        return MonthCache(self.site.tz, self._month)

    def _month(self, days: Sequence[date]) -> list[ModePeriod]:
        zone = self.site.tz
        found: list[ModePeriod] = []
        for day in days:
            shut = _shut(self._of_site.touching(bounds(day, zone)))
            found += day_modes(self._days, day, zone, shut)
        return joined(found)

    @cached_property
    def _of_site(self) -> SortedSpans[Closure]:
        return SortedSpans(of_site(self.closures))

    def _of_space(self, space: str) -> SortedSpans[Closure]:
        found = self._by_space.get(space)
        if found is None and space in self.spaces:
            met = {each.id: each for atom in self.spaces[space].atoms for each in self._by_atom.get(atom, ())}
            found = self._by_space[space] = SortedSpans(tuple(met.values()))
        return _NO_CLOSURE if found is None else found

    @cached_property
    def _by_atom(self) -> dict[str, list[Closure]]:
        return by_atom(self.closures, self.spaces)

    @cached_property
    def _by_space(self) -> dict[str, SortedSpans[Closure]]:
        return {}

    def _period(self, closure: Closure, space: str = "") -> ClosedPeriod:
        found = self._words.get((closure.id, space))
        if found is None:
            found = self._words[closure.id, space] = closed_period(closure, self.site, self.spaces, space)
        return found

    @cached_property
    def _words(self) -> dict[tuple[str, str], ClosedPeriod]:
        return {}

    def _hours_of(self, space: str) -> tuple[MonthCache[ClosedPeriod], ...]:
        """Its own hours, then those of its parts; those of a whole leave its parts alone."""
        found = self._binding.get(space)
        if found is None:
            mine = self.spaces[space].atoms if space in self.spaces else frozenset[str]()
            parts = [each for each in self._own_hours if each != space and self.spaces[each].atoms < mine]
            own = [space] if space in self._own_hours else []
            found = self._binding[space] = tuple(self._own_hours[each] for each in (*own, *parts))
        return found

    @cached_property
    def _binding(self) -> dict[str, tuple[MonthCache[ClosedPeriod], ...]]:
        return {}

    @cached_property
    def _own_hours(self) -> dict[str, MonthCache[ClosedPeriod]]:
        zone = self.site.tz
        return {
            space: MonthCache(zone, WindowGaps(each.name, each.windows, zone).of)
            for space, each in self.spaces.items()
            if each.windows is not None
        }

    @cached_property
    def _term_days(self) -> frozenset[date]:
        return days_of(self.terms)


def _shut(closures: Iterable[Closure]) -> list[ModePeriod]:
    return [ModePeriod(during=each.during, mode=Mode.CLOSED, note=each.told) for each in closures]


def _inside(period: ClosedPeriod, during: Interval) -> bool:
    return during.start <= period.during.start and period.during.end <= during.end


def _cut(period: ClosedPeriod, during: Interval) -> ClosedPeriod:
    start, end = max(period.during.start, during.start), min(period.during.end, during.end)
    return msgspec.structs.replace(period, during=Interval(start=start, end=end))
