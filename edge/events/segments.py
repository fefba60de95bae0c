"""How events lie on the disk: segment files of lines ``crc32 SP json LF``, the first of each a header. Pure.

A segment is named after its first seq. What a torn or spoilt line held is known to be missing from the seqs around it.
"""

import zlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import NamedTuple

import msgspec

from edge.wire.codec import decode, encode
from edge.wire.decide import ClockTrust
from edge.wire.errors import WireError
from edge.wire.events import REFUSAL, DroppedData, Event, LogId, make_event
from edge.wire.ids import Slug
from edge.wire.interval import Instant

FOLDER = "outbox"
OUTBOX_DEVICE = "outbox"
"""The device that ``dropped`` events name."""
_LAST = frozenset({"access", "fire", "alarm", "outage"})
KEPT: tuple[frozenset[str], ...] = (
    _LAST | {"footfall", "lockout", "recount", "closing", REFUSAL},
    _LAST | {"footfall", "lockout", "recount", "closing"},
    _LAST | {"footfall"},
    _LAST,
    frozenset(),
)
"""The ranks that stay, step by step, as the room runs out: who came in, outages, fire and alarm go last of all, after
crossings, of which totals are known; whoever was refused goes before anything that somebody else did."""


class Header(msgspec.Struct, frozen=True, kw_only=True):
    """First line of a segment: whose log, its first seq, the instant of the last event before it, and each counter's
    totals (ins, outs) as of then, so that older segments may go."""

    log: LogId
    first: int
    at: Instant | None = None
    totals: dict[Slug, tuple[int, int]] = {}


class Record(NamedTuple):
    """An event as it lies on the disk."""

    seq: int
    data: bytes


@dataclass(slots=True)
class Segment:
    """A file of the log: which seqs it answers for, its bytes, the instant of the last event before it, and how far
    it has been squeezed, in steps of ``KEPT``."""

    name: str
    first: int
    last: int
    size: int = 0
    began: datetime | None = None
    squeezed: int = 0


class SegmentReading(NamedTuple):
    """What a segment's bytes hold. ``clean``: every line of it is sound."""

    header: Header | None
    events: list[Event]
    clean: bool


def name_of(first: int) -> str:
    return f"{FOLDER}/{first:020d}.log"


def first_of(name: str) -> int | None:
    """The first seq of the segment with that file name, or ``None`` for another file."""
    stem = name.removeprefix(f"{FOLDER}/").removesuffix(".log")
    return int(stem) if name.endswith(".log") and stem.isascii() and stem.isdigit() else None


def line(payload: bytes) -> bytes:
    return b"%08x %s\n" % (zlib.crc32(payload), payload)


def payload_of(text: bytes) -> bytes | None:
    """What a line holds, or ``None`` when it is torn or spoilt."""
    payload = text[9:]
    return payload if len(text) > 9 and text[:9] == b"%08x " % zlib.crc32(payload) else None


def read(data: bytes) -> SegmentReading:
    """Everything sound in a segment; spoilt lines are passed over."""
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
    """The first and last seq an event answers for: a ``dropped`` one for its whole run, whose last seq is its own."""
    data = event.read() if event.kind == "dropped" else None
    return (min(data.first, event.seq), event.seq) if isinstance(data, DroppedData) else (event.seq, event.seq)


def squeeze(events: Sequence[Event], *, keep: frozenset[str]) -> list[Event]:
    """The same seqs in less room: each run of events whose rank is not in ``keep`` becomes one ``dropped``."""
    kept: list[Event] = []
    run: list[Event] = []
    for event in events:
        if event.rank in keep:
            kept += _merged(run)
            run = []
            kept.append(event)
        else:
            run.append(event)
    return kept + _merged(run)


class Answers(NamedTuple):
    """Events that answer for every seq of a stretch, and the seqs (first, last) among them that cannot be read."""

    events: list[Event]
    gaps: list[tuple[int, int]]


def answers(
    events: Iterable[Event], *, first: int, last: int | None, before: Event | None = None, at: datetime | None = None
) -> Answers:
    """``events`` from ``first`` on, up to ``last`` or, where that is not known, to the last that could be read; a
    ``dropped`` event answers for what is missing. ``before``: the event before them; ``at``: its instant."""
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
    """A ``dropped`` event for seqs that cannot be read, dated as the event before or after them where there is one,
    else ``at``."""
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
    """The same events as the first ones of a new log."""
    fresh: list[Event] = []
    seq = 0
    for event in events:
        first, last = span_of(event)
        seq += last - first + 1
        data = event.read() if event.kind == "dropped" else None
        raw = event.data
        if isinstance(data, DroppedData):
            raw = msgspec.Raw(encode(msgspec.structs.replace(data, first=seq - (last - first), last=seq)))
        fresh.append(msgspec.structs.replace(event, seq=seq, data=raw))
    return fresh


def _merged(run: list[Event]) -> list[Event]:
    if len(run) < 2:
        return run
    counts: dict[str, int] = {}
    for event in run:
        data = event.read() if event.kind == "dropped" else None
        some = data.counts if isinstance(data, DroppedData) else {event.rank: 1}
        for kind, number in some.items():
            counts[kind] = counts.get(kind, 0) + number
    last = run[-1]
    data = DroppedData(first=span_of(run[0])[0], last=last.seq, counts=counts)
    return [
        make_event(
            seq=last.seq,
            boot=last.boot,
            mono_ms=last.mono_ms,
            at=last.at,
            trust=last.trust,
            device=OUTBOX_DEVICE,
            data=data,
        )
    ]
