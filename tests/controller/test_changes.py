"""Whoever listens hears of every site that changed, once."""

import asyncio

from controller.changes import Changes


async def test_a_listener_waits_and_hears_each_changed_site_once() -> None:
    changes = Changes()
    with changes.subscribe() as heard:
        waiting = asyncio.create_task(heard.sites(), name="waits for a change")
        done, _ = await asyncio.wait([waiting], timeout=0)
        assert not done
        for site in ("ramsey", "moor", "ramsey"):
            changes.site_changed(site)
        assert await asyncio.wait_for(waiting, 5) == {"ramsey", "moor"}
        assert heard.pending() == frozenset()
        changes.site_changed("ramsey")
        assert await asyncio.wait_for(heard.sites(), 5) == {"ramsey"}


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
