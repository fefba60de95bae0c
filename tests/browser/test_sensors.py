"""Sensors in rooms: the unknown ones first, what each sends, and adding one to a room."""

import json
import re
from collections.abc import Iterator
from datetime import timedelta

import pytest
from playwright.async_api import expect

from firmware_sim.hub_processes import SimHub
from tests.browser.axe import faults
from tests.browser.screen import Screens
from tests.browser.sensed import forget, hear, hold

pytestmark = pytest.mark.asyncio(loop_scope="session")

PASSWORD = "fifteen calm rivers"
PAGE = "/buildings?site=ramsey&view=sensors"


def in_turn(*words: str) -> re.Pattern[str]:
    return re.compile(".*".join(map(re.escape, words)), re.DOTALL)


@pytest.fixture
def sensed(hub: SimHub) -> Iterator[None]:
    aside = json.dumps({"malformed": 1, "out-of-bounds": 3})
    hear(hub, "new", {"temperature": 20.46, "open": 0.0}, name="hall/window", battery=87.0, link=120, set_aside=aside)
    silent = hub.clock.now() - timedelta(hours=2)
    hear(hub, "old", {"motion": 1.0}, name="Studio motion", space="studio", battery_low=True, heard_at=silent)
    hold(hub, "old", 119.8, 214)
    yield
    forget(hub)


async def test_an_unknown_sensor_is_added_to_a_room_and_that_is_undone(
    screens: Screens, hub: SimHub, sensed: None
) -> None:
    screen = await screens.new(size=(320, 700))
    page = screen.page
    await screen.open("/buildings?site=ramsey")
    await page.get_by_role("link", name="Room sensors").click()
    unknown = page.get_by_role("list", name="In no room yet")
    studio, hall = (page.get_by_role("list", name=name, exact=True) for name in ("Studio", "Main hall"))
    await expect(unknown).to_contain_text(in_turn("hall/window", "Closed", "Temperature 20.5 °C", "Zigbee2MQTT"))
    await expect(unknown).to_contain_text("Battery 87 % · Signal 120 of 255")
    await unknown.get_by_text("4 set aside").click()
    await expect(unknown).to_contain_text("3 values that no sensor in a room can measure")
    held = "Holds movement for 120 s, learned from 214 spells"
    await expect(studio).to_contain_text(in_turn("Studio motion", "Silent since 0", "Movement", "Battery low", held))
    await expect(page.get_by_role("list", name="Movement sensors on pins")).to_contain_text("Main hall · ")
    await page.get_by_role("button", name="Add to room… hall/window").click()
    await expect(page.get_by_label("Room", exact=True)).to_be_focused()
    assert await faults(page, "room sensors") == []
    assert await screen.sideways() == 0
    await page.get_by_role("button", name="Save").click()
    await expect(page.get_by_role("alert").filter(has_text="Choose a room.")).to_be_focused()
    await page.get_by_label("Room", exact=True).select_option(label="Main hall")
    await page.get_by_role("button", name="Save").click()
    await screen.said("hall/window is in Main hall now.")
    await expect(hall).to_contain_text("hall/window")
    await expect(page.get_by_role("button", name="Change room… hall/window")).to_be_focused()
    await expect(unknown).to_contain_text("None. A new sensor appears here by itself.")
    await page.get_by_role("button", name="Undo").click()
    await expect(unknown).to_contain_text("hall/window")
    await expect(hall).to_have_count(0)


@pytest.mark.browser_full
async def test_a_room_that_somebody_else_chose_meanwhile_is_not_overwritten_unseen(
    screens: Screens, hub: SimHub, sensed: None
) -> None:
    screen = await screens.new()
    screen.excuse("status of 409")
    page = screen.page
    await screen.open(PAGE)
    await page.get_by_role("button", name="Add to room… hall/window").click()
    await page.get_by_label("Room", exact=True).select_option(label="Main hall")
    await hub.api.put("/sites/ramsey/edges/ramsey-pi/sensors/new", {"space": "studio"})
    await page.get_by_role("button", name="Save").click()
    said = page.get_by_role("alert").filter(has_text="Somebody else has put it into Studio meanwhile.")
    await expect(said).to_be_focused()
    await page.get_by_role("button", name="Save").click()
    await screen.said("hall/window is in Main hall now.")
    await page.get_by_role("button", name="Undo").click()
    await expect(page.get_by_role("list", name="Studio", exact=True)).to_contain_text("hall/window")


@pytest.mark.browser_full
async def test_a_silent_sensor_is_removed_after_a_question(screens: Screens, hub: SimHub, sensed: None) -> None:
    screen = await screens.new()
    page = screen.page
    await screen.open(PAGE)
    await expect(page.get_by_role("button", name="Add to room… hall/window")).to_be_visible()
    await page.get_by_role("button", name="Change or remove… Studio motion").click()
    await page.get_by_role("button", name="Remove… Studio motion", exact=True).click()
    assert await faults(page, "removing a sensor") == []
    await page.get_by_role("button", name="Remove it").click()
    await screen.said("Studio motion is removed. What it measured stays.")
    await expect(page.get_by_role("list", name="Studio", exact=True)).to_have_count(0)


@pytest.mark.browser_full
async def test_who_may_only_look_has_no_button_and_a_building_without_sensors_says_what_to_do(
    screens: Screens, hub: SimHub
) -> None:
    facilities = [{"role": "facilities"}]
    await hub.api.post("/users", {"name": "Fay of the meters", "password": PASSWORD, "assignments": facilities})
    screen = await screens.new(signed_in=False)
    page = screen.page
    await screen.open("/diary")
    await screen.sign_in("Fay of the meters", PASSWORD)
    await screen.open(PAGE)
    await expect(page.get_by_text("No sensor has been heard yet.")).to_be_visible()
    hear(hub, "new", {"co2": 812.0}, name="hall/air")
    try:
        await page.reload()
        await expect(page.get_by_role("list", name="In no room yet")).to_contain_text("CO₂ 812 ppm")
        await expect(page.get_by_text("A manager adds them to rooms.")).to_be_visible()
        await expect(page.get_by_role("button", name="Add to room…")).to_have_count(0)
    finally:
        forget(hub)


@pytest.mark.browser_full
async def test_sensors_that_cannot_be_asked_for_any_more_say_since_when(
    screens: Screens, hub: SimHub, sensed: None
) -> None:
    screen = await screens.new()
    screen.excuse("ERR_FAILED")
    page = screen.page
    await screen.open(PAGE)
    await expect(page.get_by_text("hall/window").first).to_be_visible()
    await page.route("**/api/v1/sites/ramsey/sensors", lambda route: route.abort())
    await page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    await expect(page.get_by_text("It is not known how the sensors are now.")).to_be_visible()
    await expect(page.get_by_text("hall/window").first).to_be_visible()
