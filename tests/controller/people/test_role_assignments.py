"""Who gives which rights to whom, from when and until when."""

import asyncio
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import delete
from typer.testing import CliRunner, Result

from controller.app.container import Container
from controller.people.tables import assignments as stored_assignments
from controller.people.user_cli import app as users_cli
from tests.controller.clock import ManualClock
from tests.controller.running import NOW, PASSWORD, USER, stranger
from tests.controller.serving import serving
from tests.controller.signin.signing import API, Json, make_user, put_party, signed_in_as, user_with
from tests.controller.village import SITE, wanted


@pytest.fixture
async def shared(village: httpx.AsyncClient) -> httpx.AsyncClient:
    """Ramsey and Wyton, parties of Ramsey, of Wyton and of all sites; an owner of all."""
    await village.put(f"{API}/sites/wyton", json={"name": "Wyton", "zone": "Europe/London"})
    await put_party(village, "choir", site=SITE)
    await put_party(village, "bells", site="wyton")
    await put_party(village, "yoga")
    return village


@pytest.fixture
async def manager(app: FastAPI, shared: httpx.AsyncClient) -> AsyncIterator[httpx.AsyncClient]:
    """Manager of Ramsey only."""
    async with signed_in_as(app, shared, "manager", sites=[SITE]) as client:
        yield client


async def give(client: httpx.AsyncClient, user: Json, **body: object) -> httpx.Response:
    return await client.post(f"{API}/users/{user['id']}/assignments", json=body)


def one(user: Json, role: str, **fields: object) -> Json:
    """The newest assignment of the role with these fields that is not over, or else an older one."""
    found: list[Json] = [each for each in user["assignments"] if each["role"] == role]
    found = [each for each in found if all(each[name] == value for name, value in fields.items())]
    return min(found, key=lambda each: str(each["state"]) == "over")


def held(user: Json, role: str, **fields: object) -> str:
    """Its path."""
    return f"{API}/users/{user['id']}/assignments/{one(user, role, **fields)['id']}"


async def test_a_manager_makes_users_and_groups_and_gives_rights_for_their_site_only(
    manager: httpx.AsyncClient, shared: httpx.AsyncClient
) -> None:
    await put_party(manager, "scouts")
    made = await make_user(manager, "Cora", "group_leader", sites=[SITE], party="scouts")
    assert (await give(manager, made, role="porter", site=SITE)).status_code == 201
    assert (await give(manager, made, role="manager", site=SITE)).status_code == 201
    for body, words in (
        ({"role": "wall"}, "for all sites"),
        ({"role": "wall", "site": "wyton"}, "for site 'wyton'"),
        ({"role": "owner", "site": SITE}, "the right to change the buildings"),
    ):
        refused = await give(manager, made, **body)
        assert refused.status_code == 403, refused.text
        assert words in refused.json()["detail"]
        assert "ask somebody who has it" in refused.json()["detail"]
    unknown = await give(manager, made, role="group_leader", site=SITE, party="bells")
    assert (unknown.status_code, unknown.json()["errors"][0]["field"]) == (422, "party")
    eve = {"name": "Eve", "password": PASSWORD, "assignments": [{"role": "wall", "site": SITE}, {"role": "owner"}]}
    assert (await manager.post(f"{API}/users", json=eve)).status_code == 403
    assert "Eve" not in (await shared.get(f"{API}/users")).text


async def test_a_manager_sees_who_has_rights_at_their_site_and_of_these_no_other(
    manager: httpx.AsyncClient, shared: httpx.AsyncClient
) -> None:
    both = await make_user(shared, "Both", "porter", sites=[SITE, "wyton"])
    away = await make_user(shared, "Away", "porter", sites=["wyton"])
    listed = (await manager.get(f"{API}/users")).json()["items"]
    assert {each["name"] for each in listed} == {USER, f"manager {[SITE]}", "Both"}
    shown = next(each for each in listed if each["name"] == "Both")
    assert [each["site"] for each in shown["assignments"]] == [SITE]
    for answer in (
        await give(manager, away, role="porter", site=SITE),
        await manager.patch(f"{API}/users/{away['id']}", json={"ended": True}),
        await manager.delete(held(away, "porter")),
    ):
        assert (answer.status_code, "Away" in answer.text) == (404, False), answer.text
    hidden = await manager.delete(held(both, "porter", site="wyton"))
    assert (hidden.status_code, "look it up in the list of users" in hidden.text) == (404, True)


async def test_nobody_takes_over_a_user_who_has_more_rights(
    manager: httpx.AsyncClient, shared: httpx.AsyncClient
) -> None:
    owner = await user_with(shared, "owner")
    both = await make_user(shared, "Both", "porter", sites=[SITE, "wyton"])
    for user in (owner, both):
        for fields in ({"password": "another fine password"}, {"email": "eve@evil.test"}, {"ended": True}):
            answer = await manager.patch(f"{API}/users/{user['id']}", json=fields)
            assert answer.status_code == 403, answer.text
        reset = await manager.delete(f"{API}/users/{user['id']}/second-factor")
        assert reset.status_code == 403, reset.text
    assert (await manager.delete(held(owner, "owner"))).status_code == 403
    own = await make_user(manager, "Own", "porter", sites=[SITE])
    assert (await manager.patch(f"{API}/users/{own['id']}", json={"password": "another fine password"})).is_success
    assert (await shared.delete(held(both, "porter", site="wyton"))).is_success
    former = await manager.patch(f"{API}/users/{both['id']}", json={"password": "another fine password"})
    assert former.status_code == 403  # what they had at Wyton may be given to them again


async def test_whose_right_ends_takes_over_nobody_whose_right_lasts_longer(
    app: FastAPI, shared: httpx.AsyncClient
) -> None:
    until = {"role": "manager", "site": SITE, "until_at": "2026-11-27"}
    lasting, alike = (
        await make_user(shared, "Vic", "manager", sites=[SITE]),
        await make_user(shared, "Val", "manager", assignments=[until]),
    )
    async with signed_in_as(app, shared, "manager", assignments=[until]) as manager:
        ways_in = ({"password": "another fine password"}, {"email": "tom@x.test"}, {"ended": True, "email": None})
        for fields in ways_in:
            refused = await manager.patch(f"{API}/users/{lasting['id']}", json=fields)
            assert (refused.status_code, "for as long" in refused.text) == (403, True), refused.text
        assert (await manager.delete(f"{API}/users/{lasting['id']}/second-factor")).status_code == 403
        assert (await manager.patch(f"{API}/users/{alike['id']}", json=ways_in[0])).is_success
        assert (await manager.patch(f"{API}/users/{lasting['id']}", json={"ended": True})).is_success
        assert (await manager.patch(f"{API}/users/{lasting['id']}", json={"ended": False})).status_code == 403


async def test_whose_right_ends_takes_over_nobody_without_roles(
    app: FastAPI, container: Container, shared: httpx.AsyncClient
) -> None:
    bare = await make_user(shared, "Vic", "porter", sites=[SITE])
    async with container.database.write() as tx:
        await tx.execute(delete(stored_assignments).where(stored_assignments.c.user_id == bare["id"]))
    path, password = f"{API}/users/{bare['id']}", {"password": "another fine password"}
    until = {"role": "manager", "until_at": "2026-11-27T12:00Z"}
    async with signed_in_as(app, shared, "manager", assignments=[until]) as manager:
        assert (await manager.patch(path, json=password)).status_code == 403
        assert (await manager.patch(path, json={"ended": True})).is_success
        assert (await manager.patch(path, json={"ended": False})).status_code == 403
    assert (await shared.patch(path, json=password)).is_success


async def test_a_session_alone_changes_nothing_of_ones_own_sign_in(shared: httpx.AsyncClient) -> None:
    me = await user_with(shared, "owner")
    for name, value in (("password", "another fine password"), ("email", "eve@evil.test"), ("email", None)):
        refused = await shared.patch(f"{API}/users/{me['id']}", json={name: value})
        assert (refused.status_code, "under your account" in refused.text) == (422, True), refused.text
    refused = await shared.delete(f"{API}/users/{me['id']}/second-factor")
    assert (refused.status_code, "under your account" in refused.text) == (403, True), refused.text


async def test_a_community_owns_its_site_and_has_nothing_of_another(app: FastAPI, shared: httpx.AsyncClient) -> None:
    async with signed_in_as(app, shared, "owner", sites=["wyton"]) as own:
        assert [each["id"] for each in (await own.get(f"{API}/sites")).json()["items"]] == ["wyton"]
        for path, status in ((f"/sites/{SITE}", 403), ("/sites/third", 403), ("/sites/wyton", 200)):
            answer = await own.put(f"{API}{path}", json={"name": "Mine", "zone": "Europe/London"})
            assert answer.status_code == status, answer.text
        assert (await own.put(f"{API}/sites/wyton/spaces/hall", json={"name": "Hall", "doors": []})).is_success
        assert (await make_user(own, "Second", "owner", sites=["wyton"]))["name"] == "Second"
        for body in ({"role": "owner"}, {"role": "wall", "site": SITE}):
            user = {"name": "Third", "password": PASSWORD, "assignments": [body]}
            assert (await own.post(f"{API}/users", json=user)).status_code == 403


async def test_who_has_a_right_until_a_day_gives_none_beyond_it(app: FastAPI, shared: httpx.AsyncClient) -> None:
    async with signed_in_as(app, shared, "manager", sites=[SITE]) as client:
        user = await user_with(shared, "manager")
        own = held(user, "manager")
        ends = await shared.patch(own, json={"until_at": "2027-06-30"})
        assert ends.json()["assignments"][0]["until_at"] == "2027-06-30T23:00:00+00:00"  # the end of the day at Ramsey
        other = await make_user(shared, "Cora", "wall", sites=[SITE])
        assert (await give(client, other, role="porter", site=SITE)).status_code == 403
        assert (await give(client, other, role="porter", site=SITE, until_at="2027-07-01")).status_code == 403
        assert (await give(client, other, role="porter", site=SITE, until_at="2027-06-30")).status_code == 201
        assert (await client.patch(own, json={"until_at": None})).status_code == 403  # their own
        assert (await client.delete(held(other, "wall"))).status_code == 200  # taking away lasts no time


@pytest.mark.parametrize(
    ("first", "last", "starts", "ends"),
    [
        ("2026-10-25", "2026-10-25", "2026-10-24T23:00", "2026-10-26T00:00"),
        ("2027-03-28", "2027-03-28", "2027-03-28T00:00", "2027-03-28T23:00"),
        ("2026-12-01", "2026-12-31", "2026-12-01T00:00", "2027-01-01T00:00"),
        ("2027-07-01T12:00", "2027-07-01T12:00:00-05:00", "2027-07-01T11:00", "2027-07-01T17:00"),
    ],
)
async def test_days_are_days_of_the_site(
    shared: httpx.AsyncClient, first: str, last: str, starts: str, ends: str
) -> None:
    user = await make_user(shared, "Cora", "wall", sites=["wyton"])
    for site in (SITE, None):
        answer = await give(shared, user, role="porter", site=site, from_at=first, until_at=last)
        assert answer.status_code == 201, answer.text
        given = one(answer.json(), "porter", site=site)
        assert (given["from_at"], given["until_at"]) == (f"{starts}:00+00:00", f"{ends}:00+00:00")


async def test_a_day_at_sites_of_several_zones_is_refused_with_what_to_write(shared: httpx.AsyncClient) -> None:
    await shared.put(f"{API}/sites/porto", json={"name": "Porto", "zone": "Atlantic/Azores"})
    user = await make_user(shared, "Cora", "wall")
    refused = await give(shared, user, role="porter", until_at="2026-12-31")
    assert refused.status_code == 422
    assert "write a time like 2026-11-25T18:00:00+00:00" in refused.json()["errors"][0]["message"]
    assert (await give(shared, user, role="porter", until_at="2026-12-31T18:00:00Z")).status_code == 201


async def test_an_assignment_counts_from_its_start_to_its_end_and_not_at_it(
    any_app: FastAPI, any_village: httpx.AsyncClient, clock: ManualClock
) -> None:
    async with signed_in_as(any_app, any_village, "wall", sites=[SITE]) as client:
        user = await user_with(any_village, "wall")
        answer = await give(
            any_village, user, role="manager", site=SITE, from_at="2026-11-25T13:00", until_at="2026-11-25T14:00"
        )
        assert one(answer.json(), "manager")["state"] == "coming"
        for time, status in (("12:59:59", 403), ("13:00:00", 200), ("13:59:59", 200), ("14:00:00", 403)):
            clock.set(datetime.fromisoformat(f"2026-11-25T{time}").replace(tzinfo=UTC))
            assert (await client.get(f"{API}/parties")).status_code == status, time
        listed = (await user_with(any_village, "manager"))["assignments"]
        assert {each["role"]: each["state"] for each in listed} == {"wall": "in_force", "manager": "over"}


async def test_a_clock_that_goes_back_takes_no_rights_away(
    any_app: FastAPI, any_village: httpx.AsyncClient, clock: ManualClock
) -> None:
    async with signed_in_as(any_app, any_village, "wall") as client:
        clock.set(NOW.replace(year=2020))
        assert (await client.get(f"{API}/sites")).status_code == 200
        assert (await any_village.get(f"{API}/users")).status_code == 200


async def test_what_is_taken_away_is_over_at_once_and_given_again_to_undo_it(
    app: FastAPI, shared: httpx.AsyncClient, clock: ManualClock
) -> None:
    async with signed_in_as(app, shared, "porter", sites=[SITE]) as client:
        user = await user_with(shared, "porter")
        clock.set(NOW.replace(minute=5))
        own = held(user, "porter")
        for _ in range(2):
            taken = one((await shared.delete(own)).json(), "porter")
            assert (taken["state"], taken["until_at"]) == ("over", "2026-11-25T12:05:00+00:00")
        assert (await client.get(f"{API}/sites")).status_code == 403
        assert (await client.get(f"{API}/session")).json()["assignments"] == []
        again = await give(shared, user, role="porter", site=SITE)
        assert [each["state"] for each in again.json()["assignments"]].count("in_force") == 1
        assert (await client.get(f"{API}/sites")).status_code == 200
        coming = await give(shared, user, role="wall", site=SITE, from_at="2026-12-01")
        never = one((await shared.delete(held(coming.json(), "wall"))).json(), "wall")
        assert (never["until_at"], never["state"]) == (never["from_at"], "over")


async def test_the_same_is_not_given_twice_for_one_time(shared: httpx.AsyncClient) -> None:
    user = await make_user(shared, "Cora", "porter", sites=[SITE])
    refused = await give(shared, user, role="porter", site=SITE, until_at="2026-12-31")
    assert (refused.status_code, user["assignments"][0]["id"] in refused.json()["detail"]) == (409, True)
    assert (await give(shared, user, role="porter", site="wyton")).status_code == 201
    await shared.patch(held(user, "porter"), json={"until_at": "2026-12-31"})
    assert (await give(shared, user, role="porter", site=SITE, from_at="2027-01-01")).status_code == 201


async def test_who_leads_two_groups_names_the_one_that_a_booking_is_for(
    app: FastAPI, shared: httpx.AsyncClient
) -> None:
    async with signed_in_as(app, shared, "group_leader", sites=[SITE], party="choir") as leader:
        user = await user_with(shared, "group_leader")
        assert (await leader.post(f"{API}/sites/{SITE}/bookings", json=wanted())).json()["party"] == "choir"
        await give(shared, user, role="group_leader", site=SITE, party="yoga")
        later = {"starts": "2026-11-27T18:00", "ends": "2026-11-27T20:00"}
        refused = await leader.post(f"{API}/sites/{SITE}/bookings", json=wanted(**later))
        assert refused.status_code == 422
        assert refused.json()["errors"] == [
            {"field": "party", "message": "you book for choir and yoga; name the one that this is for"}
        ]
        made = await leader.post(f"{API}/sites/{SITE}/bookings", json=wanted(**later, party="yoga"))
        assert made.status_code == 201, made.text
        titles = (await leader.get(f"{API}/sites/{SITE}/bookings/search", params={"text": "Choir"})).json()["items"]
        assert {each["party"] for each in titles} == {"choir", "yoga"}


async def test_a_partner_service_has_a_tier_that_gives_it_priority(shared: httpx.AsyncClient) -> None:
    user = await make_user(shared, "Advice", "wall")
    refused = await give(shared, user, role="partner", party="yoga")
    assert "change the party's tier" in refused.json()["errors"][0]["message"]
    await put_party(shared, "advice", kind="organisation", tier="partner")
    assert (await give(shared, user, role="partner", party="advice")).status_code == 201


@pytest.fixture
async def hallkeeper(app: FastAPI, manager: httpx.AsyncClient) -> AsyncIterator[Callable[..., asyncio.Future[Result]]]:
    """Runs `hallkeeper users …` as the manager of Ramsey."""
    async with serving(app) as address:
        env = {"HALLKEEPER_TOKEN": manager.headers["Authorization"].removeprefix("Bearer "), "COLUMNS": "200"}

        def run(*words: str) -> asyncio.Future[Result]:
            asked = [*words, "--server", address]
            loop = asyncio.get_running_loop()
            return loop.run_in_executor(None, lambda: CliRunner().invoke(users_cli, asked, env=env, input=PASSWORD))

        yield run


@pytest.mark.cases_full
async def test_a_manager_gives_and_takes_rights_by_command(
    app: FastAPI, hallkeeper: Callable[..., asyncio.Future[Result]]
) -> None:
    at = ("--site", SITE)
    made = await hallkeeper("add", "Cora", "--role", "group_leader", "--party", "choir", *at)
    assert (made.exit_code, made.output) == (0, "Cora can sign in as group_leader.\n")
    async with stranger(app) as client:
        assert (await client.post(f"{API}/session", json={"user": "Cora", "password": PASSWORD})).status_code == 201
    given = await hallkeeper("assign", "cora", "--role", "porter", *at, "--from", "2026-12-01", "--until", "2026-12-31")
    assert (given.exit_code, given.output) == (0, "Cora is porter at ramsey.\n")
    rows = [line.split("\t") for line in (await hallkeeper("list")).stdout.splitlines() if line.startswith("Cora")]
    assert sorted(row[1:7] for row in rows) == [
        ["group_leader", "ramsey", "choir", "", "", "yes"],
        ["porter", "ramsey", "", "2026-12-01 00:00", "2027-01-01 00:00", "not yet"],
    ]
    refused = await hallkeeper("assign", "Cora", "--role", "owner", *at)
    assert (refused.exit_code, "may not give or take away the role owner" in refused.output) == (1, True)
    assert (await hallkeeper("unassign", "Cora", "--role", "porter")).output == "Cora is no longer porter anywhere.\n"
    again = await hallkeeper("unassign", "Cora", "--role", "porter")
    assert (again.exit_code, "Cora is not porter" in again.output) == (1, True)
    assert "there is no user 'Max' at your sites" in (await hallkeeper("end", "Max")).output
    assert (await hallkeeper("end", "Cora")).output == "Cora can no longer sign in.\n"
