"""Managers see who was told what, for a building and for one booking, and stop and resume the sending."""

import sqlite3
from contextlib import closing
from datetime import UTC, date, datetime

import pytest
from playwright.async_api import expect

from edge.wire.ids import new_id
from firmware_sim.hub_processes import SimHub
from tests.browser.axe import faults
from tests.browser.booked import book
from tests.browser.screen import Screens

pytestmark = pytest.mark.asyncio(loop_scope="session")

DAY = date(2027, 2, 3)
NARROW = (320, 700)


@pytest.mark.browser_full
async def test_notices_are_searched_by_person_state_and_booking(screens: Screens, hub: SimHub) -> None:
    told = await book(hub, "Told choir", DAY, "10:00", "11:00", contact_email="log-told@choir.test")
    other = await book(hub, "Other choir", DAY, "12:00", "13:00", contact_email="log-other@choir.test")
    screen = await screens.new(size=NARROW)
    page = screen.page
    await screen.open("/diary?site=ramsey")
    await page.get_by_role("link", name="Notices").click()
    await expect(page.get_by_role("heading", name="Notices of Ramsey Hub", level=1)).to_be_visible()
    rows = page.get_by_role("list", name="Notices").get_by_role("listitem")
    await expect(rows.filter(has_text="log-other@choir.test")).to_have_count(1)
    await page.get_by_label("To whom").fill("LOG-told")
    await page.get_by_role("button", name="Search").click()
    await expect(rows).to_have_count(1)
    await expect(rows).to_contain_text("log-told@choir.test")
    await expect(rows).to_contain_text("Written")
    assert await faults(page, "notice log") == []
    assert await screen.sideways() == 0
    await page.get_by_label("What became of it").select_option("failed")
    await expect(page.get_by_text("No such notices.")).to_be_visible()
    await screen.diary(DAY, booking=other["id"])
    await screen.panel.get_by_text("History").click()
    await screen.panel.get_by_role("link", name="Notices about it").click()
    await expect(rows).to_have_count(1)
    await expect(rows).to_contain_text("log-other@choir.test")
    await expect(page.get_by_label("To whom")).to_have_count(0)
    await page.get_by_role("link", name="All notices of Ramsey Hub").click()
    await expect(rows.filter(has_text="log-told@choir.test")).to_have_count(1)
    assert told["id"] != other["id"]
    await page.get_by_role("link", name="Whom to ring").click()
    await expect(page.get_by_role("heading", name="Whom to ring, Ramsey Hub")).to_be_visible()


@pytest.mark.browser_full
async def test_the_fields_of_the_search_stand_in_one_line(screens: Screens) -> None:
    page = (screen := await screens.new()).page
    await screen.open("/notices?site=ramsey")
    fields = page.get_by_role("search", name="Notices")
    # All at one moment: what is above them may load meanwhile and move them down.
    script = "form => [...form.querySelectorAll('input, select, button')].map(one => one.getBoundingClientRect().top)"
    tops = await fields.evaluate(script)
    assert len(tops) == 3
    assert max(tops) - min(tops) < 1, tops


@pytest.mark.browser_full
async def test_the_sending_is_stopped_and_resumed(screens: Screens, hub: SimHub) -> None:
    screen = await screens.new()
    page = screen.page
    await screen.open("/notices?site=march")
    await page.get_by_role("button", name="Stop sending").click()
    await page.keyboard.press("Tab")
    await page.keyboard.press("Enter")
    await expect(page.get_by_text("Nothing is sent since")).to_be_visible()
    assert await faults(page, "stopped") == []
    assert (await hub.api.get("/sites/march/notices/status"))["paused_at"] is not None
    await page.get_by_role("button", name="Undo").click()
    await expect(page.get_by_role("button", name="Stop sending")).to_be_visible()
    assert (await hub.api.get("/sites/march/notices/status"))["paused_at"] is None


async def test_an_address_that_mail_came_back_from_is_listed_and_cleared(screens: Screens, hub: SimHub) -> None:
    screen = await screens.new(size=NARROW)
    page = screen.page
    await screen.open("/notices?site=march")
    bounced = page.get_by_role("region", name="Addresses that mail comes back from")
    await expect(bounced).to_contain_text("None. An address is listed here when")
    _mark(hub, "march", "gone@choir.test")
    await page.reload()
    row = bounced.get_by_role("listitem")
    await expect(row).to_contain_text("gone@choir.test")
    await expect(row).to_contain_text("550 5.1.1 no such user")
    await row.get_by_role("button", name="Clear…").click()
    await row.get_by_role("button", name="Keep it").click()
    await row.get_by_role("button", name="Clear…").click()
    assert await faults(page, "bounced addresses") == []
    assert await screen.sideways() == 0
    await row.get_by_role("button", name="Clear", exact=True).click()
    await expect(bounced).to_contain_text("None. An address is listed here when")
    assert (await hub.api.get("/sites/march/bounced-addresses"))["items"] == []


def _mark(hub: SimHub, site: str, address: str) -> None:
    """As the controller does when a server refuses mail to it."""
    at = datetime(2026, 11, 26, 14, 2, tzinfo=UTC)
    row: dict[str, object] = {"id": new_id(at), "site": site, "address_key": address, "contact_address": address}
    row |= {"at": int(at.timestamp()) * 1_000_000, "reply": "550 5.1.1 no such user"}
    file = hub.folder / "controller" / "data" / "hallkeeper.db"
    with closing(sqlite3.connect(file, timeout=60)) as database, database:
        marks = ", ".join(f":{name}" for name in row)
        database.execute(f"INSERT INTO bounced_addresses ({', '.join(row)}) VALUES ({marks})", row)
