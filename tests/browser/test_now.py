"""The Now page shows the building as it is, or says since when it does not know."""

import re
from datetime import timedelta

import pytest
from playwright.async_api import expect

from firmware_sim.rig import Rig
from tests.browser.booked import on_the_door, titled
from tests.browser.screen import Screens

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_a_typed_code_opens_the_door_counts_somebody_in_and_the_booking_arrives(
    screens: Screens, house: Rig
) -> None:
    now = house.clock.now()
    title = "Here already"
    body = {
        "space": "studio",
        "title": title,
        "starts": now.isoformat(),
        "ends": (now + timedelta(hours=1)).isoformat(),
    }
    booked = await house.api.post("/sites/ramsey/bookings", body)
    await on_the_door(house, booked)
    screen = await screens.new()
    await screen.open("/now?site=ramsey")
    page = screen.page
    await expect(page.get_by_text("Live", exact=True)).to_be_visible()
    door = page.get_by_role("listitem").filter(has=page.get_by_role("heading", name="Front door"))
    await expect(door).to_contain_text("Code needed")
    outcome = await house.stage.key("ramsey", "front-door", booked["code"])
    assert outcome.done, outcome.text
    await expect(page.get_by_role("region", name="What happened")).to_contain_text(re.compile("Front door: .*code"))
    walked = await house.stage.walk_in("ramsey", "front-door")
    assert walked.done, walked.text
    await expect(page.get_by_role("region", name="People inside")).to_contain_text(re.compile(r"1\s*±"))
    await expect(page.get_by_role("region", name="Footfall today")).to_contain_text("1in")
    await screen.diary(now.date())
    await expect(screen.block(title)).to_have_accessible_name(re.compile("Arrived"))
    found = await titled(house, title, now.date())
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
    await expect(devices.get_by_role("row", name=re.compile("Ramsey"))).to_contain_text("In reach")


async def test_an_edge_out_of_reach_is_an_alert_that_is_spoken(screens: Screens, house: Rig) -> None:
    screen = await screens.new()
    await screen.open("/now?site=march")
    alerts = screen.page.get_by_role("region", name="Needs somebody")
    await expect(alerts).to_contain_text("Nothing needs you.")
    house.set_network("march", up=False)
    try:
        await expect(alerts).to_contain_text(re.compile(r"out of reach.*since \d\d:\d\d"))
        await screen.said(re.compile("out of reach"))
        door = screen.page.get_by_role("listitem").filter(has=screen.page.get_by_role("heading", name="Front door"))
        await expect(door).to_contain_text("Stale since")
        await expect(screen.page.get_by_role("region", name="People inside")).to_contain_text("Stale since")
    finally:
        house.set_network("march", up=True)
        await house.online("march")
    await expect(alerts).to_contain_text("Nothing needs you.")


async def test_a_controller_that_dies_leaves_old_values_that_say_so_and_comes_back_by_itself(
    screens: Screens, house: Rig
) -> None:
    screen = await screens.new()
    screen.excuse("WebSocket connection to", "ERR_CONNECTION_REFUSED", "ERR_CONNECTION_RESET")
    await screen.open("/now?site=ramsey")
    page = screen.page
    await expect(page.get_by_text("Live", exact=True)).to_be_visible()
    await house.controller.kill()
    try:
        await expect(page.get_by_text(re.compile(r"^Stale since \d\d:\d\d$")).first).to_be_visible()
        await screen.said("The line is lost. The values shown are old.")
        await expect(page.get_by_role("heading", name="Front door")).to_be_visible()
    finally:
        await house.controller.start()
    await expect(page.get_by_text("Live", exact=True)).to_be_visible(timeout=30_000)
    await screen.said("Live again.")
    await house.online("ramsey")
