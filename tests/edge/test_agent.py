"""The agent as a whole, at the door and on the line."""

import asyncio
from datetime import timedelta

import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from edge.clock.clock_trust import ClockFloor
from edge.errors import RestartWanted, TaskDied
from edge.system.persisted_state import PersistedState, earlier_runs
from edge.wire.access_decision import ClockTrust, Reason
from edge.wire.codec import decode, encode
from edge.wire.envelope import Purpose, Signer
from edge.wire.event_batch import Ack
from edge.wire.events import (
    AccessData,
    BootData,
    DoorChange,
    DoorData,
    EarlierRun,
    FaultData,
    FootfallData,
    MotionData,
    OutageData,
    PlanData,
)
from edge.wire.faults import FaultCode
from edge.wire.interval import Interval
from edge.wire.messages import Hello
from edge.wire.plan import DoorSpan, GrantsPart, HoursPart
from tests.edge.disk import MemoryDisk
from tests.edge.hall import (
    BOOKING,
    CONTACT,
    D1,
    DOOR,
    EDGE,
    INNER,
    OUTER,
    PIR,
    REX,
    SITE,
    ZERO,
    Hall,
    config,
    grant,
    hours,
    run,
    with_hall,
)
from tests.virtual_time import VirtualClock

CODE = "482913"
WINDOW = (ZERO, ZERO + timedelta(hours=4))


def changes(hall: Hall) -> list[DoorChange]:
    return [data.change for data in hall.data(DoorData)]


def test_a_code_opens_its_door_and_the_door_locks_again_after_the_entry() -> None:
    async def act(hall: Hall) -> None:
        await hall.send_codes(1, grant(CODE, *WINDOW))
        await hall.enter(CODE)
        assert hall.unlocked()
        await hall.open_door()
        assert not hall.unlocked()
        access = hall.data(AccessData)
        assert [(one.granted, one.reason, one.booking) for one in access] == [(True, Reason.GRANTED, BOOKING)]
        assert changes(hall) == [DoorChange.UNLOCKED, DoorChange.OPENED, DoorChange.CLOSED, DoorChange.LOCKED]
        await asyncio.sleep(2)
        told = {"contact": "closed", "lock": "locked", "alarm": None, "fault": None, "mode": "code"}
        told |= {"codes_wait_until": None, "interlock": None}
        assert hall.state(DOOR).values == told

    with_hall(act)


def test_the_relay_moves_before_the_event_is_recorded() -> None:
    async def main(clock: VirtualClock) -> None:
        hall = Hall(clock)
        seen: list[tuple[str, bool]] = []
        hall.watch = lambda event: seen.append((event.kind, hall.unlocked()))
        await hall.start()
        await hall.send_codes(1, grant(CODE, *WINDOW))
        await hall.enter(CODE)
        assert ("access", True) in seen
        await hall.close()

    run(main)


def test_a_wrong_code_opens_nothing_and_appears_in_no_event() -> None:
    async def act(hall: Hall) -> None:
        await hall.send_codes(1, grant(CODE, *WINDOW))
        await hall.enter("111222")
        assert not hall.unlocked()
        assert [one.reason for one in hall.data(AccessData)] == [Reason.UNKNOWN]
        await asyncio.sleep(2)
        assert hall.status().health["wrong_codes"] == 1
        assert not any(b"111222" in bytes(event.data) for event in hall.recorded)
        assert not any(b"111222" in message.payload for message in hall.heard)

    with_hall(act)


def test_a_pause_of_ten_seconds_restarts_the_code() -> None:
    async def act(hall: Hall) -> None:
        await hall.send_codes(1, grant(CODE, *WINDOW))
        await hall.enter("482")
        await asyncio.sleep(11)
        await hall.enter("913")
        assert hall.data(AccessData) == []
        await asyncio.sleep(11)
        await hall.enter(CODE)
        assert hall.unlocked()

    with_hall(act)


def test_nobody_enters_after_the_hold_time_of_the_strike() -> None:
    async def act(hall: Hall) -> None:
        await hall.send_codes(1, grant(CODE, *WINDOW))
        await hall.enter(CODE)
        await asyncio.sleep(5.5)
        assert not hall.unlocked()
        await hall.drive(CONTACT, True)
        await asyncio.sleep(1)
        assert changes(hall)[-2:] == [DoorChange.LOCKED, DoorChange.OPENED]
        await hall.drive(CONTACT, False)
        await asyncio.sleep(2)
        await hall.drive(CONTACT, True)
        await asyncio.sleep(0.1)
        assert changes(hall)[-1] is DoorChange.FORCED

    with_hall(act)


def test_the_exit_button_releases_without_plan_network_or_trusted_time() -> None:
    async def act(hall: Hall) -> None:
        hall.broker.kill()
        await hall.drive(REX, False)
        await asyncio.sleep(0.05)
        assert hall.unlocked()
        await hall.drive(REX, True)
        await asyncio.sleep(4)
        assert hall.unlocked()
        await asyncio.sleep(2)
        assert not hall.unlocked()

    with_hall(act, synchronised=False)


def test_a_door_opened_without_a_grant_is_forced_until_it_closes() -> None:
    async def act(hall: Hall) -> None:
        await hall.drive(CONTACT, True)
        await asyncio.sleep(2)
        assert hall.state(DOOR).values["alarm"] == "forced"
        await hall.drive(CONTACT, False)
        await asyncio.sleep(2)
        assert hall.state(DOOR).values["alarm"] is None
        assert changes(hall) == [DoorChange.OPENED, DoorChange.FORCED, DoorChange.CLOSED, DoorChange.CLEARED]

    with_hall(act)


def test_a_door_left_open_is_held_after_its_time() -> None:
    async def act(hall: Hall) -> None:
        await hall.send_plan(1, hours(held_after_s=30), GrantsPart(grants=(grant(CODE, *WINDOW),)))
        await hall.enter(CODE)
        await hall.drive(CONTACT, True)
        await asyncio.sleep(5 + 29)
        assert DoorChange.HELD not in changes(hall)
        await asyncio.sleep(2)
        assert changes(hall)[-1] is DoorChange.HELD

    with_hall(act)


def test_a_bouncing_contact_counts_as_one_opening() -> None:
    async def act(hall: Hall) -> None:
        await hall.drive(REX, False)
        await asyncio.sleep(0.1)
        for _ in range(4):
            await hall.drive(CONTACT, True)
            await asyncio.sleep(0.004)
            await hall.drive(CONTACT, False)
            await asyncio.sleep(0.004)
        await hall.drive(CONTACT, True)
        await asyncio.sleep(0.1)
        assert changes(hall).count(DoorChange.OPENED) == 1

    with_hall(act)


def test_a_door_is_unlocked_exactly_while_the_plan_says_so() -> None:
    opens, closes = ZERO + timedelta(hours=1), ZERO + timedelta(hours=2)

    async def act(hall: Hall) -> None:
        await hall.send_plan(1, hours(DoorSpan(during=Interval(start=opens, end=closes), free=True)))
        unlocked_at = locked_at = None
        while hall.clock.now() < closes + timedelta(minutes=1):
            if hall.unlocked() and unlocked_at is None:
                unlocked_at = hall.clock.now()
            if unlocked_at and not hall.unlocked() and locked_at is None:
                locked_at = hall.clock.now()
            await asyncio.sleep(0.5)
        assert unlocked_at is not None
        assert locked_at is not None
        assert timedelta() <= unlocked_at - opens < timedelta(seconds=1)
        assert timedelta() <= locked_at - closes < timedelta(seconds=1)

    with_hall(act)


def test_the_last_plan_is_used_after_a_start_with_no_network_at_all() -> None:
    async def act(hall: Hall) -> None:
        await hall.send_codes(7, grant(CODE, *WINDOW))
        await hall.stop()
        hall.broker.kill()
        await hall.start()
        assert [one.plan for one in hall.data(BootData)] == [None, 7]
        await hall.enter(CODE)
        assert hall.unlocked()

    with_hall(act)


def test_an_applied_plan_is_reported_again_on_every_connection() -> None:
    async def act(hall: Hall) -> None:
        manifest = await hall.send_codes(7, grant(CODE, *WINDOW))
        first = hall.applied()[-1]
        assert (first.version, first.digest, first.applied, first.grants) == (7, manifest.digest, True, 1)
        hall.broker.kill()
        hall.broker.start()
        await hall.until(lambda: len(hall.applied()) == 2)
        assert hall.applied()[-1] == first
        assert hall.status().plan_version == 7

    with_hall(act)


def test_parts_may_come_before_or_after_their_manifest() -> None:
    async def act(hall: Hall) -> None:
        manifest, data = hall.plan(3, hours(), GrantsPart(grants=(grant(CODE, *WINDOW),)))
        hall.send("plan/part", data["p1"], item="p1")
        hall.send("plan", hall.seal(Purpose.PLAN, manifest))
        await asyncio.sleep(0.5)
        assert hall.applied() == []
        hall.send("plan/part", data["p0"], item="p0")
        await hall.until(lambda: bool(hall.applied()))
        assert hall.applied()[-1].version == 3

    with_hall(act)


def test_a_refused_plan_gives_its_reason_and_leaves_the_last_good_one_in_force() -> None:
    async def act(hall: Hall) -> None:
        await hall.send_codes(7, grant(CODE, *WINDOW))
        await hall.send_plan(8, hours(), must_understand=("airlock",))
        refused = hall.applied()[-1]
        assert (refused.version, refused.applied) == (8, False)
        assert "airlock" in (refused.why or "")
        await hall.send_codes(6)
        assert "older" in (hall.applied()[-1].why or "")
        await hall.send_codes(7)
        assert "arrived again" in (hall.applied()[-1].why or "")
        assert [one.applied for one in hall.data(PlanData)] == [True, False, False, False]
        await hall.enter(CODE)
        assert hall.unlocked()
        await asyncio.sleep(2)
        assert hall.status().health["plan_refused"] == 3

    with_hall(act)


def test_a_refused_plan_received_again_is_one_event() -> None:
    async def act(hall: Hall) -> None:
        for _ in range(3):
            await hall.send_plan(8, hours(), must_understand=("airlock",))
        assert len(hall.data(PlanData)) == 1
        assert len(hall.applied()) == 3

    with_hall(act)


def test_a_plan_without_a_trusted_signature_is_counted_and_never_used() -> None:
    async def act(hall: Hall) -> None:
        await hall.send_codes(7, grant(CODE, *WINDOW))
        stranger = Signer(Ed25519PrivateKey.from_private_bytes(bytes([9] * 32)))
        manifest, _ = hall.plan(9, hours())
        hall.send("plan", stranger.seal(Purpose.PLAN, manifest))
        elsewhere = msgspec.structs.replace(manifest, edge="other-pi")
        hall.send("plan", hall.seal(Purpose.PLAN, elsewhere))
        hall.send("plan", hall.seal(Purpose.HELLO, manifest))
        hall.send("plan", b"\xff{")
        hall.send("plan/part", b" " * 70_000, item="p0")
        await asyncio.sleep(2.5)
        health = hall.status().health
        assert {name: health[name] for name in ("bad_signature", "wrong_address", "malformed", "too_large")} == {
            "bad_signature": 1,
            "wrong_address": 2,
            "malformed": 1,
            "too_large": 1,
        }
        assert hall.status().plan_version == 7
        await hall.enter(CODE)
        assert hall.unlocked()

    with_hall(act)


def test_a_cancelled_code_stops_at_once() -> None:
    async def act(hall: Hall) -> None:
        await hall.send_codes(1, grant(CODE, *WINDOW))
        await hall.send_codes(2)
        await hall.enter(CODE)
        assert not hall.unlocked()
        assert isinstance(hall.disk, MemoryDisk)
        assert len(hall.disk.names("plan/parts")) == 2

    with_hall(act)


def test_people_are_counted_by_the_way_they_walk() -> None:
    async def act(hall: Hall) -> None:
        await hall.walk(OUTER, INNER)
        await hall.walk(OUTER, INNER)
        await hall.walk(INNER, OUTER)
        counted = hall.data(FootfallData)
        assert [(one.ins, one.outs, one.total_ins, one.total_outs) for one in counted] == [
            (1, 0, 1, 0),
            (1, 0, 2, 0),
            (0, 1, 2, 1),
        ]
        await asyncio.sleep(2)
        assert hall.state("front-beams").values["ins_today"] == 2

    with_hall(act)


def test_totals_go_on_after_a_power_cut_and_the_day_of_the_counter_begins_at_local_midnight() -> None:
    async def act(hall: Hall) -> None:
        await hall.walk(OUTER, INNER)
        await asyncio.sleep(65)
        await hall.stop()
        await hall.start()
        await hall.walk(OUTER, INNER)
        await asyncio.sleep(2)
        assert hall.state("front-beams").values["total_ins"] == 2
        assert hall.state("front-beams").values["ins_today"] == 2
        # Midnight of 29 March 2026 is 00:00 UTC in London; summer time begins an hour later.
        await asyncio.sleep((ZERO.replace(day=29, hour=0) - hall.clock.now()).total_seconds() + 15)
        assert hall.state("front-beams").values["ins_today"] == 0

    with_hall(act)


def test_movement_is_reported_at_its_start_and_end() -> None:
    async def act(hall: Hall) -> None:
        for _ in range(3):
            await hall.drive(PIR, True)
            await asyncio.sleep(5)
            await hall.drive(PIR, False)
            await asyncio.sleep(5)
        await asyncio.sleep(40)
        assert [one.active for one in hall.data(MotionData)] == [True, False]

    with_hall(act)


def test_the_time_without_an_agent_is_an_outage() -> None:
    async def act(hall: Hall) -> None:
        await asyncio.sleep(90)
        await hall.stop()
        stopped = hall.clock.now()
        await asyncio.sleep(3600)
        started = hall.clock.now()
        await hall.start()
        outage = hall.data(OutageData)[0]
        assert abs(outage.start - stopped) < timedelta(seconds=1)
        assert abs(outage.end - started) < timedelta(seconds=1)
        assert [event.kind for event in hall.recorded] == ["boot", "outage", "boot"]

    with_hall(act)


def test_events_reach_the_controller_once_acknowledged_and_again_if_not() -> None:
    async def act(hall: Hall) -> None:
        hall.auto_ack = False
        await hall.drive(REX, False)
        await hall.until(lambda: len({event.seq for event in hall.received()}) == len(hall.recorded))
        assert hall.link is not None
        first = len(hall.batches())
        await hall.until(lambda: len(hall.batches()) > first, within_s=11)
        again = hall.batches()[-1]
        hall.ack(again.log, len(hall.recorded))
        await asyncio.sleep(1)
        settled = len(hall.batches())
        await asyncio.sleep(100)
        assert len(hall.batches()) == settled

    with_hall(act)


def test_a_forged_or_foreign_acknowledgement_deletes_nothing() -> None:
    async def act(hall: Hall) -> None:
        hall.auto_ack = False
        hall.heard.clear()
        await hall.drive(REX, False)
        await hall.until(lambda: bool(hall.batches()))
        log = hall.batches()[-1].log
        stranger = Signer(Ed25519PrivateKey.from_private_bytes(bytes([9] * 32)))
        forged = Ack(site=SITE, edge=EDGE, log=log, seq=1, at=hall.clock.now())
        hall.send("events/ack", stranger.seal(Purpose.ACK, forged))
        hall.ack("0" * 32, 1)
        hall.ack(log, 10_000)
        await asyncio.sleep(2.5)
        health = hall.status().health
        assert (health["bad_signature"], health["ack_foreign"], health["ack_beyond_head"]) == (1, 1, 1)
        seen = len(hall.batches())
        await hall.until(lambda: len(hall.batches()) > seen)

    with_hall(act)


def test_a_new_disk_is_a_new_log_from_the_first_seq() -> None:
    async def act(hall: Hall) -> None:
        await asyncio.sleep(2)
        before = hall.batches()[-1].log
        await hall.stop()
        hall.disk = MemoryDisk()
        hall.heard.clear()
        await hall.start()
        await hall.until(lambda: bool(hall.batches()))
        assert hall.batches()[-1].log != before
        assert hall.received()[0].seq == 1

    with_hall(act)


def test_every_connection_reports_online_with_its_own_nonce_and_all_states() -> None:
    async def act(hall: Hall) -> None:
        await asyncio.sleep(1)
        first = hall.status()
        hall.heard.clear()
        hall.broker.kill()
        hall.broker.start()
        await asyncio.sleep(3)
        second = hall.status()
        assert (first.online, second.online) == (True, True)
        assert first.nonce != second.nonce
        assert (first.connection, second.connection) == (1, 2)
        assert {"front-door", "front-beams", "hall-pir"} <= {message.topic.rpartition("/")[2] for message in hall.heard}

    with_hall(act)


def test_a_lost_edge_is_offline_by_its_will_and_a_stopped_one_by_its_own_message() -> None:
    async def act(hall: Hall) -> None:
        assert hall.link is not None
        nonce = hall.status().nonce
        hall.link.cut()
        await asyncio.sleep(1)
        assert (hall.status().online, hall.status().nonce) == (False, nonce)
        hall.link.repair()
        await asyncio.sleep(2)
        assert hall.status().online
        await hall.stop()
        assert not hall.status().online

    with_hall(act)


def test_hello_is_answered_with_its_nonce_the_head_and_every_state() -> None:
    async def act(hall: Hall) -> None:
        await asyncio.sleep(1)
        await hall.hello(nonce="cd" * 16, next_seq=1)
        reply = hall.replies()[-1]
        assert reply.nonce == "cd" * 16
        assert reply.status.head == len(hall.recorded)
        devices = {EDGE, "front-door", "front-keypad", "front-beams", "hall-pir"}
        assert {state.device for state in reply.states} == devices

    with_hall(act)


def test_delayed_acknowledgements_and_hellos_withhold_nothing_from_a_restored_controller() -> None:
    async def act(hall: Hall) -> None:
        await hall.until(lambda: bool(hall.batches()))
        log, nonce = hall.batches()[-1].log, hall.status().nonce
        for _ in range(3):
            await hall.walk(OUTER, INNER)
            await asyncio.sleep(70)
        at, head = hall.clock.now(), hall.recorded[-1].seq
        assert head > 1
        kept_ack = hall.seal(Purpose.ACK, Ack(site=SITE, edge=EDGE, log=log, seq=head, at=at))
        asked = Hello(site=SITE, edge=EDGE, nonce="cd" * 16, at=at, session=nonce, log=log, next_seq=head + 1)
        kept_hello = hall.seal(Purpose.HELLO, asked)
        hall.send("hello", kept_hello)
        hall.send("events/ack", kept_ack)
        await asyncio.sleep(10)
        # The controller is put back to yesterday, and asks for all that it no longer has.
        hall.auto_ack = False
        await hall.hello(session=nonce, log=log, next_seq=1)
        hall.send("hello", kept_hello)
        hall.send("events/ack", kept_ack)
        hall.heard.clear()
        await hall.until(lambda: {event.seq for event in hall.received()} >= set(range(1, head + 1)), within_s=60)
        assert hall.status().health["ack_outdated"] == 1

    with_hall(act)


def test_a_restored_controller_gets_acknowledged_events_again() -> None:
    async def act(hall: Hall) -> None:
        await hall.walk(OUTER, INNER)
        await asyncio.sleep(2)
        session = hall.status().nonce
        hall.heard.clear()
        await hall.hello(session=session, log=None, next_seq=1)
        await hall.until(lambda: len(hall.received()) >= len(hall.recorded))
        assert [event.seq for event in hall.received()][:2] == [1, 2]

    with_hall(act)


@pytest.mark.parametrize("session", [None, "cd" * 16])
def test_a_hello_of_another_session_neither_acknowledges_nor_revokes(session: str | None) -> None:
    async def act(hall: Hall) -> None:
        await hall.walk(OUTER, INNER)
        await asyncio.sleep(2)
        log, head = hall.status().log, len(hall.recorded)
        hall.heard.clear()
        await hall.hello(session=session, log=None, next_seq=1)
        await hall.hello(session=session, log=log, next_seq=head + 1)
        await asyncio.sleep(60)
        assert hall.received() == []

    with_hall(act)


def test_a_stuck_exit_button_is_reported_and_still_lets_people_out() -> None:
    async def act(hall: Hall) -> None:
        await hall.drive(REX, False)
        await asyncio.sleep(590)
        assert not hall.data(FaultData)
        await asyncio.sleep(20)
        assert hall.data(FaultData) == [FaultData(code=FaultCode.EXIT_BUTTON_STUCK, present=True)]
        assert hall.unlocked()
        await hall.drive(REX, True)
        await asyncio.sleep(10)
        assert hall.data(FaultData)[1:] == [FaultData(code=FaultCode.EXIT_BUTTON_STUCK, present=False)]
        assert not hall.unlocked()

    with_hall(act)


def test_a_restart_command_ends_the_agent_with_its_own_error() -> None:
    async def act(hall: Hall) -> None:
        await hall.order(hall.command("restart"))
        assert hall.results()[-1].outcome == "done"
        await asyncio.sleep(1)
        assert hall.task is not None
        with pytest.raises(RestartWanted):
            await hall.task
        assert not hall.status().online

    with_hall(act)


def test_the_strike_is_locked_when_the_agent_stops_in_the_middle_of_a_grant() -> None:
    async def act(hall: Hall) -> None:
        await hall.send_codes(1, grant(CODE, *WINDOW))
        await hall.enter(CODE)
        assert hall.unlocked()
        await hall.stop()
        assert not hall.unlocked()

    with_hall(act)


def test_a_dead_task_ends_the_agent_with_its_name_and_the_door_locked() -> None:
    class Broken(MemoryDisk):
        def replace(self, name: str, data: bytes) -> None:
            if name == "kept.json":
                raise ZeroDivisionError("a mistake of ours")
            super().replace(name, data)

    async def main(clock: VirtualClock) -> None:
        hall = Hall(clock, disk=Broken())
        await hall.start()
        assert hall.task is not None
        with pytest.raises((TaskDied, ZeroDivisionError)):
            await hall.task
        assert not hall.unlocked()
        await hall.close()

    run(main)


def test_an_edge_without_the_time_admits_nobody_by_a_timed_code() -> None:
    async def act(hall: Hall) -> None:
        await hall.send_codes(1, grant(CODE, *WINDOW))
        await hall.enter(CODE)
        assert [one.reason for one in hall.data(AccessData)] == [Reason.CLOCK]
        await hall.hello(session=hall.status().nonce)
        assert hall.status().trust is ClockTrust.UNPROVEN or hall.replies()
        await hall.enter(CODE)
        assert hall.unlocked()
        await asyncio.sleep(2)
        assert hall.status().trust is ClockTrust.HOLDOVER

    with_hall(act, synchronised=False)


def test_a_hello_of_another_session_proves_no_time() -> None:
    async def act(hall: Hall) -> None:
        await hall.send_codes(1, grant(CODE, *WINDOW))
        await hall.hello(session="0" * 32)
        await hall.enter(CODE)
        assert not hall.unlocked()

    with_hall(act, synchronised=False)


def test_garbled_keys_and_unreadable_listings_are_counted_and_crash_nothing() -> None:
    async def act(hall: Hall) -> None:
        await hall.drive(D1, False)
        await hall.drive(D1, True)
        await asyncio.sleep(1)
        await hall.press(15)
        await asyncio.sleep(2.5)
        assert hall.status().health["reader_garbled"] == 2

    with_hall(act)


def test_no_failure_of_a_station_listing_ends_the_agent() -> None:
    async def act(hall: Hall) -> None:
        await asyncio.sleep(70)
        assert [one.code for one in hall.data(FaultData)] == [FaultCode.STATIONS_UNREADABLE]
        assert hall.status().online

    with_hall(act, config=config(wifi="no\x00name"))


def test_with_a_refusing_disk_the_door_works_and_nothing_is_lost() -> None:
    async def act(hall: Hall) -> None:
        assert isinstance(hall.disk, MemoryDisk)
        await hall.send_codes(1, grant(CODE, *WINDOW))
        hall.disk.refuse = True
        await hall.enter(CODE)
        assert hall.unlocked()
        await asyncio.sleep(5)
        hall.disk.refuse = False
        await hall.until(lambda: {event.seq for event in hall.received()} >= {event.seq for event in hall.recorded})
        assert hall.status().health["disk_refused"] >= 1

    with_hall(act)


def test_a_disk_that_accepts_no_write_is_reported_and_withholds_nothing_from_the_controller() -> None:
    async def act(hall: Hall) -> None:
        assert isinstance(hall.disk, MemoryDisk)
        await hall.send_codes(1, grant(CODE, *WINDOW))
        hall.disk.read_only = True
        await hall.enter(CODE)
        await hall.until(lambda: hall.received()[-1:] == hall.recorded[-1:])
        told = [event.read() for event in hall.received() if event.kind == "fault"]
        assert told == [FaultData(code=FaultCode.DISK_REFUSES, present=True)]
        hall.disk.read_only = False
        await asyncio.sleep(70)
        assert hall.data(FaultData)[-1] == FaultData(code=FaultCode.DISK_REFUSES, present=False)
        await hall.until(lambda: hall.received()[-1:] == hall.recorded[-1:])
        assert len({event.seq for event in hall.received()}) == len(hall.recorded)

    with_hall(act)


def test_a_damaged_plan_on_the_disk_is_reported_and_the_agent_starts_without_it() -> None:
    async def act(hall: Hall) -> None:
        assert isinstance(hall.disk, MemoryDisk)
        await hall.send_codes(7, grant(CODE, *WINDOW))
        await hall.stop()
        hall.disk.spoil(hall.disk.names("plan/parts")[0], 10)
        hall.broker.kill()
        await hall.start()
        assert hall.data(BootData)[-1].plan is None
        assert any(one.code == FaultCode.PLAN_DAMAGED for one in hall.data(FaultData))

    with_hall(act)


def test_an_older_plan_stays_refused_even_if_the_plan_on_the_disk_is_corrupt() -> None:
    async def act(hall: Hall) -> None:
        assert isinstance(hall.disk, MemoryDisk)
        await hall.send_codes(7, grant(CODE, *WINDOW))
        await hall.send_codes(8)
        await hall.stop()
        hall.disk.spoil("plan/manifest", 30)
        await hall.send_codes(7, grant(CODE, *WINDOW))
        await hall.start()
        assert "older than 8" in (hall.applied()[-1].why or "")
        await hall.enter(CODE)
        assert not hall.unlocked()
        await hall.send_codes(8)
        assert (hall.applied()[-1].version, hall.applied()[-1].applied) == (8, True)

    with_hall(act)


@pytest.mark.parametrize("way", ["read-only", "full", "kept.json", "segment"])
def test_no_fault_of_the_disk_keeps_the_door_from_its_plan(way: str) -> None:
    async def act(hall: Hall) -> None:
        disk = hall.disk
        assert isinstance(disk, MemoryDisk)
        await hall.send_codes(1, grant(CODE, *WINDOW))
        await asyncio.sleep(90)
        await hall.stop()
        hall.broker.kill()
        segment = disk.names("outbox")[0]
        if way in ("kept.json", "segment"):
            disk.unreadable.add(way if way == "kept.json" else segment)
        else:
            disk.spoil(segment, 300)
            disk.remove("outbox/reserve")
            disk.read_only, disk.room = way == "read-only", disk.used
        await hall.start()
        assert hall.data(BootData)[-1].plan == 1
        assert any(one.part == "kept.json" or one.code.startswith("outbox") for one in hall.data(FaultData))
        await hall.enter(CODE)
        assert hall.unlocked()

    with_hall(act)


def test_an_outage_is_reported_at_once_by_an_edge_without_the_time_or_with_a_wrong_one() -> None:
    """It would be lost with the next power cut; the controller dates it by the runs before and after it."""

    async def act(hall: Hall) -> None:
        assert isinstance(hall.disk, MemoryDisk)
        await asyncio.sleep(90)
        lasted = [hall.recorded[-1].boot]
        await hall.stop()
        for off in (timedelta(0), timedelta(hours=1)):
            kept = decode(hall.disk.read("kept.json") or b"", PersistedState)
            floor = ClockFloor(at=hall.clock.now() + off, machine_boot="another")
            hall.disk.replace("kept.json", encode(msgspec.structs.replace(kept, floor=floor)))
            await asyncio.sleep(60)
            await hall.start()
            lasted.append(hall.recorded[-1].boot)
            await asyncio.sleep(5)
            await hall.stop()
        told = [event for event in hall.recorded if event.kind == "outage"]
        assert [event.trust for event in told] == [ClockTrust.UNPROVEN] * 2
        outages = hall.data(OutageData)
        runs = [each.after for each in outages if each.after is not None]
        assert [run.boot for run in runs] == lasted[:2]
        assert [round(run.mono_ms / 1000) for run in runs] == [91, 6]
        assert outages[1].end == outages[1].start

    with_hall(act, synchronised=False)


def test_a_reply_states_the_progress_of_this_run_and_the_lengths_of_the_previous_ones() -> None:
    async def act(hall: Hall) -> None:
        await hall.stop()
        await hall.start()
        await asyncio.sleep(30)
        await hall.hello(session=hall.status().nonce)
        (reply,) = hall.replies()
        assert reply.status.mono_ms is not None
        assert 30_000 <= reply.status.mono_ms <= 33_000
        assert [run.boot for run in reply.earlier] == [hall.recorded[0].boot]
        sent = hall.recorded[-1]
        assert (reply.status.boot, reply.status.mono_ms >= sent.mono_ms) == (sent.boot, True)

    with_hall(act)


def test_the_last_event_gives_the_length_of_an_interrupted_run() -> None:
    run = EarlierRun(boot=BOOKING, mono_ms=90)
    other = EarlierRun(boot=BOOKING[:-1] + "f", mono_ms=10)
    kept = PersistedState(floor=ClockFloor(at=ZERO), runs=(other, run))
    assert earlier_runs(kept, EarlierRun(boot=BOOKING, mono_ms=99)) == (other, EarlierRun(boot=BOOKING, mono_ms=99))
    assert earlier_runs(kept, EarlierRun(boot=BOOKING, mono_ms=80)) == (other, run)
    assert earlier_runs(None, run) == (run,)
    assert earlier_runs(kept, None) == (other, run)


def test_a_card_put_back_to_an_earlier_state_loses_nothing_of_this_run() -> None:
    async def act(hall: Hall) -> None:
        log = hall.status().log
        await hall.drive(REX, False)
        await hall.drive(REX, True)
        await asyncio.sleep(10)
        heard = len(hall.heard)
        await hall.hello(session=hall.status().nonce, log=log, next_seq=1000)
        await asyncio.sleep(5)
        del hall.heard[:heard]
        assert hall.status().log != log
        assert [event.kind for event in hall.received()] == [event.kind for event in hall.recorded]
        assert [event.seq for event in hall.received()] == list(range(1, len(hall.recorded) + 1))
        await hall.walk(OUTER, INNER)
        await asyncio.sleep(2)
        assert hall.state("front-beams").seq == len(hall.recorded)

    with_hall(act)


def test_hours_of_another_door_mean_nothing_here() -> None:
    async def act(hall: Hall) -> None:
        always = Interval(start=ZERO, end=ZERO + timedelta(days=1))
        await hall.send_plan(1, HoursPart(door="back-door", name="Back", spans=(DoorSpan(during=always, free=True),)))
        await asyncio.sleep(1)
        assert not hall.unlocked()
        await hall.enter(CODE)
        assert hall.data(AccessData)[-1].reason is Reason.NO_DOOR

    with_hall(act)


def test_offline_is_the_last_message_of_an_orderly_stop() -> None:
    async def act(hall: Hall) -> None:
        for _ in range(3):
            await hall.hello()
            hall.send("plan", b"no plan at all")
        await asyncio.sleep(0.001)
        await hall.stop()
        await asyncio.sleep(5)
        assert not hall.status().online

    with_hall(act)
