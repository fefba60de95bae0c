"""Events on the disk: what is committed stays, what is torn is cut, what is gone is answered for."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from edge.events.outbox import PENDING_LIMIT, SEGMENT_BYTES, Outbox
from edge.events.recovery import RecoveredLog
from edge.events.segments import FOLDER, line, span_of
from edge.system.durable_files import DiskFiles, Files
from edge.wire.access_decision import ClockTrust, Reason
from edge.wire.codec import encode
from edge.wire.events import (
    AccessData,
    DoorChange,
    DoorData,
    DroppedData,
    Event,
    EventData,
    FootfallData,
    make_event,
    read_event,
)
from edge.wire.faults import FaultCode
from firmware_sim.simulated_disk import VirtualDisk
from tests.edge.disk import MemoryDisk
from tests.edge.hall import run
from tests.virtual_time import VirtualClock

AT = datetime(2026, 3, 29, 0, 30, tzinfo=UTC)
BOOT = "0195d6a0-0000-7000-8000-000000000001"
ACCESS = AccessData(door="front-door", granted=True, reason=Reason.GRANTED)
DOOR = DoorData(door="front-door", change=DoorChange.OPENED)


class Box:
    """An outbox on a disk, opened afresh whenever asked."""

    def __init__(self, files: Files, *, limit: int = 64 * 2**20) -> None:
        self.files = files
        self.limit = limit
        self.counts: list[str] = []
        self.at = AT

    async def open(self) -> RecoveredLog:
        self.box = Outbox(self.files, limit=self.limit, count=self.counts.append, committed=lambda: None)
        return await self.box.open()

    def add(self, *data: EventData) -> None:
        for one in data:
            self.at += timedelta(seconds=1)
            seq, trust = self.box.next_seq, ClockTrust.SYNCED
            event = make_event(seq=seq, boot=BOOT, mono_ms=seq, at=self.at, trust=trust, device="front-door", data=one)
            self.box.add(event)

    def goes_out(self) -> bool:
        return self.box.agreed

    async def all(self, after: int = 0) -> list[Event]:
        events: list[Event] = []
        while batch := await self.box.after(after):
            events += [read_event(record.data) for record in batch]
            after = events[-1].seq
        return events

    async def seqs(self, after: int = 0) -> list[int]:
        return [event.seq for event in await self.all(after)]


async def test_a_seq_is_handed_out_only_after_its_commit() -> None:
    box = Box(MemoryDisk())
    await box.open()
    box.add(ACCESS, DOOR)
    assert await box.seqs() == []
    assert await box.box.commit()
    assert await box.seqs() == [1, 2]


async def test_unsynced_events_of_a_killed_run_are_synced_before_they_are_sent() -> None:
    disk = VirtualDisk()
    box = Box(disk)
    await box.open()
    box.add(ACCESS)
    await box.box.commit()
    [name] = [name for name in disk.names(FOLDER) if name.endswith(".log")]
    disk.append(name, line(encode((await box.all())[0]).replace(b'"seq":1', b'"seq":2')))
    left = VirtualDisk(disk.medium.copy())
    killed = Box(left)
    await killed.open()
    assert await killed.seqs() == [1, 2]
    for seed in range(20):
        cut = Box(VirtualDisk(left.medium.cut(seed)))
        await cut.open()
        assert await cut.seqs() == [1, 2]


async def test_committed_data_survives_a_power_cut_and_uncommitted_data_does_not() -> None:
    disk = MemoryDisk()
    box = Box(disk)
    await box.open()
    log = box.box.log
    box.add(ACCESS, DOOR)
    await box.box.commit()
    box.add(DOOR)
    disk.power_cut()
    found = await box.open()
    assert (box.box.log, box.box.next_seq, found.last_at) == (log, 3, AT + timedelta(seconds=2))
    assert await box.seqs() == [1, 2]


def test_access_is_on_the_disk_within_50_ms_and_the_rest_within_a_second() -> None:
    async def act(clock: VirtualClock) -> None:
        box = Box(MemoryDisk())
        await box.open()
        running = asyncio.create_task(box.box.run())
        for data, within_s in ((ACCESS, 0.05), (DOOR, 1.0)):
            head = box.box.head
            box.add(data)
            await clock.sleep(within_s)
            assert box.box.head == head + 1
        running.cancel()

    run(act)


@pytest.mark.cases_full
@given(st.integers(0, 400))
@settings(max_examples=60)
def test_a_tail_torn_at_any_byte_is_cut_and_the_log_continues(torn: int) -> None:
    async def act() -> None:
        disk = MemoryDisk()
        box = Box(disk)
        await box.open()
        box.add(ACCESS)
        await box.box.commit()
        name = disk.names("outbox")[0]
        safe = disk.read(name)
        box.add(DOOR)
        await box.box.commit()
        full = disk.read(name)
        assert safe is not None
        assert full is not None
        disk.replace(name, (safe + full[len(safe) :])[: len(safe) + torn])
        await box.open()
        survived = await box.seqs()
        assert survived in ([1], [1, 2])
        box.add(DOOR)
        await box.box.commit()
        assert await box.seqs() == [*survived, survived[-1] + 1]
        assert (await box.open()).troubles == []

    asyncio.run(act())


async def test_an_unreadable_middle_is_answered_for_and_reported() -> None:
    disk = MemoryDisk()
    box = Box(disk)
    await box.open()
    box.add(*[DOOR] * 5)
    await box.box.commit()
    name = disk.names("outbox")[0]
    lines = (disk.read(name) or b"").split(b"\n")
    disk.spoil(name, len(lines[0]) + len(lines[1]) + 2 + 20)
    found = await box.open()
    events = await box.all()
    assert [event.seq for event in events] == [1, 2, 3, 4, 5]
    assert events[1].read() == DroppedData(first=2, last=2, counts={"unreadable": 1})
    assert any(trouble.part == "2 to 2" for trouble in found.troubles)
    assert (await box.open()).troubles == []


@given(st.data())
@settings(max_examples=40)
def test_every_seq_is_accounted_for_after_any_bit_rot(data: st.DataObject) -> None:
    async def act() -> None:
        disk = MemoryDisk()
        box = Box(disk)
        await box.open()
        for _ in range(3):
            box.add(*[DOOR] * 4)
            await box.box.commit()
        name = disk.names("outbox")[0]
        for _ in range(data.draw(st.integers(1, 4))):
            disk.spoil(name, data.draw(st.integers(0, len(disk.read(name) or b"") - 1)))
        await box.open()
        expected = 1
        for event in await box.all():
            first, last = span_of(event)
            assert first == expected
            expected = last + 1

    asyncio.run(act())


async def test_an_acknowledgement_advances_only_for_its_own_log_and_for_committed_events() -> None:
    box = Box(MemoryDisk())
    await box.open()
    box.add(DOOR, DOOR)
    await box.box.commit()
    assert not box.box.acknowledge("0" * 32, 1)
    assert not box.box.acknowledge(box.box.log, 3)
    assert box.counts == ["ack_foreign", "ack_beyond_head"]
    assert box.box.acknowledge(box.box.log, 2)
    assert not box.box.acknowledge(box.box.log, 1)
    assert box.box.ack == 2


async def test_the_acknowledged_seq_is_known_after_a_restart() -> None:
    box = Box(MemoryDisk())
    await box.open()
    box.add(DOOR, DOOR)
    await box.box.commit()
    box.box.acknowledge(box.box.log, 2)
    await box.box.keep_ack()
    await box.open()
    assert box.box.ack == 2


async def test_a_disk_that_lost_acknowledged_events_starts_a_new_log() -> None:
    disk = MemoryDisk()
    box = Box(disk)
    await box.open()
    log = box.box.log
    box.add(DOOR, DOOR)
    await box.box.commit()
    box.box.acknowledge(log, 2)
    await box.box.keep_ack()
    disk.replace(disk.names("outbox")[0], b"")
    found = await box.open()
    assert box.box.log != log
    assert box.box.next_seq == 1
    assert found.troubles


async def test_a_restored_controller_may_ask_for_acknowledged_events_again() -> None:
    box = Box(MemoryDisk())
    await box.open()
    box.add(*[DOOR] * 5)
    await box.box.commit()
    box.box.acknowledge(box.box.log, 5)
    box.box.resend_from(box.box.log, 3)
    assert await box.seqs(box.box.ack) == [3, 4, 5]
    box.box.resend_from(None, 1)
    assert await box.seqs(box.box.ack) == [1, 2, 3, 4, 5]
    assert box.counts == []


async def damaged(disk: MemoryDisk) -> Box:
    """Three segments' worth of events, opened by a fresh outbox, with the first segment spoilt in its middle."""
    box = Box(disk)
    await box.open()
    for _ in range(30):
        box.add(*[DOOR] * 100)
        await box.box.commit()
    disk.spoil(disk.names("outbox")[0], 1000)
    return box


async def answered_for(box: Box, last: int) -> list[DroppedData]:
    """What is dropped; every seq to ``last`` is answered for once."""
    events = await box.all()
    expected = 1
    for event in events:
        first, ends = span_of(event)
        assert first == expected
        expected = ends + 1
    assert expected == last + 1
    return [data for event in events if isinstance(data := event.read(), DroppedData)]


@pytest.mark.parametrize("way", ["read-only", "full"])
async def test_a_corrupt_event_on_a_disk_that_accepts_no_write_is_still_accounted_for(way: str) -> None:
    disk = MemoryDisk()
    box = await damaged(disk)
    log = box.box.log
    disk.remove("outbox/reserve")
    disk.read_only, disk.room = way == "read-only", disk.used
    found = await box.open()
    assert box.box.log == log
    codes = {trouble.code for trouble in found.troubles}
    assert {FaultCode.OUTBOX_GAP, FaultCode.FILE_DAMAGED} <= codes
    assert [data.counts for data in await answered_for(box, 3000)] == [{"unreadable": 1}]


async def test_an_unreadable_segment_is_accounted_for_and_the_log_continues() -> None:
    disk = MemoryDisk()
    box = await damaged(disk)
    log, names = box.box.log, disk.names("outbox")
    disk.unreadable.add(names[0])
    found = await box.open()
    assert (box.box.log, box.box.next_seq) == (log, 3001)
    assert any(trouble.code is FaultCode.OUTBOX_GAP for trouble in found.troubles)
    box.add(ACCESS)
    assert await box.box.commit()
    (gap,) = await answered_for(box, 3001)
    assert (gap.first, names[1]) == (1, f"outbox/{gap.last + 1:020d}.log")


async def test_an_unreadable_end_starts_a_new_log_and_leaves_nothing_of_the_old_one() -> None:
    disk = MemoryDisk()
    box = await damaged(disk)
    log, names = box.box.log, disk.names("outbox")
    disk.unreadable.add([name for name in names if name.endswith(".log")][-1])
    found = await box.open()
    assert box.box.log != log
    assert any(trouble.code is FaultCode.OUTBOX_LOST for trouble in found.troubles)
    box.add(ACCESS)
    assert await box.box.commit()
    assert [name for name in disk.names("outbox") if name.endswith(".log")] == [f"outbox/{1:020d}.log"]


async def test_a_segment_spoilt_while_running_leaves_no_hole() -> None:
    disk = MemoryDisk()
    box = await damaged(disk)
    assert [data.counts for data in await answered_for(box, 3000)] == [{"unreadable": 1}]
    assert "disk_damaged" in box.counts


async def test_a_segment_unreadable_while_running_is_accounted_for_and_ends_nothing() -> None:
    disk = MemoryDisk()
    box = await damaged(disk)
    disk.unreadable.add(disk.names("outbox")[0])
    (gap,) = await answered_for(box, 3000)
    assert gap.first == 1
    assert box.counts == ["disk_damaged"]


async def test_a_disk_restored_to_an_earlier_state_continues_in_a_new_log_with_what_this_run_saw() -> None:
    box = Box(MemoryDisk())
    await box.open()
    box.add(*[DOOR] * 5)
    await box.box.commit()
    await box.open()
    log, renewals = box.box.log, []
    box.box.renewed = lambda: renewals.append(box.box.log)
    box.add(ACCESS, DOOR)
    await box.box.commit()
    box.add(crossing(1))
    box.box.resend_from(log, 99)
    assert await box.box.commit()
    assert renewals == [box.box.log]
    assert box.box.log != log
    assert box.counts == ["log_gone_back"]
    assert [(event.seq, event.kind) for event in await box.all()] == [(1, "access"), (2, "door"), (3, "footfall")]
    kept = box.box.log
    assert (await box.open()).troubles == []
    assert box.box.log == kept
    assert await box.seqs() == [1, 2, 3]


async def test_a_restored_disk_is_detected_even_if_this_run_got_further_than_the_previous_one() -> None:
    disk = MemoryDisk()
    box = Box(disk)
    await box.open()
    box.add(*[DOOR] * 2)
    await box.box.commit()
    await box.open()
    log = box.box.log
    box.add(*[ACCESS] * 5)
    await box.box.commit()
    assert not box.goes_out()
    box.box.resend_from(log, 5)
    assert not box.goes_out()
    assert await box.box.commit()
    assert box.goes_out()
    assert box.box.log != log
    assert [event.kind for event in await box.all()] == ["access"] * 5


async def test_a_continued_log_is_agreed_on_once_the_controller_reports_its_position_in_it() -> None:
    box = Box(MemoryDisk())
    await box.open()
    assert box.goes_out()
    box.add(DOOR)
    await box.box.commit()
    await box.open()
    box.add(DOOR)
    await box.box.commit()
    assert not box.goes_out()
    assert not box.box.acknowledge(box.box.log, 2)
    box.box.resend_from(box.box.log, 2)
    assert box.goes_out()
    assert await box.seqs(box.box.ack) == [2]
    assert box.box.acknowledge(box.box.log, 2)
    assert box.counts == ["ack_beyond_head"]


async def test_events_refused_by_the_disk_are_sent_from_memory_and_written_as_soon_as_possible() -> None:
    disk = MemoryDisk()
    box = Box(disk)
    await box.open()
    box.add(DOOR)
    await box.box.commit()
    disk.read_only = True
    box.add(ACCESS, DOOR)
    assert await box.seqs() == [1]
    assert not await box.box.commit()
    assert await box.seqs() == [1, 2, 3]
    assert box.box.acknowledge(box.box.log, 3)
    box.add(DOOR)
    assert await box.seqs() == [1, 2, 3]
    disk.read_only = False
    assert await box.box.commit()
    log = box.box.log
    await box.box.keep_ack()
    await box.open()
    assert (box.box.log, box.box.ack) == (log, 3)
    assert await box.seqs() == [1, 2, 3, 4]


async def test_an_event_sent_from_memory_alone_is_not_an_event_of_the_next_run() -> None:
    disk = MemoryDisk()
    box = Box(disk)
    await box.open()
    box.add(DOOR)
    await box.box.commit()
    disk.read_only = True
    box.add(ACCESS, DOOR)
    await box.box.commit()
    log = box.box.log
    await box.open()
    box.add(*[ACCESS] * 4)
    box.box.resend_from(log, 4)
    await box.box.commit()
    assert box.box.log != log
    assert [event.kind for event in await box.all()] == ["access"] * 4


async def test_a_new_disk_that_accepts_no_write_reports_that_it_holds_everything_from_the_first_event() -> None:
    disk = MemoryDisk()
    disk.read_only = True
    box = Box(disk)
    await box.open()
    box.add(*[DOOR] * 3)
    await box.box.commit()
    assert box.box.first_kept == 1
    assert await box.seqs() == [1, 2, 3]


@pytest.mark.cases_full
async def test_full_memory_first_drops_what_the_controller_has() -> None:
    disk = MemoryDisk()
    disk.read_only = True
    box = Box(disk)
    await box.open()
    box.add(*[ACCESS] * 4)
    await box.box.commit()
    box.box.acknowledge(box.box.log, 4)
    box.add(*[ACCESS] * (PENDING_LIMIT - 1))
    await box.box.commit()
    events = await box.all()
    assert events[0].read() == DroppedData(first=1, last=4, counts={"access": 4})
    assert len(events) == PENDING_LIMIT


def crossing(total: int) -> FootfallData:
    return FootfallData(counter="beams", ins=1, outs=0, total_ins=total, total_outs=0)


async def test_totals_are_known_after_their_events_are_gone() -> None:
    box = Box(MemoryDisk(), limit=3 * SEGMENT_BYTES)
    await box.open()
    for total in range(1, 51):
        box.add(crossing(total))
    for _ in range(40):
        box.add(*[DOOR] * 100)
        await box.box.commit()
        box.box.acknowledge(box.box.log, box.box.head)
    assert box.box.first_kept > 50
    found = await box.open()
    assert found.totals == {"beams": (50, 0)}


async def test_acknowledged_events_stay_35_days_within_the_size_allowed() -> None:
    disk = MemoryDisk()
    box = Box(disk)
    await box.open()
    for _ in range(30):
        box.add(*[DOOR] * 100)
        await box.box.commit()
    box.box.acknowledge(box.box.log, box.box.head)
    assert box.box.first_kept == 1
    box.at += timedelta(days=36)
    for _ in range(30):
        box.add(*[DOOR] * 100)
        await box.box.commit()
    assert box.box.first_kept > 1
    assert await box.seqs(box.box.ack) == list(range(3001, 6001))


async def test_a_full_disk_drops_acknowledged_events_first_then_everything_but_access() -> None:
    disk = MemoryDisk(room=6 * SEGMENT_BYTES)
    box = Box(disk)
    await box.open()
    for _ in range(120):
        box.add(ACCESS, *[DOOR] * 99)
        assert await box.box.commit()
    events = await box.all()
    expected, access = 1, 0
    for event in events:
        first, last = span_of(event)
        assert first == expected
        expected = last + 1
        access += event.kind == "access"
    assert expected == 12_001
    assert access == 120
    dropped = [data for event in events if isinstance(data := event.read(), DroppedData)]
    assert sum(data.counts["door"] for data in dropped) == sum(data.last - data.first + 1 for data in dropped)
    assert disk.used <= 6 * SEGMENT_BYTES
    log = box.box.log
    assert (await box.open()).troubles == []
    assert box.box.log == log
    assert [event.seq for event in await box.all()] == [event.seq for event in events]


async def test_a_failed_write_is_tried_again_and_nothing_is_doubled() -> None:
    disk = MemoryDisk()
    box = Box(disk)
    await box.open()
    box.add(DOOR)
    await box.box.commit()
    box.add(DOOR, DOOR)
    disk.room = disk.used + 100
    disk.remove("outbox/reserve")
    await box.box.commit()
    disk.room = None
    box.add(DOOR)
    assert await box.box.commit()
    assert await box.seqs() == [1, 2, 3, 4]
    found = await box.open()
    assert await box.seqs() == [1, 2, 3, 4]
    assert [trouble for trouble in found.troubles if trouble.code is FaultCode.OUTBOX_GAP] == []


async def test_a_real_disk_keeps_them_too(tmp_path: pytest.TempPathFactory) -> None:
    from pathlib import Path

    box = Box(DiskFiles(Path(str(tmp_path))))
    await box.open()
    box.add(*[DOOR] * 300)
    await box.box.commit()
    log = box.box.log
    await box.open()
    assert box.box.log == log
    assert await box.seqs() == list(range(1, 301))
