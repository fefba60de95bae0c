"""One date of a series is carried elsewhere in the diary, and the page asks which dates go with it."""

import re
from datetime import date, timedelta
from typing import Any

import pytest
from playwright.async_api import expect

from firmware_sim.hub_processes import SimHub
from tests.browser.axe import faults
from tests.browser.booked import book
from tests.browser.screen import PHONE, Screen, Screens

pytestmark = pytest.mark.asyncio(loop_scope="session")

HOUR_PX = 84
WEEK = timedelta(days=7)


async def _series(hub: SimHub, title: str, first: date, *, count: int = 4) -> str:
    body = {
        "space": "studio",
        "title": title,
        "first_starts": f"{first}T10:00",
        "first_ends": f"{first}T11:00",
        "rule": f"FREQ=WEEKLY;COUNT={count}",
    }
    made: str = (await hub.api.post("/sites/ramsey/series", body))["id"]
    return made


async def _dates(hub: SimHub, series: str) -> list[str]:
    """Where each date is: day, space and times of the clock."""
    found: list[dict[str, Any]] = (await hub.api.get(f"/series/{series}"))["dates"]
    return [f"{one['starts'][5:10]} {one['space']} {one['starts'][11:16]}-{one['ends'][11:16]}" for one in found]


async def _carry(screen: Screen, title: str, right_px: int, down_px: int) -> None:
    await screen.reach("Meeting room")
    block = screen.block(title)
    await block.scroll_into_view_if_needed()
    box = await block.bounding_box()
    assert box is not None
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    mouse = screen.page.mouse
    await mouse.move(x, y)
    await mouse.down()
    await mouse.move(x + right_px / 2, y + down_px / 2, steps=4)
    await mouse.move(x + right_px, y + down_px, steps=4)
    await mouse.up()


async def test_a_date_carried_by_the_mouse_moves_alone_with_its_price_and_undo(screens: Screens, hub: SimHub) -> None:
    first = date(2027, 6, 1)
    series = await _series(hub, "Carried", first)
    screen = await screens.new()
    await screen.diary(first)
    await _carry(screen, "Carried", 2 * HOUR_PX, 0)
    asked = screen.page.get_by_role("dialog", name="Move Carried")
    await expect(asked).to_contain_text("to Studio, Tue 1 Jun, 12:00 to 13:00")
    await expect(asked.get_by_role("radio", name="Only this date")).to_be_checked()
    await expect(asked.get_by_text("Free", exact=True)).to_be_visible()
    assert await faults(screen.page, "which dates move") == []
    await asked.get_by_role("button", name="Move this date").click()
    await screen.said(re.compile("Moved. Carried: Studio, Tue 1 Jun, 12:00 to 13:00"))
    await expect(screen.block("Carried")).to_be_focused()
    stay = [f"06-{day:02} studio 10:00-11:00" for day in (8, 15, 22)]
    assert await _dates(hub, series) == ["06-01 studio 12:00-13:00", *stay]
    await screen.page.get_by_role("button", name="Undo").click()
    await screen.said(re.compile("Moved back. Carried"))
    assert await _dates(hub, series) == ["06-01 studio 10:00-11:00", *stay]


@pytest.mark.browser_full
async def test_keys_move_this_and_the_following_dates_each_checked_before_and_undo_brings_them_back(
    screens: Screens, hub: SimHub
) -> None:
    first = date(2027, 7, 6)
    series = await _series(hub, "Keyed", first)
    await book(hub, "In the way", first + 2 * WEEK, "10:00", "11:00", space="meeting-room")
    screen = await screens.new()
    keys = screen.page.keyboard
    await screen.diary(first + WEEK)
    await screen.block("Keyed").focus()
    for key in ("m", "ArrowUp", "ArrowRight", "ArrowRight", "Enter"):
        await keys.press(key)
    asked = screen.page.get_by_role("dialog", name="Move Keyed")
    await expect(asked).to_contain_text("to Meeting room, Tue 13 Jul, 10:30 to 11:30")
    await asked.get_by_role("radio", name="Only this date").focus()
    await keys.press("ArrowDown")
    await expect(asked.get_by_role("radio", name="This and the following dates")).to_be_checked()
    await expect(asked).to_contain_text("In the way")
    await expect(asked.get_by_role("button", name="Move 2 dates")).to_be_visible()
    assert await faults(screen.page, "which dates move") == []
    await asked.get_by_role("button", name="Move 2 dates").focus()
    await keys.press("Enter")
    await screen.said(re.compile("Moved. Series Keyed: 2 changed, 1 kept"))
    await expect(screen.block("Keyed")).to_be_focused()
    follows = next(
        one["series"]
        for one in (
            await hub.api.get("/sites/ramsey/bookings", **{"from": "2027-07-13T00:00", "to": "2027-07-14T00:00"})
        )["items"]
        if one["title"] == "Keyed"
    )
    assert (await _dates(hub, series))[0] == "07-06 studio 10:00-11:00"
    moved = ["07-13 meeting-room 10:30-11:30", "07-20 studio 10:00-11:00", "07-27 meeting-room 10:30-11:30"]
    assert await _dates(hub, follows) == moved
    await screen.page.get_by_role("button", name="Undo").click()
    await screen.said(re.compile("Moved back. Series Keyed: 2 changed"))
    assert await _dates(hub, follows) == [f"07-{day} studio 10:00-11:00" for day in (13, 20, 27)]


@pytest.mark.browser_full
async def test_all_dates_to_come_go_to_another_day_over_both_clock_changes(screens: Screens, hub: SimHub) -> None:
    for first, other in ((date(2027, 3, 23), "24/03/2027"), (date(2027, 10, 26), "25/10/2027")):
        title = f"Shifted {first.month}"
        series = await _series(hub, title, first, count=2)
        screen = await screens.new(size=PHONE)
        await screen.diary(first)
        await screen.block(title).focus()
        for key in ("m", "ArrowRight", "Enter"):
            await screen.page.keyboard.press(key)
        asked = screen.page.get_by_role("dialog", name=f"Move {title}")
        await asked.get_by_label("Day").fill("40/1")
        await expect(asked.get_by_text("Write the date like")).to_be_visible()
        await asked.get_by_label("Day").fill(other)
        await asked.get_by_role("radio", name="All dates to come").check()
        await asked.get_by_role("button", name="Move 2 dates").click()
        await screen.said(re.compile(f"Moved. Series {title}: 2 changed"))
        day = date(int(other[6:]), int(other[3:5]), int(other[:2]))
        wanted = [f"{when:%m-%d} studio 10:15-11:15" for when in (day, day + WEEK)]
        assert await _dates(hub, series) == wanted


@pytest.mark.browser_full
async def test_a_date_that_was_moved_by_hand_moves_alone_and_escape_leaves_it(screens: Screens, hub: SimHub) -> None:
    first = date(2027, 8, 3)
    series = await _series(hub, "Handmade", first, count=2)
    found = (await hub.api.get(f"/series/{series}"))["dates"][0]["booking"]
    await hub.api.patch(f"/bookings/{found}", {"starts": f"{first}T12:00", "ends": f"{first}T13:00"})
    screen = await screens.new()
    await screen.diary(first)
    await screen.block("Handmade").focus()
    for key in ("m", "ArrowRight", "Enter"):
        await screen.page.keyboard.press(key)
    asked = screen.page.get_by_role("dialog", name="Move Handmade")
    await expect(asked.get_by_text("This date was moved by hand before, so it moves alone.")).to_be_visible()
    await expect(asked.get_by_role("radio")).to_have_count(0)
    await screen.page.keyboard.press("Escape")
    await expect(asked).to_have_count(0)
    await screen.said("Left where it was.")
    await expect(screen.block("Handmade")).to_be_focused()
    assert (await _dates(hub, series))[0] == "08-03 studio 12:00-13:00"
