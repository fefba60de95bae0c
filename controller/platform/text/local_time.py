"""The one module that knows a site's zone: wall time to instants and back.

A wall time that comes twice means the first. One that does not exist is refused where a person typed it
(``instant``), and moves forward by the gap where a rule made it (``instant_moved``). RFC 5545 3.3.5.
"""

from datetime import UTC, date, datetime, time, timedelta, tzinfo
from functools import lru_cache
from zoneinfo import ZoneInfo, available_timezones

from edge.wire.interval import Interval

FIRST_YEAR = 2000
LAST_YEAR = 2199
"""Years a diary may speak of; wall times beyond them are refused before they come here."""


class LocalTimeError(ValueError):
    """Root of this module's errors."""


class UnknownZone(LocalTimeError):
    """``name`` is no zone of the IANA database."""

    def __init__(self, name: str) -> None:
        super().__init__(f"{name!r} is not a time zone; write one like Europe/London")
        self.name = name


class NoSuchWallTime(LocalTimeError):
    """The clocks skip ``wall``: they go from ``first``, which does not exist either, to ``after``."""

    def __init__(self, wall: datetime, first: datetime, after: datetime) -> None:
        super().__init__(
            f"{wall:%H:%M} does not exist on {wall:%-d %B %Y}: the clocks go forward from {first:%H:%M} to "
            f"{after:%H:%M}, so {after:%H:%M} is the next time there is"
        )
        self.wall = wall
        self.first = first
        self.after = after


@lru_cache(maxsize=1)
def _zone_names() -> frozenset[str]:
    return frozenset(available_timezones())


def zone(name: str) -> ZoneInfo:
    """The zone of this name. Raises ``UnknownZone``."""
    if name not in _zone_names():
        raise UnknownZone(name)
    return ZoneInfo(name)


def instant(wall: datetime, at: ZoneInfo) -> datetime:
    """The UTC instant of a naive wall time; the first where it comes twice.

    Raises ``NoSuchWallTime`` where the clocks skip it.
    """
    change = _skipped(wall, at)
    if change is not None:
        last = (change - timedelta(microseconds=1)).astimezone(at).replace(tzinfo=None)
        after = change.astimezone(at).replace(tzinfo=None)
        raise NoSuchWallTime(wall, last + timedelta(microseconds=1), after)
    return wall.replace(tzinfo=at, fold=0).astimezone(UTC)


def instant_moved(wall: datetime, at: ZoneInfo) -> tuple[datetime, bool]:
    """As ``instant``, but a skipped wall time moves forward by the length of the gap; True when it did."""
    # With fold 0 the offset before the gap holds, which is exactly that move.
    return wall.replace(tzinfo=at, fold=0).astimezone(UTC), _skipped(wall, at) is not None


def wall(moment: datetime, at: ZoneInfo) -> datetime:
    """The naive wall time of an aware instant. Not for arithmetic across a clock change."""
    return moment.astimezone(at).replace(tzinfo=None, fold=0)


def rfc3339(moment: datetime, at: tzinfo) -> str:
    """The instant with the zone's offset of that moment, as the API writes times."""
    return moment.astimezone(at).isoformat()


def day_start(day: date, at: ZoneInfo) -> datetime:
    """The first instant of a local day: midnight, or where the clocks skip midnight, the change itself."""
    midnight = datetime.combine(day, time.min)
    return _skipped(midnight, at) or midnight.replace(tzinfo=at, fold=0).astimezone(UTC)


def day_bounds(day: date, at: ZoneInfo) -> Interval:
    """The local day as an interval: 23, 24 or 25 hours in most zones."""
    return Interval(start=day_start(day, at), end=day_start(day + timedelta(days=1), at))


def local_day(moment: datetime, at: ZoneInfo) -> date:
    """The date on the wall at an instant."""
    return moment.astimezone(at).date()


def _skipped(wall: datetime, at: ZoneInfo) -> datetime | None:
    """The instant of the change that skips ``wall``, or None where ``wall`` exists (PEP 495)."""
    early = wall.replace(tzinfo=at, fold=1).astimezone(UTC)
    late = wall.replace(tzinfo=at, fold=0).astimezone(UTC)
    if early >= late:
        return None
    # The change lies in (early, late]; both ends are whole seconds of offset apart.
    offset = late.astimezone(at).utcoffset()
    low, high = early, late
    while high - low > timedelta(microseconds=1):
        middle = low + (high - low) // 2
        if middle.astimezone(at).utcoffset() == offset:
            high = middle
        else:
            low = middle
    return high
