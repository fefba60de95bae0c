"""Opening hours to modes: which mode holds from when to when. Pure.

How a date's spans and a span that runs on from the night before share the day: the night span ends at midnight where
the new date's rule is more specific (``days.Rule``), at the new date's first span where it has the same rank, and not
at all where it is less specific. A closure of the site overrides everything.
"""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import msgspec

from controller.hours.day_rules import DayRule, Days
from controller.hours.local_minutes import between, bounds
from controller.hours.model import DAY_MINUTES
from edge.wire.interval import Interval
from edge.wire.plan import Mode

_DAY = timedelta(days=1)


class ModePeriod(msgspec.Struct, frozen=True, kw_only=True):
    """A mode that holds without a break. ``note``: why the day differs from the week, if it does."""

    during: Interval
    mode: Mode
    note: str = ""


def day_modes(days: Days, day: date, zone: ZoneInfo, shut: Sequence[ModePeriod] = ()) -> list[ModePeriod]:
    """The modes that tile a local day without gap or overlap, closed included, in order.

    ``shut``: the closures of the site that touch the day, by start.
    """
    whole = bounds(day, zone)
    before, here = days.of(day - _DAY), days.of(day)
    own = _periods(day, here, zone)
    until = own[0].during.start if own and before.rule == here.rule else whole.end
    night = _nights_end(day - _DAY, before, until, zone) if before.rule >= here.rule else []
    laid: list[ModePeriod] = []
    for each in (*shut, *night, *own):
        laid = lay(laid, each, whole)
    return lay(laid, ModePeriod(during=whole, mode=Mode.CLOSED, note=here.note), whole)


def lay(laid: Sequence[ModePeriod], period: ModePeriod, within: Interval) -> list[ModePeriod]:
    """Add ``period`` below the existing periods: it fills only the time ``within`` that they leave free. Sorted by
    start, without overlaps."""
    at, end = max(period.during.start, within.start), min(period.during.end, within.end)
    found: list[ModePeriod] = []
    for each in laid:
        stop = min(each.during.start, end)
        if at < stop:
            found.append(_with(period, at, stop))
        found.append(each)
        at = max(at, each.during.end)
    if at < end:
        found.append(_with(period, at, end))
    return found


def joined(periods: Iterable[ModePeriod]) -> list[ModePeriod]:
    """Neighbours of the same mode and note made one."""
    found: list[ModePeriod] = []
    for period in periods:
        last = found[-1] if found else None
        if last and last.mode is period.mode and last.note == period.note:
            found[-1] = _with(last, last.during.start, period.during.end)
        else:
            found.append(period)
    return found


def unexplained(periods: Iterable[ModePeriod]) -> list[ModePeriod]:
    """The same modes without a note, so that a change of the reason alone ends no period."""
    return joined(ModePeriod(during=each.during, mode=each.mode) for each in periods)


def clipped(period: ModePeriod, during: Interval) -> ModePeriod:
    """The part of a period within ``during``, which it touches."""
    start, end = max(period.during.start, during.start), min(period.during.end, during.end)
    return period if (start, end) == (period.during.start, period.during.end) else _with(period, start, end)


def _periods(day: date, rule: DayRule, zone: ZoneInfo) -> list[ModePeriod]:
    """The spans of a date that exist on the clock, by start; night spans to their end in the next day."""
    found = [
        ModePeriod(during=during, mode=span.mode, note=rule.note)
        for span in rule.spans
        if (during := between(day, span.opens, span.closes, zone)) is not None
    ]
    return sorted(found, key=lambda each: (each.during.start, each.during.end))


def _nights_end(day: date, rule: DayRule, until: datetime, zone: ZoneInfo) -> list[ModePeriod]:
    if all(span.closes <= DAY_MINUTES for span in rule.spans):
        return []
    nights = _periods(day, rule, zone)
    return [_with(each, each.during.start, min(each.during.end, until)) for each in nights if each.during.start < until]


def _with(period: ModePeriod, start: datetime, end: datetime) -> ModePeriod:
    return ModePeriod(during=Interval(start=start, end=end), mode=period.mode, note=period.note)
