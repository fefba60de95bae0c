"""`hallkeeper door` against a running controller and an edge that speaks the wire."""

import asyncio
from collections.abc import AsyncIterator, Callable

import httpx
import pytest
from typer.testing import CliRunner, Result

from controller.plans.cli import app
from tests.controller.running import signed_in
from tests.controller.serving import serving
from tests.integration.fake_edge import FakeEdge
from tests.integration.hub import Hub

Run = Callable[..., asyncio.Future[Result]]


@pytest.fixture
async def admin(hub: Hub) -> AsyncIterator[httpx.AsyncClient]:
    async with signed_in(hub.app) as client:
        yield client


@pytest.fixture
async def door(hub: Hub, admin: httpx.AsyncClient) -> AsyncIterator[Run]:
    """Runs `hallkeeper door …`."""
    async with serving(hub.app) as address:
        env = {"HALLKEEPER_TOKEN": admin.headers["Authorization"].removeprefix("Bearer "), "COLUMNS": "250"}

        def run(*words: str) -> asyncio.Future[Result]:
            loop = asyncio.get_running_loop()
            asked = [*words, "--server", address]
            return loop.run_in_executor(None, lambda: CliRunner().invoke(app, asked, env=env))

        yield run


@pytest.mark.cases_full
async def test_a_door_is_unlocked_and_what_came_of_it_is_the_exit_code(door: Run, edge: FakeEdge) -> None:
    done = await door("unlock", "ramsey/front-door", "--reason", "key forgotten")
    assert (done.exit_code, done.stdout.strip()) == (0, "done: carried out")
    assert [(each.kind, each.door) for each in edge.commands] == [("unlock", "front-door")]
    edge.nonce = "f" * 32
    await edge.say_status()
    await edge.until(lambda: edge.hellos[-1].session == edge.nonce, "the controller has heard of the new session")
    refused = await door("unlock", "ramsey/front-door", "--reason", "again")
    assert refused.exit_code == 1
    assert "refused: the command belongs to another session" in refused.stdout


@pytest.mark.cases_full
async def test_a_lock_down_prints_the_state_of_each_door(door: Run, edge: FakeEdge, hub: Hub) -> None:
    done = await door("lock-down", "ramsey", "--reason", "drill")
    assert done.exit_code == 0, done.stdout
    assert "Front door: locked down since 12:00 until 16:00" in done.stdout
    listed = await door("overrides", "ramsey")
    assert "drill" in listed.stdout
    (ordered,) = (await hub.container.mqtt.overrides.current("ramsey")).ordered
    ended = await door("end", ordered.id, "--reason", "all clear")
    assert (ended.exit_code, "Front door: no longer locked down" in ended.stdout) == (0, True), ended.stdout
    assert "Every door follows its timetable." in (await door("overrides", "ramsey")).stdout
    told = (await door("acts", "ramsey")).stdout
    assert "ended 12:00 by Una Porter: all clear" in told
    assert "all doors" in told


@pytest.mark.cases_full
async def test_a_lock_down_of_a_door_offline_says_so_and_ends_with_3(door: Run, hub: Hub) -> None:
    done = await door("lock-down", "ramsey/front-door", "--reason", "drill")
    assert done.exit_code == 3
    assert "NOT locked down: the door is offline" in done.stdout


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("unlock", "ramsey", "--reason", "x"), "names no door"),
        (("test", "ramsey-pi"), "names no edge"),
        (("hold-open", "ramsey/a", "wyton/b", "--reason", "x"), "of one site"),
    ],
)
async def test_what_names_no_door_is_refused_before_anybody_is_asked(
    door: Run, words: tuple[str, ...], said: str
) -> None:
    refused = await door(*words)
    assert refused.exit_code == 2
    assert said in " ".join(refused.output.replace("│", " ").split())


@pytest.mark.cases_full
async def test_other_commands_reach_their_edge(door: Run, edge: FakeEdge) -> None:
    for words in (
        ("test", "ramsey/main"),
        ("restart", "ramsey/main", "--reason", "a reader is stuck"),
        ("recount", "ramsey/main", "front-beams", "17"),
    ):
        assert (await door(*words)).exit_code == 0
    assert [each.kind for each in edge.commands] == ["self_test", "restart", "recount"]
    assert edge.commands[-1].args == {"counter": "front-beams", "inside": 17}
