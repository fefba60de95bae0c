"""One reader holds up no other, and a crowd costs one rendering."""

import asyncio

import pytest

from controller.calendars.public_cache import PublicCache
from controller.estate.errors import SiteUnknown
from controller.platform.web.problem import TooMany
from controller.records.changes import Changes
from tests.controller.clock import ManualClock

KEY = ("page", "ramsey")


class Pages:
    """Counts renderings, each of which waits until it may go on."""

    def __init__(self) -> None:
        self.made = 0
        self.began: asyncio.Queue[int] = asyncio.Queue()
        self.go = asyncio.Event()
        self.go.set()

    async def make(self) -> bytes:
        self.made += 1
        number = self.made
        self.began.put_nowait(number)
        await self.go.wait()
        return b"%d" % number


@pytest.fixture
def changes() -> Changes:
    return Changes()


@pytest.fixture
def cache(clock: ManualClock, changes: Changes) -> PublicCache:
    return PublicCache(clock, changes)


async def unknown() -> bytes:
    raise SiteUnknown("atlantis")


async def test_a_crowd_at_a_cold_page_waits_for_one_rendering(cache: PublicCache) -> None:
    pages = Pages()
    asked = [cache.of("ramsey", KEY, pages.make, network="a") for _ in range(100)]
    assert await asyncio.gather(*asked) == [b"1"] * 100


async def test_who_reads_too_much_is_refused_alone_and_gets_the_old_copy(
    cache: PublicCache, clock: ManualClock
) -> None:
    pages = Pages()
    assert await cache.of("ramsey", KEY, pages.make, network="b") == b"1"
    clock.advance(minutes=2)
    for number in range(60):
        await cache.of("ramsey", ("page", str(number)), pages.make, network="a")
    with pytest.raises(TooMany):
        await cache.of("ramsey", ("page", "60"), pages.make, network="a")
    assert await cache.of("ramsey", KEY, pages.make, network="a") == b"1"
    assert await cache.of("ramsey", KEY, pages.make, network="b") == b"62"


async def test_a_site_that_there_is_not_costs_nothing(cache: PublicCache) -> None:
    for number in range(200):
        with pytest.raises(SiteUnknown):
            await cache.of(str(number), ("page", str(number)), unknown, network="a")
    assert await cache.of("ramsey", KEY, Pages().make, network="a") == b"1"


async def test_what_was_rendered_while_the_site_changed_is_not_kept(cache: PublicCache, changes: Changes) -> None:
    pages = Pages()
    pages.go.clear()
    first = asyncio.create_task(cache.of("ramsey", KEY, pages.make, network="a"))
    assert await pages.began.get() == 1
    changes.site_changed("ramsey")
    second = asyncio.create_task(cache.of("ramsey", KEY, pages.make, network="a"))
    assert await pages.began.get() == 2
    pages.go.set()
    assert (await first, await second) == (b"1", b"2")
    assert await cache.of("ramsey", KEY, pages.make, network="a") == b"2"
