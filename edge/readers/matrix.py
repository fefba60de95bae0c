"""A key matrix on GPIO.

When no key is pressed all rows are low, and an edge on any column starts a scan. While a key is down the rows are
scanned one by one.
"""

from edge.doors.signals import DoorSignal
from edge.readers import matrix_keys
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
        self._pad = matrix_keys.Pad()
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
            long_enough, self._fell_at = tick >= self._fell_at + matrix_keys.SETTLE_S, None
            if long_enough:
                self._take(UNREAD_KEY, self._ticks.instant(tick))

    def _scan(self, fell_at: float | None = None) -> None:
        """Scan which keys are down. ``fell_at``: since when one has been, if an edge has just reported it."""
        now = self._runtime.clock.monotonic()
        pad, before, self._scanned_at = self._pad, self._scanned_at, now
        self._pad, pressed = matrix_keys.scan(pad, self._seen(), now, since=fell_at, before=before)
        self._fell_at = None
        jammed = self._pad.ghosts > pad.ghosts
        if jammed:
            self._base.garbled(UnreadWhat.KEYS, len(self._pad.seen))
        if pressed or jammed:
            self._take(pressed or UNREAD_KEY, fell_at or now)
        stuck = matrix_keys.is_stuck(self._pad, now)
        self._runtime.fault(self.id, FaultCode.KEY_STUCK, present=stuck)
        self._scanning = not self._pad.at_rest
        # An edge during the scan has not started another one.
        self._scanning = self._scanning or not all(column.level for column in self._columns)
        if self._scanning and self._open:
            self._timer.set(now + (SLOW_SCAN_S if stuck else SCAN_S))

    def _take(self, key: str, at: float) -> None:
        if self._open:
            self._base.take(Keys(keys=key), at)

    def _seen(self) -> matrix_keys.Places:
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
