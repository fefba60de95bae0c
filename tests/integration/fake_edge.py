"""An edge that speaks nothing but the wire: no pins, no disk, no door. It does what a test tells it."""

import asyncio
import secrets
from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from typing import TypeVar

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from edge.wire.access_decision import ClockTrust
from edge.wire.broker_link import Connected, Link, Message
from edge.wire.clock import Clock
from edge.wire.codec import encode
from edge.wire.command_acceptance import CommandGate
from edge.wire.envelope import Addressed, Keyring, Purpose, open_envelope
from edge.wire.errors import CommandRefused, PlanRefused
from edge.wire.event_batch import Ack
from edge.wire.events import EarlierRun, Event
from edge.wire.messages import (
    DISK_FREE_MB,
    Applied,
    Command,
    CommandResult,
    DeviceState,
    Hello,
    HelloReply,
    Status,
)
from edge.wire.plan import Manifest, Plan, check_manifest, digest
from edge.wire.plan_assembly import assemble
from edge.wire.topics import Topic, parse
from tests.controller.telemetry.speaking import BOOT, LOG, Speaker
from tests.eventually import eventually

A = TypeVar("A", bound=Addressed)


class FakeEdge:
    """``obeys``: carries plans out and answers hello and commands; otherwise it is silent. ``gives_back``: and the plan
    in force where it is asked for. ``mono_ms``: how far its run has come, where it says so. ``off``: how wrong its
    clock is. ``identity_version``: of the identity that it says it holds."""

    def __init__(
        self, link: Link, speaker: Speaker, *, controller_key: bytes, clock: Clock, obeys: bool = True
    ) -> None:
        self._link = link
        self._clock = clock
        self.speaker = speaker
        self.keys = Keyring(Ed25519PublicKey.from_public_bytes(controller_key))
        self.obeys = obeys
        self.gives_back = True
        self.refuses: str | None = None
        self.refusals: list[str] = []
        self.boot = BOOT
        self.mono_ms: int | None = None
        self.off = timedelta(0)
        self.earlier: tuple[EarlierRun, ...] = ()
        self.log: str | None = None
        self.head = 0
        self.first_kept = 1
        self.health: dict[str, int] = {DISK_FREE_MB: 2300}
        self.identity_version = 0
        self.states: tuple[DeviceState, ...] = ()
        self.connection = 0
        self.nonce = ""
        self.manifest: Manifest | None = None
        self.plan: Plan | None = None
        self.hellos: list[Hello] = []
        self.acks: list[Ack] = []
        self.commands: list[Command] = []
        self.heard: list[Message] = []
        self._parts: dict[str, bytes] = {}
        self._announced: Manifest | None = None
        self._sealed = b""
        self.held: tuple[bytes, dict[str, bytes]] = (b"", {})
        self._verifier: CommandGate | None = None
        self._task: asyncio.Task[None] | None = None

    async def __aenter__(self) -> "FakeEdge":
        self._task = asyncio.create_task(self._run(), name=f"fake edge {self.speaker.edge}")
        await self.until(lambda: self.connection > 0, "the edge is connected")
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._task is not None
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)

    async def until(self, condition: Callable[[], object], what: str) -> None:
        """Wait for something about this edge."""

        async def look() -> bool:
            if self._task is not None and self._task.done():
                self._task.result()
            return bool(condition())

        await eventually(look, what=what)

    # Saying

    async def say(self, name: str, payload: bytes, *, item: str | None = None, retain: bool = False) -> None:
        topic = Topic(site=self.speaker.site, edge=self.speaker.edge, name=name, item=item)
        assert await self._link.publish(str(topic), payload, retain=retain)

    async def say_status(self, *, online: bool = True) -> None:
        await self.say("status", self.speaker.signer.seal(Purpose.STATUS, self.status(online=online)), retain=True)

    async def say_state(self, state: DeviceState) -> None:
        """Say it, and again in each reply, which names all devices."""
        self.states = (*(each for each in self.states if each.device != state.device), state)
        await self.say("state", encode(state), item=state.device, retain=True)

    async def send(self, events: Sequence[Event | bytes], *, log: str = LOG, first_kept: int = 1) -> None:
        """Send a batch."""
        await self.say("events", self.speaker.batch(events, log=log, first_kept=first_kept))

    async def acknowledged(self, seq: int, *, log: str = LOG) -> None:
        """Wait until everything up to ``seq``, and no more, is acknowledged."""
        await self.until(lambda: self.acks and self.acks[-1].seq == seq, f"an acknowledgement of {seq}")
        assert self.acks[-1].log == log

    def status(self, *, online: bool = True) -> Status:
        return Status(
            site=self.speaker.site,
            edge=self.speaker.edge,
            online=online,
            boot=self.boot,
            connection=self.connection,
            nonce=self.nonce,
            at=self._clock.now() + self.off,
            version="fake 1",
            trust=ClockTrust.SYNCED,
            mono_ms=self.mono_ms,
            plan_version=self.manifest.version if self.manifest else None,
            plan_digest=self.manifest.digest if self.manifest else None,
            head=self.head,
            log=self.log,
            health=self.health,
            identity_version=self.identity_version,
        )

    # Hearing

    async def _run(self) -> None:
        async for happening in self._link.events():
            if isinstance(happening, Connected):
                self.connection += 1
                self.nonce = secrets.token_hex(16)
                now, mono = self._clock.now(), self._clock.monotonic()
                self._verifier = CommandGate(nonce=self.nonce, opened_at=now, opened_mono=mono)
                await self.say_status()
            elif isinstance(happening, Message):
                self.heard.append(happening)
                await self._hear(happening)

    async def _hear(self, message: Message) -> None:
        topic = parse(message.topic)
        assert topic is not None
        if topic.name == "events/ack":
            self.acks.append(self._open(message.payload, Purpose.ACK, Ack))
        elif topic.name == "hello":
            hello = self._open(message.payload, Purpose.HELLO, Hello)
            self.hellos.append(hello)
            if self.obeys and hello.asks:
                await self.reply(hello)
                if self.manifest is not None and hello.plan_wanted == self.manifest.version and self.gives_back:
                    await self.give_back(*self.held)
        elif topic.name == "plan/part":
            if message.payload:
                self._parts[topic.item or ""] = message.payload
            else:
                self._parts.pop(topic.item or "", None)
            await self._try_plan()
        elif topic.name == "plan":
            self._announced, self._sealed = self._open(message.payload, Purpose.PLAN, Manifest), message.payload
            await self._try_plan()
        elif topic.name == "command":
            await self._take_command(message)

    def _open(self, payload: bytes, purpose: Purpose, kind: type[A]) -> A:
        return open_envelope(
            payload,
            purpose=purpose,
            kind=kind,
            site=self.speaker.site,
            edge=self.speaker.edge,
            keys=self.keys,
        )

    async def reply(self, hello: Hello) -> None:
        reply = HelloReply(
            site=self.speaker.site,
            edge=self.speaker.edge,
            nonce=hello.nonce,
            status=self.status(),
            first_kept=self.first_kept,
            states=self.states,
            earlier=self.earlier,
        )
        await self.say("hello/reply", self.speaker.signer.seal(Purpose.HELLO_REPLY, reply))

    async def give_back(self, sealed: bytes, parts: Mapping[str, bytes]) -> None:
        await self.say("plan/held", sealed)
        for name, part in parts.items():
            await self.say("plan/held", part, item=name)

    async def _try_plan(self) -> None:
        """Apply the plan that was announced, once all its parts are there: a broker hands retained messages out in
        any order."""
        manifest = self._announced
        if manifest is None or not self.obeys:
            return
        if any(digest(self._parts.get(name, b"")) != ref.digest for name, ref in manifest.parts.items()):
            return
        self._announced = None
        if self.manifest and manifest.version <= self.manifest.version:
            return
        why = self.refuses
        try:
            check_manifest(manifest, self.manifest)
        except PlanRefused as error:
            why = str(error)
        if why is None:
            self.manifest, self.plan = manifest, assemble(manifest, self._parts)
            self.held = (self._sealed, {name: self._parts[name] for name in manifest.parts})
        else:
            self.refusals.append(why)
        applied = Applied(
            site=self.speaker.site,
            edge=self.speaker.edge,
            version=manifest.version,
            digest=manifest.digest,
            at=self._clock.now(),
            applied=why is None,
            grants=self.plan.grant_count if self.plan else 0,
            why=why,
        )
        await self.say("plan/applied", self.speaker.signer.seal(Purpose.APPLIED, applied))

    async def _take_command(self, message: Message) -> None:
        command = self._open(message.payload, Purpose.COMMAND, Command)
        self.commands.append(command)
        if not self.obeys:
            return
        assert self._verifier is not None
        outcome, why = "done", None
        try:
            now, mono = self._clock.now(), self._clock.monotonic()
            self._verifier.admit(command, now=now, mono=mono, retained=message.retained)
        except CommandRefused as error:
            outcome, why = "refused", str(error)
        result = CommandResult(
            site=self.speaker.site,
            edge=self.speaker.edge,
            id=command.id,
            outcome=outcome,
            at=self._clock.now(),
            why=why,
        )
        await self.say("command/result", self.speaker.signer.seal(Purpose.RESULT, result))
