"""In which time a device is known to have counted, and which share of a step that is: silence is not zero. Pure."""

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Protocol

from controller.telemetry.queries import Outage
from controller.telemetry.rollups.repository import BlindMark, HeardSeries
from edge.wire.events import FaultData
from edge.wire.faults import FaultCode
from edge.wire.interval import Interval

BLINDING = frozenset(
    {FaultCode.BEAM_BLOCKED, FaultCode.BEAM_DEAD, FaultCode.BEAM_FLICKERS, FaultCode.BEAMS_SILENT}
    | {FaultCode.COUNTER_SILENT, FaultCode.STATIONS_UNREADABLE, FaultCode.STATIONS_REFUSED}
    | {FaultCode.PIR_STUCK, FaultCode.LINE_HELD_LOW, FaultCode.INPUT_CHATTERS, FaultCode.SENSOR_UNREADABLE}
)
"""Faults with which a device counts nothing, or not what there is."""


class NumberedEvent(Protocol):
    """Which event it is, of which device, and when it happened."""

    @property
    def edge(self) -> str: ...
    @property
    def log(self) -> str: ...
    @property
    def seq(self) -> int: ...
    @property
    def device(self) -> str: ...
    @property
    def at(self) -> datetime: ...


def blind_mark(event: NumberedEvent, fault: FaultData) -> BlindMark | None:
    """None for a fault with which a device goes on counting."""
    if fault.code not in BLINDING:
        return None
    return BlindMark(
        edge=event.edge,
        log=event.log,
        seq=event.seq,
        device=event.device,
        fault=f"{fault.code} {fault.part}".strip(),
        at=min(event.at, fault.since or event.at),
        present=fault.present,
    )


def known_times(
    series: Sequence[HeardSeries],
    *,
    horizons: Mapping[str, datetime],
    present: Collection[tuple[str, str]],
    outages: Sequence[Outage],
    marks: Iterable[BlindMark],
    runs: Mapping[tuple[str, str], Sequence[Interval]] = MappingProxyType({}),
) -> list[list[Interval]]:
    """For each series the time in which its device is known to have worked there, in order, without overlap.

    From its first event until the edge's horizon, or until its last event where the device has gone (it is not
    ``present``, as edge and device) or speaks of another place since; without outages of the edge and without the time
    of a ``BLINDING`` fault. A fault lasts until it ends or the agent starts again, which would report it again. A
    sensor that has ``runs``, as ``runs_of`` reads them, worked in these only: its silence may be a flat battery.
    """
    off = defaultdict(list)
    for outage in outages:
        off[outage.edge].append(outage.during)
    blind = _blind_times(marks, off)
    latest: dict[tuple[str, str, str], datetime] = {}
    for each in series:
        name = (each.edge, each.device, each.measurement)
        latest[name] = max(latest.get(name, each.last_at), each.last_at)
    found = []
    for each in series:
        here = (each.edge, each.device) in present
        newest = latest[each.edge, each.device, each.measurement] == each.last_at
        end = horizons.get(each.edge, each.last_at) if here and newest else each.last_at
        gaps = [*off[each.edge], *blind[each.edge, each.device]]
        if (its := runs.get((each.edge, each.device))) is not None and each.first_at < end:
            gaps += without(each.first_at, end, its)
        found.append(without(each.first_at, end, gaps))
    return found


def _blind_times(
    marks: Iterable[BlindMark], off: Mapping[str, Sequence[Interval]]
) -> defaultdict[tuple[str, str], list[Interval]]:
    """Edge and device -> times of its faults. ``marks`` are in the order of time."""
    found: defaultdict[tuple[str, str], list[Interval]] = defaultdict(list)
    open_: dict[tuple[str, str, str], datetime] = {}

    def close(key: tuple[str, str, str], at: datetime) -> None:
        start = open_.pop(key)
        restarts = [each.end for each in off.get(key[0], ()) if start < each.end < at]
        if start < (end := min([at, *restarts])):
            found[key[:2]].append(Interval(start=start, end=end))

    for mark in marks:
        key = (mark.edge, mark.device, mark.fault)
        if key in open_ and not mark.present:
            close(key, mark.at)
        elif mark.present:
            if key in open_:
                close(key, mark.at)
            open_[key] = mark.at
    for key in list(open_):
        close(key, datetime.max.replace(tzinfo=UTC))
    return found


def without(start: datetime, end: datetime, gaps: Iterable[Interval]) -> list[Interval]:
    """What is left of a time."""
    found: list[Interval] = []
    for gap in sorted(gaps, key=lambda each: each.start):
        if gap.end <= start:
            continue
        if gap.start >= end:
            break
        if gap.start > start:
            found.append(Interval(start=start, end=gap.start))
        start = gap.end
    if start < end:
        found.append(Interval(start=start, end=end))
    return found


def shares(known: Sequence[Interval], edges: Sequence[int]) -> list[float]:
    """Which share of each step is known, from 0 to 1. ``edges``: when each step begins and the last ends, in seconds
    since 1970. Both are in order, without overlap."""
    found = [0.0] * (len(edges) - 1)
    partly: defaultdict[int, float] = defaultdict(float)
    for each in known:
        start, end = each.start.timestamp(), each.end.timestamp()
        first, after = max(bisect_right(edges, start) - 1, 0), min(bisect_left(edges, end), len(found))
        if first >= after:
            continue
        for step in {first, after - 1}:
            partly[step] += min(end, edges[step + 1]) - max(start, edges[step])
        found[first + 1 : after - 1] = [1.0] * (after - first - 2)
    for step, seconds in partly.items():
        found[step] = round(seconds / (edges[step + 1] - edges[step]), 4)
    return found
