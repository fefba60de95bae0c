"""The intent for every date of a new series, before it is judged. Pure."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from zoneinfo import ZoneInfo

import msgspec

from controller.bookings.change_impact import PlannedChange as Change
from controller.bookings.diary.model import BEGUN, LONGEST, Booking, BookingRequest, Details
from controller.bookings.series.model import Choice, DateAction, DateEffect, DateStatus, SeriesRequest
from controller.hours.recurrence.expand import SeriesOccurrence
from controller.platform.text import local_time
from controller.platform.web.problem import invalid_field
from edge.wire.interval import Interval


class DateIntent(msgspec.Struct, frozen=True, kw_only=True):
    """One date. ``asked``: what to judge, ``None`` where there is nothing. ``before``: its booking so far, ``change``:
    what it becomes. ``own``: fields that are its own and not the series'. ``status`` and ``text`` where they are known
    without a judgement."""

    occurrence: SeriesOccurrence
    effect: DateEffect
    asked: BookingRequest | None = None
    before: Booking | None = None
    change: Change | None = None
    own: frozenset[str] = frozenset()
    status: DateStatus | None = None
    text: str = ""


def intend(
    occurrences: Iterable[SeriesOccurrence], details: Details, wanted: SeriesRequest, *, zone: ZoneInfo, now: datetime
) -> list[DateIntent]:
    """The dates of a new series. Raises ``Invalid`` for a choice that fits no date or is not possible, and for a
    date that began too long ago."""
    dates = tuple(occurrences)
    check_choices(wanted, dates, known=(DateAction.BOOK, DateAction.SKIP, DateAction.HOLD, DateAction.MOVE))
    return [_intended(each, details, wanted, zone, now) for each in dates]


def check_choices(wanted: SeriesRequest, dates: Iterable[SeriesOccurrence], *, known: Iterable[DateAction]) -> None:
    """Raises ``Invalid`` for a choice that fits no date or is not possible here."""
    names = {name for each in dates for name in (each.name, each.wall.date().isoformat())}
    for key, choice in wanted.choices.items():
        if key not in names:
            raise invalid_field(f"choices.{key}", "is not a date of this series")
        if choice.act not in known:
            raise invalid_field(f"choices.{key}", f"cannot be “{choice.act}” here")


def _intended(
    each: SeriesOccurrence, details: Details, wanted: SeriesRequest, zone: ZoneInfo, now: datetime
) -> DateIntent:
    choice = wanted.of(each)
    act = choice.act if choice else None
    if each.out and act not in (DateAction.BOOK, DateAction.MOVE, DateAction.HOLD):
        return DateIntent(occurrence=each, effect=DateEffect.NOTHING, status=DateStatus.LEFT_OUT, text=each.out)
    if each.during is None and act is not DateAction.MOVE:
        return DateIntent(occurrence=each, effect=DateEffect.SKIP, status=DateStatus.EMPTY, text=each.text)
    asked, own = request(each, details, wanted, zone)
    if act is not DateAction.SKIP:
        require_timely(each, asked.during, choice, now=now)
    return DateIntent(occurrence=each, effect=EFFECTS.get(act, DateEffect.BOOK), asked=asked, own=own)


EFFECTS: Mapping[DateAction | None, DateEffect] = {DateAction.SKIP: DateEffect.SKIP, DateAction.HOLD: DateEffect.HOLD}
"""The effect of a choice; others book."""


def request(
    each: SeriesOccurrence, details: Details, wanted: SeriesRequest, zone: ZoneInfo
) -> tuple[BookingRequest, frozenset[str]]:
    """The request of one date, moved as chosen, and its own fields."""
    choice = wanted.of(each)
    during, there = each.during, details
    if choice is not None and choice.act is DateAction.MOVE:
        during, there = moved(each.during, choice, zone, key=each.wall.date().isoformat()), placed(details, choice)
    asked = there.at(_given(during), overrule=wanted.overrule, by_rules=wanted.by_rules)
    own = {"starts", "ends"} if during != each.during else set()
    own |= {name for name in ("space", "layout") if getattr(there, name) != getattr(details, name)}
    return asked, frozenset(own)


def placed(details: Details, choice: Choice) -> Details:
    """The details with the space that was chosen; a layout belongs to its space."""
    if choice.space is None:
        return details
    return msgspec.structs.replace(details, space=choice.space, layout=choice.layout)


def moved(old: Interval | None, choice: Choice, zone: ZoneInfo, *, key: str) -> Interval:
    """The time that a choice gives a date; without an end it keeps its wall-clock length."""
    field = f"choices.{key}"
    if old is None and (choice.starts is None or choice.ends is None):
        raise invalid_field(field, "must have starts and ends, since the clock change leaves nothing of this date")
    starts = choice.starts.resolve(zone, f"{field}.starts") if choice.starts else _given(old).start
    if choice.ends is not None:
        ends = choice.ends.resolve(zone, f"{field}.ends")
    else:
        lasts = local_time.wall(_given(old).end, zone) - local_time.wall(_given(old).start, zone)
        ends, _ = local_time.instant_moved(local_time.wall(starts, zone) + lasts, zone)
    if not starts < ends <= starts + LONGEST:
        raise invalid_field(f"{field}.ends", f"must be after starts, by at most {LONGEST.days} days")
    return Interval(start=starts, end=ends)


def _given(during: Interval | None) -> Interval:
    assert during is not None
    return during


def require_timely(each: SeriesOccurrence, during: Interval, choice: Choice | None, *, now: datetime) -> None:
    """Raises ``Invalid`` for a date that is over or began too long ago."""
    if during.end > now and during.start >= now - BEGUN:
        return
    hours = BEGUN.total_seconds() / 3600
    field = f"choices.{each.wall.date()}" if choice is not None else "first_starts"
    raise invalid_field(
        field, f"{each.wall:%-d %B %Y} must not be over, and must have begun at most {hours:.0f} hours ago"
    )
