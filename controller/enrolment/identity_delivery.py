"""Delivers identities by MQTT: to an edge that holds an older one, and to one that renews its certificate."""

import asyncio
import logging
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass

from controller.db.engine import Database, Tx
from controller.db.retry_until_available import retry_until_available
from controller.enrolment.edge_identity import EdgeIdentities
from controller.enrolment.model import IdentityState
from controller.enrolment.service import EnrolmentService
from controller.enrolment.signing_keyring import EdgeName
from controller.platform.web.problem import Problem
from controller.records.changes import Changes
from controller.telemetry.envelope_verifier import EnvelopeVerifier
from edge.wire.broker_link import Link
from edge.wire.clock import Clock
from edge.wire.enrolment import Renewal
from edge.wire.envelope import Purpose
from edge.wire.topics import Topic

log = logging.getLogger(__name__)

AGAIN_AFTER_S = 5.0
"""How long an edge may take to hold what it was handed before it is handed it again, in real seconds."""
LOOK_EVERY_S = 60.0


@dataclass(eq=False, kw_only=True)
class IdentityDelivery:
    """``real``: seconds of real time."""

    database: Database
    link: Link
    clock: Clock
    verifier: EnvelopeVerifier
    enrolment: EnrolmentService
    registry: EdgeIdentities
    changes: Changes
    real: Callable[[], float]

    def __post_init__(self) -> None:
        self._states: dict[EdgeName, IdentityState] = {}
        self._handed: dict[EdgeName, tuple[int, float]] = {}
        self._heard: set[EdgeName] = set()
        """Edges that have said which identity they hold. The others are asked first; what was sent to them now would
        reach nobody, and be made again at every change of the estate."""
        self._turn = asyncio.Lock()
        """A change of our own key is ended once, though several edges may be the last that it waits for."""

    async def learn(self, sites: Collection[str] | None = None) -> None:
        """Read again what every edge, or every one at these sites, should hold and does hold; deliver what is due."""
        async with self.database.read() as tx:
            states = await self.registry.learn(tx, sites)
        others = {name: each for name, each in self._states.items() if sites is not None and name[0] not in sites}
        self._states = others | {(each.site, each.edge): each for each in states}
        await self._hand_over(self._heard & self._states.keys())

    async def run(self) -> None:
        """End a change of our own key once every edge has done with the old one, for ever."""
        while True:
            await self.clock.sleep(LOOK_EVERY_S)
            await retry_until_available(self._end_rotation, what="the signing key")

    async def _end_rotation(self) -> None:
        async with self._turn:
            await self.enrolment.end_rotation()

    async def heard(self, name: EdgeName, held: int) -> None:
        """An edge has said which identity it holds, and what plan it carries out is known: what it is owed is handed
        over as soon as it goes with that plan."""
        self._heard.add(name)
        state = self._states.get(name)
        if state is None or (held == state.version == state.held and not state.renew):
            return
        if held == state.version and state.held != held and await self.database.run(self._note, name, held):
            await self._end_rotation()
            self.changes.site_changed(name[0], estate=True)
            return
        await self._hand_over([name])

    async def _note(self, tx: Tx, name: EdgeName, held: int) -> bool:
        await self.database.lock_site(tx, name[0])
        return await self.registry.note(tx, *name, held, now=self.clock.now())

    async def take_renewal(self, name: EdgeName, payload: bytes) -> None:
        """An edge requests an identity under new keys."""
        renewal = self.verifier.open(*name, payload, purpose=Purpose.RENEWAL, kind=Renewal)
        if renewal is None:
            return
        try:
            wanted = await self.enrolment.take_renewal(renewal)
        except Problem as refused:
            self.verifier.refuse(*name, "renewal_refused", refused.detail)
            return
        if wanted:
            self._handed.pop(name, None)
            self._heard.add(name)
            self.changes.site_changed(name[0], estate=True)

    async def _hand_over(self, names: Iterable[EdgeName]) -> None:
        for name in list(names):
            state = self._states.get(name)
            if state is None or name not in self.verifier.edges or not self.link.connected:
                continue
            version, at = self._handed.get(name, (-1, float("-inf")))
            if state.held == state.version and not state.renew:
                continue
            if version == state.version and self.real() - at < AGAIN_AFTER_S:
                continue
            async with self.database.read() as tx:
                fits = await self.registry.fit(tx, *name)
                delivery = await self.registry.delivery(tx, *name) if fits else None
            if delivery is None:
                continue
            self._handed[name] = (state.version, self.real())
            await self.link.publish(str(Topic(site=name[0], edge=name[1], name="identity")), delivery)
            fields = {"action": "identity", "site": name[0], "edge": name[1], "version": state.version}
            log.info("An identity was delivered to an edge", extra=fields)
