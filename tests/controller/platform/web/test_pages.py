"""The built web app: its page at every address a person opens, its assets for ever, nothing beside it."""

import json
import re
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI

from controller.people.authentication import COOKIE
from controller.platform.settings import Settings
from controller.platform.web.pages import find_pages
from tests.controller.running import stranger
from tests.controller.signin.signing import signed_in_as

HTML = {"Accept": "text/html,application/xhtml+xml"}


@pytest.fixture
def built(pages_dir: Path) -> Path:
    (pages_dir / "index.html").write_text("<!doctype html><title>Diary</title>")
    (pages_dir / "assets").mkdir()
    (pages_dir / "assets" / "app-1a2b.js").write_text("export {}")
    (pages_dir / "icon.svg").write_text("<svg/>")
    (pages_dir.parent / "secret.txt").write_text("secret")
    (pages_dir / "link.txt").symlink_to(pages_dir.parent / "secret.txt")
    return pages_dir


async def _get(app: FastAPI, path: str, **headers: str) -> httpx.Response:
    async with stranger(app) as client:
        return await client.get(path, headers=headers)


@pytest.mark.parametrize("path", ["/", "/diary", "/now/ramsey", "/sign-in?next=/diary", "/index.html"])
async def test_every_address_a_person_opens_is_the_page_and_never_kept(app: FastAPI, built: Path, path: str) -> None:
    answer = await _get(app, path, **HTML)
    assert answer.status_code == 200
    assert "<title>Diary</title>" in answer.text
    assert answer.headers["content-type"].startswith("text/html")
    assert answer.headers["cache-control"] == "no-store"


async def test_a_hashed_asset_is_kept_for_ever(app: FastAPI, built: Path) -> None:
    answer = await _get(app, "/assets/app-1a2b.js")
    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert answer.headers["content-type"].startswith("text/javascript")


@pytest.mark.cases_full
async def test_pages_travel_packed_and_answers_with_secrets_do_not(app: FastAPI, built: Path) -> None:
    script = "export const words = 'over and over'\n" * 200
    (built / "assets" / "app-1a2b.js").write_text(script)
    answer = await _get(app, "/assets/app-1a2b.js", **{"Accept-Encoding": "gzip"})
    assert answer.headers["content-encoding"] == "gzip"
    assert answer.text == script
    assert "content-encoding" not in (await _get(app, "/openapi.json", **{"Accept-Encoding": "gzip"})).headers


async def test_a_file_beside_the_page_is_kept_for_an_hour(app: FastAPI, built: Path) -> None:
    answer = await _get(app, "/icon.svg")
    assert answer.headers["content-type"] == "image/svg+xml"
    assert answer.headers["cache-control"] == "public, max-age=3600"


@pytest.mark.parametrize("path", ["/assets/app-gone.js", "/nothing.png"])
async def test_a_file_that_is_not_there_is_not_the_page(app: FastAPI, built: Path, path: str) -> None:
    assert (await _get(app, path)).status_code == 404
    assert (await _get(app, "/assets/app-gone.js", **HTML)).status_code == 404


@pytest.mark.parametrize(
    "path", ["/%2e%2e/secret.txt", "/assets/%2e%2e/%2e%2e/secret.txt", "/..%2fsecret.txt", "//etc/passwd", "/link.txt"]
)
async def test_nothing_outside_the_folder_is_served(app: FastAPI, built: Path, path: str) -> None:
    answer = await _get(app, path)
    assert answer.status_code == 404
    assert "secret" not in answer.text.replace("secret.txt", "")


@pytest.mark.parametrize("path", ["/api/v1/nothing", "/d"])
async def test_addresses_of_the_api_are_not_the_page(app: FastAPI, built: Path, path: str) -> None:
    answer = await _get(app, path, **(HTML if path != "/d" else {}))
    assert answer.status_code == 404


async def test_pages_can_only_be_read(app: FastAPI, built: Path) -> None:
    async with stranger(app) as client:
        answer = await client.post("/diary")
    assert answer.status_code == 405
    assert answer.headers["allow"] == "GET, HEAD"


async def test_without_built_pages_a_person_is_told_how_to_build_them(app: FastAPI) -> None:
    answer = await _get(app, "/", **HTML)
    assert answer.status_code == 503
    assert "make demo" in answer.text
    assert (await _get(app, "/assets/app.js")).status_code == 404


def test_without_a_setting_the_pages_are_those_installed_with_the_dashboards() -> None:
    found = find_pages(None)
    assert found is None or found.parts[-2:] == ("dashboards", "dist")


FIRST = {
    "diary": {"files": ["assets/Diary-1.js", "assets/Diary-1.css"], "api": ["/sites/{site}/requests?limit=50"]},
    "diary/list": {"files": [], "api": ["/sites/{site}/bookings?from={date}&to={next}"]},
    "diary/week": {"files": ["assets/Week-1.js"], "api": []},
    "hire": {"files": ["assets/Hire-1.js"], "api": ["/never"]},
    "morning": {"files": [], "api": ["/sites/{site}/morning?days=1"]},
    "users": {"files": [], "api": ["/users?search="]},
    "sign-in": {"files": ["assets/SignIn-1.js"], "api": []},
}


@pytest.fixture
def first(built: Path) -> None:
    (built / "index.html").write_text('<!doctype html><head><link rel="stylesheet" href="/assets/Diary-1.css"/></head>')
    (built / "preload.json").write_text(json.dumps(FIRST))


async def _links(app: FastAPI, path: str, **headers: str) -> list[str]:
    return re.findall(r'<link [^>]*href="([^"]+)">', (await _get(app, path, **HTML, **headers)).text)


def _cookie(client: httpx.AsyncClient) -> dict[str, str]:
    """Of the session of a client, as a browser sends it."""
    return {"Cookie": f"{COOKIE}={client.headers['Authorization'].removeprefix('Bearer ')}"}


EVERYWHERE = ["/api/v1/session", "/api/v1/sites?limit=200"]


async def test_a_page_names_what_its_address_needs_first(app: FastAPI, first: None, village: httpx.AsyncClient) -> None:
    mine = _cookie(village)
    requests = "/api/v1/sites/ramsey/requests?limit=50"
    assert await _links(app, "/diary?site=ramsey", **mine) == ["/assets/Diary-1.js", *EVERYWHERE, requests]
    assert await _links(app, "/diary?view=week", **mine) == ["/assets/Week-1.js", *EVERYWHERE]
    assert await _links(app, "/diary?view=other", **mine) == ["/assets/Diary-1.js", *EVERYWHERE]
    assert await _links(app, "/morning?site=ramsey", **mine) == [*EVERYWHERE, "/api/v1/sites/ramsey/morning?days=1"]
    assert await _links(app, "/users", **mine) == [*EVERYWHERE, "/api/v1/users?search="]
    assert await _links(app, "/nowhere", **mine) == EVERYWHERE


async def test_what_a_page_asks_of_a_day_is_named_for_the_day_in_its_address(
    app: FastAPI, first: None, village: httpx.AsyncClient
) -> None:
    async def named(date: str) -> list[str]:
        links = await _links(app, f"/diary?site=ramsey&view=list{date}", **_cookie(village))
        return [link for link in links if "bookings" in link]

    assert await named("&date=2026-12-31") == ["/api/v1/sites/ramsey/bookings?from=2026-12-31&amp;to=2027-01-01"]
    for unknown in ("", "&date=today", "&date=2026-02-30", "&date=9999-12-31", "&date=%22%3E"):
        assert await named(unknown) == []


async def test_who_has_no_session_fetches_the_sign_in_and_nothing_that_would_be_refused(
    app: FastAPI, first: None
) -> None:
    assert await _links(app, "/diary?site=ramsey") == ["/assets/SignIn-1.js", "/api/v1/setup-needed"]
    assert await _links(app, "/hire?site=ramsey") == ["/assets/Hire-1.js", "/api/v1/setup-needed"]
    from_a_mail = {"Sec-Fetch-Site": "cross-site"}  # a browser keeps back the cookie, which may be there
    assert await _links(app, "/diary?site=ramsey", **from_a_mail) == ["/assets/Diary-1.js"]
    over = {"Cookie": f"{COOKIE}=over"}
    assert await _links(app, "/diary?site=ramsey", **over) == ["/assets/Diary-1.js", *EVERYWHERE]


@pytest.mark.parametrize(
    "site",
    ["", "atlantis", "no%20slug", "%22%3E%3Cscript%3E", "..%2F..", "ramsey%0A", "ramsey%2Fspaces", "RAMSEY", "%00"],
)
async def test_a_page_names_nothing_of_what_is_no_site(
    app: FastAPI, first: None, village: httpx.AsyncClient, site: str
) -> None:
    answer = await _get(app, f"/diary?site={site}", **HTML, **_cookie(village))
    assert answer.status_code == 200
    assert "requests" not in answer.text
    assert "<script>" not in answer.text


async def test_of_an_address_that_names_two_sites_the_first_counts_as_in_the_app(
    app: FastAPI, first: None, village: httpx.AsyncClient
) -> None:
    links = await _links(app, "/diary?site=ramsey&site=atlantis", **_cookie(village))
    assert links[-1] == "/api/v1/sites/ramsey/requests?limit=50"
    assert await _links(app, "/diary?site=atlantis&site=ramsey", **_cookie(village)) == links[:-1]


async def test_a_page_names_nothing_that_who_opens_it_may_not_read(
    app: FastAPI, first: None, village: httpx.AsyncClient
) -> None:
    await village.put("/api/v1/sites/march", json={"name": "March", "zone": "Europe/London"})
    async with signed_in_as(app, village, "porter", sites=["march"]) as porter:
        mine = _cookie(porter)
        requests = "/api/v1/sites/march/requests?limit=50"
        assert await _links(app, "/diary?site=march", **mine) == ["/assets/Diary-1.js", *EVERYWHERE, requests]
        assert await _links(app, "/diary?site=ramsey", **mine) == ["/assets/Diary-1.js", *EVERYWHERE]
        assert await _links(app, "/morning?site=march", **mine) == EVERYWHERE
        assert await _links(app, "/users", **mine) == EVERYWHERE


async def test_the_page_comes_while_the_database_is_away(
    app: FastAPI, first: None, village: httpx.AsyncClient, settings: Settings
) -> None:
    file = settings.data_dir / "hallkeeper.db"
    mine = _cookie(village)
    await app.state.container.database.close()
    file.rename(file.with_suffix(".away"))
    file.mkdir()
    assert await _links(app, "/diary?site=ramsey", **mine) == ["/assets/Diary-1.js", *EVERYWHERE]
