"""The end of an evening: people are warned, lights stay on, and the edge reports that all is secured or why not."""

import asyncio
import sys
from datetime import timedelta
from pathlib import Path

import msgspec
import pytest

from edge.alarm.config import AnnouncerConfig
from edge.alarm.occupancy_outputs import played, spoken
from edge.system.pinout import OutputPin
from edge.wire.events import ClosingStage, DoorData, FaultData
from edge.wire.faults import FaultCode
from edge.wire.plan import ClosingPart
from tests.edge.hall import CONTACT, DOOR, PIR, REX, STRIKE
from tests.edge.watched import (
    AREA,
    BUZZER,
    CLOSES,
    LIGHT,
    LOOP,
    MAGNET,
    OPENS,
    SPEAKER,
    Watched,
    area,
    watched,
    with_watched,
)

PLAIN = watched()
"""No alarm."""


def stages(hall: Watched) -> list[tuple[str, int | None]]:
    return [(data.stage.value, data.minutes) for data in hall.told()]


def beeps(hall: Watched) -> int:
    return hall.outputs[BUZZER].count(True)


def test_people_are_warned_fifteen_and_five_minutes_before_at_every_door() -> None:
    async def act(hall: Watched) -> None:
        await hall.evening()
        await hall.sleep_until(CLOSES, -16 * 60)
        assert (stages(hall), beeps(hall)) == ([], 0)
        await hall.sleep_until(CLOSES, -14.9 * 60)
        assert (stages(hall), beeps(hall)) == ([("warned", 15)], 3)
        await hall.sleep_until(CLOSES, -4.9 * 60)
        assert (stages(hall), beeps(hall)) == ([("warned", 15), ("warned", 5)], 6)
        assert {data.closes_at for data in hall.told()} == {CLOSES}

    with_watched(act, PLAIN)


def test_a_site_sets_when_its_people_are_warned() -> None:
    async def act(hall: Watched) -> None:
        await hall.evening(closing=ClosingPart(warn_minutes=(30, 10, 1)))
        await hall.sleep_until(CLOSES, 1)
        assert stages(hall)[:4] == [("warned", 30), ("warned", 10), ("warned", 1), ("closed", None)]

    with_watched(act, PLAIN)


@pytest.mark.cases_full
def test_it_is_all_done_without_the_network_and_again_after_a_power_cut() -> None:
    async def act(hall: Watched) -> None:
        await hall.evening()
        assert hall.link is not None
        hall.link.cut()
        await hall.sleep_until(CLOSES, -15.5 * 60)
        await hall.stop()
        await hall.start()
        hall.link.cut()
        await hall.sleep_until(CLOSES, -60)
        assert stages(hall) == [("warned", 15), ("warned", 5)]
        await hall.sleep_until(CLOSES, 1200)
        assert [stage for stage, _ in stages(hall)[2:]] == ["closed", "secured"]

    with_watched(act, PLAIN)


def test_visitors_see_the_hours_and_a_group_sees_its_window() -> None:
    async def act(hall: Watched) -> None:
        await hall.evening((CLOSES - timedelta(hours=1), CLOSES + timedelta(hours=2)))
        await hall.sleep_until(CLOSES, 3 * 3600)
        assert [(data.stage.value, data.closes_at - CLOSES) for data in hall.told()] == [
            ("warned", timedelta()),
            ("warned", timedelta()),
            ("closed", timedelta()),
            ("warned", timedelta(hours=2)),
            ("warned", timedelta(hours=2)),
            ("closed", timedelta(hours=2)),
            ("secured", timedelta(hours=2)),
        ]

    with_watched(act, PLAIN)


def test_the_way_in_shuts_and_the_way_out_never_does() -> None:
    async def act(hall: Watched) -> None:
        await hall.evening(free=True)
        assert hall.unlocked()
        await hall.sleep_until(CLOSES, 1)
        assert not hall.unlocked()
        await hall.drive(REX, False)
        await asyncio.sleep(0.1)
        assert hall.outputs[STRIKE][-1]
        await hall.drive(REX, True)
        await hall.drive(CONTACT, True)
        await asyncio.sleep(1)
        assert "forced" not in [data.change.value for data in hall.data(DoorData)]

    with_watched(act, PLAIN)


@pytest.mark.cases_full
def test_lights_stay_on_until_nobody_is_left() -> None:
    async def act(hall: Watched) -> None:
        await hall.evening()
        assert (hall.on(LIGHT), hall.on(MAGNET)) == (True, True)
        await hall.sleep_until(CLOSES, 60)
        for _ in range(5):
            await asyncio.sleep(360)
            await hall.move()
            assert (hall.on(LIGHT), hall.on(MAGNET)) == (True, True)
        await asyncio.sleep(660)
        assert (hall.on(LIGHT), hall.on(MAGNET)) == (False, False)
        await hall.sleep_until(OPENS, 1)
        assert (hall.on(LIGHT), hall.on(MAGNET)) == (True, True)

    with_watched(act, PLAIN)


@pytest.mark.cases_full
def test_fire_lights_the_way_and_lets_inner_doors_fall_shut() -> None:
    async def act(hall: Watched) -> None:
        await hall.evening()
        await hall.drive(LOOP, True)
        await asyncio.sleep(0.2)
        assert (hall.on(LIGHT), hall.on(MAGNET)) == (True, False)
        await hall.sleep_until(CLOSES, 3600)
        assert hall.on(LIGHT)

    with_watched(act, PLAIN)


def test_it_is_secured_once_it_is_empty_and_shut() -> None:
    async def act(hall: Watched) -> None:
        await hall.evening()
        await hall.sleep_until(CLOSES, 300)
        await hall.move()
        assert stages(hall)[-1] == ("closed", None)
        await hall.leave()
        await asyncio.sleep(660)
        assert stages(hall)[-1] == ("secured", None)
        await asyncio.sleep(3 * 3600)
        assert [stage for stage, _ in stages(hall)].count("secured") == 1

    with_watched(act, PLAIN)


def test_with_an_alarm_the_door_is_secured_when_the_alarm_is_set() -> None:
    async def act(hall: Watched) -> None:
        await hall.set_itself()
        await asyncio.sleep(60)
        assert stages(hall)[-1] == ("secured", None)

    with_watched(act)


@pytest.mark.cases_full
@pytest.mark.parametrize(("who", "zones", "doors"), [("somebody inside", ("hall",), ()), ("open door", (), (DOOR,))])
def test_a_door_not_secured_in_time_is_reported_once(who: str, zones: tuple[str, ...], doors: tuple[str, ...]) -> None:
    async def act(hall: Watched) -> None:
        await hall.evening()
        if who == "open door":
            await hall.drive(CONTACT, True)
        for minutes in range(5, 30, 4):
            await hall.sleep_until(CLOSES, minutes * 60)
            if who == "somebody inside":
                await hall.move()
        assert stages(hall)[-1] == ("closed", None)
        await hall.sleep_until(CLOSES, 31 * 60)
        told = hall.told()[-1]
        assert (told.stage, told.zones, told.doors) == (ClosingStage.NOT_SECURED, zones, doors)
        await hall.drive(CONTACT, False)
        await asyncio.sleep(3600)
        assert [stage for stage, _ in stages(hall)[-2:]] == ["not_secured", "secured"]

    with_watched(act, PLAIN)


def test_an_area_that_cannot_set_is_named() -> None:
    async def act(hall: Watched) -> None:
        await hall.evening()
        await hall.sleep_until(CLOSES, 31 * 60)
        told = hall.told()[-1]
        assert (told.stage, told.areas) == (ClosingStage.NOT_SECURED, (AREA,))

    with_watched(act, watched(area()))


@pytest.mark.cases_full
def test_a_building_never_secured_is_forgotten_when_it_opens() -> None:
    async def act(hall: Watched) -> None:
        await hall.evening()
        await hall.drive(PIR, True)
        await hall.sleep_until(OPENS, 60)
        await hall.drive(PIR, False)
        await asyncio.sleep(1200)
        assert [stage for stage, _ in stages(hall)][-1] == "not_secured"

    with_watched(act, PLAIN)


def test_without_a_proven_time_no_wrong_time_is_reported() -> None:
    async def act(hall: Watched) -> None:
        await hall.evening()
        await hall.sleep_until(CLOSES, 3600)
        assert stages(hall) == []

    with_watched(act, PLAIN, synchronised=False)


def test_announcers_speak_each_in_its_way() -> None:
    voices = (
        AnnouncerConfig(id="speakers", relay=OutputPin(pin=SPEAKER), for_s=20),
        AnnouncerConfig(id="hall-buzzer", buzzer=OutputPin(pin=19)),
    )

    async def act(hall: Watched) -> None:
        await hall.evening()
        await hall.sleep_until(CLOSES, -15 * 60 + 5)
        assert hall.on(SPEAKER)
        await asyncio.sleep(30)
        assert not hall.on(SPEAKER)
        assert hall.outputs[19].count(True) == 3

    with_watched(act, msgspec.structs.replace(PLAIN, announcers=voices))


def test_a_sound_is_played_by_its_program_with_the_minutes_left(tmp_path: Path) -> None:
    said = tmp_path / "said"
    write = f"open({str(said)!r}, 'w').write('{{minutes}} minutes')"
    assert asyncio.run(played(spoken((sys.executable, "-c", write), 5)))
    assert said.read_text() == "5 minutes"
    for useless in ((sys.executable, "-c", "raise SystemExit(3)"), ("/nowhere/aplay",), ("aplay\0",)):
        assert not asyncio.run(played(useless))


def test_a_sound_that_cannot_be_played_is_only_a_fault() -> None:
    voice = AnnouncerConfig(id="voice", command=("/no/such/player", "closing.wav"))

    async def act(hall: Watched) -> None:
        await hall.evening()
        await hall.sleep_until(CLOSES, 3600)
        assert [data.code for data in hall.data(FaultData)] == [FaultCode.SOUND_NOT_PLAYED]
        assert ("warned", 5) in stages(hall)

    with_watched(act, msgspec.structs.replace(PLAIN, announcers=(voice,)))
