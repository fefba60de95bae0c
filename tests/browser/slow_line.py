"""``--slow-line SECONDS``: pages get each answer late by a random time, which shows what only a fast line hides."""

import asyncio
import random

import pytest
from playwright.async_api import BrowserContext, Error, Route

OPTION = "--slow-line"


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        OPTION, type=float, default=0.0, help="pages get each answer of the API late by up to so many seconds"
    )


async def slow_down(context: BrowserContext, most_s: float) -> None:
    """Answers come late by 0 to ``most_s`` seconds, those to writes as well."""
    chance = random.Random(0)

    async def late(route: Route) -> None:
        try:
            answer = await route.fetch()
            await asyncio.sleep(chance.uniform(0, most_s))
            await route.fulfill(response=answer)
        except Error:  # the page has gone, or has cancelled its request
            return

    await context.route("**/api/v1/**", late)
