"""The whole flow with a real OpenID provider, as a process: its pages are gone through as a browser would."""

import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

import httpx
import msgspec
import pytest
from fastapi import FastAPI

from controller.people.passwords import Passwords
from controller.platform.settings import OidcSection, Settings
from edge.wire.clock import SystemClock
from tests.controller.running import BASE_URL, running, signed_in, stranger
from tests.controller.signin.signing import API
from tests.controller.signin.test_oidc import ORIGIN, begin, finish, roles
from tests.services.openid_provider import openid_provider

FORM = re.compile(r'<form[^>]*action="([^"]+)"')


@pytest.fixture(scope="module")
def section(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OidcSection]:
    with openid_provider(tmp_path_factory.mktemp("provider"), f"{BASE_URL}/account/council") as section:
        yield section


async def go_through(address: str, name: str) -> dict[str, str]:
    """Sign in at the provider and agree; what it sends the browser back with."""
    async with httpx.AsyncClient(timeout=30) as there:
        answer = await there.get(address)
        for fields in ({"prompt": "login", "login": name, "password": "any"}, {"prompt": "consent"}):
            answer = await follow(there, answer)
            [action] = FORM.findall(answer.text)
            answer = await there.post(action, data=fields)
        answer = await follow(there, answer)
    return dict(parse_qsl(urlsplit(answer.headers["location"]).query))


async def follow(there: httpx.AsyncClient, answer: httpx.Response) -> httpx.Response:
    """Redirects, as far as those that lead to us."""
    while answer.is_redirect and not answer.headers["location"].startswith(BASE_URL):
        answer = await there.get(httpx.URL(answer.url).join(answer.headers["location"]))
    return answer


@pytest.mark.cases_full
async def test_people_sign_in_by_a_real_provider(
    settings: Settings, passwords: Passwords, section: OidcSection, caplog: pytest.LogCaptureFixture
) -> None:
    ours = msgspec.structs.replace(settings, oidc=(section,))
    async with running(ours, SystemClock(), passwords) as app, signed_in(app) as admin:
        await admin.put(f"{API}/sites/ramsey", json={"name": "Ramsey Hub", "zone": "Europe/London"})
        await signs_in(app, "manager-ivy", {("manager", None)})
        await signs_in(app, "porter-max", {("porter", "ramsey")})
        await signs_in(app, "manager-ivy", {("manager", None)})
        async with stranger(app) as browser:
            browser.headers.update(ORIGIN)
            brought = await go_through(await begin(browser), "visitor")
            assert brought["iss"] == section.issuer
            refused = await finish(browser, brought)
            assert (refused.status_code, "hub-managers, hub-porters" in refused.json()["detail"]) == (403, True)
            cancelled = {"state": await state_of_next(browser), "error": "access_denied", "iss": section.issuer}
            refused = await finish(browser, cancelled)
            assert (refused.status_code, "you have cancelled" in refused.json()["detail"]) == (403, True)
            brought = await go_through(await begin(browser), "visitor")
            refused = await finish(browser, brought | {"iss": ""})
            assert (refused.status_code, "(iss)" in refused.json()["detail"]) == (403, True)
    assert not [each for each in caplog.records if each.levelname == "ERROR"]


@pytest.mark.cases_full
async def test_they_show_at_a_real_provider_that_it_is_they(
    settings: Settings, passwords: Passwords, section: OidcSection
) -> None:
    """It says when they signed in (`auth_time`) only where it was asked to."""
    ours = msgspec.structs.replace(settings, oidc=(section,))
    async with running(ours, SystemClock(), passwords) as app, signed_in(app), stranger(app) as browser:
        browser.headers.update(ORIGIN)
        await finish(browser, await go_through(await begin(browser), "manager-ivy"))
        for name, status in (("visitor", 403), ("manager-ivy", 200)):
            assert (await browser.get(f"{API}/session/email")).json()["just_signed_in"] is False
            again = await browser.post(f"{API}/session/oidc/again", json={"provider": "council"})
            done = await finish(browser, await go_through(again.json()["address"], name))
            assert done.status_code == status, done.text
        assert (await browser.get(f"{API}/session/email")).json()["just_signed_in"] is True


async def signs_in(app: FastAPI, name: str, wanted: set[tuple[str, str | None]]) -> None:
    async with stranger(app) as browser:
        browser.headers.update(ORIGIN)
        brought = await go_through(await begin(browser), name)
        done = await finish(browser, brought)
        assert (done.status_code, done.json()["user"]) == (201, f"{name} at the council"), done.text
        assert await roles(browser) == wanted
        assert (await finish(browser, brought)).status_code == 403, "the code was used"


async def state_of_next(browser: httpx.AsyncClient) -> str:
    return dict(parse_qsl(urlsplit(await begin(browser)).query))["state"]


async def test_a_wrong_secret_is_told_in_the_log(
    settings: Settings,
    passwords: Passwords,
    section: OidcSection,
    caplog: pytest.LogCaptureFixture,
    tmp_path: Path,
) -> None:
    wrong = tmp_path / "wrong"
    wrong.write_text("another secret")
    ours = msgspec.structs.replace(settings, oidc=(msgspec.structs.replace(section, client_secret_file=wrong),))
    async with running(ours, SystemClock(), passwords) as app, signed_in(app), stranger(app) as browser:
        browser.headers.update(ORIGIN)
        refused = await finish(browser, await go_through(await begin(browser), "manager-ivy"))
    assert refused.status_code == 409
    [line] = [each for each in caplog.records if "OpenID provider" in each.message]
    assert "401 invalid_client" in str(line.__dict__["reason"])
    assert "another secret" not in caplog.text
