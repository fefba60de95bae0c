"""The timeline with 100 rooms and 2,000 bookings on one day: first drawing and one update, at 1 and at a sixth of the
speed. Limits hold on a small quiet machine; figures are printed."""

import asyncio
import json
import mimetypes
import statistics
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from playwright.async_api import Browser, Page, Route, WebSocketRoute, expect

from hatch_build import ROOT, Pages

ADDRESS = "http://hall.test"
DAY = datetime(2026, 11, 25, tzinfo=UTC)
ROOMS, PER_ROOM = 100, 20
ROUNDS = 5
DRAWN_MS = {1: 134.0, 6: 714.0}
UPDATED_MS = {1: 31.0, 6: 83.0}
"""What the timeline that was chosen took, with seven days of the same 2,000 bookings."""

# From the last byte of the answer to the frame in which the blocks stand.
_WATCH = """
wanted => new Promise(done => {
  const there = () => {
    if (!document.querySelector(wanted)) return false;
    requestAnimationFrame(() => setTimeout(() => {
      const asked = performance.getEntriesByType("resource").filter(one => one.name.includes("/bookings?"));
      done(performance.now() - asked.at(-1).responseEnd);
    }));
    return true;
  };
  const watch = new MutationObserver(() => there() && watch.disconnect());
  if (!there()) watch.observe(document.body, { subtree: true, childList: true, attributes: true });
})
"""


class Fake:
    """A controller that knows one full day and nothing else."""

    def __init__(self) -> None:
        self.changes = 1
        self.line: WebSocketRoute | None = None
        self.rooms = [
            {
                "id": f"r{number}",
                "name": f"Room {number}",
                "kind": "room",
                "capacity": 20,
                "pool_size": None,
                "doors": ["front"],
                "parts": [],
                "layouts": [],
                "default_layout": None,
                "bookable": True,
            }
            for number in range(ROOMS)
        ]

    async def pages(self, route: Route) -> None:
        path = route.request.url.removeprefix(ADDRESS).split("?")[0]
        file = ROOT / "dashboards" / "dist" / path.lstrip("/")
        if not file.is_file():
            file = ROOT / "dashboards" / "dist" / "index.html"
        kind = mimetypes.guess_type(file.name)[0] or "text/html"
        await route.fulfill(body=file.read_bytes(), content_type=kind)

    async def api(self, route: Route) -> None:
        path = route.request.url.removeprefix(f"{ADDRESS}/api/v1")
        await route.fulfill(body=json.dumps(self._answer(path)), content_type="application/json")

    def live(self, line: WebSocketRoute) -> None:
        self.line = line
        nothing: dict[str, list[str]] = {
            name: [] for name in ("edges", "doors", "counters", "motion", "wifi", "outages", "alerts", "recent")
        }
        line.send(
            json.dumps({"type": "snapshot", "site": "hub", "at": _at(10), "people": None, "mode": None, **nothing})
        )

    def _answer(self, path: str) -> Any:
        site = {"id": "hub", "name": "Hub", "zone": "Europe/London", "address": "", "phone": ""}
        if path.startswith("/session"):
            return {"user": "warden", "now": _at(10)}
        if path.startswith("/sites?"):
            return {"items": [site], "next": None}
        if "/requests" in path:
            return {"items": [], "next": None}
        if "/modes" in path:
            return {"items": [{"starts": _at(0), "ends": _at(24), "mode": "staffed", "note": None}]}
        if "/bookings" in path:
            full = "from=2026-11-25" in path
            return {"items": [self._booking(number) for number in range(ROOMS * PER_ROOM)] if full else []}
        return {
            **site,
            "spaces": self.rooms,
            "equipment": [],
            "doors": [{"id": "front", "name": "Front door", "edge": "pi"}],
            "edges": [],
        }

    def _booking(self, number: int) -> dict[str, Any]:
        room, hour = divmod(number, PER_ROOM)
        door = {
            "door": "front",
            "name": "Front door",
            "state": "on",
            "since": _at(0),
            "text": "on the door since 00:00",
        }
        return {
            "id": f"b{number}",
            "site": "hub",
            "site_name": "Hub",
            "space": f"r{room}",
            "space_name": f"Room {room}",
            "title": f"Changed {self.changes}" if number == 0 else f"Group {number}",
            "contact_name": "Mary Holloway",
            "contact_phone": "01632 960 100",
            "contact_email": "",
            "key_holder": "",
            "under_16s": False,
            "public": False,
            "notes": "",
            "people": 12,
            "party": None,
            "party_name": None,
            "layout": None,
            "layout_name": None,
            "seats": None,
            "equipment": {},
            "setup_min": None,
            "cleardown_min": None,
            "starts": _at(hour + 2),
            "ends": _at(hour + 3),
            "setup_starts": _at(hour + 2),
            "cleardown_ends": _at(hour + 3),
            "status": "confirmed",
            "why": "",
            "held_until": None,
            "offer": None,
            "warned_at": None,
            "diary": "hub",
            "release_at": None,
            "kept": "",
            "ends_before": None,
            "series": None,
            "code": "482913",
            "code_window": {"starts": _at(hour + 2), "ends": _at(hour + 3)},
            "on_door": {"state": "on", "text": door["text"], "doors": [door]},
            "still_opens": [],
            "lingering": [],
            "arrived_at": None,
            "counted_in": 0,
            "link": "http://hall.test/d/x",
            "actor": "warden",
            "actions": [],
            "message": "The code is 482913.",
            "version": self.changes if number == 0 else 1,
        }


def _at(hour: int) -> str:
    return (DAY + timedelta(hours=hour)).isoformat()


async def _screen(browser: Browser, fake: Fake, slower: int) -> Page:
    context = await browser.new_context(viewport={"width": 1440, "height": 900})
    page = await context.new_page()
    await page.add_init_script("localStorage.setItem('hk-signed-in', '1')")
    await page.route("**/*", fake.pages)
    await page.route("**/api/v1/**", fake.api)
    await page.route_web_socket("**/api/v1/live**", fake.live)
    await page.goto(f"{ADDRESS}/diary?date=2026-11-24")
    await expect(page.get_by_role("grid")).to_be_visible()
    devtools = await context.new_cdp_session(page)
    await devtools.send("Emulation.setCPUThrottlingRate", {"rate": slower})
    return page


async def _drawn(page: Page) -> float:
    """Milliseconds to draw the full day, coming from an empty one."""
    seen = asyncio.create_task(page.evaluate(_WATCH, '[data-key="b0"]'))
    await page.get_by_role("link", name="Day after").click()
    took = float(await seen)
    await page.get_by_role("link", name="Day before").click()
    await expect(page.locator('[data-key="b0"]')).to_have_count(0)
    return took


async def _updated(page: Page, fake: Fake) -> float:
    """Milliseconds to show one booking that was changed by somebody else."""
    fake.changes += 1
    seen = asyncio.create_task(page.evaluate(_WATCH, f'[aria-label^="Changed {fake.changes},"]'))
    assert fake.line is not None
    fake.line.send(json.dumps({"type": "bookings", "site": "hub"}))
    return float(await seen)


@pytest.mark.bench
@pytest.mark.parametrize("slower", [1, 6])
async def test_a_hundred_rooms_are_drawn_in_the_rows_that_are_seen_alone(chromium: Browser, slower: int) -> None:
    await asyncio.to_thread(Pages(ROOT).build)
    fake = Fake()
    page = await _screen(chromium, fake, slower)
    drawn = [await _drawn(page) for _ in range(ROUNDS)]
    await page.get_by_role("link", name="Day after").click()
    await expect(page.locator('[data-key="b0"]')).to_be_visible()
    updated = [await _updated(page, fake) for _ in range(ROUNDS)]
    blocks = await page.locator(".block").count()
    drawing, update = statistics.median(drawn), statistics.median(updated)
    print(
        f"\n{ROOMS} rooms, {ROOMS * PER_ROOM} bookings, {slower} x slower: drawn in {drawing:.0f} ms = "
        f"{drawing / DRAWN_MS[slower]:.2f} of the limit, one update in {update:.0f} ms = "
        f"{update / UPDATED_MS[slower]:.2f} of the limit, {blocks} blocks in the page"
    )
    assert blocks < 600, "rows outside the window are drawn"
