"""The other messages: who is there, what is applied, commands, and the latest state of a device."""

from enum import StrEnum
from typing import Annotated

import msgspec

from edge.wire.decide import ClockTrust
from edge.wire.events import EARLIER_RUNS_LIMIT, EarlierRun, LogId, RunMs
from edge.wire.ids import Slug, Uuid
from edge.wire.interval import Instant

Nonce = Annotated[str, msgspec.Meta(pattern=r"^[0-9a-f]{32}$")]
Natural = Annotated[int, msgspec.Meta(ge=0, le=2**53)]


WORD_EVERY_S = 60.0
"""The controller says so often that it is there, to each edge that is."""
WORD_STALE_S = 180.0
"""An edge that has heard none for so long is out of touch, and knows it: two words in a row may be lost."""


class Status(msgspec.Struct, frozen=True, kw_only=True):
    """Who is there. ``nonce`` is the session's: new on every connection, echoed by every command. ``connection`` counts
    connections since ``boot``. The last will is a ``Status`` with ``online`` false, signed beforehand. ``mono_ms``:
    milliseconds of the edge's monotonic clock since ``boot``, as in its events, so that a reply dates them where the
    edge's own time was wrong; a last will, which is not said when it is signed, has none. ``identity_version``: of the
    identity that it holds. ``clock_error_s``: how far its time may be off, in seconds; nothing where it is not
    proven."""

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
    """The controller asks. ``at`` is its time, ``next_seq`` the event it wants next of ``log``. ``session`` echoes
    the nonce of the edge's status: without it a hello proves no time, since it may be an old one sent again. Nor does
    it where the controller's own clock is unproven (``trust``). ``plan_wanted``: the plan in force, which the
    controller does not know, is to be given back to it: the manifest and then every part, as they came. One that does
    not ask (``asks``) is a word that the controller is there, said every minute: no edge answers it, and it proves no
    time."""

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


class DeviceState(msgspec.Struct, frozen=True, kw_only=True):
    """The latest state of one device, for live views only: nothing acts on it. True as of event ``seq``.

    ``values`` by kind: ``door`` {contact, lock, alarm, fault, mode, codes_wait_until, interlock};
    ``reader`` {door, side, kind, ...}; ``fire`` {state};
    ``counter`` {total_ins, total_outs, ins_today, outs_today, fault}; ``motion`` {active, zone};
    ``wifi`` {stations, zone}.
    """

    device: Slug
    kind: str
    seq: Natural
    at: Instant
    values: dict[str, str | int | float | bool | None]


class HelloReply(msgspec.Struct, frozen=True, kw_only=True):
    """The edge answers, echoing ``nonce``: its status (with the outbox's head) and the state of all devices.
    ``earlier``: its last runs before this one, the oldest first, which bound when their events happened."""

    site: Slug
    edge: Slug
    nonce: Nonce
    status: Status
    first_kept: Annotated[int, msgspec.Meta(ge=1, le=2**53)]
    states: tuple[DeviceState, ...] = ()
    earlier: Annotated[tuple[EarlierRun, ...], msgspec.Meta(max_length=EARLIER_RUNS_LIMIT)] = ()


class Applied(msgspec.Struct, frozen=True, kw_only=True):
    """What became of a plan. ``why`` is set where it was refused; the last good plan then stays in force."""

    site: Slug
    edge: Slug
    version: Natural
    digest: str
    at: Instant
    applied: bool
    grants: Natural = 0
    why: str | None = None


class Command(msgspec.Struct, frozen=True, kw_only=True):
    """A momentary act: ``unlock`` once, ``recount``, ``restart``, ``self_test``. ``door`` where it is one's.
    ``args``: of ``unlock`` {unset_alarm: true} to unset the area behind it too; of ``recount`` {counter, inside}."""

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
    """What came of a command, where who asked can act on it."""

    FAULTS_FOUND = "faults_found"
    """A self-test found something wrong."""
    ALARM_SET = "alarm_set"
    """The door leads into an area whose alarm is set; the same command may unset it."""


class CommandResult(msgspec.Struct, frozen=True, kw_only=True):
    """What came of a command; ``outcome`` is ``done`` or ``refused``. ``why`` says how it went, for people. ``code``: a
    ``ResultCode`` where the asker can act on it, or one that only a newer edge knows."""

    site: Slug
    edge: Slug
    id: Uuid
    outcome: str
    at: Instant
    why: str | None = None
    code: Annotated[str, msgspec.Meta(max_length=40)] | None = None


COMMAND_LIFE_S = 10.0
"""Longest time from issue to expiry, in seconds; also counted on the edge's monotonic clock since the nonce."""
