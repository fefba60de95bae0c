"""Many bookings of the list are moved or cancelled together, each seen with its result before, and all of it undone."""

import re
from datetime import date, timedelta

import pytest
from playwright.async_api import expect

from firmware_sim.hub_processes import SimHub
from tests.browser.axe import faults
from tests.browser.booked import book, times
from tests.browser.screen import PHONE, Scheme, Screen, Screens

pytestmark = pytest.mark.asyncio(loop_scope="session")

THURSDAY = date(2027, 11, 4)
LOOKS: tuple[tuple[Scheme, bool, tuple[int, int]], ...] = (
    ("light", False, (1280, 800)),
    ("dark", False, (320, 640)),
    ("light", True, PHONE),
)


async def _choosing(screen: Screen, day: date) -> None:
    await screen.open(f"/diary?site=ramsey&date={day}&view=list")
    await screen.page.get_by_role("button", name="Choose several…").click()
    await expect(screen.page.get_by_role("heading", name="Choose bookings in the list")).to_be_visible()


async def test_all_of_a_day_is_moved_to_another_room_where_it_fits_and_moved_back(
    screens: Screens, hub: SimHub
) -> None:
    fits = await book(hub, "Together choir", THURSDAY, "18:00", "20:00")
    stays = await book(hub, "Together drama", THURSDAY, "10:00", "12:00")
    await book(hub, "In the way", THURSDAY, "11:00", "13:00", space="meeting-room")
    screen = await screens.new()
    page = screen.page
    await _choosing(screen, THURSDAY)
    await page.get_by_label("Choose all").check()
    await expect(page.get_by_role("heading", name="3 bookings chosen")).to_be_visible()
    await page.get_by_label("What to do with them").select_option("Move to Meeting room")
    would = page.get_by_role("list", name="What would happen").get_by_role("listitem")
    await expect(would.filter(has_text="Together choir")).to_contain_text("Goes to Meeting room")
    await expect(would.filter(has_text="Together drama")).to_contain_text(
        "Stays: Meeting room is taken then: In the way"
    )
    await expect(would.nth(1)).to_contain_text("there already")
    move = page.get_by_role("button", name="Move 1 booking to Meeting room")
    await move.click()
    await expect(page.get_by_text("Say why, in a few words. Those who booked read it.", exact=True)).to_be_visible()
    assert (await times(hub, fits["id"]))[0] == "studio"
    await page.get_by_label("Reason").fill("The floor is sanded")
    await move.click()
    await expect(page.get_by_role("row", name="Together choir")).to_contain_text("Meeting room")
    assert [(await times(hub, each["id"]))[0] for each in (fits, stays)] == ["meeting-room", "studio"]
    await page.get_by_role("button", name=re.compile("Undo it all.*The floor is sanded")).click()
    await expect(page.get_by_role("row", name="Together choir")).to_contain_text("Studio")
    assert (await times(hub, fits["id"]))[0] == "studio"


@pytest.mark.browser_full
async def test_some_of_a_week_are_cancelled_by_keyboard(screens: Screens, hub: SimHub) -> None:
    monday = THURSDAY + timedelta(days=4)
    for n in range(3):
        await book(hub, f"Week {n}", monday + timedelta(days=n), "18:00", "20:00")
    screen = await screens.new()
    page = screen.page
    await _choosing(screen, monday)
    await page.get_by_label("How long").select_option("week")
    for n in range(2):
        await page.get_by_role("checkbox", name=f"Choose Week {n}, ").focus()
        await page.keyboard.press("Space")
    await page.get_by_label("What to do with them").select_option("Cancel")
    await page.get_by_label("Reason").fill("Half-term")
    await expect(page.get_by_role("button", name="Cancel 2 bookings")).to_be_visible()
    await page.get_by_label("Reason").press("Enter")
    await expect(page.get_by_role("row", name="Week 0")).to_contain_text("Cancelled")
    await expect(page.get_by_role("row", name="Week 1")).to_contain_text("Cancelled")
    await expect(page.get_by_role("row", name="Week 2")).to_contain_text("Confirmed")
    await page.get_by_role("button", name=re.compile("Undo it all.*Half-term")).click()
    await expect(page.get_by_role("row", name="Week 0")).to_contain_text("Confirmed")


@pytest.mark.browser_full
async def test_choosing_has_no_faults_that_axe_finds_and_fits_a_phone(screens: Screens, hub: SimHub) -> None:
    day = THURSDAY + timedelta(days=14)
    await book(hub, "Fits together", day, "10:00", "12:00")
    for scheme, forced, size in LOOKS:
        screen = await screens.new(scheme=scheme, forced=forced, size=size)
        await _choosing(screen, day)
        await screen.page.get_by_label("Choose all").check()
        await screen.page.get_by_label("What to do with them").select_option("Cancel")
        await expect(screen.page.get_by_text("Will be cancelled")).to_be_visible()
        assert await faults(screen.page, f"together {scheme} {size}") == []
        assert await screen.sideways() == 0
