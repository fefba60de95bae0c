"""Sessions that were looked up a moment ago, on PostgreSQL, where each look-up is a trip to the server.

Nothing of it outlives a change of anybody's rights: one that this process makes empties it before it is answered; one
that another makes (``hallkeeper user``) does with PostgreSQL's notification. While it is not certain that such
notifications arrive nothing is cached. On SQLite nothing is cached at all: there a look-up is a read from this
process's own memory, 30 µs.
"""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime

from sqlalchemy import URL

from controller.db.postgresql_notifications import ALIVE_EVERY_S, listen
from controller.people.model import Session

CHANNEL = "hallkeeper_rights"
KEPT_S = 1.0
"""How long a session is cached at most, in real seconds, even if nobody says that it has changed."""
TRUSTED_S = 2 * ALIVE_EVERY_S
"""How long after the last sign of life the line is taken to be up."""


class SessionCache:
    """By the hash of their tokens."""

    def __init__(self) -> None:
        self._sessions: dict[bytes, tuple[float, Session]] = {}
        self._changes = 0
        self._trusted_until = float("-inf")

    def forget(self) -> None:
        """Somebody's rights have changed."""
        self._sessions.clear()
        self._changes += 1

    async def session(
        self, token_hash: bytes, now: datetime, look_up: Callable[[], Awaitable[Session | None]]
    ) -> Session | None:
        """The session from the cache, or else as it is looked up; ``now`` by the clock that sessions run out by."""
        real = asyncio.get_running_loop().time()
        until, session = self._sessions.get(token_hash, (0.0, None))
        if session is not None and real < min(until, self._trusted_until) and now < session.expires_at:
            return session
        before = self._changes
        session = await look_up()
        self._sessions.pop(token_hash, None)
        if session is not None and before == self._changes:  # else what was read may be from before the change
            self._sessions[token_hash] = real + KEPT_S, session
        return session

    async def watch(self, url: URL) -> None:
        """Hear of changes that other processes make, for ever."""
        await listen(url, CHANNEL, heard=self.forget, alive=self._trust)

    def _trust(self) -> None:
        now = asyncio.get_running_loop().time()
        self._trusted_until = now + TRUSTED_S
        self._sessions = {token: cached for token, cached in self._sessions.items() if cached[0] > now}
