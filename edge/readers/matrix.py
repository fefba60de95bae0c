"""A key matrix on GPIO.

When no key is pressed all rows are low, and an edge on any column starts a scan. While a key is down the rows are
scanned one by one.

Decides which keys of a matrix were pressed, from those that seem to be.

In a matrix without diodes, three pressed corners of a rectangle make the fourth seem pressed too (a ghost). So with
three or more keys down nothing counts until all are released. Two keys never make a ghost, and fast typing overlaps.
"""

import msgspec

from edge.doors.signals import DoorSignal
from edge.readers.common import ReaderBase
from edge.readers.config import MatrixConfig
from edge.readers.reading import Keys
from edge.readers.side import DoorSide
from edge.readers.tamper_loop import Loop
from edge.runtime import Runtime, TickScale, Timer
from edge.system.pins import Pins
from edge.wire.credentials import UNREAD_KEY
from edge.wire.events import UnreadWhat
from edge.wire.faults import FaultCode
from edge.wire.messages import DeviceState

SETTLE_S = 0.020
"""Bouncing keys settle within this time."""
STUCK_S = 60.0
"""A key that is down this long is stuck."""
LAYOUT = ("123A", "456B", "789C", "*0#D")
"""Keys row by row. A to D are ignored."""

Places = frozenset[tuple[int, int]]
"""Keys by row and column."""


class Pad(msgspec.Struct, frozen=True, kw_only=True):
    """``down``: keys that count as down; ``seen``: keys seen in the last scan, unchanged since ``since`` (seconds of
    one scale). ``jammed``: three were down, or two were pressed at once. ``ghosts``: how often that happened."""

    down: Places = frozenset()
    seen: Places = frozenset()
    since: float = float("-inf")
    jammed: bool = False
    ghosts: int = 0

    @property
    def at_rest(self) -> bool:
        """Whether no key is down and none has seemed to be for long enough."""
        return not self.down and not self.seen


def scan(
    pad: Pad, seen: Places, now: float, *, since: float | None = None, before: float | None = None
) -> tuple[Pad, str]:
    """Process a scan at ``now``. Returns the key pressed since, ``0`` to ``9``, ``*``, ``#``, or an empty string.

    For a scan that is late: ``since``: when the wires last changed, if known, so that they need not settle again;
    ``before``: time of the previous scan: a key that was down then and no longer is was pressed.
    """
    if seen != pad.seen:
        late = before is not None and now >= before + SETTLE_S
        missed = pad.seen - pad.down
        if late and len(missed) == 1 and not pad.jammed:
            return msgspec.structs.replace(pad, down=pad.seen & seen, seen=seen, since=now), _name(missed)
        pad = msgspec.structs.replace(pad, seen=seen, since=now if since is None else min(since, now))
    if now < pad.since + SETTLE_S or seen == pad.down:
        return pad, ""
    new = seen - pad.down
    jams = bool(seen) and (len(seen) > 2 or len(new) > 1)
    ghosts = pad.ghosts + (jams and not pad.jammed)
    jammed = bool(seen) and (pad.jammed or jams)
    after = Pad(down=seen, seen=seen, since=pad.since, jammed=jammed, ghosts=ghosts)
    return after, "" if jammed or not new else _name(new)


def _name(one: Places) -> str:
    ((row, column),) = one
    key = LAYOUT[row][column]
    return "" if key.isalpha() else key


def is_stuck(pad: Pad, now: float) -> bool:
    """Whether the same keys have been down for too long."""
    return bool(pad.down) and pad.down == pad.seen and now >= pad.since + STUCK_S


SCAN_S = 0.010
SLOW_SCAN_S = 0.5
"""While a key is stuck."""


class MatrixReader:
    """The keypad of ``config``."""

    def __init__(self, config: MatrixConfig, *, runtime: Runtime, pins: Pins, side: DoorSide) -> None:
        self._config = config
        self._runtime = runtime
        self._base = ReaderBase(config, runtime=runtime, side=side)
        self._loop = Loop(config, runtime=runtime, pins=pins, cut=self._base.forget)
        self._timer = Timer(runtime, f"scan of {config.id}", self._scan)
        self._pad = Pad()
        self._open = True
        self._scanning = False
        self._ticks = TickScale(runtime.clock)
        self._fell_at: float | None = None
        self._scanned_at = float("-inf")
        self._rows = [pins.output(pin, initial=False) for pin in config.rows]
        self._columns = [pins.input(pin, pull_up=True, on_change=self._edge) for pin in config.columns]

    @property
    def id(self) -> str:
        return self._config.id

    def start(self) -> None:
        self._loop.start()
        self._wake(False, None)

    def state(self) -> DeviceState:
        return self._base.state("matrix")

    def signal(self, signal: DoorSignal) -> None:
        self._base.answer(signal)

    def close(self) -> None:
        self._open = False
        self._timer.set(None)

    def _edge(self, level: bool, tick: float) -> None:
        if not self._scanning:
            self._runtime.post(self._wake, level, tick)

    def _wake(self, level: bool, tick: float | None) -> None:
        """A column changed while all rows were low."""
        if tick is not None:
            self._ticks.seen(tick)
        if not self._open or self._scanning:
            return
        if not all(column.level for column in self._columns):
            self._scanning = True
            self._scan(self._ticks.instant(tick) if tick is not None and not level else None)
        elif tick is not None and not level:
            self._fell_at = tick
        elif tick is not None and self._fell_at is not None:
            # It was released before this machine could scan which key it was.
            long_enough, self._fell_at = tick >= self._fell_at + SETTLE_S, None
            if long_enough:
                self._take(UNREAD_KEY, self._ticks.instant(tick))

    def _scan(self, fell_at: float | None = None) -> None:
        """Scan which keys are down. ``fell_at``: since when one has been, if an edge has just reported it."""
        now = self._runtime.clock.monotonic()
        pad, before, self._scanned_at = self._pad, self._scanned_at, now
        self._pad, pressed = scan(pad, self._seen(), now, since=fell_at, before=before)
        self._fell_at = None
        jammed = self._pad.ghosts > pad.ghosts
        if jammed:
            self._base.garbled(UnreadWhat.KEYS, len(self._pad.seen))
        if pressed or jammed:
            self._take(pressed or UNREAD_KEY, fell_at or now)
        stuck = is_stuck(self._pad, now)
        self._runtime.fault(self.id, FaultCode.KEY_STUCK, present=stuck)
        self._scanning = not self._pad.at_rest
        # An edge during the scan has not started another one.
        self._scanning = self._scanning or not all(column.level for column in self._columns)
        if self._scanning and self._open:
            self._timer.set(now + (SLOW_SCAN_S if stuck else SCAN_S))

    def _take(self, key: str, at: float) -> None:
        if self._open:
            self._base.take(Keys(keys=key), at)

    def _seen(self) -> Places:
        """The keys that are down: sets one row low at a time and reads the columns. All rows are low again
        afterwards."""
        seen = set()
        for row in self._rows:
            row.set(True)
        for at, row in enumerate(self._rows):
            row.set(False)
            seen |= {(at, column) for column, line in enumerate(self._columns) if not line.level}
            row.set(True)
        for row in self._rows:
            row.set(False)
        return frozenset(seen)
