"""A manager sees how much of a building is booked and used, and how far that is known."""

import re

import pytest
from playwright.async_api import Route, expect

from firmware_sim.hub_processes import SimHub
from tests.browser.axe import faults
from tests.browser.screen import PHONE, Screens

pytestmark = pytest.mark.asyncio(loop_scope="session")

OPEN = [0] * 8 + [60] * 12 + [0] * 4


def _minutes(**own: int) -> dict[str, int]:
    return dict.fromkeys(("bookable", "booked", "outside", "used", "no_show", "not_measured"), 0) | own


def _visits() -> dict[str, object]:
    """A week of which a tenth is not measured."""

    def mode(minutes: int, visits: int, per_hour: float | None) -> dict[str, object]:
        return {"minutes": minutes, "measured": minutes * 9 // 10, "visits": visits, "per_hour": per_hour}

    return {
        "doors": ["front-door"],
        "part_of_the_time": [],
        "both_ways": ["front-door"],
        "open": mode(5040, 1400, 18.0),
        "staffed": mode(4200, 1300, 20.5),
        "extended": mode(840, 100, 8.2),
        "closed": mode(5040, 3, 0.0),
        "open_days": 7,
        "measured_days": 6,
        "peak": {
            "people": 61,
            "estimate": 64,
            "most": 68,
            "at": "2026-11-12T11:05:00+00:00",
            "ins": 240,
            "outs": 236,
            "ended": True,
        },
    }


def _late() -> dict[str, object]:
    known = {"minutes": 840, "measured": 756, "bookings": 3, "arrivals": 2, "unknown": 1}
    hour = {"hour": 18, "minutes": 60, "measured": 60, "visits": 9, "bookings": 1, "arrivals": 1}
    sure = {"before": 84.0, "before_error": 6.2, "after": 97.0, "after_error": 7.5, "why_not": ""}
    not_known = dict.fromkeys(("before", "before_error", "after", "after_error")) | {"why_not": "no door had a counter"}
    return {
        "staffed": known | {"visits": 1300, "per_hour": 20.5, "error": 1.2},
        "extended": known | {"visits": 100, "per_hour": 8.2, "error": None},
        "week": [hour | {"mode": "extended"}],
        "change": {
            "at": "2026-11-09T00:00:00+00:00",
            "rates": [{"what": "visits"} | not_known, {"what": "bookings"} | sure, {"what": "arrivals"} | sure],
        },
        "why_no_change": "",
    }


def _use(*, bookable: int = 5040) -> dict[str, object]:
    """A week of one hall: booked on Monday at ten, and not known on Tuesday."""
    counts = {"bookings": 4, "arrived": 1, "no_shows": 1, "unknown": 2, "late_cancellations": 1}
    none = [0] * 168
    booked, used, unknown = none.copy(), none.copy(), none.copy()
    booked[10], used[10], booked[34], unknown[34] = 30, 20, 60, 60
    week = {
        "bookable": OPEN * 7 if bookable else none,
        "booked": booked,
        "outside": none,
        "used": used,
        "not_measured": unknown,
    }
    minutes = _minutes(bookable=bookable, booked=600, used=200, no_show=100, not_measured=300)
    return {
        "starts": "2026-11-01T00:00:00+00:00",
        "ends": "2026-12-01T00:00:00+00:00",
        "until": "2026-12-01T00:00:00+00:00",
        "hours_set": True,
        "hours_known": True,
        "visits": _visits(),
        "late": _late(),
        "wifi": [{"zone": "hall", "sessions": 412, "stayed": 9000, "minutes": 10080, "measured": 9072}],
        "minutes": minutes,
        "counts": counts,
        "week": week,
        "months": [
            {"month": "2026-10", "minutes": minutes},
            {"month": "2026-11", "minutes": _minutes()},
        ],
        "spaces": [
            {
                "space": "hall",
                "name": "Main hall",
                "places": None,
                "parts": [],
                "minutes": minutes,
                "counts": counts,
                "week": week,
            }
        ],
        "groups": [{"party": "choir", "party_name": "Village choir", "counts": counts, "booked": 600, "missed": 100}],
        "groups_shown": True,
        "unused": [],
        "closed": ["Ramsey Hub is closed Sun 1 Nov to Mon 30 Nov: floor sanding"],
    }


async def test_figures_say_what_they_are_and_how_far_they_are_known(screens: Screens) -> None:
    screen = await screens.new(size=PHONE)
    page = screen.page

    async def answer(route: Route) -> None:
        await route.fulfill(json=_use(bookable=0 if "from=2025" in route.request.url else 5040))

    await page.route("**/api/v1/sites/ramsey/use?*", answer)
    await screen.open("/use?site=ramsey&view=month&date=2026-11-12")
    await expect(page.get_by_role("heading", name="Nov 2026")).to_be_visible()
    used = page.get_by_role("group").filter(has_text="Measured: 50 % of booked time")
    await expect(used).to_contain_text("67 %")
    await used.locator("summary").click()
    await expect(used).to_contain_text("They are left out: they are not zero.")
    row = page.get_by_role("region", name="Hours of the week").get_by_role("row", name=re.compile("^10:00"))
    await expect(row.get_by_role("cell")).to_have_text(["50", "100", "0", "0", "0", "0", "0"])
    await page.get_by_label("What the map shows").select_option("Used")
    await expect(row.get_by_role("cell")).to_have_text(["67", "?", "", "", "", "", ""])
    await expect(page.get_by_role("row", name=re.compile("Nov 2026"))).to_contain_text("Closed")
    await expect(page.get_by_role("region", name="Groups").get_by_role("row", name="Village choir")).to_be_visible()
    await page.get_by_label("Compare with a year before").check()
    await expect(page.get_by_text("A year before: closed, so there is nothing to compare").first).to_be_visible()
    assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    await page.reload()  # what is shown is in the address
    await expect(page.get_by_label("Compare with a year before")).to_be_checked()
    await expect(row.get_by_role("cell")).to_have_text(["67", "?", "", "", "", "", ""])
    assert await faults(page, "use") == []


@pytest.mark.browser_full
async def test_visits_and_the_most_people_inside_say_how_far_they_are_measured(screens: Screens) -> None:
    screen = await screens.new(size=PHONE)
    page = screen.page

    async def answer(route: Route) -> None:
        await route.fulfill(json=_use() if "from=2026" in route.request.url else _use() | {"visits": None})

    await page.route("**/api/v1/sites/ramsey/use?*", answer)
    await screen.open("/use?site=ramsey&view=month&date=2026-11-12")
    visits = page.get_by_role("group").filter(has_text="Visits an open hour")
    await expect(visits).to_contain_text("Counted both ways, halved: Front door")
    await expect(visits).to_contain_text("18.0")
    await expect(visits).to_contain_text("Measured: 90 % of open time")
    await visits.locator("summary").click()
    await expect(visits).to_contain_text("20.5 an hour while staff were there, 8.2 in 14 h without staff")
    await expect(visits).to_contain_text("Counted at: Front door.")
    most = page.get_by_role("group").filter(has_text="68 at most")
    await expect(most).to_contain_text("Most people inside")
    await expect(most).to_contain_text("Measured: 6 of 7 open days")
    await expect(page.get_by_role("link", name="Month as PDF")).to_have_attribute(
        "href", "/api/v1/sites/ramsey/use.pdf?month=2026-11"
    )
    await screen.open("/use?site=ramsey&view=month&date=2025-11-12")
    await expect(page.get_by_role("group").filter(has_text="Most people inside")).to_contain_text("Not measured")
    assert await faults(page, "visits") == []


@pytest.mark.browser_full
async def test_what_opening_late_brought_is_said_with_its_errors_and_what_cannot_be_compared(screens: Screens) -> None:
    screen = await screens.new(size=PHONE)
    page = screen.page

    async def answer(route: Route) -> None:
        await route.fulfill(json=_use())

    await page.route("**/api/v1/sites/ramsey/use?*", answer)
    await screen.open("/use?site=ramsey&view=month&date=2026-11-12")
    await page.get_by_role("heading", name="What opening late brought").click()
    brought = page.get_by_role("group").filter(has_text="Without staff: 8.2 visits an hour").last
    await expect(brought).to_contain_text("With staff: 20.5 ± 1.2 visits an hour")
    await brought.locator("summary").click()
    await expect(brought.get_by_role("row", name=re.compile("^Mon 18:00"))).to_contain_text("100 %")
    changed = page.get_by_role("group").filter(has_text="Before and after the opening hours were changed").last
    await changed.locator("summary").click()
    await expect(changed).to_contain_text("Cannot be compared, because no door had a counter")
    await expect(changed.get_by_role("row", name=re.compile("^Bookings 84"))).to_contain_text("97.0 ± 7.5")
    wifi = page.get_by_role("group").filter(has_text="WiFi, hall: 412 sessions").last
    await wifi.locator("summary").click()
    await expect(wifi).to_contain_text("Devices, which are not people")
    assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert await faults(page, "late opening") == []


@pytest.mark.browser_full
async def test_all_buildings_stand_in_one_table_beside_earlier_times(screens: Screens) -> None:
    screen = await screens.new(size=PHONE)
    page = screen.page
    await screen.open("/use?site=ramsey&view=month")
    await page.get_by_role("heading", name="All buildings, beside earlier times").click()
    table = page.get_by_role("region", name="Buildings")
    await expect(table.get_by_role("row", name=re.compile("^Ramsey"))).to_be_visible()
    await expect(table.get_by_role("columnheader", name="Visits an open hour")).to_be_visible()
    assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    async with page.expect_download() as saved:
        await page.get_by_role("link", name="Save the table as CSV").click()
    text = (await (await saved.value).path()).read_text(encoding="utf-8-sig")
    assert "site,name,which,from,to" in text
    assert await faults(page, "all buildings") == []


@pytest.mark.browser_full
async def test_a_manager_opens_the_page_from_the_bar_and_saves_what_is_shown(screens: Screens, hub: SimHub) -> None:
    screen = await screens.new()
    page = screen.page
    await screen.open("/diary?site=ramsey")
    await page.get_by_role("navigation", name="Pages").get_by_role("link", name="Use", exact=True).click()
    await expect(page.get_by_role("heading", name="Rooms that nobody booked")).to_be_visible()
    async with page.expect_download() as saved:
        await page.get_by_role("link", name="Save as CSV").click()
    text = (await (await saved.value).path()).read_text(encoding="utf-8-sig")
    assert text.startswith('"# ')
    assert "about,name,month,weekday,hour,bookable (h)" in text
    assert await faults(page, "use of the demo") == []
