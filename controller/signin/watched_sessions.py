"""The sessions of all who watch, looked up together: each of thousands of watchers alone would ask the database every
few seconds."""

import asyncio
import itertools
from collections.abc import AsyncGenerator, Mapping
from contextlib import suppress

from sqlalchemy.exc import SQLAlchemyError

from controller.people.model import Actor
from controller.signin.sessions import SessionService
from edge.wire.clock import real_s

SPREAD_S, PARTS = 1.0, 100
"""Over how many real seconds those who watch ask what was found, and in how many parts: thousands at the same moment
would hold up everybody else."""
EVERY_S = 5.0 - SPREAD_S
"""How often all of them are looked up, in real seconds: another controller may have changed somebody's rights, which
counts within five seconds."""


class WatchedSessions:
    """One look for all who watch here: every ``EVERY_S``, and at once when somebody's rights are changed here. It is
    begun by the first watcher that needs it."""

    def __init__(self, sessions: SessionService) -> None:
        self._sessions = sessions
        self._watchers: dict[object, Actor] = {}
        self._found: Mapping[bytes, Actor | None] = {}
        """What the last look found, by session; nothing where the database did not answer."""
        self._turn = 0
        """How many looks have ended."""
        self._saw = 0
        """How many changes of rights there had been when the last one began."""
        self._due_at = float("-inf")
        self._looking = asyncio.Lock()
        self._parts = itertools.cycle(range(PARTS))

    async def watch(self, actor: Actor) -> AsyncGenerator[Actor | None, None]:
        """The actor as they are now, at once and after each look; None once the session they came with has ended. A
        look that the database does not answer says nothing."""
        watcher, later_s = object(), next(self._parts) * SPREAD_S / PARTS
        self._watchers[watcher] = actor
        try:
            changed, turn = self._sessions.changed, self._turn  # before the look, so that nothing falls in between
            found: Mapping[bytes, Actor | None] = {}
            with suppress(SQLAlchemyError):
                found = await self._sessions.again([actor])
            while True:
                if actor.session in found:
                    yield found[actor.session]
                with suppress(TimeoutError):
                    async with asyncio.timeout(max(0.0, self._due_at + later_s - real_s())):
                        await changed.wait()
                changed = self._sessions.changed
                await self._look(turn, self._sessions.changes)
                turn, found = self._turn, self._found
        finally:
            del self._watchers[watcher]

    async def _look(self, after: int, changes: int) -> None:
        """Look, unless a look has ended since there had been ``after`` of them, and saw that many changes."""
        async with self._looking:
            if self._turn > after and self._saw >= changes:
                return
            self._saw = self._sessions.changes
            self._due_at = real_s() + EVERY_S
            self._found = {}
            try:
                with suppress(SQLAlchemyError):
                    self._found = await self._sessions.again(list(self._watchers.values()))
            finally:
                self._turn += 1
