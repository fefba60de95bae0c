"""The hours of the night in which only what cannot wait is sent. Pure."""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from controller.bookings.diary.model import BookingStatus
from controller.notices.model import Told
from controller.platform.text import local_time

TIME_TO_ANSWER = timedelta(hours=2)
"""What somebody has at least in the morning to take an offer."""


def quiet_until(now: datetime, hours: str | None, zone: ZoneInfo) -> datetime | None:
    """When the quiet hours end in which ``now`` lies; ``None`` outside of them. ``hours``: such as "21:30-07:30", by
    the site's clock; an end that the clocks skip is as much later as they skip."""
    if hours is None:
        return None
    first, last = (time.fromisoformat(each) for each in hours.split("-"))
    overnight = timedelta(days=1 if last <= first else 0)
    today = local_time.local_day(now, zone)
    for day in (today - timedelta(days=1), today):
        start, _ = local_time.instant_moved(datetime.combine(day, first), zone)
        end, _ = local_time.instant_moved(datetime.combine(day + overnight, last), zone)
        if start <= now < end:
            return end
    return None


def cannot_wait(now: Told, before: Told | None, *, held_until: datetime | None, until: datetime, at: datetime) -> bool:
    """Whether it is about something that begins before the quiet hours end ``until`` then and is not over ``at``: as it
    is now, or as its recipient believes it to be; or about a hold or an offer that runs out (``held_until``) less than
    ``TIME_TO_ANSWER`` after they end."""
    if now.status is BookingStatus.HELD and held_until is not None and at < held_until < until + TIME_TO_ANSWER:
        return True
    return any(each is not None and each.starts < until and each.ends > at for each in (now, before))
