"""Somebody counts by hand on a phone; what they tap outlives a lost network, and is sent once."""

import asyncio
import re
from datetime import timedelta
from typing import Any

import pytest
from playwright.async_api import Route, expect

from firmware_sim.hub_processes import SimHub
from tests.browser.axe import faults
from tests.browser.screen import PHONE, Screens

pytestmark = pytest.mark.asyncio(loop_scope="session")

COUNTER = {"counter": "front-beams", "door": "front-door", "ins_today": 300, "outs_today": 280, "passages_today": None}
ONE_BEFORE = COUNTER | {
    "state": "not calibrated",
    "hand_counts": 1,
    "calibrated_ins": None,
    "calibrated_outs": None,
    "calibrated_visits": None,
}
TWO = COUNTER | {
    "state": "calibrated",
    "hand_counts": 2,
    "calibrated_ins": {"total": 310, "error": 9, "factor": 1.03},
    "calibrated_outs": {"total": 285, "error": 8, "factor": 1.02},
}


async def test_taps_outlive_a_lost_network_and_a_reload_and_are_sent_once(screens: Screens, hub: SimHub) -> None:
    screen = await screens.new(size=PHONE)
    page = screen.page
    began = hub.clock.now() - timedelta(minutes=16)
    told: list[tuple[str | None, Any]] = []
    network = asyncio.Event()
    stored = asyncio.Event()

    async def counts(route: Route) -> None:
        if route.request.method == "GET":
            return await route.fulfill(json={"items": [TWO if stored.is_set() else ONE_BEFORE]})
        if route.request.url.endswith("/hand-counts"):
            return await route.fulfill(status=201, json={"id": "c1", "starts_at": began.isoformat()})
        told.append((await route.request.header_value("Idempotency-Key"), route.request.post_data_json))
        if not network.is_set():
            return await route.abort()
        stored.set()
        done = {"counter": "front-beams", "counted_ins": 1, "counted_outs": 1}
        return await route.fulfill(json=told[-1][1] | done)

    await page.route("**/api/v1/sites/ramsey/hand-counts**", counts)
    screen.excuse("net::ERR_FAILED")
    await screen.open("/use?site=ramsey&view=count")
    await page.get_by_role("button", name="Start at Front door").click()
    come, go = (page.get_by_role("button", name=re.compile(f"^{way}")) for way in ("In", "Out"))
    for button in (come, come, go, come):
        await button.click()
    await page.get_by_role("button", name="Take back the last one in").click()
    await expect(come).to_have_text("In2")
    await page.reload()
    await expect(come).to_have_text("In2")
    await expect(page.get_by_text("16 minutes: enough")).to_be_visible()
    assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert await faults(page, "counting") == []
    await page.get_by_role("button", name="Stop and store").click()
    await expect(page.get_by_text("What you counted is kept on this phone")).to_be_visible()
    assert await faults(page, "kept") == []
    network.set()  # it is sent again by itself
    await expect(page.get_by_role("heading", name="Stored: Front door")).to_be_visible()
    await expect(page.get_by_text("300 counted, 310 ± 9 people", exact=True)).to_be_visible()
    assert len(told) > 1
    assert all(each == told[0] for each in told), "the same count, with the same key"
    assert (told[0][1]["ins"], told[0][1]["outs"]) == (2, 1)
    await page.reload()
    await expect(page.get_by_role("button", name="Start at Front door")).to_be_visible()
    assert await faults(page, "counters") == []
