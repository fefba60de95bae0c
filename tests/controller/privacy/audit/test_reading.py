"""The audit log is read with filters, in pages, as CSV; that is recorded, and few may."""

import csv
import io
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from controller.app.container import Container
from controller.records.audit.sealer import AuditSealer
from tests.controller.clock import ManualClock
from tests.controller.records.audit.reading import rows_of
from tests.controller.running import USER
from tests.controller.signin.signing import API, put_party, signed_in_as
from tests.controller.statements import counted
from tests.controller.village import SITE, act, book

LOG = f"{API}/audit"


async def read(client: httpx.AsyncClient, **params: str) -> list[dict[str, Any]]:
    answer = await client.get(LOG, params=params)
    assert answer.status_code == 200, answer.text
    items: list[dict[str, Any]] = answer.json()["items"]
    return items


async def test_a_row_says_who_what_when_why_and_what_changed(
    any_village: httpx.AsyncClient, any_container: Container
) -> None:
    made = await book(any_village)
    await act(any_village, made, "cancel", reason="The boiler is out")
    container = any_container
    await AuditSealer(container.database, container.clock, container.keys, container.settings.data_dir).look()
    (row,) = await read(any_village, act="cancel")
    assert row | {"id": 0, "user_id": "", "changes": {}, "seq": 0} == {
        "id": 0,
        "at": "2026-11-25T12:00:00+00:00",
        "site": SITE,
        "user_id": "",
        "user": USER,
        "actor": "",
        "source": "api",
        "address": "",
        "act": "cancel",
        "thing": f"booking {made['id']}",
        "reason": "The boiler is out",
        "changes": {},
        "erased": False,
        "seq": 0,
    }
    assert row["changes"]["state"] == ["confirmed", "cancelled"]
    assert row["seq"] > 1


@pytest.mark.both_databases
async def test_rows_are_filtered_and_come_in_pages(
    any_village: httpx.AsyncClient, any_container: Container, clock: ManualClock
) -> None:
    await put_party(any_village, "choir", name="Choir")
    clock.advance(hours=1)
    await put_party(any_village, "yoga", name="Yoga")
    assert {each["act"] for each in await read(any_village, site=SITE)} == {"make"}
    assert [each["thing"] for each in await read(any_village, thing="party ")] == ["party yoga", "party choir"]
    late = {"from": "2026-11-25T12:30", "thing": "party "}
    assert [each["thing"] for each in await read(any_village, **late)] == ["party yoga"]
    early = {"from": "2026-11-25", "until": "2026-11-25T12:30:00Z", "thing": "party "}
    assert [each["thing"] for each in await read(any_village, **early)] == ["party choir"]
    assert await read(any_village, who="edge:ramsey/pi") == []
    user = (await read(any_village, thing="party choir"))[0]["user_id"]
    by_name, by_id = [await read(any_village, who=who, thing="party ") for who in (USER, user)]
    assert by_name == by_id
    assert len(by_name) == 2
    whole = [each["id"] for each in await read(any_village, until="2026-11-25T12:30")]
    paged: list[int] = []
    after: dict[str, str] = {}
    while True:
        answer = (await any_village.get(LOG, params={"limit": "3", "until": "2026-11-25T12:30"} | after)).json()
        paged += [each["id"] for each in answer["items"]]
        if answer["next"] is None:
            break
        after = {"after": answer["next"]}
    assert paged == whole
    assert len(whole) > 3


async def test_reading_is_recorded_with_what_was_looked_for(
    any_client: httpx.AsyncClient, any_container: Container
) -> None:
    await read(any_client, who="Cora", act="unlock")
    row = (await rows_of(any_container.database))[-1]
    assert (row["who"], row["act"], row["thing"]) == (USER, "read the audit log", "audit log")
    assert row["changes"] == {"act": [None, "unlock"]}
    assert row["personal"]["changes"] == {"who": [None, "Cora"]}


async def test_no_name_that_was_looked_for_is_chained(any_client: httpx.AsyncClient, any_container: Container) -> None:
    await read(any_client, who=USER)
    row = (await rows_of(any_container.database))[-1]
    assert row["changes"] == {"user_id": [None, row["user_id"]]}
    assert row["personal"] == {}


async def test_the_log_is_read_outside_the_write_that_records_it(
    client: httpx.AsyncClient, container: Container
) -> None:
    """SQLite has one writer at a time, and a reading may be long."""
    async with counted() as said:
        await read(client, thing="party")
    reads = [at for at, sql in enumerate(said) if sql.startswith("SELECT audit_rows.id")]
    writes = [at for at, sql in enumerate(said) if sql == "BEGIN IMMEDIATE"]
    assert (len(reads), len(writes)) == (1, 1)
    assert reads < writes
    assert (await rows_of(container.database))[-1]["act"] == "read the audit log"


async def test_the_rows_are_given_as_csv(any_client: httpx.AsyncClient) -> None:
    await put_party(any_client, "choir", name="=Choir", contact_phone="01487 555020")
    answer = await any_client.get(f"{LOG}.csv", params={"thing": "party choir"})
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    (row,) = csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig")))
    assert (row["user"], row["act"], row["thing"]) == (USER, "make", "party choir")
    assert '"contact_phone":[null,"01487 555020"]' in row["changes"]


@pytest.mark.parametrize(
    ("params", "field"),
    [
        ({"from": "yesterday"}, "from"),
        ({"until": "2026-13-01"}, "until"),
        ({"after": "x"}, "after"),
        ({"after": "9" * 30}, "after"),
        ({"who": "a\0b"}, "who"),
        ({"thing": "x" * 201}, "thing"),
    ],
)
async def test_what_cannot_be_read_is_named(client: httpx.AsyncClient, params: dict[str, str], field: str) -> None:
    answer = await client.get(LOG, params=params)
    assert answer.status_code == 422
    assert [each["field"] for each in answer.json()["errors"]] == [field]


@pytest.mark.parametrize(
    ("role", "rest"),
    [("owner", {"sites": [SITE]}), ("manager", {}), ("porter", {}), ("wall", {}), ("group_leader", {"party": "choir"})],
)
async def test_only_administrators_of_all_sites_read_it(
    app: FastAPI, village: httpx.AsyncClient, role: str, rest: dict[str, object]
) -> None:
    await put_party(village, "choir")
    async with signed_in_as(app, village, role, **rest) as other:
        assert (await other.get(LOG)).status_code == 403
        assert (await other.get(f"{LOG}.csv")).status_code == 403
