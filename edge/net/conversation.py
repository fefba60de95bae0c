"""What an edge and its controller say to each other beside events and plans: who is there, hello, commands, states.

Hearing is done at once, on the event loop; everything said goes through one task, in order.
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

from edge.clock.trust import possible
from edge.errors import RestartWanted
from edge.runtime import Device, Runtime
from edge.system.liveness import Wake
from edge.wire.codec import encode
from edge.wire.command import CommandGate
from edge.wire.decide import ClockTrust
from edge.wire.enrolment import Renewal
from edge.wire.envelope import Addressed, Keyring, Purpose, Signer, open_envelope
from edge.wire.errors import CommandRefused, Malformed
from edge.wire.link import Link
from edge.wire.messages import Applied, Command, CommandResult, Hello, HelloReply, ResultCode, Status
from edge.wire.topics import Topic

log = logging.getLogger(__name__)

STATUS_PAUSE_S = 1.0
"""Status is said again at most this often (real seconds) while the line is up."""
GOODBYE_S = 2.0
REPLIES_LIMIT = 8
"""Most hellos that wait for their reply; as many of its questions the controller remembers."""
ANSWERED_LIMIT = 256
"""Of how many hellos it is remembered that they were answered."""
DONE = "done"
RESULTS_LIMIT = 64
"""Most results of commands that wait to be said; those of commands that were carried out go first and are kept
longest."""


A = TypeVar("A", bound=Addressed)


class _Session(msgspec.Struct, frozen=True, kw_only=True):
    connection: int
    nonce: str
    began: float


class _Letter(msgspec.Struct, frozen=True, kw_only=True):
    """What is to be said, signed when its turn comes."""

    topic: str
    purpose: Purpose
    payload: msgspec.Struct
    retain: bool = False


class Conversation:
    """``devices`` and ``acts`` are filled before the first connection. ``acts``: what a command of each kind does; it
    returns a sentence on how it went, now or later, or raises ``CommandRefused``."""

    def __init__(self, runtime: Runtime, *, signer: Signer, keys: Keyring, version: str) -> None:
        self._runtime = runtime
        self._signer = signer
        self._keys = keys
        self._version = version
        self._site, self._edge = runtime.config.site, runtime.config.edge
        self.devices: dict[str, Device] = {}
        self.acts: dict[str, Callable[[Command], str | Awaitable[tuple[str, ResultCode | None]]]] = {}
        self._session = self._new_session(1)
        self._gate: CommandGate | None = None
        self._latest: str | None = None
        self._greeted: tuple[str | None, datetime | None] = (None, None)
        self._results: dict[str, CommandResult] = {}
        self._letters: dict[str, _Letter] = {}
        """What is to be said on each topic: the latest alone counts."""
        self._to_tell: dict[str, CommandResult] = {}
        """Results by command. Of one that was carried out the broker must have taken it, on whatever connection."""
        self._told = asyncio.Event()
        """No result waits to be said."""
        self._to_answer: dict[str, bool] = {}
        """The nonces of hellos that wait for their reply, and whether each answers this session."""
        self._answered: deque[str] = deque(maxlen=ANSWERED_LIMIT)
        self._to_show: dict[str, None] = {}
        self._to_give: deque[tuple[str, str]] = deque()
        self._gave: str | None = None
        self._held = b""
        self.wake = Wake()
        self._status_due = False
        self._said: tuple[ClockTrust, str | None, int, int] | None = None
        self._leaving = False
        self.came_late = False
        """A hello that could have proven the time came too long after its session began to do so."""

    # Who is there

    def will(self, connection: int) -> tuple[str, bytes]:
        """The last will of the connection to come, signed beforehand, and with it that connection's nonce."""
        self._session = self._new_session(connection)
        return self._topic("status"), self._signer.seal(Purpose.STATUS, self._status(online=False))

    def connected(self, connection: int) -> None:
        """The link is up: a new session, and everything is said anew."""
        if self._session.connection != connection:
            self._session = self._new_session(connection)
        runtime = self._runtime
        runtime.contact.lost()
        self._gate = CommandGate(
            nonce=self._session.nonce, opened_at=runtime.now(), opened_mono=runtime.clock.monotonic()
        )
        self._results.clear()
        self._forget_letters()
        self._say("status", Purpose.STATUS, self._status(online=True), retain=True)
        self._said = self._gist()
        for device in self.devices:
            self.show(device)

    def disconnected(self) -> None:
        """The link is down; commands of its session are void from here on."""
        self._runtime.contact.lost()
        self._gate = None
        self._forget_letters()
        self._to_give.clear()

    def _forget_letters(self) -> None:
        """What was not said on a connection is void, but for what came of commands that were carried out."""
        self._letters.clear()
        self._to_answer.clear()
        self._held = b""
        self._to_tell = {name: result for name, result in self._to_tell.items() if result.outcome == DONE}

    def show(self, device: str) -> None:
        """The device's state changed: publish its latest once its event is on the disk."""
        self._to_show[device] = None
        self.wake.set()

    def look(self) -> None:
        """Trust, plan or health may have changed, or events reached the disk."""
        self._status_due = self._gist() != self._said
        self.wake.set()

    def request_identity(self, renewal: Renewal) -> None:
        """Request a new identity from the controller."""
        self._say("renewal", Purpose.RENEWAL, renewal)

    def applied(self, applied: Applied) -> None:
        self._say("plan/applied", Purpose.APPLIED, applied, retain=True)
        self.look()

    # Hearing. Each raises a WireError for what it refuses.

    def hello(self, payload: bytes) -> Hello:
        """Answer a hello that asks; what it says of time is taken as proof where it answers this very session."""
        hello = self._open(payload, Purpose.HELLO, Hello)
        runtime = self._runtime
        if self.answers(hello):
            before = runtime.now()
            mono = runtime.clock.monotonic()
            proven = hello.trust is not ClockTrust.UNPROVEN
            if proven and not possible(hello.at):
                raise Malformed(f"a hello says that it is {hello.at}, which cannot be")
            if proven:
                runtime.contact.heard(hello.at, hello.plan_version, mono)
            if (
                proven
                and hello.asks
                and not runtime.timekeeper.hello(hello.at, mono, session_began=self._session.began)
            ):
                self.came_late = True
            if self._gate is not None:
                self._gate.clock_moved(runtime.now() - before)
        if hello.asks and hello.nonce not in self._answered and hello.nonce not in self._to_answer:
            self._to_answer[hello.nonce] = self.answers(hello)
            if len(self._to_answer) > REPLIES_LIMIT:
                others = (nonce for nonce, ours in self._to_answer.items() if not ours)
                del self._to_answer[next(others, next(iter(self._to_answer)))]
            self.wake.set()
        return hello

    def answers(self, hello: Hello) -> bool:
        """Whether a hello echoes this very session: an old one, sent again, does not, and then moves nothing."""
        return hello.session == self._session.nonce

    def latest(self, hello: Hello) -> bool:
        """Whether a hello answers this session and is newer than all that did before: what it wants of the log is the
        controller's present word. One that comes twice is none the second time, or it could have the log sent again
        and again."""
        if not self.answers(hello) or not self.since_hello(hello.at) or hello.nonce == self._latest:
            return False
        self._greeted, self._latest = (hello.session, hello.at), hello.nonce
        return True

    def give_back(self, hello: Hello) -> None:
        """Where the controller does not know the plan in force and asks for it, give it back, once: a manifest and
        parts that are its own."""
        plans = self._runtime.plans
        if hello.nonce == self._gave or plans.plan is None or plans.plan.manifest.version != hello.plan_wanted:
            return
        self._gave = hello.nonce
        self._held = plans.envelope
        self._to_give = deque((name, ref.digest) for name, ref in plans.plan.manifest.parts.items())
        self.wake.set()

    def since_hello(self, at: datetime) -> bool:
        """Whether what the controller signed at this instant is no older than its last hello of this session. What is
        older may be from before it was restored, kept back and sent again."""
        session, greeted = self._greeted
        return session != self._session.nonce or greeted is None or at >= greeted

    def command(self, payload: bytes, *, retained: bool) -> None:
        """Carry a command out, once, and say what came of it."""
        command = self._open(payload, Purpose.COMMAND, Command)
        if (known := self._results.get(command.id)) is not None:
            self._runtime.count(CommandRefused.counter)
            self._tell(known)
            return
        runtime = self._runtime
        try:
            if self._gate is None:
                raise CommandRefused("the command came without a session")
            self._gate.admit(command, now=runtime.now(), mono=runtime.clock.monotonic(), retained=retained)
            act = self.acts.get(command.kind)
            if act is None:
                raise CommandRefused(f"this edge knows no command {command.kind!r}")
            said = act(command)
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
        """Say what came of a command. ``kept``: and say the same where it comes again in this session."""
        log.info("Command %s %s: %s", command.kind, outcome, why, extra={"action": "command", "command": command.id})
        at = self._runtime.now()
        result = CommandResult(
            site=self._site, edge=self._edge, id=command.id, outcome=outcome, at=at, why=why, code=code
        )
        if kept and command.nonce == self._session.nonce:
            self._results[command.id] = result
        self._tell(result)

    def _tell(self, result: CommandResult) -> None:
        known = self._to_tell.get(result.id)
        if known is None or known.outcome != DONE:
            self._to_tell[result.id] = result
        self._told.clear()
        if len(self._to_tell) > RESULTS_LIMIT:
            others = (name for name, each in self._to_tell.items() if each.outcome != DONE)
            del self._to_tell[next(others, next(iter(self._to_tell)))]
        self.wake.set()

    # Saying

    async def run(self, link: Link) -> None:
        """Publish what is to be said, until cancelled; nothing after the goodbye."""
        loop = asyncio.get_running_loop()
        rested_at = loop.time()
        while True:
            await self.wake.wait()
            self.wake.clear()
            while link.connected and not self._leaving and await self._say_one(link):
                self.wake.liveness.stirred()
            await self._show_some(link)
            await self._give_one(link)
            if not (link.connected and self._status_due) or self._leaving:
                continue
            if loop.time() < rested_at:
                loop.call_at(rested_at, self.wake.set)
                continue
            self._status_due, self._said = False, self._gist()
            rested_at = loop.time() + STATUS_PAUSE_S
            status = self._signer.seal(Purpose.STATUS, self._status(online=True))
            await link.publish(self._topic("status"), status, retain=True)

    async def goodbye(self, link: Link) -> None:
        """On an orderly stop: say that the edge is offline, since leaving in peace leaves no will. It is the last
        word: nothing that was still to be said may call the edge online again."""
        self._leaving = True
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(GOODBYE_S):
                status = self._signer.seal(Purpose.STATUS, self._status(online=False))
                await link.publish(self._topic("status"), status, retain=True)

    async def _say_one(self, link: Link) -> bool:
        """Say what is most urgent; whether there was anything. Who is there comes first, then what came of commands."""
        if (letter := self._letters.pop("status", None)) is not None:
            await self._send(link, letter)
        elif self._to_tell:
            name = min(self._to_tell, key=lambda each: self._to_tell[each].outcome != DONE)
            result = self._to_tell[name]
            taken = await self._send(link, _Letter(topic="command/result", purpose=Purpose.RESULT, payload=result))
            if not taken and result.outcome == DONE:
                return False
            self._to_tell.pop(name, None)
            if not self._to_tell:
                self._told.set()
        elif self._to_answer:
            nonce = next((nonce for nonce, ours in self._to_answer.items() if ours), next(iter(self._to_answer)))
            del self._to_answer[nonce]
            self._answered.append(nonce)
            await self._send(
                link, _Letter(topic="hello/reply", purpose=Purpose.HELLO_REPLY, payload=self._reply(nonce))
            )
        elif self._letters:
            await self._send(link, self._letters.pop(next(iter(self._letters))))
        elif self._held:
            held, self._held = self._held, b""
            await link.publish(self._topic("plan/held"), held)
        else:
            return False
        return True

    async def _send(self, link: Link, letter: _Letter) -> bool:
        sealed = self._signer.seal(letter.purpose, letter.payload)
        return await link.publish(self._topic(letter.topic), sealed, retain=letter.retain)

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

    async def _show_some(self, link: Link) -> None:
        for name in list(self._to_show):
            if not link.connected or self._leaving:
                return
            state = self.devices[name].state()
            if state.seq <= self._runtime.outbox.head:
                self._to_show.pop(name, None)
                await link.publish(self._topic("state", name), encode(state), retain=True)
                self.wake.liveness.stirred()

    async def _give_one(self, link: Link) -> None:
        """One part of a plan at a time: on a slow line what came of a command does not wait for all of them."""
        if not (link.connected and self._to_give) or self._leaving:
            return
        name, digest = self._to_give.popleft()
        part = await self._runtime.plans.bytes_of(digest)
        if part is not None:
            await link.publish(self._topic("plan/held", name), part)
        self.wake.liveness.stirred()
        if self._to_give:
            self.wake.set()

    async def _restart(self) -> None:
        """Let the result get away first."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(GOODBYE_S):
                await self._told.wait()
        raise RestartWanted("a command asked for a restart")

    def _say(self, topic: str, purpose: Purpose, payload: msgspec.Struct, *, retain: bool = False) -> None:
        self._letters[topic] = _Letter(topic=topic, purpose=purpose, payload=payload, retain=retain)
        self.wake.set()

    def _open(self, payload: bytes, purpose: Purpose, kind: type[A]) -> A:
        return open_envelope(payload, purpose=purpose, kind=kind, site=self._site, edge=self._edge, keys=self._keys)

    def _topic(self, name: str, item: str | None = None) -> str:
        return str(Topic(site=self._site, edge=self._edge, name=name, item=item))

    def _new_session(self, connection: int) -> _Session:
        return _Session(connection=connection, nonce=secrets.token_hex(16), began=self._runtime.clock.monotonic())

    def _gist(self) -> tuple[ClockTrust, str | None, int, int]:
        plan = self._runtime.plans.plan
        health = sum(self._runtime.health.values())
        return self._runtime.trust, plan.manifest.digest if plan else None, health, self._runtime.identity_version

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
