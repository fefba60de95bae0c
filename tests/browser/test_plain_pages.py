"""The pages that the controller renders itself: on the narrowest phone, in every scheme, by keyboard alone."""

from datetime import date
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

import pytest
from playwright.async_api import Page, expect

from controller.people.documents.model import LARGEST
from firmware_sim.hub_processes import SimHub
from tests.browser.axe import faults
from tests.browser.booked import book
from tests.browser.screen import Screen, Screens
from tests.controller.access.induction.asking import DRAFT

pytestmark = pytest.mark.asyncio(loop_scope="session")

DAY = date(2026, 12, 22)
NARROW = (320, 640)
Scheme = tuple[Literal["light", "dark"], Literal["none", "active"]]
SCHEMES: tuple[Scheme, ...] = (("light", "none"), ("dark", "none"), ("light", "active"))
CAN_FOCUS = "a[href], button, summary, select, textarea, input:not([type=hidden])"
SHOWS_FOCUS = "[document.activeElement, document.activeElement.closest('label')]" + (
    ".some((each) => each && getComputedStyle(each).outlineStyle !== 'none' && each.checkVisibility())"
)
INSURANCE = {"kind": "insurance", "valid_from": "2026-01-01", "valid_until": "2026-11-20", "notes": "Five million"}


async def addresses(hub: SimHub) -> dict[str, str]:
    """A page of each kind, with something on it."""
    await hub.api.put("/parties/lapsing", {"kind": "group", "name": "Lapsing Singers", "site": "ramsey"})
    document = await hub.api.post("/parties/lapsing/documents", INSURANCE)
    await hub.api.put("/sites/ramsey/induction", DRAFT | {"version": 0})
    booked = await book(hub, "Nobody online", DAY, "10:00", "11:00", party="lapsing")
    reached = await book(hub, "Online", DAY, "12:00", "13:00", contact_email="ann@plain.test")
    weekly = {"first_starts": "2026-12-24T10:00", "first_ends": "2026-12-24T11:00", "rule": "FREQ=WEEKLY;COUNT=3"}
    series = await hub.api.post("/sites/ramsey/series", {"space": "studio", "title": "Weekly", "people": 5} | weekly)
    link = urlsplit(reached["link"]).path
    return {
        "what lapses": "/documents?site=ramsey",
        "documents": "/documents/lapsing",
        "a document": f"/documents/lapsing/{document['id']}",
        "calls": "/calls?site=ramsey",
        "the ways": "/ways?site=ramsey",
        "slip": f"/slip/{booked['id']}",
        "inductions": "/induction",
        "induction": "/induction?site=ramsey",
        "writing the induction": "/induction/edit?site=ramsey",
        "door code": link,
        "moving by the link": f"{link}/move",
        "what is charged": f"{link}/charge",
        "series": urlsplit(series["link"]).path,
        "no link": "/d/nobodynobodynobodynobody",
        "no right": "/documents/nobody",
    }


async def by_keyboard(page: Page) -> None:
    """Every control is reached by the Tab key, and shows that it is."""
    await page.evaluate("for (const each of document.querySelectorAll('details')) each.open = true")
    wanted = await page.locator(CAN_FOCUS).count()
    for place in range(wanted):
        await page.keyboard.press("Tab")
        assert await page.evaluate(f"document.activeElement.matches('{CAN_FOCUS}')"), f"{page.url}: stop {place}"
        assert await page.evaluate(SHOWS_FOCUS), f"{page.url}: stop {place} does not show"


async def looked_at(screen: Screen, name: str) -> list[str]:
    """What axe finds in any scheme; the page must fit the window."""
    found: list[str] = []
    for colours, forced in SCHEMES:
        await screen.page.emulate_media(color_scheme=colours, forced_colors=forced)
        found += await faults(screen.page, f"{name}, {colours}, forced: {forced}")
    await screen.page.emulate_media(color_scheme="light", forced_colors="none")
    assert await screen.sideways() == 0, name
    return found


@pytest.mark.browser_full
async def test_every_plain_page_fits_320_pixels_has_no_fault_in_any_scheme_and_takes_keys(
    screens: Screens, hub: SimHub
) -> None:
    screen = await screens.new(size=NARROW)
    screen.excuse("status of 40[34]")
    found: list[str] = []
    for name, path in (await addresses(hub)).items():
        await screen.open(path)
        found += await looked_at(screen, name)
        await by_keyboard(screen.page)
    assert found == []


async def test_a_document_is_sent_replaced_and_deleted_on_a_phone(
    screens: Screens, hub: SimHub, tmp_path: Path
) -> None:
    await hub.api.put("/parties/papers", {"kind": "group", "name": "Paper Club", "site": "ramsey"})
    large, scan = tmp_path / "large.pdf", tmp_path / "scan.pdf"
    large.write_bytes(b"%PDF-1.7".ljust(LARGEST + 1))
    scan.write_bytes(b"%PDF-1.7 the policy")
    screen = await screens.new(size=NARROW)
    page = screen.page
    await screen.open("/documents/papers")
    await page.get_by_label("What it is").select_option("Public liability insurance")
    await page.get_by_label("First day").fill("1/6/2026")
    await page.get_by_label("Last day").fill("31/5/2027")
    await page.get_by_label("Its scan").set_input_files(large)
    await page.get_by_role("button", name="Record it").press("Enter")
    await expect(page.get_by_role("status")).to_have_text(
        "This file has 10.0 MB. A file may have at most 10 MB: scan it in a lower resolution."
    )
    assert await faults(page, "too large") == []
    await page.get_by_label("Its scan").set_input_files(scan)
    await page.get_by_role("button", name="Record it").press("Enter")
    await expect(page.get_by_text("its file is kept")).to_be_visible()
    await expect(page.get_by_text("From 1 June 2026 until 31 May 2027")).to_be_visible()
    async with page.expect_download() as download:
        await page.get_by_role("link", name="Save the file (PDF").click()
    saved = await (await download.value).path()
    assert saved.read_bytes() == scan.read_bytes()
    await page.get_by_role("link", name="Change, replace or delete it").press("Enter")
    await page.get_by_label("The new file").set_input_files(scan)
    await page.get_by_label("The file that is kept now is deleted").press("Space")
    await page.get_by_role("button", name="Replace the file").press("Enter")
    await expect(page.get_by_text("The file is kept.")).to_be_visible()
    await page.get_by_role("button", name="Delete this document").press("Enter")
    await expect(page.get_by_text("That cannot be undone.")).to_be_visible()
    assert await faults(page, "deleting") == []
    await page.get_by_role("button", name="Yes, delete it").press("Enter")
    await expect(page.get_by_text("No documents are on record.")).to_be_visible()
    assert await screen.sideways() == 0


@pytest.mark.browser_full
async def test_without_script_a_file_that_is_too_large_is_refused_in_plain_words(
    screens: Screens, hub: SimHub, tmp_path: Path
) -> None:
    await hub.api.put("/parties/heavy", {"kind": "group", "name": "Heavy Club", "site": "ramsey"})
    large = tmp_path / "large.pdf"
    large.write_bytes(b"%PDF-1.7".ljust(3 * LARGEST))
    screen = await screens.new(size=NARROW, settings={"java_script_enabled": False})
    screen.excuse("status of 413")
    page = screen.page
    await screen.open("/documents/heavy")
    await page.get_by_label("What it is").select_option("Public liability insurance")
    await page.get_by_label("First day").fill("1/6/2026")
    await page.get_by_label("Its scan").set_input_files(large)
    await page.get_by_role("button", name="Record it").click()
    await expect(page.get_by_role("status")).to_contain_text("larger than 10 MB")
    await screen.open(urlsplit(page.url).path)  # as from its address bar
    await expect(page.get_by_text("No documents are on record.")).to_be_visible()
