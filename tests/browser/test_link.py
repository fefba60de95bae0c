"""The link in the message: what an old phone shows, what stays without signal, a QR code for the narrowest phone."""

import re
from datetime import date

import pytest
from playwright.async_api import Locator, Page, expect

from firmware_sim.hub_processes import SimHub
from tests.browser.axe import faults
from tests.browser.booked import book, on_the_door, times
from tests.browser.screen import Screens
from tests.eventually import eventually

pytestmark = pytest.mark.asyncio(loop_scope="session")

DAY = date(2026, 12, 29)
NARROW = (320, 640)
KEPT = "caches.open('door-pages').then((all) => all.match(location.href)).then(Boolean)"


async def kept(page: Page) -> None:
    """The phone has stored the page."""
    await eventually(lambda: page.evaluate(KEPT), what="the page is kept")


def spoken(code: str) -> re.Pattern[str]:
    return re.compile(rf"{code[:3]}\s*{code[3:]}")


async def test_without_scripts_code_window_state_and_cancel_are_there_and_what_is_missing_is_said(
    screens: Screens, hub: SimHub
) -> None:
    booked = await book(hub, "Old phone", DAY, "10:00", "11:00")
    await on_the_door(hub, booked)
    screen = await screens.new(size=NARROW, signed_in=False, settings={"java_script_enabled": False})
    page = screen.page
    await page.goto(booked["link"])
    body = page.locator("body")
    await expect(body).to_contain_text(spoken(booked["code"]))
    await expect(body).to_contain_text("Tue 29 Dec, 10:00 to 11:00")
    await expect(body).to_contain_text("on the door since")
    await expect(body).to_contain_text("Without signal this page does not open again: note the code.")
    await page.get_by_role("button", name="Move it to another time").click()
    await page.get_by_label("From").fill("12:00")
    await page.get_by_label("To").fill("13:00")
    await page.get_by_role("button", name="Look whether it is free").click()
    await expect(page.get_by_role("status")).to_contain_text("Tue 29 Dec, 12:00 to 13:00 is free")
    await page.get_by_role("button", name="Move it", exact=True).click()
    await expect(page.get_by_role("heading", level=1)).to_have_text("Old phone is not confirmed yet")
    await expect(page.get_by_role("status")).to_contain_text("It is moved, and waits until somebody has agreed.")
    assert (await times(hub, booked["id"]))[1:] == ("12:00", "13:00")
    await page.get_by_role("button", name="Cancel this booking").click()
    await page.get_by_role("button", name="Yes, cancel the booking").click()
    await expect(page.get_by_role("heading", level=1)).to_have_text("Old phone is cancelled")


async def test_a_series_and_its_dates_stay_readable_without_signal_and_say_so(screens: Screens, hub: SimHub) -> None:
    weekly = {"first_starts": "2026-12-30T10:00", "first_ends": "2026-12-30T11:00", "rule": "FREQ=WEEKLY;COUNT=3"}
    made = await hub.api.post("/sites/ramsey/series", {"space": "studio", "title": "Kept term", "people": 5} | weekly)
    screen = await screens.new(size=NARROW, signed_in=False)
    screen.excuse("ERR_INTERNET_DISCONNECTED", "ERR_FAILED")
    page = screen.page
    await page.goto(made["link"])
    await kept(page)
    await expect(page.get_by_text("Without signal this page does not open again")).to_be_hidden()
    await page.get_by_role("link", name="Wed 30 Dec, 10:00 to 11:00").click()
    await expect(page.get_by_text("Door code", exact=True)).to_be_visible()
    await kept(page)
    await page.context.set_offline(True)
    await page.reload()
    old = page.get_by_text("No signal: this is the page as it was at")
    await expect(old).to_be_visible()
    await expect(page.locator(".code")).to_be_visible()
    await page.get_by_role("button", name="Move it to another time").click()
    await expect(old).to_be_visible()
    await page.goto(made["link"])
    await expect(old).to_be_visible()
    await expect(page.get_by_text("Door code").first).to_be_visible()
    await page.context.set_offline(False)
    await page.reload()
    await expect(old).to_be_hidden()


async def test_the_qr_code_of_the_link_to_pass_on_fits_320_pixels_without_signal_too(
    screens: Screens, hub: SimHub
) -> None:
    booked = await book(hub, "Scanned", DAY, "15:00", "16:00")
    screen = await screens.new(size=NARROW, signed_in=False)
    page = screen.page
    await page.goto(booked["link"])
    await kept(page)
    await page.context.set_offline(True)
    await page.reload()
    await page.get_by_text("Show it as a QR code for their phones").click()
    await _fits(page.locator(".pass svg"))
    assert await screen.sideways() == 0
    found: list[str] = []
    for colours in ("light", "dark"):
        await page.emulate_media(color_scheme=colours)
        found += await faults(page, f"with its QR code, {colours}")
    assert found == []


async def _fits(picture: Locator) -> None:
    await expect(picture).to_be_visible()
    box = await picture.bounding_box()
    assert box is not None
    assert box["x"] >= 0
    assert 200 <= box["width"] <= 320 - box["x"], "large enough to be read, and whole"
