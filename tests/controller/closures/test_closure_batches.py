"""Closing with decisions: what it would affect with proposals, carrying them out, and undoing all of it."""

from datetime import datetime, timedelta
from typing import Any

import httpx
import pytest

from tests.controller.clock import ManualClock
from tests.controller.village import API, SITE, Json, act, book, change, code_of, look

ROOT = f"{API}/sites/{SITE}"
FLOOR: dict[str, Any] = {"reason": "floor sanding", "spaces": ["hall"], "first": "2026-12-10", "last": "2026-12-11"}
EVENING: dict[str, Any] = {"starts": "2026-12-10T18:00", "ends": "2026-12-10T20:00"}
LATER = {"site": SITE, "space": "hall", "starts": "2026-12-17T18:00", "ends": "2026-12-17T20:00"}


async def preview(client: httpx.AsyncClient, body: Json, **query: str | int) -> Json:
    answer = await client.post(f"{ROOT}/closure-batches/preview", json=body, params=query)
    assert answer.status_code == 200, answer.text
    found: Json = answer.json()
    return found


async def carry_out(client: httpx.AsyncClient, body: Json, *decisions: Json, status: int = 201) -> Json:
    answer = await client.post(f"{ROOT}/closure-batches", json=body | {"decisions": list(decisions)})
    assert answer.status_code == status, answer.text
    found: Json = answer.json()
    return found


async def undo(client: httpx.AsyncClient, batch: Json, status: int = 200) -> Json:
    answer = await client.post(f"{ROOT}/closure-batches/{batch['id']}/undo")
    assert answer.status_code == status, answer.text
    found: Json = answer.json()
    return found


async def listed(client: httpx.AsyncClient, path: str) -> list[Json]:
    answer = await client.get(f"{ROOT}/{path}")
    assert answer.status_code == 200, answer.text
    items: list[Json] = answer.json()["items"]
    return items


def moved(booking: Json, **to: object) -> Json:
    return {"booking": booking["id"], "decision": "move", "target": LATER | to, "version": booking["version"]}


def cancelled(booking: Json) -> Json:
    return {"booking": booking["id"], "decision": "cancel", "version": booking["version"]}


async def test_a_preview_has_every_booking_with_what_would_fit_while_it_is_closed(village: httpx.AsyncClient) -> None:
    choir = await book(village, title="Choir", people=20, **EVENING)
    await book(village, title="Other", starts="2026-12-09T18:00", ends="2026-12-09T20:00")
    found = await preview(village, FLOOR)
    assert (found["count"], found["next"]) == (1, None)
    [hit] = found["items"]
    assert hit["booking"]["id"] == choir["id"]
    assert "floor sanding" in hit["reasons"][0]
    spots = [(each["space"], each["starts"]) for each in hit["proposals"]]
    assert ("yard", "2026-12-10T18:00:00+00:00") in spots
    assert all(not ("2026-12-10" <= starts < "2026-12-12") for space, starts in spots if space == "hall")
    assert any(space == "hall" for space, _ in spots)
    assert await listed(village, "closures") == []


async def test_a_preview_comes_in_pages(village: httpx.AsyncClient) -> None:
    for hour in (9, 11, 13):
        await book(village, title=f"At {hour}", starts=f"2026-12-10T{hour:02}:00", ends=f"2026-12-10T{hour + 1}:00")
    first = await preview(village, FLOOR, limit=2)
    rest = await preview(village, FLOOR, limit=2, after=first["next"])
    assert [each["booking"]["title"] for each in first["items"] + rest["items"]] == ["At 9", "At 11", "At 13"]
    assert (first["count"], rest["next"]) == (3, None)


async def test_a_page_goes_on_where_the_last_ended_when_that_booking_is_gone(village: httpx.AsyncClient) -> None:
    made = [
        await book(village, title=f"At {hour}", starts=f"2026-12-10T{hour:02}:00", ends=f"2026-12-10T{hour + 1}:00")
        for hour in (9, 11, 13)
    ]
    first = await preview(village, FLOOR, limit=2)
    await act(village, made[1], "cancel")
    rest = await preview(village, FLOOR, limit=2, after=first["next"])
    assert [each["booking"]["title"] for each in rest["items"]] == ["At 13"]
    answer = await village.post(f"{ROOT}/closure-batches/preview", json=FLOOR, params={"after": made[0]["id"]})
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "after")


async def test_a_shut_door_affects_whom_it_keeps_out_and_names_the_other_way_in(village: httpx.AsyncClient) -> None:
    door = {"reason": "new lock", "door": "front-door", "first": "2026-12-10", "last": "2026-12-10"}
    await book(village, title="Choir", **EVENING)
    await book(village, title="Yoga", space="studio", **EVENING)
    await book(village, title="Bowls", space="yard", **EVENING)
    choir, yoga = sorted((await preview(village, door))["items"], key=lambda each: each["booking"]["title"])
    assert choir["reasons"] == ["Front door is shut then; the way in is Side door"]
    assert choir["proposals"] == []
    assert yoga["reasons"] == ["Front door, its only door, is shut then"]
    assert {each["space"] for each in yoga["proposals"]} >= {"studio"}
    done = await carry_out(village, door)
    [override] = (await village.get(f"{ROOT}/overrides")).json()["items"]
    assert (override["id"], override["kind"], override["stands"]) == (done["override"], "out_of_service", True)
    await undo(village, done)
    assert not any(each["stands"] for each in (await village.get(f"{ROOT}/overrides")).json()["items"])


@pytest.mark.parametrize("kind", ["out_of_service", "lock_down"])
async def test_a_door_that_is_shut_already_is_no_way_in(village: httpx.AsyncClient, kind: str) -> None:
    today = {"starts": "2026-11-26T18:00", "ends": "2026-11-26T20:00"}
    door = {"reason": "new lock", "door": "front-door", "first": "2026-11-26", "last": "2026-11-26"}
    await book(village, title="Choir", **today)
    await book(village, title="Quiz", starts="2026-11-26T20:00", ends="2026-11-26T22:00")
    order = {"kind": kind, "doors": ["side-door"], "reason": "glass", "ends": "2026-11-26T19:00"}
    answer = await village.post(f"{ROOT}/overrides", json=order)
    assert answer.is_success, answer.text
    choir, quiz = (await preview(village, door))["items"]
    assert choir["reasons"] == ["Front door is shut then, and Side door is shut for some or all of it"]
    assert {each["space"] for each in choir["proposals"]} == {"hall", "yard"}
    at = [each["starts"] for each in choir["proposals"] if each["space"] == "hall"]
    assert not any("2026-11-26" <= starts < "2026-11-26T19:00" for starts in at)
    assert quiz["reasons"] == ["Front door is shut then; the way in is Side door"]
    replacing = door | {"door": "side-door", "replaces": answer.json()["id"]}
    assert [each["reasons"] for each in (await preview(village, replacing))["items"]] == [
        ["Side door is shut then; the way in is Front door"]
    ] * 2


async def test_bookings_with_no_way_in_are_listed_with_their_door_until_they_are_moved(
    village: httpx.AsyncClient,
) -> None:
    await book(village, title="Choir", **EVENING)
    yoga = await book(village, title="Yoga", space="studio", **EVENING)
    await book(village, title="Later", space="studio", starts="2026-12-11T18:00", ends="2026-12-11T20:00")
    door = {"reason": "new lock", "door": "front-door", "first": "2026-12-10", "last": "2026-12-10"}
    done = await carry_out(village, door)

    async def shut() -> list[tuple[str, int, list[str]]]:
        found = (await village.get(f"{ROOT}/closure-batches")).json()["shut_doors"]
        return [(each["override"], each["count"], [one["title"] for one in each["bookings"]]) for each in found]

    assert await shut() == [(done["override"], 1, ["Yoga"])]
    await act(village, yoga, "cancel")
    assert await shut() == []
    side = await carry_out(village, door | {"door": "side-door"})
    both = [(each["override"], 1, ["Choir"]) for each in (done, side)]
    assert sorted(await shut()) == sorted(both)
    await undo(village, side)
    assert await shut() == []


async def test_no_room_behind_a_shut_door_is_proposed_for_a_closed_one(village: httpx.AsyncClient) -> None:
    choir = await book(village, title="Choir", people=20, **EVENING)
    closed = FLOOR | {"first": "2026-12-10", "last": "2026-12-10"}

    async def spaces() -> set[str]:
        [hit] = (await preview(village, closed))["items"]
        assert hit["booking"]["id"] == choir["id"]
        return {each["space"] for each in hit["proposals"] if each["starts"].startswith("2026-12-10")}

    assert "studio" in await spaces()
    await carry_out(village, {"reason": "lock", "door": "front-door", "first": "2026-12-10", "last": "2026-12-10"})
    assert await spaces() == {"yard"}


async def test_all_is_carried_out_and_undone_with_the_same_codes(any_village: httpx.AsyncClient) -> None:
    choir, yoga = (
        await book(any_village, title="Choir", **EVENING),
        await book(any_village, title="Yoga", starts="2026-12-11T09:00", ends="2026-12-11T10:00"),
    )
    kept = await book(any_village, title="Panto", starts="2026-12-11T18:00", ends="2026-12-11T20:00")
    left = await book(any_village, title="Quiz", starts="2026-12-11T20:00", ends="2026-12-11T22:00")
    codes = [await code_of(any_village, each) for each in (choir, yoga, kept)]
    done = await carry_out(
        any_village, FLOOR, moved(choir), cancelled(yoga), {"booking": kept["id"], "decision": "keep"}
    )
    assert (done["moved"], done["cancelled"], done["refused"]) == (1, 1, [])
    assert (await look(any_village, choir))["starts"] == "2026-12-17T18:00:00+00:00"
    assert (await look(any_village, yoga))["status"] == "cancelled"
    assert [each["id"] for each in await listed(any_village, "affected-bookings")] == [left["id"]]
    assert [each["id"] for each in await listed(any_village, "closures")] == [done["closure"]]
    assert [each["id"] for each in await listed(any_village, "closure-batches")] == [done["id"]]
    back = await undo(any_village, done)
    assert (back["refused"], back["undone_at"] is not None) == ([], True)
    for booking, code in zip((choir, yoga, kept), codes, strict=True):
        now = await look(any_village, booking)
        assert (now["starts"], now["status"], now["affected_by"]) == (booking["starts"], "confirmed", [])
        assert await code_of(any_village, booking) == code
    assert await listed(any_village, "closures") == []
    assert await listed(any_village, "closure-batches") == []
    again = await undo(any_village, done)
    assert again["done"] == []


async def test_a_booking_that_cannot_be_moved_stays_and_the_others_are_moved(village: httpx.AsyncClient) -> None:
    choir = await book(village, title="Choir", **EVENING)
    yoga = await book(village, title="Yoga", starts="2026-12-11T18:00", ends="2026-12-11T20:00")
    done = await carry_out(village, FLOOR, moved(choir), moved(yoga))
    [refused] = done["refused"]
    assert (refused["id"], refused["reasons"][0]["kind"]) == (yoga["id"], "clash")
    assert [each["id"] for each in await listed(village, "affected-bookings")] == [yoga["id"]]


async def test_a_booking_that_was_changed_meanwhile_is_not_decided_on(village: httpx.AsyncClient) -> None:
    choir = await book(village, title="Choir", **EVENING)
    await change(village, choir, title="Big choir")
    done = await carry_out(village, FLOOR, cancelled(choir))
    assert "look at it again" in done["refused"][0]["detail"]
    assert (await look(village, choir))["status"] == "confirmed"


async def test_undo_leaves_what_somebody_has_changed_since_and_can_be_tried_again(village: httpx.AsyncClient) -> None:
    choir, yoga = (
        await book(village, title="Choir", **EVENING),
        await book(village, title="Yoga", starts="2026-12-11T09:00", ends="2026-12-11T10:00"),
    )
    done = await carry_out(village, FLOOR, moved(choir), cancelled(yoga))
    now = await look(village, choir)
    await change(village, now, starts="2026-12-18T18:00", ends="2026-12-18T20:00")
    back = await undo(village, done)
    assert [each["id"] for each in back["refused"]] == [choir["id"]]
    assert "changed since" in back["refused"][0]["detail"]
    assert (await look(village, yoga))["status"] == "confirmed"
    await change(village, choir, starts=choir["starts"], ends=choir["ends"])
    assert (await undo(village, done))["undone_at"] is not None


async def test_it_can_be_undone_for_an_hour_and_no_longer(village: httpx.AsyncClient, clock: ManualClock) -> None:
    done = await carry_out(village, FLOOR)
    clock.advance(hours=1)
    assert await listed(village, "closure-batches") == []
    refused = await undo(village, done, 409)
    assert refused["type"].endswith(":too-late")


@pytest.mark.cases_full
async def test_a_booking_goes_to_another_site_and_comes_back(village: httpx.AsyncClient) -> None:
    await village.put(f"{API}/sites/march", json={"name": "March Hall", "zone": "Europe/London"})
    await village.put(f"{API}/sites/march/spaces/hall", json={"name": "Hall", "capacity": 60, "doors": []})
    choir = await book(village, title="Choir", **EVENING)
    to = LATER | {"site": "march", "starts": EVENING["starts"], "ends": EVENING["ends"]}
    done = await carry_out(village, FLOOR, {"booking": choir["id"], "decision": "rebook", "target": to})
    there = (await village.get(f"{API}/sites/march/bookings?from=2026-12-10&to=2026-12-11")).json()["items"]
    assert [(each["title"], each["status"]) for each in there] == [("Choir", "confirmed")]
    was = await look(village, choir)
    assert (was["status"], "Hall at March Hall" in was["why"]) == ("cancelled", True)
    await undo(village, done)
    assert (await look(village, there[0]))["status"] == "cancelled"
    assert (await look(village, choir))["status"] == "confirmed"


async def test_a_closure_is_changed_and_the_change_undone(village: httpx.AsyncClient) -> None:
    choir = await book(village, title="Choir", **EVENING)
    first = await carry_out(village, FLOOR)
    later = FLOOR | {"first": "2026-12-11", "last": "2026-12-12", "replaces": first["closure"]}
    assert (await preview(village, later))["count"] == 0
    same = FLOOR | {"replaces": first["closure"]}
    assert [each["booking"]["id"] for each in (await preview(village, same))["items"]] == [choir["id"]]
    changed = await carry_out(village, later)
    [closure] = await listed(village, "closures")
    assert (closure["id"], closure["first"]) == (first["closure"], "2026-12-11")
    assert (await look(village, choir))["affected_by"] == []
    await undo(village, changed)
    [closure] = await listed(village, "closures")
    assert (closure["first"], closure["last"]) == ("2026-12-10", "2026-12-11")
    assert [each["id"] for each in await listed(village, "affected-bookings")] == [choir["id"]]


async def test_the_times_of_a_shut_door_are_changed_and_the_change_undone(village: httpx.AsyncClient) -> None:
    door = {"reason": "new lock", "door": "front-door", "starts": "2026-12-10T09:00", "ends": "2026-12-10T12:00"}
    first = await carry_out(village, door)
    changed = await carry_out(village, door | {"ends": "2026-12-10T15:00", "replaces": first["override"]})

    async def shut() -> list[str]:
        return [each["ends"][11:16] for each in await listed(village, "overrides") if each["stands"]]

    assert await shut() == ["15:00"]
    await undo(village, changed)
    assert await shut() == ["12:00"]


async def test_who_gives_up_time_for_a_closure_pays_nothing_and_all_again_when_it_is_undone(
    village: httpx.AsyncClient,
) -> None:
    rule = {"name": "usual", "steps": [], "late_percent": 50, "no_show_percent": 100, "released_percent": 100}
    rates = [{"name": "Hall", "spaces": ["hall"], "per_hour_pence": 1200}]
    answer = await village.put(f"{ROOT}/tariffs", json={"rates": rates, "cancelling": [rule], "version": 0})
    assert answer.is_success, answer.text
    choir = await book(village, title="Choir", **EVENING)
    yoga = await book(village, title="Yoga", starts="2026-12-11T09:00", ends="2026-12-11T10:00")

    async def owed(booking: Json) -> int:
        pence: int = (await village.get(f"{API}/bookings/{booking['id']}/quote")).json()["total_pence"]
        return pence

    assert [await owed(choir), await owed(yoga)] == [2400, 1200]
    done = await carry_out(village, FLOOR, moved(choir), cancelled(yoga))
    assert [await owed(choir), await owed(yoga)] == [2400, 0]
    await undo(village, done)
    assert [await owed(choir), await owed(yoga)] == [2400, 1200]


@pytest.mark.parametrize(
    ("day", "first", "end"),
    [
        ("2027-03-28", "2027-03-28T00:00:00+00:00", "2027-03-29T00:00:00+01:00"),
        ("2027-10-31", "2027-10-31T00:00:00+01:00", "2027-11-01T00:00:00+00:00"),
    ],
)
async def test_a_day_on_which_the_clocks_change_is_closed_as_a_whole_and_a_move_keeps_its_wall_time(
    village: httpx.AsyncClient, day: str, first: str, end: str
) -> None:
    late = await book(village, title="Late", starts=f"{day}T23:00", ends=f"{day}T23:59")
    night = await book(village, title="Night", starts=f"{day}T00:00", ends=f"{day}T03:30")
    closure = {"reason": "works", "first": day, "last": day}
    assert (await preview(village, closure))["count"] == 2
    after = (datetime.fromisoformat(day) + timedelta(days=7)).date().isoformat()
    done = await carry_out(village, closure, moved(night, starts=f"{after}T00:00", ends=f"{after}T03:30"))
    [shut] = await listed(village, "closures")
    assert (shut["starts"], shut["ends"]) == (first, end)
    assert (await look(village, night))["starts"].startswith(f"{after}T00:00")
    assert [each["id"] for each in await listed(village, "affected-bookings")] == [late["id"]]
    await undo(village, done)
    back = await look(village, night)
    assert (back["starts"], back["ends"]) == (night["starts"], night["ends"])


async def test_a_decision_says_where_to_and_a_door_is_no_space(village: httpx.AsyncClient) -> None:
    choir = await book(village, title="Choir", **EVENING)
    bad = await carry_out(village, FLOOR, {"booking": choir["id"], "decision": "move"}, status=422)
    assert "need it" in bad["errors"][0]["message"]
    await carry_out(village, FLOOR | {"door": "front-door"}, status=422)
    await carry_out(village, FLOOR, cancelled(choir), cancelled(choir), status=422)
    await act(village, choir, "cancel")
