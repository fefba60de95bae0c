"""Somebody without an account hires a room on a phone."""

import re
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from playwright.async_api import Page, expect

from firmware_sim.hub_processes import SimHub
from tests.browser.axe import faults
from tests.browser.mailed import mailed, path_in
from tests.browser.screen import Screens
from tests.browser.test_budget import WITH_FORM_KB, Transfer

pytestmark = pytest.mark.asyncio(loop_scope="session")

NARROW = (320, 640)


@pytest_asyncio.fixture(scope="module", loop_scope="session", autouse=True)
async def open_hire(hub: SimHub) -> AsyncIterator[None]:
    """March hires out its spaces."""
    before = await hub.api.get("/sites/march/policy")
    policy = {name: value for name, value in before.items() if name != "version"}
    await hub.api.put("/sites/march/policy", policy | {"hire": {"terms": "Leave it as you found it.\nNo candles."}})
    yield
    await hub.api.put("/sites/march/policy", policy)


async def fill(page: Page, **fields: str) -> None:
    for label, value in fields.items():
        await page.get_by_label(label.replace("_", " "), exact=True).fill(value)


async def when(page: Page, date: str, begins: str = "14:00", ends: str = "17:00") -> None:
    """Type when, and see what it costs."""
    await fill(page, Date=date, From=begins, Until=ends, How_many_come="8")
    await page.get_by_role("button", name="See the price").click()


async def who(page: Page, email: str) -> None:
    what = "Children's <b>party</b>"
    await fill(page, What_it_is_for=what, Your_name="Anna Bell", Your_telephone_number="01487 555 0123")
    await fill(page, Your_mail_address=email)
    await page.get_by_label("I accept the hire terms").check()
    await page.get_by_role("button", name="Ask for it").click()


async def test_a_party_is_asked_for_on_a_phone_and_confirmed_by_digits(screens: Screens, hub: SimHub) -> None:
    anna = "anna-digits@home.test"
    screen = await screens.new(signed_in=False, size=NARROW)
    page = screen.page
    transfer = Transfer(screen)
    await screen.open("/hire?site=march")
    await expect(page.get_by_role("heading", name="Hire a room at")).to_be_visible()
    assert await faults(page, "hire") == []
    await page.get_by_role("button", name="See the price").click()
    await expect(page.get_by_role("alert").filter(has_text="look at the fields")).to_be_focused()
    await expect(page.get_by_label("Date", exact=True)).to_have_accessible_description(re.compile("Write it like"))
    assert await faults(page, "hire, refused") == []
    await when(page, "5/12/2026", ends="13:00x")
    await expect(page.get_by_label("Until", exact=True)).to_have_accessible_description("Write it like 17:30.")
    await when(page, "5/12/2026")
    await expect(page.get_by_text("Sat 5 Dec, 14:00 to 17:00")).to_be_visible()
    await page.get_by_role("button", name="Ask for it").click()
    await expect(page.get_by_label("Your name")).to_have_accessible_description("Is needed.")
    assert await faults(page, "hire, who") == []
    assert await screen.sideways() == 0
    screen.excuse("status of 422")
    await fill(page, What_it_is_for="x", Your_name="x", Your_telephone_number="none", Your_mail_address=anna)
    await page.get_by_label("I accept the hire terms").check()
    await page.get_by_role("button", name="Ask for it").click()
    described = re.compile("Must be a telephone number")
    await expect(page.get_by_label("Your telephone number")).to_have_accessible_description(described)
    await who(page, anna)
    await expect(page.get_by_role("heading", name="Look at your mail")).to_be_visible()
    transfer.assert_at_most(WITH_FORM_KB)
    text = await mailed(hub, anna)
    await page.reload()  # a phone may drop the page while its owner reads the mail
    screen.excuse("status of 401")
    await page.get_by_label("Six digits").fill("000000")
    await page.get_by_role("button", name="Send the request").click()
    await expect(page.get_by_role("alert").filter(has_text="try 4 times more")).to_be_focused()
    [digits] = re.findall(r"\b\d{3} \d{3}\b", text)
    await page.get_by_label("Six digits").fill(digits)
    await page.get_by_role("button", name="Send the request").click()
    await expect(page.get_by_role("heading", name="Your request is with the building")).to_be_focused()
    assert await faults(page, "hire, asked") == []
    assert await screen.sideways() == 0
    await page.get_by_role("link", name="Open the page of your booking").click()
    await expect(page.get_by_role("heading", name="Children's <b>party</b> is not confirmed yet")).to_be_visible()

    desk = await screens.new()
    await desk.open("/diary?site=march&view=requests")
    request = desk.page.get_by_role("listitem").filter(has_text="Children's <b>party</b>")
    await expect(request.get_by_text("01487 555 0123")).to_be_visible()
    await expect(request.get_by_text(anna)).to_be_visible()


@pytest.mark.browser_full
async def test_the_link_shows_what_it_confirms_and_offers_another_time_when_that_is_taken(
    screens: Screens, hub: SimHub
) -> None:
    bea = "bea-link@home.test"
    screen = await screens.new(signed_in=False, size=NARROW)
    await screen.open("/hire?site=march")
    await when(screen.page, "12 Dec 2026")
    await who(screen.page, bea)
    await expect(screen.page.get_by_role("heading", name="Look at your mail")).to_be_visible()
    path = path_in(await mailed(hub, bea))
    room = (await hub.api.get("/sites/march/hire-options"))["spaces"][0]["id"]
    taken = {"space": room, "title": "Council", "starts": "2026-12-12T13:00", "ends": "2026-12-12T15:00"}

    other = await screens.new(signed_in=False, size=NARROW)
    page = other.page
    await other.open(path)
    await expect(page.get_by_text("Sat 12 Dec, 14:00 to 17:00")).to_be_visible()
    await expect(page.get_by_role("button")).to_have_count(1)
    await hub.api.post("/sites/march/bookings", taken)
    other.excuse("status of 409")
    await page.get_by_role("button", name="Send the request").click()
    await expect(page.get_by_role("alert").filter(has_text="is taken then")).to_be_focused()
    await expect(page.get_by_text("Council")).to_have_count(0)
    assert await faults(page, "hire, taken") == []
    assert await other.sideways() == 0
    await page.get_by_role("listitem").get_by_role("button").first.click()
    await expect(page.get_by_role("heading", name="Your request is with the building")).to_be_focused()
    assert path.partition("#")[2] not in page.url
    late = await screens.new(signed_in=False)
    late.excuse("status of 401")
    await late.open(path)
    await expect(late.page.get_by_role("alert").filter(has_text="used before or")).to_be_visible()
    await expect(late.page.get_by_text("If you have confirmed already")).to_be_visible()


@pytest.mark.browser_full
async def test_a_building_that_takes_no_requests_says_so(screens: Screens, hub: SimHub) -> None:
    screen = await screens.new(signed_in=False)
    screen.excuse("status of 409")
    await screen.open("/hire?site=ramsey")
    await expect(screen.page.get_by_role("alert").filter(has_text="takes no requests on this page")).to_be_visible()
    await screen.open("/hire")
    await expect(screen.page.get_by_text("does not say for which building")).to_be_visible()
