"""Hours to ask, and shorthand to write them."""

from datetime import UTC, date, datetime
from typing import Any

from controller.estate.model import Site
from controller.hours.local_minutes import bounds
from controller.hours.model import BookableWindow, Closure, OpeningHours, Season, SpaceHours, Span, WeeklySpan
from controller.hours.timetable import Timetable
from edge.wire.interval import Interval
from edge.wire.plan import Mode

SITE = Site(id="ramsey", name="Ramsey Hub", zone="Europe/London")
LONDON = SITE.tz
WEEK = range(7)


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def minute(text: str) -> int:
    hours, _, rest = text.partition(":")
    return int(hours) * 60 + int(rest)


def span(opens: str, closes: str, mode: Mode = Mode.STAFFED) -> Span:
    """“22:00” to “30:00” is to six in the next morning."""
    return Span(opens=minute(opens), closes=minute(closes), mode=mode)


def week(*spans: Span, days: range | tuple[int, ...] = WEEK) -> tuple[WeeklySpan, ...]:
    return tuple(WeeklySpan(weekday=day, span=one) for day in days for one in spans)


def windows(opens: str, closes: str, days: range | tuple[int, ...] = WEEK) -> tuple[BookableWindow, ...]:
    return tuple(BookableWindow(weekday=day, opens=minute(opens), closes=minute(closes)) for day in days)


def yearly(name: str, first: str, last: str, *spans: Span) -> Season:
    """``first`` and ``last`` as “06-01”."""
    return Season(
        name=name,
        first=date.fromisoformat(f"2000-{first}"),
        last=date.fromisoformat(f"2000-{last}"),
        yearly=True,
        pattern=week(*spans),
    )


def once(name: str, first: str, last: str, *spans: Span) -> Season:
    return Season(name=name, first=date.fromisoformat(first), last=date.fromisoformat(last), pattern=week(*spans))


def closure(starts: str, ends: str, reason: str = "floor sanding", *spaces: str) -> Closure:
    """Given as moments in UTC, or as dates (inclusive)."""
    whole_days = "T" not in starts
    if whole_days:
        first, last = (bounds(date.fromisoformat(each), LONDON) for each in (starts, ends))
        during = Interval(start=first.start, end=last.end)
    else:
        during = Interval(start=utc(starts), end=utc(ends))
    return Closure(
        id=f"{starts} {ends} {' '.join(spaces)}",
        during=during,
        reason=reason,
        whole_days=whole_days,
        spaces=spaces,
        made_at=utc("2026-01-01T00:00"),
        made_by="Una",
    )


def book(timetable: OpeningHours | None = None, **more: Any) -> Timetable:
    return Timetable(site=SITE, timetable=timetable or OpeningHours(), **more)


def divided(**own: tuple[BookableWindow, ...]) -> dict[str, SpaceHours]:
    """A hall of two halves, and a studio; ``own``: when one of them can be booked."""
    atoms = {"hall": {"left", "right"}, "left": {"left"}, "right": {"right"}, "studio": {"studio"}}
    return {
        space: SpaceHours(name=space.capitalize(), atoms=frozenset(each), windows=own.get(space))
        for space, each in atoms.items()
    }


def day(text: str) -> Interval:
    """A local day."""
    return bounds(date.fromisoformat(text), LONDON)


def told(found: Timetable, during: Interval, space: str | None = None) -> list[tuple[str, str, str]]:
    """Modes with their times on the wall and their notes: “25 09:00”, “staffed”, “”."""
    return [
        (f"{period.during.start.astimezone(LONDON):%d %H:%M}", period.mode.value, period.note)
        for period in found.modes(during, space=space)
    ]
