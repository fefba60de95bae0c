"""What sensors in rooms and codes at doors reported, in the rows of ``SiteRows``. Pure, and the same in whatever order
events come."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime, timedelta

import numpy as np

from controller.occupancy.recording import NAN, Floats
from controller.telemetry.movement_holds import MOVES, MovementHold, hold_at
from controller.telemetry.room_sensors.model import SILENT_AFTER
from edge.wire.events import AccessData, EventData, ReadingData
from edge.wire.readings import ReadingKind

SEEN = (ReadingKind.PEOPLE, ReadingKind.MOTION, ReadingKind.PRESENCE, ReadingKind.OPEN)
"""Kinds of readings that say something of the people in a room, beside carbon dioxide."""
Device = tuple[str, str]
"""Edge and device."""
_When = tuple[datetime, int]
Moves = tuple[_When, bool]
"""Whether a sensor saw movement, and when it said so."""


class RoomRows:
    """``row``: in which row a moment is."""

    def __init__(self, row_s: int, row: Callable[[datetime], int]) -> None:
        self._silent_rows = int(SILENT_AFTER.total_seconds()) // row_s
        self._row = row
        self._values: defaultdict[tuple[Device, str], dict[int, tuple[_When, float]]] = defaultdict(dict)
        self._moved: defaultdict[tuple[Device, str], list[Moves]] = defaultdict(list)
        self._opened: defaultdict[Device, list[tuple[_When, int, float]]] = defaultdict(list)
        self._heard: defaultdict[Device, dict[int, datetime]] = defaultdict(dict)
        self.codes: dict[str, datetime] = {}
        """Booking -> when its code was first accepted."""

    def add(self, at: datetime, seq: int, row: int, device: Device, data: EventData | None) -> None:
        match data:
            case AccessData(granted=True, booking=str(booking)):
                self.codes[booking] = min(at, self.codes.get(booking, at))
            case ReadingData() if data.available is not False:
                self._heard[device][row] = max(at, self._heard[device].get(row, at))
                for kind in SEEN:
                    if (value := data.values.get(kind)) is None:
                        continue
                    if kind is ReadingKind.OPEN:
                        self._opened[device].append(((at, seq), row, value))
                        continue
                    cells, when = self._values[device, kind], (at, seq)
                    if row not in cells or when >= cells[row][0]:
                        cells[row] = when, value
                    if kind in MOVES:
                        self._moved[device, kind].append((when, value > 0))
            case _:
                pass

    def columns(self, device: Device, rows: int, holds: Sequence[MovementHold] = ()) -> dict[str, Floats]:
        """Kind of column -> values, NaN where it was silent. ``contact`` counts how often it opened or closed.
        ``holds``: what is learned of how long it holds a report of movement."""
        heard = self._heard.get(device, {})
        last = np.full(rows, -np.inf)
        for row in heard:
            if row < rows:
                last[row] = row
        silent = np.arange(rows) - np.maximum.accumulate(last) > self._silent_rows
        found: dict[str, Floats] = {}
        if cells := self._values.get((device, ReadingKind.PEOPLE)):
            found["present"] = _held(cells, rows)
        moving = [
            moved_rows(np.nan_to_num(_held(cells, rows)), self._moved[device, kind], holds, self._row)
            for kind in MOVES
            if (cells := self._values.get((device, kind)))
        ]
        if moving:
            found["pir"] = np.max(moving, axis=0)
        if opened := self._opened.get(device):
            found["contact"] = _changes(opened, rows)
        for values in found.values():
            values[silent] = NAN
        return found


def moved_rows(
    values: Floats, changes: Iterable[Moves], holds: Sequence[MovementHold], row_of: Callable[[datetime], int]
) -> Floats:
    """``values``, what was said last in each row, with 1 in each in which the sensor saw movement. Where its hold was
    known when a spell of movement began, the rows from its first to its last movement have 1, and those have 0 in
    which the report was only held. ``changes``: what it said, in any order."""
    moved: set[int] = set()
    spell: list[datetime] = []
    for (at, _), moves in sorted(changes):
        if moves:
            spell.append(at)
        elif spell:
            hold = hold_at(holds, spell[0])
            if hold is None:
                moved.update(map(row_of, spell))
            else:
                first, last, end = map(row_of, (spell[0], max(spell[0], at - timedelta(seconds=hold.hold_s)), at))
                values[first : last + 1] = 1.0
                values[last + 1 : end + 1] = 0.0
            spell = []
    moved.update(map(row_of, spell))
    values[[row for row in moved if row < len(values)]] = 1.0
    return values


def _held(cells: Mapping[int, tuple[_When, float]], rows: int) -> Floats:
    """Each value until the next; NaN before the first."""
    values = np.full(rows, NAN)
    ordered = sorted(row for row in cells if row < rows)
    for row, end in zip(ordered, [*ordered[1:], rows], strict=True):
        values[row:end] = cells[row][1]
    return values


def _changes(opened: list[tuple[_When, int, float]], rows: int) -> Floats:
    """How often it has changed up to each row."""
    found, before = np.zeros(rows), None
    for _, row, value in sorted(opened):
        if before is not None and value != before and row < rows:
            found[row] += 1
        before = value
    return np.cumsum(found)
