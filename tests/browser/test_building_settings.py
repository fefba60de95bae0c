"""The public page, the tablets at doors, prices and booking rules, set on the page Buildings."""

import asyncio
import re
from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import Route, expect

from firmware_sim.hub_processes import SimHub
from tests.browser.axe import faults
from tests.browser.screen import PHONE, Screens

pytestmark = pytest.mark.asyncio(loop_scope="session")

NARROW = (320, 700)
ALERT_RULES = "/sites/march/alert-rules"
SAID = {"text", "changed_at", "changed_by"}


@pytest_asyncio.fixture(loop_scope="session", autouse=True)
async def as_before(hub: SimHub) -> AsyncIterator[None]:
    """Each test leaves the policies, tariffs and rules of alerts as it found them."""
    paths = [f"/sites/{site}/{what}" for site in ("ramsey", "march") for what in ("policy", "tariffs")]
    before = {path: await hub.api.get(path) for path in paths}
    yield
    for path, was in before.items():
        version = (await hub.api.get(path))["version"]
        await hub.api.put(path, {name: each for name, each in was.items() if name not in SAID} | {"version": version})
    version = (await hub.api.get(ALERT_RULES))["version"]
    await hub.api.put(ALERT_RULES, {"version": version, "rules": {}})


async def _policy(hub: SimHub, site: str) -> dict[str, Any]:
    found: dict[str, Any] = await hub.api.get(f"/sites/{site}/policy")
    return found


async def _hall_for_ten_pounds(hub: SimHub) -> None:
    tariffs = await hub.api.get("/sites/ramsey/tariffs")
    rates = [{"name": "Any room", "per_hour_pence": 1000}]
    kept = {name: each for name, each in tariffs.items() if name not in SAID}
    await hub.api.put("/sites/ramsey/tariffs", kept | {"rates": rates, "limits": [], "discounts": [], "allowances": []})


@pytest.mark.browser_full
async def test_a_building_gets_its_public_page_and_everybody_reads_it(screens: Screens, hub: SimHub) -> None:
    screen = await screens.new(size=NARROW)
    page = screen.page
    outside = await screens.new(signed_in=False, size=PHONE)
    outside.excuse("status of 404")
    await outside.open("/whats-on/march")
    await expect(outside.page.get_by_text("March Hub", exact=False)).to_have_count(0)
    await screen.open("/buildings?site=march")
    await page.get_by_role("link", name="Public page").click()
    await expect(page.get_by_text("Nobody outside can read anything of")).to_be_visible()
    await expect(page.get_by_text("It says: There is no page of")).to_be_visible()
    assert await faults(page, "not shown") == []
    assert await screen.sideways() <= 0
    await page.get_by_role("link", name="Which bookings are public").click()
    await expect(page.get_by_text("Nobody can read any of this yet")).to_be_visible()
    await page.get_by_role("link", name="Switch it on at Buildings").click()
    await page.get_by_label("Everybody can read the page").check()
    await page.get_by_label("Getting in and about").fill("Park behind the church. " * 90)
    await page.get_by_role("button", name="Save the change").click()
    await expect(page.get_by_text("Use at most 2,000 characters; it has 2,159.").last).to_be_visible()
    await page.get_by_label("Getting in and about").fill("Park behind the church.")
    await page.get_by_label("Whom to ask").fill("01354 555 0101")
    await expect(page.get_by_text("how to get in and about and whom to ask.")).to_be_visible()
    await page.get_by_role("button", name="Save the change").click()
    await expect(page.get_by_text("Everybody can read what is on in")).to_be_visible()
    await expect(page.get_by_role("link", name="The poster with its QR code")).to_be_visible()
    assert await faults(page, "shown") == []
    assert await screen.sideways() <= 0
    await outside.open("/whats-on/march")
    await expect(outside.page.get_by_text("Park behind the church.")).to_be_visible()
    await expect(outside.page.get_by_text("01354 555 0101").first).to_be_visible()
    await page.get_by_role("button", name="Undo").click()
    await expect(page.get_by_text("Nobody outside can read anything of")).to_be_visible()
    await expect(page.get_by_label("Everybody can read the page")).not_to_be_checked()
    assert (await _policy(hub, "march"))["public_page"]["access"] == ""


@pytest.mark.browser_full
async def test_what_others_change_of_the_policy_meanwhile_is_kept_and_shown(screens: Screens, hub: SimHub) -> None:
    one, other = await screens.new(size=NARROW), await screens.new()
    one.excuse("status of 409")
    await one.open("/buildings?site=march&view=public")
    await one.page.get_by_label("Whom to ask").fill("01354 555 0101")
    await other.open("/buildings?site=march&view=tablets")
    await other.page.get_by_label("Show which group is there; never a person").check()
    await expect(other.page.get_by_text("“In use by Community choir until 20:00.”")).to_be_visible()
    await other.page.get_by_role("button", name="Save the change").click()
    await other.said("Tablets at rooms are changed")
    await one.page.get_by_role("button", name="Save the change").click()
    await one.said("The public page is changed.")
    policy = await _policy(hub, "march")
    assert (policy["tablet_names"], policy["public_page"]["contact"]) == (True, "01354 555 0101")
    await other.open("/buildings?site=march&view=public")
    await other.page.get_by_label("Whom to ask").fill("The warden")
    await other.page.get_by_role("button", name="Save the change").click()
    await other.said("The public page is changed.")
    await one.page.get_by_label("Whom to ask").fill("Mrs Hill")
    await one.page.get_by_role("button", name="Save the change").click()
    await expect(one.page.get_by_role("list", name="What somebody else has changed")).to_have_text(
        re.compile("Whom to ask: now “The warden”, before “01354 555 0101”; you have “Mrs Hill”.")
    )
    async with one.page.expect_response(lambda answer: answer.request.method == "PUT") as answered:
        await one.page.get_by_role("button", name="Save the change").click()
    assert (await answered.value).ok
    assert (await _policy(hub, "march"))["public_page"]["contact"] == "Mrs Hill"


@pytest.mark.browser_full
async def test_a_tablet_is_allowed_more_and_paired_on_the_same_page(screens: Screens, hub: SimHub) -> None:
    screen = await screens.new(size=NARROW)
    page = screen.page
    await screen.open("/buildings?site=ramsey&view=tablets")
    await page.get_by_label("Who types a booking's code may end it early").check()
    await expect(page.get_by_text("check in, report a problem and end it early")).to_be_visible()
    await page.get_by_role("button", name="Save the change").click()
    await screen.said("Tablets at rooms are changed")
    assert (await _policy(hub, "ramsey"))["tablet_end"] is True
    await page.get_by_label("Name", exact=True).fill("Studio door")
    await page.get_by_label("At the door of").select_option("Studio")
    await page.get_by_role("button", name="Get a code").click()
    await expect(page.get_by_role("img", name="The same as a QR code")).to_be_visible()
    assert await faults(page, "tablets") == []
    assert await screen.sideways() <= 0
    for each in (await hub.api.get("/sites/ramsey/displays"))["items"]:
        await hub.api.delete(f"/sites/ramsey/displays/{each['id']}")


@pytest.mark.browser_full
async def test_a_discount_is_tried_before_it_is_added_and_changed_after_it(screens: Screens, hub: SimHub) -> None:
    await _hall_for_ten_pounds(hub)
    screen = await screens.new(size=NARROW)
    page = screen.page
    screen.excuse("status of 422")
    await screen.open("/buildings?site=ramsey&view=prices")
    prices = page.get_by_role("list", name="Prices")
    await page.get_by_role("button", name="New discount…").click()
    await page.get_by_label("Name", exact=True).fill("Whole term")
    await page.get_by_role("button", name="Add it").click()
    await expect(page.get_by_text("Give the per cent, from 1 to 100.").last).to_be_visible()
    await page.get_by_label("Per cent off").fill("10")
    await page.get_by_label("For a series of at least so many dates").fill("1")
    await expect(page.get_by_text("It says: Whole term: 10 % off from 1 date on.")).to_be_visible()
    await page.get_by_role("button", name="What would change?").click()
    effects = page.get_by_role("list", name="What would change")
    await expect(effects).to_contain_text("until now £")
    assert await faults(page, "discount") == []
    assert await screen.sideways() <= 0
    assert (await hub.api.get("/sites/ramsey/tariffs"))["discounts"] == []
    await page.get_by_role("button", name="Add it").click()
    mine = prices.get_by_role("listitem").filter(has_text="Whole term: 10 % off from 1 date on.")
    await mine.get_by_role("button", name="Change…").click()
    await page.get_by_label("For a series of at least so many dates").fill("10")
    await page.get_by_role("button", name="Save the change").click()
    await screen.listed("Prices", "Whole term: 10 % off from 10 dates on.")
    await page.get_by_role("button", name="New price…").click()
    await page.get_by_label("Name", exact=True).fill("Odd hours")
    await page.get_by_label("Pounds an hour").fill("9")
    await page.get_by_label("Times").fill("sometimes")
    await page.get_by_role("button", name="Add it").click()
    await expect(page.get_by_text("“sometimes” are not hours of the week").last).to_be_visible()
    await expect(page.get_by_label("Times")).to_have_attribute("aria-invalid", "true")


@pytest.mark.browser_full
async def test_a_price_for_a_single_group_is_set_by_its_name(screens: Screens, hub: SimHub) -> None:
    await _hall_for_ten_pounds(hub)
    for party, name in (("kiln-club", "Kiln club"), ("kiln-club-juniors", "Kiln club juniors")):
        await hub.api.put(f"/parties/{party}", {"kind": "group", "name": name})
    screen = await screens.new(size=NARROW)
    page = screen.page
    await screen.open("/buildings?site=ramsey&view=prices")
    await page.get_by_role("button", name="New price…").click()
    await page.get_by_label("Name", exact=True).fill("Friends")
    await page.get_by_label("Pounds an hour").fill("2")
    groups = page.get_by_role("group", name="Only for these groups or people")
    field = groups.get_by_label("Add a group or person")
    await field.fill("Kiln club juniors")
    await field.press("Enter")
    await expect(groups.get_by_role("listitem")).to_contain_text("Kiln club juniors")
    await groups.get_by_role("button", name="Remove Kiln club juniors").click()
    await field.fill("Nobody at all")
    await page.get_by_role("button", name="Add it").click()
    await expect(groups.get_by_text("Choose it from the list, or empty the field.")).to_be_visible()
    await field.fill("Kiln club")  # added as the form is sent, and not that whose name only begins so
    assert await faults(page, "price for a group") == []
    assert await screen.sideways() <= 0
    await page.get_by_role("button", name="Add it").click()
    await screen.listed("Prices", "Friends: £2.00 an hour for Kiln club.")
    rates = (await hub.api.get("/sites/ramsey/tariffs"))["rates"]
    assert [each["parties"] for each in rates if each["name"] == "Friends"] == [["kiln-club"]]
    await page.reload()
    await screen.listed("Prices", "Friends: £2.00 an hour for Kiln club.")


@pytest.mark.browser_full
async def test_a_form_opened_while_another_is_saved_stays_open(screens: Screens, hub: SimHub) -> None:
    await _hall_for_ten_pounds(hub)
    screen = await screens.new(size=NARROW)
    page = screen.page
    await screen.open("/buildings?site=ramsey&view=prices")
    prices = page.get_by_role("list", name="Prices")
    saved = asyncio.Event()

    async def late(route: Route) -> None:
        if route.request.method == "PUT":
            await saved.wait()
        await route.continue_()

    await page.route("**/api/v1/sites/ramsey/tariffs", late)
    await prices.get_by_role("button", name="Change…").first.click()
    await page.get_by_label("Pounds an hour").fill("12")
    await page.get_by_role("button", name="Save the change").click()
    await page.get_by_role("button", name="New price…").click()
    await page.get_by_label("Name", exact=True).fill("Odd hours")
    saved.set()
    await expect(prices).to_contain_text("£12")
    await expect(page.get_by_role("button", name="Save the change")).to_have_count(0)
    await expect(page.get_by_label("Name", exact=True)).to_have_value("Odd hours")


@pytest.mark.browser_full
async def test_a_limit_and_free_hours_are_added_and_the_calculator_counts_them(screens: Screens, hub: SimHub) -> None:
    await _hall_for_ten_pounds(hub)
    screen = await screens.new(size=NARROW)
    page = screen.page
    await screen.open("/buildings?site=ramsey&view=prices")
    await page.get_by_role("button", name="New least or most…").click()
    await page.get_by_label("Name", exact=True).fill("Never under £99")
    await page.get_by_label("At least so many pounds").fill("99")
    await page.get_by_role("button", name="Add it").click()
    await expect(page.get_by_role("list", name="Prices")).to_contain_text("Never under £99: at least £99.00.")
    await page.get_by_role("button", name="Calculate").click()
    await expect(page.get_by_role("list", name="Lines of the quote")).to_contain_text("Never under £99")
    await page.get_by_role("button", name="New free hours…").click()
    await page.get_by_label("Name", exact=True).fill("Free for residents")
    await page.get_by_label("Free hours of each party").fill("4")
    await page.get_by_role("button", name="Add it").click()
    await expect(page.get_by_role("list", name="Prices")).to_contain_text("the first 4 hours of each party in a month")
    allowances = (await hub.api.get("/sites/ramsey/tariffs"))["allowances"]
    assert "free-for-residents" in [each["id"] for each in allowances]


@pytest.mark.browser_full
async def test_it_is_said_whether_a_booking_would_be_allowed_by_the_rules(screens: Screens, hub: SimHub) -> None:
    await hub.api.put("/parties/rule-choir", {"kind": "group", "name": "Rule choir"})
    screen = await screens.new(size=NARROW)
    page = screen.page
    await screen.open("/buildings?site=ramsey&view=rules")
    await page.get_by_role("button", name="New rule that confirms at once…").click()
    await page.get_by_label("Name", exact=True).fill("Small and short")
    await page.get_by_label("At most so many people").fill("5")
    await expect(page.get_by_text("It says: Confirmed at once (“Small and short”): up to 5 people.")).to_be_visible()
    await page.get_by_role("button", name="What would change?").click()
    await expect(page.get_by_role("list", name="What would change")).to_be_visible()
    await page.get_by_role("button", name="Add it").click()
    await expect(page.get_by_role("list", name="Booking rules")).to_contain_text("(“Small and short”): up to 5 people.")
    asked = page.get_by_role("form", name="Would this be allowed?")
    await asked.get_by_label("Room").select_option("Studio")
    await asked.get_by_label("For whom").fill("Rule choir")
    await asked.get_by_label("Day", exact=True).fill("11/3/2027")
    await asked.get_by_label("People").fill("4")
    await asked.get_by_role("button", name="Look").click()
    await expect(asked.get_by_text("It would be confirmed at once.")).to_be_visible()
    await asked.get_by_label("From").fill("late")
    await asked.get_by_role("button", name="Look").click()
    await expect(asked.get_by_text("Type a time, such as 18:00.")).to_be_visible()
    assert await faults(page, "allowed") == []
    assert await screen.sideways() <= 0


async def test_two_managers_who_change_two_prices_lose_neither(screens: Screens, hub: SimHub) -> None:
    one, other = await screens.new(), await screens.new()
    one.excuse("status of 409")
    for screen, name in ((one, "New least or most…"), (other, "New discount…")):
        await screen.open("/buildings?site=ramsey&view=prices")
        await screen.page.get_by_role("button", name=name).click()
        await screen.page.get_by_label("Name", exact=True).fill(f"Of {name}")
    await other.page.get_by_label("Per cent off").fill("5")
    await other.page.get_by_label("For a series of at least so many dates").fill("5")
    await other.page.get_by_role("button", name="Add it").click()
    await other.said("It is changed.")
    await one.page.get_by_label("At least so many pounds").fill("7")
    await one.page.get_by_role("button", name="Add it").click()
    await expect(one.page.get_by_role("list", name="Prices")).to_contain_text("at least £7.00")
    await expect(one.page.get_by_role("list", name="Prices")).to_contain_text("5 % off")


@pytest.mark.browser_full
async def test_rules_of_alerts_are_previewed_saved_and_taken_back(screens: Screens, hub: SimHub) -> None:
    screen, other = await screens.new(size=NARROW), await screens.new()
    page = screen.page
    screen.excuse("status of 409")
    await screen.open("/buildings?site=march&view=alerts")
    await page.get_by_label("Door held open: rings after").select_option("5 min")
    await page.get_by_label("New event log").uncheck()
    await page.get_by_role("button", name="Preview").click()
    await expect(page.get_by_text("in the last 30 days; with the rules in force")).to_be_visible()
    assert await faults(page, "alert-rules") == []
    assert await screen.sideways() <= 0
    await page.get_by_role("button", name="Save the change").click()
    await screen.said("The rules of the alerts are changed.")
    rules = {each["code"]: each for each in (await hub.api.get(ALERT_RULES))["rules"]}
    assert (rules["held"]["raise_after_s"], rules["new_log"]["off"]) == (300, True)
    await other.open("/now?site=march")
    await expect(other.page.get_by_text("nothing here tells of it: New event log.")).to_be_visible()
    await other.page.get_by_role("link", name="Change it").click()
    await other.page.get_by_label("Stale air: rings after").select_option("1 h")
    await page.get_by_role("button", name="Undo").click()
    await expect(page.get_by_label("New event log")).to_be_checked()
    other.excuse("status of 409")
    await other.page.get_by_role("button", name="Save the change").click()
    await expect(other.page.get_by_text("Somebody else has changed these meanwhile")).to_be_visible()
    await other.page.get_by_role("button", name="Save the change").click()
    await other.said("The rules of the alerts are changed.")
    rules = {each["code"]: each for each in (await hub.api.get(ALERT_RULES))["rules"]}
    assert (rules["co2"]["raise_after_s"], rules["new_log"]["off"]) == (3600, False)
