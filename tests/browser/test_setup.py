"""A new hub, from nothing to a door that opens by a code, as its first owner does it in the wizard."""

import asyncio
import random
import tomllib
from collections.abc import AsyncIterator
from pathlib import Path

import msgspec
import pytest
import pytest_asyncio
from playwright.async_api import Browser, expect

from firmware_sim.building_file import demo_buildings
from firmware_sim.hub_processes import SimHub, SimHubPlan
from firmware_sim.simulated_door import SimulatedDoor
from firmware_sim.timeline import Act
from hatch_build import ROOT, Pages
from tests.browser.axe import faults
from tests.browser.conftest import EPOCH
from tests.browser.screen import Scheme, Screens
from tests.services.fork_client import ForkServer

pytestmark = pytest.mark.asyncio(loop_scope="session")

NARROW = (320, 700)
SITE = "mill-hall"


@pytest_asyncio.fixture(loop_scope="session")
async def new_hub(tmp_path: Path, fork_server: ForkServer) -> AsyncIterator[SimHub]:
    """A controller to which nobody has signed in, and a Pi that waits on the wall."""
    await asyncio.to_thread(Pages(ROOT).build)
    ramsey = next(building for building in demo_buildings() if building.id == "ramsey")
    door = msgspec.structs.replace(ramsey.doors[0], lock_sensor=None)
    parts = {"doors": (door,), "spaces": ramsey.spaces[:1], "alarm": None}
    mill = msgspec.structs.replace(ramsey, id=SITE, edge="pi-of-mill-hall", **parts)
    plan = SimHubPlan(folder=tmp_path, buildings=(mill,), epoch=EPOCH, answer_s=30.0, bare=True)
    async with SimHub(plan, launch=fork_server.start) as started:
        yield started


def _leave(door: SimulatedDoor) -> Act:
    """Somebody presses the exit button, and opens the door."""
    yield from door.open_from_inside(random.Random(1))
    return True


async def test_a_new_hub_is_set_up_to_a_door_that_opens(new_hub: SimHub, browser: Browser) -> None:
    screens = Screens(new_hub, browser, None)
    screen = await screens.new(signed_in=False, size=NARROW)
    page = screen.page

    async def step(name: str) -> None:
        await expect(page.get_by_role("heading", name=name, level=2)).to_be_visible()
        await expect(page.get_by_text("Loading…")).to_have_count(0)
        assert await faults(page, name) == []
        assert await screen.sideways() <= 0

    presses = 0

    async def press(name: str) -> None:
        nonlocal presses
        presses += 1
        await page.get_by_role("button", name=name, exact=True).click()

    await screen.open("/")
    await page.get_by_label("Set-up token").fill(new_hub.setup_token)
    await page.get_by_label("Name").fill("olive")
    await page.get_by_label("Password").fill("fifteen calm rivers")
    await press("Create the account")
    await step("The building")
    await press("Go on")
    await expect(page.get_by_text("Give it a name.", exact=True).last).to_be_visible()
    await page.get_by_label("Name of the building").fill("Mill Hall")
    await press("Go on")
    await step("When it is open")
    await page.get_by_label("Monday").fill("9 to late")
    await press("Save the hours")
    await expect(page.get_by_text("Type times, such as 9:00-17:00").last).to_be_visible()
    await page.get_by_label("Monday").fill("9 to 5pm")
    await press("Save the hours")
    await step("Rooms")
    await page.get_by_label("Name of the room").fill("Main hall")
    await press("Add the room")
    await expect(page.get_by_role("heading", name="Another room")).to_be_visible()
    await press("That is all, go on")
    await step("A door")
    await press("Add the door")
    await step("Its Raspberry Pi")
    await press("Make a token for Pi of Mill Hall")
    command = await page.get_by_text("hallkeeper edge enrol ").inner_text()
    pins = tomllib.loads(await page.get_by_text("[[door]]").inner_text())
    (wired,) = pins["door"]
    door = new_hub.plan.buildings[0].doors[0]
    assert (wired["id"], wired["relay"]["pin"], wired["contact"]["pin"]) == (door.id, door.relay, door.contact)
    await step("Its Raspberry Pi")
    await new_hub.let_in(SITE, command.split()[3])
    await expect(page.get_by_text("Pi of Mill Hall is online since")).to_be_visible()
    await press("Go on")
    await step("Is it wired right?")
    await press("Press the button, I'll wait")
    doorway = new_hub.world.site(SITE).doorway(door.id)
    await new_hub.runner.act(_leave(doorway))
    await expect(page.get_by_text("Exit button: works")).to_be_visible()
    await expect(page.get_by_role("button", name="Go on", exact=True)).to_have_count(0)
    await press("It is right")
    await step("A group")
    await page.reload()  # in the middle of it all
    await step("A group")
    await page.get_by_label("Name of the group").fill("Mill choir")
    await press("Add the group")
    await step("A booking")
    await press("Book it")
    await step("The door opens")
    await expect(page.get_by_text("The code is on the door. Type it there; I am waiting.")).to_be_visible()
    code = (await page.locator(".code").inner_text()).removeprefix("The code:")
    typed = await new_hub.runner.key(SITE, door.id, "".join(filter(str.isdigit, code)))
    assert typed.done, typed.text
    await expect(page.get_by_text("It works.")).to_be_visible()
    await press("Finish")
    await step("The door opens by its code")
    assert presses <= 16
    walked = await new_hub.runner.walk_in(SITE, door.id)
    assert walked.done, walked.text
    await page.get_by_role("link", name="The diary").click()
    await expect(page.get_by_role("grid")).to_contain_text("First try")
    # A second building beside it, left half-way and gone on with in another browser.
    await page.get_by_role("link", name="Buildings").click()
    await page.get_by_role("link", name="another building").click()
    await page.get_by_label("Name of the building").fill("Elm Room")
    await press("Go on")
    await step("When it is open")
    await press("Save the hours")
    await step("Rooms")
    await page.get_by_label("Name of the room").fill("Elm room")
    await press("Add the room")
    await expect(page.get_by_role("heading", name="Another room")).to_be_visible()
    later = await screens.new(signed_in=False, size=NARROW)
    await later.open("/setup?site=elm-room")
    await later.page.get_by_label("Name").fill("olive")
    await later.page.get_by_label("Password").fill("fifteen calm rivers")
    await later.page.get_by_role("button", name="Sign in").click()
    await expect(later.page.get_by_role("heading", name="A door", level=2)).to_be_visible()
    await later.page.get_by_role("button", name="Add the door").click()
    await expect(later.page.get_by_role("button", name="Make a token for Pi of Elm Room")).to_be_visible()
    assert await faults(later.page, "another building") == []
    await later.open(f"/buildings?site={SITE}")
    await expect(later.page.get_by_role("list", name="Rooms")).not_to_contain_text("Elm room")
    await screens.close()


@pytest.mark.browser_full
@pytest.mark.parametrize("view", ["building", "hours", "rooms", "door", "pi", "wiring", "group", "booking", "new"])
@pytest.mark.parametrize("size", [NARROW, (1280, 800)])
@pytest.mark.parametrize(("scheme", "forced"), [("light", False), ("dark", False), ("light", True)])
async def test_every_step_is_accessible(
    screens: Screens, view: str, size: tuple[int, int], scheme: Scheme, forced: bool
) -> None:
    screen = await screens.new(size=size, scheme=scheme, forced=forced)
    await screen.open(f"/setup?site=march&view={view}")
    await expect(screen.page.get_by_role("list", name="Steps")).to_be_visible()
    await expect(screen.page.get_by_role("heading", level=2)).to_be_visible()
    assert await faults(screen.page, view) == []
    assert await screen.sideways() <= 0
