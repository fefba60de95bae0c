"""One side of a door: puts together what is read at all readers there, since a card may be held to one of them and its
PIN typed at another."""

from edge.doors.signals import DoorSignal
from edge.readers import Present, entry
from edge.readers.pause import PauseTimer
from edge.readers.reading import Card, Keys, Reading
from edge.readers.unread_events import Unread
from edge.runtime import Runtime
from edge.wire.credentials import CODE_LENGTH, Presented
from edge.wire.events import UnreadWhat, UnreadWhy

_ANSWERS = {DoorSignal.GRANTED, DoorSignal.REFUSED, DoorSignal.LOCKED_OUT, DoorSignal.TOO_EARLY, DoorSignal.PIN_WANTED}


class DoorSide:
    """What has been begun there. Digits belong to the reader they are typed at, so that two people at two keypads do
    not spoil each other's codes; a card waits for its PIN at all of them."""

    def __init__(self, door: str, side: str, *, runtime: Runtime) -> None:
        self._door = door
        self._runtime = runtime
        self._present: dict[str, Present] = {}
        self._unread: dict[str, Unread] = {}
        self._entries: dict[str, entry.EntryState] = {}
        self._timer = PauseTimer(runtime, f"entries at {door}, {side}", self._ring)

    def join(self, reader: str, present: Present) -> None:
        """A reader is on this side; ``present`` is told what is presented there."""
        self._present[reader] = present
        self._unread[reader] = Unread(self._runtime, door=self._door, reader=reader)
        self._entries[reader] = entry.EntryState()

    def take(self, reader: str, reading: Reading, at: float, *, earliest: float | None = None) -> None:
        """Something was read at ``reader``, at ``at`` in monotonic seconds: when it came in, and not when this machine
        found the time to look at it. Where that is not known, it was at ``earliest`` or after."""
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
        """Something came from ``reader`` that says nothing."""
        self._unread[reader].report(UnreadWhy.GARBLED, what, count)

    def answer(self, signal: DoorSignal) -> None:
        """The door has said so to whoever stands there. Idempotent, since every reader there may be told."""
        if signal in _ANSWERS:
            now, wanted = self._runtime.clock.monotonic(), signal is DoorSignal.PIN_WANTED
            self._entries = {
                reader: entry.answered(begun, pin_wanted=wanted, now=now) for reader, begun in self._entries.items()
            }
            self._set_timer()

    def forget(self, reader: str) -> None:
        """That reader has gone: whatever was begun at it is over."""
        self._lost(reader, self._entries[reader], UnreadWhy.CUT_OFF)
        self._entries[reader] = entry.EntryState()
        self._set_timer()

    def _ring(self) -> None:
        for reader in self._entries:
            self._wait(reader, self._runtime.clock.monotonic())
        self._set_timer()

    def _wait(self, reader: str, until: float) -> None:
        """Nothing more came from ``reader`` before ``until``."""
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
            # The card has its PIN: it waits for none at the other readers.
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
