"""Notices that disappear after a while: they cover nothing and leave the focus where it was."""

import re
from datetime import date

import pytest
from playwright.async_api import expect

from firmware_sim.rig import Rig
from tests.browser.booked import book, titled
from tests.browser.screen import Screen, Screens

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
"""Whatever can be pressed and does not come out from under the notice."""


async def _cancelled(
    screens: Screens, rig: Rig, title: str, size: tuple[int, int], *, starts: str = "10:00", ends: str = "11:00"
) -> Screen:
    booked = await book(rig, title, DAY, starts, ends)
    screen = await screens.new(size=size)
    await screen.diary(DAY, booking=booked["id"])
    await screen.panel.get_by_role("button", name="Cancel…").click()
    await screen.panel.get_by_role("button", name="Cancel the booking").click()
    await expect(screen.page.get_by_role("button", name="Undo")).to_be_visible()
    return screen


@pytest.mark.parametrize("size", [(1920, 1080), (1280, 800), (360, 740), (320, 640)])
async def test_everything_that_can_be_pressed_comes_out_from_under_it(
    screens: Screens, rig: Rig, size: tuple[int, int]
) -> None:
    screen = await _cancelled(screens, rig, f"Covered {size[0]}", size)
    assert await screen.page.evaluate(COVERED) == []
    assert await screen.sideways() == 0


@pytest.mark.parametrize("size", [(1280, 800), (360, 740)])
async def test_undo_can_be_reached_and_leaves_the_focus_on_what_it_was_about(
    screens: Screens, rig: Rig, size: tuple[int, int]
) -> None:
    """On a phone too, where the panel lies over everything else."""
    title = f"Undone {size[0]}"
    hour = 15 if size[0] > 1000 else 17
    screen = await _cancelled(screens, rig, title, size, starts=f"{hour}:00", ends=f"{hour + 1}:00")
    undo = screen.page.get_by_role("button", name="Undo")
    await undo.focus()
    await screen.page.keyboard.press("Enter")
    await screen.said(f"{title} is back.")
    assert await titled(rig, title, DAY) is not None
    in_panel = "document.activeElement.closest('dialog') !== null"
    await screen.page.wait_for_function(in_panel)


async def test_undoing_a_move_leaves_the_focus_in_the_diary(screens: Screens, rig: Rig) -> None:
    booked = await book(rig, "Moved and back", DAY, "13:00", "14:00")
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
    assert (await rig.api.get(f"/bookings/{booked['id']}"))["starts"][11:16] == "13:00"


async def test_dismissing_a_notice_gives_the_focus_back(screens: Screens, rig: Rig) -> None:
    screen = await _cancelled(screens, rig, "Dismissed", (1280, 800))
    close = screen.panel.get_by_role("button", name="Close")
    await close.focus()
    await screen.page.get_by_role("button", name="Dismiss").click()
    await expect(close).to_be_focused()
