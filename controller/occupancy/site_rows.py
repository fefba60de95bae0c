"""What a site's counters and sensors reported, as rows of five minutes. Pure.

Rows are the same in whatever order events come, so that they are the same whether they grew event by event or are made
of stored events later.
"""

from array import array
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from math import fsum
from typing import NamedTuple, TypeVar

import msgspec
import numpy as np

from controller.occupancy.recording import KINDS as OF_COLUMNS
from controller.occupancy.recording import MORE_THAN_ANY_DOOR, NAN, Flags, Floats
from controller.occupancy.room_rows import SEEN, Device, Moves, RoomRows, moved_rows
from controller.telemetry.movement_holds import MovementHold
from controller.telemetry.queries import Outage
from controller.telemetry.rollups.coverage import blind_mark
from controller.telemetry.rollups.repository import BlindMark
from edge.wire.events import (
    AlarmChange,
    AlarmData,
    ClosingData,
    ClosingStage,
    EventData,
    FaultData,
    FootfallData,
    MotionData,
    OutageData,
    ReadingData,
    RecountData,
    WifiData,
)
from edge.wire.interval import Interval
from edge.wire.readings import ReadingKind

KINDS = ("footfall", "recount", "motion", "wifi", "alarm", "closing", "fault", "outage", "access")
READINGS = "reading"
"""Events of this kind count only with one of these in them: `READ`."""
READ = tuple(f'"{kind}":' for kind in (ReadingKind.CO2, *SEEN))
ROW_S = 300
_AIR_LOW, _AIR_HIGH = OF_COLUMNS["co2"].low, OF_COLUMNS["co2"].high
_TOGETHER = timedelta(minutes=2)
"""Who counts a whole building corrects each of its counters in this time."""
_AT_ONCE_S = 2
"""Who passes within so few seconds is counted in one event."""
_ACTIVE_ROWS = 12
"""How long a PIR is believed that says no more after it saw movement."""
_ALARM = {
    AlarmChange.SET: True,
    AlarmChange.UNSET: False,
    AlarmChange.TRIGGERED: False,
}
T = TypeVar("T")
When = tuple[datetime, int]
"""When it happened, and its number among those of one instant."""


class HeardEvent(NamedTuple):
    """An event as it is stored. ``at``: not after ``received_at``."""

    at: datetime
    received_at: datetime
    edge: str
    log: str
    seq: int
    device: str
    data: EventData | None


def _seconds() -> "array[float]":
    return array("d")


class _Count(msgspec.Struct):
    """Of a counter in a row. ``passages``: of one that does not tell in from out. ``entered``: when somebody last came
    in; ``totals``: of its last event; ``times``: of its events, in seconds; ``large``: those events, with in and out,
    that may be more than can pass."""

    ins: int = 0
    outs: int = 0
    passages: int = 0
    entered: datetime | None = None
    last: When | None = None
    totals: tuple[int, int] = (0, 0)
    times: "array[float]" = msgspec.field(default_factory=_seconds)
    large: list[tuple[When, int, int]] = msgspec.field(default_factory=list)


class Jump(NamedTuple):
    """Of a counter in a row: more than can have passed since it counted before."""

    row: int
    at: datetime
    ins: int
    outs: int


class Part(NamedTuple):
    """A person's count of a part of the counters; ``others``: those that counted too."""

    at: datetime
    counted: frozenset[Device]
    others: frozenset[Device]


class _Recount(NamedTuple):
    at: datetime
    counter: Device
    inside: int
    totals: tuple[int, int]


class Empty(NamedTuple):
    """When it became known that nobody is there, and by what."""

    at: datetime
    why: str


class SiteRows:
    """The rows from ``start`` on. ``counts`` and the others: by device and row, counted from 0."""

    def __init__(self, start: datetime) -> None:
        self.start = start
        self.rooms = RoomRows(ROW_S, self.row)
        self.counts: defaultdict[Device, defaultdict[int, _Count]] = defaultdict(lambda: defaultdict(_Count))
        self.marks: list[BlindMark] = []
        self.outages: list[Outage] = []
        self._stations: defaultdict[Device, dict[int, tuple[When, float]]] = defaultdict(dict)
        self._moving: defaultdict[Device, dict[int, tuple[When, float]]] = defaultdict(dict)
        self._moved: defaultdict[Device, list[Moves]] = defaultdict(list)
        self._air: defaultdict[Device, defaultdict[int, list[float]]] = defaultdict(lambda: defaultdict(list))
        self._alarm: defaultdict[Device, dict[int, tuple[When, bool]]] = defaultdict(dict)
        self._secured: dict[int, datetime] = {}
        self._recounts: list[_Recount] = []

    def row(self, at: datetime) -> int:
        return int((at - self.start).total_seconds() // ROW_S)

    def add(self, event: HeardEvent) -> None:
        """What happened before the first row is left out."""
        if event.at < self.start:
            return
        row, when, device = self.row(event.at), (event.at, event.seq), (event.edge, event.device)
        self.rooms.add(event.at, event.seq, row, device, event.data)
        match event.data:
            case FootfallData() as data:
                count = self.counts[event.edge, data.counter][row]
                count.ins, count.outs = count.ins + data.ins, count.outs + data.outs
                count.passages += data.passages
                count.times.append(event.at.timestamp())
                if data.ins + data.outs > MORE_THAN_ANY_DOOR * _AT_ONCE_S:
                    count.large.append((when, data.ins, data.outs))
                if data.ins:
                    count.entered = max(count.entered or event.at, event.at)
                if count.last is None or when > count.last:
                    count.last, count.totals = when, (data.total_ins, data.total_outs)
            case RecountData() as data:
                totals = data.total_ins, data.total_outs
                self._recounts.append(_Recount(event.at, (event.edge, data.counter), data.inside, totals))
            case WifiData() as data:
                _keep(self._stations[device], row, when, float(data.stations))
            case ReadingData(values=values) if _AIR_LOW <= values.get(ReadingKind.CO2, 0.0) <= _AIR_HIGH:
                self._air[device][row].append(values[ReadingKind.CO2])
            case MotionData() as data:
                _keep(self._moving[device], row, when, float(data.active))
                self._moved[device].append((when, data.active))
            case AlarmData(change=change) as data if change in _ALARM:
                _keep(self._alarm[event.edge, data.area], row, when, _ALARM[change])
            case ClosingData(stage=ClosingStage.SECURED):
                self._secured[row] = max(self._secured.get(row, event.at), event.at)
            case FaultData() as data if (mark := blind_mark(event, data)) is not None:
                self.marks.append(mark)
            case OutageData() as data if data.start < data.end:
                self.outages.append(Outage(edge=event.edge, during=Interval(start=data.start, end=data.end)))
            case _:
                pass

    def stations(self, rows: int) -> dict[Device, Floats]:
        """By access point: how many devices it listed last, in each row; NaN before the first."""
        return {device: _held(cells, rows) for device, cells in self._stations.items()}

    def air(self, rows: int) -> dict[Device, Floats]:
        """By sensor: the mean of its carbon dioxide in each row, in ppm; NaN where it sent none."""
        found: dict[Device, Floats] = {}
        for device, cells in self._air.items():
            found[device] = np.full(rows, NAN)
            for row, values in cells.items():
                if row < rows:
                    found[device][row] = fsum(values) / len(values)
        return found

    def moving(self, sensor: Device, rows: int, holds: Sequence[MovementHold] = ()) -> Floats:
        """1 in the rows in which it saw movement, without those in which it only held its report, as far as that is
        learned; NaN where it said so long ago, and no more."""
        cells: Mapping[int, tuple[When, float]] = self._moving.get(sensor, {})
        last = np.nan_to_num(_held(cells, rows))
        ordered = [*sorted(row for row in cells if row < rows), rows]
        values = moved_rows(last.copy(), self._moved.get(sensor, ()), holds, self.row)
        for place, row in enumerate(ordered[:-1]):
            if last[row]:
                values[row + _ACTIVE_ROWS : ordered[place + 1]] = NAN
        return values

    def told_ways(self, counter: Device) -> bool:
        """Whether it ever told in from out, such as before it was replaced."""
        return any(any(each.totals) for each in self.counts.get(counter, {}).values())

    def jumps(self, counter: Device) -> Iterator[Jump]:
        """Events that count more than can have passed since one at an earlier moment."""
        cells: Mapping[int, _Count] = self.counts.get(counter, {})
        for row, count in cells.items():
            if not count.large:
                continue
            times = sorted(count.times)
            earlier = max((each for each in cells if each < row), default=None)
            last = cells[earlier].last if earlier is not None else None
            for when, ins, outs in count.large:
                at = when[0].timestamp()
                place = bisect_left(times, at) - 1
                before = times[place] if place >= 0 else last[0].timestamp() if last is not None else None
                span = ROW_S if before is None else round(at - before, 6)
                if ins + outs > MORE_THAN_ANY_DOOR * min(max(span, _AT_ONCE_S), ROW_S):
                    yield Jump(row, when[0], ins, outs)

    def told(self, worked: Mapping[Device, Flags], rows: int) -> tuple[Floats, datetime | None, list[Part]]:
        """How many people somebody counted, as at the end of the row; NaN elsewhere. And when that was last, and the
        counts that are not of the whole building: another counter than those was counting. ``worked``: by counter, the
        rows in which it counts."""
        values = np.full(rows, NAN)
        groups, parts, last = list[list[_Recount]](), list[Part](), None
        for each in sorted(self._recounts):
            if groups and each.at - groups[-1][-1].at <= _TOGETHER:
                groups[-1].append(each)
            else:
                groups.append([each])
        for group in groups:
            row = self.row(group[-1].at)
            newest = {each.counter: each for each in group}
            others = {device for device, flags in worked.items() if flags[row] and device not in newest}
            if others:
                parts.append(Part(group[-1].at, frozenset(newest), frozenset(others)))
                continue
            last = group[-1].at
            values[row] = sum(each.inside + self._since(each, row) for each in newest.values())
        return np.maximum(values, 0.0), last, parts

    def _since(self, told: _Recount, row: int) -> int:
        """How many more came in by a counter than went out, from its re-count to the end of a row; 0 where its totals
        began again, or say more than can have passed."""
        cells = self.counts[told.counter]
        counts = [cells[each] for each in range(self.row(told.at), row + 1) if each in cells]
        if not counts or counts[-1].last is None or counts[-1].last[0] < told.at:
            return 0
        ins, outs = (now - then for now, then in zip(counts[-1].totals, told.totals, strict=True))
        for jump in self.jumps(told.counter):
            if told.at <= jump.at and jump.row <= row:
                ins, outs = ins - jump.ins, outs - jump.outs
        span = max((counts[-1].last[0] - told.at).total_seconds(), _AT_ONCE_S)
        return ins - outs if min(ins, outs) >= 0 and ins + outs <= MORE_THAN_ANY_DOOR * span else 0

    def empty(self, areas: Sequence[Device], in_touch: Mapping[str, Flags], counting: Flags) -> list[Empty | None]:
        """For each row whether nobody can be there at its end: every area's alarm is set, or the only edge said in it
        that the building is secured; and nobody came in since.

        ``in_touch``: by edge, the rows of which all is known of it; ``counting``: those in which every counter counts.
        """
        entered, last = self._entered(), self.start
        alarms: dict[Device, tuple[When, bool]] = {}
        found: list[Empty | None] = []
        for row in range(len(counting)):
            last = max(last, entered.get(row, last))
            alarms |= {area: self._alarm[area][row] for area in areas if row in self._alarm[area]}
            here = [alarms.get(area) for area in areas if in_touch[area[0]][row]]
            since = [each[0][0] for each in here if each is not None and each[1]]
            state = None
            if areas and len(since) == len(areas):
                state = Empty(max(since), "the alarm was set")
            elif row in self._secured and len(in_touch) == 1 and counting[row]:
                state = Empty(self._secured[row], "the building was secured")
            found.append(state if state is not None and state.at >= last else None)
        return found

    def _entered(self) -> dict[int, datetime]:
        """Row -> when somebody last came in."""
        found: dict[int, datetime] = {}
        for cells in self.counts.values():
            for row, count in cells.items():
                if count.entered is not None:
                    found[row] = max(found.get(row, count.entered), count.entered)
        return found


def _keep(cells: dict[int, tuple[When, T]], row: int, when: When, value: T) -> None:
    if row not in cells or when >= cells[row][0]:
        cells[row] = when, value


def _held(cells: Mapping[int, tuple[When, float]], rows: int) -> Floats:
    """Each value until the next; NaN before the first."""
    values = np.full(rows, NAN)
    ordered = sorted(row for row in cells if row < rows)
    for place, row in enumerate(ordered):
        end = ordered[place + 1] if place + 1 < len(ordered) else rows
        values[row:end] = cells[row][1]
    return values
