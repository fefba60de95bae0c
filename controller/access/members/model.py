"""Library members who may come in during unstaffed hours. Their names and addresses are not stored. Pure."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import msgspec

from controller.access.credential_hours import FOREVER
from controller.platform.text import local_time
from controller.platform.web.problem import NotFound
from edge.wire.interval import Interval

EVERYWHERE = ""
"""The site of an induction that counts at all of them."""
_DAY = timedelta(days=1)


class LibraryRecord(msgspec.Struct, frozen=True, kw_only=True):
    """What the library system says of a member, and the card. ``suspended_until``: the last day of it; ``None``: until
    somebody lifts it. ``expires``: the last day of the membership."""

    number: str
    card: str
    pin: str = ""
    born: date | None = None
    expires: date | None = None
    suspended: bool = False
    suspended_until: date | None = None

    def __repr__(self) -> str:
        return "Standing(…)"


class Member(msgspec.Struct, frozen=True, kw_only=True):
    """``inductions``: the day of each, by site. ``source``: where the list comes from. ``checked_at``: when the library
    system last vouched for them."""

    id: str
    record: LibraryRecord
    inductions: Mapping[str, date]
    source: str
    checked_at: datetime
    ended_at: datetime | None

    def inducted(self, site: str) -> date | None:
        """The day since which they may come in at a site, by their induction; ``None``: not at all."""
        found = [day for day in (self.inductions.get(site), self.inductions.get(EVERYWHERE)) if day is not None]
        return min(found, default=None)


def against(member: Member, site: str, day: date, *, least_age: int) -> str:
    """Why a member does not get in at a site on a day; empty where nothing is in the way. A birthday on 29 February
    counts on 1 March in other years."""
    record = member.record
    inducted = member.inducted(site)
    if member.ended_at is not None:
        return "is no longer a member"
    if record.suspended and (record.suspended_until is None or day <= record.suspended_until):
        until = f" until {record.suspended_until:%-d %B %Y}" if record.suspended_until else ""
        return f"is suspended{until}"
    if record.expires is not None and day > record.expires:
        return f"has a membership that ended on {record.expires:%-d %B %Y}"
    if inducted is None:
        return "has had no induction here"
    if inducted > day:
        return f"has the induction on {inducted:%-d %B %Y}"
    if not record.pin:
        return "has no PIN"
    if least_age and record.born is None:
        return f"must be {least_age} or older, and the list does not say how old they are"
    if least_age and record.born is not None and age(record.born, day) < least_age:
        return f"must be {least_age} or older"
    return ""


def age(born: date, day: date) -> int:
    """Full years on a day."""
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))


def window(member: Member, site: str, zone: ZoneInfo) -> Interval:
    """When the card works, of a member that nothing is against: the same every day, so that a plan does not change."""
    first = member.inducted(site)
    assert first is not None
    last = member.record.expires
    end = FOREVER if last is None else local_time.day_start(last + _DAY, zone)
    return Interval(start=local_time.day_start(first, zone), end=end)


class MemberUnknown(NotFound):
    def __init__(self, member: str) -> None:
        super().__init__(f"there is no member {member!r}; look it up by the number on the card")
