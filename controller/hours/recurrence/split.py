"""Splits a pattern in two at one of its dates, for an edit of that date and those that follow it. Pure."""

from collections.abc import Callable, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

import msgspec
from msgspec.structs import replace

from controller.hours.recurrence.expand import ExpandedSeries, SiteCalendar, expand_pattern
from controller.hours.recurrence.pattern import RecurrencePattern
from controller.platform.web.problem import invalid_field


class SplitPattern(msgspec.Struct, frozen=True, kw_only=True):
    """``head``: what stays as it was, ``None`` where nothing does."""

    head: RecurrencePattern | None
    tail: RecurrencePattern


def split_pattern(
    pattern: RecurrencePattern, expanded: ExpandedSeries, first: datetime, zone: ZoneInfo, days: SiteCalendar
) -> SplitPattern:
    """A pattern in two: its dates before ``first``, one of them, and those from it on. Raises ``Invalid`` where the
    rule cannot be begun in the middle."""
    wall_times = [each.wall for each in expanded.occurrences]
    if first == wall_times[0]:
        return SplitPattern(head=None, tail=pattern)
    before = [each for each in expanded.ruled if each < first]
    after = [each for each in expanded.ruled if each >= first]
    head = _part(pattern, before, lambda wall: wall < first)
    tail = _part(pattern, after, lambda wall: wall >= first)
    rule = pattern.read
    if rule is not None and before:
        head = replace(head, rule=rule.but(COUNT=str(len(before)), UNTIL=None).text)
    if rule is not None and after:
        counted = rule.but(COUNT=str(len(after))) if rule.count is not None else rule
        tail = replace(tail, rule=counted.text)
    found = [each.wall for each in expand_pattern(tail, zone, days).occurrences]
    rest = [each for each in wall_times if each >= first]
    if found != rest:
        raise invalid_field("rule", "cannot be begun in the middle; give the rule for the dates from then on")
    return SplitPattern(head=head, tail=tail)


def _part(
    pattern: RecurrencePattern, ruled: Sequence[datetime], inside: Callable[[datetime], bool]
) -> RecurrencePattern:
    """What of a pattern is inside; where the rule gives nothing there, the first of the extra dates begins it."""
    extra = tuple(each for each in pattern.extra if inside(each.starts))
    part = replace(
        pattern,
        out_days=tuple(each for each in pattern.out_days if inside(datetime.combine(each, datetime.max.time()))),
        out_times=tuple(each for each in pattern.out_times if inside(each)),
    )
    if ruled:
        return replace(part, first_starts=ruled[0], first_ends=ruled[0] + pattern.length, extra=extra)
    return replace(part, rule="", first_starts=extra[0].starts, first_ends=extra[0].ends, extra=extra[1:])
