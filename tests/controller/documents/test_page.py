"""The plain pages of documents."""

import httpx
from fastapi import FastAPI

from tests.controller.documents.test_documents import CHOIR, INSURANCE, PDF, SEEN, add
from tests.controller.people.signing import API, make_user, put_party
from tests.controller.running import PASSWORD, stranger
from tests.controller.village import SITE

OURS = {"Origin": "http://hub.test"}


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
        form = {"kind": "hire-terms", "valid_from": "2026-11-25", "notes": "Signed <b>"}
        done = await page.post("/documents/choir", data=form, headers=OURS)
        assert ("It is recorded." in done.text, "Signed &lt;b&gt;" in done.text) == (True, True)
        for wrong in ({}, form | {"valid_until": "2026-11-01"}, form | {"kind": "safeguarding"}):
            assert "It is recorded." not in (await page.post("/documents/choir", data=wrong, headers=OURS)).text
        assert (
            await page.post("/documents/choir", data=form, headers={"Origin": "http://evil.test"})
        ).status_code == 403
        assert (await page.get("/documents/nobody")).status_code == 403
    assert len((await any_village.get(f"{CHOIR}/documents")).json()["items"]) == 2
    async with stranger(any_app) as page:
        await page.post(f"{API}/session", json={"user": "Lee", "password": PASSWORD})
        own = await page.get("/documents/choir")
        assert (own.status_code, "Ada Trustee" in own.text, "Record it" in own.text) == (200, False, False)
        assert (await page.post("/documents/choir", data=INSURANCE, headers=OURS)).status_code == 403
        assert (await page.get("/documents/scouts")).status_code == 403
        assert (await page.get(f"/documents?site={SITE}")).status_code == 403
