"""What a closure, a policy or a change of the building does to bookings that stand: told, and a work list."""

from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from controller.app.container import Container
from tests.controller.access.test_door_page import see
from tests.controller.clock import ManualClock
from tests.controller.hours.test_changing import CHRISTMAS, OPEN, close, put, story
from tests.controller.records.audit.reading import rows_of
from tests.controller.village import API, SITE, Json, act, book, change, look

ROOT = f"{API}/sites/{SITE}"
WHY = "Ramsey Hub is closed Thu 24 Dec to Sun 27 Dec: Christmas"
EVENING: dict[str, Any] = {"starts": "2026-12-24T18:00", "ends": "2026-12-24T20:00"}


async def affected(client: httpx.AsyncClient, **query: str) -> list[Json]:
    answer = await client.get(f"{ROOT}/affected-bookings", params=query)
    assert answer.status_code == 200, answer.text
    items: list[Json] = answer.json()["items"]
    return items


async def decide(client: httpx.AsyncClient, what: str, status: int = 200, **body: object) -> Json:
    answer = await client.post(f"{ROOT}/affected-bookings/{what}", json=body)
    assert answer.status_code == status, answer.text
    found: Json = answer.json()
    return found


async def shut(client: httpx.AsyncClient) -> Json:
    return await close(client, CHRISTMAS, anyway="true")


async def test_a_booking_in_a_closure_says_so_in_answer_list_and_message(
    any_village: httpx.AsyncClient,
) -> None:
    carols = await book(any_village, title="Carols", **EVENING)
    other = await book(any_village, title="Other")
    await shut(any_village)
    found = await look(any_village, carols)
    assert [(each["cause"], each["text"], each["kept_at"]) for each in found["affected_by"]] == [("closed", WHY, None)]
    assert f"{WHY}. Ask us before you come." in found["message"]
    listed = (await any_village.get(f"{ROOT}/bookings?from=2026-12-24&to=2026-12-25")).json()["items"]
    assert listed[0]["affected_by"] == found["affected_by"]
    assert (await look(any_village, other))["affected_by"] == []
    assert [each["id"] for each in await affected(any_village)] == [carols["id"]]


async def test_the_door_page_tells_of_the_closure_and_that_the_booking_goes_ahead(
    village: httpx.AsyncClient, app: FastAPI
) -> None:
    carols = await book(village, title="Carols", **EVENING)
    await shut(village)
    assert f"{WHY}. Ask us before you come." in await see(app, carols)
    await decide(village, "keep", bookings=[carols["id"]])
    assert f"{WHY}. Your booking goes ahead anyway." in await see(app, carols)


async def test_a_booking_kept_anyway_leaves_the_list_and_says_so(
    any_village: httpx.AsyncClient, any_container: Container
) -> None:
    carols = await book(any_village, title="Carols", **EVENING)
    await shut(any_village)
    done = await decide(any_village, "keep", bookings=[carols["id"]], reason="the caretaker comes in")
    assert (done["refused"], done["left"]) == ([], 0)
    [impact] = done["done"][0]["affected_by"]
    assert (impact["kept_by"], impact["kept_at"]) == ("Una Porter", "2026-11-25T12:00:00+00:00")
    assert "Your booking goes ahead anyway." in (await look(any_village, carols))["message"]
    assert await affected(any_village) == []
    assert [each["id"] for each in await affected(any_village, kept="true")] == [carols["id"]]
    line = (await story(any_village, carols))[-1]
    assert (line["what"], line["reason"]) == ("keep", f"the caretaker comes in; {WHY}")
    row = next(each for each in await rows_of(any_container.database) if each["act"] == "keep")
    assert row["personal"]["why"] == "the caretaker comes in"
    assert row["changes"] == {"kept_despite": [None, ["closed"]]}
    again = await decide(any_village, "keep", bookings=[carols["id"]], kept=False)
    assert again["left"] == 1
    assert "Ask us before you come." in (await look(any_village, carols))["message"]


@pytest.mark.both_databases
async def test_kept_bookings_return_to_the_list_together(any_village: httpx.AsyncClient) -> None:
    carols = await book(any_village, title="Carols", **EVENING)
    await shut(any_village)
    await decide(any_village, "keep", all=True)
    again = await decide(any_village, "keep", all=True, kept=False)
    assert ([each["id"] for each in again["done"]], again["left"]) == ([carols["id"]], 1)


async def test_only_the_causes_that_are_named_are_kept(any_village: httpx.AsyncClient) -> None:
    carols = await book(any_village, title="Carols", people=50, **EVENING)
    await shut(any_village)
    hall = {"name": "Hall", "capacity": 40, "doors": ["front-door", "side-door"]}
    await put(any_village, "spaces/hall", hall, anyway="true")
    assert {each["cause"] for each in (await look(any_village, carols))["affected_by"]} == {"closed", "building"}
    done = await decide(any_village, "keep", all=True, causes=["closed"])
    kept = {each["cause"]: each["kept_at"] is not None for each in done["done"][0]["affected_by"]}
    assert (kept, done["left"]) == ({"closed": True, "building": False}, 1)


async def test_all_are_moved_a_week_on_and_the_one_that_clashes_is_named(any_village: httpx.AsyncClient) -> None:
    carols = await book(any_village, title="Carols", **EVENING)
    yoga = await book(any_village, title="Yoga", space="yard", starts="2026-12-26T09:00", ends="2026-12-26T10:00")
    await book(any_village, title="Panto", starts="2026-12-31T18:00", ends="2026-12-31T20:00")
    await shut(any_village)
    done = await decide(any_village, "move", all=True, days=7)
    assert [(each["id"], each["starts"]) for each in done["done"]] == [(yoga["id"], "2027-01-02T09:00:00+00:00")]
    [refused] = done["refused"]
    assert (refused["id"], refused["reasons"][0]["kind"]) == (carols["id"], "clash")
    assert "Panto" in refused["detail"]
    assert done["left"] == 1
    assert (await look(any_village, yoga))["affected_by"] == []
    moved = await decide(any_village, "move", bookings=[carols["id"]], space="yard", days=7)
    assert (moved["done"][0]["space"], moved["left"]) == ("yard", 0)


async def test_a_move_by_days_keeps_the_wall_time_over_the_clock_change(village: httpx.AsyncClient) -> None:
    early = {"starts": "2027-03-27T09:00", "ends": "2027-03-27T10:00"}
    made = await book(village, **early)
    await close(village, {"reason": "boiler", "first": "2027-03-27", "last": "2027-03-27"}, anyway="true")
    done = await decide(village, "move", all=True, days=1)
    assert done["done"][0]["starts"] == "2027-03-28T09:00:00+01:00"
    assert made["starts"] == "2027-03-27T09:00:00+00:00"


@pytest.mark.both_databases
async def test_all_are_cancelled(any_village: httpx.AsyncClient) -> None:
    carols = await book(any_village, title="Carols", **EVENING)
    await shut(any_village)
    done = await decide(any_village, "cancel", all=True, causes=["closed"], reason="we are closed")
    assert [(each["id"], each["status"]) for each in done["done"]] == [(carols["id"], "cancelled")]
    assert done["left"] == 0
    assert (await look(any_village, carols))["affected_by"] == []


async def test_a_booking_that_moves_out_of_the_closure_is_affected_no_longer(any_village: httpx.AsyncClient) -> None:
    carols = await book(any_village, title="Carols", **EVENING)
    await shut(any_village)
    shorter = await change(any_village, carols, ends="2026-12-24T19:00")
    assert [each["cause"] for each in shorter["affected_by"]] == ["closed"]
    moved = await change(any_village, carols, starts="2026-12-29T18:00", ends="2026-12-29T19:00")
    assert moved["affected_by"] == []
    assert "closed" not in moved["message"]


async def test_reopening_sets_the_bookings_right_unless_another_closure_meets_them(
    any_village: httpx.AsyncClient,
) -> None:
    carols = await book(any_village, title="Carols", **EVENING)
    christmas = await shut(any_village)
    boiler = await close(any_village, CHRISTMAS | {"reason": "boiler"})
    await any_village.delete(f"{ROOT}/closures/{christmas['id']}")
    [left] = await affected(any_village)
    assert left["id"] == carols["id"]
    assert "boiler" in left["affected_by"][0]["text"]
    assert "Christmas" not in left["affected_by"][0]["text"] + left["message"]
    await any_village.delete(f"{ROOT}/closures/{boiler['id']}")
    assert await affected(any_village) == []
    line = (await story(any_village, carols))[-1]
    assert (line["what"], line["reason"]) == ("hours", "it could be booked at that time again")


async def test_shorter_hours_mark_bookings_and_longer_ones_unmark_them(any_village: httpx.AsyncClient) -> None:
    await put(any_village, "hours", OPEN)
    evening = await book(any_village, space="yard")
    early = OPEN | {"pattern": [each | {"closes": "19:00"} for each in OPEN["pattern"]]}
    await put(any_village, "hours", early, anyway="true")
    [found] = await affected(any_village, cause="mode")
    assert found["id"] == evening["id"]
    assert await affected(any_village, cause="closed") == []
    assert "closed" not in found["message"], "the code works in any mode"
    await put(any_village, "hours", OPEN)
    assert await affected(any_village) == []


async def test_bookings_beyond_a_new_quota_are_listed_until_they_fit(
    any_village: httpx.AsyncClient,
) -> None:
    party = {"name": "Ramsey Choir", "kind": "group", "tier": "community"}
    assert (await any_village.put(f"{API}/parties/choir", json=party)).is_success
    made = [
        await book(any_village, party="choir", starts=f"2026-12-0{day}T18:00", ends=f"2026-12-0{day}T20:00")
        for day in (1, 2)
    ]
    quota = {"name": "Fair use", "per": "month", "most_bookings": 1}
    await put(any_village, "policy", {"quotas": [quota]})
    found = await affected(any_village, cause="policy")
    assert [each["id"] for each in found] == [each["id"] for each in made]
    assert "“Fair use” would allow 1 booking" in found[0]["affected_by"][0]["text"]
    assert "Fair use" not in found[0]["message"]
    await put(any_village, "policy", {"quotas": [quota], "offer_hours": 12})
    assert len(await affected(any_village)) == 2
    await put(any_village, "policy", {"quotas": [quota | {"most_bookings": 2}]})
    assert await affected(any_village) == []


async def test_a_smaller_hall_names_bookings_that_expect_more_people(any_village: httpx.AsyncClient) -> None:
    made = await book(any_village, people=50)
    hall = {"name": "Hall", "capacity": 40, "doors": ["front-door", "side-door"]}
    await put(any_village, "spaces/hall", hall)
    [found] = await affected(any_village, cause="building")
    assert found["id"] == made["id"]
    assert found["affected_by"][0]["text"] == "50 people are more than Hall holds (40)"
    await put(any_village, "spaces/hall", hall | {"capacity": 60})
    assert await affected(any_village) == []


async def test_divided_spaces_with_too_little_time_between_name_both(any_village: httpx.AsyncClient) -> None:
    first = await book(any_village, space="yard")
    second = await book(any_village, space="yard", starts="2026-11-26T20:10", ends="2026-11-26T21:00")
    await put(any_village, "spaces/yard", {"name": "Yard", "doors": [], "setup_min": 30})
    found = await affected(any_village, cause="building")
    assert [each["id"] for each in found] == [first["id"], second["id"]]
    assert "there should be 30 minutes between it and" in found[1]["affected_by"][0]["text"]


async def test_bookings_that_a_check_names_can_be_decided_on_before_the_change(any_village: httpx.AsyncClient) -> None:
    carols = await book(any_village, title="Carols", **EVENING)
    told = await close(any_village, CHRISTMAS, 200, check="true")
    ids = [each["booking"]["id"] for each in told["bookings"]]
    refused = await decide(any_village, "keep", bookings=ids)
    assert "nothing affects “Carols”" in refused["refused"][0]["detail"]
    await decide(any_village, "move", bookings=ids, days=14)
    assert (await look(any_village, carols))["starts"] == "2027-01-07T18:00:00+00:00"
    await close(any_village, CHRISTMAS)
    assert await affected(any_village) == []


async def test_bookings_that_are_over_or_at_another_site_are_not_decided(
    village: httpx.AsyncClient, clock: ManualClock
) -> None:
    await village.put(f"{API}/sites/march", json={"name": "March Hub", "zone": "Europe/London"})
    choir = await book(village)
    await close(village, {"reason": "boiler", "first": "2026-11-26", "last": "2026-11-26"}, anyway="true")
    strange = "0193e0a0-0000-7000-8000-000000000000"
    done = await decide(village, "cancel", bookings=[strange])
    assert [each["id"] for each in done["refused"]] == [strange]
    elsewhere = await village.post(f"{API}/sites/march/affected-bookings/cancel", json={"bookings": [choir["id"]]})
    assert [each["id"] for each in elsewhere.json()["refused"]] == [choir["id"]]
    assert (await look(village, choir))["status"] == "confirmed"
    assert len(await affected(village)) == 1
    clock.advance(hours=33)
    assert await affected(village) == []


@pytest.mark.parametrize(
    ("what", "body", "field"),
    [
        ("keep", {}, "either the ids of bookings, or all"),
        ("keep", {"all": True, "bookings": ["0193e0a0-0000-7000-8000-000000000000"]}, "either the ids"),
        ("move", {"all": True}, "give a space, or days"),
        ("cancel", {"all": True, "causes": ["rain"]}, "causes"),
    ],
)
async def test_a_decision_says_on_what_and_where_to(
    village: httpx.AsyncClient, what: str, body: Json, field: str
) -> None:
    assert field in (await decide(village, what, 422, **body))["detail"]


async def test_a_kept_booking_is_open_again_when_another_closure_meets_it(any_village: httpx.AsyncClient) -> None:
    carols = await book(any_village, title="Carols", **EVENING)
    made = await shut(any_village)
    await decide(any_village, "keep", all=True)
    await any_village.delete(f"{ROOT}/closures/{made['id']}")
    await close(any_village, CHRISTMAS | {"reason": "flood"}, anyway="true")
    [found] = await affected(any_village)
    assert (found["id"], found["affected_by"][0]["kept_at"]) == (carols["id"], None)
    await act(any_village, carols, "cancel")
    assert await affected(any_village) == []
