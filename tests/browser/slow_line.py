"""``--slow-line SECONDS``: pages get each answer late by a random time, which shows what only a fast line hides."""

import asyncio
import random
from contextlib import suppress

import pytest
from playwright.async_api import BrowserContext, Error, Route

OPTION = "--slow-line"


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        OPTION, type=float, default=0.0, help="pages get each answer of the API late by up to so many seconds"
    )


async def slow_down(context: BrowserContext, most_s: float) -> None:
    """Answers come late by 0 to ``most_s`` seconds: what is read is as old as that, what is written is stored late."""
    chance = random.Random(0)

    async def late(route: Route) -> None:
        wait_s = chance.uniform(0, most_s)
        if route.request.resource_type not in {"fetch", "xhr"}:  # a page, a picture or a file to save
            await route.continue_()
            return
        with suppress(Error):  # the page has gone, or has cancelled its request
            if route.request.method != "GET" or not await route.request.frame.evaluate("navigator.onLine"):
                await asyncio.sleep(wait_s)
                await route.continue_()
                return
            try:
                answer = await route.fetch()
            except Error:
                await route.abort("internetdisconnected")
                return
            await asyncio.sleep(wait_s)
            await route.fulfill(response=answer)

    await context.route("**/api/v1/**", late)
