"""An owner adds, changes and retires the parts of a building; others see them."""

import base64
import random
import re
from collections.abc import AsyncIterator
from datetime import date
from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import expect

from edge.net.enrol import EnrolmentClient
from firmware_sim.hub_processes import SimHub
from firmware_sim.simulated_door import SimulatedDoor
from firmware_sim.timeline import Act
from tests.browser.axe import faults
from tests.browser.booked import book, decide
from tests.browser.screen import Scheme, Screens

pytestmark = pytest.mark.asyncio(loop_scope="session")

NARROW = (320, 700)
PASSWORD = "fifteen calm rivers"
DAY = date(2027, 3, 9)


@pytest_asyncio.fixture(scope="module", loop_scope="session", autouse=True)
async def barn(hub: SimHub) -> AsyncIterator[None]:
    """A room of two halves, and chairs."""
    parts = ["barn-east", "barn-west"]
    for half in parts:
        await hub.api.put(f"/sites/ramsey/spaces/{half}", {"name": half.replace("-", ", ").capitalize()})
    layouts = [{"id": "theatre", "name": "Theatre", "capacity": 90, "setup_min": 30}]
    await hub.api.put("/sites/ramsey/spaces/barn", {"name": "Barn", "capacity": 60, "parts": parts, "layouts": layouts})
    await hub.api.put("/sites/ramsey/equipment/stools", {"name": "Stools", "count": 40})
    yield
    for path in ("spaces/barn", *(f"spaces/{half}" for half in parts), "equipment/stools"):
        await hub.api.delete(f"/sites/ramsey/{path}")


def _leave(door: SimulatedDoor) -> Act:
    """Somebody presses the exit button, and opens the door."""
    yield from door.open_from_inside(random.Random(1))
    return True


async def _rooms(hub: SimHub) -> dict[str, dict[str, Any]]:
    return {one["id"]: one for one in (await hub.api.get("/sites/ramsey"))["spaces"]}


@pytest.mark.browser_full
async def test_a_room_is_added_furnished_retired_and_deleted(screens: Screens, hub: SimHub) -> None:
    screen = await screens.new(size=NARROW)
    page = screen.page
    await screen.open("/buildings?site=ramsey")
    await expect(page.get_by_role("heading", name="Ramsey Hub", level=1)).to_be_visible()
    await expect(page.get_by_role("list", name="Parts of Barn")).to_contain_text("Barn, east")
    assert await faults(page, "rooms") == []
    assert await screen.sideways() <= 0
    await page.get_by_role("button", name="Add a room…").click()
    await expect(page.get_by_role("heading", name="New room")).to_be_focused()
    await page.get_by_label("People it holds").fill("many")
    await page.get_by_role("button", name="Add the room").click()
    await expect(page.get_by_role("alert").filter(has_text="Look at the fields that are marked.")).to_be_focused()
    await expect(page.get_by_text("Give it a name.", exact=True)).to_be_visible()
    await expect(page.get_by_text("Type a number from 0 to 100,000.")).to_be_visible()
    assert await faults(page, "new room") == []
    assert await screen.sideways() <= 0
    await page.get_by_label("Name", exact=True).fill("Craft room & kiln")
    await page.get_by_label("People it holds").fill("16")
    await page.get_by_label("Front door").check()
    await page.get_by_label("Step-free").check()
    await page.get_by_role("button", name="Add the room").click()
    await screen.said("Craft room & kiln is added.")
    await expect(page.get_by_role("button", name="Change… Craft room & kiln")).to_be_focused()
    made = (await _rooms(hub))["craft-room-kiln"]
    assert (made["capacity"], made["doors"], made["step_free"]) == (16, ["front-door"], True)
    await page.get_by_role("button", name="Add a layout… to Craft room & kiln").click()
    await page.get_by_label("Name", exact=True).fill("Easels")
    await page.get_by_label("People it holds so").fill("10")
    await page.get_by_label("Minutes to set up").fill("20")
    await page.get_by_role("button", name="Add the layout").click()
    layouts = page.get_by_role("list", name="Layouts of Craft room & kiln")
    await expect(layouts).to_contain_text("Easels 10 people · 20 min to set up · the usual one")
    await page.get_by_role("button", name="Add a layout… to Craft room & kiln").click()
    await page.get_by_label("Name", exact=True).fill("Wheels")
    await page.get_by_text("More", exact=True).click()
    await page.get_by_label("Minutes to change to it from Easels").fill("45")
    await page.get_by_role("button", name="Add the layout").click()
    await expect(layouts).to_contain_text("Wheels")
    listed = [{"from_layout": "easels", "to_layout": "wheels", "minutes": 45}]
    assert (await _rooms(hub))["craft-room-kiln"]["changeovers"] == listed
    await layouts.get_by_role("button", name="Change Wheels").click()
    await page.get_by_text("More", exact=True).click()
    await expect(page.get_by_label("Minutes to change to it from Easels")).to_have_value("45")
    await page.get_by_role("button", name="Leave it").click()
    await layouts.get_by_role("button", name="Remove Wheels").click()
    await expect(layouts).not_to_contain_text("Wheels")
    assert (await _rooms(hub))["craft-room-kiln"]["changeovers"] == []
    await layouts.get_by_role("button", name="Remove Easels").click()
    await expect(layouts).to_have_count(0)
    await page.get_by_role("button", name="Undo").click()
    await expect(layouts).to_contain_text("Easels")
    await page.get_by_role("button", name="Retire… Craft room & kiln").click()
    await page.get_by_role("button", name="Retire it").click()
    await expect(page.get_by_text("Cannot be booked")).to_be_visible()
    assert (await _rooms(hub))["craft-room-kiln"]["bookable"] is False
    await page.get_by_role("button", name="Delete… Craft room & kiln").click()
    await page.get_by_role("button", name="Delete it").click()
    await screen.said("The room Craft room & kiln is deleted.")
    assert "craft-room-kiln" not in await _rooms(hub)


@pytest.mark.browser_full
async def test_bookings_that_stand_in_the_way_of_a_change_are_named(screens: Screens, hub: SimHub) -> None:
    fair = await book(hub, "Craft fair", DAY, "10:00", "12:00", equipment={"stools": 30})
    screen = await screens.new()
    page = screen.page
    screen.excuse("status of 409")
    await screen.open("/buildings?site=ramsey&view=equipment.stools")
    await page.get_by_label("How many").fill("12")
    await page.get_by_role("button", name="Save the change").click()
    await expect(page.get_by_role("alert").filter(has_text="Nothing was changed.")).to_be_focused()
    await expect(page.get_by_role("list", name="Bookings in the way")).to_contain_text(
        "Craft fair, Tue 9 Mar, 10:00 to 12:00"
    )
    assert await faults(page, "refused") == []
    await decide(hub, fair, "cancel")


async def test_two_who_change_the_same_room_see_each_other_s_change_and_lose_nothing(
    screens: Screens, hub: SimHub
) -> None:
    one, other = await screens.new(size=NARROW), await screens.new()
    one.excuse("status of 409")
    for screen in (one, other):
        await screen.open("/buildings?site=ramsey&view=spaces.barn-east")
        await expect(screen.page.get_by_label("Name", exact=True)).to_have_value("Barn, east")
    await one.page.get_by_label("Name", exact=True).fill("Barn, sunny side")
    await one.page.get_by_label("People it holds").fill("25")
    await other.page.get_by_label("People it holds").fill("30")
    await other.page.get_by_label("Step-free").check()
    await other.page.get_by_role("button", name="Save the change").click()
    await other.said("Barn, east is changed.")
    await one.page.get_by_role("button", name="Save the change").click()
    fault = one.page.get_by_role("alert").filter(has_text="Somebody else has changed it meanwhile")
    await expect(fault).to_be_focused()
    changed = one.page.get_by_role("list", name="What somebody else has changed")
    await expect(changed.get_by_role("listitem")).to_have_text(
        ["People it holds: now “30”, before empty; you have “25”.", "Step-free: now ticked, before not ticked."]
    )
    await expect(one.page.get_by_label("Name", exact=True)).to_have_value("Barn, sunny side")
    await expect(one.page.get_by_label("People it holds")).to_have_value("25")
    await expect(one.page.get_by_label("Step-free")).to_be_checked()
    assert await faults(one.page, "overtaken") == []
    assert await one.sideways() <= 0
    await one.page.get_by_role("button", name="Save the change").click()
    await one.said("Barn, sunny side is changed.")
    saved = (await _rooms(hub))["barn-east"]
    assert (saved["name"], saved["capacity"], saved["step_free"]) == ("Barn, sunny side", 25, True)


@pytest.mark.browser_full
async def test_a_change_that_a_form_does_not_show_is_kept_without_a_question(screens: Screens, hub: SimHub) -> None:
    one, other = await screens.new(), await screens.new()
    one.excuse("status of 409")
    await one.open("/buildings?site=ramsey&view=layouts.barn.theatre")
    await one.page.get_by_label("People it holds so").fill("85")
    await other.open("/buildings?site=ramsey&view=spaces.barn")
    await other.page.get_by_label("People it holds").fill("61")
    await other.page.get_by_role("button", name="Save the change").click()
    await other.said("Barn is changed.")
    await one.page.get_by_role("button", name="Save the change").click()
    await one.said("Barn is changed.")
    saved = (await _rooms(hub))["barn"]
    assert (saved["capacity"], saved["layouts"][0]["capacity"]) == (61, 85)


@pytest.mark.browser_full
async def test_a_name_that_a_room_has_already_is_refused_at_its_field(screens: Screens) -> None:
    screen = await screens.new(size=NARROW)
    page = screen.page
    await screen.open("/buildings?site=ramsey&view=spaces.")
    await page.get_by_label("Name", exact=True).fill("barn")
    await page.get_by_label("People it holds").fill("9" * 400)
    await page.get_by_role("button", name="Add the room").click()
    await expect(page.get_by_text("There is “barn” already. Give this one another name.")).to_be_visible()
    await expect(page.get_by_text("Type a number from 0 to 100,000.")).to_be_visible()
    assert await screen.sideways() <= 0


@pytest.mark.browser_full
async def test_a_door_and_its_device_are_added_and_deleted(screens: Screens, hub: SimHub) -> None:
    screen = await screens.new(size=NARROW)
    page = screen.page
    await screen.open("/buildings?site=ramsey&view=doors")
    doors = page.get_by_role("list", name="Doors")
    await expect(doors).to_contain_text("leads to")
    assert await faults(page, "doors") == []
    await page.get_by_role("button", name="Add a device…").click()
    await page.get_by_label("Name", exact=True).fill("Pi in the shed")
    await page.get_by_role("button", name="Add the device").click()
    await screen.said("Pi in the shed is added.")
    await page.get_by_role("button", name="Add a door…").click()
    await page.get_by_label("Name", exact=True).fill("Shed door")
    await page.get_by_role("button", name="Add the door").click()
    await expect(page.get_by_text("Choose its device; add one first if there is none.").first).to_be_visible()
    await page.get_by_label("Device that switches its lock").select_option("Pi in the shed")
    await page.get_by_role("button", name="Add the door").click()
    await expect(doors).to_contain_text("Shed door leads to no room yet")
    assert await screen.sideways() <= 0
    screen.excuse("status of 409")
    await page.get_by_role("button", name="Delete… Pi in the shed").click()
    await page.get_by_role("button", name="Delete it").click()
    await screen.said("“Pi in the shed” cannot be deleted: door “Shed door” is on it.")
    for name in ("Shed door", "Pi in the shed"):
        await page.get_by_role("button", name=f"Delete… {name}").click()
        await page.get_by_role("button", name="Delete it").click()
        await screen.said(f"{name} is deleted.")


@pytest.mark.browser_full
async def test_each_part_of_a_door_is_heard_by_its_name(screens: Screens, hub: SimHub) -> None:
    screen = await screens.new(size=NARROW)
    page = screen.page
    await screen.open("/buildings?site=ramsey&view=doors")
    devices = page.get_by_role("list", name="Devices")
    await expect(devices).to_contain_text("Online")
    await expect(devices).to_contain_text("counts at Front door and Library door")
    await page.get_by_role("button", name="Press the button, I'll wait").click()
    door = page.get_by_role("region", name="Front door", exact=True)
    await expect(door).to_contain_text("Exit button: nothing yet")
    doorway = hub.world.site("ramsey").doorway("front-door")
    await hub.runner.act(_leave(doorway))
    for part in ("Exit button: works", "Door opens and shuts: works", "Lock: works"):
        await expect(door).to_contain_text(part)
    await hub.runner.key("ramsey", "front-door", "913750")
    await expect(door).to_contain_text("Keypad or reader: works")
    heard = page.get_by_role("list", name="What was heard")
    await expect(heard).to_contain_text("Front door: the exit button was pressed")
    await expect(heard).to_contain_text(re.compile("Front door: (refused|6 keys)"))
    other = page.get_by_role("region", name="Library door", exact=True)
    await expect(other).to_contain_text("Exit button: nothing yet")
    walked = await hub.runner.walk_in("ramsey", "library-door")
    assert walked.done, walked.text
    beams = page.get_by_role("region", name="Beams at Library door")
    await expect(beams).to_contain_text("Somebody comes in: works")
    await expect(beams).to_contain_text("Somebody goes out: nothing yet")
    assert await faults(page, "wiring") == []
    assert await screen.sideways() <= 0
    await page.get_by_role("button", name="Open once… Front door").click()
    await screen.panel.get_by_role("textbox").fill("Wiring check")
    await screen.panel.get_by_role("button", name="Open once", exact=True).click()
    await expect(screen.panel.get_by_text("Front door was released once.")).to_be_visible()


@pytest.mark.browser_full
async def test_a_new_device_gets_a_token_and_the_page_waits_for_it(screens: Screens, hub: SimHub) -> None:
    await hub.api.put("/sites/ramsey/edges/cellar-pi", {"name": "Pi in the cellar"})
    await hub.api.put("/sites/ramsey/doors/cellar-door", {"name": "Cellar door", "edge": "cellar-pi"})
    screen = await screens.new(size=NARROW)
    page = screen.page
    await screen.open("/buildings?site=ramsey&view=doors")
    await page.get_by_role("button", name="Let a Pi in… as Pi in the cellar").click()
    await page.get_by_role("button", name="Make a token for Pi in the cellar").click()
    await expect(page.get_by_text("I am waiting for Pi in the cellar to appear.")).to_be_visible()
    await expect(page.get_by_role("img", name="The command as a QR code")).to_be_visible()
    command = await page.get_by_text("hallkeeper edge enrol ").inner_text()
    applicant = EnrolmentClient(command.split()[3])
    answer = await hub.api.post("/enrol", applicant.body)
    assert applicant.accept(base64.b64decode(answer["identity"])).issued.edge == "cellar-pi"
    await expect(page.get_by_text('id = "cellar-door-keypad"')).to_be_visible()
    assert await faults(page, "enrolment") == []
    assert await screen.sideways() <= 0
    await page.get_by_role("button", name="Done").click()
    for path in ("doors/cellar-door", "edges/cellar-pi"):
        await hub.api.delete(f"/sites/ramsey/{path}")


@pytest.mark.browser_full
async def test_a_manager_sees_the_building_and_changes_no_part_of_it(screens: Screens, hub: SimHub) -> None:
    roles = [{"role": "manager", "site": "ramsey"}]
    await hub.api.post("/users", {"name": "Bruno at the desk", "password": PASSWORD, "assignments": roles})
    screen = await screens.new(signed_in=False)
    page = screen.page
    await screen.open("/diary?site=ramsey")
    await screen.sign_in("Bruno at the desk", PASSWORD)
    await page.get_by_role("link", name="Buildings").click()
    await expect(page.get_by_text("Only an owner of the installation changes rooms")).to_be_visible()
    await expect(page.get_by_role("list", name="Rooms")).to_contain_text("Main hall")
    await expect(page.get_by_role("button", name="Change…")).to_have_count(0)


@pytest.mark.browser_full
@pytest.mark.parametrize("view", ["", "spaces.barn", "doors", "doors.front-door", "prices", "rules"])
@pytest.mark.parametrize("size", [NARROW, (1280, 800)])
@pytest.mark.parametrize(("scheme", "forced"), [("light", False), ("dark", False), ("light", True)])
async def test_every_part_of_the_page_is_accessible(
    screens: Screens, view: str, size: tuple[int, int], scheme: Scheme, forced: bool
) -> None:
    screen = await screens.new(size=size, scheme=scheme, forced=forced)
    await screen.open(f"/buildings?site=ramsey&view={view}")
    await expect(screen.page.get_by_role("heading", level=2).first).to_be_visible()
    if "." in view:
        await expect(screen.page.get_by_role("button", name="Save the change")).to_be_visible()
    assert await faults(screen.page, view) == []
    assert await screen.sideways() <= 0


@pytest.mark.browser_full
async def test_a_price_is_calculated_changed_and_put_back(screens: Screens, hub: SimHub) -> None:
    screen = await screens.new(size=NARROW)
    page = screen.page
    await screen.open("/buildings?site=ramsey&view=prices")
    prices = page.get_by_role("list", name="Prices")
    await page.get_by_role("button", name="New price…").click()
    await page.get_by_label("Name", exact=True).fill("Barn evenings")
    await page.get_by_label("Pounds an hour").fill("twelve")
    await page.get_by_role("button", name="Add it").click()
    await expect(page.get_by_text("Type an amount in pounds, such as 12.50.").last).to_be_visible()
    await page.get_by_label("Pounds an hour").fill("12.50")
    await page.get_by_label("Times").fill("Mon-Fri 18:00-22:00")
    await page.get_by_label("Barn", exact=True).check()
    await page.get_by_role("button", name="Add it").click()
    await expect(prices).to_contain_text("Barn evenings: £12.50 an hour in Barn, Mon-Fri 18:00-22:00.")
    await page.get_by_label("Room", exact=True).select_option("Barn")
    await page.get_by_label("Day", exact=True).fill("11/3/2027")
    await page.get_by_role("button", name="Calculate").click()
    await expect(page.get_by_text(re.compile(r"^Barn, Thu.* 11 Mar.*, 18:00 to 20:00:"))).to_be_visible()
    await expect(page.get_by_role("list", name="Lines of the quote")).to_contain_text("£25.00")
    assert await faults(page, "prices") == []
    assert await screen.sideways() <= 0
    await prices.get_by_role("listitem").filter(has_text="Barn evenings").get_by_role("button", name="Remove…").click()
    await page.get_by_role("button", name="Remove it").click()
    await expect(prices).not_to_contain_text("Barn evenings")
    await page.get_by_role("button", name="Undo").click()
    await expect(prices).to_contain_text("Barn evenings")
    tariffs = await hub.api.get("/sites/ramsey/tariffs")
    rates = [one for one in tariffs["rates"] if one["name"] != "Barn evenings"]
    said = {"text", "changed_at", "changed_by"}
    await hub.api.put("/sites/ramsey/tariffs", {k: v for k, v in tariffs.items() if k not in said} | {"rates": rates})


@pytest.mark.browser_full
async def test_a_booking_rule_is_read_as_a_sentence_and_changed(screens: Screens, hub: SimHub) -> None:
    before = await hub.api.get("/sites/ramsey/policy")
    screen = await screens.new(size=NARROW)
    page = screen.page
    await screen.open("/buildings?site=ramsey&view=rules")
    rules = page.get_by_role("list", name="Booking rules")
    commercial = rules.get_by_role("listitem").filter(has_text="Businesses may book")
    await commercial.get_by_role("button", name="Change…").click()
    await page.get_by_label("Days ahead").fill("60")
    await page.get_by_role("button", name="Save the change").click()
    await expect(commercial).to_contain_text("Businesses may book up to 60 days ahead.")
    await expect(commercial.get_by_role("button", name="Change…")).to_be_focused()
    windows = (await hub.api.get("/sites/ramsey/policy"))["windows"]
    assert {"tier": "commercial", "days": 60, "spaces": []} in windows
    assert await faults(page, "rules") == []
    assert await screen.sideways() <= 0
    await page.get_by_role("button", name="Undo").click()
    await expect(commercial).not_to_contain_text("60 days")
    await hub.api.put("/sites/ramsey/policy", before)
