"""Notices that disappear after a while: they cover nothing and leave the focus where it was."""

import re
from datetime import date
from urllib.parse import urlsplit

import pytest
from playwright.async_api import expect

from firmware_sim.hub_processes import SimHub
from tests.browser.axe import faults
from tests.browser.booked import book, titled
from tests.browser.screen import PHONE, Screen, Screens

pytestmark = pytest.mark.asyncio(loop_scope="session")

DAY = date(2027, 3, 16)
COVERED = """() => {
  const notice = [...document.querySelectorAll('[data-notice]')].find((one) => one.checkVisibility());
  const top = notice.getBoundingClientRect().top;
  const all = [...document.querySelectorAll('button, a[href], input, select')].filter((one) => !notice.contains(one));
  const modal = document.querySelector('dialog:modal');
  const reached = all.filter((one) => one.checkVisibility() && (!modal || modal.contains(one)));
  return reached.filter((one) => {
    one.scrollIntoView({ block: 'nearest' });
    const box = one.getBoundingClientRect();
    return box.bottom > top + 1;
  }).map((one) => one.outerHTML.slice(0, 120));
}"""
"""Everything that can be pressed and is hidden under the notice."""


async def _cancelled(
    screens: Screens,
    hub: SimHub,
    title: str,
    size: tuple[int, int],
    *,
    starts: str = "10:00",
    ends: str = "11:00",
) -> Screen:
    booked = await book(hub, title, DAY, starts, ends)
    screen = await screens.new(size=size)
    await screen.diary(DAY, booking=booked["id"])
    await screen.panel.get_by_role("button", name="Cancel…").click()
    await screen.panel.get_by_role("button", name="Cancel the booking").click()
    await expect(screen.page.get_by_role("button", name="Undo")).to_be_visible()
    return screen


@pytest.mark.browser_full
@pytest.mark.parametrize("size", [(1920, 1080), (1280, 800), (360, 740), (320, 640)])
async def test_everything_that_can_be_pressed_comes_out_from_under_it(
    screens: Screens, hub: SimHub, size: tuple[int, int]
) -> None:
    screen = await _cancelled(screens, hub, f"Covered {size[0]}", size)
    assert await screen.page.evaluate(COVERED) == []
    assert await screen.sideways() == 0


@pytest.mark.browser_full
@pytest.mark.parametrize("size", [pytest.param((1280, 800), marks=pytest.mark.browser_full), (360, 740)])
async def test_undo_is_reachable_and_keeps_the_focus_on_its_subject(
    screens: Screens, hub: SimHub, size: tuple[int, int]
) -> None:
    """On a phone too, where the panel lies over everything else."""
    title = f"Undone {size[0]}"
    hour = 15 if size[0] > 1000 else 17
    screen = await _cancelled(screens, hub, title, size, starts=f"{hour}:00", ends=f"{hour + 1}:00")
    undo = screen.page.get_by_role("button", name="Undo")
    await undo.focus()
    await screen.page.keyboard.press("Enter")
    await screen.said(f"{title} is back.")
    assert await titled(hub, title, DAY) is not None
    in_panel = "document.activeElement.closest('dialog') !== null"
    await screen.page.wait_for_function(in_panel)


@pytest.mark.browser_full
async def test_undoing_a_move_leaves_the_focus_in_the_diary(screens: Screens, hub: SimHub) -> None:
    booked = await book(hub, "Moved and back", DAY, "13:00", "14:00")
    screen = await screens.new()
    await screen.diary(DAY)
    await screen.block("Moved and back").focus()
    await screen.page.keyboard.press("m")
    await screen.page.keyboard.press("ArrowRight")
    await screen.page.keyboard.press("Enter")
    await screen.said(re.compile("^Moved. Moved and back"))
    await screen.page.get_by_role("button", name="Undo").click()
    await screen.said(re.compile("^Moved back. Moved and back"))
    await expect(screen.block("Moved and back")).to_be_focused()
    assert (await hub.api.get(f"/bookings/{booked['id']}"))["starts"][11:16] == "13:00"


@pytest.mark.browser_full
async def test_dismissing_a_notice_returns_the_focus(screens: Screens, hub: SimHub) -> None:
    screen = await _cancelled(screens, hub, "Dismissed", (1280, 800))
    close = screen.panel.get_by_role("button", name="Close")
    await close.focus()
    await screen.page.get_by_role("button", name="Dismiss").click()
    await expect(close).to_be_focused()


@pytest.mark.browser_full
async def test_everybody_chooses_which_notices_they_get(screens: Screens, hub: SimHub) -> None:
    name, password = "Rosa Pell", "nine quiet kettles"
    await hub.api.post(
        "/users",
        {"name": name, "password": password, "assignments": [{"role": "auditor"}], "email": "rosa.pell@choir.test"},
    )
    screen = await screens.new(signed_in=False)
    screen.excuse("status of 401")
    page = screen.page
    await screen.open("/diary?site=ramsey")
    await screen.sign_in(name, password)
    await screen.open("/account?site=ramsey")
    await page.get_by_text("Choose which notices about your bookings you get, and how").click()
    await expect(page.get_by_label("Confirmed", exact=True).locator("option")).to_have_count(1)
    await page.get_by_label("Reminder").select_option("not at all")
    assert await faults(page, "notice preferences") == []
    await page.get_by_role("button", name="Save").click()
    await screen.said("Your choice is saved.")
    await page.reload()
    await page.get_by_text("Choose which notices about your bookings you get, and how").click()
    await expect(page.get_by_label("Reminder")).to_have_value("none")


async def test_mails_are_stopped_on_a_page_without_sign_in(screens: Screens, hub: SimHub) -> None:
    booking = await book(hub, "Chess", DAY, "16:00", "17:00", contact_email="ann@chess.test")
    screen = await screens.new(signed_in=False, size=PHONE)
    page = screen.page
    await screen.open(urlsplit(booking["link"]).path)
    await page.get_by_role("link", name="Choose which notices you get, and how").click()
    await page.goto(f"{page.url}?kind=reminder")  # as the link to unsubscribe in a reminder has it
    assert await faults(page, "stop notices") == []
    assert await screen.sideways() == 0
    await page.get_by_role("button", name="Stop these mails").click()
    await expect(page.get_by_role("status")).to_have_text("These mails are stopped.")
    await expect(page.get_by_label("Reminder")).to_have_value("none")
    await page.get_by_label("Reminder").select_option("by mail")
    await page.get_by_role("button", name="Save").click()
    await expect(page.get_by_role("status")).to_have_text("Saved.")
    await expect(page.get_by_label("Reminder")).to_have_value("mail")
    await page.goto(page.url)
    await expect(page.get_by_role("button", name="Stop these mails")).to_be_visible()
