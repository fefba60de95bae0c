"""What a movement sensor reports after the last movement is taken off, as far as it is learned for how long that is."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from random import Random
from statistics import mean

import pytest

from controller.alerts.unexpected import present
from controller.telemetry.movement_hold import learned, spells_of
from controller.telemetry.movement_holds import MovementHold
from controller.use.attendance.evidence import Happened, Known, seen
from controller.use.attendance.model import How
from controller.use.attendance.unbooked import unbooked
from edge.wire.events import MotionData
from edge.wire.interval import Interval
from firmware_sim.sensed_movement import DAY, MovedRoom, moved_room, reported
from tests.controller.use.attendance.seeing import Day, at, booked

SCOUTS = booked("hut", "18:00", "20:00")
HOLDS = [MovementHold(since=at("00:00", "2026-01-05"), hold_s=300, spells=214)]


def test_the_last_movement_is_the_end_of_the_report_less_the_hold() -> None:
    day = Day(SCOUTS).moves("18:06", "18:21", "hut").moves("20:05", "20:12", "hut")
    left = day.record(SCOUTS, sensors=["hut"], holds={"hut": HOLDS}).left
    assert (left.how, left.at) == (How.AT_LEAST, at("20:07"))
    assert left.text == (
        "the last movement in the room, less the 300 s for which the sensor holds movement, learned from 214 spells"
    )


def test_people_who_left_in_time_are_not_taken_to_have_stayed_on() -> None:
    day = Day(SCOUTS).moves("18:06", "20:04", "hut")
    known = day.record(SCOUTS, sensors=["hut"]).overstay
    assert (known.how, known.number) == (How.AT_LEAST, 4)
    assert day.record(SCOUTS, sensors=["hut"], holds={"hut": HOLDS}).overstay.how is How.NOT_MEASURED


def test_one_movement_alone_is_one_whatever_the_sensor_says() -> None:
    day = Day(SCOUTS).moves("18:06", "18:11", "hut")
    assert day.record(SCOUTS, sensors=["hut"], holds={"hut": HOLDS}).left.at == at("18:06") + timedelta(seconds=1)


def test_movement_that_is_still_reported_is_known_up_to_its_hold_ago() -> None:
    """Also where the report is said again, and where the sensor is lost while it lasts."""
    day = Day(SCOUTS)
    for minute in range(10, 55, 15):
        day.reads(f"19:{minute}", 1, "hut")
    left = day.record(SCOUTS, now="20:20", sensors=["hut"], holds={"hut": HOLDS}, dark=[("19:50", "20:10")]).left
    assert left.at == at("19:45")


def test_only_what_had_been_learned_by_then_is_taken_off() -> None:
    learned_later = [MovementHold(since=at("12:00") + timedelta(days=1), hold_s=300, spells=40)]
    changed = [*HOLDS, MovementHold(since=at("19:00"), hold_s=60, spells=40)]
    day = Day(SCOUTS).moves("18:06", "18:21", "hut").moves("20:05", "20:12", "hut")
    assert day.record(SCOUTS, sensors=["hut"], holds={"hut": learned_later}).left.at == at("20:12")
    assert day.record(SCOUTS, sensors=["hut"], holds={"hut": changed}).left.at == at("20:11")


def test_who_looks_into_a_closed_building_once_is_nobody_who_stays() -> None:
    day = Day().moves("23:00", "23:05")
    during = Interval(start=at("17:30"), end=at("23:30"))
    assert len(present(day.where, day.seen(sensors=["hall"]), during)) == 1
    assert present(day.where, day.seen(sensors=["hall"], holds={"hall": HOLDS}), during) == []
    stays = Day().moves("23:00", "23:11")
    assert len(present(stays.where, stays.seen(sensors=["hall"], holds={"hall": HOLDS}), during)) == 1


def test_rooms_that_were_only_passed_through_were_not_used() -> None:
    day = Day().moves("09:00", "09:06").moves("09:12", "09:18")
    whole = Interval(start=at("00:00"), end=at("23:59"))
    uses, _ = unbooked(day.where, day.seen(sensors=["hall"]), [], whole)
    assert [each.during.end for each in uses] == [at("09:18")]
    uses, _ = unbooked(day.where, day.seen(sensors=["hall"], holds={"hall": HOLDS}), [], whole)
    assert uses == []


@pytest.mark.parametrize("night", ["2026-03-29", "2026-10-25"])
def test_a_hold_is_taken_off_in_real_seconds_when_the_clocks_change(night: str) -> None:
    late = booked("hut", "00:30", "02:30" if night.startswith("2026-10") else "03:30", day=night)
    day = Day(late, day=night).moves("00:10Z", "01:02Z", "hut")
    assert day.record(late, now="10:00", sensors=["hut"], holds={"hut": HOLDS}).left.at == at("00:57Z", night)


def _moved_on(room: MovedRoom, start: datetime, hold_s: float, holds: Sequence[MovementHold]) -> list[float]:
    """By how many seconds the last movement of each sitting is missed."""
    changes = reported(Random("sensor"), room.moved, hold_s)
    device, second = ("pi", "hut-pir"), start.timestamp()
    events = [
        Happened(start + timedelta(seconds=when), number, *device, MotionData(zone="hut", active=moves))
        for number, (when, moves) in enumerate(changes)
    ]
    span = [(int(second), int(second) + 40 * DAY)]
    known = Known(
        names={}, doors={}, counters={}, sensors={device: span}, places={device: "hut"}, holds={device: holds}
    )
    moved = seen(events, [], known).rooms["hut"].moved_in(second, second + 40 * DAY)
    found = []
    for sitting in room.sittings:
        ends = [end - second for _, end in moved if sitting.start < end - second < sitting.end + 900]
        alone = not any(sitting.end < each < sitting.end + 900 for each in room.moved)
        found += [abs(max(ends) - sitting.end)] if ends and alone else []
    return found


@pytest.mark.parametrize("hold_s", [60, 300])
def test_when_people_left_is_known_to_seconds_by_what_was_learned_before(hold_s: float) -> None:
    """As they were reported, people leave by the hold too late; learned from the week before they do not."""
    start = datetime(2026, 11, 2, tzinfo=UTC)
    room = moved_room(Random("learned"), 8)
    known = learned(spells_of(reported(Random("week"), room.moved, hold_s), [(0, 40 * DAY)]))
    assert known is not None
    holds = [MovementHold(since=start, hold_s=known.hold_s, spells=known.spells)]
    later = moved_room(Random("later"), 8)
    before, after = (mean(_moved_on(later, start, hold_s, each)) for each in ([], holds))
    assert before == pytest.approx(hold_s, rel=0.05)
    assert after < 0.02 * hold_s
