"""A database of a primary and a standby: which of them connections go to, before and after a promotion."""

import asyncio
import time
from pathlib import Path

import pytest
from sqlalchemy import make_url, text

from controller.db.engine import Database
from controller.db.errors import is_away
from controller.db.postgresql_engine import primary_of
from controller.db.postgresql_servers import ANSWER_S, WATCHES, Servers
from controller.platform.backups.databases import dump
from tests.eventually import eventually
from tests.services.postgres import PostgresServer, port_of


async def answers(database: Database, server: PostgresServer) -> bool:
    """Whether it is that server which answers."""
    async with database.read_without_transaction() as tx:
        return await port_of(tx) == server.port


@pytest.mark.databases_full
async def test_after_a_promotion_nobody_reads_or_writes_at_the_old_primary_that_is_still_there(
    postgres_pair: tuple[PostgresServer, PostgresServer], tmp_path: Path
) -> None:
    old, new = postgres_pair
    database = Database(old.url_with(new, old.create().rpartition("/")[2]))
    watch = database.watch_servers
    assert watch is not None
    watching = asyncio.create_task(watch())
    async with database.write() as tx:
        await tx.execute(text("CREATE TABLE notes (note text)"))
        await tx.execute(text("CREATE TABLE alembic_version AS SELECT '0001' AS version_num"))
    assert await answers(database, old)

    async def watched() -> bool:
        return all(len(_watches(each)) == 1 for each in (old, new))

    await eventually(watched, what="each server is watched")
    watches = [_watches(each) for each in (old, new)]
    new.promote()

    async def add(note: str) -> None:
        async with database.write() as tx:
            await tx.execute(text("INSERT INTO notes VALUES (:note)"), {"note": note})

    waiting = asyncio.create_task(add("never confirmed"))  # where the old one took it, it waits for a standby

    async def moved() -> bool:
        try:
            return await answers(database, new)
        except Exception as error:
            if not is_away(error):
                raise
            return False

    await eventually(moved, what="connections go to the new primary", within_s=30)
    await asyncio.gather(waiting, return_exceptions=True)
    await add("after it")
    async with database.read() as tx:
        every = [note for (note,) in await tx.execute(text("SELECT note FROM notes"))]
    assert "after it" in every
    assert old.controllers() == 0
    # PostgreSQL's own programs go there too, though the old one still takes writes and stands first in the address.
    _, rows = await dump(database.url, tmp_path / "dump")
    assert rows["notes"] == len(every)
    assert [_watches(each) for each in (old, new)] == watches
    old.pause()
    began = time.monotonic()
    assert (await primary_of(database.url)).port == new.port
    assert time.monotonic() - began < ANSWER_S  # it is not asked at all
    old.resume()
    watching.cancel()
    await asyncio.gather(watching, return_exceptions=True)
    await database.close()


@pytest.mark.databases_full
async def test_a_server_that_hangs_costs_one_connection_of_a_process_its_time_and_no_other(
    postgres_pair: tuple[PostgresServer, PostgresServer],
) -> None:
    primary, standby = postgres_pair
    url = make_url(standby.url_with(primary, primary.create().rpartition("/")[2]))
    standby.pause()
    took = []
    for _ in range(2):
        began = time.monotonic()
        assert (await primary_of(url)).port == primary.port
        took.append(time.monotonic() - began)
    standby.resume()
    assert took[0] >= ANSWER_S > took[1]


@pytest.mark.databases_full
async def test_a_first_connection_that_waits_while_another_sees_a_promotion_does_not_go_to_the_old_primary(
    postgres_pair: tuple[PostgresServer, PostgresServer],
) -> None:
    old, new = postgres_pair
    url = make_url(old.url_with(new, old.create().rpartition("/")[2]))
    new.promote()
    new.pause()  # it misses this connection, and answers the next
    servers = Servers([("127.0.0.1", each.port) for each in (old, new)])
    settings = {"application_name": "hallkeeper of a test"}
    connecting = asyncio.create_task(
        servers.connect(user=url.username, database=url.database, server_settings=settings)
    )

    async def answered() -> bool:
        return old.controllers() == 1

    async def left() -> bool:
        return old.controllers() == 0

    await eventually(answered, what="the old primary has answered")
    servers._see(2, ("127.0.0.1", new.port))
    with pytest.raises(ConnectionRefusedError):
        await connecting
    new.resume()
    await eventually(left, what="the connection to the old one has ended")


def _watches(server: PostgresServer) -> list[str]:
    """The processes of the server whose connections only look."""
    return server.sql(f"SELECT pid FROM pg_stat_activity WHERE application_name = '{WATCHES}'").split()


def test_a_database_with_one_server_is_not_watched() -> None:
    assert Database("postgresql+asyncpg://postgres@127.0.0.1:1/hallkeeper").watch_servers is None
