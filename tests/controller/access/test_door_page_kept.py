"""What of the door page stays on the phone, and what it says about money."""

from datetime import UTC, datetime

import httpx
import pytest
from fastapi import FastAPI
from playwright.async_api import Browser, Page
from playwright.async_api import Error as PlaywrightError

from controller.access.code_generation import spoken
from controller.screens.door_pages.door_page import KEEP_FOR
from tests.controller.access.test_door_page import check_of, path_of, words
from tests.controller.billing.test_quote_freezing import USUAL
from tests.controller.billing.test_tariffs import HALL, put
from tests.controller.clock import ManualClock
from tests.controller.running import stranger
from tests.controller.serving import serving
from tests.controller.village import API, book, look
from tests.eventually import eventually

KEPT = "caches.open('door-pages').then((all) => all.match(location.href)).then(Boolean)"
GONE = "caches.open('door-pages').then((all) => all.keys()).then((keys) => keys.length === 0)"
"""Whether the phone has kept the page that it shows, and whether it keeps none."""


async def until(page: Page, wanted: str) -> None:
    """``wait_for_function`` takes the promise itself for an answer."""
    await eventually(lambda: page.evaluate(wanted), what=wanted)


# What stays on the phone


async def test_a_page_with_a_code_is_stored_offline_until_the_code_expires(
    village: httpx.AsyncClient, app: FastAPI, clock: ManualClock
) -> None:
    made = await book(village)
    async with stranger(app) as phone:
        answer = await phone.get(path_of(made))
        assert answer.headers["cache-control"] == "private, no-cache"
        assert answer.headers[KEEP_FOR] == str((32 * 60 + 15) * 60), "from 12:00 to 20:15 on the next day"
        asked = await phone.post(path_of(made), data={"step": "ask"})
        assert KEEP_FOR not in asked.headers
        clock.advance(days=2)
        over = await phone.get(path_of(made))
    assert over.headers["cache-control"] == "no-store"
    assert KEEP_FOR not in over.headers


async def test_without_signal_the_page_stays_readable_and_says_as_of_when(
    village: httpx.AsyncClient, app: FastAPI, chromium: Browser
) -> None:
    """Also for its QR code's address, after the controller broke, and never once the booking is cancelled."""
    made = await book(village)
    code = spoken(made["code"])
    context = await chromium.new_context()
    page = await context.new_page()
    async with serving(app) as address:
        await page.goto(address + path_of(made))
        await until(page, KEPT)
        assert not await page.get_by_text("No signal").is_visible()
        await context.set_offline(True)
        await page.reload()
        await page.get_by_text("No signal: this is the page as it was at").wait_for()
        assert code in await page.inner_text("body")
        await page.goto(f"{address}{path_of(made)}/pass")
        await page.get_by_text("No signal: this is the page as it was at").wait_for()
        await page.get_by_role("button", name="Cancel this booking").click()
        await page.get_by_text("It may have been done: open the link again when there is signal.").wait_for()
        await context.set_offline(False)
        await page.goto(address + path_of(made))
        assert not await page.get_by_text("No signal").is_visible()
        assert code in await page.inner_text("body")
        await page.get_by_role("button", name="Cancel this booking").click()
        await page.get_by_role("button", name="Yes, cancel the booking").click()
        await page.get_by_role("heading", name="Choir is cancelled").wait_for()
        await until(page, GONE)
    await context.close()


@pytest.mark.cases_full
async def test_a_stored_page_is_deleted_when_its_code_expires(
    village: httpx.AsyncClient, app: FastAPI, chromium: Browser
) -> None:
    """By the phone's clock: nothing but the phone is there to look at one."""
    made = await book(village)
    context = await chromium.new_context()
    page = await context.new_page()
    async with serving(app) as address:
        await page.goto(address + path_of(made))
        await until(page, KEPT)
        old = """caches.open('door-pages').then(async (all) => {
            const key = location.href;
            const there = await all.match(key);
            const headers = new Headers(there.headers);
            headers.set('Kept-Until', String(Date.now() - 1));
            await all.put(key, new Response(await there.text(), { headers }));
        })"""  # as if its time had gone by
        await page.evaluate(old)
        await context.set_offline(True)
        with pytest.raises(PlaywrightError, match=r"ERR_INTERNET_DISCONNECTED|ERR_FAILED"):
            await page.reload()
    await context.close()


# What it costs


async def test_the_page_names_the_charge_that_the_panel_names_before_and_after_a_cancel(
    village: httpx.AsyncClient, app: FastAPI, clock: ManualClock
) -> None:
    await put(village, rates=[HALL], cancelling=[USUAL])
    made = await book(village)
    panel = (await village.get(f"{API}/bookings/{made['id']}/quote")).json()
    assert panel["if_cancelled_pence"] > 0
    async with stranger(app) as phone:
        assert f"Price: {panel['text']}" in words(await phone.get(path_of(made)))
        asked = await phone.post(path_of(made), data={"step": "ask"})
        assert f"Cancelled now, {panel['if_cancelled']} is charged." in words(asked)
        done = words(await phone.post(path_of(made), data={"step": "cancel", "check": check_of(asked)}))
    charged = (await village.get(f"{API}/bookings/{made['id']}/quote")).json()
    assert charged["total_pence"] == panel["if_cancelled_pence"]
    assert f"To pay: {charged['text']}." in done


async def test_a_cancel_that_costs_more_by_now_is_asked_again(
    village: httpx.AsyncClient, app: FastAPI, clock: ManualClock
) -> None:
    await put(village, rates=[HALL], cancelling=[USUAL])
    made = await book(village, starts="2026-12-10T18:00", ends="2026-12-10T20:00")
    async with stranger(app) as phone:
        asked = await phone.post(path_of(made), data={"step": "ask"})
        assert "Cancelled now, nothing is charged." in words(asked)
        clock.set(datetime(2026, 12, 10, 17, tzinfo=UTC))
        stale = await phone.post(path_of(made), data={"step": "cancel", "check": check_of(asked)})
        assert "or the charge for cancelling it, has changed meanwhile" in words(stale)
    assert (await look(village, made))["status"] == "confirmed"
