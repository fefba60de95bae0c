"""When a digest is sent, and what stands in it. Pure."""

import calendar
from collections.abc import Sequence
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

import msgspec

from controller.estate.model import Site
from controller.notices.model import NoticeKind
from controller.platform.text import local_time, times

MOST_LINES = 20
"""Lines of one section; the rest is counted."""


class Digest(msgspec.Struct, frozen=True, kw_only=True):
    """A user's digest of a site. ``id``: what notices are about. ``weekdays``: "1" for Monday to "7" for Sunday; empty
    for none. ``hour``: by the site's clock. ``sent_at``: up to when it has told; ``next_at``: when it is due."""

    id: str
    user_id: str
    site: str
    weekdays: str
    hour: int
    sent_at: datetime
    next_at: datetime | None


class DigestSection(msgspec.Struct, frozen=True, kw_only=True):
    """``lines``: none, and it is left out."""

    heading: str
    lines: Sequence[str]


def next_digest(weekdays: str, hour: int, zone: ZoneInfo, after: datetime) -> datetime | None:
    """The next time of one of these weekdays at that hour; an hour that the clocks skip is an hour later, of one that
    comes twice it is the first."""
    today = local_time.local_day(after, zone)
    for days in range(9):
        day = today + timedelta(days=days)
        at, _ = local_time.instant_moved(datetime.combine(day, time(hour)), zone)
        if str(day.isoweekday()) in weekdays and at > after:
            return at
    return None


def digest_times(site: str, weekdays: str, hour: int, next_at: datetime, zone: ZoneInfo, *, now: datetime) -> str:
    """“Ramsey Hub: Monday and Thursday at 08:00, next at 08:00 on Thu 26 Nov”."""
    days = times.listed([calendar.day_name[int(each) - 1] for each in weekdays])
    return f"{site}: {days} at {hour:02}:00, next at {times.at(next_at, zone, now=now)}"


def digest_text(site: Site, sections: Sequence[DigestSection], *, now: datetime, address: str) -> str:
    """The plain text; empty where there is nothing to say."""
    said = [each for each in sections if each.lines]
    if not said:
        return ""
    paragraphs = [f"{site.name}, {times.at(now, site.tz, now=now)}."]
    for each in said:
        lines = [f"- {line}" for line in each.lines[:MOST_LINES]]
        lines += [f"- and {len(each.lines) - MOST_LINES} more"] if len(each.lines) > MOST_LINES else []
        paragraphs.append("\n".join([f"{each.heading}:", *lines]))
    paragraphs.append(f"See and decide: {address}/diary?site={site.id}")
    paragraphs.append(
        f"You chose to get this. Other days or none: {address}/account?site={site.id}, or "
        f"hallkeeper notices digest put {site.id} none"
    )
    return "\n\n".join(paragraphs) + "\n"


def digest_subject(site: Site, *, now: datetime) -> str:
    return f"{NoticeKind.DIGEST}: {site.name}, {times.day(now, site.tz, now=now)}"
