"""The latest state of devices, for live views only: unsigned, and nothing acts on it."""

import asyncio
import logging
from collections import defaultdict
from collections.abc import Callable, Sequence

import msgspec
from sqlalchemy.exc import SQLAlchemyError

from controller.db.engine import Database, Tx
from controller.telemetry import repository
from controller.telemetry.bounds import out_of_bounds
from controller.telemetry.envelope_verifier import EnvelopeVerifier
from controller.telemetry.model import RefusalReason
from edge.wire.clock import Clock
from edge.wire.codec import decode
from edge.wire.errors import WireError
from edge.wire.messages import DeviceState

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
                log.error("States of devices could not be stored; trying again", extra=fields)

    async def store(self) -> None:
        """Store what waits."""
        async with self._writing:
            waiting, self._waiting = self._waiting, {}

            async def put(tx: Tx) -> None:
                for (site, edge), devices in waiting.items():
                    await repository.put_device_states(tx, site, edge, devices.values())

            if waiting:
                await self._database.run(put)
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
            await self._database.run(put)
