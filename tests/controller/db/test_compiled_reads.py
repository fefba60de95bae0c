"""Prepared reads give what SQLAlchemy would, on both databases."""

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from sqlalchemy import (
    Boolean,
    Column,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    bindparam,
    insert,
    select,
    text,
    update,
)
from sqlalchemy.exc import DBAPIError
from sqlalchemy.schema import CreateTable

from controller.db.compiled_sql import CompiledReads, read_ahead
from controller.db.engine import Database, Instant
from tests.controller.statements import counted

notes = Table(
    "notes",
    MetaData(),
    Column("id", Integer, primary_key=True),
    Column("at", Instant),
    Column("seal", LargeBinary),
    Column("read", Boolean, nullable=False),
    Column("text", String(40), nullable=False),
)
AT = datetime(2026, 10, 25, 1, 30, 0, 123456, tzinfo=UTC)
BST = timezone(timedelta(hours=1))
ROWS: list[dict[str, Any]] = [
    {"id": 1, "at": AT, "seal": b"\x00\xff", "read": True, "text": "a'b"},
    {"id": 2, "at": None, "seal": None, "read": False, "text": "$1 ? :text"},
]


@pytest.fixture
async def noted(db: Database) -> Database:
    async with db.write() as tx:
        await tx.execute(CreateTable(notes))
        await tx.execute(insert(notes), ROWS)
    return db


async def test_values_of_every_kind_come_back_as_they_were_written(noted: Database) -> None:
    every = CompiledReads(select(notes).order_by(notes.c.id))
    for transaction in (noted.read, noted.write, noted.read_without_transaction):
        async with transaction() as tx:
            assert await every.rows(tx) == ROWS


async def test_values_are_given_by_name_however_often_and_instants_in_any_zone(noted: Database) -> None:
    some = CompiledReads(
        select(notes.c.id).where(
            notes.c.at >= bindparam("at"),
            notes.c.at <= bindparam("at"),
            notes.c.seal == bindparam("seal"),
            notes.c.read.is_(True),
            notes.c.text != "other",
        )
    )
    async with noted.read() as tx:
        assert await some.rows(tx, at=AT.astimezone(BST), seal=b"\x00\xff") == [{"id": 1}]
        assert await some.first(tx, at=AT, seal=b"") is None


async def test_a_text_has_its_instants_too(noted: Database) -> None:
    written = CompiledReads(text("SELECT id, at FROM notes WHERE text = :text").columns(at=Instant))
    async with noted.read() as tx:
        assert await written.first(tx, text="a'b") == {"id": 1, "at": AT}


async def test_what_the_database_refuses_is_an_error_like_any_other(noted: Database) -> None:
    with pytest.raises(DBAPIError):
        async with noted.read() as tx:
            await CompiledReads(text("SELECT 1 FROM nothing").columns()).rows(tx)


async def test_a_prepared_read_sees_what_its_own_transaction_wrote(noted: Database) -> None:
    some = CompiledReads(select(notes.c.text).where(notes.c.id == bindparam("id")))
    async with noted.write(brief=True) as tx:
        await tx.execute(insert(notes).values(ROWS[0] | {"id": 3}))
        assert await some.first(tx, id=3) == {"text": "a'b"}


async def test_rows_that_are_read_ahead_are_those_that_would_have_been_read(noted: Database) -> None:
    every = CompiledReads(select(notes).order_by(notes.c.id))
    some = CompiledReads(select(notes.c.at, notes.c.seal).where(notes.c.seal == bindparam("seal"), notes.c.at == AT))
    written = CompiledReads(text("SELECT id, at, id AS more FROM notes WHERE text = :text").columns(at=Instant))
    none = CompiledReads(select(notes.c.id).where(notes.c.id == bindparam("id")))
    reads: list[tuple[CompiledReads, dict[str, object]]] = [
        (every, {}),
        (some, {"seal": b"\x00\xff"}),
        (written, {"text": "a'b"}),
        (none, {"id": 77}),
    ]
    async with noted.write() as tx:
        plain = [await read.rows(tx, **given) for read, given in reads]
        assert [len(rows) for rows in plain] == [2, 1, 1, 0]
        await read_ahead(tx, reads)
        async with counted() as said:
            assert [await read.rows(tx, **given) for read, given in reads] == plain
        assert len(said) == (0 if tx.dialect.name == "postgresql" else 4)
        assert [await read.rows(tx, **given) for read, given in reads] == plain


async def test_rows_that_were_read_ahead_go_to_who_asks_the_very_same_once_and_in_the_same_transaction(
    noted: Database,
) -> None:
    some = CompiledReads(select(notes.c.text).where(notes.c.id == bindparam("id")))
    async with noted.write() as tx:
        await read_ahead(tx, [(some, {"id": 1}), (some, {"id": 2})])
        assert await some.first(tx, id=1) == {"text": "a'b"}
        await tx.execute(update(notes).values(text="another"))
        assert [await some.first(tx, id=at) for at in (1, 3)] == [{"text": "another"}, None]
    async with noted.write() as tx:
        assert await some.first(tx, id=2) == {"text": "another"}
