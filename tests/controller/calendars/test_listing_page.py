"""The page on which a booking is made public, by who may change it, and that of a site, by who runs it."""

from urllib.parse import urlencode

import httpx
import pytest
from fastapi import FastAPI

from tests.controller.calendars.test_public_pages import PAGE, text_of
from tests.controller.running import stranger
from tests.controller.signin.signing import put_party
from tests.controller.village import API, SITE, Json, book, look, show_public

FORM = {"content-type": "application/x-www-form-urlencoded"}
TYPED = {"listed_as": "Open rehearsal", "event_kind": "arts", "about": "Come\r\nand sing", "web_link": ""}


async def save(village: httpx.AsyncClient, booking: Json, **typed: str) -> httpx.Response:
    return await village.post(f"/listings/{booking['id']}", content=urlencode(TYPED | typed), headers=FORM)


@pytest.mark.cases_full
async def test_a_booking_is_made_public_in_words_of_its_own_and_private_again(
    village: httpx.AsyncClient, app: FastAPI
) -> None:
    await show_public(village)
    made = await book(village)
    assert "It is private." in (await village.get(f"/listings/{made['id']}")).text
    answer = await save(village, made, public="yes")
    assert (answer.status_code, answer.headers["location"]) == (303, f"/listings/{made['id']}?done=public")
    assert "Everybody can read it now." in (await village.get(answer.headers["location"])).text
    now = await look(village, made)
    assert (now["public"], now["listed_as"], now["event_kind"]) == (True, "Open rehearsal", "arts")
    assert now["about"] == "Come\nand sing"
    assert now["status"] == made["status"]
    async with stranger(app) as outside:
        assert "Open rehearsal" in await text_of(outside, PAGE)
        await save(village, made, public="no", event_kind="")
        assert "Open rehearsal" not in await text_of(outside, PAGE)
    assert (await look(village, made))["event_kind"] is None


async def test_a_building_without_a_public_page_says_so_where_bookings_are_made_public(
    village: httpx.AsyncClient,
) -> None:
    made = await book(village)
    for path in (f"/listings?site={SITE}", f"/listings/{made['id']}"):
        said = (await village.get(path)).text
        assert "Nobody can read any of this yet" in said
        assert f"/buildings?site={SITE}&amp;view=public" in said
    answer = await save(village, made, public="yes")
    said = (await village.get(answer.headers["location"])).text
    assert "nobody can read it until the building has a public page" in said
    assert "Everybody can read" not in said
    await show_public(village)
    for path in (f"/listings?site={SITE}", f"/listings/{made['id']}"):
        assert "Nobody can read any of this yet" not in (await village.get(path)).text


async def test_all_dates_of_a_series_are_made_public_at_once_or_one_alone(village: httpx.AsyncClient) -> None:
    body = {
        "space": "hall",
        "title": "Tea dance",
        "first_starts": "2026-11-26T14:00",
        "first_ends": "2026-11-26T16:00",
        "rule": "FREQ=WEEKLY;COUNT=3",
    }
    assert (await village.post(f"{API}/sites/{SITE}/series", json=body)).status_code == 201

    async def public() -> list[bool]:
        query = {"from": "2026-11-26T00:00", "to": "2026-12-20T00:00"}
        return [
            each["public"] for each in (await village.get(f"{API}/sites/{SITE}/bookings", params=query)).json()["items"]
        ]

    query = {"from": "2026-11-26T00:00", "to": "2026-12-20T00:00"}
    first, second, _ = (await village.get(f"{API}/sites/{SITE}/bookings", params=query)).json()["items"]
    await save(village, second, public="yes", dates="one")
    assert await public() == [False, True, False]
    await save(village, first, public="yes", dates="all")
    assert await public() == [True, True, True]
    page = (await village.get(f"/listings?site={SITE}")).text
    assert page.count("Open rehearsal") == 1
    assert "and 2 more dates" in page


async def test_what_is_wrong_is_said_and_what_was_typed_stays(village: httpx.AsyncClient) -> None:
    made = await book(village)
    answer = await save(village, made, public="yes", web_link="javascript:alert(1)", about="Kept words")
    assert answer.status_code == 422
    assert "The web address must be a web address like" in answer.text
    assert "Kept words" in answer.text
    assert (await look(village, made))["public"] is False


async def test_the_page_of_a_site_lists_both_and_has_the_frame_to_copy(village: httpx.AsyncClient) -> None:
    await put_party(village, "choir", name="Ramsey Choir")
    await book(village, title="Book sale", public=True)
    await book(village, title="Committee", space="studio", party="choir")
    page = (await village.get(f"/listings?site={SITE}")).text
    public, _, private = page.partition("<h2>Private</h2>")
    assert "Book sale" in public
    assert "Committee" in private
    assert f"/embed/whats-on/{SITE}&#34;" in page or f'/embed/whats-on/{SITE}"' in page
    assert (await village.get("/listings?site=atlantis")).status_code == 404


async def test_strangers_get_nothing_and_change_nothing(village: httpx.AsyncClient, app: FastAPI) -> None:
    made = await book(village, title="Axolotl meeting")
    async with stranger(app) as outside:
        for path in (f"/listings/{made['id']}", f"/listings/{'0' * 8}-0000-4000-8000-{'0' * 12}"):
            assert "Axolotl" not in (await outside.get(path)).text
            assert (await outside.get(path)).status_code == 403
        assert (await outside.get(f"/listings?site={SITE}")).status_code == 403
        answer = await save(outside, made, public="yes")
        assert answer.status_code == 403
    assert (await look(village, made))["public"] is False
