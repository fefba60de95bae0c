"""When a space cannot be booked because of its own hours, and the text for it. Pure."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from zoneinfo import ZoneInfo

import msgspec

from controller.hours.local_minutes import between
from controller.hours.model import DAY_MINUTES, BookableWindow
from controller.platform.text.times import listed
from edge.wire.interval import Interval

WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


class ClosedPeriod(msgspec.Struct, frozen=True, kw_only=True):
    """A time in which nothing can be booked. ``why``: a complete text, such as “Studio can be booked 08:00 to 22:00” or
    “Ramsey Hub is closed on Fri 25 Dec: Christmas”. ``public``: the same for everybody, where that says less. ``past``:
    the same for what runs into it out of the window before, where that belongs to another day."""

    during: Interval
    why: str
    public: str = ""
    past: str = ""

    def against(self, during: Interval, *, public: bool = False) -> str:
        """Why a booking of that time cannot be, which touches the period; in what everybody may read of it."""
        why = (self.public or self.why) if public else self.why
        return self.past if self.past and during.start < self.during.start else why


def time_text(minute: int) -> str:
    """The "09:00" of minutes after midnight; the end of the day is "24:00", an hour later "01:00"."""
    assert 0 <= minute <= 2 * DAY_MINUTES
    if minute > DAY_MINUTES:
        minute -= DAY_MINUTES
    return f"{minute // 60:02}:{minute % 60:02}"


class WindowGaps:
    """What a space's windows leave of its days; ``name``: the space's, for the words."""

    def __init__(self, name: str, windows: Sequence[BookableWindow], zone: ZoneInfo) -> None:
        week: defaultdict[int, list[BookableWindow]] = defaultdict(list)
        for window in windows:
            week[window.weekday].append(window)
        self._zone = zone
        self._left = [_left(_opened(week, weekday)) for weekday in range(7)]
        self._nights = [_night(week, weekday) for weekday in range(7)]
        self._why = [_words(name, week, weekday) for weekday in range(7)]

    def of(self, days: Sequence[date]) -> list[ClosedPeriod]:
        """The gaps of some days in a row, by start."""
        found: list[ClosedPeriod] = []
        for day in days:
            weekday = day.weekday()
            why, before = self._why[weekday], self._why[weekday - 1]
            for opens, closes in self._left[weekday]:
                gap = between(day, opens, closes, self._zone)
                if gap is None:
                    continue
                past = before if opens in self._nights[weekday] else ""
                if found and gap.start <= found[-1].during.end and found[-1].why == why:
                    past = found[-1].past
                    gap = Interval(start=found.pop().during.start, end=gap.end)
                found.append(ClosedPeriod(during=gap, why=why, past=past))
        return found


def _opened(week: Mapping[int, Sequence[BookableWindow]], weekday: int) -> list[tuple[int, int]]:
    """The minutes of a day that are open, the end of the night before among them, by start."""
    nights = [(0, each.closes - DAY_MINUTES) for each in week.get((weekday - 1) % 7, ()) if each.closes > DAY_MINUTES]
    return sorted([*nights, *((each.opens, min(each.closes, DAY_MINUTES)) for each in week.get(weekday, ()))])


def _night(week: Mapping[int, Sequence[BookableWindow]], weekday: int) -> set[int]:
    """The minutes of a day at which windows of the day before end, its midnight among them."""
    return {each.closes - DAY_MINUTES for each in week.get((weekday - 1) % 7, ()) if each.closes >= DAY_MINUTES}


def _left(opened: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """The minutes of a day that are not among those."""
    at, left = 0, []
    for opens, closes in opened:
        if at < opens:
            left.append((at, opens))
        at = max(at, closes)
    return [*left, (at, DAY_MINUTES)] if at < DAY_MINUTES else left


def _words(name: str, week: Mapping[int, Sequence[BookableWindow]], weekday: int) -> str:
    hours = [_hours(week.get(each, ())) for each in range(7)]
    if not any(hours):
        return f"{name} cannot be booked at any time"
    every_day = all(each == hours[weekday] for each in hours)
    on = "" if every_day else f" on {WEEKDAYS[weekday]}s"
    return f"{name} can be booked {listed(hours[weekday])}{on}" if hours[weekday] else f"{name} cannot be booked{on}"


def _hours(windows: Iterable[BookableWindow]) -> list[str]:
    return [f"{time_text(each.opens)} to {time_text(each.closes)}" for each in sorted(windows)]
