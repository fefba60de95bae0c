"""The code gets to the hirer: by a message, by a slip of paper, by the page behind the link."""

import re
from datetime import date

import pytest
from playwright.async_api import Route, expect

from firmware_sim.hub_processes import SimHub
from tests.browser.booked import book, on_the_door
from tests.browser.screen import PHONE, Screens

pytestmark = pytest.mark.asyncio(loop_scope="session")

DAY = date(2026, 12, 18)


@pytest.mark.browser_full
async def test_the_message_is_copied_and_the_page_confirms_it(screens: Screens, hub: SimHub) -> None:
    booked = await book(hub, "Copied", DAY, "10:00", "11:00")
    screen = await screens.new(settings={"permissions": ["clipboard-read", "clipboard-write"]})
    await screen.diary(DAY, booking=booked["id"])
    await screen.panel.get_by_role("button", name="Copy the message").click()
    await expect(screen.panel.get_by_role("button", name="Copied")).to_be_visible()
    await screen.said("The message is copied.")
    copied = await screen.page.evaluate("navigator.clipboard.readText()")
    assert copied == booked["message"]
    assert booked["code"] in copied.replace(" ", "")


@pytest.mark.browser_full
async def test_if_copying_is_refused_the_message_is_selected(screens: Screens, hub: SimHub) -> None:
    booked = await book(hub, "By hand", DAY, "11:00", "12:00")
    screen = await screens.new()
    await screen.page.add_init_script(
        "Object.defineProperty(navigator, 'clipboard', { value: { writeText: () => Promise.reject(Error('no')) } })"
    )
    await screen.diary(DAY, booking=booked["id"])
    await screen.panel.get_by_role("button", name="Copy the message").click()
    text = screen.panel.get_by_label("Select and copy")
    await expect(text).to_have_value(booked["message"])
    await expect(text).to_be_focused()


async def test_a_slip_has_only_code_window_door_and_link(screens: Screens, hub: SimHub) -> None:
    booked = await book(hub, "Slip", DAY, "13:00", "14:00", space="meeting-room")
    screen = await screens.new()
    page = screen.page
    await page.add_init_script("window.print = () => window.dispatchEvent(new Event('asked-to-print'))")
    await screen.diary(DAY, booking=booked["id"])
    await screen.panel.get_by_role("button", name="Print a slip").click()
    await expect(page.locator("html")).to_have_attribute("data-print", "slip")
    await page.emulate_media(media="print")
    seen = await page.evaluate("document.body.innerText")
    assert [line for line in re.split(r"\n+", seen) if line.strip()] == [
        "Ramsey Hub",
        f"{booked['code'][:3]} {booked['code'][3:]}",
        "Friday 18 Dec 2026, 12:45 to 14:15",
        "Front door, Library door",
        booked["link"],
    ]


async def test_a_code_stays_in_view_while_it_comes_to_the_doors(screens: Screens, hub: SimHub) -> None:
    booked = await book(hub, "Stays", DAY, "16:00", "17:00")
    await on_the_door(hub, booked)
    screen = await screens.new()
    told = ["not on the door yet"]

    async def before(route: Route) -> None:
        answer = await route.fetch()
        found = await answer.json()
        for one in found["items"]:
            for text in told:
                one["on_door"] |= {"text": text, "state": "waiting", "doors": []}
        await route.fulfill(response=answer, json=found)

    await screen.page.route(re.compile(r"/api/v1/sites/[^/]+/bookings\?"), before)
    await screen.diary(DAY, booking=booked["id"])
    doors = screen.panel.get_by_role("list", name="Is the code on the doors").get_by_role("listitem")
    await expect(doors).to_have_text(told)
    await screen.panel.get_by_role("button", name="Show code").click()
    await expect(screen.panel.get_by_role("button", name="Hide code")).to_be_visible()
    told.clear()
    await book(hub, "Beside", DAY, "17:30", "18:30")  # and the page loads the day again
    await expect(doors).not_to_have_text(["not on the door yet"])
    await expect(screen.panel.get_by_role("button", name="Hide code")).to_be_visible()


async def test_the_door_code_page_shows_an_old_phone_all_it_needs(screens: Screens, hub: SimHub) -> None:
    booked = await book(hub, "In the rain", DAY, "15:00", "16:00")
    await on_the_door(hub, booked)
    screen = await screens.new(size=PHONE, signed_in=False, settings={"java_script_enabled": False})
    await screen.page.goto(booked["link"])
    body = screen.page.locator("body")
    code = booked["code"]
    await expect(body).to_contain_text(re.compile(rf"{code[:3]}\s*{code[3:]}"))
    await expect(body).to_contain_text("Front door")
    await expect(body).to_contain_text("14:45")
    await expect(body).to_contain_text("on the door")
    await expect(screen.page.get_by_role("link", name=re.compile("01632 960 121"))).to_be_visible()
