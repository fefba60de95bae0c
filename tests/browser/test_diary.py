"""The diary is found by its address, keeps the site's time, and loses nothing of the clock changes."""

from datetime import date

import pytest
from playwright.async_api import expect

from firmware_sim.rig import Rig
from tests.browser.booked import book
from tests.browser.screen import Screens

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_it_opens_on_today_in_the_time_of_the_site(screens: Screens) -> None:
    screen = await screens.new()
    await screen.open("/")
    await expect(screen.page.get_by_role("heading", level=1)).to_have_text("Wednesday 25 Nov 2026")
    await expect(screen.page.get_by_text("Live", exact=True)).to_be_visible()


async def test_day_and_building_are_in_the_address_and_the_back_button_knows_them(screens: Screens) -> None:
    screen = await screens.new()
    page = screen.page
    await screen.diary(date(2026, 12, 1))
    await page.get_by_role("link", name="Day after").click()
    await expect(page.get_by_role("heading", level=1)).to_have_text("Wednesday 2 Dec 2026")
    await page.get_by_label("Building").select_option("march")
    await expect(page.get_by_role("rowheader", name="Community hall")).to_be_visible()
    assert "site=march" in page.url
    assert "date=2026-12-02" in page.url
    await page.go_back()
    await expect(page.get_by_role("rowheader", name="Studio")).to_be_visible()
    await page.go_back()
    await expect(page.get_by_role("heading", level=1)).to_have_text("Tuesday 1 Dec 2026")


async def test_a_date_is_typed_the_british_way(screens: Screens) -> None:
    screen = await screens.new()
    page = screen.page
    await screen.diary(date(2026, 12, 1))
    field = page.get_by_label("Go to date")
    await field.fill("26.11.2026")
    await field.press("Enter")
    await expect(page.get_by_role("heading", level=1)).to_have_text("Thursday 26 Nov 2026")
    await field.fill("11/26/2026")
    await field.press("Enter")
    await expect(page.get_by_role("alert").filter(has_text="Write a date like")).to_be_visible()
    await expect(page.get_by_role("heading", level=1)).to_have_text("Thursday 26 Nov 2026")


async def test_opening_modes_stand_in_words(screens: Screens) -> None:
    screen = await screens.new()
    await screen.diary(date(2026, 12, 1))
    opening = screen.page.get_by_role("list", name="Opening").get_by_role("listitem")
    await expect(opening).to_have_text(["Closed 00:00 to 10:00", "Staffed 10:00 to 18:00", "Closed 18:00 to midnight"])


@pytest.mark.parametrize(("day", "hours"), [(date(2027, 3, 28), 23), (date(2027, 10, 31), 25)])
async def test_the_days_of_the_clock_changes_have_their_own_length(screens: Screens, day: date, hours: int) -> None:
    screen = await screens.new()
    await screen.diary(day)
    width = await screen.page.get_by_role("list", name="Opening").evaluate("list => list.parentElement.clientWidth")
    assert width == hours * 84


async def test_the_table_says_all_that_the_timeline_shows(screens: Screens, house: Rig) -> None:
    day = date(2026, 12, 3)
    await book(house, "Table tennis", day, "19:00", "21:00", space="hall")
    screen = await screens.new()
    await screen.diary(day)
    await screen.page.get_by_role("link", name="Table").click()
    row = screen.page.get_by_role("row", name="Table tennis")
    await expect(row).to_contain_text("19:00 to 21:00")
    await expect(row).to_contain_text("Main hall")
    await expect(row).to_contain_text("Confirmed")
    await expect(row).to_contain_text("Mary Holloway")
    await row.get_by_role("button", name="Table tennis").click()
    await expect(screen.panel.get_by_role("heading", name="Table tennis")).to_be_visible()


async def test_a_booking_made_elsewhere_appears_by_itself(screens: Screens, house: Rig) -> None:
    day = date(2026, 12, 4)
    screen = await screens.new()
    await screen.diary(day)
    await expect(screen.page.get_by_text("Live", exact=True)).to_be_visible()
    await book(house, "Late arrival", day, "12:00", "13:00")
    await expect(screen.block("Late arrival")).to_be_visible()


async def test_a_building_that_does_not_exist_is_said_so(screens: Screens) -> None:
    screen = await screens.new()
    await screen.open("/diary?site=atlantis")
    await expect(screen.page.get_by_text("There is no building called “atlantis”.")).to_be_visible()
