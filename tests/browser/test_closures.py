"""A manager closes a room, decides about each booking in it, and undoes all of it."""

import asyncio
import re
from collections.abc import AsyncIterator
from datetime import date, timedelta
from urllib.parse import urlsplit

import pytest
import pytest_asyncio
from playwright.async_api import Locator, Response, Route, expect

from firmware_sim.hub_processes import SimHub
from tests.browser.axe import faults
from tests.browser.booked import book, decide, times
from tests.browser.screen import Scheme, Screen, Screens

pytestmark = pytest.mark.asyncio(loop_scope="session")

SMALL = (360, 740)
DAY = date(2027, 2, 4)
PAGE = "/closures?site=ramsey&view=new"


@pytest_asyncio.fixture(loop_scope="session")
async def nothing_closed(hub: SimHub) -> AsyncIterator[None]:
    yield
    for one in (await hub.api.get("/sites/ramsey/closures"))["items"]:
        await hub.api.delete(f"/sites/ramsey/closures/{one['id']}")
    for one in (await hub.api.get("/sites/ramsey/overrides"))["items"]:
        await hub.api.post(f"/overrides/{one['id']}/end", {})


async def _open(screens: Screens, size: tuple[int, int] = SMALL, **how: object) -> Screen:
    screen = await screens.new(size=size, **how)  # type: ignore[arg-type]
    await screen.open(PAGE)
    await expect(screen.page.get_by_label("Reason")).to_be_visible()
    return screen


async def _fill(screen: Screen, day: date, what: str = "Main hall", reason: str = "Floor sanding") -> None:
    await screen.page.get_by_label("What", exact=True).select_option(what)
    await screen.page.get_by_label("First day").fill(f"{day:%d/%m/%Y}")
    await screen.page.get_by_label("Reason").fill(reason)


def _affected(screen: Screen, title: str) -> Locator:
    return (
        screen.page.get_by_role("list", name="Bookings that it affects").get_by_role("listitem").filter(has_text=title)
    )


@pytest.mark.browser_full
async def test_what_was_done_takes_the_focus_also_where_its_part_comes_after_the_list(
    screens: Screens, nothing_closed: None
) -> None:
    screen = await _open(screens)
    page = screen.page
    awaited = {"closures", "overrides", "affected-bookings", "closure-batches"}
    closed, listed = asyncio.Event(), asyncio.Event()

    async def late(route: Route) -> None:
        await listed.wait()
        await page.evaluate("new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn)))")
        await route.continue_()

    def note(response: Response) -> None:
        what = urlsplit(response.url).path.rsplit("/")[-1]
        if closed.is_set():
            awaited.discard(what)
            if not awaited:
                listed.set()
        elif response.request.method == "POST" and what == "closure-batches":
            closed.set()

    await page.route("**/assets/UndoList*.js", late)
    page.on("response", note)
    await _fill(screen, DAY + timedelta(days=21))
    await expect(page.get_by_text("No booking is affected.")).to_be_visible()
    await page.get_by_role("button", name="Close Main hall").click()
    await screen.said("Main hall is closed.")
    await expect(page.get_by_role("group", name="What was done")).to_be_focused()
    await page.get_by_role("button", name="Undo it all").click()
    await screen.said(re.compile("All is undone"))


async def test_a_day_is_closed_each_booking_decided_on_and_all_undone(
    screens: Screens, hub: SimHub, nothing_closed: None
) -> None:
    choir = await book(hub, "Choir", DAY, "18:00", "20:00", space="hall")
    yoga = await book(hub, "Yoga", DAY, "09:00", "10:00", space="hall")
    code = (await hub.api.post(f"/bookings/{choir['id']}/code", {}))["codes"][0]["code"]
    screen = await _open(screens)
    page = screen.page
    await _fill(screen, DAY)
    await expect(page.get_by_role("heading", name="2 bookings are affected")).to_be_visible()
    assert (await hub.api.get("/sites/ramsey/closures"))["items"] == []
    await expect(_affected(screen, "Choir")).to_contain_text("Move to Meeting room, same time")
    await _affected(screen, "Yoga").get_by_role("button", name="Choose…").click()
    await page.get_by_label("Cancel it, and tell them").check()
    await expect(page.get_by_text("1 is moved, 1 is cancelled.")).to_be_visible()
    assert await faults(page, "decisions") == []
    assert await screen.sideways() <= 0
    await page.get_by_role("button", name="Close Main hall").click()
    await screen.said("Main hall is closed: 1 booking moved, 1 cancelled.")
    await expect(page.get_by_role("list", name="Closures")).to_contain_text("Thu 4 Feb")
    assert (await times(hub, choir["id"]))[0] == "meeting-room"
    assert (await hub.api.get(f"/bookings/{yoga['id']}"))["status"] == "cancelled"
    await page.get_by_role("button", name="Undo it all").click()
    await screen.said(re.compile("All is undone"))
    await expect(page.get_by_text("Nothing is closed, and no closure is planned.")).to_be_visible()
    assert await times(hub, choir["id"]) == ("hall", "18:00", "20:00")
    assert (await hub.api.get(f"/bookings/{yoga['id']}"))["status"] == "confirmed"
    assert (await hub.api.post(f"/bookings/{choir['id']}/code", {}))["codes"][0]["code"] == code


@pytest.mark.browser_full
async def test_a_reload_in_the_middle_keeps_the_form_and_the_decisions(screens: Screens, hub: SimHub) -> None:
    day = date(2027, 2, 11)
    await book(hub, "Bridge club", day, "18:00", "20:00", space="hall")
    screen = await _open(screens)
    await _fill(screen, day)
    await _affected(screen, "Bridge club").get_by_role("button", name="Choose…").click()
    await screen.page.get_by_label("It goes ahead anyway").check()
    await screen.page.reload()
    await expect(screen.page.get_by_label("Reason")).to_have_value("Floor sanding")
    await expect(screen.page.get_by_label("What", exact=True)).to_have_value("space:hall")
    await expect(_affected(screen, "Bridge club")).to_contain_text("It goes ahead anyway")


@pytest.mark.browser_full
async def test_what_is_missing_is_said_at_its_field_and_the_summary_takes_the_focus(screens: Screens) -> None:
    screen = await _open(screens)
    page = screen.page
    await page.get_by_role("button", name="Close the building", exact=True).press("Enter")
    await expect(page.get_by_role("alert").filter(has_text="Look at the fields that are marked.")).to_be_focused()
    await expect(page.get_by_text("Say on which day it begins.")).to_be_visible()
    await page.get_by_label("First day").fill("4/2/2027")
    await page.get_by_label("Last day").fill("3/2/2027")
    await page.get_by_role("button", name="Close the building", exact=True).press("Enter")
    await expect(page.get_by_label("Last day")).to_have_attribute("aria-invalid", "true")
    await expect(page.get_by_text("Choose a later day.")).to_be_visible()
    assert await faults(page, "faults") == []


@pytest.mark.browser_full
async def test_the_year_is_gone_through_by_keys_and_a_day_is_closed_from_it(
    screens: Screens, hub: SimHub, nothing_closed: None
) -> None:
    closure = {"reason": "Boiler", "spaces": ["studio"], "first": "2026-12-03", "last": "2026-12-03"}
    await hub.api.post("/sites/ramsey/closures?anyway=true", closure)
    screen = await screens.new(size=SMALL)
    await screen.open("/closures?site=ramsey")
    page = screen.page
    await page.get_by_role("link", name="The year", exact=True).click()
    today = page.get_by_role("button", name=re.compile("^Wednesday 25 Nov 2026: 10:00 to 14:00 staffed"))
    await today.press("PageDown")
    await expect(page.get_by_role("button", name=re.compile("^Tuesday 1 Dec 2026"))).to_be_focused()
    for _ in range(2):
        await page.keyboard.press("ArrowRight")
    third = page.get_by_role("button", name=re.compile("^Thursday 3 Dec 2026: Closed. Studio closed: Boiler"))
    await expect(third).to_be_focused()
    assert await faults(page, "year") == []
    assert await screen.sideways() <= 0
    await page.get_by_role("button", name="Close this day…").click()
    await expect(page.get_by_label("First day")).to_have_value("03/12/2026")
    await page.get_by_role("button", name="Close nothing").click()
    await page.get_by_role("link", name="As a table").click()
    row = page.get_by_role("row").filter(has_text="Thu 3 Dec")
    await expect(row).to_contain_text("Closed: Studio")
    assert await faults(page, "table") == []
    await page.get_by_role("link", name="The year 2027").click()
    await expect(page.get_by_role("row").filter(has_text="Easter Monday")).to_contain_text("Mon 29 Mar")
    await page.reload()
    await expect(page.get_by_role("heading", name="The year 2027")).to_be_visible()
    await page.get_by_role("link", name="As a calendar").click()
    await expect(page.get_by_role("button", name=re.compile("^Monday 29 Mar 2027: .*Bank holiday"))).to_be_visible()


@pytest.mark.browser_full
async def test_the_year_is_one_tab_stop_and_prints_on_one_landscape_sheet(screens: Screens) -> None:
    screen = await screens.new()
    page = screen.page
    await screen.open("/closures?site=ramsey&view=year&date=2028-02-01")
    days = page.get_by_role("group", name=re.compile("^Days of 2028"))
    await expect(days.get_by_role("button")).to_have_count(366)
    await expect(days.locator("button[tabindex='0']")).to_have_count(1)
    await expect(page.get_by_role("list", name="What the days show")).to_contain_text("School holiday")
    pdf = await page.pdf(prefer_css_page_size=True)
    ((width, height),) = re.findall(rb"/MediaBox \[0 0 ([\d.]+) ([\d.]+)\]", pdf)
    assert float(width) > float(height)


@pytest.mark.browser_full
async def test_a_building_without_hours_says_where_they_are_set(screens: Screens, hub: SimHub) -> None:
    before = await hub.api.get("/sites/ramsey/hours")
    nothing = before | {"pattern": [], "seasons": [], "exceptions": []}
    screen = await screens.new()
    await screen.page.route("**/api/v1/sites/ramsey/hours", lambda route: route.fulfill(json=nothing))
    await screen.page.route("**/api/v1/sites/ramsey/modes?*", lambda route: route.fulfill(json={"items": []}))
    await screen.open("/closures?site=ramsey&view=year")
    await expect(screen.page.get_by_text("No hours are set.")).to_be_visible()
    await screen.page.get_by_role("link", name="Set them at Buildings.").click()
    await expect(screen.page).to_have_url(re.compile(r"/buildings\?site=ramsey&view=hours$"))


@pytest.mark.browser_full
@pytest.mark.parametrize("width", [320, 1280])
async def test_the_year_has_no_fault_in_any_colours(screens: Screens, width: int) -> None:
    looks: tuple[tuple[Scheme, bool], ...] = (("light", False), ("dark", False), ("light", True))
    for scheme, forced in looks:
        screen = await screens.new(size=(width, 800), scheme=scheme, forced=forced)
        await screen.open("/closures?site=ramsey&view=year")
        await expect(screen.page.get_by_role("heading", name="December")).to_be_visible()
        assert await faults(screen.page, f"year {width} {scheme} {forced}") == []
        assert await screen.sideways() <= 0


@pytest.mark.browser_full
async def test_a_door_is_closed_for_hours_edited_and_removed(
    screens: Screens, hub: SimHub, nothing_closed: None
) -> None:
    screen = await _open(screens, (1280, 900))
    page = screen.page
    await page.get_by_label("What", exact=True).select_option("Front door")
    await page.get_by_label("Hours").check()
    await page.get_by_label("From", exact=True).fill("26/11")
    await page.get_by_label("At", exact=True).fill("9")
    await page.get_by_label("Until", exact=True).fill("11:30")
    await page.get_by_label("Reason").fill("New lock")
    await expect(page.get_by_role("region", name="What it affects")).to_contain_text(re.compile("affected"))
    await page.get_by_role("button", name="Close Front door").click()
    listed = page.get_by_role("list", name="Closures")
    await expect(listed).to_contain_text("Thu 26 Nov, 09:00 to 11:30")
    await listed.get_by_role("button", name="Edit…").click()
    await expect(page.get_by_role("heading", name="Change: Front door")).to_be_focused()
    await page.get_by_label("Until", exact=True).fill("12:00")
    await expect(page.get_by_role("region", name="What it affects")).to_contain_text(re.compile("affected"))
    await page.get_by_role("button", name="Save the change").click()
    await expect(listed).to_contain_text("Thu 26 Nov, 09:00 to 12:00")
    await listed.get_by_role("button", name="Remove…").click()
    await listed.get_by_role("button", name="Remove it").click()
    await expect(page.get_by_text("Nothing is closed, and no closure is planned.")).to_be_visible()


@pytest.mark.browser_full
@pytest.mark.parametrize(
    ("scheme", "forced", "width"),
    [("light", False, 320), ("dark", False, 360), ("light", True, 1280), ("dark", False, 1920)],
)
async def test_the_page_is_accessible_in_every_way(
    screens: Screens, hub: SimHub, scheme: Scheme, forced: bool, width: int
) -> None:
    day = date(2027, 2, 18)
    chess = await book(hub, f"Chess {width}", day, "18:00", "19:00", space="hall")
    screen = await _open(screens, (width, 800), scheme=scheme, forced=forced)
    assert await faults(screen.page, "empty") == []
    await _fill(screen, day)
    await _affected(screen, "Chess").first.get_by_role("button", name="Choose…").first.click()
    assert await faults(screen.page, "decisions") == []
    assert await screen.sideways() <= 0
    await decide(hub, chess, "cancel")


@pytest.mark.browser_full
async def test_what_is_decided_for_a_date_goes_for_its_series_and_the_list_prints_whom_to_ring(
    screens: Screens, hub: SimHub, nothing_closed: None
) -> None:
    day = DAY + timedelta(days=70)
    body = {
        "space": "hall",
        "title": "Weekly tea",
        "first_starts": f"{day}T14:00",
        "first_ends": f"{day}T16:00",
        "rule": "FREQ=DAILY;COUNT=3",
        "people": 12,
        "contact_name": "Mary Holloway",
        "contact_phone": "01632 960 100",
    }
    await hub.api.post("/sites/ramsey/series", body)
    await book(hub, "By mail", day, "10:00", "11:00", space="hall", contact_email="rosa@hub.test")
    screen = await _open(screens)
    page = screen.page
    await page.get_by_label("Last day").fill(f"{day + timedelta(days=2):%d/%m/%Y}")
    await _fill(screen, day, reason="New urn")
    await expect(page.get_by_role("heading", name="4 bookings are affected")).to_be_visible()
    tea = _affected(screen, "Weekly tea")
    await tea.first.get_by_role("button", name="Choose…").click()
    await tea.first.get_by_label("Cancel it, and tell them").check()
    await page.get_by_role("button", name="The same for all 3 dates of Weekly tea").click()
    for n in range(3):
        await expect(tea.nth(n)).to_contain_text("Cancel it, and tell them")
        await expect(tea.nth(n)).to_contain_text("No mail address: ring 01632 960 100")
    await expect(_affected(screen, "By mail")).not_to_contain_text("ring")
    assert await faults(page, "series") == []
    await page.emulate_media(media="print")
    await expect(page.get_by_role("button", name="Print the list")).to_be_hidden()
    await expect(tea.first).to_contain_text("01632 960 100")
    await page.emulate_media(media="screen")
    await page.get_by_role("button", name="Close Main hall").click()
    await page.get_by_role("button", name=re.compile("Make it final…")).click()
    await expect(page.get_by_text("It can then no longer be undone")).to_be_visible()
    await page.get_by_role("button", name="Make it final", exact=True).click()
    await screen.said("It is final. Who waited for the freed time is told now.")
    await expect(page.get_by_role("button", name=re.compile("Undo it all.*New urn"))).to_be_hidden()
