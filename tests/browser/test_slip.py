"""The slip for somebody who is not online, as a printer gets it."""

from datetime import date

import pytest
from playwright.async_api import expect

from firmware_sim.hub_processes import SimHub
from tests.browser.axe import faults
from tests.browser.booked import book
from tests.browser.screen import Screens

pytestmark = pytest.mark.asyncio(loop_scope="session")

DAY = date(2026, 12, 21)


async def test_a_slip_is_printed_on_one_sheet_of_a5_with_the_code_and_without_buttons(
    screens: Screens, hub: SimHub
) -> None:
    booked = await book(hub, "Whist", DAY, "10:00", "12:00")
    screen = await screens.new()
    page = screen.page
    await screen.open(f"/slip/{booked['id']}")
    await page.get_by_role("button", name="Show the slip to print").click()
    await expect(page.get_by_role("heading", name="Whist")).to_be_visible()
    assert await faults(page, "slip") == []
    await page.emulate_media(media="print")
    seen = await page.evaluate("document.body.innerText")
    spoken = f"{booked['code'][:3]} {booked['code'][3:]}"
    for text in ("Monday 21 December 2026", "10:00 to 12:00", spoken, "from 09:45 to 12:15", "Front door"):
        assert text in seen, text
    assert "browser" not in seen
    sheets = await page.pdf(prefer_css_page_size=True)
    assert sheets.count(b"/Type /Page\n") + sheets.count(b"/Type /Page ") + sheets.count(b"/Type /Page/") == 1
    assert b"[0 0 419" in sheets or b"[0 0 420" in sheets  # 148 mm in points
