"""When an edge counts as offline: it does not answer, or our own line to the broker is down; and how that is recorded.

The times are real seconds of the event loop.
"""

import asyncio
from collections.abc import Callable
from collections.abc import Set as AbstractSet
from datetime import datetime

from controller.db.engine import Tx
from controller.plans.model import EdgeName
from controller.telemetry import repository as telemetry
from controller.telemetry.alert_codes import AlertCode

ANSWER_WITHIN_S = 10.0
"""How long an edge may take to answer a hello, in real seconds."""
BLIND_AFTER_S = 2.0
"""How long our own line to the broker may be down before every edge counts as offline, in real seconds."""


class OfflineWatch:
    """Which edges have not answered, and since when; and how long our own line has been down."""

    def __init__(self) -> None:
        self._unanswered: dict[EdgeName, float] = {}
        self._line_down_since: float | None = None
        self._given_up: set[EdgeName] = set()
        """What was put down as offline while our own line is down, and not heard since."""

    def asked(self, name: EdgeName) -> None:
        """An edge was asked; of several questions the first without an answer counts."""
        self._unanswered.setdefault(name, asyncio.get_running_loop().time())

    def answered(self, name: EdgeName) -> None:
        self._unanswered.pop(name, None)

    def waits_for(self, name: EdgeName) -> bool:
        """Whether an edge has still to answer."""
        return name in self._unanswered

    def may_ask(self, name: EdgeName) -> bool:
        """Whether an edge has answered, or has taken longer than it may."""
        asked = self._unanswered.get(name)
        return asked is None or asyncio.get_running_loop().time() - asked >= ANSWER_WITHIN_S

    def heard(self, name: EdgeName) -> None:
        """An edge says that it is online."""
        self._given_up.discard(name)

    def silent(self, edges: AbstractSet[EdgeName], *, connected: bool, after_s: float) -> list[EdgeName]:
        """The edges to put down as offline: what was asked ``after_s`` seconds ago and has not answered; and every
        one of ``edges`` while our own line is down, for then nothing is known of any."""
        now = asyncio.get_running_loop().time()
        if connected:
            self._line_down_since = None
            self._given_up.clear()
            return [name for name in self._unanswered if self.is_silent(name, connected=True, after_s=after_s)]
        self._unanswered.clear()
        if self._line_down_since is None:
            self._line_down_since = now
        blind = now - self._line_down_since >= BLIND_AFTER_S
        return sorted(edges - self._given_up) if blind else []

    def is_silent(self, name: EdgeName, *, connected: bool, after_s: float) -> bool:
        """Whether an edge that was silent still is: it may have answered, or our line have come back, since then."""
        if not connected:
            return self._line_down_since is not None
        asked = self._unanswered.get(name)
        return asked is not None and asyncio.get_running_loop().time() - asked >= after_s

    def taken(self, name: EdgeName, *, connected: bool) -> None:
        """A silent edge has been put down as offline."""
        self._unanswered.pop(name, None)
        if not connected:
            self._given_up.add(name)


async def put_offline(
    tx: Tx, name: EdgeName, now: datetime, *, by_edge: bool, still_silent: Callable[[], bool]
) -> bool | None:
    """Put an edge down as offline; whether it was online, and None where it is silent no more or something it said is
    written at this moment. ``by_edge``: the edge is offline, and not the controller. ``still_silent``: asked after what
    is known of it was read, so that no answer falls in between."""
    state = await telemetry.edge_state(tx, *name)
    if not still_silent():
        return None
    if state is None or not state.online:
        return False
    if not await telemetry.put_offline(tx, state, now):
        return None
    if by_edge:
        await record_offline(tx, name, now)
    return True


async def record_offline(tx: Tx, name: EdgeName, now: datetime) -> None:
    """Record that an edge went offline."""
    await telemetry.alert(tx, *name, AlertCode.OFFLINE, f"{name[1]} went offline", now)
