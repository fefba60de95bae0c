"""How many people are in a building at a moment, with error, from its counters and sensors, and why. Pure.

The zone is what the counters at the doors enclose. PIRs only contradict that it is empty: they see a part of it.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cached_property
from itertools import pairwise
from typing import NamedTuple

import msgspec
import numpy as np
from numpy.typing import NDArray

from controller.estate.model import SiteParts
from controller.occupancy.recording import MORE_THAN_ANY_DOOR, NAN, Column, Flags, Floats, Recording
from controller.occupancy.replay import Replay, Zone
from controller.occupancy.room_rows import Device
from controller.occupancy.sensing import Sensing
from controller.occupancy.site_rows import ROW_S, Empty, SiteRows
from controller.platform.text import times
from controller.telemetry.rollups.coverage import known_times, shares, without
from controller.telemetry.rollups.repository import HeardSeries
from edge.wire.faults import describe
from edge.wire.interval import Interval

_ALSO = {"devices": "devices on the WiFi", "co2": "carbon dioxide"}
_KNOWN = 0.5
"""The share of a row in which a device must be known to have worked."""
_ROOM_LEFT, _FEWEST, _MOST = 1.5, 60, 1500
"""The filter reaches beyond what the rooms hold, since that happens."""
_UNKNOWN_CAPACITY = 200
_FULL = 0.03
"""How likely more people than the filter knows may be, unsaid."""
_SHORTEST, _MOST_GAPS = timedelta(minutes=1), 4
"""Of the times without counts that are told."""


class Estimate(msgspec.Struct, frozen=True, kw_only=True):
    """With probability 0.9 the number is in ``low`` to ``high``; it is as likely more than ``people`` as fewer.
    ``capacity``: how many the rooms hold, if known; ``full``: more than that are there, even allowing for the error,
    not by unsigned counters alone, and nobody can have passed one that does not tell in from out. ``rests_on``: what
    it is made of; ``missing``: what is not known, which makes it uncertain. ``known``: false until somebody passes,
    where nobody knows who was there when counting began."""

    at: datetime
    people: int
    mean: float
    low: int
    high: int
    capacity: int | None
    full: bool
    rests_on: str
    missing: tuple[str, ...]
    known: bool = True

    @property
    def state(self) -> str:
        if not self.known:
            return "not known"
        return "uncertain" if self.missing else "measured"


class PeopleThen(msgspec.Struct, frozen=True, kw_only=True):
    """How many people were inside at the end of five minutes, as ``Estimate`` has it. ``counted``: whether every
    counter worked in them."""

    at: datetime
    people: int
    low: int
    high: int
    counted: bool


def capacity(parts: SiteParts) -> int | None:
    """How many people the rooms hold together, each floor space counted once; None where no room says it."""
    inside = {part for space in parts.spaces for part in space.parts}
    known = [each.capacity or each.pool_size for each in parts.spaces if each.id not in inside]
    said = [each for each in known if each is not None]
    return sum(said) if said else None


def estimate(rows: SiteRows, sensing: Sensing, at: datetime) -> Estimate | None:
    """From what was heard until ``at``; None where no door had a counter yet."""
    return worked_out(rows, sensing, at)[1]


def worked_out(rows: SiteRows, sensing: Sensing, at: datetime) -> tuple["Worked", Estimate | None]:
    """The same with what it was made from, which the rooms need."""
    working = Working(rows, sensing, at)
    counted = any(since <= at for since in sensing.counters.values())
    found = working.estimate() if counted else None
    return working.worked_out(), found


def curve(rows: SiteRows, sensing: Sensing, since: datetime, at: datetime) -> list[PeopleThen]:
    """Every five minutes after ``since``, until ``at``; none before a door had a counter."""
    if not any(first <= at for first in sensing.counters.values()):
        return []
    return Working(rows, sensing, at).curve(since)


class Worked(NamedTuple):
    """What was heard of a site until a moment, row by row. ``seconds``, ``moments``: when each row ends. ``counts``: in
    and out of each counter, NaN where not known; ``passages``: of each that does not tell in from out, who may have
    come or gone; ``air``: the carbon dioxide of each sensor, in ppm; ``worked``: by device, the rows in which it is
    known to have worked. ``pirs``: those that have ever seen movement. ``empty``: the rows at whose end nobody can be
    there; ``belief``: of the last row, how likely each number of people is, if that was estimated."""

    seconds: Floats
    moments: list[datetime]
    counts: Mapping[Device, tuple[Floats, Floats]]
    passages: Mapping[Device, Floats]
    air: Mapping[Device, Floats]
    worked: Mapping[Device, Flags]
    pirs: frozenset[Device]
    empty: Flags
    belief: Floats


class Working:
    """Works out one site. What it needs for that takes many times as much memory as what is found."""

    def __init__(self, rows: SiteRows, sensing: Sensing, at: datetime) -> None:
        self._rows, self._sensing, self._at = rows, sensing, at
        self._zone = sensing.parts.site.tz
        first, last = rows.start.timestamp(), at.timestamp()
        edges = [*np.arange(first, last, ROW_S), last]
        self._seconds: Floats = np.array(edges[1:])
        self._moments = [datetime.fromtimestamp(second, self._zone) for second in edges[1:]]
        self._edges, self._steps = edges, list(pairwise(edges))
        self._stations = rows.stations(len(self._steps))
        self._air = rows.air(len(self._steps))
        edges_here = sorted({edge for edge, _ in [*sensing.counters, *sensing.areas]})
        devices = [*sensing.counters, *sensing.pirs, *self._stations, *((edge, "") for edge in edges_here)]
        since = {**sensing.counters, **sensing.pirs}
        counting_since = min(sensing.counters.values(), default=rows.start)
        self._begun = max(counting_since, rows.start)
        self._new = counting_since >= rows.start
        heard = [
            HeardSeries(
                edge=edge,
                device=device,
                measurement="",
                place="",
                first_at=max(since.get((edge, device), rows.start), rows.start),
                last_at=rows.start,
            )
            for edge, device in devices
        ]
        marks = sorted([*sensing.marks, *rows.marks], key=lambda each: (each.at, each.log, each.seq))
        horizons = {edge: min(sensing.away.get(edge, at), at) for edge, _ in devices}
        found = known_times(heard, horizons=horizons, present=set(devices), outages=rows.outages, marks=marks)
        self._known = dict(zip(devices, found, strict=True))
        self._marks = marks
        self._untrue: set[tuple[int, Device]] = set()
        self._slept = False
        self._net = np.zeros(len(self._steps))
        self._worked = {device: self._rows_of(spans) for device, spans in self._known.items()}
        self._counts: dict[Device, tuple[Floats, Floats]] = {}
        self._passages: dict[Device, Floats] = {}
        passed = {device for device, its in rows.counts.items() if any(each.passages for each in its.values())}
        self._both_ways = sensing.both_ways | (passed & sensing.counters.keys())
        self._in_touch = {edge: self._worked[edge, ""] for edge in edges_here}

        holds = capacity(sensing.parts)
        many = min(max(round((holds or _UNKNOWN_CAPACITY) * _ROOM_LEFT), _FEWEST), _MOST)
        counters = {device: self._worked[device] for device in sensing.counters.keys() - self._both_ways}
        told, self._told_at, self._parts = rows.told(counters, len(self._steps))
        works = [self._worked[device] for device in sensing.counters]
        self._counting: Flags = np.logical_and.reduce([np.ones(len(self._steps), np.bool_), *works])
        self._empty = rows.empty(sensing.areas, self._in_touch, self._counting)
        self._skip = min(max(rows.row(self._begun) - 1, 0), len(self._steps) - 1)
        self._many, self._read = many, self._recording(told, self._empty, self._skip)

    @cached_property
    def _replay(self) -> Replay:
        return Replay(self._read, self._many, zone=Zone.BUILDING)

    def worked_out(self) -> Worked:
        return Worked(
            seconds=self._seconds,
            moments=self._moments,
            counts=self._counts,
            passages=self._passages,
            air=self._air,
            worked=self._worked,
            pirs=frozenset(self._sensing.pirs),
            empty=self._nobody(),
            belief=self._replay.belief if self._sensing.counters else np.ones(1),
        )

    def _nobody(self) -> Flags:
        """The rows at whose end nobody can be there."""
        found: Flags = np.array([each is not None for each in self._empty], np.bool_)
        if self._sensing.counters:
            found[self._skip :] |= self._replay.doors.empty
        return found

    def curve(self, since: datetime) -> list[PeopleThen]:
        """Without the steps before anything was known of who was there; none where no counter tells in from out."""
        if not self._tells:
            return []
        counted = self._counting[self._skip :].tolist()
        passed = np.nansum([each.values for each in self._read.of("in", "out")], axis=0) > 0
        known = np.logical_or.accumulate(self._nobody()[self._skip :] | self._replay.doors.balanced | passed).tolist()
        found = [
            PeopleThen(at=step.at, people=step.people, low=step.low, high=step.high, counted=whole)
            for step, whole, told in zip(self._replay.steps(), counted, known, strict=True)
            if told or (self._told_at is not None and self._told_at <= step.at)
        ]
        return [each for each in found if each.at > since]

    def estimate(self) -> Estimate:
        holds, replay, skip, empty = capacity(self._sensing.parts), self._replay, self._skip, self._empty
        step = replay.last()
        doors = replay.doors
        unseen = frozenset((np.flatnonzero(doors.balanced) + skip).tolist())
        since, anchor = self._anchor(empty, np.flatnonzero(doors.empty | doors.balanced) + skip, unseen, self._told_at)
        over = holds is not None and step.low > holds
        both_ways = over and replay.unsure
        full = over and self._tells and not both_ways and step.low - self._unsigned(since) > (holds or 0)
        if full and self._read.of("co2"):  # nobody signs it
            signed = [each for each in self._read.columns if each.kind != "co2"]
            alone = Replay(replace(self._read, columns=signed), self._many, zone=Zone.BUILDING).last()
            full = alone.low - self._unsigned(since) > (holds or 0)
        return Estimate(
            at=self._at,
            people=step.people,
            mean=round(step.mean, 1),
            low=step.low,
            high=step.high,
            capacity=holds,
            full=full,
            known=self._tells
            and (since != self._begun or any(np.nansum(each.values) for each in self._read.of("in", "out"))),
            rests_on=self._rests_on(anchor, replay.follows),
            missing=(
                *([f"perhaps more than {replay.capacity} people: the figure ends there"] if step.more > _FULL else []),
                *(
                    ["whether more are there than the rooms hold: only counts over MQTT say so"]
                    if over and not full and not both_ways
                    else []
                ),
                *(["whether anybody slept there: no PIR worked that night"] if self._slept else []),
                *self._missing(since),
            ),
        )

    @property
    def _tells(self) -> bool:
        """Whether a counter tells in from out, so that it is known how many came."""
        return bool(self._read.of("in"))

    def _rows_of(self, spans: Sequence[Interval]) -> Flags:
        found: Flags = np.array(shares(spans, self._edges)) >= _KNOWN
        return found

    def _recording(self, told: Floats, empty: Sequence[Empty | None], skip: int) -> Recording:
        """Without the first rows, ``skip`` of them."""
        rows = len(self._steps)
        columns = [
            Column("alarm", "alarm", np.array([float(each is not None) for each in empty])),
            Column("told", "told", told),
        ]
        for device in sorted(self._both_ways):
            passages = self._passages[device] = np.zeros(rows)
            for row, count in self._rows.counts.get(device, {}).items():
                passages[row] = count.passages
            untrue = passages > MORE_THAN_ANY_DOOR * ROW_S
            self._untrue |= {(int(row), device) for row in np.flatnonzero(untrue)}
            passages[untrue | (~self._worked[device] & (passages == 0))] = NAN
            columns.append(Column(f"{device[1]} both ways", "crossings", passages))
        for device in sorted(self._sensing.counters):
            if device in self._both_ways and not self._rows.told_ways(device):
                continue
            ins, outs = np.zeros(rows), np.zeros(rows)
            for row, count in self._rows.counts.get(device, {}).items():
                ins[row], outs[row] = count.ins, count.outs
            for jump in self._rows.jumps(device):
                ins[jump.row], outs[jump.row] = ins[jump.row] - jump.ins, outs[jump.row] - jump.outs
                self._untrue.add((jump.row, device))
            untrue = ins + outs > MORE_THAN_ANY_DOOR * ROW_S
            self._untrue |= {(int(row), device) for row in np.flatnonzero(untrue)}
            if device in self._sensing.unsigned:
                self._net += np.where(untrue, 0, ins - outs)
            unknown = untrue | (~self._worked[device] & (ins + outs == 0))
            self._counts[device] = ins, outs
            for kind, values in (("in", ins), ("out", outs)):
                values[unknown] = NAN
                columns.append(Column(f"{device[1]} {kind}", kind, values))
        for device, values in sorted(self._stations.items()):
            columns.append(Column(device[1], "devices", np.where(self._worked[device], values, NAN)))
        for device in sorted(self._sensing.pirs):
            moved = self._rows.moving(device, rows, self._sensing.holds.get(device, ()))
            values = np.where(self._worked[device], moved, NAN)
            columns.append(Column(device[1], "pir", values))
        for device, values in sorted(self._air.items()):
            columns.append(Column(device[1], "co2", values))
        columns = [Column(each.name, each.kind, each.values[skip:]) for each in columns]
        return Recording(self._seconds[skip:], self._moments[skip:], columns, Counter())

    def _anchor(
        self,
        known: Sequence[Empty | None],
        rows: NDArray[np.intp],
        unseen: frozenset[int],
        told_at: datetime | None,
    ) -> tuple[datetime, str]:
        """Since when people have been counted from a number that was known, and how it was known. ``rows``: in which
        nobody can have been there; ``unseen``: those of which only the counts say so."""
        how = "when counting began" if self._new else "and it was never known to be empty in the last seven days"
        found = self._begun, f"it is not known who was there at {self._time(self._begun)}, {how}"
        if rows.size:
            row = int(rows[-1])
            here = known[row]
            quiet = datetime.fromtimestamp(self._steps[row][1], UTC)
            since = here.at if here is not None else quiet
            how = here.why if here is not None else "nobody had passed a door for three hours of the night"
            how += "" if here is not None or row in unseen else " and nothing moved"
            self._slept = row in unseen
            taken = "empty" if here is not None else "taken as empty"
            found = max(quiet, since), f"{taken} at {self._time(since)}, when {how}"
        if told_at is not None and told_at >= found[0]:
            found = told_at, f"counted by a person at {self._time(told_at)}"
            self._slept = False
        return found

    def _unsigned(self, since: datetime) -> int:
        """How many more came than went since then, by unsigned counters; 0 if fewer."""
        first = since.timestamp()
        return max(round(sum(net for (_, end), net in zip(self._steps, self._net, strict=True) if end > first)), 0)

    def _rests_on(self, anchor: str, follows: Mapping[str, Sequence[str]]) -> str:
        by = {device: " (over MQTT)" if device in self._sensing.unsigned else "" for device in self._sensing.counters}
        names = sorted({self._door(device) + how for device, how in by.items() if device not in self._both_ways})
        also = [f"{_ALSO[kind]} ({times.listed(sorted(each))})" for kind, each in follows.items()]
        counts = [f"Counts at {times.listed(names)}"] if names else []
        return f"{times.listed([*counts, *also]) or 'Nothing that tells in from out'}; {anchor}"

    def _door(self, device: Device) -> str:
        doors = self._sensing.parts.doors
        return next((each.name for each in doors if (each.edge, each.counter) == device), device[1])

    def _time(self, at: datetime) -> str:
        return times.at(at, self._zone, now=self._at)

    def _missing(self, since: datetime) -> list[str]:
        """What was not counted since then, the longest first."""
        gaps: dict[tuple[datetime, datetime, str], list[str]] = {}
        for device in self._sensing.counters:
            for gap in without(self._rows.start, self._at, self._known[device]):
                if gap.end - max(gap.start, since) >= _SHORTEST:
                    start, why = self._cause(device, gap, since)
                    gaps.setdefault((start, gap.end, why), []).append(self._door(device))
        found = [
            f"not counted at {times.listed(sorted(doors))} {self._span(start, end)}: {why}"
            for (start, end, why), doors in sorted(gaps.items())[-_MOST_GAPS:]
        ]
        later = self._seconds > since.timestamp()
        blind = sorted({self._door(device) for device, its in self._passages.items() if np.nansum(its[later])})
        if blind:
            found.append(f"the counter at {times.listed(blind)} does not tell in from out")
        for part in self._parts[-_MOST_GAPS:]:
            if part.at >= since:
                only, others = ([self._door(one) for one in sorted(each)] for each in (part.counted, part.others))
                where = f"only at {times.listed(only)}, not at {times.listed(others)}"
                found.append(f"re-counted at {self._time(part.at)} {where}")
        for row, device in sorted(self._untrue)[-_MOST_GAPS:]:
            start, end = (datetime.fromtimestamp(each, UTC) for each in self._steps[row])
            if end > since:
                found.append(f"more than can pass {self._door(device)} at {self._time(start)}")
        if since == self._begun:
            first = (
                "when counting began"
                if self._new
                else "at first: it was never known to be empty in the last seven days"
            )
            return [f"who was there {first}", *found]
        return found

    def _span(self, start: datetime, end: datetime) -> str:
        if end == self._at:
            return f"since {self._time(start)}"
        return f"from {self._time(start)} to {self._time(end)}"

    def _cause(self, device: Device, gap: Interval, since: datetime) -> tuple[datetime, str]:
        """Since when, which may be before the first row, and why. ``since``: when the number was last known."""
        edge = next((each.name for each in self._sensing.parts.edges if each.id == device[0]), device[0])
        away = self._sensing.away.get(device[0])
        if away is not None and away <= gap.start and gap.end == self._at:
            return away, f"{edge} is out of reach"
        if any(each.edge == device[0] and gap.start in each.during for each in self._rows.outages):
            return gap.start, f"{edge} was not running"
        present: dict[str, datetime] = {}
        for mark in self._marks:
            if (mark.edge, mark.device) == device and mark.at < gap.end:
                if mark.present:
                    present[mark.fault] = mark.at
                elif len(present) > 1 or mark.at <= gap.start:
                    present.pop(mark.fault, None)
        if present:
            fault, start = max(present.items(), key=lambda each: each[1])
            code, _, part = fault.partition(" ")
            return min(start, gap.start), describe(code, part)
        return max(gap.start, since), "there was no counter yet"
