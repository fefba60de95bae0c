"""Managers see who can sign in at their buildings, add people, and give and take roles."""

import asyncio

import pytest
from playwright.async_api import Locator, Route, expect

from firmware_sim.hub_processes import SimHub
from tests.browser.axe import faults
from tests.browser.mailed import mailed
from tests.browser.screen import Screen, Screens

pytestmark = pytest.mark.asyncio(loop_scope="session")

NARROW = (320, 700)
PASSWORD = "fifteen calm rivers"


async def _as_manager(screens: Screens, hub: SimHub, name: str) -> Screen:
    """The page of a manager of one building, on a narrow phone."""
    await hub.api.post(
        "/users", {"name": name, "password": PASSWORD, "assignments": [{"role": "manager", "site": "ramsey"}]}
    )
    screen = await screens.new(signed_in=False, size=NARROW)
    await screen.open("/diary?site=ramsey")
    await screen.sign_in(name, PASSWORD)
    await screen.page.get_by_role("link", name="Users").click()
    await expect(screen.page.get_by_role("heading", name="Users", level=1)).to_be_visible()
    return screen


async def _opened(screen: Screen, name: str) -> Locator:
    """What is shown of one user."""
    await screen.page.get_by_label("Name or mail address").fill(name)
    await screen.page.get_by_role("button", name="Search").click()
    row = screen.page.get_by_role("list", name="Users").get_by_role("button", name=name).first
    await row.click()
    await expect(row).to_have_attribute("aria-expanded", "true")
    return screen.page.locator(".user")


@pytest.mark.browser_full
async def test_a_new_user_is_told_by_mail_where_to_sign_in(screens: Screens, hub: SimHub) -> None:
    await hub.api.put("/parties/users-choir", {"kind": "group", "name": "Users' Choir"})
    screen = await _as_manager(screens, hub, "Mona at the desk")
    page = screen.page
    await page.get_by_role("button", name="Add a user").click()
    await expect(page.get_by_label("Name", exact=True)).to_be_focused()
    await page.get_by_role("button", name="Add the user").click()
    await expect(page.get_by_role("alert").filter(has_text="Look at the fields below.")).to_be_focused()
    for fault in ("Say who it is.", "Give a mail address, or a password below.", "Choose the group from the list"):
        await expect(page.get_by_text(fault)).to_be_visible()
    assert await faults(page, "new user") == []
    assert await screen.sideways() == 0
    roles = await page.get_by_label("Role", exact=True).get_by_role("option").all_inner_texts()
    assert not [each for each in roles if each.startswith(("Owner", "Auditor"))]
    assert await page.get_by_label("Where").get_by_role("option").all_inner_texts() == ["Ramsey Hub"]
    await page.get_by_label("Name", exact=True).fill("Rosalind at the choir")
    await page.get_by_label("Mail address", exact=True).fill("rosalind..x@choir.test")
    await page.get_by_label("For whom").fill("Users' Choir")
    await expect(page.get_by_text("Choose the group from the list")).to_have_count(0)
    screen.excuse("status of 422")
    await page.get_by_role("button", name="Add the user").click()
    await expect(page.get_by_text("Must be an e-mail address").last).to_be_visible()
    await page.get_by_label("Mail address", exact=True).fill("rosalind@choir.test")
    await page.get_by_role("button", name="Add the user").click()
    await screen.said("Rosalind at the choir can sign in. A mail to rosalind@choir.test says where.")
    await expect(
        page.locator(".user").get_by_text("Group leader of Users' Choir, Ramsey Hub", exact=True)
    ).to_be_visible()
    assert f"{hub.address}/sign-in?mail" in await mailed(hub, "rosalind@choir.test")
    theirs = await screens.new(signed_in=False, size=NARROW)
    await theirs.open("/sign-in?mail")
    await expect(theirs.page.get_by_label("Your mail address")).to_be_visible()


@pytest.mark.browser_full
async def test_a_role_sent_before_the_list_of_parties_is_there_finds_its_party(screens: Screens, hub: SimHub) -> None:
    await hub.api.put("/parties/late-choir", {"kind": "group", "name": "Late Choir"})
    screen = await _as_manager(screens, hub, "Maud at the desk")
    page = screen.page
    here = asyncio.Event()

    async def late(route: Route) -> None:
        await here.wait()
        await route.continue_()

    await page.get_by_role("button", name="Add a user").click()
    await page.route("**/api/v1/parties?*", late)
    await page.get_by_label("Name", exact=True).fill("Rudolf at the choir")
    await page.get_by_label("Mail address", exact=True).fill("rudolf@late-choir.test")
    async with page.expect_request("**/api/v1/parties?*"):  # of what is typed, or of the press of the button
        await page.get_by_label("For whom").fill("late choir")
        await page.get_by_role("button", name="Add the user").click()
    here.set()
    await screen.said("Rudolf at the choir can sign in. A mail to rudolf@late-choir.test says where.")
    await expect(
        page.locator(".user").get_by_text("Group leader of Late Choir, Ramsey Hub", exact=True)
    ).to_be_visible()


@pytest.mark.browser_full
async def test_a_role_given_up_while_its_party_is_looked_up_is_not_given(screens: Screens, hub: SimHub) -> None:
    name = "Ruben at the door"
    await hub.api.put("/parties/slow-choir", {"kind": "group", "name": "Slow Choir"})
    held = [{"role": "porter", "site": "ramsey"}]
    await hub.api.post("/users", {"name": name, "password": PASSWORD, "assignments": held})
    screen = await _as_manager(screens, hub, "Nell at the desk")
    page = screen.page
    user = await _opened(screen, name)
    asked, here = asyncio.Event(), asyncio.Event()

    async def late(route: Route) -> None:
        asked.set()
        await here.wait()
        await route.continue_()

    await user.get_by_role("button", name="Give another role").click()
    await page.route("**/api/v1/parties?*", late)
    await user.get_by_label("For whom").fill("slow choir")
    await user.get_by_role("button", name="Give the role").click()
    await asked.wait()
    await user.get_by_role("button", name="Give none").click()
    async with page.expect_response("**/api/v1/parties?*"):
        here.set()
    await user.get_by_role("button", name="Give another role").click()
    await expect(user.get_by_label("For whom")).to_have_value("")
    [there] = (await hub.api.get("/users", search=name))["items"]
    assert [each["role"] for each in there["assignments"]] == ["porter"]


async def test_roles_are_given_and_taken_away_with_undo(screens: Screens, hub: SimHub) -> None:
    name = "Percy at the door"
    body = {"password": PASSWORD, "assignments": [{"role": "porter", "site": "ramsey"}]}
    await hub.api.post("/users", {"name": name, **body})
    screen = await _as_manager(screens, hub, "Nora at the desk")
    page = screen.page
    user = await _opened(screen, name)
    await user.get_by_role("button", name="Give another role").click()
    await user.get_by_label("Role", exact=True).select_option("facilities")
    await user.get_by_label("First day").fill("1/12/2026")
    await user.get_by_label("Last day").fill("30/11/2026")
    await user.get_by_role("button", name="Give the role").click()
    await expect(user.get_by_text("Must not be before the first day.")).to_be_visible()
    await user.get_by_label("Last day").fill("31/12/2026")
    await user.get_by_role("button", name="Give the role").click()
    said = "Facilities, Ramsey Hub, from Tue 1 Dec 00:00, until Fri 1 Jan 00:00"
    await expect(user.get_by_text(said, exact=True)).to_be_visible()
    assert await faults(page, "user") == []
    assert await screen.sideways() == 0
    taking = user.get_by_role("button", name=f"Take away… from {name}: Porter")
    await taking.click()
    await user.get_by_role("button", name="Take it away").click()
    await screen.said("The role is taken away.")
    await expect(user.get_by_text("Roles of before (1)")).to_be_visible()
    await page.get_by_role("button", name="Undo").click()
    await expect(taking).to_be_visible()


@pytest.mark.browser_full
async def test_a_user_is_ended_and_let_in_again(screens: Screens, hub: SimHub) -> None:
    name = "Edna at the door"
    body = {"password": PASSWORD, "assignments": [{"role": "porter", "site": "ramsey"}]}
    await hub.api.post("/users", {"name": name, **body})
    screen = await _as_manager(screens, hub, "Otto at the desk")
    page = screen.page
    user = await _opened(screen, name)
    screen.excuse("status of 404")
    await user.get_by_role("button", name="Reset the second step").click()
    await user.get_by_role("button", name="Remove the app").click()
    await screen.said("no authenticator app")
    await user.get_by_role("button", name="End this user").click()
    await page.keyboard.press("Tab")
    await expect(user.get_by_role("button", name="End the user")).to_be_focused()
    await page.keyboard.press("Enter")
    await screen.said(f"{name} can no longer sign in.")
    await expect(user.get_by_text("Cannot sign in since")).to_be_visible()
    await page.get_by_label("Name or mail address").fill("no such person")
    await page.get_by_role("button", name="Search").click()
    await expect(page.get_by_text("Nobody is called “no such person”")).to_be_visible()
    await page.get_by_label("Also those who have ended").check()
    await page.get_by_label("Name or mail address").fill(name)
    await page.get_by_role("button", name="Search").click()
    await user.get_by_role("button", name="Let them sign in again").click()
    await expect(user.get_by_role("button", name="End this user")).to_be_visible()


@pytest.mark.browser_full
async def test_the_mail_address_of_a_user_is_changed_with_undo(screens: Screens, hub: SimHub) -> None:
    name, old, new = "Mona by the gate", "mona@old.test", "mona@new.test"
    body = {"password": PASSWORD, "email": old, "assignments": [{"role": "porter", "site": "ramsey"}]}
    await hub.api.post("/users", {"name": name, **body})
    screen = await _as_manager(screens, hub, "Ottilie at the desk")
    user = await _opened(screen, name)
    await user.get_by_role("button", name="Change the mail address").click()
    await user.get_by_label("Mail address", exact=True).fill("not an address")
    screen.excuse("status of 422")
    await user.get_by_role("button", name="Save the address").click()
    await expect(user.get_by_text("Must be an e-mail address").last).to_be_visible()
    await user.get_by_label("Mail address", exact=True).fill(new)
    assert await faults(screen.page, "a mail address") == []
    await user.get_by_role("button", name="Save the address").click()
    await screen.said(f"Mails to {name} go to {new}.")
    await expect(screen.page.get_by_role("button", name=new)).to_be_visible()
    await screen.page.get_by_role("button", name="Undo").click()
    await expect(screen.page.get_by_role("button", name=old)).to_be_visible()


@pytest.mark.browser_full
async def test_who_keeps_no_users_has_no_such_page(screens: Screens, hub: SimHub) -> None:
    body = {"password": PASSWORD, "assignments": [{"role": "porter", "site": "ramsey"}]}
    await hub.api.post("/users", {"name": "Wim at the door", **body})
    screen = await screens.new(signed_in=False)
    await screen.open("/users?site=ramsey")
    await screen.page.get_by_label("Name").fill("Wim at the door")
    await screen.page.get_by_label("Password").fill(PASSWORD)
    await screen.page.get_by_role("button", name="Sign in").click()
    await expect(screen.page.get_by_text("Only staff see this.")).to_be_visible()
    await expect(screen.page.get_by_role("link", name="Users")).to_have_count(0)
