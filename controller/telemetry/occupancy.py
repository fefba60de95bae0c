"""How many people are inside, by counting in and out at the doors. Pure."""

import math
from collections.abc import Iterable
from datetime import timedelta

import msgspec

from edge.wire.interval import Interval

MISSED_PER_CROSSING = 0.02
"""Share of crossings that a beam pair gets wrong at a good door: makers state 97 to 99 % of visits counted
(SenSource, Density, Xovis); we take 98 %."""


class People(msgspec.Struct, frozen=True, kw_only=True):
    """``estimate`` ± ``error`` persons, counted in ``counted`` except in ``gaps``."""

    estimate: int
    error: int
    counted: Interval
    gaps: tuple[Interval, ...] = ()

    @property
    def somebody(self) -> bool:
        """More are inside than the error explains."""
        return self.estimate > self.error


def people_inside(
    counts: Iterable[tuple[int, int]], counted: Interval, outages: Iterable[Interval] = (), *, known: int = 0
) -> People:
    """People inside from each counter's (ins, outs) since ``known`` of them were inside at ``counted.start``: nobody,
    where nobody has counted.

    Each crossing is wrong by one with probability p, independently, so after n crossings the count is off by
    sqrt(n·p) at one standard deviation (binomial, n·p·(1-p) with p small); the error told is two of them, rounded
    up. It grows with every crossing and never with time. Never below zero: what went below is an error seen.

    In an outage nothing was counted. All may have gone one way, so each gap adds its length times the average rate
    of crossings in the time that was counted, rounded up, and at least one.
    """
    pairs = tuple(counts)
    ins, outs = sum(pair[0] for pair in pairs), sum(pair[1] for pair in pairs)
    gaps = _joined(outages, counted)
    unseen = sum((gap.end - gap.start for gap in gaps), timedelta())
    seen = max(counted.end - counted.start - unseen, timedelta(minutes=1))
    error = math.ceil(2 * math.sqrt((ins + outs) * MISSED_PER_CROSSING))
    error += sum(max(math.ceil((ins + outs) * ((gap.end - gap.start) / seen)), 1) for gap in gaps)
    left = known + ins - outs
    return People(estimate=max(left, 0), error=max(error, -left), counted=counted, gaps=gaps)


def _joined(outages: Iterable[Interval], counted: Interval) -> tuple[Interval, ...]:
    """The parts of the outages that lie in ``counted``, without overlap, in order."""
    joined: list[Interval] = []
    for each in sorted(outages, key=lambda outage: outage.start):
        start, end = max(each.start, counted.start), min(each.end, counted.end)
        if start >= end:
            continue
        if joined and start <= joined[-1].end:
            joined[-1] = Interval(start=joined[-1].start, end=max(end, joined[-1].end))
        else:
            joined.append(Interval(start=start, end=end))
    return tuple(joined)
