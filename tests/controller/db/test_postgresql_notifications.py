"""Notifications between processes arrive after the commit, and what may have been missed counts as heard."""

import asyncio
from collections.abc import Callable
from contextlib import suppress

from sqlalchemy import make_url

from controller.db.engine import Database
from controller.db.postgresql_notifications import listen, notify
from tests.eventually import eventually
from tests.services.postgres import PostgresServer

CHANNEL = "hallkeeper_test"


async def test_a_notification_comes_with_the_commit_and_a_new_connection_counts_as_one(
    postgres: PostgresServer, postgres_url: Callable[..., str]
) -> None:
    url = make_url(postgres_url())
    database = Database(url)
    heard, alive = 0, 0

    def hear() -> None:
        nonlocal heard
        heard += 1

    def live() -> None:
        nonlocal alive
        alive += 1

    async def alive_again(since: int) -> bool:
        return alive >= since + 2

    async def heard_by(number: int) -> bool:
        return heard == number

    listening = asyncio.create_task(listen(url, CHANNEL, heard=hear, alive=live))
    try:
        await eventually(lambda: alive_again(0), what="the line is up")
        assert heard == 1
        async with database.write() as tx:
            await notify(tx, CHANNEL)
            await eventually(lambda since=alive: alive_again(since), what="the line is up")  # type: ignore[misc]
            assert heard == 1
        await eventually(lambda: heard_by(2), what="the notification")
        async with database.write() as tx:
            await notify(tx, CHANNEL)
            await tx.rollback()
        await eventually(lambda since=alive: alive_again(since), what="the line is up")  # type: ignore[misc]
        assert heard == 2
        ended = "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE query ILIKE 'SELECT 1%'"
        await asyncio.to_thread(postgres.sql, f"{ended} AND datname = '{url.database}'")
        await eventually(lambda: heard_by(3), what="a new connection")
    finally:
        listening.cancel()
        with suppress(asyncio.CancelledError):
            await listening
        await database.close()


async def test_sqlite_has_nobody_to_notify(sqlite_url: str) -> None:
    database = Database(sqlite_url)
    async with database.write() as tx:
        await notify(tx, CHANNEL)
    await database.close()
