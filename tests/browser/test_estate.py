"""The wall says what needs somebody, where, since when, all at once; the estate is a table of all buildings."""

import json
import re
from typing import Any

import pytest
from playwright.async_api import Page, WebSocketRoute, expect

from firmware_sim.hub_processes import SimHub
from tests.browser.axe import faults
from tests.browser.screen import RAISED_MS, Screen, Screens

pytestmark = pytest.mark.asyncio(loop_scope="session")

PASSWORD = "a long password"
WALL = (1920, 1080)
MANY = 42
AT = "2026-11-25T10:41:00+00:00"
"""When it is about, by the clock of the buildings."""
_NAMES = ("Ramsey Library", "Chatteris Community Library and Hub", "Ely")
LONG = (
    "The Hemingford Grey and Saint Ives Library and Community Hub",
    "The Wisbech and March Adult Learning, Library and Community Hub beside Saint Peter's Gardens",
)
_KINDS = (
    ("fire", "danger", "Fire alarm"),
    ("left_unlocked", "serious", "Side door is unlocked, and should not be"),
    ("tablet_lockout", "serious", "Too many wrong codes were typed at the tablet beside the door of the studio"),
    ("sensor_battery", "minor", "the battery of zigbee/hall in Hall is low"),
)


def alert(site: int, kind: int = 0, **own: object) -> dict[str, Any]:
    """Of one of many buildings, with one of the kinds."""
    code, severity, text = _KINDS[kind % len(_KINDS)]
    plain = {"id": None, "edge": "pi", "about": "", "hint": "", "over_since": None, "acknowledged_at": None}
    plain |= {"snoozed_until": None, "acknowledged_by": "", "at": f"2026-11-24T0{site % 10}:00:00+00:00"}
    name = f"{_NAMES[site % len(_NAMES)]} {site}"
    return plain | {"site": f"site-{site}", "site_name": name, "kind": code, "severity": severity, "text": text} | own


class Told:
    """The messages of all sites that a page gets here, in place of those of the controller."""

    def __init__(self, off: int = 0) -> None:
        self._off = off
        self._up = True
        self._sockets: list[WebSocketRoute] = []
        self._items: list[dict[str, Any]] | None = None

    async def to(self, page: Page) -> None:
        """Before the page is opened."""
        await page.route_web_socket(re.compile("/api/v1/live/sites"), self._opened)

    def say(self, *items: dict[str, Any]) -> None:
        """These are the open alerts."""
        self._items = list(items)
        for each in self._sockets:
            self._send(each)

    async def cut(self) -> None:
        """The line is cut, and stays so until it is up."""
        self._up = False
        for each in self._sockets:
            await each.close()
        self._sockets = []

    def up(self) -> None:
        self._up = True

    async def _opened(self, socket: WebSocketRoute) -> None:
        if not self._up:
            await socket.close()
            return
        self._sockets.append(socket)
        if self._items is not None:
            self._send(socket)

    def _send(self, socket: WebSocketRoute) -> None:
        sites = [{"id": each, "name": each, "zone": "Europe/London"} for each in ("ramsey", "march")]
        message = {"type": "alerts", "at": AT, "sites": sites, "items": self._items}
        socket.send(json.dumps(message | {"off": self._off, "build": "one"}))


CUT = """() => [...document.querySelectorAll(".wall :is(h1, h2, .what, .since, li)")]
  .filter((each) => each.scrollWidth > each.clientWidth + 1 || each.getBoundingClientRect().bottom > innerHeight
    || (each.matches("h2, li") && each.scrollHeight > each.clientHeight + 1))
  .map((each) => each.textContent.trim())"""
"""What of the wall is cut off, or below the edge of the screen."""


async def all_in_sight(screen: Screen) -> None:
    page = screen.page
    assert await page.evaluate("document.scrollingElement.scrollHeight <= innerHeight")
    assert await screen.sideways() == 0
    assert await page.evaluate(CUT) == []


async def test_the_wall_shows_42_buildings_without_scrolling_the_most_urgent_first(screens: Screens) -> None:
    screen = await screens.new(size=WALL)
    page = screen.page
    told = Told()
    await told.to(page)
    told.say(*(alert(site, site) for site in range(MANY)), *(alert(site, 1) for site in range(0, MANY, 3)))
    await screen.open("/wall?site=ramsey")
    places = page.get_by_role("list", name="Buildings that need somebody").get_by_role("listitem")
    await expect(places).to_have_count(MANY)
    await expect(page.get_by_role("heading", name="42 buildings need somebody")).to_be_visible()
    await expect(places.first).to_contain_text(re.compile(r"Danger.*Fire alarm\s*since Tue 24 Nov", re.DOTALL))
    await expect(places.last).to_contain_text("Sensor's battery low")
    await all_in_sight(screen)
    assert await faults(page, "wall") == []
    told.say(alert(1, 2), alert(2, acknowledged_at="2026-11-25T10:00:00+00:00"))
    await expect(places).to_have_count(1)
    await expect(page.get_by_text("1 alert is looked after or put off")).to_be_visible()
    await screen.said("Chatteris Community Library and Hub 1: Wrong codes at tablet.")
    await all_in_sight(screen)
    told.say()
    await expect(page.get_by_role("heading", name="Nothing needs anybody")).to_be_visible()
    await expect(page.get_by_text("2 buildings, all well")).to_be_visible()


@pytest.mark.browser_full
async def test_a_wall_whose_line_is_cut_says_so_and_never_that_nothing_needs_anybody(screens: Screens) -> None:
    screen = await screens.new(size=WALL)
    page = screen.page
    told = Told(off=1)
    await told.to(page)
    await screen.open("/wall?site=ramsey")
    await expect(page.get_by_role("heading", name="What needs somebody")).to_be_visible()
    await expect(page).to_have_title("What needs somebody · Hallkeeper")
    told.say()
    await expect(page.get_by_text("1 building has alerts switched off")).to_be_visible()
    await expect(page).to_have_title("Nothing needs anybody · Hallkeeper")
    calm = page.get_by_role("heading", name="Nothing needs anybody")
    await expect(calm).to_be_visible()
    await told.cut()
    await expect(page.get_by_text(re.compile(r"The line is cut\. This is how it was at \d\d:\d\d, "))).to_be_visible()
    await expect(page.get_by_role("heading", name="Not known what needs somebody")).to_be_visible()
    await expect(calm).to_have_count(0)
    await all_in_sight(screen)
    told.say(alert(1))
    told.up()
    await expect(page.get_by_role("heading", name="1 building needs somebody")).to_be_visible()
    told.say()
    await expect(calm).to_be_visible()


@pytest.mark.browser_full
@pytest.mark.parametrize("name", LONG, ids=["60", "90"])
async def test_42_buildings_of_long_names_fit_also_while_the_line_is_cut(screens: Screens, name: str) -> None:
    screen = await screens.new(size=WALL)
    page = screen.page
    told = Told()
    await told.to(page)
    items = [alert(site, site, site_name=f"{site} {name}") for site in range(MANY)]
    told.say(*items, *(each | {"about": "other"} for each in items[::3]))
    await screen.open("/wall?site=ramsey")
    await expect(page.get_by_role("list", name="Buildings").get_by_role("listitem")).to_have_count(MANY)
    await all_in_sight(screen)
    await told.cut()
    await expect(page.get_by_text("The line is cut. This is how it was")).to_be_visible()
    await all_in_sight(screen)


@pytest.mark.browser_full
async def test_who_may_not_see_live_state_has_neither_page_and_asks_for_nothing(screens: Screens, hub: SimHub) -> None:
    await hub.api.post("/users", {"name": "Ada Foyer", "password": PASSWORD, "assignments": [{"role": "wall"}]})
    screen = await screens.new(signed_in=False)
    page = screen.page
    await screen.open("/sign-in")
    await screen.sign_in("Ada Foyer", PASSWORD)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    for name in ("estate", "wall"):
        await screen.open(f"/{name}?site=ramsey")
        await expect(page.get_by_text("Only staff see this.")).to_be_visible()
        await expect(page.get_by_role("link", name="Diary")).to_be_visible()
    assert [each for each in asked if re.search(r"/api/v1/(alerts|estate)", each)] == []


@pytest.mark.browser_full
async def test_a_pi_that_is_cut_off_comes_onto_the_wall_and_to_the_top_of_the_estate(
    screens: Screens, hub: SimHub
) -> None:
    wall, estate = await screens.new(size=WALL), await screens.new()
    await wall.open("/wall?site=ramsey")
    await expect(wall.page.get_by_role("heading", name="Nothing needs anybody")).to_be_visible()
    await estate.open("/estate?site=ramsey")
    march = estate.page.get_by_role("row", name=re.compile("March Library"))
    await expect(march).to_contain_text("None of 1")
    hub.set_network("march", up=False)
    try:
        place = wall.page.get_by_role("list", name="Buildings that need somebody").get_by_role("listitem")
        await expect(place).to_contain_text(
            re.compile(r"March Library\s*Serious\s*Pi offline\s*since \d\d:\d\d", re.DOTALL), timeout=RAISED_MS
        )
        await expect(wall.page.get_by_text("1 other building: all well")).to_be_visible()
        await expect(march).to_contain_text(re.compile(r"1 serious.*1 of 1\s*since \d\d:\d\d", re.DOTALL))
        await expect(estate.page.get_by_role("row").nth(1)).to_contain_text("March Library")
    finally:
        hub.set_network("march", up=True)
        await hub.online("march")
    await expect(march).to_contain_text("None of 1")


async def test_the_estate_sorts_by_each_column_and_leads_to_the_page_of_a_building(
    screens: Screens, hub: SimHub
) -> None:
    screen = await screens.new()
    page = screen.page
    await screen.open("/now?site=ramsey")
    await page.get_by_role("link", name="All buildings").click()
    rows = page.get_by_role("row").filter(has=page.get_by_role("rowheader"))
    await expect(rows).to_have_count(2)
    await expect(page.get_by_role("row", name=re.compile("March Library"))).to_contain_text("Not measured")
    assert await faults(page, "estate") == []
    for column in await page.get_by_role("columnheader").all():
        await column.get_by_role("button").click()
        await expect(column).to_have_attribute("aria-sort", re.compile("ascending|descending"))
        await expect(page.locator("[aria-sort]")).to_have_count(1)
    heading = page.get_by_role("columnheader", name="Building")
    await heading.get_by_role("button").click()
    await expect(rows.first).to_contain_text("March Library")
    await heading.get_by_role("button").click()
    await expect(heading).to_have_attribute("aria-sort", "descending")
    await expect(rows.first).to_contain_text("Ramsey Hub")
    await page.reload()  # the order is in the address
    await expect(rows.first).to_contain_text("Ramsey Hub")
    await page.get_by_role("rowheader", name="March Library").get_by_role("link").click()
    await expect(page.get_by_role("heading", name="March Library now")).to_be_visible()


FAST = """() => {
  const kinds = ["fire", "held", "offline", "fault", "co2"];
  window.told = 0;
  window.WebSocket = class {
    constructor(address) {
      this.all = String(address).includes("/live/sites");
      setTimeout(() => this.say(), 10);
    }
    say() {
      const at = new Date().toISOString();
      this.onmessage?.({ data: JSON.stringify(this.all ? this.alerts(at) : { type: "beat", at }) });
      this.next = setTimeout(() => this.say(), 5000);
    }
    alerts(at) {
      const turn = window.still ? 6 : window.told++ % 120;
      const items = Array.from({ length: (turn * 7) % 43 }, (_, n) => ({
        site: `site-${(n * 11 + turn) % 43}`, site_name: `Building ${n}`, text: `Door ${turn} is held open`,
        kind: kinds[(n + turn) % 5], about: `${turn % 7}`, severity: ["danger", "serious", "minor"][(n + turn) % 3],
        at: new Date(Date.now() - turn * 60000).toISOString(),
        over_since: null, acknowledged_at: null, snoozed_until: null,
      }));
      const zone = "Europe/London";
      const sites = Array.from({ length: 43 }, (_, n) => ({ id: `site-${n}`, name: `Building ${n}`, zone }));
      return { type: "alerts", at, sites, items, off: 0, build: "one" };
    }
    close() { clearTimeout(this.next); }
  };
}"""
"""Before the page: alerts and beats without a server, each second as fast as the machine is."""


@pytest.mark.browser_full
@pytest.mark.parametrize(("paired", "hours"), [(False, 24), (True, 6)], ids=["a day, signed in", "paired"])
async def test_hours_of_changing_alerts_leave_the_wall_s_heap_and_nodes_flat(
    screens: Screens, *, paired: bool, hours: int
) -> None:
    screen = await screens.new(size=WALL, signed_in=not paired)
    page = screen.page
    await page.clock.install(time="2026-11-25T10:40:00Z")
    await page.add_init_script(f"({FAST})()")
    await screen.open("/tablet?view=wall" if paired else "/wall?site=ramsey")
    await page.clock.run_for(2_000)
    await expect(page.get_by_text("As of ")).to_be_visible()
    devtools = await page.context.new_cdp_session(page)
    await devtools.send("Performance.enable")

    async def weigh() -> tuple[float, float, float]:
        await page.evaluate("window.still = true")  # always at the same 42 alerts
        await page.clock.run_for(30_000)
        # Chromium may hold some for a moment longer; what is kept stays.
        least = min([await collected() for _ in range(8)], key=lambda found: found[1])
        await page.evaluate("window.still = false")
        return least

    async def collected() -> tuple[float, float, float]:
        for _ in range(2):
            await devtools.send("HeapProfiler.collectGarbage")
        found = {each["name"]: each["value"] for each in (await devtools.send("Performance.getMetrics"))["metrics"]}
        return found["JSHeapUsedSize"] / 2**20, found["Nodes"], found["JSEventListeners"]

    weights = []
    for _ in range(hours):
        for _ in range(6):
            await page.clock.run_for(600_000)
        weights.append(await weigh())
    assert await page.evaluate("told") > hours * 600
    heap, nodes, listeners = weights[0]
    for heap_after, nodes_after, listeners_after in weights[1:]:
        # 24 bytes kept of each of a day's 16,560 answers would be more.
        assert heap_after < heap + 0.4, f"MB by hour: {weights}"
        assert nodes_after <= nodes + 20, f"nodes by hour: {weights}"
        assert listeners_after <= listeners + 5, f"listeners by hour: {weights}"
