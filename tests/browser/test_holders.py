"""A manager gives out cards and codes, changes them and ends them; and sees to the members of the library."""

import asyncio

import pytest
from playwright.async_api import Route, expect

from firmware_sim.hub_processes import SimHub
from tests.browser.axe import faults
from tests.browser.screen import Screens

pytestmark = pytest.mark.asyncio(loop_scope="session")

NARROW = (320, 700)


@pytest.mark.browser_full
async def test_somebody_gets_a_code_another_one_and_is_ended(screens: Screens, hub: SimHub) -> None:
    screen = await screens.new(size=NARROW)
    page = screen.page
    screen.excuse("status of 422")
    await screen.open("/buildings?site=ramsey")
    await page.get_by_role("link", name="Cards and codes").click()
    await expect(page.get_by_role("heading", name="Cards and codes")).to_be_visible()
    await page.get_by_role("button", name="Add somebody…").click()
    await expect(page.get_by_role("heading", name="Somebody new")).to_be_focused()
    await page.get_by_label("Who they are").select_option("Contractor")
    await page.get_by_role("button", name="Add them").click()
    await expect(page.get_by_text("Say who it is.")).to_be_visible()
    await expect(page.get_by_text("A contractor needs a last day.")).to_be_visible()
    assert await faults(page, "holder form") == []
    assert await screen.sideways() <= 0
    await page.get_by_label("Name", exact=True).first.fill("Ben Sparks")
    await page.get_by_label("Last day").fill("4/12/2026")
    await page.get_by_label("All its doors, new ones too").uncheck()
    await page.get_by_role("button", name="Only at some hours…").click()
    await page.get_by_label("Until", exact=True).fill("5.30pm")
    await page.get_by_label("Card", exact=True).fill("4711")
    await page.get_by_role("button", name="Add them").click()
    await expect(page.locator("#holder-card-fault")).to_contain_text("as a reader shows it")
    await page.get_by_label("Card", exact=True).fill("uid:04A1B2C3")
    await page.get_by_role("button", name="Add them").click()
    await expect(page.get_by_role("heading", name="To open with: Ben Sparks")).to_be_focused()
    await expect(page.get_by_text("uid:04A1B2C3")).to_be_visible()
    people = page.get_by_role("list", name="People with cards and codes")
    await expect(people).to_contain_text("Contractor · A code, a card · Wed 25 Nov 2026 to Fri 4 Dec 2026")
    await expect(people).to_contain_text("Mon to Fri 08:00 to 17:30")
    assert await faults(page, "holder given") == []
    assert await screen.sideways() <= 0
    await page.get_by_role("button", name="Hide them").click()
    await page.get_by_role("button", name="Change… Ben Sparks").click()
    await page.get_by_label("Name", exact=True).first.fill("Benjamin Sparks")
    await page.get_by_role("button", name="Save the change").click()
    await page.get_by_role("button", name="New code or card… for Benjamin Sparks").click()
    await page.get_by_role("button", name="Give it out").click()
    await expect(page.get_by_text("Say why; it is kept in the audit log.")).to_be_visible()
    await page.get_by_label("Why").fill("Code seen by others")
    await page.get_by_role("button", name="Give it out").click()
    await expect(page.get_by_role("heading", name="To open with: Benjamin Sparks")).to_be_focused()
    await page.get_by_role("button", name="End… Benjamin Sparks").click()
    await page.get_by_label("Why").fill("The work is done")
    assert await faults(page, "holder ended") == []
    await page.get_by_role("button", name="End their access").click()
    await screen.said("Benjamin Sparks is ended")
    ended = (await hub.api.get("/holders", site="ramsey", ended="true"))["items"]
    assert [(one["name"], one["ended_reason"]) for one in ended] == [("Benjamin Sparks", "The work is done")]


@pytest.mark.browser_full
async def test_a_member_is_suspended_and_inducted(screens: Screens) -> None:
    screen = await screens.new(size=NARROW)
    page = screen.page
    answer = await page.request.post(
        f"{screen.address}/api/v1/members/import",
        data="number,pin,born\nD900200300,2749,1990-05-01\n",
        headers={"Content-Type": "text/csv", "Origin": screen.address},
    )
    assert answer.ok, await answer.text()
    await screen.open("/holders?site=ramsey&view=members")
    await page.get_by_label("Whole number on the card").fill("D900200300")
    await page.get_by_role("button", name="Search", exact=True).click()
    member = page.get_by_role("list", name="Members of the library")
    await expect(member.get_by_role("listitem")).to_have_count(1)
    await member.get_by_role("button").first.click()
    await page.get_by_role("button", name="Inducted today at Ramsey Hub").click()
    await screen.said("The induction of …0300 is recorded.")
    await expect(member).to_contain_text("inducted Wed 25 Nov 2026")
    await page.get_by_label("Suspend until").fill("24/12/2026")
    assert await faults(page, "member") == []
    assert await screen.sideways() <= 0
    await page.get_by_role("button", name="Suspend", exact=True).click()
    await expect(member).to_contain_text("Suspended until Thu 24 Dec")
    await page.get_by_role("button", name="Lift the suspension of …0300").click()
    await expect(member).not_to_contain_text("Suspended")


async def test_an_answer_older_than_a_change_is_not_shown(screens: Screens) -> None:
    screen = await screens.new()
    page = screen.page
    answer = await page.request.post(
        f"{screen.address}/api/v1/members/import",
        data="number,pin,born\nD900200400,2749,1990-05-01\n",
        headers={"Content-Type": "text/csv", "Origin": screen.address},
    )
    assert answer.ok, await answer.text()
    await screen.open("/holders?site=ramsey&view=members")
    member = page.get_by_role("list", name="Members of the library")
    await member.get_by_role("button", name="…0400").click()
    read, changed = asyncio.Event(), asyncio.Event()

    async def late(route: Route) -> None:
        older = await route.fetch()
        read.set()
        await changed.wait()
        await route.fulfill(response=older)

    await page.route("**/api/v1/members?number=D900200400", late, times=1)
    await page.get_by_label("Whole number on the card").fill("D900200400")
    await page.get_by_role("button", name="Search", exact=True).click()
    await read.wait()
    await page.get_by_role("button", name="Inducted today at Ramsey Hub").click()
    await screen.said("The induction of …0400 is recorded.")
    async with page.expect_response("**/api/v1/members?number=D900200400"):
        changed.set()
    await expect(member.get_by_role("listitem")).to_have_count(1)
    await expect(member).to_contain_text("inducted Wed 25 Nov 2026")
