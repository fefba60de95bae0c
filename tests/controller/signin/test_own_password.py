"""Changing one's own password, ending one's other sessions, and what passwords are refused."""

from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI

from controller.app.container import Container
from controller.people import passwords
from controller.people.breached_passwords import BreachedPasswords
from controller.people.passwords import weakness
from tests.controller.clock import ManualClock
from tests.controller.people.test_breached_passwords import listed
from tests.controller.running import PASSWORD, USER, stranger
from tests.controller.signin.signing import assignments

API = "/api/v1"
NEW = "seven red bicycles"


async def signed(client: httpx.AsyncClient, password: str = PASSWORD) -> int:
    answer = await client.post(f"{API}/session", json={"user": USER, "password": password})
    return answer.status_code


async def change(client: httpx.AsyncClient, current: str, new: str) -> httpx.Response:
    return await client.post(f"{API}/session/password", json={"current": current, "new": new})


async def test_a_new_password_ends_all_other_sessions_and_keeps_this_one(
    app: FastAPI, client: httpx.AsyncClient
) -> None:
    async with stranger(app) as other:
        assert await signed(other) == 201
        answer = await change(client, PASSWORD, NEW)
        assert (answer.status_code, answer.json()) == (200, {"ended": 1, "tokens": 0})
        assert (await client.get(f"{API}/session")).status_code == 200
        assert (await other.get(f"{API}/session")).status_code == 401
        assert await signed(other) == 401
        assert await signed(other, NEW) == 201


@pytest.mark.parametrize(
    ("current", "new", "field"),
    [
        ("not the password", NEW, "current"),
        (PASSWORD, PASSWORD, "new"),
        (PASSWORD, "1q2w3e4r5t", "new"),
        (PASSWORD, "una porter 1", "new"),
        (PASSWORD, "short", "new"),
    ],
)
async def test_what_is_refused_is_named_and_changes_nothing(
    app: FastAPI, client: httpx.AsyncClient, current: str, new: str, field: str
) -> None:
    answer = await change(client, current, new)
    assert answer.status_code == 422
    assert [each["field"] for each in answer.json()["errors"]] == [field]
    async with stranger(app) as other:
        assert await signed(other) == 201


async def test_the_current_password_cannot_be_guessed_at_either(client: httpx.AsyncClient) -> None:
    answers = [(await change(client, f"guess {n}", NEW)).status_code for n in range(6)]
    assert answers == [422] * 5 + [429]
    assert (await change(client, PASSWORD, NEW)).status_code == 429


async def test_other_sessions_can_be_ended_alone(app: FastAPI, client: httpx.AsyncClient) -> None:
    async with stranger(app) as first, stranger(app) as second:
        assert [await signed(first), await signed(second)] == [201, 201]
        assert (await client.delete(f"{API}/session/others")).json() == {"ended": 2, "tokens": 0}
        assert (await client.delete(f"{API}/session/others")).json() == {"ended": 0, "tokens": 0}
        assert {(await each.get(f"{API}/session")).status_code for each in (first, second)} == {401}
        assert (await client.get(f"{API}/session")).status_code == 200


async def test_a_session_ends_after_90_days_however_it_is_used(client: httpx.AsyncClient, clock: ManualClock) -> None:
    for _ in range(4):
        clock.advance(days=22)
        assert (await client.get(f"{API}/session")).status_code == 200
    clock.advance(days=2)
    assert (await client.get(f"{API}/session")).status_code == 401


@pytest.mark.parametrize(
    ("password", "easy"),
    [
        ("1q2w3e4r5t", True),
        ("QWERTYUIOP", True),
        ("basketball", True),
        ("aaaaaaaaaa", True),
        ("ababababab", True),
        ("una porter", True),
        ("Porter2026!", True),
        ("hallkeeper1", True),
        ("hallkeeper porter", True),
        (PASSWORD, False),
        ("porter and the seven shelves", False),
        ("correct horse battery", False),
    ],
)
def test_what_is_easy_to_guess(password: str, easy: bool) -> None:
    assert bool(weakness(password, USER)) is easy


@pytest.mark.parametrize("where", ["setup", "user", "change"])
@pytest.mark.parametrize("easy", ["basketball", "sixty breached shelves"])
async def test_an_easy_password_is_refused_wherever_one_is_set(
    app: FastAPI, where: str, easy: str, tmp_path: Path
) -> None:
    container: Container = app.state.container
    container.people.passwords.breached = BreachedPasswords(listed(tmp_path / "breached", "sixty breached shelves"))
    async with stranger(app) as client:
        token = (container.settings.data_dir / "setup-token").read_text()
        setup = {"token": token, "user": USER, "password": easy if where == "setup" else PASSWORD}
        answer = await client.post(f"{API}/setup", json=setup)
        if where != "setup":
            client.cookies.clear()
            client.headers["Authorization"] = f"Bearer {answer.json()['token']}"
            body = {
                "name": "Cora",
                "assignments": assignments("wall"),
                "password": easy if where == "user" else PASSWORD,
            }
            answer = await client.post(f"{API}/users", json=body)
        if where == "change":
            answer = await client.patch(f"{API}/users/{answer.json()['id']}", json={"password": easy})
    assert answer.status_code == 422
    assert [each["field"] for each in answer.json()["errors"]] == ["password"]
    assert easy not in answer.text


def test_the_list_of_common_passwords_comes_with_its_licence() -> None:
    text = (Path(passwords.__file__).parent / "common_passwords.txt").read_text()
    assert "Django Software Foundation" in text
    words = [line for line in text.splitlines() if not line.startswith("#")]
    assert len(words) > 1_500
    assert min(map(len, words)) >= 10
