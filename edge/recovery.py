"""What the outbox finds on the disk at start-up, and mends: a torn tail is cut, what cannot be read is answered for."""

import secrets
from dataclasses import dataclass, field
from datetime import datetime

import msgspec

from edge.files import Files
from edge.segments import FOLDER, Header, Record, Segment, bridge, first_of, read, record_of, span_of, whole
from edge.wire.codec import decode
from edge.wire.errors import Malformed
from edge.wire.events import Event, FootfallData, LogId

ACK = f"{FOLDER}/ack.json"
RESERVE = f"{FOLDER}/reserve"
"""Room kept free for making room when the disk is full."""


class Acked(msgspec.Struct, frozen=True, kw_only=True):
    """How far the controller has committed a log; kept in ``ACK``."""

    log: LogId
    seq: int


@dataclass(slots=True)
class Found:
    """The log to go on with.

    ``tail``: the records of its last segment, which is written on if it is ``whole``; a torn line stays where it is,
    and the name of the next segment says what was in it. ``last_at``: the instant of the last event. ``totals``: ins
    and outs by counter. ``troubles``: sentences for people.
    """

    log: str = ""
    ack: int = 0
    segments: list[Segment] = field(default_factory=list)
    tail: list[Record] = field(default_factory=list)
    last_at: datetime | None = None
    whole: bool = True
    totals: dict[str, tuple[int, int]] = field(default_factory=dict)
    troubles: list[str] = field(default_factory=list)


def recover(files: Files) -> Found:
    """Read and mend what is there; a new log where nothing can be gone on with. Only what is not acknowledged, and
    the last segment, is read in full. Raises ``OSError`` when the disk cannot be read."""
    found = Found()
    numbered = [(first, name) for name in files.names(FOLDER) if (first := first_of(name)) is not None]
    for at, (first, name) in enumerate(numbered):
        last = numbered[at + 1][0] - 1 if at + 1 < len(numbered) else first - 1
        found.segments.append(Segment(name=name, first=first, last=last))
    if found.segments and not _adopt(files, found):
        found.segments, found.tail, found.log = [], [], ""
    if not found.segments:
        for _, name in numbered:
            files.remove(name)
        found.log, found.ack = secrets.token_hex(16), 0
    return found


def _read_ack(files: Files) -> Acked | None:
    try:
        data = files.read(ACK)
        return decode(data, Acked) if data is not None else None
    except (OSError, Malformed):
        return None


def _adopt(files: Files, found: Found) -> bool:
    """Take over the log that is there; whether it can go on."""
    acked = _read_ack(files)
    headers = (read(files.read(segment.name) or b"").header for segment in reversed(found.segments))
    named = next((header.log for header in headers if header is not None), None)
    log = named or (acked.log if acked is not None else None)
    if log is None:
        found.troubles.append("the outbox on the disk cannot be read; a new log begins")
        return False
    found.log = log
    found.ack = max(acked.seq if acked is not None and acked.log == log else 0, found.segments[0].first - 1)
    end: Event | None = None
    for segment in found.segments:
        final = segment is found.segments[-1]
        data = files.read(segment.name) or b""
        segment.size = len(data)
        if segment.last > found.ack or final:
            end = _check(files, segment, data, end, found, final=final)
    if not found.tail:
        # A segment that was torn before its first event.
        files.remove(found.segments.pop().name)
        found.whole = False
        if not found.segments:
            return False
    if found.ack > found.segments[-1].last:
        head = found.segments[-1].last
        found.troubles.append(f"the outbox ends at {head} although {found.ack} was acknowledged; a new log begins")
        return False
    return True


def _check(
    files: Files, segment: Segment, data: bytes, end: Event | None, found: Found, *, final: bool
) -> Event | None:
    """Verify one segment and mend it. ``end`` is the last event before it; returns the last one up to its end."""
    header, events, clean = read(data)
    if header is not None:
        found.totals.update(header.totals)
        found.last_at = header.at or found.last_at
        segment.began = header.at
    expected = segment.first
    kept: list[Event] = []
    for event in events:
        first, last = span_of(event)
        if last < expected or (not final and last > segment.last):
            continue
        if first > expected:
            kept.append(bridge(end or event, expected, first - 1))
            found.troubles.append(f"events {expected} to {first - 1} of the outbox cannot be read")
        kept.append(event)
        end, expected = event, last + 1
        found.last_at = event.at
        if event.kind == "footfall" and isinstance(crossing := event.read(), FootfallData):
            found.totals[crossing.counter] = (crossing.total_ins, crossing.total_outs)
    if final:
        segment.last = expected - 1
        found.tail = [record_of(event) for event in kept]
        found.whole = clean
        if not clean and len(kept) == len(events):
            found.troubles.append("the outbox ended in a torn record, which was cut off")
    elif expected <= segment.last:
        kept.append(bridge(end, expected, segment.last))
        found.troubles.append(f"events {expected} to {segment.last} of the outbox cannot be read")
    if any(event not in events for event in kept):
        fresh = header or Header(log=found.log, first=segment.first, at=found.last_at, totals=found.totals)
        mended = whole(fresh, [record_of(event) for event in kept])
        files.remove(RESERVE)
        files.replace(segment.name, mended)
        segment.size = len(mended)
        found.whole = True
    return end
