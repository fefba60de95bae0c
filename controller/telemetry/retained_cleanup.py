"""What one edge can make the broker keep: retained messages on topics that its devices do not have are cleared.

The access list confines an edge to its own topics, but a state may be that of any device, and a broker has no limit on
how many it keeps. The edge says, signed, which devices it has; every other topic is emptied, and many raise an alert.
"""

import asyncio
import logging
from collections import Counter, defaultdict
from collections.abc import Collection
from datetime import timedelta
from functools import partial

from controller.db.engine import Database, Tx
from controller.db.retry import retry_until_available
from controller.telemetry import repository
from controller.telemetry.alert_catalogue import AlertCode
from controller.telemetry.device_states import DEVICES_LIMIT
from controller.telemetry.envelope_verifier import EdgeName, EnvelopeVerifier
from edge.wire.clock import Clock
from edge.wire.link import Link
from edge.wire.topics import Topic

log = logging.getLogger(__name__)

QUIETLY = 20
"""So many at once are a configuration that has changed; more are somebody who fills the broker."""
AT_ONCE = 100
WAITING_LIMIT = 20_000
"""Most topics that wait to be cleared; what comes on top is found again on the next connection."""
_KEPT = frozenset({"status", "plan/applied"})
_REPEATED_AFTER = timedelta(hours=1)


class RetainedSweep:
    """Clears what the broker should not keep. ``look`` takes every message of a known edge."""

    def __init__(self, *, database: Database, link: Link, clock: Clock, verifier: EnvelopeVerifier) -> None:
        self._database = database
        self._link = link
        self._clock = clock
        self._verifier = verifier
        self._named: dict[EdgeName, frozenset[str]] = {}
        self._unnamed: defaultdict[EdgeName, set[str]] = defaultdict(set)
        self._waiting: dict[str, EdgeName] = {}
        self._some = asyncio.Event()

    @property
    def busy(self) -> bool:
        return bool(self._waiting)

    def look(self, topic: Topic, *, retained: bool) -> None:
        """A message came, ``retained`` by the broker's word. Never waits."""
        name, device = (topic.site, topic.edge), topic.item
        if name not in self._verifier.edges or topic.name in _KEPT:
            return
        if topic.name == "state" and device is not None:
            named = self._named.get(name)
            known = self._unnamed[name] if named is None else named
            if device in known:
                return
            if isinstance(known, set) and len(known) < DEVICES_LIMIT:
                known.add(device)
                return
        elif not retained and topic.name != "plan/held":
            return  # one topic each: should the broker keep it anyway, the next connection finds it
        self._clear(name, str(topic))

    def asked(self, name: EdgeName) -> None:
        """The edge begins a connection, on which it may have other devices than before."""
        if (named := self._named.pop(name, None)) is not None:
            self._unnamed[name] = set(named)

    def report(self, name: EdgeName, devices: Collection[str]) -> None:
        """The edge has said, signed, which devices it has."""
        before = self._unnamed.pop(name, set()) | self._named.get(name, frozenset())
        self._named[name] = frozenset(devices)
        for device in sorted(before.difference(devices)):
            self._clear(name, str(Topic(site=name[0], edge=name[1], name="state", item=device)))

    async def run(self) -> None:
        """Clear what waits, for ever."""
        while True:
            await self._some.wait()
            self._some.clear()
            cleared: Counter[EdgeName] = Counter()
            while self._waiting:
                lot = [(topic, self._waiting.pop(topic)) for topic in list(self._waiting)[:AT_ONCE]]
                await asyncio.gather(*(self._link.publish(topic, b"", retain=True) for topic, _ in lot))
                cleared.update(name for _, name in lot)
            for name, number in cleared.items():
                fields = {"action": "retained", "site": name[0], "edge": name[1], "topics": number}
                log.info("Cleared retained messages", extra=fields)
                if number > QUIETLY:
                    await retry_until_available(partial(self._alert, name, number), what="an alert")

    async def _alert(self, name: EdgeName, number: int) -> None:
        async def raised(tx: Tx) -> None:
            now = self._clock.now()
            if not await repository.alerted(tx, *name, AlertCode.BROKER_FILLED, now - _REPEATED_AFTER):
                text = f"{name[1]} left {number} retained messages that belong to none of its devices; they are deleted"
                await repository.alert(tx, *name, AlertCode.BROKER_FILLED, text, now)

        await self._database.run(raised)

    def _clear(self, name: EdgeName, topic: str) -> None:
        if len(self._waiting) < WAITING_LIMIT:
            self._waiting[topic] = name
            self._some.set()
