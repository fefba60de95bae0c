"""Where a wish without a space, or a whole series, can be had."""

from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from controller.app.container import Container
from controller.bookings.diary.policy import Policy, Quota, QuotaPeriod
from tests.controller.bookings.policing import put_policy
from tests.controller.find.county import Json, answered, book, build, post
from tests.controller.signin.signing import put_party, signed_in_as
from tests.controller.village import API

EVENING: dict[str, Any] = {"starts": "2026-11-26T18:00", "ends": "2026-11-26T20:00", "people": 10}
MONDAYS: dict[str, Any] = {"first_starts": "2026-11-30T18:00", "first_ends": "2026-11-30T20:00", "weeks": 12}


@pytest.fixture
async def hub(client: httpx.AsyncClient, container: Container) -> httpx.AsyncClient:
    await build(container)
    return client


async def find(client: httpx.AsyncClient, **wish: Any) -> Json:
    return await post(client, "/find", **EVENING | wish)


async def find_series(client: httpx.AsyncClient, **wish: Any) -> Json:
    return await post(client, "/find/series", **MONDAYS | wish)


def where(found: Json) -> list[tuple[str, str]]:
    return [(each["site"], each["space"]) for each in found["items"]]


async def test_the_nearest_room_that_is_not_too_big_comes_first(
    client: httpx.AsyncClient, container: Container
) -> None:
    await build(container)
    found = await find(client, people=30, step_free=True, near="hub", within_miles=20)
    assert (found["sites"], found["spaces"], found["why"]) == (3, 2, "")
    assert [each["text"] for each in found["items"]] == [
        "Room at Warboys Hub, 3.2 miles away, at the time asked for: Thu 26 Nov, 18:00 to 20:00; holds 40, step-free",
        "Hall at Huntingdon Hub, 8.7 miles away, at the time asked for: Thu 26 Nov, 18:00 to 20:00; holds 300, "
        "step-free",
    ]
    assert [each["how"] for each in found["items"]] == ["same", "same"]


async def test_what_is_at_the_place_itself_is_not_called_away(hub: httpx.AsyncClient) -> None:
    texts = [each["text"] for each in (await find(hub, near="hub", sites=["hub", "huntingdon"], limit=50))["items"]]
    assert any("at Huntingdon Hub, 8.7 miles away" in each for each in texts)
    here = [each for each in texts if "Huntingdon" not in each]
    assert here
    assert not any("away" in each for each in here)


async def test_rooms_are_found_for_a_meeting_and_desks_when_they_are_asked_for(hub: httpx.AsyncClient) -> None:
    assert ("hub", "desks") not in where(await find(hub, limit=50))
    assert where(await find(hub, kind="pool", people=9)) == [("huntingdon", "desks")]
    assert where(await find(hub, kind="pool", people=None, seats=2, sites=["hub"])) == [("hub", "desks")]


async def test_another_time_is_found_as_far_as_it_may_be_moved(hub: httpx.AsyncClient) -> None:
    asked = {"people": 200, "step_free": True}
    await book(hub, "hall", "2026-11-26T17:00", "2026-11-26T19:00", site="huntingdon")
    found = await find(hub, **asked)
    assert (found["items"], found["why"]) == ([], "1 space would fit, and none is free then")
    [moved] = (await find(hub, **asked, move_min=60))["items"]
    assert moved["starts"] == "2026-11-26T19:00:00+00:00"
    assert "1 hour later" in moved["text"]
    [next_day] = (await find(hub, **asked, days=3))["items"]
    assert next_day["text"].startswith("Hall at Huntingdon Hub, the day after at the same time: Fri 27 Nov")


async def test_what_the_rules_forbid_is_not_proposed_and_the_reason_is_given(
    hub: httpx.AsyncClient, app: FastAPI, container: Container
) -> None:
    await put_policy(
        container, Policy(quotas=(Quota(name="One ahead", per=QuotaPeriod.AHEAD, most_bookings=1),)), site="warboys"
    )
    await put_party(hub, "choir")
    await book(hub, "room", "2026-11-30T18:00", "2026-11-30T20:00", site="warboys", party="choir")
    async with signed_in_as(app, hub, "group_leader", party="choir") as booker:
        found = await find(booker, sites=["warboys"])
        assert found["items"] == []
        assert found["why"].startswith("none can be booked then: “One ahead” allows 1 booking ahead at a time")
        refused = await booker.post(f"{API}/find", json=EVENING | {"party": "scouts"})
        assert refused.status_code == 403


WHY_NONE: list[tuple[Json, str]] = [
    (
        {"people": 10_000, "near": "huntingdon", "within_miles": 1},
        "no space within 1 mile holds 10,000; the largest, Hall, holds 300",
    ),
    (
        {"people": 10_000, "sites": ["huntingdon", "warboys"]},
        "no space at these sites holds 10,000; the largest, Hall at Huntingdon Hub, holds 300",
    ),
    ({"amenities": ["kiln"], "sites": ["warboys"]}, "no space here has kiln; there is “piano”"),
    ({"latitude": 0, "longitude": 0, "within_miles": 5}, "there is no site within 5 miles"),
]


async def test_where_nothing_fits_a_sentence_says_why(hub: httpx.AsyncClient) -> None:
    for wish, why in WHY_NONE:
        found = await find(hub, **wish)
        assert (found["items"], found["why"]) == ([], why)


NO_WISHES: list[tuple[Json, str]] = [
    ({"ends": "2026-11-26T17:00"}, "ends"),
    ({"ends": "2027-11-26T17:00"}, "ends"),
    ({"starts": "2026-11-20T18:00", "ends": "2026-11-20T20:00"}, "ends"),
    ({"starts": "2027-03-28T01:30", "ends": "2027-03-28T03:30"}, "starts"),
    ({"people": 0}, "people"),
    ({"days": 15}, "days"),
    ({"move_min": -1}, "move_min"),
    ({"within_miles": 0, "near": "hub"}, "within_miles"),
    ({"near": "atlantis"}, "near"),
    ({"sites": ["atlantis"]}, "sites"),
    ({"latitude": "52"}, "latitude"),
    ({"party": "nobody"}, "party"),
    ({"limit": 51}, "limit"),
    ({"amenities": ["x" * 10_000]}, "amenities.0"),
]


async def test_a_wish_that_is_none_names_its_field(hub: httpx.AsyncClient) -> None:
    for wish, field in NO_WISHES:
        refused = await post(hub, "/find", 422, **EVENING | wish)
        assert [each["field"] for each in refused["errors"]] == [field]


async def test_the_space_that_takes_most_of_a_series_comes_first_with_what_it_lacks(
    client: httpx.AsyncClient, container: Container
) -> None:
    await build(container)
    await book(client, "room", "2026-12-07T19:00", "2026-12-07T21:00", site="warboys", title="Quiz")
    asked = {"people": 30, "step_free": True, "near": "hub", "within_miles": 10}
    found = await find_series(client, **asked)
    assert where(found) == [("huntingdon", "hall"), ("warboys", "room")]
    hall, room = found["items"]
    assert (hall["text"], hall["missing"]) == (
        "Hall at Huntingdon Hub, 8.7 miles away, all 12 dates; holds 300, step-free",
        [],
    )
    assert room["text"] == "Room at Warboys Hub, 3.2 miles away, 11 of 12 dates; holds 40, step-free"
    [missing] = room["missing"]
    assert (missing["date"], missing["text"]) == (
        "2026-12-07",
        "Room is taken then: Quiz, Mon 7 Dec, 19:00 to 21:00",
    )
    assert [each["kind"] for each in missing["reasons"]] == ["clash"]


async def test_of_spaces_that_take_as_many_dates_the_nearest_comes_first(hub: httpx.AsyncClient) -> None:
    found = await find_series(hub, people=30, near="hub", within_miles=10, limit=50)
    assert [each["taken"] for each in found["items"]] == [12] * len(found["items"])
    miles = [each["miles"] for each in found["items"]]
    assert miles == sorted(miles)


async def test_any_rule_of_a_series_will_do_and_dates_left_out_are_named(hub: httpx.AsyncClient) -> None:
    found = await find_series(
        hub,
        weeks=None,
        rule="FREQ=WEEKLY;BYDAY=MO,FR;COUNT=10",
        skip_holidays=True,
        without=["2026-12-04"],
        sites=["warboys"],
    )
    assert [each["date"] for each in found["out"]] == ["2026-12-04", "2026-12-25", "2026-12-28", "2027-01-01"]
    [room] = found["items"]
    assert (room["dates"], room["taken"]) == (6, 6)


async def test_a_series_over_both_clock_changes_keeps_its_wall_time(hub: httpx.AsyncClient, clock: Any) -> None:
    clock.set(clock.now().replace(month=10, day=1))
    nights = {"first_starts": "2026-10-24T00:30", "first_ends": "2026-10-24T01:30"}
    found = await find_series(hub, **nights, weeks=None, rule="FREQ=DAILY;COUNT=160", sites=["warboys"])
    [room] = found["items"]
    assert (room["dates"], room["taken"]) == (160, 160)
    gap = {"first_starts": "2027-03-27T01:15", "first_ends": "2027-03-27T01:45"}
    assert answered(await hub.post(f"{API}/find/series", json=gap | {"weeks": 2}), 200)["items"]


async def test_a_quota_counts_the_dates_of_the_series_itself(
    hub: httpx.AsyncClient, app: FastAPI, container: Container
) -> None:
    await put_policy(
        container, Policy(quotas=(Quota(name="Five", per=QuotaPeriod.AHEAD, most_bookings=5),)), site="warboys"
    )
    await put_party(hub, "choir")
    async with signed_in_as(app, hub, "group_leader", party="choir") as booker:
        [room] = (await find_series(booker, sites=["warboys"]))["items"]
    assert (room["taken"], room["approval"], len(room["missing"])) == (5, 5, 7)


async def test_a_site_without_terms_costs_no_other_its_series_in_term_time(hub: httpx.AsyncClient) -> None:
    winter = {"id": "winter", "name": "Winter", "first": "2026-11-01", "last": "2026-12-12"}
    past = {"id": "summer", "name": "Summer", "first": "2026-06-01", "last": "2026-07-20"}
    for site, term in (("warboys", winter), ("huntingdon", past)):
        answered(await hub.put(f"{API}/sites/{site}/terms", json={"terms": [term]}), 200)
    found = await find_series(hub, term_only=True, sites=["warboys", "huntingdon", "hub"])
    assert [(each["site"], each["taken"]) for each in found["items"]] == [("warboys", 2)]
    assert found["sites"] == 1
    assert [(each["site"], each["text"]) for each in found["termless"]] == [
        ("hub", "Ramsey Hub has no school terms set"),
        ("huntingdon", "no date takes place in a school term of Huntingdon Hub"),
    ]
    refused = await post(hub, "/find/series", 422, **MONDAYS | {"term_only": True, "sites": ["huntingdon", "hub"]})
    assert refused["errors"] == [
        {
            "field": "term_only",
            "message": "Ramsey Hub has no school terms set; no date takes place in a school term of Huntingdon Hub; "
            "look without it",
        }
    ]


NO_SERIES: list[tuple[Json, str]] = [
    ({"first_ends": "2026-11-30T17:00"}, "first_ends"),
    ({"first_starts": "2026-11-30T18:00+00:00"}, "first_starts"),
    ({"first_starts": "2026-11-02T18:00", "first_ends": "2026-11-02T20:00"}, "first_starts"),
    ({"weeks": 0}, "weeks"),
    ({"weeks": 2, "rule": "FREQ=DAILY;COUNT=2"}, "body"),
    ({"weeks": None, "rule": "FREQ=SOMETIMES"}, "rule"),
    ({"weeks": None, "rule": "FREQ=SECONDLY;COUNT=1000000"}, "rule"),
    ({"weeks": None, "rule": "FREQ=YEARLY;COUNT=6"}, "rule"),
    ({"weeks": None, "rule": "FREQ=WEEKLY"}, "rule"),
    ({"weeks": 3, "term_only": True}, "term_only"),
]


async def test_a_series_that_is_none_names_its_field(hub: httpx.AsyncClient) -> None:
    for wish, field in NO_SERIES:
        refused = await post(hub, "/find/series", 422, **MONDAYS | wish)
        assert [each["field"] for each in refused["errors"]] == [field]


async def test_a_series_that_finds_nothing_says_why(hub: httpx.AsyncClient) -> None:
    found = await find_series(hub, people=10_000, sites=["huntingdon"])
    assert found["why"] == "no space here holds 10,000; the largest, Hall, holds 300"
    await book(hub, "room", "2026-11-30T12:00", "2026-12-30T12:00", site="warboys")
    found = await find_series(hub, weeks=3, sites=["warboys"])
    assert (found["items"], found["why"]) == ([], "1 space would fit, and none is free on any of the dates")
