"""A weekly series lists every date with its own mark before anything is booked."""

import re
from datetime import date, timedelta

import pytest
from playwright.async_api import expect

from firmware_sim.rig import Rig
from tests.browser.booked import book, titled
from tests.browser.screen import Screens

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_each_date_is_marked_and_a_clash_does_not_fail_the_rest(screens: Screens, house: Rig) -> None:
    first = date(2027, 3, 14)  # a Sunday, two weeks before the clocks go forward
    await book(house, "Wedding", first + timedelta(weeks=1), "00:30", "03:00", space="hall")
    screen = await screens.new()
    await screen.diary(first)
    panel = screen.panel
    await screen.page.get_by_role("button", name="New booking").click()
    await panel.get_by_label("What for").fill("Night vigil")
    await panel.get_by_label("From").fill("01:15")
    await panel.get_by_label("To").fill("02:45")
    await panel.get_by_label("Every week until").check()
    await panel.get_by_label("Last date").fill("11/04/2027")
    dates = panel.get_by_role("group", name=re.compile("5 dates")).get_by_role("listitem")
    await expect(dates).to_have_count(5)
    await expect(dates.nth(0)).to_contain_text("free")
    await expect(dates.nth(1)).to_contain_text("Wedding")
    await expect(dates.nth(1).get_by_role("checkbox")).not_to_be_checked()
    await expect(dates.nth(2)).to_contain_text("02:15 to 02:45")
    await dates.nth(3).get_by_role("checkbox").uncheck()
    await panel.get_by_role("button", name="Book 3 dates").click()
    await screen.said("3 dates booked for Night vigil, 2 skipped.")
    found = [await titled(house, "Night vigil", first + timedelta(weeks=week)) for week in range(5)]
    assert [one and one["starts"] for one in found] == [
        "2027-03-14T01:15:00+00:00",
        None,
        "2027-03-28T02:15:00+01:00",
        None,
        "2027-04-11T01:15:00+01:00",
    ]


async def test_a_date_with_nothing_left_is_listed_and_not_booked(screens: Screens) -> None:
    screen = await screens.new()
    await screen.diary(date(2027, 3, 21))
    panel = screen.panel
    await screen.page.get_by_role("button", name="New booking").click()
    await panel.get_by_label("What for").fill("Gone")
    await panel.get_by_label("Room").select_option("studio")
    await panel.get_by_label("From").fill("01:00")
    await panel.get_by_label("To").fill("02:00")
    await panel.get_by_label("Every week until").check()
    await panel.get_by_label("Last date").fill("04/04/2027")
    dates = panel.get_by_role("group", name=re.compile("3 dates")).get_by_role("listitem")
    await expect(dates.nth(1).get_by_role("checkbox")).to_be_disabled()
    await expect(panel.get_by_role("button", name="Book 2 dates")).to_be_visible()


async def test_the_rest_of_a_series_is_cancelled_from_one_of_its_dates(screens: Screens, house: Rig) -> None:
    first = date(2026, 12, 17)
    body = {
        "space": "meeting-room",
        "title": "Book club",
        "first_starts": f"{first.isoformat()}T19:00",
        "first_ends": f"{first.isoformat()}T20:00",
        "until": (first + timedelta(weeks=2)).isoformat(),
    }
    made = await house.api.post("/sites/ramsey/series", body)
    screen = await screens.new()
    await screen.diary(first + timedelta(weeks=1), booking=made["bookings"][1]["id"])
    await screen.panel.get_by_role("button", name="Cancel…").click()
    await screen.panel.get_by_label("and all later dates").check()
    await screen.panel.get_by_label("Why").fill("The roof leaks")
    await screen.panel.get_by_role("button", name="Cancel the booking").click()
    await screen.said("Cancelled Book club from Thu 24 Dec on.")
    left = [await titled(house, "Book club", first + timedelta(weeks=week)) is not None for week in range(3)]
    assert left == [True, False, False]
    story = await house.api.get(f"/bookings/{made['bookings'][2]['id']}/log")
    assert story["items"][-1]["why"] == "The roof leaks"
