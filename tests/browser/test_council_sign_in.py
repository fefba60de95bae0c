"""Somebody signs in with the account of a council, at the pages of a real provider."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, expect

from controller.app.schema import migrate
from controller.platform.settings import Listen, Settings
from edge.wire.clock import SystemClock
from firmware_sim.ports import free_port
from hatch_build import ROOT, Pages
from tests.browser.axe import faults
from tests.browser.screen import PHONE
from tests.controller.running import PASSWORD, USER, running, signed_in
from tests.controller.seeds import cheap_passwords
from tests.controller.serving import serving
from tests.services.openid_provider import openid_provider

pytestmark = pytest.mark.asyncio(loop_scope="session")


@pytest_asyncio.fixture(loop_scope="session")
async def address(tmp_path: Path) -> AsyncIterator[str]:
    """Where a controller with one building and one provider is."""
    await asyncio.to_thread(Pages(ROOT).build)
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    database = f"sqlite+aiosqlite:///{tmp_path / 'hallkeeper.db'}"
    with openid_provider(tmp_path, f"{address}/account/council") as section:
        names = Listen(names=("hub.test",))  # as the clients of the tests call it
        settings = Settings(data_dir=tmp_path, database=database, public_url=address, listen=names, oidc=(section,))
        await migrate(settings.database_url)
        async with running(settings, SystemClock(), cheap_passwords()) as app, signed_in(app) as admin:
            site = {"name": "Ramsey Hub", "zone": "Europe/London"}
            assert (await admin.put("/api/v1/sites/ramsey", json=site)).is_success
            async with serving(app, port=port):
                yield address


async def go_through(page: Page, name: str) -> None:
    """The pages of the provider."""
    await page.get_by_placeholder("Enter any login").fill(name)
    await page.get_by_placeholder("and password").fill("any")
    await page.get_by_role("button", name="Sign-in").click()
    await page.get_by_role("button", name="Continue").click()


async def sign_in_there(page: Page, name: str) -> None:
    """As ``go_through``; whether the provider asks for consent again is its own."""
    await page.get_by_placeholder("Enter any login").fill(name)
    await page.get_by_placeholder("and password").fill("any")
    await page.get_by_role("button", name="Sign-in").click()
    agree = page.get_by_role("button", name="Continue")
    await expect(agree.or_(page.get_by_role("heading", name="manager-ivy at the council"))).to_be_visible()
    if await agree.count():
        await agree.click()


@pytest.mark.browser_full
async def test_somebody_signs_in_with_the_account_of_a_council(address: str, browser: Browser) -> None:
    context = await browser.new_context(viewport={"width": PHONE[0], "height": PHONE[1]})
    page = await context.new_page()
    await page.goto(address)
    button = page.get_by_role("button", name="Sign in with Ramsey Council")
    await expect(button).to_be_visible()
    assert await faults(page, "sign-in with a provider") == []
    await button.click()
    await go_through(page, "visitor")
    await expect(page.get_by_role("alert").filter(has_text="hub-managers, hub-porters")).to_be_focused()
    assert page.url == f"{address}/account", "neither code nor state is in the address"
    await context.clear_cookies()
    await button.click()
    await go_through(page, "manager-ivy")
    await expect(page.get_by_role("link", name="Account")).to_be_visible()
    assert page.url.startswith(f"{address}/diary")
    await page.get_by_role("link", name="Account").click()
    await expect(page.get_by_role("heading", name="manager-ivy at the council")).to_be_visible()
    await expect(page.get_by_text("by an account. Last used")).to_be_visible()
    assert await faults(page, "account, before it is shown again") == []
    await expect(page.get_by_text("To link or unlink one, first show above that it is you.")).to_be_visible()
    again = page.get_by_role("button", name="Show it at Ramsey Council")
    await again.click()
    await sign_in_there(page, "visitor")
    await expect(page.get_by_role("alert").filter(has_text="is not linked to your user")).to_be_focused()
    await again.click()
    await sign_in_there(page, "manager-ivy")
    await expect(page.get_by_role("region", name="Notice")).to_contain_text("You have shown that it is you.")
    assert page.url == f"{address}/account", "neither code nor state is in the address"
    await expect(again).to_have_count(0)
    await page.get_by_role("button", name="Unlink manager-ivy at the council").click()
    await expect(page.get_by_role("alert").filter(has_text="You could not sign in without")).to_be_focused()
    assert await faults(page, "account with a provider") == []
    await context.close()


@pytest.mark.browser_full
async def test_somebody_links_the_account_of_a_council_to_their_own(address: str, browser: Browser) -> None:
    context = await browser.new_context()
    page = await context.new_page()
    await page.goto(f"{address}/account")
    await page.get_by_label("Name").fill(USER)
    await page.get_by_label("Password").fill(PASSWORD)
    await page.get_by_role("button", name="Sign in", exact=True).click()
    await page.get_by_label("Password, to link or unlink an account").fill(PASSWORD)
    await page.get_by_role("button", name="Link an account of Ramsey Council").click()
    await go_through(page, "visitor")
    await expect(page.get_by_role("region", name="Notice")).to_contain_text("The account is linked.")
    assert page.url == f"{address}/account"
    await page.get_by_label("Password, to link or unlink an account").fill(PASSWORD)
    await page.get_by_role("button", name="Unlink visitor at the council").click()
    await expect(page.get_by_role("region", name="Notice")).to_contain_text("The account is unlinked.")
    await expect(page.get_by_role("button", name="Unlink visitor at the council")).to_have_count(0)
    await context.close()
