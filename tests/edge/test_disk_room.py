"""A disk or an outbox that is nearly full is a fault before anything is lost, and does not flap."""

import asyncio
from pathlib import Path

from edge.system.disk_room import LEAST_FREE, free_bytes, room_faults, rounded_mb
from edge.wire.events import FaultData
from edge.wire.faults import FaultCode
from tests.edge.hall import EDGE, INNER, OUTER, Hall, with_hall

MB = 2**20


def changes(hall: Hall, code: FaultCode) -> list[bool]:
    return [data.present for data in hall.data(FaultData) if data.code == code]


def test_a_disk_that_is_nearly_full_is_one_fault_until_there_is_room_again() -> None:
    async def act(hall: Hall) -> None:
        for free in (LEAST_FREE - 1, LEAST_FREE + 49 * MB, LEAST_FREE - 1, None):
            hall.free = free
            await asyncio.sleep(61)
            assert changes(hall, FaultCode.DISK_NEARLY_FULL) == [True]
            assert hall.state(EDGE).values == {"fault": "disk_nearly_full"}
        hall.free = 150 * MB
        await asyncio.sleep(61)
        assert hall.status().health["disk_free_mb"] == 150
        assert changes(hall, FaultCode.DISK_NEARLY_FULL) == [True, False]
        assert hall.state(EDGE).values == {"fault": None}

    with_hall(act)


def test_events_that_the_controller_does_not_store_are_a_fault_before_any_is_dropped() -> None:
    known: list[FaultCode] = []
    for waiting, present in ((79, False), (80, True), (61, True), (80, True), (59, False), (79, False)):
        [found] = room_faults(known, free=None, waiting=waiting, limit=100).items()
        assert found == (FaultCode.OUTBOX_NEARLY_FULL, present)
        known = [found[0]] if found[1] else []


def test_of_the_outbox_only_what_the_controller_has_not_stored_counts() -> None:
    async def act(hall: Hall) -> None:
        outbox = hall.agent._runtime.outbox
        await hall.until(lambda: outbox.size > 0 and outbox.waiting == 0)
        hall.auto_ack = False
        await hall.walk(OUTER, INNER)
        await hall.until(lambda: outbox.waiting > 0)

    with_hall(act)


def test_the_room_is_told_to_two_digits() -> None:
    assert [rounded_mb(free * 10**6) for free in (0, 7, 99, 157, 23_999)] == [0, 7, 99, 150, 23_000]


def test_a_folder_that_is_not_there_says_nothing(tmp_path: Path) -> None:
    assert free_bytes(tmp_path / "gone") is None
    assert (free_bytes(tmp_path) or 0) > 0
