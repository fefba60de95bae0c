"""From when to when a building is used on each day ahead, so that it can be warm by then. Pure."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import msgspec

from controller.occupancy.forecast.hours import ExpectedHour
from controller.platform.text import local_time
from edge.wire.interval import Interval

SOMEBODY = 1.0
"""So many people expected in an hour make it one for which a building is warm."""


class DayAhead(msgspec.Struct, frozen=True, kw_only=True):
    """``used_from``, ``used_until``: when the first is expected or booked, and the last gone, within the day; ``None``
    for a day without either. ``booked_from``: when its first booking begins. ``expected``: people in all of the day's
    hours that are still to come; ``None`` where that is not known."""

    day: date
    used_from: datetime | None
    used_until: datetime | None
    booked_from: datetime | None
    expected: float | None


def days_ahead(
    hours: Sequence[ExpectedHour], booked: Iterable[Interval], zone: ZoneInfo, days: int, now: datetime
) -> list[DayAhead]:
    """``days`` local days from that of ``now`` on. Where nothing can be forecast, the bookings alone are known, and
    ``expected`` is ``None``."""
    first, booked = local_time.local_day(now, zone), list(booked)
    found = []
    for ahead in range(days):
        day = local_time.day_bounds(first + timedelta(days=ahead), zone)
        whole = [each for each in hours if day.start <= each.start < day.end]
        claims = [
            Interval(start=max(each.start, day.start), end=min(each.end, day.end))
            for each in booked
            if each.overlaps(day)
        ]
        used = [*claims, *(Interval(start=one.start, end=one.end) for one in whole if one.mean >= SOMEBODY)]
        found.append(
            DayAhead(
                day=first + timedelta(days=ahead),
                used_from=min((each.start for each in used), default=None),
                used_until=max((each.end for each in used), default=None),
                booked_from=min((each.start for each in claims), default=None),
                expected=sum(each.mean for each in whole) if whole else None,
            )
        )
    return found
