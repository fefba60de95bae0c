"""The floor plan: sent on Buildings, shown on Now with its doors as they are, and nothing in the file ever runs."""

import re
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Locator, Page, expect

from firmware_sim.hub_processes import SimHub
from tests.browser.axe import faults
from tests.browser.booked import on_the_door
from tests.browser.screen import PHONE, Scheme, Screens

pytestmark = pytest.mark.asyncio(loop_scope="session")
PLAN = "/sites/march/floor-plan"
HOSTILE = """<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 400 240" onload="window.ran = 1">
<script>window.ran = 1</script><image href="x:y" onerror="window.ran = 1"/>
<foreignObject><img xmlns="http://www.w3.org/1999/xhtml" src="x:y" onerror="window.ran = 1"/></foreignObject>
<a href="javascript:window.ran = 1"><rect id="room-hall" x="20" y="20" width="200" height="140" fill="#fff"/></a>
<rect id="door-front-door" x="100" y="150" width="60" height="20" onclick="window.ran = 1"/>
<rect id="room-cellar" x="240" y="20" width="60" height="60" style="fill:url(https://evil.test/x.svg#a)"/></svg>"""


@pytest_asyncio.fixture(loop_scope="session")
async def march(hub: SimHub) -> AsyncIterator[SimHub]:
    """Without a floor plan before and after."""
    yield hub
    found = await hub.api.get(PLAN)
    if found["drawing"]:
        await hub.api.delete(f"{PLAN}?version={found['version']}")


def mark(page: Page, name: str) -> Locator:
    return page.get_by_role("toolbar").get_by_role("button", name=re.compile(f"^{name}: "))


async def test_a_drawing_is_looked_at_kept_and_shows_a_door_as_it_opens_and_nothing_in_it_runs(
    screens: Screens, march: SimHub, tmp_path: Path
) -> None:
    now = march.clock.now()
    times = {"starts": now.isoformat(), "ends": (now + timedelta(hours=1)).isoformat()}
    booked = await march.api.post("/sites/march/bookings", {"space": "hall", "title": "Plan", **times})
    await on_the_door(march, booked)
    screen = await screens.new()
    page = screen.page
    await screen.open("/buildings?site=march&view=floor-plan")
    await expect(page.get_by_text("There is no floor plan yet.")).to_be_visible()
    (file := tmp_path / "march.svg").write_text(HOSTILE)
    await page.get_by_label("The drawing").set_input_files(file)
    await expect(page.get_by_role("heading", name="How it would be kept")).to_be_visible()
    for words in ("scripts: 1", "room-cellar", "Hall door (door-hall-door)"):
        await expect(page.get_by_role("listitem").filter(has_text=words)).to_be_visible()
    assert (await march.api.get(PLAN))["drawing"] is None
    await page.get_by_role("button", name="Keep this drawing").click()
    await expect(page.get_by_role("heading", name="As it is kept")).to_be_visible()
    await page.get_by_role("link", name="Now", exact=True).last.click()
    await expect(mark(page, "Front door")).to_be_visible()
    await expect(page.get_by_text("Not in the drawing: ")).to_contain_text("Hall door")
    before = await mark(page, "Front door").get_attribute("aria-label")
    typed = await march.runner.key("march", "front-door", booked["code"])
    assert typed.done, typed.text
    opened = await march.runner.leaf("march", "front-door", "wedge")
    assert opened.done, opened.text
    await expect(mark(page, "Front door")).to_have_attribute("aria-label", re.compile("^Front door: (Open|Held open)"))
    await mark(page, "Front door").press("ArrowRight")
    await expect(mark(page, "Community hall")).to_be_focused()
    await page.keyboard.press("ArrowLeft")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("region", name="Floor plan").get_by_role("status")).to_contain_text("Standing open")
    await march.runner.leaf("march", "front-door", "shut")
    await expect(mark(page, "Front door")).not_to_have_attribute("aria-label", re.compile("Standing open"))
    door = next(each for each in (await march.api.get("/sites/march"))["doors"] if each["id"] == "front-door")
    body = {name: value for name, value in door.items() if name != "id"}
    await march.api.put("/sites/march/doors/front-door", body | {"name": "Street door"})
    await expect(mark(page, "Street door")).to_be_visible()
    door = next(each for each in (await march.api.get("/sites/march"))["doors"] if each["id"] == "front-door")
    await march.api.put("/sites/march/doors/front-door", body | {"version": door["version"]})
    await expect(mark(page, "Front door")).to_be_visible()
    assert before is not None
    await expect(page.locator(".plan script, .plan image, .plan [onclick]")).to_have_count(0)
    assert await page.evaluate("window.ran") is None


@pytest.mark.browser_full
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [(1920, 1080), PHONE])
async def test_it_passes_axe_and_fits_a_phone_wherever_it_is_shown(
    screens: Screens, march: SimHub, scheme: Scheme, size: tuple[int, int]
) -> None:
    version = str((await march.api.get(PLAN))["version"])
    await march.api.put_file(PLAN, HOSTILE.encode(), kind="image/svg+xml", version=version)
    screen = await screens.new(size=size, scheme=scheme)
    for path in ("/now?site=march", "/now?site=march&view=past", "/buildings?site=march&view=floor-plan"):
        await screen.open(path)
        await expect(mark(screen.page, "Front door")).to_be_visible()
        assert await faults(screen.page, f"{path} {size} {scheme}") == []
        assert await screen.sideways() == 0


@pytest.mark.browser_full
async def test_it_is_removed_and_put_back(screens: Screens, march: SimHub) -> None:
    version = str((await march.api.get(PLAN))["version"])
    await march.api.put_file(PLAN, HOSTILE.encode(), kind="image/svg+xml", version=version)
    screen = await screens.new()
    page = screen.page
    await screen.open("/buildings?site=march&view=floor-plan")
    await page.get_by_role("button", name="Remove… the floor plan").click()
    await page.get_by_role("button", name="Remove it").click()
    await expect(page.get_by_text("There is no floor plan yet.")).to_be_visible()
    await page.get_by_role("button", name="Undo").click()
    await expect(page.get_by_role("heading", name="As it is kept")).to_be_visible()
