"""The times in which a quota counts: local days, weeks and months, or all that is to come. Pure."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import msgspec

from controller.diary.limits import LONGEST
from controller.diary.model import Claimed
from controller.diary.policy import QuotaPeriod
from controller.text import local_time


class Period(msgspec.Struct, frozen=True, kw_only=True):
    """A booking is in it when it starts in ``[starts, ends)`` and, if ``left``, ends after that instant.

    ``first``: the local day it begins on; ``None`` for what is ahead.
    """

    starts: datetime
    ends: datetime | None = None
    left: datetime | None = None
    first: date | None = None

    def has(self, booking: Claimed) -> bool:
        during = booking.during
        begins = self.starts <= during.start and (self.ends is None or during.start < self.ends)
        return begins and (self.left is None or during.end > self.left)


def period(per: QuotaPeriod, at: datetime, zone: ZoneInfo, *, now: datetime) -> Period:
    """The day, week (from Monday) or month of the site in which ``at`` lies, or what is ahead of ``now``."""
    if per is QuotaPeriod.AHEAD:
        return Period(starts=now - LONGEST, left=now)
    day = local_time.local_day(at, zone)
    if per is QuotaPeriod.DAY:
        first, after = day, day + timedelta(days=1)
    elif per is QuotaPeriod.WEEK:
        first = day - timedelta(days=day.weekday())
        after = first + timedelta(days=7)
    else:
        first = day.replace(day=1)
        after = (first + timedelta(days=31)).replace(day=1)
    return Period(starts=local_time.day_start(first, zone), ends=local_time.day_start(after, zone), first=first)


def covering(periods: Iterable[Period]) -> Period | None:
    """One time from the first start to the last end; ``None`` of none."""
    found = list(periods)
    if not found:
        return None
    ends = [each.ends for each in found]
    return Period(
        starts=min(each.starts for each in found),
        ends=None if None in ends else max(each for each in ends if each is not None),
    )
