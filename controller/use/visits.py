"""Who came in by the doors while a site was open, and the most who were inside at once, from the counts at its doors.
Pure.

What was not counted is not zero: each figure has the time that it is made of. A crossing may be missed or counted
twice, so the people inside have an error, which is measured each night: who was counted in and not out again when the
building closed. Between two such moments the count is a random walk that is known at both ends (a Brownian bridge).
"""

import math
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from controller.hours.modes import ModePeriod
from controller.telemetry.people_inside import MISSED_PER_CROSSING
from controller.telemetry.rollups.crossings import DoorCounter
from controller.text import local_time
from controller.use.model import ModeVisits, Peak, SiteVisits
from controller.use.spans import Span, common, span_of, union, without
from edge.wire.interval import Interval
from edge.wire.plan import Mode

HELD_STEPS = 2
"""Steps of five minutes in which a level is held: it is counted at their three edges."""
_STEP_S = 300
_NINE_OF_TEN = 1.2816
"""Standard deviations of a normal distribution that one of ten lies beyond."""
_GAP = 0.01
"""Share of a day's open time in which a counter may have been silent for the day still to be measured."""


def site_visits(
    counters: Sequence[DoorCounter], modes: Sequence[ModePeriod], past: Interval, zone: ZoneInfo
) -> SiteVisits | None:
    """``counters``: with their rows of five minutes in the time ``past``. ``modes``: of the building, which tile it.
    ``None`` where no door had a counter: its visits are not measured, and not zero."""
    if not counters:
        return None
    whole = [span_of(past)]
    measured = common(_measured(counters), whole)
    ins, outs = _crossings(counters)
    by_mode = {
        mode: _of_mode(union(span_of(each.during) for each in modes if each.mode is mode), measured, ins)
        for mode in Mode
    }
    opened = union(span_of(each.during) for each in modes if each.mode is not Mode.CLOSED)
    days = _days(modes, past, zone)
    open_days = [day for day in days if common(opened, [day])]
    found = [_peak(day, ins, outs, ends=day[1] < whole[0][1]) for day in open_days if _whole(day, opened, measured)]
    peaks = [each for each in found if each is not None]
    return SiteVisits(
        doors=tuple(sorted({each.place for each in counters})),
        part_of_the_time=tuple(sorted(_partly(counters, past))),
        open=_of_mode(opened, measured, ins),
        staffed=by_mode[Mode.STAFFED],
        extended=by_mode[Mode.EXTENDED],
        closed=by_mode[Mode.CLOSED],
        open_days=len(open_days),
        measured_days=len(found),
        peak=max(peaks, key=lambda each: (each.people, each.estimate), default=None),
    )


def _measured(counters: Sequence[DoorCounter]) -> list[Span]:
    """When each counter that was there is known to have worked."""
    there = union(span_of(each.there) for each in counters)
    missing = [
        gap for each in counters for gap in without([span_of(each.there)], union(span_of(one) for one in each.known))
    ]
    return without(there, union(missing))


def _partly(counters: Sequence[DoorCounter], past: Interval) -> set[str]:
    """Doors that had a counter in a part of the time only."""
    spans: dict[str, list[Span]] = defaultdict(list)
    for each in counters:
        spans[each.place].append(span_of(each.there))
    return {place for place, its in spans.items() if without([span_of(past)], union(its))}


def _crossings(counters: Iterable[DoorCounter]) -> tuple[dict[int, int], dict[int, int]]:
    """People in and people out by when the step begins, in seconds."""
    ins: dict[int, int] = defaultdict(int)
    outs: dict[int, int] = defaultdict(int)
    for each in counters:
        for row in each.rows:
            at = int(row.at.timestamp())
            ins[at] += row.ins
            outs[at] += row.outs
    return ins, outs


def _of_mode(spans: Sequence[Span], measured: Sequence[Span], ins: Mapping[int, int]) -> ModeVisits:
    """``spans``: when it was in the mode. A step counts where it begins."""
    both = common(spans, measured)
    visits = sum(count for at, count in ins.items() if _inside(spans, at))
    known = sum(count for at, count in ins.items() if _inside(both, at))
    seconds = _seconds(both)
    return ModeVisits(
        minutes=round(_seconds(spans) / 60),
        measured=round(seconds / 60),
        visits=visits if visits or seconds else None,
        per_hour=known / seconds * 3600 if seconds else None,
    )


def _inside(spans: Sequence[Span], at: int) -> bool:
    n = bisect_right(spans, (at, math.inf)) - 1
    return n >= 0 and at < spans[n][1]


def _seconds(spans: Iterable[Span]) -> int:
    return sum(end - start for start, end in spans)


def _days(modes: Sequence[ModePeriod], past: Interval, zone: ZoneInfo) -> list[Span]:
    """From one midnight at which the building is closed, and so empty, to the next; a time that no such midnight begins
    is left out, and so is one that is still going on at the end but for the last day."""
    shut = [span_of(each.during) for each in modes if each.mode is Mode.CLOSED]
    day = local_time.local_day(past.start, zone)
    cuts = []
    while (at := local_time.day_start(day, zone)) < past.end:
        if at >= past.start and _inside(shut, int(at.timestamp())):
            cuts.append(int(at.timestamp()))
        day += timedelta(days=1)
    end = int(past.end.timestamp())
    return [span for span in zip(cuts, [*cuts[1:], end], strict=True) if span[0] < span[1]]


def _whole(day: Span, opened: Sequence[Span], measured: Sequence[Span]) -> bool:
    here = common(opened, [day])
    return _seconds(common(here, measured)) >= (1 - _GAP) * _seconds(here)


def _peak(day: Span, ins: Mapping[int, int], outs: Mapping[int, int], *, ends: bool) -> Peak | None:
    """The highest level that was held, with a probability of nine in ten at each of its moments; ``None`` where nobody
    came. ``ends``: the building was empty at the end, so that what is left then is an error and is spread over the
    crossings."""
    steps = range(day[0], day[1], _STEP_S)
    came, went = sum(ins.get(at, 0) for at in steps), sum(outs.get(at, 0) for at in steps)
    if not came:
        return None
    crossings, left = came + went, came - went if ends else 0
    wrong = max(MISSED_PER_CROSSING, left**2 / crossings)
    level = passed = 0
    means, lows, highs = [0.0], [0.0], [0.0]  # at the edges of the steps
    for at in steps:
        level += ins.get(at, 0) - outs.get(at, 0)
        passed += ins.get(at, 0) + outs.get(at, 0)
        mean = level - left * passed / crossings
        variance = wrong * passed * (1 - passed / crossings if ends else 1)
        error = _NINE_OF_TEN * math.sqrt(variance)
        means.append(mean)
        lows.append(mean - error)
        highs.append(mean + error)
    held = [range(n, n + HELD_STEPS + 1) for n in range(max(1, len(lows) - HELD_STEPS))]
    n = max(held, key=lambda edges: min(lows[each] for each in edges if each < len(lows))).start
    best = slice(n, n + HELD_STEPS + 1)
    return Peak(
        people=max(0, math.floor(min(lows[best]))),
        estimate=max(0, round(min(means[best]))),
        most=max(0, math.ceil(min(highs[best]))),
        at=datetime.fromtimestamp(day[0] + n * _STEP_S, UTC),
        ins=came,
        outs=went,
        ended=ends,
    )
