"""A key matrix on GPIO.

When no key is pressed all rows are low, and an edge on any column starts a scan. While a key is down the rows are
scanned one by one. A key that came and went between two scans, on a busy machine, shows in the changes of its column
alone: it counts as a key that could not be read.

In a matrix without diodes, three pressed corners of a rectangle make the fourth seem pressed too (a ghost). So with
three or more keys down nothing counts until all are released. Two keys never make a ghost, and fast typing overlaps.
"""

from collections import deque
from collections.abc import Callable, Iterable

import msgspec

from edge.readers.config import MatrixConfig
from edge.readers.door_side import DoorSide, Reader, TamperLoop
from edge.readers.reading import Keys
from edge.runtime import Runtime, TickScale, Timer
from edge.wire.credentials import UNREAD_KEY
from edge.wire.events import UnreadWhat
from edge.wire.faults import FaultCode

SETTLE_S = 0.020
"""Bouncing keys settle within this time."""
BESIDE_S = 0.002
"""What the scan itself changes on a column is reported within this time of it."""
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


def presses_between(
    changes: Iterable[tuple[bool, float]], *, low: bool, begun: float, ended: float
) -> tuple[float, ...]:
    """When the keys of one column went down that were pressed between two scans, those still down at the later one
    among them, in seconds.

    ``changes``: of the column's level, in order; one within ``BESIDE_S`` of a scan may be the scan's own and is not
    looked at. ``low``: a key of it was down in the earlier scan, which ended at ``begun``; the later one began at
    ``ended``.
    """
    fell_at, found = None, []
    for level, at in changes:
        if not begun + BESIDE_S < at < ended - BESIDE_S:
            continue
        if not level:
            fell_at, low = at, True
            continue
        if not low:
            fell_at = begun  # it went down right after the scan
        if fell_at is not None and at >= fell_at + SETTLE_S:
            found.append(fell_at)
        fell_at, low = None, False
    if fell_at is not None and ended >= fell_at + SETTLE_S:
        found.append(fell_at)
    return tuple(found)


def is_stuck(pad: Pad, now: float) -> bool:
    """Whether the same keys have been down for too long."""
    return bool(pad.down) and pad.down == pad.seen and now >= pad.since + STUCK_S


class Gap(msgspec.Struct, frozen=True, kw_only=True):
    """The time between two scans: the end of one, the beginning of the other, and the keys that each saw."""

    begun: float
    ended: float
    before: Places
    after: Places


SCAN_S = 0.010
SLOW_SCAN_S = 0.5
"""While a key is stuck."""
_MOST_CHANGES = 4_000
"""Changes of the columns between two scans; noise beyond that is dropped."""


class MatrixReader(Reader[MatrixConfig]):
    """The keypad of ``config``."""

    def __init__(self, config: MatrixConfig, *, runtime: Runtime, side: DoorSide) -> None:
        super().__init__(config, runtime=runtime, side=side)
        self._loop = TamperLoop(config.loop, reader=self.id, runtime=runtime, cut=self.forget)
        self._timer = Timer(runtime, f"scan of {config.id}", self._scan)
        self._pad = Pad()
        self._scanning = False
        self._ticks = TickScale(runtime.clock)
        self._changes: deque[tuple[int, bool, float, float]] = deque(maxlen=_MOST_CHANGES)
        self._reported: list[tuple[int, bool, float]] = []
        self._gap: Gap | None = None
        self._scanned_at = self._scanned_until = float("-inf")
        self._rows = [runtime.pins.output(pin, initial=False) for pin in config.rows]
        self._columns = [
            runtime.pins.input(pin, pull_up=True, on_change=self._listener(column))
            for column, pin in enumerate(config.columns)
        ]

    def start(self) -> None:
        self._loop.start()
        self._wake(False, None)

    def close(self) -> None:
        super().close()
        self._timer.set(None)

    def _listener(self, column: int) -> Callable[[bool, float], None]:
        def changed(level: bool, tick: float) -> None:
            self._changes.append((column, level, tick, self._runtime.clock.monotonic()))
            if not self._scanning:
                self._runtime.post(self._wake, level, tick)

        return changed

    def _wake(self, level: bool, tick: float | None) -> None:
        """A column changed while all rows were low."""
        if tick is not None:
            self._ticks.seen(tick)
        if self._open and not self._scanning:
            self._scanning = True
            self._scan(self._ticks.instant(tick) if tick is not None and not level else None)

    def _scan(self, fell_at: float | None = None) -> None:
        """Scan which keys are down. ``fell_at``: since when one has been, if an edge has just reported it."""
        self._take_unseen()
        now = self._runtime.clock.monotonic()
        pad, before, self._scanned_at = self._pad, self._scanned_at, now
        seen = self._seen()
        self._pad, pressed = scan(pad, seen, now, since=fell_at, before=before)
        jammed = self._pad.ghosts > pad.ghosts
        if jammed:
            self.garbled(UnreadWhat.KEYS, len(self._pad.seen))
        if pressed or jammed:
            self._take(pressed or UNREAD_KEY, fell_at or now)
        # What changed in a gap may be reported only after it: the gap is judged at the next scan.
        late = now >= self._scanned_until + SETTLE_S
        self._gap = Gap(begun=self._scanned_until, ended=now, before=pad.seen, after=seen) if late else None
        self._scanned_until = self._runtime.clock.monotonic()
        stuck = is_stuck(self._pad, now)
        self._runtime.fault(self.id, FaultCode.KEY_STUCK, present=stuck)
        # An edge during the scan has not started another one.
        self._scanning = (
            not self._pad.at_rest or self._gap is not None or not all(column.level for column in self._columns)
        )
        if self._scanning and self._open:
            self._timer.set(now + (SLOW_SCAN_S if stuck else SCAN_S))

    def _take_unseen(self) -> None:
        """Take the keys that were pressed and released, or pressed once more, while this machine was too busy to scan:
        something was pressed, and nobody knows what."""
        while self._changes:
            column, level, tick, arrived_at = self._changes.popleft()
            self._ticks.seen(tick, arrived_at)
            self._reported.append((column, level, self._ticks.instant(tick)))
        gap, self._gap = self._gap, None
        if gap is not None:
            for column in range(len(self._columns)):
                presses = presses_between(
                    [(level, at) for where, level, at in self._reported if where == column],
                    low=any(where == column for _, where in gap.before),
                    begun=gap.begun,
                    ended=gap.ended,
                )
                seen = sum(where == column for _, where in gap.after - gap.before)
                for at in presses[: max(0, len(presses) - seen)]:
                    self._take(UNREAD_KEY, at)
        self._reported = [each for each in self._reported if each[2] > self._scanned_until]

    def _take(self, key: str, at: float) -> None:
        if self._open:
            self.take(Keys(keys=key), at)

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
