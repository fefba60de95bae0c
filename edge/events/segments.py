"""The format of events on disk: segment files of lines ``crc32 SP json LF``, the first of each a header. Pure.

A segment is named after its first seq. A gap in the seqs shows what a torn or corrupt line held.
"""

import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import NamedTuple

import msgspec

from edge.wire.access_decision import ClockTrust
from edge.wire.codec import decode, encode
from edge.wire.errors import WireError
from edge.wire.event_batch import LogId
from edge.wire.events import DroppedData, Event, make_event
from edge.wire.ids import Slug
from edge.wire.interval import Instant

FOLDER = "outbox"
OUTBOX_DEVICE = "outbox"
"""The device of ``dropped`` events."""


class Header(msgspec.Struct, frozen=True, kw_only=True):
    """The first line of a segment: its log, its first seq, the instant of the event before it, and each counter's
    totals (ins, outs) and ``passages`` at that time, so that older segments can be deleted."""

    log: LogId
    first: int
    at: Instant | None = None
    totals: dict[Slug, tuple[int, int]] = {}
    passages: dict[Slug, int] = {}


class Record(NamedTuple):
    """An event as stored."""

    seq: int
    data: bytes


@dataclass(slots=True)
class Segment:
    """A file of the log: its seqs, its size in bytes, the instant of the event before it, and how far it is compacted,
    in steps of ``disk_full.KEPT``."""

    name: str
    first: int
    last: int
    size: int = 0
    began: datetime | None = None
    squeezed: int = 0


class SegmentReading(NamedTuple):
    """The content of a segment. ``clean``: no line is torn or corrupt."""

    header: Header | None
    events: list[Event]
    clean: bool


def name_of(first: int) -> str:
    return f"{FOLDER}/{first:020d}.log"


def first_of(name: str) -> int | None:
    """The first seq of the segment with that file name; ``None`` for any other file."""
    stem = name.removeprefix(f"{FOLDER}/").removesuffix(".log")
    return int(stem) if name.endswith(".log") and stem.isascii() and stem.isdigit() else None


def line(payload: bytes) -> bytes:
    return b"%08x %s\n" % (zlib.crc32(payload), payload)


def payload_of(text: bytes) -> bytes | None:
    """The payload of a line; ``None`` if it is torn or corrupt."""
    payload = text[9:]
    return payload if len(text) > 9 and text[:9] == b"%08x " % zlib.crc32(payload) else None


def read(data: bytes) -> SegmentReading:
    """Read a segment; torn and corrupt lines are skipped."""
    header: Header | None = None
    events: list[Event] = []
    clean = data.endswith(b"\n")
    for at, text in enumerate(data.split(b"\n")[: None if not clean else -1]):
        payload = payload_of(text)
        try:
            if payload is None:
                clean = False
            elif at == 0:
                header = decode(payload, Header)
            else:
                events.append(decode(payload, Event))
        except WireError:
            clean = False
    return SegmentReading(header=header, events=events, clean=clean and header is not None)


def whole(header: Header, records: Iterable[Record]) -> bytes:
    """The bytes of a segment."""
    return line(encode(header)) + b"".join(line(record.data) for record in records)


def record_of(event: Event) -> Record:
    return Record(seq=event.seq, data=encode(event))


def span_of(event: Event) -> tuple[int, int]:
    """The first and last seq that an event covers: a ``dropped`` event covers its whole run, and its own seq is the
    last."""
    data = dropped_data(event)
    return (min(data.first, event.seq) if data is not None else event.seq, event.seq)


def dropped_data(event: Event) -> DroppedData | None:
    """What a ``dropped`` event says; ``None`` for any other."""
    data = event.read() if event.kind == "dropped" else None
    return data if isinstance(data, DroppedData) else None


class Answers(NamedTuple):
    """Events that cover every seq of a range, and the ranges (first, last) among them that could not be read."""

    events: list[Event]
    gaps: list[tuple[int, int]]


def answers(
    events: Iterable[Event], *, first: int, last: int | None, before: Event | None = None, at: datetime | None = None
) -> Answers:
    """``events`` from ``first`` to ``last``, or to the last readable one if that is ``None``, with ``dropped`` events
    for what is missing. ``before``: the event before them; ``at``: its instant."""
    kept: list[Event] = []
    gaps: list[tuple[int, int]] = []
    end, expected = before, first
    for event in events:
        begins, ends = span_of(event)
        if ends < expected or (last is not None and ends > last):
            continue
        if begins > expected:
            kept.append(bridge(end or event, expected, begins - 1))
            gaps.append((expected, begins - 1))
        kept.append(event)
        end, expected = event, ends + 1
    if last is not None and expected <= last:
        kept.append(bridge(end, expected, last, at=at))
        gaps.append((expected, last))
    return Answers(kept, gaps)


def bridge(like: Event | None, first: int, last: int, *, at: datetime | None = None) -> Event:
    """A ``dropped`` event for unreadable seqs, dated like the event before or after them, otherwise ``at``."""
    return make_event(
        seq=last,
        boot=like.boot if like else "00000000-0000-0000-0000-000000000000",
        mono_ms=like.mono_ms if like else 0,
        at=like.at if like else at or datetime.fromtimestamp(0, UTC),
        trust=like.trust if like else ClockTrust.UNPROVEN,
        device=OUTBOX_DEVICE,
        data=DroppedData(first=first, last=last, counts={"unreadable": last - first + 1}),
    )


def renumber(events: Iterable[Event]) -> list[Event]:
    """The same events, renumbered as the first ones of a new log."""
    fresh: list[Event] = []
    seq = 0
    for event in events:
        first, last = span_of(event)
        seq += last - first + 1
        raw = event.data
        if (data := dropped_data(event)) is not None:
            raw = msgspec.Raw(encode(msgspec.structs.replace(data, first=seq - (last - first), last=seq)))
        fresh.append(msgspec.structs.replace(event, seq=seq, data=raw))
    return fresh
