"""The messages between an edge and its controller other than events and plans: status, hello, commands, device states.

Received messages are handled immediately on the event loop. Everything sent goes through one task, in order.
"""

import asyncio
import contextlib
import logging
import secrets
from collections import deque
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import TypeVar

import msgspec

from edge.clock.clock_trust import possible
from edge.errors import RestartWanted
from edge.net.command_results import DONE, CommandResults
from edge.net.plan_store import PlanReturn
from edge.runtime import Device, Runtime
from edge.system.liveness import Wake
from edge.wire.access_decision import ClockTrust
from edge.wire.broker_link import Link
from edge.wire.codec import encode
from edge.wire.command_acceptance import CommandGate
from edge.wire.enrolment import Renewal
from edge.wire.envelope import Addressed, Keyring, Purpose, Signer, open_envelope
from edge.wire.errors import CommandRefused, Malformed
from edge.wire.messages import Applied, Command, CommandResult, Hello, HelloReply, ResultCode, Status
from edge.wire.releases import UpdateState, UpdateWanted
from edge.wire.topics import Topic

log = logging.getLogger(__name__)

STATUS_PAUSE_S = 1.0
"""Status is published at most this often (real seconds) while connected."""
GOODBYE_S = 2.0
REPLIES_LIMIT = 8
"""The most hellos that wait for their reply; the controller remembers as many of its questions."""
ANSWERED_LIMIT = 256
"""How many answered hellos are remembered."""

A = TypeVar("A", bound=Addressed)


class _Session(msgspec.Struct, frozen=True, kw_only=True):
    connection: int
    nonce: str
    began: float


class _OutgoingMessage(msgspec.Struct, frozen=True, kw_only=True):
    """A message to publish; signed when it is sent."""

    topic: str
    purpose: Purpose
    payload: msgspec.Struct
    retain: bool = False


class Conversation:
    """Fill ``devices`` and ``command_handlers`` before the first connection. ``command_handlers``: by command kind;
    each returns a sentence about the result, now or later, or raises ``CommandRefused``."""

    def __init__(self, runtime: Runtime, *, signer: Signer, keys: Keyring, version: str) -> None:
        self._runtime = runtime
        self._signer = signer
        self._keys = keys
        self._version = version
        self._site, self._edge = runtime.config.site, runtime.config.edge
        self.devices: dict[str, Device] = {}
        self.command_handlers: dict[str, Callable[[Command], str | Awaitable[tuple[str, ResultCode | None]]]] = {}
        self._session = self._new_session(1)
        self._gate: CommandGate | None = None
        self._latest_nonce: str | None = None
        self._last_hello: tuple[str | None, datetime | None] = (None, None)
        self._results = CommandResults()
        self._outgoing: dict[str, _OutgoingMessage] = {}
        """The message to send on each topic; only the latest counts."""
        self._hellos_to_answer: dict[str, bool] = {}
        """Nonces of hellos that wait for their reply, with whether each answers this session."""
        self._answered: deque[str] = deque(maxlen=ANSWERED_LIMIT)
        self._states_to_publish: dict[str, None] = {}
        self._plan_return = PlanReturn(runtime.plans)
        self.wake = Wake()
        self._status_due = False
        self._last_summary: tuple[ClockTrust, int | None, int, int] | None = None
        self._stopping = False
        self.hello_too_late = False
        """A hello that could have proven the time arrived too long after its session began."""

    # Session

    def will(self, connection: int) -> tuple[str, bytes]:
        """The last will for the next connection, signed in advance, with a new nonce for that connection."""
        self._session = self._new_session(connection)
        return self._topic("status"), self._signer.seal(Purpose.STATUS, self._status(online=False))

    def connected(self, connection: int) -> None:
        """The edge is connected: begin a session and publish everything again."""
        if self._session.connection != connection:
            self._session = self._new_session(connection)
        runtime = self._runtime
        runtime.controller_freshness.lost()
        self._gate = CommandGate(
            nonce=self._session.nonce, opened_at=runtime.now(), opened_mono=runtime.clock.monotonic()
        )
        self._results.of_session.clear()
        self._clear_outgoing()
        self._queue("status", Purpose.STATUS, self._status(online=True), retain=True)
        self._last_summary = self._summary()
        for device in self.devices:
            self.publish_state(device)

    def disconnected(self) -> None:
        """The connection is lost; commands of its session are void from now on."""
        self._runtime.controller_freshness.lost()
        self._gate = None
        self._clear_outgoing()

    def _clear_outgoing(self) -> None:
        """Drop what was not sent on a connection, except results of executed commands."""
        self._outgoing.clear()
        self._hellos_to_answer.clear()
        self._plan_return.stop()
        self._results.disconnected()

    def publish_state(self, device: str) -> None:
        """Publish the device's latest state once its event is on disk."""
        self._states_to_publish[device] = None
        self.wake.set()

    def status_changed(self) -> None:
        """Clock trust, plan or health may have changed, or events reached the disk."""
        self._status_due = self._summary() != self._last_summary
        self.wake.set()

    def request_identity(self, renewal: Renewal) -> None:
        """Request a new identity from the controller."""
        self._queue("renewal", Purpose.RENEWAL, renewal)

    def update_state(self, state: UpdateState) -> None:
        """Say what the edge runs, and how far it is with an update."""
        self._queue("update/state", Purpose.UPDATE_STATE, state, retain=True)

    def want_update(self, wanted: UpdateWanted) -> None:
        """Ask for parts of a package."""
        self._queue("update/wanted", Purpose.UPDATE_WANTED, wanted)

    def applied(self, applied: Applied) -> None:
        self._queue("plan/applied", Purpose.APPLIED, applied, retain=True)
        self.status_changed()

    # Receiving. Each raises a WireError for what it refuses.

    def hello(self, payload: bytes) -> Hello:
        """Handle a hello: reply if it asks for one, and use its time as proof if it answers this session."""
        hello = self._open(payload, Purpose.HELLO, Hello)
        runtime = self._runtime
        if self.answers(hello):
            before = runtime.now()
            mono = runtime.clock.monotonic()
            proven = hello.trust is not ClockTrust.UNPROVEN
            if proven and not possible(hello.at):
                raise Malformed(f"a hello gives the time {hello.at}, which is impossible")
            if proven:
                runtime.controller_freshness.heard(hello.at, hello.plan_version, mono)
            if (
                proven
                and hello.asks
                and not runtime.timekeeper.hello(hello.at, mono, session_began=self._session.began)
            ):
                self.hello_too_late = True
            if self._gate is not None:
                self._gate.clock_moved(runtime.now() - before)
        if hello.asks and hello.nonce not in self._answered and hello.nonce not in self._hellos_to_answer:
            self._hellos_to_answer[hello.nonce] = self.answers(hello)
            if len(self._hellos_to_answer) > REPLIES_LIMIT:
                others = (nonce for nonce, ours in self._hellos_to_answer.items() if not ours)
                del self._hellos_to_answer[next(others, next(iter(self._hellos_to_answer)))]
            self.wake.set()
        return hello

    def answers(self, hello: Hello) -> bool:
        """Whether a hello echoes this session's nonce. A replayed one does not, and has no effect."""
        return hello.session == self._session.nonce

    def is_latest(self, hello: Hello) -> bool:
        """Whether a hello answers this session and is newer than all before it, so that its position in the log is
        current. A repeated hello returns false the second time; else it could cause the log to be sent again and
        again."""
        if not self.answers(hello) or not self.since_hello(hello.at) or hello.nonce == self._latest_nonce:
            return False
        self._last_hello, self._latest_nonce = (hello.session, hello.at), hello.nonce
        return True

    def return_plan(self, hello: Hello) -> None:
        """Return the plan in force to a controller that does not know it and asks for it: the manifest and parts that
        it signed. Once per hello."""
        if self._plan_return.begin(hello):
            self.wake.set()

    def since_hello(self, at: datetime) -> bool:
        """Whether a message that the controller signed at ``at`` is no older than its last hello of this session. An
        older one may date from before a restore, delayed and sent again."""
        session, greeted = self._last_hello
        return session != self._session.nonce or greeted is None or at >= greeted

    def command(self, payload: bytes, *, retained: bool) -> None:
        """Execute a command, once, and send its result."""
        command = self._open(payload, Purpose.COMMAND, Command)
        if (known := self._results.of_session.get(command.id)) is not None:
            self._runtime.count(CommandRefused.counter)
            self._queue_result(known)
            return
        runtime = self._runtime
        try:
            if self._gate is None:
                raise CommandRefused("the command arrived outside a session")
            self._gate.admit(command, now=runtime.now(), mono=runtime.clock.monotonic(), retained=retained)
            handler = self.command_handlers.get(command.kind)
            if handler is None:
                raise CommandRefused(f"this edge does not know the command {command.kind!r}")
            said = handler(command)
        except CommandRefused as refused:
            runtime.count(refused.counter)
            self._answer(command, "refused", str(refused), refused.code, kept=not retained)
            return
        if isinstance(said, str):
            self._answer(command, DONE, said)
        else:
            runtime.spawn(f"command {command.kind}", self._answer_later(command, said))
        if command.kind == "restart":
            runtime.spawn("restart", self._restart())

    async def _answer_later(self, command: Command, said: Awaitable[tuple[str, ResultCode | None]]) -> None:
        self._answer(command, DONE, *await said)

    def _answer(self, command: Command, outcome: str, why: str, code: str | None = None, *, kept: bool = True) -> None:
        """Send a command's result. ``kept``: repeat it if the same command arrives again in this session."""
        fields = {"action": "command", "kind": command.kind, "command": command.id, "outcome": outcome, "reason": why}
        log.info("A command was answered", extra=fields)
        at = self._runtime.now()
        result = CommandResult(
            site=self._site, edge=self._edge, id=command.id, outcome=outcome, at=at, why=why, code=code
        )
        if kept and command.nonce == self._session.nonce:
            self._results.of_session[command.id] = result
        self._queue_result(result)

    def _queue_result(self, result: CommandResult) -> None:
        self._results.add(result)
        self.wake.set()

    # Sending

    async def run(self, link: Link) -> None:
        """Publish queued messages until cancelled; nothing after the goodbye."""
        loop = asyncio.get_running_loop()
        rested_at = loop.time()
        while True:
            await self.wake.wait()
            self.wake.clear()
            while link.connected and not self._stopping and await self._publish_next(link):
                self.wake.liveness.progressed()
            await self._publish_states(link)
            if self._plan_return.parts:
                await self._return_part(link)
            if not (link.connected and self._status_due) or self._stopping:
                continue
            if loop.time() < rested_at:
                loop.call_at(rested_at, self.wake.set)
                continue
            self._status_due, self._last_summary = False, self._summary()
            rested_at = loop.time() + STATUS_PAUSE_S
            status = self._signer.seal(Purpose.STATUS, self._status(online=True))
            await link.publish(self._topic("status"), status, retain=True)

    async def goodbye(self, link: Link) -> None:
        """Publish that the edge is offline, on an orderly stop, because a clean disconnect sends no last will. This is
        the last message: nothing queued may mark the edge as online again."""
        self._stopping = True
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(GOODBYE_S):
                status = self._signer.seal(Purpose.STATUS, self._status(online=False))
                await link.publish(self._topic("status"), status, retain=True)

    async def _publish_next(self, link: Link) -> bool:
        """Publish the most urgent message; whether there was one. Status comes first, then command results."""
        if (message := self._outgoing.pop("status", None)) is not None:
            await self._send(link, message)
        elif self._results.waiting:
            result = self._results.next()
            taken = await self._send(
                link, _OutgoingMessage(topic="command/result", purpose=Purpose.RESULT, payload=result)
            )
            if not taken and result.outcome == DONE:
                return False
            self._results.sent(result)
        elif self._hellos_to_answer:
            nonce = next(
                (nonce for nonce, ours in self._hellos_to_answer.items() if ours), next(iter(self._hellos_to_answer))
            )
            del self._hellos_to_answer[nonce]
            self._answered.append(nonce)
            await self._send(
                link, _OutgoingMessage(topic="hello/reply", purpose=Purpose.HELLO_REPLY, payload=self._reply(nonce))
            )
        elif self._outgoing:
            await self._send(link, self._outgoing.pop(next(iter(self._outgoing))))
        elif self._plan_return.manifest:
            await link.publish(self._topic("plan/held"), self._plan_return.take_manifest())
        else:
            return False
        return True

    async def _send(self, link: Link, message: _OutgoingMessage) -> bool:
        sealed = self._signer.seal(message.purpose, message.payload)
        return await link.publish(self._topic(message.topic), sealed, retain=message.retain)

    def _reply(self, nonce: str) -> HelloReply:
        runtime = self._runtime
        return HelloReply(
            site=self._site,
            edge=self._edge,
            nonce=nonce,
            status=self._status(online=True),
            first_kept=runtime.outbox.first_kept,
            states=tuple(device.state() for device in self.devices.values()),
            earlier=runtime.earlier,
        )

    async def _publish_states(self, link: Link) -> None:
        for name in list(self._states_to_publish):
            if not link.connected or self._stopping:
                return
            state = self.devices[name].state()
            if state.seq <= self._runtime.outbox.head:
                self._states_to_publish.pop(name, None)
                await link.publish(self._topic("state", name), encode(state), retain=True)
                self.wake.liveness.progressed()

    async def _return_part(self, link: Link) -> None:
        """Send one part of a plan, so that on a slow line a command result need not wait for all parts."""
        if not link.connected or self._stopping:
            return
        name, part = await self._plan_return.take_part()
        if part is not None:
            await link.publish(self._topic("plan/held", name), part)
        self.wake.liveness.progressed()
        if self._plan_return.parts:
            self.wake.set()

    async def _restart(self) -> None:
        """Restart once the command's result is sent."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(GOODBYE_S):
                await self._results.all_sent()
        raise RestartWanted("a command asked for a restart")

    def _queue(self, topic: str, purpose: Purpose, payload: msgspec.Struct, *, retain: bool = False) -> None:
        self._outgoing[topic] = _OutgoingMessage(topic=topic, purpose=purpose, payload=payload, retain=retain)
        self.wake.set()

    def _open(self, payload: bytes, purpose: Purpose, kind: type[A]) -> A:
        return open_envelope(payload, purpose=purpose, kind=kind, site=self._site, edge=self._edge, keys=self._keys)

    def _topic(self, name: str, item: str | None = None) -> str:
        return str(Topic(site=self._site, edge=self._edge, name=name, item=item))

    def _new_session(self, connection: int) -> _Session:
        return _Session(connection=connection, nonce=secrets.token_hex(16), began=self._runtime.clock.monotonic())

    def _summary(self) -> tuple[ClockTrust, int | None, int, int]:
        plan = self._runtime.plans.plan
        health = sum(self._runtime.health.values())
        return self._runtime.trust, plan.manifest.version if plan else None, health, self._runtime.identity_version

    def _status(self, *, online: bool) -> Status:
        runtime = self._runtime
        plan = runtime.plans.plan
        return Status(
            site=self._site,
            edge=self._edge,
            online=online,
            boot=runtime.boot,
            connection=self._session.connection,
            nonce=self._session.nonce,
            at=runtime.now(),
            version=self._version,
            trust=runtime.trust,
            mono_ms=runtime.mono_ms if online else None,
            plan_version=plan.manifest.version if plan else None,
            plan_digest=plan.manifest.digest if plan else None,
            head=runtime.outbox.head,
            log=runtime.outbox.log,
            health=dict(runtime.health),
            clock_error_s=runtime.timekeeper.error_s,
            identity_version=runtime.identity_version,
        )
