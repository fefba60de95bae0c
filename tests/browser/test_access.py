"""Every screen passes axe, fits a narrow window and a large print, and survives forced colours."""

import re
from collections.abc import Awaitable, Callable
from datetime import date

import pytest
from playwright.async_api import expect

from firmware_sim.hub_processes import SimHub
from tests.browser.axe import faults
from tests.browser.booked import ask, book
from tests.browser.screen import PHONE, Scheme, Screen, Screens

pytestmark = pytest.mark.asyncio(loop_scope="session")

DAY = date(2026, 12, 21)
Show = Callable[[Screen, str], Awaitable[None]]


async def _sign_in(screen: Screen, _: str) -> None:
    await screen.page.evaluate("localStorage.clear()")
    here = screen.page.url
    # Left first: a live page whose cookie is gone would be refused what it asks for meanwhile.
    await screen.page.goto("about:blank")
    await screen.page.context.clear_cookies()
    await screen.page.goto(here)
    await expect(screen.page.get_by_role("button", name="Sign in")).to_be_visible()


async def _diary(screen: Screen, _: str) -> None:
    await screen.diary(DAY)
    await expect(screen.block("Looked at")).to_be_visible()


async def _table(screen: Screen, _: str) -> None:
    await screen.open(f"/diary?site=ramsey&date={DAY}&view=list")
    await expect(screen.page.get_by_role("table")).to_be_visible()


async def _week(screen: Screen, _: str) -> None:
    await screen.open(f"/diary?site=ramsey&date={DAY}&view=week")
    await expect(screen.page.get_by_role("button", name=re.compile("^Looked at"))).to_be_visible()


async def _requests(screen: Screen, _: str) -> None:
    await screen.open("/diary?site=ramsey&view=requests")
    await screen.page.get_by_role("button", name="Decline… Asked and looked at").click()
    await expect(screen.page.get_by_label("Why?")).to_be_focused()


async def _no_requests(screen: Screen, _: str) -> None:
    await screen.open("/diary?site=march&view=requests")
    await expect(screen.page.get_by_text("Nothing waits for approval")).to_be_visible()


async def _panel(screen: Screen, booking: str) -> None:
    await screen.diary(DAY, booking=booking)
    await screen.panel.get_by_role("button", name="Cancel…").click()
    await expect(screen.panel.get_by_role("button", name="Keep it")).to_be_visible()


async def _form(screen: Screen, _: str) -> None:
    await screen.diary(DAY)
    await screen.page.get_by_role("button", name="New booking").click()
    await screen.panel.get_by_label("Room").select_option("studio")
    await screen.panel.get_by_label("From").fill("10:30")
    await screen.panel.get_by_label("To").fill("11:30")
    await screen.panel.get_by_label("Repeats").select_option("week")
    await expect(screen.panel.get_by_role("group").filter(has_text="dates")).to_contain_text("Looked at")
    await screen.panel.get_by_role("button", name="Book").click()
    await expect(screen.panel.get_by_role("alert").filter(has_text="Say what it is for")).to_be_focused()


async def _carry(screen: Screen, _: str) -> None:
    # Else the form of before, which outlasts a reload, is opened again.
    await screen.page.evaluate("sessionStorage.clear()")
    await screen.diary(DAY)
    await screen.block("Looked at").focus()
    await screen.page.keyboard.press("m")
    await expect(screen.page.get_by_role("button", name="Drop here")).to_be_visible()


async def _now(screen: Screen, _: str) -> None:
    await screen.open("/now?site=ramsey")
    await expect(screen.page.get_by_role("heading", name="Front door")).to_be_visible()


async def _now_table(screen: Screen, _: str) -> None:
    await screen.open("/now?site=ramsey&view=table")
    await expect(screen.page.get_by_role("region", name="Devices")).to_be_visible()


SHOWN: dict[str, Show] = {
    "diary": _diary,
    "table": _table,
    "week": _week,
    "requests": _requests,
    "no-requests": _no_requests,
    "panel": _panel,
    "form": _form,
    "carry": _carry,
    "now": _now,
    "now-table": _now_table,
    "sign-in": _sign_in,
}
MODES: dict[str, tuple[tuple[int, int], Scheme, bool]] = {
    "desk-light": ((1440, 900), "light", False),
    "desk-dark": ((1440, 900), "dark", False),
    "phone-light": (PHONE, "light", False),
    "phone-dark": (PHONE, "dark", False),
    "forced": ((1440, 900), "dark", True),
}
SHORT = "desk-light"


async def _looked_at(hub: SimHub) -> str:
    """The booking that all of these tests look at."""
    items = await hub.api.get(
        "/sites/ramsey/bookings", **{"from": f"{DAY}T00:00", "to": f"{DAY}T23:59", "space": "studio"}
    )
    found: list[str] = [one["id"] for one in items["items"] if one["title"] == "Looked at"]
    if found:
        return found[0]
    await ask(hub, "Asked and looked at", DAY, "13:00", "14:00", space="hall")
    return str((await book(hub, "Looked at", DAY, "10:00", "12:00"))["id"])


@pytest.mark.parametrize(
    "mode", [pytest.param(mode, marks=[] if mode == SHORT else pytest.mark.browser_full) for mode in MODES]
)
async def test_axe_finds_nothing(screens: Screens, hub: SimHub, mode: str) -> None:
    size, scheme, forced = MODES[mode]
    booking = await _looked_at(hub)
    screen = await screens.new(size=size, scheme=scheme, forced=forced)
    found: list[str] = []
    for name, show in SHOWN.items():
        await show(screen, booking)
        found += await faults(screen.page, name)
    assert found == []


async def test_axe_finds_nothing_on_the_door_code_page(screens: Screens, hub: SimHub) -> None:
    booked = await book(hub, "Axe at the door", DAY, "20:00", "21:00")
    for scheme in ("light", "dark"):
        screen = await screens.new(size=PHONE, scheme=scheme, signed_in=False)
        await screen.page.goto(booked["link"])
        assert await faults(screen.page, scheme) == []


@pytest.mark.browser_full
@pytest.mark.parametrize(
    "size", [(320, 700), pytest.param((320, 256), marks=pytest.mark.browser_full)], ids=["narrow", "400-percent"]
)
async def test_nothing_scrolls_sideways_at_320_pixels(screens: Screens, hub: SimHub, size: tuple[int, int]) -> None:
    booking = await _looked_at(hub)
    screen = await screens.new(size=size)
    wide: dict[str, int] = {}
    for name, show in SHOWN.items():
        await show(screen, booking)
        if pixels := await screen.sideways():
            wide[name] = pixels
    assert wide == {}


@pytest.mark.browser_full
async def test_a_name_without_spaces_is_broken_rather_than_the_page(screens: Screens, hub: SimHub) -> None:
    booked = await book(hub, "W" * 200, date(2027, 1, 8), "10:00", "12:00")
    screen = await screens.new(size=(320, 700))
    for view in ("", "week", "month", "list"):
        await screen.open(f"/diary?site=ramsey&date=2027-01-08&view={view}")
        # The month counts bookings and names none.
        counted = screen.page.get_by_role("link", name=re.compile("^Friday 8 Jan 2027, [1-9]"))
        await expect(counted if view == "month" else screen.page.get_by_text("W" * 200).first).to_be_attached()
        assert await screen.sideways() == 0, view
    await screen.diary(date(2027, 1, 8), booking=booked["id"])
    await expect(screen.panel.get_by_role("heading", name="WWW")).to_be_visible()
    wider = await screen.panel.evaluate("panel => panel.scrollWidth - panel.clientWidth")
    assert wider == 0
    await screen.page.goto(booked["link"])
    await expect(screen.page.get_by_role("heading", level=1)).to_be_visible()
    assert await screen.sideways() == 0


@pytest.mark.browser_full
async def test_the_panel_covers_the_whole_phone_and_closes_again(screens: Screens, hub: SimHub) -> None:
    booking = await _looked_at(hub)
    screen = await screens.new(size=PHONE)
    await screen.diary(DAY, booking=booking)
    box = await screen.panel.bounding_box()
    assert box is not None
    assert (box["x"], box["y"], box["width"]) == (0, 0, PHONE[0])
    await screen.panel.get_by_role("button", name="Close").click()
    await expect(screen.panel).to_have_count(0)
    await expect(screen.block("Looked at")).to_be_focused()


@pytest.mark.browser_full
async def test_a_touch_can_move_a_booking_without_dragging(screens: Screens, hub: SimHub) -> None:
    booked = await book(hub, "By thumb", DAY, "15:00", "16:00")
    screen = await screens.new(size=PHONE, settings={"has_touch": True})
    await screen.diary(DAY, booking=booked["id"])
    await screen.panel.get_by_role("button", name="Move").tap()
    bar = screen.page.get_by_role("region", name="Moving By thumb")
    await bar.get_by_role("button", name="15 min later").tap()
    await bar.get_by_role("button", name="Room above").tap()
    await bar.get_by_role("button", name="Drop here").tap()
    await screen.said("Moved. By thumb: Meeting room, Mon 21 Dec, 15:15 to 16:15.")
    # Again at once, while the notice of the first move is still shown.
    await screen.block("By thumb").tap()
    await screen.panel.get_by_role("button", name="Move").tap()
    await bar.get_by_role("button", name="15 min later").tap()
    await bar.get_by_role("button", name="Drop here").tap()
    await screen.said("Moved. By thumb: Meeting room, Mon 21 Dec, 15:30 to 16:30.")


@pytest.mark.browser_full
@pytest.mark.parametrize("width", [320, 360, 1280])
async def test_the_bar_of_a_manager_is_low_and_its_pages_are_one_row_with_the_open_one_in_sight(
    screens: Screens, width: int
) -> None:
    screen = await screens.new(size=(width, 740))
    page = screen.page
    pages = page.get_by_role("navigation", name="Pages").get_by_role("link")
    for path in ("/morning", "/notices"):
        await screen.open(f"{path}?site=ramsey")
        here = pages.and_(page.locator("[aria-current=page]"))
        await expect(here).to_be_in_viewport(ratio=0.99)
        boxes = [await each.bounding_box() for each in await pages.all()]
        assert len({box["y"] for box in boxes if box}) == 1
        bar = await page.get_by_role("banner").bounding_box()
        assert bar is not None
        assert bar["height"] < (60 if width == 1280 else 116)
        assert await screen.sideways() == 0
    await pages.first.focus()
    await expect(pages.first).to_be_in_viewport(ratio=0.99)
    for _ in range(await pages.count() - 1):
        await page.keyboard.press("Tab")
    await expect(pages.last).to_be_focused()
    await expect(pages.last).to_be_in_viewport(ratio=0.99)
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("heading", level=1)).to_contain_text("Notices")
    assert await faults(page, f"bar {width}") == []
