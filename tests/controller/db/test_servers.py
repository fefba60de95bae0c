"""A database of a primary and a standby: which of them connections go to, before and after a promotion."""

import asyncio
from collections.abc import Iterator

import pytest
from sqlalchemy import text

from controller.db.engine import Database
from controller.db.errors import is_away
from tests.eventually import eventually
from tests.services.postgres import PostgresServer


@pytest.fixture
def servers() -> Iterator[tuple[PostgresServer, PostgresServer]]:
    """A primary, and the standby that follows it."""
    primary = PostgresServer(durable=True)
    try:
        primary.start()
        standby = primary.standby()
        try:
            yield primary, standby
        finally:
            standby.stop()
    finally:
        primary.kill()
        primary.stop()


async def port_of(database: Database) -> int:
    async with database.read_without_transaction() as tx:
        found: int = (await tx.execute(text("SELECT inet_server_port()"))).scalar_one()
        return found


@pytest.mark.databases_full
async def test_after_a_promotion_nobody_reads_or_writes_at_the_old_primary_that_is_still_there(
    servers: tuple[PostgresServer, PostgresServer],
) -> None:
    old, new = servers
    name = old.create().rpartition("/")[2]
    hosts = f"host=127.0.0.1:{old.port}&host=127.0.0.1:{new.port}"
    database = Database(f"postgresql+asyncpg://postgres@/{name}?{hosts}&target_session_attrs=read-write")
    watch = database.watch_servers
    assert watch is not None
    watching = asyncio.create_task(watch())
    async with database.write() as tx:
        await tx.execute(text("CREATE TABLE notes (note text)"))
    assert await port_of(database) == old.port
    new.promote()

    async def add(note: str) -> None:
        async with database.write() as tx:
            await tx.execute(text("INSERT INTO notes VALUES (:note)"), {"note": note})

    waiting = asyncio.create_task(add("never confirmed"))  # where the old one took it, it waits for a standby

    async def moved() -> bool:
        try:
            return await port_of(database) == new.port
        except Exception as error:
            if not is_away(error):
                raise
            return False

    await eventually(moved, what="connections go to the new primary", within_s=30)
    await asyncio.gather(waiting, return_exceptions=True)
    await add("after it")
    async with database.read() as tx:
        rows = [note for (note,) in await tx.execute(text("SELECT note FROM notes"))]
    assert "after it" in rows
    assert _ours(old) == 0
    watching.cancel()
    await database.close()


def _ours(server: PostgresServer) -> int:
    return int(server.sql("SELECT count(*) FROM pg_stat_activity WHERE application_name LIKE 'hallkeeper%'"))


def test_a_database_with_one_server_is_not_watched() -> None:
    assert Database("postgresql+asyncpg://postgres@127.0.0.1:1/hallkeeper").watch_servers is None
