"""Whether a database is away, or will not have what it was asked: by errors that the databases raise themselves."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from asyncpg import InternalClientError
from sqlalchemy import text
from sqlalchemy.exc import InternalError, OperationalError

from controller.db.engine import Database
from controller.db.errors import is_away

UNWILLING = {
    "no such table": "INSERT INTO nowhere VALUES (1)",
    "no such column": "UPDATE thing SET nothing = 1",
    "a constraint": "INSERT INTO thing VALUES (-1)",
    "one that is there": "INSERT INTO thing VALUES (1)",
    "nonsense": "INSERT SOMETHING",
}


async def raised(database: Database, *statements: str) -> Exception:
    """What the last of them ends in."""
    try:
        async with database.write() as tx:
            for statement in statements:
                await tx.execute(text(statement))
    except Exception as error:
        return error
    raise AssertionError(f"{statements[-1]} was carried out")


@pytest.mark.parametrize("statement", UNWILLING.values(), ids=UNWILLING)
async def test_what_the_database_will_not_have_is_no_failure_of_the_database(db: Database, statement: str) -> None:
    async with db.write() as tx:
        await tx.execute(text("CREATE TABLE thing (number INTEGER PRIMARY KEY CHECK (number > 0))"))
        await tx.execute(text("INSERT INTO thing VALUES (1)"))
    assert not is_away(await raised(db, statement))


async def test_a_database_that_may_only_be_read_is_away(db: Database) -> None:
    only_read = "PRAGMA query_only = ON" if db.sqlite else "SET TRANSACTION READ ONLY"
    assert is_away(await raised(db, only_read, "DELETE FROM sites"))


def test_one_that_is_locked_by_somebody_else_is_away(tmp_path: Path) -> None:
    one, other = (sqlite3.connect(tmp_path / "hall.db", timeout=0, isolation_level=None) for _ in range(2))
    with closing(one), closing(other):
        one.execute("BEGIN IMMEDIATE")
        with pytest.raises(sqlite3.OperationalError) as locked:
            other.execute("BEGIN IMMEDIATE")
    assert is_away(OperationalError("BEGIN IMMEDIATE", None, locked.value))


async def test_a_file_that_is_no_database_and_a_folder_that_is_not_there_are_away(tmp_path: Path) -> None:
    (tmp_path / "text.db").write_bytes(b"no database" * 1000)
    for file in ("text.db", "nowhere/hall.db"):
        database = Database(f"sqlite+aiosqlite:///{tmp_path / file}")
        assert is_away(await raised(database, "SELECT 1"))
        await database.close()


async def test_a_server_that_ends_a_session_or_is_not_there_is_away(postgres_url: Callable[..., str]) -> None:
    database = Database(postgres_url())
    assert is_away(await raised(database, "SELECT pg_terminate_backend(pg_backend_pid())"))
    await database.close()
    nowhere = Database(database.url.set(host="127.0.0.1", port=1, query={}))
    assert is_away(await raised(nowhere, "SELECT 1"))
    await nowhere.close()
    stranger = Database(database.url.set(database="nowhere"))
    assert is_away(await raised(stranger, "SELECT 1"))
    await stranger.close()


def test_a_connection_that_ends_between_two_statements_is_away() -> None:
    """asyncpg's words where the server's goodbye has come and the end of the connection has not."""
    ending = InternalClientError("cannot switch to state 15; another operation (2) is in progress")
    assert is_away(InternalError("BEGIN", None, ending))
