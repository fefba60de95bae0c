"""A booking is made, moved and cancelled by pointer and by keys alike, and the server has the last word."""

import asyncio
import re
from datetime import date

import pytest
from playwright.async_api import Route, expect

from firmware_sim.hub_processes import SimHub
from tests.browser.axe import faults
from tests.browser.booked import book, on_the_door, times, titled
from tests.browser.screen import Screen, Screens

pytestmark = pytest.mark.asyncio(loop_scope="session")

HOUR_PX = 84


async def _drag(screen: Screen, title: str, right_px: int, down_px: int = 0, *, grip: float = 0.5) -> None:
    """Carry a block by the mouse, from ``grip`` of its width, and keep the button down."""
    await screen.reach("Meeting room")
    block = screen.block(title)
    await block.scroll_into_view_if_needed()
    box = await block.bounding_box()
    assert box is not None
    x, y = box["x"] + box["width"] * grip, box["y"] + box["height"] / 2
    mouse = screen.page.mouse
    await mouse.move(x, y)
    await mouse.down()
    await mouse.move(x + right_px / 2, y + down_px / 2, steps=4)
    await mouse.move(x + right_px, y + down_px, steps=4)


async def test_a_click_on_free_time_books_it_and_the_code_reaches_the_door(screens: Screens, hub: SimHub) -> None:
    day = date(2026, 12, 8)
    screen = await screens.new()
    await screen.diary(day)
    await screen.free("Studio", "Free, 10:00").click(position={"x": 4 * HOUR_PX + 10, "y": 20})
    panel = screen.panel
    await expect(panel.get_by_role("heading", name="New booking")).to_be_visible()
    await expect(panel.get_by_label("From")).to_have_value("14:00")
    await expect(panel.get_by_label("To")).to_have_value("15:00")
    await panel.get_by_label("What for").fill("Brass band")
    await expect(panel.get_by_text("Free", exact=True)).to_be_visible()
    await panel.get_by_role("button", name="Book").click()
    await expect(panel.get_by_role("heading", name="Brass band")).to_be_focused()
    await expect(panel.get_by_role("list", name="Is the code on the doors")).to_contain_text("on the door since")
    await expect(screen.block("Brass band")).to_contain_text("14:00")
    booked = await titled(hub, "Brass band", day)
    assert booked is not None
    assert await times(hub, booked["id"]) == ("studio", "14:00", "15:00")


@pytest.mark.browser_full
async def test_drawing_over_free_time_sets_both_ends(screens: Screens) -> None:
    screen = await screens.new()
    await screen.diary(date(2026, 12, 8))
    await screen.reach("Main hall")
    free = screen.free("Main hall", "Free, 10:00")
    await free.scroll_into_view_if_needed()
    box = await free.bounding_box()
    assert box is not None
    mouse = screen.page.mouse
    await mouse.move(box["x"] + 2 * HOUR_PX + 3, box["y"] + 20)
    await mouse.down()
    await mouse.move(box["x"] + 4 * HOUR_PX - 3, box["y"] + 20, steps=5)
    await mouse.up()
    await expect(screen.panel.get_by_label("From")).to_have_value("12:00")
    await expect(screen.panel.get_by_label("To")).to_have_value("14:00")


async def test_keys_alone_book_move_and_resize(screens: Screens, hub: SimHub) -> None:
    day = date(2026, 12, 9)
    await book(hub, "Morning class", day, "10:00", "12:00")
    screen = await screens.new()
    await screen.diary(day)
    page, keys = screen.page, screen.page.keyboard
    await screen.row("Studio").get_by_role("gridcell").first.focus()
    await keys.press("ArrowRight")
    await expect(screen.block("Morning class")).to_be_focused()
    await keys.press("ArrowRight")
    await expect(screen.free("Studio", "Free, 12:00")).to_be_focused()
    await keys.press("Enter")
    await expect(screen.panel.get_by_label("What for")).to_be_focused()
    await keys.type("Quilting")
    await expect(screen.panel.get_by_text("Free", exact=True)).to_be_visible()
    await keys.press("Enter")
    await expect(screen.panel.get_by_role("heading", name="Quilting")).to_be_focused()
    await keys.press("Escape")
    await expect(screen.block("Quilting")).to_be_focused()
    await keys.press("m")
    await expect(page.get_by_role("region", name="Moving Quilting")).to_be_visible()
    await keys.press("ArrowLeft")
    await screen.said("Studio, Wed 9 Dec, 11:45 to 12:45, clashes with Morning class")
    await keys.press("Enter")
    await screen.said("Can't be dropped here: clash with Morning class.")
    for _ in range(5):
        await keys.press("ArrowRight")
    await keys.press("Shift+ArrowRight")
    await keys.press("ArrowUp")
    await screen.said("Meeting room, Wed 9 Dec, 13:00 to 14:15, free")
    await keys.press("Enter")
    await screen.said(re.compile("Moved. Quilting: Meeting room, Wed 9 Dec, 13:00 to 14:15"))
    await expect(screen.block("Quilting")).to_be_focused()
    booked = await titled(hub, "Quilting", day)
    assert booked is not None
    assert await times(hub, booked["id"]) == ("meeting-room", "13:00", "14:15")


@pytest.mark.browser_full
async def test_an_answer_from_before_a_move_does_not_put_the_booking_back(screens: Screens, hub: SimHub) -> None:
    day = date(2026, 12, 9)
    await book(hub, "Bell ringers", day, "18:00", "19:00")
    screen = await screens.new()
    await screen.diary(day)
    asked, moved = asyncio.Event(), asyncio.Event()

    async def late(route: Route) -> None:
        answer = await route.fetch()
        asked.set()
        await moved.wait()
        await route.fulfill(response=answer)

    await screen.page.route(re.compile(r"/api/v1/sites/[^/]+/bookings\?"), late, times=1)
    await book(hub, "Knitting", day, "20:00", "21:00")
    await asyncio.wait_for(asked.wait(), 15)
    await screen.block("Bell ringers").focus()
    for key in ("m", "ArrowUp", "Enter"):
        await screen.page.keyboard.press(key)
    await screen.said(re.compile("Moved. Bell ringers: Meeting room, Wed 9 Dec, 18:00 to 19:00"))
    moved.set()
    await expect(screen.block("Knitting")).to_be_visible()
    await expect(screen.block("Bell ringers")).to_be_focused()


@pytest.mark.browser_full
async def test_escape_leaves_a_carried_booking_where_it_was(screens: Screens, hub: SimHub) -> None:
    day = date(2026, 12, 9)
    booked = await book(hub, "Stays", day, "19:00", "20:00", space="hall")
    screen = await screens.new()
    await screen.diary(day)
    await screen.block("Stays").focus()
    for key in ("m", "ArrowRight", "ArrowUp", "Escape"):
        await screen.page.keyboard.press(key)
    await screen.said("Left where it was.")
    assert await times(hub, booked["id"]) == ("hall", "19:00", "20:00")


@pytest.mark.browser_full
async def test_the_grid_has_one_tab_stop(screens: Screens, hub: SimHub) -> None:
    day = date(2026, 12, 9)
    await book(hub, "Tab stop", day, "15:00", "16:00", space="hall")
    screen = await screens.new()
    await screen.diary(day)
    await expect(screen.block("Tab stop")).to_be_visible()
    assert await screen.page.locator('[role="grid"] [tabindex="0"]').count() == 1


@pytest.mark.browser_full
async def test_dragging_moves_in_time_and_room_and_can_be_undone(screens: Screens, hub: SimHub) -> None:
    day = date(2026, 12, 10)
    booked = await book(hub, "Drummers", day, "13:00", "14:00", space="hall")
    screen = await screens.new()
    await screen.diary(day)
    hall, studio = await screen.row("Main hall").bounding_box(), await screen.row("Studio").bounding_box()
    assert hall is not None
    assert studio is not None
    await _drag(screen, "Drummers", 2 * HOUR_PX, int(studio["y"] - hall["y"]))
    await expect(screen.page.get_by_text("15:00–16:00, free")).to_be_visible()
    await screen.page.mouse.up()
    await screen.said("Moved. Drummers: Studio, Thu 10 Dec, 15:00 to 16:00.")
    assert await times(hub, booked["id"]) == ("studio", "15:00", "16:00")
    await screen.page.get_by_role("button", name="Undo").click()
    await screen.said("Moved back. Drummers: Main hall, Thu 10 Dec, 13:00 to 14:00.")
    assert await times(hub, booked["id"]) == ("hall", "13:00", "14:00")


@pytest.mark.browser_full
async def test_dragging_an_end_changes_the_length(screens: Screens, hub: SimHub) -> None:
    day = date(2026, 12, 10)
    booked = await book(hub, "Stretched", day, "18:00", "19:00")
    screen = await screens.new()
    await screen.diary(day)
    await _drag(screen, "Stretched", HOUR_PX // 2, grip=0.98)
    await screen.page.mouse.up()
    await screen.said("Moved. Stretched: Studio, Thu 10 Dec, 18:00 to 19:30.")
    assert await times(hub, booked["id"]) == ("studio", "18:00", "19:30")


@pytest.mark.browser_full
async def test_a_clash_is_shown_before_the_drop_and_nothing_moves(screens: Screens, hub: SimHub) -> None:
    day = date(2026, 12, 11)
    booked = await book(hub, "Mover", day, "11:00", "12:00")
    await book(hub, "In the way", day, "13:00", "14:00")
    screen = await screens.new()
    await screen.diary(day)
    await _drag(screen, "Mover", 2 * HOUR_PX)
    await expect(screen.page.get_by_text("13:00–14:00, clash with In the way")).to_be_visible()
    await screen.page.mouse.up()
    await screen.said("Not moved: clash with In the way.")
    assert await times(hub, booked["id"]) == ("studio", "11:00", "12:00")


@pytest.mark.browser_full
async def test_the_form_shows_a_clash_before_saving_and_names_it_when_saved_all_the_same(
    screens: Screens, hub: SimHub
) -> None:
    day = date(2026, 12, 11)
    await book(hub, "Choir", day, "18:00", "20:00", space="hall")
    screen = await screens.new()
    screen.excuse("status of 409")
    await screen.diary(day)
    panel = screen.panel
    await screen.page.get_by_role("button", name="New booking").click()
    await panel.get_by_label("What for").fill("Bingo")
    await panel.get_by_label("From").fill("19.00")
    await panel.get_by_label("To").fill("9pm")
    why = panel.get_by_role("list", name="Why it cannot be booked like this")
    await expect(why).to_have_text("Main hall is taken then: Choir, Fri 11 Dec, 18:00 to 20:00")
    await panel.get_by_role("button", name="Book").click()
    refusal = panel.get_by_role("alert")
    await expect(refusal).to_be_focused()
    await expect(refusal).to_contain_text("Just taken: Choir, Fri 11 Dec, 18:00 to 20:00, Main hall")
    await panel.get_by_label("Room").select_option("studio")
    await expect(panel.get_by_text("Free", exact=True)).to_be_visible()
    await panel.get_by_role("button", name="Book").click()
    await expect(panel.get_by_role("heading", name="Bingo")).to_be_visible()
    assert await titled(hub, "Bingo", day) is not None


@pytest.mark.browser_full
async def test_a_refused_request_is_refilled_with_a_fitting_alternative(screens: Screens, hub: SimHub) -> None:
    day = date(2027, 1, 18)
    await book(hub, "Jumble sale", day, "18:00", "20:00", space="hall")
    screen = await screens.new(size=(320, 900), scheme="dark")
    await screen.diary(day)
    panel, keys = screen.panel, screen.page.keyboard
    await screen.page.get_by_role("button", name="New booking").click()
    await panel.get_by_label("What for").fill("Whist drive")
    await panel.get_by_label("From").fill("19:00")
    await panel.get_by_label("To", exact=True).fill("21:00")
    await panel.get_by_label("People").fill("60")
    await screen.said(re.compile("Main hall is taken then: Jumble sale"))
    instead = panel.get_by_role("region", name="What would fit instead")
    # The rooms beside it do not hold sixty; the hall does an hour later, and so does that of the next building.
    await expect(instead.get_by_role("button", name=re.compile("Community hall at March Library"))).to_be_visible()
    await expect(instead.get_by_role("button", name=re.compile("Studio|Meeting room"))).to_have_count(0)
    assert await faults(screen.page, "refused") == []
    assert await panel.evaluate("dialog => dialog.scrollWidth - dialog.clientWidth") == 0
    await instead.get_by_role("button", name=re.compile("Main hall, 1 hour later")).focus()
    await keys.press("Enter")
    await expect(panel.get_by_label("From")).to_have_value("20:00")
    await expect(panel.get_by_label("To", exact=True)).to_have_value("22:00")
    await expect(panel.get_by_text("Free", exact=True)).to_be_visible()
    await expect(panel.get_by_role("button", name="Book")).to_be_focused()
    await keys.press("Enter")
    await expect(panel.get_by_role("heading", name="Whist drive")).to_be_focused()
    booked = await titled(hub, "Whist drive", day)
    assert booked is not None
    assert await times(hub, booked["id"]) == ("hall", "20:00", "22:00")


@pytest.mark.browser_full
async def test_a_room_of_the_next_building_is_booked_without_typing_anything_again(
    screens: Screens, hub: SimHub
) -> None:
    day = date(2027, 1, 19)
    await book(hub, "Blood donors", day, "09:00", "21:00", space="hall")
    screen = await screens.new()
    await screen.diary(day)
    panel = screen.panel
    await screen.page.get_by_role("button", name="New booking").click()
    await panel.get_by_label("What for").fill("Auction")
    await panel.get_by_label("From").fill("10:00")
    await panel.get_by_label("To", exact=True).fill("12:00")
    await panel.get_by_label("People").fill("60")
    await panel.get_by_role("button", name=re.compile("Community hall at March Library")).click()
    await expect(panel.get_by_label("Room").locator("option:checked")).to_have_text("Community hall, March Library")
    await expect(panel.get_by_label("Repeats")).to_have_count(0)
    await expect(panel.get_by_text("Free", exact=True)).to_be_visible()
    await panel.get_by_role("button", name="Book").click()
    await screen.said("Booked Auction, Tue 19 Jan, 10:00 to 12:00, at March Library.")
    await expect(screen.block("Auction")).to_be_visible()
    await expect(screen.page).to_have_url(re.compile("site=march"))
    assert await titled(hub, "Auction", day, site="march") is not None


@pytest.mark.browser_full
async def test_a_layout_is_chosen_and_a_larger_one_is_proposed_if_it_holds_too_few(
    screens: Screens, hub: SimHub
) -> None:
    day = date(2027, 1, 20)
    layouts = [
        {"id": "boardroom", "name": "Boardroom", "capacity": 10},
        {"id": "theatre", "name": "Theatre", "capacity": 30},
    ]
    annexe = {"name": "Annexe", "doors": ["front-door"], "layouts": layouts, "default_layout": "boardroom"}
    await hub.api.put("/sites/march/spaces/annexe", annexe)
    screen = await screens.new()
    await screen.diary(day, site="march")
    panel = screen.panel
    await screen.page.get_by_role("button", name="New booking").click()
    await panel.get_by_label("What for").fill("Panto auditions")
    await panel.get_by_label("Room").select_option("annexe")
    await expect(panel.get_by_label("Layout")).to_have_value("boardroom")
    await panel.get_by_label("People").fill("25")
    await expect(panel.get_by_text("25 people are more than Annexe holds as “Boardroom” (10)")).to_be_visible()
    await panel.get_by_role("button", name=re.compile("^Annexe as “Theatre”, at the time asked for")).click()
    await expect(panel.get_by_label("Layout")).to_have_value("theatre")
    await expect(panel.get_by_text("Free", exact=True)).to_be_visible()
    await panel.get_by_role("button", name="Book").click()
    await expect(panel.get_by_role("heading", name="Panto auditions")).to_be_visible()
    await expect(panel.get_by_text("Annexe, Theatre")).to_be_visible()


@pytest.mark.browser_full
async def test_too_little_time_to_set_up_can_be_overruled_after_a_warning(screens: Screens, hub: SimHub) -> None:
    day = date(2027, 1, 21)
    body = {"space": "studio", "title": "Pottery", "cleardown_min": 60}
    await hub.api.post("/sites/ramsey/bookings", {**body, "starts": f"{day}T09:00", "ends": f"{day}T10:00"})
    screen = await screens.new()
    await screen.diary(day)
    panel = screen.panel
    await screen.page.get_by_role("button", name="New booking").click()
    await panel.get_by_label("What for").fill("Recital")
    await panel.get_by_label("Room").select_option("studio")
    await panel.get_by_label("From").fill("10:30")
    await panel.get_by_label("To", exact=True).fill("11:30")
    why = panel.get_by_role("list", name="Why it cannot be booked like this")
    await expect(why).to_contain_text("needs 1 hour to clear down and set up between this and Pottery")
    await panel.get_by_label("Book it anyway: the room will be ready").check()
    await expect(panel.get_by_text("Free", exact=True)).to_be_visible()
    await panel.get_by_role("button", name="Book").click()
    await expect(panel.get_by_role("heading", name="Recital")).to_be_visible()
    booked = await titled(hub, "Recital", day)
    assert booked is not None
    assert booked["overruled"] is True


@pytest.mark.browser_full
async def test_faults_of_a_form_are_listed_first_and_lead_to_their_fields(screens: Screens) -> None:
    screen = await screens.new()
    await screen.diary(date(2026, 12, 11))
    panel = screen.panel
    await screen.page.get_by_role("button", name="New booking").click()
    await panel.get_by_label("From").fill("noonish")
    await panel.get_by_role("button", name="Book").click()
    summary = panel.get_by_role("alert")
    await expect(summary).to_be_focused()
    await summary.get_by_role("link", name="Write the start like 18:00.").click()
    await expect(panel.get_by_label("From")).to_be_focused()
    await expect(panel.get_by_label("From")).to_have_attribute("aria-invalid", "true")


@pytest.mark.browser_full
async def test_a_time_skipped_by_the_clocks_is_refused_with_its_neighbours(screens: Screens) -> None:
    screen = await screens.new()
    screen.excuse("status of 422")
    await screen.diary(date(2027, 3, 28))
    panel = screen.panel
    await screen.page.get_by_role("button", name="New booking").click()
    await panel.get_by_label("What for").fill("Night owls")
    await panel.get_by_label("From").fill("01:30")
    await panel.get_by_label("To").fill("04:00")
    await expect(panel.locator("#from-fault")).to_contain_text("02:00 is the next time there is")


@pytest.mark.browser_full
async def test_a_changed_booking_keeps_its_code(screens: Screens, hub: SimHub) -> None:
    day = date(2026, 12, 14)
    booked = await book(hub, "Old name", day, "10:00", "11:00")
    screen = await screens.new()
    await screen.diary(day, booking=booked["id"])
    panel = screen.panel
    await panel.get_by_role("button", name="Change").click()
    await panel.get_by_label("What for").fill("New name")
    await panel.get_by_label("To").fill("12:30")
    await panel.get_by_role("button", name="Save").click()
    await expect(panel.get_by_role("heading", name="New name")).to_be_focused()
    assert await times(hub, booked["id"]) == ("studio", "10:00", "12:30")
    code = booked["code"]
    await expect(panel.get_by_label("Door code")).to_contain_text(f"{code[:2]}••••")
    await panel.get_by_role("button", name="Show code").click()
    await expect(panel.get_by_label("Door code")).to_contain_text(f"{code[:3]} {code[3:]}")


@pytest.mark.browser_full
async def test_moving_a_booking_to_another_day_shows_that_day_in_the_diary(screens: Screens, hub: SimHub) -> None:
    booked = await book(hub, "Moves on", date(2026, 12, 14), "16:00", "17:00")
    screen = await screens.new()
    await screen.diary(date(2026, 12, 14), booking=booked["id"])
    await screen.panel.get_by_role("button", name="Change").click()
    await screen.panel.get_by_label("Date", exact=True).fill("16/12/2026")
    await screen.panel.get_by_role("button", name="Save").click()
    await expect(screen.page).to_have_url(re.compile("date=2026-12-16"))
    await expect(screen.block("Moves on")).to_be_visible()


async def test_cancelling_asks_first_frees_the_time_and_can_be_undone(screens: Screens, hub: SimHub) -> None:
    day = date(2026, 12, 15)
    booked = await book(hub, "Called off", day, "10:00", "11:00")
    await on_the_door(hub, booked)
    screen = await screens.new()
    await screen.diary(day, booking=booked["id"])
    panel = screen.panel
    await panel.get_by_role("button", name="Cancel…").click()
    await expect(panel.get_by_text("Cancel Called off, Tue 15 Dec, 10:00 to 11:00?")).to_be_visible()
    await panel.get_by_role("button", name="Keep it").click()
    await panel.get_by_role("button", name="Cancel…").click()
    await panel.get_by_role("button", name="Cancel the booking").click()
    await screen.said("Cancelled Called off.")
    await expect(panel.get_by_text(re.compile("cancelled; code off the door since"))).to_be_visible()
    assert await titled(hub, "Called off", day) is None
    await screen.page.get_by_role("button", name="Undo").click()
    await screen.said("Called off is back.")
    await expect(screen.block("Called off")).to_be_visible()
    assert await titled(hub, "Called off", day) is not None


@pytest.mark.browser_full
async def test_a_code_that_still_opens_offline_is_reported_to_the_next_booker(screens: Screens, hub: SimHub) -> None:
    day = date(2026, 12, 16)
    booked = await book(hub, "Cut off", day, "10:00", "12:00")
    await on_the_door(hub, booked)
    screen = await screens.new()
    hub.set_network("ramsey", up=False)
    try:

        async def away() -> bool:
            edges = (await hub.api.get("/sites/ramsey/now"))["edges"]
            return not edges[0]["online"]

        await hub.until(away, "the controller misses the edge")
        await hub.api.post(f"/bookings/{booked['id']}/cancel", {})
        await screen.diary(day)
        await expect(screen.block("Cut off")).to_have_accessible_name(re.compile("its code still opens Front door"))
        await screen.page.get_by_role("button", name="New booking").click()
        await screen.panel.get_by_label("Room").select_option("studio")
        await screen.panel.get_by_label("From").fill("10:00")
        await screen.panel.get_by_label("To").fill("11:00")
        await expect(screen.panel.get_by_text(re.compile("still opens Front door"))).to_be_visible()
    finally:
        hub.set_network("ramsey", up=True)
        await hub.online("ramsey")
    await expect(screen.block("Cut off")).to_have_count(0)
