"""Times and doors in words, as people in the UK read them: “Thu 26 Nov, 18:00 to 20:00”."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from controller.text import local_time
from edge.wire.interval import Interval


def day(moment: datetime, zone: ZoneInfo, *, now: datetime) -> str:
    """“Thu 26 Nov”, with the year where it is another one than now's."""
    local, here = local_time.wall(moment, zone), local_time.wall(now, zone)
    return f"{local:%a %-d %b}" if local.year == here.year else f"{local:%a %-d %b %Y}"


def clock(moment: datetime, zone: ZoneInfo) -> str:
    """“18:00”; of a time that comes twice which one, “01:30 BST”, “01:30 GMT”."""
    which = f" {moment.astimezone(zone):%Z}" if local_time.comes_twice(moment, zone) else ""
    return f"{local_time.wall(moment, zone):%H:%M}{which}"


def at(moment: datetime, zone: ZoneInfo, *, now: datetime) -> str:
    """“14:02”; on another day than now's “14:02 on Thu 26 Nov”."""
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


def length(time: timedelta) -> str:
    """“1 hour”, “30 minutes”, “1 hour 30 minutes”."""
    hours, minutes = divmod(round(time.total_seconds() / 60), 60)
    words = [
        f"{number:,} {name}{'' if number == 1 else 's'}"
        for number, name in ((hours, "hour"), (minutes, "minute"))
        if number
    ]
    return " ".join(words) or "no time"
