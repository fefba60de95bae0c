"""A tablet beside a room's door: read at three metres, used with a code, and left alone for a week."""

import re
from collections.abc import AsyncIterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import Route, WebSocket, expect

from firmware_sim.hub_processes import SimHub
from tests.browser.axe import faults
from tests.browser.booked import book
from tests.browser.conftest import EPOCH
from tests.browser.screen import Scheme, Screen, Screens
from tests.eventually import eventually

pytestmark = pytest.mark.asyncio(loop_scope="session")

SMALL, WIDE, NARROW = (800, 480), (1280, 800), (320, 700)
TODAY = date(2026, 11, 25)
MANY_LOOKS = """async () => {
  const ours = window.fetch;
  for (let look = 0; look < 200; look += 1) {
    await new Promise((then) => {
      window.fetch = (...asked) => ours(...asked).finally(() => setTimeout(then, 5));
      dispatchEvent(new Event("online"));
    });
  }
  window.fetch = ours;
}"""
"""The page asks two hundred times, one after the other."""


@pytest_asyncio.fixture(loop_scope="session")
async def group(hub: SimHub) -> AsyncIterator[str]:
    """A group, at a site whose rules confirm all that fits, and whose tablets let all be done."""
    await hub.api.put("/parties/tablet-choir", {"kind": "group", "name": "Upwood Choir"})
    policy = await hub.api.get("/sites/ramsey/policy")
    before = {name: value for name, value in policy.items() if name not in ("changed_at", "changed_by")}
    await hub.api.put(
        "/sites/ramsey/policy", before | {"rules": [{"name": "All"}], "tablet_end": True, "tablet_book": True}
    )
    yield "tablet-choir"
    await hub.api.put("/sites/ramsey/policy", before)


@pytest_asyncio.fixture(autouse=True, scope="module", loop_scope="session")
async def own_tablets(hub: SimHub) -> AsyncIterator[None]:
    """What is paired here ends with this module."""
    yield
    await end_all(hub)


async def end_all(hub: SimHub) -> None:
    for each in (await hub.api.get("/sites/ramsey/displays"))["items"]:
        await hub.api.delete(f"/sites/ramsey/displays/{each['id']}")


async def paired(
    screens: Screens, hub: SimHub, space: str = "studio", *, frames: list[WebSocket] | None = None, **how: Any
) -> Screen:
    """A tablet that shows its room. ``frames``: takes the socket of each frame that comes."""
    body = {"kind": "room", "name": f"Door of {space}", "space": space}
    made = await hub.api.post("/sites/ramsey/displays", body)
    screen = await screens.new(signed_in=False, **({"size": SMALL} | how))
    await screen.page.clock.install()
    if frames is not None:
        screen.page.on("websocket", lambda one: one.on("framereceived", lambda _: frames.append(one)))
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
    await expect(page.get_by_role("button", name="Done")).to_be_focused()
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("button", name="Check in")).to_be_focused()
    await page.get_by_role("button", name="30 minutes more").click()
    await type_code(screen, code)
    await expect(page.get_by_role("dialog")).to_contain_text(f"Your booking then ends at {clock(2.5)}.")
    assert await faults(page, "offer") == []
    await expect(page.get_by_role("button", name="Book it")).to_be_focused()
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("status").filter(has_text="Your code stays the same")).to_be_visible()
    assert await faults(page, "done") == []
    await page.get_by_role("button", name="Done").click()
    await expect(now).to_contain_text(f"until {clock(2.5)}")
    await page.get_by_role("button", name="End early").click()
    await page.keyboard.type(code)
    await page.get_by_role("button", name="OK").click()
    await expect(page.get_by_role("status").filter(has_text="The room is free for others then")).to_be_visible()


@pytest.mark.browser_full
async def test_a_problem_is_reported_in_a_few_taps(screens: Screens, hub: SimHub, group: str) -> None:
    made, code = await on_now(hub, "Chess", party=group, space="meeting-room", ends=1)
    screen = await paired(screens, hub, "meeting-room")
    screen.excuse("status of 403")
    page = screen.page
    await page.get_by_role("button", name="Report a problem").click()
    dialog = page.get_by_role("dialog", name="Report a problem")
    await dialog.get_by_role("button", name="Next: your code").click()
    await expect(dialog.get_by_role("alert")).to_have_text("Tap what it is about first.")
    await dialog.get_by_role("button", name="Heating").click()
    await dialog.get_by_label("More, if it helps").fill("Off since 9")
    assert await faults(page, "kinds of problems") == []
    assert await screen.sideways() == 0
    await dialog.get_by_role("button", name="Next: your code").click()
    await expect(page.get_by_label("0 digits typed")).to_be_visible()
    await type_code(screen, "400000")
    await expect(page.get_by_role("alert")).to_contain_text("This code does not open this room now")
    await page.keyboard.type(code)
    await page.get_by_role("button", name="OK").click()
    await expect(page.get_by_role("status").filter(has_text="Reported. The staff will see it.")).to_be_visible()
    found = (await hub.api.get("/sites/ramsey/morning"))["problems"]
    assert [each["text"] for each in found if each["booking_id"] == made["id"]] == ["Heating: Off since 9"]
    await page.get_by_role("button", name="Done").click()
    await page.get_by_role("button", name="Report a problem").click()
    await expect(dialog.get_by_label("More, if it helps")).to_have_value("")
    await dialog.get_by_label("More, if it helps").fill("Half a sen")
    await page.clock.fast_forward("00:31")
    await expect(dialog).to_have_count(0)
    assert await page.evaluate("localStorage.length + sessionStorage.length") == 0
    await hub.api.post(f"/bookings/{made['id']}/cancel", {})


@pytest.mark.browser_full
async def test_without_a_line_it_goes_on_by_what_it_knows_and_says_so(
    screens: Screens, hub: SimHub, group: str
) -> None:
    made, code = await on_now(hub, "Yoga", party=group, space="meeting-room")
    name = "Evening"
    await book(hub, name, TODAY, clock(8), clock(9), space="meeting-room", public=True, listed_as=name)
    screen = await paired(screens, hub, "meeting-room")
    screen.excuse("INTERNET_DISCONNECTED", "Failed to fetch")
    page, now = screen.page, screen.page.get_by_role("region", name="Now")
    await expect(now).to_contain_text("In use")
    await page.context.set_offline(True)
    await page.get_by_role("button", name="Check in").click()
    await type_code(screen, code)
    await expect(page.get_by_role("alert")).to_contain_text("This did not go through: the controller does not answer.")
    assert (await hub.api.get(f"/bookings/{made['id']}"))["arrived_at"] is None
    await page.get_by_role("button", name="Close").click()
    await page.clock.fast_forward("00:30")
    await expect(page.get_by_text(re.compile(r"Stale since \d\d:\d\d"))).to_be_visible()
    assert await faults(page, "stale") == []
    await page.clock.fast_forward("02:00:00")
    await expect(now).to_contain_text(f"Free until {clock(8)}")
    run_for = hub.clock.now() - EPOCH
    await page.clock.fast_forward((timedelta(hours=6, minutes=20) - run_for) // timedelta(milliseconds=1))
    await expect(now).to_contain_text("Evening")
    await expect(now).to_contain_text(f"In use until {clock(9)}")
    await page.clock.fast_forward("05:00:00")
    await expect(now).to_contain_text("Free")
    await expect(page.get_by_label("Time", exact=True)).to_contain_text("00:")
    assert await page.evaluate("document.documentElement.style.colorScheme") == "dark"
    assert await faults(page, "night") == []
    await page.context.set_offline(False)
    await expect(page.get_by_text("Live", exact=True)).to_be_visible()
    await expect(page.get_by_label("Time", exact=True)).to_contain_text(re.compile(r"1\d:"))
    await page.get_by_role("button", name="Check in").click()
    await type_code(screen, code)
    await expect(page.get_by_role("status").filter(has_text="Checked in, until")).to_be_visible()


@pytest.mark.browser_full
async def test_a_change_of_the_diary_is_shown_by_the_live_connection(screens: Screens, hub: SimHub) -> None:
    screen = await paired(screens, hub, "meeting-room")
    page = screen.page
    opened = page.expect_websocket(lambda socket: socket.url.endswith("/api/v1/room-tablet/live"))
    async with opened as socket:
        await page.reload()
    await (await socket.value).wait_for_event("framereceived")
    await page.clock.pause_at(datetime.now(UTC) + timedelta(days=1))  # no timer asks any more
    await book(hub, "Chess", TODAY, clock(5), clock(6), space="meeting-room", public=True, listed_as="Chess")
    await expect(page.get_by_text(f"{clock(5)} to {clock(6)}, Chess").first).to_be_visible()


@pytest.mark.browser_full
async def test_after_failures_it_asks_again_though_the_live_connection_goes_on(screens: Screens, hub: SimHub) -> None:
    frames = list[WebSocket]()
    screen = await paired(screens, hub, "meeting-room", frames=frames)
    screen.excuse("Failed to load resource", "Failed to fetch")
    page, asked = screen.page, "**/api/v1/room-tablet"

    async def one_more() -> None:
        known = len(frames)

        async def more() -> bool:
            return len(frames) > known

        await eventually(more, what="the live connection says something", within_s=60)

    await one_more()
    await page.route(asked, lambda route: route.abort())
    await page.clock.pause_at(datetime.now(UTC) + timedelta(days=1))
    for _ in range(6):
        async with page.expect_request(asked):
            await page.clock.run_for(16_000)
    await page.unroute(asked)
    async with page.expect_request(asked):
        for _ in range(3):
            await one_more()
            await page.clock.run_for(5_000)
    await expect(page.get_by_text("Live", exact=True)).to_be_visible()
    assert len(set(frames)) == 1


@pytest.mark.browser_full
async def test_a_code_that_nobody_finishes_is_cleared(screens: Screens, hub: SimHub) -> None:
    screen = await paired(screens, hub, "hall")
    page = screen.page
    await page.get_by_role("button", name="Check in").click()
    for digit in "48":
        await page.get_by_role("group", name="Keypad").get_by_role("button", name=digit, exact=True).click()
    await expect(page.get_by_label("2 digits typed")).to_be_visible()
    await page.clock.fast_forward("00:31")
    await expect(page.get_by_role("dialog")).to_have_count(0)
    await page.get_by_role("button", name="Check in").click()
    await expect(page.get_by_label("0 digits typed")).to_be_visible()
    await page.keyboard.press("Escape")
    await expect(page.get_by_role("button", name="Check in")).to_be_focused()


@pytest.mark.browser_full
async def test_it_loads_itself_again_once_the_pages_are_of_another_build(screens: Screens, hub: SimHub) -> None:
    screen = await paired(screens, hub, "hall")
    page = screen.page

    async def other_build(route: Route) -> None:
        answer = await route.fetch()
        await route.fulfill(response=answer, json=await answer.json() | {"build": "another"})

    await page.evaluate("window.before = true")
    await page.route("**/api/v1/room-tablet", other_build)
    await page.get_by_role("button", name="Check in").click()
    async with page.expect_response("**/api/v1/room-tablet"):
        await page.clock.fast_forward("00:11")
    assert await page.evaluate("window.before"), "somebody is at it"
    await page.keyboard.press("Escape")
    await page.clock.fast_forward("01:01")
    await page.wait_for_function("!window.before")
    await expect(page.get_by_role("region", name="Now")).to_be_visible()
    await page.evaluate("window.before = true")
    await page.clock.fast_forward("02:00")
    await expect(page.get_by_text("Live", exact=True)).to_be_visible()
    assert await page.evaluate("window.before"), "once is enough"
    await page.unroute_all(behavior="wait")


@pytest.mark.browser_full
async def test_a_week_leaves_nothing_behind(screens: Screens, hub: SimHub) -> None:
    await book(hub, "Weekday", TODAY, clock(3), clock(4), space="hall", public=True)
    screen = await paired(screens, hub, "hall")
    screen.excuse("INTERNET_DISCONNECTED", "Failed to fetch")
    page = screen.page
    tools = await page.context.new_cdp_session(page)
    await tools.send("Performance.enable")
    used: list[dict[str, float]] = []
    for _day in range(8):
        for _ in range(12):
            async with page.expect_response("**/api/v1/room-tablet"):
                await page.clock.fast_forward("02:00:00")
                # The timer is not set yet where the page has still to read the last answer.
                await page.evaluate("dispatchEvent(new Event('online'))")
        await page.context.set_offline(True)
        await page.clock.fast_forward("05:00")
        await page.context.set_offline(False)
        await page.get_by_role("button", name="Check in").click()
        await page.keyboard.press("4")
        await page.clock.fast_forward("00:31")
        await expect(page.get_by_role("dialog")).to_have_count(0)
        await expect(page.get_by_text("Live", exact=True)).to_be_visible()
        await tools.send("HeapProfiler.collectGarbage")
        metrics = (await tools.send("Performance.getMetrics"))["metrics"]
        used.append({each["name"]: each["value"] for each in metrics})
    # One closed keypad, of 74 nodes, may be kept: the browser remembers what had the focus.
    for name, more in (("Nodes", 100), ("JSEventListeners", 2), ("JSHeapUsedSize", 600_000)):
        days = [each[name] for each in used]
        assert max(days[4:]) <= max(days[:4]) + more, (name, days)
    heap = []
    for _ in range(4):
        await page.evaluate(MANY_LOOKS)
        await tools.send("HeapProfiler.collectGarbage")
        metrics = (await tools.send("Performance.getMetrics"))["metrics"]
        heap.append(next(each["value"] for each in metrics if each["name"] == "JSHeapUsedSize"))
    assert heap[-1] - heap[1] <= 200_000, heap  # half a kilobyte for each look would be more


@pytest.mark.browser_full
@pytest.mark.usefixtures("group")
@pytest.mark.parametrize(
    ("scheme", "forced", "size"),
    [
        ("light", False, NARROW),
        pytest.param("dark", False, WIDE, marks=pytest.mark.browser_full),
        pytest.param("dark", False, NARROW, marks=pytest.mark.browser_full),
        pytest.param("light", True, SMALL, marks=pytest.mark.browser_full),
        pytest.param("dark", True, NARROW, marks=pytest.mark.browser_full),
    ],
)
async def test_it_is_accessible_and_read_from_afar_in_every_way(
    screens: Screens, hub: SimHub, scheme: Scheme, forced: bool, size: tuple[int, int]
) -> None:
    screen = await paired(screens, hub, "hall", scheme=scheme, forced=forced, size=size)
    page = screen.page
    assert await faults(page, "room tablet") == []
    assert await screen.sideways() == 0
    height = await page.get_by_text("Free", exact=True).evaluate("line => parseFloat(getComputedStyle(line).fontSize)")
    assert height >= 0.08 * size[1]
    await page.get_by_role("button", name="Book 30 minutes").click()
    await expect(page.get_by_role("group", name="Keypad")).to_be_visible()
    assert await faults(page, "keypad") == []
    assert await screen.sideways() == 0


@pytest.mark.browser_full
async def test_it_says_when_it_is_no_longer_paired(screens: Screens, hub: SimHub) -> None:
    screen = await paired(screens, hub)
    screen.excuse("status of 401")
    await end_all(hub)
    await expect(screen.page.get_by_text("No longer paired.")).to_be_visible()
    await expect(screen.page.get_by_role("region", name="Now")).to_have_count(0)
    assert await faults(screen.page, "no longer paired") == []
