"""Mails tell of accounts that are linked and unlinked; it takes proof, and who keeps the users can do it too."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import msgspec
import pytest
from fastapi import FastAPI
from sqlalchemy import select
from typer.testing import CliRunner

from controller.app.cli.controller import app as controller_cli
from controller.app.container import Container
from controller.people.account_mails.tables import account_mails
from controller.platform.settings import MailSection, OidcGroup, Settings
from tests.controller.clock import ManualClock
from tests.controller.running import PASSWORD, stranger
from tests.controller.signin.signing import API, Json, make_user
from tests.controller.signin.test_oidc import ORIGIN, acts, finish, roles
from tests.services.oidc import ScriptedProvider, scripted_provider

ACCOUNTS = f"{API}/session/accounts"
PROOF = {"current": PASSWORD}


@pytest.fixture
async def provider(clock: ManualClock) -> AsyncIterator[ScriptedProvider]:
    async with scripted_provider(clock.now) as provider:
        yield provider


@pytest.fixture
def settings(settings: Settings, provider: ScriptedProvider) -> Settings:
    groups = (OidcGroup(group="hub-managers", role="manager", sites="all"),)
    mail = MailSection(host="127.0.0.1", sender="hub@example.org")
    return msgspec.structs.replace(settings, oidc=(provider.section(groups=groups),), mail=mail)


@pytest.fixture
async def max_(app: FastAPI, client: httpx.AsyncClient, provider: ScriptedProvider) -> AsyncIterator[Json]:
    """A user who has linked an account, with their browser and the account's id."""
    user = await make_user(client, "Max", "auditor", email="max@x.test")
    async with stranger(app) as browser:
        browser.headers.update(ORIGIN)
        await browser.post(f"{API}/session", json={"user": "Max", "password": PASSWORD})
        begun = await browser.post(ACCOUNTS, json={"provider": "council"} | PROOF)
        linked = await finish(browser, provider.let_in(begun.json()["address"]))
        assert linked.status_code == 200, linked.text
        yield {"id": user["id"], "browser": browser, "account": linked.json()["linked"]["id"]}


async def mails(container: Container) -> list[str]:
    async with container.database.read() as tx:
        return list((await tx.execute(select(account_mails.c.purpose).order_by(account_mails.c.purpose))).scalars())


async def test_it_takes_proof_and_mails_tell_of_both(max_: Json, container: Container) -> None:
    path = f"{ACCOUNTS}/{max_['account']}/remove"
    for body in ({}, {"current": "a guess"}):
        refused = await max_["browser"].post(path, json=body)
        assert (refused.status_code, refused.json()["errors"][0]["field"]) == (422, "current")
    assert (await max_["browser"].post(path, json=PROOF)).status_code == 204
    assert await mails(container) == ["account_linked", "account_unlinked"]


async def test_who_keeps_users_unlinks_those_of_another(
    max_: Json, client: httpx.AsyncClient, container: Container
) -> None:
    path = f"{API}/users/{max_['id']}/accounts"
    assert (await max_["browser"].delete(path)).status_code == 403, "one's own"
    assert (await client.delete(path)).status_code == 204
    assert (await max_["browser"].get(f"{API}/session")).status_code == 401
    await max_["browser"].post(f"{API}/session", json={"user": "Max", "password": PASSWORD})
    assert await roles(max_["browser"]) == {("auditor", None)}
    assert (await client.delete(path)).status_code == 404
    assert (await acts(container)).count("unlink accounts") == 1
    assert await mails(container) == ["account_linked", "account_unlinked"]


@pytest.mark.cases_full
async def test_accounts_are_unlinked_on_the_controllers_machine(
    max_: Json, container: Container, tmp_path: Path
) -> None:
    config, settings = tmp_path / "controller.toml", container.settings
    config.write_text(f'data_dir = "{settings.data_dir}"\ndatabase = "{settings.database_url}"\n')
    words = ["user", "unlink-accounts", "max", "--config", str(config)]
    done = await asyncio.to_thread(CliRunner().invoke, controller_cli, words)
    assert (done.exit_code, done.output) == (0, "max has no account at a provider now.\n")
    assert (await max_["browser"].get(f"{API}/session")).status_code == 401
