"""Nobody sees a diary before they have signed in."""

import pytest
from playwright.async_api import expect

from firmware_sim.rig import USER, Rig
from tests.browser.axe import faults
from tests.browser.screen import Screens

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_a_wrong_password_is_named_and_the_right_one_opens_the_diary(screens: Screens, rig: Rig) -> None:
    screen = await screens.new(signed_in=False)
    screen.excuse("status of 401")
    page = screen.page
    await screen.open("/diary?site=march")
    await page.get_by_label("Name").fill(USER)
    await page.get_by_label("Password").fill("not the password")
    await page.get_by_role("button", name="Sign in").click()
    await expect(page.get_by_role("alert").filter(has_text="password")).to_be_focused()
    await page.get_by_label("Password").fill(rig.password)
    await page.get_by_role("button", name="Sign in").click()
    await expect(page.get_by_role("grid")).to_be_visible()
    await expect(page.get_by_label("Building")).to_have_value("march")


async def test_a_session_that_has_ended_leads_back_to_signing_in(screens: Screens, rig: Rig) -> None:
    screen = await screens.new(signed_in=False)
    page = screen.page
    await screen.open("/now")
    await page.get_by_label("Name").fill(USER)
    await page.get_by_label("Password").fill(rig.password)
    await page.get_by_role("button", name="Sign in").click()
    await expect(page.get_by_role("heading", name="Doors")).to_be_visible()
    screen.excuse("status of 401")  # of what is still being asked when the session ends
    await page.get_by_role("button", name="Sign out").click()
    await expect(page.get_by_role("button", name="Sign in")).to_be_visible()
    await page.reload()
    await expect(page.get_by_role("button", name="Sign in")).to_be_visible()
    await expect(page.get_by_text("Ramsey")).to_have_count(0)


async def test_a_password_is_changed_and_others_are_signed_out(screens: Screens, rig: Rig) -> None:
    cora, first, second = "Cora at the desk", "nine quiet ladders", "four red bicycles"
    await rig.api.post("/users", {"name": cora, "role": "manager", "password": first})
    here, there = await screens.new(signed_in=False), await screens.new(signed_in=False)
    for screen in (here, there):
        screen.excuse("status of 401")
        screen.excuse("status of 422")
        await screen.open("/diary?site=ramsey")
        await screen.sign_in(cora, first)
    page = here.page
    await page.get_by_role("link", name="Account").click()
    await expect(page.get_by_role("heading", name=cora)).to_be_visible()
    assert await faults(page, "account") == []
    assert await here.sideways() == 0
    await page.get_by_label("Password now").fill(first)
    await page.get_by_label("New password").fill("basketball")
    await page.get_by_role("button", name="Change the password").click()
    refused = page.get_by_role("alert").filter(has_text="The new password is too easy to guess")
    await expect(refused).to_be_focused()
    await page.get_by_label("New password").fill(second)
    await page.get_by_role("button", name="Change the password").click()
    await here.said("Your password is changed. Signed out in 1 other place.")
    await expect(there.page.get_by_role("button", name="Sign in")).to_be_visible()
    await page.reload()
    await page.get_by_role("button", name="Sign out everywhere else").click()
    await here.said("You were signed in nowhere else.")
    await page.get_by_role("link", name="Diary").click()
    await expect(page.get_by_role("grid")).to_be_visible()
    await there.sign_in(cora, second)
