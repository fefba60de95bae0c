"""One side of a door: combines what is read at all its readers, because a card may be read at one and its PIN typed at
another. ``Reader`` is what all kinds of reader share; ``edge.readers.credential_entry`` makes of what is read what a
person presents.
"""

from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Callable, Mapping
from typing import Generic, TypeVar

from edge.doors.buzzer_and_lights import DoorSignal
from edge.readers.config import ReaderConfig
from edge.readers.credential_entry import CLEAR, EntryState, answered, card, key, scan, wait
from edge.readers.reading import Card, Keys, Reading
from edge.runtime import Runtime, Timer
from edge.sensors.debounced_input import Switch
from edge.system.pinout import InputPin
from edge.wire.credentials import CODE_LENGTH, Presented
from edge.wire.events import UnreadData, UnreadWhat, UnreadWhy
from edge.wire.faults import FaultCode
from edge.wire.messages import DeviceState

C = TypeVar("C", bound=ReaderConfig)
Present = Callable[[Presented], None]
"""Called on the event loop with everything that one person presents at once."""

PROMPT_S = 0.050
"""A timer that fires later than this was delayed; input may have been delayed as well."""
TRIES = 20
"""How often it waits again when it was delayed; after that the pause counts in any case."""


class PauseTimer:
    """Calls back at a set time, but not while the machine lags: input from before the pause may still be on its way and
    would be taken to come after it."""

    def __init__(self, runtime: Runtime, name: str, callback: Callable[[], None]) -> None:
        self._clock = runtime.clock
        self._callback = callback
        self._timer = Timer(runtime, name, self._rang)
        self._wanted: float | None = None
        self._due = 0.0
        self._tries = 0

    def set(self, at: float | None) -> None:
        """Fire at ``at`` (monotonic seconds), replacing any earlier setting; ``None`` cancels it."""
        if at != self._wanted:
            self._wanted, self._tries, self._due = at, 0, at or 0.0
            self._timer.set(at)

    def _rang(self) -> None:
        now = self._clock.monotonic()
        if now > self._due + PROMPT_S and self._tries < TRIES:
            self._tries += 1
            self._due = now + PROMPT_S
            self._timer.set(self._due)
            return
        self._wanted = None
        self._callback()


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
        self._entries: dict[str, EntryState] = {}
        self._timer = PauseTimer(runtime, f"entries at {door}, {side}", self._ring)

    def join(self, reader: str, present: Present) -> None:
        """Add a reader to this side; ``present`` is called with what is presented there."""
        self._present[reader] = present
        self._unread[reader] = Unread(self._runtime, door=self._door, reader=reader)
        self._entries[reader] = EntryState()

    def take(self, reader: str, reading: Reading, at: float, *, earliest: float | None = None) -> None:
        """Process a reading. ``at``: when it was made (monotonic seconds), not when this machine processed it. If that
        is unknown, ``earliest`` is a lower bound."""
        if isinstance(reading, Keys):
            self._wait(reader, at if earliest is None else earliest)
            for pressed in reading.keys:
                begun = self._entries[reader]
                self._entries[reader], presented = key(begun, pressed, at, length=self._length())
                if presented is not None:
                    self._show(reader, presented)
                elif pressed == CLEAR:
                    self._lost(reader, begun, UnreadWhy.CLEARED)
        else:
            for each in self._entries:
                self._wait(each, at)
                self._lost(each, self._entries[each], UnreadWhy.CLEARED)
            read = card if isinstance(reading, Card) else scan
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
                reader: answered(begun, pin_wanted=wanted, now=now) for reader, begun in self._entries.items()
            }
            self._set_timer()

    def forget(self, reader: str) -> None:
        """A reader is gone: discard its incomplete entry."""
        self._lost(reader, self._entries[reader], UnreadWhy.CUT_OFF)
        self._entries[reader] = EntryState()
        self._set_timer()

    def _ring(self) -> None:
        for reader in self._entries:
            self._wait(reader, self._runtime.clock.monotonic())
        self._set_timer()

    def _wait(self, reader: str, until: float) -> None:
        """Nothing more was read at ``reader`` before ``until``."""
        begun = self._entries[reader]
        self._entries[reader], presented = wait(begun, until)
        if presented is not None:
            self._show(reader, presented)
        elif self._entries[reader] is not begun:
            self._lost(reader, begun, UnreadWhy.UNFINISHED)

    def _lost(self, reader: str, begun: EntryState, why: UnreadWhy) -> None:
        if begun.digits:
            self._unread[reader].report(why, UnreadWhat.KEYS, len(begun.digits))

    def _show(self, reader: str, presented: Presented) -> None:
        if presented.card and presented.digits:
            # The card has its PIN, so it no longer waits for one at the other readers.
            self._entries = {
                each: EntryState() if begun.card == presented.card else begun for each, begun in self._entries.items()
            }
        self._present[reader](presented)

    def _set_timer(self) -> None:
        self._timer.set(min((begun.due for begun in self._entries.values() if begun.due is not None), default=None))

    def _length(self) -> int:
        here = self._runtime.door_plan(self._door)
        return here.hours.code_length if here is not None else CODE_LENGTH


class Reader(ABC, Generic[C]):
    """One reader of any kind: passes on what it reads to its side of the door. tests/contract/test_readers.py runs over
    every kind."""

    def __init__(self, config: C, *, runtime: Runtime, side: DoorSide) -> None:
        self.id = config.id
        self._config = config
        self._runtime = runtime
        self._side = side
        self._open = True

    def take(self, reading: Reading, at: float, *, earliest: float | None = None) -> None:
        """Pass on a reading made at ``at`` (monotonic seconds), or as early as ``earliest``."""
        self._side.take(self.id, reading, at, earliest=earliest)

    def garbled(self, what: UnreadWhat, count: int) -> None:
        """Report ``count`` keys, bits or characters that could not be decoded."""
        self._runtime.count("reader_garbled")
        self._side.garbled(self.id, what, count)

    @abstractmethod
    def start(self) -> None:
        """Start reading and reporting faults."""

    def signal(self, signal: DoorSignal) -> None:
        """The door has answered with this signal. Readers with lights also show it. Does not block."""
        self._side.answer(signal)

    def state(self) -> DeviceState:
        """``reader`` {door, side, kind}, and ``values``."""
        config = self._config
        place = {"door": config.door, "side": config.side, "kind": str(config.__struct_config__.tag)}
        return self._runtime.device_state(self.id, "reader", {**place, **self.values()})

    def values(self) -> Mapping[str, str | bool | None]:
        """The values of its state that are specific to its kind."""
        return {}

    def forget(self) -> None:
        """The reader is gone: discard any incomplete entry."""
        self._side.forget(self.id)

    def close(self) -> None:
        """Stop reading and close what it opened. Idempotent."""
        self._open = False


class TamperLoop:
    """The loop through a reader's cable: open when the cable is cut or the reader has been taken off. Reports a fault
    while it is open, and calls ``cut``. Does nothing for a reader without a loop."""

    def __init__(self, wired: InputPin | None, *, reader: str, runtime: Runtime, cut: Callable[[], None]) -> None:
        self._reader = reader
        self._runtime = runtime
        self._cut = cut
        self._switch: Switch | None = None
        if wired is not None:
            self._switch = Switch(wired, device=reader, what="reader_loop", runtime=runtime, changed=self._changed)

    def start(self) -> None:
        if self._switch is not None:
            self._changed(self._switch.active)

    def _changed(self, joined: bool) -> None:
        if not joined:
            self._cut()
        self._runtime.fault(self._reader, FaultCode.READER_CUT_OFF, present=not joined)
