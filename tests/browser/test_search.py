"""Any booking is found from any page: by its name, its group, whom to ring, or the end of its door code."""

import json
import re
from datetime import date
from urllib.parse import parse_qsl, urlsplit

import pytest
from playwright.async_api import Route, expect

from firmware_sim.hub_processes import SimHub
from tests.browser.axe import faults
from tests.browser.booked import book
from tests.browser.screen import PHONE, Screens

pytestmark = pytest.mark.asyncio(loop_scope="session")

DAY = date(2027, 9, 7)


@pytest.mark.browser_full
async def test_a_slash_opens_the_search_and_a_result_opens_the_booking_on_its_day(
    screens: Screens, hub: SimHub
) -> None:
    booked = await book(hub, "Lantern makers", DAY, "18:00", "20:00", contact_name="Wilma Wick")
    await book(hub, "Lantern parade", DAY, "18:00", "20:00", space="hall", site="march")
    screen = await screens.new()
    page = screen.page
    await screen.diary(date(2026, 12, 1))
    await page.keyboard.press("/")
    field = page.get_by_role("searchbox")
    await expect(field).to_be_focused()
    await expect(field).to_have_value("")
    await field.fill("LANTERN")
    rows = page.get_by_role("region", name="Now and to come").get_by_role("row")
    await expect(rows).to_have_count(3)
    await expect(rows.filter(has_text="Lantern parade")).to_contain_text("Community hall")
    await expect(page).to_have_url(re.compile(r"/search\?.*q=LANTERN"))
    await field.fill("wick")
    await expect(rows).to_have_count(2)
    await page.reload()
    await expect(field).to_have_value("wick")
    await rows.get_by_role("link", name="Lantern makers").click()
    await expect(screen.panel.get_by_role("heading", name="Lantern makers")).to_be_visible()
    await expect(page).to_have_url(re.compile(f"date={DAY}.*booking={booked['id']}"))
    await expect(page).not_to_have_url(re.compile("q="))
    await page.go_back()
    await expect(field).to_have_value("wick")
    await expect(rows).to_have_count(2)


async def test_the_last_digits_of_a_code_are_looked_for_when_asked_and_stand_in_no_address(
    screens: Screens, hub: SimHub
) -> None:
    booked = await book(hub, "Keys and bells", date(2026, 12, 4), "18:00", "20:00")
    screen = await screens.new()
    page = screen.page
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    await screen.open("/search?site=ramsey")
    whole = booked["code"]
    end = whole[-4:]
    await page.get_by_role("searchbox").fill(end)
    await page.get_by_role("button", name=f"Door codes that end in {end}").click()
    found = page.get_by_role("region", name="Bookings with such a code")
    await expect(found.get_by_role("row", name="Keys and bells")).to_be_visible()
    for code in (f"{whole[:3]} {whole[3:]}", whole):
        await page.get_by_role("searchbox").fill(code)
        await page.get_by_role("button", name=f"Door codes that end in {end}").click()
        await expect(found.get_by_role("row", name="Keys and bells")).to_be_visible()
    await page.get_by_role("searchbox").fill(end)
    # A telephone number may well have the digits, so it is the search that counts and not what it finds.
    async with page.expect_response("**/bookings/search/text") as answered:
        await page.get_by_role("button", name=f"“{end}” in names").click()
    assert json.loads((await answered.value).request.post_data or "")["text"] == end
    typed = {end, whole, f"{whole[:3]} {whole[3:]}"}
    assert not [each for each in [*asked, page.url] if typed & {value for _, value in parse_qsl(urlsplit(each).query)}]


@pytest.mark.browser_full
async def test_a_search_that_finds_nothing_or_fails_says_so(screens: Screens) -> None:
    screen = await screens.new()
    page = screen.page
    await screen.open("/search?site=ramsey&q=zeppelin")
    await expect(page.get_by_text("No booking has “zeppelin” in its name")).to_be_visible()
    screen.excuse("503")

    async def down(route: Route) -> None:
        await route.fulfill(status=503, body="{}")

    await page.route("**/bookings/search/text", down)
    await page.get_by_role("searchbox").fill("zeppelins")
    await expect(page.get_by_text("The search failed")).to_be_visible()
    await page.unroute("**/bookings/search/text")
    await page.get_by_role("searchbox").fill("zeppelin")
    await expect(page.get_by_text("No booking has “zeppelin” in its name")).to_be_visible()


@pytest.mark.browser_full
async def test_the_search_has_no_faults_that_axe_finds_and_fits_a_phone(screens: Screens, hub: SimHub) -> None:
    await book(hub, "Kite flyers", DAY, "10:00", "12:00", contact_name="Kit Long-Surname of Somewhere")
    for scheme, forced, size in (("light", False, (1280, 800)), ("dark", False, (320, 640)), ("light", True, PHONE)):
        screen = await screens.new(scheme=scheme, forced=forced, size=size)  # type: ignore[arg-type]
        await screen.open("/search?site=ramsey&q=kite+fly")
        await expect(screen.page.get_by_role("row", name="Kite flyers")).to_be_visible()
        assert await faults(screen.page, f"search {scheme} {size}") == []
        assert await screen.sideways() == 0
