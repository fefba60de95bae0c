"""Single bookings over HTTP: made, refused with the field and the limit, changed, cancelled, restored."""

import asyncio
from urllib.parse import unquote

import httpx
import pytest

from controller.app.container import Container
from tests.controller.clock import ManualClock
from tests.controller.running import USER
from tests.controller.village import (
    API,
    SITE,
    act,
    apply_plan,
    as_later,
    book,
    change,
    code_of,
    compile_plan,
    look,
    post,
    wanted,
)


async def test_a_booking_has_a_code_a_window_a_link_and_a_message(any_village: httpx.AsyncClient) -> None:
    made = await book(any_village, contact_name="Ann", people=40)
    assert made["starts"] == "2026-11-26T18:00:00+00:00"
    assert made["code_window"] == {"starts": "2026-11-26T17:45:00+00:00", "ends": "2026-11-26T20:15:00+00:00"}
    assert len(made["code"]) == 6
    assert made["code"][0] != "9"
    assert made["status"] == "confirmed"
    assert made["on_door"]["text"] == "waiting for Front door and Side door"
    assert made["actor"] == USER
    assert made["link"].startswith("http://hub.test/d/")
    assert f"{made['code'][:3]} {made['code'][3:]}" in made["message"]
    assert "Thu 26 Nov, 18:00 to 20:00" in made["message"]
    assert await look(any_village, made) == as_later(made)


async def test_a_space_without_doors_needs_no_code(village: httpx.AsyncClient) -> None:
    made = await book(village, space="yard")
    assert made["code"] is None
    assert made["on_door"] == {"state": "none", "text": "no door needs a code", "doors": []}


async def test_a_summer_booking_is_shown_with_the_summer_offset(village: httpx.AsyncClient) -> None:
    made = await book(village, starts="2027-06-03T18:00", ends="2027-06-03T19:00:00Z")
    assert (made["starts"], made["ends"]) == ("2027-06-03T18:00:00+01:00", "2027-06-03T20:00:00+01:00")


@pytest.mark.parametrize(
    ("changes", "field", "message"),
    [
        ({"ends": "2026-11-26T17:00"}, "ends", "must be after starts"),
        ({"ends": "2026-11-26T18:00"}, "ends", "not at the same time"),
        ({"ends": "2026-12-27T18:01"}, "ends", "at most 31 days"),
        ({"starts": "2026-11-24T09:00", "ends": "2026-11-24T10:00"}, "ends", "must be in the future"),
        ({"starts": "2026-11-24T23:00", "ends": "2026-11-25T23:00"}, "starts", "at most 12 hours ago"),
        ({"title": "  "}, "title", "must not be empty"),
        ({"title": "x" * 201}, "title", "at most 200 characters"),
        ({"title": "a\nb"}, "title", "one line"),
        ({"title": "a\u202eb"}, "title", "direction of reading"),
        ({"contact_name": "\u2066a"}, "contact_name", "direction of reading"),
        ({"title": None}, "title", "is missing"),
        ({"people": 0}, "people", "at least 1"),
        ({"people": "4"}, "people", "whole number"),
        ({"starts": 0}, "starts", "must be text"),
        ({"starts": "2026-11-26"}, "starts", "must be a time like"),
        ({"starts": "2026-11-26T25:00"}, "starts", ""),
        ({"starts": "9999-11-26T18:00"}, "starts", "year"),
        ({"space": "Hall!"}, "space", "small letters, digits and hyphens"),
    ],
)
async def test_a_refusal_names_the_field_and_the_limit(
    village: httpx.AsyncClient, changes: dict[str, object], field: str, message: str
) -> None:
    answer = await post(village, **changes)
    assert answer.status_code == 422, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    [error] = answer.json()["errors"]
    assert error["field"] == field
    assert message in error["message"]


async def test_a_wall_time_that_does_not_exist_is_refused_with_the_two_nearest(village: httpx.AsyncClient) -> None:
    answer = await post(village, starts="2027-03-28T01:30", ends="2027-03-28T04:00")
    assert answer.status_code == 422
    [error] = answer.json()["errors"]
    assert error["field"] == "starts"
    assert "02:00 is the next time there is" in error["message"]


async def test_an_unknown_site_space_or_booking_is_not_found(village: httpx.AsyncClient) -> None:
    assert (await post(village, space="attic")).status_code == 404
    assert (await village.post(f"{API}/sites/nowhere/bookings", json=wanted())).status_code == 404
    nobody = "01930000-0000-7000-8000-000000000000"
    assert (await village.get(f"{API}/bookings/{nobody}")).status_code == 404
    assert (await village.post(f"{API}/series/{nobody}/cancel")).status_code == 404


@pytest.mark.parametrize("wrong", ["none", "%00" * 36, "01930000-0000-7000-8000-00000000000%00", "%C3%BC" * 36])
async def test_what_is_no_id_is_refused(any_village: httpx.AsyncClient, wrong: str) -> None:
    for method, path in (
        ("GET", f"/bookings/{wrong}"),
        ("PATCH", f"/bookings/{wrong}"),
        ("POST", f"/bookings/{wrong}/cancel"),
        ("POST", f"/bookings/{wrong}/restore"),
        ("POST", f"/series/{wrong}/cancel"),
    ):
        answer = await any_village.request(method, API + path, json={})
        assert answer.status_code == 422, (path, answer.text)
        [error] = answer.json()["errors"]
        assert error["message"] == "must be an id as the controller gave it"
    checked = await any_village.post(f"{API}/sites/{SITE}/bookings/check", json=wanted(id=unquote(wrong)))
    assert checked.status_code == 422
    assert checked.json()["errors"][0]["field"] == "id"


async def test_a_clash_is_a_409_that_names_the_conflicting_bookings(any_village: httpx.AsyncClient) -> None:
    made = await book(any_village)
    answer = await post(any_village, title="Yoga", starts="2026-11-26T19:30", ends="2026-11-26T21:00")
    assert answer.status_code == 409
    assert answer.json()["conflicts"] == [
        {key: made[key] for key in ("id", "title", "space", "starts", "ends", "diary")}
    ]
    assert "Choir, Thu 26 Nov, 18:00 to 20:00" in answer.json()["detail"]


async def test_bookings_may_touch_and_other_spaces_are_free(village: httpx.AsyncClient) -> None:
    await book(village)
    await book(village, starts="2026-11-26T20:00", ends="2026-11-26T21:00")
    await book(village, starts="2026-11-26T17:00", ends="2026-11-26T18:00")
    await book(village, space="studio")


async def test_check_says_what_create_would_and_writes_nothing(village: httpx.AsyncClient) -> None:
    made = await book(village)
    path = f"{API}/sites/{SITE}/bookings/check"
    taken = (await village.post(path, json=wanted(people=61))).json()
    assert taken["free"] is False
    assert [each["id"] for each in taken["conflicts"]] == [made["id"]]
    assert [(each["kind"], each["text"]) for each in taken["reasons"]] == [
        ("clash", "Hall is taken then: Choir, Thu 26 Nov, 18:00 to 20:00"),
        ("capacity", "61 people are more than Hall holds (60)"),
    ]
    itself = (await village.post(path, json=wanted(id=made["id"]))).json()
    assert itself == {
        "free": True,
        "needs_approval": False,
        "reasons": [],
        "conflicts": [],
        "lingering": [],
        "notes": [],
    }
    night = wanted(starts="2027-03-27T22:00", ends="2027-03-28T04:00")
    assert (await village.post(path, json=night)).json()["notes"] == [
        "the clocks change: it lasts 5 hours, 1 hour shorter"
    ]
    listed = await village.get(f"{API}/sites/{SITE}/bookings?from=2026-11-26&to=2027-01-20")
    assert [each["id"] for each in listed.json()["items"]] == [made["id"]]


async def test_the_list_takes_a_day_a_space_and_at_most_62_days(village: httpx.AsyncClient) -> None:
    early = await book(village, starts="2026-11-26T08:00", ends="2026-11-26T09:00")
    studio = await book(village, space="studio")
    await book(village, starts="2026-11-27T00:00", ends="2026-11-27T01:00")
    await act(village, early, "cancel")
    path = f"{API}/sites/{SITE}/bookings"
    day = (await village.get(path, params={"from": "2026-11-26", "to": "2026-11-27"})).json()["items"]
    assert [each["id"] for each in day] == [early["id"], studio["id"]]
    assert day[0]["status"] == "cancelled"
    only = await village.get(path, params={"from": "2026-11-26T12:00", "to": "2026-11-27T00:00:00Z", "space": "studio"})
    assert [each["id"] for each in only.json()["items"]] == [studio["id"]]
    long = await village.get(path, params={"from": "2026-11-01", "to": "2027-02-01"})
    assert long.json()["errors"][0] == {"field": "to", "message": "must be at most 62 days after `from`"}


@pytest.mark.both_databases
async def test_a_move_keeps_the_code_even_where_old_and_new_time_overlap(
    any_village: httpx.AsyncClient, any_container: Container
) -> None:
    made = await book(any_village)
    await compile_plan(any_container, 1)
    await apply_plan(any_container, 1)
    moved = await change(any_village, made, starts="2026-11-26T18:30", ends="2026-11-26T20:30", space="hall")
    assert await code_of(any_village, made) == made["code"]
    assert moved["version"] == 2
    assert moved["on_door"]["state"] == "waiting"
    assert moved["still_opens"] == [
        "the code still opens Front door until 20:15 on Thu 26 Nov, as before the change",
        "the code still opens Side door until 20:15 on Thu 26 Nov, as before the change",
    ]
    await compile_plan(any_container, 2)
    await apply_plan(any_container, 2)
    there = await look(any_village, made)
    assert there["on_door"]["text"] == "on the door since 12:00"
    assert there["still_opens"] == []


async def test_a_move_onto_another_booking_is_refused_and_changes_nothing(village: httpx.AsyncClient) -> None:
    made = await book(village)
    await book(village, title="Yoga", starts="2026-11-26T20:00", ends="2026-11-26T21:00")
    refused = await change(village, made, 409, ends="2026-11-26T20:01")
    assert [each["title"] for each in refused["conflicts"]] == ["Yoga"]
    assert await look(village, made) == as_later(made)


async def test_only_what_is_given_changes_and_nothing_given_changes_nothing(village: httpx.AsyncClient) -> None:
    made = await book(village, contact_name="Ann", contact_phone="01487", people=3)
    same = await change(village, made)
    assert same == as_later(made)
    renamed = await change(village, made, title="Singers", people=None, contact_name=None)
    assert (renamed["title"], renamed["people"], renamed["contact_name"]) == ("Singers", None, "")
    assert renamed["contact_phone"] == "01487"
    assert (await change(village, made, 422, title=None))["status"] == 422


async def test_a_change_of_an_older_version_is_refused(village: httpx.AsyncClient) -> None:
    made = await book(village)
    await change(village, made, title="Singers", version=1)
    assert (await change(village, made, 409, title="Ringers", version=1))["type"].endswith(":stale")
    path = f"{API}/bookings/{made['id']}"
    stale = await village.patch(path, json={"title": "Ringers"}, headers={"If-Match": '"1"'})
    assert stale.status_code == 412
    fresh = await village.patch(path, json={"title": "Ringers"}, headers={"If-Match": '"2"'})
    assert (fresh.status_code, fresh.headers["etag"]) == (200, '"3"')
    assert (await village.patch(path, json={}, headers={"If-Match": "3"})).status_code == 422


@pytest.mark.cases_full
async def test_a_cancelled_booking_frees_its_time_and_can_be_restored(any_village: httpx.AsyncClient) -> None:
    made = await book(any_village)
    gone = await act(any_village, made, "cancel")
    assert gone["status"] == "cancelled"
    assert gone["on_door"]["text"] == "cancelled; its code was never on the door"
    assert (await act(any_village, made, "cancel"))["version"] == gone["version"]
    back = await act(any_village, made, "restore")
    assert (back["status"], await code_of(any_village, made)) == ("confirmed", made["code"])
    await act(any_village, made, "cancel")
    other = await book(any_village, title="Yoga")
    refused = await act(any_village, made, "restore", 409)
    assert [each["id"] for each in refused["conflicts"]] == [other["id"]]


async def test_what_everybody_sees_of_a_cancelled_booking_can_be_taken_back(village: httpx.AsyncClient) -> None:
    made = await book(village, public=True, listed_as="Concert for Mary")
    await act(village, made, "cancel")
    changed = await change(village, made, public=False, listed_as="")
    assert (changed["status"], changed["public"], changed["listed_as"]) == ("cancelled", False, "")


async def test_a_cancelled_booking_cannot_be_changed_and_a_finished_one_not_cancelled(
    village: httpx.AsyncClient, clock: ManualClock
) -> None:
    made = await book(village)
    other = await book(village, space="studio")
    await act(village, made, "cancel")
    assert "restore it first" in (await change(village, made, 409, title="x"))["detail"]
    clock.advance(hours=40)
    assert (await look(village, other))["status"] == "finished"
    assert "is over" in (await act(village, other, "cancel", 409))["detail"]
    assert "is over" in (await act(village, made, "restore", 409))["detail"]
    assert "is over" in (await change(village, other, 409, ends="2026-12-26T20:00"))["detail"]


async def test_a_running_booking_may_be_made_longer(village: httpx.AsyncClient, clock: ManualClock) -> None:
    made = await book(village)
    clock.advance(hours=31)
    longer = await change(village, made, ends="2026-11-26T22:00")
    assert longer["ends"] == "2026-11-26T22:00:00+00:00"
    assert longer["status"] == "confirmed"


async def test_every_write_tells_the_listeners(village: httpx.AsyncClient, container: Container) -> None:
    with container.changes.subscribe() as changes:
        made = await book(village)
        assert changes.pending() == {SITE}
        await change(village, made, title="Singers")
        assert changes.pending() == {SITE}
        await act(village, made, "cancel")
        assert changes.pending() == {SITE}
        await act(village, made, "restore")
        assert changes.pending() == {SITE}


async def test_a_key_sent_twice_books_once(village: httpx.AsyncClient) -> None:
    async def once() -> httpx.Response:
        path = f"{API}/sites/{SITE}/bookings"
        return await village.post(path, json=wanted(), headers={"Idempotency-Key": "choir-1"})

    first, second = await asyncio.gather(once(), once())
    assert (first.status_code, second.status_code) == (201, 201)
    assert first.json() == second.json()


@pytest.mark.parametrize("body", ["", "{", "[]", "null", '"x"', "7", "space=hall", "\x00"])
async def test_a_body_that_is_no_json_object_is_refused_with_that_reason(village: httpx.AsyncClient, body: str) -> None:
    headers = {"Content-Type": "application/json"}
    answer = await village.post(f"{API}/sites/{SITE}/bookings", content=body.encode(), headers=headers)
    assert answer.status_code == 422
    assert answer.json()["errors"] == [{"field": "body", "message": "the body must be a JSON object"}]


async def test_an_object_that_makes_no_sense_is_not_called_none(village: httpx.AsyncClient) -> None:
    made = await book(village)
    assert "title must not be null" in (await change(village, made, 422, title=None))["detail"]


async def test_an_invalid_slug_is_explained_in_words(village: httpx.AsyncClient) -> None:
    words = "must be 1 to 40 small letters, digits and hyphens, with no hyphen at either end"
    for answer in (await post(village, space="The Hall"), await village.get(f"{API}/sites/Ramsey_Hub/hours")):
        assert answer.status_code == 422
        assert [error["message"] for error in answer.json()["errors"]] == [words]


async def test_an_unknown_field_is_refused(village: httpx.AsyncClient) -> None:
    refused = await post(village, colour="blue")
    assert (refused.status_code, refused.json()["detail"]) == (422, "colour: is not a known field")
