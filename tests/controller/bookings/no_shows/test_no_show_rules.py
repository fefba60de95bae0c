"""When a booking whose people have not come is warned of and given back: pure rules."""

from datetime import UTC, datetime, timedelta

import msgspec
import pytest

from controller.bookings.diary.model import Arrival, Booking, BookingState
from controller.bookings.diary.policy import Policy, ReleaseRule
from controller.bookings.no_show_rules import Evidence, NoShowAction, course, next_due, step
from controller.people.model import Tier

STARTS = datetime(2026, 11, 26, 18, tzinfo=UTC)
RULE = ReleaseRule(after_min=20, warn_min=10)
BOOKING = Booking(
    id="b",
    site="ramsey",
    space="hall",
    series_id=None,
    title="Choir",
    contact_name="",
    contact_phone="",
    people=None,
    starts=STARTS,
    ends=STARTS + timedelta(hours=2),
    state=BookingState.CONFIRMED,
    state_at=None,
    held_until=None,
    party=None,
    contact_email="",
    key_holder="",
    under_16s=False,
    notes="",
    layout=None,
    seats=None,
    equipment=(),
    setup_min=None,
    cleardown_min=None,
    overruled=False,
    occurrence=None,
    changed_here="",
    let_in_at=None,
    let_in_door=None,
    arrived_at=None,
    arrived_how="",
    release_warned_at=None,
    counted_in=0,
    created_at=STARTS,
    created_by="Ada",
    changed_at=STARTS,
    changed_by="Ada",
    version=1,
)


def after(minutes: float) -> datetime:
    return STARTS + timedelta(minutes=minutes)


def booked(**changes: object) -> Booking:
    return msgspec.structs.replace(BOOKING, **changes)


def heard(minutes: float | None) -> Evidence:
    return Evidence(heard_until=None if minutes is None else after(minutes))


@pytest.mark.parametrize(
    ("minutes", "warned", "known", "expected"),
    [
        (-1, None, -1, NoShowAction.NOTHING),
        (9, None, 9, NoShowAction.NOTHING),
        (10, None, 10, NoShowAction.WARN),
        (10, None, 9, NoShowAction.HEAR),
        (10, None, None, NoShowAction.HEAR),
        (19, 10, 19, NoShowAction.NOTHING),
        (20, 10, 20, NoShowAction.RELEASE),
        (20, 10, 19, NoShowAction.HEAR),
        (20, 10, None, NoShowAction.HEAR),
        (119, 10, None, NoShowAction.HEAR),
        (120, 10, 119, NoShowAction.HEAR),
        (120, 10, 120, NoShowAction.NO_SHOW),
        (120, None, None, NoShowAction.HEAR),
        (60 * 50, None, 60 * 50, NoShowAction.NOTHING),
    ],
)
def test_nothing_is_done_before_the_doors_are_heard_of_past_its_time(
    minutes: float, warned: float | None, known: float | None, expected: NoShowAction
) -> None:
    booking = booked(release_warned_at=None if warned is None else after(warned))
    assert step(booking, RULE, heard(known), after(minutes)) is expected


@pytest.mark.parametrize(
    "came",
    [{"arrived_at": after(1)}, {"let_in_at": after(-5)}, {"counted_in": 1}, {"state": BookingState.HELD}],
)
def test_an_arrival_or_a_possible_arrival_keeps_the_room(came: dict[str, object]) -> None:
    for minutes in (10, 20, 120):
        assert (
            step(booked(release_warned_at=after(10), **came), RULE, heard(200), after(minutes)) is NoShowAction.NOTHING
        )


WALKED_IN: dict[str, object] = {"counted_in": 30, "arrived_at": after(1), "arrived_how": Arrival.PRESENCE}


@pytest.mark.parametrize("walked_in", [{"counted_in": 30}, WALKED_IN])
def test_a_rule_with_check_in_ignores_walking_in(walked_in: dict[str, object]) -> None:
    strict = msgspec.structs.replace(RULE, check_in=True)
    assert step(booked(**walked_in), strict, heard(10), after(10)) is NoShowAction.WARN
    assert step(booked(**walked_in), RULE, heard(10), after(10)) is NoShowAction.NOTHING
    for said in ({"let_in_at": after(2)}, {"arrived_at": after(1), "arrived_how": Arrival.TABLET}):
        assert step(booked(**walked_in | said), strict, heard(10), after(10)) is NoShowAction.NOTHING


def test_a_booking_whose_doors_somebody_passed_is_no_no_show() -> None:
    strict = msgspec.structs.replace(RULE, check_in=True, after_min=600)
    assert step(booked(**WALKED_IN), strict, heard(120), after(120)) is NoShowAction.NOTHING
    assert step(booked(), strict, heard(120), after(120)) is NoShowAction.NO_SHOW


@pytest.mark.parametrize(
    ("minutes", "let_in", "expected"),
    [(21, 21, NoShowAction.TAKE_UP), (120, 119, NoShowAction.NOTHING), (21, None, NoShowAction.NOTHING)],
)
def test_a_late_arrival_restores_a_released_booking_while_its_time_runs(
    minutes: float, let_in: float | None, expected: NoShowAction
) -> None:
    released = booked(state=BookingState.RELEASED, let_in_at=None if let_in is None else after(let_in))
    assert step(released, RULE, heard(None), after(minutes)) is expected


def test_without_a_rule_nothing_is_released_and_no_shows_are_recorded() -> None:
    assert step(BOOKING, None, heard(60), after(60)) is NoShowAction.NOTHING
    assert step(BOOKING, None, heard(120), after(120)) is NoShowAction.NO_SHOW


def test_a_late_warning_moves_the_release() -> None:
    late = booked(release_warned_at=after(45))
    assert course(late, RULE) is not None
    assert step(late, RULE, heard(54), after(54)) is NoShowAction.NOTHING
    assert step(late, RULE, heard(55), after(55)) is NoShowAction.RELEASE


def test_a_booking_that_ends_before_its_release_is_not_released() -> None:
    short = booked(ends=after(20))
    assert course(short, RULE) is None
    assert step(short, RULE, heard(19), after(19)) is NoShowAction.NOTHING


def test_the_first_rule_that_fits_holds() -> None:
    policy = Policy(
        release=(
            ReleaseRule(after_min=60, spaces=("studio",)),
            ReleaseRule(after_min=30, tiers=(Tier.COMMERCIAL,)),
            ReleaseRule(after_min=15),
        )
    )
    assert policy.release_rule("studio", Tier.COMMERCIAL) == policy.release[0]
    assert policy.release_rule("hall", Tier.COMMERCIAL) == policy.release[1]
    assert policy.release_rule("hall", Tier.COUNCIL) == policy.release[2]
    assert Policy().release_rule("hall", Tier.COUNCIL) is None


def test_the_next_moment_is_the_earliest_that_is_still_to_come() -> None:
    found = [(BOOKING, RULE), (booked(ends=after(15)), None)]
    assert next_due(found, after(0)) == after(10)
    assert next_due(found, after(10)) == after(15)
    assert next_due(found, after(20)) == after(120)
    assert next_due(found, after(120)) is None


def test_a_booking_over_the_repeated_hour_is_released_by_real_minutes() -> None:
    starts = datetime(2026, 10, 25, 0, 30, tzinfo=UTC)  # 01:30 in summer time; the clocks go back at 01:00 UTC
    night = booked(starts=starts, ends=starts + timedelta(hours=3))
    planned = course(night, ReleaseRule(after_min=45, warn_min=15))
    assert planned is not None
    assert planned.release_at == datetime(2026, 10, 25, 1, 15, tzinfo=UTC)
    assert planned.warn_at == datetime(2026, 10, 25, 1, 0, tzinfo=UTC)
