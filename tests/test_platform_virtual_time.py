"""Virtual time jumps, but never past work that is still being done."""

import asyncio
import random
import threading
import time
from datetime import UTC, datetime, timedelta

import pytest

from tests.virtual_time import Stalled, VirtualClock, VirtualLoop, run_virtual

ZERO = datetime(2026, 10, 24, 12, 0, tzinfo=UTC)
"""The day before the clocks go back."""


def test_a_day_passes_at_once() -> None:
    async def main(clock: VirtualClock) -> datetime:
        await clock.sleep(86_400)
        return clock.now()

    assert run_virtual(main, zero=ZERO) == ZERO + timedelta(days=1)


def test_sleepers_wake_in_order_of_time() -> None:
    woken: list[tuple[str, float]] = []

    async def sleeper(clock: VirtualClock, name: str, seconds: float) -> None:
        await clock.sleep(seconds)
        woken.append((name, clock.monotonic()))

    async def main(clock: VirtualClock) -> None:
        await asyncio.gather(sleeper(clock, "late", 7200.0), sleeper(clock, "early", 1.5))

    run_virtual(main, zero=ZERO)
    assert woken == [("early", 1.5), ("late", 7200.0)]


def test_time_stops_while_a_thread_works() -> None:
    async def main(clock: VirtualClock) -> float:
        timer = asyncio.create_task(clock.sleep(3600))
        await asyncio.to_thread(time.sleep, 0.05)
        now = clock.monotonic()
        timer.cancel()
        return now

    assert run_virtual(main, zero=ZERO) == 0.0


def test_time_stops_while_a_named_task_works() -> None:
    working = threading.Event()

    async def main(clock: VirtualClock) -> float:
        loop, done = asyncio.get_running_loop(), asyncio.Event()
        working.set()

        def work() -> None:
            time.sleep(0.05)
            loop.call_soon_threadsafe(finished)

        def finished() -> None:
            working.clear()
            done.set()

        threading.Thread(target=work).start()
        timer = asyncio.create_task(clock.sleep(3600))
        await done.wait()
        timer.cancel()
        return clock.monotonic()

    assert run_virtual(main, zero=ZERO, busy={"a worker of its own": working.is_set}) == 0.0


def test_waiting_for_something_impossible_is_an_error_and_not_a_hang() -> None:
    async def main(clock: VirtualClock) -> None:
        await asyncio.Event().wait()

    with pytest.raises(Stalled, match="will never happen"):
        run_virtual(main, zero=ZERO)


def test_deadlines_run_in_virtual_time() -> None:
    async def main(clock: VirtualClock) -> float:
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(600):
                await clock.sleep(3600)
        return clock.monotonic()

    assert run_virtual(main, zero=ZERO) == 600.0


def _order_of_jobs(seed: int) -> list[int]:
    async def main() -> list[int]:
        done: list[int] = []
        await asyncio.gather(*(asyncio.to_thread(done.append, number) for number in range(8)))
        return done

    loop = VirtualLoop(random.Random(seed))
    try:
        return loop.run_until_complete(main())
    finally:
        loop.close()


def test_the_same_seed_does_thread_jobs_in_the_same_order_and_another_seed_in_another() -> None:
    orders = {tuple(_order_of_jobs(seed)) for seed in range(20)}
    assert len(orders) > 10
    assert all(_order_of_jobs(seed) == _order_of_jobs(seed) for seed in range(20))


def test_a_queued_job_passes_its_failure_to_its_waiter() -> None:
    async def main() -> None:
        with pytest.raises(ZeroDivisionError):
            await asyncio.to_thread(lambda: 1 // 0)

    loop = VirtualLoop(random.Random(0))
    try:
        loop.run_until_complete(main())
    finally:
        loop.close()
