"""A manager writes the induction on a page: looks at it, saves it, and hears what is wrong."""

import httpx
from fastapi import FastAPI

from tests.controller.access.induction.asking import PATH, write
from tests.controller.running import PASSWORD, stranger
from tests.controller.signin.signing import API, make_user
from tests.controller.village import SITE

PAGE = f"/induction/edit?site={SITE}"
OURS = {"Origin": "http://hub.test"}


async def test_a_manager_looks_at_it_and_saves_it(any_app: FastAPI, any_village: httpx.AsyncClient) -> None:
    await make_user(any_village, "Max", "manager", sites=[SITE])
    async with stranger(any_app) as page:
        assert (await page.get(PAGE)).status_code == 403
        await page.post(f"{API}/session", json={"user": "Max", "password": PASSWORD})
        empty = await page.get(PAGE)
        assert "[[questions]]" in empty.text
        await write(any_village)
        text = (await page.get(PAGE)).text.partition('spellcheck="true">')[2].partition("</textarea>")[0]
        text = text.replace("&#34;", '"').replace("&#39;", "'").replace("valid_months = 12", "valid_months = 6")
        form = {"version": "1", "text": text, "step": "preview"}
        seen = await page.post(PAGE, data=form, headers=OURS)
        assert "At the war memorial <b>(right)</b>" in seen.text
        assert (await any_village.get(PATH)).json()["version"] == 1
        saved = await page.post(PAGE, data=form | {"step": "save", "again": "yes"}, headers=OURS)
        assert "Saved as version 2." in saved.text
        found = (await any_village.get(PATH)).json()
        assert (found["valid_months"], found["counts_from"]) == (6, 2)
        stale = await page.post(
            PAGE, data=form | {"step": "save", "text": text + "\n# x\npass", "version": "1"}, headers=OURS
        )
        assert "This cannot be read" in stale.text
        late = await page.post(PAGE, data=form | {"step": "save", "version": "1"}, headers=OURS)
        assert "Not saved" in late.text
        wrong = await page.post(PAGE, data=form | {"text": "pass_percent = 300\nquestions = []"}, headers=OURS)
        assert ("pass_percent" in wrong.text, "questions" in wrong.text) == (True, True)
        assert "Save it" not in wrong.text
        assert (await page.post(PAGE, data=form, headers={"Origin": "http://evil.test"})).status_code == 403


async def test_others_cannot_write_it(app: FastAPI, village: httpx.AsyncClient) -> None:
    await make_user(village, "Pat", "porter", sites=[SITE])
    async with stranger(app) as page:
        await page.post(f"{API}/session", json={"user": "Pat", "password": PASSWORD})
        assert (await page.get(PAGE)).status_code == 403
        assert (
            await page.post(PAGE, data={"text": "x", "version": "0", "step": "save"}, headers=OURS)
        ).status_code == 403
    assert (await village.get(PATH)).status_code == 404
