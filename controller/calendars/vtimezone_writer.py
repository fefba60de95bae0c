"""VTIMEZONE made from the zone database: every change of offset in the years that a calendar speaks of (RFC 5545
3.6.5). Pure."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

import msgspec

_STEP = timedelta(days=7)
"""No zone changes twice in a week."""
_SECOND = timedelta(seconds=1)


class ZoneTransition(msgspec.Struct, frozen=True, kw_only=True):
    """From ``at`` on the zone has another offset or name. ``wall``: what clocks showed up to then."""

    at: datetime
    wall: datetime
    before: timedelta
    after: timedelta
    name: str
    summer: bool


def timezone_lines(zone: ZoneInfo, since: datetime, until: datetime) -> list[str]:
    """The content lines of a VTIMEZONE that is right from ``since`` to ``until``, unfolded."""
    lines = ["BEGIN:VTIMEZONE", f"TZID:{zone.key}", f"X-LIC-LOCATION:{zone.key}"]
    for each in changes(zone, since, until):
        kind = "DAYLIGHT" if each.summer else "STANDARD"
        lines += [
            f"BEGIN:{kind}",
            f"DTSTART:{each.wall:%Y%m%dT%H%M%S}",
            f"TZOFFSETFROM:{offset(each.before)}",
            f"TZOFFSETTO:{offset(each.after)}",
            f"TZNAME:{each.name}",
            f"END:{kind}",
        ]
    return [*lines, "END:VTIMEZONE"]


def changes(zone: ZoneInfo, since: datetime, until: datetime) -> list[ZoneTransition]:
    """The changes from the last one before ``since`` on up to ``until``; where there is none before, one that sets the
    offset at the beginning of 1970."""
    years = range(since.astimezone(UTC).year - 1, until.astimezone(UTC).year + 1)
    found = [change for year in years for change in _of_year(zone, year)]
    before = [change for change in found if change.at <= since]
    start = before[-1] if before else _standing(zone, since)
    return [start, *(change for change in found if since < change.at <= until)]


def offset(value: timedelta) -> str:
    """“+0100”; with seconds only where there are any (RFC 5545 3.3.14)."""
    seconds = round(value.total_seconds())
    sign = "-" if seconds < 0 else "+"
    minutes, rest = divmod(abs(seconds), 60)
    return f"{sign}{minutes // 60:02}{minutes % 60:02}" + (f"{rest:02}" if rest else "")


@lru_cache(maxsize=512)
def _of_year(zone: ZoneInfo, year: int) -> tuple[ZoneTransition, ...]:
    at = datetime(year, 1, 1, tzinfo=UTC)
    end = datetime(year + 1, 1, 1, tzinfo=UTC)
    found = []
    while at < end:
        following = min(at + _STEP, end)
        if _shown(zone, at) != _shown(zone, following):
            found.append(_change(zone, at, following))
        at = following
    return tuple(found)


def _change(zone: ZoneInfo, low: datetime, high: datetime) -> ZoneTransition:
    """The change in ``(low, high]``, to the second."""
    old = _shown(zone, low)
    while high - low > _SECOND:
        middle = (low + (high - low) / 2).replace(microsecond=0)
        if _shown(zone, middle) == old:
            low = middle
        else:
            high = middle
    before, _, _ = old
    after, name, summer = _shown(zone, high)
    return ZoneTransition(
        at=high, wall=(high + before).replace(tzinfo=None), before=before, after=after, name=name, summer=summer
    )


def _standing(zone: ZoneInfo, at: datetime) -> ZoneTransition:
    shown, name, summer = _shown(zone, at)
    first = datetime(1970, 1, 1, tzinfo=UTC)
    return ZoneTransition(
        at=first, wall=first.replace(tzinfo=None), before=shown, after=shown, name=name, summer=summer
    )


def _shown(zone: ZoneInfo, at: datetime) -> tuple[timedelta, str, bool]:
    local = at.astimezone(zone)
    return local.utcoffset() or timedelta(), local.tzname() or "", (local.dst() or timedelta()) > timedelta()


def zones_of(zones: Iterable[ZoneInfo]) -> list[ZoneInfo]:
    """Each zone once, in the order of their names."""
    return [found for _, found in sorted({zone.key: zone for zone in zones}.items())]
