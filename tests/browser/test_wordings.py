"""Managers word a building's mails, and try that on a real booking before it counts."""

from datetime import date

import pytest
from playwright.async_api import expect

from firmware_sim.hub_processes import SimHub
from tests.browser.axe import faults
from tests.browser.booked import book
from tests.browser.screen import Screens

pytestmark = pytest.mark.asyncio(loop_scope="session")

DAY = date(2027, 2, 4)
NARROW = (320, 700)


async def _own(hub: SimHub, kind: str) -> str:
    found = (await hub.api.get("/sites/ramsey/notice-templates"))["items"]
    return next(str(each["text"]) for each in found if each["kind"] == kind)


@pytest.mark.browser_full
async def test_a_wording_is_tried_saved_and_taken_back(screens: Screens, hub: SimHub) -> None:
    await book(hub, "Worded choir", DAY, "10:00", "11:00")
    screen = await screens.new(size=NARROW)
    page = screen.page
    await screen.open("/notices?site=ramsey")
    await page.get_by_role("link", name="Wording of the mails").click()
    await expect(page.get_by_role("heading", name="Wording of the mails of Ramsey Hub", level=1)).to_be_visible()
    await page.get_by_label("Mails").select_option("reminder")
    wording = page.get_by_label("Wording")
    await expect(wording).to_have_value("{{ message }}")
    screen.excuse("422")
    await wording.fill("Dear {{ contact_nmae }},\n\n{{ message }}")
    await page.get_by_role("button", name="See a mail").click()
    await expect(page.get_by_text("The wording, line 1: there is no field 'contact_nmae'")).to_be_visible()
    await wording.fill("Dear {{ contact_name }},\n\n{{ message }}\n\nBring a tea towel.")
    await page.get_by_role("button", name="See a mail").click()
    await expect(page.get_by_role("heading", name="Reminder: ")).to_be_visible()
    await expect(page.get_by_role("status").filter(has_text="Bring a tea towel.")).to_be_visible()
    assert await faults(page, "wordings") == []
    assert await screen.sideways() == 0
    assert await _own(hub, "reminder") == ""
    await page.get_by_role("button", name="Save").click()
    await expect(page.get_by_text("This building's own wording.")).to_be_visible()
    assert "tea towel" in await _own(hub, "reminder")
    await page.get_by_role("button", name="Usual wording").click()
    await expect(page.get_by_text("The usual wording.")).to_be_visible()
    assert await _own(hub, "reminder") == ""
    await page.get_by_role("button", name="Undo").click()
    await expect(page.get_by_text("This building's own wording.")).to_be_visible()
    assert "tea towel" in await _own(hub, "reminder")
    await page.get_by_role("button", name="Usual wording").click()
    await expect(page.get_by_text("The usual wording.")).to_be_visible()


async def test_a_digest_is_chosen_on_the_account_page(screens: Screens, hub: SimHub) -> None:
    screen = await screens.new(size=NARROW)
    page = screen.page
    await screen.open("/account?site=ramsey")
    digest = page.locator("section").filter(has=page.get_by_role("heading", name="Digest of Ramsey Hub"))
    await expect(digest).to_contain_text("It does not come now.")
    await digest.get_by_text("Choose when it comes").click()
    await digest.get_by_label("Monday").check()
    await digest.get_by_label("At, by the clock").select_option("09:00")
    assert await faults(page, "digest") == []
    assert await screen.sideways() == 0
    await digest.get_by_role("button", name="Save the digest").click()
    await expect(digest).to_contain_text("It comes next")
    found = await hub.api.get("/sites/ramsey/notice-digest")
    assert (found["weekdays"], found["hour"]) == ([1], 9)
    await digest.get_by_label("Monday").uncheck()
    await digest.get_by_role("button", name="Save the digest").click()
    await expect(digest).to_contain_text("It does not come now.")
