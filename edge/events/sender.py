"""Sends committed events to the controller: a few batches ahead of their acknowledgement, and again if none arrives."""

import asyncio
import random
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from typing import Protocol

import msgspec

from edge.events.segments import Record
from edge.system.liveness import OUTSIDE_STUCK_S, Wake
from edge.wire.event_batch import IN_FLIGHT_LIMIT, EventBatch

RESEND_S = 5.0
"""Real seconds without progress before events are sent again; grows to ``RESEND_MOST_S``, with jitter."""
RESEND_MOST_S = 60.0


def resend_after(times: int) -> float:
    """Real seconds to wait for an acknowledgement after ``times`` consecutive repeats, before jitter."""
    return min(RESEND_S * 2.0 ** min(times, 10), RESEND_MOST_S)


class KeptEvents(Protocol):
    """What the sender needs of the log that it sends; ``Outbox`` says what each is."""

    @property
    def log(self) -> str: ...

    @property
    def head(self) -> int: ...

    @property
    def ack(self) -> int: ...

    @property
    def first_kept(self) -> int: ...

    @property
    def agreed(self) -> bool: ...

    async def after(self, seq: int) -> Sequence[Record]: ...


class EventSender:
    """Run ``run`` as a task, and call the other methods on changes. ``send`` publishes a batch; returns whether the
    broker accepted it."""

    def __init__(
        self, outbox: KeptEvents, *, site: str, edge: str, send: Callable[[EventBatch], Awaitable[bool]]
    ) -> None:
        self._outbox = outbox
        self._site = site
        self._edge = edge
        self._send = send
        self._online = False
        self._sent = 0
        self._in_flight: deque[int] = deque()
        self._resent = 0
        self._due: float | None = None
        """When events in flight are sent again, in seconds of the event loop; later events do not delay it."""
        self.wake = Wake(OUTSIDE_STUCK_S)

    @property
    def behind(self) -> int:
        """Committed events that the controller has not acknowledged."""
        return self._outbox.head - self._outbox.ack

    def online(self, *, up: bool) -> None:
        """The link came up or went down; events in flight are sent again, from the acknowledged seq on."""
        self._online = up
        self.again()

    def again(self) -> None:
        """Send everything after the acknowledged seq again."""
        self._sent = self._outbox.ack
        self._in_flight.clear()
        self._resent = 0
        self._due = None
        self.wake.set()

    def nudge(self) -> None:
        """Events were committed or acknowledged."""
        ack = self._outbox.ack
        while self._in_flight and self._in_flight[0] <= ack:
            self._in_flight.popleft()
            self._resent = 0
            self._due = self._wait_until() if self._in_flight else None
        self._sent = max(self._sent, ack)
        self.wake.set()

    async def run(self) -> None:
        """Send until cancelled."""
        while True:
            try:
                async with asyncio.timeout_at(self._due):
                    await self.wake.wait()
            except TimeoutError:
                resent = self._resent + 1
                self.again()
                self._resent = resent
            self.wake.clear()
            await self._send_some()

    def _wait_until(self) -> float:
        jitter = 1 + random.random()  # noqa: S311
        return asyncio.get_running_loop().time() + resend_after(self._resent) * jitter

    async def _send_some(self) -> None:
        while self._online and self._outbox.agreed and len(self._in_flight) < IN_FLIGHT_LIMIT:
            after = self._sent
            records = await self._outbox.after(after)
            if not records:
                return
            if self._sent != after:
                continue
            self._sent = records[-1].seq
            self._in_flight.append(self._sent)
            if self._due is None:
                self._due = self._wait_until()
            batch = EventBatch(
                site=self._site,
                edge=self._edge,
                log=self._outbox.log,
                first_kept=self._outbox.first_kept,
                events=tuple(msgspec.Raw(record.data) for record in records),
            )
            if not await self._send(batch):
                # The link reports its loss by itself; should it stay, the time-out sends again.
                return
