"""The simulated building in one look: what is pressed there goes to the edge, and comes back on every page."""

import asyncio
import re
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, FrameLocator, Page, expect

from firmware_sim.building_file import demo_buildings
from firmware_sim.building_page import BuildingPage
from firmware_sim.demo_visitor import DoorCodes, visitor_of
from firmware_sim.hub_processes import SimHub, SimHubPlan
from firmware_sim.ports import free_port
from hatch_build import ROOT, Pages
from tests.browser.axe import faults
from tests.browser.booked import on_the_door
from tests.browser.conftest import EPOCH
from tests.browser.screen import Scheme, Screen
from tests.services.fork_client import ForkServer

pytestmark = pytest.mark.asyncio(loop_scope="session")

LOOK = (1920, 1080)
TITLE = "Ramsey Choir"


@dataclass
class Shown:
    """A hub and the page of its building. ``code``: that of Ramsey Choir, which is in the studio now."""

    hub: SimHub
    page: BuildingPage
    code: str = ""

    def start(self) -> None:
        self.page.start(self.hub.world, self.hub.gate.requests, visitor_of(self.hub, DoorCodes()))


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def shown(tmp_path_factory: pytest.TempPathFactory, fork_server: ForkServer) -> AsyncIterator[Shown]:
    await asyncio.to_thread(Pages(ROOT).build)
    folder: Path = tmp_path_factory.mktemp("building")
    buildings = tuple(building for building in demo_buildings() if building.id in {"ramsey", "march"})
    port = free_port()
    page = BuildingPage(buildings, port=free_port(), key="k", pages=f"http://127.0.0.1:{port}", speed=1)
    plan = SimHubPlan(folder=folder, buildings=buildings, epoch=EPOCH, port=port, framed_by=(page.origin,))
    async with SimHub(plan, launch=fork_server.start) as hub:
        found = Shown(hub, page)
        now = hub.clock.now()
        body = {"space": "studio", "title": TITLE, "starts": now.isoformat()}
        body |= {"ends": (now + timedelta(hours=1)).isoformat()}
        made = await hub.api.post("/sites/ramsey/bookings", body)
        await on_the_door(hub, made)
        found.code = made["code"]
        found.start()
        yield found
        await page.stop()


@pytest_asyncio.fixture(loop_scope="session")
async def look(shown: Shown, browser: Browser) -> AsyncIterator["Look"]:
    opened = await Look.open(shown, browser)
    yield opened
    await opened.close()


class Look:
    """The page, open in a browser that nobody has signed in from before."""

    def __init__(self, shown: Shown, page: Page) -> None:
        self.shown = shown
        self.page = page
        # Its own files and the frames; a request to any other host fails the test.
        self.screen = Screen(page, "http://127.0.0.1:")
        self.log = page.get_by_role("list", name="What happened")
        self.states = page.locator("#states")

    @classmethod
    async def open(
        cls,
        shown: Shown,
        browser: Browser,
        size: tuple[int, int] = LOOK,
        scheme: Scheme = "light",
        forced: bool = False,
    ) -> "Look":
        context = await browser.new_context(
            viewport={"width": size[0], "height": size[1]},
            color_scheme=scheme,
            forced_colors="active" if forced else "none",
            timezone_id="America/New_York",
        )
        context.set_default_timeout(60_000)
        look = cls(shown, await context.new_page())
        await look.page.goto(shown.page.address)
        await expect(look.page.locator("#live")).to_have_text("Live")
        await expect(look.page.get_by_role("img", name="Ramsey Hub")).to_be_visible()
        return look

    async def close(self) -> None:
        await self.page.context.close()
        self.screen.judge()

    def frame(self, title: str) -> FrameLocator:
        return self.page.frame_locator(f'iframe[title="{title}"]')

    async def press(self, code: str) -> None:
        pad = self.page.get_by_role("group", name="Keypad")
        for key in code:
            await pad.get_by_role("button", name=key, exact=True).click()

    async def act(self, group: str, name: str) -> None:
        await self.page.get_by_role("group", name=group).get_by_role("button", name=name).click()

    async def happened(self, words: str | re.Pattern[str]) -> None:
        await expect(self.log.get_by_role("listitem").filter(has_text=words).first).to_be_visible()

    async def flip(self, name: str, on: bool) -> None:
        switch = self.page.get_by_role("switch", name=name)
        await switch.click()
        await expect(switch).to_have_attribute("aria-checked", str(on).lower())


async def test_a_code_pressed_on_the_keypad_opens_the_door_and_somebody_is_counted_everywhere(look: Look) -> None:
    codes = look.page.get_by_role("listitem").filter(has_text="Ramsey Choir, Studio")
    await expect(codes).to_contain_text(look.shown.code)
    await expect(codes).to_contain_text("on the door since")
    await expect(look.frame("Phone of the group").get_by_role("heading", name="Ramsey Choir")).to_be_visible()
    await expect(look.frame("Diary").get_by_role("grid")).to_be_visible()
    now = look.frame("Now")
    await expect(now.get_by_text("Live", exact=True)).to_be_visible()
    await look.press(look.shown.code)
    await look.happened("Front door: opened with a booking code (Ramsey Choir)")
    said = look.page.locator("#said")
    await expect(said).to_have_text("Front door: opened with a booking code (Ramsey Choir)")
    await look.act("People", "Walk in")
    await expect(said).to_contain_text("Somebody walked in at Front door")
    await look.happened(re.compile("Front door: opened$"))
    await look.happened("Front door: counted 1 came in")
    await expect(look.page.get_by_role("img", name="Ramsey Hub: 1 person inside")).to_be_visible()
    await expect(now.get_by_role("region", name="Footfall today")).to_contain_text("1in")
    await expect(now.get_by_role("region", name="Bookings")).to_contain_text(re.compile(r"Ramsey Choir\s*here since"))
    await expect(look.page.get_by_text("All of this is stored by the controller.")).to_be_visible()
    await look.act("People", "Walk out")
    await look.happened("Front door: counted 1 came out")


@pytest.mark.browser_full
async def test_without_the_network_the_code_still_opens_and_the_log_arrives_when_it_is_back(look: Look) -> None:
    now = look.frame("Now")
    await expect(now.get_by_text("Live", exact=True)).to_be_visible()
    in_now = now.get_by_role("region", name="What happened").get_by_text("Front door: opened with a booking code")
    before = await in_now.count()
    await look.flip("Network", False)
    await expect(look.page.get_by_text("Cut off from the network.")).to_be_visible()
    await look.press(look.shown.code)
    opened = look.log.get_by_role("listitem").filter(has_text="(Ramsey Choir)").first
    await expect(opened).to_contain_text("waits on the Pi")
    await look.flip("Network", True)
    await expect(look.page.get_by_text("All of this is stored by the controller.")).to_be_visible()
    await expect(opened).not_to_contain_text("waits on the Pi")
    await expect(in_now).to_have_count(before + 1)


@pytest.mark.browser_full
async def test_without_power_the_pi_is_off_and_afterwards_it_says_what_nobody_knows(look: Look) -> None:
    await look.flip("Power", False)
    await expect(look.page.get_by_text("No power: the Pi is off")).to_be_visible()
    await look.flip("Power", True)
    await expect(look.page.get_by_text("The Pi runs and is connected.")).to_be_visible()
    await look.happened("The Pi: was not running for a while; nobody knows what happened for")
    await look.shown.hub.online("ramsey")


@pytest.mark.browser_full
async def test_a_booking_made_in_the_framed_diary_is_on_the_phone_by_itself(look: Look) -> None:
    diary = look.frame("Diary")
    await diary.get_by_role("button", name="New booking").click()
    panel = diary.get_by_role("dialog")
    await panel.get_by_label("What for").fill("Made in the diary")
    await panel.get_by_label("Room", exact=True).select_option("meeting-room")
    soon = look.shown.hub.clock.now() + timedelta(minutes=10)
    await panel.get_by_label("From").fill(soon.strftime("%H:%M"))
    await panel.get_by_label("To").fill((soon + timedelta(hours=1)).strftime("%H:%M"))
    await panel.get_by_role("button", name="Book", exact=True).click()
    await expect(look.frame("Phone of the group").get_by_role("heading", name="Made in the diary")).to_be_visible()


@pytest.mark.browser_full
async def test_doors_and_beams_in_trouble_say_so(look: Look) -> None:
    await look.act("Door", "Force")
    await expect(look.states).to_contain_text("Forced open")
    await look.happened("Front door: forced open")
    await look.act("Door", "Shut")
    await look.happened("Front door: no longer forced or held open")
    await look.act("Exit button", "Press the exit button")
    await look.happened("Front door: request to exit")
    block = look.page.get_by_role("button", name="Block the inner beam")
    await block.click()
    await expect(look.states).to_contain_text("Inner beam blocked")
    await expect(block).to_have_attribute("aria-pressed", "true")
    await block.click()
    await expect(look.states).not_to_contain_text("Inner beam blocked")
    await look.act("Outer beam", "Tap the outer beam")
    await look.page.get_by_label("Library door").check()
    await look.page.get_by_role("button", name="Hold: Card").click()
    await look.happened("Library door: walked in; the door is open to all")


@pytest.mark.browser_full
async def test_a_door_that_has_locked_again_is_held_open_with_the_last_code(look: Look) -> None:
    await look.press(look.shown.code)
    await expect(look.states).to_have_text(re.compile("Unlocked"))
    await expect(look.states).to_have_text(re.compile("ShutLocked"))
    await look.act("Door", "Hold open")
    said = look.page.locator("#said")
    await expect(said).to_contain_text(
        "Front door is held open, after typing the code again, since the door had locked"
    )
    await expect(look.states).to_contain_text("Open")
    await expect(look.states).to_contain_text("Locks when it shuts")
    await look.act("Door", "Let go")
    await expect(look.states).to_contain_text("Shut")


@pytest.mark.browser_full
async def test_floor_keypad_and_what_they_do_are_seen_in_one_look_on_a_laptop(shown: Shown, browser: Browser) -> None:
    look = await Look.open(shown, browser, (1280, 900))
    page = look.page
    await expect(page.get_by_title("Phone of the group")).to_be_visible()
    buttons = [page.get_by_role("button", name="# (enter)"), page.get_by_role("switch", name="SD card full")]
    frames = [page.get_by_title(name, exact=True) for name in ("Diary", "Now", "Phone of the group")]
    for seen in (page.locator("#floor"), page.locator("#codes"), page.locator("#log"), *buttons, *frames):
        await expect(seen).to_be_in_viewport(ratio=0.95)
    assert await page.evaluate("document.documentElement.scrollHeight") <= 900
    await page.get_by_label("Library door").check()
    await page.get_by_role("button", name="Hold: Card").click()
    await look.happened("Library door: walked in; the door is open to all")
    for seen in (page.locator("#said"), page.get_by_role("button", name="Show: Pass"), *buttons):
        await expect(seen).to_be_in_viewport(ratio=0.95)
    assert await page.evaluate("document.documentElement.scrollHeight") <= 900
    await look.close()


@pytest.mark.browser_full
async def test_fire_and_a_stopped_broker_show_and_end(look: Look) -> None:
    await look.flip("Fire alarm", True)
    await look.happened("The Pi: FIRE")
    await look.flip("Fire alarm", False)
    await look.happened("The Pi: the fire line is back to normal")
    await look.flip("Broker", False)
    await expect(look.page.get_by_text("The broker is stopped.")).to_be_visible()
    await look.flip("Broker", True)
    await expect(look.page.get_by_text("The Pi runs and is connected.")).to_be_visible()
    await expect(look.page.get_by_text("All of this is stored by the controller.")).to_be_visible()


@pytest.mark.browser_full
async def test_the_keypad_works_by_the_keyboard_alone(look: Look) -> None:
    await look.page.get_by_label("Front door").focus()
    await look.page.keyboard.press("Tab")
    await expect(look.page.get_by_role("group", name="Keypad").get_by_role("button", name="1")).to_be_focused()
    await look.page.keyboard.type(look.shown.code)
    await look.happened("(Ramsey Choir)")


@pytest.mark.browser_full
async def test_when_the_demo_stops_the_page_says_so_and_goes_on_when_it_is_back(look: Look) -> None:
    look.screen.excuse("WebSocket", "ERR_CONNECTION_REFUSED")
    await look.shown.page.stop()
    await expect(look.page.get_by_text("The demo has stopped or does not answer.")).to_be_visible()
    await expect(look.page.locator("#live")).to_have_text(re.compile(r"Stale since \d\d:\d\d"))
    await look.act("People", "Walk in")
    await expect(look.page.locator("#said")).to_have_text("The demo does not answer.")
    look.shown.start()
    await expect(look.page.locator("#live")).to_have_text("Live")
    await expect(look.page.get_by_text("The demo has stopped or does not answer.")).to_be_hidden()


@pytest.mark.browser_full
async def test_another_building_of_the_demo_is_shown_with_its_diary(look: Look) -> None:
    await look.act("Door", "Pull")
    await expect(look.page.locator("#said")).to_contain_text("Front door")
    await look.page.get_by_label("Building").select_option("march")
    await expect(look.page.get_by_role("img", name="March Library")).to_be_visible()
    await expect(look.page.locator("#said")).to_have_text("")
    await look.page.get_by_label("Hall door").check()
    await look.act("Exit button", "Break glass")
    await expect(look.states).to_contain_text("Glass broken")
    await look.act("Exit button", "Replace glass")
    await expect(look.states).not_to_contain_text("Glass broken")


@pytest.mark.browser_full
@pytest.mark.parametrize(
    ("size", "scheme", "forced"),
    [
        ((1280, 900), "light", False),
        *(
            pytest.param((width, 900), scheme, forced, marks=pytest.mark.browser_full)
            for width in (320, 360, 1280, 1920)
            for scheme, forced in (("light", False), ("dark", False), ("light", True))
        ),
    ],
)
async def test_the_page_is_accessible_and_never_wider_than_the_window(
    shown: Shown, browser: Browser, size: tuple[int, int], scheme: Scheme, forced: bool
) -> None:
    look = await Look.open(shown, browser, size, scheme, forced)
    look.screen.excuse("postMessage")  # axe asks the frames, which are of another origin
    assert await faults(look.page, f"{size} {scheme} {forced}") == []
    assert await look.screen.sideways() <= 0
    await look.close()


@pytest.mark.browser_full
async def test_after_five_wrong_codes_the_door_takes_none_and_the_page_says_so(look: Look) -> None:
    """The last here: the door stays locked out."""
    for tries in range(1, 6):
        await look.press("111111")
        refused = look.log.get_by_role("listitem").filter(has_text="no such code at this door")
        await expect(refused).to_have_count(tries)
    await expect(look.states).to_contain_text("Locked out")
    await look.happened("Front door: 5 wrong codes at front door keypad: typed codes are refused for a while")
    attention = look.frame("Now").get_by_role("region", name="Needs attention")
    await expect(attention).to_contain_text("Too many wrong codes")
    await look.press(look.shown.code)
    await expect(look.page.locator("#said")).to_have_text("The door takes no codes for a while.")
