"""What is free, over HTTP and on both databases."""

from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from controller.app.container import Container
from controller.bookings.diary.policy import Policy, PriorityWindow
from controller.find.answers import FreeAnswer, FreeEverywhereAnswer
from controller.people.model import Tier
from tests.controller.bookings.policing import put_policy
from tests.controller.clock import ManualClock
from tests.controller.find.county import Json, ask, book, build
from tests.controller.signin.signing import put_party, signed_in_as

DAY: Json = {"from": "2026-11-26", "to": "2026-11-27"}


@pytest.fixture
async def hub(client: httpx.AsyncClient, container: Container) -> httpx.AsyncClient:
    await build(container)
    return client


@pytest.fixture
async def any_hub(any_client: httpx.AsyncClient, any_container: Container) -> httpx.AsyncClient:
    await build(any_container)
    return any_client


async def free(client: httpx.AsyncClient, **query: Any) -> dict[str, list[tuple[str, str]]]:
    """Space -> its free times of the day, as on the wall."""
    found = await ask(client, "/sites/hub/free", **DAY | query)
    return {each["space"]: times(each) for each in found["spaces"]}


def times(space: Json) -> list[tuple[str, str]]:
    return [(each["starts"][11:16], each["ends"][11:16]) for each in space["free"]]


async def test_a_day_without_bookings_is_free_from_midnight_to_midnight(hub: httpx.AsyncClient) -> None:
    found = await ask(hub, "/sites/hub/free", **DAY)
    FreeAnswer.model_validate(found, strict=False)
    assert [each["name"] for each in found["spaces"]] == [
        "Half A",
        "Half B",
        "Hall",
        "Kitchen",
        "Library",
        "Studio",
        "Touch-down desks",
        "Yard",
    ]
    whole = {"starts": "2026-11-26T00:00:00+00:00", "ends": "2026-11-27T00:00:00+00:00", "seats": None}
    assert found["spaces"][0]["free"] == [whole]
    assert found["spaces"][6]["free"] == [whole | {"seats": 8}]
    assert (found["unfit"], found["why"]) == ([], "")


@pytest.mark.both_databases
async def test_buffers_change_overs_divisions_pools_and_equipment_count(any_hub: httpx.AsyncClient) -> None:
    await book(any_hub, "half-a", "2026-11-26T10:00", "2026-11-26T12:00", equipment={"projector": 2})
    await book(any_hub, "hall", "2026-11-26T18:00", "2026-11-26T20:00", layout="boardroom")
    await book(any_hub, "desks", "2026-11-26T09:05", "2026-11-26T10:10", seats=6)
    found = await free(any_hub)
    assert found["half-a"] == [("00:00", "10:00"), ("12:00", "17:40"), ("20:20", "00:00")]
    assert found["half-b"] == [("00:00", "17:40"), ("20:20", "00:00")]
    assert found["hall"] == [("00:00", "09:40"), ("12:20", "17:15"), ("20:20", "00:00")]
    assert found["studio"] == [("00:00", "00:00")]
    assert found["library"] == [("00:00", "09:00"), ("10:15", "00:00")]
    assert (await free(any_hub, seats=3))["desks"] == [("00:00", "09:00"), ("10:15", "00:00")]
    answer = await ask(any_hub, "/sites/hub/free", **DAY, seats=2)
    assert [each["seats"] for each in answer["spaces"][0]["free"]] == [2]
    one_free = await free(any_hub, equipment="projector:1", space=["studio"])
    assert one_free["studio"] == [("00:00", "10:00"), ("12:00", "00:00")]


@pytest.mark.both_databases
async def test_a_hold_that_has_run_out_holds_nothing(
    any_hub: httpx.AsyncClient, any_container: Container, clock: ManualClock
) -> None:
    await put_policy(any_container, Policy(hold_hours=1), site="hub")
    held = await book(any_hub, "studio", "2026-11-26T10:00", "2026-11-26T12:00", by_rules=True)
    assert held["status"] == "held"
    assert (await free(any_hub))["studio"] == [("00:00", "09:40"), ("12:20", "00:00")]
    clock.advance(hours=2)
    assert (await free(any_hub))["studio"] == [("00:00", "00:00")]


async def test_a_booking_of_a_month_is_seen_from_its_last_day(any_hub: httpx.AsyncClient) -> None:
    await book(any_hub, "yard", "2026-11-26T10:00", "2026-12-27T09:00")
    found = await free(any_hub, **{"from": "2026-12-27", "to": "2026-12-28"})
    assert found["yard"] == [("09:00", "00:00")]


async def test_nothing_that_is_past_is_free(hub: httpx.AsyncClient) -> None:
    found = await free(hub, **{"from": "2026-11-25", "to": "2026-11-26"}, space="yard")
    assert found == {"yard": [("12:00", "00:00")]}
    assert await free(hub, **{"from": "2026-11-20", "to": "2026-11-21"}, space="yard") == {"yard": []}


async def test_pieces_shorter_than_asked_for_are_left_out(hub: httpx.AsyncClient) -> None:
    await book(hub, "yard", "2026-11-26T10:00", "2026-11-26T12:00")
    await book(hub, "yard", "2026-11-26T13:00", "2026-11-26T22:00")
    assert (await free(hub, minutes=61, space="yard"))["yard"] == [("00:00", "10:00"), ("22:00", "00:00")]
    assert len((await free(hub, minutes=60, space="yard"))["yard"]) == 3


async def test_the_layout_is_the_default_or_else_the_smallest_that_holds_the_people(hub: httpx.AsyncClient) -> None:
    for people, layout, holds in ((12, None, 100), (100, None, 100)):
        found = await ask(hub, "/sites/hub/free", **DAY, people=people, space="hall")
        [hall] = found["spaces"]
        assert (hall["layout"], hall["layout_name"], hall["holds"]) == (layout, "Theatre", holds)
    [hall] = (await ask(hub, "/sites/hub/free", **DAY, layout="boardroom", space="hall"))["spaces"]
    assert (hall["layout"], hall["layout_name"], hall["holds"]) == ("boardroom", "Boardroom", 12)
    found = await ask(hub, "/sites/hub/free", **DAY, layout="boardroom", people=13, space=["hall", "studio"])
    assert {each["space"]: each["why"] for each in found["unfit"]} == {
        "hall": ["holds 12 as “Boardroom”"],
        "studio": ["has no layout “boardroom”"],
    }


WHY_NONE: list[tuple[str, Json, str]] = [
    ("huntingdon", {"people": 10_000}, "no space here holds 10,000; the largest, Hall, holds 300"),
    (
        "hub",
        {"people": 10_000, "layout": "theatre"},
        "no space here holds 10,000 as “theatre”; the largest, Hall as “Theatre”, holds 100",
    ),
    ("huntingdon", {"seats": 21}, "no space here has 21 places to book one by one; the largest, Desks, holds 20"),
    ("hub", {"layout": "cabaret"}, "no space here has a layout “cabaret”; there is “boardroom” and “theatre”"),
    ("hub", {"amenities": "kiln"}, "no space here has kiln; there is none of any kind"),
    ("warboys", {"amenities": "kiln"}, "no space here has kiln; there is “piano”"),
    ("hub", {"equipment": "projector:3"}, "no space here has 3 projector; there are 2 of Projector"),
    ("hub", {"equipment": "urn"}, "no space here has 1 urn; there is “piano” and “projector”"),
    ("hub", {"step_free": True}, "no space here is step-free"),
    ("hub", {"quiet": True}, "no space here is kept quiet"),
    ("warboys", {"kind": "pool"}, "there is no pool of places here that can be booked"),
    (
        "huntingdon",
        {"step_free": True, "people": 20, "space": "snug", "amenities": "piano"},
        "no space here holds 20; the largest, Snug, holds 14",
    ),
]


async def test_where_nothing_fits_a_sentence_says_why(hub: httpx.AsyncClient) -> None:
    for site, query, why in WHY_NONE:
        found = await ask(hub, f"/sites/{site}/free", **DAY | query)
        assert (found["spaces"], found["why"]) == ([], why)


REFUSED: list[tuple[Json, str, str]] = [
    ({"to": "2026-11-25"}, "to", "must be after `from`"),
    ({"to": "2026-11-26"}, "to", "must be after `from`"),
    ({"to": "2027-01-22"}, "to", "must be at most 8 weeks after `from`"),
    ({"from": "soon"}, "from", "must be a date like 2026-11-25"),
    ({"minutes": 0}, "minutes", "must be at least 1"),
    ({"minutes": 24 * 60 + 1}, "minutes", "must fit between `from` and `to`"),
    ({"people": 0}, "people", "must be at least 1"),
    ({"amenities": "Piano 🎹" * 500}, "amenities.0", "must be 1 to 40 small letters, digits and hyphens"),
    ({"equipment": "chair:0"}, "equipment", "must be like projector, or chair:30 for thirty of them"),
    ({"equipment": ":"}, "equipment", "must be like projector, or chair:30 for thirty of them"),
    ({"setup_min": 1441}, "setup_min", "must be at most 1,440"),
]


async def test_what_cannot_be_asked_names_its_field_and_limit(hub: httpx.AsyncClient) -> None:
    for query, field, message in REFUSED:
        refused = await ask(hub, "/sites/hub/free", 422, **DAY | query)
        [error] = refused["errors"]
        assert error["field"] == field
        assert error["message"].startswith(message)


async def test_an_unknown_site_or_space_is_not_found(hub: httpx.AsyncClient) -> None:
    assert "no site" in (await ask(hub, "/sites/atlantis/free", 404, **DAY))["detail"]
    assert "pool-room" in (await ask(hub, "/sites/hub/free", 404, **DAY, space="pool-room"))["detail"]


@pytest.mark.parametrize(
    ("day", "after", "ends", "hours", "left"),
    [
        ("2026-10-25", "2026-10-26", "2026-10-25T01:30", 25, 23 * 60 + 30),
        ("2027-03-28", "2027-03-29", "2027-03-28T03:30", 23, 20 * 60 + 30),
    ],
)
async def test_days_on_which_the_clocks_change_are_as_long_as_they_are(
    hub: httpx.AsyncClient, clock: ManualClock, day: str, after: str, ends: str, hours: int, left: int
) -> None:
    clock.set(clock.now().replace(month=10, day=1))
    asked: Json = {"from": day, "to": after, "space": "yard"}
    whole = await ask(hub, "/sites/hub/free", **asked, minutes=hours * 60)
    assert len(whole["spaces"][0]["free"]) == 1
    assert (await ask(hub, "/sites/hub/free", 422, **asked, minutes=hours * 60 + 1))["errors"][0]["field"] == "minutes"
    await book(hub, "yard", f"{day}T00:30", ends)
    for minutes, pieces in ((left, 1), (left + 1, 0)):
        found = await ask(hub, "/sites/hub/free", **asked, minutes=minutes)
        assert len(found["spaces"][0]["free"]) == pieces


@pytest.mark.both_databases
async def test_all_sites_are_asked_at_once_the_nearest_first_and_by_pages(any_hub: httpx.AsyncClient) -> None:
    await book(any_hub, "hall", "2026-11-26T18:00", "2026-11-26T20:00", site="huntingdon")
    asked: Json = DAY | {"people": 30, "near": "hub"}
    found = await ask(any_hub, "/free", **asked)
    FreeEverywhereAnswer.model_validate(found, strict=False)
    assert [(each["site"], each["miles"]) for each in found["items"]] == [
        ("hub", 0.0),
        ("warboys", 3.2),
        ("huntingdon", 8.7),
        ("nowhere", None),
    ]
    by_site = {each["site"]: each for each in found["items"]}
    assert times(by_site["huntingdon"]["spaces"][0]) == [("00:00", "18:00"), ("20:00", "00:00")]
    assert by_site["nowhere"]["why"] == "no space here holds 30; the largest, Van, holds 15"
    near = await ask(any_hub, "/free", **asked, within_miles=5)
    assert [each["site"] for each in near["items"]] == ["hub", "warboys"]
    page = await ask(any_hub, "/free", **asked, limit=3)
    assert page["next"] == "huntingdon"
    rest = await ask(any_hub, "/free", **asked, after="huntingdon")
    assert ([each["site"] for each in rest["items"]], rest["next"]) == (["nowhere"], None)
    spot = await ask(any_hub, "/free", **DAY, latitude=52.33, longitude=-0.18, within_miles=1)
    assert [each["site"] for each in spot["items"]] == ["huntingdon"]


NO_PLACES: list[tuple[Json, str]] = [
    ({"near": "atlantis"}, "near"),
    ({"near": "nowhere"}, "near"),
    ({"near": "hub", "latitude": 52, "longitude": 0}, "near"),
    ({"latitude": 52}, "longitude"),
    ({"within_miles": 5}, "within_miles"),
    ({"latitude": 91, "longitude": 0}, "latitude"),
    ({"latitude": "nan", "longitude": 0}, "latitude"),
]


async def test_a_place_that_is_none_names_its_field(hub: httpx.AsyncClient) -> None:
    for query, field in NO_PLACES:
        refused = await ask(hub, "/free", 422, **DAY | query)
        assert [each["field"] for each in refused["errors"]] == [field]


async def test_a_user_of_one_site_sees_no_other_site(hub: httpx.AsyncClient, app: FastAPI) -> None:
    async with signed_in_as(app, hub, "wall", sites=["warboys"]) as reader:
        assert [each["site"] for each in (await ask(reader, "/free", **DAY))["items"]] == ["warboys"]
        assert (await ask(reader, "/free", 422, **DAY, near="hub"))["errors"][0]["field"] == "near"
        await ask(reader, "/sites/hub/free", 403, **DAY)


async def test_a_booker_is_offered_what_their_booking_window_holds(
    hub: httpx.AsyncClient, app: FastAPI, container: Container
) -> None:
    windows = (PriorityWindow(tier=Tier.PARTNER, days=2), PriorityWindow(tier=Tier.COMMUNITY, days=1))
    await put_policy(container, Policy(windows=windows), site="hub")
    await put_party(hub, "choir", tier="partner")
    week: Json = {"from": "2026-11-26", "to": "2026-12-01", "space": "yard"}
    async with signed_in_as(app, hub, "group_leader", party="choir") as booker:
        [yard] = (await ask(booker, "/sites/hub/free", **week))["spaces"]
        assert [each["ends"] for each in yard["free"]] == ["2026-11-28T00:00:00+00:00"]
    [yard] = (await ask(hub, "/sites/hub/free", **week))["spaces"]
    assert [each["ends"] for each in yard["free"]] == ["2026-12-01T00:00:00+00:00"]


async def test_a_time_in_the_past_is_reported_as_over(hub: httpx.AsyncClient, clock: ManualClock) -> None:
    past: Json = {"from": "2026-11-20", "to": "2026-11-21"}
    answer = await ask(hub, "/sites/hub/free", **past)
    assert answer["why"] == "the time asked about is over: it ended at 00:00 on Sat 21 Nov"
    assert answer["spaces"]
    assert not any(each["free"] for each in answer["spaces"])
    begun = await ask(hub, "/sites/hub/free", **past | {"to": "2026-11-27"})
    assert begun["why"] == ""
    everywhere = await ask(hub, "/free", **past)
    assert {each["why"] for each in everywhere["items"]} == {answer["why"]}
