"""Opening hours, seasons, terms and bank holidays, set on the page Buildings."""

from collections.abc import AsyncIterator
from datetime import date
from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import expect

from firmware_sim.hub_processes import SimHub
from tests.browser.axe import faults
from tests.browser.booked import book, decide
from tests.browser.screen import Screens

pytestmark = pytest.mark.asyncio(loop_scope="session")

NARROW = (320, 700)
SPRING, AUTUMN = "2027-03-27", "2027-10-30"
"""The Saturdays before the nights on which the clocks change."""


@pytest_asyncio.fixture(loop_scope="session", autouse=True)
async def as_before(hub: SimHub) -> AsyncIterator[None]:
    """Each test leaves the hours and the terms as it found them."""
    paths = [f"/sites/march/{what}" for what in ("hours", "terms")]
    before = {path: await hub.api.get(path) for path in paths}
    yield
    for path, was in before.items():
        await hub.api.put(f"{path}?anyway=true", was | {"version": (await hub.api.get(path))["version"]})


async def _modes(hub: SimHub, day: str) -> list[tuple[str, str, str]]:
    found: list[dict[str, Any]] = (await hub.api.get(f"/sites/march/hours/{day}"))["modes"]
    return [(each["starts"][11:], each["ends"][11:], each["mode"]) for each in found]


@pytest.mark.browser_full
async def test_a_week_is_typed_with_several_times_a_day_and_nights(screens: Screens, hub: SimHub) -> None:
    screen = await screens.new(size=NARROW)
    page = screen.page
    await screen.open("/buildings?site=march")
    await page.get_by_role("link", name="Hours", exact=True).click()
    hours = page.get_by_role("list", name="Opening hours")
    assert await faults(page, "hours") == []
    assert await screen.sideways() <= 0
    await hours.get_by_role("button", name="Change…").first.click()
    await page.get_by_label("Monday").fill("9-12, 11-14")
    await page.get_by_role("button", name="Save the change").click()
    await expect(page.get_by_text("Two of its times overlap at 11:00.").last).to_be_visible()
    await page.get_by_label("Monday").fill("9-12, 14-17, 5pm-10pm members")
    await page.get_by_role("button", name="Copy Monday to Friday").click()
    await page.get_by_label("Saturday").fill("20:00-3:00")
    await page.get_by_label("Sunday").fill("")
    said = (
        "Mon to Fri 09:00 to 12:00, 14:00 to 17:00 and 17:00 to 22:00 for members; "
        "Sat 20:00 to 03:00 the next day; Sun closed."
    )
    await expect(page.get_by_text(f"It says: {said}")).to_be_visible()
    assert await faults(page, "week") == []
    assert await screen.sideways() <= 0
    async with page.expect_response(lambda answer: answer.request.method == "PUT") as answered:
        await page.get_by_role("button", name="Save the change").click()
    assert (await answered.value).ok
    await screen.listed("Opening hours", said)
    assert await _modes(hub, SPRING) == [
        ("00:00:00+00:00", "20:00:00+00:00", "closed"),
        ("20:00:00+00:00", "00:00:00+00:00", "staffed"),
    ]
    for night, offset in ((SPRING, "+01:00"), (AUTUMN, "+00:00")):
        sunday = date.fromisoformat(night).replace(day=int(night[8:]) + 1).isoformat()
        opened, shut = (await _modes(hub, sunday))[:2]
        assert (opened[1], opened[2], shut[0]) == (f"03:00:00{offset}", "staffed", f"03:00:00{offset}")
    await page.get_by_role("button", name="Undo").click()
    await expect(hours).not_to_contain_text("for members; Sat")


@pytest.mark.browser_full
async def test_a_season_a_date_bank_holidays_and_a_term_are_set(screens: Screens, hub: SimHub) -> None:
    screen = await screens.new(size=NARROW)
    page = screen.page
    await screen.open("/buildings?site=march&view=hours")
    hours, terms = (page.get_by_role("list", name=name) for name in ("Opening hours", "School terms"))

    async def add(button: str, typed: dict[str, str]) -> None:
        await page.get_by_role("button", name=button).click()
        for label, text in typed.items():
            await page.get_by_label(label, exact=True).fill(text)
        await page.get_by_role("button", name="Add it").click()

    await add("New season with a week of its own…", {"Name": "Summer", "First day": "31 Feb", "Last day": "31 Aug"})
    await expect(page.get_by_text("Type a day, such as 1 Jun for every year, or 1/6/2027.").last).to_be_visible()
    await page.get_by_label("First day").fill("1 Jun")
    await page.get_by_label("Monday").fill("all day")
    await page.get_by_role("button", name="Add it").click()
    await expect(hours).to_contain_text("Summer, 1 Jun to 31 Aug every year: Mon all day; Tue to Sun closed.")
    await add("New date with other hours…", {"Day": "24/12/2026", "Times": "9-12", "Why": "Christmas Eve"})
    await expect(hours).to_contain_text("Thu 24 Dec 2026, Christmas Eve: 09:00 to 12:00.")
    holidays = hours.get_by_role("listitem").filter(has_text="ank holidays")
    await holidays.get_by_role("button", name="Change…").click()
    await page.get_by_label("Bank holidays are", exact=True).select_option("Like a Sunday, or another day")
    await page.get_by_role("button", name="Save the change").click()
    await screen.listed("Opening hours", "Bank holidays are like a Sunday.")
    breaks = "25/10/2027 to 29/10/2027 Half-term"
    typed = {"Name": "Late term", "First day": "2/9/2027", "Last day": "17/12/2027", "Without school": breaks}
    await add("New term…", typed)
    await expect(terms).to_contain_text("without Half-term, Mon 25 Oct 2027 to Fri 29 Oct 2027.")
    assert await faults(page, "seasons") == []
    assert await screen.sideways() <= 0
    assert (await _modes(hub, "2027-06-07"))[0][2] == "staffed"
    assert (await _modes(hub, "2026-12-24"))[1][:2] == ("09:00:00+00:00", "12:00:00+00:00")


async def test_bookings_in_the_way_of_other_hours_are_named_and_stay(screens: Screens, hub: SimHub) -> None:
    whole_day = [{"weekday": day, "opens": "00:00", "closes": "24:00", "mode": "staffed"} for day in range(7)]
    was = await hub.api.get("/sites/march/hours")
    await hub.api.put("/sites/march/hours?anyway=true", was | {"pattern": whole_day})
    space = await _a_space(hub)
    fair = await book(hub, "Seed fair", date(2027, 3, 11), "10:00", "12:00", site="march", space=space, people=2)
    screen = await screens.new(size=NARROW)
    page = screen.page
    screen.excuse("status of 409")
    await screen.open("/buildings?site=march&view=hours")
    hours = page.get_by_role("list", name="Opening hours")
    await hours.get_by_role("button", name="Change…").first.click()
    await page.get_by_label("Thursday").fill("")
    await page.get_by_role("button", name="What would change?").click()
    await expect(page.get_by_role("list", name="What would change")).to_contain_text(
        "Seed fair, Thu 11 Mar, 10:00 to 12:00"
    )
    await page.get_by_role("button", name="Save the change").click()
    await expect(page.get_by_role("list", name="Bookings in the way")).to_contain_text("Seed fair, Thu 11 Mar")
    assert await faults(page, "in the way") == []
    assert await screen.sideways() <= 0
    await page.get_by_role("button", name="Save all the same").click()
    await screen.listed("Opening hours", "Mon to Wed all day; Thu closed; Fri to Sun all day.")
    await decide(hub, fair, "cancel")


async def _a_space(hub: SimHub) -> str:
    space: str = (await hub.api.get("/sites/march"))["spaces"][0]["id"]
    return space
