"""The week and the notice board are printed; the board says no more than everybody may read."""

import re
from datetime import date, timedelta

import pytest
from playwright.async_api import expect

from firmware_sim.hub_processes import SimHub
from tests.browser.axe import faults
from tests.browser.booked import book
from tests.browser.screen import PHONE, Scheme, Screens

pytestmark = pytest.mark.asyncio(loop_scope="session")

MONDAY = date(2027, 12, 6)
LOOKS: tuple[tuple[Scheme, bool, tuple[int, int]], ...] = (
    ("light", False, (1280, 800)),
    ("dark", False, (320, 640)),
    ("light", True, PHONE),
)


async def test_the_week_and_the_notice_board_are_printed(screens: Screens, hub: SimHub) -> None:
    await book(
        hub,
        "Winter fair",
        MONDAY + timedelta(days=5),
        "10:00",
        "16:00",
        space="hall",
        public=True,
        listed_as="Winter fair",
    )
    await book(hub, "Private quarrel", MONDAY + timedelta(days=1), "18:00", "20:00", contact_name="Mary Secret")
    screen = await screens.new()
    page = screen.page
    await screen.open(f"/diary?site=ramsey&date={MONDAY}&view=week")
    await expect(page.get_by_role("button", name=re.compile("^Private quarrel"))).to_be_visible()
    await page.emulate_media(media="print")
    await expect(page.get_by_role("button", name="Print the week")).to_be_hidden()
    await expect(page.get_by_role("navigation", name="Pages")).to_be_hidden()
    assert _pages(await page.pdf()) == 1
    await page.emulate_media(media="screen")
    await page.get_by_role("link", name="For the notice board").click()
    hall = page.get_by_role("region", name="Main hall")
    await expect(hall).to_contain_text("Saturday 11 Dec 2027")
    await expect(hall).to_contain_text("Winter fair")
    await expect(page.get_by_role("region", name="Studio")).to_contain_text("18:00 to 20:00 In use")
    await page.emulate_media(media="print")
    await expect(page.get_by_role("button", name="Print")).to_be_hidden()
    await expect(
        page.get_by_role("heading", name="Ramsey Hub: Monday 6 Dec 2027 to Sunday 12 Dec 2027")
    ).to_be_visible()
    text = await page.locator("body").inner_text()
    assert "quarrel" not in text
    assert "Secret" not in text
    assert _pages(await page.pdf()) == 1
    await page.emulate_media(media="screen")
    await page.get_by_role("link", name="One day").click()
    await expect(page).to_have_url(re.compile("q=board.day"))
    await expect(page.get_by_role("region", name="Main hall")).to_contain_text("Nothing booked")


def _pages(pdf: bytes) -> int:
    return len(re.findall(rb"/Type\s*/Page\b", pdf))


@pytest.mark.browser_full
async def test_the_notice_board_has_no_faults_that_axe_finds_and_fits_a_phone(screens: Screens) -> None:
    for scheme, forced, size in LOOKS:
        screen = await screens.new(scheme=scheme, forced=forced, size=size)
        await screen.open(f"/diary?site=ramsey&date={MONDAY}&view=week&q=board")
        await expect(screen.page.get_by_role("region", name="Main hall")).to_be_visible()
        assert await faults(screen.page, f"board {scheme} {size}") == []
        assert await screen.sideways() == 0
