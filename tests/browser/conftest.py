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

from firmware_sim.building_file import demo_buildings
from firmware_sim.errors import ApiRefused
from firmware_sim.hub_processes import USER, SimHub, SimHubPlan
from hatch_build import ROOT, Pages
from tests.browser.screen import Screens
from tests.browser.slow_line import OPTION
from tests.services.chromium import launched
from tests.services.fork_client import ForkServer

EPOCH = datetime(2026, 11, 25, 10, 40, tzinfo=UTC)
"""A Wednesday on which Ramsey is staffed from 10:00 to 14:00."""

expect.set_options(timeout=60_000)


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def hub(tmp_path_factory: pytest.TempPathFactory, fork_server: ForkServer) -> AsyncIterator[SimHub]:
    """Broker, controller and the edges of two hubs, one of them with public pages. Nobody comes by themselves."""
    await asyncio.to_thread(Pages(ROOT).build)
    folder: Path = tmp_path_factory.mktemp("hub")
    buildings = tuple(building for building in demo_buildings() if building.id in {"ramsey", "march"})
    plan = SimHubPlan(
        folder=folder,
        buildings=buildings,
        epoch=EPOCH,
        answer_s=30.0,
        inbox=True,
        second_factor_roles=("tablet",),
        feed_networks=("127.0.0.0/8",),
    )
    async with SimHub(plan, launch=fork_server.start) as started:
        policy = await started.api.get("/sites/ramsey/policy")
        listed = {"shown": True, "unstaffed": True}
        await started.api.put("/sites/ramsey/policy", policy | {"public_page": policy["public_page"] | listed})
        yield started


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def browser() -> AsyncIterator[Browser]:
    async with launched() as chromium:
        yield chromium


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def signed_in(hub: SimHub, browser: Browser) -> StorageState:
    """What a browser remembers after somebody has signed in by hand."""
    context = await browser.new_context()
    page = await context.new_page()
    await page.goto(hub.address)
    await page.get_by_label("Name").fill(USER)
    await page.get_by_label("Password").fill(hub.password)
    await page.get_by_role("button", name="Sign in").click()
    await expect(page.get_by_role("grid")).to_be_visible()
    remembered = await context.storage_state()
    await context.close()
    return remembered


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def own_diary(hub: SimHub) -> AsyncIterator[None]:
    """All pages share one diary; the bookings of one module do not obstruct those of another."""
    before = _ids(hub, _ACTIVE)
    yield
    for wait in _ids(hub, _IN_LINE):
        await hub.api.delete(f"/waiting/{wait}")
    for booking in _ids(hub, _ACTIVE) - before:
        with suppress(ApiRefused):  # one that is over
            await hub.api.post(f"/bookings/{booking}/cancel", {})


_ACTIVE = "SELECT id FROM bookings WHERE state IN ('confirmed', 'held')"
_IN_LINE = "SELECT id FROM waits WHERE state IN ('waiting', 'offered')"


def _ids(hub: SimHub, query: str) -> set[str]:
    file = hub.folder / "controller" / "data" / "hallkeeper.db"
    with closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True)) as database:
        return {booking for (booking,) in database.execute(query)}


@pytest_asyncio.fixture(loop_scope="session")
async def screens(
    hub: SimHub, browser: Browser, signed_in: StorageState, own_diary: None, request: pytest.FixtureRequest
) -> AsyncIterator[Screens]:
    """Opens screens; each must end without an unexpected word on its console or a request to another host."""
    opened = Screens(hub, browser, signed_in, request.config.getoption(OPTION))
    yield opened
    await opened.close()
