"""The plan: what an edge does on its own for 35 days. A signed manifest names its parts by digest.

Parts are small so that a change sends little: hours by door, grants and sessions by day, overrides.
"""

import hashlib
from collections.abc import Collection, Iterable, Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import chain
from typing import Annotated, Literal, TypeVar

import msgspec

from edge.wire.codec import PART_LIMIT, decode, encode
from edge.wire.credentials import CODE_LENGTH, CODE_LENGTH_MAX, CODE_LENGTH_MIN, CredentialKind
from edge.wire.errors import PlanRefused
from edge.wire.ids import Slug, Uuid
from edge.wire.interval import Instant, Interval
from edge.wire.offline_codes import OfflineWindow

K = TypeVar("K")

HORIZON = timedelta(days=35)
"""How far ahead every plan reaches at least: how long an edge can do without the controller."""
FOLLOWS_MOST = 32
"""The most earlier plans that a plan names. An edge that runs another plan says so, and gets one that names it."""
KNOWN: frozenset[str] = frozenset({"hours", "grants", "sessions", "overrides", "offline", "closing"})
"""The features that this program understands; a manifest that requires others is refused."""

Seconds = Annotated[float, msgspec.Meta(ge=0, le=86_400)]
Count = Annotated[int, msgspec.Meta(ge=0)]
CodeLength = Annotated[int, msgspec.Meta(ge=CODE_LENGTH_MIN, le=CODE_LENGTH_MAX)]
Key = Annotated[bytes, msgspec.Meta(min_length=32, max_length=32)]
Version = Annotated[int, msgspec.Meta(ge=0, le=2**53)]
PartName = Annotated[str, msgspec.Meta(pattern=r"^[a-z0-9-]{1,80}$")]


class Mode(StrEnum):
    """What a building is doing. ``booked`` is not stored: it is ``closed`` while a booking's window is open."""

    CLOSED = "closed"
    STAFFED = "staffed"
    EXTENDED = "extended"


class ModeSpan(msgspec.Struct, frozen=True, kw_only=True):
    """The building's mode during an interval."""

    during: Interval
    mode: Mode


class DoorSpan(msgspec.Struct, frozen=True, kw_only=True):
    """Who gets in during an interval: anybody (``free``), or holders of the ``accepts`` kinds; none is locked."""

    during: Interval
    free: bool = False
    accepts: tuple[CredentialKind, ...] = ()


class Passback(StrEnum):
    """The policy for somebody who comes in again without having left: ``soft`` reports, ``hard`` refuses."""

    OFF = "off"
    SOFT = "soft"
    HARD = "hard"


class HoursPart(msgspec.Struct, frozen=True, kw_only=True, tag="hours"):
    """The rules and timeline of a door. ``hold_s``: how long a grant keeps the lock released; ``held_after_s``: how
    long the door may stay open before it is reported as held; ``code_length``: digits of an ordinary code here;
    ``secret``: id of the door secret that its grants are hashed with, so that both change together (``""``: the current
    one)."""

    door: Slug
    name: str
    hold_s: Seconds = 5.0
    held_after_s: Seconds = 60.0
    code_length: CodeLength = CODE_LENGTH
    passback: Passback = Passback.OFF
    secret: Annotated[str, msgspec.Meta(pattern=r"^([0-9a-f]{16})?$")] = ""
    spans: tuple[DoorSpan, ...] = ()


class ModesPart(msgspec.Struct, frozen=True, kw_only=True, tag="modes"):
    """The building's timeline of modes."""

    spans: tuple[ModeSpan, ...] = ()


class Grant(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """A credential at a door. ``key``: the ``code_key`` of its code or card (32 bytes); with ``pin_key`` the card opens
    only with that PIN. ``booking`` or ``holder`` (a person's record): its owner. A grant with ``duress`` opens like any
    other and silently reports that somebody was forced. ``gc=False``: see ``Interval``."""

    door: Slug
    key: Key
    kind: CredentialKind
    windows: tuple[Interval, ...]
    hold_s: Seconds | None = None
    booking: Uuid | None = None
    holder: Uuid | None = None
    pin_key: Key | None = None
    duress: bool = False

    @property
    def owner(self) -> str | None:
        """The id that a pass names."""
        return self.booking or self.holder


class GrantsPart(msgspec.Struct, frozen=True, kw_only=True, tag="grants"):
    """Some of the grants at the edge's doors; a plan has several such parts."""

    grants: tuple[Grant, ...] = ()


class Session(msgspec.Struct, frozen=True, kw_only=True):
    """A booking as the building needs to know it: no title, no person."""

    booking: Uuid
    space: Slug
    window: Interval
    expected: Count | None = None
    capacity: Count | None = None


class SessionsPart(msgspec.Struct, frozen=True, kw_only=True, tag="sessions"):
    """The bookings whose windows begin on one day."""

    sessions: tuple[Session, ...] = ()


class OverrideKind(StrEnum):
    LOCK_DOWN = "lock_down"
    HOLD_OPEN = "hold_open"
    OUT_OF_SERVICE = "out_of_service"


class Override(msgspec.Struct, frozen=True, kw_only=True):
    """Desired state of a door with an end. None touches request-to-exit or fire. Of several the strictest holds,
    whatever their order: out of service before lock-down before hold-open."""

    door: Slug
    kind: OverrideKind
    during: Interval


class OverridesPart(msgspec.Struct, frozen=True, kw_only=True, tag="overrides"):
    """Lock-downs, hold-opens and doors out of service, as ordered by hand."""

    overrides: tuple[Override, ...] = ()


class ClosingPart(msgspec.Struct, frozen=True, kw_only=True, tag="closing"):
    """How the building closes. ``warn_minutes``: when people are warned, in minutes before. ``secure_within_minutes``:
    when it must be empty and locked, in minutes after; otherwise somebody is alerted."""

    warn_minutes: tuple[Annotated[int, msgspec.Meta(ge=1, le=240)], ...] = (15, 5)
    secure_within_minutes: Annotated[int, msgspec.Meta(ge=1, le=1440)] = 30


class OfflineListing(msgspec.Struct, frozen=True, kw_only=True):
    """An offline code that the controller has issued, and for which booking."""

    window: OfflineWindow
    booking: Uuid


class OfflinePart(msgspec.Struct, frozen=True, kw_only=True, tag="offline"):
    """The offline codes of a door that the controller knows. An unlisted code works in its window while the edge is out
    of touch with the controller, because it may have been issued since."""

    door: Slug
    accepted: tuple[OfflineListing, ...] = ()
    revoked: tuple[OfflineWindow, ...] = ()


Part = HoursPart | ModesPart | GrantsPart | SessionsPart | OverridesPart | OfflinePart | ClosingPart


class PartRef(msgspec.Struct, frozen=True, kw_only=True):
    """``digest``: SHA-256 of the part's bytes, hex. ``size`` in bytes."""

    digest: Annotated[str, msgspec.Meta(pattern=r"^[0-9a-f]{64}$")]
    size: Annotated[int, msgspec.Meta(ge=0, le=PART_LIMIT)]


class Manifest(msgspec.Struct, frozen=True, kw_only=True):
    """The parts of a plan. Its own digest is that of its bytes. ``follows``: the earlier plans of this edge that the
    controller knew when it made this one, in order: the newest that the edge is known to have applied (0 for none), and
    the ones made since. An edge that runs a newer plan than the first, which is not among them, refuses this one: a
    controller restored from a backup would otherwise undo what it has forgotten."""

    site: Slug
    edge: Slug
    version: Annotated[int, msgspec.Meta(ge=1, le=2**53)]
    follows: Annotated[tuple[Version, ...], msgspec.Meta(min_length=1, max_length=FOLLOWS_MOST)] | None = None
    valid_from: Instant
    horizon: Instant
    must_understand: Annotated[tuple[PartName, ...], msgspec.Meta(max_length=50)] = ()
    parts: dict[PartName, PartRef]

    def knows_of(self, version: int) -> bool:
        """Whether ``version`` is this plan or one that it follows."""
        return self.follows is None or version <= self.follows[0] or version in (*self.follows, self.version)

    @property
    def digest(self) -> str:
        """SHA-256 of the manifest's one JSON text, hex."""
        return digest(encode(self))


class DoorPlan(msgspec.Struct, frozen=True, kw_only=True):
    """A door's part of an assembled plan. A credential is found by its key or, for a pass, by its owner, with one
    dictionary access for each part of grants."""

    hours: HoursPart
    grants: tuple[Mapping[bytes, Collection[Grant]], ...] = ()
    owned: tuple[Mapping[str, Collection[Grant]], ...] = ()
    overrides: tuple[Override, ...] = ()
    offline: Mapping[OfflineWindow, str] = {}
    revoked: frozenset[OfflineWindow] = frozenset()

    def with_key(self, key: bytes) -> Collection[Grant]:
        """The grants of a code or card, each once, in the order of the plan."""
        return _found(self.grants, key)

    def of_owner(self, owner: str) -> Collection[Grant]:
        """The grants of a booking or a person, each once, in the order of the plan."""
        return _found(self.owned, owner)


def _found(indexes: Iterable[Mapping[K, Collection[Grant]]], name: K) -> Collection[Grant]:
    found = [grants for index in indexes if (grants := index.get(name)) is not None]
    return found[0] if len(found) == 1 else dict.fromkeys(chain.from_iterable(found))


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """A plan assembled from its parts and ready to decide from."""

    manifest: Manifest
    doors: Mapping[str, DoorPlan]
    modes: tuple[ModeSpan, ...] = ()
    sessions: tuple[Session, ...] = ()
    closing: ClosingPart = ClosingPart()
    grant_count: int = 0

    def mode_at(self, now: datetime) -> Mode:
        """The building's mode; ``closed`` where the plan says nothing and past its horizon."""
        if now < self.manifest.horizon:
            for span in self.modes:
                if now in span.during:
                    return span.mode
        return Mode.CLOSED


def digest(data: bytes) -> str:
    """SHA-256 of ``data``, hex."""
    return hashlib.sha256(data).hexdigest()


def check_manifest(manifest: Manifest, applied: Manifest | None, known: frozenset[str] = KNOWN) -> None:
    """Check whether a manifest may replace the one applied.

    Raises ``PlanRefused`` for a lower version, an equal version with another digest, a plan that does not follow the
    applied one, or a name in ``must_understand`` that is not in ``known``.
    """
    if unknown := sorted(set(manifest.must_understand) - known):
        raise PlanRefused(
            f"plan {manifest.version} requires the features {', '.join(unknown)}, which this edge does not know"
        )
    if manifest.horizon <= manifest.valid_from:
        raise PlanRefused(f"plan {manifest.version} ends before it begins")
    if applied is None:
        return
    if manifest.version < applied.version:
        raise PlanRefused(f"plan {manifest.version} is older than {applied.version}, which is applied")
    if manifest.version == applied.version and manifest.digest != applied.digest:
        raise PlanRefused(f"plan {manifest.version} arrived again with other content")
    if manifest.version > applied.version and not manifest.knows_of(applied.version):
        raise PlanRefused(f"plan {manifest.version} does not follow {applied.version}, which is applied")


def read_part(name: str, data: bytes, ref: PartRef) -> Part:
    """A part's value. Raises ``PlanRefused`` when the bytes are not those the manifest names, else ``WireError``."""
    if len(data) != ref.size or digest(data) != ref.digest:
        raise PlanRefused(f"part {name} is not the one that the manifest names")
    return part_of(data)


def part_of(data: bytes) -> Part:
    """Decode a part whose bytes are already verified. Raises ``WireError``, also for more than ``PART_LIMIT``."""
    part: Part = decode(data, Part, limit=PART_LIMIT)  # type: ignore[arg-type]  # mypy: a union is no type[T]
    return part


def split(name: str, kind: Literal["grants", "sessions"], items: Iterable[Grant | Session]) -> dict[str, bytes]:
    """The parts ``name-0``, ``name-1`` … that hold ``items``, each within ``PART_LIMIT``, in the order given."""
    parts: dict[str, bytes] = {}
    chunk: list[bytes] = []
    head, tail = b'{"' + kind.encode() + b'":[', b'],"type":"' + kind.encode() + b'"}'
    size = len(head) + len(tail)
    for item in items:
        text = encode(item)
        if chunk and size + len(text) + 1 > PART_LIMIT:
            parts[f"{name}-{len(parts)}"] = head + b",".join(chunk) + tail
            chunk, size = [], len(head) + len(tail)
        chunk.append(text)
        size += len(text) + 1
    if chunk:
        parts[f"{name}-{len(parts)}"] = head + b",".join(chunk) + tail
    return parts
