"""Transactions, instants and locks, on both databases."""

import asyncio
import socket
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from sqlalchemy import Column, Integer, MetaData, Table, insert, select, text, update
from sqlalchemy.exc import DBAPIError, IntegrityError, StatementError
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.schema import CreateTable
from sqlalchemy.sql.functions import FunctionElement

from controller.db.engine import IN_BACKGROUND, Database, Instant, Tx, driver_of
from controller.db.errors import violates
from controller.db.postgresql_engine import SILENT_S
from controller.estate.tables import sites, spaces
from tests.controller.running import NOW
from tests.services.postgres import PostgresServer

marks = Table("marks", MetaData(), Column("id", Integer, primary_key=True), Column("at", Instant))
BST = timezone(timedelta(hours=1))


@pytest.fixture
async def marked(db: Database) -> Database:
    async with db.write() as tx:
        await tx.execute(CreateTable(marks))
    return db


async def _all(db: Database) -> list[datetime]:
    async with db.read() as tx:
        return list((await tx.execute(select(marks.c.at).order_by(marks.c.at))).scalars())


async def test_an_instant_comes_back_in_utc_exact_to_the_microsecond(marked: Database) -> None:
    at = datetime(2026, 10, 25, 1, 59, 59, 999999, tzinfo=BST)
    async with marked.write() as tx:
        await tx.execute(insert(marks).values(id=1, at=at))
    (found,) = await _all(marked)
    assert found == at
    assert found.tzinfo is UTC


async def test_instants_order_and_compare_as_instants_whatever_their_offset(marked: Database) -> None:
    first = datetime(2026, 10, 25, 1, 30, tzinfo=BST)
    second = datetime(2026, 10, 25, 1, 0, tzinfo=UTC)
    async with marked.write() as tx:
        await tx.execute(insert(marks), [{"id": 1, "at": second}, {"id": 2, "at": first}])
        later = (await tx.execute(select(marks.c.id).where(marks.c.at > first))).scalars().all()
    assert await _all(marked) == [first, second]
    assert later == [1]


async def test_an_instant_before_1970_comes_back(marked: Database) -> None:
    at = datetime(1969, 12, 31, 23, 59, 59, 1, tzinfo=UTC)
    async with marked.write() as tx:
        await tx.execute(insert(marks).values(id=1, at=at))
    assert await _all(marked) == [at]


async def test_a_time_without_a_zone_is_refused(marked: Database) -> None:
    with pytest.raises(StatementError, match="has no zone"):
        async with marked.write() as tx:
            await tx.execute(insert(marks).values(id=1, at=datetime(2026, 1, 1)))  # noqa: DTZ001 - the fault under test


async def test_a_block_that_raises_leaves_nothing(marked: Database) -> None:
    async def fail(tx: Tx) -> None:
        await tx.execute(insert(marks).values(id=1))
        raise LookupError

    with pytest.raises(LookupError):
        await marked.run(fail)
    assert await _all(marked) == []


async def test_a_read_may_not_write(marked: Database) -> None:
    with pytest.raises(DBAPIError):
        async with marked.read() as tx:
            await tx.execute(insert(marks).values(id=1))
    assert await _all(marked) == []


async def test_writers_that_read_first_never_see_the_same_state(marked: Database) -> None:
    async def next_number(tx: Tx) -> None:
        await marked.lock_site(tx, "ramsey")
        highest = (await tx.execute(text("SELECT coalesce(max(id), 0) FROM marks"))).scalar_one()
        await tx.execute(insert(marks).values(id=highest + 1))

    await asyncio.gather(*(marked.run(next_number) for _ in range(25)))
    assert len(await _all(marked)) == 25


async def test_a_glance_sees_what_is_committed(marked: Database) -> None:
    async with marked.write() as tx:
        await tx.execute(insert(marks).values(id=1, at=NOW))
    async with marked.read_without_transaction() as tx:
        assert (await tx.execute(select(marks.c.id))).scalars().all() == [1]


async def test_a_connection_whose_server_has_gone_meanwhile_is_replaced(
    postgres: PostgresServer, postgres_url: Callable[..., str]
) -> None:
    db, heard = Database(postgres_url()), asyncio.Event()
    try:
        async with db.read() as tx:
            pid = (await tx.execute(text("SELECT pg_backend_pid()"))).scalar_one()
            connection = (await tx.get_raw_connection()).driver_connection
        assert connection is not None
        connection.add_termination_listener(lambda _: heard.set())
        await asyncio.to_thread(postgres.sql, f"SELECT pg_terminate_backend({pid}, 5000)")
        await asyncio.wait_for(heard.wait(), 60)
        async with db.read() as tx:
            assert (await tx.execute(text("SELECT pg_backend_pid()"))).scalar_one() != pid
    finally:
        await db.close()


async def test_a_connection_to_postgresql_fails_soon_after_its_server_is_cut_off(
    postgres_url: Callable[[], str],
) -> None:
    database = Database(postgres_url())
    async with database.read() as tx:
        sock = driver_of(tx)._transport.get_extra_info("socket")
        idle, every, times = (
            sock.getsockopt(socket.IPPROTO_TCP, option)
            for option in (socket.TCP_KEEPIDLE, socket.TCP_KEEPINTVL, socket.TCP_KEEPCNT)
        )
        assert sock.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE)
        assert idle + every * times <= SILENT_S
        assert sock.getsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT) == SILENT_S * 1000
    await database.close()


async def test_a_read_goes_on_while_a_write_is_open(marked: Database) -> None:
    async with marked.write() as tx:
        await tx.execute(insert(marks).values(id=1))
        assert await asyncio.wait_for(_all(marked), 5) == []


async def test_a_read_sees_one_state_whatever_is_committed_meanwhile(marked: Database) -> None:
    async with marked.read() as tx:
        count = select(marks.c.id)
        assert (await tx.execute(count)).all() == []
        async with marked.write() as other:
            await other.execute(insert(marks).values(id=1, at=NOW))
        assert (await tx.execute(count)).all() == []
    assert await _all(marked) == [NOW]


async def test_it_is_busy_exactly_while_a_transaction_is_open(marked: Database) -> None:
    seen = [marked.busy]
    async with marked.write():
        seen.append(marked.busy)
        async with marked.read():
            pass
        seen.append(marked.busy)
    seen.append(marked.busy)
    assert seen == [False, True, True, False]


async def test_work_that_waits_for_others_counts_their_transactions_and_not_its_own(marked: Database) -> None:
    before = marked.begun

    async def background() -> None:
        IN_BACKGROUND.set(True)
        async with marked.read():
            pass
        async with marked.write():
            pass

    await asyncio.create_task(background(), name="in the background")
    assert marked.begun == before
    async with marked.read():
        pass
    async with marked.write():
        pass
    assert marked.begun == before + 2


@pytest.mark.parametrize("brief", [False, True])
async def test_a_cancelled_write_frees_its_turn(marked: Database, brief: bool) -> None:
    entered = asyncio.Event()

    async def hang() -> None:
        async with marked.write(brief=brief) as tx:
            await tx.execute(insert(marks).values(id=1))
            entered.set()
            await asyncio.Event().wait()

    hanging = asyncio.create_task(hang(), name="hangs in a write")
    await entered.wait()
    hanging.cancel()
    await asyncio.wait([hanging])
    assert not marked.busy
    async with marked.write(brief=brief) as tx:
        await tx.execute(insert(marks).values(id=1))
    assert len(await _all(marked)) == 1


async def test_writers_that_deadlock_are_run_again_until_both_are_through(marked: Database) -> None:
    async with marked.write() as tx:
        await tx.execute(insert(marks), [{"id": 1}, {"id": 2}])
    runs, met = 0, asyncio.Barrier(2)

    async def cross(tx: Tx, first: int, second: int) -> None:
        nonlocal runs
        runs += 1
        meets = not marked.sqlite and runs < 3  # SQLite lets only one of them begin
        for number in (first, second):
            await tx.execute(update(marks).where(marks.c.id == number).values(at=datetime(2026, 1, 1, tzinfo=UTC)))
            if meets and number == first:
                await met.wait()

    await asyncio.wait_for(asyncio.gather(marked.run(cross, 1, 2), marked.run(cross, 2, 1)), 60)
    assert runs == (2 if marked.sqlite else 3)
    assert not marked.busy


async def test_a_refused_write_names_its_constraint(db: Database) -> None:
    async def write_badly(tx: Tx) -> None:
        await tx.execute(insert(sites).values(id="r", name="R", zone="UTC", address="", phone=""))
        await tx.execute(insert(spaces).values(site="r", id="hall", name="Hall", capacity=-1))

    with pytest.raises(IntegrityError) as refused:
        await db.run(write_badly)
    assert violates(refused.value, "ck_spaces_capacity")
    assert not violates(refused.value, "ck_spaces_other")


async def test_a_row_that_points_nowhere_is_refused(db: Database) -> None:
    with pytest.raises(IntegrityError):
        async with db.write() as tx:
            await tx.execute(insert(spaces).values(site="nowhere", id="hall", name="Hall"))


async def test_what_is_committed_on_sqlite_is_synced_to_disk_in_a_write_ahead_log(sqlite_url: str) -> None:
    database = Database(sqlite_url)
    async with database.write() as tx:
        assert (await tx.execute(text("PRAGMA journal_mode"))).scalar_one() == "wal"
        assert (await tx.execute(text("PRAGMA synchronous"))).scalar_one() == 2
    await database.close()


class _Counted(FunctionElement[int]):
    """Counts how often it is compiled."""

    inherit_cache = True
    compiled = 0


@compiles(_Counted)
def _count(*_: object, **__: object) -> str:
    _Counted.compiled += 1
    return "7"


@pytest.fixture(params=["sqlite", "postgresql"])
def two_urls(request: pytest.FixtureRequest, tmp_path: Path) -> list[str]:
    """Two empty databases of one kind."""
    if request.param == "sqlite":
        return [f"sqlite+aiosqlite:///{tmp_path / name}" for name in ("one.db", "other.db")]
    postgres_url = request.getfixturevalue("postgres_url")
    return [postgres_url(), postgres_url()]


async def test_a_statement_is_compiled_once_for_all_engines_of_a_kind(two_urls: list[str]) -> None:
    _Counted.compiled = 0
    for url in two_urls:
        database = Database(url)
        for begin in (database.write, database.read, database.read_without_transaction):
            async with begin() as tx:
                assert await tx.scalar(select(_Counted())) == 7
        await database.close()
    assert _Counted.compiled == 1


async def test_a_shared_statement_reads_the_columns_of_each_database(two_urls: list[str]) -> None:
    for url, columns in zip(two_urls, (("x", "y"), ("y", "z")), strict=True):
        database = Database(url)
        async with database.write() as tx:
            await tx.execute(text(f"CREATE TABLE t ({' INTEGER, '.join(columns)} INTEGER)"))
            await tx.execute(text("INSERT INTO t VALUES (1, 2)"))
            found = (await tx.execute(text("SELECT * FROM t"))).mappings().one()
        await database.close()
        assert dict(found) == dict(zip(columns, (1, 2), strict=True))
