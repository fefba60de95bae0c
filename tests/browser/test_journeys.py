"""Three journeys need no more steps, fields and seconds than docs/journeys.md says, and six work by keys alone."""

import re
from collections.abc import AsyncIterator
from datetime import date, timedelta

import pytest
import pytest_asyncio
from playwright.async_api import expect

from firmware_sim.hub_processes import SimHub
from tests.browser.booked import account, ask, book, times, titled
from tests.browser.journeys import Hand, Keys, written
from tests.browser.mailed import mailed
from tests.browser.screen import PHONE, Screen, Screens

pytestmark = pytest.mark.asyncio(loop_scope="session")

HOUR_PX = 84
PASSWORD = "nine patient herons"
LEADER = "Hana of the choir"
PARTY = "journey-choir"
TERM = {
    "id": "spring",
    "name": "Spring term",
    "first": "2027-01-04",
    "last": "2027-03-25",
    "breaks": [{"name": "Half-term", "first": "2027-02-15", "last": "2027-02-19"}],
}
HALF_TERM = date(2027, 2, 18)
REASON = "Floor varnish"


@pytest_asyncio.fixture(loop_scope="session", scope="module")
async def choir(hub: SimHub, own_diary: None) -> AsyncIterator[None]:
    """A choir that may book the studio at once."""
    await hub.api.put("/sites/ramsey/policy", {"rules": [{"name": "Studio", "spaces": ["studio"]}]})
    await hub.api.put(f"/parties/{PARTY}", {"kind": "group", "name": "Journey Choir"})
    await account(hub, LEADER, PASSWORD, "group_leader", PARTY)
    yield
    await hub.api.put("/sites/ramsey/policy", {})


@pytest_asyncio.fixture(loop_scope="session", scope="module")
async def terms(hub: SimHub) -> AsyncIterator[None]:
    await hub.api.put("/sites/ramsey/terms", {"terms": [TERM]})
    yield
    await hub.api.put("/sites/ramsey/terms", {"terms": []})


@pytest_asyncio.fixture(loop_scope="session")
async def nothing_closed(hub: SimHub) -> AsyncIterator[None]:
    """What a test here has closed is undone afterwards."""
    yield
    for one in (await hub.api.get("/sites/ramsey/closure-batches"))["items"]:
        if one["reason"] == REASON:
            await hub.api.post(f"/sites/ramsey/closure-batches/{one['id']}/undo", {})


async def _draw_evening(screen: Screen, hand: Hand, day: date, room: str) -> None:
    """Go to a day, and draw from 18:00 to 20:00 over the free time of a room."""
    await hand.write(screen.page.get_by_label("Go to date"), f"{day:%d/%m/%Y}")
    await hand.enter()
    await expect(screen.page).to_have_url(re.compile(f"date={day}"))
    free = screen.free(room)
    await expect(free.first).to_be_visible()
    await screen.reach(room)
    opens = re.search(r"(\d\d):(\d\d)", await free.first.get_attribute("aria-label") or "")
    assert opens is not None
    from_px = (18 - int(opens[1]) - int(opens[2]) / 60) * HOUR_PX
    await hand.draw(free.first, from_px + 3, from_px + 2 * HOUR_PX - 3)
    await expect(screen.panel.get_by_label("What for")).to_be_focused()
    await expect(screen.panel.get_by_label("From")).to_have_value("18:00")
    await expect(screen.panel.get_by_label("To", exact=True)).to_have_value("20:00")


def _kept(hand: Hand, journey: str) -> None:
    print(hand.report(journey))  # noqa: T201
    most, are = written(journey), hand.counts
    assert are.steps <= most.steps
    assert are.fields <= most.fields
    assert are.seconds <= most.seconds


async def test_a_manager_books_one_evening(screens: Screens, hub: SimHub) -> None:
    day = date(2026, 12, 10)
    screen = await screens.new()
    await screen.open("/diary?site=ramsey")
    await expect(screen.page.get_by_role("grid")).to_be_visible()
    hand = Hand(screen.page)
    await _draw_evening(screen, hand, day, "Main hall")
    await hand.write(screen.panel.get_by_label("What for"), "Bell ringers")
    await hand.enter()
    await expect(screen.panel.get_by_role("heading", name="Bell ringers")).to_be_focused()
    made = await titled(hub, "Bell ringers", day)
    assert made is not None
    assert await times(hub, made["id"]) == ("hall", "18:00", "20:00")
    _kept(hand, "one evening, by a manager")


async def test_a_group_books_one_evening(screens: Screens, hub: SimHub, choir: None) -> None:
    day = date(2026, 12, 17)
    screen = await screens.new(signed_in=False, size=PHONE)
    page = screen.page
    await screen.open("/find")
    await page.get_by_label("Name").fill(LEADER)
    await page.get_by_label("Password").fill(PASSWORD)
    await page.get_by_role("button", name="Sign in").click()
    heading = page.get_by_role("heading", level=1)
    await expect(heading).to_have_text("When?")
    hand = Hand(page)
    await hand.write(page.get_by_label("Day", exact=True), f"{day:%d%m%y}")
    await hand.write(page.get_by_label("From", exact=True), "18")
    await hand.write(page.get_by_label("To", exact=True), "20")
    await hand.enter()
    await expect(heading).to_have_text("How many people come?")
    await expect(heading).to_be_focused()
    await hand.write(page.get_by_label("People", exact=True), "18")
    await hand.press(page.get_by_role("button", name="Skip to the spaces"))
    await expect(heading).to_have_text("Which one?")
    await hand.press(page.get_by_role("list", name="Spaces that fit").get_by_role("button", name=re.compile("^Studio")))
    await hand.press(page.get_by_role("button", name="Book it"))
    await expect(heading).to_have_text("Booked")
    made = await titled(hub, "Journey Choir", day)
    assert made is not None
    assert await times(hub, made["id"]) == ("studio", "18:00", "20:00")
    _kept(hand, "one evening, by a group")


@pytest.mark.browser_full
async def test_a_term_is_booked_with_a_half_term_gap(screens: Screens, hub: SimHub, terms: None) -> None:
    first, last = date(2027, 1, 7), date(2027, 3, 25)
    screen = await screens.new()
    await screen.open("/diary?site=ramsey")
    await expect(screen.page.get_by_role("grid")).to_be_visible()
    hand, panel = Hand(screen.page), screen.panel
    await _draw_evening(screen, hand, first, "Main hall")
    await hand.write(panel.get_by_label("What for"), "Folk dance")
    await hand.choose(panel.get_by_label("Repeats"), "Every week")
    await hand.write(panel.get_by_label("Last date"), f"{last:%d/%m/%Y}")
    await hand.tick(panel.get_by_label("In school terms only"))
    await hand.press(panel.get_by_role("button", name="Book 11 dates"))
    await screen.said(re.compile("^11 dates booked for Folk dance"))
    made = await titled(hub, "Folk dance", first)
    assert made is not None
    dates = [one for one in (await hub.api.get(f"/series/{made['series']}"))["dates"] if one["booking"]]
    booked = [await hub.api.get(f"/bookings/{one['booking']}") for one in dates]
    weekly = [first + timedelta(weeks=n) for n in range(12)]
    assert [one["starts"][:16] for one in booked] == [f"{day}T18:00" for day in weekly if day != HALF_TERM]
    assert {(one["space"], one["status"]) for one in booked} == {("hall", "confirmed")}
    _kept(hand, "a term with a half-term gap")


@pytest.mark.browser_full
async def test_a_week_is_closed_and_all_are_rehoused(screens: Screens, hub: SimHub, nothing_closed: None) -> None:
    monday = date(2027, 4, 12)
    days = [monday + timedelta(days=n) for n in range(5)]
    made = [
        await book(hub, f"Class {day:%a}", day, "18:00", "20:00", space="hall", contact_email=f"{day:%a}@example.org")
        for day in days
    ]
    screen = await screens.new()
    page = screen.page
    await screen.open("/diary?site=ramsey")
    await expect(page.get_by_role("grid")).to_be_visible()
    hand = Hand(page)
    await hand.press(page.get_by_role("navigation", name="Pages").get_by_role("link", name="Closures"))
    await hand.press(page.get_by_role("button", name="Close something…"))
    await expect(page.get_by_role("heading", name="Close the building")).to_be_focused()
    await hand.choose(page.get_by_label("What", exact=True), "Main hall")
    await hand.write(page.get_by_label("First day"), f"{days[0]:%d/%m/%Y}")
    await hand.write(page.get_by_label("Last day"), f"{days[-1]:%d/%m/%Y}")
    await hand.write(page.get_by_label("Reason"), REASON)
    await expect(page.get_by_text("5 are moved.")).to_be_visible()
    await hand.enter()
    await screen.said("Main hall is closed: 5 bookings moved.")
    _kept(hand, "a week closed, all rehoused")
    for booking in made:
        now = await hub.api.get(f"/bookings/{booking['id']}")
        assert now["status"] == "confirmed"
        assert now["space"] not in {"hall", "hall-east", "hall-west"}
        assert now["starts"] == booking["starts"]
    for day in days:
        assert "Meeting room" in await mailed(hub, f"{day:%a}@example.org")


@pytest.mark.browser_full
async def test_by_keys_alone_a_booking_is_made_moved_and_cancelled(screens: Screens, hub: SimHub) -> None:
    day = date(2027, 4, 27)
    screen = await screens.new()
    await screen.diary(day)
    keys = Keys(screen.page)
    await keys.to("gridcell /^Free, 00:00/")
    await keys.press("ArrowRight")
    await keys.at("gridcell /^Free, 10:00/")
    await keys.press("Enter")
    await keys.at('textbox "What for"')
    await keys.type("Quilt circle")
    await keys.press("Enter")
    await keys.at('heading "Quilt circle"')
    await screen.said("Booked Quilt circle, Tue 27 Apr, 10:00 to 11:00.")
    made = await titled(hub, "Quilt circle", day)
    assert made is not None

    await keys.press("Escape")
    await keys.at("gridcell /^Quilt circle, 10:00 to 11:00, Confirmed/")
    await keys.press("m", *["ArrowRight"] * 4)
    await screen.said(re.compile("Tue 27 Apr, 11:00 to 12:00, free"))
    await keys.press("Enter")
    await screen.said(re.compile("^Moved. Quilt circle: .*, Tue 27 Apr, 11:00 to 12:00"))
    await keys.at("gridcell /^Quilt circle, 11:00 to 12:00/")
    assert (await times(hub, made["id"]))[1:] == ("11:00", "12:00")

    await keys.press("Enter")
    await keys.at('heading "Quilt circle"')
    await keys.to('button "Cancel…"')
    await keys.press("Enter")
    await keys.to('button "Cancel the booking"')
    await keys.press("Enter")
    await screen.said("Cancelled Quilt circle.")
    assert (await hub.api.get(f"/bookings/{made['id']}"))["status"] == "cancelled"
    await keys.to('button "Undo"', back=True)


@pytest.mark.browser_full
async def test_by_keys_alone_a_leader_moves_and_cancels_what_she_has_booked(
    screens: Screens, hub: SimHub, choir: None
) -> None:
    day = date(2027, 4, 29)
    leader, party = "Ida of the consort", "journey-consort"  # which has booked nothing else
    await hub.api.put(f"/parties/{party}", {"kind": "group", "name": "Journey Consort"})
    await account(hub, leader, PASSWORD, "group_leader", party)
    made = await book(hub, "Motets", day, "10:00", "11:00", party=party)
    screen = await screens.new(size=PHONE, signed_in=False)
    await screen.open("/my-bookings")
    await screen.page.get_by_label("Name").fill(leader)
    await screen.page.get_by_label("Password").fill(PASSWORD)
    await screen.page.keyboard.press("Enter")
    await expect(screen.page.get_by_text("Door code")).to_be_visible()
    keys = Keys(screen.page)
    await keys.to("button /^Change, cancel and more/")
    await keys.press("Enter")
    await keys.to('button "Move…"')
    await keys.press("Enter")
    await keys.at("heading /^Move. Motets/")
    await keys.to('textbox "From"')
    await keys.type("12:00")
    await keys.to('textbox "To"')
    await keys.type("13:00")
    await expect(screen.page.get_by_text("It is free then, and confirmed at once.")).to_be_visible()
    await keys.to('button "Move it"')
    await keys.press("Enter")
    await screen.said("Moved: Motets, Thu 29 Apr, 12:00 to 13:00.")
    assert (await times(hub, made["id"]))[1:] == ("12:00", "13:00")
    await keys.to('button "Cancel…"')
    await keys.press("Enter")
    await keys.to('button "Cancel the booking"')
    await keys.press("Enter")
    await screen.said(re.compile("^Cancelled Motets"))
    assert (await hub.api.get(f"/bookings/{made['id']}"))["status"] == "cancelled"


@pytest.mark.browser_full
async def test_by_keys_alone_a_request_is_approved(screens: Screens, hub: SimHub) -> None:
    day = date(2027, 4, 28)
    asked = await ask(hub, "Madrigals", day, "10:00", "12:00", space="hall")
    screen = await screens.new()
    await screen.open("/diary?site=ramsey&view=requests")
    await expect(screen.page.get_by_role("button", name="Approve Madrigals")).to_be_visible()
    keys = Keys(screen.page)
    await keys.to('button "Madrigals"')
    await keys.to('button "Approve Madrigals"')
    await keys.press("Enter")
    await screen.said(re.compile("^Approved Madrigals"))
    assert (await hub.api.get(f"/bookings/{asked['id']}"))["status"] == "confirmed"


@pytest.mark.browser_full
async def test_by_keys_alone_a_week_is_closed(screens: Screens, hub: SimHub, nothing_closed: None) -> None:
    made = await book(hub, "Lace makers", date(2027, 5, 5), "18:00", "20:00", space="hall")
    screen = await screens.new()
    await screen.open("/closures?site=ramsey")
    await expect(screen.page.get_by_role("button", name="Close something")).to_be_visible()
    keys = Keys(screen.page)
    await keys.to('button "Close something…"')
    await keys.press("Enter")
    await keys.at('heading "Close the building, a room or a door"')
    await keys.to('combobox "What"')
    await keys.type("Main")
    await keys.to('textbox "First day"')
    await keys.type("03/05/2027")
    await keys.to('textbox "Last day"')
    await keys.type("09/05/2027")
    await keys.to('textbox "Reason"')
    await keys.type(REASON)
    await expect(screen.page.get_by_role("status").filter(has_text="1 booking is affected")).to_be_visible()
    await expect(screen.page.get_by_text("1 is moved.")).to_be_visible()
    await keys.to("button /^Choose… for Lace makers/")
    await keys.to('button "Close Main hall"')
    await keys.press("Enter")
    await screen.said("Main hall is closed: 1 booking moved.")
    await keys.at('group "What was done"')
    await keys.to("button /^Undo it all/", most=1)
    assert (await times(hub, made["id"]))[0] == "meeting-room"
