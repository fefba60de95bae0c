"""A month shows how much is booked on each day, and how many requests wait, as far as the user may know."""

import httpx
from fastapi import FastAPI

from tests.controller.signin.signing import Json, put_party, signed_in_as
from tests.controller.village import API, SITE, act, book


async def days(client: httpx.AsyncClient, first: str, after: str) -> dict[str, Json]:
    answer = await client.get(f"{API}/sites/{SITE}/diary", params={"from": first, "to": after})
    assert answer.status_code == 200, answer.text
    return {each["day"]: each for each in answer.json()["items"]}


async def test_each_day_says_how_much_of_the_rooms_is_taken(any_village: httpx.AsyncClient, any_app: FastAPI) -> None:
    await put_party(any_village, "choir")
    await put_party(any_village, "yoga")
    evening = {"starts": "2026-11-27T08:00", "ends": "2026-11-27T22:00"}
    await book(any_village, space="studio", title="All day", **evening)
    night = {"starts": "2026-11-27T23:00", "ends": "2026-11-28T02:00"}
    await book(any_village, space="studio", title="Night", **night)
    asked = {"starts": "2026-11-28T10:00", "ends": "2026-11-28T12:00", "by_rules": True}
    wish = await book(any_village, title="Wish", party="choir", **asked)
    gone = await book(any_village, title="Gone", starts="2026-11-29T10:00", ends="2026-11-29T12:00")
    await act(any_village, gone, "cancel")
    found = await days(any_village, "2026-11-27", "2026-11-30")
    assert [*found] == ["2026-11-27", "2026-11-28", "2026-11-29"]
    friday, saturday, sunday = found.values()
    spaces = (await any_village.get(f"{API}/sites/{SITE}")).json()["spaces"]
    rooms = [each for each in spaces if each["kind"] == "room" and not each["parts"]]
    assert friday == {
        "day": "2026-11-27",
        "bookings": 2,
        "requests": 0,
        "share": round(1 / len(rooms), 3),
        "closed": "",
        "partly": False,
    }
    assert (saturday["bookings"], saturday["requests"]) == (1, 1)
    assert (saturday["share"] > 0) is (wish["status"] == "held")
    assert (sunday["bookings"], sunday["requests"], sunday["share"]) == (0, 0, 0)
    async with signed_in_as(any_app, any_village, "group_leader", party="yoga") as yoga:
        assert (await days(yoga, "2026-11-28", "2026-11-29"))["2026-11-28"]["requests"] == 0
    async with signed_in_as(any_app, any_village, "group_leader", party="choir") as choir:
        assert (await days(choir, "2026-11-28", "2026-11-29"))["2026-11-28"]["requests"] == 1


async def test_a_booking_of_a_whole_room_takes_its_parts_and_a_closed_day_says_why(village: httpx.AsyncClient) -> None:
    hall = {"name": "Hall", "capacity": 60, "doors": [], "parts": ["studio", "yard"]}
    assert (await village.put(f"{API}/sites/{SITE}/spaces/hall", json=hall)).is_success
    await book(village, space="yard", starts="2026-11-27T08:00", ends="2026-11-27T22:00")
    await book(village, space="hall", starts="2026-11-28T08:00", ends="2026-11-28T22:00")
    found = await days(village, "2026-11-27", "2026-11-29")
    assert [each["share"] for each in found.values()] == [0.5, 1.0]
    shut = {"reason": "floor sanding", "first": "2026-12-01", "last": "2026-12-01"}
    answer = await village.post(f"{API}/sites/{SITE}/closures", json=shut)
    assert answer.status_code == 201, answer.text
    assert "floor sanding" in (await days(village, "2026-12-01", "2026-12-02"))["2026-12-01"]["closed"]


async def test_a_day_that_is_closed_for_an_hour_is_partly_closed(village: httpx.AsyncClient) -> None:
    for shut in (
        {"reason": "fire drill", "starts": "2026-12-01T10:00", "ends": "2026-12-01T11:00"},
        {"reason": "paint", "first": "2026-12-02", "last": "2026-12-02"},
    ):
        assert (await village.post(f"{API}/sites/{SITE}/closures", json=shut)).status_code == 201
    found = await days(village, "2026-12-01", "2026-12-03")
    assert [(bool(each["closed"]), each["partly"]) for each in found.values()] == [(True, True), (True, False)]


async def test_rooms_that_cannot_be_booked_do_not_count_as_empty(village: httpx.AsyncClient) -> None:
    spaces = (await village.get(f"{API}/sites/{SITE}")).json()["spaces"]
    rooms = [each["id"] for each in spaces if each["kind"] == "room" and each["id"] != "studio"]
    for room in rooms:
        body = {"name": room.title(), "bookable": False}
        assert (await village.put(f"{API}/sites/{SITE}/spaces/{room}", json=body)).is_success
    await book(village, space="studio", starts="2026-11-27T08:00", ends="2026-11-27T22:00")
    assert (await days(village, "2026-11-27", "2026-11-28"))["2026-11-27"]["share"] == 1.0


async def test_more_than_62_days_are_refused(village: httpx.AsyncClient) -> None:
    answer = await village.get(f"{API}/sites/{SITE}/diary", params={"from": "2026-11-01", "to": "2027-02-01"})
    assert answer.status_code == 422
