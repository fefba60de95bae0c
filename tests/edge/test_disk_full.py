"""What a full disk costs first, and what last."""

from collections import Counter

import pytest

from edge.events.disk_full import KEPT, squeeze
from edge.events.outbox import SEGMENT_BYTES, Outbox
from edge.wire.access_decision import ClockTrust, Reason
from edge.wire.credentials import Method
from edge.wire.events import (
    KINDS,
    REFUSAL,
    AccessData,
    AlarmChange,
    AlarmData,
    ClosingData,
    ClosingStage,
    DoorChange,
    DoorData,
    DroppedData,
    Event,
    EventData,
    FireChange,
    FireData,
    FootfallData,
    LockoutData,
    MotionData,
    RecountData,
    make_event,
    read_event,
)
from tests.edge.disk import MemoryDisk
from tests.edge.hall import BOOKING, DOOR, ZERO

FIRST = {"door", "motion", "wifi", "reading", "boot", "dropped", "plan", "fault", "unread"}
SECOND = {REFUSAL}
THIRD = {"lockout", "recount", "closing"}
FOURTH = {"footfall"}
LAST = {"access", "fire", "alarm", "outage"}
ORDER = [FIRST, SECOND, THIRD, FOURTH, LAST]

DATA: tuple[EventData, ...] = (
    MotionData(zone="hall", active=True),
    DoorData(door=DOOR, change=DoorChange.OPENED),
    AccessData(door=DOOR, granted=True, reason=Reason.GRANTED, duress=True),
    AccessData(door=DOOR, granted=False, reason=Reason.UNKNOWN),
    LockoutData(door=DOOR, reader="front-keypad", until=ZERO, tries=10),
    FireData(change=FireChange.ACTIVE),
    FootfallData(counter="front-beams", ins=1, outs=0, total_ins=1, total_outs=0),
    AlarmData(area="ground-floor", change=AlarmChange.TRIGGERED),
    ClosingData(stage=ClosingStage.NOT_SECURED, closes_at=ZERO),
    RecountData(counter="front-beams", inside=3, total_ins=1, total_outs=0),
)


def event(seq: int, data: EventData) -> Event:
    return make_event(seq=seq, boot=BOOKING, mono_ms=seq, at=ZERO, trust=ClockTrust.SYNCED, device="d", data=data)


def test_every_kind_has_its_place_in_the_order() -> None:
    assert set().union(*ORDER) == KINDS | {REFUSAL}
    assert [set(keep) for keep in KEPT] == [set().union(*ORDER[step:]) for step in range(1, len(ORDER) + 1)]


@pytest.mark.parametrize(
    ("step", "gone"), list(enumerate(set().union(*ORDER[: step + 1]) for step in range(len(ORDER))))
)
def test_step_by_step_runs_become_one_counting_event(step: int, gone: set[str]) -> None:
    events = [event(seq, data) for seq, data in enumerate(DATA * 2, start=1)]
    left = squeeze(events, keep=KEPT[step])
    alone = [each.seq for each in events if each.rank not in gone]
    assert set(alone) <= {each.seq for each in left}
    assert len(left) < len(events)
    stand_for = 0
    for each in left:
        data = each.read()
        stand_for += sum(data.counts.values()) if isinstance(data, DroppedData) else 1
    assert stand_for == len(events)


@pytest.mark.cases_full
async def test_a_full_disk_keeps_entries_fire_and_alarm_and_accounts_for_the_rest() -> None:
    disk = MemoryDisk()
    outbox = Outbox(disk, limit=2 * 1024 * 1024, count=lambda name: None, committed=lambda: None)
    await outbox.open()
    weighty = {"access": 0, "fire": 0, "alarm": 0}
    for number in range(30_000):
        # One in twelve is about somebody; the rest is what a busy building tells all day.
        data = DATA[number % len(DATA)] if number % 4 == 0 else DATA[0]
        added = event(outbox.next_seq, data=data)
        outbox.add(added)
        if added.rank in weighty:
            weighty[added.rank] += 1
        if number % 500 == 499:
            assert await outbox.commit()
    assert outbox.size <= 2 * 1024 * 1024 + 2 * SEGMENT_BYTES
    kept: dict[str, int] = {}
    stand_for, after = 0, 0
    while records := await outbox.after(after):
        for record in records:
            one = read_event(record.data)
            told = one.read()
            kept[one.rank] = kept.get(one.rank, 0) + 1
            stand_for += sum(told.counts.values()) if isinstance(told, DroppedData) else 1
        after = records[-1].seq
    assert stand_for == 30_000
    assert {kind: kept.get(kind, 0) for kind in weighty} == weighty
    assert kept["motion"] < 15_000


async def test_refusals_without_end_cost_neither_grants_nor_crossings() -> None:
    """Somebody holds one unknown card after another to a reader, for which there is no lock-out."""
    disk = MemoryDisk()
    outbox = Outbox(disk, limit=2**20, count=lambda name: None, committed=lambda: None)
    await outbox.open()
    grant = AccessData(door=DOOR, granted=True, reason=Reason.GRANTED)
    refusal = AccessData(door=DOOR, granted=False, reason=Reason.UNKNOWN, reader="front-cards", method=Method.CARD)
    crossing = FootfallData(counter="front-beams", ins=1, outs=0, total_ins=1, total_outs=0)
    for _ in range(30):
        outbox.add(event(outbox.next_seq, data=grant))
        outbox.add(event(outbox.next_seq, data=crossing))
        for _ in range(200):
            outbox.add(event(outbox.next_seq, data=refusal))
        assert await outbox.commit()
    for _ in range(30):
        for _ in range(100):
            outbox.add(event(outbox.next_seq, data=refusal))
        assert await outbox.commit()
    kept: Counter[str] = Counter()
    after = 0
    while records := await outbox.after(after):
        kept.update(read_event(record.data).rank for record in records)
        after = records[-1].seq
    assert outbox.size <= 2**20 + 2 * SEGMENT_BYTES
    assert (kept["access"], kept["footfall"]) == (30, 30)
    assert kept["dropped"] > 0
