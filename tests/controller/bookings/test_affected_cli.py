"""`hallkeeper bookings affected`, and reopening by `hallkeeper hours`, over HTTP; and the page about them."""

from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI

from controller.bookings.affected import routes
from controller.bookings.affected.cli import app as commands
from controller.bookings.diary.model import Cause
from controller.platform.cli.client import REFUSED, SET_ASIDE
from tests.controller.bookings.test_affected import EVENING, WHY, affected, shut
from tests.controller.keyboard import Typed, cells, keyboard
from tests.controller.village import SITE, book, look

PAGE = (Path(__file__).parents[3] / "docs" / "affected-bookings.md").read_text(encoding="utf-8")


@pytest.fixture
async def hallkeeper(app: FastAPI, village: httpx.AsyncClient) -> AsyncIterator[Typed]:
    async with keyboard(app, village) as typed:
        yield typed


async def test_each_is_listed_and_kept_and_open_again(hallkeeper: Typed, village: httpx.AsyncClient) -> None:
    assert "No booking waits for a decision." in (await hallkeeper("bookings", "affected", "list", SITE)).stdout
    carols = await book(village, title="Carols", **EVENING)
    await shut(village)
    (row,) = cells(await hallkeeper("bookings", "affected", "list", SITE, "--cause", "closed"))
    assert row == [carols["id"], "Thu 24 Dec 2026, 18:00 to 20:00", "Hall", "Carols", WHY]
    done = await hallkeeper("bookings", "affected", "keep", SITE, carols["id"], "--reason", "the caretaker comes")
    assert done.exit_code == 0
    assert done.stdout.splitlines() == [
        "Carols, Hall, Thu 24 Dec 2026, 18:00 to 20:00: kept",
        "No booking waits for a decision.",
    ]
    assert len(cells(await hallkeeper("bookings", "affected", "list", SITE, "--kept"))) == 1
    again = await hallkeeper("bookings", "affected", "keep", SITE, carols["id"], "--undo")
    assert "1 booking waits for a decision." in again.stdout


async def test_all_are_moved_and_one_that_cannot_be_is_named(hallkeeper: Typed, village: httpx.AsyncClient) -> None:
    carols = await book(village, title="Carols", **EVENING)
    await book(village, title="Yoga", space="yard", starts="2026-12-26T09:00", ends="2026-12-26T10:00")
    await book(village, title="Panto", starts="2026-12-31T18:00", ends="2026-12-31T20:00")
    await shut(village)
    moved = await hallkeeper("bookings", "affected", "move", SITE, "--all", "--days", "7")
    assert moved.exit_code == SET_ASIDE
    assert "Yoga, Yard, Sat 2 Jan 2027, 09:00 to 10:00: confirmed" in moved.stdout
    assert f"{carols['id']}: " in moved.stdout
    cancelled = await hallkeeper("bookings", "affected", "cancel", SITE, "--all", "--reason", "closed")
    assert (cancelled.exit_code, await affected(village)) == (0, [])
    assert (await look(village, carols))["status"] == "cancelled"


async def test_a_decision_names_ids_or_all(hallkeeper: Typed) -> None:
    assert (await hallkeeper("bookings", "affected", "cancel", SITE)).exit_code == 2
    assert (await hallkeeper("bookings", "affected", "cancel", SITE, "x", "--all")).exit_code == 2


async def test_a_site_is_reopened_by_command(hallkeeper: Typed, village: httpx.AsyncClient) -> None:
    await book(village, title="Carols", **EVENING)
    made = await shut(village)
    (row,) = cells(await hallkeeper("hours", "closures", SITE))
    assert row[0] == made["id"]
    assert row[2:] == ["all", "Christmas", "Una Porter"]
    done = await hallkeeper("hours", "reopen", SITE, made["id"])
    assert (done.exit_code, await affected(village)) == (0, [])
    assert "There are no closures." in (await hallkeeper("hours", "closures", SITE)).stdout
    assert (await hallkeeper("hours", "reopen", SITE, made["id"])).exit_code == REFUSED


def test_every_route_cause_and_command_is_named() -> None:
    for route in routes.router.routes:
        assert f"/api/v1{getattr(route, 'path', '')}" in PAGE
    for cause in Cause:
        assert f"`{cause}`" in PAGE
    for command in commands.registered_commands:
        assert command.callback is not None
        assert f"hallkeeper bookings affected {command.name or command.callback.__name__}" in PAGE
