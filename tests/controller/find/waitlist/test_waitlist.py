"""The waiting list: offered in order, with a time to accept, and nothing is promised twice."""

from datetime import UTC, datetime

import httpx
import pytest
from fastapi import FastAPI

from controller.app.container import Container
from controller.bookings.diary import waitlist_repository as repository
from controller.bookings.diary.policy import ApprovalRule, Policy
from controller.bookings.diary.waitlist import Wait
from controller.db.engine import Tx
from controller.people.model import Actor
from tests.controller.bookings.hub import MANAGER
from tests.controller.bookings.policing import put_policy
from tests.controller.clock import ManualClock
from tests.controller.running import NOW, USER
from tests.controller.signin.signing import put_party, signed_in_as
from tests.controller.village import API, SITE, Json, act, book, change, look, post, wanted


async def wait(client: httpx.AsyncClient, status: int = 201, **changes: object) -> Json:
    """Get in line for the choir's evening."""
    answer = await client.post(f"{API}/sites/{SITE}/waiting", json=wanted(**changes))
    assert answer.status_code == status, answer.text
    body: Json = answer.json()
    return body


async def say(client: httpx.AsyncClient, waiting: Json, what: str, status: int = 200) -> Json:
    answer = await client.post(f"{API}/waiting/{waiting['id']}/{what}")
    assert answer.status_code == status, answer.text
    body: Json = answer.json()
    return body


async def leave(client: httpx.AsyncClient, waiting: Json, status: int = 200) -> Json:
    answer = await client.delete(f"{API}/waiting/{waiting['id']}")
    assert answer.status_code == status, answer.text
    body: Json = answer.json()
    return body


async def now(client: httpx.AsyncClient, waiting: Json) -> Json:
    answer = await client.get(f"{API}/waiting/{waiting['id']}")
    assert answer.status_code == 200, answer.text
    body: Json = answer.json()
    return body


async def line(client: httpx.AsyncClient) -> list[tuple[str, str, int | None]]:
    answer = await client.get(f"{API}/sites/{SITE}/waiting")
    return [(each["title"], each["state"], each["place"]) for each in answer.json()["items"]]


async def test_what_becomes_free_is_held_for_the_first_in_line(village: httpx.AsyncClient) -> None:
    choir = await book(village)
    band, club = await wait(village, title="Band"), await wait(village, title="Chess")
    assert (band["place"], club["place"]) == (1, 2)
    await act(village, choir, "cancel")
    offered = await now(village, band)
    assert (offered["state"], offered["offered_until"]) == ("offered", "2026-11-26T12:00:00+00:00")
    held = await look(village, {"id": offered["booking"]})
    assert (held["title"], held["status"], held["code"]) == ("Band", "held", None)
    assert await line(village) == [("Band", "offered", None), ("Chess", "waiting", 1)]
    assert (await post(village, title="Passer-by")).status_code == 409
    taken = await say(village, band, "accept")
    assert taken["state"] == "accepted"
    assert (await look(village, held))["status"] == "confirmed"
    assert (await look(village, held))["code"] is not None
    assert (await now(village, club))["place"] == 1


async def test_a_place_counts_those_ahead_who_want_some_of_that_time_in_some_of_those_rooms(
    village: httpx.AsyncClient,
) -> None:
    late: Json = {"starts": "2026-11-26T20:00", "ends": "2026-11-26T21:00"}
    for space in ("hall", "studio"):
        await book(village, space=space)
        await book(village, space=space, title="Late", **late)
    wishes: tuple[tuple[str, Json, int], ...] = (
        ("Band", {}, 1),
        ("Chess", {"space": "studio"}, 1),
        ("Drama", late, 1),
        ("Either", {"also": ["studio"]}, 3),
        ("Latin", {"starts": "2026-11-26T19:00", "ends": "2026-11-26T20:30"}, 4),
        ("Zumba", {"space": "studio", **late}, 1),
    )
    for title, changes, place in wishes:
        made = await wait(village, title=title, **changes)
        assert made["place"] == place, title
        assert (await now(village, made))["place"] == place, title
    assert await line(village) == [(title, "waiting", place) for title, _, place in wishes]


async def test_accepting_twice_is_accepting_once(village: httpx.AsyncClient) -> None:
    choir = await book(village)
    band = await wait(village, title="Band")
    await say(village, band, "accept", 409)
    await act(village, choir, "cancel")
    first, second = await say(village, band, "accept"), await say(village, band, "accept")
    assert first == second
    await say(village, band, "decline", 409)


async def test_leaving_the_line_is_undone_within_the_hour_with_the_same_place(
    village: httpx.AsyncClient, clock: ManualClock
) -> None:
    choir = await book(village)
    band, club = await wait(village, title="Band"), await wait(village, title="Chess")
    await leave(village, band)
    assert (await now(village, club))["place"] == 1
    for _ in range(2):
        assert (await say(village, band, "restore"))["place"] == 1
    assert (await now(village, club))["place"] == 2
    await leave(village, band)
    await act(village, choir, "cancel")
    await leave(village, club)
    assert (await say(village, band, "restore"))["state"] == "offered", "what came free meanwhile"
    assert (await say(village, club, "restore", 409))["detail"], "its hold is what can be restored"
    await say(village, band, "accept")
    drama = await wait(village, title="Drama")
    await leave(village, drama)
    clock.advance(hours=1)
    assert (await say(village, drama, "restore", 409))["type"].endswith("not-back-in-line")


async def test_a_group_has_one_place_for_a_space_and_a_time(village: httpx.AsyncClient) -> None:
    for party in ("choir", "band"):
        await put_party(village, party)
    choir = await book(village)
    first = await wait(village, title="Choir", party="choir")
    again = await wait(village, 409, title="Choir again", party="choir", also=["studio"])
    assert again["type"].endswith("in-line")
    assert "“Choir”" in again["detail"]
    await wait(village, title="Band", party="band")
    await wait(village, title="Choir later", party="choir", ends="2026-11-26T19:45")
    await leave(village, first)
    second = await wait(village, title="Choir again", party="choir")
    assert (await say(village, first, "restore", 409))["type"].endswith("in-line")
    assert [title for title, *_ in await line(village)].count("Choir") == 0
    await leave(village, second)
    assert (await say(village, first, "restore"))["place"] == 1
    await act(village, choir, "cancel")
    assert (await now(village, first))["state"] == "offered"
    assert (await wait(village, 409, title="Choir again", party="choir"))["type"].endswith("in-line")


async def test_a_group_sees_what_it_waits_for_at_all_sites_and_nobody_elses(
    app: FastAPI, village: httpx.AsyncClient, container: Container
) -> None:
    for party in ("choir", "scouts"):
        await put_party(village, party)
    await put_policy(container, Policy(rules=(ApprovalRule(name="all"),)))
    await book(village)
    await book(village, space="studio")
    async with (
        signed_in_as(app, village, "group_leader", party="choir") as choir,
        signed_in_as(app, village, "group_leader", name="Akela", party="scouts") as scouts,
    ):
        mine = await wait(choir, title="Ours", also=["studio"])
        await wait(scouts, title="Theirs")
        found = (await choir.get(f"{API}/my/waiting")).json()["items"]
        assert [(each["title"], each["place"], each["site"]) for each in found] == [("Ours", 1, SITE)]
        assert found[0]["space_names"] == ["Hall", "Studio"]
        await leave(choir, mine)
        assert (await choir.get(f"{API}/my/waiting")).json()["items"] == []
    assert (await village.get(f"{API}/my/waiting")).json()["items"] == [], "staff have no party"


@pytest.mark.parametrize("how", ["decline", "withdraw", "cancel the hold", "let it run out"])
async def test_an_offer_that_is_not_taken_up_goes_to_the_next(
    village: httpx.AsyncClient, container: Container, clock: ManualClock, how: str
) -> None:
    choir = await book(village, starts="2026-11-28T18:00", ends="2026-11-28T20:00")
    late: Json = {"starts": "2026-11-28T18:00", "ends": "2026-11-28T20:00"}
    band, club = await wait(village, title="Band", **late), await wait(village, title="Chess", **late)
    await act(village, choir, "cancel")
    held = {"id": (await now(village, band))["booking"]}
    match how:
        case "decline":
            await say(village, band, "decline")
        case "withdraw":
            await leave(village, band)
        case "cancel the hold":
            await act(village, held, "cancel")
        case _:
            clock.advance(hours=24)
            await say(village, band, "accept", 409)
            assert await container.waitlist.look(SITE)
    assert (await now(village, club))["state"] == "offered"
    assert (await now(village, band))["state"] in {"declined", "withdrawn", "expired"}
    assert (await look(village, held))["status"] in {"declined", "cancelled"}


async def test_a_shortened_booking_offers_the_time_it_released(village: httpx.AsyncClient) -> None:
    choir = await book(village)
    band = await wait(village, title="Band", starts="2026-11-26T19:00", ends="2026-11-26T20:00")
    await change(village, choir, ends="2026-11-26T19:30")
    assert (await now(village, band))["state"] == "waiting"
    await change(village, choir, ends="2026-11-26T19:00")
    assert (await now(village, band))["state"] == "offered"


async def test_another_space_that_would_do_is_offered_where_the_first_is_taken(village: httpx.AsyncClient) -> None:
    await book(village)
    studio = await book(village, space="studio")
    band = await wait(village, title="Band", also=["studio"])
    await act(village, studio, "cancel")
    held = await look(village, {"id": (await now(village, band))["booking"]})
    assert held["space"] == "studio"


async def test_two_offers_never_share_a_time(village: httpx.AsyncClient) -> None:
    choir = await book(village, starts="2026-11-26T18:00", ends="2026-11-26T21:00")
    lines = [
        await wait(village, title=f"Group {number}", starts=f"2026-11-26T{18 + number % 2}:30", ends="2026-11-26T20:30")
        for number in range(4)
    ]
    await act(village, choir, "cancel")
    states = [(await now(village, each))["state"] for each in lines]
    assert states == ["offered", "waiting", "waiting", "waiting"]


async def test_rules_that_want_a_manager_hold_for_offers_as_well(
    village: httpx.AsyncClient, container: Container
) -> None:
    await put_policy(container, Policy(rules=(ApprovalRule(name="Short ones", most_minutes=60),), offer_hours=2))
    choir = await book(village)
    band = await wait(village, title="Band")
    await act(village, choir, "cancel")
    offered = await now(village, band)
    assert offered["offered_until"] == "2026-11-25T14:00:00+00:00"
    # A manager accepts for them, which is approval enough.
    await say(village, band, "accept")
    assert (await look(village, {"id": offered["booking"]}))["status"] == "confirmed"


async def test_nobody_waits_for_a_time_that_is_free_or_never_possible(village: httpx.AsyncClient) -> None:
    free = await wait(village, 409)
    assert free["type"].endswith("nothing-to-wait-for")
    await book(village)
    crowd = await wait(village, 409, people=10_000)
    assert crowd["reasons"][0]["kind"] in {"clash", "capacity"}
    await wait(village, 422, starts="2026-11-25T11:00", ends="2026-11-25T13:00")
    await wait(village, 422, ends="2026-11-26T18:00")
    await wait(village, 404, space="nowhere")
    await wait(village, 404, also=["nowhere"])
    assert (await village.get(f"{API}/waiting/{'0' * 36}")).status_code == 404


async def test_a_wait_ends_when_too_little_of_its_time_is_left(
    village: httpx.AsyncClient, container: Container, clock: ManualClock
) -> None:
    choir = await book(village)
    band = await wait(village, title="Band")
    clock.set(datetime(2026, 11, 26, 19, 29, tzinfo=UTC))
    assert not await container.waitlist.look(SITE)
    assert (await now(village, band))["state"] == "waiting"
    clock.set(datetime(2026, 11, 26, 19, 30, tzinfo=UTC))
    assert await container.waitlist.look(SITE)
    assert (await now(village, band))["state"] == "over"
    assert await line(village) == []
    assert not await container.waitlist.look(SITE)
    assert (await look(village, choir))["status"] == "confirmed"


async def test_the_line_survives_the_night_the_clocks_change(
    village: httpx.AsyncClient, container: Container, clock: ManualClock
) -> None:
    night: Json = {"starts": "2027-03-28T00:30", "ends": "2027-03-28T03:30"}
    choir = await book(village, **night)
    band = await wait(village, title="Band", **night)
    assert (band["starts"], band["ends"]) == ("2027-03-28T00:30:00+00:00", "2027-03-28T03:30:00+01:00")
    await wait(village, 422, starts="2027-03-28T01:30", ends="2027-03-28T03:30")
    clock.set(NOW.replace(year=2027, month=3, day=27, hour=23))
    # By then the session is over.
    await container.bookings.cancel(choir["id"], why="", actor=Actor.acting(USER))
    # An offer ends when the time itself begins.
    until = (await container.waitlist.get(band["id"], actor=MANAGER)).wait.offered_until
    assert until == datetime(2027, 3, 28, 0, 30, tzinfo=UTC)


async def test_a_wait_is_shown_alike_in_the_list_and_alone(app: FastAPI, village: httpx.AsyncClient) -> None:
    for party in ("choir", "scouts"):
        await put_party(village, party)
    await book(village)
    async with signed_in_as(app, village, "group_leader", party="choir") as choir:
        theirs = await wait(choir, title="Band")
        others = await wait(village, title="Chess", party="scouts")
        assert theirs["party"] == "choir"
        assert await line(choir) == [("Band", "waiting", 1)]
        assert await now(choir, theirs) == theirs
        assert (await choir.get(f"{API}/waiting/{others['id']}")).status_code == 403
        assert (await wait(choir, 403, party="scouts"))["title"] == "Refused"
    async with signed_in_as(app, village, "wall") as reader:
        assert await line(reader) == [("Band", "waiting", 1), ("Chess", "waiting", 2)]
        assert await now(reader, others) == others


async def test_a_wait_that_leaves_the_line_while_it_is_read_is_told_as_it_is_then(
    village: httpx.AsyncClient, container: Container, monkeypatch: pytest.MonkeyPatch
) -> None:
    choir = await book(village)
    band = await wait(village, title="Band")
    read = repository.in_line

    async def slowly(tx: Tx, site: str) -> list[Wait]:
        monkeypatch.undo()
        await act(village, choir, "cancel")
        return await read(tx, site)

    monkeypatch.setattr(repository, "in_line", slowly)
    seen = await now(village, band)
    # SQLite reads one state of things, PostgreSQL what is so at each moment.
    assert (seen["state"], seen["place"]) in {("waiting", 1), ("offered", None)}
    assert (await now(village, band))["state"] == "offered"
