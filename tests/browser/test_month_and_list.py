"""The month says how full each day is; the list has the bookings of a week or a month, by room and status."""

import re
from datetime import date, timedelta

import pytest
from playwright.async_api import Route, expect

from firmware_sim.hub_processes import SimHub
from tests.browser.axe import faults
from tests.browser.booked import ask, book, decide
from tests.browser.screen import PHONE, Scheme, Screens

pytestmark = pytest.mark.asyncio(loop_scope="session")

DAY = date(2027, 10, 13)
LOOKS: tuple[tuple[Scheme, bool, tuple[int, int]], ...] = (
    ("light", False, (1280, 800)),
    ("dark", False, (320, 640)),
    ("light", True, PHONE),
)


async def _furnished(hub: SimHub) -> None:
    await book(hub, "Month long day", DAY, "08:00", "22:00", space="hall")
    await ask(hub, "Month wish", DAY, "10:00", "12:00", space="meeting-room")
    await book(hub, "Month end", DAY + timedelta(days=18), "18:00", "20:00")
    gone = await book(hub, "Month gone", DAY + timedelta(days=1), "10:00", "12:00")
    await decide(hub, gone, "cancel")


@pytest.mark.browser_full
async def test_the_month_and_the_list_show_what_is_booked_and_what_waits(screens: Screens, hub: SimHub) -> None:
    await _furnished(hub)
    screen = await screens.new()
    page = screen.page
    await screen.open(f"/diary?site=ramsey&date={DAY}&view=month")
    await expect(page.get_by_role("heading", level=1)).to_have_text("Oct 2027")
    day = page.get_by_role(
        "link", name=re.compile("^Wednesday 13 Oct 2027, 1 booking, 1 request waiting, [1-9][0-9]? % full")
    )
    await expect(day).to_be_visible()
    await expect(page.get_by_role("link", name="Thursday 14 Oct 2027, nothing booked")).to_be_visible()
    await book(hub, "Month late", DAY + timedelta(days=1), "10:00", "12:00")
    await expect(page.get_by_role("link", name=re.compile("^Thursday 14 Oct 2027, 1 booking"))).to_be_visible()
    await page.get_by_role("link", name="Month after").click()
    await expect(page.get_by_role("heading", level=1)).to_have_text("Nov 2027")
    await page.get_by_role("link", name="Month before").click()
    await page.get_by_role("link", name="Month before").click()
    await expect(page.get_by_role("heading", level=1)).to_have_text("Sep 2027")
    await screen.open(f"/diary?site=ramsey&date={DAY}&view=month")
    await day.click()
    await expect(page.get_by_role("heading", level=1)).to_have_text("Wednesday 13 Oct 2027")
    await page.get_by_role("link", name="List", exact=True).click()
    await expect(page.get_by_role("row", name="Month long day")).to_be_visible()
    await expect(page.get_by_role("row", name="Month end")).to_have_count(0)
    await page.get_by_label("How long").select_option("month")
    await expect(page.get_by_role("row", name="Month end")).to_contain_text("Sunday 31 Oct 2027")
    await expect(page.get_by_role("row", name="Month gone")).to_contain_text("Cancelled")
    await page.get_by_label("Status").select_option("waiting")
    await expect(page.get_by_role("row")).to_have_count(2)
    await page.get_by_label("Room").select_option("studio")
    await expect(page.get_by_text("No booking of Oct 2027 is like that.")).to_be_visible()
    await page.get_by_label("Status").select_option("confirmed")
    await expect(page.get_by_role("row", name="Month end")).to_be_visible()
    await expect(page.get_by_role("row", name="Month long day")).to_have_count(0)
    await expect(page).to_have_url(re.compile(r"view=list&q=month\.studio\.confirmed"))
    await page.reload()
    await page.get_by_role("row", name="Month end").get_by_role("link").click()
    await expect(screen.panel.get_by_role("heading", name="Month end")).to_be_visible()
    await page.keyboard.press("Escape")
    await expect(page.get_by_role("row", name="Month end").get_by_role("link")).to_be_focused()


async def test_a_month_that_cannot_be_fetched_says_so_and_comes_back(screens: Screens) -> None:
    screen = await screens.new()
    page = screen.page
    screen.excuse("503")

    async def down(route: Route) -> None:
        await route.fulfill(status=503, body="{}")

    for view, path in (("month", "**/ramsey/diary?*"), ("list&q=month", "**/ramsey/bookings?from=2027-10-01*")):
        await page.route(path, down)
        await screen.open(f"/diary?site=ramsey&date={DAY}&view={view}")
        await expect(page.get_by_text("The controller does not answer.")).to_be_visible()
        await page.unroute(path)
        await page.get_by_role("button", name="Try again").click()
        found = page.get_by_role("table").or_(page.get_by_text("Nothing is booked in Oct 2027."))
        await expect(found).to_be_visible()


@pytest.mark.browser_full
@pytest.mark.parametrize("view", ["month", "list&q=month"])
async def test_month_and_list_have_no_faults_that_axe_finds_and_fit_a_phone(
    screens: Screens, hub: SimHub, view: str
) -> None:
    await book(
        hub, f"Fits {view}", DAY + timedelta(days=2), "10:00", "12:00", space="studio" if "list" in view else "hall"
    )
    for scheme, forced, size in LOOKS:
        screen = await screens.new(scheme=scheme, forced=forced, size=size)
        await screen.open(f"/diary?site=ramsey&date={DAY}&view={view}")
        await expect(screen.page.get_by_role("table")).to_be_visible()
        assert await faults(screen.page, f"{view} {scheme} {size}") == []
        assert await screen.sideways() == 0
