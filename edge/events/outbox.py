"""Events on the disk until the controller has committed them.

- Access events are on the disk within 50 ms, all others within 1 s; the disk is waited for in a thread, so that a
  key never is. A seq is handed out to be sent only once it is there, or once the disk has refused it: then what
  happens is held in memory and goes to the controller from there.
- Acknowledged events stay 35 days, as far as ``limit`` bytes allow, in case the controller is restored.
- When the disk is full, or ``limit`` is reached: acknowledged segments go first, oldest first; then runs of events
  whose ranks are not in ``KEPT``, step by step, become one ``dropped`` event each; who came in goes last of all.
- A new or foreign disk, and one put back to an earlier state, begins a new log at seq 1. Whether it was put back is
  known from the controller's hello: before the first one of a run nothing goes out under seqs it may have already.
"""

import asyncio
import contextlib
import os
import secrets
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta

from edge.events.recovery import ACK, RESERVE, Acked, RecoveredLog, recover
from edge.events.segments import (
    FOLDER,
    KEPT,
    Answers,
    Header,
    Record,
    Segment,
    answers,
    first_of,
    line,
    name_of,
    read,
    record_of,
    renumber,
    span_of,
    squeeze,
    whole,
)
from edge.system.files import Files
from edge.system.liveness import OUTSIDE_STUCK_S, Wake
from edge.wire.codec import encode
from edge.wire.events import BATCH_LIMIT, URGENT, Event, FootfallData

GROUP_S = 0.25
"""How long an event that is not urgent waits for others, in real seconds."""
RETRY_S = 1.0
SEGMENT_BYTES = 256 * 1024
BATCH_BYTES = 96 * 1024
KEEP = timedelta(days=35)
PENDING_LIMIT = 10_000
"""Events held in memory while the disk refuses them; past this, runs of them become ``dropped``."""


class Outbox:
    """One log of events. ``open`` first, then ``run`` as a task; ``add`` any time in between.

    ``count`` is told the name of anything odd that happens, for device health; ``committed`` is called after
    events reached the disk. ``renewed``, after a new log began, with what is not known to the controller in it.
    """

    def __init__(
        self, files: Files, *, limit: int, count: Callable[[str], None], committed: Callable[[], None]
    ) -> None:
        self._files = files
        self._limit = limit
        self._count = count
        self._committed = committed
        self._segments: list[Segment] = []
        self._tail: list[Record] = []
        self._loaded: tuple[str, list[Record]] = ("", [])
        self._pending: list[Event] = []
        self._writable: Segment | None = None
        self.wake = Wake(OUTSIDE_STUCK_S)
        self._urgent = asyncio.Event()
        self._writing = asyncio.Lock()
        self._stored_ack = 0
        self._found = 0
        self._gone_back = False
        self._clear = False
        self._refused = False
        self.agreed = False
        """Whether events may go out: the controller has no others under the seqs of this run."""
        self.renewed: Callable[[], None] = lambda: None
        self.log = ""
        self.head = 0
        self.next_seq = 1
        self.ack = 0
        self.totals: dict[str, tuple[int, int]] = {}
        self._last_at: datetime | None = None

    @property
    def first_kept(self) -> int:
        if self._segments:
            return self._segments[0].first
        return span_of(self._pending[0])[0] if self._pending else self.next_seq

    @property
    def size(self) -> int:
        """Bytes on the disk."""
        return sum(segment.size for segment in self._segments)

    # Start-up

    async def open(self) -> RecoveredLog:
        """Read what is there; what cannot be read is among the troubles found."""
        found = await asyncio.to_thread(recover, self._files)
        self.log, self.ack, self._segments = found.log, found.ack, found.segments
        self.totals, self._last_at = dict(found.totals), found.last_at
        if found.segments:
            self.head = found.segments[-1].last
            if found.whole:
                self._writable, self._tail = found.segments[-1], found.tail
        self.next_seq = self.head + 1
        self._found, self._clear, self.agreed = self.head, found.fresh, found.fresh
        await asyncio.to_thread(self._keep_reserve)
        return found

    # Adding

    def add(self, make: Callable[[int], Event]) -> Event:
        """Number an event and take it in; ``make`` is given its seq. It is on the disk a little later."""
        event = make(self.next_seq)
        self.next_seq += 1
        self._pending.append(event)
        if event.kind == "footfall" and isinstance(crossing := event.read(), FootfallData):
            self.totals[crossing.counter] = (crossing.total_ins, crossing.total_outs)
        if event.kind in URGENT:
            self._urgent.set()
        self.wake.set()
        return event

    async def run(self) -> None:
        """Bring to the disk what was added, until cancelled."""
        while True:
            await self.wake.wait()
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(GROUP_S):
                    await self._urgent.wait()
            if not await self.commit():
                await asyncio.sleep(RETRY_S)

    async def commit(self) -> bool:
        """Bring everything added so far to the disk; whether it could be."""
        async with self._writing:
            self.wake.clear()
            self._urgent.clear()
            if self._gone_back:
                await self._begin_anew()
            batch = list(self._pending)
            if not batch:
                return True
            records = [record_of(event) for event in batch]
            stored = await asyncio.to_thread(self._store, records, batch)
            if stored:
                del self._pending[: len(batch)]
                self.head = records[-1].seq
            else:
                self._count("disk_refused")
                self._bound_pending()
                self.wake.set()
                self.head = self._pending[-1].seq
            self._refused = not stored
        self._committed()
        return stored

    async def _begin_anew(self) -> None:
        """Go on in a new log, which takes over what this run has recorded: the controller has other events under
        those seqs. What the disk held before is the controller's already."""
        stored = await asyncio.to_thread(self._of_this_run)
        events = renumber([*stored, *self._pending])
        self._gone_back, self._clear, self._refused, self.agreed = False, True, False, True
        self.log, self.ack, self.head, self._found, self._stored_ack = secrets.token_hex(16), 0, 0, 0, 0
        self._segments, self._tail, self._loaded, self._writable = [], [], ("", []), None
        self._pending, self.next_seq = events, events[-1].seq + 1 if events else 1
        self._count("log_gone_back")
        self.renewed()

    def _of_this_run(self) -> list[Event]:
        """In a thread: the events on the disk that this run has added."""
        segments = [segment for segment in self._segments if segment.last > self._found]
        return [event for one in segments for event in self._read(one).events if event.seq > self._found]

    def _store(self, records: list[Record], batch: list[Event]) -> bool:
        """In a thread: write, making room where there is none."""
        for _ in range(len(self._segments) + 3):
            try:
                self._append(records, batch)
            except OSError:
                # What was written of it stays behind as spoilt or double lines, which a reader passes over.
                self._writable = None
                if not self._make_room():
                    return False
            else:
                return True
        return False

    def _append(self, records: list[Record], batch: list[Event]) -> None:
        segment = self._writable
        if segment is None or segment.size >= SEGMENT_BYTES:
            self._retire()
            if self._clear:
                self._clear_away()
            first = self._segments[-1].last + 1 if self._segments else span_of(batch[0])[0]
            header = Header(log=self.log, first=first, at=self._last_at, totals=dict(self.totals))
            segment = Segment(name=name_of(first), first=first, last=first - 1, began=self._last_at)
            # A file of that name can only be what a failed write left behind: nothing of it was ever handed out.
            self._files.remove(segment.name)
            data = whole(header, records)
        else:
            data = b"".join(line(record.data) for record in records)
        self._files.append(segment.name, data)
        self._files.sync(segment.name)
        if segment is not self._writable:
            self._segments = [*self._segments, segment]
            self._writable, self._tail = segment, []
        segment.size += len(data)
        segment.last = records[-1].seq
        self._last_at = batch[-1].at
        self._tail = [*self._tail, *records]

    def _bound_pending(self) -> None:
        """Called with the lock held, so that nothing of it is being written."""
        if len(self._pending) > PENDING_LIMIT:
            acked = [event for event in self._pending if event.seq <= self.ack]
            self._pending = squeeze(acked, keep=frozenset()) + self._pending[len(acked) :]
        for keep in KEPT:
            if len(self._pending) > PENDING_LIMIT:
                self._pending = squeeze(self._pending, keep=keep)

    # Room

    def _clear_away(self) -> None:
        """Before the first write of a new log: away with any other."""
        for name in self._files.names(FOLDER):
            if first_of(name) is not None:
                self._files.remove(name)
        self._clear = False

    def _retire(self) -> None:
        """Before a new segment: let go of what is too old or too much."""
        while len(self._segments) > 1 and self._segments[0].last <= self.ack:
            at = self._ended()
            old = at is not None and self._last_at is not None and self._last_at - at > KEEP
            if not ((old or self.size > self._limit) and self._forget_first()):
                break
        while self.size > self._limit and self._make_room():
            pass

    def _ended(self) -> datetime | None:
        """The instant of the first segment's last event."""
        after = self._segments[1]
        if after.began is None:
            with contextlib.suppress(OSError):
                header = read(self._files.read(after.name) or b"").header
                after.began = header.at if header is not None else None
        return after.began

    def _forget_first(self) -> bool:
        try:
            self._files.remove(self._segments[0].name)
        except OSError:
            return False
        # A new list, since a reader may be walking along the old one.
        self._segments = self._segments[1:]
        return True

    def _make_room(self) -> bool:
        """Free some of the disk; whether there was anything left to free."""
        if len(self._segments) > 1 and self._segments[0].last <= self.ack and self._forget_first():
            return True
        for level, keep in enumerate(KEPT, start=1):
            for segment in self._segments:
                # What the writer still appends to is left alone; after a failed write there is no such segment.
                if segment is not self._writable and segment.squeezed < level and self._squeeze(segment, keep, level):
                    return True
            if self.size <= self._limit:
                break
        return False

    def _squeeze(self, segment: Segment, keep: frozenset[str], level: int) -> bool:
        """Rewrite a segment with less in it; whether that gained anything."""
        try:
            header, events, _ = read(self._files.read(segment.name) or b"")
            events = answers(events, first=segment.first, last=segment.last, at=segment.began).events
            fresh = header or Header(log=self.log, first=segment.first, totals=dict(self.totals))
            data = whole(fresh, [record_of(event) for event in squeeze(events, keep=keep)])
            if len(data) >= segment.size * 0.9:
                segment.squeezed = level
                return False
            self._files.remove(RESERVE)
            self._files.replace(segment.name, data)
        except OSError:
            return False
        self._loaded = ("", [])
        segment.size, segment.squeezed = len(data), level
        self._keep_reserve()
        return True

    def _keep_reserve(self) -> None:
        with contextlib.suppress(OSError):
            if self._files.read(RESERVE) is None:
                self._files.replace(RESERVE, os.urandom(SEGMENT_BYTES * 2))

    # Sending

    async def after(self, seq: int) -> list[Record]:
        """Records past ``seq`` that may be sent, at most one batch of them; none when there are no more."""
        seq = max(seq, self.first_kept - 1)
        segment = next((one for one in self._segments if one.last > seq), None)
        records: Iterable[Record]
        if segment is None:
            records = (record_of(event) for event in self._pending) if self._refused else ()
        elif segment is self._writable:
            records = self._tail
        else:
            if self._loaded[0] != segment.name:
                found = await asyncio.to_thread(self._read, segment)
                if all(one is not segment for one in self._segments):
                    return await self.after(seq)
                if found.gaps:
                    self._count("disk_damaged")
                self._loaded = (segment.name, [record_of(event) for event in found.events])
            records = self._loaded[1]
        batch: list[Record] = []
        size = 0
        for record in records:
            if record.seq <= seq or record.seq > min(segment.last if segment else self.head, self.head):
                continue
            size += len(record.data)
            if batch and (size > BATCH_BYTES or len(batch) >= BATCH_LIMIT):
                break
            batch.append(record)
        return batch

    def _read(self, segment: Segment) -> Answers:
        """In a thread: what answers for every seq of a segment, whatever the disk still gives out of it."""
        try:
            data = self._files.read(segment.name) or b""
        except OSError:
            data = b""
        header, events, _ = read(data)
        at = header.at if header is not None else segment.began
        return answers(events, first=segment.first, last=segment.last, at=at)

    def acknowledge(self, log: str, seq: int) -> bool:
        """Everything up to ``seq`` is committed at the controller; whether that was news. An acknowledgement of
        another log, or of what was never sent, changes nothing and is counted: one from before this run, kept back,
        may be of other events under the seqs of this one."""
        if log != self.log:
            self._count("ack_foreign")
        elif not self.agreed or seq > self.head:
            self._count("ack_beyond_head")
        elif seq > self.ack:
            self.ack = seq
            return True
        return False

    def wanted(self, log: str | None, next_seq: int) -> None:
        """The controller, restored perhaps, says which seq of the log it wants next: what is kept is sent again. If it
        has more of the log than there is, the disk was put back to an earlier state, and a new log begins."""
        if log != self.log:
            self.ack = self.first_kept - 1
        elif next_seq - 1 > (self.head if self.agreed else self._found):
            self._gone_back = True
            self._urgent.set()
            self.wake.set()
            return
        else:
            self.ack = max(next_seq, self.first_kept) - 1
        self.agreed = True

    async def keep_ack(self) -> None:
        """Bring the acknowledged seq to the disk. One that is behind only costs sending again."""
        if self.ack != self._stored_ack:
            acked = Acked(log=self.log, seq=self.ack)
            try:
                await asyncio.to_thread(self._files.replace, ACK, encode(acked))
            except OSError:
                self._count("disk_refused")
            else:
                self._stored_ack = acked.seq
