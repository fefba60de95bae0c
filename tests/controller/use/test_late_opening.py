"""What extended hours brought, and sessions on the WiFi."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import msgspec
import pytest

from controller.bookings.diary.model import Booking
from controller.db.engine import Database
from controller.hours.model import HolidayMeaning, HolidayRule, OpeningHours
from controller.hours.past_hours import HoursThen
from controller.hours.timetable import Timetable
from controller.telemetry.rollups.crossings import DoorCounter
from controller.telemetry.rollups.repository import wifi_sums, wifi_told_from
from controller.use.late_opening import LateOpening, _nine_of_ten, late_opening
from controller.use.wifi import wifi_use
from edge.wire.events import WifiData
from edge.wire.interval import Interval
from edge.wire.plan import Mode
from tests.controller.bookings.hub import HUB
from tests.controller.hours.books import closure, span, week
from tests.controller.telemetry.rollups.storing import make_site, store
from tests.controller.telemetry.speaking import event
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
    *counters: DoorCounter,
    set_then: Sequence[HoursThen] | None = None,
    bookings: Sequence[Booking] = (),
    bookings_from: datetime | None = None,
) -> LateOpening:
    set_then = then(EARLY, LATE) if set_then is None else set_then
    modes = [mode for each in set_then for mode in each.hours.modes(each.during)]
    crossed = [
        (int(row.at.timestamp()) * 10**6, row.ins * 1000, row.outs * 1000, row.passages * 1000)
        for each in counters
        for row in each.rows
    ]
    return late_opening(counters, sorted(crossed), modes, bookings, set_then, SIX_WEEKS, HUB.tz, bookings_from)


def test_extended_hours_stand_beside_staffed_ones_with_error_and_coverage() -> None:
    came = taken("yard", "2026-12-14T18:00", "2026-12-14T20:00", arrived_at=datetime(2026, 12, 14, 18, tzinfo=UTC))
    nobody_knows = taken("yard", "2026-12-15T10:00", "2026-12-15T12:00")
    found = brought(crowd(), bookings=[came, nobody_knows])
    staffed, extended = found.staffed, found.extended
    assert (extended.minutes, extended.measured, extended.visits) == (21 * 240, 21 * 240, 105)
    assert extended.per_hour == 1.25
    assert extended.error == pytest.approx(1.645 * (0.02 * 105) ** 0.5 / (21 * 4))
    assert staffed.per_hour == pytest.approx(11 / 8)
    days_differ, missed = 1.683**2 * (42 / 41 * 42), 1.645**2 * 0.02 * 42 * 11
    assert staffed.error == pytest.approx((days_differ + missed) ** 0.5 / (42 * 8), rel=1e-3)
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
    for number, error in ((visits.before, visits.before_error), (visits.after, visits.after_error)):
        assert number is not None
        days_differ, missed = 1.761**2 * (7 * 4 / 3 / 3), 1.645**2 * 0.02 * number / 3
        assert error == pytest.approx((days_differ + missed) ** 0.5, rel=1e-3)
    bookings = rates["bookings"]
    assert (bookings.before, bookings.before_error, bookings.after, rates["arrivals"].why_not) == (0, 0, 0, "")


def test_of_few_days_the_error_is_wider_as_students_t_has_it() -> None:
    """Of seven days, the normal one would hold 85 of 100 instead of 90."""
    table = {6: 1.943, 7: 1.895, 14: 1.761, 41: 1.683, 10**6: 1.645}
    assert {each: _nine_of_ten(each) for each in table} == pytest.approx(table, abs=0.006)


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


def test_a_bank_holiday_with_hours_of_its_own_is_in_neither_week() -> None:
    """Of three Fridays after the change two are Christmas and New Year."""
    rule = HolidayRule(means=HolidayMeaning.CLOSED)
    books = [hours(msgspec.structs.replace(each.timetable, bank_holidays=rule)) for each in (EARLY, LATE)]
    found = brought(crowd(), set_then=then(*books)).change
    assert found is not None
    assert {each.why_not[-16:] for each in found.rates} == {"after the change"}


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


def each_day(hour: int, *, known_from: datetime) -> list[Booking]:
    """A booking a day; from ``known_from`` on it is known that its people came."""
    starts = [MONDAY.replace(hour=hour) + timedelta(days=day) for day in range(42)]
    spans = [(at, f"{at:%Y-%m-%dT%H:%M}", f"{at + HOUR:%Y-%m-%dT%H:%M}") for at in starts]
    return [taken("yard", start, end, **({"arrived_at": at} if at >= known_from else {})) for at, start, end in spans]


def test_bookings_of_which_nothing_is_known_are_not_bookings_to_which_nobody_came() -> None:
    found = brought(bookings=[*each_day(10, known_from=CHANGE), *each_day(18, known_from=SIX_WEEKS.end)])
    assert found.change is not None
    bookings, arrivals = found.change.rates[1:]
    assert (bookings.before, bookings.after) == (14, 14)
    assert (arrivals.before, arrivals.after) == (None, None)
    assert arrivals.why_not == "fewer than 2 whole days of each weekday are measured before the change"
    hours_ = {(each.hour, each.mode): (each.bookings, each.arrivals) for each in found.week}
    assert hours_[10, Mode.STAFFED] == (6, 3)
    assert hours_[18, Mode.EXTENDED] == (3, None)
    assert hours_[12, Mode.STAFFED] == (0, 0)


def test_days_before_the_first_booking_of_all_are_not_days_without_bookings() -> None:
    found = brought(bookings_from=CHANGE - timedelta(days=2)).change
    assert found is not None
    assert [each.why_not[-17:] for each in found.rates[1:]] == ["before the change"] * 2


def test_visits_an_hour_are_not_said_of_less_than_a_tenth_of_the_time() -> None:
    found = brought(crowd(dark=(24 * 24, 24 * 42 - 1)))
    assert (found.extended.visits, found.extended.measured) == (15, 12 * 60)
    assert found.extended.per_hour is not None
    found = brought(crowd(dark=(24 * 22, 24 * 42 - 1)))
    assert (found.extended.visits, found.extended.per_hour, found.extended.error) == (5, None, None)


def test_sessions_on_the_wifi_are_by_zone_with_the_time_in_which_each_source_worked() -> None:
    day = days("2026-11-23", "2026-11-24")
    one, other = counter(place="hall", there=day), counter(place="hall", there=day, dark=(6, 12))
    late = Interval(start=day.end - 6 * HOUR, end=day.end + 6 * HOUR)
    sums = {("hall", "sessions"): 40, ("hall", "minutes"): 900}
    told = {"hall": day.start}
    hall, new = wifi_use([one, other, counter(place="stage", there=late)], sums, told, day)
    assert (hall.zone, hall.sessions, hall.stayed, hall.measured, hall.minutes) == ("hall", 40, 900, 18 * 60, 24 * 60)
    assert (new.zone, new.sessions, new.measured) == ("stage", None, 6 * 60)


def test_before_a_zone_first_told_of_sessions_there_may_have_been_some() -> None:
    day = days("2026-11-23", "2026-11-24")
    [half] = wifi_use([counter(place="hall", there=day)], {}, {"hall": day.start + 12 * HOUR}, day)
    assert (half.sessions, half.stayed, half.measured) == (0, 0, 12 * 60)


async def test_sessions_are_told_from_the_first_day_that_has_one(db: Database) -> None:
    await make_site(db, "hub")
    said = [
        event(seq, WifiData(zone="hall", stations=9, **more), at=MONDAY + timedelta(days=seq), device="wifi-hall")
        for seq, more in ((1, {}), (2, {}), (3, {"minutes": 45}), (4, {"sessions": 3, "minutes": 50}))
    ]
    await store(db, "hub", said)

    async def read(first: int, after: int) -> tuple[dict[tuple[str, str], int], dict[str, datetime]]:
        async with db.read() as tx:
            during = Interval(start=MONDAY + timedelta(days=first), end=MONDAY + timedelta(days=after))
            return await wifi_sums(tx, "hub", during), await wifi_told_from(tx, "hub", during.end)

    assert await read(0, 3) == ({}, {})
    assert await read(4, 5) == (
        {("hall", "sessions"): 3, ("hall", "minutes"): 50},
        {"hall": MONDAY + timedelta(days=3)},
    )
