"""Every page and its forms, looked at in every way: colours, widths, larger text, longer words, right to left.

``make browsers`` leaves a picture of each in ``test-artefacts/screenshots``.
"""

import asyncio
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Locator, Page, StorageState, expect

from firmware_sim.hub_processes import SimHub
from hatch_build import ROOT
from tests.browser.axe import faults
from tests.browser.booked import account, ask, book, decide
from tests.browser.pseudo import PseudoPages, built, either
from tests.browser.screen import Scheme, Screen, Screens
from tests.browser.sensed import forget, hear
from tests.services import lighthouse

pytestmark = pytest.mark.asyncio(loop_scope="session")

SCREENSHOTS = ROOT / "test-artefacts" / "screenshots"
DAY, HALF_TERM = date(2027, 2, 11), date(2027, 2, 18)
WIDTHS = {320: 640, 360: 740, 1280: 800, 1920: 1080}
COLOURS: dict[str, tuple[Scheme, bool]] = {
    "light": ("light", False),
    "dark": ("dark", False),
    "forced": ("light", True),
}
Who = Literal["owner", "leader", "nobody"]


@dataclass(frozen=True, kw_only=True)
class Place:
    """A page, and what shows that it is drawn. ``then`` opens its form or panel. ``refused``: statuses that it
    provokes."""

    path: str
    ready: Callable[[Page], Locator]
    who: Who = "owner"
    then: Callable[[Page], Awaitable[None]] | None = None
    refused: tuple[int, ...] = ()


@dataclass(frozen=True)
class Hall:
    """What the pages show, and what a leader's browser remembers."""

    booking: str
    link: str
    series_link: str
    leader: StorageState


def heading(name: str) -> Callable[[Page], Locator]:
    return lambda page: page.get_by_role("heading", name=either(name)).first


def words(text: str) -> Callable[[Page], Locator]:
    return lambda page: page.get_by_text(either(text)).first


def labelled(text: str) -> Callable[[Page], Locator]:
    return lambda page: page.get_by_label(either(text, exact=True)).first


def press(button: str, shows: str) -> Callable[[Page], Awaitable[None]]:
    """Press it, and wait for a field with that label."""

    async def pressed(page: Page) -> None:
        await page.get_by_role("button", name=either(button)).first.click()
        await expect(page.get_by_label(either(shows)).first).to_be_visible()

    return pressed


def grid(page: Page) -> Locator:
    return page.get_by_role("grid")


def table(page: Page) -> Locator:
    return page.get_by_role("table").first


def any_heading(page: Page) -> Locator:
    return page.get_by_role("heading").first


def users(page: Page) -> Locator:
    return page.get_by_role("list", name=either("Users"))


def panel(page: Page) -> Locator:
    return page.get_by_role("dialog").get_by_role("button", name=either("Cancel…"))


def steps(page: Page) -> Locator:
    return page.get_by_role("list", name=either("Steps"))


async def ask_room(page: Page) -> None:
    """Of a sensor that may have been quiet for so long that its button says something else."""
    await page.locator("[id^='edit-sensor.']").first.click()
    await expect(page.get_by_label(either("Room", exact=True)).first).to_be_visible()


async def choose_several(page: Page) -> None:
    await page.get_by_role("button", name=either("Choose several")).click()
    await expect(page.get_by_role("checkbox").first).to_be_visible()


async def find_spaces(page: Page) -> None:
    for label, value in (("Day", "11/2/2027"), ("From", "10:00"), ("To", "11:00")):
        await page.get_by_label(either(label, exact=True)).fill(value)
    await page.get_by_role("button", name=either("Continue")).click()
    await page.get_by_label(either("People", exact=True)).fill("12")
    for _ in range(2):
        await page.get_by_role("button", name=either("Continue")).click()
    await page.get_by_role("button", name=either("Show the spaces")).click()
    await expect(page.get_by_role("list", name=either("Spaces that fit"))).to_be_visible()


def places(hall: Hall) -> dict[str, Place]:
    """Name -> page. A page of its own that is not here fails `test_every_page_of_the_app_is_looked_at`."""
    at = f"site=ramsey&date={DAY}"
    return {
        "morning": Place(path="/morning?site=ramsey", ready=words("Nothing more needs you.")),
        "diary-day": Place(path=f"/diary?{at}", ready=grid),
        "diary-new": Place(path=f"/diary?{at}", ready=grid, then=press("New booking", "What for")),
        "diary-booking": Place(path=f"/diary?{at}&booking={hall.booking}", ready=panel),
        "diary-week": Place(path=f"/diary?{at}&view=week", ready=table),
        "diary-month": Place(path=f"/diary?{at}&view=month", ready=table),
        "diary-list": Place(path=f"/diary?{at}&view=list", ready=words("Choir practice")),
        "diary-list-week": Place(path=f"/diary?{at}&view=list&q=week", ready=words("Choir practice")),
        "diary-board": Place(path=f"/diary?{at}&view=week&q=board", ready=words("Nothing booked")),
        "search": Place(path="/search?site=ramsey&q=Choir", ready=words("Choir practice")),
        "diary-requests": Place(path=f"/diary?{at}&view=requests", ready=words("Band practice")),
        "now": Place(path="/now?site=ramsey", ready=heading("Front door")),
        "footfall": Place(path="/now?site=ramsey&view=history", ready=heading("Footfall of")),
        "look back": Place(path="/now?site=ramsey&view=past", ready=heading("Front door")),
        "estate": Place(path="/estate?site=ramsey", ready=table),
        "wall": Place(path="/wall?site=ramsey", ready=words("As of")),
        "acts": Place(path="/acts?site=ramsey", ready=heading("Done by hand at")),
        "account": Place(path="/account?site=ramsey", ready=labelled("Your address")),
        "users": Place(path="/users?site=ramsey", ready=users),
        "users-add": Place(path="/users?site=ramsey", ready=users, then=press("Add a user", "Name")),
        "displays": Place(path="/users?site=ramsey&view=displays", ready=labelled("What it is")),
        "groups": Place(path="/groups?site=ramsey", ready=words("Every-page choir")),
        "group": Place(path="/groups?site=ramsey&view=every-choir", ready=labelled("Mail address")),
        "group-change": Place(
            path="/groups?site=ramsey&view=every-choir",
            ready=labelled("Mail address"),
            then=press("Change…", "Notes for who runs the building"),
        ),
        "group-new": Place(path="/groups?site=ramsey&view=new.", ready=labelled("Notes for who runs the building")),
        "notices": Place(path="/notices?site=ramsey", ready=words("Written ")),
        "use": Place(path="/use?site=ramsey&view=month", ready=heading("Rooms that nobody booked")),
        "attendance": Place(
            path="/use?site=ramsey&view=attendance&date=2026-11-24", ready=heading("Used without a booking")
        ),
        "expected": Place(path="/use?site=ramsey&view=expected", ready=words("People expected to come in")),
        "hand-count": Place(path="/use?site=ramsey&view=count", ready=heading("Count by hand")),
        "closures": Place(path="/closures?site=ramsey", ready=heading("Now and coming")),
        "closures-new": Place(
            path="/closures?site=ramsey", ready=heading("Now and coming"), then=press("Close something…", "Reason")
        ),
        "closures-year": Place(path="/closures?site=ramsey&view=year", ready=heading("December")),
        "buildings": Place(path="/buildings?site=ramsey", ready=words("Main hall")),
        "building-doors": Place(path="/buildings?site=ramsey&view=doors", ready=words("Front door")),
        "building-sensors": Place(path="/buildings?site=ramsey&view=sensors", ready=words("hall/window")),
        "building-sensors-room": Place(
            path="/buildings?site=ramsey&view=sensors", ready=words("hall/window"), then=ask_room
        ),
        "building-prices": Place(path="/buildings?site=ramsey&view=prices", ready=heading("Prices")),
        "building-rules": Place(path="/buildings?site=ramsey&view=rules", ready=heading("Booking rules")),
        "building-hours": Place(path="/buildings?site=ramsey&view=hours", ready=heading("School terms")),
        "building-public": Place(path="/buildings?site=ramsey&view=public", ready=heading("What it says of the rooms")),
        "building-alerts": Place(path="/buildings?site=ramsey&view=alerts", ready=heading("Alerts")),
        "building-tablets": Place(path="/buildings?site=ramsey&view=tablets", ready=heading("Tablets and screens of")),
        "building-floor-plan": Place(path="/buildings?site=ramsey&view=floor-plan", ready=labelled("The drawing")),
        **{
            f"building-{name}": Place(path=f"/buildings?site=ramsey&view={view}", ready=labelled(field))
            for name, view, field in (
                ("site", "site.", "Name of the building"),
                ("room", "spaces.hall", "Name"),
                ("layout", "layouts.hall.", "Name"),
                ("floor", "floors.", "Name"),
                ("equipment", "equipment.", "Name"),
                ("door", "doors.front-door", "Name"),
                ("device", "edges.", "Name"),
            )
        },
        **{
            f"building-{name}": Place(
                path=f"/buildings?site=ramsey&view={view}", ready=any_heading, then=press(button, shows)
            )
            for name, view, button, shows in (
                ("new-price", "prices", "New price…", "Pounds an hour"),
                ("new-cancelling", "prices", "New charge for cancelling…", "Per cent when nobody comes"),
                ("new-rule", "rules", "New rule that confirms at once…", "At most so many minutes"),
                ("new-season", "hours", "New season with a week of its own…", "Saturday"),
                ("new-term", "hours", "New term…", "Without school"),
            )
        },
        **{
            f"setup-{step}": Place(path=f"/setup?site=ramsey&view={step}", ready=steps)
            for step in ("building", "hours", "rooms", "door", "pi", "wiring", "group", "booking", "code")
        },
        "diary-several": Place(path=f"/diary?{at}&view=list", ready=words("Choir practice"), then=choose_several),
        "transfer": Place(path="/transfer?site=ramsey", ready=labelled("What is in the spreadsheet")),
        "transfer-out": Place(path="/transfer?site=ramsey&view=out", ready=heading("Bookings of")),
        "calendars": Place(path="/transfer?site=ramsey&view=calendars", ready=words("A partner who keeps")),
        "calendars-new": Place(path="/transfer?site=ramsey&view=calendars.new", ready=heading("Another calendar")),
        "calendars-file": Place(path="/transfer?site=ramsey&view=calendars.file", ready=heading("Import a calendar")),
        "calendar-links": Place(path="/transfer?site=ramsey&view=links", ready=words("It is a secret")),
        "calendar-links-new": Place(path="/transfer?site=ramsey&view=links.new", ready=heading("An address for")),
        "holders": Place(path="/holders?site=ramsey", ready=words("Add somebody…")),
        "holders-new": Place(path="/holders?site=ramsey&view=new", ready=heading("Somebody new")),
        "members": Place(path="/holders?site=ramsey&view=members", ready=labelled("Whole number on the card")),
        "listings": Place(path="/listings?site=ramsey", ready=any_heading),
        "listing": Place(path=f"/listings/{hall.booking}", ready=any_heading),
        "ways": Place(path="/ways?site=ramsey", ready=any_heading),
        "accessibility": Place(path="/accessibility", ready=any_heading, who="nobody"),
        "whats-on-everywhere": Place(path="/whats-on", ready=any_heading, who="nobody"),
        "embed": Place(path="/embed/whats-on/ramsey", ready=lambda page: page.locator("body"), who="nobody"),
        "link-move": Place(path=f"{hall.link}/move", ready=any_heading, who="nobody"),
        "setup": Place(path="/setup", ready=labelled("Steps")),
        "whats-on": Place(path="/whats-on/ramsey", ready=any_heading, who="nobody"),
        "find": Place(path="/find", ready=labelled("Day"), who="leader"),
        "find-spaces": Place(path="/find", ready=labelled("Day"), who="leader", then=find_spaces),
        "my-bookings": Place(path="/my-bookings", ready=words("Door code"), who="leader"),
        "hire": Place(path="/hire?site=ramsey", ready=heading("Hire a room at"), who="nobody"),
        "sign-in": Place(path="/sign-in", ready=labelled("Password"), who="nobody"),
        "pair": Place(path="/pair", ready=any_heading, who="nobody"),
        "invitation": Place(path="/invitation", ready=heading("Invitation"), who="nobody"),
        "unknown": Place(path="/nowhere", ready=words("There is no page")),
        "door-code": Place(path=hall.link, ready=any_heading, who="nobody"),
        "series": Place(path=hall.series_link, ready=any_heading, who="nobody"),
        "slip": Place(path=f"/slip/{hall.booking}", ready=any_heading),
    }


NOTHING = Hall("", "", "", {})
NAMES = sorted(places(NOTHING))


@pytest_asyncio.fixture(loop_scope="session", scope="module")
async def hall(hub: SimHub, own_diary: None, browser: Browser) -> AsyncIterator[Hall]:
    """A choir with a booking and a term, its leader signed in, and a request that waits."""
    password = "fifteen calm rivers"
    await hub.api.put("/parties/every-choir", {"kind": "group", "name": "Every-page choir"})
    await account(hub, "Eve of the choir", password, "group_leader", "every-choir")
    booked = await book(hub, "Choir practice", DAY, "18:00", "19:30", space="hall", party="every-choir")
    asked = await ask(hub, "Band practice", DAY, "14:00", "17:00")
    weekly = {"first_starts": f"{HALF_TERM}T10:00", "first_ends": f"{HALF_TERM}T11:00", "rule": "FREQ=WEEKLY;COUNT=3"}
    series = await hub.api.post("/sites/ramsey/series", {"space": "studio", "title": "Weekly", "people": 5} | weekly)
    rules = {name: value for name, value in (await hub.api.get("/sites/ramsey/policy")).items() if name != "version"}
    await hub.api.put("/sites/ramsey/policy", rules | {"hire": {"terms": "Leave it as you found it."}})
    hear(hub, "every-window", {"open": 1.0, "temperature": 20.5}, name="hall/window", set_aside='{"old": 2}')
    context = await browser.new_context()
    screen = Screen(await context.new_page(), hub.address)
    await screen.open("/diary")
    await screen.sign_in("Eve of the choir", password)
    remembered = await context.storage_state()
    await context.close()
    paths = [urlsplit(each["link"]).path for each in (booked, series)]
    yield Hall(booking=booked["id"], link=paths[0], series_link=paths[1], leader=remembered)
    forget(hub)
    await hub.api.put("/sites/ramsey/policy", rules)
    await decide(hub, asked, "decline", "Done")


async def _shown(
    screens: Screens,
    hall: Hall,
    place: Place,
    width: int,
    *,
    scheme: Scheme = "light",
    forced: bool = False,
    pseudo: PseudoPages | None = None,
    asked: list[str] | None = None,
) -> Screen:
    """``asked`` collects what the page asks of the API while it has no live connection."""
    screen = await screens.new(
        size=(width, WIDTHS[width]),
        scheme=scheme,
        forced=forced,
        signed_in=place.who == "owner",
        remembers=hall.leader if place.who == "leader" else None,
    )
    if pseudo:
        await pseudo.serve(screen.page)
    if asked is not None:
        screen.page.on("request", lambda sent: asked.append(sent.url) if "/api/v1/" in sent.url else None)
        await screen.page.route_web_socket("**/api/v1/live?*", lambda _: None)
    screen.excuse(*(f"status of {status} " for status in place.refused))
    await screen.open(place.path)
    await expect(place.ready(screen.page)).to_be_visible()
    await expect(screen.page.locator("[aria-busy=true]")).to_have_count(0)
    if place.then:
        await place.then(screen.page)
    return screen


LONGER = """() => {
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    if (node.parentElement.closest("script, style")) continue;
    node.data = node.data.replace(/\\p{L}{3,}/gu, (word) => word + "\u0117".repeat(Math.ceil(word.length * 0.4)));
  }
}"""
"""Makes each word of a page of the controller's own two fifths longer, as German or Welsh may be."""
CUT = """() => [...document.querySelectorAll("body *")].flatMap((each) => {
  const own = [...each.childNodes].some((node) => node.nodeType === 3 && node.data.trim());
  if (!own || !each.checkVisibility({ visibilityProperty: true }) || each.clientWidth < 2) return [];
  if (each.matches("option, [title], .unseen") || each.closest("[role=gridcell][aria-label], [role=img]")) return [];
  const name = `${each.localName}.${each.className}: ${each.textContent.trim().slice(0, 60)}`;
  return each.scrollWidth > each.clientWidth + 1 ? [name] : [];
})"""
"""What has words that do not fit into it. A block of the grid may cut its name: its accessible name has all."""


WIDE = """() => [...document.querySelectorAll("body *")].flatMap((each) => {
  const { left, right, width } = each.getBoundingClientRect();
  const out = width > 1 && (right > innerWidth + 1 || left < -1) && each.checkVisibility({ visibilityProperty: true });
  const name = `${each.localName}.${each.className}: ${each.textContent.trim().slice(0, 60)}`;
  let within = each.parentElement;
  while (within && getComputedStyle(within).overflowX === "visible") within = within.parentElement;
  return out && (!within || within === document.body) ? [name] : [];
})"""
"""What reaches out of the window, named where the page scrolls sideways."""


async def _faults_of_layout(screen: Screen) -> list[str]:
    cut: list[str] = await screen.page.evaluate(CUT)
    found = [f"cut: {each}" for each in cut]
    if wider := await screen.sideways():
        wide: list[str] = await screen.page.evaluate(WIDE)
        found += [f"{wider} pixels wider than the window: {each}" for each in wide or ["?"]]
    return found


async def test_every_page_of_the_app_is_looked_at() -> None:
    source = (ROOT / "dashboards" / "src" / "route.svelte.ts").read_text(encoding="utf-8")
    (listed,) = re.findall(r"const PAGES[^=]*= \[([^]]*)\]", source)
    seen = {place.path.split("?")[0].lstrip("/") for place in places(NOTHING).values()}
    assert sorted(set(re.findall(r'"([^"]+)"', listed)) - seen) == []


SHORT = {"diary-day", "morning", "buildings", "find-spaces", "my-bookings", "whats-on", "door-code"}
"""What make test keeps of the pages: the fullest of each kind."""


@pytest.mark.browser_full
@pytest.mark.parametrize(
    "name", [name if name in SHORT else pytest.param(name, marks=pytest.mark.browser_full) for name in NAMES]
)
async def test_longer_words_and_right_to_left_break_no_page_on_a_phone(screens: Screens, hall: Hall, name: str) -> None:
    pseudo = PseudoPages(await asyncio.to_thread(built))
    screen = await _shown(screens, hall, places(hall)[name], 320, pseudo=pseudo)
    if await screen.page.locator("#app").count():
        found = [f"in no catalogue: {each}" for each in await pseudo.unknown(screen.page)]
    else:
        found = []
        await screen.page.evaluate(LONGER)
    found += await _faults_of_layout(screen)
    await screen.page.evaluate("document.documentElement.dir = 'rtl'")
    assert found + await _faults_of_layout(screen) == []


AT_ONCE = {"account", "diary-day", "now", "my-bookings"}
"""Those that make test keeps of them: their parts each ask for something."""


@pytest.mark.parametrize(
    "name",
    [
        name if name in AT_ONCE else pytest.param(name, marks=pytest.mark.browser_full)
        for name in NAMES
        if places(NOTHING)[name].then is None
    ],
)
async def test_no_page_asks_for_the_same_twice_while_it_loads(screens: Screens, hall: Hall, name: str) -> None:
    asked: list[str] = []
    await _shown(screens, hall, places(hall)[name], 360, asked=asked)
    assert sorted({each for each in asked if asked.count(each) > 1}) == []


@pytest.mark.browser_full
@pytest.mark.parametrize("name", NAMES)
async def test_every_page_has_no_fault_in_any_colours_at_any_width(screens: Screens, hall: Hall, name: str) -> None:
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    found = []
    for width in WIDTHS:
        for colours, (scheme, forced) in COLOURS.items():
            screen = await _shown(screens, hall, places(hall)[name], width, scheme=scheme, forced=forced)
            look = f"{name}-{width}-{colours}"
            await screen.page.screenshot(path=SCREENSHOTS / f"{look}.png", full_page=True)
            found += [f"{look}: {each}" for each in await _faults_of_layout(screen)]
            found += await faults(screen.page, look)
            await screens.leave(screen)
    assert found == []


@pytest.mark.browser_full
@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("times", [2, 4])
async def test_text_twice_and_four_times_as_large_breaks_no_page(
    screens: Screens, hall: Hall, name: str, times: int
) -> None:
    """As a browser's zoom does it on a screen of 1280 by 1024 pixels (WCAG 2.2, 1.4.4 and 1.4.10)."""
    screen = await _shown(screens, hall, places(hall)[name], 1280)
    await screen.page.set_viewport_size({"width": 1280 // times, "height": 1024 // times})
    assert await _faults_of_layout(screen) == []


@pytest.mark.browser_full
@pytest.mark.parametrize("name", [name for name in NAMES if places(NOTHING)[name].then is None])
async def test_lighthouse_finds_no_fault_of_accessibility_or_practice(
    hub: SimHub,
    hall: Hall,
    signed_in: StorageState,
    name: str,
    tmp_path: Path,
) -> None:
    """Prints the score of its speed, and when a phone can use the page; both depend on the machine."""
    place = places(hall)[name]
    remembered = {"owner": signed_in, "leader": hall.leader, "nobody": StorageState(cookies=[])}[place.who]
    cookies = "; ".join(f"{each['name']}={each['value']}" for each in remembered["cookies"])
    found = await lighthouse.report(hub.address + place.path, cookies=cookies, folder=tmp_path)
    print(f"\n{name}: performance {found.scores['performance']:.2f}, usable in {found.usable_s:.1f} s (aim 1.5 s)")
    assert found.faults == []
    asked_to_sign_in = any(each.endswith("/setup-needed") for each in found.asked)
    assert place.who == "nobody" or not asked_to_sign_in, "it was the sign-in that Lighthouse judged"
