"""Passkeys in a real browser, with virtual authenticators: two devices, one of them lost, and pages without passkeys.

The controller runs in the test's process, since passkeys need a host name: here localhost.
"""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit

import pytest
from playwright.async_api import Browser, expect

from controller.app.schema import migrate
from controller.platform.settings import Listen, Settings
from firmware_sim.ports import free_port
from hatch_build import ROOT, Pages
from tests.browser.axe import faults
from tests.browser.screen import Screen
from tests.controller.clock import ManualClock
from tests.controller.running import BASE_URL, NOW, PASSWORD, running, signed_in
from tests.controller.seeds import cheap_passwords
from tests.controller.serving import serving
from tests.controller.signin.signing import API, make_user

pytestmark = pytest.mark.asyncio(loop_scope="session")

MAX = "Max"
HOST = urlsplit(BASE_URL).hostname or ""
"""By which the test asks from within."""


class Place(NamedTuple):
    """``name`` and ``number``: the pages' addresses by host name and by IP number."""

    name: str
    number: str


@asynccontextmanager
async def controller(folder: Path, host: str) -> AsyncIterator[Place]:
    """One with a site and a manager, whose address is at ``host``."""
    Pages(ROOT).build()
    port = free_port()
    settings = Settings(data_dir=folder, public_url=f"http://{host}:{port}", listen=Listen(names=(HOST,)))
    await migrate(settings.database_url)
    async with running(settings, ManualClock(NOW), cheap_passwords()) as app:
        async with signed_in(app) as owner:
            assert (await owner.put(f"{API}/sites/ramsey", json={"name": "Ramsey", "zone": "Europe/London"})).is_success
            await make_user(owner, MAX, "manager")
        async with serving(app, port=port):
            yield Place(f"http://localhost:{port}", f"http://127.0.0.1:{port}")


@asynccontextmanager
async def device(browser: Browser, address: str, transport: str) -> AsyncIterator[Screen]:
    """A browser with an authenticator whose user puts a finger on it at once."""
    context = await browser.new_context()
    page = await context.new_page()
    session = await context.new_cdp_session(page)
    await session.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": transport,
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    await session.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    screen = Screen(page, address)
    screen.excuse("status of 401")
    yield screen
    await context.close()
    screen.judge()


async def _by_password(screen: Screen) -> None:
    await screen.open("/account?site=ramsey")
    await screen.page.get_by_label("Name").fill(MAX)
    await screen.page.get_by_label("Password").fill(PASSWORD)
    await screen.page.get_by_role("button", name="Sign in", exact=True).click()
    await expect(screen.page.get_by_role("heading", name=MAX)).to_be_visible()


async def _add(screen: Screen, name: str) -> None:
    part = screen.page.get_by_role("region", name="Passkeys")
    await part.get_by_label("Name of the device").fill(name)
    await part.get_by_label("Your password").fill(PASSWORD)
    await part.get_by_role("button", name="Add a passkey").click()
    await expect(part.get_by_role("listitem").filter(has_text=name)).to_be_visible()


async def _sign_out(screen: Screen) -> None:
    await screen.page.get_by_role("button", name=re.compile("^Sign out ?,")).click()
    await expect(screen.page.get_by_role("button", name="Sign in", exact=True)).to_be_visible()


async def _by_passkey(screen: Screen) -> None:
    await screen.page.get_by_role("button", name="Sign in with a passkey").click()
    await expect(screen.page.get_by_role("heading", name=MAX)).to_be_visible()


@pytest.mark.browser_full
async def test_two_devices_sign_in_and_a_lost_one_no_longer(browser: Browser, tmp_path: Path) -> None:
    async with (
        controller(tmp_path, "localhost") as place,
        device(browser, place.name, "internal") as phone,
        device(browser, place.name, "usb") as laptop,
    ):
        for screen, name in ((phone, "Phone"), (laptop, "Laptop")):
            await _by_password(screen)
            await _add(screen, name)
            await _sign_out(screen)
            assert await faults(screen.page, "sign-in") == []
            await _by_passkey(screen)
            await expect(screen.page.get_by_text("with a passkey. Last used").first).to_be_visible()
        keys = laptop.page.get_by_role("region", name="Passkeys")
        lost = keys.get_by_role("listitem").filter(has_text="Phone")
        await lost.get_by_role("button", name="Rename…").click()
        await lost.get_by_label("New name").fill("Old phone")
        await lost.get_by_role("button", name="Rename").click()
        await laptop.said("Phone is now called Old phone.")
        assert await faults(laptop.page, "account") == []
        assert await laptop.sideways() == 0
        await lost.get_by_role("button", name="Remove…").click()
        await lost.get_by_role("button", name="Remove Old phone").click()
        await laptop.said("Old phone is removed.")
        await expect(keys.get_by_role("listitem")).to_have_count(1)
        await _sign_out(phone)
        await phone.page.get_by_role("button", name="Sign in with a passkey").click()
        refused = phone.page.get_by_role("alert").filter(has_text="This passkey is not known here")
        await expect(refused).to_be_focused()
        await _sign_out(laptop)
        async with laptop.page.expect_request("**/api/v1/session/passkey") as sent:
            await _by_passkey(laptop)
        body = (await sent.value).post_data
        again = await laptop.page.evaluate(
            """body => fetch("/api/v1/session/passkey", {
                method: "POST", headers: {"Content-Type": "application/json"}, body,
            }).then(answer => answer.status)""",
            body,
        )
        assert again == 401, "the same answer was taken twice"


async def test_a_passkey_shows_that_it_is_you_in_the_session_that_there_is(browser: Browser, tmp_path: Path) -> None:
    async with controller(tmp_path, "localhost") as place, device(browser, place.name, "internal") as screen:
        await _by_password(screen)
        await _add(screen, "Phone")
        sessions = "fetch('/api/v1/sessions').then(answer => answer.json()).then(({items}) => items.map(one => one.id))"
        before = await screen.page.evaluate(sessions)
        screen.excuse("Failed to load resource")
        await screen.page.route("**/api/v1/passkeys", lambda route: route.abort())
        await screen.page.reload()
        fault = screen.page.get_by_role("alert").filter(has_text="The controller does not answer.")
        await expect(fault).to_have_count(2)  # of the passkeys, and of showing who you are
        await screen.page.unroute("**/api/v1/passkeys")
        await screen.page.reload()
        await screen.page.get_by_role("button", name="Show it with a passkey").click()
        await screen.said("You have shown that it is you. That counts for 15 minutes.")
        await expect(screen.page.get_by_role("heading", name="Show that it is you")).to_have_count(0)
        assert await screen.page.evaluate(sessions) == before
        await expect(screen.page.get_by_role("heading", name=MAX)).to_be_visible()


@pytest.mark.browser_full
async def test_a_device_that_does_not_answer_is_said(browser: Browser, tmp_path: Path) -> None:
    async with controller(tmp_path, "localhost") as place, device(browser, place.name, "internal") as screen:
        await screen.open("/account?site=ramsey")
        await screen.page.get_by_role("button", name="Sign in with a passkey").click()
        said = screen.page.get_by_role("alert").filter(has_text="there is none for this site")
        await expect(said).to_be_focused()


@pytest.mark.browser_full
async def test_a_page_at_another_address_than_the_controllers_says_where(browser: Browser, tmp_path: Path) -> None:
    async with controller(tmp_path, "localhost") as place, device(browser, place.number, "internal") as screen:
        await screen.open("/account?site=ramsey")
        why = f"passkeys work at {place.name} only; open the page there"
        await expect(screen.page.get_by_text(why)).to_be_visible()
        await expect(screen.page.get_by_role("button", name="Sign in with a passkey")).to_have_count(0)
        await _by_password(screen)
        await expect(screen.page.get_by_text(why)).to_be_visible()
        await expect(screen.page.get_by_role("button", name="Add a passkey")).to_have_count(0)


@pytest.mark.browser_full
async def test_a_controller_at_an_ip_number_says_why_and_what_to_do(browser: Browser, tmp_path: Path) -> None:
    async with controller(tmp_path, "127.0.0.1") as place, device(browser, place.number, "internal") as screen:
        await _by_password(screen)
        part = screen.page.get_by_role("region", name="Passkeys")
        await expect(part.get_by_text("passkeys work over https only")).to_be_visible()
        await expect(part.get_by_text("set public_url in its settings")).to_be_visible()
        await expect(part.get_by_role("button")).to_have_count(0)
        assert await faults(screen.page, "account without passkeys") == []
