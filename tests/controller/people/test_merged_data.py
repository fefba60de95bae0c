"""What a merge takes from nobody, what it does not keep, and what does not stand in the way of undoing it."""

from collections.abc import AsyncIterator
from datetime import date

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import insert, select, update

from controller.app.container import Container
from controller.db.engine import metadata
from tests.controller.people.test_groups import people
from tests.controller.people.test_merging import merge, rows
from tests.controller.signin.signing import API, Json, make_user, put_party, signed_in_as
from tests.controller.village import SITE, act, book

MERGES = f"{API}/parties/choir/merges"
ENDED = "2026-12-01T00:00"


@pytest.fixture
async def hub(any_village: httpx.AsyncClient) -> httpx.AsyncClient:
    await any_village.put(f"{API}/sites/wyton", json={"name": "Wyton", "zone": "Europe/London"})
    await put_party(any_village, "choir", site=SITE, name="The Fen Choir")
    await put_party(any_village, "choir-2", site=SITE, name="Fen Choir")
    return any_village


@pytest.fixture
async def lena(any_app: FastAPI, hub: httpx.AsyncClient) -> AsyncIterator[httpx.AsyncClient]:
    """She leads the duplicate."""
    async with signed_in_as(any_app, hub, "group_leader", sites=[SITE], party="choir-2", name="Lena") as client:
        yield client


async def give(hub: httpx.AsyncClient, name: str, **fields: object) -> str:
    """Another role for the party that stays; the id of the assignment."""
    found = (await hub.get(f"{API}/users")).json()["items"]
    user = next(each["id"] for each in found if each["name"] == name)
    body = {"role": "group_leader", "site": SITE, "party": "choir"} | fields
    answer = await hub.post(f"{API}/users/{user}/assignments", json=body)
    assert answer.status_code == 201, answer.text
    return f"{API}/users/{user}/assignments/{answer.json()['assignments'][-1]['id']}"


async def undo(client: httpx.AsyncClient, done: Json) -> httpx.Response:
    return await client.post(f"{MERGES}/{done['id']}/undo")


@pytest.mark.parametrize("other", [{"until_at": ENDED}, {"from_at": ENDED}], ids=["ends_before", "begins_later"])
async def test_a_shorter_role_for_the_party_takes_no_role_away(
    hub: httpx.AsyncClient, lena: httpx.AsyncClient, other: Json
) -> None:
    booking = await book(hub, party="choir-2")
    await give(hub, "Lena", **other)
    assert (await merge(hub))["stays"] == {}
    assert (await lena.get(f"{API}/bookings/{booking['id']}")).json()["title"] == booking["title"]
    found = (await hub.get(f"{API}/users")).json()["items"]
    [hers] = [each["assignments"] for each in found if each["name"] == "Lena"]
    assert [each["party"] for each in hers] == ["choir", "choir"]


async def test_a_role_that_is_over_takes_no_role_away(hub: httpx.AsyncClient, lena: httpx.AsyncClient) -> None:
    booking = await book(hub, party="choir-2")
    ended = await hub.delete(await give(hub, "Lena"))
    assert ended.is_success, ended.text
    assert (await merge(hub, 200, preview=True))["stays"] == {}
    done = await merge(hub)
    assert (await lena.get(f"{API}/bookings/{booking['id']}")).json()["title"] == booking["title"]
    found = (await lena.get(f"{API}/parties/choir/people")).json()["items"]
    assert sorted(each["state"] for each in found if each["user"] == "Lena") == ["in_force", "over"]
    assert (await undo(hub, done)).status_code == 200
    assert (await lena.get(f"{API}/bookings/{booking['id']}")).json()["title"] == booking["title"]


async def test_a_role_that_lasts_as_long_stays(hub: httpx.AsyncClient, lena: httpx.AsyncClient) -> None:
    await give(hub, "Lena")
    assert (await merge(hub))["stays"] == {"assignments": 1}
    assert (await people(lena))["Lena"]["state"] == "in_force"


async def contacts_left(container: Container) -> dict[str, str]:
    """Rows that say who was behind it, one of each table."""
    found = {}
    async with container.database.read() as tx:
        for table in metadata.sorted_tables:
            for row in await tx.execute(select(table)):
                if "secret.test" in repr(tuple(row)) or "Lena Secret" in repr(tuple(row)):
                    found[table.name] = repr(tuple(row))
    return found


@pytest.mark.cases_full
@pytest.mark.both_databases
async def test_what_a_merge_recorded_outlives_no_erasure(hub: httpx.AsyncClient, any_container: Container) -> None:
    who = {"contact_name": "Lena Secret", "contact_email": "lena@secret.test", "notes": "in a wheelchair"}
    weekly = {"first_starts": "2026-12-03T18:00", "first_ends": "2026-12-03T20:00", "rule": "FREQ=WEEKLY;COUNT=2"}
    body = {"space": "hall", "party": "choir-2", "title": "Weekly", **who, **weekly}
    made = await hub.post(f"{API}/sites/{SITE}/series", json=body)
    assert made.status_code == 201, made.text
    await put_party(hub, "choir-2", site=SITE, name="Fen Choir", contact_email="lena@secret.test")
    before = await rows(any_container)
    done = await merge(hub)
    async with any_container.database.read() as tx:
        documents = list((await tx.execute(select(metadata.tables["merges"].c.document))).scalars())
    assert ["secret.test" in each for each in documents] == [False]
    assert (await undo(hub, done)).status_code == 200
    assert await rows(any_container) == before
    done = await merge(hub)
    for each in (await hub.get(f"{API}/sites/{SITE}/bookings?from=2026-12-01&to=2026-12-20")).json()["items"]:
        await act(hub, each, "cancel")
    forgotten = await hub.post(f"{API}/parties/choir/forget")
    assert forgotten.status_code == 200, forgotten.text
    assert await contacts_left(any_container) == {}
    async with any_container.database.read() as tx:
        parties = metadata.tables["parties"]
        gone = (await tx.execute(select(parties.c.id).where(parties.c.forgotten_at.is_not(None)))).scalars()
        assert set(gone) == {"choir", "choir-2"}
        assert set((await tx.execute(select(metadata.tables["merges"].c.document))).scalars()) == {""}
    refused = await undo(hub, done)
    assert (refused.status_code, "personal data" in refused.json()["detail"]) == (409, True)
    listed = (await hub.get(MERGES)).json()["items"]
    assert [(each["duplicate"], each["follows"]) for each in listed] == [
        ("choir-2", {}),
        ("choir-2", listed[1]["follows"]),
    ]


async def test_what_time_or_others_change_does_not_stand_in_the_way(
    hub: httpx.AsyncClient, any_container: Container
) -> None:
    await put_party(hub, "scouts", site=SITE)
    await book(hub, party="scouts", starts="2026-11-27T18:00", ends="2026-11-27T20:00")
    times = {"starts": "2026-11-27T18:00", "ends": "2026-11-27T20:00"}
    wait = {"space": "hall", "party": "choir-2", "title": "Wait", **times}
    assert (await hub.post(f"{API}/sites/{SITE}/waiting", json=wait)).status_code == 201
    link = {"site": SITE, "most_uses": 20, "days": 14}
    assert (await hub.post(f"{API}/parties/choir-2/invitations", json=link)).is_success
    document = {"id": "d", "party": "choir-2", "kind": "insurance", "valid_from": date(2026, 1, 1), "size": 0}
    async with any_container.database.write() as tx:
        await tx.execute(insert(metadata.tables["party_documents"]).values(**document, seen_by="Max", notes=""))
    done = await merge(hub)
    now = any_container.clock.now()
    async with any_container.database.write() as tx:
        await tx.execute(update(metadata.tables["party_documents"]).values(reminded_days=30))
        await tx.execute(update(metadata.tables["invitations"]).values(uses=1, digit_tries=2, digits_tried_at=now))
        await tx.execute(update(metadata.tables["waits"]).values(state="expired", state_at=now))
    assert (await undo(hub, done)).status_code == 200


async def test_another_partys_or_a_sites_own_change_does_not_stand_in_the_way(hub: httpx.AsyncClient) -> None:
    for party in ("council", "council-2"):
        await put_party(hub, party, kind="organisation", site=None)
    await put_party(hub, "scouts", site=SITE, organisation="council-2")
    named = {"name": "Wyton", "zone": "Europe/London", "organisation": "council-2"}
    assert (await hub.put(f"{API}/sites/wyton", json=named)).is_success
    done = (await hub.post(f"{API}/parties/council/merges", json={"duplicate": "council-2"})).json()
    assert {"parties", "sites"} <= set(done["follows"])
    await put_party(hub, "scouts", site=SITE, organisation="council", name="Other scouts")
    renamed = named | {"name": "Wyton Hall", "organisation": "council"}
    assert (await hub.put(f"{API}/sites/wyton", json=renamed)).is_success
    undone = await hub.post(f"{API}/parties/council/merges/{done['id']}/undo")
    assert undone.status_code == 200, undone.text
    scouts = (await hub.get(f"{API}/parties/scouts")).json()
    assert (scouts["organisation"], scouts["name"]) == ("council-2", "Other scouts")


async def test_merged_with_another_sites_a_party_belongs_to_all_sites_until_that_is_undone(
    any_app: FastAPI, hub: httpx.AsyncClient
) -> None:
    await put_party(hub, "choir", site="wyton", name="The Fen Choir")
    booking = await book(hub, party="choir-2")
    async with (
        signed_in_as(any_app, hub, "manager", sites=[SITE], name="Rama") as rama,
        signed_in_as(any_app, hub, "manager", sites=[SITE, "wyton"], name="Both") as both,
    ):
        assert "all sites" in (await merge(both, 403, preview=True))["detail"]
        assert (await merge(hub, 200, preview=True))["for_all_sites"] is True
        done = await merge(hub)
        assert done["for_all_sites"] is True
        assert (await hub.get(f"{API}/parties/choir")).json()["site"] is None
        seen = (await rama.get(f"{API}/bookings/{booking['id']}")).json()
        assert (seen["party"], seen["party_name"]) == ("choir", "The Fen Choir")
        wanted = {"space": "hall", "party": "choir", "title": "More"}
        times = {"starts": "2026-12-20T10:00", "ends": "2026-12-20T12:00"}
        check = await rama.post(f"{API}/sites/{SITE}/bookings", json=wanted | times)
        assert check.status_code == 201, check.text
        assert (await act(hub, check.json(), "cancel"))["party"] == "choir"
    other = await undo(hub, done)
    assert (other.status_code, "bookings" in other.json()["detail"]) == (409, True)


@pytest.mark.cases_full
async def test_undoing_a_merge_gives_the_site_back(hub: httpx.AsyncClient, any_container: Container) -> None:
    await put_party(hub, "choir", site="wyton", name="The Fen Choir")
    await make_user(hub, "Otto", "group_leader", sites=[SITE], party="choir-2")
    before = await rows(any_container)
    done = await merge(hub)
    assert (await undo(hub, done)).json()["for_all_sites"] is True
    assert await rows(any_container) == before
    assert (await hub.get(f"{API}/parties/choir")).json()["site"] == "wyton"
