"""Momentary acts at a door: signed for the edge's present session, gone within seconds, answered once."""

import secrets
from collections.abc import Callable
from datetime import datetime, timedelta
from enum import StrEnum

from controller.database import Database, Tx
from controller.estate.service import require_door
from controller.people import audit
from controller.plans import repository
from controller.plans.model import Issued
from controller.problem import Conflicting, NotFound
from controller.telemetry import repository as telemetry
from controller.telemetry.gate import Gate
from edge.wire.clock import Clock
from edge.wire.envelope import Purpose, Signer
from edge.wire.ids import uuid7
from edge.wire.link import Link
from edge.wire.messages import COMMAND_LIFE_S, Command, CommandResult
from edge.wire.topics import Topic

LIFE = timedelta(seconds=COMMAND_LIFE_S)
GRACE = timedelta(seconds=5)
"""How long past its expiry a command's answer is waited for."""


class Outcome(StrEnum):
    WAITING = "waiting"
    DONE = "done"
    REFUSED = "refused"
    EXPIRED = "expired"


class OutOfReach(Conflicting):
    """A command is never kept for later: a door must not move when nobody expects it."""

    kind = "out-of-reach"
    title = "The door is out of reach"

    def __init__(self, door: str, why: str) -> None:
        super().__init__(f"{door!r} is out of reach: {why}; a command is not kept for later, send it again then")


class CommandUnknown(NotFound):
    def __init__(self, command_id: str) -> None:
        super().__init__(f"there is no command {command_id!r}")


class Commander:
    """``seen``: called with a site when a command was answered."""

    def __init__(
        self,
        *,
        database: Database,
        link: Link,
        signer: Signer,
        clock: Clock,
        gate: Gate,
        seen: Callable[[str], None],
    ) -> None:
        self._database = database
        self._link = link
        self._signer = signer
        self._clock = clock
        self._gate = gate
        self._seen = seen

    async def unlock(self, site: str, door: str, *, reason: str, actor: str) -> str:
        """Ask a door to unlock once; the command's id. Raises ``SiteUnknown``, ``DoorUnknown``, ``OutOfReach``."""
        issued, nonce = await self._database.run(self._issue, site, door, reason, actor)
        command = Command(
            site=site,
            edge=issued.edge,
            id=issued.id,
            nonce=nonce,
            issued_at=issued.issued_at,
            expires_at=issued.expires_at,
            kind=issued.kind,
            door=door,
        )
        topic = str(Topic(site=site, edge=issued.edge, name="command"))
        if not await self._link.publish(topic, self._signer.seal(Purpose.COMMAND, command)):
            why = "the broker did not take the command"
            await self._end(site, issued.edge, issued.id, Outcome.REFUSED, why)
            raise OutOfReach(door, why)
        return issued.id

    async def _issue(self, tx: Tx, site: str, door_id: str, reason: str, actor: str) -> tuple[Issued, str]:
        door = await require_door(tx, site, door_id)
        state = await telemetry.edge_state(tx, site, door.edge)
        if state is None or not state.online:
            since = f"since {state.since:%Y-%m-%d %H:%M} UTC" if state else "it was never heard of"
            raise OutOfReach(door_id, f"its edge {door.edge!r} is not online, {since}")
        if not self._link.connected:
            raise OutOfReach(door_id, "the controller has no connection to the broker")
        now = self._clock.now()
        issued = Issued(
            id=uuid7(now, secrets.token_bytes(10)),
            site=site,
            edge=door.edge,
            door=door_id,
            kind="unlock",
            reason=reason,
            actor=actor,
            issued_at=now,
            expires_at=now + LIFE,
        )
        await repository.insert_command(tx, issued)
        await audit.record(tx, actor=actor, at=now, act="unlock", site=site, thing=f"door {door_id}")
        return issued, state.nonce

    async def take_result(self, site: str, edge: str, payload: bytes) -> None:
        """An edge said what came of a command."""
        result = self._gate.open(site, edge, payload, purpose=Purpose.RESULT, kind=CommandResult)
        if result is None:
            return
        outcome = Outcome.DONE if result.outcome == Outcome.DONE else Outcome.REFUSED
        await self._end(site, edge, result.id, outcome, result.why)
        self._seen(site)

    async def _end(self, site: str, edge: str, command_id: str, outcome: Outcome, why: str | None) -> None:
        async def end(tx: Tx) -> None:
            at = self._clock.now()
            text = why and why[:500]
            await repository.end_command(tx, site, edge, command_id, outcome=outcome.value, why=text, at=at)

        await self._database.run(end)

    async def outcome(self, command_id: str) -> tuple[Issued, Outcome]:
        """A command and what came of it. Raises ``CommandUnknown``."""
        async with self._database.read() as tx:
            issued = await repository.command(tx, command_id)
        if issued is None:
            raise CommandUnknown(command_id)
        return issued, outcome_of(issued, self._clock.now())


def outcome_of(issued: Issued, now: datetime) -> Outcome:
    """What came of a command; one that was not answered in time has expired, and can no longer be carried out."""
    if issued.outcome is not None:
        return Outcome(issued.outcome)
    return Outcome.EXPIRED if now > issued.expires_at + GRACE else Outcome.WAITING
