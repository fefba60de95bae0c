"""One item of an edge's queue, tried until it is handled, or set aside where the database takes everything else."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence

from sqlalchemy.exc import SQLAlchemyError

from controller.db.errors import is_away, is_full, words_of
from controller.db.lease import LeaseLost
from controller.db.write_probe import WriteProbe
from controller.telemetry.envelope_verifier import EdgeName

log = logging.getLogger(__name__)

AGAIN_AFTER_S = 1.0
"""Real seconds until a message is tried again that the database was away for."""
RESTS_S = (1.0, 2.0, 4.0, 8.0, 15.0, 30.0)
"""Real seconds that an item rests after each failure of its own, while its edge's others wait and no worker does: a
minute in all, for a lock that another program holds."""


class Handling:
    """Awaited as the ``Work`` of ``EdgeQueues``. A database that is away costs no message: each is tried until it is
    handled, and what came after it waits, since no edge says again that it has connected, applied a plan or gone.

    A message that fails while the database takes other writes rests, and is given to ``set_aside`` with its last error
    when it has failed once more than there are ``rests``; at once where the error is not one of a database that is
    away. ``failed``: called with a fault of ours, which costs one message.
    """

    def __init__(
        self,
        *,
        probe: WriteProbe,
        name: EdgeName,
        kind: str,
        work: Callable[[], Awaitable[None]],
        set_aside: Callable[[EdgeName, str, Exception], None],
        failed: Callable[[EdgeName, str, Exception], None],
        rests: Sequence[float] = RESTS_S,
    ) -> None:
        self._probe = probe
        self._name = name
        self._kind = kind
        self._work = work
        self._set_aside = set_aside
        self._failed = failed
        self._rests = rests
        self._refused = 0
        """How often in a row it has failed while the database took another write."""
        self._said = False

    async def __call__(self) -> float | None:
        """Raises ``LeaseLost``."""
        while True:
            try:
                await self._work()
            except LeaseLost:
                raise
            except (SQLAlchemyError, OSError) as error:
                if not is_away(error) or getattr(error, "filename", None) is not None:  # a file is missing
                    self._set_aside(self._name, self._kind, error)
                    return None
                self._say(error)
                if not is_full(error) and await self._probe.write() is None:
                    self._refused += 1
                    if self._refused <= len(self._rests):
                        return self._rests[self._refused - 1]
                    self._set_aside(self._name, self._kind, error)
                    return None
                self._refused = 0
                await asyncio.sleep(AGAIN_AFTER_S)
            except Exception as error:
                self._failed(self._name, self._kind, error)
                return None
            else:
                return None

    def _say(self, error: Exception) -> None:
        if not self._said:
            site, edge = self._name
            fields = {"action": "message", "site": site, "edge": edge, "kind": self._kind, "reason": words_of(error)}
            log.error("A message waits until the database answers", extra=fields)
        self._said = True
