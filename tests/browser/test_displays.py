"""A manager gets a code for a tablet or a screen; the device is paired by it and can then be ended."""

import pytest
from playwright.async_api import expect

from firmware_sim.hub_processes import SimHub
from tests.browser.axe import faults
from tests.browser.screen import Screens

pytestmark = pytest.mark.asyncio(loop_scope="session")

NARROW = (320, 700)


async def test_a_screen_is_paired_by_a_code_and_ended(screens: Screens, hub: SimHub) -> None:
    manager, device = await screens.new(size=NARROW), await screens.new(signed_in=False, size=NARROW)
    device.excuse("status of 401")
    page = manager.page
    await manager.open("/users?site=ramsey")
    await page.get_by_role("link", name="Tablets and screens").click()
    part = page.get_by_role("region", name="Tablets and screens of")
    await part.get_by_label("Name", exact=True).fill("Foyer screen")
    await part.get_by_label("What it is").select_option("wall")
    await part.get_by_role("button", name="Get a code").click()
    code = await part.get_by_label("Code", exact=True).inner_text()
    await expect(part.get_by_role("img", name="The same as a QR code")).to_be_visible()
    assert await faults(page, "displays") == []
    assert await manager.sideways() == 0
    await device.open("/pair")
    await device.page.get_by_label("Code of eight digits").fill("1234 567")
    await device.page.get_by_role("button", name="Pair this device").click()
    await expect(device.page.get_by_role("alert").filter(has_text="This code is wrong")).to_be_focused()
    assert await faults(device.page, "pair") == []
    assert await device.sideways() == 0
    await device.open(f"/pair#{code.replace(' ', '')}")
    await device.page.reload()  # a new part behind the # alone loads nothing
    await device.page.get_by_role("button", name="Pair this device").click()
    await expect(device.page.get_by_role("grid")).to_be_visible()
    await device.page.reload()
    await expect(device.page.get_by_role("grid")).to_be_visible()
    await part.get_by_role("button", name="Done").click()
    shown = part.get_by_role("listitem").filter(has_text="Foyer screen")
    await expect(shown).to_contain_text("Paired")
    await shown.get_by_role("button", name="End…").click()
    await shown.get_by_role("button", name="End Foyer screen").click()
    await manager.said("Foyer screen has ended.")
    await expect(part.get_by_text("None yet.")).to_be_visible()
    await expect(device.page.get_by_role("button", name="Sign in", exact=True)).to_be_visible()


async def test_a_screen_for_a_wall_shows_what_needs_somebody_across_a_restart_until_it_is_ended(
    screens: Screens, hub: SimHub
) -> None:
    manager, device = await screens.new(), await screens.new(signed_in=False, size=(1920, 1080))
    page = manager.page
    await manager.open("/users?site=ramsey&view=displays")
    part = page.get_by_role("region", name="Tablets and screens of")
    await part.get_by_label("Name", exact=True).fill("Office wall")
    await part.get_by_label("What it is").select_option("alerts")
    await expect(part.get_by_text("of all buildings. No name of a person")).to_be_visible()
    await part.get_by_role("button", name="Get a code").click()
    code = await part.get_by_label("Code", exact=True).inner_text()
    await device.open(f"/pair#{code.replace(' ', '')}")
    await device.page.get_by_role("button", name="Pair this device").click()
    calm = device.page.get_by_role("heading", name="Nothing needs anybody")
    await expect(calm).to_be_visible()
    await expect(device.page.get_by_role("link")).to_have_count(0)
    assert await faults(device.page, "wall") == []
    await device.page.reload()
    await expect(calm).to_be_visible()
    await part.get_by_role("button", name="Done").click()
    shown = part.get_by_role("listitem").filter(has_text="Office wall")
    await expect(shown).to_contain_text("Screen for a wall, all buildings. Paired")
    await shown.get_by_role("button", name="End…").click()
    await shown.get_by_role("button", name="End Office wall").click()
    await manager.said("Office wall has ended.")
    await expect(device.page.get_by_text("This screen is not paired any more.")).to_be_visible()
