"""A lease in the database: which of several controllers does the work that only one may do.

It ends when a controller that wants it has seen for the whole length of the lease, by the steady
clock of its machine, that nobody renewed it. So no clock that can be set counts: neither a controller's nor the
database's, which also jumps where a standby on another machine is promoted. Each holder gets a number, higher than all
before it. ``WorkLease.require``, in a transaction, lets nothing of an earlier holder be committed, also where that
slept in between (fencing). What leaves the database, a message to an edge or a mail, waits for ``WorkLease.certain``:
the lease was renewed so lately that nobody else can have it.

PostgreSQL only; a second controller on SQLite is refused (``controller.db.instance_lock``).
"""

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from contextlib import asynccontextmanager
from datetime import UTC, datetime

from sqlalchemy import BigInteger, Column, String, Table, text
from sqlalchemy.engine import URL
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine
from sqlalchemy.pool import NullPool

from controller.db.engine import FENCE, Instant, Tx, metadata
from controller.db.errors import is_away, words_of
from controller.db.postgresql_engine import SHARED

log = logging.getLogger(__name__)

LEASE_S = 6.0
"""How long a lease lasts without being renewed, as who wants it sees it."""
RENEW_S = 1.5
TAKE_S = 0.5
"""How often one that is not free is looked at."""
_CERTAIN_S = 0.8 * LEASE_S
"""How long after it was asked for a renewed lease is certain, by the clock of this machine, which may be slower."""

leases = Table(
    "leases",
    metadata,
    Column("name", String(40), primary_key=True),
    Column("holder", String(63), nullable=False),
    Column("number", BigInteger, nullable=False),
    Column("until", Instant, nullable=False),
)
"""``holder``: the ``Database.name`` of its controller. ``number``: the fencing number, which only rises. ``until``:
by the database's clock; nothing rests on it but that it changes with each renewal, and is 1970 for one that is free."""

_MAKE = text(
    "INSERT INTO leases (name, holder, number, until) VALUES (:name, '', 0, to_timestamp(0)) ON CONFLICT DO NOTHING"
)
_LOOK = text("SELECT holder, number, until FROM leases WHERE name = :name")
_END_SESSIONS = text(
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
    " WHERE datname = current_database() AND application_name = :holder AND :holder NOT IN ('', :ours)"
)
_LOCK = text("SELECT 1 FROM leases WHERE name = :name AND number = :number AND until = :until FOR UPDATE")
_TAKE = text(
    "UPDATE leases SET holder = :holder, number = number + 1, until = clock_timestamp() + make_interval(secs => :secs)"
    " WHERE name = :name RETURNING number"
)
_RENEW = text(
    "UPDATE leases SET until = clock_timestamp() + make_interval(secs => :secs)"
    " WHERE name = :name AND holder = :holder AND number = :number"
)
_FREE = text("UPDATE leases SET until = to_timestamp(0) WHERE name = :name AND holder = :holder AND number = :number")
_REQUIRE = text("SELECT 1 FROM leases WHERE name = :name AND holder = :holder AND number = :number FOR KEY SHARE")
_FREE_SINCE = datetime(1970, 1, 1, tzinfo=UTC)


class LeaseLost(Exception):
    """Another controller has the lease. The one that finds this out stops; the other does what is left to do."""

    def __init__(self, name: str) -> None:
        super().__init__(f"another controller does the work of {name!r} now")


class WorkLease:
    """One lease, as one controller tries to get and keep it. ``holder``: the name of its ``Database``."""

    def __init__(self, url: URL, name: str, holder: str) -> None:
        self._url = url
        self._name = name
        self._holder = holder
        self._number = 0
        self._certain_until = float("-inf")
        self._renewed = asyncio.Event()
        self._seen: tuple[int, datetime] | None = None
        self._seen_since = 0.0

    @property
    def number(self) -> int:
        """The fencing number; 0 while it is not held."""
        return self._number

    @property
    def is_certain(self) -> bool:
        """Whether nobody else can have the lease at this moment."""
        return self._number > 0 and _now() < self._certain_until

    async def certain(self) -> None:
        """Wait until nobody else can have the lease. After the last wait nothing else is waited for before the act."""
        while not self.is_certain:
            self._renewed.clear()
            await self._renewed.wait()

    async def require(self, tx: Tx) -> None:
        """Nobody else gets the lease before this transaction has ended. Raises ``LeaseLost``."""
        if (await tx.execute(_REQUIRE, self._ours)).first() is None:
            raise LeaseLost(self._name)

    async def run(self, work: Callable[[], Coroutine[None, None, None]]) -> None:
        """Get the lease, however long that takes, and do ``work`` while it is held, each of whose transactions requires
        it. A database that is away ends nothing: nobody else can get the lease there either. Raises ``LeaseLost``, and
        what ``work`` raises."""
        async with self._connected() as session:
            while not await self._try(session, self.take):  # noqa: ASYNC110  # the database sets no event
                await asyncio.sleep(TAKE_S)
            fields = {"action": "lease", "lease": self._name, "number": self._number}
            log.info("This controller does the work of the estate", extra=fields)
            FENCE.set(self.require)
            tasks = {
                asyncio.create_task(work(), name=f"work under {self._name}"),
                asyncio.create_task(self._keep(session), name=f"lease {self._name}"),
            }
            try:
                done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            finally:
                for task in tasks:
                    task.cancel()
                await asyncio.gather(*tasks, return_exceptions=True)
                await self._give_back(session)
            for task in done:
                task.result()

    async def take(self, connection: AsyncConnection) -> bool:
        """Get the lease if it is free or has ended. Ends the sessions of the last holder: one that sleeps in the middle
        of a transaction would hold its locks for ever."""
        ours = {"name": self._name, "holder": self._holder, "secs": LEASE_S}
        asked = _now()
        async with connection.begin():
            await connection.execute(_MAKE, ours)
            last = (await connection.execute(_LOOK, ours)).one()
        if last.until > _FREE_SINCE and not self._has_ended(last.number, last.until, asked):
            return False
        try:
            async with connection.begin():
                await connection.execute(_END_SESSIONS, {"holder": last.holder, "ours": self._holder})
        except DBAPIError as error:
            if is_away(error):
                raise
            fields = {"action": "lease", "reason": words_of(error)}
            log.warning("The sessions of the last holder cannot be ended", extra=fields)
        asked = _now()
        async with connection.begin():
            found = {"name": self._name, "number": last.number, "until": last.until}
            if (await connection.execute(_LOCK, found)).first() is None:
                return False
            number: int = (await connection.execute(_TAKE, ours)).scalar_one()
        self._number = number
        self._extend(asked)
        return True

    def _has_ended(self, number: int, until: datetime, asked: float) -> bool:
        """Whether nobody has renewed the lease for its whole length, as was seen by the look that began at ``asked``.
        A database that took so long to answer that its holder may have given up counts as one that was away."""
        now = _now()
        if self._seen != (number, until) or now - asked > LEASE_S / 2:
            self._seen, self._seen_since = (number, until), now
        return asked - self._seen_since > LEASE_S

    async def renew(self, connection: AsyncConnection) -> bool:
        """Raises ``LeaseLost``."""
        asked = _now()
        async with connection.begin():
            kept = (await connection.execute(_RENEW, self._ours | {"secs": LEASE_S})).rowcount
        if not kept:
            self._number = 0
            raise LeaseLost(self._name)
        self._extend(asked)
        return True

    @property
    def _ours(self) -> dict[str, object]:
        return {"name": self._name, "holder": self._holder, "number": self._number}

    def _extend(self, asked: float) -> None:
        self._certain_until = asked + _CERTAIN_S
        self._renewed.set()

    async def _keep(self, session: "_Session") -> None:
        while True:
            await asyncio.sleep(RENEW_S)
            await self._try(session, self.renew)

    async def _try(self, session: "_Session", act: Callable[[AsyncConnection], Awaitable[bool]]) -> bool:
        """What the act says; False where the database does not answer."""
        try:
            async with asyncio.timeout(LEASE_S):
                return await act(await session.connection())
        except Exception as error:
            await session.drop()
            self._seen = None  # after the database was away its holder has the lease's whole length to renew it
            if not is_away(error):
                raise
            fields = {"action": "lease", "lease": self._name, "reason": words_of(error)}
            log.warning("The lease can be neither got nor renewed; trying again", extra=fields)
            return False

    async def _give_back(self, session: "_Session") -> None:
        """Nobody has to wait for it then."""
        number, self._number = self._number, 0
        self._certain_until = float("-inf")
        if number:
            ours = {"name": self._name, "holder": self._holder, "number": number}

            async def end(connection: AsyncConnection) -> bool:
                async with connection.begin():
                    await connection.execute(_FREE, ours)
                return True

            await self._try(session, end)

    @asynccontextmanager
    async def _connected(self) -> AsyncIterator["_Session"]:
        session = _Session(self._url, self._holder)
        try:
            yield session
        finally:
            await session.close()


class _Session:
    """A connection of its own, which waits for none of the others, opened again when it is lost."""

    def __init__(self, url: URL, name: str) -> None:
        settings = {"application_name": name, "lock_timeout": f"{LEASE_S / 2:g}s"}
        self._engine = create_async_engine(
            url.set(drivername=SHARED),
            hide_parameters=True,
            poolclass=NullPool,
            connect_args={"server_settings": settings},
        )
        self._connection: AsyncConnection | None = None

    async def connection(self) -> AsyncConnection:
        if self._connection is None:
            self._connection = await self._engine.connect()
        return self._connection

    async def drop(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            await connection.invalidate()
            await connection.close()

    async def close(self) -> None:
        await self.drop()
        await self._engine.dispose()


def _now() -> float:
    """Seconds that pass also while the machine sleeps."""
    return time.clock_gettime(time.CLOCK_BOOTTIME)
