"""What's on, as somebody without an account sees it on a phone, without script, by keyboard and in a frame."""

import asyncio
from datetime import date
from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import expect

from firmware_sim.hub_processes import SimHub
from tests.browser.booked import book
from tests.browser.screen import Screens
from tests.browser.test_plain_pages import NARROW, by_keyboard, looked_at

pytestmark = pytest.mark.asyncio(loop_scope="session")

DAY = date(2026, 11, 26)
PAGES = (
    "/whats-on",
    "/whats-on/ramsey",
    "/whats-on/march",
    "/embed/whats-on/ramsey",
    "/accessibility",
    "/whats-on/none",
)


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def listed(hub: SimHub, own_diary: None) -> None:
    """A public event of a kind, one called off, and a private one."""
    about: dict[str, Any] = {
        "listed_as": "Open rehearsal of the Great Whyte Choir and its friends from Warboys",
        "event_kind": "arts",
        "about": "Come and sing with us, or listen.\nTea and cake at eight.",
        "web_link": "https://choir.example.org/a-rather-long-path-that-must-not-push-the-page-wide/concerts/2026",
    }
    await book(hub, "Rehearsal", DAY, "18:00", "20:00", public=True, **about)
    off = await book(hub, "Chess evening", DAY, "20:30", "22:00", public=True, event_kind="social")
    await hub.api.post(f"/bookings/{off['id']}/cancel", {})
    await book(hub, "Rhyme time", date(2026, 11, 27), "10:00", "11:00", public=True, event_kind="children")
    await book(hub, "Axolotl meeting", date(2026, 11, 28), "10:00", "11:00")
    policy = await hub.api.get("/sites/ramsey/policy")
    said = {
        "shown": True,
        "unstaffed": True,
        "in_use": True,
        "access": "Two bays for blue badges by the door.",
        "contact": "01632 960 100",
    }
    await hub.api.put("/sites/ramsey/policy", policy | {"public_page": said})


@pytest.mark.browser_full
async def test_the_public_pages_fit_every_window_have_no_fault_in_any_scheme_and_take_keys(
    screens: Screens, listed: None
) -> None:
    found: list[str] = []
    for size in (NARROW, (1280, 800)):
        screen = await screens.new(size=size, signed_in=False)
        screen.excuse("status of 404")
        for path in PAGES:
            await screen.open(path)
            found += await looked_at(screen, f"{path}, {size}")
            await by_keyboard(screen.page)
    assert found == []


@pytest.mark.browser_full
async def test_the_pages_on_which_a_booking_is_made_public_fit_have_no_fault_and_take_keys(
    screens: Screens, hub: SimHub, listed: None
) -> None:
    weekly = {"first_starts": "2026-12-24T10:00", "first_ends": "2026-12-24T11:00", "rule": "FREQ=WEEKLY;COUNT=3"}
    await hub.api.post("/sites/ramsey/series", {"space": "studio", "title": "Tea dance", "people": 5} | weekly)
    made = await book(hub, "Quiz night", DAY, "12:00", "13:00")
    screen = await screens.new(size=NARROW)
    page = screen.page
    found: list[str] = []
    for path in ("/listings?site=ramsey", f"/listings/{made['id']}"):
        await screen.open(path)
        found += await looked_at(screen, path)
    assert found == []
    await page.get_by_label("Everybody: its title, time and room").press("Space")
    await page.get_by_label("Kind").select_option("Social")
    await page.get_by_label("Description").fill("Teams of four. Bar from seven.")
    await page.get_by_role("button", name="Save").press("Enter")
    await expect(page.get_by_role("status")).to_have_text("Everybody can read it now.")
    await page.get_by_role("link", name="What’s on").click()
    await expect(page.get_by_role("heading", name="Quiz night")).to_be_visible()
    await expect(page.get_by_text("Teams of four.")).to_be_visible()


async def _council(page: str) -> asyncio.Server:
    """Another website, which has one page."""
    body = page.encode()
    head = f"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nConnection: close\r\nContent-Length: {len(body)}\r\n\r\n"

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(head.encode() + body)
        await writer.drain()
        writer.close()

    return await asyncio.start_server(answer, "127.0.0.1", 0)


async def test_another_website_shows_the_small_page_in_a_frame_and_no_other(
    screens: Screens, hub: SimHub, listed: None
) -> None:
    framed = f"<p>The council</p><iframe title='small' src='{hub.address}/embed/whats-on/ramsey'></iframe>"
    refused = f"<iframe title='page' src='{hub.address}/whats-on/ramsey'></iframe>"
    async with await _council(framed + refused) as server:
        address = f"http://localhost:{server.sockets[0].getsockname()[1]}"
        screen = await screens.new(size=NARROW, signed_in=False)
        screen.excuse("frame-ancestors", f"asked another host: {address}", "status of 404")
        await screen.page.goto(address)
        small = screen.page.frame_locator("iframe[title=small]")
        await expect(small.get_by_role("heading", name="What’s on at Ramsey Hub")).to_be_visible()
        page = screen.page.frame_locator("iframe[title=page]")
        await expect(page.get_by_role("heading", name="What’s on at Ramsey Hub")).to_have_count(0)


async def test_somebody_without_script_chooses_a_kind_and_reads_on(screens: Screens, listed: None) -> None:
    screen = await screens.new(size=NARROW, signed_in=False, settings={"java_script_enabled": False})
    page = screen.page
    await screen.open("/whats-on/ramsey")
    await expect(page.get_by_text("Open until 14:00.")).to_be_visible()
    await expect(page.get_by_role("heading", name="Open rehearsal of the")).to_be_visible()
    await page.get_by_role("navigation", name="Kind of event").get_by_role("link", name="Children").click()
    await expect(page.get_by_role("heading", name="Rhyme time")).to_be_visible()
    await expect(page.get_by_role("heading", name="Open rehearsal of the")).to_have_count(0)
    await page.get_by_role("link", name="What’s on in all buildings").click()
    await expect(page.get_by_role("heading", name="What’s on", level=1)).to_be_visible()
    await expect(page.get_by_text("Axolotl")).to_have_count(0)
