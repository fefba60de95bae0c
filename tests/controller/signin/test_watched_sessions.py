"""All who watch are looked up with one look, and each is turned away as soon as if they were looked up alone."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import delete

from controller.app.container import Container
from controller.people.model import Actor
from controller.people.tables import sessions
from controller.signin import watched_sessions
from controller.signin.watched_sessions import WatchedSessions
from tests.controller.signin.signing import signed_in_as
from tests.controller.statements import counted
from tests.eventually import eventually

WATCHERS = 40


class Watching:
    """What watchers are told, by their number."""

    def __init__(self, watched: WatchedSessions) -> None:
        self.watched = watched
        self.told: list[list[Actor | None]] = []
        self._tasks: list[asyncio.Task[None]] = []

    async def add(self, actor: Actor) -> list[Actor | None]:
        """Another, once they were told for the first time."""
        told: list[Actor | None] = []
        self.told.append(told)
        self._tasks.append(asyncio.create_task(self._watch(actor, told)))
        await self.until(lambda: len(told) > 0)
        return told

    async def _watch(self, actor: Actor, told: list[Actor | None]) -> None:
        async for each in self.watched.watch(actor):
            told.append(each)  # noqa: PERF401  # they are looked at while it goes on

    async def until(self, condition: Callable[[], bool]) -> None:
        async def look() -> bool:
            return condition()

        await eventually(look, what="they are looked up")

    async def end(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)


@pytest.fixture
async def watching(any_container: Container) -> AsyncIterator[Watching]:
    watching = Watching(any_container.people.watched)
    yield watching
    await watching.end()


@asynccontextmanager
async def somebody(app: FastAPI, admin: httpx.AsyncClient, name: str) -> AsyncIterator[tuple[httpx.AsyncClient, Actor]]:
    """A client of a new user, and that user."""
    async with signed_in_as(app, admin, "porter", name=name) as own:
        token = own.headers["Authorization"].removeprefix("Bearer ")
        container: Container = app.state.container
        actor = await container.people.sessions.identify(token, by_cookie=False)
        assert actor is not None
        yield own, actor


async def test_many_watchers_cost_one_look_and_those_whose_session_is_ended_elsewhere_hear_of_it_at_the_next(
    any_app: FastAPI,
    any_client: httpx.AsyncClient,
    any_container: Container,
    watching: Watching,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(watched_sessions, "EVERY_S", 1.0)
    async with (
        somebody(any_app, any_client, "Ada") as (_, ada),
        somebody(any_app, any_client, "Bo") as (_, bo),
    ):
        for _ in range(WATCHERS):
            await watching.add(ada)
        gone = await watching.add(bo)
        async with counted() as said:
            async with watching.watched._looking:  # none has begun and not ended
                said.clear()
                turn = watching.watched._turn
            async with any_container.database.write() as tx:  # another controller does it
                await tx.execute(delete(sessions).where(sessions.c.token_hash == bo.session))
            await watching.until(lambda: gone[-1] is None)
            async with watching.watched._looking:
                turns = watching.watched._turn - turn
                looks = [each for each in said if "FROM sessions" in each and " IN (" in each]
    assert len(looks) == turns > 0
    assert all(each[-1] == ada for each in watching.told[:WATCHERS])


async def test_a_change_of_rights_here_is_one_look_for_all_at_once(
    any_app: FastAPI,
    any_client: httpx.AsyncClient,
    any_container: Container,
    watching: Watching,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(watched_sessions, "EVERY_S", 3600.0)
    async with (
        somebody(any_app, any_client, "Ada") as (_, ada),
        somebody(any_app, any_client, "Bo") as (own, bo),
    ):
        for _ in range(WATCHERS):
            await watching.add(ada)
        gone = await watching.add(bo)
        async with watching.watched._looking:
            turn = watching.watched._turn
        async with counted() as said:
            assert (await own.delete("/api/v1/session")).is_success
            await watching.until(lambda: gone[-1] is None)
            await watching.until(lambda: all(len(each) > 1 for each in watching.told))
    assert watching.watched._turn == turn + 1
    assert len([each for each in said if "FROM sessions" in each and " IN (" in each]) == 1
    assert all(each[-1] == ada for each in watching.told[:WATCHERS])
