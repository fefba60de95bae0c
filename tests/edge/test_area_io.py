"""An area sets by itself when nobody can be inside, and never otherwise; the first valid entry unsets it."""

import asyncio
from datetime import timedelta

import pytest

from edge.alarm.area_io import WARM_S, StoredArea
from edge.wire.codec import decode, encode
from edge.wire.events import AccessData, FaultData
from edge.wire.faults import FaultCode, describe
from edge.wire.interval import Interval
from edge.wire.plan import Override, OverrideKind, OverridesPart
from tests.edge.disk import MemoryDisk
from tests.edge.hall import CONTACT, DOOR, PIR, REX, STRIKE
from tests.edge.watched import (
    AREA,
    BUZZER,
    CLOSES,
    CODE,
    DURESS,
    LID,
    LOOP,
    OPENS,
    QUIET,
    SET,
    SIREN,
    STAFF,
    STROBE,
    WARN,
    WARNING,
    WINDOW,
    Watched,
    area,
    watched,
    with_watched,
)

FILE = f"alarm-{AREA}.json"


async def night(hall: Watched) -> None:
    """Long after everything that could happen by itself has."""
    await hall.sleep_until(CLOSES, 3600)


def test_it_warns_and_sets_a_quiet_while_after_closing() -> None:
    async def act(hall: Watched) -> None:
        await hall.used()
        await hall.sleep_until(CLOSES, -1)
        assert hall.changes() == []
        await hall.sleep_until(CLOSES, 5)
        assert hall.alarm() == "warning"
        assert hall.on(WARNING)
        assert True in hall.outputs[BUZZER]
        await asyncio.sleep(WARN)
        assert [change for change, _ in hall.changes()] == ["warning", "set"]
        assert (hall.on(WARNING), hall.on(SET), hall.on(SIREN)) == (False, True, False)
        assert hall.state(AREA).values["since"] is not None

    with_watched(act)


def test_nothing_sets_while_the_building_is_open_or_booked() -> None:
    async def act(hall: Watched) -> None:
        await hall.evening((CLOSES, CLOSES + timedelta(hours=2)))
        await hall.move()
        await hall.count()
        await hall.sleep_until(CLOSES, 7100)
        assert hall.changes() == []
        await asyncio.sleep(QUIET + WARN)
        assert hall.alarm() == "set"

    with_watched(act)


@pytest.mark.parametrize("stir", ["move", "exit", "door", "window", "beam", "hours"])
def test_movement_during_the_warning_cancels_it(stir: str) -> None:
    async def act(hall: Watched) -> None:
        await hall.used()
        await hall.sleep_until(CLOSES, 30)
        assert hall.alarm() == "warning"
        if stir == "move":
            await hall.move()
        elif stir == "exit":
            await hall.drive(REX, False)
        elif stir == "door":
            await hall.drive(CONTACT, True)
        elif stir == "window":
            await hall.drive(WINDOW, True)
        elif stir == "beam":
            await hall.walk(23, 24)
        else:
            await hall.evening(closes=CLOSES + timedelta(hours=3))
        await asyncio.sleep(1)
        assert hall.alarm() == "unset"
        assert hall.changes()[1][0] == "cancelled"
        assert not hall.on(WARNING)
        await asyncio.sleep(WARN + 5)
        assert "set" not in [change for change, _ in hall.changes()]

    with_watched(act)


@pytest.mark.cases_full
def test_a_person_moving_after_the_door_was_shut_is_inside_for_the_whole_night() -> None:
    async def act(hall: Watched) -> None:
        await hall.used()
        await hall.sleep_until(CLOSES, 30)
        await hall.move()
        await hall.sleep_until(CLOSES, 8 * 3600)
        assert [change for change, _ in hall.changes()] == ["warning", "cancelled", "withheld"]
        assert hall.changes()[-1][1] == "movement in hall since the doors were shut, so somebody is inside"
        await hall.leave()
        await hall.count()
        await asyncio.sleep(QUIET + WARN + 30)
        assert hall.alarm() == "set"

    with_watched(act)


def test_movement_of_a_person_who_just_left_does_not_count() -> None:
    async def act(hall: Watched) -> None:
        await hall.evening()
        await hall.move()
        await hall.come_in()
        await hall.count(1)
        await hall.sleep_until(CLOSES, 60)
        await hall.move(3)
        await hall.leave()
        await asyncio.sleep(2)
        await hall.move(2)
        await asyncio.sleep(QUIET + WARN + 60)
        assert hall.alarm() == "set"

    with_watched(act)


def test_a_head_counted_inside_means_a_person_and_keeps_the_alarm_unset() -> None:
    async def act(hall: Watched) -> None:
        await hall.evening()
        await hall.move()
        await hall.count(0)
        await hall.come_in()
        await hall.come_in()
        await hall.leave()
        await night(hall)
        assert hall.changes() == [("withheld", "1 person is counted inside")]
        assert hall.state(AREA).values["withheld"] == "1 person is counted inside"
        await hall.count(0)
        await asyncio.sleep(WARN + 30)
        assert hall.alarm() == "set"

    with_watched(act)


@pytest.mark.cases_full
@pytest.mark.parametrize(
    ("what", "words"),
    [
        ("restart", "the count cannot be trusted, since the agent was not running for a while"),
        ("missed", "the count cannot be trusted, since Front door was opened and nobody was counted"),
        ("more went out", "the count cannot be trusted, since 9 more went out than came in"),
        ("blocked beam", "the count cannot be trusted, since front beams: the outer beam is blocked"),
        ("window", "hall window is open"),
        ("lid", describe(FaultCode.TAMPER_OPEN)),
        ("fire", "there is a fire, or a fire that nobody has cleared"),
        ("held open", "Front door is not locked"),
    ],
)
def test_the_obstacle_to_setting_is_reported_once_and_nothing_sets(what: str, words: str) -> None:
    async def act(hall: Watched) -> None:
        await hall.evening()
        await hall.used()
        if what == "restart":
            await hall.stop()
            await hall.start()
            await hall.move()
        elif what == "missed":
            await hall.leave(seen=False)
        elif what == "more went out":
            for _ in range(9):
                await hall.walk(24, 23)
        elif what == "blocked beam":
            await hall.drive(23, False)
            await asyncio.sleep(130)
            await hall.drive(23, True)
        elif what == "window":
            await hall.drive(WINDOW, True)
        elif what == "lid":
            await hall.drive(LID, True)
        elif what == "fire":
            await hall.drive(LOOP, True)
            await asyncio.sleep(1)
            await hall.drive(LOOP, False)
        elif what == "held open":
            during = Interval(start=CLOSES, end=OPENS)
            override = Override(door=DOOR, kind=OverrideKind.HOLD_OPEN, during=during)
            hall.version += 1
            await hall.send_plan(hall.version, *hall.parts, OverridesPart(overrides=(override,)))
        await hall.sleep_until(CLOSES, 6 * 3600)
        assert hall.changes() == [("withheld", words)]
        assert not hall.on(SET)

    with_watched(act)


@pytest.mark.cases_full
def test_a_pir_without_movement_so_far_is_not_faulty_and_nothing_sets() -> None:
    async def act(hall: Watched) -> None:
        await hall.evening()
        await hall.count(0)
        await hall.sleep_until(CLOSES, 6 * 3600)
        assert hall.changes() == []
        assert not hall.on(SET)
        assert hall.state(AREA).values["withheld"] == "nobody has walked past the motion sensor in hall yet"
        await hall.move()
        await asyncio.sleep(120)
        await hall.count(0)
        await asyncio.sleep(QUIET + WARN + 60)
        assert hall.alarm() == "set"

    with_watched(act)


def test_without_a_proven_time_nothing_sets() -> None:
    async def act(hall: Watched) -> None:
        await hall.used()
        await hall.sleep_until(CLOSES, 6 * 3600)
        assert "set" not in [change for change, _ in hall.changes()]

    with_watched(act, synchronised=False)


def test_a_pir_that_saw_nobody_in_the_last_bookings_counts_as_dead() -> None:
    disk = MemoryDisk()
    disk.replace(FILE, encode(StoredArea(unseen={"hall-pir": 4})))

    async def act(hall: Watched) -> None:
        await hall.evening()
        await hall.count(0)
        await hall.sleep_until(CLOSES, QUIET + WARN + 30)
        assert hall.alarm() == "set"
        await hall.enter(STAFF)
        await hall.count(0)
        await night(hall)
        assert hall.changes()[-1] == (
            "withheld",
            "the motion sensor in hall saw nobody in the last 5 uses and may be broken; walk past it",
        )

    with_watched(act, disk=disk)


@pytest.mark.parametrize(("code", "kind"), [(CODE, "booking code"), (STAFF, "staff")])
def test_the_first_valid_entry_unsets(code: str, kind: str) -> None:
    async def act(hall: Watched) -> None:
        await hall.set_itself()
        await hall.come_in(code)
        assert hall.alarm() == "unset"
        assert hall.changes()[-1] == ("unset", f"{kind} at Front door")
        assert not hall.on(SET)
        assert SIREN not in hall.outputs or True not in hall.outputs[SIREN]

    with_watched(act)


def test_a_refused_entry_never_unsets() -> None:
    async def act(hall: Watched) -> None:
        await hall.set_itself()
        for wrong in ("000000", "123450", "9999999999", "482910"):
            await hall.enter(wrong)
            await asyncio.sleep(5)
        assert hall.alarm() == "set"
        assert [data.granted for data in hall.data(AccessData)] == [False] * 4

    with_watched(act)


@pytest.mark.parametrize("how", ["door", "movement", "window", "lid", "exit button"])
def test_an_intruder_sounds_the_siren_for_its_permitted_time(how: str) -> None:
    async def act(hall: Watched) -> None:
        await hall.set_itself()
        if how == "door":
            await hall.drive(CONTACT, True)
        elif how == "movement":
            await hall.drive(PIR, True)
        elif how == "window":
            await hall.drive(WINDOW, True)
        elif how == "lid":
            await hall.drive(LID, True)
        else:
            await hall.drive(REX, False)
        await asyncio.sleep(0.2)
        assert hall.alarm() == "triggered"
        assert (hall.on(SIREN), hall.on(STROBE)) == (True, True)
        await asyncio.sleep(899)
        assert hall.on(SIREN)
        await asyncio.sleep(2)
        assert (hall.on(SIREN), hall.on(STROBE)) == (False, True)
        assert [change for change, _ in hall.changes()[-2:]] == ["triggered", "silenced"]
        await hall.enter(STAFF)
        await asyncio.sleep(0.2)
        assert (hall.alarm(), hall.on(STROBE)) == ("unset", False)

    with_watched(act)


def test_the_siren_sounds_three_times_a_night_at_most() -> None:
    async def act(hall: Watched) -> None:
        await hall.set_itself()
        for _ in range(5):
            await hall.move()
            await asyncio.sleep(1000)
        assert [change for change, _ in hall.changes()].count("triggered") == 3

    with_watched(act)


def test_duress_opens_and_unsets_like_any_other_entry_without_a_local_sign() -> None:
    seen: dict[str, list[object]] = {}

    def presents(code: str) -> None:
        async def act(hall: Watched) -> None:
            await hall.set_itself()
            await hall.come_in(code)
            await asyncio.sleep(60)
            states = [hall.state(device).values for device in (AREA, DOOR)]
            for values in states:
                values.pop("since", None)
            seen[code] = [hall.changes(), states, hall.outputs, hall.results()[-1].why]
            assert hall.data(AccessData)[-1].duress is (code == DURESS)

        with_watched(act)

    presents(STAFF)
    presents(DURESS)
    assert seen[STAFF] == seen[DURESS]


def test_fire_unsets_the_alarm_and_silences_every_sound() -> None:
    async def act(hall: Watched) -> None:
        await hall.set_itself()
        await hall.move()
        assert hall.on(SIREN)
        await hall.drive(LOOP, True)
        await asyncio.sleep(0.2)
        assert (hall.on(SIREN), hall.on(STROBE), hall.alarm()) == (False, False, "unset")
        assert hall.changes()[-1] == ("unset", "fire")

    with_watched(act)


def test_a_set_area_is_set_again_after_a_power_cut() -> None:
    async def act(hall: Watched) -> None:
        await hall.set_itself()
        since = hall.state(AREA).values["since"]
        await hall.stop()
        await asyncio.sleep(3600)
        await hall.drive(PIR, True)
        await hall.start()
        await hall.drive(PIR, False)
        await asyncio.sleep(WARM_S + 35)
        assert hall.alarm() == "set"
        assert hall.on(SET)
        assert hall.state(AREA).values["since"] == since
        await hall.move()
        assert hall.alarm() == "triggered"

    with_watched(act)


def test_a_door_found_open_after_a_power_cut_sets_it_off() -> None:
    async def act(hall: Watched) -> None:
        await hall.set_itself()
        await hall.stop()
        await hall.drive(CONTACT, True)
        await hall.start()
        assert hall.alarm() == "triggered"
        assert hall.changes()[-1] == ("triggered", "Front door found open")

    with_watched(act)


def test_an_unset_area_is_unset_after_a_power_cut() -> None:
    async def act(hall: Watched) -> None:
        await hall.set_itself()
        await hall.enter(STAFF)
        await asyncio.sleep(1)
        await hall.stop()
        await hall.start()
        assert hall.alarm() == "unset"

    with_watched(act)


def test_an_unreadable_file_is_reported_and_starts_unset() -> None:
    disk = MemoryDisk()
    disk.replace(FILE, b'{"set":')

    async def act(hall: Watched) -> None:
        assert hall.alarm() == "unset"
        assert any(data.part == FILE for data in hall.data(FaultData))

    with_watched(act, disk=disk)


def test_a_refusing_disk_keeps_no_door_shut() -> None:
    class Refusing(MemoryDisk):
        def replace(self, name: str, data: bytes) -> None:
            if name == FILE:
                raise OSError(28, "No space left on device")
            super().replace(name, data)

    async def act(hall: Watched) -> None:
        await hall.set_itself()
        assert [(data.code, data.part) for data in hall.data(FaultData)] == [(FaultCode.STATE_NOT_KEPT, "alarm")]
        await hall.enter(STAFF)
        await asyncio.sleep(0.2)
        assert hall.unlocked()
        assert hall.alarm() == "unset"

    with_watched(act, disk=Refusing())


@pytest.mark.cases_full
def test_hours_that_are_free_to_anybody_wait_for_the_first_entry_while_it_is_set() -> None:
    async def act(hall: Watched) -> None:
        await hall.evening(free=True)
        await hall.move()
        await hall.count()
        await hall.sleep_until(OPENS, 60)
        assert hall.alarm() == "set"
        assert not hall.unlocked()
        await hall.enter(STAFF)
        await asyncio.sleep(30)
        assert hall.alarm() == "unset"
        assert hall.unlocked()

    with_watched(act, watched(area(), door={"free_after_entry": True}))


def test_a_door_into_a_set_area_opens_only_if_the_command_also_unsets_the_area() -> None:
    async def act(hall: Watched) -> None:
        await hall.set_itself()
        await hall.order(hall.command())
        said = hall.results()[-1]
        assert (said.outcome, said.why) == (
            "refused",
            "the alarm of 'ground-floor' is set; unset it with the same command, or at the door",
        )
        assert not hall.unlocked()
        await hall.order(hall.command(args={"unset_alarm": True}))
        said = hall.results()[-1]
        assert (said.outcome, said.why) == ("done", "the alarm of 'ground-floor' unset and the door unlocked once")
        assert hall.unlocked()
        assert hall.changes()[-1] == ("unset", "command")

    with_watched(act)


@pytest.mark.parametrize("phase", ["unset", "warning", "set", "triggered"])
def test_the_way_out_is_free_in_every_state_of_the_alarm(phase: str) -> None:
    async def act(hall: Watched) -> None:
        await hall.used()
        await hall.sleep_until(CLOSES, {"unset": -60, "warning": 30}.get(phase, 300))
        if phase == "triggered":
            await hall.move()
        assert hall.alarm() == phase
        await hall.drive(REX, False)
        await asyncio.sleep(0.1)
        assert hall.outputs[STRIKE][-1]

    with_watched(act)


def test_an_area_without_counters_relies_on_movement() -> None:
    async def act(hall: Watched) -> None:
        await hall.evening()
        await hall.move()
        await hall.leave(seen=False)
        await night(hall)
        assert hall.alarm() == "set"
        assert hall.state(AREA).values["inside"] is None

    with_watched(act, watched(area(counters=())))


def test_what_is_kept_names_what_it_must() -> None:
    disk = MemoryDisk()

    async def act(hall: Watched) -> None:
        await hall.set_itself()
        data = disk.read(FILE)
        assert data is not None
        kept = decode(data, StoredArea)
        assert (kept.set, kept.unseen) == (True, {"hall-pir": 0})

    with_watched(act, disk=disk)


def test_outputs_are_off_when_the_agent_stops() -> None:
    async def act(hall: Watched) -> None:
        await hall.set_itself()
        await hall.move()
        assert hall.on(SIREN)
        await hall.stop()
        assert not any(hall.on(pin) for pin in (SIREN, STROBE, WARNING, SET))

    with_watched(act)
