"""Events: numbered, kept on the edge's disk until the controller says they are committed.

``kind`` names the shape of ``data``. A kind or field that a reader does not know is stored, not refused.
"""

from datetime import datetime
from enum import StrEnum
from typing import Annotated

import msgspec

from edge.wire.access_decision import ClockTrust, Decision, Reason
from edge.wire.codec import decode, encode
from edge.wire.credentials import CredentialKind, Method
from edge.wire.ids import Slug, Uuid
from edge.wire.interval import Instant
from edge.wire.offline_codes import OfflineWindow

EARLIER_RUNS_LIMIT = 32
"""How many earlier runs an edge remembers."""

Total = Annotated[int, msgspec.Meta(ge=0, le=2**53)]


class AccessData(msgspec.Struct, frozen=True, kw_only=True, tag="access", tag_field="kind", omit_defaults=True):
    """Somebody presented a credential at ``reader``. Contains no code and no name: ``booking`` or ``holder`` (the
    record of a member of staff, key holder or contractor) is the owner of the grant; library members are not
    identified. ``offline``: which offline code it was. ``passback``: the person came in without having left. ``times``:
    how many refusals it stands for, all since ``since`` and during a lock-out."""

    door: Slug
    granted: bool
    reason: Reason
    reader: Slug | None = None
    method: Method | None = None
    credential: CredentialKind | None = None
    booking: Uuid | None = None
    holder: Uuid | None = None
    duress: bool = False
    offline: OfflineWindow | None = None
    passback: bool = False
    times: Annotated[int, msgspec.Meta(ge=1, le=2**53)] = 1
    since: Instant | None = None

    @classmethod
    def of(cls, decision: Decision, *, door: str, reader: str | None) -> "AccessData":
        """The event data of a decision."""
        return cls(
            door=door,
            granted=decision.granted,
            reason=decision.reason,
            reader=reader,
            method=decision.method,
            credential=decision.kind,
            booking=decision.booking,
            holder=None if decision.kind is CredentialKind.MEMBER_CARD_PIN else decision.holder,
            duress=decision.duress,
            offline=decision.offline,
            passback=decision.passback,
        )


class UnreadWhy(StrEnum):
    UNFINISHED = "unfinished"
    CLEARED = "cleared"
    GARBLED = "garbled"
    CUT_OFF = "cut_off"


class UnreadWhat(StrEnum):
    KEYS = "keys"
    BITS = "bits"
    CHARACTERS = "characters"


class UnreadData(msgspec.Struct, frozen=True, kw_only=True, tag="unread", tag_field="kind", omit_defaults=True):
    """Input at ``reader`` that became no code, card or pass: ``count`` keys, bits or characters, never which.
    ``unfinished``: no more followed; ``cleared``: they were cleared, or a card was presented instead; ``garbled``: they
    could not be decoded; ``cut_off``: the reader was lost. If there are many, one event stands for ``times`` of them,
    without ``count``."""

    door: Slug
    reader: Slug
    why: UnreadWhy
    what: UnreadWhat
    count: Total = 0
    times: Total = 1


class DoorChange(StrEnum):
    OPENED = "opened"
    CLOSED = "closed"
    UNLOCKED = "unlocked"
    LOCKED = "locked"
    FORCED = "forced"
    HELD = "held"
    CLEARED = "cleared"
    EXIT = "exit"
    GLASS_BROKEN = "glass_broken"
    GLASS_WHOLE = "glass_whole"


class DoorData(msgspec.Struct, frozen=True, kw_only=True, tag="door", tag_field="kind"):
    """Something changed at a door. ``exit`` is a request to exit; ``cleared`` ends ``forced`` and ``held``;
    ``glass_broken`` and ``glass_whole`` are its break-glass unit's. ``why``: what moved it, such as ``grant``,
    ``exit``, ``schedule``, ``command``, ``fire``."""

    door: Slug
    change: DoorChange
    why: str | None = None


class FootfallData(msgspec.Struct, frozen=True, kw_only=True, tag="footfall", tag_field="kind", omit_defaults=True):
    """Crossings since the counter's last event, and totals since it was first used, so that a lost event loses detail
    but no visits. ``passages``: crossings in either direction of a counter that does not tell in from out, each of them
    half a visit; they are in no ``ins`` or ``outs``."""

    counter: Slug
    door: Slug | None = None
    ins: Total
    outs: Total
    total_ins: Total
    total_outs: Total
    turned_back: Total = 0
    passages: Total = 0
    total_passages: Total = 0


class RecountData(msgspec.Struct, frozen=True, kw_only=True, tag="recount", tag_field="kind"):
    """A person has counted: from now on ``inside`` people are inside by this counter. Its totals at that time are
    included and are unchanged."""

    counter: Slug
    inside: Total
    total_ins: Total
    total_outs: Total


class MotionData(msgspec.Struct, frozen=True, kw_only=True, tag="motion", tag_field="kind"):
    """A PIR started or stopped detecting movement."""

    zone: Slug
    active: bool


class WifiData(msgspec.Struct, frozen=True, kw_only=True, tag="wifi", tag_field="kind", omit_defaults=True):
    """How many stations a zone's access point listed. Devices are not people; no address leaves the building.
    ``randomised``: those of them whose address is made up. Since its last listing, ``sessions``: how many began in the
    zone, and ``minutes``: of all stations together; without them if it had listed none in ten minutes before."""

    zone: Slug
    stations: Total
    randomised: Total | None = None
    sessions: Total | None = None
    minutes: Total | None = None


Counts = Annotated[dict[Slug, Total], msgspec.Meta(max_length=20)]


class ReadingData(msgspec.Struct, frozen=True, kw_only=True, tag="reading", tag_field="kind", omit_defaults=True):
    """What a sensor of a room measured: a wired one, or one that has sent it through the building's own broker, which
    nobody has signed. No door, alarm or booking acts on it. ``name``: as its messages name it; ``values``: by
    ``ReadingKind``, only what is new; ``battery``: percent; ``link``: as the sensor gives it. ``set_aside``: how many
    values and messages were since its last event, by reason; ``replaced``: how many newer values replaced."""

    name: Annotated[str, msgspec.Meta(min_length=1, max_length=450)]
    family: Annotated[str, msgspec.Meta(max_length=40)]
    values: Annotated[dict[Slug, float], msgspec.Meta(max_length=40)] = {}
    battery: Annotated[float, msgspec.Meta(ge=0, le=100)] | None = None
    battery_low: bool | None = None
    link: Annotated[float, msgspec.Meta(ge=-150, le=255)] | None = None
    available: bool | None = None
    set_aside: Counts = {}
    replaced: Total = 0


class BootData(msgspec.Struct, frozen=True, kw_only=True, tag="boot", tag_field="kind"):
    """The agent started. ``plan`` is the version it found on its disk."""

    version: str
    plan: int | None = None


RUN_LIMIT_MS = 10**12
"""Longest run of an agent, 31 years."""
RunMs = Annotated[int, msgspec.Meta(ge=0, le=RUN_LIMIT_MS)]


class EarlierRun(msgspec.Struct, frozen=True, kw_only=True):
    """An earlier run of the agent. ``mono_ms``: the last known time of it, in milliseconds since ``boot``."""

    boot: Uuid
    mono_ms: RunMs


class OutageData(msgspec.Struct, frozen=True, kw_only=True, tag="outage", tag_field="kind", omit_defaults=True):
    """No agent ran from ``start`` to ``end``, by the edge's time before and after. Nothing is known of that time;
    unknown is not zero. Recorded at the start of each run, whatever the edge's clock says, so ``end`` may be before
    ``start``. ``after``: the run that had ended."""

    start: Instant
    end: Instant
    after: EarlierRun | None = None


class DroppedData(msgspec.Struct, frozen=True, kw_only=True, tag="dropped", tag_field="kind"):
    """Replaces the events ``first`` to ``last``, which were dropped from a full disk or cannot be read; ``counts`` by
    kind, with refused entries as ``refusal``.

    Its own seq is ``last``, and the next event's is ``last + 1``.
    """

    first: Total
    last: Total
    counts: dict[str, Total]


class PlanData(msgspec.Struct, frozen=True, kw_only=True, tag="plan", tag_field="kind"):
    """A plan was applied or refused."""

    version: int
    applied: bool
    why: str | None = None


class FaultData(msgspec.Struct, frozen=True, kw_only=True, tag="fault", tag_field="kind"):
    """A device's fault began (``present``) or ended. ``code``: a ``FaultCode``, or one that only a newer edge knows.
    ``part``: which of several parts. ``since``: when it really began, where that was found out only later."""

    code: Annotated[str, msgspec.Meta(max_length=40)]
    part: Annotated[str, msgspec.Meta(max_length=100)] = ""
    present: bool
    since: Instant | None = None


class FireChange(StrEnum):
    ACTIVE = "active"
    LATCHED = "latched"
    CLEARED = "cleared"


class FireData(msgspec.Struct, frozen=True, kw_only=True, tag="fire", tag_field="kind"):
    """The fire line: ``active`` while it signals fire; ``latched`` when it no longer does but doors stay released;
    ``cleared`` on site, when a key holder was admitted at ``door``."""

    change: FireChange
    door: Slug | None = None


class LockoutData(msgspec.Struct, frozen=True, kw_only=True, tag="lockout", tag_field="kind", omit_defaults=True):
    """A lock-out after too many wrong tries at ``reader`` of ``door``: codes typed there are refused until ``until``,
    or with ``card`` the PIN of one card at the whole edge. ``tries``: wrong tries in a row. ``ended``: it ended early,
    because a key holder came in."""

    door: Slug
    reader: Slug
    until: Instant
    tries: Total
    card: bool = False
    ended: bool = False


class AlarmChange(StrEnum):
    WARNING = "warning"
    CANCELLED = "cancelled"
    WITHHELD = "withheld"
    SET = "set"
    UNSET = "unset"
    TRIGGERED = "triggered"
    SILENCED = "silenced"


class AlarmData(msgspec.Struct, frozen=True, kw_only=True, tag="alarm", tag_field="kind"):
    """The intruder alarm of an area: ``warning``: it is about to set; ``cancelled``: by what; ``set``; ``withheld``: it
    does not set by itself, and ``why`` says what a person should check; ``unset``: by what; ``triggered``: by what;
    ``silenced``: the siren has sounded for its maximum time."""

    area: Slug
    change: AlarmChange
    why: str | None = None


class ClosingStage(StrEnum):
    WARNED = "warned"
    CLOSED = "closed"
    SECURED = "secured"
    NOT_SECURED = "not_secured"


class ClosingData(msgspec.Struct, frozen=True, kw_only=True, tag="closing", tag_field="kind"):
    """The building closes at ``closes_at``: people were ``warned`` ``minutes`` before; it is ``closed``; it is
    ``secured``: everything locked and nobody there; or it is still not: ``zones``: where somebody is, ``doors``: which
    are open or unlocked, ``areas``: whose alarm is not set."""

    stage: ClosingStage
    closes_at: Instant
    minutes: int | None = None
    zones: tuple[Slug, ...] = ()
    doors: tuple[Slug, ...] = ()
    areas: tuple[Slug, ...] = ()


EventData = (
    AccessData
    | UnreadData
    | DoorData
    | FootfallData
    | RecountData
    | MotionData
    | WifiData
    | ReadingData
    | BootData
    | OutageData
    | DroppedData
    | PlanData
    | FaultData
    | FireData
    | LockoutData
    | AlarmData
    | ClosingData
)


class Event(msgspec.Struct, frozen=True, kw_only=True):
    """An event as stored and sent. ``seq``: counts from 1 within its log. ``mono_ms``: milliseconds of the edge's
    monotonic clock since ``boot``. ``data``: an ``EventData``, unchanged."""

    seq: Annotated[int, msgspec.Meta(ge=1, le=2**53)]
    boot: Uuid
    mono_ms: Total
    at: Instant
    trust: ClockTrust
    device: Slug
    data: msgspec.Raw

    def read(self) -> EventData | None:
        """Decode ``data``; ``None`` for a kind that this program does not know.

        Raises ``Malformed`` if a known kind has a missing field or a value out of range.
        """
        head = decode(bytes(self.data), _Kind)
        if head.kind not in KINDS:
            return None
        data: EventData = decode(bytes(self.data), EventData)  # type: ignore[arg-type]  # mypy: a union is no type[T]
        return data

    @property
    def kind(self) -> str:
        """The kind's name, known or not. Raises ``Malformed`` when there is none."""
        return decode(bytes(self.data), _Kind).kind

    @property
    def rank(self) -> str:
        """Its rank when space runs out: its kind, or ``REFUSAL`` for an access that was not granted."""
        head = decode(bytes(self.data), _Kind)
        return REFUSAL if head.kind == "access" and not head.granted else head.kind


REFUSAL = "refusal"
"""The rank of refused entries: somebody can cause any number of them, and must not displace other events."""


class _Kind(msgspec.Struct, frozen=True):
    kind: Annotated[str, msgspec.Meta(min_length=1, max_length=40)]
    granted: bool = True


KINDS: frozenset[str] = frozenset(
    {
        *("access", "door", "footfall", "recount", "motion", "wifi", "boot", "outage", "dropped", "plan", "fault"),
        *("fire", "lockout", "alarm", "closing", "unread", "reading"),
    }
)
URGENT: frozenset[str] = frozenset({"access", "fire", "alarm"})
"""Kinds that are on disk within 50 ms; others within 1 s."""


def make_event(
    *, seq: int, boot: str, mono_ms: int, at: datetime, trust: ClockTrust, device: str, data: EventData
) -> Event:
    """An event around ``data``."""
    raw = msgspec.Raw(encode(data))
    return Event(seq=seq, boot=boot, mono_ms=mono_ms, at=at, trust=trust, device=device, data=raw)


def read_event(raw: bytes) -> Event:
    """One event of a batch. Raises ``Malformed``."""
    return decode(raw, Event)
