"""Many rows at once are what single inserts would have been, on both databases."""

from datetime import UTC, datetime
from typing import Any

import asyncpg
import pytest
from sqlalchemy import Boolean, Column, Integer, LargeBinary, MetaData, String, Table, event, func, select
from sqlalchemy.exc import DBAPIError, IntegrityError, InterfaceError
from sqlalchemy.schema import CreateTable

from controller.db.compiled_sql import insert_many
from controller.db.engine import Database, Instant, Tx, translated
from controller.db.errors import is_away

crossings = Table(
    "crossings",
    MetaData(),
    Column("id", Integer, primary_key=True),
    Column("at", Instant),
    Column("seal", LargeBinary),
    Column("read", Boolean, nullable=False),
    Column("text", String(40), nullable=False),
)
COLUMNS = ("id", "text", "read", "seal", "at")
AT = datetime(2026, 10, 25, 1, 30, 0, 123456, tzinfo=UTC)


def row(number: int, text: str = "$1 ? :text") -> tuple[Any, ...]:
    return (number, text, number % 2 == 0, b"\x00\xff" if number % 3 else None, AT if number % 5 else None)


async def stored(tx: Tx) -> list[tuple[Any, ...]]:
    columns = [crossings.c[name] for name in COLUMNS]
    return [tuple(each) for each in await tx.execute(select(*columns).order_by(crossings.c.id))]


@pytest.fixture
async def counting(db: Database) -> Database:
    async with db.write() as tx:
        await tx.execute(CreateTable(crossings))
    return db


@pytest.mark.parametrize("unless_known", [False, True])
async def test_values_of_every_kind_are_stored_however_many_rows(counting: Database, unless_known: bool) -> None:
    rows = [row(number) for number in range(1, 251)]
    async with counting.write() as tx:
        await insert_many(tx, crossings, COLUMNS, rows, unless_known=unless_known)
        await insert_many(tx, crossings, COLUMNS, [], unless_known=unless_known)
    async with counting.read() as tx:
        assert await stored(tx) == rows


async def test_a_row_whose_key_is_there_stays_as_it_is(counting: Database) -> None:
    async with counting.write() as tx:
        await insert_many(tx, crossings, COLUMNS, [row(2, "first")], unless_known=True)
    async with counting.write() as tx:
        await insert_many(tx, crossings, COLUMNS, [row(1), row(2, "second"), row(3), row(3)], unless_known=True)
        await insert_many(tx, crossings, COLUMNS, [row(4), row(2, "third")], unless_known=True)
    async with counting.read() as tx:
        assert [each[:2] for each in await stored(tx)] == [
            (1, "$1 ? :text"),
            (2, "first"),
            (3, "$1 ? :text"),
            (4, "$1 ? :text"),
        ]


@pytest.mark.parametrize("bad", [row(1), (3, None, True, None, None)], ids=["known", "empty"])
async def test_what_a_constraint_refuses_is_an_error_like_any_other(counting: Database, bad: tuple[Any, ...]) -> None:
    async with counting.write() as tx:
        await insert_many(tx, crossings, COLUMNS, [row(1)])
    with pytest.raises(IntegrityError) as refused:
        async with counting.write() as tx:
            await insert_many(tx, crossings, COLUMNS, [row(2), bad])
    assert not is_away(refused.value)
    async with counting.read() as tx:
        assert await stored(tx) == [row(1)]


async def test_a_value_that_does_not_fit_is_no_fault_of_the_database(counting: Database) -> None:
    with pytest.raises((DBAPIError, OverflowError)) as refused:
        async with counting.write() as tx:
            await insert_many(tx, crossings, COLUMNS, [row(2**64)])
    assert not is_away(refused.value)


@pytest.mark.parametrize("unless_known", [False, True])
async def test_rows_go_with_their_transaction_and_stay_with_its_rest(counting: Database, unless_known: bool) -> None:
    async with counting.write() as tx:
        await insert_many(tx, crossings, COLUMNS, [row(1)], unless_known=unless_known)
        await tx.rollback()
    async with counting.write() as tx:
        await insert_many(tx, crossings, COLUMNS, [row(2)], unless_known=unless_known)
        assert (await tx.execute(select(func.count()).select_from(crossings))).scalar() == 1


async def test_statements_past_sqlalchemy_are_traced_too(counting: Database) -> None:
    seen: list[str] = []
    async with counting.write() as tx:
        assert tx.sync_connection is not None
        event.listen(
            tx.sync_connection, "before_cursor_execute", lambda _c, _k, sql, _p, _x, _m: seen.append(sql), named=False
        )
        await insert_many(tx, crossings, COLUMNS, [row(1)])
    assert any("crossings" in sql for sql in seen)


def test_a_line_that_broke_is_told_from_a_value_that_is_wrong() -> None:
    broken = (ConnectionResetError(), asyncpg.InterfaceError("closed"), asyncpg.ConnectionDoesNotExistError("gone"))
    assert all(is_away(translated("COPY", each)) for each in broken)
    assert isinstance(translated("COPY", broken[1]), InterfaceError)
    wrong = (asyncpg.DataError("a value"), asyncpg.UniqueViolationError("known"), ValueError("NUL"))
    assert not any(is_away(translated("COPY", each)) for each in wrong)
