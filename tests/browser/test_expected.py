"""A manager sees how many people to expect in the two weeks ahead, and from when the building is used."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from playwright.async_api import Route, expect

from controller.hours.model import OpeningHours
from controller.hours.timetable import Timetable
from controller.occupancy.forecast.answers import forecast_read
from controller.occupancy.forecast.site_forecast import LEARNS_FROM, site_forecast
from controller.telemetry.rollups.crossings import CrossingsAt, DoorCounter
from edge.wire.interval import Interval
from tests.browser.axe import faults
from tests.browser.screen import PHONE, Screens
from tests.controller.bookings.hub import HUB

pytestmark = pytest.mark.asyncio(loop_scope="session")

NOW = datetime(2026, 11, 30, 6, tzinfo=UTC)
HOUR = timedelta(hours=1)


def counted() -> list[DoorCounter]:
    """Forty people an hour from 9 to 17 of thirty days, ten at noon."""
    there = Interval(start=NOW - timedelta(days=30), end=NOW)
    starts = [there.start + HOUR * each for each in range(24 * 30)]
    rows = [CrossingsAt(each, 10 if each.hour == 12 else 40, 40) for each in starts if 9 <= each.hour < 17]
    return [DoorCounter(device="beams", place="front", edge="main", gone=False, there=there, known=[there], rows=rows)]


async def serve(route: Route, counters: list[DoorCounter]) -> None:
    past = Interval(start=NOW - LEARNS_FROM, end=NOW)
    evening = Interval(start=NOW + HOUR * 12, end=NOW + HOUR * 15)
    timetable = Timetable(site=HUB, timetable=OpeningHours())
    found = forecast_read(site_forecast(timetable, counters, past, 14, NOW, [evening]))
    await route.fulfill(json=found.model_dump())


async def test_the_hours_ahead_come_with_intervals_and_when_the_building_is_used(screens: Screens) -> None:
    screen = await screens.new()
    page = screen.page
    await page.route("**/api/v1/sites/ramsey/forecast", lambda route: serve(route, counted()))
    await screen.open("/use?site=ramsey")
    await page.get_by_role("link", name="Expected", exact=True).click()
    table = page.get_by_role("region", name="Two weeks ahead")
    await expect(table.get_by_role("row", name=re.compile("^Used from")).get_by_role("cell").nth(0)).to_have_text(
        "09:00"
    )
    await expect(table.get_by_role("row", name=re.compile("^Until")).get_by_role("cell").nth(0)).to_have_text("21:00")
    await expect(table.get_by_role("row", name=re.compile("^Booked from")).get_by_role("cell").nth(1)).to_have_text("–")
    await expect(table.get_by_role("row", name=re.compile("^10:00")).get_by_role("cell").nth(3)).to_have_text("40")
    await table.get_by_role("link", name=re.compile("Wed 2 Dec")).click()
    await expect(page.get_by_role("heading", name=re.compile("2 Dec"))).to_be_visible()
    noon = page.get_by_role("table").nth(1).get_by_role("row", name=re.compile("^12:00"))
    await expect(noon).to_contain_text("quiet for its day")
    await expect(noon.get_by_role("cell").nth(1)).to_have_text(re.compile(r"^\d+ to \d+$"))
    assert await faults(page, "expected") == []


@pytest.mark.browser_full
async def test_without_counts_it_says_what_is_missing_and_shows_what_is_booked(screens: Screens) -> None:
    screen = await screens.new(size=PHONE)
    page = screen.page
    await page.route("**/api/v1/sites/ramsey/forecast", lambda route: serve(route, []))
    await screen.open("/use?site=ramsey&view=expected")
    await expect(page.get_by_text("No door has a counter that has counted anything.")).to_be_visible()
    booked = page.get_by_role("row", name=re.compile("^Booked from"))
    await expect(booked.get_by_role("cell").nth(0)).to_have_text("18:00")
    assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert await faults(page, "expected without counts") == []
