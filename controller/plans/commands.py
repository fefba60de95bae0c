"""Commands to a door or an edge: signed for the edge's present session, valid for seconds, answered once."""

import asyncio
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

import msgspec

from controller.db.engine import Database, Tx
from controller.estate.errors import ThingUnknown
from controller.estate.service import require_door, require_parts
from controller.plans import repository
from controller.plans.model import IssuedCommand
from controller.platform.text import times
from controller.platform.web.problem import Conflicting, NotFound
from controller.records.audit import audit_log
from controller.telemetry import repository as telemetry
from controller.telemetry.envelope_verifier import EnvelopeVerifier
from edge.wire.broker_link import Link
from edge.wire.clock import Clock
from edge.wire.envelope import Purpose, Sealer
from edge.wire.ids import new_id
from edge.wire.messages import COMMAND_LIFE_S, Command, CommandResult
from edge.wire.topics import Topic

LIFE = timedelta(seconds=COMMAND_LIFE_S)
WHY_LIMIT = 2000
"""Most characters stored of a command's outcome."""
GRACE = timedelta(seconds=5)
"""How long past its expiry a command's answer is waited for."""


Args = dict[str, str | int | float | bool | None]


class CommandKind(StrEnum):
    """What an edge can be asked to do once."""

    UNLOCK = "unlock"
    RECOUNT = "recount"
    RESTART = "restart"
    SELF_TEST = "self_test"


class CommandOutcome(StrEnum):
    WAITING = "waiting"
    DONE = "done"
    REFUSED = "refused"
    EXPIRED = "expired"


class OutOfReach(Conflicting, kind="offline", title="The door is offline"):
    """A command is never kept for later: a door must not move when nobody expects it."""

    def __init__(self, what: str, why: str) -> None:
        super().__init__(f"{what!r} is offline: {why}; commands are not queued, so send it again when it is back")


class CommandUnknown(NotFound):
    def __init__(self, command_id: str) -> None:
        super().__init__(f"there is no command {command_id!r}")


class CommandRequest(msgspec.Struct, frozen=True, kw_only=True):
    """A command, and its site, edge and door. ``args``: as ``edge.wire.messages.Command`` has them."""

    site: str
    edge: str
    kind: CommandKind
    door: str | None = None
    args: Args = {}

    @property
    def what(self) -> str:
        """The door or the edge, as it is called."""
        return self.door or self.edge


@dataclass(eq=False, kw_only=True)
class CommandService:
    """``seen``: called with a site when a command was answered."""

    database: Database
    link: Link
    signer: Sealer
    clock: Clock
    verifier: EnvelopeVerifier
    seen: Callable[[str], None]

    def __post_init__(self) -> None:
        self._turns: defaultdict[tuple[str, str], asyncio.Lock] = defaultdict(asyncio.Lock)

    async def unlock(self, site: str, door: str, *, reason: str, actor: str, unset_alarm: bool = False) -> str:
        """Ask a door to unlock once; the command's id. ``unset_alarm``: also unset the alarm of its area, where it is
        set; otherwise the edge refuses. Raises ``SiteUnknown``, ``DoorUnknown``, ``OutOfReach``."""
        async with self.database.read() as tx:
            edge = (await require_door(tx, site, door)).edge
        args: Args = {"unset_alarm": True} if unset_alarm else {}
        return await self._order(
            CommandRequest(site=site, edge=edge, door=door, kind=CommandKind.UNLOCK, args=args), reason, actor
        )

    async def recount(self, site: str, edge: str, counter: str, inside: int, *, reason: str, actor: str) -> str:
        """Ask an edge to continue counting from ``inside`` people at a counter; its totals stay. Raises
        ``SiteUnknown``, ``ThingUnknown``, ``OutOfReach``."""
        args: Args = {"counter": counter, "inside": inside}
        return await self._at_edge(
            CommandRequest(site=site, edge=edge, kind=CommandKind.RECOUNT, args=args), reason, actor
        )

    async def restart(self, site: str, edge: str, *, reason: str, actor: str) -> str:
        """Ask an edge's agent to restart; its doors lock meanwhile. Raises as ``recount``."""
        return await self._at_edge(CommandRequest(site=site, edge=edge, kind=CommandKind.RESTART), reason, actor)

    async def self_test(self, site: str, edge: str, *, reason: str, actor: str) -> str:
        """Ask an edge to look at its pins, readers, disk and clock; no door moves. Raises as ``recount``."""
        return await self._at_edge(CommandRequest(site=site, edge=edge, kind=CommandKind.SELF_TEST), reason, actor)

    async def _at_edge(self, request: CommandRequest, reason: str, actor: str) -> str:
        async with self.database.read() as tx:
            parts = await require_parts(tx, request.site)
        if request.edge not in {edge.id for edge in parts.edges}:
            raise ThingUnknown(request.site, "edges", request.edge)
        return await self._order(request, reason, actor)

    async def _order(self, request: CommandRequest, reason: str, actor: str) -> str:
        """One at a time for each edge, since an edge refuses a command that a newer one has overtaken."""
        async with self._turns[request.site, request.edge]:
            issued, nonce = await self.database.run(self._issue, request, reason, actor)
            command = msgspec.convert(msgspec.structs.asdict(issued) | {"nonce": nonce}, Command)
            topic = str(Topic(site=issued.site, edge=issued.edge, name="command"))
            taken = await self.link.publish(topic, self.signer.seal(Purpose.COMMAND, command))
        self.seen(issued.site)
        if not taken:
            why = f"the broker did not confirm the command, which is carried out within {COMMAND_LIFE_S:g} s or never"
            await self._end(issued.site, issued.edge, issued.id, CommandOutcome.REFUSED, why, None)
            raise OutOfReach(request.what, why)
        return issued.id

    async def _issue(self, tx: Tx, request: CommandRequest, reason: str, actor: str) -> tuple[IssuedCommand, str]:
        state = await telemetry.edge_state(tx, request.site, request.edge)
        if state is None or not state.online:
            since = await self._away(tx, request.site, state.since) if state else "it has never connected"
            its = f"its edge {request.edge!r}" if request.door else "it"
            raise OutOfReach(request.what, f"{its} is not online, {since}")
        if not self.link.connected:
            raise OutOfReach(request.what, "the controller has no connection to the broker")
        now = self.clock.now()
        issued = IssuedCommand(
            id=new_id(now),
            site=request.site,
            edge=request.edge,
            door=request.door,
            kind=request.kind.value,
            reason=reason,
            actor=actor,
            issued_at=now,
            expires_at=now + LIFE,
            args=request.args,
        )
        await repository.insert_command(tx, issued)
        thing = f"door {request.door}" if request.door else f"edge {request.edge}"
        act = request.kind.value.replace("_", "-")
        await audit_log.record(tx, actor=actor, at=now, act=act, site=request.site, thing=thing, why=reason)
        return issued, state.nonce

    async def _away(self, tx: Tx, site: str, since: datetime) -> str:
        zone = (await require_parts(tx, site)).site.tz
        return f"since {times.at(since, zone, now=self.clock.now())}"

    async def take_result(self, site: str, edge: str, payload: bytes) -> None:
        """Store the outcome of a command, as the edge reported it."""
        result = self.verifier.open(site, edge, payload, purpose=Purpose.RESULT, kind=CommandResult)
        if result is None:
            return
        outcome = CommandOutcome.DONE if result.outcome == CommandOutcome.DONE else CommandOutcome.REFUSED
        await self._end(site, edge, result.id, outcome, result.why, result.code)
        self.seen(site)

    async def _end(
        self, site: str, edge: str, command_id: str, outcome: CommandOutcome, why: str | None, code: str | None
    ) -> None:
        async def end(tx: Tx) -> None:
            at = self.clock.now()
            text = why and why[:WHY_LIMIT]
            await repository.end_command(tx, site, edge, command_id, outcome=outcome.value, why=text, code=code, at=at)

        await self.database.run(end)

    async def outcome(self, command_id: str) -> tuple[IssuedCommand, CommandOutcome]:
        """A command and its outcome. Raises ``CommandUnknown``."""
        async with self.database.read() as tx:
            issued = await repository.command(tx, command_id)
        if issued is None:
            raise CommandUnknown(command_id)
        return issued, outcome_of(issued, self.clock.now())


def outcome_of(issued: IssuedCommand, now: datetime) -> CommandOutcome:
    """The outcome of a command; one that was not answered in time has expired and will not be carried out."""
    if issued.outcome is not None:
        return CommandOutcome(issued.outcome)
    return CommandOutcome.EXPIRED if now > issued.expires_at + GRACE else CommandOutcome.WAITING
