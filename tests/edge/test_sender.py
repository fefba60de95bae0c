"""Events go out again until they are acknowledged, each time after a longer wait."""

import asyncio
from itertools import pairwise

import pytest

from edge.events.sender import RESEND_MOST_S, RESEND_S, EventSender, resend_after
from edge.wire.event_batch import EventBatch
from edge.wire.events import read_event
from tests.edge.disk import MemoryDisk
from tests.edge.hall import run
from tests.edge.test_outbox import ACCESS, Box
from tests.virtual_time import VirtualClock


def test_the_wait_doubles_up_to_a_minute_and_never_overflows() -> None:
    assert [resend_after(times) for times in range(6)] == [5, 10, 20, 40, 60, 60]
    assert resend_after(10_000) == RESEND_MOST_S


def test_unacknowledged_messages_are_repeated_after_growing_waits() -> None:
    async def act(clock: VirtualClock) -> None:
        box, sent = Box(MemoryDisk()), list[float]()
        await box.open()
        box.add(ACCESS)
        await box.box.commit()

        async def send(batch: EventBatch) -> bool:
            assert len(batch.events) == 1
            sent.append(clock.monotonic())
            return True

        event_sender = EventSender(box.box, site="ramsey", edge="main", send=send)
        event_sender.online(up=True)
        task = asyncio.create_task(event_sender.run())
        await clock.sleep(900)
        waits = [later - earlier for earlier, later in pairwise(sent)]
        assert len(waits) > 6
        for times, wait in enumerate(waits):
            assert resend_after(times) <= wait <= 2 * resend_after(times) + 0.01
        before = len(sent)
        box.box.acknowledge(box.box.log, 1)
        event_sender.nudge()
        await clock.sleep(300)
        assert (len(sent), event_sender.behind) == (before, 0)
        box.add(ACCESS)
        await box.box.commit()
        event_sender.nudge()
        await clock.sleep(2 * RESEND_S + 1)
        assert len(sent) >= before + 2, "the first wait after an acknowledgement is the short one again"
        task.cancel()

    run(act)


def test_new_events_do_not_delay_repeated_ones() -> None:
    async def act(clock: VirtualClock) -> None:
        box, sent = Box(MemoryDisk()), list[int]()
        await box.open()

        async def send(batch: EventBatch) -> bool:
            sent.append(read_event(bytes(batch.events[0])).seq)
            return True

        event_sender = EventSender(box.box, site="ramsey", edge="main", send=send)
        event_sender.online(up=True)
        task = asyncio.create_task(event_sender.run())
        for _ in range(60):
            box.add(ACCESS)
            await box.box.commit()
            event_sender.nudge()
            await clock.sleep(1)
        assert sent.count(1) > 2, "the first one was never acknowledged"
        task.cancel()

    run(act)


@pytest.mark.parametrize("up", [True, False])
def test_nothing_is_sent_while_the_link_is_down(up: bool) -> None:
    async def act(clock: VirtualClock) -> None:
        box, sent = Box(MemoryDisk()), list[EventBatch]()
        await box.open()
        box.add(ACCESS)
        await box.box.commit()

        async def send(batch: EventBatch) -> bool:
            sent.append(batch)
            return True

        event_sender = EventSender(box.box, site="ramsey", edge="main", send=send)
        event_sender.online(up=up)
        task = asyncio.create_task(event_sender.run())
        await clock.sleep(1)
        assert len(sent) == up
        task.cancel()

    run(act)
