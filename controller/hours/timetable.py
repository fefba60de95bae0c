"""When a building, or a space of it, is in which mode, and when it cannot be booked and why. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from functools import cached_property

import msgspec

from controller.estate.model import Site
from controller.hours import bank_holidays
from controller.hours.closures import by_atom, of_site, told
from controller.hours.days import DayRule, Days
from controller.hours.instants import bounds
from controller.hours.model import Closure, OpeningHours, SpaceHours, Term
from controller.hours.modes import ModePeriod, clipped, day_modes, joined, lay
from controller.hours.month_cache import MonthCache, SortedSpans
from controller.hours.terms import days_of, term_of
from controller.hours.windows import ClosedPeriod, WindowGaps
from edge.wire.interval import Interval
from edge.wire.plan import Mode

LOOK_AHEAD = timedelta(days=14)
"""How far ahead ``mode_at`` looks for the end of a mode."""

_NO_CLOSURE: SortedSpans[Closure] = SortedSpans(())


class Timetable(msgspec.Struct, frozen=True, kw_only=True, dict=True):
    """All hours of a site. Methods take ``space=None`` for the building.

    Made to be asked thousands of times: what was worked out for a month is kept.
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
        found = [self._told(each) for each in self._of_site.touching(during)]
        if space is not None:
            found += [self._told(each, space) for each in self._of_space(space).touching(during)]
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

    def _told(self, closure: Closure, space: str = "") -> ClosedPeriod:
        found = self._words.get((closure.id, space))
        if found is None:
            found = self._words[closure.id, space] = told(closure, self.site, self.spaces, space)
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
    return [ModePeriod(during=each.during, mode=Mode.CLOSED, note=each.reason) for each in closures]


def _inside(period: ClosedPeriod, during: Interval) -> bool:
    return during.start <= period.during.start and period.during.end <= during.end


def _cut(period: ClosedPeriod, during: Interval) -> ClosedPeriod:
    start, end = max(period.during.start, during.start), min(period.during.end, during.end)
    return msgspec.structs.replace(period, during=Interval(start=start, end=end))
