"""The two kinds of links to a booking and a series: what each page shows and does, and how one of them ends."""

import re
from collections.abc import AsyncIterator

import httpx
import pytest
from fastapi import FastAPI

from controller.platform.key_files import KeyFiles, LinkKind, linked
from tests.controller.billing.test_quote_freezing import USUAL
from tests.controller.billing.test_tariffs import HALL, put
from tests.controller.running import stranger
from tests.controller.signin.signing import put_party, signed_in_as
from tests.controller.village import API, SITE, Json, book, code_of, look

KINDS = {"manage": "link", "show": "show_link"}


@pytest.fixture
async def phone(app: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    """Somebody who has nothing but links."""
    async with stranger(app) as client:
        yield client


async def page(phone: httpx.AsyncClient, link: str, status: int = 200, **form: str) -> str:
    path = httpx.URL(link).path
    answer = await (phone.post(path, data=form) if form else phone.get(path))
    assert answer.status_code == status, answer.text
    return answer.text


async def renew(client: httpx.AsyncClient, what: str, thing: Json, kind: str, status: int = 200) -> Json:
    answer = await client.post(f"{API}/{what}/{thing['id']}/links/{kind}/renew")
    assert answer.status_code == status, answer.text
    found: Json = answer.json()
    return found


async def yoga(client: httpx.AsyncClient) -> Json:
    """A series of three dates."""
    body = {
        "space": "hall",
        "title": "Yoga",
        "first_starts": "2026-12-01T09:00",
        "first_ends": "2026-12-01T10:00",
        "rule": "FREQ=WEEKLY;COUNT=3",
    }
    answer = await client.post(f"{API}/sites/{SITE}/series", json=body)
    assert answer.status_code == 201, answer.text
    made: Json = answer.json()
    return made


def test_a_link_is_of_one_kind_one_thing_and_one_number(tmp_path_factory: pytest.TempPathFactory) -> None:
    keys = KeyFiles(tmp_path_factory.mktemp("keys"))
    one, other = "0195c1a0-0000-7000-8000-000000000001", "0195c1a0-0000-7000-8000-000000000002"
    token = keys.link_token(LinkKind.SHOW, one, 3)
    assert linked(token) == one
    assert keys.link_kind(token, {LinkKind.MANAGE: 3, LinkKind.SHOW: 3}) is LinkKind.SHOW
    assert keys.link_kind(token, {LinkKind.MANAGE: 3, LinkKind.SHOW: 4}) is None
    forged = keys.link_token(LinkKind.SHOW, other, 3)[:22] + token[22:]
    assert keys.link_kind(forged, {LinkKind.MANAGE: 3, LinkKind.SHOW: 3}) is None
    for text in ("", "x", token[:-1], token + "A", "é" * 43, "/" * 43):
        assert linked(text) is None or keys.link_kind(text, {LinkKind.SHOW: 3}) is None


async def test_the_link_to_pass_on_shows_code_time_and_way_and_neither_price_nor_ways_to_change_anything(
    village: httpx.AsyncClient, phone: httpx.AsyncClient
) -> None:
    await put(village, rates=[HALL], cancelling=[USUAL])
    booking = await book(village)
    code = await code_of(village, booking)
    managed, shown = await page(phone, booking["link"]), await page(phone, booking["show_link"])
    for each in (managed, shown):
        assert f"{code[:3]} {code[3:]}" in each
        assert "18:00 to 20:00" in each
        assert "Front door" in each
    assert "Price: £24.00" in managed
    assert "Cancel this booking" in managed
    assert booking["show_link"] in managed
    assert "Price" not in shown
    assert "Cancel" not in shown
    assert booking["link"].rpartition("/")[2] not in shown


async def test_nobody_cancels_or_ends_links_by_the_link_that_was_passed_on(
    village: httpx.AsyncClient, phone: httpx.AsyncClient
) -> None:
    booking = await book(village)
    for step in ("ask", "cancel", "renew"):
        refused = await page(phone, booking["show_link"], 403, step=step, check="x")
        assert "Ask the person who booked to change it." in refused
    assert (await look(village, booking))["status"] == "confirmed"
    assert (await look(village, booking))["show_link"] == booking["show_link"]


@pytest.mark.parametrize("kind", KINDS)
async def test_a_new_link_ends_the_old_one_of_its_kind_alone(
    any_village: httpx.AsyncClient, any_app: FastAPI, kind: str
) -> None:
    booking = await book(any_village)
    renewed = await renew(any_village, "bookings", booking, kind)
    async with stranger(any_app) as phone:
        await page(phone, booking[KINDS[kind]], 404)
        await page(phone, renewed[KINDS[kind]])
        [other] = KINDS.keys() - {kind}
        assert renewed[KINDS[other]] == booking[KINDS[other]]
        await page(phone, booking[KINDS[other]])
    assert await code_of(any_village, renewed) == await code_of(any_village, booking)
    log = (await any_village.get(f"{API}/bookings/{booking['id']}/log")).json()["items"]
    assert log[-1]["what"] == f"new link to {kind}"


async def test_who_booked_ends_the_link_that_was_passed_on_on_their_page(
    village: httpx.AsyncClient, phone: httpx.AsyncClient
) -> None:
    booking = await book(village)
    told = await page(phone, booking["link"], step="renew", check="0")
    assert told == await page(phone, booking["link"], step="renew", check="0")  # the page is loaded again
    renewed = (await look(village, booking))["show_link"]
    assert "The link that you passed on has ended." in told
    assert renewed in told
    await page(phone, booking["show_link"], 404)
    await page(phone, renewed)


async def test_a_series_has_both_links_and_its_pages_lead_to_pages_of_their_own_kind(
    village: httpx.AsyncClient, phone: httpx.AsyncClient
) -> None:
    series = await yoga(village)
    first = series["bookings"][0]
    managed, shown = await page(phone, series["link"]), await page(phone, series["show_link"])
    manage, show = (first[name].rpartition("/")[2] for name in ("link", "show_link"))
    assert (manage in managed, show in managed) == (True, False)
    assert (manage in shown, show in shown) == (False, True)
    passed_on = await page(phone, first["show_link"])
    assert "All dates" not in passed_on
    assert series["link"].rpartition("/")[2] in await page(phone, first["link"])
    assert series["show_link"].rpartition("/")[2] not in passed_on


def leads_to(shown: str) -> set[str]:
    """The last parts of all links in a page."""
    return {each.rpartition("/")[2] for each in re.findall(r'href="([^"]+)"', shown)}


@pytest.mark.parametrize("kind", KINDS)
async def test_no_page_that_somebody_still_has_leads_to_a_link_that_was_renewed(
    any_village: httpx.AsyncClient, any_app: FastAPI, kind: str
) -> None:
    series = await yoga(any_village)
    dates, name = series["bookings"], KINDS[kind]
    renewed = await renew(any_village, "series", series, kind)
    now = [await look(any_village, each) for each in dates]
    async with stranger(any_app) as phone:
        for link in (series[name], *(each[name] for each in dates)):
            await page(phone, link, 404)
        for link in (renewed[name], *(each[name] for each in now)):
            await page(phone, link)
        [other] = KINDS.keys() - {kind}
        for each in (series, *dates):
            await page(phone, each[KINDS[other]])


async def test_a_new_link_to_manage_a_date_ends_those_of_all_dates_since_its_page_led_to_them(
    village: httpx.AsyncClient, phone: httpx.AsyncClient
) -> None:
    series = await yoga(village)
    first, second, _ = series["bookings"]
    await renew(village, "bookings", first, "manage")
    for link in (first["link"], second["link"], series["link"]):
        await page(phone, link, 404)
    fresh = (await look(village, second))["link"]
    assert leads_to(await page(phone, fresh)) & {
        (await village.get(f"{API}/series/{series['id']}")).json()["link"].rpartition("/")[2]
    }
    log = (await village.get(f"{API}/bookings/{second['id']}/log")).json()["items"]
    assert log[-1]["what"] == "new link to manage"


async def test_a_new_link_to_show_a_date_leaves_the_others(
    village: httpx.AsyncClient, phone: httpx.AsyncClient
) -> None:
    series = await yoga(village)
    first, second, _ = series["bookings"]
    await renew(village, "bookings", first, "show")
    await page(phone, first["show_link"], 404)
    await page(phone, second["show_link"])
    await page(phone, series["show_link"])


@pytest.mark.cases_full
async def test_a_page_that_is_only_looked_at_changes_nothing(
    village: httpx.AsyncClient, phone: httpx.AsyncClient
) -> None:
    booking, series = await book(village), await yoga(village)
    before = (await look(village, booking), (await village.get(f"{API}/series/{series['id']}")).json())
    for thing in (booking, series):
        for name in KINDS.values():
            for _ in range(3):
                await page(phone, thing[name])
            assert (await phone.head(httpx.URL(thing[name]).path)).status_code == 200
    assert (await look(village, booking), (await village.get(f"{API}/series/{series['id']}")).json()) == before
    log = (await village.get(f"{API}/bookings/{booking['id']}/log")).json()["items"]
    assert [each["what"] for each in log] == ["book"]


async def test_only_who_may_give_a_new_code_gives_a_new_link(village: httpx.AsyncClient, app: FastAPI) -> None:
    await put_party(village, "choir")
    await put_party(village, "yoga")
    booking = await book(village, party="choir")
    async with signed_in_as(app, village, "group_leader", party="yoga") as other:
        await renew(other, "bookings", booking, "manage", 403)
    async with signed_in_as(app, village, "wall") as reader:
        await renew(reader, "bookings", booking, "show", 403)
        assert (await look(reader, booking))["show_link"] == ""
    async with signed_in_as(app, village, "group_leader", party="choir") as own:
        assert (await renew(own, "bookings", booking, "manage"))["link"] != booking["link"]
    gone = {"id": "01890000-0000-7000-8000-000000000000"}
    await renew(village, "bookings", gone, "show", 404)
    await renew(village, "series", gone, "show", 404)
    await renew(village, "bookings", booking, "all", 422)
