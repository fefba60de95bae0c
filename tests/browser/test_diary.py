"""The diary is found by its address, keeps the site's time, and loses nothing of the clock changes."""

import asyncio
import re
from datetime import date, timedelta

import pytest
from playwright.async_api import Route, expect

from firmware_sim.hub_processes import USER, SimHub
from tests.browser.booked import book, decide
from tests.browser.screen import PHONE, Screens

pytestmark = pytest.mark.asyncio(loop_scope="session")

DESKS = {"name": "Hot desks", "kind": "pool", "pool_size": 6}


@pytest.mark.browser_full
async def test_it_opens_on_today_in_the_time_of_the_site(screens: Screens) -> None:
    screen = await screens.new()
    await screen.open("/")
    await expect(screen.page.get_by_role("heading", level=1)).to_have_text("Wednesday 25 Nov 2026")
    await expect(screen.page.get_by_text("Live", exact=True)).to_be_visible()


@pytest.mark.browser_full
async def test_day_and_building_are_in_the_address_and_the_back_button_knows_them(screens: Screens) -> None:
    screen = await screens.new()
    page = screen.page
    await screen.diary(date(2026, 12, 1))
    await page.get_by_role("link", name="Day after").click()
    await expect(page.get_by_role("heading", level=1)).to_have_text("Wednesday 2 Dec 2026")
    await page.get_by_label("Building").select_option("march")
    await expect(page.get_by_role("rowheader", name="Community hall")).to_be_visible()
    await expect(page).to_have_url(re.compile("site=march"))
    await expect(page).to_have_url(re.compile("date=2026-12-02"))
    await page.go_back()
    await expect(page.get_by_role("rowheader", name="Studio")).to_be_visible()
    await page.go_back()
    await expect(page.get_by_role("heading", level=1)).to_have_text("Tuesday 1 Dec 2026")


@pytest.mark.browser_full
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


@pytest.mark.browser_full
async def test_opening_modes_are_shown_in_words(screens: Screens) -> None:
    screen = await screens.new()
    await screen.diary(date(2026, 12, 1))
    opening = screen.page.get_by_role("list", name="Opening").get_by_role("listitem")
    await expect(opening).to_have_text(["Closed 00:00 to 10:00", "Staffed 10:00 to 18:00", "Closed 18:00 to midnight"])


@pytest.mark.browser_full
@pytest.mark.parametrize(("day", "hours"), [(date(2027, 3, 28), 23), (date(2027, 10, 31), 25)])
async def test_the_days_of_the_clock_changes_have_their_own_length(screens: Screens, day: date, hours: int) -> None:
    screen = await screens.new()
    await screen.diary(day)
    width = await screen.page.get_by_role("list", name="Opening").evaluate("list => list.parentElement.clientWidth")
    assert width == hours * 84


@pytest.mark.browser_full
async def test_the_table_has_everything_the_timeline_shows(screens: Screens, hub: SimHub) -> None:
    day = date(2026, 12, 3)
    await book(hub, "Table tennis", day, "19:00", "21:00", space="hall")
    screen = await screens.new()
    await screen.diary(day)
    await screen.page.get_by_role("link", name="List", exact=True).click()
    row = screen.page.get_by_role("row", name="Table tennis")
    await expect(row).to_contain_text("19:00 to 21:00")
    await expect(row).to_contain_text("Main hall")
    await expect(row).to_contain_text("Confirmed")
    await expect(row).to_contain_text("Mary Holloway")
    await row.get_by_role("button", name="Table tennis").click()
    await expect(screen.panel.get_by_role("heading", name="Table tennis")).to_be_visible()


async def test_a_booking_made_elsewhere_appears_without_a_reload(screens: Screens, hub: SimHub) -> None:
    day = date(2026, 12, 4)
    screen = await screens.new()
    await screen.diary(day)
    await expect(screen.page.get_by_text("Live", exact=True)).to_be_visible()
    await book(hub, "Late arrival", day, "12:00", "13:00")
    await expect(screen.block("Late arrival")).to_be_visible()


@pytest.mark.browser_full
async def test_an_unknown_building_is_reported(screens: Screens) -> None:
    screen = await screens.new()
    await screen.open("/diary?site=atlantis")
    await expect(screen.page.get_by_text("There is no building “atlantis”.")).to_be_visible()


@pytest.mark.browser_full
@pytest.mark.parametrize("text", ["2026-13-45", "26/11/2026", "9999-01-01", "soon"])
async def test_an_address_with_an_impossible_day_shows_today_and_reports_it(screens: Screens, text: str) -> None:
    screen = await screens.new()
    await screen.open(f"/diary?site=ramsey&date={text}")
    await expect(screen.page.get_by_role("heading", level=1)).to_have_text("Wednesday 25 Nov 2026")
    await expect(screen.page.get_by_role("grid")).to_be_visible()
    await expect(screen.page.get_by_role("region", name="Notice")).to_contain_text(f"no day “{text}”")
    await expect(screen.page).not_to_have_url(re.compile("date="))


@pytest.mark.browser_full
async def test_a_pool_shows_its_free_places_and_books_one_of_them(screens: Screens, hub: SimHub) -> None:
    day = date(2026, 12, 8)
    await hub.api.put("/sites/march/spaces/desks", DESKS)
    await book(hub, "Tutors", day, "10:00", "13:00", site="march", space="desks", people=3, seats=3)
    screen = await screens.new()
    await screen.diary(day, site="march")
    await expect(screen.block("Tutors")).to_have_accessible_name(re.compile("3 of 6 places, Hot desks$"))
    await expect(screen.block("Tutors")).to_contain_text("3 of 6")
    left = screen.free("Hot desks", "Free, 3 of 6 places, 10:00 to 13:00")
    await expect(left).to_have_text("3 of 6 free")
    await left.click(position={"x": 10, "y": 10})
    await expect(screen.panel.get_by_label("Room")).to_have_value("desks")
    await expect(screen.panel.get_by_label("From")).to_have_value("10:00")
    await expect(screen.panel.get_by_text("Free", exact=True)).to_be_visible()


@pytest.mark.browser_full
@pytest.mark.parametrize(("hours", "said"), [(1, "free"), (3, "clash with Some desks, The last desk")])
async def test_a_pool_can_be_drawn_over_while_it_has_places(
    screens: Screens, hub: SimHub, hours: int, said: str
) -> None:
    day = date(2026, 12, 10) + timedelta(days=hours)
    await hub.api.put("/sites/march/spaces/desks", DESKS)
    await book(hub, "Some desks", day, "08:00", "12:00", site="march", space="desks", people=5, seats=5)
    await book(hub, "The last desk", day, "10:00", "12:00", site="march", space="desks", people=1, seats=1)
    screen = await screens.new()
    await screen.diary(day, site="march")
    await screen.reach("Hot desks")
    left = screen.free("Hot desks", "Free, 1 of 6 places, 08:00 to 10:00")
    await left.hover(position={"x": 3, "y": 10})
    box = await left.bounding_box()
    assert box is not None
    await screen.page.mouse.down()
    await screen.page.mouse.move(box["x"] + hours * 84, box["y"] + 10, steps=5)
    await expect(screen.page.locator(".drag-preview")).to_contain_text(said)


async def test_a_booker_can_tell_their_own_bookings_from_taken_times(screens: Screens, hub: SimHub) -> None:
    day = date(2026, 12, 9)
    await hub.api.put("/parties/bell-ringers", {"kind": "group", "name": "Bell ringers"})
    who = {"name": "Bella", "password": "ding dong ding dong"}
    await hub.api.post("/users", {**who, "assignments": [{"role": "group_leader", "party": "bell-ringers"}]})
    await book(hub, "Ringing", day, "12:00", "14:00", party="bell-ringers")
    await book(hub, "A secret meeting", day, "15:00", "18:00")
    screen = await screens.new(signed_in=False)
    await screen.open(f"/diary?site=ramsey&date={day}")
    await screen.sign_in(who["name"], who["password"])
    await expect(screen.block("Ringing")).to_have_accessible_name(re.compile("Confirmed"))
    others = screen.row("Studio").get_by_role("gridcell", name="Taken, 15:00 to 18:00, Not yours")
    await expect(others).to_contain_text("Not yours")
    await screen.page.get_by_role("link", name="List", exact=True).click()
    await expect(screen.page.get_by_role("row", name="15:00 to 18:00").filter(has_text="Taken")).to_contain_text(
        "Not yours"
    )
    await expect(screen.page.get_by_text("A secret meeting")).to_have_count(0)


@pytest.mark.browser_full
async def test_the_building_looked_at_last_is_shown_after_signing_in_again(screens: Screens, hub: SimHub) -> None:
    screen = await screens.new(signed_in=False)
    screen.excuse("status of 401")
    page = screen.page
    await screen.open("/")
    await screen.sign_in(USER, hub.password)
    await page.get_by_label("Building").select_option("ramsey")
    await expect(page.get_by_role("rowheader", name="Studio")).to_be_visible()
    await page.get_by_role("button", name="Sign out").click()
    await screen.open("/")
    await screen.sign_in(USER, hub.password)
    await expect(page.get_by_label("Building")).to_have_value("ramsey")


async def _at_night(route: Route) -> None:
    answer = await route.fetch()
    await route.fulfill(response=answer, json={**await answer.json(), "now": "2026-11-25T03:24:00+00:00"})


@pytest.mark.browser_full
async def test_a_day_is_shown_from_its_opening_time_while_that_is_in_the_future(screens: Screens) -> None:
    screen = await screens.new(size=PHONE)
    await screen.page.route("**/api/v1/session", _at_night)
    await screen.page.route_web_socket("**/live*", lambda _: None)
    await screen.open("/diary?site=ramsey")
    await expect(screen.page.get_by_role("listitem").filter(has_text="Staffed")).to_be_in_viewport()


@pytest.mark.browser_full
async def test_a_cancelled_booking_is_shown_below_the_day_and_found_by_name_in_the_table(
    screens: Screens, hub: SimHub
) -> None:
    day = date(2027, 5, 12)
    await book(hub, "Quilting", day, "10:00", "12:00")
    await decide(hub, await book(hub, "Called off", day, "13:00", "14:00"), "cancel")
    screen = await screens.new()
    page = screen.page
    await screen.diary(day)
    await page.get_by_role("link", name="1 cancelled or declined").click()
    await expect(page.get_by_role("row", name="Called off")).to_contain_text("Cancelled")
    await page.get_by_label("Find by name").fill("quilt")
    await expect(page.get_by_role("row", name="Called off")).to_have_count(0)
    await expect(page.get_by_role("row", name="Quilting")).to_be_visible()
    await page.get_by_label("Find by name").fill("nobody")
    await expect(page.get_by_text("No booking of this day has that name.")).to_be_visible()


@pytest.mark.browser_full
async def test_opening_the_panel_moves_nothing_above_the_board(screens: Screens, hub: SimHub) -> None:
    day = date(2026, 12, 12)
    booked = await book(hub, "Steady", day, "10:00", "12:00")
    screen = await screens.new()
    await screen.diary(day)
    before = await screen.page.get_by_role("grid").bounding_box()
    await screen.block("Steady").click()
    await expect(screen.panel.get_by_role("heading", name=booked["title"])).to_be_visible()
    after = await screen.page.get_by_role("grid").bounding_box()
    assert before is not None
    assert after is not None
    assert after["y"] == before["y"]


@pytest.mark.browser_full
@pytest.mark.parametrize("path", ["/nowhere", "/diary/2026-12-18", "/Now"])
async def test_a_missing_page_is_reported(screens: Screens, path: str) -> None:
    screen = await screens.new()
    await screen.open(path)
    await expect(screen.page.get_by_text(f"There is no page “{path}”.")).to_be_visible()
    await screen.page.get_by_label("Building").select_option("march")
    await expect(screen.page.get_by_text(f"There is no page “{path}”.")).to_be_visible()
    await screen.page.get_by_role("link", name="Diary", exact=True).click()
    await expect(screen.page.get_by_role("grid")).to_be_visible()


@pytest.mark.browser_full
@pytest.mark.parametrize("size", [(1280, 800), (320, 640)])
async def test_a_booking_of_another_day_is_found_by_name_and_opened_there(
    screens: Screens, hub: SimHub, size: tuple[int, int]
) -> None:
    there = date(2027, 3, 9)
    space = "hall" if size[0] > 1000 else "studio"
    await book(hub, f"Harvest supper {size[0]}", there, "18:00", "21:00", space=space)
    screen = await screens.new(size=size)
    await screen.open("/diary?site=ramsey&date=2027-01-19&view=list")
    page = screen.page
    await page.get_by_label("Find by name, on any day").fill(f"vest SUPPER {size[0]}")
    found = page.get_by_role("region", name="On other days").get_by_role("listitem")
    await expect(found).to_have_count(1)
    await expect(found).to_contain_text("Tuesday 9 Mar 2027, 18:00 to 21:00")
    await expect(page.get_by_text("on this day, 1 on others")).to_be_visible()
    assert await screen.sideways() == 0
    await found.get_by_role("link").click()
    await expect(screen.panel.get_by_role("heading", name=f"Harvest supper {size[0]}")).to_be_visible()
    await expect(page).to_have_url(re.compile("date=2027-03-09"))
    await screen.open("/diary?site=ramsey&date=2027-01-19&view=list")
    await page.get_by_label("Find by name, on any day").fill("no such supper")
    await expect(page.get_by_text("No other day has a booking with “no such supper” in its name.")).to_be_visible()


@pytest.mark.browser_full
async def test_an_answer_that_comes_after_the_page_is_left_is_dropped_in_silence(screens: Screens, hub: SimHub) -> None:
    day = date(2027, 3, 10)
    booked = await book(hub, "Left behind", day, "18:00", "19:00")
    screen = await screens.new()
    page, release = screen.page, asyncio.Event()

    async def late(route: Route) -> None:
        await release.wait()
        await route.continue_()

    await page.route("**/assets/ListView*.js", late)
    await screen.open(f"/diary?site=ramsey&date={day}&view=list")
    await page.get_by_role("link", name="Notices").click()
    await expect(page.get_by_role("heading", name="Notices of Ramsey Hub", level=1)).to_be_visible()
    release.set()
    await page.unroute_all(behavior="wait")
    await screen.diary(day, booking=booked["id"])
    release.clear()
    await page.route("**/log", late)
    await screen.panel.get_by_text("History").click()
    await screen.panel.get_by_role("link", name="Notices about it").click()
    await expect(page.get_by_text("Those about one booking and its series.")).to_be_visible()
    release.set()
    await page.unroute_all(behavior="wait")
    await page.evaluate("new Promise(done => setTimeout(done))")
