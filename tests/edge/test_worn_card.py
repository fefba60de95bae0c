"""A card that takes nothing, or less than it should: what is sent when, and what is reported."""

import asyncio
import errno
from datetime import timedelta

from edge.net.plan_store import FOLDER
from edge.wire.events import FaultData
from edge.wire.faults import FaultCode
from tests.edge.disk import MemoryDisk
from tests.edge.hall import REX, ZERO, Hall, grant, with_hall


class NoPlans(MemoryDisk):
    """Takes everything but plans."""

    def replace(self, name: str, data: bytes) -> None:
        if name.startswith(f"{FOLDER}/"):
            raise OSError(errno.EIO, "the disk does not answer")
        super().replace(name, data)


def test_a_later_run_sends_nothing_before_the_controller_reports_its_position_in_the_log() -> None:
    async def act(hall: Hall) -> None:
        await asyncio.sleep(10)
        await hall.stop()
        known, log = hall.received()[-1].seq, hall.status().log
        heard = len(hall.batches())
        await hall.start()
        await hall.drive(REX, False)
        await hall.drive(REX, True)
        await asyncio.sleep(60)
        assert len(hall.batches()) == heard
        await hall.hello(session=hall.status().nonce, log=log, next_seq=known + 1)
        await hall.until(lambda: len(hall.batches()) > heard)
        assert hall.status().log == log

    with_hall(act)


def test_a_disk_that_takes_events_but_no_plan_is_reported_once_not_every_minute() -> None:
    async def act(hall: Hall) -> None:
        await hall.send_codes(1, grant("482913", ZERO, ZERO + timedelta(hours=1)))
        await asyncio.sleep(600)
        assert hall.data(FaultData) == [FaultData(code=FaultCode.DISK_REFUSES, present=True)]
        assert hall.applied() == []

    with_hall(act, disk=NoPlans())
