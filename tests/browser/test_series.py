"""A series lists every date with its own mark before anything is written, when it is made and when it is changed."""

import re
from datetime import date, timedelta
from typing import Any

import pytest
from playwright.async_api import Locator, Route, expect

from firmware_sim.hub_processes import SimHub
from tests.browser.axe import faults
from tests.browser.booked import book, titled
from tests.browser.screen import DESK, Scheme, Screen, Screens

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def _form(screen: Screen, day: date, title: str, starts: str, ends: str, *, space: str = "hall") -> Locator:
    """The form of a new booking, filled in but for how it repeats."""
    await screen.diary(day)
    await screen.page.get_by_role("button", name="New booking").click()
    panel = screen.panel
    await panel.get_by_label("What for").fill(title)
    await panel.get_by_label("Room").select_option(space)
    await panel.get_by_label("From").fill(starts)
    await panel.get_by_label("To", exact=True).fill(ends)
    return panel


def _dates(panel: Locator, count: int) -> Locator:
    return panel.get_by_role("group", name=re.compile(rf"^{count} dates?\b")).get_by_role("listitem")


async def _series(hub: SimHub, title: str, first: date, *, count: int, space: str = "studio") -> dict[str, Any]:
    """A weekly one from 19:00 to 20:00, booked over the API."""
    body = {
        "space": space,
        "title": title,
        "first_starts": f"{first}T19:00",
        "first_ends": f"{first}T20:00",
        "rule": f"FREQ=WEEKLY;COUNT={count}",
    }
    return await hub.api.post("/sites/ramsey/series", body)


async def _found(hub: SimHub, series: str) -> list[tuple[str, str, str, str]]:
    """What is booked of a series: day, start, end, title."""
    dates = (await hub.api.get(f"/series/{series}"))["dates"]
    booked = [await hub.api.get(f"/bookings/{one['booking']}") for one in dates if one["booking"]]
    return [
        (one["starts"][5:10], one["starts"][11:16], one["ends"][11:16], one["title"])
        for one in booked
        if one["status"] == "confirmed"
    ]


async def test_each_date_is_marked_and_a_clash_does_not_fail_the_rest(screens: Screens, hub: SimHub) -> None:
    first = date(2027, 3, 14)  # a Sunday, two weeks before the clocks go forward
    await book(hub, "Wedding", first + timedelta(weeks=1), "00:30", "03:00", space="hall")
    screen = await screens.new()
    panel = await _form(screen, first, "Night vigil", "01:15", "02:45")
    await panel.get_by_label("Repeats").select_option("Every week")
    await panel.get_by_label("Last date").fill("11/04/2027")
    dates = _dates(panel, 5)
    await expect(dates).to_have_count(5)
    await expect(dates.nth(0)).to_contain_text("free")
    await expect(dates.nth(1)).to_contain_text("Wedding")
    await expect(dates.nth(1).get_by_label("What to do on Sun 21 Mar")).to_have_value("skip")
    await expect(dates.nth(2)).to_contain_text("02:15 to 02:45")
    await dates.nth(3).get_by_role("checkbox").uncheck()
    await expect(panel.get_by_role("group", name="5 dates: 3 to be booked, 2 left out")).to_be_visible()
    await panel.get_by_role("button", name="Book 3 dates").click()
    await screen.said("3 dates booked for Night vigil, 2 left out.")
    found = [await titled(hub, "Night vigil", first + timedelta(weeks=week)) for week in range(5)]
    assert [one and one["starts"] for one in found] == [
        "2027-03-14T01:15:00+00:00",
        None,
        "2027-03-28T02:15:00+01:00",
        None,
        "2027-04-11T01:15:00+01:00",
    ]


@pytest.mark.browser_full
async def test_one_door_code_is_offered_for_all_dates_and_sent_in_one_message(screens: Screens, hub: SimHub) -> None:
    first = date(2027, 5, 4)
    screen = await screens.new(settings={"permissions": ["clipboard-read", "clipboard-write"]})
    panel = await _form(screen, first, "Ukulele", "19:00", "20:00")
    await panel.get_by_label("Repeats").select_option("Every week")
    await panel.get_by_label("Last date").fill("18/05/2027")
    await panel.get_by_label("The same door code for all dates").check()
    await panel.get_by_role("button", name="Book 3 dates").click()
    await screen.said("3 dates booked for Ukulele")
    booked = await titled(hub, "Ukulele", first)
    assert booked is not None
    series = await hub.api.get(f"/series/{booked['series']}")
    assert series["one_code"] is True
    await screen.diary(first, booking=booked["id"])
    await expect(panel).to_contain_text("All dates have the same door code.")
    await expect(panel.get_by_role("link", name="The page of all dates")).to_have_attribute("href", series["link"])
    await panel.get_by_role("button", name="Copy the message for all dates").click()
    await screen.said("The message for all dates is copied.")
    assert await faults(screen.page, "a series with one code") == []


@pytest.mark.browser_full
async def test_a_date_with_nothing_left_is_listed_and_not_booked(screens: Screens) -> None:
    screen = await screens.new()
    panel = await _form(screen, date(2027, 3, 21), "Gone", "01:00", "02:00", space="studio")
    await panel.get_by_label("Repeats").select_option("Every week")
    await panel.get_by_label("Last date").fill("04/04/2027")
    await expect(_dates(panel, 3).nth(1).get_by_role("checkbox")).to_be_disabled()
    await expect(panel.get_by_role("button", name="Book 2 dates")).to_be_visible()


@pytest.mark.browser_full
async def test_an_unavailable_date_is_moved_requested_or_left_out_as_chosen(screens: Screens, hub: SimHub) -> None:
    first = date(2027, 1, 5)
    for week in (1, 2, 3):
        await book(hub, "In the way", first + timedelta(weeks=week), "18:00", "20:00", space="studio")
    screen = await screens.new()
    panel = await _form(screen, first, "Life drawing", "19:00", "21:00", space="studio")
    await panel.get_by_label("Repeats").select_option("Every week")
    await panel.get_by_label("Ends").select_option("After a number of times")
    await panel.get_by_label("How many times").fill("4")
    await panel.get_by_label("The 3 dates that cannot be booked").select_option("Ask for them, holding no time")
    await panel.get_by_label("What to do on Tue 12 Jan").select_option("Move to 20:00 to 22:00")
    await panel.get_by_label("What to do on Tue 19 Jan").select_option("Leave it out")
    await expect(
        panel.get_by_role("group", name="4 dates: 1 to be booked, 1 moved, 1 asked for, 1 left out")
    ).to_be_visible()
    await panel.get_by_role("button", name="Book 3 dates").click()
    await screen.said("3 dates booked for Life drawing, 1 left out, 1 waits for approval.")
    found = [await titled(hub, "Life drawing", first + timedelta(weeks=week)) for week in range(4)]
    assert [one and (one["starts"][11:16], one["status"]) for one in found] == [
        ("19:00", "confirmed"),
        ("20:00", "confirmed"),
        None,
        ("19:00", "requested"),
    ]


@pytest.mark.browser_full
async def test_dates_with_too_little_time_to_set_up_can_be_overruled_together(screens: Screens, hub: SimHub) -> None:
    first = date(2027, 1, 8)
    body = {"space": "studio", "title": "Glazing", "cleardown_min": 60}
    await hub.api.post("/sites/ramsey/bookings", {**body, "starts": f"{first}T09:00", "ends": f"{first}T10:00"})
    screen = await screens.new()
    panel = await _form(screen, first, "Toddlers", "10:30", "11:30", space="studio")
    await panel.get_by_label("Repeats").select_option("Every week")
    await panel.get_by_label("Last date").fill("15/01/2027")
    await expect(_dates(panel, 2).nth(0)).to_contain_text("needs 1 hour to clear down")
    await expect(panel.get_by_role("button", name="Book 1 date")).to_be_visible()
    await panel.get_by_label("Also where there is too little time to set up").check()
    await panel.get_by_role("button", name="Book 2 dates").click()
    await screen.said("2 dates booked for Toddlers, 0 left out.")


@pytest.mark.browser_full
async def test_a_new_series_can_be_undone_at_once(screens: Screens, hub: SimHub) -> None:
    first = date(2027, 1, 6)
    screen = await screens.new()
    panel = await _form(screen, first, "Hasty", "19:00", "21:00", space="studio")
    await panel.get_by_label("Repeats").select_option("Every day")
    await panel.get_by_label("Last date").fill("07/01/2027")
    await panel.get_by_role("button", name="Book 2 dates").click()
    await screen.page.get_by_role("button", name="Undo").click()
    await screen.said("Undone: no date is booked.")
    assert await titled(hub, "Hasty", first) is None


@pytest.mark.browser_full
async def test_term_time_excludes_the_holidays_and_says_so(screens: Screens, hub: SimHub) -> None:
    terms = [
        {"id": "autumn", "name": "Autumn term", "first": "2026-09-03", "last": "2026-12-18", "breaks": []},
        {"id": "spring", "name": "Spring term", "first": "2027-01-04", "last": "2027-03-25", "breaks": []},
    ]
    await hub.api.put("/sites/march/terms", {"terms": terms})
    screen = await screens.new()
    await screen.diary(date(2026, 12, 15), site="march")
    await screen.page.get_by_role("button", name="New booking").click()
    panel = screen.panel
    await panel.get_by_label("What for").fill("Homework club")
    await panel.get_by_label("Repeats").select_option("Every week")
    await panel.get_by_label("Tuesday").uncheck()
    await panel.get_by_label("Monday").check()
    await panel.get_by_label("Wednesday").check()
    await panel.get_by_label("Last date").fill("11/01/2027")
    await panel.get_by_label("In school terms only").check()
    await expect(panel.get_by_text("Every Monday and Wednesday")).to_contain_text("in term time only")
    # Wed 16, then the holidays from Mon 21 to Wed 30 December, then Mon 4, Wed 6 and Mon 11 January.
    dates = _dates(panel, 8)
    await expect(dates.nth(1)).to_contain_text("Mon 21 Dec")
    await expect(dates.nth(1)).to_contain_text("term")
    await expect(dates.nth(1).get_by_role("checkbox")).not_to_be_checked()
    await dates.nth(1).get_by_role("checkbox").check()
    await panel.get_by_role("button", name="Book 5 dates").click()
    await screen.said("5 dates booked for Homework club, 3 left out.")
    assert await titled(hub, "Homework club", date(2026, 12, 21), site="march") is not None
    assert await titled(hub, "Homework club", date(2026, 12, 23), site="march") is None


@pytest.mark.browser_full
async def test_a_custom_rule_is_shown_in_words_or_refused_with_a_hint(screens: Screens) -> None:
    screen = await screens.new()
    screen.excuse("status of 422")
    panel = await _form(screen, date(2027, 1, 29), "Film night", "19:00", "21:00")
    repeats = panel.get_by_label("Repeats")
    await repeats.select_option("Every month on the last Friday")
    await panel.get_by_label("Last date").fill("31/05/2027")
    await expect(panel.get_by_text("The last Friday of every month, 19:00 to 21:00")).to_be_visible()
    await repeats.select_option("By a rule of your own (iCalendar)")
    await panel.get_by_role("button", name="Book").click()
    await expect(panel.get_by_role("alert")).to_be_focused()
    await panel.get_by_role("link", name="Write a rule, such as").click()
    await expect(panel.get_by_label("Rule")).to_be_focused()
    await screen.page.keyboard.type("FREQ=MONTHLY;BYDAY=-1FR;TIMES=3")
    await expect(panel.get_by_text("“TIMES=3” is not part of a rule; write one like FREQ=WEEKLY").first).to_be_visible()
    await panel.get_by_label("Rule").fill("FREQ=MONTHLY;BYDAY=-1FR;COUNT=3")
    await expect(_dates(panel, 3).nth(2)).to_contain_text("Fri 26 Mar")


@pytest.mark.browser_full
async def test_a_date_booked_meanwhile_is_named_and_nothing_is_partly_saved(screens: Screens, hub: SimHub) -> None:
    first = date(2027, 2, 2)
    screen = await screens.new()
    screen.excuse("status of 409")
    panel = await _form(screen, first, "Sewing bee", "19:00", "21:00", space="studio")
    await panel.get_by_label("Repeats").select_option("Every week")
    await panel.get_by_label("Last date").fill("16/02/2027")
    await expect(panel.get_by_role("button", name="Book 3 dates")).to_be_visible()
    await book(hub, "Faster", first + timedelta(weeks=1), "20:00", "22:00", space="studio")
    await panel.get_by_role("button", name="Book 3 dates").click()
    alert = panel.get_by_role("alert")
    await expect(alert).to_be_focused()
    await expect(alert).to_contain_text("Nothing was saved. Tue 9 Feb: Studio is taken then: Faster")
    assert await titled(hub, "Sewing bee", first) is None
    await expect(panel.get_by_label("What to do on Tue 9 Feb")).to_have_value("skip")
    await panel.get_by_role("button", name="Book 2 dates").click()
    await screen.said("2 dates booked for Sewing bee, 1 left out.")


@pytest.mark.browser_full
async def test_keys_alone_book_a_series(screens: Screens, hub: SimHub) -> None:
    first = date(2027, 2, 4)
    screen = await screens.new()
    panel = await _form(screen, first, "Knitting", "19:00", "21:00", space="studio")
    keys = screen.page.keyboard
    await keys.press("Tab")
    await expect(panel.get_by_label("Repeats")).to_be_focused()
    await keys.type("Every week")
    await keys.press("Tab")
    for _ in range(3):
        await keys.press("Tab")
    await expect(panel.get_by_label("Thursday")).to_be_checked()
    await expect(panel.get_by_label("Thursday")).to_be_focused()
    await keys.press("Tab")
    await keys.press("Space")
    await panel.get_by_label("Last date").focus()
    await keys.press("Control+A")
    await keys.type("12/02/2027")
    dates = _dates(panel, 4)
    await expect(dates).to_have_count(4)
    await dates.nth(1).get_by_role("checkbox").focus()
    await keys.press("Space")
    await expect(panel.get_by_role("button", name="Book 3 dates")).to_be_visible()
    await panel.get_by_label("What for").focus()
    await keys.press("Enter")
    await expect(panel.get_by_role("heading", name="Knitting")).to_be_focused()
    assert await titled(hub, "Knitting", first + timedelta(days=1)) is None
    assert await titled(hub, "Knitting", first + timedelta(days=8)) is not None


@pytest.mark.browser_full
async def test_this_and_the_following_dates_change_and_manual_changes_stay(screens: Screens, hub: SimHub) -> None:
    first = date(2027, 2, 1)
    made = await _series(hub, "Pilates", first, count=5)
    ids = [one["id"] for one in made["bookings"]]
    await hub.api.patch(f"/bookings/{ids[2]}", {"starts": "2027-02-15T17:00", "ends": "2027-02-15T18:00"})
    await book(hub, "Bridge", date(2027, 3, 1), "20:15", "22:00")
    screen = await screens.new()
    await screen.diary(first + timedelta(weeks=1), booking=ids[1])
    panel = screen.panel
    await expect(panel.get_by_role("region", name="Series")).to_contain_text("Every Monday, 19:00 to 20:00, 5 times")
    await panel.get_by_role("button", name="Change").click()
    await panel.get_by_label("This and the following dates").check()
    await expect(panel.get_by_text("Nothing is different yet.")).to_be_visible()
    await panel.get_by_label("To", exact=True).fill("20:30")
    dates = _dates(panel, 4)
    await expect(dates.nth(0)).to_contain_text("19:00 to 20:30")
    await expect(dates.nth(0)).to_contain_text("now 19:00 to 20:00")
    await expect(dates.nth(1)).to_contain_text("Changed by hand and stays so: time")
    await expect(dates.nth(3)).to_contain_text("Studio is taken then: Bridge")
    await expect(dates.nth(3).get_by_label("What to do on Mon 1 Mar")).to_have_value("keep")
    await expect(panel.get_by_role("group", name="4 dates: 2 changed, 2 kept as they are")).to_be_visible()
    assert len(await _found(hub, made["id"])) == 5, "nothing is written before it is saved"
    await panel.get_by_role("button", name="Save").click()
    await screen.said("Series Pilates: 2 changed, 1 kept.")
    await expect(panel.get_by_role("heading", name="Pilates")).to_be_focused()
    await expect(panel.get_by_role("region", name="Series")).to_contain_text("19:00 to 20:30")
    follows = (await hub.api.get(f"/bookings/{ids[1]}"))["series"]
    assert await _found(hub, made["id"]) == [("02-01", "19:00", "20:00", "Pilates")]
    assert [one[:3] for one in await _found(hub, follows)] == [
        ("02-08", "19:00", "20:30"),
        ("02-15", "17:00", "18:00"),
        ("02-22", "19:00", "20:30"),
        ("03-01", "19:00", "20:00"),
    ]


@pytest.mark.browser_full
async def test_all_dates_to_come_get_another_name_and_go_on_for_longer(screens: Screens, hub: SimHub) -> None:
    first = date(2027, 4, 5)
    made = await _series(hub, "Chess", first, count=2)
    screen = await screens.new()
    await screen.diary(first + timedelta(weeks=1), booking=made["bookings"][1]["id"])
    panel = screen.panel
    await panel.get_by_role("button", name="Change").click()
    await panel.get_by_label("What for").fill("Chess club")
    await panel.get_by_label("All dates to come").check()
    await expect(_dates(panel, 2).nth(0)).to_contain_text("Mon 5 Apr")
    await panel.get_by_label("Repeats").select_option("Every other week")
    await panel.get_by_label("Last date").fill("03/05/2027")
    dates = _dates(panel, 4)
    await expect(dates.nth(3)).to_contain_text("Mon 12 Apr")
    await expect(dates.nth(3)).to_contain_text("no longer a date of the series")
    await expect(dates.nth(3).get_by_label("What to do on Mon 12 Apr")).to_have_value("skip")
    await dates.nth(3).get_by_label("What to do on Mon 12 Apr").select_option("Keep it as it is")
    await panel.get_by_role("button", name="Save").click()
    await screen.said("Series Chess: 1 changed, 2 booked, 1 kept.")
    assert await _found(hub, made["id"]) == [
        ("04-05", "19:00", "20:00", "Chess club"),
        ("04-12", "19:00", "20:00", "Chess"),
        ("04-19", "19:00", "20:00", "Chess club"),
        ("05-03", "19:00", "20:00", "Chess club"),
    ]


@pytest.mark.browser_full
async def test_only_this_date_is_changed_unless_more_is_chosen(screens: Screens, hub: SimHub) -> None:
    first = date(2027, 4, 6)
    made = await _series(hub, "Poetry", first, count=2)
    screen = await screens.new()
    await screen.diary(first, booking=made["bookings"][0]["id"])
    await screen.panel.get_by_role("button", name="Change").click()
    await expect(screen.panel.get_by_label("Only this date")).to_be_checked()
    await screen.panel.get_by_label("To", exact=True).fill("21:00")
    await screen.panel.get_by_role("button", name="Save").click()
    await screen.said("Saved Poetry.")
    series = screen.panel.get_by_role("region", name="Series")
    await expect(series).to_contain_text("Changed by hand for this date: time.")
    assert [one[2] for one in await _found(hub, made["id"])] == ["21:00", "20:00"]
    await series.get_by_text("Number 1 of 2 dates").click()
    await series.get_by_role("link", name="Tue 13 Apr").click()
    await expect(screen.page).to_have_url(re.compile("date=2027-04-13"))
    await expect(series).not_to_contain_text("for this date")


@pytest.mark.browser_full
async def test_the_rest_of_a_series_is_cancelled_and_restored_as_far_as_it_is_free(
    screens: Screens, hub: SimHub
) -> None:
    first = date(2026, 12, 17)
    made = await _series(hub, "Book club", first, count=4, space="meeting-room")
    screen = await screens.new()
    await screen.diary(first + timedelta(weeks=1), booking=made["bookings"][1]["id"])
    panel = screen.panel
    await panel.get_by_role("button", name="Cancel…").click()
    await panel.get_by_label("This and the following dates").check()
    await expect(panel).to_contain_text("Cancel 3 dates of Book club?")
    await expect(panel).to_contain_text("Thu 24 Dec, Thu 31 Dec, Thu 7 Jan 2027")
    await panel.get_by_label("All dates to come").check()
    await expect(panel.get_by_role("button", name="Cancel 4 dates")).to_be_visible()
    await panel.get_by_label("This and the following dates").check()
    await panel.get_by_label("Why").fill("The roof leaks")
    await panel.get_by_role("button", name="Cancel 3 dates").click()
    await screen.said("Cancelled 3 dates of Book club, from Thu 24 Dec on.")
    assert await _found(hub, made["id"]) == [("12-17", "19:00", "20:00", "Book club")]
    story = await hub.api.get(f"/bookings/{made['bookings'][2]['id']}/log")
    assert story["items"][-1]["reason"] == "The roof leaks"
    await book(hub, "Quicker", first + timedelta(weeks=2), "19:30", "21:00", space="meeting-room")
    await screen.page.get_by_role("button", name="Undo").click()
    await screen.said(re.compile(r"2 dates of Book club are back\. Not back: Thu 31 Dec \(Meeting room is taken then"))
    assert [one[0] for one in await _found(hub, made["id"])] == ["12-17", "12-24", "01-07"]


@pytest.mark.browser_full
async def test_a_cancelled_series_is_told_also_where_the_live_line_is_faster_than_the_answer(
    screens: Screens, hub: SimHub
) -> None:
    first = date(2026, 12, 18)
    made = await _series(hub, "Reading", first, count=2, space="meeting-room")
    screen = await screens.new()
    panel = screen.panel

    async def late(route: Route) -> None:
        answer = await route.fetch()
        await expect(panel.get_by_role("region", name="Cancel")).to_have_count(0)
        await route.fulfill(response=answer)

    await screen.page.route("**/series/*/cancel", late)
    await screen.diary(first, booking=made["bookings"][0]["id"])
    await expect(screen.page.get_by_text("Live", exact=True)).to_be_visible()
    await panel.get_by_role("button", name="Cancel…").click()
    await panel.get_by_label("This and the following dates").check()
    await panel.get_by_role("button", name="Cancel 2 dates").click()
    await screen.said("Cancelled 2 dates of Reading, from Fri 18 Dec on.")


@pytest.mark.browser_full
@pytest.mark.parametrize(
    ("size", "scheme"),
    [
        pytest.param(DESK, "light", marks=pytest.mark.browser_full),
        pytest.param(DESK, "dark", marks=pytest.mark.browser_full),
        pytest.param((320, 700), "light", marks=pytest.mark.browser_full),
        ((320, 700), "dark"),
    ],
    ids=["desk-light", "desk-dark", "narrow-light", "narrow-dark"],
)
async def test_axe_finds_nothing_and_nothing_is_cut_off(
    screens: Screens, hub: SimHub, size: tuple[int, int], scheme: Scheme
) -> None:
    day = date(2027, 6, 7)
    if await titled(hub, "Tango", day) is None:
        await _series(hub, "Tango", day, count=4)
        await book(hub, "Barrier", day + timedelta(weeks=1), "20:15", "21:00")
        await book(hub, "Hurdle", day + timedelta(weeks=2), "20:15", "21:00")
    tango = await titled(hub, "Tango", day)
    assert tango is not None
    screen = await screens.new(size=size, scheme=scheme)
    panel = screen.panel
    found: list[str] = []

    async def look(name: str) -> None:
        wide = await panel.evaluate("dialog => dialog.scrollWidth - dialog.clientWidth")
        found.extend([f"{name}: {wide} px too wide"] if wide else [])
        found.extend(await faults(screen.page, name))

    await _form(screen, day, "Salsa", "19:00", "20:30", space="studio")
    await panel.get_by_label("Repeats").select_option("Every week")
    await expect(panel.get_by_label("What to do on Mon 14 Jun")).to_be_visible()
    await look("new")
    await panel.get_by_label("Repeats").select_option("By a rule of your own (iCalendar)")
    await look("rule")
    await screen.diary(day, booking=tango["id"])
    await panel.get_by_text("Number 1 of 4 dates").click()
    await panel.get_by_role("button", name="Cancel…").click()
    await look("view")
    await panel.get_by_role("button", name="Change").click()
    await panel.get_by_label("This and the following dates").check()
    await panel.get_by_label("To", exact=True).fill("20:30")
    await expect(panel.get_by_label("What to do on Mon 14 Jun")).to_be_visible()
    await look("edit")
    assert found == []


@pytest.mark.browser_full
async def test_a_series_shows_the_price_of_each_date_and_the_total_before_booking(
    screens: Screens, hub: SimHub
) -> None:
    """As they are charged then: what is left out costs nothing, and a block its discount."""
    first = date(2027, 1, 12)
    rate = {"name": "any time", "per_hour_pence": 1500}
    await hub.api.put("/sites/ramsey/tariffs", {"rates": [rate]})
    await book(hub, "In the way", date(2027, 1, 19), "10:00", "11:00", space="studio")
    screen = await screens.new()
    panel = await _form(screen, first, "Priced", "10:00", "12:00", space="studio")
    await panel.get_by_label("Repeats").select_option("Every week")
    await panel.get_by_label("Last date").fill("26/01/2027")
    dates = panel.get_by_role("region", name="Every date").get_by_role("listitem")
    await expect(dates).to_have_count(3)
    await expect(dates.nth(0)).to_contain_text("£")
    await expect(dates.nth(1)).not_to_contain_text("£")
    total = panel.get_by_text(re.compile("^Price of 2 dates: £"))
    await expect(total).to_be_visible()
    told = (await total.inner_text()).split("£")[1]
    await dates.nth(2).get_by_role("checkbox").uncheck()
    await expect(panel.get_by_text(re.compile("^Price of 1 date: £"))).to_be_visible()
    await dates.nth(2).get_by_role("checkbox").check()
    await expect(total).to_be_visible()
    await panel.get_by_role("button", name="Book 2 dates").click()
    await screen.said(re.compile("2 dates booked for Priced"))
    charged = 0
    for day in (first, date(2027, 1, 26)):
        made = await titled(hub, "Priced", day)
        assert made is not None
        charged += (await hub.api.get(f"/bookings/{made['id']}/quote"))["total_pence"]
    assert f"{charged / 100:.2f}" == told.split(" ")[0]
    await hub.api.put("/sites/ramsey/tariffs", {})
