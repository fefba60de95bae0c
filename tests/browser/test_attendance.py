"""A manager reads who came to each booking, and what of it is not known."""

import re

import pytest
from playwright.async_api import Route, expect

from tests.browser.axe import faults
from tests.browser.screen import PHONE, Screens

pytestmark = pytest.mark.asyncio(loop_scope="session")

NO_COUNTER = "there is no counter at Side door"


def _when(at: str | None, how: str = "known", text: str = "") -> dict[str, object]:
    return {"how": how, "at": at and f"2026-11-12T{at}:00+00:00", "text": text}


def _count(number: int | None, how: str = "known", *, error: int = 0, text: str = "") -> dict[str, object]:
    return {"how": how, "number": number, "error": error, "text": text}


def _booking(name: str, **own: object) -> dict[str, object]:
    """A booking of an evening of which nothing is known but what ``own`` has."""
    blank = _count(None, "not_measured", text=NO_COUNTER)
    nothing = _when(None, "not_measured", NO_COUNTER)
    counts = dict.fromkeys(("codes_used", "came", "let_ins", "peak", "overstay"), blank)
    times = dict.fromkeys(("first_code", "first_person", "arrived", "left"), nothing)
    unsure = {"finding": "not_measured", "text": NO_COUNTER}
    verdicts = {"no_show": unsure, "over_capacity": unsure}
    fixed = {
        "booking": name,
        "space": "hall",
        "space_name": "Main hall",
        "title": name,
        "party": "choir",
        "party_name": "Village choir",
        "starts": "2026-11-12T18:00:00+00:00",
        "ends": "2026-11-12T20:00:00+00:00",
        "status": "finished",
        "people": 30,
        "capacity": 40,
        "code_on": _when("17:30", text="Front door had the code"),
        "shared": [],
    }
    return fixed | counts | times | verdicts | own


FULL = _booking(
    "Ceilidh",
    first_code=_when("17:50"),
    first_person=_when("17:51"),
    arrived=_when("17:50"),
    codes_used=_count(2),
    came=_count(52, error=2),
    let_ins=_count(50, error=2),
    peak=_count(51, error=2),
    left=_when("20:25"),
    overstay=_count(25),
    no_show={"finding": "no", "text": ""},
    over_capacity={"finding": "yes", "text": "51 ± 2 people where 40 may be"},
    shared=["Front door leads to Studio too."],
)
UNBOOKED = {
    "space": "hall",
    "space_name": "Main hall",
    "starts": "2026-11-12T10:00:00+00:00",
    "ends": "2026-11-12T10:40:00+00:00",
    "people": 3,
    "own_key": True,
    "text": "3 came in and movement",
}
FOUND = {
    "starts": "2026-11-12T00:00:00+00:00",
    "ends": "2026-11-13T00:00:00+00:00",
    "until": "2026-11-13T00:00:00+00:00",
    "items": [FULL, _booking("Chess", space="studio", space_name="Studio", party=None, party_name=None)],
    "hidden": 2,
    "unbooked": [UNBOOKED],
    "rooms": [{"space": "hall", "space_name": "Main hall", "coverage": 0.95}],
    "unbooked_shown": True,
}


async def test_each_booking_has_a_line_that_says_what_is_known_and_what_is_not(screens: Screens) -> None:
    screen = await screens.new(size=PHONE)
    page = screen.page

    async def answer(route: Route) -> None:
        await route.fulfill(json=FOUND)

    await page.route("**/api/v1/sites/ramsey/attendance?*", answer)
    await screen.open("/use?site=ramsey&view=attendance&date=2026-11-12")
    await expect(page.get_by_role("heading", name="Thursday 12 Nov 2026")).to_be_visible()
    await expect(page.get_by_text("2 bookings: 1 arrived, 0 where nobody came, 1 not known.")).to_be_visible()
    await expect(page.get_by_text("2 bookings are not shown to you.")).to_be_visible()
    bookings = page.get_by_role("region", name="Bookings", exact=True)
    full = bookings.get_by_role("row", name=re.compile("Ceilidh")).get_by_role("cell")
    await expect(full.nth(2)).to_contain_text("code 17:50")
    await expect(full.nth(3)).to_have_text("51 ± 2")
    await expect(full.nth(6)).to_have_text("25 min")
    await expect(full.nth(8)).to_have_text("yes")
    await expect(full.nth(9)).to_have_text("Nothing")
    chess = bookings.get_by_role("row", name=re.compile("Chess")).get_by_role("cell")
    await expect(chess.nth(3)).to_have_text("not measured")
    await expect(chess.nth(9)).to_contain_text("There is no counter at Side door (first code, ")
    unbooked = page.get_by_role("region", name="Used without a booking", exact=True).last
    await expect(unbooked.get_by_role("row", name=re.compile("Main hall"))).to_contain_text("3 came in and movement")
    await expect(page.get_by_text("Main hall 95 %")).to_be_visible()
    assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert await faults(page, "attendance") == []
    await page.get_by_label("Which bookings").select_option("Over capacity")
    await expect(chess).to_have_count(0)
    await page.get_by_label("Room").select_option("Studio")
    await expect(page.get_by_text("No booking of this time is like that.")).to_be_visible()
    await page.go_back()
    await page.get_by_role("link", name="Ceilidh").click()
    await expect(page.get_by_text("51 ± 2 people where 40 may be")).to_be_visible()
    await expect(page.get_by_text("Front door leads to Studio too.")).to_be_visible()
    assert await faults(page, "attendance of one booking") == []
    await page.get_by_role("link", name="All bookings of Thursday 12 Nov 2026").click()
    await expect(bookings).to_be_visible()


@pytest.mark.browser_full
async def test_attendance_is_opened_from_the_page_of_use_and_saved_as_a_file(screens: Screens) -> None:
    screen = await screens.new()
    page = screen.page
    await screen.open("/use?site=ramsey&date=2026-11-12")
    await page.get_by_role("link", name="Attendance").click()
    await expect(page.get_by_text("Nothing was booked in this time.")).to_be_visible()
    async with page.expect_download() as saved:
        await page.get_by_role("link", name="Save all as CSV").click()
    assert "about,space,title" in (await (await saved.value).path()).read_text(encoding="utf-8-sig")
    await page.get_by_role("link", name="Month").click()
    await expect(page.get_by_role("heading", name="Nov 2026")).to_be_visible()
    assert await faults(page, "attendance of the demo") == []
