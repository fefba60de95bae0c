"""Bookings against their use: how much of each room was bookable, booked and used in a time. Pure.

Everything is by atoms, what cannot be divided further: a booking of a hall takes each of its halves, so that a site's
total has the hall once, and a hall of which one half is taken is half taken.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from enum import IntEnum
from typing import TypeVar

from controller.bookings.diary.site_config import SiteConfig, SpaceAtSite
from controller.hours.past_hours import HoursThen
from controller.hours.timetable import Timetable
from controller.use.model import AnyBooking, Counts, GroupUse, Minutes, MonthUse, SiteUse, SpaceUse, Week
from controller.use.outcome import Outcome, booked_span, cancelled_late, outcome, used_span
from controller.use.spans import WEEK_HOURS, Span, WallHours, span_of, union, wall_hours, without
from edge.wire.interval import Interval
from edge.wire.plan import Mode

T = TypeVar("T")


class _Kind(IntEnum):
    BOOKABLE = 0
    BOOKED = 1
    OUTSIDE = 2
    USED = 3
    NO_SHOW = 4
    NOT_MEASURED = 5


_TAKEN = {Outcome.USED: _Kind.USED, Outcome.NO_SHOW: _Kind.NO_SHOW, Outcome.UNKNOWN: _Kind.NOT_MEASURED}
_Taken = dict[_Kind, dict[str, list[tuple[Span, int]]]]
"""Kind -> atom -> who takes it: when, and how many places of a pool."""


class _Tally:
    """Seconds by hour of the week and by month."""

    def __init__(self, wall: WallHours) -> None:
        self._wall = wall
        self.week = [[0.0] * WEEK_HOURS for _ in _Kind]
        self.months = [[0.0] * len(wall.months) for _ in _Kind]

    def add(self, kind: _Kind, spans: Iterable[Span], weight: float = 1.0) -> None:
        self._wall.spread(spans, weight, self.week[kind], self.months[kind])

    def take(
        self, taken: _Taken, atom: str, opened: Sequence[Span], *, weight: float = 1.0, pool: bool = False
    ) -> None:
        """Add all that takes an atom; ``opened``: when it is bookable."""
        for kind, by_atom in taken.items():
            found = by_atom.get(atom, [])
            layers = [([span], count) for span, count in found] if pool else [(union(span for span, _ in found), 1)]
            for spans, count in layers:
                self.add(kind, spans, weight * count)
                if kind is _Kind.BOOKED:
                    self.add(_Kind.OUTSIDE, without(spans, opened), weight * count)

    def minutes(self) -> Minutes:
        bookable, booked, outside, used, no_show, unmeasured = (_minutes(sum(each)) for each in self.week)
        return Minutes(
            bookable=bookable,
            booked=booked,
            outside=outside,
            used=used,
            no_show=no_show,
            not_measured=unmeasured,
        )

    def of_week(self) -> Week:
        bookable, booked, outside, used, _, unmeasured = (tuple(map(_minutes, each)) for each in self.week)
        return Week(bookable=bookable, booked=booked, outside=outside, used=used, not_measured=unmeasured)

    def of_months(self) -> tuple[MonthUse, ...]:
        names = [each.name.lower() for each in _Kind]
        return tuple(
            MonthUse(
                month=month,
                minutes=Minutes(**{name: _minutes(self.months[kind][at]) for kind, name in enumerate(names)}),
            )
            for at, month in enumerate(self._wall.months)
        )


def _minutes(seconds: float) -> int:
    return round(seconds / 60)


def measure(
    where: SiteConfig,
    during: Interval,
    bookings: Sequence[AnyBooking],
    *,
    public: bool = False,
    now: datetime,
    set_then: Sequence[HoursThen] = (),
) -> SiteUse | None:
    """``bookings``: all that touch the time, cancelled ones too. ``public``: closures in what everybody may read of
    them. ``set_then``: the hours that were set in each part of the time; without any, those of now. ``None`` for a time
    that is still to come."""
    until = min(during.end, now)
    if until <= during.start:
        return None
    past = Interval(start=during.start, end=until)
    begun = [each for each in bookings if each.starts < until and each.space in where.by_space]
    taken = _taken(where, begun, span_of(past))
    wall = wall_hours(past, where.site.tz)
    pools = {pool: size for place in where.by_space.values() for pool, size in place.pools}
    hours = set_then or [HoursThen(during=during, hours=where.hours, known=True)]
    opened = {space: _opened(hours, past, space) for space in where.by_space}
    asked = {each.space for each in begun}
    shown = [each for each in where.by_space.values() if each.space.bookable or each.space.id in asked]
    counted = _counts(where.hours, begun, past, lambda each: each.space)
    spaces = tuple(
        _space(place, opened[place.space.id], taken, pools, wall, counted.get(place.space.id, Counts()))
        for place in sorted(shown, key=lambda each: each.space.name)
    )
    total = _Tally(wall)
    for atom in sorted({atom for place in shown for atom in place.atoms if atom not in pools}):
        whole = next(each.space.id for each in where.by_atom[atom])
        own = atom.partition("/")[2]
        atom_opened = opened.get(own, opened[whole])
        total.add(_Kind.BOOKABLE, atom_opened)
        total.take(taken, atom, atom_opened)
    closed = [each.against(past, public=public) for each in where.hours.closed(past)]
    return SiteUse(
        during=during,
        until=until,
        hours_set=any(_hours_set(each.hours) for each in hours),
        hours_known=all(each.known for each in hours if each.during.start < until),
        minutes=total.minutes(),
        counts=_counts(where.hours, begun, past, lambda _: None).get(None, Counts()),
        week=total.of_week(),
        months=total.of_months(),
        spaces=spaces,
        groups=_groups(where.hours, begun, past),
        unused=tuple(each.space for each in spaces if each.minutes.bookable and not each.minutes.booked),
        closed=tuple(dict.fromkeys(closed)),
    )


def _taken(where: SiteConfig, bookings: Iterable[AnyBooking], past: Span) -> _Taken:
    """What took each atom, cut to the time."""
    found: _Taken = {kind: defaultdict(list) for kind in (_Kind.BOOKED, *_TAKEN.values())}
    for each in bookings:
        became = outcome(each)
        if became is None:
            continue
        whole = booked_span(each)
        spans = {_Kind.BOOKED: whole, _TAKEN[became]: used_span(each) if became is Outcome.USED else whole}
        place = where.by_space[each.space]
        sizes = dict(place.pools)
        for kind, (start, end) in spans.items():
            span = max(start, past[0]), min(end, past[1])
            for atom in place.atoms if span[0] < span[1] else ():
                count = sizes.get(atom, 1) if each.seats is None or atom not in sizes else each.seats
                found[kind][atom].append((span, count))
    return found


def _space(
    place: SpaceAtSite,
    opened: Sequence[Span],
    taken: _Taken,
    pools: dict[str, int],
    wall: WallHours,
    counts: Counts,
) -> SpaceUse:
    tally = _Tally(wall)
    size = pools.get(place.atoms[0]) if len(place.atoms) == 1 else None
    rooms = [atom for atom in place.atoms if size is not None or atom not in pools]
    tally.add(_Kind.BOOKABLE, opened, 1.0 if size is None else size)
    for atom in rooms:
        weight = 1.0 if size is not None else 1.0 / len(rooms)
        tally.take(taken, atom, opened, weight=weight, pool=size is not None)
    return SpaceUse(
        space=place.space.id,
        name=place.space.name,
        places=size,
        parts=place.space.parts,
        minutes=tally.minutes(),
        counts=counts,
        week=tally.of_week(),
    )


def _opened(hours: Sequence[HoursThen], past: Interval, space: str) -> list[Span]:
    """When a space is bookable: the building is open, staffed or not, and nothing shuts the space."""
    found: list[Span] = []
    for each in hours:
        if each.during.overlaps(past):
            during = Interval(start=max(each.during.start, past.start), end=min(each.during.end, past.end))
            modes = each.hours.modes(during, space=space)
            building = union(span_of(one.during) for one in modes if one.mode is not Mode.CLOSED)
            found += without(building, union(span_of(one.during) for one in each.hours.closed(during, space=space)))
    return union(found)


def _hours_set(hours: Timetable) -> bool:
    given = hours.timetable
    other = any(each.pattern for each in given.seasons) or any(each.spans for each in given.exceptions)
    return bool(given.pattern) or other


def _counts(
    hours: Timetable, bookings: Iterable[AnyBooking], past: Interval, key: Callable[[AnyBooking], T]
) -> dict[T, Counts]:
    """Key -> those that began in the time."""
    found: dict[T, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    names = {Outcome.USED: "arrived", Outcome.NO_SHOW: "no_shows", Outcome.UNKNOWN: "unknown"}
    for each in bookings:
        if each.starts not in past:
            continue
        became = outcome(each)
        if became is not None:
            found[key(each)]["bookings"] += 1
            found[key(each)][names[became]] += 1
        elif cancelled_late(each) and not hours.closed(each.during, space=each.space):
            found[key(each)]["late_cancellations"] += 1
    return {name: Counts(**counts) for name, counts in found.items()}


def _groups(hours: Timetable, bookings: Sequence[AnyBooking], past: Interval) -> tuple[GroupUse, ...]:
    """By how often nobody came, then by how much they booked."""
    booked: dict[str | None, int] = defaultdict(int)
    missed: dict[str | None, int] = defaultdict(int)
    limits = span_of(past)
    for each in bookings:
        became = outcome(each)
        if became is None or each.starts not in past:
            continue
        start, end = booked_span(each)
        minutes = _minutes(max(0, min(end, limits[1]) - start))
        booked[each.party] += minutes
        missed[each.party] += minutes if became is Outcome.NO_SHOW else 0
    found = [
        GroupUse(party=party, counts=counts, booked=booked[party], missed=missed[party])
        for party, counts in _counts(hours, bookings, past, lambda each: each.party).items()
    ]
    order = sorted(found, key=lambda each: (-each.counts.no_shows, -each.counts.late_cancellations, -each.booked))
    return tuple(order)
