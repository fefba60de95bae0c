"""A group leader takes the induction on a small phone."""

import pytest
from playwright.async_api import expect

from firmware_sim.hub_processes import SimHub
from tests.browser.axe import faults
from tests.browser.screen import Screens
from tests.controller.access.induction.asking import DRAFT

pytestmark = pytest.mark.asyncio(loop_scope="session")

SMALL = (360, 640)


async def test_it_is_taken_step_by_step_failed_and_passed_at_360_pixels(screens: Screens, hub: SimHub) -> None:
    await hub.api.put("/sites/ramsey/induction", DRAFT | {"version": 0})
    screen = await screens.new(size=SMALL)
    page = screen.page
    await screen.open("/induction")
    await page.get_by_role("link", name="Ramsey").click()
    found: list[str] = []
    for answers, heading in ((("In the car park", "The last one out"), "Not passed yet"), (None, "You have passed")):
        await page.get_by_role("button", name="Start" if answers else "Try again").click()
        await expect(page.get_by_role("heading", name="If there is a fire")).to_be_visible()
        await page.get_by_role("button", name="Next").click()
        for answer in answers or ("At the war memorial", "The last one out"):
            choice = page.get_by_label(answer)
            await choice.check()
            box = await page.locator("label", has_text=answer).bounding_box()
            assert box is not None
            assert box["height"] >= 44
            found += await faults(page, answer)
            assert await page.evaluate("document.documentElement.scrollWidth") <= SMALL[0]
            await page.get_by_role("button", name="Next").click()
        await expect(page.get_by_role("heading", name=heading)).to_be_visible()
        found += await faults(page, heading)
        if answers:
            await expect(page.get_by_text("The car park is for the fire engine.")).to_be_visible()
    assert found == []


@pytest.mark.browser_full
async def test_a_manager_looks_at_a_change_before_saving_it(screens: Screens, hub: SimHub) -> None:
    await hub.api.put("/sites/march/induction", DRAFT | {"version": 0})
    screen = await screens.new(size=SMALL)
    page = screen.page
    await screen.open("/induction/edit?site=march")
    text = page.get_by_label("The induction, as a text file")
    await text.fill((await text.input_value()).replace("At the war memorial", "At the gate"))
    await page.get_by_role("button", name="Look at it first").click()
    await expect(page.get_by_text("At the gate (right)")).to_be_visible()
    assert await faults(page, "edit") == []
    assert await page.evaluate("document.documentElement.scrollWidth") <= SMALL[0]
    await page.get_by_role("button", name="Save it").click()
    await expect(page.get_by_text("Saved as version 2.")).to_be_visible()
