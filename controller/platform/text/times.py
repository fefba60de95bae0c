"""Times and doors in words, as people in the UK read them: “Thu 26 Nov, 18:00 to 20:00”."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from controller.platform.text import local_time
from edge.wire.interval import Interval


def day(moment: datetime, zone: ZoneInfo, *, now: datetime) -> str:
    """“Thu 26 Nov”, with the year if it differs from that of ``now``."""
    local, here = local_time.wall(moment, zone), local_time.wall(now, zone)
    return f"{local:%a %-d %b}" if local.year == here.year else f"{local:%a %-d %b %Y}"


def clock(moment: datetime, zone: ZoneInfo) -> str:
    """“18:00”; for a time that comes twice with the zone, “01:30 BST”, “01:30 GMT”."""
    local = moment.astimezone(zone)
    twice = local.replace(fold=1 - local.fold).utcoffset() != local.utcoffset()
    return f"{local:%H:%M %Z}" if twice else f"{local:%H:%M}"


def at(moment: datetime, zone: ZoneInfo, *, now: datetime) -> str:
    """“14:02”; on another day than that of ``now`` “14:02 on Thu 26 Nov”."""
    if local_time.local_day(moment, zone) == local_time.local_day(now, zone):
        return clock(moment, zone)
    return f"{clock(moment, zone)} on {day(moment, zone, now=now)}"


def window(during: Interval, zone: ZoneInfo, *, now: datetime) -> str:
    """“Thu 26 Nov, 18:00 to 20:00”; over midnight the second day is named too."""
    starts, ends = during.start, during.end
    text = f"{day(starts, zone, now=now)}, {clock(starts, zone)} to "
    if local_time.local_day(starts, zone) == local_time.local_day(ends, zone):
        return text + clock(ends, zone)
    return f"{text}{day(ends, zone, now=now)}, {clock(ends, zone)}"


def listed(names: Sequence[str]) -> str:
    """“Front door, Side door and Yard gate”."""
    return " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)


def duration(time: timedelta) -> str:
    """“1 hour”, “30 minutes”, “1 hour 30 minutes”."""
    hours, minutes = divmod(round(time.total_seconds() / 60), 60)
    words = [
        f"{number:,} {name}{'' if number == 1 else 's'}"
        for number, name in ((hours, "hour"), (minutes, "minute"))
        if number
    ]
    return " ".join(words) or "no time"


def short_duration(us: int) -> str:
    """“2 h 30 min” for so many microseconds; seconds only where there are any."""
    minutes, rest = divmod(us, 60_000_000)
    hours, minutes = divmod(minutes, 60)
    parts = [f"{number:,} {unit}" for number, unit in ((hours, "h"), (minutes, "min")) if number]
    if rest:
        parts.append(f"{Decimal(rest).scaleb(-6).normalize():f} s")
    return " ".join(parts) or "0 min"


def rough_duration(time: timedelta) -> str:
    """“15 s”, “2 h 30 min”, “3 days 4 h”: seconds below two minutes, minutes below a day."""
    seconds = round(time.total_seconds())
    if seconds < 120:
        return f"{max(seconds, 1)} s"
    days, minutes = divmod(round(seconds / 60), 24 * 60)
    parts = [(days, "days" if days > 1 else "day"), (minutes // 60, "h"), (minutes % 60 if not days else 0, "min")]
    return " ".join(f"{number} {unit}" for number, unit in parts if number) or "1 min"
