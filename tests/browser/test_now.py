"""The Now page shows the building as it is, or says since when it does not know."""

import re
from datetime import datetime, timedelta
from typing import Any

import pytest
from playwright.async_api import expect

from firmware_sim.rig import Rig
from tests.browser.booked import on_the_door, titled
from tests.browser.screen import Screens

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_a_typed_code_opens_the_door_counts_somebody_in_and_the_booking_arrives(
    screens: Screens, rig: Rig
) -> None:
    now = rig.clock.now()
    title = "Here already"
    body = {
        "space": "studio",
        "title": title,
        "starts": now.isoformat(),
        "ends": (now + timedelta(hours=1)).isoformat(),
    }
    booked = await rig.api.post("/sites/ramsey/bookings", body)
    await on_the_door(rig, booked)
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
    outcome = await rig.stage.key("ramsey", "front-door", booked["code"])
    assert outcome.done, outcome.text
    await expect(page.get_by_role("region", name="What happened")).to_contain_text(re.compile("Front door: .*code"))
    walked = await rig.stage.walk_in("ramsey", "front-door")
    assert walked.done, walked.text
    await expect(page.get_by_role("region", name="People inside")).to_contain_text(re.compile(r"1\s*±"))
    await expect(page.get_by_role("region", name="People inside")).to_contain_text(re.compile(r"The rooms hold 1\d\d"))
    await expect(page.get_by_role("region", name="Footfall today")).to_contain_text("1in")
    await expect(rooms).to_contain_text(re.compile(r"Here already\s*here since \d\d:\d\d"))
    happened = page.get_by_role("region", name="What happened").get_by_role("listitem").filter(has_text="Front door:")
    await expect(happened).to_have_count(1)
    await expect(happened).to_contain_text("Front door: opened with a booking code")
    await screen.diary(now.date())
    await expect(screen.block(title)).to_have_accessible_name(re.compile("Arrived"))
    found = await titled(rig, title, now.date())
    assert found is not None
    assert found["status"] == "arrived"


async def test_the_table_has_every_reading_and_its_age(screens: Screens) -> None:
    screen = await screens.new()
    await screen.open("/now?site=ramsey")
    await screen.page.get_by_role("link", name="Table").click()
    readings = screen.page.get_by_role("region", name="Readings")
    await expect(readings.get_by_role("row", name=re.compile("People inside"))).to_be_visible()
    doors = screen.page.get_by_role("region", name="Doors")
    await expect(doors.get_by_role("row", name=re.compile("Front door"))).to_contain_text("Code needed")
    devices = screen.page.get_by_role("region", name="Devices")
    await expect(devices.get_by_role("row", name=re.compile("Ramsey"))).to_contain_text("Online")


async def test_an_edge_offline_is_an_alert_that_is_spoken(screens: Screens, rig: Rig) -> None:
    screen = await screens.new()
    await screen.open("/now?site=march")
    alerts = screen.page.get_by_role("region", name="Needs attention")
    await expect(alerts).to_contain_text("Nothing needs you.")
    rig.set_network("march", up=False)
    try:
        await expect(alerts).to_contain_text(re.compile(r"offline.*since \d\d:\d\d"))
        await screen.said(re.compile("offline"))
        door = screen.page.get_by_role("listitem").filter(has=screen.page.get_by_role("heading", name="Front door"))
        await expect(door).to_contain_text("Stale since")
        await expect(screen.page.get_by_role("region", name="People inside")).to_contain_text("Stale since")
    finally:
        rig.set_network("march", up=True)
        await rig.online("march")
    await expect(alerts).to_contain_text("Nothing needs you.")


async def test_a_controller_that_dies_leaves_old_values_that_say_so_and_comes_back_by_itself(
    screens: Screens, rig: Rig
) -> None:
    screen = await screens.new()
    screen.excuse("WebSocket connection to", "ERR_CONNECTION_REFUSED", "ERR_CONNECTION_RESET")
    await screen.open("/now?site=ramsey")
    page = screen.page
    await expect(page.get_by_text("Live", exact=True)).to_be_visible()
    alerts = page.get_by_role("region", name="Needs attention")
    await expect(alerts).to_contain_text("Nothing needs you")
    await rig.controller.kill()
    try:
        await expect(alerts).to_contain_text(re.compile(r"It is not known what needs you now.*how it was at \d\d:\d\d"))
        await expect(alerts).not_to_contain_text("Nothing needs you")
        await expect(page.get_by_text(re.compile(r"^Stale since \d\d:\d\d$")).first).to_be_visible()
        await screen.said("The connection is lost. The values shown are old.")
        await expect(page.get_by_role("heading", name="Front door")).to_be_visible()
    finally:
        await rig.controller.start()
    await expect(page.get_by_text("Live", exact=True)).to_be_visible()
    await screen.said("Live again.")
    await expect(alerts).to_contain_text("Nothing needs you")
    await rig.online("ramsey")


async def test_an_edge_offline_elsewhere_is_told_of_on_every_page(screens: Screens, rig: Rig) -> None:
    screen = await screens.new()
    page = screen.page
    await screen.open("/diary?site=ramsey")
    await expect(page.get_by_role("grid")).to_be_visible()
    rig.set_network("march", up=False)
    try:
        told = page.get_by_role("link", name="March Library needs attention")
        await expect(told).to_be_visible()
        await screen.said(re.compile("March Library: .*offline"))
        await page.get_by_role("link", name="Now", exact=True).click()
        alerts = page.get_by_role("region", name="Needs attention")
        await expect(alerts).to_contain_text("Nothing needs you here.")
        await expect(alerts).to_contain_text(re.compile(r"March Library: the Pi is offline since \d\d:\d\d"))
        await alerts.get_by_role("link", name="March Library").click()
        await expect(page.get_by_role("heading", name="March Library now")).to_be_visible()
        await expect(alerts).to_contain_text("its doors go on by their last plan")
    finally:
        rig.set_network("march", up=True)
        await rig.online("march")
    await expect(alerts).to_contain_text("Nothing needs you.")


async def test_who_does_not_come_is_late_and_what_comes_next_is_named(screens: Screens, rig: Rig) -> None:
    now = rig.clock.now()
    late = await _book(rig, "Nobody yet", "meeting-room", now - timedelta(minutes=12), now + timedelta(minutes=40))
    await _book(rig, "After them", "meeting-room", now + timedelta(hours=2), now + timedelta(hours=3))
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
    await rig.api.post(f"/bookings/{late['id']}/check-in", {})
    await screen.open("/now?site=ramsey")
    await expect(room).to_contain_text(re.compile(r"Now\s*Nobody yet\s*here since"))


async def _book(rig: Rig, title: str, space: str, starts: datetime, ends: datetime) -> dict[str, Any]:
    body = {"space": space, "title": title, "starts": starts.isoformat(), "ends": ends.isoformat()}
    return await rig.api.post("/sites/ramsey/bookings", body)
