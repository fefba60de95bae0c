"""Nobody sees a diary before they have signed in."""

import pytest
from playwright.async_api import expect

from firmware_sim.rig import USER, Rig
from tests.browser.screen import Screens

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_a_wrong_password_is_named_and_the_right_one_opens_the_diary(screens: Screens, house: Rig) -> None:
    screen = await screens.new(signed_in=False)
    screen.excuse("status of 401")
    page = screen.page
    await screen.open("/diary?site=march")
    await page.get_by_label("Name").fill(USER)
    await page.get_by_label("Password").fill("not the password")
    await page.get_by_role("button", name="Sign in").click()
    await expect(page.get_by_role("alert").filter(has_text="password")).to_be_focused()
    await page.get_by_label("Password").fill(house.password)
    await page.get_by_role("button", name="Sign in").click()
    await expect(page.get_by_role("grid")).to_be_visible()
    await expect(page.get_by_label("Building")).to_have_value("march")


async def test_a_session_that_has_ended_leads_back_to_signing_in(screens: Screens, house: Rig) -> None:
    screen = await screens.new(signed_in=False)
    page = screen.page
    await screen.open("/now")
    await page.get_by_label("Name").fill(USER)
    await page.get_by_label("Password").fill(house.password)
    await page.get_by_role("button", name="Sign in").click()
    await expect(page.get_by_role("heading", name="Doors")).to_be_visible()
    await page.get_by_role("button", name="Sign out").click()
    await expect(page.get_by_role("button", name="Sign in")).to_be_visible()
    await page.reload()
    await expect(page.get_by_role("button", name="Sign in")).to_be_visible()
    await expect(page.get_by_text("Ramsey")).to_have_count(0)
