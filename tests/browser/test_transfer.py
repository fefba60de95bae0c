"""A manager brings spreadsheets and calendars in and out, and sees what would happen before it does."""

import re
from collections.abc import AsyncIterator
from datetime import date, timedelta
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Dialog, FilePayload, Page, expect

from firmware_sim.hub_processes import SimHub
from tests.browser.axe import faults
from tests.browser.booked import book, decide, titled
from tests.browser.screen import Screens
from tests.controller.calendars.external_feeds.partner import Partner, answer, event, partner

pytestmark = pytest.mark.asyncio(loop_scope="session")

NARROW = (320, 700)
DAY = date(2027, 4, 13)
HEAD = "reference,space,title,date,start,end\n"


@pytest_asyncio.fixture(loop_scope="session")
async def surgery() -> AsyncIterator[Partner]:
    async with partner() as here:
        yield here


def _file(data: str | bytes, name: str = "bookings.csv") -> FilePayload:
    return {"name": name, "mimeType": "text/csv", "buffer": data.encode() if isinstance(data, str) else data}


async def _choose(page: Page, data: str | bytes, name: str = "bookings.csv") -> None:
    await page.get_by_label("CSV file").and_(page.locator("input")).set_input_files(_file(data, name))


def _many(count: int, title: str) -> str:
    """Bookings of 20 minutes, 36 a day."""
    rows = []
    for n in range(count):
        day, slot = DAY + timedelta(days=60 + n // 36), n % 36
        starts, ends = (f"{at // 60:02}:{at % 60:02}" for at in (480 + slot * 20, 500 + slot * 20))
        rows.append(f"{title}-{n},studio,{title},{day:%d/%m/%Y},{starts},{ends}\n")
    return HEAD + "".join(rows)


async def test_a_spreadsheet_is_looked_at_imported_and_taken_back(screens: Screens, hub: SimHub) -> None:
    taken = await book(hub, "Zoë's yoga", DAY, "10:00", "11:00")
    screen = await screens.new(size=NARROW)
    page = screen.page
    await screen.open("/buildings?site=ramsey")
    await page.get_by_role("link", name="Spreadsheets and calendars").click()
    await expect(page.get_by_role("heading", name="Spreadsheets and calendars")).to_be_visible()
    assert await faults(page, "nothing chosen") == []
    assert await screen.sideways() <= 0
    rows = "reference;space;title;date;start;end\n1;studio;Café choir;13/04/2027;12:00;13:00\n"
    rows += "2;studio;Clashing;13/04/2027;10:30;11:30\n3;studio;Bad day;31/04/2027;9am;10am\n"
    await _choose(page, rows.encode("cp1252"))
    await expect(page.get_by_role("heading", name="What would happen")).to_be_focused()
    await expect(page.get_by_text("was read as Windows-1252")).to_be_visible()
    refused = page.get_by_role("list", name="Refused rows")
    await expect(refused).to_contain_text("Line 3")
    await expect(refused).to_contain_text("Zoë's yoga")
    await expect(refused).to_contain_text("Line 4, date")
    await expect(page.get_by_role("row").filter(has_text="Café choir")).to_contain_text("New")
    assert await faults(page, "looked at") == []
    assert await screen.sideways() <= 0
    assert await titled(hub, "Café choir", DAY) is None
    await page.get_by_role("button", name="Import 1 row").click()
    await expect(page.get_by_role("heading", name="Imported")).to_be_focused()
    assert await titled(hub, "Café choir", DAY) is not None
    assert await faults(page, "imported") == []
    await page.get_by_role("button", name="Take back what is new…").click()
    await page.get_by_role("button", name="Take back", exact=True).click()
    await screen.said("1 booking is taken back.")
    assert await titled(hub, "Café choir", DAY) is None
    await decide(hub, taken, "cancel")


@pytest.mark.browser_full
async def test_a_file_that_is_no_table_says_at_its_field_what_to_do(screens: Screens) -> None:
    screen = await screens.new()
    page = screen.page
    screen.excuse("status of 422")
    await screen.open("/transfer?site=ramsey")
    await _choose(page, b"PK\x03\x04rest", "rota.xlsx")
    await expect(page.get_by_role("alert").filter(has_text="rota.xlsx is a workbook, not CSV")).to_be_visible()
    await _choose(page, "colour,size\nred,4\n", "shoes.csv")
    await expect(
        page.get_by_role("alert").filter(has_text=re.compile(r"Shoes\.csv: there is no column"))
    ).to_be_visible()
    assert await faults(page, "refused") == []


@pytest.mark.browser_full
@pytest.mark.parametrize(
    "kind",
    [
        "Bookings",
        pytest.param("Groups, organisations and people", marks=pytest.mark.browser_full),
        pytest.param("Cards and codes of staff, key holders and contractors", marks=pytest.mark.browser_full),
        pytest.param("Members of the library", marks=pytest.mark.browser_full),
    ],
)
async def test_the_sample_of_each_kind_can_be_imported_as_it_is(screens: Screens, kind: str, tmp_path: Path) -> None:
    screen = await screens.new()
    page = screen.page
    await screen.open("/transfer?site=ramsey")
    await page.get_by_label("What is in the spreadsheet").select_option(kind)
    async with page.expect_download() as saving:
        await page.get_by_role("button", name="Save a sample file").click()
    file = tmp_path / "sample.csv"
    await (await saving.value).save_as(file)
    await _choose(page, file.read_bytes())
    await expect(page.get_by_role("button", name="Import 2 rows")).to_be_visible()
    await expect(page.get_by_role("list", name="Refused rows")).to_have_count(0)


@pytest.mark.browser_full
async def test_an_import_that_is_left_half_way_says_what_is_stored(screens: Screens) -> None:
    screen = await screens.new()
    page = screen.page
    screen.excuse("Failed to load resource", "ERR_")
    await screen.open("/transfer?site=ramsey")
    await _choose(page, _many(1500, "Duty"))
    await page.get_by_role("button", name="Import 1,500 rows").click()
    await expect(page.get_by_text(re.compile(r"Importing: [1-9][\d,]* of 1,500 rows"))).to_be_visible()

    async def agree(dialog: Dialog) -> None:
        await dialog.accept()

    page.on("dialog", agree)
    await page.goto(screen.address + "/transfer?site=ramsey")
    await expect(page.get_by_text(re.compile(r"At least [1-9][\d,]* of 1,500 rows are stored"))).to_be_visible()
    assert await faults(page, "left half-way") == []
    await _choose(page, _many(1500, "Duty"))
    await page.get_by_role("button", name=re.compile(r"^Import [\d,]+ rows$")).click()
    await page.get_by_role("button", name="Stop here").click()
    await expect(page.get_by_role("heading", name="Not all of it is imported")).to_be_focused()
    await page.get_by_role("button", name="Go on").click()
    await expect(page.get_by_role("heading", name="Imported")).to_be_focused()
    await expect(page.get_by_text("was not followed to its end")).to_have_count(0)
    exported = await page.request.get(f"{screen.address}/api/v1/sites/ramsey/bookings.csv?from={DAY}&to=2027-09-30")
    assert (await exported.text()).count(",Duty,") == 1500


@pytest.mark.browser_full
async def test_bookings_and_groups_are_saved_as_files(screens: Screens, hub: SimHub, tmp_path: Path) -> None:
    made = await book(hub, "Saved practice", DAY, "15:00", "16:00")
    screen = await screens.new(size=NARROW)
    page = screen.page
    await screen.open("/transfer?site=ramsey&view=out")
    await page.get_by_label("First day").fill("13/4/2027")
    await page.get_by_label("Last day").fill("1/4/2027")
    await page.get_by_role("button", name="Save the bookings").click()
    await expect(page.get_by_text("The last day is before the first.")).to_be_visible()
    await page.get_by_label("Last day").fill("13/4/2027")
    async with page.expect_download() as saving:
        await page.get_by_role("button", name="Save the bookings").click()
    saved = await saving.value
    assert saved.suggested_filename == "ramsey-bookings-2027-04-13-to-2027-04-13.csv"
    await saved.save_as(tmp_path / "out.csv")
    assert "Saved practice" in (tmp_path / "out.csv").read_text(encoding="utf-8-sig")
    assert await faults(page, "out") == []
    assert await screen.sideways() <= 0
    await decide(hub, made, "cancel")


@pytest.mark.browser_full
async def test_a_partners_calendar_is_looked_at_added_paused_removed_and_put_back(
    screens: Screens, hub: SimHub, surgery: Partner
) -> None:
    taken = await book(hub, "Poetry evening", DAY, "10:00", "11:00")
    surgery.publish(
        event("clinic", "20270413T090000", "20270413T110000", title="Baby clinic"),
        event("flu", "20270414T090000", "20270414T110000", title="Flu jabs"),
        event("odd", "20270415T110000", "20270415T090000", title="Backwards"),
    )
    screen = await screens.new(size=NARROW)
    page = screen.page
    screen.excuse("status of 422")
    await screen.open("/transfer?site=ramsey&view=calendars")
    await expect(page.get_by_text("No calendar is read yet.")).to_be_visible()
    assert await faults(page, "no calendars") == []
    await page.get_by_role("button", name="Add a calendar by its address…").click()
    await expect(page.get_by_role("heading", name="Another calendar")).to_be_focused()
    await page.get_by_label("Whose calendar it is").fill("the GP surgery")
    await page.get_by_label("Address").fill("http://192.168.7.7/diary.ics")
    await page.get_by_label("Which room its events take").select_option("Studio")
    await page.get_by_role("button", name="Look at it first").click()
    await expect(page.locator("#feed-address-fault")).to_contain_text("private")
    await page.get_by_label("Address").fill(surgery.address)
    await page.get_by_role("button", name="Look at it first").click()
    await expect(page.get_by_text("2 events, 1 clashes, 1 not understood.")).to_be_visible()
    await expect(page.get_by_role("list", name="Clashes")).to_contain_text("Poetry evening")
    assert await faults(page, "a calendar looked at") == []
    assert await screen.sideways() <= 0
    assert await titled(hub, "Flu jabs", DAY + timedelta(days=1)) is None
    await page.get_by_role("button", name="Add this calendar").click()
    calendars = page.get_by_role("list", name="Calendars that are read")
    await expect(calendars).to_contain_text("1 block to come.")
    await expect(calendars).to_contain_text("2 left out")
    assert await titled(hub, "Flu jabs", DAY + timedelta(days=1)) is not None
    assert await faults(page, "calendars") == []
    await page.get_by_role("button", name="Pause the GP surgery").click()
    await expect(calendars).to_contain_text("Paused")
    await page.get_by_role("button", name="Go on the GP surgery").click()
    surgery.says = answer(status="404 Not Found")
    await page.get_by_role("button", name="Read it now the GP surgery").click()
    await expect(calendars).to_contain_text("Cannot be read")
    await expect(calendars).to_contain_text("ask for the one that is valid now")
    surgery.publish(event("flu", "20270414T090000", "20270414T110000", title="Flu jabs"))
    await page.get_by_role("button", name="Remove… the GP surgery").click()
    await expect(page.get_by_text("Its 1 block to come")).to_be_visible()
    await page.get_by_role("button", name="Remove it").click()
    await expect(page.get_by_text("No calendar is read yet.")).to_be_visible()
    assert await titled(hub, "Flu jabs", DAY + timedelta(days=1)) is None
    await page.get_by_role("button", name="Undo").click()
    await expect(calendars).to_contain_text("1 block to come.")
    assert await titled(hub, "Flu jabs", DAY + timedelta(days=1)) is not None
    await hub.api.delete("/sites/ramsey/feeds/the-gp-surgery")
    await decide(hub, taken, "cancel")


@pytest.mark.browser_full
async def test_a_calendar_file_is_imported_once(screens: Screens, hub: SimHub) -> None:
    screen = await screens.new(size=NARROW)
    page = screen.page
    await screen.open("/transfer?site=ramsey&view=calendars.file")
    await page.get_by_label("Which room its events take").select_option("Studio")
    text = "BEGIN:VCALENDAR\nVERSION:2.0\n" + event("old", "20270416T090000", "20270416T110000", title="Old diary")
    await page.locator("#calendar").set_input_files(_file(text + "END:VCALENDAR\n", "old.ics"))
    await expect(page.get_by_role("list", name="Events")).to_contain_text("Old diary, Fri 16 Apr 09:00 to 11:00")
    assert await faults(page, "file looked at") == []
    assert await screen.sideways() <= 0
    await page.get_by_role("button", name="Import 1 event").click()
    await expect(page.get_by_role("heading", name="Imported")).to_be_focused()
    assert await titled(hub, "Old diary", date(2027, 4, 16)) is not None
    await page.get_by_role("button", name="Take back what is new…").click()
    await page.get_by_role("button", name="Take back", exact=True).click()
    await screen.said("1 new booking is taken back")
    assert await titled(hub, "Old diary", date(2027, 4, 16)) is None


@pytest.mark.browser_full
async def test_an_address_to_subscribe_to_is_made_and_withdrawn(screens: Screens, hub: SimHub) -> None:
    made = await book(hub, "Secret rehearsal", DAY, "17:00", "18:00")
    screen = await screens.new(size=NARROW)
    page = screen.page
    await screen.open("/transfer?site=ramsey&view=links")
    await page.get_by_role("button", name="Make an address…").click()
    await page.get_by_label("Of what").select_option("One room")
    await page.get_by_label("Room").select_option("Studio")
    await page.get_by_label("The titles of bookings").check()
    await page.get_by_label("Name in the calendar program").fill("The caretaker's phone")
    assert await faults(page, "address form") == []
    await page.get_by_role("button", name="Make the address").click()
    addresses = page.get_by_role("list", name="Addresses")
    await expect(addresses).to_contain_text("The caretaker's phone")
    link = await addresses.locator("pre").inner_text()
    assert "Secret rehearsal" in await (await page.request.get(link)).text()
    assert await faults(page, "addresses") == []
    assert await screen.sideways() <= 0
    await page.get_by_role("button", name="Withdraw… The caretaker's phone").click()
    await page.get_by_role("button", name="Withdraw it").click()
    await screen.said("The address of The caretaker's phone is withdrawn.")
    await decide(hub, made, "cancel")
