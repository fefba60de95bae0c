"""Speaks with edges about updates: tells each what to run, sends the parts of a package that it asks for, and hears how
far it is."""

import asyncio
from dataclasses import dataclass

from controller.db.engine import Database
from controller.enrolment.updates import repository
from controller.enrolment.updates.repository import EdgeUpdate
from controller.enrolment.updates.service import UpdateService
from controller.platform.each_minute import each_minute
from controller.telemetry.envelope_verifier import EdgeName, EnvelopeVerifier
from edge.wire.broker_link import Link
from edge.wire.codec import decode
from edge.wire.envelope import Purpose, Sealer
from edge.wire.releases import UPDATE_PART, UpdateOrder, UpdateState, UpdateWanted, part_name
from edge.wire.topics import Topic


@dataclass(eq=False, kw_only=True)
class UpdateDelivery:
    """What edges ask for is sent one window at a time, to one edge after the other."""

    database: Database
    link: Link
    signer: Sealer
    verifier: EnvelopeVerifier
    service: UpdateService

    def __post_init__(self) -> None:
        self._wanted: dict[EdgeName, UpdateWanted] = {}
        self._asked = asyncio.Event()

    async def take_state(self, name: EdgeName, payload: bytes) -> None:
        """An edge has said how far it is. One that does not have its newest order gets it."""
        said = self.verifier.open(*name, payload, purpose=Purpose.UPDATE_STATE, kind=UpdateState)
        if said is None:
            return
        row = await self.service.heard(said)
        if row.told is not None and row.number < row.ordered_number:
            await self._publish(row)

    async def take_wanted(self, name: EdgeName, payload: bytes) -> None:
        """An edge asks for parts of a package."""
        wanted = self.verifier.open(*name, payload, purpose=Purpose.UPDATE_WANTED, kind=UpdateWanted)
        if wanted is not None:
            self._wanted[name] = wanted
            self._asked.set()

    async def run_stages(self) -> None:
        """Take the steps of a roll-out, for ever."""
        await each_minute(self.look, "How far the update of edges is")

    async def look(self) -> None:
        """Take the next step, and tell edges that do not have their newest order."""
        await self.service.work()
        async with self.database.read() as tx:
            rows = await repository.untold(tx)
        for row in rows:
            await self._publish(row)

    async def run_parts(self) -> None:
        """Send what edges ask for, for ever."""
        while True:
            await self._asked.wait()
            self._asked.clear()
            while self._wanted:
                name = next(iter(self._wanted))
                await self._send(name, self._wanted.pop(name))

    async def _send(self, name: EdgeName, wanted: UpdateWanted) -> None:
        async with self.database.read() as tx:
            row = await repository.edge_update(tx, *name)
            if row is None or row.ordered != wanted.sha256:
                return
            parts = await repository.parts(tx, wanted.sha256, wanted.offset // UPDATE_PART, wanted.parts)
        for number, data in parts:
            item = part_name(wanted.sha256, number * UPDATE_PART)
            await self.link.publish(str(Topic(site=name[0], edge=name[1], name="update/part", item=item)), data)

    async def _publish(self, row: EdgeUpdate) -> None:
        if row.told is None or (row.site, row.edge) not in self.verifier.edges:
            return
        topic = str(Topic(site=row.site, edge=row.edge, name="update"))
        await self.link.publish(topic, self.signer.seal(Purpose.UPDATE, decode(row.told, UpdateOrder)), retain=True)
