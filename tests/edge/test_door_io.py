"""A door on its pins, under the whole agent: locks of every kind, faults, double doors, two doors in a row."""

import asyncio

import msgspec
import pytest

from edge.doors.config import DoorConfig
from edge.doors.interlock import WAIT_S
from edge.doors.lock_output import SETTLE_S
from edge.system.pinout import InputPin, OutputPin
from edge.wire.access_decision import Reason
from edge.wire.credentials import CredentialKind
from edge.wire.faults import FaultCode
from edge.wire.interval import Interval
from edge.wire.plan import DoorSpan, Override, OverrideKind
from tests.edge.hall import CONTACT, DOOR, REX, STRIKE
from tests.edge.lobby import (
    BUZZER,
    CODE,
    EVENING,
    GLASS,
    GREEN,
    INNER_CONTACT,
    INNER_DOOR,
    INNER_REX,
    LOOP,
    RED,
    SECOND,
    SENSOR,
    STAFF,
    Lobby,
    front,
    lobby,
    opening,
    spans,
    with_lobby,
)

NIGHT = Interval(start=EVENING[0], end=EVENING[1])
FREE = DoorSpan(during=NIGHT, free=True)
STRIKE_LOCK = front()
SAFE_STRIKE = front(fail="safe")
MAGNET = front(lock="maglock")
HOLDING_MAGNET = front(lock="maglock", feed="closed")
HOLDING_STRIKE = front(fail="safe", feed="closed")
LOCKS = [STRIKE_LOCK, SAFE_STRIKE, HOLDING_STRIKE, MAGNET, HOLDING_MAGNET]


def names(door: DoorConfig) -> str:
    return f"{door.lock}-{'safe' if door.fails_safe else 'secure'}-{door.feed}"


@pytest.mark.parametrize("door", LOCKS, ids=names)
@pytest.mark.parametrize("active_high", [True, False])
def test_the_relay_is_off_before_and_after_and_moves_as_the_lock_needs(door: DoorConfig, active_high: bool) -> None:
    released, locked = door.energised(True), door.energised(False)
    off, relay = not active_high, OutputPin(pin=STRIKE, active_high=active_high)

    async def act(hall: Lobby) -> None:
        assert hall.outputs[STRIKE][0] is off
        await hall.plan_for()
        assert hall.level(STRIKE) is (locked is active_high)
        await hall.enter(CODE)
        assert hall.level(STRIKE) is (released is active_high)
        await asyncio.sleep(6)
        assert hall.level(STRIKE) is (locked is active_high)
        driven = list(hall.outputs[STRIKE])
        # Nothing but one way and back: no click on the way.
        assert driven == [off] + [locked is active_high] * (len(driven) - 3) + [
            released is active_high,
            locked is active_high,
        ]
        await hall.stop()
        # Off as the last thing driven, where it was on; a pin that becomes an input reads as low.
        assert hall.outputs[STRIKE][len(driven) :] == ([False] if driven[-1] is off else [off, False])
        assert hall.factory.pin(STRIKE).function == "input"

    changed = front(lock=door.lock, fail=door.fail, feed=door.feed, relay=relay)
    with_lobby(act, lobby(changed))


@pytest.mark.parametrize("door", LOCKS, ids=names)
def test_the_button_releases_every_lock_without_plan_or_time(door: DoorConfig) -> None:
    async def act(hall: Lobby) -> None:
        await hall.drive(REX, False)
        await asyncio.sleep(0.1)
        assert hall.level(STRIKE) is door.energised(True)
        await hall.drive(REX, True)
        await asyncio.sleep(6)
        assert hall.level(STRIKE) is door.energised(False)

    with_lobby(act, lobby(door), synchronised=False)


@pytest.mark.parametrize("door", [SAFE_STRIKE, MAGNET], ids=names)
def test_a_lock_that_must_stay_released_never_locks_at_a_start(door: DoorConfig) -> None:
    async def act(hall: Lobby) -> None:
        assert set(hall.outputs[STRIKE]) == {door.energised(True)}

    with_lobby(act, lobby(door), levels={REX: False})
    with_lobby(act, lobby(door), levels={LOOP: True})


def test_broken_glass_releases_is_reported_and_ends_when_repaired() -> None:
    async def act(hall: Lobby) -> None:
        await hall.drive(GLASS, True)
        await asyncio.sleep(0.1)
        assert hall.outer_open()
        await hall.drive(CONTACT, True)
        await asyncio.sleep(500)
        await hall.drive(CONTACT, False)
        await asyncio.sleep(0.1)
        assert hall.state(DOOR).values["alarm"] == "glass"
        assert hall.outer_open()
        await hall.drive(GLASS, False)
        await asyncio.sleep(0.1)
        assert not hall.outer_open()
        assert hall.changes() == ["glass_broken", "unlocked", "opened", "closed", "glass_whole", "locked"]

    with_lobby(act, lobby(front(break_glass=InputPin(pin=GLASS))))


def test_no_other_alarm_hides_broken_glass() -> None:
    async def act(hall: Lobby) -> None:
        assert "glass" not in hall.state(DOOR).values
        await hall.drive(CONTACT, True)
        await asyncio.sleep(500)
        await hall.drive(GLASS, True)
        await asyncio.sleep(1)
        values = hall.state(DOOR).values
        assert values["alarm"] in ("held", "forced")
        assert values["glass"] is True

    with_lobby(act, lobby(front(break_glass=InputPin(pin=GLASS))))


# Lock sensor

SENSED = lobby(front(lock_sensor=InputPin(pin=SENSOR)))


def test_a_lock_that_does_not_release_is_a_fault_until_it_does() -> None:
    async def act(hall: Lobby) -> None:
        await hall.plan_for(spans(FREE))
        await asyncio.sleep(SETTLE_S + 0.5)
        assert hall.faults() == [(FaultCode.LOCK_NOT_RELEASED, True)]
        await hall.drive(SENSOR, True)
        await asyncio.sleep(SETTLE_S + 0.5)
        assert hall.faults()[-1] == (FaultCode.LOCK_NOT_RELEASED, False)

    with_lobby(act, SENSED)


def test_a_stuck_relay_leaves_a_lock_released_and_is_a_fault() -> None:
    async def act(hall: Lobby) -> None:
        await hall.plan_for()
        await hall.enter(CODE)
        await hall.drive(SENSOR, True)
        await asyncio.sleep(5 + SETTLE_S + 0.5)
        assert hall.faults() == [(FaultCode.LOCK_NOT_LOCKED, True)]
        await hall.drive(SENSOR, False)
        await asyncio.sleep(SETTLE_S + 0.5)
        assert hall.faults()[-1] == (FaultCode.LOCK_NOT_LOCKED, False)

    with_lobby(act, SENSED)


def test_a_lock_that_did_not_release_stays_a_fault_through_later_locking_until_seen_to_release() -> None:
    async def act(hall: Lobby) -> None:
        await hall.plan_for()
        await hall.enter(CODE)
        await asyncio.sleep(60)
        assert hall.faults() == [(FaultCode.LOCK_NOT_RELEASED, True)]
        await hall.enter(CODE)
        await hall.drive(SENSOR, True)
        await asyncio.sleep(SETTLE_S + 0.5)
        await hall.drive(SENSOR, False)
        assert hall.faults() == [(FaultCode.LOCK_NOT_RELEASED, True), (FaultCode.LOCK_NOT_RELEASED, False)]

    with_lobby(act, SENSED)


def test_an_obeying_lock_and_a_lock_on_an_open_door_are_not_faults() -> None:
    async def act(hall: Lobby) -> None:
        await hall.plan_for()
        for _ in range(2):
            await hall.enter(CODE)
            await hall.drive(SENSOR, True)
            await hall.drive(CONTACT, True)
            await asyncio.sleep(40)
            await hall.drive(CONTACT, False)
            await asyncio.sleep(SETTLE_S - 1)
            await hall.drive(SENSOR, False)
            await asyncio.sleep(SETTLE_S + 1)
        assert hall.faults() == []

    with_lobby(act, SENSED)


# Hours, people

PATIENT = lobby(front(free_after_entry=True))


def test_waiting_free_hours_start_with_the_first_valid_entry_and_end_on_their_own() -> None:
    async def act(hall: Lobby) -> None:
        await hall.plan_for(spans(FREE))
        assert not hall.outer_open()
        await hall.enter("000000")
        assert not hall.outer_open()
        await hall.enter(CODE)
        await asyncio.sleep(600)
        assert hall.outer_open()
        await asyncio.sleep(4 * 3600)
        assert not hall.outer_open()
        assert [reason for _, reason in hall.asked()] == [Reason.UNKNOWN, Reason.GRANTED]

    with_lobby(act, PATIENT)


def test_holding_a_door_open_delays_nobody() -> None:
    async def act(hall: Lobby) -> None:
        held = Override(door=DOOR, kind=OverrideKind.HOLD_OPEN, during=NIGHT)
        await hall.plan_for(overrides=(held,))
        assert hall.outer_open()

    with_lobby(act, PATIENT)


def test_people_who_need_longer_get_longer() -> None:
    async def act(hall: Lobby) -> None:
        await hall.plan_for(more=(opening("246810", CredentialKind.BOOKING_CODE, hold_s=30),))
        await hall.enter("246810")
        await asyncio.sleep(29)
        assert hall.outer_open()
        await hall.drive(CONTACT, True)
        await asyncio.sleep(60)
        assert "held" not in hall.changes()
        await asyncio.sleep(2)
        assert "held" in hall.changes()

    with_lobby(act, lobby())


def test_a_double_door_is_open_while_either_leaf_is_and_locks_when_both_are_shut() -> None:
    async def act(hall: Lobby) -> None:
        await hall.plan_for(more=(opening("246810", CredentialKind.BOOKING_CODE, hold_s=60),))
        await hall.enter("246810")
        for pin, shut, locked in (
            (CONTACT, False, False),
            (SECOND, False, False),
            (CONTACT, True, False),
            (SECOND, True, True),
        ):
            await hall.drive(pin, not shut)
            await asyncio.sleep(0.1)
            assert hall.outer_open() is not locked
        assert hall.changes() == ["unlocked", "opened", "closed", "locked"]

    with_lobby(act, lobby(front(second_contact=InputPin(pin=SECOND))))


def test_the_second_leaf_pulled_open_is_a_forced_door() -> None:
    async def act(hall: Lobby) -> None:
        await hall.drive(SECOND, True)
        await asyncio.sleep(0.1)
        assert hall.changes() == ["opened", "forced"]

    with_lobby(act, lobby(front(second_contact=InputPin(pin=SECOND))))


# Two doors in a row

AIRLOCK = lobby(front(interlock="lobby"), interlock="lobby")


async def come_in(hall: Lobby) -> None:
    """Enter through the outer door, which is open afterwards."""
    await hall.enter(CODE)
    await hall.drive(CONTACT, True)
    await asyncio.sleep(0.1)


def test_the_inner_door_waits_until_the_outer_one_is_shut_and_locked() -> None:
    async def act(hall: Lobby) -> None:
        await hall.plan_for()
        await come_in(hall)
        await hall.enter_inside(CODE)
        await asyncio.sleep(WAIT_S / 2)
        assert not hall.inner_open()
        await hall.drive(CONTACT, False)
        await asyncio.sleep(0.1)
        assert not hall.outer_open()
        assert hall.inner_open()
        assert hall.asked() == [(DOOR, Reason.GRANTED), (INNER_DOOR, Reason.GRANTED)]

    with_lobby(act, AIRLOCK)


def test_too_long_a_wait_is_refused_with_the_reason() -> None:
    async def act(hall: Lobby) -> None:
        await hall.plan_for()
        await come_in(hall)
        await hall.enter_inside(CODE)
        await asyncio.sleep(WAIT_S + 0.5)
        await hall.drive(CONTACT, False)
        await asyncio.sleep(1)
        assert not hall.inner_open()
        assert hall.asked()[-1] == (INNER_DOOR, Reason.INTERLOCK)

    with_lobby(act, AIRLOCK)


def test_a_new_request_replaces_the_waiting_one() -> None:
    async def act(hall: Lobby) -> None:
        await hall.plan_for()
        await come_in(hall)
        await hall.enter_inside(CODE)
        await hall.enter_inside(STAFF)
        await hall.drive(CONTACT, False)
        await asyncio.sleep(0.1)
        assert hall.asked()[1:] == [(INNER_DOOR, Reason.INTERLOCK), (INNER_DOOR, Reason.GRANTED)]

    with_lobby(act, AIRLOCK)


def test_a_credential_that_expired_during_a_wait_no_longer_opens() -> None:
    async def act(hall: Lobby) -> None:
        await hall.plan_for()
        await come_in(hall)
        await hall.enter_inside(CODE)
        down = Override(door=INNER_DOOR, kind=OverrideKind.LOCK_DOWN, during=NIGHT)
        await hall.plan_for(overrides=(down,))
        await hall.drive(CONTACT, False)
        await asyncio.sleep(0.1)
        assert not hall.inner_open()
        assert hall.asked()[-1] == (INNER_DOOR, Reason.LOCK_DOWN)

    with_lobby(act, AIRLOCK)


@pytest.mark.parametrize(("rex", "relay"), [(REX, "outer"), (INNER_REX, "inner")])
def test_a_person_in_the_lobby_gets_out_by_either_door(rex: int, relay: str) -> None:
    async def act(hall: Lobby) -> None:
        await hall.plan_for()
        await come_in(hall)
        if relay == "outer":
            await hall.drive(INNER_CONTACT, True)
            await hall.drive(CONTACT, False)
            await asyncio.sleep(0.1)
            assert not hall.outer_open()
        await hall.drive(rex, False)
        await asyncio.sleep(0.1)
        assert hall.outer_open() if relay == "outer" else hall.inner_open()

    with_lobby(act, AIRLOCK)


def test_a_request_from_inside_is_on_the_way_out_and_waits_for_no_other_door() -> None:
    keypad = msgspec.structs.replace(AIRLOCK.readers[1], side="inside")

    async def act(hall: Lobby) -> None:
        await hall.plan_for()
        await come_in(hall)
        await hall.enter_inside(CODE)
        assert hall.inner_open()

    with_lobby(act, msgspec.structs.replace(AIRLOCK, readers=(AIRLOCK.readers[0], keypad)))


def test_a_command_is_refused_while_the_other_door_is_open() -> None:
    async def act(hall: Lobby) -> None:
        await hall.plan_for()
        await hall.drive(INNER_CONTACT, True)
        await asyncio.sleep(0.1)
        await hall.order(hall.command())
        assert not hall.outer_open()
        result = hall.results()[-1]
        assert result.outcome == "refused"
        assert result.why is not None
        assert "another door" in result.why

    with_lobby(act, AIRLOCK)


def test_a_free_door_locks_while_somebody_comes_in_at_the_other_and_is_free_again_after() -> None:
    async def act(hall: Lobby) -> None:
        await hall.plan_for(spans(FREE))
        assert hall.outer_open()
        await hall.enter_inside(CODE)
        assert hall.inner_open()
        assert not hall.outer_open()
        await hall.drive(INNER_CONTACT, True)
        await asyncio.sleep(1)
        await hall.drive(INNER_CONTACT, False)
        await asyncio.sleep(0.1)
        assert hall.outer_open()
        assert not hall.inner_open()

    with_lobby(act, AIRLOCK)


def test_a_door_whose_bolt_has_not_dropped_yet_makes_the_other_door_wait() -> None:
    async def act(hall: Lobby) -> None:
        await hall.plan_for(spans(FREE))
        await hall.drive(SENSOR, True)
        await hall.enter_inside(CODE)
        assert not hall.outer_open()
        assert not hall.inner_open()
        await hall.drive(SENSOR, False)
        await asyncio.sleep(0.1)
        assert hall.inner_open()

    with_lobby(act, lobby(front(interlock="lobby", lock_sensor=InputPin(pin=SENSOR)), interlock="lobby"))


def test_fire_knows_no_interlock() -> None:
    async def act(hall: Lobby) -> None:
        await hall.plan_for()
        await come_in(hall)
        await hall.enter_inside(CODE)
        await hall.drive(LOOP, True)
        await asyncio.sleep(0.1)
        assert hall.outer_open()
        assert hall.inner_open()

    with_lobby(act, lobby(front(interlock="lobby", fire="release"), interlock="lobby"))


def test_in_a_fire_no_free_door_locks_because_people_leave_by_the_other() -> None:
    async def act(hall: Lobby) -> None:
        await hall.plan_for(spans(FREE))
        await hall.drive(LOOP, True)
        await hall.drive(INNER_CONTACT, True)
        await asyncio.sleep(0.1)
        assert hall.outer_open()

    with_lobby(act, AIRLOCK)


# What people are told

TELLING = front(buzzer=OutputPin(pin=BUZZER), green=OutputPin(pin=GREEN), red=OutputPin(pin=RED))


def beeps(hall: Lobby) -> int:
    return sum(level for level in hall.outputs[BUZZER])


def test_a_door_reports_whether_it_opens() -> None:
    async def act(hall: Lobby) -> None:
        await hall.plan_for()
        await hall.enter(STAFF)
        assert (hall.level(GREEN), hall.level(RED), beeps(hall)) == (True, False, 1)
        await asyncio.sleep(10)
        assert not any(hall.level(pin) for pin in (BUZZER, GREEN, RED))
        hall.outputs[BUZZER].clear()
        await hall.enter("000000")
        await asyncio.sleep(1)
        assert (hall.level(GREEN), hall.level(RED), beeps(hall)) == (False, True, 3)

    with_lobby(act, lobby(TELLING))


def test_a_problem_is_reported_until_it_is_over() -> None:
    async def act(hall: Lobby) -> None:
        await hall.drive(CONTACT, True)
        await asyncio.sleep(60)
        assert 100 < beeps(hall) < 140
        await hall.drive(CONTACT, False)
        await asyncio.sleep(0.1)
        hall.outputs[BUZZER].clear()
        await asyncio.sleep(60)
        assert hall.outputs[BUZZER] == []

    with_lobby(act, lobby(TELLING))


def test_nothing_beeps_when_the_agent_has_stopped() -> None:
    async def act(hall: Lobby) -> None:
        await hall.drive(CONTACT, True)
        await asyncio.sleep(0.1)
        assert hall.level(BUZZER)
        await hall.stop()
        assert not hall.level(BUZZER)

    with_lobby(act, lobby(TELLING))
