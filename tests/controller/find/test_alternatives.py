"""What would fit instead of a wish that is refused."""

from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from controller.app.container import Container
from controller.bookings.diary.policy import Policy, PriorityWindow, Quota, QuotaPeriod
from controller.people.model import Tier
from tests.controller.bookings.policing import put_policy
from tests.controller.find.county import Json, book, build, post
from tests.controller.signin.signing import put_party, signed_in_as
from tests.controller.village import API

EVENING: dict[str, Any] = {"space": "studio", "starts": "2026-11-26T18:00", "ends": "2026-11-26T20:00", "people": 10}


@pytest.fixture
async def hub(client: httpx.AsyncClient, container: Container) -> httpx.AsyncClient:
    await build(container)
    return client


async def instead(client: httpx.AsyncClient, *, limit: int = 8, miles: float = 25, **wish: Any) -> Json:
    return await post(client, f"/sites/hub/bookings/instead?limit={limit}&within_miles={miles}", **EVENING | wish)


def texts(found: Json, how: str | None = None) -> list[str]:
    return [each["text"] for each in found["items"] if how in {None, each["how"]}]


async def test_a_wish_that_can_be_had_needs_nothing_instead(hub: httpx.AsyncClient) -> None:
    found = await instead(hub)
    assert found == {"free": True, "needs_approval": False, "reasons": [], "items": [], "why": ""}


async def test_other_times_spaces_and_sites_are_proposed_and_all_of_them_can_be_booked(
    client: httpx.AsyncClient, container: Container
) -> None:
    await build(container)
    await book(client, "studio", "2026-11-26T18:00", "2026-11-26T19:00")
    found = await instead(client, limit=20)
    assert not found["free"]
    assert [each["kind"] for each in found["reasons"]] == ["clash"]
    assert {each["how"] for each in found["items"]} == {"other_time", "other_space", "other_site"}
    assert texts(found, "other_time")[:2] == [
        "Studio, 1 hour 30 minutes later: Thu 26 Nov, 19:30 to 21:30",
        "Studio, 2 hours 30 minutes earlier: Thu 26 Nov, 15:30 to 17:30",
    ]
    assert (
        "Snug at Huntingdon Hub, 8.7 miles away, at the time asked for: Thu 26 Nov, 18:00 to 20:00; holds 14"
        in texts(found, "other_site")
    )
    for each in found["items"]:
        body = {"title": "x", "space": each["space"], "starts": each["starts"], "ends": each["ends"], "people": 10}
        asked = body | {"layout": each["layout"]}
        checked = await client.post(f"{API}/sites/{each['site']}/bookings/check", json=asked)
        assert checked.json()["free"], (each, checked.text)


async def test_the_same_day_comes_before_the_next_and_a_week_on_before_any_other_day(hub: httpx.AsyncClient) -> None:
    await book(hub, "studio", "2026-11-26T18:00", "2026-11-26T20:00")
    found = await instead(hub, limit=50)
    days = [each["starts"][:10] for each in found["items"] if each["how"] == "other_time"]
    assert days[0] == "2026-11-26"
    assert days.index("2026-11-27") < days.index("2026-12-03") < days.index("2026-11-29")
    later = [text for text in texts(found, "other_time") if "a week later" in text]
    assert later == ["Studio, a week later at the same time: Thu 3 Dec, 18:00 to 20:00"]


async def test_too_many_for_this_layout_get_another_one(hub: httpx.AsyncClient) -> None:
    found = await instead(hub, space="hall", layout="boardroom", people=30)
    assert [each["kind"] for each in found["reasons"]] == ["capacity"]
    assert len(set(texts(found))) == len(texts(found)), "nothing is proposed twice"
    first = found["items"][0]
    assert (first["how"], first["layout_name"]) == ("other_layout", "Theatre")
    assert first["text"] == "Hall as “Theatre”, at the time asked for: Thu 26 Nov, 18:00 to 20:00; holds 100"


async def test_no_kind_crowds_out_the_others(hub: httpx.AsyncClient) -> None:
    await book(hub, "studio", "2026-11-26T18:00", "2026-11-26T20:00")
    kinds = [each["how"] for each in (await instead(hub, limit=4))["items"]]
    assert len(kinds) == 4
    assert max(kinds.count(each) for each in kinds) == 2


async def test_places_of_a_pool_are_proposed_for_places_of_a_pool(hub: httpx.AsyncClient) -> None:
    await book(hub, "desks", "2026-11-26T18:00", "2026-11-26T20:00", seats=7)
    found = await instead(hub, space="desks", seats=3, people=3, limit=20)
    assert [each["kind"] for each in found["reasons"]] == ["seats"]
    assert {each["kind"] for each in found["items"]} == {"pool"}
    assert texts(found, "other_time")[0] == "Touch-down desks, 2 hours earlier: Thu 26 Nov, 16:00 to 18:00; 3 places"
    assert [each["site"] for each in found["items"] if each["how"] == "other_site"] == ["huntingdon"]


async def test_equipment_goes_with_the_wish(hub: httpx.AsyncClient) -> None:
    await book(hub, "yard", "2026-11-26T18:00", "2026-11-26T20:00", equipment={"projector": 2})
    found = await instead(hub, equipment={"projector": 1}, limit=20)
    assert [each["kind"] for each in found["reasons"]] == ["equipment"]
    assert not texts(found, "other_space")
    assert {each["site"] for each in found["items"]} == {"hub", "warboys"}


async def test_a_booking_being_moved_does_not_conflict_with_itself(hub: httpx.AsyncClient) -> None:
    mine = await book(hub, "studio", "2026-11-26T18:00", "2026-11-26T20:00")
    await book(hub, "studio", "2026-11-26T20:30", "2026-11-26T22:00")
    found = await instead(hub, id=mine["id"], starts="2026-11-26T19:00", ends="2026-11-26T21:00")
    assert "Studio, 1 hour earlier: Thu 26 Nov, 18:00 to 20:00" in texts(found)


async def test_every_proposal_is_possible_for_the_user_who_asks(
    hub: httpx.AsyncClient, app: FastAPI, container: Container
) -> None:
    windows = (PriorityWindow(tier=Tier.COMMUNITY, days=3),)
    quotas = (Quota(name="Two a day", per=QuotaPeriod.DAY, most_bookings=2),)
    await put_policy(container, Policy(windows=windows, quotas=quotas), site="hub")
    await put_party(hub, "choir")
    for hour in (9, 11):
        await book(hub, "yard", f"2026-11-26T{hour:02}:00", f"2026-11-26T{hour + 1:02}:00", party="choir")
    async with signed_in_as(app, hub, "group_leader", party="choir") as booker:
        found = await instead(booker, limit=50)
        assert [each["kind"] for each in found["reasons"]] == ["quota", "approval"]
        here = [each for each in found["items"] if each["site"] == "hub"]
        assert {each["starts"][:10] for each in here} == {"2026-11-25", "2026-11-27", "2026-11-28"}
        assert {each["needs_approval"] for each in here} == {True}
        assert all(each["approval"].startswith("needs approval") for each in here)
        refused = await booker.post(f"{API}/sites/hub/bookings/instead", json=EVENING | {"party": "scouts"})
        assert refused.status_code == 403


LIMITS: dict[str, tuple[Policy, str, str, set[str]]] = {
    "too early": (
        Policy(windows=(PriorityWindow(tier=Tier.COMMUNITY, days=30),)),
        "2027-02-25",
        "too_early",
        {f"2026-12-{day}" for day in range(19, 26)},
    ),
    "the month's quota": (
        Policy(quotas=(Quota(name="Two a month", per=QuotaPeriod.MONTH, most_bookings=2),)),
        "2026-12-10",
        "quota",
        {f"2027-01-0{day}" for day in range(1, 8)},
    ),
    "over the new year": (
        Policy(quotas=(Quota(name="Two a month", per=QuotaPeriod.MONTH, most_bookings=2),)),
        "2026-12-30",
        "quota",
        {f"2027-01-{day:02}" for day in range(1, 14)},
    ),
    "the week's quota": (
        Policy(quotas=(Quota(name="One a week", per=QuotaPeriod.WEEK, most_minutes=120),)),
        "2026-12-02",
        "quota",
        {f"2026-12-{day:02}" for day in range(7, 17)} | {"2026-11-30", "2026-12-01"},
    ),
}


@pytest.mark.parametrize("case", LIMITS)
async def test_beyond_a_window_or_a_quota_the_nearest_days_that_the_rules_allow_are_proposed(
    hub: httpx.AsyncClient, app: FastAPI, container: Container, case: str
) -> None:
    policy, day, why, days = LIMITS[case]
    await put_policy(container, policy, site="hub")
    await put_party(hub, "choir")
    for number in (1, 2):
        await book(hub, "yard", f"2026-12-0{number}T09:00", f"2026-12-0{number}T11:00", party="choir")
    async with signed_in_as(app, hub, "group_leader", party="choir") as booker:
        wish: dict[str, Any] = {"starts": f"{day}T18:00", "ends": f"{day}T20:00"}
        found = await instead(booker, limit=30, **wish)
        assert why in [each["kind"] for each in found["reasons"]]
        own = [each for each in found["items"] if each["how"] == "other_time"]
        assert {each["starts"][:10] for each in own} <= days
        assert own
        few = await instead(booker, limit=1, **wish)
        assert few["items"]


async def test_where_nothing_would_fit_instead_a_sentence_says_why(
    hub: httpx.AsyncClient, app: FastAPI, container: Container
) -> None:
    many = EVENING | {"space": "snug", "people": 10_000}
    found = await post(hub, "/sites/huntingdon/bookings/instead?within_miles=1", **many)
    assert (found["items"], found["why"]) == ([], "no space here holds 10,000; the largest, Hall, holds 300")
    await book(hub, "van", "2026-11-25T12:00", "2026-12-12T18:00", site="nowhere")
    found = await post(hub, "/sites/nowhere/bookings/instead", **EVENING | {"space": "van"})
    assert (found["items"], found["why"]) == ([], "nothing is free near that time here")
    await put_policy(
        container, Policy(quotas=(Quota(name="None", per=QuotaPeriod.AHEAD, most_bookings=0),)), site="hub"
    )
    await put_party(hub, "choir")
    async with signed_in_as(app, hub, "group_leader", party="choir") as booker:
        found = await instead(booker, miles=1)
        assert found["items"] == []
        assert found["why"].startswith("nothing near that time can be booked here: “None” allows 0 bookings ahead")


async def test_distance_bounds_the_sites_and_without_coordinates_there_are_none(
    hub: httpx.AsyncClient, container: Container
) -> None:
    await book(hub, "studio", "2026-11-26T18:00", "2026-11-26T20:00")
    sites = {each["site"] for each in (await instead(hub, limit=50, miles=5))["items"]}
    assert sites == {"hub", "warboys"}
    await book(hub, "van", "2026-11-26T18:00", "2026-11-26T20:00", site="nowhere")
    found = await post(hub, "/sites/nowhere/bookings/instead", **EVENING | {"space": "van"})
    assert {each["how"] for each in found["items"]} == {"other_time"}


NO_WISHES: list[tuple[Json, str]] = [
    ({"ends": "2026-11-26T18:00"}, "ends"),
    ({"starts": "2027-03-28T01:30", "ends": "2027-03-28T03:30"}, "starts"),
    ({"starts": "2026-11-20T18:00", "ends": "2026-11-20T20:00"}, "ends"),
    ({"people": 0}, "people"),
    ({"party": "nobody"}, "party"),
]


async def test_a_wish_that_is_none_names_its_field(hub: httpx.AsyncClient) -> None:
    for wish, field in NO_WISHES:
        refused = await post(hub, "/sites/hub/bookings/instead", 422, **EVENING | wish)
        assert [each["field"] for each in refused["errors"]] == [field]


@pytest.mark.parametrize("night", ["2026-10-25", "2027-03-28"])
async def test_the_nights_of_the_clock_changes_have_something_instead(
    hub: httpx.AsyncClient, clock: Any, night: str
) -> None:
    clock.set(clock.now().replace(month=10, day=20))
    wish: Json = {"starts": f"{night}T00:30", "ends": f"{night}T03:30"}
    await book(hub, "studio", wish["starts"], wish["ends"])
    found = await instead(hub, **wish, limit=30)
    assert {each["how"] for each in found["items"]} == {"other_time", "other_space", "other_site"}
    after = next(text for text in texts(found, "other_time") if "the day after" in text)
    assert after.endswith("00:30 to 03:30")


async def test_another_space_near_the_time_is_proposed_as_finding_one_does(hub: httpx.AsyncClient) -> None:
    await book(hub, "hall", "2026-11-26T10:00", "2026-11-26T12:00")
    await book(hub, "studio", "2026-11-26T11:15", "2026-11-26T16:00")
    wish: Json = {"starts": "2026-11-26T10:00", "ends": "2026-11-26T11:00", "people": 10}
    found = await post(hub, "/find", **wish, move_min=60, sites=["hub"])
    near = "Studio, 15 minutes earlier: Thu 26 Nov, 09:45 to 10:45"
    assert [each["text"].split(";")[0] for each in found["items"] if each["space"] == "studio"] == [
        near.replace("Studio,", "Studio at Ramsey Hub,")
    ]
    there = await instead(hub, **wish, space="hall", limit=20)
    assert near in [text.split(";")[0] for text in texts(there, "other_space")]
    days = {each["starts"][:10] for each in there["items"] if each["how"] != "other_time"}
    assert days == {"2026-11-26"}, "on other days only the same space is looked at"


async def test_of_the_spaces_that_are_free_at_the_time_the_smallest_that_fits_comes_first(
    hub: httpx.AsyncClient,
) -> None:
    await book(hub, "yard", "2026-11-26T18:00", "2026-11-26T20:00")
    found = await instead(hub, space="yard", people=10, limit=20, miles=1)
    here = [each for each in found["items"] if each["starts"][11:16] == "18:00" and each["holds"]]
    sizes = [each["holds"] for each in here if each["how"] == "other_space"]
    assert sizes == sorted(sizes)
    assert len(set(sizes)) >= 3, sizes
