"""What extended hours brought, and sessions on the WiFi."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest

from controller.diary.model import Booking
from controller.hours.model import OpeningHours
from controller.hours.past_hours import HoursThen
from controller.hours.timetable import Timetable
from controller.telemetry.rollups.crossings import DoorCounter
from controller.use.late_opening import LateOpening, late_opening
from controller.use.wifi import wifi_use
from edge.wire.interval import Interval
from edge.wire.plan import Mode
from tests.controller.bookings.hub import HUB
from tests.controller.hours.books import closure, span, week
from tests.controller.use.test_measure import days, hours, taken
from tests.controller.use.test_visits import HOUR, MONDAY, counter

SIX_WEEKS = Interval(start=MONDAY, end=MONDAY + timedelta(weeks=6))
CHANGE = MONDAY + timedelta(weeks=3)
EARLY = hours(OpeningHours(pattern=week(span("09:00", "17:00"))))
LATE = hours(OpeningHours(pattern=week(span("09:00", "17:00"), span("17:00", "21:00", Mode.EXTENDED))))


def then(*books: Timetable, known: bool = True) -> list[HoursThen]:
    edges = [SIX_WEEKS.start, CHANGE, SIX_WEEKS.end] if len(books) == 2 else [SIX_WEEKS.start, SIX_WEEKS.end]
    spans = [Interval(start=start, end=end) for start, end in pairwise(edges)]
    return [HoursThen(during=each, hours=book, known=known) for each, book in zip(spans, books, strict=True)]


def crowd(dark: tuple[float, float] | None = None) -> DoorCounter:
    """Ten a day at ten o'clock, two more every other week; from the change on, five at six in the evening."""
    rows = [(24.0 * day + 10, 10 + 2 * (day // 7 % 2), 0) for day in range(42)]
    rows += [(24.0 * day + 18, 5, 0) for day in range(21, 42)]
    return counter(*rows, there=SIX_WEEKS, dark=dark)


def brought(
    *counters: DoorCounter, set_then: Sequence[HoursThen] | None = None, bookings: Sequence[Booking] = ()
) -> LateOpening:
    set_then = then(EARLY, LATE) if set_then is None else set_then
    modes = [mode for each in set_then for mode in each.hours.modes(each.during)]
    crossed = [
        (int(row.at.timestamp()) * 10**6, row.ins * 1000, row.outs * 1000) for each in counters for row in each.rows
    ]
    return late_opening(counters, sorted(crossed), modes, bookings, set_then, SIX_WEEKS, HUB.tz)


def test_extended_hours_stand_beside_staffed_ones_with_error_and_coverage() -> None:
    came = taken("yard", "2026-12-14T18:00", "2026-12-14T20:00", arrived_at=datetime(2026, 12, 14, 18, tzinfo=UTC))
    nobody_knows = taken("yard", "2026-12-15T10:00", "2026-12-15T12:00")
    found = brought(crowd(), bookings=[came, nobody_knows])
    staffed, extended = found.staffed, found.extended
    assert (extended.minutes, extended.measured, extended.visits) == (21 * 240, 21 * 240, 105)
    assert (extended.per_hour, extended.error) == (1.25, 0.0)
    assert staffed.per_hour == pytest.approx(11 / 8)
    assert staffed.error == pytest.approx(1.645 * (42 / 41 * 42) ** 0.5 / (42 * 8))
    assert (extended.bookings, extended.arrivals, staffed.bookings, staffed.arrivals) == (1, 1, 1, 0)
    assert staffed.unknown == 1
    [six] = [each for each in found.week if each.mode is Mode.EXTENDED and each.hour == 18]
    assert (six.minutes, six.measured, six.visits, six.bookings, six.arrivals) == (180, 180, 15, 1, 1)


def test_a_week_before_and_after_a_change_of_hours_has_visits_bookings_and_arrivals() -> None:
    found = brought(crowd()).change
    assert found is not None
    assert found.at == CHANGE
    rates = {each.what: each for each in found.rates}
    visits = rates["visits"]
    assert visits.before == pytest.approx(7 * (10 + 2 / 3))
    assert visits.after == pytest.approx(7 * (15 + 4 / 3))
    assert visits.before_error == visits.after_error == pytest.approx(1.645 * (7 * 4 / 3 / 3) ** 0.5)
    assert (rates["bookings"].before, rates["bookings"].after, rates["arrivals"].why_not) == (0, 0, "")


def test_days_that_were_not_counted_or_closed_are_in_neither_week() -> None:
    shut = closure("2026-11-23", "2026-12-06", "sanding")
    set_then = then(hours(EARLY.timetable, shut), hours(LATE.timetable, shut))
    found = brought(crowd(), set_then=set_then).change
    assert found is not None
    assert {each.why_not for each in found.rates} == {
        "fewer than 2 whole days of each weekday are measured before the change"
    }
    found = brought(crowd(dark=(24 * 28, 24 * 42 - 1))).change
    assert found is not None
    assert [each.why_not[-16:] for each in found.rates] == ["after the change", "", ""]


@pytest.mark.parametrize(
    ("set_then", "why"),
    [
        (then(LATE), "the opening hours were not changed in this time"),
        (then(EARLY, LATE, known=False), "it is not known which opening hours were set in all of this time"),
    ],
)
def test_what_cannot_be_compared_says_why(set_then: list[HoursThen], why: str) -> None:
    found = brought(crowd(), set_then=set_then)
    assert (found.change, found.why_no_change) == (None, why)


def test_without_a_counter_visits_are_not_measured_and_bookings_are() -> None:
    found = brought()
    assert (found.extended.visits, found.extended.per_hour, found.extended.measured) == (None, None, 0)
    assert found.change is not None
    assert [each.why_not for each in found.change.rates] == ["no door had a counter", "", ""]


def test_sessions_on_the_wifi_are_by_zone_with_the_time_in_which_each_source_worked() -> None:
    day = days("2026-11-23", "2026-11-24")
    one, other = counter(place="hall", there=day), counter(place="hall", there=day, dark=(6, 12))
    late = Interval(start=day.end - 6 * HOUR, end=day.end + 6 * HOUR)
    sums = {("hall", "sessions"): 40, ("hall", "minutes"): 900}
    hall, new = wifi_use([one, other, counter(place="stage", there=late)], sums, day)
    assert (hall.zone, hall.sessions, hall.stayed, hall.measured, hall.minutes) == ("hall", 40, 900, 18 * 60, 24 * 60)
    assert (new.zone, new.sessions, new.measured) == ("stage", None, 6 * 60)
