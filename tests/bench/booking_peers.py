"""What creating a booking is measured against: the same booking row and its claims, inserted bare.

One committed transaction through the driver itself, under the same constraints and the same durability; the SQL is
written out, so that nothing of ours is on its way.
"""

import asyncio
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import Any, Protocol, TypeAlias

import aiosqlite
import asyncpg
from sqlalchemy.engine import URL

from edge.wire.ids import new_id
from edge.wire.interval import Interval
from tests.controller.village import SITE

_CLAIM = ("booking_id", "atom", "starts", "ends", "space")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


Bare: TypeAlias = tuple[str, str, tuple[str, ...], Interval]
"""A booking's site, space, atoms and time."""
_AT_ONCE = 5_000


class Peer(Protocol):
    async def insert(self, space: str, atoms: tuple[str, ...], during: Interval) -> None:
        """Write one booking with its claims and return once it is on disk."""

    async def insert_many(self, wanted: Iterable[Bare]) -> None:
        """Write bookings with their claims, thousands in a transaction."""

    async def count(self) -> int:
        """How many bookings there are."""

    async def close(self) -> None: ...


def _row(site: str, space: str, during: Interval) -> dict[str, Any]:
    now = datetime.now(UTC)
    return {
        "id": new_id(now),
        "site": site,
        "space": space,
        "title": "Choir",
        "contact_name": "Mary Holloway",
        "contact_phone": "",
        "starts": during.start,
        "ends": during.end,
        "counted_in": 0,
        "created_at": now,
        "created_by": "Una Porter",
        "changed_at": now,
        "changed_by": "Una Porter",
        "version": 1,
    }


_COLUMNS = tuple(_row("", "", Interval(start=_EPOCH, end=_EPOCH + timedelta(1))))
"""What has no default."""


def _chunks(wanted: Iterable[Bare]) -> Iterator[tuple[list[tuple[Any, ...]], list[tuple[Any, ...]]]]:
    """Rows of bookings and of claims."""
    left = iter(wanted)
    while chunk := list(islice(left, _AT_ONCE)):
        bookings, claims = [], []
        for site, space, atoms, during in chunk:
            row = _row(site, space, during)
            bookings.append(tuple(row.values()))
            claims += [(row["id"], atom, during.start, during.end, space) for atom in atoms]
        yield bookings, claims


class SqlitePeer:
    """aiosqlite, one connection, which is all that SQLite lets write."""

    _BOOKING = f"INSERT INTO bookings ({', '.join(_COLUMNS)}) VALUES ({', '.join('?' * len(_COLUMNS))})"
    _CLAIMS = f"INSERT INTO claims ({', '.join(_CLAIM)}) VALUES (?, ?, ?, ?, ?)"

    def __init__(self, connection: aiosqlite.Connection) -> None:
        self._connection = connection
        self._turn = asyncio.Lock()

    @classmethod
    async def open(cls, file: Path) -> "SqlitePeer":
        connection = await aiosqlite.connect(file, isolation_level=None)
        for pragma in (
            "busy_timeout=10000",
            "journal_mode=WAL",
            "synchronous=FULL",
            "wal_autocheckpoint=4000",
            "foreign_keys=ON",
        ):
            await connection.execute(f"PRAGMA {pragma}")
        return cls(connection)

    async def insert(self, space: str, atoms: tuple[str, ...], during: Interval) -> None:
        row = {name: _number(value) for name, value in _row(SITE, space, during).items()}
        claims = [(row["id"], atom, row["starts"], row["ends"], space) for atom in atoms]
        async with self._turn:
            await self._connection.execute("BEGIN IMMEDIATE")
            await self._connection.execute(self._BOOKING, tuple(row.values()))
            await self._connection.executemany(self._CLAIMS, claims)
            await self._connection.commit()

    async def insert_many(self, wanted: Iterable[Bare]) -> None:
        for bookings, claims in _chunks(wanted):
            await self._connection.execute("BEGIN IMMEDIATE")
            await self._connection.executemany(self._BOOKING, [tuple(map(_number, row)) for row in bookings])
            await self._connection.executemany(self._CLAIMS, [tuple(map(_number, row)) for row in claims])
            await self._connection.commit()
        await self._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")  # as the next writers would have to

    async def count(self) -> int:
        async with self._connection.execute("SELECT count(*) FROM bookings") as rows:
            [found] = await rows.fetchall()
        return int(found[0])

    async def close(self) -> None:
        await self._connection.close()


def _number(value: object) -> object:
    """An instant as microseconds, as the tables have it."""
    return (value - _EPOCH) // timedelta(microseconds=1) if isinstance(value, datetime) else value


class PostgresPeer:
    """asyncpg, a connection for each client."""

    _MARKS = ", ".join(f"${number}" for number in range(1, len(_COLUMNS) + 1))
    _BOOKING = f"INSERT INTO bookings ({', '.join(_COLUMNS)}) VALUES ({_MARKS})"
    _CLAIMS = f"INSERT INTO claims ({', '.join(_CLAIM)}) VALUES ($1, $2, $3, $4, $5)"

    def __init__(self, pool: Any) -> None:
        self._pool = pool

    @classmethod
    async def open(cls, url: URL, *, clients: int) -> "PostgresPeer":
        plain = url.set(drivername="postgresql").render_as_string(hide_password=False)
        return cls(await asyncpg.create_pool(plain, min_size=clients, max_size=clients))

    async def insert(self, space: str, atoms: tuple[str, ...], during: Interval) -> None:
        row = _row(SITE, space, during)
        claims = [(row["id"], atom, row["starts"], row["ends"], space) for atom in atoms]
        async with self._pool.acquire() as connection, connection.transaction():
            await connection.execute(self._BOOKING, *row.values())
            await connection.executemany(self._CLAIMS, claims)

    async def insert_many(self, wanted: Iterable[Bare]) -> None:
        for bookings, claims in _chunks(wanted):
            async with self._pool.acquire() as connection, connection.transaction():
                await connection.copy_records_to_table("bookings", records=bookings, columns=_COLUMNS)
                await connection.copy_records_to_table("claims", records=claims, columns=_CLAIM)
        await self._pool.execute("VACUUM ANALYZE")  # as autovacuum would have come to it

    async def count(self) -> int:
        return int(await self._pool.fetchval("SELECT count(*) FROM bookings"))

    async def close(self) -> None:
        await self._pool.close()


async def opened(url: URL, *, clients: int = 1) -> Peer:
    """The peer of a database."""
    if url.get_backend_name() == "sqlite":
        return await SqlitePeer.open(Path(url.database or ""))
    return await PostgresPeer.open(url, clients=clients)
