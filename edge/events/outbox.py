"""The outbox: keeps events on disk until the controller has committed them.

- Access events are on disk within 50 ms, all others within 1 s. Disk writes happen in a thread, so that readers never
  wait for them. A seq is sent only once it is on disk, or once the disk has refused it; then the event is held in
  memory and sent from there.
- Acknowledged events stay for 35 days, within ``limit`` bytes, in case the controller is restored from a backup.
- When the disk is full or ``limit`` is reached, acknowledged segments are deleted first, oldest first. Then runs of
  events whose ranks are not in ``KEPT`` become one ``dropped`` event each, step by step. Admissions go last.
- A new or foreign disk, or one restored to an earlier state, begins a new log at seq 1. The controller's hello shows
  whether the disk was restored: before the first hello of a run, no seq is sent that the controller may already have.
"""

import asyncio
import contextlib
import os
import secrets
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta

from edge.events import segments
from edge.events.disk_full import KEPT, squeeze
from edge.events.recovery import ACK, RESERVE, Acked, RecoveredLog, recover
from edge.system.durable_files import Files
from edge.system.liveness import OUTSIDE_STUCK_S, Wake
from edge.wire.codec import encode
from edge.wire.event_batch import BATCH_LIMIT
from edge.wire.events import URGENT, Event, FootfallData

GROUP_S = 0.25
"""How long a non-urgent event waits for others, in real seconds."""
RETRY_S = 1.0
SEGMENT_BYTES = 256 * 1024
BATCH_BYTES = 96 * 1024
KEEP = timedelta(days=35)
PENDING_LIMIT = 10_000
"""The most events held in memory while the disk refuses them; beyond it, runs of them become ``dropped`` events."""


class Outbox:
    """One log of events. Call ``open``, then run ``run`` as a task; ``add`` may be called from then on.

    ``count`` is called with the name of anything unexpected, for the device health; ``committed`` after events reached
    the disk; ``renewed`` after a new log began.
    """

    def __init__(
        self, files: Files, *, limit: int, count: Callable[[str], None], committed: Callable[[], None]
    ) -> None:
        self._files = files
        self._limit = limit
        self._count = count
        self._committed = committed
        self._segments: list[segments.Segment] = []
        self._tail: list[segments.Record] = []
        self._loaded: tuple[str, list[segments.Record]] = ("", [])
        self._pending: list[Event] = []
        self._writable: segments.Segment | None = None
        self.wake = Wake(OUTSIDE_STUCK_S)
        self._urgent = asyncio.Event()
        self._writing = asyncio.Lock()
        self._stored_ack = 0
        self._found = 0
        self._gone_back = False
        self._clear = False
        self._refused = False
        self.agreed = False
        """Whether events may be sent: the controller has no other events under the seqs of this run."""
        self.renewed: Callable[[], None] = lambda: None
        self.log = ""
        self.head = 0
        self.next_seq = 1
        self.ack = 0
        self.totals: dict[str, tuple[int, int]] = {}
        self.passages: dict[str, int] = {}
        self._last_at: datetime | None = None

    @property
    def first_kept(self) -> int:
        if self._segments:
            return self._segments[0].first
        return segments.span_of(self._pending[0])[0] if self._pending else self.next_seq

    @property
    def size(self) -> int:
        """Bytes on disk."""
        return sum(segment.size for segment in self._segments)

    @property
    def waiting(self) -> int:
        """Bytes on disk of segments with events that the controller has not committed."""
        return sum(segment.size for segment in self._segments if segment.last > self.ack)

    # Start-up

    async def open(self) -> RecoveredLog:
        """Read the stored log. What cannot be read is among the faults returned."""
        found = await asyncio.to_thread(recover, self._files)
        self.log, self.ack, self._segments = found.log, found.ack, found.segments
        self.totals, self.passages, self._last_at = dict(found.totals), dict(found.passages), found.last_at
        if found.segments:
            self.head = found.segments[-1].last
            if found.whole:
                self._writable, self._tail = found.segments[-1], found.tail
        self.next_seq = self.head + 1
        self._found, self._clear, self.agreed = self.head, found.fresh, found.fresh
        await asyncio.to_thread(self._keep_reserve)
        return found

    # Adding

    def add(self, event: Event) -> None:
        """Add an event, whose seq is ``next_seq``. It is written to disk a little later."""
        self.next_seq += 1
        self._pending.append(event)
        if event.kind == "footfall" and isinstance(crossing := event.read(), FootfallData):
            self.totals[crossing.counter] = (crossing.total_ins, crossing.total_outs)
            self.passages[crossing.counter] = crossing.total_passages
        if event.kind in URGENT:
            self._urgent.set()
        self.wake.set()

    async def run(self) -> None:
        """Write added events to disk, until cancelled."""
        while True:
            await self.wake.wait()
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(GROUP_S):
                    await self._urgent.wait()
            if not await self.commit():
                await asyncio.sleep(RETRY_S)

    async def commit(self) -> bool:
        """Write everything added so far to disk. Returns whether that succeeded."""
        async with self._writing:
            self.wake.clear()
            self._urgent.clear()
            if self._gone_back:
                await self._start_new_log()
            batch = list(self._pending)
            if not batch:
                return True
            records = [segments.record_of(event) for event in batch]
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

    async def _start_new_log(self) -> None:
        """Continue in a new log with the events of this run, because the controller has other events under their seqs.
        It already has everything that was on disk before this run."""
        stored = await asyncio.to_thread(self._events_of_this_run)
        events = segments.renumber([*stored, *self._pending])
        self._gone_back, self._clear, self._refused, self.agreed = False, True, False, True
        self.log, self.ack, self.head, self._found, self._stored_ack = secrets.token_hex(16), 0, 0, 0, 0
        self._segments, self._tail, self._loaded, self._writable = [], [], ("", []), None
        self._pending, self.next_seq = events, events[-1].seq + 1 if events else 1
        self._count("log_gone_back")
        self.renewed()

    def _events_of_this_run(self) -> list[Event]:
        """Runs in a thread: the events on disk that this run has added."""
        found = [segment for segment in self._segments if segment.last > self._found]
        return [event for one in found for event in self._read(one).events if event.seq > self._found]

    def _store(self, records: list[segments.Record], batch: list[Event]) -> bool:
        """Runs in a thread: write, freeing space if needed."""
        for _ in range(len(self._segments) + 3):
            try:
                self._append(records, batch)
            except OSError:
                # A partial write leaves corrupt or duplicate lines, which are skipped when read.
                self._writable = None
                if not self._make_room():
                    return False
            else:
                return True
        return False

    def _header(self, first: int, at: datetime | None = None) -> segments.Header:
        totals, passages = dict(self.totals), dict(self.passages)
        return segments.Header(log=self.log, first=first, at=at, totals=totals, passages=passages)

    def _append(self, records: list[segments.Record], batch: list[Event]) -> None:
        segment = self._writable
        if segment is None or segment.size >= SEGMENT_BYTES:
            self._retire()
            if self._clear:
                self._delete_other_logs()
            first = self._segments[-1].last + 1 if self._segments else segments.span_of(batch[0])[0]
            header = self._header(first, self._last_at)
            segment = segments.Segment(name=segments.name_of(first), first=first, last=first - 1, began=self._last_at)
            # A file of that name can only be left from a failed write: nothing of it was ever sent.
            self._files.remove(segment.name)
            data = segments.whole(header, records)
        else:
            data = b"".join(segments.line(record.data) for record in records)
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
        """Limit the pending events. Call it with the lock held, so that none of them is being written."""
        if len(self._pending) > PENDING_LIMIT:
            acked = [event for event in self._pending if event.seq <= self.ack]
            self._pending = squeeze(acked, keep=frozenset()) + self._pending[len(acked) :]
        for keep in KEPT:
            if len(self._pending) > PENDING_LIMIT:
                self._pending = squeeze(self._pending, keep=keep)

    # Room

    def _delete_other_logs(self) -> None:
        """Delete any other log, before the first write of a new one."""
        for name in self._files.names(segments.FOLDER):
            if segments.first_of(name) is not None:
                self._files.remove(name)
        self._clear = False

    def _retire(self) -> None:
        """Before a new segment: delete what is too old or too much."""
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
                header = segments.read(self._files.read(after.name) or b"").header
                after.began = header.at if header is not None else None
        return after.began

    def _forget_first(self) -> bool:
        try:
            self._files.remove(self._segments[0].name)
        except OSError:
            return False
        # A new list, because a reader may be iterating over the old one.
        self._segments = self._segments[1:]
        return True

    def _make_room(self) -> bool:
        """Free disk space. Returns whether there was anything to free."""
        if len(self._segments) > 1 and self._segments[0].last <= self.ack and self._forget_first():
            return True
        for level, keep in enumerate(KEPT, start=1):
            for segment in self._segments:
                # The segment still being written is left alone; after a failed write there is none.
                if segment is not self._writable and segment.squeezed < level and self._squeeze(segment, keep, level):
                    return True
            if self.size <= self._limit:
                break
        return False

    def _squeeze(self, segment: segments.Segment, keep: frozenset[str], level: int) -> bool:
        """Compact a segment. Returns whether that freed space."""
        try:
            header, events, _ = segments.read(self._files.read(segment.name) or b"")
            events = segments.answers(events, first=segment.first, last=segment.last, at=segment.began).events
            fresh = header or self._header(segment.first)
            data = segments.whole(fresh, [segments.record_of(event) for event in squeeze(events, keep=keep)])
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

    async def after(self, seq: int) -> list[segments.Record]:
        """The records after ``seq`` that may be sent, at most one batch; empty if there are none."""
        seq = max(seq, self.first_kept - 1)
        segment = next((one for one in self._segments if one.last > seq), None)
        records: Iterable[segments.Record]
        if segment is None:
            records = (segments.record_of(event) for event in self._pending) if self._refused else ()
        elif segment is self._writable:
            records = self._tail
        else:
            if self._loaded[0] != segment.name:
                found = await asyncio.to_thread(self._read, segment)
                if all(one is not segment for one in self._segments):
                    return await self.after(seq)
                if found.gaps:
                    self._count("disk_damaged")
                self._loaded = (segment.name, [segments.record_of(event) for event in found.events])
            records = self._loaded[1]
        batch: list[segments.Record] = []
        size = 0
        for record in records:
            if record.seq <= seq or record.seq > min(segment.last if segment else self.head, self.head):
                continue
            size += len(record.data)
            if batch and (size > BATCH_BYTES or len(batch) >= BATCH_LIMIT):
                break
            batch.append(record)
        return batch

    def _read(self, segment: segments.Segment) -> segments.Answers:
        """Runs in a thread: events that cover every seq of a segment, as far as it can be read."""
        try:
            data = self._files.read(segment.name) or b""
        except OSError:
            data = b""
        header, events, _ = segments.read(data)
        at = header.at if header is not None else segment.began
        return segments.answers(events, first=segment.first, last=segment.last, at=at)

    def acknowledge(self, log: str, seq: int) -> bool:
        """The controller has committed everything up to ``seq``. Returns whether that is new. An acknowledgement of
        another log, or of events that were never sent, is counted and has no effect: a delayed one from before this run
        may refer to other events with the same seqs."""
        if log != self.log:
            self._count("ack_foreign")
        elif not self.agreed or seq > self.head:
            self._count("ack_beyond_head")
        elif seq > self.ack:
            self.ack = seq
            return True
        return False

    def resend_from(self, log: str | None, next_seq: int) -> None:
        """The controller, which may have been restored, names the next seq that it needs: what is stored is sent again.
        If it has more of the log than exists, the disk was restored to an earlier state, and a new log begins."""
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
        """Write the acknowledged seq to disk. An outdated one only causes events to be sent again."""
        if self.ack != self._stored_ack:
            acked = Acked(log=self.log, seq=self.ack)
            try:
                await asyncio.to_thread(self._files.put_record, ACK, encode(acked))
            except OSError:
                self._count("disk_refused")
            else:
                self._stored_ack = acked.seq
