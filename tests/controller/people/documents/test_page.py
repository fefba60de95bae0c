"""The plain pages of documents."""

import re

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import text

from controller.app.container import Container
from controller.db.engine import Tx
from controller.people.documents.model import LARGEST
from controller.platform.web.middleware import BODY_LIMIT
from controller.platform.web.problem import Invalid
from controller.screens.door_pages.plain_page import read_parts
from tests.controller.people.documents.test_documents import CHOIR, PDF, PNG, SEEN, add
from tests.controller.running import PASSWORD, stranger
from tests.controller.signin.signing import API, Json, make_user, put_party, signed_in_as
from tests.controller.village import SITE

OURS = {"Origin": "http://hub.test"}
FORM = {"kind": "hire-terms", "valid_from": "25/11/2026", "valid_until": "", "notes": "Signed <b>"}


async def send(page: httpx.AsyncClient, path: str, fields: Json, content: bytes = b"") -> httpx.Response:
    """Send a form as a browser does, with its file if one was chosen."""
    return await page.post(path, data=fields, files={"file": ("scan", content)}, headers=OURS, follow_redirects=True)


@pytest.mark.cases_full
async def test_managers_see_what_lapses_record_documents_and_leaders_see_their_own(
    any_app: FastAPI, any_village: httpx.AsyncClient
) -> None:
    for party in ("choir", "scouts"):
        await put_party(any_village, party, site=SITE)
    made = await add(any_village, content=PDF, valid_until="2026-11-20")
    assert (await any_village.put(f"{CHOIR}/safeguarding", json=SEEN)).is_success
    await make_user(any_village, "Max", "manager", sites=[SITE])
    await make_user(any_village, "Lee", "group_leader", sites=[SITE], party="choir")
    async with stranger(any_app) as page:
        assert (await page.get(f"/documents?site={SITE}")).status_code == 403
        assert (await page.get("/documents/choir")).status_code == 403
        await page.post(f"{API}/session", json={"user": "Max", "password": PASSWORD})
        listed = await page.get(f"/documents?site={SITE}")
        assert ("documents/choir" in listed.text, "ended on 20 November 2026" in listed.text) == (True, True)
        shown = await page.get("/documents/choir")
        assert ("Ada Trustee" in shown.text, f"{made['id']}/content" in shown.text) == (True, True)
        done = await send(page, "/documents/choir/upload", FORM)
        assert ("It is recorded." in done.text, "Signed &lt;b&gt;" in done.text) == (True, True)
        for wrong, why in (
            ({"valid_from": ""}, "The first day"),
            ({"valid_until": "1/11/2026"}, "The last day must not be before"),
            ({"kind": "", "other": "Safeguarding"}, "What it is must not be safeguarding"),
            ({"kind": ""}, "What it is must be chosen"),
            ({"kind": "", "other": "!"}, "What it is must be chosen"),
            ({"kind": "insurance", "other": "Food hygiene"}, "What it is must be clear"),
            ({"valid_from": "31/11/2026"}, "The first day"),
        ):
            refused = await send(page, "/documents/choir/upload", FORM | wrong)
            assert (refused.status_code, why in refused.text) == (422, True), refused.text
            assert "Signed &lt;b&gt;" in refused.text  # what was typed is still there
        foreign = {"Origin": "http://evil.test"}
        assert (await page.post("/documents/choir/upload", data=FORM, headers=foreign)).status_code == 403
        assert (await page.get("/documents/nobody")).status_code == 403
    assert len((await any_village.get(f"{CHOIR}/documents")).json()["items"]) == 2
    async with stranger(any_app) as page:
        await page.post(f"{API}/session", json={"user": "Lee", "password": PASSWORD})
        own = await page.get("/documents/choir")
        assert (own.status_code, "Ada Trustee" in own.text, "Record it" in own.text) == (200, False, False)
        assert f"{made['id']}/content" in own.text
        for path in ("/documents/choir/upload", f"/documents/choir/{made['id']}/upload"):
            assert (await send(page, path, FORM | {"sure": "yes"}, PDF)).status_code == 403
        assert (await page.get(f"/documents/choir/{made['id']}")).status_code == 403
        deleting = await page.post(f"/documents/choir/{made['id']}", data={"step": "delete"}, headers=OURS)
        assert deleting.status_code == 403
        assert (await page.get("/documents/scouts")).status_code == 403
        assert (await page.get(f"/documents?site={SITE}")).status_code == 403
    assert len((await any_village.get(f"{CHOIR}/documents")).json()["items"]) == 2


@pytest.mark.cases_full
async def test_a_scan_is_sent_replaced_and_deleted_each_only_when_meant(
    app: FastAPI, village: httpx.AsyncClient
) -> None:
    await put_party(village, "choir", site=SITE)
    await make_user(village, "Max", "manager", sites=[SITE])

    async def items() -> list[dict[str, object]]:
        found: list[dict[str, object]] = (await village.get(f"{CHOIR}/documents")).json()["items"]
        return found

    async with stranger(app) as page:
        await page.post(f"{API}/session", json={"user": "Max", "password": PASSWORD})
        for content, why in (
            (b"GIF89a", "must be a PDF, JPEG or PNG file"),
            (PDF.ljust(LARGEST + 1, b" "), "may have at most 10 MB"),
        ):
            refused = await send(page, "/documents/choir/upload", FORM, content)
            assert (refused.status_code in (413, 422), why in refused.text) == (True, True), refused.text[:2000]
        assert await items() == []
        sent = await send(page, "/documents/choir/upload", FORM, PDF)
        assert "its file is kept" in sent.text
        [document] = await items()
        assert (document["media_type"], document["valid_from"]) == ("application/pdf", "2026-11-25")
        at = f"/documents/choir/{document['id']}"
        assert "Replace the file" in (await page.get(at)).text
        assert (await send(page, f"{at}/upload", {}, PNG)).status_code == 422
        assert (await send(page, f"{at}/upload", {"sure": "yes"})).status_code == 422
        assert [each["media_type"] for each in await items()] == ["application/pdf"]
        assert "The file is kept." in (await send(page, f"{at}/upload", {"sure": "yes"}, PNG)).text
        read = await page.get(f"{API}/parties/choir/documents/{document['id']}/content")
        assert (read.content, "attachment" in read.headers["content-disposition"]) == (PNG, True)
        change = FORM | {"step": "change", "valid_until": "24/11/2027", "version": str(document["version"])}
        changed = await page.post(at, data=change, headers=OURS, follow_redirects=True)
        assert ("It is changed." in changed.text, "24 November 2027" in changed.text) == (True, True)
        stale = await page.post(at, data=change | {"notes": "other"}, headers=OURS)
        assert stale.status_code == 409
        asked = await page.post(at, data={"step": "ask"}, headers=OURS)
        assert "cannot be undone" in asked.text
        assert len(await items()) == 1
        gone = await page.post(at, data={"step": "delete"}, headers=OURS, follow_redirects=True)
        assert ("It is deleted." in gone.text, await items()) == (True, [])
        assert (await page.get(at)).status_code == 404
        again = await page.post(at, data={"step": "delete"}, headers=OURS, follow_redirects=True)
        assert again.status_code == 404


async def test_a_manager_of_one_site_is_told_who_keeps_the_documents_of_a_group_of_all_sites(
    app: FastAPI, village: httpx.AsyncClient
) -> None:
    await put_party(village, "choir", site=SITE)
    await put_party(village, "scouts", site=None)
    for party in ("choir", "scouts"):
        await add(village, party, valid_until="2026-11-20")
    async with signed_in_as(app, village, "manager", sites=[SITE]) as page:
        listed = (await page.get(f"/documents?site={SITE}")).text
        assert ("/documents/choir" in listed, "/documents/scouts" in listed) == (True, False)
        assert (await page.get("/documents/scouts")).status_code == 403
    assert "/documents/scouts" in (await village.get(f"/documents?site={SITE}")).text


async def test_the_form_offers_what_the_site_asks_for_and_takes_anything_else(
    app: FastAPI, village: httpx.AsyncClient
) -> None:
    await put_party(village, "choir", site=SITE)
    asks = {"kind": "risk", "name": "risk assessment", "lapsing": "warn"}
    policy = {"rules": [{"name": "All", "modes": []}], "documents": [asks]}
    assert (await village.put(f"{API}/sites/{SITE}/policy", json=policy)).is_success
    async with signed_in_as(app, village, "manager", sites=[SITE]) as page:
        shown = await page.get("/documents/choir")
        assert '<option value="risk">Risk assessment</option>' in shown.text
        assert re.findall(r"<option.* selected>.*</option>", shown.text) == [
            '<option value="" selected>Choose…</option>'
        ]
        for kind, other in (("", "Food hygiene, 2026"), ("", "risk Assessment"), ("hire-terms", "Hire terms")):
            await send(page, "/documents/choir/upload", FORM | {"kind": kind, "other": other})
    recorded = (await village.get(f"{CHOIR}/documents")).json()["items"]
    assert [each["kind"] for each in recorded] == ["food-hygiene-2026", "hire-terms", "risk"]


@pytest.mark.parametrize("kind", ["food-hygiene", "food--hygiene", "insurance"])
async def test_saving_a_document_as_it_is_shown_changes_nothing(
    app: FastAPI, village: httpx.AsyncClient, kind: str
) -> None:
    await put_party(village, "choir", site=SITE)
    made = await add(village, kind=kind, seen_by="Ada Trustee", notes="one\ntwo", valid_until=None)
    async with signed_in_as(app, village, "manager", sites=[SITE]) as page:
        shown = (await page.get(f"/documents/choir/{made['id']}")).text
        [notes] = re.findall(r'<textarea [^>]*name="notes"[^>]*>([^<]*)</textarea>', shown)
        fields = dict(re.findall(r'<input (?:id="\w+"|type="hidden") name="(\w+)".* value="([^"]*)"', shown))
        [chosen] = re.findall(r'<option value="([^"]*)" selected', shown) or [""]
        assert fields.keys() == {"version", "other", "valid_from", "valid_until"}
        fields |= {"kind": chosen, "notes": notes.replace("\n", "\r\n"), "step": "change"}
        saved = await page.post(f"/documents/choir/{made['id']}", data=fields, headers=OURS)
        assert saved.status_code == 303, saved.text
        assert (await village.get(f"{CHOIR}/documents")).json()["items"] == [made]
        later = await page.post(
            f"/documents/choir/{made['id']}", data=fields | {"valid_until": "1/6/2028"}, headers=OURS
        )
        assert later.status_code == 303, later.text
    [changed] = (await village.get(f"{CHOIR}/documents")).json()["items"]
    assert changed == made | {"valid_until": "2028-06-01", "version": changed["version"]}


async def test_kinds_and_levels_are_shown_in_peoples_words(app: FastAPI, village: httpx.AsyncClient) -> None:
    await put_party(village, "choir", site=SITE)
    asks = {"kind": "pta-list", "name": "DBS list of PTA", "lapsing": "warn"}
    policy = {"rules": [{"name": "All", "modes": []}], "documents": [asks]}
    assert (await village.put(f"{API}/sites/{SITE}/policy", json=policy)).is_success
    made = [await add(village, kind=kind) for kind in ("food-hygiene", "pta-list")]
    assert (await village.put(f"{CHOIR}/safeguarding", json=SEEN)).is_success
    async with signed_in_as(app, village, "manager", sites=[SITE]) as page:
        shown = (await page.get("/documents/choir")).text
        assert re.findall(r"<h2>(.*)</h2>", shown)[:2] == ["Food hygiene", "DBS list of PTA"]
        assert "DBS check (enhanced, with a check of the barred lists) seen on" in shown
        one = (await page.get(f"/documents/choir/{made[0]['id']}")).text
        assert re.findall(r"<h1>(.*)</h1>", one) == ["Choir: food hygiene"]


async def test_what_is_larger_than_any_form_is_refused_in_plain_words(app: FastAPI, village: httpx.AsyncClient) -> None:
    await put_party(village, "choir", site=SITE)
    made = await add(village)
    async with signed_in_as(app, village, "manager", sites=[SITE]) as page:
        for at in ("/documents/choir", f"/documents/choir/{made['id']}"):
            refused = await send(page, f"{at}/upload", FORM, PDF.ljust(LARGEST + BODY_LIMIT + 1, b" "))
            assert (refused.status_code, "larger than 10 MB" in refused.text) == (413, True)
            assert "send a smaller scan" in refused.text
            assert refused.headers["content-type"].startswith("text/html")
            back = await page.get(f"{at}/upload")  # as from the address bar of the page that refused
            assert (back.status_code, back.headers["location"]) == (303, at)


async def test_a_document_and_its_file_are_recorded_together_or_not_at_all(
    app: FastAPI, village: httpx.AsyncClient, container: Container
) -> None:
    await put_party(village, "choir", site=SITE)
    fails = "CREATE TRIGGER no_file BEFORE INSERT ON document_files BEGIN SELECT RAISE(ABORT, 'no'); END"

    async def execute(tx: Tx, statement: str) -> None:
        await tx.execute(text(statement))

    async with signed_in_as(app, village, "manager", sites=[SITE]) as page:
        await container.database.run(execute, fails)
        assert (await send(page, "/documents/choir/upload", FORM, PDF)).status_code == 500
        assert (await village.get(f"{CHOIR}/documents")).json()["items"] == []
        await container.database.run(execute, "DROP TRIGGER no_file")
        assert (await send(page, "/documents/choir/upload", FORM, PDF)).status_code == 200
    [kept] = (await village.get(f"{CHOIR}/documents")).json()["items"]
    assert (kept["media_type"], kept["size"]) == ("application/pdf", len(PDF))


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"", "multipart/form-data; boundary=x"),
        (b"--x\r\n\r\nno name\r\n--x--", "multipart/form-data; boundary=x"),
        (b"--x\r\nContent-Disposition: form-data; name=a", "multipart/form-data; boundary=x"),
        (b"a=b", "application/x-www-form-urlencoded"),
        (b"--x", "multipart/form-data"),
        (b"--\xff", "multipart/form-data; boundary=\xff"),
        (b"--\r\nContent-Disposition: form-data; name=a\r\n\r\nb\r\n----", 'multipart/form-data; boundary=""'),
    ],
)
def test_a_form_that_cannot_be_read_has_no_fields(body: bytes, kind: str) -> None:
    assert read_parts(body, kind) == {}


def test_the_fields_of_a_form_are_read_whatever_bytes_the_file_has() -> None:
    content = b"\r\n--y\r\n\r\n\x00--x \r\n"
    body = (
        b'preamble\r\n--x\r\nContent-Disposition: form-data; name="file"; filename="a;b.pdf"\r\n'
        b"Content-Type: application/pdf\r\n\r\n" + content + b'\r\n--x\r\ncontent-disposition: form-data; name="a"'
        b"\r\n\r\n\xc3\xa9\r\n--x--\r\n"
    )
    assert read_parts(body, 'multipart/form-data; boundary="x"') == {"file": content, "a": "é".encode()}


def test_a_form_with_more_parts_than_any_of_ours_is_refused() -> None:
    part = b'--x\r\nContent-Disposition: form-data; name="a%d"\r\n\r\nb\r\n'
    fifty = b"".join(part % each for each in range(50))
    assert len(read_parts(fifty + b"--x--", "multipart/form-data; boundary=x")) == 50
    with pytest.raises(Invalid, match="at most 50 parts"):
        read_parts(fifty + part % 50 + b"--x--", "multipart/form-data; boundary=x")


async def test_a_form_with_too_many_parts_changes_nothing_and_says_why(
    app: FastAPI, village: httpx.AsyncClient
) -> None:
    await put_party(village, "choir", site=SITE)
    made = await add(village)
    headers = OURS | {"Content-Type": "multipart/form-data; boundary=a"}
    async with signed_in_as(app, village, "manager", sites=[SITE]) as page:
        for at in ("/documents/choir", f"/documents/choir/{made['id']}"):
            refused = await page.post(f"{at}/upload", content=b"\r\n--a" * 100_000, headers=headers)
            assert (refused.status_code, "may have at most 50 parts" in refused.text) == (422, True), refused.text
    assert (await village.get(f"{CHOIR}/documents")).json()["items"] == [made]
