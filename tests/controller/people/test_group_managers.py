"""What a manager may give whose role follows a group of a provider, and so ends in a few days unless renewed."""

from collections.abc import AsyncIterator

import httpx
import msgspec
import pytest
from fastapi import FastAPI

from controller.platform.settings import OidcGroup, Settings
from tests.controller.clock import ManualClock
from tests.controller.running import stranger
from tests.controller.signin.signing import API, make_user, put_party
from tests.controller.signin.test_oidc import ORIGIN, SITE, sign_in, user_named
from tests.services.oidc import ScriptedProvider, scripted_provider


@pytest.fixture
async def provider(clock: ManualClock) -> AsyncIterator[ScriptedProvider]:
    async with scripted_provider(clock.now) as provider:
        yield provider


@pytest.fixture
def settings(settings: Settings, provider: ScriptedProvider) -> Settings:
    groups = (OidcGroup(group="hub-managers", role="manager", sites="all"),)
    return msgspec.structs.replace(settings, oidc=(provider.section(groups=groups),))


@pytest.fixture
async def manager(
    app: FastAPI, client: httpx.AsyncClient, provider: ScriptedProvider
) -> AsyncIterator[httpx.AsyncClient]:
    await client.put(f"{API}/sites/{SITE}", json={"name": "Ramsey Hub", "zone": "Europe/London"})
    async with stranger(app) as browser:
        browser.headers.update(ORIGIN)
        assert (await sign_in(browser, provider)).status_code == 201
        yield browser


async def test_they_give_roles_invite_and_pair_without_an_end(
    manager: httpx.AsyncClient, client: httpx.AsyncClient
) -> None:
    await put_party(client, "choir")
    volunteer = await make_user(manager, "Vol", "porter", sites=[SITE])
    [held] = volunteer["assignments"]
    assert held["until_at"] is None
    leader = {"role": "group_leader", "site": SITE, "party": "choir"}
    given = await manager.post(f"{API}/users/{volunteer['id']}/assignments", json=leader)
    assert given.status_code == 201, given.text
    display = await manager.post(f"{API}/sites/{SITE}/displays", json={"kind": "wall", "name": "Foyer"})
    assert display.status_code == 201, display.text
    wanted = {"role": "group_member", "site": SITE, "most_uses": 5, "days": 7}
    invited = await manager.post(f"{API}/parties/choir/invitations", json=wanted)
    assert invited.status_code == 201, invited.text


async def test_they_take_nobody_over_and_keep_no_role_by_themselves(
    manager: httpx.AsyncClient, client: httpx.AsyncClient
) -> None:
    own = await user_named(client, "Ivy Clerk")
    for role in ("manager", "porter"):
        kept = await manager.post(f"{API}/users/{own['id']}/assignments", json={"role": role, "site": SITE})
        assert (kept.status_code, "for as long" in kept.text) == (403, True), kept.text
    other = await make_user(client, "Max", "manager", sites=[SITE])
    for change in ({"password": "another fine password"}, {"email": "eve@evil.test"}):
        refused = await manager.patch(f"{API}/users/{other['id']}", json=change)
        assert refused.status_code == 403, refused.text
    assert (await manager.delete(f"{API}/users/{other['id']}/passkeys")).status_code == 403
