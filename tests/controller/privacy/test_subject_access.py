"""A party gets what is stored about it, and nothing of other people."""

import io
import json
import zipfile
from datetime import timedelta
from typing import Any
from uuid import uuid4

import httpx
import msgspec
import pytest
from fastapi import FastAPI
from sqlalchemy import LargeBinary, insert

from controller.app.container import Container
from controller.db.engine import NAMES_ACTOR, Tx, metadata
from controller.people.erasure import naming_columns
from controller.privacy.subject_access import _shown
from controller.signin.oidc import repository as accounts
from controller.signin.oidc.model import UserAccount
from controller.signin.passkeys import repository as passkeys
from controller.signin.passkeys.model import Passkey
from controller.telemetry import repository as telemetry
from controller.telemetry.tables import events
from edge.wire.access_decision import Reason
from edge.wire.events import AccessData
from tests.controller.access.test_holders import make as make_holder
from tests.controller.access.test_members import send as send_members
from tests.controller.records.audit.reading import rows_of
from tests.controller.running import NOW
from tests.controller.signin.signing import API, make_user, put_party, signed_in_as
from tests.controller.village import SITE, book
from tests.digits import says


async def exported(
    client: httpx.AsyncClient, which: str, kind: str = "parties"
) -> tuple[dict[str, list[dict[str, Any]]], str]:
    """What the archive has by table, and all of its text."""
    answer = await client.get(f"{API}/{kind}/{which}/data.zip")
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/zip")
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        page, text = archive.read("index.html").decode(), archive.read("data.json").decode()
    return json.loads(text)["data"], page + text


async def stored(container: Container, *accesses: AccessData) -> None:
    """As an edge reported them, one a second from noon on."""

    async def put(tx: Tx) -> None:
        log = await telemetry.open_log(tx, SITE, "pi-front", "a" * 32, NOW)
        plain = {"log_id": log, "site": SITE, "edge": "pi-front", "kind": "access", "device": "front-door"}
        plain |= {"boot": "b" * 36, "mono_ms": 0, "trust": "synced", "received_at": NOW, "learned_late": False}
        for seq, data in enumerate(accesses, 1):
            row = plain | {"seq": seq, "at": NOW + timedelta(seconds=seq), "data": msgspec.json.encode(data).decode()}
            await tx.execute(insert(events).values(row))

    await container.database.run(put)


def test_no_column_that_says_who_did_something_is_exported() -> None:
    who = [
        each
        for table in metadata.sorted_tables
        for each in table.c
        if each.name in ("actor", "by") or each.name.endswith("_by")
    ]
    assert len(who) > 25
    assert [str(each) for each in who if each.info != NAMES_ACTOR and not isinstance(each.type, LargeBinary)] == []
    assert [str(each) for each in who if _shown(each)] == []
    assert [str(each) for each in naming_columns() if not _shown(each)] == []


async def test_a_party_gets_everything_that_is_stored_about_it_in_one_archive(
    any_village: httpx.AsyncClient, any_container: Container
) -> None:
    await put_party(any_village, "county", kind="organisation", name="County", contact_phone="01487 555001")
    await put_party(any_village, "ann-lee", kind="person", name="Ann Lee", contact_phone="01487 555002")
    fields = {"organisation": "county", "responsible": "ann-lee"}
    await put_party(any_village, "choir", name="St Mary's <Choir>", contact_phone="01487 555020", **fields)
    await put_party(any_village, "yoga", name="Yoga", notes="owes money", contact_phone="01487 555003", **fields)
    member = await any_village.put(f"{API}/parties/choir/members/ann-lee", json={"role": "treasurer"})
    assert member.is_success, member.text
    user = await make_user(any_village, "Cora Clerk", "group_leader", party="choir")
    mine = await book(any_village, party="choir", contact_name="Bea Song")
    await book(any_village, party="yoga", contact_name="Max Moss", space="studio")
    code = mine["codes"][0]["code"]
    data, text = await exported(any_village, "choir")
    assert [each["id"] for each in data["bookings"]] == [mine["id"]]
    (own,) = data["parties"]
    assert (own["id"], own["contact_phone"]) == ("choir", "01487 555020")
    assert (own["organisation"], own["responsible"]) == ("county", "ann-lee")
    assert data["memberships"] == [{"party": "choir", "member": "ann-lee"}]
    assert [each["user_id"] for each in data["assignments"]] == [user["id"]]
    assert {each["act"] for each in data["audit_rows"]} >= {"make", "book"}
    assert "St Mary&#x27;s &lt;Choir&gt;" in text
    assert "Bea Song" in text
    for other in ("Ann Lee", "Max Moss", "Una Porter", "Yoga", "owes money", "01487 55500", "given_by"):
        assert other not in text, other
    assert not says(text, code)
    last = (await rows_of(any_container.database))[-1]
    assert (last["act"], last["thing"]) == ("export personal data", "party choir")
    for party in ("county", "ann-lee"):
        data, text = await exported(any_village, party)
        assert [each["id"] for each in data["parties"]] == [party]
        assert [each for each in ("St Mary", "Yoga", "owes money", "01487 555020", "Bea Song") if each in text] == []
    assert data["memberships"][0]["role"] == "treasurer"
    assert (await any_village.get(f"{API}/parties/nobody/data.zip")).status_code == 404


async def test_calls_put_on_the_list_by_hand_are_in_it_by_number_alone(any_village: httpx.AsyncClient) -> None:
    await put_party(any_village, "choir", name="Choir", contact_name="Bea Song", contact_phone="01487 555020")
    calls = f"{API}/sites/{SITE}/calls"
    call = {"why": "Has she the keys?", "due": "2026-11-25T17:00"}
    for name, phone in (("The choir lady", "+44 1487 555020"), ("BEA SONG", "01487 555099"), ("Max Moss", "01487 5")):
        answer = await any_village.post(calls, json=call | {"name": name, "phone": phone})
        assert answer.is_success, answer.text
    for each in (await any_village.get(calls)).json()["items"]:
        assert (await any_village.post(f"{calls}/{each['id']}/no-answer")).is_success
    data, text = await exported(any_village, "choir")
    assert {each["name"] for each in data["manual_calls"]} == {"The choir lady"}
    assert {each["call"] for each in data["unanswered_calls"]} == {each["id"] for each in data["manual_calls"]}
    for other in ("Max Moss", "Una Porter", "01487 555099"):
        assert other not in text, other


async def test_what_doors_know_of_a_partys_codes_is_in_it(
    any_village: httpx.AsyncClient, any_container: Container
) -> None:
    await put_party(any_village, "choir")
    mine = await book(any_village, party="choir")
    other = await book(any_village, space="studio")
    granted = [
        AccessData(door="front-door", granted=True, reason=Reason.GRANTED, booking=each["id"]) for each in (mine, other)
    ]
    await stored(any_container, *granted)
    data, _ = await exported(any_village, "choir")
    assert data["events"] == [
        {"at": "2026-11-25T12:00:01Z", "site": SITE, "door": "front-door", "granted": True, "booking": mine["id"]}
    ]


async def test_a_user_gets_their_sign_ins_their_rights_and_what_they_did(
    any_village: httpx.AsyncClient, any_app: FastAPI
) -> None:
    async with signed_in_as(any_app, any_village, "manager", name="Cora Clerk", email="cora@example.org") as cora:
        await put_party(cora, "choir")
    other = await make_user(any_village, "Max Moss", "porter")
    (user,) = [each for each in (await any_village.get(f"{API}/users")).json()["items"] if each["name"] == "Cora Clerk"]
    data, text = await exported(any_village, user["id"], "users")
    assert [(each["name"], each["email"]) for each in data["users"]] == [("Cora Clerk", "cora@example.org")]
    assert [each["role"] for each in data["assignments"]] == ["manager"]
    assert [each["method"] for each in data["sessions"]] == ["password"]
    assert ("make", "party choir") in [(each["act"], each["thing"]) for each in data["audit_rows"]]
    for hidden in ("Max Moss", other["id"], "hash", cora.headers["Authorization"].removeprefix("Bearer ")):
        assert hidden not in text, hidden


async def test_a_users_passkeys_and_accounts_are_in_it_without_what_checks_them(
    any_village: httpx.AsyncClient, any_container: Container
) -> None:
    user = await make_user(any_village, "Cora Clerk", "porter")
    passkey = Passkey(
        id="p1",
        user_id=user["id"],
        name="Cora's telephone",
        credential_id=b"which-device",
        public_key=b"checks-it",
        sign_count=4,
        created_at=NOW,
    )
    account = UserAccount(
        id="a1",
        user_id=user["id"],
        issuer="https://login.example.org",
        subject="u-1",
        label="cora@council",
        linked_at=NOW,
        last_used_at=NOW,
    )
    async with any_container.database.write() as tx:
        await passkeys.add(tx, passkey)
        await accounts.add_account(tx, account)
    data, text = await exported(any_village, user["id"], "users")
    [shown] = data["passkeys"]
    assert (shown["name"], shown["sign_count"]) == ("Cora's telephone", 4)
    [linked] = data["user_accounts"]
    assert (linked["issuer"], linked["subject"], linked["label"]) == (account.issuer, "u-1", "cora@council")
    assert {"credential_id", "public_key"}.isdisjoint(shown)
    for hidden in ("which-device", "checks-it"):
        assert hidden not in text, hidden


async def test_a_manager_exports_no_user_who_has_more_rights(any_village: httpx.AsyncClient, any_app: FastAPI) -> None:
    (owner,) = (await any_village.get(f"{API}/users")).json()["items"]
    async with signed_in_as(any_app, any_village, "manager", sites=[SITE]) as manager:
        assert (await manager.get(f"{API}/users/{owner['id']}/data.zip")).status_code in (403, 404)


@pytest.mark.both_databases
async def test_a_holder_gets_where_they_may_open_and_where_they_did(
    any_village: httpx.AsyncClient, any_container: Container
) -> None:
    made = await make_holder(any_village, name="Ann Lee", places=[{"site": SITE}])
    holder, code = made["holder"]["id"], made["secrets"]["code"]
    entered = AccessData(door="front-door", granted=True, reason=Reason.GRANTED, holder=holder)
    await stored(any_container, entered)
    data, text = await exported(any_village, holder, "holders")
    assert [each["name"] for each in data["holders"]] == ["Ann Lee"]
    assert [each["site"] for each in data["holder_places"]] == [SITE]
    assert [(each["door"], each["granted"]) for each in data["events"]] == [("front-door", True)]
    assert not says(text, code)
    assert (await any_village.get(f"{API}/holders/{uuid4()}/data.zip")).status_code == 404


@pytest.mark.cases_full
@pytest.mark.both_databases
async def test_a_member_gets_what_the_library_said_and_their_inductions(any_village: httpx.AsyncClient) -> None:
    await send_members(any_village, "21412000000017,4711,,,,,,")
    member = (await any_village.get(f"{API}/members")).json()["items"][0]["id"]
    day = {"site": SITE, "day": "2026-11-01", "version": 0}
    assert (await any_village.put(f"{API}/members/{member}/induction", json=day)).is_success
    data, text = await exported(any_village, member, "members")
    assert [each["id"] for each in data["members"]] == [member]
    assert [(each["site"], each["day"]) for each in data["inductions"]] == [(SITE, "2026-11-01")]
    assert not says(text, "4711")
