"""Recovers the outbox at the start: where its log ends, and which events are lost. A damaged segment is written again
with what can be read, and a record of what is dropped. A torn end stays; the next segment shows what was in it."""

import contextlib
import logging
import secrets
from dataclasses import dataclass, field
from datetime import datetime

import msgspec

from edge.events.segments import FOLDER, Header, Record, Segment, answers, first_of, read, record_of, whole
from edge.system.durable_files import Files
from edge.wire.codec import decode
from edge.wire.errors import WireError
from edge.wire.event_batch import LogId
from edge.wire.events import EarlierRun, Event, FootfallData
from edge.wire.faults import Fault, FaultCode

log = logging.getLogger(__name__)

ACK = f"{FOLDER}/ack.json"
RESERVE = f"{FOLDER}/reserve"
"""Reserved space, used to compact segments when the disk is full."""


class Acked(msgspec.Struct, frozen=True, kw_only=True):
    """How far the controller has committed a log; stored in ``ACK``."""

    log: LogId
    seq: int


@dataclass(slots=True)
class RecoveredLog:
    """The log to continue.

    ``tail``: the records of its last segment, which is continued if it is ``whole``; a torn line stays, and the name of
    the next segment shows what was in it. ``last_at``: the instant of the last event. ``last_run``: its run, and how
    far into it. ``totals``: ins and outs by counter; ``passages``: of those that count both ways. ``troubles``: faults
    of the disk. ``fresh``: it is a new log; files of another may still exist and must be removed before its first
    write."""

    log: str = ""
    ack: int = 0
    segments: list[Segment] = field(default_factory=list)
    tail: list[Record] = field(default_factory=list)
    last_at: datetime | None = None
    last_run: EarlierRun | None = None
    whole: bool = True
    totals: dict[str, tuple[int, int]] = field(default_factory=dict)
    passages: dict[str, int] = field(default_factory=dict)
    troubles: list[Fault] = field(default_factory=list)
    fresh: bool = False

    def trouble(self, code: FaultCode, why: str, *args: object, part: str = "") -> None:
        """Note a fault; ``why`` appears only in the log."""
        fault = Fault(code, part)
        self.troubles.append(fault)
        fields = {"action": "damaged", "code": code.value, "part": part, "reason": why % args if args else why}
        log.warning("The stored events are damaged", extra=fields | {"fault": fault.text})


def recover(files: Files) -> RecoveredLog:
    """Read and repair the log, or begin a new one if it cannot be continued. Only unacknowledged events and the last
    segment are read in full. Read and write errors become faults, never exceptions."""
    found = RecoveredLog()
    numbered: list[tuple[int, str]] = []
    try:
        numbered = [(first, name) for name in files.names(FOLDER) if (first := first_of(name)) is not None]
    except OSError as error:
        found.trouble(FaultCode.OUTBOX_LOST, "it cannot be listed: %s", error.strerror)
    for at, (first, name) in enumerate(numbered):
        last = numbered[at + 1][0] - 1 if at + 1 < len(numbered) else first - 1
        found.segments.append(Segment(name=name, first=first, last=last))
    if found.segments and not _adopt(files, found):
        found.segments, found.tail = [], []
    if not found.segments:
        found.log, found.ack, found.fresh = secrets.token_hex(16), 0, True
    return found


def _read_ack(files: Files, found: RecoveredLog) -> Acked | None:
    try:
        data = files.record(ACK)
        return decode(data, Acked) if data is not None else None
    except (OSError, WireError) as error:
        found.trouble(FaultCode.FILE_DAMAGED, "events are sent again: %s", error, part=ACK)
        return None


def _adopt(files: Files, found: RecoveredLog) -> bool:
    """Take over the existing log. Returns whether it can be continued."""
    acked = _read_ack(files, found)
    with contextlib.suppress(OSError):
        # A killed run may not have synced its last writes; nothing that could still be lost may be sent.
        files.sync(found.segments[-1].name)
    if _read(files, found.segments[-1]) is None:
        # Its end is unknown, so no later seq may be used in this log.
        found.trouble(FaultCode.OUTBOX_LOST, "its end cannot be read")
        return False
    headers = (read(_read(files, segment) or b"").header for segment in reversed(found.segments))
    named = next((header.log for header in headers if header is not None), None)
    log = named or (acked.log if acked is not None else None)
    if log is None:
        found.trouble(FaultCode.OUTBOX_LOST, "no segment names its log")
        return False
    found.log = log
    found.ack = max(acked.seq if acked is not None and acked.log == log else 0, found.segments[0].first - 1)
    end: Event | None = None
    for segment in found.segments:
        final = segment is found.segments[-1]
        data = _read(files, segment)
        segment.size = len(data or b"")
        if segment.last > found.ack or final:
            end = _check(files, segment, data, end, found, final=final)
    if not found.tail:
        # A segment torn before its first event; if it cannot be removed, the next write replaces it.
        torn = found.segments.pop()
        with contextlib.suppress(OSError):
            files.remove(torn.name)
        found.whole = False
        if not found.segments:
            return False
    if found.ack > found.segments[-1].last:
        head = found.segments[-1].last
        found.trouble(FaultCode.OUTBOX_LOST, "it ends at %s although %s was acknowledged", head, found.ack)
        return False
    return True


def _read(files: Files, segment: Segment) -> bytes | None:
    """The bytes of a segment; ``None`` if they cannot be read."""
    try:
        return files.read(segment.name) or b""
    except OSError:
        return None


def _check(
    files: Files, segment: Segment, data: bytes | None, end: Event | None, found: RecoveredLog, *, final: bool
) -> Event | None:
    """Verify a segment and repair it, if it can be read (``data``) and written; otherwise its gaps are reported when it
    is read. ``end``: the last event before it. Returns the last event up to its end."""
    header, events, clean = read(data or b"")
    if header is not None:
        found.totals.update(header.totals)
        found.passages.update(header.passages)
        found.last_at = header.at or found.last_at
        segment.began = header.at
    kept, gaps = answers(
        events, first=segment.first, last=None if final else segment.last, before=end, at=found.last_at
    )
    for first, last in gaps:
        found.trouble(FaultCode.OUTBOX_GAP, "its segment is damaged", part=f"{first} to {last}")
    for event in kept:
        if event.kind == "footfall" and isinstance(crossing := event.read(), FootfallData):
            found.totals[crossing.counter] = (crossing.total_ins, crossing.total_outs)
            found.passages[crossing.counter] = crossing.total_passages
    if kept:
        end = kept[-1]
        found.last_at = end.at
        found.last_run = EarlierRun(boot=end.boot, mono_ms=end.mono_ms)
    if final:
        segment.last = end.seq if kept and end is not None else segment.first - 1
        found.tail = [record_of(event) for event in kept]
        found.whole = clean
        if not clean and not gaps and len(kept) == len(events):
            found.trouble(FaultCode.OUTBOX_TORN, "power may have failed while it was written")
    if gaps and data is not None:
        fresh = header or Header(
            log=found.log, first=segment.first, at=found.last_at, totals=found.totals, passages=found.passages
        )
        repaired = whole(fresh, [record_of(event) for event in kept])
        try:
            files.remove(RESERVE)
            files.replace(segment.name, repaired)
        except OSError as error:
            found.trouble(FaultCode.FILE_DAMAGED, "it cannot be repaired: %s", error.strerror, part=segment.name)
        else:
            segment.size = len(repaired)
            found.whole = True
    return end
