"""On the page of their account people make API tokens, which are shown once, and end them."""

import httpx
import pytest
from playwright.async_api import expect

from firmware_sim.hub_processes import SimHub
from tests.browser.axe import faults
from tests.browser.screen import Screens

pytestmark = pytest.mark.asyncio(loop_scope="session")

NARROW = (320, 700)


async def _status(hub: SimHub, token: str, method: str, path: str) -> int:
    async with httpx.AsyncClient(base_url=f"{hub.address}/api/v1") as client:
        answer = await client.request(method, path, headers={"Authorization": f"Bearer {token}"}, json={})
    return answer.status_code


async def test_a_token_is_made_copied_used_and_ended(screens: Screens, hub: SimHub) -> None:
    password = "fourteen slow trains"
    await hub.api.post("/users", {"name": "Toby", "password": password, "assignments": [{"role": "manager"}]})
    allowed = {"permissions": ["clipboard-read", "clipboard-write"]}
    screen = await screens.new(signed_in=False, size=NARROW, settings=allowed)
    page = screen.page
    await screen.open("/diary?site=ramsey")
    await screen.sign_in("Toby", password)
    await page.get_by_role("link", name="Account").click()
    section = page.get_by_role("region", name="API tokens")
    await expect(section.get_by_text("You have none.")).to_be_visible()
    await section.get_by_role("button", name="Make a token").click()
    await expect(section.get_by_label("What is it for?")).to_be_focused()
    await section.get_by_label("Last day").fill("someday")
    await section.get_by_label("Only some of it").check()
    await section.get_by_role("button", name="Make the token").click()
    await expect(section.get_by_role("alert")).to_be_focused()
    for label in ("What is it for?", "Last day"):
        await expect(section.get_by_label(label)).to_have_attribute("aria-invalid", "true")
    await expect(section.get_by_text("Choose something.")).to_be_visible()
    assert await faults(page, "form of a token") == []
    assert await screen.sideways() == 0
    await section.get_by_label("What is it for?").fill("cleaning rota")
    await section.get_by_label("See diaries, hours and prices").check()
    await section.get_by_label("It reads only").check()
    await section.get_by_label("Password, to make a token").fill(password)
    screen.excuse("status of 422")
    await section.get_by_label("Last day").fill("1/2/2039")
    await section.get_by_role("button", name="Make the token").click()
    await expect(section.get_by_text("Must be in the future, and at most a year from now.").last).to_be_visible()
    await section.get_by_label("Last day").fill("31/3/2027")
    await section.get_by_role("button", name="Make the token").click()
    shown = section.get_by_label("The token “cleaning rota”")
    await expect(shown).to_be_focused()
    token = await shown.input_value()
    await section.get_by_role("button", name="Copy").click()
    await expect(section.get_by_text("Copied.")).to_be_visible()
    assert await page.evaluate("navigator.clipboard.readText()") == token
    assert await faults(page, "new token") == []
    assert await screen.sideways() == 0
    assert await _status(hub, token, "GET", "/sites") == 200
    assert await _status(hub, token, "POST", "/sites/ramsey/bookings") == 403
    await section.get_by_role("button", name="I have it").click()
    await expect(shown).to_have_count(0)
    row = section.get_by_role("listitem")
    said = "See diaries, hours and prices, reading only. Until Wednesday 31 Mar 2027."
    await expect(row).to_contain_text(said)
    await page.reload()
    await row.get_by_role("button", name="End… the token cleaning rota").click()
    await row.get_by_role("button", name="Keep it").click()
    opener = row.get_by_role("button", name="End… the token cleaning rota")
    await expect(opener).to_be_focused()
    await page.keyboard.press("Enter")
    await page.keyboard.press("Tab")
    await page.keyboard.press("Enter")
    await screen.said("The token “cleaning rota” has ended.")
    await expect(section.get_by_text("You have none.")).to_be_visible()
    assert await _status(hub, token, "GET", "/sites") == 401
