"""A manager's start of the day: what needs somebody, each with its act beside it, until nothing more does."""

import asyncio
import re
import secrets
from collections.abc import AsyncIterator
from datetime import date
from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import Locator, Route, expect

from firmware_sim.hub_processes import SimHub
from tests.browser.axe import faults
from tests.browser.booked import ask, book, decide
from tests.browser.screen import PHONE, Scheme, Screen, Screens

pytestmark = pytest.mark.asyncio(loop_scope="session")

PARTY = "dawn-choir"
THURSDAY, FRIDAY, NEXT = date(2026, 11, 26), date(2026, 11, 27), date(2026, 12, 3)
LISTS = ("late", "unready", "affected", "doors", "documents", "calls", "new", "moved", "cancelled", "unused")
DEAD_DOOR = {"door": "front", "text": "Front door has not been heard of since 02:10", "hint": "It goes on by its plan."}


@pytest_asyncio.fixture(loop_scope="session", scope="module")
async def monday(hub: SimHub, own_diary: None) -> AsyncIterator[dict[str, dict[str, Any]]]:
    """A choir without insurance whose practice a closure hits, two requests, a call, and what has changed."""
    contact = {"contact_name": "Tess Hall", "contact_phone": "01632 960 222", "contact_email": "tess@example.org"}
    await hub.api.put(f"/parties/{PARTY}", {"kind": "group", "name": "Dawn Choir"} | contact)
    lapsed = {"kind": "insurance", "valid_from": "2026-01-01", "valid_until": "2026-11-20"}
    await hub.api.post(f"/parties/{PARTY}/documents", lapsed)
    made = {
        "practice": await book(hub, "Dawn practice", FRIDAY, "07:00", "08:00", space="hall", party=PARTY),
        "birthday": await ask(hub, "Birthday of Pat", NEXT, "14:00", "17:00"),
        "quiz": await ask(hub, "Quiz night", NEXT, "19:00", "22:00"),
        "off": await book(hub, f"Called off {secrets.token_hex(3)}", NEXT, "10:00", "11:00"),
    }
    await decide(hub, made["off"], "cancel", "Too few people")
    closure = {"reason": "Boiler", "spaces": ["hall"], "starts": "2026-11-27T06:00", "ends": "2026-11-27T09:00"}
    closed = await hub.api.post("/sites/ramsey/closures?anyway=true", closure)
    call = {"name": "Mabel Thorne", "phone": "01487 555 321", "why": "The key holder has changed"}
    if all(each["name"] != call["name"] for each in (await hub.api.get("/sites/ramsey/calls"))["items"]):
        await hub.api.post("/sites/ramsey/calls", call | {"due": "2026-11-26T12:00"})
    yield made
    await hub.api.delete(f"/sites/ramsey/closures/{closed['id']}")


async def _morning(screens: Screens, *, size: tuple[int, int] = PHONE, **how: Any) -> Screen:
    screen = await screens.new(size=size, **how)
    await screen.open("/morning?site=ramsey")
    await expect(screen.page.get_by_text("Live", exact=True)).to_be_visible()
    await expect(screen.page.locator("#morning-end")).to_have_text("Nothing more needs you.")
    return screen


def _item(screen: Screen, name: str, part: str) -> Locator:
    return screen.page.get_by_role("region", name=re.compile(part)).get_by_role("listitem", name=name)


async def _answered(screen: Screen, **fields: object) -> None:
    """The page is made to hear other fields of its answer."""

    async def other(route: Route) -> None:
        response = await route.fetch()
        await route.fulfill(response=response, json=await response.json() | fields)

    await screen.page.route("**/morning?days=*", other)


async def test_a_manager_decides_in_place_and_each_item_goes(
    screens: Screens, hub: SimHub, monday: dict[str, dict[str, Any]]
) -> None:
    screen = await _morning(screens, size=(360, 740))
    page = screen.page
    request = _item(screen, "Birthday of Pat", "Waiting for a decision")
    await expect(request).to_contain_text("Thu 3 Dec, 14:00 to 17:00 · Studio")
    await request.get_by_role("button", name="Approve").click()
    await expect(request).to_have_count(0)
    await page.get_by_role("button", name="Undo").click()
    await expect(request).to_be_visible()
    await request.get_by_role("button", name="Decline…").click()
    await page.get_by_label("Why? The person who asked sees this.").fill("The floor is being painted")
    await page.get_by_role("button", name="Decline Birthday of Pat").click()
    await expect(request).to_have_count(0)
    found = await hub.api.get(f"/bookings/{monday['birthday']['id']}")
    assert (found["status"], found["why"]) == ("declined", "The floor is being painted")
    await decide(hub, monday["birthday"], "restore")
    await expect(request).to_be_visible()  # by the live connection
    assert await screen.sideways() == 0


@pytest.mark.browser_full
async def test_what_is_done_while_something_else_is_being_done_is_done_next(
    screens: Screens, hub: SimHub, monday: dict[str, dict[str, Any]]
) -> None:
    screen = await _morning(screens)
    page = screen.page
    asked, answer = asyncio.Event(), asyncio.Event()

    async def slow(route: Route) -> None:
        asked.set()
        await answer.wait()
        await route.continue_()

    await page.route("**/morning?days=*", slow)
    request, hit = _item(screen, "Birthday of Pat", "Waiting"), _item(screen, "Dawn practice", "Hit by a closure")
    await request.get_by_role("button", name="Approve").click()
    await asked.wait()
    keep = hit.get_by_role("button", name="Keep it")
    await keep.click()
    await expect(keep).to_have_attribute("aria-disabled", "true")
    await keep.click(force=True)  # a second time changes nothing
    answer.set()
    await expect(request).to_have_count(0)
    await expect(hit).to_have_count(0)
    await hub.api.post("/sites/ramsey/affected-bookings/keep", {"bookings": [monday["practice"]["id"]], "kept": False})
    await decide(hub, monday["birthday"], "restore")
    await expect(request).to_be_visible()


@pytest.mark.browser_full
async def test_what_a_closure_hits_is_kept_or_moved_in_place(
    screens: Screens, hub: SimHub, monday: dict[str, dict[str, Any]]
) -> None:
    screen = await _morning(screens)
    page = screen.page
    hit = _item(screen, "Dawn practice", "Hit by a closure")
    await expect(hit).to_contain_text("Boiler")
    await expect(hit.get_by_role("link", name="See the closure")).to_have_attribute("href", re.compile("^/closures"))
    await hit.get_by_role("button", name="Keep it").click()
    await expect(hit).to_have_count(0)
    await page.get_by_role("button", name="Undo").click()
    await expect(hit).to_be_visible()
    await hit.get_by_role("button", name="Move…").click()
    await expect(page.get_by_role("heading", name="What would fit instead")).to_be_visible()
    await hit.get_by_role("button", name="Leave it").click()
    await hit.get_by_role("button", name="Cancel…").click()
    await expect(page.get_by_label("Why (stored with the booking; optional)")).to_be_focused()
    await expect(hit).to_contain_text("It cannot come back while it is closed then.")
    await hit.get_by_role("button", name="Leave it").click()
    await hub.api.post("/sites/ramsey/affected-bookings/keep", {"bookings": [monday["practice"]["id"]]})
    await expect(hit).to_have_count(0)  # by the live connection
    await hub.api.post("/sites/ramsey/affected-bookings/keep", {"bookings": [monday["practice"]["id"]], "kept": False})
    await expect(hit).to_be_visible()
    shut = await hub.api.post(
        "/sites/ramsey/overrides", {"kind": "out_of_service", "doors": None, "reason": "Locks", "minutes": 9000}
    )
    door = _item(screen, "Front door is out of service", "Doors that do not work")
    await expect(door).to_contain_text("let them in yourself")  # by the live connection
    await hub.api.post(f"/overrides/{shut['id']}/end", {"reason": ""})
    await expect(door).to_have_count(0)


@pytest.mark.browser_full
async def test_who_is_to_be_rung_and_asked_leaves_the_page_and_comes_back_on_request(
    screens: Screens, monday: dict[str, dict[str, Any]]
) -> None:
    screen = await _morning(screens)
    page = screen.page
    call = _item(screen, "Mabel Thorne", "To ring")
    await expect(call.get_by_role("link", name="Ring 01487 555 321")).to_have_attribute("href", "tel:01487555321")
    await call.get_by_role("button", name="No answer").click()
    await expect(call).to_contain_text("Nobody answered once")
    await call.get_by_role("button", name="I have rung").click()
    await expect(call).to_have_count(0)
    await page.get_by_role("button", name="Undo").click()
    await expect(call).to_be_visible()
    asked = page.get_by_role("region", name="Documents to ask for").get_by_role("listitem", name="Dawn Choir")
    await expect(asked).to_contain_text("ended on Fri 20 Nov")
    await expect(asked).to_contain_text("Dawn practice")
    mail = asked.get_by_role("link", name="Ask by mail")
    await expect(mail).to_have_attribute("href", re.compile(r"^mailto:tess%40example\.org\?subject="))
    await asked.get_by_role("button", name="Asked").click()
    await expect(asked).to_have_count(0)
    name = f"Cancelled {monday['off']['title']}"
    off = _item(screen, name, "Changed since yesterday 18:00")
    await expect(off).to_contain_text("Too few people")
    await off.get_by_role("button", name="Seen").click()
    await expect(off).to_have_count(0)
    phone = await _morning(screens)
    await expect(_item(phone, "Mabel Thorne", "To ring")).to_be_visible()
    await expect(_item(phone, name, "Changed since yesterday 18:00")).to_have_count(0)
    await page.reload()
    await expect(call).to_be_visible()
    await expect(off).to_have_count(0)
    await page.get_by_role("button", name="Show again what you have seen").click()
    await expect(off).to_be_visible()
    await expect(asked).to_be_visible()


@pytest.mark.browser_full
async def test_it_says_that_nothing_needs_you_and_what_comes_next(
    screens: Screens, monday: dict[str, dict[str, Any]]
) -> None:
    screen = await screens.new(size=PHONE)
    await _answered(screen, requests={"items": [], "next": None}, **{name: [] for name in LISTS})
    await screen.open("/morning?site=ramsey")
    await expect(screen.page.get_by_text("Nothing needs you.")).to_be_visible()
    await expect(screen.page.get_by_text(re.compile(r"^Next: .+, .+\."))).to_be_visible()


async def test_without_the_line_it_is_not_known_whether_anything_needs_you(
    screens: Screens, hub: SimHub, monday: dict[str, dict[str, Any]]
) -> None:
    screen = await _morning(screens)
    screen.excuse("WebSocket connection to", "ERR_CONNECTION_REFUSED", "ERR_CONNECTION_RESET")
    await hub.controller.kill()
    try:
        await expect(screen.page.locator("#morning-end")).to_have_text("It is not known what else needs you.")
        await expect(screen.page.get_by_text(re.compile(r"^Stale since \d\d:\d\d$"))).to_be_visible()
        await expect(_item(screen, "Quiz night", "Waiting")).to_be_visible()
    finally:
        await hub.controller.start()
    await expect(screen.page.locator("#morning-end")).to_have_text("Nothing more needs you.")
    await hub.online("ramsey")


@pytest.mark.browser_full
@pytest.mark.parametrize(
    ("scheme", "forced", "width"),
    [
        ("dark", False, 320),
        *(
            pytest.param(scheme, forced, width, marks=pytest.mark.browser_full)
            for scheme, forced in (("light", False), ("dark", False), ("light", True))
            for width in (360, 1280, 1920)
        ),
    ],
)
async def test_the_page_and_all_that_opens_on_it_is_accessible(
    screens: Screens, monday: dict[str, dict[str, Any]], scheme: Scheme, forced: bool, width: int
) -> None:
    screen = await screens.new(size=(width, 800), scheme=scheme, forced=forced)
    found = await _some_booking(screen)
    late = found | {"release_at": "2026-11-25T10:55:00+00:00"}
    dead = DEAD_DOOR | {"bookings": [found], "more": 3}
    unused = found | {"status": "no_show", "why": "Nobody came."}
    await _answered(screen, late=[late], doors=[dead], unready=[found], unused=[unused], moved=[found])
    await screen.open("/morning?site=ramsey")
    await expect(screen.page.get_by_role("listitem", name="Front door has not been heard of")).to_be_visible()
    assert await faults(screen.page, "morning") == []
    await _item(screen, "Quiz night", "Waiting").get_by_role("button", name="Decline…").click()
    await expect(screen.page.get_by_label("Why? The person who asked sees this.")).to_be_focused()
    assert await faults(screen.page, "decline") == []
    hit = _item(screen, "Dawn practice", "Hit by a closure")
    for word, sign in (("Move…", "What would fit instead"), ("Cancel…", "Its people are told that it is cancelled")):
        await hit.get_by_role("button", name=word).click()
        await expect(screen.page.get_by_text(sign)).to_be_visible()
        assert await faults(screen.page, word) == []
    assert await screen.sideways() == 0


async def _some_booking(screen: Screen) -> dict[str, Any]:
    answer = await screen.page.request.get(f"{screen.address}/api/v1/sites/ramsey/morning")
    found: dict[str, Any] = (await answer.json())["affected"][0]
    return found | {"id": "00000000-0000-7000-8000-000000000000", "series": None, "affected_by": []}


@pytest.mark.browser_full
async def test_by_keyboard_alone_the_focus_goes_on_to_what_is_next(
    screens: Screens, monday: dict[str, dict[str, Any]]
) -> None:
    screen = await _morning(screens)
    page = screen.page
    await _item(screen, "Birthday of Pat", "Waiting").get_by_role("button", name="Approve").focus()
    await page.keyboard.press("Enter")
    await expect(_item(screen, "Quiz night", "Waiting").get_by_role("button", name="Approve")).to_be_focused()
    await screen.said("Approved Birthday of Pat. Undo is at the end of the page.")
    await page.get_by_role("button", name="Undo").click()
    await expect(_item(screen, "Birthday of Pat", "Waiting")).to_be_visible()


@pytest.mark.browser_full
async def test_the_last_seven_days_are_one_press_away(screens: Screens, monday: dict[str, dict[str, Any]]) -> None:
    screen = await _morning(screens)
    await screen.page.get_by_role("link", name="Look at the last 7 days").click()
    await expect(screen.page.get_by_role("region", name="Changed since Wed 18 Nov 18:00")).to_be_visible()
    await expect(screen.page).to_have_url(re.compile("view=week"))
