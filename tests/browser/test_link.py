"""The link in the message: what an old phone shows, what stays without signal, a QR code for the narrowest phone."""

import re
from datetime import date

import pytest
from playwright.async_api import FilePayload, Locator, Page, expect

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


@pytest.mark.browser_full
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


DRAWN = "document.querySelector('img')?.complete && document.querySelector('img').naturalWidth"
STORED = "caches.open('door-photos').then((all) => all.keys()).then((keys) => keys.length)"


@pytest.mark.browser_full
async def test_a_manager_writes_the_way_with_a_photograph_and_a_phone_keeps_both_without_signal(
    screens: Screens, hub: SimHub
) -> None:
    desk = await screens.new(size=NARROW)
    await desk.open("/buildings?site=ramsey&view=doors")
    await desk.page.get_by_role("link", name="The way to the building and its doors, as who books sees it").click()
    form = desk.page.locator("form").first
    await form.get_by_label("The way to the building, in words").fill("Past the war memorial,\nleft of the chapel.")
    await form.get_by_label("The way without steps").fill("The ramp is behind the car park.")
    picture = await desk.page.screenshot(type="jpeg", quality=90)
    await form.get_by_label("A photograph").set_input_files(
        {"name": "w.jpg", "mimeType": "image/jpeg", "buffer": picture}
    )
    await form.get_by_role("button", name="Keep this").click()
    await expect(desk.page.get_by_text("Kept.")).to_be_visible()
    await expect(desk.page.get_by_role("img", name="The present photograph: the way to The building")).to_be_visible()
    found = await faults(desk.page, "the ways")
    booked = await book(hub, "Found it", DAY, "17:00", "18:00")
    screen = await screens.new(size=NARROW, signed_in=False)
    page = screen.page
    await page.goto(booked["show_link"])
    await expect(page.get_by_text("left of the chapel.")).to_be_visible()
    await expect(page.get_by_text("Without steps: The ramp is behind the car park.")).to_be_visible()
    await kept(page)
    await eventually(lambda: page.evaluate(f"{STORED}.then((number) => number === 1)"), what="the photo is kept")
    await page.context.set_offline(True)
    await page.reload()
    await expect(page.get_by_text("No signal: this is the page as it was at")).to_be_visible()
    await expect(page.get_by_role("img", name="The way to the building")).to_be_visible()
    await eventually(lambda: page.evaluate(f"({DRAWN}) > 0"), what="the photo is drawn")
    assert await screen.sideways() == 0
    found += await faults(page, "the way without signal")
    assert found == []


@pytest.mark.browser_full
async def test_my_bookings_shows_the_way(screens: Screens, hub: SimHub) -> None:
    password = "fifteen calm rivers"
    await hub.api.put("/parties/way-choir", {"kind": "group", "name": "Way choir"})
    leads = [{"role": "group_leader", "site": None, "party": "way-choir"}]
    await hub.api.post("/users", {"name": "Wyn of the choir", "password": password, "assignments": leads})
    way = {"text": "Through the arch.", "step_free": "Ring for the lift.", "version": 0}
    await hub.api.put("/sites/march/ways", way)
    await book(hub, "Lift practice", DAY, "17:00", "18:00", site="march", space="hall", party="way-choir")
    screen = await screens.new(signed_in=False, size=NARROW)
    await screen.open("/my-bookings")
    await screen.page.get_by_label("Name").fill("Wyn of the choir")
    await screen.page.get_by_label("Password").fill(password)
    await screen.page.get_by_role("button", name="Sign in").click()
    await expect(screen.page.get_by_text("Through the arch.")).to_be_visible()
    await expect(screen.page.get_by_text("Without steps: Ring for the lift.")).to_be_visible()
    assert await screen.sideways() == 0


@pytest.mark.browser_full
async def test_a_reported_problem_stands_on_morning_with_its_photo_until_it_is_done(
    screens: Screens, hub: SimHub
) -> None:
    """By the link without an account, then on My bookings with one."""
    password = "fifteen calm rivers"
    await hub.api.put("/parties/tap-choir", {"kind": "group", "name": "Tap choir"})
    member = [{"role": "group_member", "site": None, "party": "tap-choir"}]
    await hub.api.post("/users", {"name": "Tam of the choir", "password": password, "assignments": member})
    booked = await book(hub, "Tap practice", DAY, "19:00", "20:00", space="hall", party="tap-choir")
    phone = await screens.new(size=NARROW, signed_in=False)
    page = phone.page
    await page.goto(booked["link"])
    await page.get_by_role("button", name="Report a problem…").click()
    await page.get_by_label("What is wrong").fill("The tap in the kitchen drips")
    picture = await page.screenshot(type="jpeg", quality=90)
    photo: FilePayload = {"name": "tap.jpg", "mimeType": "image/jpeg", "buffer": picture}
    await page.get_by_label("A photograph, if it helps").set_input_files(photo)
    found = await faults(page, "reporting by the link")
    assert await phone.sideways() == 0
    await page.get_by_role("button", name="Report it", exact=True).click()
    await expect(page.get_by_text("It is reported. Thank you.")).to_be_visible()
    await phone.open("/my-bookings")
    await page.get_by_label("Name").fill("Tam of the choir")
    await page.get_by_label("Password").fill(password)
    await page.get_by_role("button", name="Sign in").click()
    await page.get_by_role("button", name=re.compile("Tap practice$")).click()
    await page.get_by_role("button", name="Report a problem…").click()
    await expect(page.get_by_role("heading", name="Report a problem: Main hall")).to_be_focused()
    await page.get_by_role("button", name="Report it", exact=True).click()
    await expect(page.get_by_text("Say what is wrong.")).to_be_visible()
    await page.get_by_label("What is wrong").fill("The heating is off")
    await page.get_by_label("A photo, if it helps").set_input_files(photo)
    found += await faults(page, "reporting on My bookings")
    assert await phone.sideways() == 0
    await page.get_by_role("button", name="Report it", exact=True).click()
    await expect(page.get_by_role("region", name="Notice").get_by_text("It is reported. Thank you.")).to_be_visible()
    desk = await screens.new(size=NARROW)
    await desk.open("/morning?site=ramsey")
    tap = desk.page.get_by_role("listitem").filter(has_text="The tap in the kitchen drips")
    await expect(tap).to_contain_text("Tap practice")
    async with desk.page.expect_popup() as opened:
        await tap.get_by_role("link", name="See the photo").click()
    shown = await opened.value
    assert await shown.evaluate("document.querySelector('img').naturalWidth") > 0
    await shown.close()
    found += await faults(desk.page, "reported problems")
    await tap.get_by_role("button", name="Done").click()
    await expect(tap).to_be_hidden()
    heating = desk.page.get_by_role("listitem").filter(has_text="The heating is off")
    await expect(heating.get_by_role("link", name="See the photo")).to_be_visible()
    await heating.get_by_role("button", name="Done").click()
    await expect(heating).to_be_hidden()
    assert found == []
