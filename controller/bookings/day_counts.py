"""How much is booked on each day of a site: what a month shows of it. Pure."""

from collections.abc import Callable, Sequence
from datetime import date, datetime, time

import msgspec

from controller.bookings.diary.model import Booking, BookingStatus
from controller.bookings.diary.site_config import SiteConfig
from controller.platform.text import local_time
from edge.wire.interval import Interval

FROM, TO = time(8), time(22)
"""Of a day, what ``share`` is about."""
_WAITS = frozenset({BookingStatus.REQUESTED, BookingStatus.HELD})
_TAKES = frozenset({BookingStatus.CONFIRMED, BookingStatus.ARRIVED, BookingStatus.FINISHED, BookingStatus.NO_SHOW})


class DayCount(msgspec.Struct, frozen=True, kw_only=True):
    """``bookings``: those that take time on the day. ``requests``: those that wait for approval. ``share``: what they
    take of the time of all rooms between ``FROM`` and ``TO``, 0 to 1; pools are left out, and rooms that can be booked
    neither alone nor in a whole. ``closed``: why the site is closed then, a sentence; else empty. ``partly``: only for
    a part of the day."""

    day: date
    bookings: int
    requests: int
    share: float
    closed: str
    partly: bool = False


def day_counts(
    where: SiteConfig,
    days: Sequence[date],
    found: Sequence[Booking],
    *,
    counts_request: Callable[[Booking], bool],
    public: bool = False,
    now: datetime,
) -> list[DayCount]:
    """One for each of the ``days``. ``found``: all bookings that touch them. ``counts_request``: whether the user may
    know of a request. ``public``: closures in what everybody may read of them."""
    zone = where.site.tz
    pools = {pool for place in where.by_space.values() for pool, _ in place.pools}
    atoms = {place.space.id: set(place.atoms) - pools for place in where.by_space.values()}
    rooms = set().union(*(atoms[place.space.id] for place in where.by_space.values() if place.space.bookable))
    counts = []
    for day in days:
        whole = local_time.day_bounds(day, zone)
        hours = Interval(
            start=local_time.instant(datetime.combine(day, FROM), zone),
            end=local_time.instant(datetime.combine(day, TO), zone),
        )
        here = [(each, each.status(now)) for each in found if each.during.overlaps(whole)]
        taking = [each for each, status in here if status in _TAKES]
        taken = sum(
            (min(each.ends, hours.end) - max(each.starts, hours.start)).total_seconds() * len(atoms[each.space] & rooms)
            for each, status in here
            if (status in _TAKES or status is BookingStatus.HELD) and each.during.overlaps(hours)
        )
        all_of_it = (hours.end - hours.start).total_seconds() * len(rooms)
        closed = where.hours.closed(whole)
        counts.append(
            DayCount(
                day=day,
                bookings=len(taking),
                requests=sum(status in _WAITS and counts_request(each) for each, status in here),
                share=round(min(1.0, taken / all_of_it), 3) if all_of_it else 0.0,
                closed=closed[0].against(whole, public=public) if closed else "",
                partly=bool(closed) and not _cover([each.during for each in closed], whole),
            )
        )
    return counts


def _cover(times: Sequence[Interval], whole: Interval) -> bool:
    """Whether nothing of ``whole`` is left. ``times``: by start."""
    reached = whole.start
    for each in times:
        if each.start <= reached:
            reached = max(reached, each.end)
    return reached >= whole.end
