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
from itertools import pairwise
from zoneinfo import ZoneInfo

import msgspec
import numpy as np
import numpy.typing as npt

from controller.hours.modes import ModePeriod
from controller.platform.text import local_time
from controller.telemetry.halves import rounded
from controller.telemetry.people_inside import MISSED_PER_CROSSING
from controller.telemetry.rollups.crossings import DoorCounter
from controller.telemetry.rollups.fold import THOUSANDTHS
from controller.telemetry.rollups.repository import Crossed
from controller.use.model import ModeVisits, Peak, SiteVisits
from controller.use.spans import WEEK_HOURS, Span, WallHours, common, seconds_in, span_of, union, wall_hours, without
from edge.wire.interval import Interval
from edge.wire.plan import Mode

Counts = npt.NDArray[np.int64]
Visits = npt.NDArray[np.float64]

HELD_STEPS = 2
"""Steps of five minutes in which a level is held: it is counted at their three edges."""
_STEP_S = 300
_NINE_OF_TEN = 1.2816
"""Standard deviations of a normal distribution that one of ten lies beyond."""
_GAP = 0.01
"""Share of a day's open time in which a counter may have been silent for the day still to be measured."""
LEAST = 0.1
"""Share of its time that must be measured for a mode to have visits by hour."""
_MISSED = 0.1
"""Share of the crossings that a counter may miss in both directions, which nothing shows, for ``most``."""
_UNBALANCED = 0.2
"""Share of a day's crossings that may be left over at its end; where more is, a direction was not counted."""


def site_visits(
    counters: Sequence[DoorCounter],
    modes: Sequence[ModePeriod],
    past: Interval,
    zone: ZoneInfo,
    crossed: Sequence[Crossed] | None = None,
) -> SiteVisits | None:
    """``counters``: with their rows of five minutes in the time ``past``, or with what all ``crossed`` together, as the
    database has it. ``modes``: of the building, which tile it. ``None`` where no door had a counter: its visits are not
    measured, and not zero."""
    if not counters:
        return None
    measured = measured_time(counters, past)
    steps = Steps(past, _crossings(counters) if crossed is None else crossed)
    by_mode = _by_mode(modes, measured, steps, wall_hours(past, zone))
    opened = union(span_of(each.during) for each in modes if each.mode is not Mode.CLOSED)
    days, peaks = [], []
    for day, ends in _days(modes, past, zone):
        ins, outs = steps.of(day)
        came, went = int(ins.sum()), int(outs.sum())
        if steps.told(day) and _balanced(came, went, ends=ends) and whole_day(day, opened, measured):
            days.append(day)
            peaks += [_peak(day[0], ins, outs, ends=ends)] if came else []
    return SiteVisits(
        doors=tuple(sorted({each.place for each in counters})),
        part_of_the_time=tuple(sorted(_partly(counters, past))),
        both_ways=tuple(sorted({each.place for each in counters if each.both_ways})),
        open=_together(by_mode[Mode.STAFFED], by_mode[Mode.EXTENDED]),
        staffed=_together(by_mode[Mode.STAFFED]),
        extended=_together(by_mode[Mode.EXTENDED]),
        closed=_together(by_mode[Mode.CLOSED]),
        open_days=_local_days(opened, past, zone),
        measured_days=_local_days(common(opened, days), past, zone),
        peak=max((each for each in peaks if each.people), key=lambda each: (each.people, each.estimate), default=None),
        open_hours=_open_hours(by_mode),
        all_visits=rounded(sum(each.visits for each in by_mode.values())),
        most=max((each.most for each in peaks), default=0) if days else None,
    )


def _by_place(counters: Iterable[DoorCounter]) -> dict[str, list[DoorCounter]]:
    found: dict[str, list[DoorCounter]] = defaultdict(list)
    for each in counters:
        found[each.place].append(each)
    return found


def measured_time(counters: Sequence[DoorCounter], past: Interval) -> list[Span]:
    """When each of the doors had a counter, and each counter that was there is known to have worked."""
    found = [span_of(past)]
    for its in _by_place(counters).values():
        there = union(span_of(each.there) for each in its)
        missing = [
            gap for each in its for gap in without([span_of(each.there)], union(span_of(one) for one in each.known))
        ]
        found = common(found, without(there, union(missing)))
    return found


def _partly(counters: Sequence[DoorCounter], past: Interval) -> set[str]:
    """Doors that had no counter in some of the time, more than it takes to replace one."""
    whole = span_of(past)
    return {
        place
        for place, its in _by_place(counters).items()
        if seconds_in(without([whole], union(span_of(each.there) for each in its))) > _GAP * seconds_in([whole])
    }


def _crossings(counters: Iterable[DoorCounter]) -> list[Crossed]:
    return [
        (
            round(row.at.timestamp()) * 10**6,
            row.ins * THOUSANDTHS,
            row.outs * THOUSANDTHS,
            row.passages * THOUSANDTHS,
        )
        for each in counters
        for row in each.rows
    ]


class Steps:
    """People in and people out in each step of five minutes of a time, the quiet ones too, and visits: people in, and
    halves of the passages at counters that do not tell in from out."""

    def __init__(self, past: Interval, crossed: Sequence[Crossed]) -> None:
        start, end = span_of(past)
        self._first = start // _STEP_S
        self.ins, self.outs, passages = (np.zeros(end // _STEP_S + 1 - self._first, np.int64) for _ in range(3))
        at, *counts = np.array(crossed, np.int64).reshape(-1, 4).T
        step = at // (_STEP_S * 10**6) - self._first
        for into, people in zip((self.ins, self.outs, passages), counts, strict=True):
            np.add.at(into, step, people // THOUSANDTHS)
        self._told = passages == 0
        self.visits: Visits = self.ins + passages / 2  # exact: sums of halves

    def of(self, day: Span) -> tuple[Counts, Counts]:
        """Of the steps that begin in a time that begins with one."""
        steps = self._steps(day)
        return self.ins[steps], self.outs[steps]

    def told(self, day: Span) -> bool:
        """Whether of everybody who passed in these steps it is known which way."""
        return bool(self._told[self._steps(day)].all())

    def _steps(self, day: Span) -> slice:
        return slice(day[0] // _STEP_S - self._first, -(-day[1] // _STEP_S) - self._first)

    def busy(self) -> tuple[Counts, Visits]:
        """When those begin in which there were visits, in seconds, and how many."""
        found = np.flatnonzero(self.visits)
        return (found + self._first) * _STEP_S, self.visits[found]


class _Tally(msgspec.Struct):
    """Of a mode, in seconds. ``week``: measured seconds, and visits in them, by hour of the week."""

    seconds: int
    measured: int
    week: tuple[list[float], list[float]]
    visits: float = 0


def _by_mode(
    modes: Sequence[ModePeriod], measured: Sequence[Span], steps: Steps, wall: WallHours
) -> dict[Mode, _Tally]:
    """A step counts where it begins."""
    at, came = steps.busy()
    known = within(measured, at)
    found = {}
    for mode in Mode:
        its = union(span_of(each.during) for each in modes if each.mode is mode)
        both, week = common(its, measured), [0.0] * WEEK_HOURS
        wall.spread(both, 1, week, [0.0] * len(wall.months))
        here = within(its, at)
        visits = np.bincount(wall.hours_of_week(at[here & known]), came[here & known], WEEK_HOURS)
        tally = _Tally(seconds_in(its), seconds_in(both), (week, visits.tolist()), float(came[here].sum()))
        found[mode] = tally
    return found


def within(spans: Sequence[Span], at: Counts) -> npt.NDArray[np.bool_]:
    """Which moments are in the spans, which are in order and without overlap."""
    if not spans:
        return np.zeros(len(at), np.bool_)
    starts, ends = np.array(spans, np.int64).T
    n = np.searchsorted(starts, at, side="right") - 1
    found: npt.NDArray[np.bool_] = (n >= 0) & (at < ends[n])
    return found


def _together(*tallies: _Tally) -> ModeVisits:
    whole, seconds = sum(each.seconds for each in tallies), sum(each.measured for each in tallies)
    visits = sum(each.visits for each in tallies)
    known = sum(sum(each.week[1]) for each in tallies)
    return ModeVisits(
        minutes=round(whole / 60),
        measured=round(seconds / 60),
        visits=rounded(visits) if visits or seconds else None,
        per_hour=known / seconds * 3600 if seconds and seconds >= LEAST * whole else None,
    )


def _open_hours(by_mode: Mapping[Mode, _Tally]) -> dict[tuple[Mode, int], tuple[float, float]]:
    return {
        (mode, hour): (seconds, count)
        for mode in (Mode.STAFFED, Mode.EXTENDED)
        for hour, (seconds, count) in enumerate(zip(*by_mode[mode].week, strict=True))
        if seconds
    }


def _inside(spans: Sequence[Span], at: int) -> bool:
    n = bisect_right(spans, (at, math.inf)) - 1
    return n >= 0 and at < spans[n][1]


def _days(modes: Sequence[ModePeriod], past: Interval, zone: ZoneInfo) -> list[tuple[Span, bool]]:
    """From one midnight at which the building is closed, and so empty, to the next, and whether it was empty at the
    end; a time that no such midnight begins is left out. The last one is still going on, unless the time ends at such
    a midnight."""
    shut = union(span_of(each.during) for each in modes if each.mode is Mode.CLOSED)
    end = int(past.end.timestamp())
    cuts = [at for at in local_midnights(past, zone) if _inside(shut, at)]
    over = past.end == local_time.day_start(local_time.local_day(past.end, zone), zone) and _inside(shut, end - 1)
    return [(day, over or day[1] < end) for day in pairwise([*cuts, end])]


def local_midnights(past: Interval, zone: ZoneInfo) -> list[int]:
    """When local days begin within the time, in seconds."""
    day, last = (local_time.local_day(each, zone) for each in (past.start, past.end))
    all_ = [local_time.day_start(day + timedelta(days=each), zone) for each in range((last - day).days + 1)]
    return [int(each.timestamp()) for each in all_ if past.start <= each < past.end]


def _local_days(spans: Sequence[Span], past: Interval, zone: ZoneInfo) -> int:
    """How many local days have some of this time."""
    midnights = local_midnights(past, zone)
    starts, end = span_of(past)
    days = list(pairwise(sorted({starts, *midnights, end})))
    return len({bisect_right(midnights, piece[0]) for piece in common(days, spans)})


def whole_day(day: Span, opened: Sequence[Span], measured: Sequence[Span]) -> bool:
    """Whether its open time, of which there is some, is measured."""
    here = common([day], opened)
    return bool(here) and seconds_in(common(here, measured)) >= (1 - _GAP) * seconds_in(here)


def _balanced(came: int, went: int, *, ends: bool) -> bool:
    """Whether both directions were counted: else who is inside is not known at all."""
    if not came and not went:
        return True
    return bool(came and went) and not (ends and abs(came - went) > _UNBALANCED * (came + went))


def _peak(start: int, ins: Counts, outs: Counts, *, ends: bool) -> Peak:
    """The highest level that was held, with a probability of nine in ten at each of its moments. ``ends``: the building
    was empty at the end, so that what is left then is an error and is spread over the crossings."""
    came, went = int(ins.sum()), int(outs.sum())
    crossings, left = came + went, came - went if ends else 0
    wrong = max(MISSED_PER_CROSSING, left**2 / crossings)
    level, passed = (np.concatenate([[0], np.cumsum(each)]) for each in (ins - outs, ins + outs))  # at edges of steps
    means = level - left * passed / crossings
    errors = _NINE_OF_TEN * np.sqrt(wrong * passed * (1 - passed / crossings if ends else 1))
    lows, estimates, highs = (_held(each) for each in (means - errors, means, means + errors))
    n = int(np.argmax(lows))
    return Peak(
        people=max(0, math.floor(lows[n])),
        estimate=max(0, round(estimates[n])),
        most=math.ceil(highs.max() / (1 - _MISSED)),
        at=datetime.fromtimestamp(start + n * _STEP_S, UTC),
        ins=came,
        outs=went,
        ended=ends,
    )


def _held(levels: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """The least at the edges of each ``HELD_STEPS`` steps; of a shorter time, the least of all."""
    number = max(1, len(levels) - HELD_STEPS)
    edges = [levels[each : each + number] for each in range(min(HELD_STEPS + 1, len(levels)))]
    found: npt.NDArray[np.float64] = np.min(edges, axis=0)
    return found
