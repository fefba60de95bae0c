"""An edge with an outbox, which sends what is not acknowledged until it is."""

import asyncio
import time

from controller.platform.mqtt_client import BrokerLink
from edge.wire.clock import SystemClock
from tests.controller.telemetry.speaking import LOG, event
from tests.integration.fake_edge import FakeEdge

BATCH = 20
AGAIN_S = 1.0
LOOK_S = 0.01


class Stream:
    """Sends events 1, 2, 3, … of ``edge`` over ``link`` until ``stop``. ``acknowledged``: up to which. ``gap_s``: the
    longest time between two acknowledgements since ``measure``."""

    def __init__(self, edge: FakeEdge, link: BrokerLink) -> None:
        self._edge = edge
        self._link = link
        self.acknowledged = 0
        self.sent = 0
        self.gap_s = 0.0
        self._since = time.monotonic()
        self._stopping = False

    def measure(self) -> None:
        self.gap_s, self._since = 0.0, time.monotonic()

    def stop(self) -> None:
        self._stopping = True

    async def run(self) -> None:
        """Returns once everything that was sent is acknowledged."""
        while not self._stopping or self.acknowledged < self.sent:
            first = self.acknowledged + 1
            last = max(self.sent, self.acknowledged if self._stopping else self.acknowledged + BATCH)
            self.sent = last
            events = [event(seq, at=SystemClock().now()) for seq in range(first, min(last, first + BATCH - 1) + 1)]
            await self._link.publish(self._topic, self._edge.speaker.batch(events, log=LOG, first_kept=1))
            for _ in range(round(AGAIN_S / LOOK_S)):
                if self._look():
                    break
                await asyncio.sleep(LOOK_S)

    @property
    def _topic(self) -> str:
        return f"hk/1/{self._edge.speaker.site}/{self._edge.speaker.edge}/events"

    def _look(self) -> bool:
        newest = max((ack.seq for ack in self._edge.acks), default=0)
        if newest <= self.acknowledged:
            return False
        now = time.monotonic()
        self.gap_s, self._since = max(self.gap_s, now - self._since), now
        self.acknowledged = newest
        self._edge.acks.clear()
        return True
