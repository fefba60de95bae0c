"""The latest state of devices, for live views only: unsigned, and nothing acts on it.

The access list confines an edge to its own topics, but a state may be that of any device, and a broker has no limit on
how many it keeps. The edge says, signed, which devices it has; every other topic is emptied, and many raise an alert.
"""

import asyncio
import logging
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Sequence
from datetime import timedelta
from functools import partial

import msgspec
from sqlalchemy.exc import SQLAlchemyError

from controller.db.engine import Database, Tx
from controller.db.errors import is_away
from controller.db.retry_until_available import RETRY_S, retry_until_available
from controller.telemetry import repository
from controller.telemetry.alert_codes import AlertCode
from controller.telemetry.envelope_verifier import EdgeName, EnvelopeVerifier
from controller.telemetry.model import RefusalReason
from controller.telemetry.validation import out_of_bounds
from edge.wire.broker_link import Link
from edge.wire.clock import Clock
from edge.wire.codec import decode
from edge.wire.errors import WireError
from edge.wire.messages import DeviceState
from edge.wire.topics import Topic

log = logging.getLogger(__name__)

STATE_LIMIT = 4096
"""Longest state, in bytes."""
DEVICES_LIMIT = 200
"""Most devices of one edge whose states are taken; no Pi has as many pins."""
GATHER_S = 0.05
"""How long states are gathered before they are stored together."""


class DeviceStates:
    """``seen``: called with a site whose states changed, after they are stored."""

    def __init__(
        self, *, database: Database, clock: Clock, verifier: EnvelopeVerifier, seen: Callable[[str], None]
    ) -> None:
        self._database = database
        self._verifier = verifier
        self._seen = seen
        self._clock = clock
        self._devices: defaultdict[tuple[str, str], set[str]] = defaultdict(set)
        self._waiting: dict[tuple[str, str], dict[str, DeviceState]] = {}
        self._some = asyncio.Event()
        self._writing = asyncio.Lock()

    @property
    def busy(self) -> bool:
        return bool(self._waiting)

    def offer(self, site: str, edge: str, device: str, payload: bytes) -> None:
        """Take a state in; never waits. Of one device only the last one counts."""
        if (site, edge) not in self._verifier.edges:
            self._verifier.refused["unknown_edge"] += 1
            return
        try:
            state = decode(payload, DeviceState, limit=STATE_LIMIT)
        except WireError as error:
            self._verifier.refuse(site, edge, error.counter, f"state of {device[:40]}: {error}")
            return
        known = self._devices[site, edge]
        if state.device != device or (len(known) >= DEVICES_LIMIT and device not in known):
            self._verifier.refuse(
                site, edge, "wrong_address", f"a state of {state.device} on the topic of {device[:40]}"
            )
            return
        if why := out_of_bounds(state):
            self._verifier.refuse(site, edge, RefusalReason.ABSURD, f"a state of {device}: {why}")
            return
        known.add(device)
        self._waiting.setdefault((site, edge), {})[device] = self._no_later(state)
        self._some.set()

    def _no_later(self, state: DeviceState) -> DeviceState:
        """The state; of an edge whose clock is fast as of now."""
        return msgspec.structs.replace(state, at=min(state.at, self._clock.now()))

    async def run(self) -> None:
        """Store what came, for ever."""
        while True:
            await self._some.wait()
            await asyncio.sleep(GATHER_S)
            self._some.clear()
            try:
                await self.store()
            except (SQLAlchemyError, OSError) as error:
                fields = {"action": "states", "reason": str(error)[:200]}
                if is_away(error):
                    log.error("States of devices could not be stored; trying again", extra=fields)
                    await asyncio.sleep(RETRY_S)
                else:
                    log.error("States of devices could not be stored and are lost", extra=fields)

    async def store(self) -> None:
        """Store what waits. While the database is away it waits on, but for what is newer."""
        async with self._writing:
            waiting, self._waiting = self._waiting, {}

            async def put(tx: Tx) -> None:
                for (site, edge), devices in waiting.items():
                    await repository.put_device_states(tx, site, edge, devices.values())

            try:
                if waiting:
                    await self._database.run(put)
            except (SQLAlchemyError, OSError) as error:
                if is_away(error):
                    self._waiting |= {each: waiting[each] | self._waiting.get(each, {}) for each in waiting}
                    self._some.set()
                raise
        for site in {site for site, _ in waiting}:
            self._seen(site)

    async def report(self, site: str, edge: str, states: Sequence[DeviceState]) -> None:
        """An edge has said, signed, how all its devices are. What it does not name has gone from its configuration, or
        was never its own: the broker may have kept a state of it, or somebody may have put it there."""
        named = {state.device for state in states}

        async def put(tx: Tx) -> None:
            await repository.put_device_states(tx, site, edge, map(self._no_later, states))
            await repository.forget_devices(tx, site, edge, but=named)

        async with self._writing:
            waiting = self._waiting.get((site, edge), {})
            for device in waiting.keys() - named:
                del waiting[device]
            self._devices[site, edge] = named
            await self._database.run_brief(put)


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
