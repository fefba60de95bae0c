"""A building with a real agent in it, played before a controller that keeps what comes and changes its keys."""

import asyncio
import secrets
from datetime import datetime, timedelta
from uuid import uuid4

import msgspec

from edge.alarm.config import AreaConfig
from edge.config import Config
from edge.net.identity import FILE, StoredIdentity, validated
from edge.system.pinout import OutputPin
from edge.wire.access_decision import Reason
from edge.wire.broker_link import Message
from edge.wire.codec import decode, encode
from edge.wire.credentials import CredentialKind, code_key
from edge.wire.enrolment import Renewal, secret_id
from edge.wire.envelope import Keyring, Purpose, open_envelope
from edge.wire.errors import WireError
from edge.wire.event_batch import EventBatch
from edge.wire.events import AccessData
from edge.wire.interval import Interval
from edge.wire.messages import Applied, Status
from edge.wire.offline_codes import OfflineWindow, offline_code, quarter_at
from edge.wire.plan import ClosingPart, Grant, GrantsPart, Mode, ModeSpan, ModesPart
from edge.wire.topics import parse
from firmware_sim.simulated_disk import VirtualDisk, VirtualMedium
from tests.edge.enrolled import CONTROLLER_KEY, edge_identity, keys
from tests.edge.hall import CONTACT, DOOR, EDGE, INNER, OUTER, PIR, REX, SECRET, SITE, STRIKE, ZERO, A, config
from tests.edge.lobby import EVENING, INNER_DOOR, KEY_HOLDER, STAFF, Lobby, front, lobby, spans
from tests.edge.machine import DEAD, Machine
from tests.faults.issued_identity import Issue, signer_of
from tests.faults.known import Came, Entry, Held, Issued, Known, Moved, Note, Recorded, Said, Sent
from tests.virtual_time import VirtualClock

AREA, SIREN, SET = "ground-floor", 9, 11
CLOSES = ZERO + timedelta(minutes=36)
RENEWS = ZERO + timedelta(minutes=5)
"""The edge asks for another certificate when it looks after that."""
BRIEF = Interval(start=ZERO, end=ZERO + timedelta(minutes=8))
BRIEF_CODE = "350174"
DOORS = (DOOR, INNER_DOOR)


def code(version: int) -> str:
    """The code that plan ``version`` knows; every plan withdraws the one before."""
    return f"48{version:04d}"


def building() -> Config:
    """A strike and a magnet that let go in a fire, beams, a PIR, and an alarm."""
    base, plain = lobby(front(fire="release"), lock="maglock"), config()
    area = AreaConfig(
        id=AREA,
        doors=DOORS,
        zones=("hall",),
        counters=("front-beams",),
        siren=OutputPin(pin=SIREN),
        set=OutputPin(pin=SET),
    )
    return msgspec.structs.replace(base, counters=plain.counters, motion=plain.motion, areas=(area,))


BUILDING = building()
ENROLLED = StoredIdentity(
    keys=keys(),
    issued=edge_identity(
        keys(),
        dict.fromkeys(DOORS, SECRET),
        since=RENEWS - 2 * timedelta(hours=1),
        until=RENEWS + timedelta(hours=1),
    ),
)


def enrolled() -> VirtualMedium:
    """The disk of an edge that was let in and has not run yet."""
    disk = VirtualDisk()
    disk.replace(FILE, encode(ENROLLED))
    return disk.medium


def offline_now(secret: bytes, at: datetime) -> str:
    """A code issued offline for the front door and this quarter of an hour."""
    return offline_code(secret[::-1], DOOR, OfflineWindow(start=quarter_at(at), quarters=1))


def newcomer() -> Known:
    """What is known of such an edge."""
    return Known(issues=(Issue.of(ENROLLED, CONTROLLER_KEY.private_bytes_raw()),))


class Recording:
    """One run of an agent, from its start to the end of ``act``."""

    def __init__(self, left: VirtualMedium, known: Known, began: datetime) -> None:
        self.left = left
        self.known = known
        self.began = began
        self.entries: list[Entry] = []


class SimulatedEdge(Lobby):
    """The building, with a controller that stores what comes and acknowledges it, and delivers identities that are
    owed. ``trusted``: the edge's keys that it has taken for the edge's; what comes under another is ``refused``."""

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
        super().__init__(
            clock,
            disk=VirtualDisk(medium),
            config=BUILDING,
            synchronised=synchronised,
            machine=machine,
        )
        self._medium = medium
        self.levels = dict(self.known.levels)
        self.machine_boot = str(uuid4())
        self.auto_ack = False
        self.controller = signer_of(self.known.signer)
        self.refused: list[WireError] = []
        self.watch = lambda event: self._note(Recorded(event))
        said = ("events", "plan/applied", "status", "renewal")
        self._store = self.broker.client([f"hk/1/+/+/{name}" for name in said])
        self._storing = asyncio.create_task(self._take_in())

    async def start(self) -> None:
        identity = validated(decode(self._medium.read(FILE), StoredIdentity))
        self.config = msgspec.structs.replace(BUILDING, identity=identity)
        await super().start()

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

    def got(self, name: str, purpose: Purpose, kind: type[A]) -> list[A]:
        trusted = Keyring(*(issue.speaks for issue in self.known.issues))
        return [
            open_envelope(message.payload, purpose=purpose, kind=kind, site=SITE, edge=EDGE, keys=trusted)
            for message in self.heard
            if (topic := parse(message.topic)) is not None and topic.name == name
        ]

    # The controller

    async def _take_in(self) -> None:
        async for happening in self._store.events():
            topic = parse(happening.topic) if isinstance(happening, Message) and not happening.retained else None
            if topic is None or not isinstance(happening, Message):
                continue
            try:
                self._take(topic.name, happening.payload)
            except WireError as error:
                self.refused.append(error)

    def _take(self, name: str, payload: bytes) -> None:
        if name == "events":
            batch = self._opened(payload, Purpose.EVENTS, EventBatch)
            self._note(Came(batch))
            self.ack(batch.log, self.known.wanted(batch.log) - 1)
        elif name == "status":
            self._hand_over(self._opened(payload, Purpose.STATUS, Status).identity_version)
        elif name == "renewal":
            self._renew(self._opened(payload, Purpose.RENEWAL, Renewal))
        elif (applied := self._opened(payload, Purpose.APPLIED, Applied)).applied:
            self._note(Said(applied.version))

    def _opened(self, payload: bytes, purpose: Purpose, kind: type[A]) -> A:
        """Only the keys of the identity that the edge has said it holds, and of those it should, are an edge's."""
        trusted = Keyring(self.known.holds.speaks, self.known.owed.speaks)
        return open_envelope(payload, purpose=purpose, kind=kind, site=SITE, edge=EDGE, keys=trusted)

    def _hand_over(self, held: int) -> None:
        owed = self.known.owed
        if held > self.known.held:
            self._note(Held(held))
            self.controller = signer_of(self.known.signer)
        if held < owed.version or owed.renew:
            self.send("identity", self.seal(Purpose.IDENTITY, owed.delivery(DOORS)))

    def _renew(self, renewal: Renewal) -> None:
        if renewal.key not in (self.known.holds.key, self.known.owed.key):
            self.issue(self.known.owed.renewed(renewal))

    def issue(self, issue: Issue) -> None:
        """The edge is to hold this identity from here on."""
        self._note(Issued(issue))
        self._hand_over(self.known.held)

    def offline(self) -> str:
        """A code issued offline for the front door and this quarter of an hour."""
        return offline_now(self.known.holds.secrets[-1], self.clock.now())

    async def identity_applied(self) -> None:
        """Wait until the edge holds the identity it should."""
        await self.until(lambda: self.known.held == self.known.owed.version and not self.known.owed.renew)

    async def change_signing_key(self) -> None:
        """The old key vouches for the new one, which then signs the plan; the old one is forgotten after that."""
        owed, new = self.known.owed, secrets.token_bytes(32)
        self.issue(owed._replace(version=owed.version + 1, signers=(*owed.signers, new)))
        await self.identity_applied()
        await self.next_plan()
        owed = self.known.owed
        self.issue(owed._replace(version=owed.version + 1, signers=(new,)))
        await self.identity_applied()

    async def change_keys_of_the_edge(self) -> None:
        """The edge's own keys, its certificate and its doors' secret; the old secret is forgotten once the plan is
        made with the new one."""
        owed, secret = self.known.owed, bytes(reversed(self.known.owed.key))
        self.issue(owed._replace(version=owed.version + 1, secrets=(*owed.secrets, secret), renew=True))
        await self.identity_applied()
        await self.next_plan()
        owed = self.known.owed
        self.issue(owed._replace(version=owed.version + 1, secrets=(secret,)))
        await self.identity_applied()

    async def refuse_retired_keys(self) -> int:
        """See that nothing which one of the controller's retired keys signs is obeyed, an identity that vouches for it
        neither; how many such orders there were."""
        before, held = len(self.outputs[STRIKE]), self.status().identity_version
        retired = self.known.retired_signers(held)
        for key in retired:
            signer, issued = signer_of(key), self.known.owed._replace(version=held + 1)
            self.send("command", signer.seal(Purpose.COMMAND, self.command()))
            self.send("identity", signer.seal(Purpose.IDENTITY, issued.delivery(DOORS)))
            await asyncio.sleep(0.5)
        assert len(self.outputs[STRIKE]) == before
        assert self.status().identity_version == held
        return 2 * len(retired)

    async def next_plan(self) -> None:
        """Send a plan that is newer than any, and wait until it is applied."""
        version = self.known.sent + 1
        await self.plan_of(version)
        await self.until(lambda: self.known.applied == version)

    async def plan_of(self, version: int) -> None:
        """Send plan ``version``, which may be an old one."""
        secret = self.known.holds.secrets[-1]
        staffed = Interval(start=ZERO - timedelta(hours=8), end=CLOSES)
        self._note(Sent(version))
        await self.send_plan(
            version,
            *(msgspec.structs.replace(spans(door=door), secret=secret_id(secret)) for door in DOORS),
            GrantsPart(grants=_grants(secret, version)),
            ModesPart(spans=(ModeSpan(during=staffed, mode=Mode.STAFFED),)),
            ClosingPart(),
        )

    async def hear_hello(self) -> None:
        """The controller greets the edge, and says which event it wants next."""
        await self.until(lambda: any(parse(each.topic).name == "status" for each in self.heard))  # type: ignore[union-attr]
        status = self.status()
        next_seq = self.known.wanted(status.log) if status.log else 1
        await self.hello(session=status.nonce, log=status.log or None, next_seq=next_seq)

    # Hands

    async def ask(self, digits: str) -> AccessData:
        """Type a code at the front door; the answer. While codes wait, unknown codes are reported only afterwards."""
        before = len(self.data(AccessData))
        await self.enter(digits)
        await self.until(lambda: len(self.data(AccessData)) > before or self._codes_wait())
        if len(self.data(AccessData)) == before:
            return AccessData(door=DOOR, granted=False, reason=Reason.LOCKED_OUT)
        return self.data(AccessData)[-1]

    def _codes_wait(self) -> bool:
        return self.state(DOOR).values["codes_wait_until"] is not None

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


def _grants(secret: bytes, version: int) -> tuple[Grant, ...]:
    evening, booking = Interval(start=EVENING[0], end=EVENING[1]), CredentialKind.BOOKING_CODE
    people = [(DOOR, code(version), booking, evening), (DOOR, BRIEF_CODE, booking, BRIEF)]
    for door in DOORS:
        people += [
            (door, STAFF, CredentialKind.STAFF, evening),
            (door, KEY_HOLDER, CredentialKind.KEY_HOLDER, evening),
        ]
    return tuple(
        Grant(door=door, key=code_key(secret, kind, digits), kind=kind, windows=(window,))
        for door, digits, kind, window in people
    )
