"""A group's leader finds a space on a phone: one question a step, prices first, and what happens next."""

import re
from collections.abc import AsyncIterator, Mapping
from datetime import date

import pytest
import pytest_asyncio
from playwright.async_api import Locator, expect

from firmware_sim.hub_processes import SimHub
from tests.browser.axe import faults
from tests.browser.booked import account, book, decide, titled
from tests.browser.screen import Scheme, Screen, Screens

pytestmark = pytest.mark.asyncio(loop_scope="session")

PASSWORD = "fifteen calm rivers"
PARTY = "reed-band"
LEADER = "Rae of the band"
SMALL = (360, 740)
THURSDAY, NEXT = date(2026, 12, 3), date(2026, 12, 10)


@pytest_asyncio.fixture(loop_scope="session", scope="module")
async def band(hub: SimHub, own_diary: None) -> AsyncIterator[None]:
    """A band that may book the studio at once; the hall is taken on the first Thursday, the studio on the second."""
    rates = [
        {"name": "Hall", "spaces": ["hall"], "per_hour_pence": 1800},
        {"name": "Studio", "spaces": ["studio"], "per_hour_pence": 900},
    ]
    await hub.api.put("/sites/ramsey/tariffs", {"rates": rates})
    await hub.api.put("/sites/ramsey/policy", {"rules": [{"name": "Studio", "spaces": ["studio"]}]})
    await hub.api.put(f"/parties/{PARTY}", {"kind": "group", "name": "Reed Band"})
    await account(hub, LEADER, PASSWORD, "group_leader", PARTY)
    await book(hub, "Quiz night", THURSDAY, "17:00", "21:00", space="hall")
    await book(hub, "Yoga", NEXT, "18:00", "20:00")
    yield
    await hub.api.put("/sites/ramsey/tariffs", {})
    await hub.api.put("/sites/ramsey/policy", {})


async def _signed_in(
    screens: Screens,
    path: str = "/find",
    *,
    scheme: Scheme = "light",
    forced: bool = False,
    size: tuple[int, int] = SMALL,
    settings: Mapping[str, object] | None = None,
) -> Screen:
    screen = await screens.new(signed_in=False, scheme=scheme, forced=forced, size=size, settings=settings)
    await screen.open(path)
    await screen.page.get_by_label("Name").fill(LEADER)
    await screen.page.get_by_label("Password").fill(PASSWORD)
    await screen.page.get_by_role("button", name="Sign in").click()
    return screen


async def _asks(screen: Screen, question: str) -> None:
    heading = screen.page.get_by_role("heading", level=1)
    await expect(heading).to_have_text(question)
    await expect(heading).to_be_focused()


async def _when(screen: Screen, day: str = "3/12/2026", starts: str = "18:00", ends: str = "20:00") -> None:
    page = screen.page
    await page.get_by_label(re.compile("^(Day|First day)$")).fill(day)
    await page.get_by_label("From", exact=True).fill(starts)
    await page.get_by_label("To", exact=True).fill(ends)


async def _on(screen: Screen, question: str) -> None:
    await screen.page.get_by_role("button", name=re.compile("^(Continue|Show the spaces)$")).click()
    await _asks(screen, question)


async def _spaces(screen: Screen, people: str = "18") -> None:
    """Through the other questions, to the spaces."""
    await _on(screen, "How many people come?")
    await screen.page.get_by_label("People", exact=True).fill(people)
    await _on(screen, "What do you need?")
    await _on(screen, "Where?")
    await _on(screen, "Which one?")


def _found(screen: Screen) -> Locator:
    return screen.page.get_by_role("list", name="Spaces that fit").get_by_role("listitem")


def _space(screen: Screen, name: str) -> Locator:
    return _found(screen).get_by_role("button", name=re.compile(f"^{name}"))


async def test_a_leader_books_a_space_from_my_bookings_with_its_price_first(
    screens: Screens, hub: SimHub, band: None
) -> None:
    screen = await _signed_in(screens, "/")
    page = screen.page
    await page.get_by_role("link", name="Book a room").click()
    await expect(page.get_by_role("heading", level=1)).to_have_text("When?")
    await _when(screen)
    await expect(page.get_by_text("spaces fit so far")).to_be_visible()
    await _spaces(screen)
    assert await faults(page, "the spaces") == []
    await expect(_found(screen).first).to_contain_text("Studio")
    await expect(_found(screen).first).to_contain_text("£18.00")
    await expect(_found(screen).first).to_contain_text("Confirmed at once")
    await page.get_by_role("button", name="Why can’t I? Main hall, Ramsey Hub").click()
    await expect(page.get_by_role("list", name="Why Main hall cannot be booked")).to_contain_text("taken then")
    await expect(page.get_by_role("button", name="Wait for Main hall")).to_be_visible()
    await _space(screen, "Studio").click()
    await _asks(screen, "Check and book")
    await expect(page.get_by_text("It is free, and confirmed at once.")).to_be_visible()
    await expect(page.get_by_text("Price: £18.00")).to_be_visible()
    await expect(page.get_by_label("What for")).to_have_value("Reed Band")
    assert await titled(hub, "Reed Band", THURSDAY) is None
    await page.get_by_role("button", name="Book it").click()
    await _asks(screen, "Booked")
    await expect(page.get_by_text(re.compile(r"^\d{3} \d{3}$"))).to_be_visible()
    await expect(page.get_by_text("It opens the doors Thu 3 Dec, 17:45 to 20:15.")).to_be_visible()
    assert await faults(page, "booked") == []
    made = await titled(hub, "Reed Band", THURSDAY)
    assert made is not None
    assert (made["space"], made["people"], made["party"]) == ("studio", 18, PARTY)
    await page.reload()
    await _asks(screen, "Booked")
    await page.get_by_role("link", name="Open it in My bookings").click()
    await expect(page.get_by_role("heading", level=1)).to_have_text("My bookings")
    await decide(hub, made, "cancel")


@pytest.mark.browser_full
@pytest.mark.parametrize(
    ("scheme", "forced", "size", "text"),
    [
        ("light", False, (320, 640), 1.0),
        ("dark", False, (360, 740), 1.0),
        ("light", True, (360, 740), 1.0),
        ("light", False, (360, 740), 2.0),
        ("light", False, (1280, 800), 1.0),
        ("dark", False, (1920, 1080), 1.0),
    ],
)
async def test_every_step_is_accessible_and_as_wide_as_the_window(
    screens: Screens, band: None, scheme: Scheme, forced: bool, size: tuple[int, int], text: float
) -> None:
    screen = await _signed_in(screens, scheme=scheme, forced=forced, size=size)
    page = screen.page

    async def look(name: str) -> None:
        await page.evaluate("size => document.documentElement.style.fontSize = size", f"{text * 100}%")
        assert await faults(page, name) == []
        assert await screen.sideways() == 0, name

    await expect(page.get_by_role("heading", level=1)).to_have_text("When?")
    await look("when")
    await page.get_by_role("button", name="Continue").click()
    await expect(page.get_by_role("alert").filter(has_text="Write the start like 18:00.")).to_be_focused()
    await look("what is wrong")
    await page.get_by_label("Every week").check()
    await page.get_by_label("Last date").fill("4/2/2027")
    await _when(screen)
    await look("a term")
    await page.get_by_label("Every week").uncheck()
    await _on(screen, "How many people come?")
    await page.get_by_label("People", exact=True).fill("18")
    await look("people")
    await _on(screen, "What do you need?")
    await look("needs")
    await _on(screen, "Where?")
    await page.get_by_label("Near a building").check()
    await look("where")
    await _on(screen, "Which one?")
    await page.get_by_role("button", name="Why can’t I? Main hall, Ramsey Hub").click()
    await expect(page.get_by_role("button", name="Wait for Main hall")).to_be_visible()
    await look("spaces")
    await _space(screen, "Studio").click()
    await expect(page.get_by_text("It is free, and confirmed at once.")).to_be_visible()
    await look("check and book")


@pytest.mark.browser_full
@pytest.mark.parametrize("width", [320, 360])
async def test_the_bar_takes_two_rows_on_a_phone(screens: Screens, band: None, width: int) -> None:
    screen = await _signed_in(screens, "/my-bookings", size=(width, 740))
    page = screen.page
    await expect(page.get_by_role("heading", level=1)).to_have_text("My bookings")
    middle = "one => one.map(({ offsetTop, offsetHeight }) => Math.round((offsetTop + offsetHeight / 2) / 10))"
    rows = await page.locator("header").locator("a, button").evaluate_all(middle)
    assert len(set(rows)) == 2, rows


@pytest.mark.browser_full
async def test_back_and_reload_keep_what_was_typed(screens: Screens, band: None) -> None:
    screen = await _signed_in(screens)
    page = screen.page
    await _when(screen)
    await _on(screen, "How many people come?")
    await page.get_by_label("People", exact=True).fill("18")
    await page.reload()
    await expect(page.get_by_label("People", exact=True)).to_have_value("18")
    await _on(screen, "What do you need?")
    await page.go_back()
    await _asks(screen, "How many people come?")
    await expect(page.get_by_label("People", exact=True)).to_have_value("18")
    await page.get_by_role("link", name="Back").click()
    await _asks(screen, "When?")
    await expect(page.get_by_label("From", exact=True)).to_have_value("18:00")
    await page.goto(screen.address + "/find?view=book")
    await expect(page.get_by_role("heading", level=1)).to_have_text("Which one?")


@pytest.mark.browser_full
async def test_a_booking_is_made_by_keyboard_alone(screens: Screens, hub: SimHub, band: None) -> None:
    screen = await _signed_in(screens)
    page, keys = screen.page, screen.page.keyboard
    await expect(page.get_by_label("Day", exact=True)).to_be_visible()
    await page.get_by_label("Day", exact=True).focus()
    await keys.type("4/12/2026")
    await keys.press("Tab")
    await keys.type("18:00")
    await keys.press("Tab")
    await keys.type("19:00")
    await keys.press("Enter")
    await _asks(screen, "How many people come?")
    await page.get_by_label("People", exact=True).focus()
    await keys.type("10")
    await keys.press("Enter")
    await _asks(screen, "What do you need?")
    await page.get_by_label("Step-free access").press("Enter")
    await _asks(screen, "Where?")
    await page.get_by_role("button", name="Show the spaces").press("Enter")
    await _asks(screen, "Which one?")
    await _space(screen, "Studio").press("Enter")
    await _asks(screen, "Check and book")
    await page.get_by_label("What for").fill("By keys")
    await page.get_by_label("What for").press("Enter")
    await _asks(screen, "Booked")
    made = await titled(hub, "By keys", date(2026, 12, 4))
    assert made is not None
    await decide(hub, made, "cancel")


@pytest.mark.browser_full
async def test_a_term_shows_its_dates_and_total_and_leaves_out_what_is_taken(
    screens: Screens, hub: SimHub, band: None
) -> None:
    screen = await _signed_in(screens)
    page = screen.page
    await page.get_by_label("Every week").check()
    await page.get_by_label("Last date").fill("24/12/2026")
    await _when(screen)
    await _spaces(screen)
    studio = _space(screen, "Studio")
    await expect(studio).to_contain_text("3 of 4 dates. Not on Thu 10 Dec (taken)")
    await expect(studio).to_contain_text("£54.00")
    await studio.click()
    await _asks(screen, "Check and book")
    await expect(page.get_by_text("Price of 3 dates: £54.00")).to_be_visible()
    await expect(page.get_by_role("region", name="Every date")).to_contain_text("Studio is taken then")
    await page.get_by_label("What for").fill("Term of reeds")
    await page.get_by_role("button", name="Book 3 dates").click()
    await _asks(screen, "Booked")
    await expect(page.get_by_text("3 dates booked, 1 date left out")).to_be_visible()
    made = await titled(hub, "Term of reeds", THURSDAY)
    assert made is not None
    assert await titled(hub, "Term of reeds", NEXT) is None
    await hub.api.post(f"/series/{made['series']}/cancel", {})


@pytest.mark.browser_full
async def test_where_nothing_fits_other_times_are_a_tap_away(screens: Screens, band: None) -> None:
    screen = await _signed_in(screens)
    page = screen.page
    await _when(screen)
    await _on(screen, "How many people come?")
    await page.get_by_label("People", exact=True).fill("100")
    await expect(page.get_by_text("Nothing that fits is free then.")).to_be_visible()
    ghost = page.get_by_role("button", name=re.compile("Main hall, Ramsey Hub"))
    await expect(ghost.first).to_contain_text("15:00 to 17:00")
    await _on(screen, "What do you need?")
    await _on(screen, "Where?")
    await _on(screen, "Which one?")
    instead = page.get_by_role("list", name="What would fit instead").get_by_role("button")
    await expect(instead.first).to_contain_text("£36.00")
    await expect(page.get_by_role("heading", name="Every space, and why not")).to_be_visible()
    await expect(page.get_by_text("holds 20")).to_be_visible()
    await instead.first.click()
    await expect(page.get_by_text("Thu 3 Dec, 15:00 to 17:00")).to_be_visible()
    await expect(page.get_by_text("It is free. Somebody decides on it first")).to_be_visible()


@pytest.mark.browser_full
async def test_a_leader_waits_for_a_taken_space_and_leaves_the_line(screens: Screens, hub: SimHub, band: None) -> None:
    screen = await _signed_in(screens)
    page = screen.page
    await _when(screen)
    await _spaces(screen, "100")
    await page.get_by_role("button", name="Why can’t I? Main hall, Ramsey Hub").click()
    await page.get_by_role("button", name="Wait for Main hall").click()
    await _asks(screen, "Check and book")
    await page.get_by_role("button", name="Wait for it").click()
    await _asks(screen, "You are waiting for it")
    await expect(page.get_by_text("You are next in line.")).to_be_visible()
    assert await faults(page, "waiting") == []
    waits = (await hub.api.get("/sites/ramsey/waiting"))["items"]
    assert [(one["spaces"], one["party"]) for one in waits] == [(["hall"], PARTY)]
    await page.get_by_role("button", name="Wait no longer").click()
    await screen.said("You no longer wait for it.")
    assert (await hub.api.get("/sites/ramsey/waiting"))["items"] == []


@pytest.mark.browser_full
async def test_just_taken_is_said_only_when_it_was(screens: Screens, hub: SimHub, band: None) -> None:
    screen = await _signed_in(screens)
    screen.excuse("409", "Failed to load resource")
    page = screen.page
    await _when(screen, "5/12/2026")
    await _spaces(screen)
    await _space(screen, "Studio").click()
    await expect(page.get_by_text("It is free, and confirmed at once.")).to_be_visible()
    await expect(page.get_by_text("Just taken")).to_have_count(0)
    faster = await book(hub, "Faster", date(2026, 12, 5), "19:00", "21:00")
    await page.get_by_role("button", name="Book it").click()
    summary = page.get_by_role("alert").filter(has_text="Just taken")
    await expect(summary).to_be_focused()
    await expect(page.get_by_text("What would fit instead")).to_be_visible()
    await expect(page.get_by_role("button", name="Book it")).to_have_count(0)
    await page.get_by_role("button", name=re.compile("^Studio, .*earlier")).first.click()
    await expect(page.get_by_text("It is free, and confirmed at once.")).to_be_visible()
    await expect(page.get_by_text("Just taken")).to_have_count(0)
    await decide(hub, faster, "cancel")


@pytest.mark.browser_full
async def test_the_phones_own_place_orders_by_distance(screens: Screens, band: None) -> None:
    here = {"permissions": ["geolocation"], "geolocation": {"latitude": 52.55, "longitude": 0.09}}
    screen = await _signed_in(screens, settings=here)
    page = screen.page
    await _when(screen)
    await _on(screen, "How many people come?")
    await page.get_by_label("People", exact=True).fill("10")
    await _on(screen, "What do you need?")
    await _on(screen, "Where?")
    await page.get_by_label("Near where I am").check()
    await expect(page.get_by_text("Your place is known.")).to_be_visible()
    await _on(screen, "Which one?")
    await page.get_by_label("Order").select_option("Nearest first")
    await expect(_found(screen).first).to_contain_text("March Library")


@pytest.mark.browser_full
async def test_step_free_and_a_kitchen_leave_out_what_lacks_them_and_say_so(
    screens: Screens, hub: SimHub, band: None
) -> None:
    both: dict[str, dict[str, object]] = {"tea-room": {"name": "Tea room", "step_free": True}, "loft": {"name": "Loft"}}
    for name, space in both.items():
        await hub.api.put(f"/sites/ramsey/spaces/{name}", space | {"capacity": 30, "amenities": ["kitchen"]})
    screen = await _signed_in(screens)
    page = screen.page
    await _when(screen, "4/12/2026")
    await _on(screen, "How many people come?")
    await page.get_by_label("People", exact=True).fill("10")
    await _on(screen, "What do you need?")
    await page.get_by_label("Step-free access").check()
    await page.get_by_label("Kitchen").check()
    await _on(screen, "Where?")
    await _on(screen, "Which one?")
    await expect(_space(screen, "Tea room")).to_be_visible()
    for lacks in ("Studio", "Loft"):
        await expect(_space(screen, lacks)).to_have_count(0)
    others = page.get_by_role("region", name="The other spaces").get_by_role("listitem")
    await expect(others.filter(has_text="Loft")).to_contain_text(re.compile("step-free"))
    await expect(others.filter(has_text="Studio")).to_contain_text(re.compile("kitchen"))
    for name in both:
        await hub.api.delete(f"/sites/ramsey/spaces/{name}")


@pytest.mark.browser_full
async def test_a_place_that_is_not_given_says_what_to_do(screens: Screens, band: None) -> None:
    screen = await _signed_in(screens)
    page = screen.page
    await _when(screen)
    await _on(screen, "How many people come?")
    await page.get_by_label("People", exact=True).fill("10")
    await _on(screen, "What do you need?")
    await _on(screen, "Where?")
    await page.get_by_label("Near where I am").check()
    await expect(page.get_by_text("choose “Near a building”").first).to_be_visible()
    await page.get_by_role("button", name="Show the spaces").click()
    await expect(page.get_by_role("alert").filter(has_text="Your place is not known yet.")).to_be_focused()
