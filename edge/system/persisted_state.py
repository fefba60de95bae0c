"""State stored besides events and plan, in one small file: read at the start, written with every heartbeat."""

import asyncio
import logging
from datetime import date, datetime, timedelta
from typing import TypeVar

import msgspec

from edge.clock.clock_trust import LATEST, ClockFloor
from edge.system.durable_files import Files
from edge.wire.codec import MESSAGE_LIMIT, decode, encode
from edge.wire.errors import WireError
from edge.wire.events import EarlierRun, Total
from edge.wire.faults import Fault, FaultCode
from edge.wire.ids import Slug

log = logging.getLogger(__name__)

FILE = "kept.json"
T = TypeVar("T")


class Day(msgspec.Struct, frozen=True, kw_only=True):
    """A counter's totals at the start of its day."""

    day: date
    ins: int
    outs: int
    passages: int = 0


class HeardCounter(msgspec.Struct, frozen=True, kw_only=True):
    """When a counter over MQTT was last heard on ``topic``, and the ``last`` totals of its device that are believed, in
    and out, as of the ``own`` totals; of one that counts both ways its one total, and 0. ``until``: the end of the last
    interval in them, of a counter of intervals."""

    at: datetime
    topic: str
    last: tuple[Total, Total] | None
    own: tuple[Total, Total]
    until: datetime | None = None


class HighestPlan(msgspec.Struct, frozen=True, kw_only=True):
    """The highest plan ever applied. No older plan is applied, even if the plan on disk is corrupt."""

    version: int
    digest: str


class PersistedState(msgspec.Struct, frozen=True, kw_only=True):
    """The clock floor, as of event ``seq`` of the outbox ``log``; each counter's day, and what those over MQTT
    heard; the highest plan applied; the last ``runs`` of the agent, this one last, with their durations."""

    floor: ClockFloor
    log: str = ""
    seq: int = 0
    days: dict[Slug, Day] = {}
    heard: dict[Slug, HeardCounter] = {}
    plan: HighestPlan | None = None
    runs: tuple[EarlierRun, ...] = ()


def earlier_runs(persisted: PersistedState | None, last: EarlierRun | None) -> tuple[EarlierRun, ...]:
    """The earlier runs, the oldest first, from the stored state and the ``last`` event on disk, which may be later."""
    runs = persisted.runs if persisted is not None else ()
    if last is None or any(run.boot == last.boot and run.mono_ms >= last.mono_ms for run in runs):
        return runs
    if runs and runs[-1].boot == last.boot:
        runs = runs[:-1]
    return (*(run for run in runs if run.boot != last.boot), last)


def floor_of(persisted: PersistedState | None, *, log: str, head: int, last_at: datetime | None) -> ClockFloor | None:
    """The later of the stored floor and the last event, number ``head`` of ``log``, at ``last_at``. The later, not the
    higher: a signed hello may have lowered the time in between."""
    if last_at is not None and last_at > LATEST:
        last_at = None
    if persisted is None:
        return ClockFloor(at=last_at) if last_at is not None else None
    floor, seen = persisted.floor, persisted.log == log and persisted.seq >= head
    if last_at is None or seen:
        return floor
    if last_at < floor.at:
        return ClockFloor(at=last_at) if persisted.log == log else floor
    # The event is that much later on the same monotonic clock.
    return msgspec.structs.replace(floor, at=last_at, mono=floor.mono + (last_at - floor.at) / timedelta(seconds=1))


async def read_state(
    files: Files, path: str, kind: type[T], *, limit: int = MESSAGE_LIMIT
) -> tuple[T | None, Fault | None]:
    """Read stored state: ``None`` if there is no such file, or with a fault if it exists but cannot be used."""
    try:
        data = await asyncio.to_thread(files.record if path == FILE else files.read, path)
        return decode(data, kind, limit=limit) if data is not None else None, None
    except (OSError, WireError) as error:
        log.warning("Stored state cannot be used", extra={"action": "damaged", "file": path, "reason": str(error)})
        return None, Fault(FaultCode.FILE_DAMAGED, path)


async def read_persisted(files: Files) -> tuple[PersistedState | None, Fault | None]:
    """Read the state in ``FILE``, also with a fault if its clock floor is impossible."""
    persisted, fault = await read_state(files, FILE, PersistedState)
    late = persisted is not None and persisted.floor.at > LATEST
    return persisted, Fault(FaultCode.FILE_DAMAGED, FILE) if late else fault


async def write_persisted(files: Files, persisted: PersistedState) -> bool:
    """Write the state to disk. Returns whether that succeeded."""
    try:
        await asyncio.to_thread(files.put_record, FILE, encode(persisted))
    except OSError:
        return False
    return True
