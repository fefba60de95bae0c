"""A tablet beside a room's door: read at three metres, used with a code, and left alone for a week."""

from collections.abc import AsyncIterator
from datetime import date, timedelta
from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import expect

from firmware_sim.hub_processes import SimHub
from tests.browser.axe import faults
from tests.browser.booked import book
from tests.browser.conftest import EPOCH
from tests.browser.screen import Screen, Screens

pytestmark = pytest.mark.asyncio(loop_scope="session")

SMALL, WIDE, NARROW = (800, 480), (1280, 800), (320, 700)
TODAY = date(2026, 11, 25)


@pytest_asyncio.fixture(loop_scope="session")
async def group(hub: SimHub) -> AsyncIterator[str]:
    """A group, at a site whose rules confirm all that fits."""
    await hub.api.put("/parties/tablet-choir", {"kind": "group", "name": "Upwood Choir"})
    policy = await hub.api.get("/sites/ramsey/policy")
    before = {name: value for name, value in policy.items() if name not in ("changed_at", "changed_by")}
    await hub.api.put("/sites/ramsey/policy", before | {"rules": [{"name": "All"}]})
    yield "tablet-choir"
    await hub.api.put("/sites/ramsey/policy", before)


async def paired(screens: Screens, hub: SimHub, space: str = "studio", **how: Any) -> Screen:
    """A tablet that shows its room."""
    body = {"kind": "room", "name": f"Door of {space}", "space": space}
    made = await hub.api.post("/sites/ramsey/displays", body)
    screen = await screens.new(signed_in=False, **({"size": SMALL} | how))
    await screen.open(f"/pair#{made['code']}")
    await screen.page.get_by_role("button", name="Pair this device").click()
    await expect(screen.page.get_by_role("region", name="Now")).to_be_visible()
    return screen


def clock(hours: float) -> str:
    """So many hours after the hub's first moment, at the site."""
    return (EPOCH + timedelta(hours=hours)).strftime("%H:%M")


async def on_now(
    hub: SimHub, title: str, *, party: str, ends: float = 2, space: str = "studio"
) -> tuple[dict[str, Any], str]:
    """A booking that has begun, and its code."""
    made = await book(hub, title, TODAY, clock(-0.5), clock(ends), space=space, party=party)
    told = await hub.api.post(f"/bookings/{made['id']}/code", {})
    return made, told["codes"][0]["code"]


async def type_code(screen: Screen, code: str) -> None:
    keys = screen.page.get_by_role("group", name="Keypad")
    for digit in code:
        await keys.get_by_role("button", name=digit, exact=True).click()
    await keys.get_by_role("button", name="OK").click()


async def test_a_choir_checks_in_stays_longer_and_ends_early(screens: Screens, hub: SimHub, group: str) -> None:
    made, code = await on_now(hub, "Practice", party=group)
    screen = await paired(screens, hub)
    screen.excuse("status of 403")
    page = screen.page
    now = page.get_by_role("region", name="Now")
    await expect(now).to_contain_text("In use")
    await expect(now).to_contain_text(f"until {clock(2)}")
    await expect(now).not_to_contain_text("Choir")
    assert await faults(page, "room tablet") == []
    await page.get_by_role("button", name="Check in").click()
    await expect(page.get_by_role("dialog", name="Check in")).to_be_visible()
    assert await faults(page, "keypad") == []
    await type_code(screen, "400000")
    await expect(page.get_by_role("alert")).to_contain_text("This code does not open this room now")
    await type_code(screen, code)
    await expect(page.get_by_role("status").filter(has_text="Checked in, until")).to_be_visible()
    assert (await hub.api.get(f"/bookings/{made['id']}"))["arrived_how"] == "tablet"
    await page.get_by_role("button", name="Done").click()
    await expect(page.get_by_role("button", name="Check in")).to_be_focused()
    await page.get_by_role("button", name="30 minutes more").click()
    await type_code(screen, code)
    await expect(page.get_by_role("dialog")).to_contain_text(f"Your booking then ends at {clock(2.5)}.")
    assert await faults(page, "offer") == []
    await page.get_by_role("button", name="Book it").click()
    await expect(page.get_by_role("status").filter(has_text="Your code stays the same")).to_be_visible()
    assert await faults(page, "done") == []
    await page.get_by_role("button", name="Done").click()
    await expect(now).to_contain_text(f"until {clock(2.5)}")
    await page.get_by_role("button", name="End early").click()
    await page.keyboard.type(code)
    await page.get_by_role("button", name="OK").click()
    await expect(page.get_by_role("status").filter(has_text="The room is free for others then")).to_be_visible()


async def test_it_says_when_it_is_no_longer_paired(screens: Screens, hub: SimHub) -> None:
    screen = await paired(screens, hub)
    screen.excuse("status of 401")
    for each in (await hub.api.get("/sites/ramsey/displays"))["items"]:
        await hub.api.delete(f"/sites/ramsey/displays/{each['id']}")
    await expect(screen.page.get_by_text("No longer paired.")).to_be_visible()
    await expect(screen.page.get_by_role("region", name="Now")).to_have_count(0)
    assert await faults(screen.page, "no longer paired") == []
