"""Models of telemetry."""

from datetime import datetime
from enum import StrEnum

import msgspec

from edge.wire.access_decision import ClockTrust
from edge.wire.events import Event, EventData
from edge.wire.messages import DeviceState


class RefusalReason(StrEnum):
    """Why something that arrived was refused or set aside; also its name in counters."""

    MALFORMED = "malformed"
    UNKNOWN_VERSION = "unknown_version"
    BAD_SIGNATURE = "bad_signature"
    WRONG_ADDRESS = "wrong_address"
    TOO_LARGE = "too_large"
    ABSURD = "absurd"
    UNSTORABLE = "unstorable"
    """Sound, as far as we know, but storing it fails although the database is there."""
    NUMBER_TAKEN = "number_taken"
    """Sound, but another run of the edge has sent another event under its number."""


class KnownState(DeviceState, frozen=True, kw_only=True):
    """The latest state of a device. ``at``: when it was last reported; ``since``: when it was first reported so."""

    since: datetime


class StoredEvent(msgspec.Struct, frozen=True, kw_only=True):
    """An event that was stored just now, for the first time. ``data`` is ``None`` for a kind we do not know.

    ``learned_late``: it came more than two minutes after it happened, and raises no live alert.
    """

    edge: str
    log: str
    seq: int
    at: datetime
    device: str
    kind: str
    data: EventData | None
    learned_late: bool = False


class GoodEvent(msgspec.Struct, frozen=True, kw_only=True):
    """An event that passed every check. ``raw``: as it came. ``text`` is its data, as it came or as the controller has
    completed it. ``told_at``: the edge's own time, where that was wrong and the event is dated by ours, within
    ``error_s`` seconds."""

    event: Event
    kind: str
    data: EventData | None
    text: str
    raw: bytes
    told_at: datetime | None = None
    error_s: float | None = None


class SetAside(msgspec.Struct, frozen=True, kw_only=True):
    """An event that cannot be accepted. ``seq`` is ``None`` where it could not be read. ``first``: the first of the
    numbers that it covers, where it covers several."""

    seq: int | None
    first: int | None = None
    raw: bytes
    reason: RefusalReason
    why: str


class EdgeState(msgspec.Struct, frozen=True, kw_only=True):
    """Whether an edge is online, and its last status. ``since``: since when it is online or offline, by our clock."""

    site: str
    edge: str
    online: bool
    since: datetime
    boot: str
    connection: int
    nonce: str
    at: datetime
    software: str
    trust: ClockTrust
    applied_version: int | None = None
    applied_digest: str | None = None
    head: int = 0
    log: str | None = None
    health: dict[str, int] = {}


class Quarantined(msgspec.Struct, frozen=True, kw_only=True):
    id: int
    edge: str
    log: str
    seq: int | None
    reason: str
    why: str
    raw: bytes
    received_at: datetime


class LoggedEvent(msgspec.Struct, frozen=True, kw_only=True):
    """An event as it lies in the database. ``data`` is JSON text. ``boot``: the run of its agent, where it was asked
    for."""

    id: int
    edge: str
    log: str
    seq: int
    kind: str
    device: str
    at: datetime
    trust: str
    data: str
    received_at: datetime
    learned_late: bool
    told_at: datetime | None = None
    error_s: float | None = None
    boot: str = ""
