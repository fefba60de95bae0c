"""The hours of a site as they were set at a past time: opening hours and when rooms could be booked, from what the
audit log has of their changes. Closures and terms are those of now, since both have dates of their own."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, TypeVar

import msgspec

from controller.db.engine import Tx
from controller.hours.model import OpeningHours, SpaceHours
from controller.hours.timetable import Timetable
from controller.records.audit import repository as audit
from edge.wire.interval import Interval

T = TypeVar("T")


class HoursThen(msgspec.Struct, frozen=True, kw_only=True):
    """The hours that were set during a time. ``known``: false where what was set then is not known, and ``hours`` are
    those of later."""

    during: Interval
    hours: Timetable
    known: bool


class HoursChange(msgspec.Struct, frozen=True, kw_only=True):
    """A change at ``at``. ``fields``: name -> value before and after; None where the change is known but not what of
    the hours it changed, as when a file was brought in."""

    at: datetime
    fields: Mapping[str, tuple[Any, Any]] | None


async def past_hours(tx: Tx, hours: Timetable, during: Interval) -> list[HoursThen]:
    """The hours of a site during a time, in order, without gap. ``hours``: those of now."""
    site = hours.site.id
    rooms = [f"hours of space {space}" for space in hours.spaces]
    rows = await audit.changes_of(tx, site, ["opening hours", *rooms], begins=f"site {site} from a file")
    changes = []
    for at, text in rows:
        fields = msgspec.json.decode(text or "{}")
        from_file = fields.get("things")
        if from_file is None:
            changes.append(HoursChange(at=at, fields=fields))
        elif "section='hours'" in str(from_file):
            changes.append(HoursChange(at=at, fields=None))
    return hours_then(hours, during, changes)


def hours_then(hours: Timetable, during: Interval, changes: Sequence[HoursChange]) -> list[HoursThen]:
    """``changes``: all of them, in the order of time. Pure."""
    weeks = list(_values("timetable", changes, _opening_hours))
    rooms = list(_values("spaces", changes, _windows))
    edges = sorted({during.start, *(each.at for each in changes if each.at in during)})
    found = []
    for start, end in zip(edges, [*edges[1:], during.end], strict=True):
        week_known, week = _at(start, weeks, hours.timetable)
        rooms_known, windows = _at(start, rooms, hours.spaces)
        spaces = {
            space: msgspec.structs.replace(each, windows=windows[space].windows) if space in windows else each
            for space, each in hours.spaces.items()
        }
        same = week == hours.timetable and spaces == hours.spaces
        then = hours if same else msgspec.structs.replace(hours, timetable=week, spaces=spaces)
        found.append(HoursThen(during=Interval(start=start, end=end), hours=then, known=week_known and rooms_known))
    return found


def _values(name: str, changes: Iterable[HoursChange], read: Any) -> Iterable[tuple[datetime, Any]]:
    """What was set until each change of a field."""
    after = None
    for each in changes:
        if each.fields is None:
            yield each.at, after
            after = None
        elif name in each.fields:
            before, then = each.fields[name]
            yield each.at, read(before)
            after = read(then)


def _at(at: datetime, values: Sequence[tuple[datetime, T | None]], now: T) -> tuple[bool, T]:
    """Whether the value is known, and the value or, where it is not, the next that is."""
    later = [value for until, value in values if until > at]
    return not later or later[0] is not None, next((each for each in later if each is not None), now)


def _opening_hours(value: Any) -> OpeningHours | None:
    return _converted(value or {}, OpeningHours)


def _windows(value: Any) -> dict[str, SpaceHours] | None:
    return _converted(value or {}, dict[str, SpaceHours])


def _converted(value: Any, kind: type[T]) -> T | None:
    """None for what an older version wrote in another form."""
    try:
        return msgspec.convert(value, kind)
    except msgspec.ValidationError:
        return None
