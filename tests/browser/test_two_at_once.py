"""Two browsers on one booking, and a line that is cut and comes back: nobody loses what they did, and each sees why."""

import re
from datetime import date

import pytest
from playwright.async_api import expect

from firmware_sim.hub_processes import SimHub
from tests.browser.booked import book, times
from tests.browser.screen import PHONE, Screens

pytestmark = pytest.mark.asyncio(loop_scope="session")


@pytest.mark.browser_full
async def test_who_saves_second_sees_what_the_first_has_changed(screens: Screens, hub: SimHub) -> None:
    day = date(2027, 6, 7)
    shared = await book(hub, "Both of us", day, "10:00", "11:00")
    first, second = await screens.new(), await screens.new(size=PHONE)
    second.excuse("status of 409")
    for screen in (first, second):
        await screen.diary(day, booking=shared["id"])
        await screen.panel.get_by_role("button", name="Change").click()
    await first.panel.get_by_label("People").fill("14")
    await second.panel.get_by_label("Phone").fill("01487 555 002")
    await first.panel.get_by_role("button", name="Save").click()
    await expect(first.panel.get_by_role("heading", name="Both of us")).to_be_focused()
    await second.panel.get_by_role("button", name="Save").click()
    await expect(second.panel.get_by_role("alert").filter(has_text="people (now 14)")).to_be_focused()
    await expect(second.panel.get_by_label("Phone")).to_have_value("01487 555 002")
    await second.panel.get_by_role("button", name="Save").click()
    await expect(second.panel.get_by_role("heading", name="Both of us")).to_be_focused()
    saved = await hub.api.get(f"/bookings/{shared['id']}")
    assert (saved["people"], saved["contact_phone"]) == (14, "01487 555 002")
    await expect(first.panel).to_contain_text("01487 555 002")


async def test_what_one_cancels_while_another_carries_it_is_not_dropped(screens: Screens, hub: SimHub) -> None:
    day = date(2027, 6, 8)
    shared = await book(hub, "Carried", day, "10:00", "11:00")
    first, second = await screens.new(), await screens.new()
    await first.diary(day, booking=shared["id"])
    await second.diary(day)
    await second.block("Carried").focus()
    await second.page.keyboard.press("m")
    await second.page.keyboard.press("ArrowRight")
    await expect(second.page.get_by_role("button", name="Drop here")).to_be_visible()
    await first.panel.get_by_role("button", name="Cancel…").click()
    await first.panel.get_by_role("button", name="Cancel the booking").click()
    await first.said("Cancelled Carried.")
    await second.said("Not moved: Carried is no longer here. Somebody else cancelled or moved it.")
    await expect(second.page.get_by_role("button", name="Drop here")).to_have_count(0)
    await second.page.keyboard.press("Enter")
    await expect(second.block("Carried")).to_have_count(0)
    assert (await hub.api.get(f"/bookings/{shared['id']}"))["status"] == "cancelled"
    assert (await times(hub, shared["id"]))[1] == "10:00"


@pytest.mark.browser_full
async def test_a_form_in_progress_outlasts_a_line_that_is_cut(screens: Screens, hub: SimHub) -> None:
    day = date(2027, 6, 9)
    screen = await screens.new(size=PHONE)
    screen.excuse("WebSocket connection to", "ERR_CONNECTION_REFUSED", "ERR_CONNECTION_RESET")
    await screen.diary(day)
    await expect(screen.page.get_by_text("Live", exact=True)).to_be_visible()
    await screen.page.get_by_role("button", name="New booking").click()
    await screen.panel.get_by_label("What for").fill("After the storm")
    await screen.panel.get_by_label("Room").select_option("studio")
    await screen.panel.get_by_label("From").fill("10:00")
    await screen.panel.get_by_label("To", exact=True).fill("11:00")
    await hub.controller.kill()
    try:
        await expect(screen.page.get_by_text(re.compile(r"^Stale since \d\d:\d\d$")).first).to_be_attached()
        await screen.panel.get_by_role("button", name="Book").click()
        await expect(
            screen.panel.get_by_role("alert").filter(has_text="The controller does not answer")
        ).to_be_focused()
    finally:
        await hub.controller.start()
    await expect(screen.page.get_by_text("Live", exact=True)).to_be_attached()
    await expect(screen.panel.get_by_label("What for")).to_have_value("After the storm")
    await screen.panel.get_by_role("button", name="Book").click()
    await screen.said("Booked After the storm, Wed 9 Jun, 10:00 to 11:00.")
    await book(hub, "Booked elsewhere", day, "14:00", "15:00")
    await screen.panel.get_by_role("button", name="Close").click()
    await expect(screen.block("Booked elsewhere")).to_be_attached()
    await hub.online("ramsey")
