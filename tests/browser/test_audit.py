"""Owners read the audit log, narrow it down, and see how long data are kept."""

import asyncio

import pytest
from playwright.async_api import Route, expect

from tests.browser.axe import faults
from tests.browser.screen import Screens

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_the_log_is_searched_and_the_schedule_is_shown(screens: Screens) -> None:
    screen = await screens.new()
    page = screen.page
    await screen.open("/account?site=ramsey")
    await page.get_by_role("link", name="Audit log, and how long data are kept").click()
    await expect(page.get_by_role("heading", name="Audit log", level=1)).to_be_visible()
    rows = page.get_by_role("listitem")
    await expect(rows.first).to_be_visible()  # opening the page read the log; that is recorded before it is answered
    await page.get_by_label("What was done").fill("read the audit log")
    await page.get_by_role("button", name="Search").click()
    await expect(rows.filter(has_text="read the audit log").first).to_be_visible()
    await page.get_by_label("To what").fill("no such thing")
    await page.get_by_role("button", name="Search").click()
    await expect(page.get_by_text("No such rows.")).to_be_visible()
    await expect(page.get_by_text("Events: 180 days")).to_be_visible()
    assert await faults(page, "audit") == []


@pytest.mark.browser_full
async def test_a_slow_answer_to_an_earlier_search_does_not_replace_a_later_one(screens: Screens) -> None:
    screen = await screens.new()
    page = screen.page
    arrived, release = asyncio.Event(), asyncio.Event()

    async def hold(route: Route) -> None:
        arrived.set()
        await release.wait()
        await route.continue_()

    await page.route("**/api/v1/audit", hold)  # the first reading of the page, which filters nothing
    await screen.open("/account?site=ramsey&view=audit")
    await arrived.wait()
    await page.get_by_label("To what").fill("no such thing")
    await page.get_by_role("button", name="Search").click()
    await expect(page.get_by_text("No such rows.")).to_be_visible()
    async with page.expect_response(lambda response: response.url.endswith("/api/v1/audit")) as late:
        release.set()
    await (await late.value).finished()
    await page.evaluate("new Promise((done) => setTimeout(done, 100))")
    await expect(page.get_by_text("No such rows.")).to_be_visible()
