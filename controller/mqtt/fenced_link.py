"""A connection to the broker that says nothing while another controller may do this one's work."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass

from controller.db.lease import WorkLease
from edge.wire.broker_link import Connected, Disconnected, Link, Message

IN_FLIGHT = 20
"""Messages that the broker has not confirmed yet. paho keeps what comes on top, and sends it whenever a confirmation
arrives, also where another has the lease by then; so it waits here."""


@dataclass(eq=False)
class FencedLink:
    """A ``Link`` that waits with each message until ``lease`` is certain. A message that waits for a lease that is
    lost is never sent: the process ends."""

    link: Link
    lease: WorkLease

    def __post_init__(self) -> None:
        self._places = asyncio.Semaphore(IN_FLIGHT)

    def events(self) -> AsyncIterator[Message | Connected | Disconnected]:
        return self.link.events()

    async def publish(self, topic: str, payload: bytes, *, qos: int = 1, retain: bool = False) -> bool:
        async with self._places:
            await self.lease.certain()
            return await self.link.publish(topic, payload, qos=qos, retain=retain)

    @property
    def connected(self) -> bool:
        return self.link.connected
