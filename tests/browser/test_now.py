"""The Now page shows the building as it is, or says since when it does not know."""

import re
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from playwright.async_api import expect

from firmware_sim.hub_processes import SimHub
from tests.browser.axe import faults
from tests.browser.booked import book, on_the_door, titled
from tests.browser.screen import PHONE, RAISED_MS, Screens
from tests.eventually import eventually

pytestmark = pytest.mark.asyncio(loop_scope="session")

LONG = "fifteen calm rivers"
"""A password."""


async def test_a_typed_code_opens_the_door_counts_somebody_in_and_the_booking_arrives(
    screens: Screens, hub: SimHub
) -> None:
    now = hub.clock.now()
    title = "Here already"
    body = {
        "space": "studio",
        "title": title,
        "starts": now.isoformat(),
        "ends": (now + timedelta(hours=1)).isoformat(),
    }
    booked = await hub.api.post("/sites/ramsey/bookings", body)
    await on_the_door(hub, booked)
    screen = await screens.new()
    await screen.open("/now?site=ramsey")
    page = screen.page
    await expect(page.get_by_text("Live", exact=True)).to_be_visible()
    door = page.get_by_role("listitem").filter(has=page.get_by_role("heading", name="Front door"))
    await expect(door).to_contain_text("Code needed")
    rooms = page.get_by_role("region", name="Bookings")
    await expect(rooms.get_by_role("listitem").filter(has_text="Studio")).to_contain_text(
        re.compile(r"Studio, holds 20\s*Now\s*Here already\s*nobody has come yet, until")
    )
    steps = rooms.get_by_role("list", name=f"{title}, step by step").get_by_role("listitem")
    on_door = re.compile(r"Code on door: \d\d:\d\d")
    await expect(steps).to_contain_text(["Booked", on_door, "Arrived", "Counted", "Left"])
    happened = page.get_by_role("region", name="What happened").get_by_role("listitem").filter(has_text="Front door:")
    before = await happened.count()
    outcome = await hub.runner.key("ramsey", "front-door", booked["code"])
    assert outcome.done, outcome.text
    await expect(happened).to_have_count(before + 1)
    walked = await hub.runner.walk_in("ramsey", "front-door")
    assert walked.done, walked.text
    await expect(page.get_by_role("region", name="People inside")).to_contain_text(
        re.compile(r"\d+\s*\d+ to \d+.*Counts at")
    )
    await expect(page.get_by_role("region", name="People inside")).to_contain_text(re.compile(r"The rooms hold 1\d\d"))
    await expect(page.get_by_role("region", name="Footfall today")).to_contain_text("1in")
    await expect(rooms).to_contain_text(re.compile(r"Here already\s*here since \d\d:\d\d"))
    await expect(happened).to_have_count(before + 1)
    await expect(happened.first).to_contain_text("Front door: opened with a booking code")
    await screen.diary(now.date())
    await expect(screen.block(title)).to_have_accessible_name(re.compile("Arrived"))
    found = await titled(hub, title, now.date())
    assert found is not None
    assert found["status"] == "arrived"


@pytest.mark.browser_full
async def test_the_slider_shows_doors_as_they_were_without_anything_to_press(screens: Screens, hub: SimHub) -> None:
    await hub.runner.walk_in("ramsey", "front-door")
    # A page of the past is as its doors were when it was opened, and an earlier code may have opened this one.
    await eventually(lambda: _is_locked(hub, "front-door"), what="the front door is known to be locked again")
    screen = await screens.new()
    await screen.open("/now?site=ramsey")
    page = screen.page
    await page.get_by_role("link", name="Look back").click()
    slider = page.get_by_role("slider", name="Time to look at")
    front = page.get_by_role("listitem").filter(has=page.get_by_role("heading", name="Front door"))
    await expect(front).to_contain_text("Locked")
    await slider.press("Home")
    await expect(front).to_contain_text(re.compile(r"Not known.*had not reported yet"))
    await expect(page.get_by_role("heading", name=re.compile(r"As it was \w{3} \d+ \w{3} \d\d:\d\d"))).to_be_visible()
    before = await slider.get_attribute("aria-valuetext")
    await slider.press("ArrowRight")
    await expect(slider).not_to_have_attribute("aria-valuetext", before or "")
    await expect(page.get_by_role("main").get_by_role("button")).to_have_count(0)
    await page.reload()
    await expect(front).to_contain_text("Not known")
    await page.get_by_role("link", name="Back to now").click()
    await expect(page.get_by_text("Live", exact=True)).to_be_visible()


async def _is_locked(hub: SimHub, door: str) -> bool:
    """By what the controller has stored of it."""
    ends = hub.clock.now()
    times = {"from": (ends - timedelta(minutes=1)).isoformat(), "to": ends.isoformat()}
    found = await hub.api.get("/sites/ramsey/past", **times)
    (spells,) = (each["spells"] for each in found["doors"] if each["id"] == door)
    return bool(spells[-1]["lock"] == "locked")


@pytest.mark.browser_full
async def test_a_renamed_room_has_its_new_name_on_now_without_a_reload(screens: Screens, hub: SimHub) -> None:
    await book(hub, "Naming", date(2026, 11, 25), "21:00", "21:30", space="studio")
    detail = await hub.api.get("/sites/ramsey")
    room = next(each for each in detail["spaces"] if each["id"] == "studio")
    screen = await screens.new()
    await screen.open("/now?site=ramsey")
    rooms = screen.page.get_by_role("region", name="Bookings")
    await expect(rooms.get_by_text(room["name"])).to_be_visible()
    body = {name: value for name, value in room.items() if name not in {"id", "site", "version", "atoms"}}
    try:
        await hub.api.put("/sites/ramsey/spaces/studio", body | {"name": "Garden room"})
        await expect(rooms.get_by_text("Garden room")).to_be_visible()
    finally:
        await hub.api.put("/sites/ramsey/spaces/studio", body)
    await expect(rooms.get_by_text(room["name"])).to_be_visible()


@pytest.mark.browser_full
async def test_the_table_has_every_reading_and_its_age(screens: Screens) -> None:
    screen = await screens.new()
    await screen.open("/now?site=ramsey")
    await screen.page.get_by_role("link", name="Table").click()
    readings = screen.page.get_by_role("region", name="Readings")
    await expect(readings.get_by_role("row", name=re.compile("People inside"))).to_be_visible()
    rooms = screen.page.get_by_role("region", name="Rooms")
    await expect(rooms.get_by_role("row", name=re.compile("Studio"))).to_contain_text("not measured")
    doors = screen.page.get_by_role("region", name="Doors")
    await expect(doors.get_by_role("row", name=re.compile("Front door"))).to_contain_text("Code needed")
    devices = screen.page.get_by_role("region", name="Devices")
    await expect(devices.get_by_role("row", name=re.compile("Ramsey"))).to_contain_text("Online")


async def test_an_offline_edge_is_an_announced_alert(screens: Screens, hub: SimHub) -> None:
    screen = await screens.new()
    await screen.open("/now?site=march")
    alerts = screen.page.get_by_role("region", name="Needs attention")
    await expect(alerts).to_contain_text("Nothing needs you.")
    hub.set_network("march", up=False)
    try:
        await expect(alerts).to_contain_text(re.compile(r"offline.*since \d\d:\d\d"))
        await screen.said(re.compile("offline"))
        door = screen.page.get_by_role("listitem").filter(has=screen.page.get_by_role("heading", name="Front door"))
        await expect(door).to_contain_text("Stale since")
        await expect(screen.page.get_by_role("region", name="People inside")).to_contain_text("Stale since")
    finally:
        hub.set_network("march", up=True)
        await hub.online("march")
    await expect(alerts).to_contain_text("Nothing needs you.")


@pytest.mark.browser_full
async def test_a_dead_controller_leaves_values_marked_as_old_and_recovers(screens: Screens, hub: SimHub) -> None:
    screen = await screens.new()
    screen.excuse("WebSocket connection to", "ERR_CONNECTION_REFUSED", "ERR_CONNECTION_RESET")
    await screen.open("/now?site=ramsey")
    page = screen.page
    await expect(page.get_by_text("Live", exact=True)).to_be_visible()
    alerts = page.get_by_role("region", name="Needs attention")
    await expect(alerts).to_contain_text("Nothing needs you")
    await hub.controller.kill()
    try:
        await expect(alerts).to_contain_text(re.compile(r"It is not known what needs you now.*how it was at \d\d:\d\d"))
        await expect(alerts).not_to_contain_text("Nothing needs you")
        await expect(page.get_by_text(re.compile(r"^Stale since \d\d:\d\d$")).first).to_be_visible()
        await screen.said("The connection is lost. The values shown are old.")
        await expect(page.get_by_role("heading", name="Front door")).to_be_visible()
    finally:
        await hub.controller.start()
    await expect(page.get_by_text("Live", exact=True)).to_be_visible()
    await screen.said("Live again.")
    await expect(alerts).to_contain_text("Nothing needs you")
    await hub.online("ramsey")


@pytest.mark.browser_full
async def test_an_offline_edge_elsewhere_is_reported_on_every_page(screens: Screens, hub: SimHub) -> None:
    screen = await screens.new()
    page = screen.page
    await screen.open("/diary?site=ramsey")
    await expect(page.get_by_role("grid")).to_be_visible()
    hub.set_network("march", up=False)
    try:
        told = page.get_by_role("link", name="March Library needs attention")
        await expect(told).to_be_visible(timeout=RAISED_MS)
        await screen.said(re.compile("March Library: .*offline"))
        await page.set_viewport_size({"width": 240, "height": 800})  # as two names of buildings on a phone
        box = await told.bounding_box()
        assert box is not None
        assert box["x"] + box["width"] <= 240
        await page.set_viewport_size({"width": 1280, "height": 800})
        await page.get_by_role("link", name="Now", exact=True).click()
        alerts = page.get_by_role("region", name="Needs attention")
        await expect(alerts).to_contain_text("Nothing needs you here.")
        offline = re.compile(r"March Library: the Pi( with \d+ devices)? is offline since \d\d:\d\d")
        await expect(alerts).to_contain_text(offline)
        await alerts.get_by_role("link", name="March Library").click()
        await expect(page.get_by_role("heading", name="March Library now")).to_be_visible()
        await expect(alerts).to_contain_text("its doors go on by their last plan")
    finally:
        hub.set_network("march", up=True)
        await hub.online("march")
    await expect(alerts).to_contain_text("Nothing needs you.")


@pytest.mark.browser_full
async def test_a_booking_nobody_has_come_to_is_late_and_the_next_step_is_named(screens: Screens, hub: SimHub) -> None:
    now = hub.clock.now()
    late = await _book(hub, "Nobody yet", "meeting-room", now - timedelta(minutes=12), now + timedelta(minutes=40))
    await _book(hub, "After them", "meeting-room", now + timedelta(hours=2), now + timedelta(hours=3))
    screen = await screens.new()
    for size in ((1280, 800), (320, 640)):
        await screen.page.set_viewport_size({"width": size[0], "height": size[1]})
        await screen.open("/now?site=ramsey")
        room = (
            screen.page.get_by_role("region", name="Bookings").get_by_role("listitem").filter(has_text="Meeting room")
        )
        await expect(room).to_contain_text(re.compile(r"Late\s*Nobody yet\s*nobody has come, until"))
        await expect(room).to_contain_text(re.compile(r"Next\s*After them\s*at \d\d:\d\d"))
        assert await screen.sideways() == 0
    await room.get_by_role("link", name="Nobody yet").click()
    await expect(screen.panel.get_by_role("heading", name="Nobody yet")).to_be_visible()
    await hub.api.post(f"/bookings/{late['id']}/check-in", {})
    await screen.open("/now?site=ramsey")
    await expect(room).to_contain_text(re.compile(r"Now\s*Nobody yet\s*here since"))


async def _book(hub: SimHub, title: str, space: str, starts: datetime, ends: datetime) -> dict[str, Any]:
    body = {"space": space, "title": title, "starts": starts.isoformat(), "ends": ends.isoformat()}
    return await hub.api.post("/sites/ramsey/bookings", body)


@pytest.mark.browser_full
async def test_desks_say_how_many_are_free_and_that_nobody_measures_who_is_present(
    screens: Screens, hub: SimHub
) -> None:
    await hub.api.put("/sites/march/spaces/desks", {"name": "Hot desks", "kind": "pool", "pool_size": 6})
    screen = await screens.new()
    await screen.open("/now?site=march")
    desks = screen.page.get_by_role("region", name="Hot desks")
    await expect(desks).to_contain_text(re.compile(r"6\s*of 6 free now|closed"))
    await expect(desks).to_contain_text("Present: not measured, no sensor at these desks sees people")
    leads = [{"role": "group_leader", "site": None, "party": "desk-choir"}]
    await hub.api.put("/parties/desk-choir", {"kind": "group", "name": "Desk choir"})
    await hub.api.post("/users", {"name": "Dee of the choir", "password": LONG, "assignments": leads})
    group = await screens.new(signed_in=False, size=PHONE)
    await group.open("/diary")
    await group.sign_in("Dee of the choir", LONG)
    free = group.page.get_by_text(re.compile(r"Hot desks.*: 6 of 6 not booked now\. Whether anybody sits there is not"))
    for page in ("/diary?site=march", "/find"):
        await group.open(page)
        await expect(free).to_be_visible()
        assert await faults(group.page, "desks") == []
        assert await group.sideways() == 0
