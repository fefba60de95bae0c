"""One value of everything that crosses the network; its bytes lie in tests/data/wire."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from edge.wire.access_decision import ClockTrust, Reason
from edge.wire.credentials import CredentialKind, Method, code_key, pin_key
from edge.wire.enrolment import Application, BrokerAddress, Delivery, DoorSecret, EdgeIdentity, Renewal
from edge.wire.envelope import Signer
from edge.wire.event_batch import Ack, EventBatch
from edge.wire.events import (
    AccessData,
    AlarmChange,
    AlarmData,
    BootData,
    ClosingData,
    ClosingStage,
    DoorChange,
    DoorData,
    DroppedData,
    EarlierRun,
    EventData,
    FaultData,
    FireChange,
    FireData,
    FootfallData,
    LockoutData,
    MotionData,
    OutageData,
    PlanData,
    ReadingData,
    RecountData,
    UnreadData,
    UnreadWhat,
    UnreadWhy,
    WifiData,
    make_event,
)
from edge.wire.faults import FaultCode
from edge.wire.interval import Interval
from edge.wire.messages import Applied, Command, CommandResult, DeviceState, Hello, HelloReply, Status
from edge.wire.offline_codes import OfflineWindow, offline_code
from edge.wire.plan import (
    ClosingPart,
    DoorSpan,
    Grant,
    GrantsPart,
    HoursPart,
    Manifest,
    Mode,
    ModeSpan,
    ModesPart,
    OfflineListing,
    OfflinePart,
    Override,
    OverrideKind,
    OverridesPart,
    PartRef,
    Passback,
    Session,
    SessionsPart,
)
from edge.wire.qr_passes import issue
from edge.wire.releases import (
    KeyChange,
    ReleaseFile,
    ReleaseManifest,
    UpdateOrder,
    UpdatePhase,
    UpdateState,
    UpdateWanted,
)

FOLDER = Path(__file__).parents[2] / "data" / "wire"
AT = datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
"""Half an hour before the clocks go back in London."""
EVENING = Interval(start=AT, end=AT + timedelta(hours=3))
UUID = "019a1b2c-0000-7000-8000-000000000001"
NONCE, LOG = "0123456789abcdef" * 2, "fedcba9876543210" * 2
SECRET = bytes(range(32))
CARD = "w26:17:4711"
CONTROLLER = Signer(Ed25519PrivateKey.from_private_bytes(bytes([1] * 32)))

STATUS = Status(
    site="ramsey",
    edge="ramsey-pi",
    online=True,
    boot=UUID,
    connection=3,
    nonce=NONCE,
    at=AT,
    version="0.1.0",
    trust=ClockTrust.SYNCED,
    mono_ms=90_000,
    plan_version=7,
    plan_digest="ab" * 32,
    head=42,
    log=LOG,
    health={"bad_signature": 1},
)
STATE = DeviceState(
    device="front-door", kind="door", seq=41, at=AT, values={"contact": "closed", "lock": "locked", "alarm": None}
)
DATA: dict[str, EventData] = {
    "access": AccessData(
        door="front-door",
        granted=True,
        reason=Reason.GRANTED,
        reader="front-keypad",
        method=Method.OFFLINE_CODE,
        credential=CredentialKind.OFFLINE_CODE,
        booking=UUID,
        offline=OfflineWindow(start=AT, quarters=12, slot=1),
    ),
    "door": DoorData(door="front-door", change=DoorChange.UNLOCKED, why="grant"),
    "footfall": FootfallData(counter="front-beams", door="front-door", ins=1, outs=0, total_ins=812, total_outs=790),
    "motion": MotionData(zone="hall", active=True),
    "wifi": WifiData(zone="hall", stations=9),
    "reading": ReadingData(
        name="hall/window",
        family="zigbee2mqtt",
        values={"temperature": 20.5, "open": 1.0},
        battery=87.0,
        battery_low=False,
        link=120.0,
        available=True,
        set_aside={"out-of-bounds": 2},
        replaced=5,
    ),
    "boot": BootData(version="0.1.0", plan=7),
    "outage": OutageData(start=AT, end=AT + timedelta(minutes=10), after=EarlierRun(boot=UUID, mono_ms=60_000)),
    "dropped": DroppedData(first=3, last=9, counts={"motion": 6, "wifi": 1}),
    "plan": PlanData(version=8, applied=False, why="plan 8 ends before it begins"),
    "fault": FaultData(code=FaultCode.BEAM_BLOCKED, part="outer", present=True, since=AT),
    "fire": FireData(change=FireChange.CLEARED, door="front-door"),
    "unread": UnreadData(
        door="front-door", reader="front-keypad", why=UnreadWhy.UNFINISHED, what=UnreadWhat.KEYS, count=5
    ),
    "lockout": LockoutData(door="front-door", reader="front-keypad", until=AT, tries=5),
    "alarm": AlarmData(area="ground-floor", change=AlarmChange.CANCELLED, why="movement in hall"),
    "closing": ClosingData(
        stage=ClosingStage.NOT_SECURED, closes_at=AT, zones=("hall",), doors=("front-door",), areas=("ground-floor",)
    ),
    "recount": RecountData(counter="front-beams", inside=7, total_ins=812, total_outs=790),
}
EVENTS = tuple(
    make_event(seq=seq, boot=UUID, mono_ms=1000 * seq, at=AT, trust=ClockTrust.SYNCED, device="front-door", data=data)
    for seq, data in enumerate(DATA.values(), start=1)
)
MANIFEST = Manifest(
    site="ramsey",
    edge="ramsey-pi",
    version=1_761_350_400_000,
    follows=(1_761_350_398_000, 1_761_350_399_000),
    valid_from=AT,
    horizon=AT + timedelta(days=35),
    must_understand=("hours", "grants"),
    parts={"hours-front-door": PartRef(digest="cd" * 32, size=321)},
)
KEYS = {
    "code_key": code_key(SECRET, CredentialKind.BOOKING_CODE, "482913").hex(),
    "card_key": code_key(SECRET, CredentialKind.MEMBER_CARD_PIN, CARD).hex(),
    "pin_key": pin_key(SECRET, CredentialKind.MEMBER_CARD_PIN, CARD, "2749").hex(),
    "offline_code": offline_code(SECRET, "front-door", OfflineWindow(start=AT, quarters=12, slot=1)),
    "pass": issue(CONTROLLER, site="ramsey", holder=UUID, now=AT),
}
"""Credential tokens, each in its own file."""
SAMPLES: dict[str, msgspec.Struct] = {
    "status": STATUS,
    "application": Application(
        site="ramsey", edge="ramsey-pi", token=NONCE, key=bytes([2] * 32), box=bytes([3] * 32), csr=b"request"
    ),
    "renewal": Renewal(
        site="ramsey", edge="ramsey-pi", version=3, key=bytes([2] * 32), box=bytes([3] * 32), csr=b"request"
    ),
    "delivery": Delivery(site="ramsey", edge="ramsey-pi", version=4, box=NONCE[:16], sealed=b"sealed identity"),
    "identity": EdgeIdentity(
        site="ramsey",
        edge="ramsey-pi",
        version=4,
        controller_keys=(bytes([1] * 32),),
        doors={"front-door": (DoorSecret(secret=SECRET, offline=SECRET[::-1]),)},
        broker=BrokerAddress(host="hub.example.org", port=8883, tls=True),
        ca="-----BEGIN CERTIFICATE-----",
        certificate="-----BEGIN CERTIFICATE-----",
    ),
    "hello": Hello(
        site="ramsey",
        edge="ramsey-pi",
        nonce=NONCE,
        at=AT,
        session=NONCE,
        plan_version=7,
        log=LOG,
        next_seq=43,
        plan_wanted=9,
    ),
    "hello_reply": HelloReply(
        site="ramsey",
        edge="ramsey-pi",
        nonce=NONCE,
        status=STATUS,
        first_kept=1,
        states=(STATE,),
        earlier=(EarlierRun(boot=UUID, mono_ms=60_000),),
    ),
    "device_state": STATE,
    "manifest": MANIFEST,
    "part_hours": HoursPart(
        door="front-door",
        name="Front door",
        code_length=6,
        passback=Passback.SOFT,
        spans=(
            DoorSpan(during=EVENING, free=True),
            DoorSpan(
                during=Interval(start=EVENING.end, end=EVENING.end + timedelta(hours=1)),
                accepts=(CredentialKind.BOOKING_CODE, CredentialKind.STAFF),
            ),
        ),
    ),
    "part_modes": ModesPart(spans=(ModeSpan(during=EVENING, mode=Mode.STAFFED),)),
    "part_grants": GrantsPart(
        grants=(
            Grant(
                door="front-door",
                key=code_key(SECRET, CredentialKind.BOOKING_CODE, "482913"),
                kind=CredentialKind.BOOKING_CODE,
                windows=(EVENING,),
                hold_s=8.0,
                booking=UUID,
            ),
            Grant(
                door="front-door",
                key=code_key(SECRET, CredentialKind.KEY_HOLDER, CARD),
                kind=CredentialKind.KEY_HOLDER,
                windows=(EVENING,),
                holder=UUID,
                pin_key=pin_key(SECRET, CredentialKind.KEY_HOLDER, CARD, "2749"),
                duress=True,
            ),
        )
    ),
    "part_offline": OfflinePart(
        door="front-door",
        accepted=(OfflineListing(window=OfflineWindow(start=AT, quarters=12, slot=1), booking=UUID),),
        revoked=(OfflineWindow(start=AT, quarters=12),),
    ),
    "part_sessions": SessionsPart(
        sessions=(Session(booking=UUID, space="hall", window=EVENING, expected=20, capacity=80),)
    ),
    "part_closing": ClosingPart(warn_minutes=(20, 10, 5), secure_within_minutes=45),
    "part_overrides": OverridesPart(
        overrides=(Override(door="front-door", kind=OverrideKind.LOCK_DOWN, during=EVENING),)
    ),
    "applied": Applied(site="ramsey", edge="ramsey-pi", version=7, digest="ab" * 32, at=AT, applied=True, grants=2000),
    "batch": EventBatch.of(site="ramsey", edge="ramsey-pi", log=LOG, first_kept=1, events=EVENTS),
    "ack": Ack(site="ramsey", edge="ramsey-pi", log=LOG, seq=42, at=AT),
    "command": Command(
        site="ramsey",
        edge="ramsey-pi",
        id=UUID,
        nonce=NONCE,
        issued_at=AT,
        expires_at=AT + timedelta(seconds=5),
        kind="unlock",
        door="front-door",
    ),
    "release": ReleaseFile(manifest=b"an envelope", key_changes=(b"another",)),
    "release_manifest": ReleaseManifest(
        version="0.3.0",
        system="debian13",
        architecture="arm64",
        sha256="ab" * 32,
        size=12_000_000,
        unpacked=48_000_000,
        minimum_edge="0.2.0",
        minimum_controller="0.2.0",
        at=AT,
    ),
    "key_change": KeyChange(replaces="ab" * 8, keys=(SECRET,), at=AT),
    "update_order": UpdateOrder(
        site="ramsey", edge="ramsey-pi", number=7, at=AT, release=b"a release file", windows=(EVENING,)
    ),
    "update_wanted": UpdateWanted(site="ramsey", edge="ramsey-pi", sha256="ab" * 32, offset=524288, parts=8),
    "update_state": UpdateState(
        site="ramsey",
        edge="ramsey-pi",
        at=AT,
        version="0.2.0",
        system="debian13",
        architecture="arm64",
        number=7,
        phase=UpdatePhase.WAITING,
        target="0.3.0",
        received=12_000_000,
        why="it is not the time for it",
    ),
    "command_result": CommandResult(
        site="ramsey", edge="ramsey-pi", id=UUID, outcome="done", at=AT, why="unlocked once"
    ),
}
