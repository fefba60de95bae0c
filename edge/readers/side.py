"""One side of a door: combines what is read at all its readers, because a card may be read at one and its PIN typed at
another."""

from collections import Counter

from edge.doors.signals import DoorSignal
from edge.readers import Present, entry
from edge.readers.pause import PauseTimer
from edge.readers.reading import Card, Keys, Reading
from edge.runtime import Runtime, Timer
from edge.wire.credentials import CODE_LENGTH, Presented
from edge.wire.events import UnreadData, UnreadWhat, UnreadWhy

AT_ONCE = 10
"""This many are recorded one by one."""
EVERY_S = 60.0
"""Further ones are counted and recorded together at the end of this time, so that a noisy line cannot fill the disk."""


class Unread:
    """One for each reader."""

    def __init__(self, runtime: Runtime, *, door: str, reader: str) -> None:
        self._runtime = runtime
        self._door = door
        self._reader = reader
        self._reported = 0
        self._counted: Counter[tuple[UnreadWhy, UnreadWhat]] = Counter()
        self._timer = Timer(runtime, f"unread at {reader}", self._flush)

    def report(self, why: UnreadWhy, what: UnreadWhat, count: int) -> None:
        """Record ``count`` keys, bits or characters that came to nothing."""
        if self._timer.at is None:
            self._timer.set(self._runtime.clock.monotonic() + EVERY_S)
        if self._reported < AT_ONCE:
            self._reported += 1
            self._record(UnreadData(door=self._door, reader=self._reader, why=why, what=what, count=count))
        else:
            self._counted[why, what] += 1

    def _flush(self) -> None:
        self._reported = 0
        counted, self._counted = self._counted, Counter()
        for (why, what), times in counted.items():
            self._record(UnreadData(door=self._door, reader=self._reader, why=why, what=what, times=times))

    def _record(self, data: UnreadData) -> None:
        self._runtime.record(self._reader, data)


_ANSWERS = {DoorSignal.GRANTED, DoorSignal.REFUSED, DoorSignal.LOCKED_OUT, DoorSignal.TOO_EARLY, DoorSignal.PIN_WANTED}


class DoorSide:
    """The incomplete entries of one side. Digits belong to the reader where they are typed, so that two people at two
    keypads do not mix their codes. A card waits for its PIN at all readers."""

    def __init__(self, door: str, side: str, *, runtime: Runtime) -> None:
        self._door = door
        self._runtime = runtime
        self._present: dict[str, Present] = {}
        self._unread: dict[str, Unread] = {}
        self._entries: dict[str, entry.EntryState] = {}
        self._timer = PauseTimer(runtime, f"entries at {door}, {side}", self._ring)

    def join(self, reader: str, present: Present) -> None:
        """Add a reader to this side; ``present`` is called with what is presented there."""
        self._present[reader] = present
        self._unread[reader] = Unread(self._runtime, door=self._door, reader=reader)
        self._entries[reader] = entry.EntryState()

    def take(self, reader: str, reading: Reading, at: float, *, earliest: float | None = None) -> None:
        """Process a reading. ``at``: when it was made (monotonic seconds), not when this machine processed it. If that
        is unknown, ``earliest`` is a lower bound."""
        if isinstance(reading, Keys):
            self._wait(reader, at if earliest is None else earliest)
            for pressed in reading.keys:
                begun = self._entries[reader]
                self._entries[reader], presented = entry.key(begun, pressed, at, length=self._length())
                if presented is None and pressed == entry.CLEAR:
                    self._lost(reader, begun, UnreadWhy.CLEARED)
                self._show(reader, presented)
        else:
            for each in self._entries:
                self._wait(each, at)
                self._lost(each, self._entries[each], UnreadWhy.CLEARED)
            read = entry.card if isinstance(reading, Card) else entry.scan
            waiting, presented = read(reading.text, at)
            self._entries = dict.fromkeys(self._entries, waiting)
            self._show(reader, presented)
        self._set_timer()

    def garbled(self, reader: str, what: UnreadWhat, count: int) -> None:
        """Record input of ``reader`` that could not be decoded."""
        self._unread[reader].report(UnreadWhy.GARBLED, what, count)

    def answer(self, signal: DoorSignal) -> None:
        """The door has answered. Idempotent, since every reader of the side may pass it on."""
        if signal in _ANSWERS:
            now, wanted = self._runtime.clock.monotonic(), signal is DoorSignal.PIN_WANTED
            self._entries = {
                reader: entry.answered(begun, pin_wanted=wanted, now=now) for reader, begun in self._entries.items()
            }
            self._set_timer()

    def forget(self, reader: str) -> None:
        """A reader is gone: discard its incomplete entry."""
        self._lost(reader, self._entries[reader], UnreadWhy.CUT_OFF)
        self._entries[reader] = entry.EntryState()
        self._set_timer()

    def _ring(self) -> None:
        for reader in self._entries:
            self._wait(reader, self._runtime.clock.monotonic())
        self._set_timer()

    def _wait(self, reader: str, until: float) -> None:
        """Nothing more was read at ``reader`` before ``until``."""
        begun = self._entries[reader]
        self._entries[reader], presented = entry.wait(begun, until)
        if presented is None and self._entries[reader] is not begun:
            self._lost(reader, begun, UnreadWhy.UNFINISHED)
        self._show(reader, presented)

    def _lost(self, reader: str, begun: entry.EntryState, why: UnreadWhy) -> None:
        if begun.digits:
            self._unread[reader].report(why, UnreadWhat.KEYS, len(begun.digits))

    def _show(self, reader: str, presented: Presented | None) -> None:
        if presented is None:
            return
        if presented.card and presented.digits:
            # The card has its PIN, so it no longer waits for one at the other readers.
            self._entries = {
                each: entry.EntryState() if begun.card == presented.card else begun
                for each, begun in self._entries.items()
            }
        self._present[reader](presented)

    def _set_timer(self) -> None:
        self._timer.set(min((begun.due for begun in self._entries.values() if begun.due is not None), default=None))

    def _length(self) -> int:
        plan = self._runtime.plans.plan
        here = plan.doors.get(self._door) if plan is not None else None
        return here.hours.code_length if here is not None else CODE_LENGTH
