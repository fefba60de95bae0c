"""The controller's side of a measured edge: it greets it, sends plans, and acknowledges events now and then."""

import asyncio
import time
from collections.abc import Collection, Sequence
from datetime import UTC, datetime, timedelta

from edge.events.outbox import Outbox
from edge.system.durable_files import Files
from edge.wire.access_decision import ClockTrust
from edge.wire.broker_link import Message
from edge.wire.codec import decode, encode
from edge.wire.credentials import CredentialKind, code_key
from edge.wire.envelope import Envelope, Purpose, Signer
from edge.wire.event_batch import Ack, EventBatch
from edge.wire.events import Event, FootfallData, make_event, read_event
from edge.wire.ids import uuid7
from edge.wire.interval import Interval
from edge.wire.messages import Hello, Status
from edge.wire.plan import DoorSpan, Grant, HoursPart, Manifest, PartRef, digest, split
from edge.wire.topics import Topic
from tests.bench.timing import LoopWatch
from tests.edge.enrolled import CONTROLLER_KEY
from tests.edge.hall import BOOKING, DOOR, EDGE, SECRET, SITE
from tests.memory_link import MemoryBroker

ACK_EVERY_S = 0.15
"""So slow that an outbox of many events is still sending while keys are pressed."""


def plan_parts(codes: Sequence[str], *, shift_s: int = 0) -> dict[str, bytes]:
    """A plan in which each of the codes opens now. With another ``shift_s`` no part of it is the same."""
    now = datetime.now(UTC)
    window = Interval(start=now - timedelta(hours=1, seconds=shift_s), end=now + timedelta(days=1))
    kind = CredentialKind.BOOKING_CODE
    grants = [
        Grant(
            door=DOOR,
            key=code_key(SECRET, kind, code),
            kind=kind,
            windows=(window,),
            hold_s=0.01,
            booking=uuid7(now, number.to_bytes(10)),
        )
        for number, code in enumerate(codes)
    ]
    hours = HoursPart(door=DOOR, name="Front door", spans=(DoorSpan(during=window, accepts=(kind,)),))
    return {"hours": encode(hours), **split("grants", "grants", grants)}


async def fill_outbox(files: Files, events: int) -> None:
    """Leave so many events on the disk that nobody has acknowledged."""
    outbox = Outbox(files, limit=2**30, count=lambda name: None, committed=lambda: None)
    await outbox.open()
    for number in range(1, events + 1):
        crossing = FootfallData(counter="front-beams", door=DOOR, ins=1, outs=0, total_ins=number, total_outs=0)
        outbox.add(_event(number, data=crossing))
        if number % 1000 == 0:
            await outbox.commit()
    await outbox.commit()


def _event(seq: int, *, data: FootfallData) -> Event:
    now, trust = datetime.now(UTC), ClockTrust.SYNCED
    return make_event(seq=seq, boot=BOOKING, mono_ms=seq, at=now, trust=trust, device=data.counter, data=data)


class Centre:
    """``listen`` as a task; ``acknowledged`` is how many events it has had, ``stall_ms`` for how long the loop did
    nothing else at most while the last plan was applied."""

    def __init__(self, broker: MemoryBroker) -> None:
        self._broker = broker
        self._ears = broker.client([self._topic(name) for name in ("status", "plan/applied", "events")])
        self._applied = asyncio.Event()
        self._signer = Signer(CONTROLLER_KEY)
        self._version = 0
        self._due: Ack | None = None
        self.acknowledged = 0
        self.stall_ms = 0.0

    async def listen(self) -> None:
        async for happening in self._ears.events():
            if not isinstance(happening, Message):
                continue
            if happening.topic == self._topic("plan/applied"):
                self._applied.set()
            elif happening.topic == self._topic("status"):
                self._greet(decode(decode(happening.payload, Envelope).payload, Status))
            else:
                batch = decode(decode(happening.payload, Envelope).payload, EventBatch)
                last = read_event(bytes(batch.events[-1])).seq
                self._due = Ack(site=SITE, edge=EDGE, log=batch.log, seq=last, at=datetime.now(UTC))

    def _greet(self, status: Status) -> None:
        """An edge that goes on in a log sends nothing of it before it has been greeted."""
        hello = Hello(
            site=SITE,
            edge=EDGE,
            nonce="ab" * 16,
            at=datetime.now(UTC),
            session=status.nonce,
            log=status.log or None,
            next_seq=self.acknowledged + 1,
        )
        self._broker.publish(self._topic("hello"), self._signer.seal(Purpose.HELLO, hello))

    async def acknowledge(self) -> None:
        while True:
            await asyncio.sleep(ACK_EVERY_S)
            if (due := self._due) is not None:
                self._due, self.acknowledged = None, due.seq
                self._broker.publish(self._topic("events/ack"), self._signer.seal(Purpose.ACK, due))

    async def send(self, parts: dict[str, bytes], *, changed: Collection[str] | None = None) -> float:
        """Milliseconds until the edge says that it goes by this plan. ``changed``: the parts that it does not have
        yet, if not all."""
        self._version += 1
        now = datetime.now(UTC)
        manifest = Manifest(
            site=SITE,
            edge=EDGE,
            version=self._version,
            valid_from=now - timedelta(days=1),
            horizon=now + timedelta(days=35),
            parts={name: PartRef(digest=digest(data), size=len(data)) for name, data in parts.items()},
        )
        sealed = self._signer.seal(Purpose.PLAN, manifest)
        self._applied.clear()
        began = time.perf_counter()
        async with LoopWatch() as watch, asyncio.timeout(60):
            for name in parts if changed is None else changed:
                self._broker.publish(self._topic("plan/part", name), parts[name], retain=True)
                # Over a line no two of them come in one moment.
                await asyncio.sleep(0)
            self._broker.publish(self._topic("plan"), sealed, retain=True)
            await self._applied.wait()
        self.stall_ms = watch.longest_ms
        return (time.perf_counter() - began) * 1000

    @staticmethod
    def _topic(name: str, item: str | None = None) -> str:
        return str(Topic(site=SITE, edge=EDGE, name=name, item=item))
