"""Organisations, groups and persons: written, searched, ended, deleted, forgotten."""

import asyncio

import httpx
import pytest
from sqlalchemy import select

from controller.app.container import Container
from controller.db.engine import Database, metadata
from controller.people import party_repository
from controller.people.model import Actor, PartyDraft, PartyKind, Tier
from controller.platform.web.problem import Invalid
from tests.controller.records.audit.reading import recorded
from tests.controller.running import NOW, USER
from tests.controller.signin.signing import API, Json, put_party
from tests.controller.village import book, look, show_public, wanted, without_versions

UNA = Actor.acting(USER)

NOTHING = {"tier": None, "organisation": None, "responsible": None, "notes": "", "one_off": False, "ended": False}
PERSON = {"kind": "person", "name": "Ann Lee", "contact_phone": "01487 555 020", "contact_email": "ann@example.org"}


async def _get(client: httpx.AsyncClient, path: str, **params: object) -> Json:
    answer = await client.get(f"{API}{path}", params={name: str(value) for name, value in params.items()})
    assert answer.status_code == 200, answer.text
    body: Json = answer.json()
    return body


async def _ids(client: httpx.AsyncClient, **params: object) -> list[str]:
    return [each["id"] for each in (await _get(client, "/parties", **params))["items"]]


async def _county(client: httpx.AsyncClient) -> None:
    await put_party(client, "county", kind="organisation", name="The County Council", tier="council")
    await put_party(client, "ann-lee", **PERSON)
    await put_party(client, "rhyme-time", name="Baby Rhyme Time", organisation="county")
    await put_party(client, "choir", name="Chœur de STRAßE", responsible="ann-lee")
    await put_party(client, "gym", name="Gym Ltd", tier="commercial", organisation="county", ended=True)


async def test_a_party_is_made_read_and_changed(any_client: httpx.AsyncClient) -> None:
    body = PERSON | NOTHING | {"contact_name": "Ann"}
    made = await any_client.put(f"{API}/parties/ann-lee", json=body)
    assert made.status_code == 201
    more = {"id": "ann-lee", "counts_as": "community", "site": None, "ended_at": None, "forgotten_at": None}
    assert without_versions(made.json()) == body | more
    assert (await any_client.put(f"{API}/parties/ann-lee", json=body | {"name": "Ann Lee-Hart"})).status_code == 200
    assert (await _get(any_client, "/parties/ann-lee"))["name"] == "Ann Lee-Hart"


@pytest.mark.both_databases
async def test_every_write_of_a_party_is_on_record_and_one_that_changes_nothing_is_none(
    any_client: httpx.AsyncClient, any_container: Container
) -> None:
    await put_party(any_client, "choir")
    await put_party(any_client, "choir")
    await put_party(any_client, "choir", tier="partner")
    await any_client.delete(f"{API}/parties/choir")
    rows = await recorded(any_container.database)
    assert rows[1:] == [(USER, act, "party choir") for act in ("make", "change", "delete")]


async def test_the_tier_is_its_own_or_that_of_its_organisation(
    any_client: httpx.AsyncClient, any_container: Container
) -> None:
    await _county(any_client)
    async with any_container.database.read() as tx:
        found = {each: await party_repository.tier_of(tx, each) for each in ("rhyme-time", "gym", "choir", None)}
    assert list(found.values()) == [Tier.COUNCIL, Tier.COMMERCIAL, Tier.COMMUNITY, Tier.COMMUNITY]
    rhyme = await _get(any_client, "/parties/rhyme-time")
    assert (rhyme["tier"], rhyme["counts_as"]) == (None, "council")


@pytest.mark.both_databases
async def test_parties_are_searched_by_name_kind_tier_organisation_and_end(any_client: httpx.AsyncClient) -> None:
    await _county(any_client)
    assert await _ids(any_client) == ["ann-lee", "choir", "county", "gym", "rhyme-time"]
    assert await _ids(any_client, search="strasse") == ["choir"]
    assert await _ids(any_client, search="BABY") == ["rhyme-time"]
    assert await _ids(any_client, search="%") == []
    assert await _ids(any_client, kind="person") == ["ann-lee"]
    assert await _ids(any_client, tier="council") == ["county", "rhyme-time"]
    assert await _ids(any_client, organisation="county") == ["gym", "rhyme-time"]
    assert await _ids(any_client, ended=True) == ["gym"]
    assert "gym" not in await _ids(any_client, ended=False)


async def test_a_long_list_comes_in_pages(client: httpx.AsyncClient) -> None:
    for number in range(5):
        await put_party(client, f"group-{number}")
    seen: list[str] = []
    after: Json = {}
    while True:
        page = await _get(client, "/parties", limit=2, **after)
        seen += [each["id"] for each in page["items"]]
        if page["next"] is None:
            break
        after = {"after": page["next"]}
    assert seen == [f"group-{number}" for number in range(5)]


@pytest.mark.parametrize(
    ("field", "fields"),
    [
        ("name", {"name": ""}),
        ("name", {"name": "🎵" * 10_000}),
        ("name", {"name": "two\nlines"}),
        ("notes", {"notes": "x" * 2001}),
        ("contact_email", {"contact_email": "ann at example.org"}),
        ("contact_email", {"contact_email": "@"}),
        ("kind", {"kind": "choir"}),
        ("tier", {"tier": "gold"}),
        ("organisation", {"organisation": "nobody"}),
        ("organisation", {"organisation": "ann-lee"}),
        ("organisation", {"organisation": "Not A Slug"}),
        ("organisation", {"kind": "organisation", "organisation": "county"}),
        ("responsible", {"responsible": "nobody"}),
        ("responsible", {"responsible": "county"}),
        ("responsible", {"kind": "person", "responsible": "new"}),
    ],
)
async def test_what_makes_no_sense_is_refused_by_its_field(client: httpx.AsyncClient, field: str, fields: Json) -> None:
    await _county(client)
    plain = {"kind": "group", "name": "New"}
    answer = await client.put(f"{API}/parties/new", json=plain | fields)
    assert answer.status_code == 422, answer.text
    assert [error["field"] for error in answer.json()["errors"]] == [field]
    assert (await client.get(f"{API}/parties/new")).status_code == 404


async def test_a_party_stays_what_it_is(client: httpx.AsyncClient) -> None:
    await put_party(client, "choir")
    answer = await client.put(f"{API}/parties/choir", json=PERSON)
    assert answer.json()["errors"][0]["field"] == "kind"


@pytest.mark.cases_full
async def test_only_a_party_that_nothing_names_is_deleted(
    any_village: httpx.AsyncClient, any_container: Container
) -> None:
    await _county(any_village)
    await any_village.put(f"{API}/parties/choir/members/ann-lee", json={})
    await book(any_village, party="choir")
    for party, named in (("choir", "bookings"), ("county", "parties"), ("ann-lee", "parties")):
        answer = await any_village.delete(f"{API}/parties/{party}")
        assert answer.status_code == 409
        assert f"there are {named} that name it; end it instead" in answer.json()["detail"]
    await put_party(any_village, "choir")
    assert (await any_village.delete(f"{API}/parties/ann-lee")).status_code == 204
    assert (await _get(any_village, "/parties/choir/members"))["items"] == []
    assert (await any_village.delete(f"{API}/parties/ann-lee")).status_code == 404


async def test_a_party_is_not_deleted_under_a_booking_that_is_being_made(db: Database) -> None:
    draft = PartyDraft(kind=PartyKind.GROUP, name="Choir")
    async with db.write() as tx:
        await party_repository.add(tx, {"choir": draft}, actor="test", now=NOW)

    async def delete() -> None:
        async with db.write() as tx:
            await party_repository.lock(tx)
            await party_repository.hold(tx, "choir")

    async with db.write() as tx:
        assert await party_repository.tier_to_book(tx, "choir", UNA) is Tier.COMMUNITY
        waiting = asyncio.create_task(delete())
        done, _ = await asyncio.wait({waiting}, timeout=0.3)
        assert not done
    await waiting


async def test_a_party_that_has_ended_cannot_book_but_keeps_its_tier(db: Database) -> None:
    async with db.write() as tx:
        draft = PartyDraft(kind=PartyKind.GROUP, name="Choir", tier=Tier.PARTNER, ended=True)
        await party_repository.add(tx, {"choir": draft}, actor="test", now=NOW)
    async with db.read() as tx:
        assert await party_repository.tier_of(tx, "choir") is Tier.PARTNER
        with pytest.raises(Invalid, match="no longer active"):
            await party_repository.tier_to_book(tx, "choir", UNA)
        with pytest.raises(Invalid, match="there is no party 'nobody'"):
            await party_repository.tier_of(tx, "nobody")
        with pytest.raises(Invalid, match="there is no party 'nobody'"):
            await party_repository.tier_to_book(tx, "nobody", UNA)


async def test_an_end_stays_when_it_was_and_can_be_taken_back(client: httpx.AsyncClient, container: Container) -> None:
    first = (await put_party(client, "choir", ended=True))["ended_at"]
    assert (await put_party(client, "choir", ended=True, notes="gone"))["ended_at"] == first
    assert (await put_party(client, "choir"))["ended_at"] is None


async def test_members_are_persons_in_groups_and_organisations(any_client: httpx.AsyncClient) -> None:
    await _county(any_client)
    path = f"{API}/parties/choir/members/ann-lee"
    body = {"role": "treasurer", "since": "2024-09-01", "until": "2026-12-31"}
    assert (await any_client.put(path, json=body)).status_code == 201
    assert (await any_client.put(path, json=body | {"until": None})).status_code == 200
    assert without_versions(await _get(any_client, "/parties/choir/members")) == {
        "items": [{"member": "ann-lee", "name": "Ann Lee", "role": "treasurer", "since": "2024-09-01", "until": None}],
        "next": None,
    }
    assert await _ids(any_client, member="ann-lee") == ["choir"]
    assert (await any_client.delete(path)).status_code == 204
    assert (await any_client.delete(path)).status_code == 404


@pytest.mark.parametrize(
    ("path", "body", "status", "field"),
    [
        ("choir/members/county", {}, 422, "member"),
        ("ann-lee/members/ann-lee", {}, 422, "party"),
        ("choir/members/nobody", {}, 404, None),
        ("nowhere/members/ann-lee", {}, 404, None),
        ("choir/members/ann-lee", {"since": "2026-02-30"}, 422, "since"),
        ("choir/members/ann-lee", {"since": "2026-02-03", "until": "2026-02-02"}, 422, "until"),
    ],
)
async def test_a_membership_that_makes_no_sense_is_refused(
    client: httpx.AsyncClient, path: str, body: Json, status: int, field: str | None
) -> None:
    await _county(client)
    answer = await client.put(f"{API}/parties/{path}", json=body)
    assert answer.status_code == status
    assert [error["field"] for error in answer.json().get("errors", [])] == ([field] if field else [])


NAME = "Zsófia"
"""A part of every text that names her, and of no other text."""


async def _lives(client: httpx.AsyncClient) -> Json:
    """She is a member, books by hand, as a series and from a spreadsheet, waits, and has a link to her calendar."""
    fields = {f"contact_{each}": f"{NAME} {each}" for each in ("name", "phone")} | {"contact_email": f"{NAME}@x.org"}
    await put_party(client, "p-7", kind="person", name=NAME, notes=NAME, **fields)
    await put_party(client, "choir")
    await client.put(f"{API}/parties/choir/members/p-7", json={"role": f"{NAME} the treasurer"})
    wish: Json = {"party": "p-7", "title": f"{NAME}'s 40th", "notes": NAME, "key_holder": NAME, **fields}
    wish |= {
        "public": True,
        "listed_as": f"{NAME}'s party",
        "about": f"Ring {NAME}",
        "web_link": f"https://x.org/{NAME}",
    }
    booked = await book(client, people=30, **wish)
    series = {"space": "studio", "first_starts": "2026-11-27T18:00", "first_ends": "2026-11-27T19:00"}
    made = await client.post(f"{API}/sites/ramsey/series", json=wish | series | {"rule": "FREQ=WEEKLY;COUNT=2"})
    assert made.status_code == 201, made.text
    waits = await client.post(f"{API}/sites/ramsey/waiting", json=wanted(**wish | {"title": f"{NAME} waits"}))
    assert waits.status_code == 201, waits.text
    row = f"reference,space,title,starts,ends,party\n{NAME},yard,{NAME},28/11/2026 18:00,28/11/2026 19:00,p-7\n"
    await client.post(f"{API}/sites/ramsey/bookings/import", content=row.encode())
    link = await client.post(f"{API}/subscriptions", json={"party": "p-7", "name": f"{NAME}'s diary"})
    assert link.status_code == 201, link.text
    early = await client.post(f"{API}/parties/p-7/forget")
    assert "bookings ahead" in early.json()["detail"]
    diary = await client.get(f"{API}/sites/ramsey/bookings", params={"from": "2026-11-25", "to": "2026-12-25"})
    for each in diary.json()["items"]:
        await client.post(f"{API}/bookings/{each['id']}/cancel", json={"reason": f"{NAME} is ill"})
    early = await client.post(f"{API}/parties/p-7/forget")
    assert "waits for a time" in early.json()["detail"] or "bookings ahead" in early.json()["detail"]
    await client.delete(f"{API}/waiting/{waits.json()['id']}")
    return booked


async def _holds(container: Container) -> list[str]:
    """The tables that contain her name."""
    async with container.database.read() as tx:
        return [table.name for table in metadata.sorted_tables if NAME in str((await tx.execute(select(table))).all())]


async def test_a_person_is_forgotten_everywhere_and_the_figures_stay(
    any_village: httpx.AsyncClient, any_container: Container
) -> None:
    booked = await _lives(any_village)
    everywhere = ["parties", "memberships", "bookings", "series", "waits", "booking_log", "sheet_rows", "subscriptions"]
    everywhere.append("audit_rows")
    assert sorted(await _holds(any_container)) == sorted(everywhere)
    answer = await any_village.post(f"{API}/parties/p-7/forget")
    assert answer.status_code == 200, answer.text
    forgotten = answer.json()
    assert (forgotten["name"], forgotten["contact_phone"], forgotten["ended"]) == ("Forgotten person", "", True)
    assert await _holds(any_container) == []
    after = await look(any_village, booked)
    assert (after["title"], after["people"], after["starts"]) == ("Private booking", 30, booked["starts"])
    assert after["public"] is False
    await show_public(any_village)
    assert (await _get(any_village, "/sites/ramsey/whats-on"))["@graph"] == []
    assert (await _get(any_village, "/parties/choir/members"))["items"] == []
    assert (await any_village.post(f"{API}/parties/p-7/forget")).json() == forgotten
    assert (await any_village.put(f"{API}/parties/p-7", json=PERSON)).status_code == 409
