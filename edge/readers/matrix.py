"""A matrix of bare keys on GPIO.

At rest all rows are low and an edge on any column wakes; while a key is down the rows are scanned one by one.
"""

from edge.house import House, Timer
from edge.pins import Pins
from edge.readers import keys
from edge.readers.attendant import Attendant
from edge.readers.config import MatrixConfig
from edge.readers.loop import Loop
from edge.readers.reading import Keys
from edge.readers.side import DoorSide
from edge.signals import Signal
from edge.wire.faults import FaultCode
from edge.wire.messages import DeviceState

SCAN_S = 0.010
SLOW_SCAN_S = 0.5
"""While a key is stuck."""


class MatrixReader:
    """The keypad of ``config``."""

    def __init__(self, config: MatrixConfig, *, house: House, pins: Pins, side: DoorSide) -> None:
        self._config = config
        self._house = house
        self._attendant = Attendant(config, house=house, side=side)
        self._loop = Loop(config, house=house, pins=pins, cut=self._attendant.forget)
        self._timer = Timer(house, f"scan of {config.id}", self._scan)
        self._pad = keys.Pad()
        self._open = True
        self._scanning = False
        self._rows = [pins.output(pin, initial=False) for pin in config.rows]
        self._columns = [pins.input(pin, pull_up=True, on_change=self._edge) for pin in config.columns]

    @property
    def id(self) -> str:
        return self._config.id

    def start(self) -> None:
        self._loop.start()
        self._wake()

    def state(self) -> DeviceState:
        return self._attendant.state("matrix")

    def signal(self, signal: Signal) -> None:
        self._attendant.answer(signal)

    def close(self) -> None:
        self._open = False
        self._timer.set(None)

    def _edge(self, level: bool, tick: float) -> None:
        if not self._scanning:
            self._house.post(self._wake)

    def _wake(self) -> None:
        if self._open and not self._scanning and not all(column.level for column in self._columns):
            self._scanning = True
            self._scan()

    def _scan(self) -> None:
        now = self._house.clock.monotonic()
        before = self._pad
        self._pad, pressed = keys.look(before, self._seen(), now)
        if self._pad.ghosts > before.ghosts:
            self._house.count("reader_garbled")
        if pressed:
            self._attendant.take(Keys(keys=pressed))
        stuck = keys.is_stuck(self._pad, now)
        self._house.fault(self.id, FaultCode.KEY_STUCK, present=stuck)
        self._scanning = not self._pad.at_rest
        # An edge that came while scanning has woken nobody.
        self._scanning = self._scanning or not all(column.level for column in self._columns)
        if self._scanning and self._open:
            self._timer.set(now + (SLOW_SCAN_S if stuck else SCAN_S))

    def _seen(self) -> keys.Places:
        """One row low at a time; the columns that follow it are its keys. All rows are low again after."""
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
