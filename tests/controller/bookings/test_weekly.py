"""Weekly series over HTTP: every date checked and marked, nothing half-written, cancelled whole or in part."""

import httpx
import pytest

from controller.house import House
from tests.controller.clock import ManualClock
from tests.controller.running import USER
from tests.controller.village import API, SITE, Json, act, apply_plan, book, change, compile_plan, look, wanted


def evening(**changes: object) -> Json:
    plain = {
        "space": "hall",
        "title": "Yoga",
        "first_starts": "2026-11-26T19:00",
        "first_ends": "2026-11-26T21:00",
        "until": "2026-12-17",
    }
    return plain | changes


async def check(client: httpx.AsyncClient, **changes: object) -> list[Json]:
    answer = await client.post(f"{API}/sites/{SITE}/series/check", json=evening(**changes))
    assert answer.status_code == 200, answer.text
    dates: list[Json] = answer.json()["dates"]
    return dates


async def post(client: httpx.AsyncClient, **changes: object) -> httpx.Response:
    return await client.post(f"{API}/sites/{SITE}/series", json=evening(**changes))


async def everything(client: httpx.AsyncClient) -> list[Json]:
    answer = await client.get(f"{API}/sites/{SITE}/bookings?from=2026-11-20&to=2027-01-20")
    items: list[Json] = answer.json()["items"]
    return items


async def test_a_series_books_every_week_with_a_code_each(any_village: httpx.AsyncClient) -> None:
    answer = await post(any_village)
    assert answer.status_code == 201, answer.text
    made = answer.json()
    assert [each["starts"] for each in made["bookings"]] == [
        f"2026-{day}T19:00:00+00:00" for day in ("11-26", "12-03", "12-10", "12-17")
    ]
    assert len({each["code"] for each in made["bookings"]}) == 4
    assert {each["series"] for each in made["bookings"]} == {made["id"]}
    assert made["skipped"] == []
    assert await everything(any_village) == made["bookings"]


async def test_each_date_has_its_own_mark(any_village: httpx.AsyncClient) -> None:
    choir = await book(any_village, starts="2026-12-03T18:00", ends="2026-12-03T20:00")
    dates = await check(any_village)
    assert [each["mark"] for each in dates] == ["free", "clash", "free", "free"]
    assert dates[1]["text"] == "taken by Choir, Thu 3 Dec, 18:00 to 20:00"
    assert [each["id"] for each in dates[1]["conflicts"]] == [choir["id"]]


async def test_a_taken_date_fails_the_series_unless_it_is_skipped(any_village: httpx.AsyncClient) -> None:
    await book(any_village, starts="2026-12-03T18:00", ends="2026-12-03T20:00")
    refused = await post(any_village)
    assert refused.status_code == 409
    assert [each["field"] for each in refused.json()["errors"]] == ["2026-12-03"]
    assert len(await everything(any_village)) == 1
    made = await post(any_village, skip=["2026-12-03"])
    assert made.status_code == 201, made.text
    assert len(made.json()["bookings"]) == 3
    assert [each["date"] for each in made.json()["skipped"]] == ["2026-12-03"]


async def test_the_clock_change_is_marked_on_its_date(village: httpx.AsyncClient) -> None:
    dates = await check(village, first_starts="2027-03-21T01:30", first_ends="2027-03-21T03:30", until="2027-04-04")
    assert [each["mark"] for each in dates] == ["free", "moved_by_clock", "free"]
    assert (dates[1]["starts"], dates[1]["ends"]) == ("2027-03-28T02:30:00+01:00", "2027-03-28T03:30:00+01:00")
    empty = {"first_starts": "2027-03-21T01:30", "first_ends": "2027-03-21T02:15", "until": "2027-04-04"}
    assert [each["mark"] for each in await check(village, **empty)] == ["free", "empty", "free"]
    made = (await post(village, **empty)).json()
    assert len(made["bookings"]) == 2
    assert [each["date"] for each in made["skipped"]] == ["2027-03-28"]


async def test_a_series_over_a_year_keeps_its_wall_time(village: httpx.AsyncClient) -> None:
    made = (await post(village, until="2027-11-25")).json()
    assert len(made["bookings"]) == 53
    assert {each["starts"][10:19] for each in made["bookings"]} == {"T19:00:00"}
    assert {each["starts"][19:] for each in made["bookings"]} == {"+00:00", "+01:00"}


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"until": "2026-11-25"}, "until"),
        ({"until": "2028-11-24"}, "until"),
        ({"first_ends": "2026-11-26T19:00"}, "first_ends"),
        ({"first_ends": "2026-12-03T19:01"}, "first_ends"),
        ({"first_starts": "2026-11-26T19:00Z"}, "first_starts"),
        ({"first_starts": "2026-11-24T19:00", "first_ends": "2026-11-24T21:00"}, "first_starts"),
        ({"skip": ["2026-11-27"]}, "skip.0"),
        ({"skip": ["2026-11-26", "2026-12-03", "2026-12-10", "2026-12-17"]}, "skip"),
        ({"title": ""}, "title"),
    ],
)
async def test_a_refusal_names_the_field(village: httpx.AsyncClient, changes: dict[str, object], field: str) -> None:
    answer = await post(village, **changes)
    assert answer.status_code == 422, answer.text
    assert answer.json()["errors"][0]["field"] == field
    assert await everything(village) == []


async def test_a_hundred_and_four_dates_are_the_most(village: httpx.AsyncClient) -> None:
    assert len(await check(village, until="2028-11-16")) == 104


async def test_one_occurrence_moves_and_goes_like_any_booking(village: httpx.AsyncClient) -> None:
    made = (await post(village)).json()["bookings"]
    moved = await change(village, made[1], starts="2026-12-04T19:00", ends="2026-12-04T21:00")
    assert moved["series"] == made[1]["series"]
    await act(village, made[2], "cancel")
    assert (await look(village, made[0]))["status"] == "confirmed"


async def test_a_series_is_cancelled_from_a_date_or_whole_and_what_is_over_stays(
    any_village: httpx.AsyncClient, clock: ManualClock
) -> None:
    made = (await post(any_village)).json()
    path = f"{API}/series/{made['id']}/cancel"
    late = await any_village.post(path, json={"from_date": "2026-12-10"})
    assert [each["starts"][:10] for each in late.json()["bookings"]] == ["2026-12-10", "2026-12-17"]
    clock.advance(days=2)
    rest = await any_village.post(path)
    assert [each["starts"][:10] for each in rest.json()["bookings"]] == ["2026-12-03"]
    statuses = [each["status"] for each in await everything(any_village)]
    assert statuses == ["finished", "cancelled", "cancelled", "cancelled"]
    again = await any_village.post(path)
    assert again.json()["bookings"] == []


async def test_each_date_of_a_check_tells_what_a_single_check_tells(
    any_village: httpx.AsyncClient, any_house: House
) -> None:
    old = await book(any_village, space="studio", title="Yoga", starts="2026-11-26T18:00", ends="2026-11-26T20:00")
    await compile_plan(any_house, 1)
    await apply_plan(any_house, 1)
    await act(any_village, old, "cancel")
    first, second = await check(any_village, until="2026-12-03", people=61)
    single = wanted(starts="2026-11-26T19:00", ends="2026-11-26T21:00", people=61)
    alone = (await any_village.post(f"{API}/sites/{SITE}/bookings/check", json=single)).json()
    assert (first["lingering"], first["notes"]) == (alone["lingering"], alone["notes"])
    assert first["lingering"] == ["the code of “Yoga” (cancelled) still opens Front door until 20:15 on Thu 26 Nov"]
    assert first["notes"] == ["61 people are more than Hall holds (60)"]
    assert (second["lingering"], second["notes"]) == ([], first["notes"])


async def test_a_bookings_story_tells_who_did_what_when_and_why(
    any_village: httpx.AsyncClient, clock: ManualClock
) -> None:
    made = (await post(any_village)).json()
    booking = made["bookings"][0]
    clock.advance(minutes=5)
    await change(any_village, booking, title="Singers")
    clock.advance(minutes=5)
    path = f"{API}/series/{made['id']}/cancel"
    assert (await any_village.post(path, json={"why": "the boiler is broken"})).is_success
    story = (await any_village.get(f"{API}/bookings/{booking['id']}/log")).json()["items"]
    assert story == [
        {"at": "2026-11-25T12:00:00+00:00", "actor": USER, "what": "book", "why": ""},
        {"at": "2026-11-25T12:05:00+00:00", "actor": USER, "what": "change", "why": ""},
        {"at": "2026-11-25T12:10:00+00:00", "actor": USER, "what": "cancel", "why": "the boiler is broken"},
    ]
    nobody = "01930000-0000-7000-8000-000000000000"
    assert (await any_village.get(f"{API}/bookings/{nobody}/log")).status_code == 404
