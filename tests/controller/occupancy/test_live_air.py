"""Carbon dioxide of a building that follows its people: believed as far as it followed what the doors counted."""

from datetime import timedelta

import msgspec
import pytest

from controller.db.engine import Database
from controller.occupancy.sensing import Sensing
from controller.occupancy.service import OccupancyService
from edge.wire.events import AlarmChange, ReadingData
from tests.controller.clock import ManualClock
from tests.controller.occupancy.test_live_estimate import PARTS, SENSING, START, Telling, hours, put_site
from tests.controller.telemetry.rollups.storing import store
from tests.controller.telemetry.speaking import event


def air(level: float) -> ReadingData:
    return ReadingData(name="air", family="zigbee", values={"co2": level})


def four_days(*, lost: bool) -> tuple[Telling, int]:
    """40 people come from nine and go until eighteen, the air with them. On the fourth day until 13 the counter misses
    every second who leaves, if ``lost``. And how many are there at 13 on that day."""
    told, people, level = Telling(), 0, 420.0
    for day in range(-3, 1):
        told.alarm(hours(24 * day + 8), AlarmChange.UNSET)
        for minute in range(9 * 60, 13 * 60 if day == 0 else 18 * 60, 5):
            at = hours(24 * day) + timedelta(minutes=minute)
            ins = 4 if minute < 9 * 60 + 50 else 0
            outs = 1 if ins == 0 and people > 0 and minute % 10 == 0 else 0
            outs = people if minute == 18 * 60 - 5 else outs
            people += ins - outs
            counted = 0 if lost and day == 0 and minute % 20 == 0 else outs
            if ins or counted:
                told.pass_(at, ins=ins, outs=counted)
            level += (10.0 * people - 2.0 * (level - 420.0)) / 12
            told.say(at + timedelta(minutes=1), "air", air(round(level)))
        if day < 0:
            told.alarm(hours(24 * day + 19), AlarmChange.SET)
        for minute in range(19 * 60, 33 * 60 if day < 0 else 0, 20):
            level += (-2.0 * (level - 420.0)) / 3
            told.say(hours(24 * day) + timedelta(minutes=minute), "air", air(round(level)))
    return told, people


def without(told: Telling) -> Telling:
    found = Telling()
    found.events = [each for each in told.events if each.device != "air"]
    return found


def test_air_that_followed_the_people_tells_who_was_not_counted_out() -> None:
    told, people = four_days(lost=True)
    found, bare = told.at(hours(13)), without(told).at(hours(13))
    assert people < found.mean < bare.mean - 1
    assert found.high - found.low < bare.high - bare.low
    assert "Counts at Front door and carbon dioxide (air); empty" in found.rests_on


def test_air_that_does_not_follow_the_people_changes_little() -> None:
    told, _ = four_days(lost=False)
    for place, each in enumerate(told.events):
        if each.device == "air":
            told.events[place] = each._replace(data=air(500.0 + 13 * (place * 7 % 11)))
    assert told.at(hours(13)).mean == pytest.approx(without(told).at(hours(13)).mean, abs=2.5)


def test_nobody_signs_what_the_air_says_so_it_alone_does_not_say_that_the_rooms_are_full() -> None:
    told, people = four_days(lost=False)
    small = msgspec.structs.replace(PARTS.spaces[0], capacity=people + 6)
    sensing: Sensing = msgspec.structs.replace(SENSING, parts=msgspec.structs.replace(PARTS, spaces=(small,)))
    for place, each in enumerate(told.events):
        if each.device == "air" and each.at > hours(9):
            told.events[place] = each._replace(data=air(2500.0))
    assert not told.at(hours(13), sensing).full


async def test_what_was_stored_of_the_air_is_read_with_the_counts(db: Database) -> None:
    await put_site(db)
    told, _ = four_days(lost=True)
    sent = [event(each.seq, each.data, at=each.at, device=each.device) for each in told.events]
    await store(db, "ramsey", sent, now=hours(13))
    found = await OccupancyService(db, ManualClock(hours(13) + timedelta(seconds=5))).now("ramsey")
    assert found is not None
    assert "carbon dioxide (air)" in found.rests_on


def test_a_value_that_no_air_can_have_is_no_row() -> None:
    told = Telling()
    told.say(START + timedelta(hours=1), "air", air(-5.0))
    told.say(START + timedelta(hours=2), "air", air(99_999.0))
    told.pass_(START + timedelta(hours=3), ins=1)
    assert "carbon dioxide" not in told.at(START + timedelta(hours=4)).rests_on
