"""A hall and its halves stand together in the diary, and each booking is drawn once."""

import re
from collections.abc import AsyncIterator
from datetime import date

import pytest
import pytest_asyncio
from playwright.async_api import FloatRect, Locator, expect

from firmware_sim.hub_processes import SimHub
from tests.browser.axe import faults
from tests.browser.booked import book, decide, times
from tests.browser.screen import PHONE, Screen, Screens

pytestmark = pytest.mark.asyncio(loop_scope="session")

DAY = date(2027, 2, 2)
HALVES = {"annexe-east": "Eastern bay", "annexe-west": "Western bay"}
HOUR_PX = 84


@pytest_asyncio.fixture(scope="module", loop_scope="session", autouse=True)
async def annexe(hub: SimHub) -> AsyncIterator[None]:
    """A hall of two halves, with bookings of it and of each half on one day."""
    for half in HALVES:
        await hub.api.put(f"/sites/march/spaces/{half}", {"name": HALVES[half]})
    await hub.api.put("/sites/march/spaces/annexe", {"name": "Annexe", "parts": list(HALVES)})
    booked = [
        await book(hub, "Ceilidh", DAY, "14:00", "16:00", space="annexe", site="march", setup_min=30),
        await book(hub, "Yoga", DAY, "10:00", "11:30", space="annexe-east", site="march"),
        await book(hub, "Chess", DAY, "11:00", "12:00", space="annexe-west", site="march"),
    ]
    yield
    for one in booked:
        await decide(hub, one, "cancel")


async def _box(block: Locator) -> FloatRect:
    box = await block.bounding_box()
    assert box is not None
    return box


def _reaches(block: FloatRect, row: FloatRect) -> bool:
    middle = row["y"] + row["height"] / 2
    return block["y"] < middle < block["y"] + block["height"]


async def _carry(screen: Screen, title: str, grip_px: float, down_px: float) -> None:
    """Carry a block by the mouse, from ``grip_px`` below its top, and keep the button down."""
    await screen.reach("Community hall")
    box = await _box(screen.block(title))
    x, y = box["x"] + 60, box["y"] + grip_px
    mouse = screen.page.mouse
    await mouse.move(x, y)
    await mouse.down()
    await mouse.move(x + HOUR_PX / 2, y + down_px / 2, steps=4)
    await mouse.move(x + HOUR_PX, y + down_px, steps=4)


async def test_a_booking_of_the_whole_is_drawn_once_over_its_halves_and_one_of_a_half_only_there(
    screens: Screens,
) -> None:
    screen = await screens.new()
    await screen.diary(DAY, site="march")
    rows = {room: await _box(screen.row(room)) for room in ("Annexe", "Eastern bay", "Western bay")}
    tops = [box["y"] for box in rows.values()]
    assert tops == sorted(tops)
    await expect(screen.block("Ceilidh")).to_have_count(1)
    await expect(screen.block("Ceilidh")).to_have_attribute("aria-rowspan", "3")
    whole, half = await _box(screen.block("Ceilidh")), await _box(screen.block("Yoga"))
    assert all(_reaches(whole, row) for row in rows.values())
    assert [_reaches(half, row) for row in rows.values()] == [False, True, False]
    taken = screen.row("Annexe").get_by_role("gridcell", name=re.compile("^Not free"))
    await expect(taken).to_have_count(1)
    said = "Not free, 10:00 to 12:00: Yoga has Eastern bay, Chess has Western bay, Annexe"
    await expect(taken).to_have_accessible_name(said)
    for room in HALVES.values():
        there = screen.row(room).get_by_role("gridcell")
        await expect(there.filter(has_text="Ceilidh")).to_have_count(0)
        await expect(there.and_(screen.page.get_by_role("gridcell", name=re.compile("^Not free")))).to_have_count(0)
    assert await faults(screen.page, "divided") == []


@pytest.mark.browser_full
async def test_keys_go_through_a_hall_and_its_halves_as_they_are_drawn(screens: Screens) -> None:
    screen = await screens.new()
    await screen.diary(DAY, site="march")
    keys = screen.page.keyboard
    await screen.block("Yoga").focus()
    await keys.press("ArrowRight")
    await expect(screen.free("Eastern bay", "Free, 11:30 to 13:30")).to_be_focused()
    await keys.press("ArrowRight")
    await expect(screen.block("Ceilidh")).to_be_focused()
    await keys.press("ArrowRight")
    await expect(screen.free("Eastern bay", "Free, 16:00")).to_be_focused()
    await keys.press("ArrowLeft")
    await expect(screen.block("Ceilidh")).to_be_focused()
    await keys.press("ArrowDown")
    rooms = await screen.page.get_by_role("rowheader").all_inner_texts()
    below = rooms[[room.splitlines()[0] for room in rooms].index("Western bay") + 1].splitlines()[0]
    await expect(screen.row(below).locator(":focus")).to_have_count(1)  # whichever room other tests made here
    await keys.press("ArrowUp")
    await expect(screen.block("Ceilidh")).to_be_focused()
    await keys.press("ArrowLeft")
    await expect(screen.free("Western bay", "Free, 12:00 to 13:30")).to_be_focused()
    await keys.press("Home")
    await keys.press("ArrowUp")
    await expect(screen.free("Eastern bay", "Free, 00:00")).to_be_focused()


@pytest.mark.browser_full
async def test_a_booking_is_carried_from_the_whole_to_a_half_and_back_with_its_code(
    screens: Screens, hub: SimHub
) -> None:
    day = date(2027, 2, 9)
    booked = await book(hub, "Jumble", day, "10:00", "12:00", space="annexe", site="march")
    screen = await screens.new()
    await screen.diary(day, site="march")
    height = (await _box(screen.block("Jumble")))["height"]
    await _carry(screen, "Jumble", height - 12, 10)
    shown = screen.page.locator(".drag-preview")
    await expect(shown).to_have_text(re.compile(r"11:00–13:00,\s+free"))
    held = (await _box(screen.block("Jumble")))["height"]  # rows may have grown since
    assert (await _box(shown))["height"] == held, "the hall's block slips by a little and stays the hall's"
    await screen.page.mouse.up()
    await screen.said(re.compile("Moved. Jumble: Annexe, Tue 9 Feb, 11:00 to 13:00"))
    await _carry(screen, "Jumble", 10, 60)
    await screen.page.mouse.up()
    await screen.said(re.compile("Moved. Jumble: Eastern bay, Tue 9 Feb, 12:00 to 14:00"))
    await screen.block("Jumble").focus()
    for key in ("m", "ArrowUp"):
        await screen.page.keyboard.press(key)
    await screen.said("Annexe, Tue 9 Feb, 12:00 to 14:00, free")
    await screen.page.keyboard.press("Enter")
    await screen.said(re.compile("Moved. Jumble: Annexe, Tue 9 Feb, 12:00 to 14:00"))
    await expect(screen.block("Jumble")).to_be_focused()
    assert await times(hub, booked["id"]) == ("annexe", "12:00", "14:00")
    await decide(hub, booked, "cancel")


@pytest.mark.browser_full
async def test_the_week_has_one_row_for_a_hall_with_its_halves(screens: Screens) -> None:
    screen = await screens.new()
    page = screen.page
    await screen.open(f"/diary?site=march&date={DAY}&view=week")
    await expect(screen.row("Annexe")).to_contain_text("with Eastern bay, Western bay")
    await expect(page.get_by_role("rowheader", name="Annexe")).to_have_count(1)
    for title, part in (("Ceilidh", ""), ("Yoga", "Eastern bay"), ("Chess", "Western bay")):
        entry = page.get_by_role("button", name=re.compile(rf"^{title}, "))
        await expect(entry).to_have_count(1)
        await expect(entry).to_contain_text(part)


@pytest.mark.browser_full
async def test_on_a_phone_the_hall_reaches_over_its_halves_while_its_own_row_is_out_of_sight(
    screens: Screens, hub: SimHub
) -> None:
    day = date(2027, 2, 16)
    booked = await book(hub, "All day", day, "00:00", "23:00", space="annexe", site="march")
    screen = await screens.new(size=(PHONE[0], 420))
    await screen.diary(day, site="march")
    await screen.row("Western bay").scroll_into_view_if_needed()
    await screen.page.get_by_role("grid").evaluate("grid => grid.parentElement.parentElement.scrollTop = 60")
    await expect(screen.block("All day")).to_be_visible()
    await expect(screen.block("All day")).to_have_count(1)
    await decide(hub, booked, "cancel")


@pytest.mark.browser_full
async def test_the_notice_board_has_each_booking_once_under_the_room_that_divides(screens: Screens) -> None:
    screen = await screens.new()
    page = screen.page
    await screen.open(f"/diary?site=march&date={DAY}&view=week&q=board.day")
    whole = page.get_by_role("region", name="Annexe")
    await expect(whole).to_contain_text("with Eastern bay, Western bay")
    items = whole.get_by_role("listitem")
    await expect(items).to_have_text(
        ["10:00 to 11:30 In use, Eastern bay", "11:00 to 12:00 In use, Western bay", "14:00 to 16:00 In use"]
    )
    await expect(page.get_by_text("14:00 to 16:00")).to_have_count(1)
    for half in HALVES.values():
        await expect(page.get_by_role("region", name=half)).to_have_count(0)
