"""All dates of a series in one message and on one page, and one door code for all of them where it is asked for."""

import httpx
import pytest
from fastapi import FastAPI

from controller.access.code_generation import masked, spoken
from controller.app.container import Container
from controller.screens.door_pages.door_page import KEEP_FOR
from tests.controller.access.test_door_codes import policy
from tests.controller.access.test_door_page import see, words
from tests.controller.bookings.test_series_edits import edit
from tests.controller.bookings.test_weekly import evening, everything, post
from tests.controller.clock import ManualClock
from tests.controller.hours.test_changing import close
from tests.controller.running import stranger
from tests.controller.signin.signing import put_party, signed_in_as
from tests.controller.village import API, SITE, Json, act, book, change, code_of


async def get(client: httpx.AsyncClient, series: Json) -> Json:
    answer = await client.get(f"{API}/series/{series['id']}")
    assert answer.status_code == 200, answer.text
    found: Json = answer.json()
    return found


async def page(app: FastAPI, series: Json, status: int = 200) -> str:
    async with stranger(app) as phone:
        answer = await phone.get(str(httpx.URL(series["link"]).path))
    assert answer.status_code == status
    assert answer.headers["cache-control"] == ("private, no-cache" if KEEP_FOR in answer.headers else "no-store")
    assert answer.text.count("<script") == (1 if status == 200 else 0)
    return words(answer)


async def make(client: httpx.AsyncClient, **fields: object) -> Json:
    answer = await post(client, **fields)
    assert answer.status_code == 201, answer.text
    found: Json = answer.json()
    return found


@pytest.mark.cases_full
async def test_one_message_has_every_date_with_its_code_and_the_page(any_village: httpx.AsyncClient) -> None:
    yoga = await make(any_village)
    lines = yoga["message"].splitlines()
    assert lines[0] == "Yoga: Hall, Ramsey Hub. Every Thursday, 19:00 to 21:00, 4 times."
    code = spoken(yoga["bookings"][0]["code"])
    assert lines[1] == (
        f"- Thu 26 Nov, 19:00 to 21:00, door code {code} for Front door and Side door, the code works 18:45 to 21:15."
    )
    assert len([line for line in lines if line.startswith("- ")]) == 4
    assert lines[-3] == f"See all dates: {yoga['link']}"
    assert lines[-2] == f"To pass on to those who come: {yoga['show_link']}"
    later = await get(any_village, yoga)
    assert masked(yoga["bookings"][0]["code"]) in later["message"]
    assert code not in later["message"]
    shown = (await any_village.post(f"{API}/series/{yoga['id']}/code")).json()
    assert shown == {"codes": [], "message": yoga["message"]}


async def test_the_page_shows_every_date_and_its_status(
    village: httpx.AsyncClient, app: FastAPI, clock: ManualClock
) -> None:
    yoga = await make(village)
    first, second, third, fourth = yoga["bookings"]
    await act(village, second, "cancel")
    await change(village, third, space="yard", starts="2026-12-11T19:00", ends="2026-12-11T21:00")
    closure = {"reason": "boiler", "first": "2026-12-17", "last": "2026-12-17"}
    await close(village, closure, anyway="true")
    text = await page(app, yoga)
    assert "Every Thursday, 19:00 to 21:00, 4 times." in text
    assert f"Thu 26 Nov, 19:00 to 21:00 Door code {spoken(first['code'])}" in text
    assert "Thu 3 Dec, 19:00 to 21:00 : cancelled" in text
    assert "Fri 11 Dec, 19:00 to 21:00 , Yard" in text
    assert f"Door code {spoken(fourth['code'])}" in text
    assert "Ramsey Hub is closed on Thu 17 Dec: boiler. Ask us before you come." in text
    assert "Ring 01487 555 010" in text
    clock.advance(hours=24 * 30)
    text = await page(app, yoga)
    assert "No date of it is still to come." in text
    assert "4 dates are over." in text


async def test_each_date_leads_to_all_of_them_and_back(village: httpx.AsyncClient, app: FastAPI) -> None:
    yoga = await make(village)
    date = yoga["bookings"][1]
    assert "All dates of this series" in await see(app, date)
    async with stranger(app) as phone:
        own = await phone.get(str(httpx.URL(date["link"]).path))
        assert f'href="series/{yoga["link"].rpartition("/")[2]}"' in own.text
        whole = await phone.get(str(httpx.URL(yoga["link"]).path))
        assert f'href="../{date["link"].rpartition("/")[2]}"' in whole.text
    single = await book(village, starts="2026-11-30T18:00", ends="2026-11-30T19:00")
    assert "All dates of this series" not in await see(app, single)


@pytest.mark.parametrize("token", ["x", "A" * 43, "é", "AZ4kFZZzd0iI-HC4rjvJbrcUu6kz7m5MaPSlqg5Gj5g"])
async def test_a_link_that_was_not_made_here_shows_nothing(
    village: httpx.AsyncClient, app: FastAPI, token: str
) -> None:
    await make(village)
    assert "This link belongs to no booking" in await page(app, {"link": f"http://hub.test/d/series/{token}"}, 404)


async def test_one_code_opens_for_all_dates_where_it_is_asked_for(any_village: httpx.AsyncClient) -> None:
    asked = await any_village.post(f"{API}/sites/{SITE}/series/check", json=evening(one_code=True))
    assert asked.json()["one_code"] is True
    yoga = await make(any_village, one_code=True)
    [code] = {each["code"] for each in yoga["bookings"]}
    assert f"Door code for all dates: {spoken(code)} for Front door and Side door." in yoga["message"]
    assert yoga["message"].count(spoken(code)) == 1
    assert (await get(any_village, yoga))["one_code"] is True
    shown = (await any_village.post(f"{API}/series/{yoga['id']}/code")).json()
    assert [each["code"] for each in shown["codes"]] == [code]
    alone = await make(any_village, space="studio")
    assert len({each["code"] for each in alone["bookings"]}) == 4


async def test_the_one_code_survives_moves_a_split_and_a_policy_with_new_codes(
    any_village: httpx.AsyncClient, any_container: Container
) -> None:
    yoga = await make(any_village, one_code=True)
    [code] = {each["code"] for each in yoga["bookings"]}
    await change(any_village, yoga["bookings"][0], starts="2026-11-26T18:00", ends="2026-11-26T20:00")
    cut = await edit(
        any_village,
        yoga["id"],
        scope="from_date",
        from_date="2026-12-10",
        first_starts="2026-12-10T18:30",
        rule="FREQ=WEEKLY;COUNT=3",
    )
    found = [each for each in await everything(any_village) if each["status"] == "confirmed"]
    assert len(found) == 5
    assert {await code_of(any_village, each) for each in found} == {code}
    effect = await policy(any_village, check="true", recode="all", lag_min=20)
    assert (effect["codes"]["running_count"], effect["codes"]["coming_count"]) == (0, 0)
    await policy(any_village, recode="all", lag_min=20)
    assert {await code_of(any_village, each) for each in found} == {code}
    assert (await get(any_village, {"id": cut["id"]}))["message"].count("\n- ") == 5


async def test_a_series_that_goes_to_another_party_leaves_its_code_and_page_behind(
    any_village: httpx.AsyncClient,
) -> None:
    await put_party(any_village, "choir", name="Choir")
    await put_party(any_village, "drama", name="Drama")
    yoga = await make(any_village, one_code=True, party="choir")
    [code] = {each["code"] for each in yoga["bookings"]}
    await change(any_village, yoga["bookings"][0], party="drama")
    other = await code_of(any_village, yoga["bookings"][0])
    assert other != code
    assert "26 Nov" not in (await get(any_village, yoga))["message"]
    cut = await edit(any_village, yoga["id"], scope="from_date", from_date="2026-12-10", party="drama")
    third = await code_of(any_village, yoga["bookings"][2])
    assert third not in (code, other)
    assert await code_of(any_village, yoga["bookings"][3]) == third
    assert await code_of(any_village, yoga["bookings"][1]) == code
    assert "3 Dec" not in (await get(any_village, {"id": cut["id"]}))["message"]


async def test_a_date_that_is_approved_later_has_the_code_of_its_series(any_village: httpx.AsyncClient) -> None:
    await book(any_village, title="Panto", starts="2026-12-03T19:00", ends="2026-12-03T21:00")
    yoga = await make(any_village, one_code=True, otherwise="hold")
    [asked] = [each for each in yoga["bookings"] if each["status"] == "requested"]
    assert "Thu 3 Dec, 19:00 to 21:00, not confirmed yet." in yoga["message"]
    panto = next(each for each in await everything(any_village) if each["title"] == "Panto")
    await act(any_village, panto, "cancel")
    await act(any_village, asked, "approve")
    [code] = {each["code"] for each in yoga["bookings"] if each["code"]}
    assert await code_of(any_village, asked) == code


async def test_a_reader_and_another_group_get_neither_link_nor_message(
    village: httpx.AsyncClient, app: FastAPI
) -> None:
    await put_party(village, "choir", name="Choir")
    await put_party(village, "drama", name="Drama")
    yoga = await make(village, party="choir")
    async with signed_in_as(app, village, "wall") as reader:
        told = await get(reader, yoga)
        assert (told["link"], told["message"]) == ("", "")
        assert (await reader.post(f"{API}/series/{yoga['id']}/code", json={})).status_code == 403
    async with signed_in_as(app, village, "group_leader", party="drama") as other:
        told = await get(other, yoga)
        assert (told["link"], told["message"]) == ("", "")
        assert (await other.post(f"{API}/series/{yoga['id']}/code", json={})).status_code == 403
    async with signed_in_as(app, village, "group_leader", party="choir") as own:
        assert spoken(yoga["bookings"][0]["code"]) in (await get(own, yoga))["message"]
