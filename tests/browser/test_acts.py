"""Managers and porters open, hold and lock doors from Now, with a reason, and see the outcome."""

import re
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
import pytest_asyncio
from playwright.async_api import Locator, expect

from firmware_sim.hub_processes import SimHub
from tests.browser.axe import faults
from tests.browser.booked import on_the_door
from tests.browser.screen import PHONE, Scheme, Screen, Screens

pytestmark = pytest.mark.asyncio(loop_scope="session")


@pytest_asyncio.fixture(loop_scope="session", autouse=True)
async def nothing_held(hub: SimHub) -> AsyncIterator[None]:
    """What one test orders of the doors ends with it."""
    yield
    for site in ("ramsey", "march"):
        for one in (await hub.api.get(f"/sites/{site}/overrides"))["items"]:
            await hub.api.post(f"/overrides/{one['id']}/end", {})


async def now_page(screens: Screens, site: str = "ramsey", **how: object) -> Screen:
    screen = await screens.new(**how)  # type: ignore[arg-type]  # tests name what they need
    await screen.open(f"/now?site={site}")
    await expect(screen.page.get_by_text("Live", exact=True)).to_be_visible()
    return screen


def card(screen: Screen, door: str) -> Locator:
    return screen.page.get_by_role("listitem").filter(has=screen.page.get_by_role("heading", name=door, level=3))


def dialog(screen: Screen, name: str | re.Pattern[str]) -> Locator:
    return screen.page.get_by_role("dialog", name=name)


async def test_a_door_is_opened_once_by_keyboard_and_its_reason_is_offered_next_time(
    screens: Screens, hub: SimHub
) -> None:
    screen = await now_page(screens)
    page = screen.page
    await page.get_by_role("button", name="Open once… Library door").focus()
    await page.keyboard.press("Enter")
    asked = dialog(screen, "Open once: Library door")
    await expect(asked.get_by_role("heading")).to_be_focused()
    await asked.get_by_label(re.compile("^Why")).focus()
    await page.keyboard.type("Parcel for the desk")
    await page.keyboard.press("Enter")
    await screen.said("Library door was released once.")
    await expect(asked).to_contain_text("Library door was released once.")
    await asked.get_by_role("button", name="Close").press("Enter")
    await expect(asked).not_to_be_visible()
    await page.get_by_role("button", name="Open once… Library door").click()
    await asked.get_by_role("button", name="Parcel for the desk").click()
    await expect(asked.get_by_label(re.compile("^Why"))).to_have_value("Parcel for the desk")
    await page.keyboard.press("Escape")
    await expect(asked).not_to_be_visible()


@pytest.mark.browser_full
async def test_nothing_is_done_without_a_reason(screens: Screens) -> None:
    screen = await now_page(screens)
    await screen.page.get_by_role("button", name="Open once… Library door").click()
    asked = dialog(screen, "Open once: Library door")
    await asked.get_by_role("button", name="Open once", exact=True).click()
    await expect(asked.get_by_role("alert")).to_have_text("Give a reason; it is recorded with your name.")


@pytest.mark.browser_full
async def test_an_offline_door_is_not_opened_and_the_page_gives_the_reason(screens: Screens, hub: SimHub) -> None:
    screen = await now_page(screens, "march")
    screen.excuse("status of 409")
    hub.set_network("march", up=False)
    try:
        await expect(screen.page.get_by_role("region", name="Needs attention")).to_contain_text("offline")
        await screen.page.get_by_role("button", name="Open once… Front door").click()
        asked = dialog(screen, "Open once: Front door")
        await asked.get_by_label(re.compile("^Why")).fill("x")
        await asked.get_by_role("button", name="Open once", exact=True).click()
        await expect(asked.get_by_role("alert")).to_contain_text("is offline")
        await expect(asked.get_by_role("alert")).to_contain_text("commands are not queued")
    finally:
        hub.set_network("march", up=True)
        await hub.online("march")


@pytest.mark.browser_full
async def test_the_whole_building_is_locked_down_after_typed_confirmation_and_released_with_one_click(
    screens: Screens, hub: SimHub
) -> None:
    screen = await now_page(screens)
    page = screen.page
    await page.get_by_role("button", name="Lock down…").click()
    asked = dialog(screen, "Lock down")
    await asked.get_by_role("button", name="Police ask for it").click()
    await asked.get_by_role("button", name="Lock down", exact=True).click()
    await expect(asked.get_by_role("alert")).to_have_text("Type lock to lock the whole building down.")
    await asked.get_by_label(re.compile("Type lock to confirm")).fill("lock")
    await page.keyboard.press("Enter")
    await screen.said(re.compile(r"Lock down: done at all \d doors\."))
    await expect(asked.get_by_role("listitem").filter(has_text="Front door")).to_contain_text(
        re.compile(r"locked down since \d\d:\d\d until \d\d:\d\d")
    )
    await asked.get_by_role("button", name="Close").click()
    await expect(card(screen, "Front door")).to_contain_text(re.compile(r"Locked down since \d\d:\d\d until \d\d:\d\d"))
    await expect(card(screen, "Front door")).to_contain_text("Locked")
    held = page.get_by_role("article", name="Lock down, all doors")
    await expect(held).to_contain_text(re.compile("“Police ask for it”"))
    await held.get_by_role("button", name=re.compile("^End now")).click()
    await expect(held).not_to_be_visible()
    await screen.said(re.compile("Lock down has ended: all doors go back to the timetable"))
    await expect(card(screen, "Front door")).not_to_contain_text("Locked down since")
    # Ended by mistake: again, with the same reason.
    await page.get_by_role("button", name="Undo").click()
    await expect(held).to_contain_text(re.compile("“Police ask for it”"))


@pytest.mark.browser_full
async def test_a_door_without_the_lock_down_is_named(screens: Screens, hub: SimHub) -> None:
    screen = await now_page(screens, "march")
    hub.set_network("march", up=False)
    try:
        await expect(screen.page.get_by_role("region", name="Needs attention")).to_contain_text("offline")
        await screen.page.get_by_role("button", name="Lock down…").click()
        asked = dialog(screen, "Lock down")
        await asked.get_by_role("button", name="Drill").click()
        await asked.get_by_label(re.compile("Type lock to confirm")).fill("lock")
        await asked.get_by_role("button", name="Lock down", exact=True).click()
        missed = re.compile(r"NOT locked down: the door is offline since \d\d:\d\d")
        await expect(asked.get_by_role("listitem").first).to_contain_text(missed)
        await screen.said(missed)
        await asked.get_by_role("button", name="Close").click()
        await expect(card(screen, "Front door")).to_contain_text(missed)
        await expect(screen.page.get_by_role("region", name="Needs attention")).to_contain_text(missed)
    finally:
        hub.set_network("march", up=True)
        await hub.online("march")
    await expect(card(screen, "Front door")).to_contain_text("Locked down since")


@pytest.mark.browser_full
async def test_a_door_is_held_open_until_a_time_and_another_put_out_of_service(screens: Screens, hub: SimHub) -> None:
    screen = await now_page(screens)
    page = screen.page
    await page.get_by_role("button", name="More… Library door").click()
    asked = page.get_by_role("dialog")
    await asked.get_by_role("button", name="Hold open…").click()
    await asked.get_by_label("Until, as 18:00").fill("23:30")
    await expect(asked).to_contain_text("Ends by itself: 23:30")
    await asked.get_by_role("button", name="Moving furniture").click()
    await asked.get_by_role("button", name="Hold open", exact=True).click()
    await screen.said("Hold open: done at Library door.")
    await asked.get_by_role("button", name="Close").click()
    await expect(card(screen, "Library door")).to_contain_text(re.compile("Held open since .* until 23:30"))
    await expect(card(screen, "Library door")).to_contain_text("Open to all")
    # The stricter one applies while the other is active too.
    await page.get_by_role("button", name="More… Library door").click()
    await asked.get_by_role("button", name="Take out of service…").click()
    await asked.get_by_role("button", name="Lock is broken").click()
    await asked.get_by_role("button", name="Take out of service", exact=True).click()
    await screen.said("Out of service: done at Library door.")
    await asked.get_by_role("button", name="Close").click()
    await expect(card(screen, "Library door").get_by_text("Locked", exact=True)).to_be_visible()


@pytest.mark.browser_full
async def test_an_edge_tests_itself(screens: Screens) -> None:
    screen = await now_page(screens)
    await screen.page.get_by_role("button", name=re.compile("^Test…")).first.click()
    asked = screen.page.get_by_role("dialog", name=re.compile("^Self-test"))
    await asked.get_by_role("button", name="Routine check").click()
    await asked.get_by_role("button", name="Test now").click()
    await expect(asked).to_contain_text(re.compile("all is well: .* locks work.* clock synced"))


@pytest.mark.browser_full
async def test_the_number_of_people_is_put_right(screens: Screens) -> None:
    screen = await now_page(screens)
    people = screen.page.get_by_role("region", name="People inside")
    await people.get_by_role("button", name="Correct it…").click()
    asked = dialog(screen, "Re-count")
    await asked.get_by_label("People in the building, counted").fill("17")
    await asked.get_by_role("button", name="Counted by hand").click()
    await asked.get_by_role("button", name="Set the count").click()
    await expect(asked).to_contain_text("The count is now 17.")
    await asked.get_by_role("button", name="Close").click()
    await expect(people).to_contain_text(re.compile(r"17\s*\d\d to \d\d.*counted by a person at \d\d:\d\d"))
    # The other pages' tests find it empty.
    await people.get_by_role("button", name="Correct it…").click()
    await asked.get_by_label("People in the building, counted").fill("0")
    await asked.get_by_role("button", name="Counted by hand").click()
    await asked.get_by_role("button", name="Set the count").click()
    await expect(people).to_contain_text(re.compile(r"0\s*0 to 0.*counted by a person"))


@pytest.mark.browser_full
async def test_a_booking_with_a_leaked_code_can_get_a_new_one(screens: Screens, hub: SimHub) -> None:
    now = hub.clock.now()
    body = {
        "space": "studio",
        "title": "Code passed on",
        "starts": (now + timedelta(hours=2)).isoformat(),
        "ends": (now + timedelta(hours=3)).isoformat(),
    }
    booked = await hub.api.post("/sites/ramsey/bookings", body)
    await on_the_door(hub, booked)
    screen = await now_page(screens)
    await screen.page.get_by_role("button", name="New code…").click()
    asked = dialog(screen, "New code")
    choice = asked.get_by_label("Whose code is known to others?")
    await expect(choice.get_by_role("option", name=re.compile("Code passed on"))).to_be_attached()
    await choice.select_option(booked["id"])
    await asked.get_by_role("button", name="Code was passed on").click()
    await asked.get_by_role("button", name="Give a new code").click()
    await expect(asked).to_contain_text("Code passed on has another code. Its people must be told.")
    await asked.get_by_role("button", name="Show the new code").click()
    shown = asked.locator(".code")
    await expect(shown).to_have_text(re.compile(r"\d"))
    assert (await shown.inner_text()).replace(" ", "") != booked["code"]


@pytest.mark.browser_full
async def test_all_manual_actions_are_on_one_page_as_they_happen(screens: Screens, hub: SimHub) -> None:
    screen = await now_page(screens)
    page = screen.page
    await page.get_by_role("link", name="Done by hand").click()
    acts = page.get_by_role("region", name="Acts")
    order = {"kind": "hold_open", "doors": ["library-door"], "reason": "Chairs come in", "minutes": 45}
    made = await hub.api.post("/sites/ramsey/overrides", order)
    row = acts.get_by_role("row", name=re.compile("Chairs come in"))
    await expect(row).to_contain_text(re.compile("Hold open until .*Library door.*Stands: on the door"))
    await hub.api.post(f"/overrides/{made['id']}/end", {"reason": "all in"})
    await expect(row).to_contain_text(re.compile(r"Ended: ended \d\d:\d\d by .*: all in"))


@pytest.mark.browser_full
async def test_a_diary_only_user_sees_nothing_of_the_doors_and_no_actions(screens: Screens, hub: SimHub) -> None:
    password = "a long password"
    await hub.api.post("/users", {"name": "Rita Reader", "password": password, "assignments": [{"role": "wall"}]})
    order = {"kind": "hold_open", "doors": ["library-door"], "reason": "Secret reason", "minutes": 45}
    await hub.api.post("/sites/ramsey/overrides", order)
    screen = await screens.new(signed_in=False)
    await screen.open("/sign-in")
    await screen.sign_in("Rita Reader", password)
    await screen.open("/now?site=ramsey")
    page = screen.page
    await expect(page.get_by_text("Only staff see this.")).to_be_visible()
    await expect(page.get_by_text("Library door")).to_have_count(0)
    for name in ("Open once…", "More…", "Lock down…", "New code…", "Test…", "End now"):
        await expect(page.get_by_role("button", name=re.compile(name))).to_have_count(0)
    await expect(page.get_by_text("Secret reason")).to_have_count(0)


@pytest.mark.browser_full
@pytest.mark.parametrize(
    "scheme", ["light", *(pytest.param(each, marks=pytest.mark.browser_full) for each in ("dark", "forced"))]
)
async def test_acts_have_no_barrier_that_axe_finds_and_fit_a_phone(screens: Screens, hub: SimHub, scheme: str) -> None:
    order = {"kind": "lock_down", "reason": "Drill"}
    await hub.api.post("/sites/ramsey/overrides", order)
    dark: Scheme = "dark" if scheme == "dark" else "light"
    screen = await now_page(screens, size=PHONE, scheme=dark, forced=scheme == "forced")
    page = screen.page
    await expect(page.get_by_role("article", name="Lock down, all doors")).to_be_visible()
    assert await faults(page, "acts") == []
    assert await screen.sideways() == 0
    await page.get_by_role("button", name="More… Library door").click()
    asked = page.get_by_role("dialog")
    await expect(asked).to_be_visible()
    assert await faults(page, "acts") == []
    await asked.get_by_role("button", name="Lock down…").click()
    await asked.get_by_role("checkbox", name=re.compile("^All")).check()
    await asked.get_by_role("button", name="Lock down", exact=True).click()
    await expect(asked.get_by_role("alert")).to_be_visible()
    assert await faults(page, "acts") == []
    assert await screen.sideways() == 0
    await screen.open("/acts?site=ramsey")
    await expect(page.get_by_role("region", name="Acts")).to_be_visible()
    assert await faults(page, "acts") == []
    assert await screen.sideways() == 0
