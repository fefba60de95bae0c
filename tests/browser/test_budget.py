"""A page is light: what it fetches before it can be used, packed as a server would."""

import gzip
from datetime import date
from pathlib import PurePosixPath

import pytest
from playwright.async_api import Response, expect

from firmware_sim.hub_processes import SimHub
from hatch_build import ROOT
from tests.browser.booked import ask, book, decide
from tests.browser.screen import PHONE, Screen, Screens

pytestmark = pytest.mark.asyncio(loop_scope="session")

DIST = ROOT / "dashboards" / "dist"
LOADED_KB = 40
"""Scripts and styles of a page once it can be used, in 1024 bytes gzipped; Svelte takes some 15 of them."""
_LATER = (
    *("/assets/OtherSite", "/assets/otherSite", "/assets/FreeDesks"),
    *("/assets/Usual", "/assets/footfall", "/assets/Strip", "/assets/attendance"),
)
"""What comes by itself two seconds after a page can be used: the alerts of other buildings, which desks are free, what
footfall is usual, and how far each booking is."""
WITH_FORM_KB = 75
"""The same once a panel with a form is open as well."""


class Transfer:
    """Scripts and styles that a screen fetches from now on, gzipped."""

    def __init__(self, screen: Screen) -> None:
        self._address = screen.address
        self._bytes: dict[str, int] = {}
        screen.page.on("response", self._note)

    def _note(self, response: Response) -> None:
        name = PurePosixPath(response.url.removeprefix(self._address).split("?")[0])
        if name.suffix in {".js", ".css"} and not str(name).startswith(_LATER):
            self._bytes[str(name)] = len(gzip.compress((DIST / str(name).lstrip("/")).read_bytes(), 9))

    def assert_at_most(self, kilobytes: int) -> None:
        total = sum(self._bytes.values())
        assert 0 < total <= kilobytes * 1024, f"{total} bytes: {self._bytes}"


async def test_the_diary_and_the_form_of_a_booking_keep_within_the_budget(screens: Screens) -> None:
    screen = await screens.new()
    transfer = Transfer(screen)
    await screen.open("/diary?site=ramsey")
    await expect(screen.page.get_by_role("grid")).to_be_visible()
    await expect(screen.page.get_by_text("Live", exact=True)).to_be_visible()
    transfer.assert_at_most(LOADED_KB)
    await screen.page.get_by_role("button", name="New booking").click()
    await screen.panel.get_by_label("What for").fill("Choir")
    await screen.panel.get_by_label("Repeats").select_option("week")
    await expect(screen.panel.get_by_role("button", name="Book")).to_be_visible()
    transfer.assert_at_most(WITH_FORM_KB)


@pytest.mark.browser_full
async def test_now_and_the_form_of_an_act_keep_within_the_budget(screens: Screens) -> None:
    screen = await screens.new()
    transfer = Transfer(screen)
    await screen.open("/now?site=ramsey")
    await expect(screen.page.get_by_role("heading", name="Front door")).to_be_visible()
    await expect(screen.page.get_by_text("Live", exact=True)).to_be_visible()
    transfer.assert_at_most(LOADED_KB)
    await screen.page.get_by_role("button", name="Open once… Front door").click()
    await expect(screen.page.get_by_role("dialog").get_by_role("button", name="Open once", exact=True)).to_be_visible()
    transfer.assert_at_most(WITH_FORM_KB)


@pytest.mark.browser_full
async def test_the_forms_of_the_account_keep_within_the_budget(screens: Screens) -> None:
    screen = await screens.new()
    transfer = Transfer(screen)
    await screen.open("/account?site=ramsey")
    await screen.page.get_by_role("button", name="Make a token").click()
    await expect(screen.page.get_by_label("What is it for?")).to_be_focused()
    transfer.assert_at_most(WITH_FORM_KB)


@pytest.mark.browser_full
async def test_the_users_and_the_form_of_one_keep_within_the_budget(screens: Screens) -> None:
    screen = await screens.new()
    transfer = Transfer(screen)
    await screen.open("/users?site=ramsey")
    await screen.page.get_by_role("button", name="Add a user").click()
    await expect(screen.page.get_by_label("Name", exact=True)).to_be_focused()
    transfer.assert_at_most(WITH_FORM_KB)


@pytest.mark.browser_full
async def test_the_groups_an_invitation_and_the_form_of_a_group_keep_within_the_budget(
    screens: Screens, hub: SimHub
) -> None:
    await hub.api.put("/parties/budget-choir", {"kind": "group", "name": "Budget choir"})
    screen = await screens.new()
    transfer = Transfer(screen)
    await screen.open("/groups?site=ramsey&view=budget-choir")
    await expect(screen.page.get_by_label("Mail address")).to_be_visible()
    await screen.page.get_by_role("button", name="Change… Budget choir").click()
    await expect(screen.page.get_by_label("Notes for who runs the building")).to_be_visible()
    transfer.assert_at_most(WITH_FORM_KB)


async def test_the_public_pages_are_whole_in_one_light_answer(screens: Screens, hub: SimHub) -> None:
    policy = await hub.api.get("/sites/ramsey/policy")
    await hub.api.put("/sites/ramsey/policy", policy | {"public_page": policy["public_page"] | {"shown": True}})
    screen = await screens.new(size=PHONE, signed_in=False)
    loaded: list[Response] = []
    screen.page.on("response", lambda response: loaded.append(response))
    for path in ("/whats-on", "/whats-on/ramsey", "/embed/whats-on/ramsey", "/accessibility"):
        loaded.clear()
        await screen.open(path)
        assert [(each.url, each.status) for each in loaded] == [(screen.address + path, 200)]
        sizes = await loaded[0].request.sizes()
        assert sizes["responseBodySize"] + sizes["responseHeadersSize"] < 15_000, path


@pytest.mark.browser_full
async def test_the_notice_log_keeps_within_the_budget(screens: Screens) -> None:
    screen = await screens.new()
    transfer = Transfer(screen)
    await screen.open("/notices?site=ramsey")
    await expect(screen.page.get_by_label("To whom")).to_be_visible()
    transfer.assert_at_most(LOADED_KB)


async def test_my_bookings_and_the_form_of_a_move_keep_within_the_budget(screens: Screens, hub: SimHub) -> None:
    password = "fifteen calm rivers"
    await hub.api.put("/parties/light-choir", {"kind": "group", "name": "Light choir"})
    leads = [{"role": "group_leader", "site": None, "party": "light-choir"}]
    await hub.api.post("/users", {"name": "Lia of the choir", "password": password, "assignments": leads})
    await book(hub, "Light practice", date(2027, 3, 4), "18:00", "19:00", party="light-choir")
    screen = await screens.new(signed_in=False, size=PHONE)
    await screen.open("/diary")
    await screen.sign_in("Lia of the choir", password)
    await screen.page.goto("about:blank")  # the diary loads nothing more
    transfer = Transfer(screen)
    await screen.open("/my-bookings")
    await expect(screen.page.get_by_text("Door code")).to_be_visible()
    transfer.assert_at_most(LOADED_KB)
    await screen.page.get_by_role("button", name="Change, cancel and more").click()
    await screen.page.get_by_role("button", name="Move…").click()
    await expect(screen.page.get_by_label("Day")).to_be_visible()
    transfer.assert_at_most(WITH_FORM_KB)


@pytest.mark.browser_full
async def test_the_closures_and_their_form_keep_within_the_budget(screens: Screens) -> None:
    screen = await screens.new()
    transfer = Transfer(screen)
    await screen.open("/closures?site=ramsey")
    await expect(screen.page.get_by_role("heading", name="Now and coming")).to_be_visible()
    transfer.assert_at_most(LOADED_KB)
    await screen.page.get_by_role("button", name="Close something…").click()
    await expect(screen.page.get_by_label("Reason")).to_be_visible()
    transfer.assert_at_most(WITH_FORM_KB)


@pytest.mark.browser_full
async def test_the_use_of_a_building_keeps_within_the_budget(screens: Screens) -> None:
    screen = await screens.new()
    transfer = Transfer(screen)
    await screen.open("/use?site=ramsey")
    await expect(screen.page.get_by_role("heading", name="Rooms that nobody booked")).to_be_visible()
    transfer.assert_at_most(LOADED_KB)
    await screen.page.goto("about:blank")
    transfer = Transfer(screen)
    await screen.open("/use?site=ramsey&view=attendance")
    await expect(screen.page.get_by_role("heading", name="Used without a booking")).to_be_visible()
    transfer.assert_at_most(LOADED_KB)


@pytest.mark.browser_full
async def test_the_estate_and_the_wall_keep_within_the_budget(screens: Screens) -> None:
    screen = await screens.new()
    for path, shows in (("/estate", "buildings, as of"), ("/wall", "As of")):
        await screen.page.goto("about:blank")
        transfer = Transfer(screen)
        await screen.open(path)
        await expect(screen.page.get_by_text(shows)).to_be_visible()
        transfer.assert_at_most(LOADED_KB)


@pytest.mark.browser_full
async def test_the_year_of_a_building_keeps_within_the_budget(screens: Screens) -> None:
    screen = await screens.new()
    transfer = Transfer(screen)
    await screen.open("/closures?site=ramsey&view=year")
    await expect(screen.page.get_by_role("heading", name="December")).to_be_visible()
    transfer.assert_at_most(LOADED_KB)


@pytest.mark.browser_full
async def test_find_and_the_form_of_a_space_keep_within_the_budget(screens: Screens, hub: SimHub) -> None:
    password = "fifteen calm rivers"
    await hub.api.put("/parties/seeking-choir", {"kind": "group", "name": "Seeking choir"})
    leads = [{"role": "group_leader", "site": None, "party": "seeking-choir"}]
    await hub.api.post("/users", {"name": "Sky of the choir", "password": password, "assignments": leads})
    screen = await screens.new(signed_in=False, size=PHONE)
    await screen.open("/diary")
    await screen.sign_in("Sky of the choir", password)
    await screen.page.goto("about:blank")
    transfer = Transfer(screen)
    await screen.open("/find")
    await expect(screen.page.get_by_label("Day", exact=True)).to_be_visible()
    transfer.assert_at_most(LOADED_KB)
    await screen.page.get_by_label("Day", exact=True).fill("4/3/2027")
    await screen.page.get_by_label("From", exact=True).fill("18:00")
    await screen.page.get_by_label("To", exact=True).fill("19:00")
    await screen.page.get_by_role("button", name="Continue").click()
    await screen.page.get_by_label("People", exact=True).fill("12")
    for _ in range(2):
        await screen.page.get_by_role("button", name="Continue").click()
    await screen.page.get_by_role("button", name="Show the spaces").click()
    await screen.page.get_by_role("list", name="Spaces that fit").get_by_role("button").first.click()
    await expect(screen.page.get_by_label("What for")).to_be_visible()
    transfer.assert_at_most(WITH_FORM_KB)


@pytest.mark.browser_full
async def test_the_page_of_a_simulated_building_keeps_within_the_budget() -> None:
    """Its own part; the pages in its frames have theirs."""
    own = [*(ROOT / "firmware_sim" / "pages").iterdir(), *(DIST / "assets").glob("app-*.css")]
    total = sum(len(gzip.compress(file.read_bytes(), 9)) for file in own)
    assert {file.suffix for file in own} == {".html", ".js", ".css"}
    assert 0 < total <= LOADED_KB * 1024


@pytest.mark.browser_full
async def test_the_morning_and_its_forms_keep_within_the_budget(screens: Screens, hub: SimHub) -> None:
    made = await ask(hub, "Light request", date(2027, 3, 5), "18:00", "19:00")
    screen = await screens.new(size=PHONE)
    transfer = Transfer(screen)
    await screen.open("/morning?site=ramsey")
    await expect(screen.page.get_by_text("Live", exact=True)).to_be_visible()
    await expect(screen.page.get_by_text("Nothing more needs you.")).to_be_visible()
    transfer.assert_at_most(LOADED_KB)
    await screen.page.get_by_role("button", name="Decline… Light request").click()
    await expect(screen.page.get_by_label("Why? The person who asked sees this.")).to_be_focused()
    transfer.assert_at_most(WITH_FORM_KB)
    await decide(hub, made, "decline", "Done")


@pytest.mark.browser_full
async def test_the_search_keeps_within_the_budget(screens: Screens) -> None:
    screen = await screens.new()
    transfer = Transfer(screen)
    await screen.open("/search?site=ramsey&q=nothing+at+all")
    await expect(screen.page.get_by_text("No booking has “nothing at all”")).to_be_visible()
    transfer.assert_at_most(LOADED_KB)


@pytest.mark.browser_full
async def test_the_buildings_and_the_form_of_a_room_keep_within_the_budget(screens: Screens) -> None:
    screen = await screens.new()
    transfer = Transfer(screen)
    await screen.open("/buildings?site=ramsey")
    await expect(screen.page.get_by_role("heading", name="Main hall")).to_be_visible()
    transfer.assert_at_most(LOADED_KB)
    await screen.page.get_by_role("button", name="Add a room…").click()
    await expect(screen.page.get_by_label("Name", exact=True)).to_be_visible()
    transfer.assert_at_most(WITH_FORM_KB)


@pytest.mark.browser_full
async def test_the_sensors_of_a_building_keep_within_the_budget(screens: Screens) -> None:
    screen = await screens.new()
    transfer = Transfer(screen)
    await screen.open("/buildings?site=ramsey&view=sensors")
    await expect(screen.page.get_by_text("No sensor has been heard yet.")).to_be_visible()
    transfer.assert_at_most(LOADED_KB)


@pytest.mark.browser_full
@pytest.mark.parametrize(
    ("view", "button", "shows"),
    [
        ("hours", "New season with a week of its own…", "Saturday"),
        ("prices", "New discount…", "Per cent off"),
        ("rules", "New rule that confirms at once…", "At most so many minutes"),
        ("public", "", "Whom to ask"),
        ("tablets", "", "At the door of"),
        ("alerts", "", "Door held open: rings after"),
    ],
)
async def test_the_settings_of_a_building_keep_within_the_budget(
    screens: Screens, view: str, button: str, shows: str
) -> None:
    screen = await screens.new()
    transfer = Transfer(screen)
    await screen.open(f"/buildings?site=ramsey&view={view}")
    if button:
        await screen.page.get_by_role("button", name=button).click()
    await expect(screen.page.get_by_label(shows)).to_be_visible()
    transfer.assert_at_most(WITH_FORM_KB)


@pytest.mark.browser_full
async def test_setting_a_building_up_keeps_within_the_budget(screens: Screens) -> None:
    screen = await screens.new()
    transfer = Transfer(screen)
    await screen.open("/setup?site=ramsey&view=pi")
    await expect(screen.page.get_by_text("is online since")).to_be_visible()
    transfer.assert_at_most(WITH_FORM_KB)


@pytest.mark.browser_full
async def test_a_room_s_tablet_and_its_keypad_keep_within_the_budget(screens: Screens, hub: SimHub) -> None:
    made = await hub.api.post("/sites/ramsey/displays", {"kind": "room", "name": "Light door", "space": "studio"})
    screen = await screens.new(signed_in=False)
    await screen.open(f"/pair#{made['code']}")
    await screen.page.get_by_role("button", name="Pair this device").click()
    await expect(screen.page.get_by_role("region", name="Now")).to_be_visible()
    await screen.page.goto("about:blank")
    transfer = Transfer(screen)
    await screen.open("/tablet")
    await expect(screen.page.get_by_text("Live", exact=True)).to_be_visible()
    transfer.assert_at_most(LOADED_KB)
    await screen.page.get_by_role("button", name="Check in").click()
    await expect(screen.page.get_by_role("group", name="Keypad")).to_be_visible()
    transfer.assert_at_most(LOADED_KB)
    await screen.page.get_by_role("button", name="Close").click()
    await screen.page.get_by_role("button", name="Report a problem").click()
    await expect(screen.page.get_by_text("What is it about?")).to_be_visible()
    transfer.assert_at_most(LOADED_KB)
    await screen.page.goto("about:blank")  # a tablet that is ended while it is open asks once more
    await screen.page.goto("about:blank")  # a tablet that is ended asks once more, and is refused
    await hub.api.delete(f"/sites/ramsey/displays/{made['id']}")


@pytest.mark.browser_full
async def test_spreadsheets_in_and_a_form_of_calendars_keep_within_the_budget(screens: Screens) -> None:
    screen = await screens.new()
    transfer = Transfer(screen)
    await screen.open("/transfer?site=ramsey&view=calendars")
    await expect(screen.page.get_by_role("button", name="Add a calendar by its address…")).to_be_visible()
    transfer.assert_at_most(LOADED_KB)
    await screen.page.get_by_role("link", name="Spreadsheets in").click()
    await expect(screen.page.get_by_label("What is in the spreadsheet")).to_be_visible()
    await screen.page.get_by_role("link", name="Calendars in").click()
    await screen.page.get_by_role("button", name="Add a calendar by its address…").click()
    await expect(screen.page.get_by_label("Whose calendar it is")).to_be_visible()
    await screen.page.get_by_role("link", name="Calendars out").click()
    await screen.page.get_by_role("button", name="Make an address…").click()
    await expect(screen.page.get_by_label("Of what")).to_be_visible()
    transfer.assert_at_most(WITH_FORM_KB)


@pytest.mark.browser_full
async def test_cards_and_codes_and_the_form_of_one_keep_within_the_budget(screens: Screens) -> None:
    screen = await screens.new()
    transfer = Transfer(screen)
    await screen.open("/holders?site=ramsey")
    await expect(screen.page.get_by_role("button", name="Add somebody…")).to_be_visible()
    transfer.assert_at_most(LOADED_KB)
    await screen.page.get_by_role("button", name="Add somebody…").click()
    await expect(screen.page.get_by_label("Seconds that a door stays open for them")).to_be_visible()
    transfer.assert_at_most(WITH_FORM_KB)
