"""Status, hello, applied plans, commands and device states."""

from enum import StrEnum
from typing import Annotated

import msgspec

from edge.wire.access_decision import ClockTrust
from edge.wire.event_batch import LogId
from edge.wire.events import EARLIER_RUNS_LIMIT, EarlierRun, RunMs
from edge.wire.ids import Slug, Uuid
from edge.wire.interval import Instant

Nonce = Annotated[str, msgspec.Meta(pattern=r"^[0-9a-f]{32}$")]
Natural = Annotated[int, msgspec.Meta(ge=0, le=2**53)]


WORD_EVERY_S = 60.0
"""How often the controller sends a hello to each connected edge."""
WORD_STALE_S = 180.0
"""An edge without a hello for this long is offline; two in a row may be lost."""


DISK_FREE_MB = "disk_free_mb"
"""In ``Status.health``, beside the counters: what the edge may still write to its disk, in MB (10^6 bytes), to two
digits."""


class Status(msgspec.Struct, frozen=True, kw_only=True):
    """The presence of an edge. ``nonce``: of the session; new on every connection, echoed by every command.
    ``connection``: counts connections since ``boot``. The last will is a ``Status`` with ``online`` false, signed in
    advance. ``mono_ms``: milliseconds of the edge's monotonic clock since ``boot``, as in its events, so that a reply
    can date events of a wrong clock; a last will has none, because it is not sent when it is signed.
    ``identity_version``: of the identity that it holds. ``clock_error_s``: possible error of its time in seconds; null
    while unproven."""

    site: Slug
    edge: Slug
    online: bool
    boot: Uuid
    connection: Annotated[int, msgspec.Meta(ge=1, le=2**53)]
    nonce: Nonce
    at: Instant
    version: str
    trust: ClockTrust
    mono_ms: RunMs | None = None
    plan_version: Natural | None = None
    plan_digest: str | None = None
    head: Natural = 0
    log: LogId | None = None
    health: dict[str, Natural] = {}
    identity_version: Natural = 0
    clock_error_s: Annotated[float, msgspec.Meta(ge=0)] | None = None


class Hello(msgspec.Struct, frozen=True, kw_only=True):
    """A greeting of the controller. ``at``: its time; ``next_seq``: the next event of ``log`` that it needs.
    ``session`` echoes the nonce of the edge's status; without it a hello proves no time, because it may be a replay.
    Nor does it while the controller's own clock is unproven (``trust``). ``plan_wanted``: the version of the plan in
    force, which the controller does not know and asks to be returned: the manifest, then every part, as received. With
    ``asks`` false it only shows, every minute, that the controller is connected: no edge replies to it, and it proves
    no time."""

    site: Slug
    edge: Slug
    nonce: Nonce
    at: Instant
    session: Nonce | None = None
    plan_version: Natural | None = None
    log: LogId | None = None
    trust: ClockTrust = ClockTrust.SYNCED
    next_seq: Annotated[int, msgspec.Meta(ge=1, le=2**53)] = 1
    plan_wanted: Natural | None = None
    asks: bool = True


PASSAGES_TODAY = "passages_today"
"""In ``DeviceState.values`` of a counter that does not tell in from out."""


class DeviceState(msgspec.Struct, frozen=True, kw_only=True):
    """The latest state of a device, for display only. Valid as of event ``seq``.

    ``values`` by kind: ``door`` {contact, lock, alarm, fault, mode, codes_wait_until, interlock} and, while its break-
    glass unit is broken, {glass: true}; ``reader`` {door, side, kind, ...}; ``fire`` {state}; ``counter`` {total_ins,
    total_outs, ins_today, outs_today, fault, not_counting_since, set_aside, heard}, of one that counts both ways
    {total_passages, passages_today} instead of in and out; ``motion`` {active, zone}; ``wifi`` {stations, randomised,
    set_aside, failures, zone}; ``mqtt_sensors`` {connected, sensors, messages, foreign, dropped}; ``edge``, of its own
    id, {fault}."""

    device: Slug
    kind: str
    seq: Natural
    at: Instant
    values: dict[str, str | int | float | bool | None]


class HelloReply(msgspec.Struct, frozen=True, kw_only=True):
    """The reply to a hello, echoing ``nonce``: the edge's status (with the outbox's head) and the state of all devices.
    ``earlier``: its earlier runs, the oldest first, which bound when their events happened."""

    site: Slug
    edge: Slug
    nonce: Nonce
    status: Status
    first_kept: Annotated[int, msgspec.Meta(ge=1, le=2**53)]
    states: tuple[DeviceState, ...] = ()
    earlier: Annotated[tuple[EarlierRun, ...], msgspec.Meta(max_length=EARLIER_RUNS_LIMIT)] = ()


class Applied(msgspec.Struct, frozen=True, kw_only=True):
    """The result of a plan. ``why``: set if it was refused; the last good plan then stays in force."""

    site: Slug
    edge: Slug
    version: Natural
    digest: str
    at: Instant
    applied: bool
    grants: Natural = 0
    why: str | None = None


class Command(msgspec.Struct, frozen=True, kw_only=True):
    """A one-time action: ``unlock``, ``recount``, ``restart``, ``self_test``. ``door``: for commands on a door.
    ``args``: for ``unlock`` {unset_alarm: true} also unsets the area behind the door; for ``recount`` {counter,
    inside}."""

    site: Slug
    edge: Slug
    id: Uuid
    nonce: Nonce
    issued_at: Instant
    expires_at: Instant
    kind: Annotated[str, msgspec.Meta(max_length=40)]
    door: Slug | None = None
    args: dict[str, Annotated[str, msgspec.Meta(max_length=200)] | int | float | bool | None] = {}


class ResultCode(StrEnum):
    """The result of a command that the sender can act on."""

    FAULTS_FOUND = "faults_found"
    """A self-test found something wrong."""
    ALARM_SET = "alarm_set"
    """The door leads into an area whose alarm is set; the same command may unset it."""


class CommandResult(msgspec.Struct, frozen=True, kw_only=True):
    """The result of a command; ``outcome``: ``done`` or ``refused``. ``why``: a sentence for people. ``code``: a
    ``ResultCode`` if the sender can act on it, or a code that only a newer edge knows."""

    site: Slug
    edge: Slug
    id: Uuid
    outcome: str
    at: Instant
    why: str | None = None
    code: Annotated[str, msgspec.Meta(max_length=40)] | None = None


COMMAND_LIFE_S = 10.0
"""The longest lifetime of a command in seconds, also measured on the edge's monotonic clock since the nonce."""
