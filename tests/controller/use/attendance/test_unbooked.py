"""Rooms used without a booking."""

from datetime import timedelta

import pytest

from controller.bookings.diary.model import Booking
from controller.use.attendance.model import UnbookedRoom, UnbookedUse
from controller.use.attendance.unbooked import unbooked
from edge.wire.interval import Interval
from tests.controller.bookings.hub import SPACES
from tests.controller.use.attendance.seeing import Day, at, booked, hub, window

WHOLE = Interval(start=at("00:00"), end=at("23:59"))
CHOIR = booked("hall", "18:00", "20:00")


def found(day: Day, *bookings: Booking, **known: object) -> tuple[list[UnbookedUse], list[UnbookedRoom]]:
    taken = [(each.space, window(each)) for each in bookings]
    return unbooked(day.where, day.seen(**known), taken, WHOLE)  # type: ignore[arg-type]


def spans(uses: list[UnbookedUse]) -> list[tuple[str, str, str]]:
    return [(each.space, f"{each.during.start:%H:%M}", f"{each.during.end:%H:%M}") for each in uses]


def test_movement_of_a_quarter_of_an_hour_without_a_booking_is_use() -> None:
    day = Day().moves("09:00", "09:05").moves("09:12", "09:20").moves("11:00", "11:10").moves("14:00", "14:20")
    uses, _ = found(day, sensors=["hall"])
    assert spans(uses) == [("hall", "09:00", "09:20"), ("hall", "14:00", "14:20")]
    assert [(each.people, each.own_key) for each in uses] == [(None, False)] * 2


@pytest.mark.parametrize(
    ("starts", "ends", "expected"),
    [
        ("17:50", "19:00", []),  # its people, early by less than its code opens
        ("17:00", "19:00", [("hall", "17:00", "17:45")]),  # an hour early
        ("19:00", "21:00", []),  # an overstay
        ("20:30", "21:00", [("hall", "20:30", "21:00")]),
    ],
)
def test_what_goes_on_from_a_booking_is_its_overstay_and_what_comes_before_it_is_not(
    starts: str, ends: str, expected: list[tuple[str, str, str]]
) -> None:
    uses, _ = found(Day(CHOIR).moves(starts, ends), CHOIR, sensors=["hall"])
    assert spans(uses) == expected


def test_people_counted_in_and_a_key_of_their_own_are_named() -> None:
    day = Day().key("10:00").count("10:00", ins=2).moves("10:02", "10:25").count("10:24", outs=2)
    [use], _ = found(day, sensors=["hall"])
    assert (use.people, use.own_key) == (2, True)
    assert use.text == "2 came in, movement and somebody with a key of their own"


def test_of_a_sensor_over_mqtt_only_half_an_hour_after_each_report_is_covered() -> None:
    day = Day().reads("09:00", 1).reads("09:15", 1).reads("12:00", 0)
    uses, [room] = found(day, sensors=["hall"], relayed=["hall"], counters=())
    assert spans(uses) == [("hall", "09:00", "09:45")]
    assert room.coverage == round(75 * 60 / (23 * 3600 + 59 * 60), 4)


def test_a_room_without_a_sensor_or_counter_is_not_listed_and_time_that_is_not_known_is_not_covered() -> None:
    _, rooms = found(Day(), sensors=["hall"])
    assert [(each.space, each.coverage) for each in rooms] == [("hall", 1.0)]
    _, rooms = found(Day(), sensors=["hall"], dark=[("00:00", "12:00")], counters=())
    assert rooms[0].coverage == pytest.approx(0.5, abs=0.01)


def test_movement_is_believed_no_longer_than_its_sensor_is_known_to_work() -> None:
    day = Day().moves("09:00", "12:00")
    uses, _ = found(day, sensors=["hall"], dark=[("09:30", "11:00")], counters=())
    assert spans(uses) == [("hall", "09:00", "09:30")]


def test_a_hall_is_booked_while_one_of_its_halves_is() -> None:
    half = booked("half-a", "18:00", "20:00")
    day = (
        Day(where=hub(spaces=[each for each in SPACES if not each.doors]))
        .moves("18:30", "19:00")
        .moves("21:00", "21:30")
    )
    uses, _ = found(day, half, sensors=["hall"], counters=())
    assert spans(uses) == [("hall", "21:00", "21:30")]


def test_the_hour_that_comes_twice_is_two_hours() -> None:
    day = Day(day="2026-10-25").moves("00:10Z", "01:50Z")
    start = at("00:00", "2026-10-25")
    uses, _ = unbooked(
        day.where, day.seen(sensors=["hall"]), [], Interval(start=start, end=start + timedelta(hours=25))
    )
    [use] = uses
    assert use.during.seconds == 100 * 60
    assert use.text == "movement"
