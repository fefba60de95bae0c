"""Bookings against their use: what is bookable, booked, used, missed and not known."""

from datetime import UTC, date, datetime, timedelta

import pytest

from controller.bookings.diary.model import Booking, BookingState
from controller.hours.model import Closure, OpeningHours, SpaceHours
from controller.hours.timetable import Timetable
from controller.use.measure import measure
from controller.use.model import SiteUse, SpaceUse
from edge.wire.interval import Interval
from edge.wire.plan import Mode
from tests.controller.bookings.hub import HUB, SPACES, asked, booking, site_config
from tests.controller.hours.books import closure, span, week, windows

OPEN = OpeningHours(pattern=week(span("08:00", "18:00"), span("18:00", "22:00", Mode.EXTENDED)))
LATER = datetime(2027, 6, 1, tzinfo=UTC)
MONDAY = "2026-11-23"


def atoms(space: str) -> frozenset[str]:
    return frozenset({"half-a", "half-b"} if space == "hall" else {space})


def hours(opening: OpeningHours = OPEN, *closures: Closure, **own: SpaceHours) -> Timetable:
    spaces = {each.id: SpaceHours(name=each.name, atoms=atoms(each.id)) for each in SPACES} | own
    return Timetable(site=HUB, timetable=opening, closures=closures, spaces=spaces)


def days(first: str, after: str) -> Interval:
    starts, ends = (datetime.combine(date.fromisoformat(each), datetime.min.time(), HUB.tz) for each in (first, after))
    return Interval(start=starts, end=ends)


def taken(space: str, starts: str, ends: str, **more: object) -> Booking:
    """Times on the wall of the hub."""
    at = [datetime.fromisoformat(each).replace(tzinfo=HUB.tz).astimezone(UTC) for each in (starts, ends)]
    seats = {"seats": more.pop("seats")} if "seats" in more else {}
    wanted = asked(space, at[0], (at[1] - at[0]).total_seconds() / 3600, party=more.pop("party", "choir"), **seats)
    return booking(wanted, **more)  # type: ignore[arg-type]


def used(
    *bookings: Booking,
    first: str = MONDAY,
    after: str = "2026-11-30",
    book: Timetable | None = None,
    now: datetime = LATER,
) -> SiteUse:
    found = measure(site_config(hours=book or hours()), days(first, after), bookings, now=now)
    assert found is not None
    return found


def of(found: SiteUse, space: str) -> SpaceUse:
    return next(each for each in found.spaces if each.space == space)


def test_bookable_time_is_open_and_unstaffed_time() -> None:
    found = used()
    assert of(found, "yard").minutes.bookable == 7 * 14 * 60
    assert of(found, "yard").week.bookable[8:22] == (60,) * 14
    assert of(found, "yard").week.bookable[7] == of(found, "yard").week.bookable[22] == 0


def test_a_closed_month_has_no_bookable_time_and_is_no_fall() -> None:
    shut = hours(OPEN, closure("2026-11-01", "2026-11-30", "floor sanding"))
    found = used(first="2026-10-01", after="2026-12-01", book=shut)
    october, november = found.months
    assert (october.month, november.month) == ("2026-10", "2026-11")
    assert october.minutes.bookable > 0
    assert november.minutes.bookable == 0
    assert any("floor sanding" in each for each in found.closed)


def test_a_closed_room_is_not_an_unused_one() -> None:
    shut = hours(OPEN, closure(MONDAY, "2026-11-29", "paint", "studio"))
    found = used(book=shut)
    assert of(found, "studio").minutes.bookable == 0
    assert "studio" not in found.unused
    assert "yard" in found.unused


def test_a_room_with_hours_of_its_own_is_bookable_in_those_only() -> None:
    own = SpaceHours(name="Yard", atoms=atoms("yard"), windows=windows("09:00", "11:00"))
    assert of(used(book=hours(yard=own)), "yard").minutes.bookable == 7 * 2 * 60


def test_without_opening_hours_nothing_is_bookable_time_and_it_says_so() -> None:
    found = used(taken("yard", f"{MONDAY}T10:00", f"{MONDAY}T12:00"), book=hours(OpeningHours()))
    assert not found.hours_set
    assert (found.minutes.bookable, found.minutes.booked, found.minutes.outside) == (0, 120, 120)


def test_used_time_is_from_arrival_to_the_end_and_a_late_start_is_no_use() -> None:
    came = datetime(2026, 11, 23, 10, 30, tzinfo=UTC)
    early = datetime(2026, 11, 24, 9, 45, tzinfo=UTC)
    found = used(
        taken("yard", f"{MONDAY}T10:00", f"{MONDAY}T12:00", arrived_at=came),
        taken("yard", "2026-11-24T10:00", "2026-11-24T12:00", arrived_at=early),
    )
    minutes = of(found, "yard").minutes
    assert (minutes.booked, minutes.used, minutes.not_measured) == (240, 90 + 120, 0)


def test_an_early_finish_is_booked_to_its_old_end_and_used_to_the_new_one() -> None:
    at = datetime(2026, 11, 23, 10, tzinfo=UTC)
    before = at + timedelta(hours=2)
    found = used(
        taken("yard", f"{MONDAY}T10:00", f"{MONDAY}T11:00", arrived_at=at, ends_before=before),
        taken("yard", f"{MONDAY}T11:00", f"{MONDAY}T12:00", arrived_at=at + timedelta(hours=1)),
    )
    minutes = of(found, "yard").minutes
    assert (minutes.booked, minutes.used) == (120, 120), "the time that was taken again counts once"


def test_what_nothing_is_known_of_is_not_measured_and_not_zero_use() -> None:
    found = used(taken("yard", f"{MONDAY}T10:00", f"{MONDAY}T12:00"))
    minutes = of(found, "yard").minutes
    assert (minutes.used, minutes.no_show, minutes.not_measured) == (0, 0, 120)
    assert (found.counts.bookings, found.counts.unknown, found.counts.no_shows) == (1, 1, 0)


def test_people_who_may_have_been_anybodys_are_no_use_and_no_no_show() -> None:
    found = used(taken("yard", f"{MONDAY}T10:00", f"{MONDAY}T12:00", maybe_in=4))
    assert found.counts.unknown == 1


def test_a_released_room_was_booked_until_it_was_released() -> None:
    released = datetime(2026, 11, 23, 10, 20, tzinfo=UTC)
    found = used(
        taken("yard", f"{MONDAY}T10:00", f"{MONDAY}T12:00", state=BookingState.RELEASED, state_at=released),
        taken("studio", f"{MONDAY}T10:00", f"{MONDAY}T12:00", state=BookingState.NO_SHOW, party="scouts"),
    )
    assert (of(found, "yard").minutes.booked, of(found, "yard").minutes.no_show) == (20, 20)
    assert (of(found, "studio").minutes.booked, of(found, "studio").minutes.no_show) == (120, 120)
    assert found.counts.no_shows == 2
    assert [(each.party, each.counts.no_shows, each.missed) for each in found.groups] == [
        ("scouts", 1, 120),
        ("choir", 1, 20),
    ]


def test_people_who_came_after_the_release_are_no_no_show() -> None:
    at = datetime(2026, 11, 23, 10, 20, tzinfo=UTC)
    late = taken(
        "yard",
        f"{MONDAY}T10:00",
        f"{MONDAY}T12:00",
        state=BookingState.RELEASED,
        state_at=at,
        let_in_at=at + timedelta(minutes=9),
    )
    assert used(late).counts.unknown == 1


@pytest.mark.parametrize(("before", "late"), [(timedelta(hours=23), 1), (timedelta(hours=25), 0)])
def test_a_late_cancellation_is_less_than_a_day_before_the_start(before: timedelta, late: int) -> None:
    starts = datetime(2026, 11, 23, 10, tzinfo=UTC)
    gone = taken(
        "yard",
        f"{MONDAY}T10:00",
        f"{MONDAY}T12:00",
        state=BookingState.CANCELLED,
        state_before=BookingState.CONFIRMED,
        state_at=starts - before,
    )
    found = used(gone)
    assert (found.counts.late_cancellations, found.counts.bookings, found.minutes.booked) == (late, 0, 0)
    shut = used(gone, book=hours(OPEN, closure(MONDAY, MONDAY)))
    assert shut.counts.late_cancellations == 0, "the building was closed: that is not the group's doing"


def test_a_request_and_an_expired_hold_are_no_bookings() -> None:
    states = (BookingState.REQUESTED, BookingState.HELD, BookingState.DECLINED)
    found = used(*(taken("yard", f"{MONDAY}T10:00", f"{MONDAY}T12:00", state=each) for each in states))
    assert (found.counts.bookings, found.minutes.booked, found.groups) == (0, 0, ())


def test_a_hall_and_its_halves_count_once_for_the_site() -> None:
    at = datetime(2026, 11, 23, 10, tzinfo=UTC)
    whole = used(taken("hall", f"{MONDAY}T10:00", f"{MONDAY}T12:00", arrived_at=at))
    assert of(whole, "hall").minutes.booked == of(whole, "half-a").minutes.booked == 120
    assert whole.minutes.booked == 2 * 120, "two halves, and no hall besides"
    rooms = {"half-a", "half-b", "studio", "kitchen", "shelves", "yard"}
    assert whole.minutes.bookable == len(rooms) * 7 * 14 * 60
    half = used(taken("half-a", f"{MONDAY}T10:00", f"{MONDAY}T12:00", arrived_at=at))
    assert (of(half, "hall").minutes.booked, of(half, "half-b").minutes.booked) == (60, 0)
    assert (of(half, "hall").counts.bookings, half.counts.bookings) == (0, 1)


def test_a_pool_is_counted_by_its_places_and_apart_from_the_rooms() -> None:
    found = used(
        taken("desks", f"{MONDAY}T10:00", f"{MONDAY}T12:00", seats=3),
        taken("desks", f"{MONDAY}T11:00", f"{MONDAY}T12:00", seats=1),
    )
    desks = of(found, "desks")
    assert desks.places == 8
    assert (desks.minutes.bookable, desks.minutes.booked) == (8 * 7 * 14 * 60, 3 * 120 + 60)
    assert found.minutes.booked == 0


def test_what_is_booked_outside_the_hours_is_no_part_of_the_share() -> None:
    minutes = of(used(taken("yard", f"{MONDAY}T21:00", f"{MONDAY}T23:30")), "yard").minutes
    assert (minutes.booked, minutes.outside) == (150, 90)


def test_nothing_is_measured_beyond_now_or_outside_the_time() -> None:
    now = datetime(2026, 11, 23, 11, tzinfo=UTC)
    found = used(
        taken("yard", f"{MONDAY}T10:00", f"{MONDAY}T12:00", arrived_at=now - timedelta(hours=1)),
        taken("yard", "2026-11-22T22:00", f"{MONDAY}T01:00"),
        taken("yard", "2026-11-25T10:00", "2026-11-25T12:00"),
        now=now,
    )
    minutes = of(found, "yard").minutes
    assert (found.until, minutes.bookable, minutes.used, minutes.not_measured) == (now, 3 * 60, 60, 60)
    assert found.counts.bookings == 1
    assert measure(site_config(hours=hours()), days("2026-12-01", "2026-12-02"), (), now=now) is None


NIGHTS = OpeningHours(pattern=week(span("00:00", "04:00")))


@pytest.mark.parametrize(
    ("sunday", "minutes"),
    [("2026-03-29", (60, 0, 60, 60)), ("2026-10-25", (60, 120, 60, 60)), ("2026-11-01", (60, 60, 60, 60))],
)
def test_where_the_clocks_change_an_hour_is_missing_or_comes_twice(sunday: str, minutes: tuple[int, ...]) -> None:
    after = (date.fromisoformat(sunday) + timedelta(days=1)).isoformat()
    night = taken("yard", f"{sunday}T00:00", f"{sunday}T04:00", counted_in=2)
    found = used(night, first=sunday, after=after, book=hours(NIGHTS))
    yard = of(found, "yard")
    start = 6 * 24
    assert yard.week.bookable[start : start + 4] == minutes
    assert yard.week.booked[start : start + 4] == yard.week.used[start : start + 4] == minutes
    assert yard.minutes.bookable == yard.minutes.used == sum(minutes)
    assert yard.minutes.outside == 0
