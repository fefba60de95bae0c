"""The panel shows the state of a booking, its reason and the next step, and performs the steps."""

import re
from collections.abc import AsyncIterator
from datetime import date, timedelta
from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import expect

from firmware_sim.hub_processes import SimHub
from tests.browser.booked import ask, book, decide
from tests.browser.screen import Screens

pytestmark = pytest.mark.asyncio(loop_scope="session")

DAY = date(2027, 2, 10)


@pytest_asyncio.fixture(loop_scope="session")
async def given_back_after_an_hour(hub: SimHub) -> AsyncIterator[None]:
    await hub.api.put("/sites/march/policy", {"release": [{"after_min": 60, "warn_min": 10}]})
    yield
    await hub.api.put("/sites/march/policy", {})


async def _running(hub: SimHub, title: str) -> dict[str, Any]:
    """A booking at March that has just begun."""
    now = hub.clock.now()
    body = {"space": "meeting-room", "title": title, "starts": now.isoformat()}
    return await hub.api.post("/sites/march/bookings", body | {"ends": (now + timedelta(hours=2)).isoformat()})


@pytest.mark.browser_full
async def test_a_checked_in_booking_is_not_released(
    screens: Screens, hub: SimHub, given_back_after_an_hour: None
) -> None:
    booked = await _running(hub, "Checked in")
    screen = await screens.new()
    panel = screen.panel
    await screen.diary(hub.clock.now().date(), site="march", booking=booked["id"])
    await expect(panel).to_contain_text(f"Cancelled if nobody arrives by {booked['release_at'][11:16]}.")
    await panel.get_by_role("button", name="They are here").click()
    await screen.said("Checked in Checked in.")
    await expect(panel).to_contain_text("Arrived")
    await expect(panel).not_to_contain_text("ancelled if nobody")
    await screen.page.get_by_role("button", name="Undo").click()
    await screen.said("Checked in is as it was.")
    await expect(panel).to_contain_text("if nobody arrives")
    await decide(hub, booked, "cancel")


@pytest.mark.browser_full
async def test_an_early_end_is_undone(screens: Screens, hub: SimHub) -> None:
    booked = await _running(hub, "Short stay")
    screen = await screens.new()
    await screen.diary(hub.clock.now().date(), site="march", booking=booked["id"])
    await screen.panel.get_by_role("button", name="They have left").click()
    await screen.said("Finished Short stay.")
    ended = await hub.api.get(f"/bookings/{booked['id']}")
    assert ended["ends_before"] == booked["ends"]
    await screen.page.get_by_role("button", name="Undo").click()
    await screen.said("Short stay is as it was.")
    assert (await hub.api.get(f"/bookings/{booked['id']}"))["ends"] == booked["ends"]
    await decide(hub, booked, "cancel")


async def test_a_declined_request_gives_the_reason_and_can_be_restored(screens: Screens, hub: SimHub) -> None:
    asked = await ask(hub, "Painted over", DAY, "10:00", "11:00")
    screen = await screens.new()
    panel = screen.panel
    await screen.diary(DAY, booking=asked["id"])
    await expect(panel).to_contain_text(
        "Needs approval: a manager decides on every booking here. It holds its time until"
    )
    await panel.get_by_role("button", name="Decline…").click()
    await expect(panel.get_by_label("Why?")).to_be_focused()
    await screen.page.keyboard.type("The hall is being painted")
    await screen.page.keyboard.press("Enter")
    await screen.said("Declined Painted over.")
    await expect(panel).to_contain_text("Declined: The hall is being painted")
    await panel.get_by_role("button", name="Restore the booking").click()
    await screen.said("Painted over is back.")
    await expect(panel.get_by_role("button", name="Approve")).to_be_visible()


@pytest.mark.browser_full
async def test_an_approval_can_be_undone_while_nothing_newer_followed(screens: Screens, hub: SimHub) -> None:
    asked = await ask(hub, "Second thoughts", DAY, "12:00", "13:00")
    screen = await screens.new()
    await screen.diary(DAY, booking=asked["id"])
    await screen.panel.get_by_role("button", name="Approve").click()
    await screen.panel.get_by_role("button", name="Undo the approval").click()
    await expect(screen.panel).to_contain_text("Waits for approval")
    assert (await hub.api.get(f"/bookings/{asked['id']}"))["status"] == "held"


@pytest.mark.browser_full
async def test_the_history_of_a_booking_is_shown_on_demand_and_continues(screens: Screens, hub: SimHub) -> None:
    booked = await book(hub, "Much happened", DAY, "14:00", "15:00")
    screen = await screens.new()
    await screen.diary(DAY, booking=booked["id"])
    await screen.panel.get_by_text("History", exact=True).click()
    story = screen.panel.get_by_role("group").filter(has_text="History").get_by_role("listitem")
    await expect(story).to_have_text([re.compile("Booked by warden")])
    await decide(hub, booked, "cancel", "The boiler is broken")
    await expect(story).to_have_text([re.compile("Booked"), re.compile("Cancelled by warden: The boiler is broken")])


@pytest.mark.browser_full
async def test_the_panel_shows_all_of_a_booking_and_the_cost_of_cancelling(screens: Screens, hub: SimHub) -> None:
    terms = {"name": "usual", "steps": [{"days": 365, "percent": 0}], "late_percent": 50, "no_show_percent": 100}
    rates = [{"name": "Studio", "spaces": ["studio"], "per_hour_pence": 1200}]
    await hub.api.put("/sites/ramsey/tariffs", {"rates": rates, "cancelling": [terms | {"released_percent": 100}]})
    more = {"contact_email": "mary@example.org", "notes": "Needs the side door", "under_16s": True, "setup_min": 30}
    body = {"space": "studio", "title": "All told", "starts": f"{DAY}T16:00", "ends": f"{DAY}T18:00"}
    booked = await hub.api.post("/sites/ramsey/bookings", body | more)
    await hub.api.put("/sites/ramsey/tariffs", {})
    screen = await screens.new()
    panel = screen.panel
    await screen.diary(DAY, booking=booked["id"])
    await expect(panel.get_by_role("link", name="mary@example.org")).to_be_visible()
    for told in ("Needs the side door", "For under-16s", "15:30 to 18:00, to set up and clear down", "£24.00"):
        await expect(panel).to_contain_text(told)
    await panel.get_by_role("button", name="Cancel…").click()
    await expect(panel).to_contain_text("Cancelled now, £12.00 is charged.")
    await decide(hub, booked, "cancel")
    await expect(panel).to_contain_text("£12.00")


@pytest.mark.browser_full
async def test_a_booking_inside_a_closure_is_marked_and_not_cancelled(screens: Screens, hub: SimHub) -> None:
    day = DAY + timedelta(days=2)
    booked = await book(hub, "Carols", day, "18:00", "20:00")
    closure = {"reason": "boiler", "first": day.isoformat(), "last": day.isoformat(), "spaces": ["studio"]}
    made = await hub.api.post("/sites/ramsey/closures?anyway=true", closure)
    try:
        screen = await screens.new()
        panel = screen.panel
        await screen.diary(day, booking=booked["id"])
        await expect(panel).to_contain_text("Confirmed, but closed then")
        await expect(panel).to_contain_text("boiler. Nobody has decided whether it goes ahead.")
        await panel.get_by_role("button", name="Keep it anyway").click()
        await screen.said("Carols goes ahead.")
        await expect(panel).to_contain_text("It goes ahead anyway: ")
        await expect(panel).not_to_contain_text("but closed then")
        await screen.page.get_by_role("button", name="Undo").click()
        await screen.said("Carols waits for a decision.")
        await expect(panel).to_contain_text("Confirmed, but closed then")
    finally:
        await decide(hub, booked, "cancel")
        await hub.api.delete(f"/sites/ramsey/closures/{made['id']}")
