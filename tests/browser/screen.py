"""One open screen: a page that must not complain, and the few things a person does on it."""

import re
from collections.abc import Mapping
from datetime import date
from typing import Any, Literal

from playwright.async_api import Browser, BrowserContext, ConsoleMessage, Locator, Page, Request, StorageState, expect

from firmware_sim.hub_processes import SimHub
from tests.browser.slow_line import slow_down

Scheme = Literal["light", "dark"]
_SLOW = re.compile(r"was preloaded using link preload but not used within a few seconds")
"""What Chromium says of a page that takes its time on a busy machine."""
DESK = (1440, 900)
PHONE = (390, 844)
RAISED_MS = 180_000
"""Until a Pi that is away for a minute is an alert at other buildings too."""


class Screen:
    """``excuse`` names what the test itself provokes on the console."""

    def __init__(self, page: Page, address: str) -> None:
        self.page = page
        self.address = address
        self._complaints: list[str] = []
        self._excused: list[str] = []
        self._closing = False
        page.on("console", self._heard)
        page.on("pageerror", lambda error: self._complaints.append(f"uncaught: {error}"))
        page.on("request", self._asked)

    def excuse(self, *patterns: str) -> None:
        self._excused += patterns

    def hear_no_more(self) -> None:
        """Before it is closed: what it asks for while its answers are taken away is no fault of the page."""
        self._closing = True

    def judge(self) -> None:
        """Fail on every error not excused."""
        left = [each for each in self._complaints if not any(re.search(one, each) for one in self._excused)]
        assert not left, left

    def _heard(self, message: ConsoleMessage) -> None:
        if not self._closing and message.type in {"error", "warning"} and not _SLOW.search(message.text):
            self._complaints.append(f"{message.type}: {message.text} ({message.location['url']})")

    def _asked(self, request: Request) -> None:
        if not request.url.startswith((self.address, self.address.replace("http", "ws"), "blob:")):
            self._complaints.append(f"asked another host: {request.url}")

    async def open(self, path: str) -> None:
        await self.page.goto(self.address + path)

    async def sign_in(self, name: str, password: str) -> None:
        """By hand, as far as the diary."""
        await self.page.get_by_label("Name").fill(name)
        await self.page.get_by_label("Password").fill(password)
        await self.page.get_by_role("button", name="Sign in").click()
        await expect(self.page.get_by_role("grid")).to_be_visible()

    async def diary(self, day: date, site: str = "ramsey", **more: str) -> None:
        """The diary of a day, drawn."""
        extra = "".join(f"&{key}={value}" for key, value in more.items())
        await self.open(f"/diary?site={site}&date={day.isoformat()}{extra}")
        await expect(self.page.get_by_role("grid")).to_be_visible()

    def row(self, room: str) -> Locator:
        return self.page.get_by_role("row").filter(has=self.page.get_by_role("rowheader", name=room))

    def block(self, title: str) -> Locator:
        """The block of a booking in the timeline."""
        return self.page.get_by_role("gridcell", name=re.compile(rf"^{re.escape(title)}, "))

    def free(self, room: str, name: str = "Free") -> Locator:
        return self.row(room).get_by_role("gridcell", name=re.compile(rf"^{name}"))

    @property
    def panel(self) -> Locator:
        return self.page.get_by_role("dialog")

    async def reach(self, room: str) -> None:
        """Come to the board with the mouse, until it shows which time a click would take."""
        await self.row(room).get_by_role("gridcell", name=re.compile("^Free")).first.hover()
        await expect(self.page.locator(".hint")).to_be_visible()

    async def said(self, words: str | re.Pattern[str]) -> None:
        """A screen reader has been told these words, politely or not."""
        spoken = self.page.locator('[aria-live="polite"], [aria-live="assertive"]')
        await expect(spoken.filter(has_text=words).first).to_be_attached()

    async def listed(self, name: str, words: str) -> None:
        """A list itself says it, not only the example of a form that is still open in it."""
        item = self.page.get_by_role("list", name=name).locator(".said")
        await expect(item.filter(has_text=words)).to_be_visible()

    async def sideways(self) -> int:
        """By how many pixels the page is wider than the window."""
        wider: int = await self.page.evaluate(
            "document.scrollingElement.scrollWidth - document.scrollingElement.clientWidth"
        )
        return wider


class Screens:
    """Opens screens and closes what it opened."""

    def __init__(self, hub: SimHub, browser: Browser, signed_in: StorageState | None, slow_line_s: float = 0.0) -> None:
        self._hub = hub
        self._slow_line_s = slow_line_s
        self._browser = browser
        self._signed_in = signed_in
        self._contexts: list[BrowserContext] = []
        self._screens: list[Screen] = []

    async def new(
        self,
        *,
        size: tuple[int, int] = DESK,
        scheme: Scheme = "light",
        forced: bool = False,
        signed_in: bool = True,
        remembers: StorageState | None = None,
        settings: Mapping[str, Any] | None = None,
    ) -> Screen:
        """A browser of somebody on holiday in New York, whose dates are American. ``remembers``: of another sign-in."""
        context = await self._browser.new_context(
            viewport={"width": size[0], "height": size[1]},
            color_scheme=scheme,
            forced_colors="active" if forced else "none",
            timezone_id="America/New_York",
            locale="en-US",
            storage_state=remembers or (self._signed_in if signed_in else None),
            **(settings or {}),
        )
        context.set_default_timeout(60_000)  # as `expect` waits: a busy machine may take long to load a page
        if self._slow_line_s:
            await slow_down(context, self._slow_line_s)
        self._contexts.append(context)
        screen = Screen(await context.new_page(), self._hub.address)
        self._screens.append(screen)
        return screen

    async def leave(self, screen: Screen) -> None:
        """Close a screen before the others, of which there are many."""
        context = screen.page.context
        screen.hear_no_more()
        self._contexts.remove(context)
        await _close(context)

    async def close(self) -> None:
        for screen in self._screens:
            screen.hear_no_more()
        for context in self._contexts:
            await _close(context)
        for screen in self._screens:
            screen.judge()


async def _close(context: BrowserContext) -> None:
    await context.unroute_all(behavior="ignoreErrors")
    for page in context.pages:
        await page.unroute_all(behavior="ignoreErrors")
    await context.close()
