"""Insurance, hire terms and DBS checks: written, read by those who may, encrypted, forgotten."""

import io
import zipfile
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import select

from controller.app.container import Container
from controller.people.documents.model import LARGEST, has_certificate_number, media_type_of
from tests.controller.clock import ManualClock
from tests.controller.privacy.rows import count, table
from tests.controller.records.audit.reading import rows_of
from tests.controller.signin.signing import API, Json, put_party, signed_in_as
from tests.controller.village import SITE

PDF = b"%PDF-1.7\nthe policy of the choir"
PNG = b"\x89PNG\r\n\x1a\nthe policy"
CHOIR = f"{API}/parties/choir"
INSURANCE = {"kind": "insurance", "valid_from": "2026-06-01", "valid_until": "2027-05-31", "notes": "Five million"}
SEEN = {"level": "enhanced_barred", "seen_on": "2026-11-02", "seen_by": "Ada Trustee", "review_on": "2029-11-02"}


async def add(client: httpx.AsyncClient, party: str = "choir", *, content: bytes | None = None, **fields: Any) -> Json:
    """Record a document, with its file if one is given."""
    answer = await client.post(f"{API}/parties/{party}/documents", json=INSURANCE | fields)
    assert answer.status_code == 201, answer.text
    made: Json = answer.json()
    if content is not None:
        sent = await client.put(f"{API}/parties/{party}/documents/{made['id']}/content", content=content)
        assert sent.status_code == 200, sent.text
        made = sent.json()
    return made


async def _stored(container: Container) -> list[bytes]:
    async with container.database.read() as tx:
        return list((await tx.execute(select(table("document_files").c.sealed))).scalars())


@pytest.mark.both_databases
async def test_a_document_is_recorded_listed_changed_and_deleted_and_all_of_it_is_on_record(
    any_village: httpx.AsyncClient, any_container: Container
) -> None:
    await put_party(any_village, "choir", site=SITE)
    made = await add(any_village)
    assert made["seen_by"] == "Una Porter"
    changed = await any_village.put(
        f"{CHOIR}/documents/{made['id']}",
        json=INSURANCE | {"valid_until": "2028-05-31", "version": made["version"]},
    )
    assert changed.status_code == 200, changed.text
    [listed] = (await any_village.get(f"{CHOIR}/documents")).json()["items"]
    assert listed == changed.json()
    stale = INSURANCE | {"version": made["version"]}
    assert (await any_village.put(f"{CHOIR}/documents/{made['id']}", json=stale)).status_code == 409
    wrong = await any_village.post(f"{CHOIR}/documents", json=INSURANCE | {"valid_until": "2026-05-31"})
    assert (wrong.status_code, "must not be before" in wrong.text) == (422, True)
    assert (await any_village.delete(f"{CHOIR}/documents/{made['id']}")).status_code == 204
    assert (await any_village.get(f"{CHOIR}/documents")).json()["items"] == []
    rows = [each for each in await rows_of(any_container.database) if made["id"] in each["thing"]]
    assert [each["act"] for each in rows] == ["add document", "change document", "delete document"]
    assert {(each["site"], each["subject"]) for each in rows} == {(SITE, "choir")}


@pytest.mark.both_databases
async def test_a_file_is_kept_encrypted_and_given_out_to_be_saved(
    any_village: httpx.AsyncClient, any_container: Container
) -> None:
    await put_party(any_village, "choir")
    made = await add(any_village, content=PDF)
    assert (made["media_type"], made["size"]) == ("application/pdf", len(PDF))
    (sealed,) = await _stored(any_container)
    assert b"policy" not in sealed
    answer = await any_village.get(f"{CHOIR}/documents/{made['id']}/content")
    assert answer.content == PDF
    assert answer.headers["content-type"] == "application/octet-stream"
    assert answer.headers["content-disposition"] == 'attachment; filename="choir-insurance-2026-06-01.pdf"'
    assert (answer.headers["x-content-type-options"], answer.headers["cache-control"]) == ("nosniff", "no-store")
    last = (await rows_of(any_container.database))[-1]
    assert (last["act"], made["id"] in last["thing"]) == ("read document", True)
    replaced = await any_village.put(f"{CHOIR}/documents/{made['id']}/content", content=PNG)
    assert replaced.json()["media_type"] == "image/png"
    assert len(await _stored(any_container)) == 1


async def test_a_file_is_judged_by_its_content_and_bounded_in_size(village: httpx.AsyncClient) -> None:
    await put_party(village, "choir")
    made = await add(village)
    path = f"{CHOIR}/documents/{made['id']}/content"
    assert (await village.get(path)).status_code == 404
    page = await village.put(path, content=b"<html><script>", headers={"Content-Type": "application/pdf"})
    assert (page.status_code, "PDF, JPEG or PNG" in page.text) == (422, True)
    assert (await village.put(path, content=b"")).status_code == 422
    assert (await village.put(path, content=PDF.ljust(LARGEST, b"x"))).status_code == 200
    assert (await village.put(path, content=PDF.ljust(LARGEST + 1, b"x"))).status_code == 413
    assert media_type_of(b"\xff\xd8\xff\xe0") == "image/jpeg"


async def test_leaders_read_their_own_documents_and_nobody_but_managers_what_was_seen(
    app: FastAPI, village: httpx.AsyncClient
) -> None:
    for party in ("choir", "scouts"):
        await put_party(village, party)
    made = await add(village, content=PDF)
    other = await add(village, "scouts", content=PDF)
    assert (await village.put(f"{CHOIR}/safeguarding", json=SEEN)).status_code == 201
    async with signed_in_as(app, village, "group_leader", party="choir") as leader:
        assert (await leader.get(f"{CHOIR}/documents/{made['id']}/content")).content == PDF
        for path in (f"{API}/parties/scouts/documents", f"{CHOIR}/safeguarding"):
            assert (await leader.get(path)).status_code == 403, path
        assert (await leader.get(f"{CHOIR}/documents/{other['id']}/content")).status_code == 404
        assert (await leader.post(f"{CHOIR}/documents", json=INSURANCE)).status_code == 403
    others: list[tuple[str, Json]] = [("group_member", {"party": "choir"}), ("porter", {}), ("auditor", {})]
    for role, fields in (*others, ("manager", {"sites": [SITE]})):  # a party of all sites, which books there too
        async with signed_in_as(app, village, role, **fields) as client:
            assert (await client.get(f"{CHOIR}/documents")).status_code == 403, role
            assert (await client.get(f"{CHOIR}/safeguarding")).status_code == 403, role


async def test_of_a_dbs_check_only_the_dates_the_level_and_who_saw_it_are_kept(any_village: httpx.AsyncClient) -> None:
    await put_party(any_village, "ann-lee", kind="person")
    path = f"{API}/parties/ann-lee/safeguarding"
    assert (await any_village.get(path)).status_code == 404
    for number in ("001234567890", "Ada, 0012 3456 7890"):
        refused = await any_village.put(path, json=SEEN | {"seen_by": number})
        assert (refused.status_code, "number of a DBS certificate" in refused.text) == (422, True)
    assert (await any_village.put(path, json=SEEN | {"number": "001234567890"})).status_code == 422
    assert (await any_village.put(path, json=SEEN | {"review_on": "2026-11-02"})).status_code == 422
    assert (await any_village.put(path, json=SEEN)).status_code == 201
    found = (await any_village.get(path)).json()
    assert {name: found[name] for name in SEEN} == SEEN
    assert found.keys() == {*SEEN, "version"}
    assert (
        await any_village.post(f"{API}/parties/ann-lee/documents", json=INSURANCE | {"kind": "safeguarding"})
    ).status_code == 422
    assert (await any_village.delete(path)).status_code == 204
    assert (await any_village.delete(path)).status_code == 404


@pytest.mark.parametrize("text", ["Ada Trustee", "Ada, 01487 555 020", "2026-11-02"])
def test_names_phones_and_dates_are_no_certificate_number(text: str) -> None:
    assert not has_certificate_number(text)


@pytest.mark.cases_full
@pytest.mark.both_databases
async def test_a_party_gets_its_files_and_a_forgotten_one_has_none(
    any_village: httpx.AsyncClient, any_container: Container
) -> None:
    await put_party(any_village, "choir")
    await add(any_village, content=PDF)
    await any_village.put(f"{CHOIR}/safeguarding", json=SEEN)
    export = await any_village.get(f"{CHOIR}/data.zip")
    with zipfile.ZipFile(io.BytesIO(export.content)) as archive:
        assert archive.read("documents/1-choir-insurance-2026-06-01.pdf") == PDF
        assert b"enhanced_barred" in archive.read("data.json")
    assert (await any_village.delete(CHOIR)).status_code == 409
    assert (await any_village.post(f"{CHOIR}/forget")).status_code == 200
    for name in ("party_documents", "document_files", "safeguarding"):
        assert await count(any_container, name) == 0, name
    assert (await any_village.post(f"{CHOIR}/documents", json=INSURANCE)).status_code == 409


@pytest.mark.cases_full
async def test_lapsed_documents_are_deleted_when_their_time_is_over(
    any_village: httpx.AsyncClient, any_container: Container, clock: ManualClock
) -> None:
    await put_party(any_village, "choir")
    await add(any_village, content=PDF, valid_until="2026-12-31")
    await add(any_village, kind="hire-terms", valid_until=None)
    await any_village.put(f"{CHOIR}/safeguarding", json=SEEN | {"review_on": "2026-12-31"})
    clock.advance(days=183)
    await any_container.retention.enforce()
    assert [await count(any_container, each) for each in ("party_documents", "safeguarding")] == [2, 1]
    clock.advance(days=40)
    await any_container.retention.enforce()
    assert [await count(any_container, each) for each in ("party_documents", "safeguarding")] == [2, 0]
    clock.advance(days=1095)
    await any_container.retention.enforce()
    assert [await count(any_container, each) for each in ("party_documents", "document_files")] == [1, 0]
