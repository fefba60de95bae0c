"""A hall with one door, one counter and one PIR around a real agent, in virtual time; the test is its controller."""

import asyncio
import random
from collections.abc import Awaitable, Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from edge.agent import Agent
from edge.config import BrokerConfig, Config
from edge.doors.config import DoorConfig
from edge.readers.config import WiegandConfig
from edge.sensors.config import CounterConfig, IwConfig, MotionConfig
from edge.system.durable_files import Files
from edge.system.pinout import InputPin, OutputPin
from edge.system.pins import GpioPins
from edge.system.watchdog import ServiceManager
from edge.updates.host import UpdateHost
from edge.wire.broker_link import Message
from edge.wire.codec import decode, encode
from edge.wire.credentials import CredentialKind, code_key
from edge.wire.envelope import Addressed, Envelope, Keyring, Purpose, Signer, open_envelope
from edge.wire.event_batch import Ack, EventBatch
from edge.wire.events import Event, EventData, FaultData, read_event
from edge.wire.interval import Interval
from edge.wire.messages import Applied, Command, CommandResult, DeviceState, Hello, HelloReply, Status
from edge.wire.plan import DoorSpan, Grant, GrantsPart, HoursPart, Manifest, Part, PartRef, digest
from edge.wire.topics import Topic, parse
from firmware_sim.simulated_pins import SimFactory
from tests.edge.disk import MemoryDisk
from tests.edge.enrolled import CONTROLLER_KEY, identity
from tests.memory_link import MemoryBroker, MemoryLink
from tests.virtual_time import VirtualClock, VirtualLoop

SITE, EDGE, DOOR = "ramsey", "ramsey-pi", "front-door"
ZERO = datetime(2026, 3, 28, 17, 0, tzinfo=UTC)
"""A Saturday evening; the clocks go forward the night after."""
STRIKE, CONTACT, REX, D0, D1, OUTER, INNER, PIR = 17, 27, 22, 5, 6, 23, 24, 25
SECRET = bytes(range(32))
BOOKING = "0195d6a0-0000-7000-8000-000000000001"

T = TypeVar("T")
A = TypeVar("A", bound=Addressed)
D = TypeVar("D")


def named(fault: FaultData) -> str:
    """A fault as a device's state names it: its code, and its part if it has one."""
    return f"{fault.code}:{fault.part}".rstrip(":")


def run(
    main: Callable[[VirtualClock], Coroutine[Any, Any, T]],
    *,
    zero: datetime = ZERO,
    seed: str = "",
) -> T:
    """Run ``main`` in virtual time from ``zero``. ``seed`` draws in which order thread jobs are done."""
    loop = VirtualLoop(random.Random(seed))
    with ThreadPoolExecutor(4) as threads:
        loop.set_default_executor(threads)
        try:
            return loop.run_until_complete(main(VirtualClock(zero)))
        finally:
            loop.run_until_complete(loop.shutdown_asyncgens())
            loop.close()


def config(folder: Path = Path("unused"), *, wifi: str | None = None, outbox_mb: int = 64) -> Config:
    return Config(
        data_dir=folder,
        identity=identity({DOOR: SECRET}),
        broker=BrokerConfig(host="127.0.0.1"),
        outbox_mb=outbox_mb,
        doors=(
            DoorConfig(
                id=DOOR,
                relay=OutputPin(pin=STRIKE),
                contact=InputPin(pin=CONTACT),
                rex=InputPin(pin=REX),
            ),
        ),
        readers=(WiegandConfig(id="front-keypad", door=DOOR, d0=D0, d1=D1),),
        counters=(CounterConfig(id="front-beams", door=DOOR, outer=InputPin(pin=OUTER), inner=InputPin(pin=INNER)),),
        motion=(MotionConfig(id="hall-pir", zone="hall", pin=PIR),),
        wifi=(IwConfig(id="hall-wifi", zone="hall", file=wifi),) if wifi else (),
    )


def grant(code: str, start: datetime, end: datetime, *, kind: CredentialKind = CredentialKind.BOOKING_CODE) -> Grant:
    booking = BOOKING if kind is CredentialKind.BOOKING_CODE else None
    window = Interval(start=start, end=end)
    return Grant(door=DOOR, key=code_key(SECRET, kind, code), kind=kind, windows=(window,), booking=booking)


def hours(*spans: DoorSpan, hold_s: float = 5.0, held_after_s: float = 60.0) -> HoursPart:
    always = Interval(start=ZERO - timedelta(days=1), end=ZERO + timedelta(days=40))
    whole = DoorSpan(during=always, accepts=tuple(CredentialKind))
    return HoursPart(door=DOOR, name="Front door", hold_s=hold_s, held_after_s=held_after_s, spans=spans or (whole,))


class Hall:
    """Starts and stops agents on one disk, and speaks as the controller."""

    def __init__(
        self,
        clock: VirtualClock,
        *,
        disk: Files | None = None,
        config: Config | None = None,
        synchronised: bool = True,
        machine: VirtualClock | None = None,
        battery: datetime | None = None,
    ) -> None:
        self.clock = clock
        self.machine = machine or clock
        self.battery = battery
        self.free: int | None = None
        self.updates: UpdateHost | None = None
        self.machine_boot = "a0f1e4c2-0000-4000-8000-000000000001"
        self.disk = disk if disk is not None else MemoryDisk()
        self.config = config or _default_config
        self.synchronised = synchronised
        self.broker = MemoryBroker()
        self.sensors = MemoryBroker()
        self.controller = Signer(CONTROLLER_KEY)
        self._ears = self.broker.client(["hk/1/+/+/#"])
        self._listening: asyncio.Task[None] | None = None
        self.heard: list[Message] = []
        self._hellos = 0
        self.recorded: list[Event] = []
        self.link: MemoryLink | None = None
        self.levels = {CONTACT: False, REX: True, D0: True, D1: True, OUTER: True, INNER: True, PIR: False}
        self.outputs: dict[int, list[bool]] = {}
        self.task: asyncio.Task[None] | None = None
        self.auto_ack = True
        self.manager: ServiceManager | None = None
        self.watch: Callable[[Event], None] = lambda event: None

    # Power

    async def start(self) -> None:
        if self._listening is None:
            self._listening = asyncio.create_task(self._hear())
        self.factory = SimFactory(self.levels, self._driven)
        agent = self.agent = Agent(
            self.config,
            clock=self.machine,
            pins=GpioPins(self.factory),
            link=self._make_link,
            sensors_link=lambda config: self.sensors.client(config.topics),
            files=self.disk,
            observer=self._observe,
            synchronised=lambda: self.synchronised,
            manager=self.manager,
            battery=lambda: self.battery,
            free=lambda: self.free,
            updates=self.updates,
            machine_boot=lambda: self.machine_boot,
        )
        self.task = asyncio.create_task(agent.run())
        await asyncio.sleep(1)

    async def stop(self) -> None:
        """An orderly stop, as on SIGTERM."""
        assert self.task is not None
        self.task.cancel()
        await asyncio.wait((self.task,))
        await asyncio.sleep(0)

    async def close(self) -> None:
        if self.task is not None and not self.task.done():
            await self.stop()
        if self._listening is not None:
            self._listening.cancel()
            await asyncio.wait((self._listening,))

    # Hands

    async def drive(self, pin: int, level: bool) -> None:
        self.levels[pin] = level
        self.factory.drive(pin, level, self.clock.monotonic())
        await asyncio.sleep(0)

    async def press(self, key: int) -> None:
        for bit in f"{key:04b}":
            pin = D1 if bit == "1" else D0
            await self.drive(pin, False)
            await asyncio.sleep(0.0001)
            await self.drive(pin, True)
            await asyncio.sleep(0.002)

    async def enter(self, code: str) -> None:
        for digit in code:
            await self.press(int(digit))
            await asyncio.sleep(0.3)

    async def open_door(self, for_s: float = 2.0) -> None:
        await self.drive(CONTACT, True)
        await asyncio.sleep(for_s)
        await self.drive(CONTACT, False)
        await asyncio.sleep(0.1)

    async def walk(self, *beams: int) -> None:
        """``walk(OUTER, INNER)`` comes in."""
        await self.drive(beams[0], False)
        await asyncio.sleep(0.1)
        await self.drive(beams[1], False)
        await asyncio.sleep(0.1)
        await self.drive(beams[0], True)
        await asyncio.sleep(0.1)
        await self.drive(beams[1], True)
        await asyncio.sleep(0.2)

    def unlocked(self) -> bool:
        return self.outputs[STRIKE][-1]

    # Controller

    def plan(
        self,
        version: int,
        *parts: Part,
        must_understand: tuple[str, ...] = (),
        horizon_days: int = 35,
        follows: tuple[int, ...] | None = None,
    ) -> tuple[Manifest, dict[str, bytes]]:
        data = {f"p{number}": encode(part) for number, part in enumerate(parts)}
        manifest = Manifest(
            site=SITE,
            edge=EDGE,
            version=version,
            follows=follows,
            valid_from=ZERO - timedelta(days=1),
            horizon=ZERO + timedelta(days=horizon_days),
            must_understand=must_understand,
            parts={name: PartRef(digest=digest(part), size=len(part)) for name, part in data.items()},
        )
        return manifest, data

    async def send_plan(
        self, version: int, *parts: Part, must_understand: tuple[str, ...] = (), follows: tuple[int, ...] | None = None
    ) -> Manifest:
        manifest, data = self.plan(version, *parts, must_understand=must_understand, follows=follows)
        await self.publish(manifest, data)
        return manifest

    async def publish(self, manifest: Manifest, data: dict[str, bytes]) -> None:
        for name, part in data.items():
            self.send("plan/part", part, item=name, retain=True)
        self.send("plan", self.controller.seal(Purpose.PLAN, manifest), retain=True)
        await asyncio.sleep(0.5)

    async def send_codes(self, version: int, *grants: Grant) -> Manifest:
        return await self.send_plan(version, hours(), GrantsPart(grants=grants))

    def send(self, name: str, payload: bytes, *, item: str | None = None, retain: bool = False) -> None:
        self.broker.publish(str(Topic(site=SITE, edge=EDGE, name=name, item=item)), payload, retain=retain)

    def seal(self, purpose: Purpose, payload: msgspec.Struct) -> bytes:
        return self.controller.seal(purpose, payload)

    def command(self, kind: str = "unlock", **changes: Any) -> Command:
        now = self.clock.now()
        command = Command(
            site=SITE,
            edge=EDGE,
            id=BOOKING[:-1] + f"{len(self.heard) % 16:x}",
            nonce=self.status().nonce,
            issued_at=now,
            expires_at=now + timedelta(seconds=5),
            kind=kind,
            door=DOOR if kind == "unlock" else None,
        )
        return msgspec.structs.replace(command, **changes)

    async def order(self, command: Command, *, retain: bool = False) -> None:
        self.send("command", self.seal(Purpose.COMMAND, command), retain=retain)
        await asyncio.sleep(0.05)

    async def hello(self, **changes: Any) -> None:
        """Say hello, each time with a nonce of its own."""
        self._hellos += 1
        hello = Hello(site=SITE, edge=EDGE, nonce=f"{self._hellos:032x}", at=self.clock.now())
        self.send("hello", self.seal(Purpose.HELLO, msgspec.structs.replace(hello, **changes)))
        await asyncio.sleep(0.1)

    # What came

    def got(self, name: str, purpose: Purpose, kind: type[A]) -> list[A]:
        keys = Keyring(self.config.identity.keys.signing.public_key())
        return [
            open_envelope(message.payload, purpose=purpose, kind=kind, site=SITE, edge=EDGE, keys=keys)
            for message in self.heard
            if (topic := parse(message.topic)) is not None and topic.name == name
        ]

    def status(self) -> Status:
        return self.got("status", Purpose.STATUS, Status)[-1]

    def applied(self) -> list[Applied]:
        return self.got("plan/applied", Purpose.APPLIED, Applied)

    def results(self) -> list[CommandResult]:
        return self.got("command/result", Purpose.RESULT, CommandResult)

    def replies(self) -> list[HelloReply]:
        return self.got("hello/reply", Purpose.HELLO_REPLY, HelloReply)

    def batches(self) -> list[EventBatch]:
        return self.got("events", Purpose.EVENTS, EventBatch)

    def state(self, device: str) -> DeviceState:
        topic = f"hk/1/{SITE}/{EDGE}/state/{device}"
        return decode([message for message in self.heard if message.topic == topic][-1].payload, DeviceState)

    def received(self) -> list[Event]:
        return [read_event(bytes(raw)) for batch in self.batches() for raw in batch.events]

    def data(self, kind: type[D]) -> list[D]:
        """What was recorded of one kind, in order."""
        read: list[EventData | None] = [event.read() for event in self.recorded]
        return [one for one in read if isinstance(one, kind)]

    async def until(self, held: Callable[[], bool], within_s: float = 30.0) -> None:
        async with asyncio.timeout(within_s):
            while not held():  # noqa: ASYNC110  # anything may make it true
                await asyncio.sleep(0.01)

    # Inner works

    def _observe(self, event: Event) -> None:
        self.recorded.append(event)
        self.watch(event)

    def _make_link(self, connect_options: Any) -> MemoryLink:
        self.link = self.broker.link(connect_options)
        return self.link

    def _driven(self, pin: int, level: bool) -> None:
        self.outputs.setdefault(pin, []).append(level)

    async def _hear(self) -> None:
        async for happening in self._ears.events():
            if not isinstance(happening, Message) or happening.retained:
                continue
            topic = parse(happening.topic)
            self.heard.append(happening)
            if self.auto_ack and topic is not None and topic.name == "events":
                envelope = decode(happening.payload, Envelope)
                batch = decode(envelope.payload, EventBatch)
                last = read_event(bytes(batch.events[-1])).seq
                self.ack(batch.log, last)

    def ack(self, log: str, seq: int) -> None:
        ack = Ack(site=SITE, edge=EDGE, log=log, seq=seq, at=self.clock.now())
        self.send("events/ack", self.seal(Purpose.ACK, ack))


_default_config = config()


def with_hall(
    act: Callable[[Hall], Awaitable[None]],
    *,
    disk: Files | None = None,
    config: Config | None = None,
    synchronised: bool = True,
    zero: datetime = ZERO,
) -> None:
    """Run ``act`` in virtual time on a hall whose agent has started."""

    async def main(clock: VirtualClock) -> None:
        hall = Hall(clock, disk=disk, config=config, synchronised=synchronised)
        await hall.start()
        try:
            await act(hall)
        finally:
            await hall.close()

    run(main, zero=zero)
