"""A manager adds, changes and ends a group on its page, with its members on record."""

from datetime import date

import pytest
from playwright.async_api import expect

from firmware_sim.hub_processes import SimHub
from tests.browser.axe import faults
from tests.browser.booked import book
from tests.browser.screen import PHONE, Screens

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_a_group_is_added_changed_and_ended_with_undo(screens: Screens, hub: SimHub) -> None:
    screen = await screens.new(size=PHONE)
    page = screen.page
    await screen.open("/groups?site=ramsey")
    await page.get_by_role("button", name="Add a group, organisation or person").click()
    await expect(page.get_by_role("heading", name="New group, organisation or person")).to_be_focused()
    await page.get_by_role("button", name="Add it").click()
    await expect(page.get_by_text("Give it a name.")).to_be_visible()
    assert await faults(page, "a new group") == []
    assert await screen.sideways() == 0
    await page.get_by_label("Name", exact=True).fill("Reed Weavers")
    await page.get_by_label("Counts as, for prices and priority").select_option("partner")
    await page.get_by_label("Contact", exact=True).fill("Ida Reed")
    await page.get_by_label("Mail address of the contact").fill("ida@weavers.test")
    await page.get_by_label("Notes for who runs the building").fill("Needs the long tables")
    await page.get_by_role("button", name="Add it").click()
    row = page.get_by_role("list", name="Groups").get_by_role("listitem").filter(has_text="Reed Weavers").first
    await expect(page.get_by_role("button", name="Reed Weavers Group", exact=True)).to_be_focused()
    await expect(row.get_by_text("Group · Partner · Ida Reed · ida@weavers.test")).to_be_visible()
    kept = await hub.api.get("/parties/reed-weavers")
    assert (kept["site"], kept["tier"], kept["notes"]) == ("ramsey", "partner", "Needs the long tables")

    await page.get_by_role("button", name="Change… Reed Weavers").click()
    await page.get_by_label("Telephone of the contact").fill("01354 555 011")
    await page.get_by_role("button", name="Save the change").click()
    await expect(row.get_by_text("01354 555 011")).to_be_visible()
    await page.get_by_role("button", name="Undo").click()
    await expect(row.get_by_text("01354 555 011")).to_be_hidden()

    await book(hub, "Weaving", date(2026, 12, 23), "22:00", "22:30", party="reed-weavers")
    await page.reload()
    await page.get_by_role("button", name="End… Reed Weavers").click()
    await expect(page.get_by_text("Its 1 booking in the next two months stays, with its code")).to_be_visible()
    await page.get_by_role("button", name="End it").click()
    await expect(row.get_by_text("It has ended: nothing more can be booked for it.")).to_be_visible()
    assert (await hub.api.get("/parties/reed-weavers"))["ended"]
    assert await faults(page, "an ended group") == []
    await page.get_by_role("button", name="Undo").click()
    await expect(page.get_by_role("button", name="End… Reed Weavers")).to_be_visible()
    assert not (await hub.api.get("/parties/reed-weavers"))["ended"]


@pytest.mark.browser_full
async def test_a_new_group_is_taken_back(screens: Screens, hub: SimHub) -> None:
    screen = await screens.new()
    page = screen.page
    await screen.open("/groups?site=ramsey&view=new.")
    await page.get_by_label("Name", exact=True).fill("Typed by mistake")
    await page.get_by_role("button", name="Add it").click()
    await expect(page.get_by_role("button", name="Typed by mistake Group", exact=True)).to_be_focused()
    await page.get_by_role("button", name="Undo").click()
    await expect(page.get_by_role("button", name="Typed by mistake Group", exact=True)).to_be_hidden()
    assert (await hub.api.get("/parties", search="Typed by mistake"))["items"] == []


@pytest.mark.browser_full
async def test_parties_are_found_by_kind_and_by_what_they_count_as(screens: Screens, hub: SimHub) -> None:
    await hub.api.put("/parties/found-guild", {"kind": "organisation", "name": "Found guild", "tier": "commercial"})
    await hub.api.put("/parties/found-choir", {"kind": "group", "name": "Found choir"})
    await hub.api.put("/parties/found-old", {"kind": "group", "name": "Found of old", "ended": True})
    screen = await screens.new(size=PHONE)
    page = screen.page
    await screen.open("/groups?site=ramsey")
    rows = page.get_by_role("list", name="Groups").get_by_role("listitem")
    await page.get_by_label("Part of the name").fill("found")
    await page.keyboard.press("Enter")
    await expect(rows).to_have_text(["Found choir Group", "Found guild Organisation"])
    await page.get_by_label("Counts as").select_option("commercial")
    await expect(rows).to_have_text(["Found guild Organisation"])
    await page.get_by_label("What it is").select_option("group")
    await expect(page.get_by_text("There are no such groups.")).to_be_visible()
    await page.get_by_label("Counts as").select_option("")
    await page.get_by_label("Also those that have ended").check()
    await expect(rows).to_have_text(["Found choir Group", "Found of old Group, ended"])
    assert await faults(page, "groups found") == []
    assert await screen.sideways() == 0


@pytest.mark.browser_full
async def test_a_member_without_an_account_is_added_and_removed(screens: Screens, hub: SimHub) -> None:
    await hub.api.put("/parties/oar-club", {"kind": "group", "name": "Oar club", "site": "ramsey"})
    await hub.api.put("/parties/ann-oar", {"kind": "person", "name": "Ann Oar", "site": "ramsey"})
    screen = await screens.new(size=PHONE)
    page = screen.page
    await screen.open("/groups?site=ramsey&view=oar-club")
    await page.get_by_text("Members on record, who need no account").click()
    await expect(page.get_by_text("Nobody is on record.")).to_be_visible()
    members = page.get_by_role("list", name="Members of Oar club").get_by_role("listitem")
    await page.get_by_label("What they do there").fill("treasurer")
    await page.get_by_label("Name of a person").fill("Ann Oar")
    await page.get_by_role("button", name="Add to the members").click()
    await expect(members).to_contain_text(["Ann Oar treasurer"])
    await page.get_by_label("Name of a person").fill("Ben Oar")
    await page.get_by_role("button", name="Add “Ben Oar” as a new person").click()
    await expect(members).to_have_count(2)
    assert await faults(page, "members") == []
    assert await screen.sideways() == 0
    await page.get_by_role("button", name="Remove… Ann Oar").click()
    await page.get_by_role("button", name="Remove", exact=True).click()
    await expect(members).to_have_count(1)
    await page.get_by_role("button", name="Undo").click()
    await expect(members).to_have_count(2)
    kept = (await hub.api.get("/parties/oar-club/members"))["items"]
    assert {each["name"]: each["role"] for each in kept} == {"Ann Oar": "treasurer", "Ben Oar": ""}
