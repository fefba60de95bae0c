"""Who may enter, tried out: one door, one person of each kind, and the tables of docs/who-may-enter.md made of it."""

from datetime import UTC, datetime, timedelta

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from controller.plans.compile import ACCEPTED
from edge.wire import qr_passes
from edge.wire.access_decision import ClockTrust, Decision, Reason, decide, reason_text
from edge.wire.credentials import TYPED_KINDS, CredentialKind, Presented, code_key, pin_key
from edge.wire.envelope import Keyring, Signer
from edge.wire.interval import Interval
from edge.wire.offline_codes import OfflineWindow, offline_code
from edge.wire.plan import (
    HORIZON,
    DoorSpan,
    Grant,
    GrantsPart,
    HoursPart,
    Manifest,
    Mode,
    OfflineListing,
    OfflinePart,
    Override,
    OverrideKind,
    OverridesPart,
    Plan,
)
from edge.wire.plan_assembly import Assembly

DOOR, SITE = "front-door", "ramsey"
SECRET, OFFLINE_SECRET = bytes(range(32)), bytes(range(32, 64))
SIGNER = Signer(Ed25519PrivateKey.from_private_bytes(bytes([7] * 32)))
KEYS = Keyring(SIGNER.public_key)
T = datetime(2026, 10, 25, 1, 0, tzinfo=UTC)
"""When the clocks of London go back."""
NEVER_ENDS = T + timedelta(days=4000)
HOUR = timedelta(hours=1)
TONIGHT = Interval(start=T - HOUR, end=T + 2 * HOUR)
WINDOW = OfflineWindow(start=TONIGHT.start, quarters=12)
IDS = {kind: f"019a1b2c-0000-7000-8000-00000000000{at}" for at, kind in enumerate(CredentialKind)}
CODES = {kind: f"48291{at}" for at, kind in enumerate(CredentialKind)}
CARDS = {kind: f"w26:17:{at}" for at, kind in enumerate(CredentialKind)}
PIN, DURESS_PIN, DURESS_CODE = "2749", "2794", "571936"


def grant(kind: CredentialKind, credential: str, **more: object) -> Grant:
    """A grant for the only person of this kind: a booking's for tonight, others without an end."""
    mine: dict[str, object] = {"windows": (TONIGHT,), "booking": IDS[kind]}
    if kind is not CredentialKind.BOOKING_CODE:
        mine = {"windows": (Interval(start=T - HOUR, end=NEVER_ENDS),), "holder": IDS[kind]}
    found = Grant(door=DOOR, key=code_key(SECRET, kind, credential), kind=kind, windows=())
    return msgspec.structs.replace(found, **(mine | more))


def with_pin(kind: CredentialKind, pin: str = PIN, **more: object) -> Grant:
    """The same with a card that wants a PIN."""
    return grant(kind, CARDS[kind], pin_key=pin_key(SECRET, kind, CARDS[kind], pin), **more)


EVERYBODY = (
    *(grant(kind, CODES[kind]) for kind in TYPED_KINDS),
    *(with_pin(kind) for kind in (CredentialKind.MEMBER_CARD_PIN, CredentialKind.STAFF)),
    grant(CredentialKind.KEY_HOLDER, CARDS[CredentialKind.KEY_HOLDER]),
    grant(CredentialKind.KEY_HOLDER, DURESS_CODE, duress=True),
    with_pin(CredentialKind.STAFF, DURESS_PIN, duress=True),
)


def plan(
    *,
    span: DoorSpan | None = None,
    grants: tuple[Grant, ...] = EVERYBODY,
    override: OverrideKind | None = None,
    offline: OfflinePart | None = None,
) -> Plan:
    """The door's plan from an hour before ``T``: all of it is ``span``."""
    manifest = Manifest(site=SITE, edge="ramsey-pi", version=1, valid_from=TONIGHT.start, horizon=T + HORIZON, parts={})
    always = Interval(start=TONIGHT.start, end=T + HORIZON)
    assembly = Assembly(manifest)
    spans = (span or in_mode(Mode.EXTENDED),)
    assembly.add(HoursPart(door=DOOR, name="Front door", spans=spans))
    assembly.add(GrantsPart(grants=grants))
    if override is not None:
        assembly.add(OverridesPart(overrides=(Override(door=DOOR, kind=override, during=always),)))
    if offline is not None:
        assembly.add(offline)
    return assembly.finish()


def in_mode(mode: Mode, *, free: bool = False) -> DoorSpan:
    return DoorSpan(during=Interval(start=TONIGHT.start, end=T + HORIZON), free=free, accepts=ACCEPTED[mode])


def shown(kind: CredentialKind) -> Presented:
    """What this person presents when asked for all they have."""
    if kind is CredentialKind.OFFLINE_CODE:
        return Presented(digits=offline_code(OFFLINE_SECRET, DOOR, WINDOW))
    if kind is CredentialKind.MEMBER_CARD_PIN:
        return Presented(card=CARDS[kind], digits=PIN)
    return Presented(digits=CODES[kind])


def qr(kind: CredentialKind, made: datetime = T) -> Presented:
    return Presented(token=qr_passes.issue(SIGNER, site=SITE, holder=IDS[kind], now=made))


def ask(
    found: Plan | None,
    presented: Presented,
    *,
    now: datetime = T,
    trust: ClockTrust = ClockTrust.SYNCED,
    keys: Keyring = KEYS,
    in_touch: bool = False,
) -> Decision:
    """The decision at the door, which knows tonight's offline code."""
    meant = (WINDOW,) if presented.digits == offline_code(OFFLINE_SECRET, DOOR, WINDOW) else ()
    return decide(
        found,
        door=DOOR,
        secret=SECRET,
        credential=presented,
        now=now,
        trust=trust,
        keys=keys,
        offline=lambda digits: meant,
        in_touch=in_touch,
    )


STRANGER = Presented(digits="604138")
LISTED = OfflinePart(door=DOOR, accepted=(OfflineListing(window=WINDOW, booking=IDS[CredentialKind.BOOKING_CODE]),))
REVOKED = OfflinePart(door=DOOR, revoked=(WINDOW,))

PEOPLE: dict[str, Presented] = {kind.value: shown(kind) for kind in CredentialKind} | {"nobody known": STRANGER}
SITUATIONS: dict[str, tuple[Plan, datetime, ClockTrust]] = {
    "closed": (plan(span=in_mode(Mode.CLOSED)), T, ClockTrust.SYNCED),
    "staffed": (plan(span=in_mode(Mode.STAFFED)), T, ClockTrust.SYNCED),
    "staffed, door free": (plan(span=in_mode(Mode.STAFFED, free=True)), T, ClockTrust.SYNCED),
    "extended": (plan(), T, ClockTrust.SYNCED),
    "extended, clock in holdover": (plan(), T, ClockTrust.HOLDOVER),
    "extended, clock unproven": (plan(), T, ClockTrust.UNPROVEN),
    "held open": (plan(override=OverrideKind.HOLD_OPEN), T, ClockTrust.SYNCED),
    "locked down": (plan(override=OverrideKind.LOCK_DOWN), T, ClockTrust.SYNCED),
    "out of service": (plan(override=OverrideKind.OUT_OF_SERVICE), T, ClockTrust.SYNCED),
    "past the horizon": (plan(), T + HORIZON, ClockTrust.SYNCED),
}
STAFF, HOLDER, MEMBER = CredentialKind.STAFF, CredentialKind.KEY_HOLDER, CredentialKind.MEMBER_CARD_PIN
BOOKING = CredentialKind.BOOKING_CODE
PRESENTED: dict[str, tuple[Presented, Plan]] = {
    "a code in its window": (shown(BOOKING), plan()),
    "a code that nobody has": (STRANGER, plan()),
    "a code of which a key could not be read": (Presented(digits="6?4138"), plan()),
    "a card that wants no PIN": (Presented(card=CARDS[HOLDER]), plan()),
    "a card that wants a PIN, alone": (Presented(card=CARDS[MEMBER]), plan()),
    "the same while members are not let in": (Presented(card=CARDS[MEMBER]), plan(span=in_mode(Mode.CLOSED))),
    "a card and its PIN": (shown(MEMBER), plan()),
    "a card and another PIN": (Presented(card=CARDS[MEMBER], digits="1111"), plan()),
    "a card and a PIN of which a key could not be read": (Presented(card=CARDS[MEMBER], digits="1?11"), plan()),
    "a member's PIN without the card": (Presented(digits=PIN), plan()),
    "a card that nobody has": (Presented(card="uid:04AABBCC"), plan()),
    "a key holder's duress code": (Presented(digits=DURESS_CODE), plan()),
    "a card and its duress PIN": (Presented(card=CARDS[STAFF], digits=DURESS_PIN), plan()),
    "a fresh pass of a booking": (qr(BOOKING), plan()),
    "a pass made three minutes ago": (qr(BOOKING, T - timedelta(minutes=3)), plan()),
    "a fresh pass of a member, who needs card and PIN": (qr(MEMBER), plan()),
    "a pass of another building": (
        Presented(token=qr_passes.issue(SIGNER, site="histon", holder=IDS[BOOKING], now=T)),
        plan(),
    ),
    "an offline code in its window that the plan lists": (shown(CredentialKind.OFFLINE_CODE), plan(offline=LISTED)),
    "one that it does not list, offline": (shown(CredentialKind.OFFLINE_CODE), plan()),
    "one that it does not list, online": (shown(CredentialKind.OFFLINE_CODE), plan()),
    "an offline code that the plan withdraws": (shown(CredentialKind.OFFLINE_CODE), plan(offline=REVOKED)),
}
ONLINE = {"an offline code in its window that the plan lists", "one that it does not list, online"}
"""Of those, what is presented at a door that hears from the controller."""


def tables() -> str:
    """Both tables in Markdown."""
    lines = ["| | " + " | ".join(f"`{name}`" if name in IDS else name for name in PEOPLE) + " |"]
    lines.append("|---|" + "---|" * len(PEOPLE))
    for situation, (found, now, trust) in SITUATIONS.items():
        cells = [_cell(ask(found, presented, now=now, trust=trust)) for presented in PEOPLE.values()]
        lines.append(f"| {situation} | " + " | ".join(cells) + " |")
    lines += ["", "| presented | | reported as | reason |", "|---|---|---|---|"]
    for what, (presented, found) in PRESENTED.items():
        decision = ask(found, presented, in_touch=what in ONLINE)
        more = " and tells, in silence" if decision.duress else ""
        opens = f"opens{more}" if decision.granted else "stays shut"
        lines.append(f"| {what} | {opens} | `{decision.method}` | {reason_text(decision.reason, decision.method)} |")
    return "\n".join(lines)


def _cell(decision: Decision) -> str:
    if decision.granted:
        return "**in**" if decision.reason is Reason.GRANTED else "in, free"
    return f"`{decision.reason}`"
