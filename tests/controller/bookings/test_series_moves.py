"""Where a refused date of a series could go: what is offered can be had beside the other dates."""

import httpx
import pytest
from fastapi import FastAPI

from controller.app.container import Container
from controller.bookings.diary.policy import Policy, Quota, QuotaPeriod
from tests.controller.bookings.policing import put_policy
from tests.controller.find.county import Json, answered, build, post
from tests.controller.signin.signing import put_party, signed_in_as
from tests.controller.village import API

TUESDAYS: Json = {
    "space": "hall",
    "title": "Choir",
    "first_starts": "2026-12-01T18:00",
    "first_ends": "2026-12-01T20:00",
    "rule": "FREQ=WEEKLY;COUNT=5",
}


async def check(client: httpx.AsyncClient, **wish: object) -> list[Json]:
    dates: list[Json] = (await post(client, "/sites/hub/series/check", **TUESDAYS | wish))["dates"]
    return dates


def texts(date: Json) -> list[str]:
    return [each["text"] for each in date["moves"]]


@pytest.mark.parametrize(
    ("spaces", "offered"),
    [((), set()), (("hall",), {"half-a", "studio"})],
    ids=["anywhere", "in the hall"],
)
async def test_no_move_is_offered_that_the_quota_would_refuse_beside_the_other_dates(
    client: httpx.AsyncClient, app: FastAPI, container: Container, spaces: tuple[str, ...], offered: set[str]
) -> None:
    await build(container)
    await put_policy(
        container,
        Policy(quotas=(Quota(name="Three", per=QuotaPeriod.MONTH, most_bookings=3, spaces=spaces),)),
        site="hub",
    )
    await put_party(client, "choir")
    async with signed_in_as(app, client, "group_leader", party="choir") as choir:
        dates = await check(choir)
        assert [each["effect"] for each in dates] == ["book"] * 3 + ["refuse"] * 2
        assert {move["space"] for each in dates[3:] for move in each["moves"]} == offered


async def test_a_date_that_is_refused_for_its_layout_can_go_to_another_one(
    client: httpx.AsyncClient, container: Container
) -> None:
    await build(container)
    dates = await check(client, layout="boardroom", people=50)
    assert [each["effect"] for each in dates] == ["refuse"] * 5
    assert texts(dates[0])[0] == "Hall as “Theatre”, Tue 1 Dec, 18:00 to 20:00"
    move = {name: dates[0]["moves"][0][name] for name in ("space", "layout", "starts", "ends")}
    choices = {dates[0]["date"]: {"move": move}} | {each["date"]: "skip" for each in dates[1:]}
    made = await client.post(
        f"{API}/sites/hub/series", json=TUESDAYS | {"layout": "boardroom", "people": 50, "choices": choices}
    )
    [booking] = answered(made, 201)["bookings"]
    assert (booking["layout"], booking["status"]) == ("theatre", "confirmed")


async def test_another_space_is_offered_as_asked_for_or_in_a_layout_that_holds_the_people(
    client: httpx.AsyncClient, container: Container
) -> None:
    await build(container)
    dates = await check(client, layout="boardroom", people=12, space="half-a")
    assert texts(dates[0])[0] == "Hall as “Boardroom”, Tue 1 Dec, 18:00 to 20:00"
    dates = await check(client, people=40, space="half-a")
    assert texts(dates[0])[0] == "Hall, Tue 1 Dec, 18:00 to 20:00"
