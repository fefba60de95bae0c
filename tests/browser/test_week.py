"""The week shows what is in each room on each of seven days, and the way to each of them."""

import re
from datetime import date, timedelta

import pytest
from playwright.async_api import Locator, expect

from firmware_sim.hub_processes import SimHub
from tests.browser.booked import ask, book, decide
from tests.browser.screen import PHONE, Screen, Screens

pytestmark = pytest.mark.asyncio(loop_scope="session")

MONDAY = date(2027, 1, 11)
_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


async def _week(screen: Screen, day: date, **more: str) -> None:
    extra = "".join(f"&{key}={value}" for key, value in more.items())
    await screen.open(f"/diary?site=ramsey&date={day}&view=week{extra}")
    await expect(screen.page.get_by_role("table")).to_be_visible()


def _cell(screen: Screen, room: str, weekday: str) -> Locator:
    return screen.row(room).get_by_role("cell").nth(_DAYS.index(weekday))


def _entry(screen: Screen, title: str) -> Locator:
    return screen.page.get_by_role("button", name=re.compile(rf"^{re.escape(title)}, "))


def _head(screen: Screen, weekday: str) -> Locator:
    return screen.page.get_by_role("columnheader", name=re.compile(rf"^{weekday} "))


@pytest.mark.browser_full
async def test_each_booking_is_shown_on_its_day_in_its_room(screens: Screens, hub: SimHub) -> None:
    await book(hub, "Week choir", MONDAY + timedelta(days=1), "19:00", "21:00", space="hall")
    await ask(hub, "Week wish", MONDAY + timedelta(days=3), "10:00", "12:00")
    gone = await book(hub, "Week gone", MONDAY + timedelta(days=4), "10:00", "12:00")
    await decide(hub, gone, "cancel")
    screen = await screens.new()
    await _week(screen, MONDAY + timedelta(days=2))
    await expect(screen.page.get_by_role("heading", level=1)).to_have_text("Week of Monday 11 Jan 2027")
    choir = _cell(screen, "Main hall", "Tue").get_by_role("button").first
    await expect(choir).to_have_accessible_name(re.compile("^Week choir, 19:00 to 21:00, Confirmed"))
    await expect(choir).to_contain_text("19:00–21:00")
    wish = _cell(screen, "Studio", "Thu").get_by_role("button").first
    await expect(wish).to_have_accessible_name("Week wish, 10:00 to 12:00, Waits for approval")
    await expect(wish).to_have_css("border-top-style", "dashed")
    await expect(_entry(screen, "Week gone")).to_have_count(0)


@pytest.mark.browser_full
async def test_a_booking_over_midnight_is_shown_on_both_days(screens: Screens, hub: SimHub) -> None:
    saturday, sunday = MONDAY + timedelta(days=5), MONDAY + timedelta(days=6)
    await book(hub, "Week eve", saturday, "22:00", "00:00", space="meeting-room", last=sunday)
    await book(hub, "Week night", saturday, "22:00", "02:00", space="hall", last=sunday)
    screen = await screens.new()
    await _week(screen, MONDAY)
    await expect(_cell(screen, "Main hall", "Sat")).to_contain_text("from 22:00")
    await expect(_cell(screen, "Main hall", "Sun")).to_contain_text("until 02:00")
    await expect(_cell(screen, "Meeting room", "Sat")).to_contain_text("Week eve")
    await expect(_cell(screen, "Meeting room", "Sun")).to_have_text("")


@pytest.mark.browser_full
async def test_each_day_shows_the_opening_hours_or_that_the_building_is_closed(screens: Screens) -> None:
    screen = await screens.new()
    await _week(screen, MONDAY)
    await expect(_head(screen, "Mon")).to_contain_text("Closed")
    await expect(_head(screen, "Tue")).to_contain_text("10:00 to 18:00")
    await expect(_head(screen, "Tue")).not_to_contain_text("Closed")
    await expect(_head(screen, "Wed")).to_contain_text("10:00 to 14:00")


@pytest.mark.browser_full
async def test_a_day_opens_from_its_name_and_the_back_button_returns_to_the_week(screens: Screens) -> None:
    screen = await screens.new()
    page = screen.page
    await _week(screen, MONDAY)
    await page.get_by_role("link", name="Thu 14 Jan").click()
    await expect(page.get_by_role("heading", level=1)).to_have_text("Thursday 14 Jan 2027")
    await expect(page.get_by_role("grid")).to_be_visible()
    await page.go_back()
    await expect(page.get_by_role("table")).to_be_visible()
    await page.get_by_role("navigation", name="View").get_by_role("link", name="Day", exact=True).click()
    await expect(page.get_by_role("heading", level=1)).to_have_text("Monday 11 Jan 2027")


@pytest.mark.browser_full
async def test_a_booking_opens_by_keyboard_and_returns_the_focus(screens: Screens, hub: SimHub) -> None:
    booked = await book(hub, "Week keys", MONDAY + timedelta(days=2), "12:00", "13:00")
    screen = await screens.new()
    await _week(screen, MONDAY)
    await _entry(screen, "Week keys").focus()
    await screen.page.keyboard.press("Enter")
    await expect(screen.panel.get_by_role("heading", name="Week keys")).to_be_focused()
    await expect(screen.page).to_have_url(re.compile(f"booking={booked['id']}"))
    await expect(screen.page).to_have_url(re.compile("view=week"))
    await screen.page.keyboard.press("Escape")
    await expect(screen.panel).to_have_count(0)
    await expect(_entry(screen, "Week keys")).to_be_focused()


@pytest.mark.browser_full
async def test_the_previous_and_next_weeks_are_reached_by_keyboard_and_shown_in_the_address(screens: Screens) -> None:
    screen = await screens.new()
    page = screen.page
    await _week(screen, MONDAY)
    after = page.get_by_role("link", name="Week after")
    await after.focus()
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("heading", level=1)).to_have_text("Week of Monday 18 Jan 2027")
    await expect(after).to_be_focused()
    await expect(page).to_have_url(re.compile("date=2027-01-18"))
    await page.get_by_role("link", name="Week before").focus()
    await page.keyboard.press("Enter")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("heading", level=1)).to_have_text("Week of Monday 4 Jan 2027")
    await page.reload()
    await expect(page.get_by_role("heading", level=1)).to_have_text("Week of Monday 4 Jan 2027")
    await expect(page.get_by_role("columnheader", name="Sun 10 Jan")).to_be_visible()


@pytest.mark.browser_full
async def test_a_phone_shows_the_day_of_the_address_first(screens: Screens) -> None:
    screen = await screens.new(size=PHONE)
    await _week(screen, MONDAY + timedelta(days=4))
    await expect(_head(screen, "Fri")).to_be_in_viewport(ratio=1)
    await expect(_head(screen, "Mon")).not_to_be_in_viewport()
    await expect(screen.page.get_by_role("rowheader", name="Studio")).to_be_in_viewport()


@pytest.mark.browser_full
async def test_an_empty_week_says_what_to_do(screens: Screens) -> None:
    screen = await screens.new()
    await _week(screen, date(2027, 8, 9))
    await expect(screen.page.get_by_text("Nothing is booked in this week.")).to_contain_text("Choose a day")


@pytest.mark.browser_full
@pytest.mark.parametrize(
    ("sunday", "starts", "hours"),
    [(date(2027, 3, 28), "00:30", 23), (date(2027, 10, 31), "01:30", 25)],
    ids=["forward", "back"],
)
async def test_the_weeks_of_the_clock_changes_have_seven_days_and_mark_the_day_without_24_hours(
    screens: Screens, hub: SimHub, sunday: date, starts: str, hours: int
) -> None:
    title = f"Week of {hours} hours"
    await book(hub, title, sunday, starts, "03:30", space="meeting-room")
    await book(hub, f"Eve of {hours}", sunday - timedelta(days=1), "23:00", "00:15", last=sunday)
    await book(hub, f"End of {hours}", sunday, "23:00", "23:45")
    screen = await screens.new()
    await _week(screen, sunday)
    heads = screen.page.get_by_role("columnheader")
    await expect(heads).to_have_count(8)
    await expect(_head(screen, "Sun")).to_contain_text(f"{hours} hours")
    for weekday in _DAYS[:6]:
        await expect(_head(screen, weekday)).not_to_contain_text("hours")
    await expect(_cell(screen, "Meeting room", "Sun")).to_contain_text(f"{starts}–03:30 {title}", use_inner_text=True)
    await expect(_cell(screen, "Meeting room", "Sat")).to_have_text("")
    await expect(_cell(screen, "Studio", "Sat")).to_contain_text("from 23:00")
    await expect(_cell(screen, "Studio", "Sun")).to_contain_text("until 00:15")
    await expect(
        _cell(screen, "Studio", "Sun").get_by_role("button", name=re.compile(f"^End of {hours}"))
    ).to_be_visible()


@pytest.mark.browser_full
async def test_a_booking_made_elsewhere_appears_in_the_week_without_a_reload(screens: Screens, hub: SimHub) -> None:
    screen = await screens.new()
    await _week(screen, MONDAY)
    await expect(screen.page.get_by_text("Live", exact=True)).to_be_visible()
    made = await book(hub, "Week late", MONDAY + timedelta(days=6), "12:00", "13:00")
    await expect(_entry(screen, "Week late")).to_be_visible()
    await decide(hub, made, "cancel")
    await expect(_entry(screen, "Week late")).to_have_count(0)


async def test_free_time_of_the_week_is_booked_on_its_day_from_when_the_building_opens(screens: Screens) -> None:
    screen = await screens.new()
    await _week(screen, date(2027, 6, 14))
    await screen.page.get_by_role("button", name="Book Studio, Tue 15 Jun").click()
    await expect(screen.panel.get_by_label("Room")).to_have_value("studio")
    await expect(screen.panel.get_by_label("Date")).to_have_value("15/06/2027")
    await expect(screen.panel.get_by_label("From")).to_have_value("10:00")
    await expect(screen.panel.get_by_label("To")).to_have_value("11:00")
    await expect(screen.page.get_by_role("heading", level=1)).to_have_text("Week of Monday 14 Jun 2027")


@pytest.mark.browser_full
async def test_on_a_narrow_phone_no_entry_of_the_day_shown_first_is_under_the_name_of_its_room(
    screens: Screens, hub: SimHub
) -> None:
    screen = await screens.new(size=(360, 740))
    for n in range(7):
        day = date(2027, 6, 21) + timedelta(days=n)
        await book(hub, f"Edge {n}", day, "12:00", "13:00")
        await _week(screen, day)
        entry = await _entry(screen, f"Edge {n}").bounding_box()
        room = await screen.page.get_by_role("rowheader", name="Studio").bounding_box()
        assert entry is not None
        assert room is not None
        assert entry["x"] >= room["x"] + room["width"], day
