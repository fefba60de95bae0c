"""What creating a booking is measured against: the same booking row and its claims, inserted bare.

One committed transaction through the driver itself, under the same constraints and the same durability; the SQL is
written out, so that nothing of ours is on its way.
"""

import asyncio
import secrets
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Protocol

import aiosqlite
import asyncpg
from sqlalchemy.engine import make_url

from edge.wire.ids import uuid7
from edge.wire.interval import Interval
from tests.controller.village import SITE

_CLAIM = ("booking_id", "atom", "starts", "ends", "space")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Peer(Protocol):
    async def insert(self, space: str, atoms: tuple[str, ...], during: Interval) -> None:
        """Write one booking with its claims and return once it is on disk."""

    async def count(self) -> int:
        """How many bookings there are."""

    async def close(self) -> None: ...


def _row(space: str, during: Interval) -> dict[str, Any]:
    now = datetime.now(UTC)
    return {
        "id": uuid7(now, secrets.token_bytes(10)),
        "site": SITE,
        "space": space,
        "title": "Choir",
        "contact_name": "Mary Holloway",
        "contact_phone": "",
        "starts": during.start,
        "ends": during.end,
        "counted_in": 0,
        "link_hash": secrets.token_bytes(32),
        "created_at": now,
        "created_by": "Una Porter",
        "changed_at": now,
        "changed_by": "Una Porter",
        "version": 1,
    }


_COLUMNS = tuple(_row("", Interval(start=_EPOCH, end=_EPOCH + timedelta(1))))
"""What has no default."""


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
        for pragma in ("busy_timeout=10000", "journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
            await connection.execute(f"PRAGMA {pragma}")
        return cls(connection)

    async def insert(self, space: str, atoms: tuple[str, ...], during: Interval) -> None:
        row = {name: _number(value) for name, value in _row(space, during).items()}
        claims = [(row["id"], atom, row["starts"], row["ends"], space) for atom in atoms]
        async with self._turn:
            await self._connection.execute("BEGIN IMMEDIATE")
            await self._connection.execute(self._BOOKING, tuple(row.values()))
            await self._connection.executemany(self._CLAIMS, claims)
            await self._connection.commit()

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
    async def open(cls, url: str, *, clients: int) -> "PostgresPeer":
        plain = make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
        return cls(await asyncpg.create_pool(plain, min_size=clients, max_size=clients))

    async def insert(self, space: str, atoms: tuple[str, ...], during: Interval) -> None:
        row = _row(space, during)
        claims = [(row["id"], atom, row["starts"], row["ends"], space) for atom in atoms]
        async with self._pool.acquire() as connection, connection.transaction():
            await connection.execute(self._BOOKING, *row.values())
            await connection.executemany(self._CLAIMS, claims)

    async def count(self) -> int:
        return int(await self._pool.fetchval("SELECT count(*) FROM bookings"))

    async def close(self) -> None:
        await self._pool.close()
