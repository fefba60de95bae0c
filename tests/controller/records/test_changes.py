"""Listeners are notified of every changed site, once."""

import asyncio

import pytest

from controller.records.changes import Changes
from tests.controller.running import NOW
from tests.virtual_time import VirtualClock, run_virtual


async def test_a_listener_waits_and_hears_each_changed_site_once() -> None:
    changes = Changes()
    with changes.subscribe() as heard:
        waiting = asyncio.create_task(heard.sites(), name="waits for a change")
        done, _ = await asyncio.wait([waiting], timeout=0)
        assert not done
        for site in ("ramsey", "moor", "ramsey"):
            changes.site_changed(site)
        assert await asyncio.wait_for(waiting, 60) == {"ramsey", "moor"}
        assert heard.pending() == frozenset()
        changes.site_changed("ramsey")
        assert await asyncio.wait_for(heard.sites(), 60) == {"ramsey"}


@pytest.mark.parametrize("steps", range(6))
async def test_a_listener_that_is_cancelled_as_a_change_comes_ends(steps: int) -> None:
    changes = Changes()

    async def listen() -> None:
        while True:
            await heard.sites()

    with changes.subscribe(every_s=30) as heard:
        listening = asyncio.create_task(listen(), name="listens for ever")
        for site in ("ramsey", "ramsey", "moor"):  # the third comes while the second has to wait
            await asyncio.sleep(0.01)
            changes.site_changed(site)
        for _ in range(steps):
            await asyncio.sleep(0)
        listening.cancel()
        await asyncio.wait([listening], timeout=5)
        assert listening.cancelled()


async def test_each_listener_hears_for_itself_until_it_stops() -> None:
    changes = Changes()
    with changes.subscribe() as first, changes.subscribe() as second:
        changes.site_changed("ramsey")
        assert first.pending() == second.pending() == {"ramsey"}
        first.close()
        first.close()
        changes.site_changed("moor")
        assert first.pending() == frozenset()
        assert second.pending() == {"moor"}


def test_a_listener_with_a_pace_hears_of_a_busy_site_at_once_and_then_at_its_pace() -> None:
    async def busy(clock: VirtualClock) -> list[float]:
        changes = Changes()
        heard_at: list[float] = []
        with changes.subscribe(every_s=10) as heard:
            changes.site_changed("ramsey")
            while len(heard_at) < 3:
                assert await heard.sites() == {"ramsey"}
                heard_at.append(clock.monotonic())
                await clock.sleep(1)
                changes.site_changed("ramsey")
                assert heard.waiting
        return heard_at

    assert run_virtual(busy, zero=NOW) == [0, 10, 20]


async def test_a_pace_holds_up_neither_other_sites_nor_changes_to_the_site_itself() -> None:
    changes = Changes()
    with changes.subscribe(every_s=1000) as heard:
        changes.site_changed("ramsey")
        assert await asyncio.wait_for(heard.sites(), 60) == {"ramsey"}
        changes.site_changed("ramsey")
        changes.site_changed("moor")
        assert await asyncio.wait_for(heard.sites(), 60) == {"moor"}
        changes.site_changed("ramsey", estate=True)
        assert await asyncio.wait_for(heard.sites(), 60) == {"ramsey"}


async def test_who_listens_to_the_estate_hears_nothing_of_bookings() -> None:
    changes = Changes()
    with changes.subscribe(estate=True) as heard:
        changes.site_changed("ramsey")
        assert not heard.waiting
        changes.site_changed("moor", estate=True)
        assert await asyncio.wait_for(heard.sites(), 60) == {"moor"}
