"""The form of a booking loses nothing, neither what was typed nor what others have saved, and never leaves it open
whether something was booked."""

import asyncio
import json
import re
from datetime import date
from typing import Any

import pytest
from playwright.async_api import Locator, Route, expect

from firmware_sim.hub_processes import USER, SimHub
from tests.browser.axe import faults
from tests.browser.booked import book, times, titled
from tests.browser.screen import Screen, Screens

pytestmark = pytest.mark.asyncio(loop_scope="session")

BOOKINGS = "**/api/v1/sites/ramsey/bookings"
SERIES = "**/api/v1/sites/ramsey/series"


async def _form(screen: Screen, day: date, title: str, starts: str, ends: str, space: str = "studio") -> Locator:
    await screen.diary(day)
    await screen.page.get_by_role("button", name="New booking").click()
    panel = screen.panel
    await panel.get_by_label("What for").fill(title)
    await panel.get_by_label("Room").select_option(space)
    await panel.get_by_label("From").fill(starts)
    await panel.get_by_label("To", exact=True).fill(ends)
    return panel


async def _unknown(route: Route) -> None:
    """What a controller answers that was killed while it carried out the first request with this key."""
    problem = {
        "type": "urn:hallkeeper:problem:outcome-unknown",
        "status": 409,
        "title": "It is not known whether it was carried out",
        "detail": "the first request with Idempotency-Key 'k' has not been answered",
    }
    await route.fulfill(status=409, content_type="application/problem+json", body=json.dumps(problem))


@pytest.mark.browser_full
async def test_saving_overwrites_nothing_saved_by_others_meanwhile(screens: Screens, hub: SimHub) -> None:
    day = date(2027, 2, 1)
    booked = await book(hub, "Shared", day, "10:00", "11:00")
    screen = await screens.new()
    screen.excuse("status of 409")
    await screen.diary(day, booking=booked["id"])
    panel = screen.panel
    await panel.get_by_role("button", name="Change").click()
    await panel.get_by_label("Phone").fill("01487 555 001")
    await hub.api.patch(f"/bookings/{booked['id']}", {"space": "hall", "people": 30})
    await expect(screen.row("Main hall").get_by_role("gridcell", name=re.compile("^Shared, "))).to_be_visible()
    await panel.get_by_role("button", name="Save").click()
    told = panel.get_by_role("alert")
    await expect(told).to_contain_text("has changed it since you opened it: room (now Main hall); people (now 30)")
    await expect(panel.get_by_label("Phone")).to_have_value("01487 555 001")
    await expect(panel.get_by_label("People")).to_have_value("30")
    await panel.get_by_role("button", name="Save").click()
    await expect(panel.get_by_role("heading", name="Shared")).to_be_focused()
    saved = await hub.api.get(f"/bookings/{booked['id']}")
    assert (saved["space"], saved["people"], saved["contact_phone"]) == ("hall", 30, "01487 555 001")


@pytest.mark.browser_full
async def test_a_request_for_a_taken_time_is_booked_once_it_is_free_again(screens: Screens, hub: SimHub) -> None:
    day = date(2027, 2, 2)
    first = await book(hub, "Was first", day, "10:00", "11:00")
    screen = await screens.new()
    screen.excuse("status of 409")
    panel = await _form(screen, day, "Second in line", "10:00", "11:00")
    await panel.get_by_role("button", name="Book").click()
    await expect(panel.get_by_role("alert")).to_contain_text("Just taken: Was first")
    await hub.api.post(f"/bookings/{first['id']}/cancel", {})
    await expect(panel.get_by_text("Free", exact=True)).to_be_visible()
    await panel.get_by_role("button", name="Book").click()
    await expect(panel.get_by_role("heading", name="Second in line")).to_be_focused()
    assert await titled(hub, "Second in line", day) is not None


async def test_no_answer_keeps_the_form_and_a_second_press_does_not_book_twice(screens: Screens, hub: SimHub) -> None:
    day = date(2027, 2, 3)
    screen = await screens.new()
    screen.excuse("ERR_")
    panel = await _form(screen, day, "Answer lost", "10:00", "11:00")

    async def lose(route: Route) -> None:
        await route.fetch()
        await route.abort()

    await screen.page.route(BOOKINGS, lose, times=1)
    await panel.get_by_role("button", name="Book").click()
    await expect(panel.get_by_role("alert")).to_contain_text("nobody knows yet whether this was booked")
    await panel.get_by_role("button", name="Book").click()
    await expect(panel.get_by_role("heading", name="Answer lost")).to_be_focused()
    query = {"from": f"{day}T00:00", "to": f"{day}T23:59"}
    found = (await hub.api.get("/sites/ramsey/bookings", **query))["items"]
    assert [one["title"] for one in found] == ["Answer lost"]


@pytest.mark.browser_full
@pytest.mark.parametrize("repeats", [False, True])
async def test_after_an_unknown_outcome_the_page_checks_the_diary_and_books_what_is_missing(
    screens: Screens, hub: SimHub, repeats: bool
) -> None:
    day = date(2027, 2, 8 if repeats else 4)
    title = "Interrupted series" if repeats else "Interrupted"
    screen = await screens.new()
    screen.excuse("status of 409")
    panel = await _form(screen, day, title, "10:00", "11:00")
    if repeats:
        await panel.get_by_label("Repeats").select_option("week")
        await panel.get_by_label("Last date").fill("15/02/2027")
        await expect(panel.get_by_role("button", name="Book 2 dates")).to_be_visible()
    await screen.page.route(SERIES if repeats else BOOKINGS, _unknown, times=1)
    await panel.get_by_role("button", name="Book").click()
    await expect(panel.get_by_role("alert")).to_contain_text("the diary does not have your booking")
    await expect(panel.get_by_role("alert")).not_to_contain_text("Idempotency")
    await panel.get_by_role("button", name=re.compile("^Book")).click()
    await expect(panel.get_by_role("heading", name=title)).to_be_focused()
    assert await titled(hub, title, day) is not None


@pytest.mark.browser_full
@pytest.mark.parametrize("repeats", [False, True])
async def test_after_an_unknown_outcome_dates_in_the_diary_are_shown_as_booked(
    screens: Screens, hub: SimHub, repeats: bool
) -> None:
    day = date(2027, 2, 10 if repeats else 5)
    title = "Booked series after all" if repeats else "Booked after all"
    screen = await screens.new()
    screen.excuse("status of 409")
    panel = await _form(screen, day, title, "10:00", "11:00")
    if repeats:
        await panel.get_by_label("Repeats").select_option("week")
        await expect(panel.get_by_role("button", name="Book 10 dates")).to_be_visible()

    async def carry_out(route: Route) -> None:
        await route.fetch()
        await _unknown(route)

    await screen.page.route(SERIES if repeats else BOOKINGS, carry_out, times=1)
    await panel.get_by_role("button", name="Book").click()
    await screen.said(re.compile(f"The answer was lost on its way, but it is booked: {title}"))
    await expect(panel.get_by_role("heading", name=title)).to_be_focused()


@pytest.mark.browser_full
async def test_a_change_whose_outcome_is_unknown_is_looked_up(screens: Screens, hub: SimHub) -> None:
    day = date(2027, 2, 5)
    booked = await book(hub, "Change lost", day, "14:00", "15:00")
    screen = await screens.new()
    screen.excuse("status of 409")
    await screen.diary(day, booking=booked["id"])
    panel = screen.panel
    await panel.get_by_role("button", name="Change").click()
    await panel.get_by_label("To", exact=True).fill("16:00")
    await screen.page.route(f"**/api/v1/bookings/{booked['id']}", _unknown, times=1)
    await panel.get_by_role("button", name="Save").click()
    await expect(panel.get_by_role("alert")).to_contain_text("the diary does not have your change")
    await panel.get_by_role("button", name="Save").click()
    await screen.said("Saved Change lost.")
    assert await times(hub, booked["id"]) == ("studio", "14:00", "16:00")


@pytest.mark.browser_full
@pytest.mark.parametrize(("starts", "ends"), [("10:00", "10:00"), ("13", "1pm")])
async def test_an_end_equal_to_the_start_is_refused_and_not_read_as_a_whole_day(
    screens: Screens, starts: str, ends: str
) -> None:
    screen = await screens.new()
    panel = await _form(screen, date(2027, 2, 9), "No time at all", starts, ends)
    await panel.get_by_role("button", name="Book").click()
    await expect(panel.locator("#to-fault")).to_contain_text("It would end as it starts")


@pytest.mark.browser_full
async def test_a_booking_past_midnight_shows_its_length(screens: Screens) -> None:
    screen = await screens.new()
    panel = await _form(screen, date(2027, 3, 27), "Night shift", "22:00", "06:00")
    hint = "Saturday 27 Mar 2027, for 7 hours: it ends on Sun 28 Mar at 06:00"  # the clocks go forward
    await expect(panel.get_by_text(hint)).to_be_visible()


@pytest.mark.browser_full
async def test_an_implausible_date_is_reported_at_its_field_before_booking(screens: Screens) -> None:
    screen = await screens.new()
    screen.excuse("status of 422")
    panel = await _form(screen, date(2027, 2, 9), "When", "10:00", "11:00")
    dated = panel.get_by_label("Date", exact=True)
    for text, told in (("nonsense", "Write the date like"), ("26/11/1999", "Friday 26 Nov 1999 is over")):
        await dated.fill(text)
        await dated.press("Tab")
        await expect(panel.locator("#date-fault")).to_contain_text(told)
    await dated.fill("12 Aug")
    await expect(panel.get_by_text("Thursday 12 Aug 2027")).to_be_visible()


@pytest.mark.browser_full
async def test_the_last_date_follows_the_first_until_it_is_typed(screens: Screens) -> None:
    screen = await screens.new()
    panel = await _form(screen, date(2027, 2, 9), "Follows", "10:00", "11:00")
    await panel.get_by_label("Repeats").select_option("week")
    last = panel.get_by_label("Last date")
    await expect(last).to_have_value("13/04/2027")
    await panel.get_by_label("Date", exact=True).fill("08/06/2027")
    await expect(last).to_have_value("10/08/2027")
    await last.fill("01/06/2027")
    await last.press("Tab")
    await expect(panel.locator("#until-fault")).to_have_text("The last date is before the first.")


@pytest.mark.browser_full
async def test_typed_values_survive_leaving_the_form(screens: Screens, hub: SimHub) -> None:
    day = date(2027, 2, 11)
    other = await book(hub, "Something else", day, "14:00", "15:00")
    screen = await screens.new()
    screen.excuse("WebSocket is closed before the connection is established")  # of the building that is left at once
    panel = await _form(screen, day, "Half written", "10:00", "11:30")
    # Each way out: Escape, another booking, another building.
    for leave in ("Escape", "booking", "building"):
        if leave == "Escape":
            await screen.page.keyboard.press("Escape")
        elif leave == "booking":
            await screen.block(other["title"]).click()
            await expect(panel.get_by_role("heading", name="Something else")).to_be_visible()
        else:
            await screen.page.get_by_label("Building").select_option("march")
            await expect(panel).to_have_count(0)
            await screen.page.get_by_label("Building").select_option("ramsey")
            await expect(screen.block(other["title"])).to_be_visible()
        await screen.said(re.compile("What you typed for Half written is kept"))
        await screen.page.get_by_role("button", name="New booking").click()
        await expect(panel.get_by_text("You were writing “Half written”")).to_be_visible()
        await panel.get_by_role("button", name="Put it back").click()
        await expect(panel.get_by_label("What for")).to_have_value("Half written")
        await expect(panel.get_by_label("To", exact=True)).to_have_value("11:30")
        await expect(panel.get_by_role("button", name="Put it back")).to_have_count(0)
    await panel.get_by_role("button", name="Book").click()
    await expect(panel.get_by_role("heading", name="Half written")).to_be_focused()
    await screen.page.get_by_role("button", name="New booking").click()
    await expect(panel.get_by_label("What for")).to_have_value("")
    await expect(panel.get_by_text("You were writing")).to_have_count(0)


@pytest.mark.browser_full
async def test_audience_equipment_and_lead_time_are_under_more(screens: Screens, hub: SimHub) -> None:
    day = date(2027, 2, 12)
    await hub.api.put("/parties/fen-singers", {"kind": "group", "name": "Fen Singers", "tier": "community"})
    await hub.api.put("/sites/ramsey/equipment/projector", {"name": "Projector", "count": 2})
    screen = await screens.new(size=(320, 900))
    panel = await _form(screen, day, "Fen concert", "10:00", "11:00")
    await panel.get_by_text("More: for whom").click()
    await panel.get_by_label("For whom").fill("fen singers")
    await panel.get_by_label("E-mail").fill("sing@example.org")
    await panel.get_by_label("Key holder").fill("Ann")
    await panel.get_by_label("Notes").fill("Piano tuned, please")
    await panel.get_by_label("For under-16s").check()
    await panel.get_by_label("Projector (2 there)").fill("1")
    await panel.get_by_label("Set-up").fill("30")
    assert await faults(screen.page, "the form with all it has") == []
    assert await panel.evaluate("dialog => dialog.scrollWidth - dialog.clientWidth") == 0
    await expect(panel.get_by_text("Free", exact=True)).to_be_visible()
    await panel.get_by_role("button", name="Book").click()
    await expect(panel.get_by_role("heading", name="Fen concert")).to_be_focused()
    found: dict[str, Any] = await titled(hub, "Fen concert", day) or {}
    wanted = {
        "party": "fen-singers",
        "contact_email": "sing@example.org",
        "key_holder": "Ann",
        "notes": "Piano tuned, please",
        "under_16s": True,
        "equipment": {"projector": 1},
        "setup_min": 30,
    }
    assert {name: found.get(name) for name in wanted} == wanted


@pytest.mark.browser_full
async def test_an_unknown_group_is_created_from_the_form(screens: Screens, hub: SimHub) -> None:
    day = date(2027, 2, 27)
    screen = await screens.new(size=(320, 900))
    panel = await _form(screen, day, "First rehearsal", "10:00", "11:00")
    await panel.get_by_text("More: for whom").click()
    await panel.get_by_label("For whom").fill("Fen Édge Players")
    make = panel.get_by_role("button", name="Make “Fen Édge Players” a new group")
    await make.click()
    await expect(make).to_have_count(0)
    await expect(panel.get_by_label("For whom")).to_be_focused()
    assert await faults(screen.page, "the form with a new group") == []
    await panel.get_by_role("button", name="Book").click()
    await expect(panel.get_by_role("heading", name="First rehearsal")).to_be_focused()
    found: dict[str, Any] = await titled(hub, "First rehearsal", day) or {}
    assert (found.get("party"), found.get("party_name")) == ("fen-edge-players", "Fen Édge Players")
    made = await hub.api.get("/parties/fen-edge-players")
    assert (made["kind"], made["site"]) == ("group", "ramsey")


@pytest.mark.browser_full
async def test_a_read_only_user_is_told_before_filling_anything_in(screens: Screens, hub: SimHub) -> None:
    day = date(2027, 2, 16)
    await hub.api.post(
        "/users", {"name": "onlooker", "password": "looks at the diary", "assignments": [{"role": "wall"}]}
    )
    screen = await screens.new(signed_in=False)
    await screen.open(f"/diary?site=ramsey&date={day}")
    await screen.page.get_by_label("Name").fill("onlooker")
    await screen.page.get_by_label("Password").fill("looks at the diary")
    await screen.page.get_by_role("button", name="Sign in").click()
    await expect(screen.page.get_by_role("grid")).to_be_visible()
    await expect(screen.page.get_by_role("button", name="New booking")).to_have_count(0)
    await screen.free("Studio", "Free, 10:00").click(position={"x": 40, "y": 20})
    await expect(screen.panel.get_by_text("You may look at the diary but not book.")).to_be_visible()
    await expect(screen.panel.get_by_label("What for")).to_have_count(0)


@pytest.mark.browser_full
@pytest.mark.parametrize("size", [(1280, 800), (320, 640)])
async def test_a_form_in_progress_survives_a_reload(screens: Screens, hub: SimHub, size: tuple[int, int]) -> None:
    day = date(2027, 2, 18) if size[0] > 1000 else date(2027, 2, 23)
    old = await book(hub, "To be changed", day, "14:00", "15:00")
    screen = await screens.new(size=size)
    panel = await _form(screen, day, "Half done", "10:00", "11:30")
    await panel.get_by_label("Repeats").select_option("Every other week")
    await panel.get_by_label("Phone").fill("01632 960 300")
    await screen.page.reload()
    await expect(panel.get_by_label("What for")).to_have_value("Half done")
    await expect(panel.get_by_label("From")).to_have_value("10:00")
    await expect(panel.get_by_label("Repeats")).to_have_value("fortnight")
    await expect(panel.get_by_label("Phone")).to_have_value("01632 960 300")
    await panel.get_by_label("Repeats").select_option("Does not repeat")
    await panel.get_by_role("button", name="Book").click()
    await expect(panel.get_by_role("heading", name="Half done")).to_be_visible()
    await screen.page.reload()
    await expect(panel.get_by_role("heading", name="Half done")).to_be_visible()
    await expect(panel.get_by_label("What for")).to_have_count(0)
    await screen.diary(day, booking=old["id"])
    await panel.get_by_role("button", name="Change", exact=True).click()
    await panel.get_by_label("What for").fill("Changed half")
    await screen.page.reload()
    await expect(panel.get_by_label("What for")).to_have_value("Changed half")
    await panel.get_by_role("button", name="Save").click()
    await screen.said("Saved Changed half.")


async def test_signing_out_clears_typed_values(screens: Screens, hub: SimHub) -> None:
    screen = await screens.new(signed_in=False)
    await screen.open("/")
    await screen.sign_in(USER, hub.password)
    await _form(screen, date(2027, 2, 19), "Of mine", "10:00", "11:30")
    await screen.page.reload()
    await expect(screen.panel.get_by_label("What for")).to_have_value("Of mine")
    screen.excuse("status of 401")  # of what is still being asked when the session ends
    await screen.page.get_by_role("button", name="Sign out").click()
    await expect(screen.page.get_by_label("Password")).to_be_visible()
    assert await screen.page.evaluate("sessionStorage.length") == 0


async def test_signing_out_clears_typed_values_when_the_live_socket_says_it_first(
    screens: Screens, hub: SimHub
) -> None:
    screen = await screens.new(signed_in=False)
    await screen.open("/")
    await screen.sign_in(USER, hub.password)
    await _form(screen, date(2027, 2, 19), "Of mine", "10:00", "11:30")
    await screen.page.reload()
    await expect(screen.panel.get_by_label("What for")).to_have_value("Of mine")
    release = asyncio.Event()

    async def late(route: Route) -> None:
        if route.request.method != "DELETE":
            await route.continue_()
            return
        answer = await route.fetch()
        await release.wait()
        await route.fulfill(response=answer)

    await screen.page.route("**/session", late)
    screen.excuse("status of 401")  # of what is still being asked when the session ends
    await screen.page.get_by_role("button", name="Sign out").click()
    await expect(screen.page.get_by_label("Password")).to_be_visible()
    assert await screen.page.evaluate("sessionStorage.length") == 0
    release.set()
    await screen.page.unroute_all(behavior="wait")
