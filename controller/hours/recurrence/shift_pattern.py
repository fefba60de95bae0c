"""Changes a pattern: shifts it, and pairs its old dates with the new ones. Pure."""

from collections import defaultdict
from collections.abc import Callable, Iterable
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import msgspec
from msgspec.structs import replace

from controller.hours.recurrence.expand import ExpandedSeries
from controller.hours.recurrence.pattern import ExtraDate, RecurrencePattern, read_extras
from controller.hours.recurrence.rule import Frequency, RecurrenceRule
from controller.hours.recurrence.week_numbers import WEEKDAYS
from controller.platform.web.problem import invalid_field

_OF_TIME = frozenset({"BYHOUR", "BYMINUTE", "BYSECOND"})
_OF_DAYS = frozenset({"BYDAY", "BYMONTHDAY", "BYYEARDAY", "BYWEEKNO", "BYMONTH", "BYSETPOS"})


class PatternChange(msgspec.Struct, frozen=True, kw_only=True):
    """What to change in a pattern; what is ``UNSET`` stays. ``first_starts`` and ``first_ends``: where the first date
    is to be; without a ``rule`` all the others go with it."""

    first_starts: datetime | msgspec.UnsetType = msgspec.UNSET
    first_ends: datetime | msgspec.UnsetType = msgspec.UNSET
    rule: str | msgspec.UnsetType = msgspec.UNSET
    extra: tuple[str, ...] | msgspec.UnsetType = msgspec.UNSET
    out_days: tuple[date, ...] | msgspec.UnsetType = msgspec.UNSET
    out_times: tuple[datetime, ...] | msgspec.UnsetType = msgspec.UNSET
    term_only: bool | msgspec.UnsetType = msgspec.UNSET
    skip_holidays: bool | msgspec.UnsetType = msgspec.UNSET


class Reshaped(msgspec.Struct, frozen=True, kw_only=True):
    """``by``: how far its dates go on the wall."""

    pattern: RecurrencePattern
    by: timedelta


def reshape(pattern: RecurrencePattern, change: PatternChange, zone: ZoneInfo) -> Reshaped:
    """The pattern as wanted. With a new rule only the time of day is shifted. Raises ``Invalid`` for a shift that the
    rule does not allow."""
    begins = pattern.first_starts if change.first_starts is msgspec.UNSET else change.first_starts
    length = pattern.length if change.first_ends is msgspec.UNSET else change.first_ends - begins
    if change.rule is msgspec.UNSET:
        by = begins - pattern.first_starts
        rule = _shifted(pattern.read, by, pattern.first_starts, zone)
    else:
        by = begins - datetime.combine(begins.date(), pattern.first_starts.time())
        rule = change.rule
    days = timedelta(days=(pattern.first_starts + by).date().toordinal() - pattern.first_starts.date().toordinal())
    shifted = RecurrencePattern(
        first_starts=begins,
        first_ends=begins + length,
        rule=rule,
        extra=tuple(_extra(each, by, pattern.length, length) for each in pattern.extra),
        out_days=tuple(each + days for each in pattern.out_days),
        out_times=tuple(each + by for each in pattern.out_times),
        term_only=pattern.term_only,
        skip_holidays=pattern.skip_holidays,
    )
    given: dict[str, object] = {
        name: value
        for name in ("out_days", "out_times", "term_only", "skip_holidays")
        if (value := getattr(change, name)) is not msgspec.UNSET
    }
    if change.extra is not msgspec.UNSET:
        given["extra"] = read_extras(change.extra, begins, length)
    return Reshaped(pattern=replace(shifted, **given), by=by)


def _extra(each: ExtraDate, by: timedelta, old: timedelta, new: timedelta) -> ExtraDate:
    """One that lasted as long as the rest still does."""
    lasts = each.ends - each.starts
    starts = each.starts + by
    return ExtraDate(starts=starts, ends=starts + (new if lasts == old else lasts))


def _shifted(rule: RecurrenceRule | None, by: timedelta, first: datetime, zone: ZoneInfo) -> str:
    """The rule for dates that all go by the same. Raises ``Invalid`` where it says itself when they are."""
    if rule is None or not by:
        return rule.text if rule else ""
    if rule.parts.keys() & _OF_TIME:
        raise invalid_field("first_starts", "is at another time, and the rule says which times; give the rule too")
    days = (first + by).date().toordinal() - first.date().toordinal()
    named = rule.parts.keys() & _OF_DAYS
    if days and named and (rule.frequency is not Frequency.WEEKLY or named != {"BYDAY"}):
        raise invalid_field("first_starts", "is on another day, and the rule says which days; give the rule too")
    if days and named:
        rule = rule.but(BYDAY=",".join(WEEKDAYS[(each.day + days) % 7] for each in rule.weekdays))
    until = rule.parts.get("UNTIL")
    if until is not None and "T" not in until:
        rule = rule.but(UNTIL=f"{datetime.strptime(until, '%Y%m%d') + timedelta(days=days):%Y%m%d}")  # noqa: DTZ007
    elif (last := rule.until(zone)) is not None:
        rule = rule.but(UNTIL=f"{last + by:%Y%m%dT%H%M%S}")
    return rule.text


def require_shifted(old: ExpandedSeries, new: ExpandedSeries, by: timedelta) -> None:
    """Raises ``Invalid`` unless the new dates of a rule are the old ones, all shifted by the same."""
    if [each + by for each in old.ruled] != list(new.ruled):
        raise invalid_field("first_starts", "would change which dates the rule gives; give the rule too")


def pair(old: Iterable[datetime], new: ExpandedSeries, by: timedelta, *, monthly: bool) -> dict[datetime, datetime]:
    """Which new date each old one becomes: the one that it is shifted to, else the next one on that day, else in that
    week, else, if the rule is ``monthly``, in that month. The others have none."""
    left, free = sorted(old), {each.wall for each in new.occurrences}
    found: dict[datetime, datetime] = {each: each + by for each in left if each + by in free}
    keys: list[Callable[[datetime], object]] = [datetime.date, lambda wall: wall.isocalendar()[:2]]
    if monthly:
        keys.append(lambda wall: (wall.year, wall.month))
    for key in keys:
        by_key: dict[object, list[datetime]] = defaultdict(list)
        for wall in sorted(free - set(found.values())):
            by_key[key(wall)].append(wall)
        for each in left:
            if each not in found and (there := by_key[key(each + by)]):
                found[each] = there.pop(0)
    return found
