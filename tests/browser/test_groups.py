"""A leader invites by mail, somebody joins on a phone and leaves again; a manager merges two parties."""

import pytest
from playwright.async_api import expect

from firmware_sim.hub_processes import SimHub
from tests.browser.axe import faults
from tests.browser.mailed import mailed, path_in
from tests.browser.screen import PHONE, Screens

pytestmark = pytest.mark.asyncio(loop_scope="session")

PASSWORD = "fifteen calm rivers"


async def test_somebody_is_invited_joins_and_leaves(screens: Screens, hub: SimHub) -> None:
    mail = "rosa@fen-choir.test"
    await hub.api.put("/parties/fen-choir", {"kind": "group", "name": "Fen Choir", "site": "ramsey"})
    leads = [{"role": "group_leader", "site": "ramsey", "party": "fen-choir"}]
    await hub.api.post("/users", {"name": "Lena of the choir", "password": PASSWORD, "assignments": leads})
    leader = await screens.new(signed_in=False, size=PHONE)
    await leader.open("/diary?site=ramsey")
    await leader.sign_in("Lena of the choir", PASSWORD)
    await leader.page.get_by_role("link", name="Groups").click()
    await expect(leader.page.get_by_text("Nobody answers for it yet")).to_be_visible()
    await leader.page.get_by_label("Mail address").fill(mail)
    await leader.page.get_by_role("button", name="Invite", exact=True).click()
    row = leader.page.get_by_role("list", name="Invitations to Fen Choir").get_by_role("listitem")
    await expect(row.filter(has_text=mail)).to_contain_text("not accepted yet")
    await leader.page.get_by_role("button", name="Make a QR code for 20 people, for a week").click()
    await expect(leader.page.get_by_role("img", name="QR code to join Fen Choir")).to_be_visible()
    assert await faults(leader.page, "groups") == []
    assert await leader.sideways() == 0

    phone = await screens.new(signed_in=False, size=PHONE)
    await phone.open(path_in(await mailed(hub, mail)))
    await expect(phone.page.get_by_text("Lena of the choir invites you to “Fen Choir”.")).to_be_focused()
    assert await faults(phone.page, "invitation") == []
    assert await phone.sideways() == 0
    await phone.page.get_by_label("Your name").fill("Rosa of the choir")
    await phone.page.get_by_role("button", name="Join", exact=True).click()
    await expect(phone.page.get_by_text("Rosa of the choir belongs to “Fen Choir” now.")).to_be_focused()
    await phone.page.get_by_role("link", name="See what is booked").click()
    await expect(phone.page.get_by_text("Nothing is booked.")).to_be_visible()
    await phone.page.get_by_role("link", name="Groups", exact=True).click()
    await phone.page.get_by_role("button", name="Leave the group…").click()
    await phone.page.get_by_role("button", name="Leave", exact=True).click()
    await expect(phone.page.get_by_text("You belong to no group.")).to_be_visible()
    await leader.page.reload()
    people = leader.page.get_by_role("list", name="People of Fen Choir")
    await expect(people.get_by_role("listitem")).to_have_count(1)


@pytest.mark.browser_full
async def test_a_manager_merges_a_suggested_duplicate_and_undoes_it(screens: Screens, hub: SimHub) -> None:
    for party, name in (("bell-choir", "Bell choir"), ("bell-choir-2", "Bell Choir"), ("chess", "Chess club")):
        group = {"kind": "group", "name": name, "contact_phone": "01354 555 010" if name != "Chess club" else ""}
        await hub.api.put(f"/parties/{party}", group | {"site": None if party == "bell-choir-2" else "ramsey"})
    screen = await screens.new(size=PHONE)
    page = screen.page
    await screen.open("/groups?site=ramsey&view=bell-choir")
    await page.get_by_role("link", name="Insurance and other documents").click()
    await expect(page.get_by_role("heading", name="Documents of Bell choir")).to_be_visible()
    await page.go_back()
    await page.get_by_role("link", name="Documents that lapse or are on record").click()
    await expect(page.get_by_role("heading", name="What lapses")).to_be_visible()
    await page.go_back()
    await page.get_by_text("Merge a duplicate").click()
    likely = page.get_by_role("list", name="Likely duplicates").get_by_role("listitem")
    await expect(likely).to_have_count(1)
    await expect(likely).to_contain_text("the same phone number, nearly the same name")
    await page.get_by_label("Or find another by its name").fill("chess")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("list", name="Found groups").get_by_role("listitem")).to_have_count(1)
    await likely.get_by_role("button").press("Enter")
    await expect(page.get_by_text("From “Bell Choir” would come to “Bell choir”: nothing.")).to_be_visible()
    await expect(page.get_by_text("so “Bell choir” would belong to all sites")).to_be_visible()
    assert await faults(page, "a merge looked at") == []
    await page.get_by_role("button", name="Merge “Bell Choir” into “Bell choir”").click()
    await page.get_by_role("button", name="Undo the merge of Bell Choir").click()
    await expect(page.get_by_text("“Bell Choir”: nothing, undone")).to_be_visible()
    assert await faults(page, "merging") == []
    assert await screen.sideways() == 0
