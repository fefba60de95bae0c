"""Contacts, buttons, sensors and beams that cannot be right: told once, as a fault of the door, with the hint in the
self-test; the door keeps working, and people inside get out."""

import asyncio
from collections.abc import Awaitable, Callable

import msgspec
import pytest

from edge.doors.door_contact import PASSAGES, SHUT_S
from edge.doors.door_io import STUCK_S
from edge.sensors.beam_counter_and_pir import MOVES_ON_S
from edge.sensors.day_balance import LEAST
from edge.sensors.debounced_input import CALM_S, MOST
from edge.sensors.footfall import ALONE, BLOCKED_S, UNSEEN
from edge.system.pinout import InputPin
from edge.wire.events import DoorChange, FaultData, FireData, FootfallData
from edge.wire.faults import FaultCode
from edge.wire.messages import ResultCode
from tests.edge.hall import CONTACT, DOOR, INNER, OUTER, PIR, REX, Hall, config
from tests.edge.lobby import (
    CODE,
    GLASS,
    INNER_CONTACT,
    LOOP,
    SECOND,
    SENSOR,
    STAFF,
    Lobby,
    front,
    lobby,
    with_lobby,
)
from tests.edge.watched import CLOSES, Watched, with_watched

WIRED = lobby(
    front(lock_sensor=InputPin(pin=SENSOR), break_glass=InputPin(pin=GLASS), second_contact=InputPin(pin=SECOND))
)
COUNTED = msgspec.structs.replace(WIRED, counters=config().counters, motion=config().motion)
CLEAR = {OUTER: True, INNER: True}
LONGER = 0.5


async def chatter(hall: Hall, pin: int, every_s: float, for_s: float) -> None:
    """Let a pin's level change all the time, and end as it began."""
    rest = hall.levels[pin]
    for number in range(2 * round(for_s / every_s / 2)):
        hall.factory.drive(pin, rest if number % 2 else not rest, hall.clock.monotonic())
        await asyncio.sleep(every_s)


def told(hall: Lobby, what: str) -> list[bool]:
    return [present for said, present in hall.faults() if said == what]


async def looked(hall: Lobby) -> str:
    """What the self-test says."""
    before = len(hall.results())
    await hall.order(hall.command("self_test"))
    await hall.until(lambda: len(hall.results()) > before)
    return hall.results()[-1].why or ""


@pytest.mark.parametrize(("every_s", "for_s"), [(0.025, 180.0), (0.005, 60.0), (0.0005, 12.0), (0.2, 180.0)])
def test_a_chattering_contact_is_one_fault_and_its_door_keeps_working(every_s: float, for_s: float) -> None:
    async def act(hall: Lobby) -> None:
        await hall.plan_for()
        chattering = asyncio.create_task(chatter(hall, CONTACT, every_s, for_s))
        await hall.until(lambda: told(hall, "input_chatters:contact") == [True])
        found = len(hall.recorded)
        # Opened and closed, forced and cleared.
        assert found <= 4 * MOST + 10
        await hall.until(lambda: hall.state(DOOR).values["contact"] == "unknown")
        assert hall.state(DOOR).values["alarm"] is None
        await hall.enter(CODE)
        assert hall.outer_open()
        await chattering
        assert not hall.outer_open()
        assert [event for event in hall.recorded[found:] if event.kind == "fault"] == []
        assert len(hall.recorded) <= found + 6
        await asyncio.sleep(CALM_S + LONGER)
        assert told(hall, "input_chatters:contact") == [True, False]
        assert (hall.state(DOOR).values["contact"], hall.state(DOOR).values["fault"]) == ("closed", None)
        before = len(hall.changes())
        await hall.drive(CONTACT, True)
        await asyncio.sleep(0.1)
        assert hall.changes()[before:] == [DoorChange.OPENED, DoorChange.FORCED]

    with_lobby(act, lobby())


def test_a_door_found_open_after_its_contact_chattered_was_not_seen_being_forced() -> None:
    async def act(hall: Lobby) -> None:
        await hall.plan_for()
        await chatter(hall, CONTACT, 0.005, 5.0)
        before = len(hall.changes())
        await hall.drive(CONTACT, True)
        await asyncio.sleep(CALM_S + LONGER)
        assert hall.changes()[before:] == [DoorChange.OPENED]

    with_lobby(act, lobby())


def test_a_forced_door_whose_contact_then_chatters_is_forced_again_when_it_is_found_open() -> None:
    async def act(hall: Lobby) -> None:
        await hall.plan_for()
        await hall.drive(CONTACT, True)
        await asyncio.sleep(1)
        assert hall.state(DOOR).values["alarm"] == "forced"
        await chatter(hall, CONTACT, 0.005, 5.0)
        await asyncio.sleep(1)
        assert (hall.state(DOOR).values["contact"], hall.state(DOOR).values["alarm"]) == ("unknown", None)
        await asyncio.sleep(CALM_S + LONGER)
        assert (hall.state(DOOR).values["contact"], hall.state(DOOR).values["alarm"]) == ("open", "forced")
        assert DoorChange.CLEARED not in hall.changes()
        await hall.drive(CONTACT, False)
        await asyncio.sleep(1)
        assert hall.changes()[-1] == DoorChange.CLEARED

    with_lobby(act, lobby())


def test_a_chattering_exit_button_releases_the_door_and_is_reported_once() -> None:
    async def act(hall: Lobby) -> None:
        await hall.plan_for()
        chattering = asyncio.create_task(chatter(hall, REX, 0.025, 60.0))
        await hall.until(lambda: told(hall, "input_chatters:exit_button") == [True])
        exits = hall.changes().count(DoorChange.EXIT)
        assert exits <= MOST
        await chattering
        assert hall.outer_open()
        assert hall.changes().count(DoorChange.EXIT) <= exits + 1
        await asyncio.sleep(CALM_S + 6)
        assert not hall.outer_open()
        assert told(hall, "input_chatters:exit_button") == [True, False]

    with_lobby(act, lobby())


def test_a_constantly_changing_fire_line_counts_as_fire_and_is_reported_once() -> None:
    async def act(hall: Lobby) -> None:
        await hall.plan_for()
        await chatter(hall, LOOP, 0.005, 10.0)
        assert hall.outer_open()
        assert [data.change.value for data in hall.data(FireData)] == ["active"]
        await asyncio.sleep(CALM_S + LONGER)
        assert hall.fire() == ["active", "latched"]
        assert told(hall, "input_chatters:fire_line") == [True, False]

    with_lobby(act, lobby(front(fire="release")))


def test_a_chattering_lock_sensor_is_not_used() -> None:
    async def act(hall: Lobby) -> None:
        await hall.plan_for()
        await chatter(hall, SENSOR, 0.025, 30.0)
        assert hall.faults() == [("input_chatters:lock_sensor", True)]

    with_lobby(act, WIRED)


def test_a_lock_is_not_engaged_on_a_door_not_known_to_be_shut() -> None:
    async def act(hall: Lobby) -> None:
        await hall.plan_for()
        await chatter(hall, CONTACT, 0.005, 5.0)
        await hall.drive(SENSOR, True)
        await asyncio.sleep(10)
        assert hall.faults() == [("input_chatters:contact", True)]
        await asyncio.sleep(CALM_S)
        assert told(hall, FaultCode.LOCK_NOT_LOCKED) == [True]

    with_lobby(act, WIRED)


def test_the_second_door_of_a_lobby_waits_for_a_first_door_of_unknown_state() -> None:
    async def act(hall: Lobby) -> None:
        await hall.plan_for()
        await chatter(hall, INNER_CONTACT, 0.005, 5.0)
        await hall.enter(CODE)
        assert not hall.outer_open()
        await hall.drive(REX, False)
        await asyncio.sleep(0.1)
        assert hall.outer_open()

    with_lobby(act, lobby(front(interlock="lobby"), interlock="lobby"))


def test_an_engaged_lock_on_an_open_door_is_a_contradiction_until_one_of_them_changes() -> None:
    async def act(hall: Lobby) -> None:
        await hall.plan_for()
        await hall.drive(CONTACT, True)
        await asyncio.sleep(4)
        assert told(hall, FaultCode.LOCK_SENSOR_CONTRADICTS) == [True]
        await hall.drive(CONTACT, False)
        await asyncio.sleep(4)
        assert told(hall, FaultCode.LOCK_SENSOR_CONTRADICTS) == [True, False]

    with_lobby(act, WIRED)


def test_people_passing_a_door_reported_shut_show_that_its_contact_is_stuck() -> None:
    async def act(hall: Lobby) -> None:
        await hall.plan_for()
        await asyncio.sleep(SHUT_S)
        for number in range(PASSAGES):
            assert told(hall, FaultCode.CONTACT_NEVER_OPEN) == []
            await hall.walk(*((OUTER, INNER) if number % 2 else (INNER, OUTER)))
            await asyncio.sleep(1)
        assert told(hall, FaultCode.CONTACT_NEVER_OPEN) == [True]
        assert hall.state(DOOR).values["fault"] == FaultCode.CONTACT_NEVER_OPEN
        await hall.open_door()
        assert told(hall, FaultCode.CONTACT_NEVER_OPEN) == [True, False]

    with_lobby(act, COUNTED, levels=CLEAR)


def test_passing_while_the_door_is_open_or_just_shut_proves_nothing() -> None:
    async def act(hall: Lobby) -> None:
        await hall.plan_for()
        for _ in range(3 * PASSAGES):
            await hall.drive(CONTACT, True)
            await asyncio.sleep(0.5)
            await hall.walk(OUTER, INNER)
            await hall.drive(CONTACT, False)
            await hall.walk(OUTER, INNER)
            await asyncio.sleep(10)
        assert hall.faults() == []

    with_lobby(act, COUNTED, levels=CLEAR)


@pytest.mark.parametrize(
    "opened",
    [pytest.param(0, id="those who pass as it has just shut"), pytest.param(2, id="those before it was opened")],
)
def test_some_people_passing_a_shut_door_do_not_count(opened: int) -> None:
    async def act(hall: Lobby) -> None:
        await hall.plan_for()
        await asyncio.sleep(SHUT_S)
        for number in range(PASSAGES):
            if number == opened:
                await hall.drive(CONTACT, True)
                await asyncio.sleep(0.5)
                await hall.drive(CONTACT, False)
                await asyncio.sleep(2 * SHUT_S if opened else 0.1)
            await hall.walk(OUTER, INNER)
        assert len(hall.data(FootfallData)) == PASSAGES
        assert told(hall, FaultCode.CONTACT_NEVER_OPEN) == []

    with_lobby(act, COUNTED, levels=CLEAR)


def test_a_dead_beam_is_reported_and_invents_no_person() -> None:
    async def act(hall: Lobby) -> None:
        await hall.plan_for()
        await hall.drive(CONTACT, True)
        for _ in range(2 * ALONE):
            await hall.drive(OUTER, False)
            await asyncio.sleep(0.3)
            await hall.drive(OUTER, True)
            await asyncio.sleep(2)
        assert told(hall, "beam_dead:inner") == [True]
        counted = hall.data(FootfallData)
        assert sum(data.ins + data.outs for data in counted) == 0
        assert len(counted) == ALONE - 1
        assert hall.state("front-beams").values["fault"] == "beam_dead:inner"
        await hall.walk(OUTER, INNER)
        await asyncio.sleep(1)
        assert hall.data(FootfallData)[-1].total_ins == 1
        assert told(hall, "beam_dead:inner") == [True, False]

    with_lobby(act, COUNTED, levels=CLEAR)


def test_a_blocked_beam_says_since_when_nobody_was_counted() -> None:
    async def act(hall: Lobby) -> None:
        began = hall.clock.now()
        await hall.drive(OUTER, False)
        await asyncio.sleep(BLOCKED_S + 1)
        (fault,) = hall.data(FaultData)
        assert fault.since is not None
        assert abs((fault.since - began).total_seconds()) < 1
        since = hall.state("front-beams").values["not_counting_since"]
        assert since == fault.since.isoformat()
        await hall.drive(OUTER, True)
        await asyncio.sleep(1)
        assert hall.state("front-beams").values["not_counting_since"] is None

    with_lobby(act, COUNTED, levels=CLEAR)


def test_a_door_that_is_opened_again_and_again_without_a_break_has_beams_without_power() -> None:
    async def act(hall: Lobby) -> None:
        await hall.plan_for()
        for number in range(2 * UNSEEN):
            assert told(hall, "beams_silent") == [True] * (number >= UNSEEN)
            await hall.drive(CONTACT, True)
            await asyncio.sleep(4)
            await hall.drive(CONTACT, False)
            await asyncio.sleep(4)
        assert hall.state("front-beams").values["fault"] == "beams_silent"
        await hall.walk(OUTER, INNER)
        await asyncio.sleep(1)
        assert told(hall, "beams_silent") == [True, False]
        assert hall.data(FootfallData)[-1].total_ins == 1

    with_lobby(act, COUNTED, levels=CLEAR)


@pytest.mark.cases_full
def test_swapped_beams_are_reported_the_morning_after_and_counts_stay_as_they_are() -> None:
    async def a_day(hall: Lobby, outer: int, inner: int) -> None:
        for first, second in ((outer, inner), (inner, outer)):
            for _ in range(2 * LEAST):
                await hall.walk(first, second)
        await asyncio.sleep(24 * 3600 - hall.clock.monotonic() % 3600)

    async def act(hall: Lobby) -> None:
        await hall.plan_for()
        await hall.drive(CONTACT, True)
        await a_day(hall, INNER, OUTER)
        assert told(hall, "beams_swapped") == [True]
        assert hall.state("front-beams").values["total_outs"] == 2 * LEAST
        assert hall.state("front-beams").values["not_counting_since"] is None
        await a_day(hall, OUTER, INNER)
        assert told(hall, "beams_swapped") == [True, False]

    with_lobby(act, COUNTED, levels=CLEAR)


@pytest.mark.cases_full
def test_a_pir_that_never_rests_counts_as_stuck_until_it_does() -> None:
    async def act(hall: Lobby) -> None:
        await hall.drive(PIR, True)
        await asyncio.sleep(MOVES_ON_S - 60)
        assert told(hall, FaultCode.PIR_STUCK) == []
        await asyncio.sleep(120)
        assert told(hall, FaultCode.PIR_STUCK) == [True]
        await hall.drive(PIR, False)
        assert told(hall, FaultCode.PIR_STUCK) == [True, False]

    with_lobby(act, COUNTED, levels=CLEAR)


# Alarm


@pytest.mark.cases_full
def test_an_alarm_never_sets_while_a_door_may_be_open_and_gives_that_reason() -> None:
    async def act(hall: Watched) -> None:
        await hall.used()
        await hall.sleep_until(CLOSES, -60)
        chattering = asyncio.create_task(chatter(hall, CONTACT, 0.2, 3600))
        await hall.sleep_until(CLOSES, 3000)
        assert hall.changes() == [("withheld", "the contact of Front door is unreliable, so it may be open")]
        assert hall.alarm() == "unset"
        await chattering

    with_watched(act)


@pytest.mark.parametrize(
    ("every_s", "for_s", "why"),
    [
        pytest.param(0.2, 1200.0, "Front door opened", id="loose"),
        pytest.param(
            0.005,
            5.0,
            "the contact of Front door is unreliable, so it may be open",
            id="never open for long enough to count",
        ),
    ],
)
def test_a_contact_chattering_while_the_alarm_is_set_triggers_it_once_and_a_code_still_unsets_it(
    every_s: float, for_s: float, why: str
) -> None:
    async def act(hall: Watched) -> None:
        await hall.set_itself()
        before = len(hall.changes())
        chattering = asyncio.create_task(chatter(hall, CONTACT, every_s, for_s))
        await asyncio.sleep(1100)
        assert [change for change, _ in hall.changes()[before:]] == ["triggered", "silenced"]
        assert hall.changes()[before][1] == why
        await hall.enter(STAFF)
        assert hall.alarm() == "unset"
        chattering.cancel()

    with_watched(act)


# What the self-test says


async def _glass(hall: Lobby) -> None:
    await hall.drive(GLASS, True)
    await asyncio.sleep(0.1)


async def _pressed(hall: Lobby) -> None:
    await hall.drive(REX, False)
    await asyncio.sleep(STUCK_S + 1)


async def _contradiction(hall: Lobby) -> None:
    await hall.drive(CONTACT, True)
    await asyncio.sleep(0.1)


async def _welded(hall: Lobby) -> None:
    await hall.drive(SENSOR, True)
    await asyncio.sleep(0.1)


async def _held(hall: Lobby) -> None:
    await hall.drive(SENSOR, True)
    await hall.drive(CONTACT, True)
    await asyncio.sleep(10)


async def _standing(hall: Lobby) -> None:
    await hall.enter(CODE)
    await hall.drive(SENSOR, True)
    await hall.drive(CONTACT, True)
    await asyncio.sleep(120)


async def _shut(hall: Lobby) -> None:
    await asyncio.sleep(SHUT_S)
    for _ in range(PASSAGES):
        await hall.walk(OUTER, INNER)
        await asyncio.sleep(1)


async def _blocked(hall: Lobby) -> None:
    await hall.drive(OUTER, False)
    await asyncio.sleep(121)


async def _loose(hall: Lobby) -> None:
    await chatter(hall, SECOND, 0.025, 5)


@pytest.mark.parametrize(
    ("break_it", "words"),
    [
        (_glass, f"{DOOR}: its break-glass unit or the unit's wire is broken (replace the glass"),
        (_pressed, f"{DOOR}: the exit button is stuck (free the button"),
        (_contradiction, f"{DOOR}: the lock sensor says locked while the contact says open (one of the two"),
        (_welded, f"{DOOR}: the lock does not hold (check whether the relay is stuck"),
        (_held, f"{DOOR}: it was forced open (go there"),
        (_standing, f"{DOOR}: it is held open (close the door; if it is closed"),
        (_shut, f"{DOOR}: the contact says closed while people pass (look for a short"),
        (_blocked, "front-beams: the outer beam is blocked (remove the obstacle"),
        (_loose, f"{DOOR}: the second contact chatters (look for a loose wire"),
    ],
)
def test_a_self_test_names_the_door_of_an_impossible_state_and_the_remedy(
    break_it: Callable[[Lobby], Awaitable[None]], words: str
) -> None:
    async def act(hall: Lobby) -> None:
        await hall.plan_for()
        assert (await looked(hall)).startswith("all is well")
        await break_it(hall)
        said = await looked(hall)
        assert hall.results()[-1].code == ResultCode.FAULTS_FOUND
        assert words in said
        assert said.count(words) == 1

    with_lobby(act, COUNTED, levels=CLEAR)
