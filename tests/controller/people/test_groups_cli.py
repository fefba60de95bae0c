"""`hallkeeper parties people` and its like at the terminal."""

import asyncio
import re

import httpx
import pytest
from fastapi import FastAPI
from typer.testing import CliRunner, Result

from controller.people.commands import app as parties_cli
from tests.controller.serving import serving
from tests.controller.signin.signing import make_user, put_party
from tests.controller.village import SITE


@pytest.mark.cases_full
async def test_people_are_added_invited_ended_and_duplicates_merged(app: FastAPI, village: httpx.AsyncClient) -> None:
    for party in ("choir", "choir-2", "scouts"):
        await put_party(village, party, site=SITE)
    await make_user(village, "Otto", "group_member", sites=[SITE], party="scouts")
    token = village.headers["Authorization"].removeprefix("Bearer ")
    async with serving(app) as address:

        async def typed(*words: str) -> Result:
            env = {"HALLKEEPER_TOKEN": token, "COLUMNS": "220"}
            asked = [*words, "--server", address]
            found = await asyncio.to_thread(lambda: CliRunner().invoke(parties_cli, asked, env=env))
            assert found.exit_code == 0, found.output
            return found

        assert "Otto is group_member for choir." in (await typed("add-person", "choir", "Otto", "--site", SITE)).stdout
        assert "Otto answers for choir." in (await typed("responsible", "choir", "--user", "Otto")).stdout
        people = (await typed("people", "choir")).stdout
        assert ("group_member" in people, "Otto answers for it." in people) == (True, True)
        link = (await typed("invite", "choir", "--site", SITE, "--most-uses", "3")).stdout
        assert re.search(r"3 people can join until \S+ by \S+/invitation#\S+", " ".join(link.split()))
        listed = (await typed("invitations", "choir")).stdout
        [invitation] = re.findall(r"[0-9a-f-]{36}", listed)
        assert "no longer works" in (await typed("withdraw", "choir", invitation)).stdout
        assert "Otto no longer belongs to choir." in (await typed("end-person", "choir", "Otto")).stdout
        assert "choir-2" in (await typed("duplicates", SITE)).stdout
        await make_user(village, "Ida", "group_member", sites=[SITE], party="choir")
        await typed("add-person", "choir-2", "Ida", "--site", SITE)
        preview = (await typed("merge", "choir", "choir-2", "--dry-run")).stdout
        assert "would follow: nothing" in preview
        assert "With choir-2 stays what choir has already: 1 assignments." in preview
        merged = (await typed("merge", "choir", "choir-2")).stdout
        [merge] = re.findall(r"[0-9a-f-]{36}", merged)
        assert merge in (await typed("merges", "choir")).stdout
        assert "a party of its own again" in (await typed("undo-merge", "choir", merge)).stdout
