"""`hallkeeper hours` over HTTP."""

import asyncio
from collections.abc import AsyncIterator, Callable

import httpx
import pytest
from fastapi import FastAPI
from typer.testing import CliRunner, Result

from controller.hours.cli import app as hours_cli
from tests.controller.hours.test_changing import CHRISTMAS, EVERY_DAY, OPEN, put
from tests.controller.serving import serving
from tests.controller.village import API, SITE, book

Hallkeeper = Callable[..., asyncio.Future[Result]]
DATES = ("--first", CHRISTMAS["first"], "--last", CHRISTMAS["last"], "--reason", "Christmas")


@pytest.fixture
async def hallkeeper(app: FastAPI, village: httpx.AsyncClient) -> AsyncIterator[Hallkeeper]:
    """Runs `hallkeeper hours …` against the application."""
    async with serving(app) as address:
        env = {"HALLKEEPER_TOKEN": village.headers["Authorization"].removeprefix("Bearer "), "COLUMNS": "200"}

        def run(*words: str) -> asyncio.Future[Result]:
            loop = asyncio.get_running_loop()
            asked = [*words, "--server", address]
            return loop.run_in_executor(None, lambda: CliRunner().invoke(hours_cli, asked, env=env))

        yield run


async def test_a_day_is_shown_with_its_modes_and_why(hallkeeper: Hallkeeper, village: httpx.AsyncClient) -> None:
    await put(village, "hours", OPEN | {"bank_holidays": {"means": "closed"}})
    await put(village, "spaces/studio/hours", {"windows": EVERY_DAY})
    shown = (await hallkeeper("show", SITE, "2026-12-28")).stdout
    assert "Monday 2026-12-28 follows the rule for bank holidays." in shown
    assert "Bank holiday: Boxing Day (substitute day)." in shown
    assert "Studio can be booked 08:00 to 22:00" in shown
    plain = (await hallkeeper("show", SITE, "2026-11-26")).stdout
    assert "follows the week." in plain
    assert [word for word in ("00:00", "09:00", "22:00", "24:00", "staffed") if word not in plain] == []


async def test_bank_holidays_are_listed_with_what_they_mean(hallkeeper: Hallkeeper, village: httpx.AsyncClient) -> None:
    await put(village, "hours", OPEN | {"bank_holidays": {"means": "closed"}})
    shown = (await hallkeeper("bank-holidays", SITE, "2027")).stdout
    [easter] = [line for line in shown.splitlines() if "Easter Monday" in line]
    assert "2027-03-29" in easter
    assert "closed" in easter


async def test_sites_are_closed_together_and_one_with_bookings_is_left(
    hallkeeper: Hallkeeper, village: httpx.AsyncClient
) -> None:
    await village.put(f"{API}/sites/march", json={"name": "March Hub", "zone": "Europe/London"})
    await book(village, title="Carols", starts="2026-12-24T18:00", ends="2026-12-24T20:00")
    dry = await hallkeeper("close", SITE, "march", *DATES, "--dry-run")
    assert dry.exit_code == 3
    assert "march: would be closed; no booking is in that time" in dry.stdout
    done = await hallkeeper("close", SITE, "march", *DATES)
    assert done.exit_code == 3
    assert "ramsey: left as it is; 1 booking is in that time" in done.stdout
    assert "Carols" in done.stdout
    assert (await village.get(f"{API}/sites/{SITE}/closures")).json()["items"] == []
    assert len((await village.get(f"{API}/sites/march/closures")).json()["items"]) == 1
    anyway = await hallkeeper("close", SITE, *DATES, "--anyway")
    assert (anyway.exit_code, "ramsey: closed; 1 booking is" in anyway.stdout) == (0, True)


async def test_what_is_refused_is_one_sentence(hallkeeper: Hallkeeper) -> None:
    shown = await hallkeeper("show", "chatteris", "2026-12-28")
    assert (shown.exit_code, "there is no site 'chatteris'" in shown.stdout) == (1, True)
    wrong = await hallkeeper("show", SITE, "Monday")
    assert (wrong.exit_code, "2026-11-25" in wrong.stdout) == (1, True)
