"""A hub of real processes for all browser tests, and screens on it."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from contextlib import closing, suppress
from datetime import UTC, datetime
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, StorageState, expect

from firmware_sim.building import demo_buildings
from firmware_sim.errors import ApiRefused
from firmware_sim.rig import USER, Rig, RigPlan
from hatch_build import ROOT, Pages
from tests.browser.screen import Screens
from tests.services.chromium import launched
from tests.services.fork_client import ForkServer

EPOCH = datetime(2026, 11, 25, 10, 40, tzinfo=UTC)
"""A Wednesday on which Ramsey is staffed from 10:00 to 14:00."""

expect.set_options(timeout=60_000)


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def rig(tmp_path_factory: pytest.TempPathFactory, fork_server: ForkServer) -> AsyncIterator[Rig]:
    """Broker, controller and the edges of two hubs. Nobody comes by themselves."""
    await asyncio.to_thread(Pages(ROOT).build)
    folder: Path = tmp_path_factory.mktemp("hub")
    buildings = tuple(building for building in demo_buildings() if building.id in {"ramsey", "march"})
    plan = RigPlan(folder=folder, buildings=buildings, epoch=EPOCH, answer_s=30.0)
    async with Rig(plan, launch=fork_server.start) as started:
        yield started


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def browser() -> AsyncIterator[Browser]:
    async with launched() as chromium:
        yield chromium


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def signed_in(rig: Rig, browser: Browser) -> StorageState:
    """What a browser remembers after somebody has signed in by hand."""
    context = await browser.new_context()
    page = await context.new_page()
    await page.goto(rig.address)
    await page.get_by_label("Name").fill(USER)
    await page.get_by_label("Password").fill(rig.password)
    await page.get_by_role("button", name="Sign in").click()
    await expect(page.get_by_role("grid")).to_be_visible()
    remembered = await context.storage_state()
    await context.close()
    return remembered


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def own_diary(rig: Rig) -> AsyncIterator[None]:
    """All pages share one diary; what the tests of one have booked stands in the way of no other's."""
    before = _ids(rig, _STANDING)
    yield
    for wait in _ids(rig, _IN_LINE):
        await rig.api.delete(f"/waiting/{wait}")
    for booking in _ids(rig, _STANDING) - before:
        with suppress(ApiRefused):  # one that is over
            await rig.api.post(f"/bookings/{booking}/cancel", {})


_STANDING = "SELECT id FROM bookings WHERE state IN ('confirmed', 'held')"
_IN_LINE = "SELECT id FROM waits WHERE state IN ('waiting', 'offered')"


def _ids(rig: Rig, query: str) -> set[str]:
    file = rig.folder / "controller" / "data" / "hallkeeper.db"
    with closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True)) as database:
        return {booking for (booking,) in database.execute(query)}


@pytest_asyncio.fixture(loop_scope="session")
async def screens(rig: Rig, browser: Browser, signed_in: StorageState, own_diary: None) -> AsyncIterator[Screens]:
    """Opens screens; each must end without an unexpected word on its console or a request to another host."""
    opened = Screens(rig, browser, signed_in)
    yield opened
    await opened.close()
