"""One edge of a fleet: all of the wire and nothing behind it, so that thousands fit into one process.

Its topics, signatures, numbers, acknowledgements, last will, reconnecting and sending again are those of a real edge:
link and sender are the agent's own. Its log is in memory, its doors do not exist, and it keeps no plan but the bytes.
"""

import asyncio
import secrets
import time
from collections import deque
from datetime import UTC, datetime, timedelta
from typing import TypeAlias, TypeVar

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from edge.config import BrokerConfig
from edge.events.segments import Record
from edge.events.sender import EventSender
from edge.net.connect_options import ConnectOptions, context_of
from edge.net.mqtt_client import MqttLink
from edge.wire.access_decision import ClockTrust
from edge.wire.broker_link import Connected, Disconnected, Message
from edge.wire.codec import encode
from edge.wire.envelope import Addressed, Keyring, Purpose, Signer, open_envelope
from edge.wire.errors import PlanRefused, WireError
from edge.wire.event_batch import BATCH_LIMIT, Ack, EventBatch
from edge.wire.events import EventData, make_event
from edge.wire.ids import new_id
from edge.wire.messages import Applied, Command, CommandResult, Hello, HelloReply, Status
from edge.wire.plan import Manifest, check_manifest, digest
from edge.wire.topics import Topic, parse, subscriptions
from firmware_sim.fleet_state import EdgeState, WaitingEvent
from firmware_sim.fleet_tally import FleetTally

VERSION = "fleet 1"
A = TypeVar("A", bound=Addressed)
_Payload: TypeAlias = Status | HelloReply | Applied | CommandResult


class FleetLog:
    """An edge's log of events in memory. ``agreed`` as in ``edge.events.outbox``: nothing is sent before the first
    hello."""

    def __init__(self, state: EdgeState) -> None:
        self.log, self.head, self.ack = state.log, state.head, state.ack
        self.agreed = False
        self.waiting = deque(each.record for each in state.waiting)
        self.added_at: deque[float] = deque([0.0] * len(self.waiting))
        """When each of ``waiting`` was added (monotonic seconds); 0 for one from before this run."""

    @property
    def first_kept(self) -> int:
        return self.waiting[0].seq if self.waiting else self.head + 1

    async def after(self, seq: int) -> list[Record]:
        skip = max(0, seq + 1 - self.first_kept)
        return [self.waiting[place] for place in range(skip, min(skip + BATCH_LIMIT, len(self.waiting)))]

    def add(self, data: bytes, at: float) -> None:
        self.head += 1
        self.waiting.append(Record(seq=self.head, data=data))
        self.added_at.append(at)

    def drop_to(self, seq: int) -> list[float]:
        """The controller has committed everything up to ``seq``: since when each waited."""
        self.ack = seq
        found = []
        while self.waiting and self.waiting[0].seq <= seq:
            self.waiting.popleft()
            found.append(self.added_at.popleft())
        return found


class FleetEdge:
    """Run ``run`` as a task. ``broker``: in place of the one that its identity names. ``ran_for``: how long its run has
    lasted before it connects, so that events of that time have their place in it."""

    def __init__(
        self,
        state: EdgeState,
        tally: FleetTally,
        *,
        broker: tuple[str, int] | None = None,
        ran_for: timedelta = timedelta(0),
    ) -> None:
        issued = state.identity.issued
        self.state = state
        self.site, self.edge = issued.site, issued.edge
        self._tally = tally
        self._signer = Signer(state.identity.keys.signing)
        self._keys = Keyring(*(Ed25519PublicKey.from_public_bytes(key) for key in issued.controller_keys))
        self._began = time.monotonic() - ran_for.total_seconds()
        self._boot = new_id(datetime.now(UTC) - ran_for)
        self.events = FleetLog(state)
        self._sender = EventSender(self.events, site=self.site, edge=self.edge, send=self._send_batch)
        self._connection, self._nonce = 1, secrets.token_hex(16)
        self._parts: dict[str, bytes] = {}
        self._announced: tuple[Manifest, bytes] | None = None
        self._held: tuple[Manifest, bytes] | None = None
        self.online = False
        host, port = broker or (issued.broker.host, issued.broker.port)
        self._link = MqttLink(
            BrokerConfig(host=host, port=port),
            ConnectOptions(
                client_id=f"{self.site}/{self.edge}",
                filters=subscriptions("down", site=self.site, edge=self.edge),
                will=self._will,
                login=(lambda: context_of(state.identity)) if issued.broker.tls else None,
            ),
        )

    def add(self, data: EventData, device: str, *, ago: timedelta = timedelta(0)) -> None:
        """Something has happened, ``ago``."""
        event = make_event(
            seq=self.events.head + 1,
            boot=self._boot,
            mono_ms=max(0, self._mono_ms() - round(ago.total_seconds() * 1000)),
            at=datetime.now(UTC) - ago,
            trust=ClockTrust.SYNCED,
            device=device,
            data=data,
        )
        self.events.add(encode(event), 0.0 if ago else time.monotonic())
        self._tally.sent += 1
        self._sender.nudge()

    def keep(self) -> None:
        """Write its numbers, and what is not acknowledged, into its state."""
        state, log = self.state, self.events
        state.head, state.ack = log.head, log.ack
        state.waiting = [WaitingEvent(each.seq, each.data) for each in log.waiting]

    async def run(self) -> None:
        """Speak with the controller until cancelled; then say goodbye."""
        sending = asyncio.create_task(self._sender.run(), name=f"events of {self.site}/{self.edge}")
        try:
            async for item in self._link.events():
                if isinstance(item, Connected):
                    await self._connected(item.connection)
                elif isinstance(item, Disconnected):
                    self._lost()
                else:
                    await self._take(item)
        finally:
            sending.cancel()

    async def goodbye(self) -> None:
        """Say that it is offline, since a clean disconnect sends no last will."""
        await self._say("status", Purpose.STATUS, self._status(online=False), retain=True)

    async def _connected(self, connection: int) -> None:
        self._connection = connection
        self.online = True
        self._tally.connected(self.state.name)
        await self._say("status", Purpose.STATUS, self._status(online=True), retain=True)
        self._sender.online(up=True)

    def _lost(self) -> None:
        if self.online:
            self._tally.lost(self.state.name)
        self.online = False
        self._sender.online(up=False)

    async def _take(self, message: Message) -> None:
        topic = parse(message.topic)
        try:
            match topic.name if topic is not None else "":
                case "hello":
                    await self._hello(self._open(message.payload, Purpose.HELLO, Hello))
                case "events/ack":
                    self._acked(self._open(message.payload, Purpose.ACK, Ack))
                case "plan/part":
                    assert topic is not None
                    self._parts[topic.item or ""] = message.payload
                    await self._try_plan()
                case "plan":
                    self._announced = self._open(message.payload, Purpose.PLAN, Manifest), message.payload
                    await self._try_plan()
                case "command":
                    await self._refuse(self._open(message.payload, Purpose.COMMAND, Command))
        except WireError:
            self._tally.refused += 1

    async def _hello(self, hello: Hello) -> None:
        if hello.session == self._nonce and hello.asks:
            self._agree(hello)
        if not hello.asks:
            return
        self._tally.greeted(self.state.name)
        reply = HelloReply(
            site=self.site,
            edge=self.edge,
            nonce=hello.nonce,
            status=self._status(online=True),
            first_kept=self.events.first_kept,
        )
        await self._say("hello/reply", Purpose.HELLO_REPLY, reply)
        if self._held is not None and hello.plan_wanted == self._held[0].version:
            await self._return_plan(*self._held)

    def _agree(self, hello: Hello) -> None:
        """The controller names the next event that it needs."""
        log = self.events
        if hello.log == log.log:
            if hello.next_seq > log.head + 1:
                self._tally.beyond += 1
            elif hello.next_seq > log.ack + 1:
                self._tally.acknowledged(log.drop_to(hello.next_seq - 1))
        log.agreed = True
        self._sender.again()

    def _acked(self, ack: Ack) -> None:
        log = self.events
        if ack.log != log.log or ack.seq > log.head:
            self._tally.beyond += 1
        elif ack.seq > log.ack:
            self._tally.acknowledged(log.drop_to(ack.seq))
            self._sender.nudge()

    async def _try_plan(self) -> None:
        """Apply the plan that was announced, once all its parts are there."""
        if self._announced is None:
            return
        manifest, sealed = self._announced
        if any(digest(self._parts.get(name, b"")) != ref.digest for name, ref in manifest.parts.items()):
            return
        self._announced = None
        held = self._held[0] if self._held is not None else None
        if held is not None and manifest.version == held.version:
            return
        why = None
        try:
            check_manifest(manifest, held)
        except PlanRefused as error:
            why = str(error)
        else:
            self._held = manifest, sealed
            self._parts = {name: self._parts[name] for name in manifest.parts}
        self._tally.plans += why is None
        applied = Applied(
            site=self.site,
            edge=self.edge,
            version=manifest.version,
            digest=manifest.digest,
            at=datetime.now(UTC),
            applied=why is None,
            why=why,
        )
        await self._say("plan/applied", Purpose.APPLIED, applied, retain=True)

    async def _return_plan(self, manifest: Manifest, sealed: bytes) -> None:
        await self._publish("plan/held", sealed)
        for name in manifest.parts:
            await self._publish("plan/held", self._parts[name], item=name)

    async def _refuse(self, command: Command) -> None:
        result = CommandResult(
            site=self.site,
            edge=self.edge,
            id=command.id,
            outcome="refused",
            at=datetime.now(UTC),
            why="an edge of a simulated fleet has no doors",
        )
        await self._say("command/result", Purpose.RESULT, result)

    async def _send_batch(self, batch: EventBatch) -> bool:
        self._tally.batches += 1
        return await self._publish("events", self._signer.seal(Purpose.EVENTS, batch))

    def _will(self, connection: int) -> tuple[str, bytes]:
        self._connection, self._nonce = connection, secrets.token_hex(16)
        topic = str(Topic(site=self.site, edge=self.edge, name="status"))
        return topic, self._signer.seal(Purpose.STATUS, self._status(online=False))

    def _status(self, *, online: bool) -> Status:
        held = self._held[0] if self._held is not None else None
        return Status(
            site=self.site,
            edge=self.edge,
            online=online,
            boot=self._boot,
            connection=self._connection,
            nonce=self._nonce,
            at=datetime.now(UTC),
            version=VERSION,
            trust=ClockTrust.SYNCED,
            mono_ms=self._mono_ms() if online else None,
            plan_version=held.version if held else None,
            plan_digest=held.digest if held else None,
            head=self.events.head,
            log=self.events.log,
            identity_version=self.state.identity.issued.version,
        )

    def _mono_ms(self) -> int:
        return round((time.monotonic() - self._began) * 1000)

    async def _say(
        self,
        name: str,
        purpose: Purpose,
        payload: _Payload,
        *,
        retain: bool = False,
    ) -> None:
        await self._publish(name, self._signer.seal(purpose, payload), retain=retain)

    async def _publish(self, name: str, payload: bytes, *, item: str | None = None, retain: bool = False) -> bool:
        topic = str(Topic(site=self.site, edge=self.edge, name=name, item=item))
        return await self._link.publish(topic, payload, retain=retain)

    def _open(self, payload: bytes, purpose: Purpose, kind: type[A]) -> A:
        return open_envelope(payload, purpose=purpose, kind=kind, site=self.site, edge=self.edge, keys=self._keys)
