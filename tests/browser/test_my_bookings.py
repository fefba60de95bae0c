"""A group's leader looks after its bookings on a phone: the code, moving, cancelling, booking again."""

import re
from collections.abc import AsyncIterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import Locator, Route, expect

from firmware_sim.hub_processes import SimHub
from tests.browser.axe import faults
from tests.browser.booked import account, book, decide, on_the_door, times
from tests.browser.screen import Scheme, Screen, Screens
from tests.digits import says

pytestmark = pytest.mark.asyncio(loop_scope="session")

PASSWORD = "fifteen calm rivers"
PARTY = "tide-choir"
LEADER, MEMBER = "Tess of the choir", "Mo of the choir"
SMALL = (360, 740)
FRIDAY, MONDAY = date(2026, 11, 27), date(2026, 11, 30)
TERMS = {"steps": [{"days": 7, "percent": 0}], "late_percent": 50, "no_show_percent": 100, "released_percent": 100}


@pytest_asyncio.fixture(loop_scope="session", scope="module")
async def choir(hub: SimHub, own_diary: None) -> AsyncIterator[dict[str, Any]]:
    """A choir with a leader and a member: its next booking, one at another site, a term and a request."""
    tariffs = {"rates": [{"name": "Hall", "spaces": ["hall"], "per_hour_pence": 1200}]}
    await hub.api.put("/sites/ramsey/tariffs", tariffs | {"cancelling": [TERMS | {"name": "usual"}]})
    await hub.api.put(f"/parties/{PARTY}", {"kind": "group", "name": "Tide Choir"})
    for role, name in (("group_leader", LEADER), ("group_member", MEMBER)):
        await account(hub, name, PASSWORD, role, PARTY)
    made = await book(hub, "Choir practice", FRIDAY, "18:00", "20:00", space="hall", party=PARTY)
    await book(hub, "Youth choir", date(2026, 12, 5), "10:00", "12:00", site="march", space="hall", party=PARTY)
    term = {"first_starts": "2026-12-01T19:00", "first_ends": "2026-12-01T20:30", "rule": "FREQ=WEEKLY;COUNT=3"}
    await hub.api.post("/sites/ramsey/series", {"space": "hall", "title": "Tuesday singers", "party": PARTY} | term)
    asked = {"space": "studio", "title": "Sectionals", "starts": "2026-12-02T10:00", "ends": "2026-12-02T11:00"}
    await hub.api.post("/sites/ramsey/bookings", asked | {"party": PARTY, "by_rules": True})
    await on_the_door(hub, made)
    yield made
    await hub.api.put("/sites/ramsey/tariffs", {})


@pytest_asyncio.fixture(loop_scope="session")
async def all_confirmed(hub: SimHub) -> AsyncIterator[None]:
    await hub.api.put("/sites/ramsey/policy", {"rules": [{"name": "All"}]})
    yield
    await hub.api.put("/sites/ramsey/policy", {})


async def _answered_with(screen: Screen, **fields: object) -> None:
    """The page is made to hear other fields of its first booking."""

    async def other(route: Route) -> None:
        response = await route.fetch()
        body = await response.json()
        body["items"][0].update(fields)
        await route.fulfill(response=response, json=body)

    await screen.page.route("**/my/bookings?over=false*", other)


async def _signed_in(
    screens: Screens,
    name: str = LEADER,
    path: str = "/",
    *,
    scheme: Scheme = "light",
    forced: bool = False,
    size: tuple[int, int] = SMALL,
) -> Screen:
    screen = await screens.new(signed_in=False, scheme=scheme, forced=forced, size=size)
    await screen.open(path)
    await screen.page.get_by_label("Name").fill(name)
    await screen.page.get_by_label("Password").fill(PASSWORD)
    await screen.page.get_by_role("button", name="Sign in").click()
    await expect(screen.page.get_by_role("heading", level=1)).to_have_text("My bookings")
    return screen


def _next(screen: Screen, title: str = "Choir practice") -> Locator:
    return screen.page.get_by_role("region", name=title)


def _row(screen: Screen, words: str) -> Locator:
    return screen.page.get_by_role("button", name=re.compile(words))


async def _open_next(screen: Screen) -> None:
    await _next(screen).get_by_role("button", name="Change, cancel and more").click()
    await expect(_next(screen).get_by_role("button", name="Cancel…")).to_be_visible()


async def test_who_is_only_in_a_group_lands_on_the_next_code(screens: Screens, choir: dict[str, Any]) -> None:
    screen = await _signed_in(screens)
    await expect(screen.page).to_have_url(re.compile(r"/my-bookings"))
    top, code = _next(screen), choir["code"]
    await expect(top).to_contain_text("Fri 27 Nov, 18:00 to 20:00")
    await expect(top.get_by_text(f"{code[:3]} {code[3:]}", exact=True)).to_be_in_viewport()
    await expect(top).to_contain_text("Opens Fri 27 Nov, 17:45 to 20:15")
    await expect(top.get_by_role("list", name="Is the code on the doors")).to_contain_text(
        re.compile(r"on the door since \d\d:\d\d")
    )
    await expect(top).to_contain_text("Main hall, Ramsey Hub")
    await expect(top.get_by_role("link", name=re.compile("^Ring"))).to_have_attribute("href", re.compile(r"^tel:\d+$"))
    coming = screen.page.get_by_role("region", name="To come")
    await expect(coming).to_contain_text("3 dates, Tue 1 Dec to Tue 15 Dec, 19:00 to 20:30")
    await expect(coming).to_contain_text("Youth choir")
    await expect(screen.page.get_by_role("region", name="Waiting for a decision")).to_contain_text("Sectionals")


@pytest.mark.browser_full
@pytest.mark.parametrize(
    ("scheme", "forced", "width"),
    [
        ("dark", False, 320),
        pytest.param("light", False, 360, marks=pytest.mark.browser_full),
        pytest.param("light", True, 360, marks=pytest.mark.browser_full),
    ],
)
async def test_the_page_and_all_that_opens_on_it_is_accessible(
    screens: Screens, choir: dict[str, Any], scheme: Scheme, forced: bool, width: int
) -> None:
    screen = await _signed_in(screens, scheme=scheme, forced=forced, size=(width, 740))
    page = screen.page
    await expect(_next(screen)).to_be_visible()
    assert await faults(page, "my bookings") == []
    await _open_next(screen)
    await _next(screen).get_by_role("button", name="Cancel…").click()
    await expect(page.get_by_text("Cancelled now, £")).to_be_visible()
    assert await faults(page, "cancel") == []
    await page.get_by_text("Tuesday singers").first.click()
    await _row(screen, "Tue 8 Dec").click()
    await page.get_by_role("button", name="Move…").click()
    await page.get_by_label("This and the following dates").check()
    await page.get_by_label("From", exact=True).fill("18:30")
    await expect(page.get_by_role("list", name="What becomes of each date")).to_contain_text(
        "Tue 15 Dec, 18:30 to 20:30"
    )
    await page.get_by_text("In your calendar").click()
    await expect(page.get_by_role("button", name="Download all as a calendar file")).to_be_visible()
    assert await faults(page, "move") == []
    assert await screen.sideways() == 0


@pytest.mark.browser_full
async def test_a_move_names_clash_and_price_before_it_is_saved(
    screens: Screens, hub: SimHub, choir: dict[str, Any]
) -> None:
    moved = await book(hub, "Small group", MONDAY, "08:00", "09:00", space="hall", party=PARTY)
    await book(hub, "Quiz night", MONDAY, "20:45", "22:00", space="hall")
    screen = await _signed_in(screens, path=f"/my-bookings?booking={moved['id']}")
    page = screen.page
    await page.get_by_role("button", name="Move…").click()
    await expect(page.get_by_role("heading", name="Move: Small group")).to_be_focused()
    await page.get_by_label("From", exact=True).fill("21:00")
    await page.get_by_label("To", exact=True).fill("22:00")
    await expect(page.get_by_role("list", name="Why it cannot be booked like this")).to_contain_text("taken")
    await expect(page.get_by_text("What would fit instead")).to_be_visible()
    await page.get_by_label("Day", exact=True).fill("31/2/2026")
    await page.get_by_role("button", name="Move it").click()
    await expect(page.get_by_text("Write the day as 26/11/2026.")).to_be_visible()
    await page.get_by_label("Day", exact=True).fill("1/12/2026")
    await page.get_by_label("To", exact=True).fill("22:30")
    await expect(page.get_by_text("Until then your booking is not confirmed and its door code stops")).to_be_visible()
    await expect(page.get_by_text("Price: £18.00")).to_be_visible()
    assert await times(hub, moved["id"]) == ("hall", "08:00", "09:00")
    await page.get_by_role("button", name="Move it").click()
    await screen.said("Moved, and it waits for a decision: Small group, Tue 1 Dec, 21:00 to 22:30.")
    assert await times(hub, moved["id"]) == ("hall", "21:00", "22:30")
    assert (await hub.api.get(f"/bookings/{moved['id']}"))["status"] == "held"
    await expect(page.get_by_role("button", name="Undo")).to_have_count(0)
    await decide(hub, moved, "cancel")


@pytest.mark.browser_full
async def test_a_move_that_stays_confirmed_is_undone_unless_somebody_changed_it_since(
    screens: Screens, hub: SimHub, choir: dict[str, Any], all_confirmed: None
) -> None:
    """Over two days, which it keeps."""
    day, after = date(2026, 12, 10), date(2026, 12, 12)
    made = await book(hub, "Retreat", day, "18:00", "12:00", last=after, space="studio", party=PARTY)
    screen = await _signed_in(screens, path=f"/my-bookings?booking={made['id']}")
    screen.excuse("409", "Failed to load resource")
    page = screen.page

    async def move(starts: str) -> None:
        await page.get_by_role("button", name="Move…").click()
        await expect(page.get_by_text("Saturday 12 Dec 2026")).to_be_visible()
        await page.get_by_label("From", exact=True).fill(starts)
        await expect(page.get_by_text("It is free then, and confirmed at once.")).to_be_visible()
        await page.get_by_role("button", name="Move it").click()
        await screen.said(f"Moved: Retreat, Thu 10 Dec, {starts} to Sat 12 Dec 12:00.")

    await move("17:00")
    await page.get_by_role("button", name="Undo").click()
    await screen.said("Retreat is back where it was.")
    found = await hub.api.get(f"/bookings/{made['id']}")
    assert (found["starts"], found["ends"], found["status"]) == (made["starts"], made["ends"], "confirmed")
    await move("16:00")
    await hub.api.patch(f"/bookings/{made['id']}", {"people": 9})
    await page.get_by_role("button", name="Undo").click()
    await screen.said(re.compile("^Not moved back: "))
    assert (await times(hub, made["id"]))[1] == "16:00"
    await decide(hub, made, "cancel")


@pytest.mark.browser_full
async def test_cancelling_by_keyboard_names_the_charge_first_and_can_be_undone(
    screens: Screens, hub: SimHub, choir: dict[str, Any]
) -> None:
    screen = await _signed_in(screens)
    page, top = screen.page, _next(screen)
    await top.get_by_role("button", name="Change, cancel and more").press("Enter")
    await top.get_by_role("button", name="Cancel…").press("Enter")
    await expect(top.get_by_text("Cancel Choir practice, Fri 27 Nov, 18:00 to 20:00?")).to_be_visible()
    await expect(top.get_by_text("Cancelled now, £12.00 is charged.")).to_be_visible()
    assert (await hub.api.get(f"/bookings/{choir['id']}"))["status"] == "confirmed"
    await top.get_by_role("button", name="Cancel the booking").press("Enter")
    await screen.said(re.compile("^Cancelled Choir practice."))
    await expect(_next(screen, "Tuesday singers")).to_be_visible()
    await expect(page.get_by_text("Not taking place")).to_be_visible()
    await page.get_by_role("button", name="Undo").press("Enter")
    await screen.said("Choir practice is back.")
    assert (await hub.api.get(f"/bookings/{choir['id']}"))["status"] != "cancelled"
    if (await hub.api.get(f"/bookings/{choir['id']}"))["status"] == "held":  # the rules are asked again
        await decide(hub, choir, "approve")
    await expect(_next(screen)).to_be_visible()


@pytest.mark.browser_full
async def test_a_term_is_moved_from_a_date_on_and_one_date_dropped(screens: Screens, hub: SimHub) -> None:
    first = {"first_starts": "2027-01-07T10:00", "first_ends": "2027-01-07T11:00", "rule": "FREQ=WEEKLY;COUNT=4"}
    body = {"space": "hall", "title": "Thursday altos", "party": PARTY} | first
    made = await hub.api.post("/sites/ramsey/series", body)
    screen = await _signed_in(screens)
    page = screen.page
    await page.get_by_text("Thursday altos").first.click()
    await _row(screen, "Thu 21 Jan").click()
    await page.get_by_role("button", name="Move…").click()
    await page.get_by_label("This and the following dates").check()
    await page.get_by_label("From", exact=True).fill("12:00")
    await page.get_by_label("To", exact=True).fill("13:00")
    effects = page.get_by_role("list", name="What becomes of each date").get_by_role("listitem")
    await expect(effects).to_have_text([re.compile("Thu 21 Jan, 12:00 to 13:00"), re.compile("Thu 28 Jan, 12:00")])
    await expect(page.get_by_text("Price of these: £24.00")).to_be_visible()
    await page.get_by_role("button", name="Move these dates").click()
    await screen.said("Thursday altos: 2 changed.")
    hours = [await times(hub, one["id"]) for one in made["bookings"]]
    assert [starts for _, starts, _ in hours] == ["10:00", "10:00", "12:00", "12:00"]

    await _row(screen, "Thu 14 Jan").click()
    await page.get_by_role("button", name="Cancel…").click()
    await page.get_by_role("button", name="Cancel the booking").click()
    await screen.said(re.compile("^Cancelled Thursday altos."))
    found = [await hub.api.get(f"/bookings/{one['id']}") for one in made["bookings"]]
    assert [one["status"] == "cancelled" for one in found] == [False, True, False, False]


@pytest.mark.browser_full
async def test_another_room_for_one_date_is_left_when_more_dates_are_moved(
    screens: Screens, hub: SimHub, choir: dict[str, Any]
) -> None:
    taken = await book(hub, "Quiz night", date(2026, 12, 8), "20:45", "22:30", space="hall")
    screen = await _signed_in(screens)
    page = screen.page
    await page.get_by_text("Tuesday singers").first.click()
    await _row(screen, "Tue 8 Dec").click()
    await page.get_by_role("button", name="Move…").click()
    await page.get_by_label("From", exact=True).fill("21:00")
    await page.get_by_label("To", exact=True).fill("22:00")
    instead = page.get_by_role("region", name="What would fit instead")
    await instead.get_by_role("button", name=re.compile("Studio")).first.click()
    form = page.locator("form")
    await expect(form.get_by_text("Studio, Ramsey Hub", exact=True)).to_be_visible()
    await page.get_by_label("This and the following dates").check()
    await expect(form.get_by_text("Main hall, Ramsey Hub", exact=True)).to_be_visible()
    await decide(hub, taken, "cancel")


@pytest.mark.browser_full
async def test_a_past_booking_is_booked_again(screens: Screens, hub: SimHub, choir: dict[str, Any]) -> None:
    """Nothing of this hub is over yet: it is made to say that what comes is over."""
    screen = await _signed_in(screens)
    page = screen.page

    async def over(route: Route) -> None:
        await route.fulfill(response=await route.fetch(url=route.request.url.replace("over=true", "over=false")))

    await page.route("**/my/bookings?over=true*", over)
    await page.get_by_text("Past", exact=True).click()
    past = page.get_by_role("list", name="Past bookings")
    await past.get_by_role("button", name=re.compile("Youth choir")).click()
    await past.get_by_role("button", name="Book again…").click()
    await past.get_by_label("Day", exact=True).fill("12/12/2026")
    await expect(past.get_by_text("It is free then")).to_be_visible()
    await past.get_by_role("button", name="Book it", exact=True).click()
    await screen.said(re.compile("Booked.*: Youth choir, Sat 12 Dec, 10:00 to 12:00."))
    found = await hub.api.get("/sites/march/bookings", **{"from": "2026-12-12", "to": "2026-12-13"})
    mine = [(one["title"], one["people"]) for one in found["items"] if one["party"] == PARTY]  # others book there too
    assert mine == [("Youth choir", 12)]


@pytest.mark.browser_full
async def test_what_is_waited_for_is_left_and_taken_back_and_an_offer_accepted(
    screens: Screens, hub: SimHub, choir: dict[str, Any], all_confirmed: None
) -> None:
    day = date(2026, 12, 3)
    other = await book(hub, "Others", day, "18:00", "20:00", space="studio")
    wish = {"space": "studio", "title": "Extra rehearsal", "party": PARTY}
    wish |= {"starts": "2026-12-03T18:00", "ends": "2026-12-03T20:00"}
    await hub.api.post("/sites/ramsey/waiting", wish)
    screen = await _signed_in(screens)
    page, line = screen.page, screen.page.get_by_role("region", name="On the waiting list")
    for words in ("Extra rehearsal", "Thu 3 Dec, 18:00 to 20:00", "Studio, Ramsey Hub", "You are next in line."):
        await expect(line).to_contain_text(words)
    assert await faults(page, "waiting list") == []
    await line.get_by_role("button", name="Wait no longer").click()
    await expect(line).to_have_count(0)
    await page.get_by_role("button", name="Undo").click()
    await expect(line).to_contain_text("You are next in line.")
    await decide(hub, other, "cancel")
    await expect(line).to_have_count(0)
    offer = page.get_by_role("region", name="Waiting for a decision")
    await expect(offer).to_contain_text(re.compile("Accept it by \\w+ \\d+ Nov"))
    await _row(screen, "Thu 3 Dec").click()
    await offer.get_by_role("button", name="Accept Extra rehearsal").click()
    await expect(page.get_by_role("region", name="To come")).to_contain_text("Extra rehearsal")


@pytest.mark.browser_full
async def test_what_others_do_is_shown_without_a_reload(screens: Screens, hub: SimHub, choir: dict[str, Any]) -> None:
    screen = await _signed_in(screens)
    await expect(screen.page.get_by_text("Live", exact=True)).to_be_visible()
    waiting = screen.page.get_by_role("region", name="Waiting for a decision")
    asked = {"space": "studio", "title": "Late wish", "starts": "2026-12-03T10:00", "ends": "2026-12-03T11:00"}
    made = await hub.api.post("/sites/ramsey/bookings", asked | {"party": PARTY, "by_rules": True})
    await expect(waiting).to_contain_text("Late wish")
    await decide(hub, made, "decline", "The studio is being painted")
    await screen.page.get_by_text("Not taking place").click()
    await _row(screen, "Late wish").click()
    await expect(screen.page.get_by_text("The studio is being painted")).to_be_visible()


@pytest.mark.browser_full
async def test_a_member_sees_the_code_and_nothing_that_changes_a_booking(
    screens: Screens, choir: dict[str, Any]
) -> None:
    screen = await _signed_in(screens, MEMBER)
    await expect(_next(screen)).to_contain_text(f"{choir['code'][:3]} {choir['code'][3:]}")
    await _next(screen).get_by_role("button", name=re.compile(r"^More\b")).click()
    await expect(screen.page.get_by_role("button", name="Calendar file")).to_be_visible()
    for name in ("Move…", "Cancel…", "Book again…"):
        await expect(screen.page.get_by_role("button", name=name)).to_have_count(0)


@pytest.mark.browser_full
async def test_the_calendar_file_has_what_is_to_come_and_no_code(
    screens: Screens, choir: dict[str, Any], tmp_path: Path
) -> None:
    screen = await _signed_in(screens)
    page = screen.page
    await page.get_by_text("In your calendar").click()
    async with page.expect_download() as download:
        await page.get_by_role("button", name="Download all as a calendar file").click()
    await (await download.value).save_as(tmp_path / "mine.ics")
    text = (tmp_path / "mine.ics").read_text(encoding="utf-8")
    assert "DTSTART:20261127T180000Z" in text
    assert not says(text, choir["code"])
    await page.get_by_role("button", name="Make a calendar address for Tide Choir").click()
    await expect(page.get_by_label("Address of Tide Choir")).to_have_value(re.compile(r"/c/.+\.ics$"))


@pytest.mark.browser_full
async def test_a_closure_and_when_somebody_has_to_come_stand_above_the_code(
    screens: Screens, choir: dict[str, Any]
) -> None:
    screen = await _signed_in(screens)
    closed = {"cause": "closed", "text": "Closed then: boiler", "kept_at": None, "kept_by": None}
    await _answered_with(screen, affected_by=[closed], release_at="2026-11-27T18:30:00Z")
    await screen.page.reload()
    await expect(_next(screen).get_by_text("Closed then: boiler")).to_be_visible()
    text = await _next(screen).inner_text()
    digits = text.index(f"{choir['code'][:3]} {choir['code'][3:]}")
    assert text.index("Closed then: boiler") < digits
    assert text.index("Cancelled if nobody arrives by Fri 27 Nov 18:30.") < digits
    await screen.page.unroute_all(behavior="wait")


@pytest.mark.browser_full
async def test_two_lines_of_a_price_and_two_codes_may_be_alike(screens: Screens, choir: dict[str, Any]) -> None:
    screen = await _signed_in(screens)
    alike = [{"door": "main", "code": "9123456789", "text": "for Front door"}] * 2
    await _answered_with(screen, offline_codes=alike)

    async def twice(route: Route) -> None:
        response = await route.fetch()
        body = await response.json()
        await route.fulfill(response=response, json=body | {"lines": body["lines"] * 2})

    await screen.page.route("**/bookings/*/quote", twice)
    await screen.page.reload()
    await expect(_next(screen).get_by_text("9 123 456 789")).to_have_count(2)
    await _open_next(screen)
    await expect(_next(screen).get_by_role("list", name="What is charged").get_by_role("listitem")).to_have_count(2)
    await screen.page.unroute_all(behavior="wait")


@pytest.mark.browser_full
async def test_what_is_typed_stays_when_the_booking_is_decided_meanwhile(
    screens: Screens, hub: SimHub, choir: dict[str, Any]
) -> None:
    asked = {"space": "studio", "title": "Wish", "starts": "2026-12-04T10:00", "ends": "2026-12-04T11:00"}
    made = await hub.api.post("/sites/ramsey/bookings", asked | {"party": PARTY, "by_rules": True})
    screen = await _signed_in(screens, path=f"/my-bookings?booking={made['id']}")
    page = screen.page
    await expect(page.get_by_text("Live", exact=True)).to_be_visible()
    await page.get_by_role("button", name="Book again…").click()
    await page.get_by_label("Day", exact=True).fill("18/12/2026")
    await decide(hub, made, "approve")
    waiting = page.get_by_role("region", name="Waiting for a decision")
    await expect(waiting.get_by_role("button", name=re.compile("Wish.*(Confirmed|Code)"))).to_be_visible()
    await expect(page.get_by_label("Day", exact=True)).to_have_value("18/12/2026")
    await _row(screen, "Wish").click()
    await expect(page.get_by_role("region", name="To come")).to_contain_text("Wish")
    await decide(hub, made, "cancel")


@pytest.mark.browser_full
async def test_who_leads_one_group_books_nothing_for_another_that_they_only_belong_to(
    screens: Screens, hub: SimHub, choir: dict[str, Any]
) -> None:
    await hub.api.put("/parties/bell-ringers", {"kind": "group", "name": "Bell Ringers"})
    held = [{"role": "group_leader", "site": None, "party": "bell-ringers"}]
    held.append({"role": "group_member", "site": None, "party": PARTY})
    await hub.api.post("/users", {"name": "Bo of both", "password": PASSWORD, "assignments": held})
    screen = await _signed_in(screens, "Bo of both")
    page = screen.page
    await _next(screen).get_by_role("button", name=re.compile(r"^More\b")).click()
    await expect(page.get_by_role("button", name="Calendar file", exact=True)).to_be_visible()
    await expect(page.get_by_role("button", name="Book again…")).to_have_count(0)
    await page.get_by_text("In your calendar").click()
    await expect(page.get_by_role("button", name="Make a calendar address for Bell Ringers")).to_be_visible()
    await expect(page.get_by_role("button", name="Make a calendar address for Tide Choir")).to_have_count(0)


@pytest.mark.browser_full
async def test_a_long_list_says_that_more_follow_and_the_calendar_file_has_them_all(
    screens: Screens, choir: dict[str, Any], tmp_path: Path
) -> None:
    screen = await _signed_in(screens)
    page = screen.page

    async def short(route: Route) -> None:
        await route.fulfill(response=await route.fetch(url=route.request.url.replace("limit=100", "limit=1")))

    await page.route("**/my/bookings?over=false*", short)
    await page.reload()
    await expect(page.get_by_text("Only the first 1 are shown; more follow.")).to_be_visible()
    await page.get_by_text("In your calendar").click()
    async with page.expect_download() as download:
        await page.get_by_role("button", name="Download all as a calendar file").click()
    await (await download.value).save_as(tmp_path / "all.ics")
    assert "SUMMARY:Youth choir" in (tmp_path / "all.ics").read_text(encoding="utf-8")
    await page.reload()
    await page.get_by_role("button", name="Show more").click()
    await expect(page.get_by_role("region", name="To come")).to_contain_text("Youth choir")
    await expect(page.get_by_text("more follow")).to_have_count(0)
    await page.unroute_all(behavior="wait")


@pytest.mark.browser_full
async def test_without_bookings_it_says_what_to_do(screens: Screens, hub: SimHub) -> None:
    await hub.api.put("/parties/new-choir", {"kind": "group", "name": "New Choir"})
    held = [{"role": "group_leader", "site": None, "party": "new-choir"}]
    await hub.api.post("/users", {"name": "Nia of the choir", "password": PASSWORD, "assignments": held})
    screen = await _signed_in(screens, "Nia of the choir")
    await expect(screen.page.get_by_text("Nothing is booked.")).to_be_visible()
    await screen.page.get_by_role("link", name="Book a room").click()
    await expect(screen.page.get_by_role("heading", level=1)).to_have_text("When?")


@pytest.mark.browser_full
async def test_a_fault_is_said_and_the_last_values_stay(screens: Screens, choir: dict[str, Any]) -> None:
    screen = await _signed_in(screens)
    screen.excuse("503", "Failed to load resource")
    page = screen.page
    await expect(_next(screen)).to_be_visible()
    await page.route("**/my/bookings?*", lambda route: route.fulfill(status=503, body="{}"))
    await page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    await expect(page.get_by_text("What you see may be old")).to_be_visible()
    await expect(_next(screen)).to_be_visible()
    await page.reload()
    await expect(page.get_by_role("alert").get_by_text("The controller does not answer")).to_be_visible()
    await page.unroute("**/my/bookings?*")
    await page.get_by_role("button", name="Try again").click()
    await expect(_next(screen)).to_be_visible()
