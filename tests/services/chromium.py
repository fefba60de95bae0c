"""The Chromium of the machine, driven by Playwright."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from playwright.async_api import Browser, async_playwright

from tests.services.process import program

_QUIET = [
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-gpu",
    "--disable-sync",
    "--no-first-run",
    "--no-sandbox",
]


def chromium_path() -> str:
    """The program; raises ServiceFailed with the package to install."""
    return program("chromium-headless-shell", "chromium", package="chromium-headless-shell")


@asynccontextmanager
async def launched() -> AsyncIterator[Browser]:
    """A headless browser that asks no other host for anything of its own."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=chromium_path(), args=_QUIET)
        try:
            yield browser
        finally:
            await browser.close()
