"""What waits for approval is listed with its reasons, decided one after another, and undone."""

import re
from collections.abc import AsyncIterator
from datetime import date, timedelta
from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import Locator, Route, expect

from firmware_sim.hub_processes import SimHub
from tests.browser.booked import ask, book, decide, titled
from tests.browser.screen import Screen, Screens

pytestmark = pytest.mark.asyncio(loop_scope="session")

DAY = date(2027, 2, 1)


@pytest_asyncio.fixture(loop_scope="session")
async def nothing_held(hub: SimHub) -> AsyncIterator[None]:
    """Requests at Ramsey hold no time meanwhile, so that others can book over them."""
    before = await hub.api.get("/sites/ramsey/policy")
    before.pop("version", None)
    await hub.api.put("/sites/ramsey/policy", before | {"requests_hold": False})
    yield
    await hub.api.put("/sites/ramsey/policy", before)


async def _requests(screen: Screen, view: str = "requests", site: str = "ramsey") -> None:
    await screen.open(f"/diary?site={site}&view={view}")
    await expect(screen.page.get_by_role("heading", level=1)).to_have_text("Waiting for approval")


def _card(screen: Screen, title: str) -> Locator:
    return screen.page.get_by_role("listitem", name=title, exact=True)


async def _status(hub: SimHub, booking: dict[str, Any]) -> str:
    return str((await hub.api.get(f"/bookings/{booking['id']}"))["status"])


async def _last_told(hub: SimHub, booking: dict[str, Any]) -> tuple[str, str]:
    last = (await hub.api.get(f"/bookings/{booking['id']}/log"))["items"][-1]
    return last["what"], last["reason"]


@pytest.mark.browser_full
async def test_waiting_requests_are_sorted_by_start_with_the_reason(screens: Screens, hub: SimHub) -> None:
    await ask(hub, "Second wish", DAY + timedelta(days=1), "10:00", "12:00")
    await ask(hub, "First wish", DAY, "18:00", "20:00", space="hall")
    screen = await screens.new()
    await _requests(screen)
    await expect(_card(screen, "First wish")).to_be_visible()
    ours = screen.page.get_by_role("list", name=re.compile("^Waiting for approval")).get_by_role("heading")
    titles = [title for title in await ours.all_inner_texts() if title in {"First wish", "Second wish"}]
    assert titles == ["First wish", "Second wish"]
    first = _card(screen, "First wish")
    await expect(first).to_contain_text("Mon 1 Feb, 18:00 to 20:00 · Main hall")
    await expect(first).to_contain_text("Mary Holloway · 12 people · holds its time until")
    await expect(first).to_contain_text("needs approval: a manager decides on every booking here", ignore_case=True)


async def test_a_request_is_approved_and_the_approval_undone(screens: Screens, hub: SimHub) -> None:
    asked = await ask(hub, "To approve", DAY, "10:00", "11:00")
    screen = await screens.new()
    await _requests(screen)
    await screen.page.get_by_role("button", name="Approve To approve").click()
    await screen.said("Approved To approve.")
    await expect(_card(screen, "To approve")).to_have_count(0)
    assert await _status(hub, asked) == "confirmed"
    await screen.page.get_by_role("button", name="Undo").click()
    await screen.said("To approve waits for approval again.")
    await expect(_card(screen, "To approve")).to_be_visible()
    assert await _status(hub, asked) == "held"


@pytest.mark.browser_full
async def test_nobody_is_declined_without_a_reason(screens: Screens, hub: SimHub) -> None:
    asked = await ask(hub, "To decline", DAY, "11:00", "12:00")
    screen = await screens.new()
    await _requests(screen)
    await screen.page.get_by_role("button", name="Decline… To decline").click()
    why = _card(screen, "To decline").get_by_label("Why?")
    await expect(why).to_be_focused()
    await why.press("Enter")
    await expect(why).to_be_focused()
    assert await _status(hub, asked) == "held"
    await why.fill("The hall is being painted")
    await why.press("Enter")
    await screen.said("Declined To decline.")
    assert await _status(hub, asked) == "declined"
    assert await _last_told(hub, asked) == ("decline", "The hall is being painted")
    await screen.page.get_by_role("button", name="Undo").click()
    await expect(_card(screen, "To decline")).to_be_visible()


@pytest.mark.browser_full
async def test_several_are_decided_in_a_row_by_keyboard(screens: Screens, hub: SimHub) -> None:
    day = DAY + timedelta(days=7)
    asked = [await ask(hub, f"Row {number}", day, f"1{number}:00", f"1{number}:30") for number in range(3)]
    screen = await screens.new()
    page = screen.page
    await _requests(screen)
    await page.get_by_role("button", name="Approve Row 0").focus()
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("button", name="Row 1", exact=True)).to_be_focused()
    await page.keyboard.press("Tab")
    await expect(page.get_by_role("button", name="Approve Row 1")).to_be_focused()
    await page.keyboard.press("Tab")
    await page.keyboard.press("Enter")
    await expect(_card(screen, "Row 1").get_by_label("Why?")).to_be_focused()
    await page.keyboard.type("No caretaker")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("button", name="Row 2", exact=True)).to_be_focused()
    await page.get_by_role("button", name="Approve Row 2").press("Enter")
    await expect(_card(screen, "Row 2")).to_have_count(0)
    assert [await _status(hub, each) for each in asked] == ["confirmed", "declined", "confirmed"]


@pytest.mark.browser_full
async def test_requests_and_decisions_of_others_appear_without_a_reload(screens: Screens, hub: SimHub) -> None:
    screen = await screens.new()
    await _requests(screen)
    await expect(screen.page.get_by_text("Live", exact=True)).to_be_visible()
    asked = await ask(hub, "From afar", DAY, "13:00", "14:00")
    await expect(_card(screen, "From afar")).to_be_visible()
    await decide(hub, asked, "decline", "Not then")
    await expect(_card(screen, "From afar")).to_have_count(0)


@pytest.mark.browser_full
async def test_a_decision_made_by_somebody_else_meanwhile_is_reported(screens: Screens, hub: SimHub) -> None:
    asked = await ask(hub, "Too late", DAY, "14:00", "15:00")
    screen = await screens.new()
    screen.excuse("409")
    await _requests(screen)

    async def after_the_other(route: Route) -> None:
        await decide(hub, asked, "decline", "Not then")
        await route.continue_()

    await screen.page.route("**/approve", after_the_other)
    await screen.page.get_by_role("button", name="Approve Too late").click()
    notice = screen.page.get_by_role("region", name="Notice")
    await expect(notice).to_contain_text("Not approved: “Too late” was declined; only a request can be approved")
    await expect(_card(screen, "Too late")).to_have_count(0)


@pytest.mark.browser_full
async def test_a_request_that_cannot_be_approved_gives_the_reason_until_the_obstacle_is_gone(
    screens: Screens, hub: SimHub, nothing_held: None
) -> None:
    day = DAY + timedelta(days=14)
    await ask(hub, "In the way", day, "10:00", "12:00")
    taken = await book(hub, "Was faster", day, "11:00", "13:00")
    screen = await screens.new()
    await _requests(screen)
    card = _card(screen, "In the way")
    await expect(card).to_contain_text("holds no time")
    against = card.get_by_role("list", name="Why In the way cannot be approved")
    await expect(against).to_contain_text("Was faster")
    await expect(card.get_by_role("button", name="Decline… In the way")).to_be_visible()
    await expect(card.get_by_role("button", name="Approve")).to_have_count(0)
    await card.get_by_role("button", name="In the way", exact=True).click()
    panel = screen.panel
    await expect(panel.get_by_role("list", name="Why In the way cannot be approved")).to_contain_text("Was faster")
    await expect(panel.get_by_role("button", name="Approve")).to_have_count(0)
    await decide(hub, taken, "cancel")
    await expect(panel.get_by_role("button", name="Approve", exact=True)).to_be_visible()
    await expect(against).to_have_count(0)
    await card.get_by_role("button", name="Approve In the way").click()
    await screen.said("Approved In the way.")


@pytest.mark.browser_full
async def test_only_setting_up_in_the_way_is_overruled_knowingly(
    screens: Screens, hub: SimHub, nothing_held: None
) -> None:
    day = DAY + timedelta(days=15)
    asked = await ask(hub, "Close before", day, "10:00", "11:00")
    body = {"space": "studio", "title": "Sets up", "starts": f"{day}T11:00", "ends": f"{day}T12:00", "setup_min": 30}
    await hub.api.post("/sites/ramsey/bookings", body)
    screen = await screens.new()
    await _requests(screen)
    card = _card(screen, "Close before")
    await expect(card).to_contain_text("Sets up")
    await card.get_by_role("button", name="Close before", exact=True).click()
    await expect(screen.panel.get_by_role("button", name="Approve anyway")).to_be_visible()
    await card.get_by_role("button", name="Approve anyway").click()
    await screen.said("Approved Close before.")
    assert await _status(hub, asked) == "confirmed"


@pytest.mark.browser_full
async def test_a_request_opens_beside_the_list_and_is_decided_there_too(screens: Screens, hub: SimHub) -> None:
    asked = await ask(hub, "Look closer", DAY, "15:00", "16:00")
    screen = await screens.new()
    await _requests(screen)
    await screen.page.get_by_role("button", name="Look closer", exact=True).click()
    await expect(screen.panel.get_by_role("heading", name="Look closer")).to_be_focused()
    await screen.panel.get_by_role("button", name="Approve", exact=True).click()
    await screen.said("Approved Look closer.")
    await expect(_card(screen, "Look closer")).to_have_count(0)
    assert await _status(hub, asked) == "confirmed"


@pytest.mark.browser_full
async def test_the_requests_of_all_buildings_are_one_list(screens: Screens, hub: SimHub) -> None:
    here = await ask(hub, "Here", DAY + timedelta(days=20), "10:00", "11:00")
    there = await ask(hub, "There", DAY + timedelta(days=20), "10:00", "11:00", space="hall", site="march")
    screen = await screens.new()
    await _requests(screen)
    await expect(_card(screen, "Here")).to_be_visible()
    await expect(_card(screen, "There")).to_have_count(0)
    await screen.page.get_by_role("link", name="All buildings").click()
    await expect(_card(screen, "There")).to_contain_text("March Library, Community hall")
    await expect(_card(screen, "Here")).to_contain_text("Ramsey Hub, Studio")
    await expect(screen.page).to_have_url(re.compile("view=all-requests"))
    await screen.page.get_by_role("button", name="Approve There").click()
    await expect(_card(screen, "There")).to_have_count(0)
    assert [await _status(hub, each) for each in (here, there)] == ["held", "confirmed"]


async def _offered(hub: SimHub, title: str, day: date) -> dict[str, Any]:
    """A hold that is offered to the first on the waiting lists time."""
    taken = await book(hub, f"Before {title}", day, "10:00", "11:00")
    wish = {"space": "studio", "title": title, "starts": f"{day}T10:00", "ends": f"{day}T11:00", "people": 5}
    await hub.api.post("/sites/ramsey/waiting", wish)
    await decide(hub, taken, "cancel")
    found = await titled(hub, title, day)
    assert found is not None
    return found


@pytest.mark.browser_full
async def test_an_offer_is_marked_and_accepted_from_the_list(screens: Screens, hub: SimHub) -> None:
    offered = await _offered(hub, "Waited", DAY + timedelta(days=21))
    screen = await screens.new()
    await _requests(screen)
    card = _card(screen, "Waited")
    await expect(card).to_contain_text("offered to the first on the waiting list until")
    await expect(card.get_by_role("button", name="Approve")).to_have_count(0)
    await card.get_by_role("button", name="Accept Waited").click()
    await screen.said(re.compile("^Accepted Waited."))
    await expect(screen.page.locator("body")).not_to_be_focused()
    assert (await hub.api.get(f"/bookings/{offered['id']}"))["offer"] is None


@pytest.mark.browser_full
async def test_an_offer_is_declined_in_the_panel_after_confirmation(screens: Screens, hub: SimHub) -> None:
    day = DAY + timedelta(days=22)
    offered = await _offered(hub, "Unwanted", day)
    screen = await screens.new()
    panel = screen.panel
    await screen.diary(day, booking=offered["id"])
    await expect(panel).to_contain_text("On offer")
    await expect(panel).to_contain_text("offered to the first on the waiting list: accept or decline by")
    await panel.get_by_role("button", name="Decline… Unwanted").click()
    await expect(panel.get_by_role("paragraph").filter(has_text="Decline Unwanted?")).to_be_focused()
    await panel.get_by_role("button", name="Leave it").click()
    await expect(panel.get_by_role("button", name="Decline… Unwanted")).to_be_focused()
    await screen.page.keyboard.press("Enter")
    await panel.get_by_role("button", name="Decline the offer").click()
    await screen.said("Declined the offer of Unwanted.")
    await expect(panel).to_contain_text("Declined")
    assert await _status(hub, offered) == "declined"


@pytest.mark.browser_full
async def test_the_number_waiting_is_next_to_the_view_anywhere_in_the_diary(screens: Screens, hub: SimHub) -> None:
    screen = await screens.new()
    await screen.diary(DAY, site="march")
    requests = screen.page.get_by_role("navigation", name="View").get_by_role("link", name="Requests")
    await expect(requests).to_have_text("Requests")
    asked = await ask(hub, "Counted", DAY + timedelta(days=23), "10:00", "11:00", space="hall", site="march")
    await expect(requests).to_have_text("Requests (1)")
    await requests.click()
    await screen.page.get_by_role("link", name="All buildings").click()
    await expect(requests).to_have_attribute("aria-current", "page")
    await decide(hub, asked, "decline", "Not then")
    await expect(requests).to_have_text("Requests")


@pytest.mark.browser_full
async def test_an_empty_list_says_what_it_will_show(screens: Screens) -> None:
    screen = await screens.new()
    await _requests(screen, site="march")
    await expect(screen.page.get_by_text("Nothing waits for approval at March Library.")).to_contain_text(
        "Bookings that the building's rules do not confirm by themselves come here."
    )


@pytest.mark.browser_full
async def test_a_request_stands_beside_what_it_clashes_with_and_is_decided_from_there(
    screens: Screens, hub: SimHub, nothing_held: None
) -> None:
    day = date(2027, 2, 24)
    asked = await ask(hub, "Beside it", day, "10:00", "12:00")
    taken = await book(hub, "Was there first", day, "11:00", "13:00")
    screen = await screens.new()
    page = screen.page
    await _requests(screen)
    await page.get_by_role("link", name="In the diary Beside it").click()
    await expect(page.get_by_role("heading", level=1)).to_have_text("Wednesday 24 Feb 2027")
    block, other = screen.block("Beside it"), screen.block("Was there first")
    await expect(block).to_have_accessible_name(re.compile("Requested, clashes with Was there first, Studio$"))
    await expect(other).to_have_css("outline-style", "dashed")
    boxes = [await each.bounding_box() for each in (block, other)]
    assert boxes[0] is not None
    assert boxes[1] is not None
    assert boxes[0]["y"] != boxes[1]["y"], "neither covers the other"
    await expect(screen.panel.get_by_role("list", name="Why Beside it cannot be approved")).to_contain_text(
        "Was there first"
    )
    await screen.page.keyboard.press("Escape")
    await expect(block).to_be_focused()
    await expect(other).not_to_have_css("outline-style", "dashed")
    await decide(hub, taken, "cancel")
    await expect(block).to_have_accessible_name(re.compile("Requested, Studio$"))
    await page.keyboard.press("Enter")
    await screen.panel.get_by_role("button", name="Approve").click()
    await screen.said("Approved Beside it.")
    assert await _status(hub, asked) == "confirmed"
