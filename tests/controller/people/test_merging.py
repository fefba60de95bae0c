"""Two parties that are one: merged, and undone until either changes."""

from collections.abc import AsyncIterator
from datetime import UTC, date, datetime
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import Column, Table, Text, insert, select, update

from controller.app.container import Container
from controller.db.engine import Instant, Tx, metadata
from controller.people.merging.repository import columns
from tests.controller.access.test_door_codes import policy
from tests.controller.people.test_groups import people
from tests.controller.signin.signing import API, Json, make_user, put_party, signed_in_as
from tests.controller.village import SITE, book, change, code_of, look

MERGES = f"{API}/parties/choir/merges"


@pytest.fixture
async def hub(any_village: httpx.AsyncClient) -> httpx.AsyncClient:
    """Choir and its duplicate, with something of each kind, and scouts."""
    await any_village.put(f"{API}/sites/wyton", json={"name": "Wyton", "zone": "Europe/London"})
    await put_party(any_village, "choir", site=SITE, name="The Fen Choir", contact_phone="01487 555 123")
    await put_party(any_village, "choir-2", site=SITE, name="Fen Choir", contact_phone="+44 1487 555123")
    await put_party(any_village, "scouts", site=SITE, contact_email="scouts@example.org")
    return any_village


@pytest.fixture
async def manager(any_app: FastAPI, hub: httpx.AsyncClient) -> AsyncIterator[httpx.AsyncClient]:
    async with signed_in_as(any_app, hub, "manager", sites=[SITE], name="Max") as client:
        yield client


async def furnish(hub: httpx.AsyncClient) -> Json:
    """Something of each kind for the duplicate; its booking."""
    booking = await book(hub, party="choir-2")
    weekly = {"first_starts": "2026-12-03T18:00", "first_ends": "2026-12-03T20:00", "rule": "FREQ=WEEKLY;COUNT=3"}
    body = {"space": "hall", "party": "choir-2", "title": "Weekly", **weekly}
    assert (await hub.post(f"{API}/sites/{SITE}/series", json=body)).status_code == 201
    await book(hub, party="scouts", starts="2026-11-27T18:00", ends="2026-11-27T20:00")
    wait = {
        "space": "hall",
        "party": "choir-2",
        "title": "Wait",
        "starts": "2026-11-27T18:00",
        "ends": "2026-11-27T20:00",
    }
    assert (await hub.post(f"{API}/sites/{SITE}/waiting", json=wait)).status_code == 201
    await make_user(hub, "Lena", "group_leader", sites=[SITE], party="choir-2")
    await make_user(hub, "Otto", "group_leader", sites=[SITE], party="choir")
    otto = {"role": "group_leader", "site": SITE, "party": "choir-2"}
    users = (await hub.get(f"{API}/users")).json()["items"]
    both = next(each["id"] for each in users if each["name"] == "Otto")
    assert (await hub.post(f"{API}/users/{both}/assignments", json=otto)).status_code == 201
    assert (await hub.post(f"{API}/subscriptions", json={"party": "choir-2", "shows": "titles"})).status_code == 201
    return booking


async def merge(client: httpx.AsyncClient, status: int = 201, **params: bool) -> Json:
    answer = await client.post(MERGES, json={"duplicate": "choir-2"}, params=params)
    assert answer.status_code == status, answer.text
    found: Json = answer.json()
    return found


async def rows(container: Container) -> dict[str, list[str]]:
    """Every row of every table but the records of who did what and of what changed, and what is stamped on parties."""
    left_out = {"merges", "idempotency", "sessions", "readiness", "site_changes"}
    found = {}
    async with container.database.read() as tx:
        for table in metadata.sorted_tables:
            if table.name.startswith("audit") or table.name in left_out:
                continue
            shown = [each for each in table.c if not (table.name == "parties" and each.name.startswith("changed_"))]
            found[table.name] = sorted(repr(tuple(row)) for row in await tx.execute(select(*shown)))
    return found


@pytest.mark.cases_full
async def test_everything_of_a_duplicate_follows_and_comes_back_exactly(
    hub: httpx.AsyncClient, manager: httpx.AsyncClient, any_container: Container
) -> None:
    await policy(hub, codes=[{"per": "group"}])
    booking = await furnish(hub)
    code, link = await code_of(hub, booking), (await look(hub, booking))["show_link"]
    before = await rows(any_container)
    preview = await merge(manager, 200, preview=True)
    assert await rows(any_container) == before
    assert preview["id"] is None
    assert preview["follows"] == {"bookings": 4, "series": 1, "waits": 1, "assignments": 1, "subscriptions": 1} | {
        name: number for name, number in preview["follows"].items() if name in ("quotes", "notices", "allowance uses")
    }
    assert preview["stays"] == {"assignments": 1}
    done = await merge(manager)
    assert done["follows"] == preview["follows"]
    moved = await look(hub, booking)
    assert (moved["party"], moved["show_link"], await code_of(hub, booking)) == ("choir", link, code)
    assert (await hub.get(f"{API}/parties/choir-2")).json()["ended"] is True
    found = await people(manager)
    assert {name: each["state"] for name, each in found.items()} == {"Lena": "in_force", "Otto": "in_force"}
    waiting = (await hub.get(f"{API}/sites/{SITE}/waiting")).json()["items"]
    assert [each["party"] for each in waiting] == ["choir"]
    assert (await look(hub, await book(hub, party="choir", starts="2026-11-29T18:00", ends="2026-11-29T20:00")))["id"]
    refused = await manager.post(f"{MERGES}/{done['id']}/undo")
    assert refused.status_code == 409
    assert "bookings" in refused.json()["detail"]


@pytest.mark.cases_full
async def test_a_merge_is_undone_exactly_and_once(
    hub: httpx.AsyncClient, manager: httpx.AsyncClient, any_container: Container
) -> None:
    booking = await furnish(hub)
    code, before = await code_of(hub, booking), await rows(any_container)
    done = await merge(manager)
    assert await rows(any_container) != before
    undone = await manager.post(f"{MERGES}/{done['id']}/undo")
    assert undone.status_code == 200, undone.text
    assert undone.json()["undone_at"] is not None
    assert await rows(any_container) == before
    assert (await code_of(hub, booking), (await look(hub, booking))["party"]) == (code, "choir-2")
    again = await manager.post(f"{MERGES}/{done['id']}/undo")
    assert (again.status_code, "undone already" in again.json()["detail"]) == (409, True)
    log = (await hub.get(f"{API}/audit", params={"thing": "party choir-2"})).json()["items"]
    assert {each["act"] for each in log} >= {"merge", "undo merge"}
    listed = (await manager.get(MERGES)).json()["items"]
    assert [(each["duplicate"], each["undone_at"] is None) for each in listed] == [("choir-2", False)]


@pytest.mark.cases_full
async def test_a_merge_stays_once_a_booking_or_the_party_has_changed(
    hub: httpx.AsyncClient, manager: httpx.AsyncClient
) -> None:
    booking = await furnish(hub)
    done = await merge(manager)
    await change(hub, booking, title="Another title")
    refused = await manager.post(f"{MERGES}/{done['id']}/undo")
    assert (refused.status_code, "bookings" in refused.json()["detail"]) == (409, True)


async def test_merging_takes_the_right_at_every_site_with_dealings(
    any_app: FastAPI, hub: httpx.AsyncClient, manager: httpx.AsyncClient
) -> None:
    await make_user(hub, "Wim", "group_member", sites=["wyton"], party="choir-2")
    assert "wyton" in (await merge(manager, 403))["detail"]
    assert "wyton" in (await merge(manager, 403, preview=True))["detail"]
    async with signed_in_as(any_app, hub, "manager", sites=["wyton"], name="Away") as away:
        await merge(away, 403)
    async with signed_in_as(any_app, hub, "group_leader", sites=[SITE], party="choir", name="Lee") as leader:
        await merge(leader, 403)
    async with signed_in_as(any_app, hub, "manager", sites=[SITE, "wyton"], name="Both") as both:
        await merge(both)


async def test_what_cannot_be_merged_says_why(hub: httpx.AsyncClient, manager: httpx.AsyncClient) -> None:
    await put_party(hub, "ann", kind="person", name="Ann Lee", site=SITE)
    for duplicate, status in (("choir", 422), ("ann", 422), ("nobody", 404)):
        answer = await manager.post(MERGES, json={"duplicate": duplicate})
        assert answer.status_code == status, answer.text
    done = await merge(manager)
    again = await manager.post(MERGES, json={"duplicate": "choir-2"})
    assert (again.status_code, again.json()["errors"][0]["field"]) == (422, "duplicate")
    assert (await manager.post(f"{API}/parties/scouts/merges/{done['id']}/undo")).status_code == 404


async def test_parties_that_look_alike_are_suggested(hub: httpx.AsyncClient, manager: httpx.AsyncClient) -> None:
    await put_party(hub, "beavers", site=SITE, contact_email="Scouts@Example.org")
    await put_party(hub, "yoga", site="wyton", contact_email="scouts@example.org")
    found = (await manager.get(f"{API}/sites/{SITE}/duplicates")).json()["items"]
    assert [(each["party"], each["duplicate"], each["why"]) for each in found] == [
        ("choir", "choir-2", ["phone", "name"]),
        ("beavers", "scouts", ["mail"]),
    ]
    assert (await manager.get(f"{API}/sites/wyton/duplicates")).status_code == 403


async def name_everywhere(tx: Tx, party: str) -> None:
    """Have each column that names a party name this one in some row at least."""
    for column in columns():
        table = column.table
        assert isinstance(table, Table)
        if (await tx.execute(select(column).where(column == party).limit(1))).first() is not None:
            continue
        if table.name in ("parties", "sites"):
            other = "scouts" if table.name == "parties" else "wyton"
            await tx.execute(update(table).where(table.c.id == other).values({column: party}))
            continue
        row = {each.name: await some_value(tx, each) for each in table.c if each.primary_key or not each.nullable}
        await tx.execute(insert(table).values(row | {column.name: party}))


async def some_value(tx: Tx, column: Column[Any]) -> object:
    for key in column.foreign_keys:
        return (await tx.execute(select(key.column).order_by(key.column.desc()).limit(1))).scalar_one()
    if column.name == "site":
        return SITE
    if isinstance(column.type, Instant):
        return datetime(2026, 1, 1, tzinfo=UTC)
    plain: dict[type, object] = {bytes: b"x", int: 60, bool: False, date: date(2026, 1, 1)}
    return plain.get(column.type.python_type, "{}" if isinstance(column.type, Text) else "x")


async def named(container: Container, party: str) -> set[str]:
    found = set()
    async with container.database.read() as tx:
        for column in columns():
            if (await tx.execute(select(column).where(column == party).limit(1))).first() is not None:
                found.add(str(column))
    return found


async def test_every_column_that_names_a_party_follows_and_comes_back(
    hub: httpx.AsyncClient, any_container: Container
) -> None:
    await furnish(hub)
    async with any_container.database.write() as tx:
        await name_everywhere(tx, "choir-2")
    assert await named(any_container, "choir-2") == {str(each) for each in columns()}
    before = await rows(any_container)
    done = await merge(hub)
    assert await named(any_container, "choir-2") == {"assignments.party"}, "the role that the other party has already"
    assert await named(any_container, "choir") == {str(each) for each in columns()}
    undone = await hub.post(f"{MERGES}/{done['id']}/undo")
    assert undone.status_code == 200, undone.text
    assert await rows(any_container) == before
