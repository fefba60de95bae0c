"""A busy hour at a real agent, kept step by step, and its power cut at any of those steps."""

import asyncio
import random
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import uuid4

import msgspec

from edge.area_config import AreaConfig
from edge.config import Config
from edge.pinout import OutputPin
from edge.wire.codec import decode
from edge.wire.credentials import CredentialKind
from edge.wire.envelope import Envelope
from edge.wire.events import (
    AccessData,
    EventBatch,
)
from edge.wire.interval import Interval
from edge.wire.link import Message
from edge.wire.messages import Applied
from edge.wire.offline import OfflineWindow, offline_code
from edge.wire.plan import ClosingPart, Grant, Mode, ModeSpan, ModesPart
from edge.wire.topics import parse
from firmware_sim.power_cut import Step, VirtualDisk, VirtualMedium
from firmware_sim.virtual import VirtualClock
from tests.edge.hall import CONTACT, DOOR, INNER, OUTER, PIR, REX, SECRET, ZERO, config, run
from tests.edge.lobby import (
    INNER_DOOR,
    LOOP,
    Lobby,
    front,
    grants,
    lobby,
    opening,
    spans,
)
from tests.edge.machine import DEAD, Machine
from tests.faults.known import Came, Entry, Known, Moved, Note, Recorded, Said, Sent

AREA, SIREN, SET = "ground-floor", 9, 11
STAFF, KEY_HOLDER = "117733", "558822"
CLOSES = ZERO + timedelta(minutes=36)
BRIEF = Interval(start=ZERO, end=ZERO + timedelta(minutes=8))
BRIEF_CODE = "350174"
OFFLINE = OfflineWindow(start=ZERO, quarters=1)
OFFLINE_CODE = offline_code(SECRET[::-1], DOOR, OFFLINE)


def code(version: int) -> str:
    """The code that plan ``version`` knows; every plan withdraws the one before."""
    return f"48{version:04d}"


def building() -> Config:
    """A strike and a magnet that let go in a fire, beams, a PIR, and an alarm."""
    base, plain = lobby(front(fire="release"), lock="maglock"), config()
    area = AreaConfig(
        id=AREA,
        doors=(DOOR, INNER_DOOR),
        zones=("hall",),
        counters=("front-beams",),
        siren=OutputPin(pin=SIREN),
        set=OutputPin(pin=SET),
    )
    return msgspec.structs.replace(base, counters=plain.counters, motion=plain.motion, areas=(area,))


BUILDING = building()


class Recording:
    """One run of an agent, from its start to the end of ``act``."""

    def __init__(self, left: VirtualMedium, known: Known, began: datetime) -> None:
        self.left = left
        self.known = known
        self.began = began
        self.entries: list[Entry] = []


class Stage(Lobby):
    """The building, with a controller that stores what comes and acknowledges it."""

    def __init__(self, clock: VirtualClock, left: VirtualMedium, known: Known, *, synchronised: bool) -> None:
        machine = Machine(clock)
        if not synchronised:
            machine.boot(DEAD)
        self.known = known.copy()
        self.known.fresh.clear()
        self.recording = Recording(left, self.known.copy(), clock.now())
        medium = left.copy()
        loop = asyncio.get_running_loop()
        medium.journal = lambda step: self.recording.entries.append(Entry(loop.time(), step))
        super().__init__(clock, disk=VirtualDisk(medium), config=BUILDING, synchronised=synchronised, machine=machine)
        self.levels = dict(self.known.levels)
        self.machine_boot = str(uuid4())
        self.auto_ack = False
        self.watch = lambda event: self._note(Recorded(event))
        self._store = self.broker.client(["hk/1/+/+/events", "hk/1/+/+/plan/applied"])
        self._storing = asyncio.create_task(self._take_in())

    async def close(self) -> None:
        await super().close()
        self._storing.cancel()
        await asyncio.wait((self._storing,))

    # What is kept of it

    def _note(self, note: Note) -> None:
        entry = Entry(self.clock.monotonic(), note)
        self.recording.entries.append(entry)
        self.known.note(entry)

    async def drive(self, pin: int, level: bool) -> None:
        self._note(Moved(pin, level))
        await super().drive(pin, level)

    async def _take_in(self) -> None:
        async for happening in self._store.events():
            topic = parse(happening.topic) if isinstance(happening, Message) and not happening.retained else None
            if topic is None or not isinstance(happening, Message):
                continue
            payload = decode(happening.payload, Envelope).payload
            if topic.name == "events":
                batch = decode(payload, EventBatch)
                self._note(Came(batch))
                self.ack(batch.log, self.known.wanted(batch.log) - 1)
            elif (applied := decode(payload, Applied)).applied:
                self._note(Said(applied.version))

    # Hands

    async def plan_of(self, version: int) -> None:
        """Send plan ``version``, which may be an old one."""
        staffed = Interval(start=ZERO - timedelta(hours=8), end=CLOSES)
        brief = msgspec.structs.replace(opening(BRIEF_CODE, CredentialKind.BOOKING_CODE), windows=(BRIEF,))
        own: list[Grant] = [opening(code(version), CredentialKind.BOOKING_CODE), brief]
        modes = ModesPart(spans=(ModeSpan(during=staffed, mode=Mode.STAFFED),))
        self._note(Sent(version))
        await self.send_plan(version, spans(), spans(door=INNER_DOOR), grants(*own), modes, ClosingPart())

    async def ask(self, digits: str) -> AccessData:
        """Type a code at the front door; the answer."""
        before = len(self.data(AccessData))
        await self.enter(digits)
        await self.until(lambda: len(self.data(AccessData)) > before)
        return self.data(AccessData)[-1]

    async def visit(self, times: int) -> None:
        """So many people come in by their code, and leave by the button."""
        for _ in range(times):
            await self.enter(code(self.known.applied))
            await self.pass_through(OUTER, INNER)
            await self.drive(PIR, True)
            await asyncio.sleep(1)
            await self.drive(PIR, False)
            await self.press_to_exit()
            await self.pass_through(INNER, OUTER)
            await asyncio.sleep(8)

    async def pass_through(self, *beams: int, people: int = 1) -> None:
        """So many people go through the front door."""
        await self.drive(CONTACT, True)
        await asyncio.sleep(0.5)
        for _ in range(people):
            await self.walk(*beams)
        await self.drive(CONTACT, False)
        await asyncio.sleep(0.5)

    async def press_to_exit(self, pin: int = REX) -> None:
        await self.drive(pin, False)
        await asyncio.sleep(0.2)
        await self.drive(pin, True)

    async def hear_hello(self) -> None:
        """The controller greets the edge, and says which event it wants next."""
        await self.until(lambda: any(parse(each.topic).name == "status" for each in self.heard))  # type: ignore[union-attr]
        status = self.status()
        next_seq = self.known.wanted(status.log) if status.log else 1
        await self.hello(session=status.nonce, log=status.log or None, next_seq=next_seq)


async def busy_hour(stage: Stage) -> None:
    """Doors, codes, counters, plans, acknowledgements, lock-out, fire, a broken line, a restart, and the alarm."""
    await stage.hear_hello()
    await stage.plan_of(1)
    await stage.visit(4)
    assert (await stage.ask(BRIEF_CODE)).granted
    assert (await stage.ask(OFFLINE_CODE)).granted
    await stage.plan_of(2)
    await stage.press_to_exit()
    await stage.pass_through(OUTER, INNER, people=200)
    await stage.drive(LOOP, True)
    await asyncio.sleep(20)
    await stage.press_to_exit()
    await stage.pass_through(INNER, OUTER, people=200)
    await stage.drive(LOOP, False)
    await stage.visit(2)
    assert (await stage.ask(KEY_HOLDER)).granted
    for number in range(5):
        await stage.ask(f"70913{number}")
    await asyncio.sleep(31)
    for number in range(3):
        await stage.ask(f"70913{number}")
    await asyncio.sleep(61)
    assert stage.link is not None
    stage.link.cut()
    await stage.visit(4)
    stage.link.mend()
    await stage.plan_of(3)
    await stage.stop()
    await stage.start()
    await stage.hear_hello()
    await stage.press_to_exit()
    await stage.pass_through(OUTER, INNER, people=200)
    await stage.press_to_exit()
    await stage.pass_through(INNER, OUTER, people=200)
    await stage.visit(4)
    await stage.order(stage.command("recount", args={"counter": "front-beams", "inside": 0}))
    assert stage.outputs[SET][-1] is False
    await asyncio.sleep((CLOSES + timedelta(minutes=17) - stage.clock.now()) / timedelta(seconds=1))
    assert stage.outputs[SET][-1] is True
    await stage.plan_of(4)
    assert (await stage.ask(STAFF)).granted
    await asyncio.sleep(1)
    assert stage.outputs[SET][-1] is False
    await stage.visit(2)


def recorded_hour() -> Recording:
    """The busy hour, played once."""

    async def main(clock: VirtualClock) -> Recording:
        stage = Stage(clock, VirtualMedium(), Known(), synchronised=True)
        await stage.start()
        try:
            await busy_hour(stage)
            return stage.recording
        finally:
            await stage.close()

    return run(main)


class Cut(NamedTuple):
    """Power has gone. ``during``: which file was being written, or nothing. ``at``: when it was."""

    left: VirtualMedium
    known: Known
    at: datetime
    during: str


def cuts(recording: Recording, points: Iterable[int], seed: int) -> Iterator[Cut]:
    """Cut a run before the entries of those numbers, in rising order; what each leaves depends on ``seed``. One in
    eight times it is but kill -9."""
    medium, known, entries = recording.left.copy(), recording.known.copy(), iter(recording.entries)
    done = 0
    for point in points:
        while done < point:
            note = (entry := next(entries)).note
            if isinstance(note, Step):
                medium.take(note)
            else:
                known.note(entry)
            done += 1
        at = recording.entries[point].at
        chance = random.Random(f"{seed} {point}")
        left = medium.copy() if chance.random() < 0.125 else medium.cut(chance.getrandbits(32))
        yield Cut(left, known.cut(at), recording.began + timedelta(seconds=at), during(recording.entries[point].note))


def during(note: Note) -> str:
    """What the disk was at work on."""
    if not isinstance(note, Step):
        return "nothing"
    path = note.path.removesuffix(".new")
    if note.act == "sync" and path in ("", "outbox", "plan", "plan/parts", "offline"):
        return f"names in {path or 'the folder'}"
    if path.endswith(".log"):
        return "events"
    return "plan parts" if path.startswith("plan/parts/") else path


def some_points(recording: Recording, number: int, seed: int) -> list[int]:
    """So many points of a run, every file hit as often as any other."""
    kinds: dict[str, list[int]] = {}
    for at, entry in enumerate(recording.entries):
        kinds.setdefault(during(entry.note), []).append(at)
    chance, names = random.Random(seed), sorted(kinds)
    chance.shuffle(names)
    return sorted(chance.choice(kinds[names[at % len(names)]]) for at in range(number))
