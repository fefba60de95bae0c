"""Unusual counts at a door, from counts alone: what a half hour usually has, and how far this one is above it.

The usual week is learned from the past only: per weekday and half hour, drawn towards what working days or weekends
have at that time, as few weeks are known. A busy evening is not what is usual, so each half hour teaches at most a few
standard deviations. The strength of a half hour is the largest excess of the last 1 to 4 hours, in standard deviations,
over what was exceeded as often as asked for so far: at 1 or more it is reported.

The window of several half hours follows scan statistics (Naus 1965); counts that vary more than a Poisson process,
as counts of people at doors do (Ihler, Hutchins and Smyth, KDD 2006), widen the standard deviation.
"""

import bisect
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

from controller.occupancy.recording import BadRecording, Recording

HALF_HOUR = timedelta(minutes=30)
WEEK = 336
"""Half hours."""
_LONGEST = 2.02
"""Half hours from row to row; clocks drift."""
_LONGEST_GAP_S = 3 * 366 * 86_400
"""A longer one is that of a clock that was wrong."""
_WINDOWS = (2, 3, 4, 6, 8)
_FORGET = 0.95
"""What a week counts a week later."""
_POOLED = 12.0
"""How many weeks of a weekday of its own weigh as much as what all working days or the weekend have."""
_QUIET = 6.0
"""Added to what is expected before its variance: in quiet hours a few people are not yet unusual."""
_TAUGHT = 3.0
"""Standard deviations by which a half hour can teach at most."""
_FIRST_VARIANCE = 1.5
_FIRST_WEEKS = 2.0


@dataclass(frozen=True)
class HalfHour:
    """``count``: people in and out; None where nothing was recorded. ``strength``: at 1 or more it is reported."""

    start: datetime
    end: datetime
    count: float | None
    expected: float
    strength: float


def half_hours(recording: Recording) -> list[tuple[datetime, float | None]]:
    """The counts of a recording by half hours without a gap; None where nothing was recorded.

    A row of an hour counts half in each of its half hours. Raises BadRecording if it has no counts, or rows further
    apart than an hour, or nothing for three years.
    """
    columns = recording.of("in", "out", "crossings")
    if not columns:
        raise BadRecording("No column counts people: name one, such as --map entries=in or --map count=crossings.")
    step = float(np.median(np.diff(recording.seconds))) if len(recording.seconds) > 1 else 0.0
    half = HALF_HOUR.total_seconds()
    if step > _LONGEST * half:
        raise BadRecording(f"Its rows are {step / 60:.0f} minutes apart; 60 at most can be used.")
    parts = 2 if step > half else 1
    values = np.stack([column.values for column in columns])
    known = np.isfinite(values).any(axis=0)
    total = np.where(known, np.nansum(values, axis=0), np.nan)
    found: dict[float, float] = {}
    for moment, count in zip(recording.moments, total, strict=True):
        start = moment.timestamp() - moment.minute % 30 * 60 - moment.second - moment.microsecond / 1e6
        if not np.isnan(count):
            for place in range(parts):
                found[start + place * half] = found.get(start + place * half, 0.0) + float(count) / parts
    if not found:
        return []
    zone, first = recording.moments[0].tzinfo, min(found)
    for before, after in pairwise(sorted(found)):
        if after - before > _LONGEST_GAP_S:
            gap = " to ".join(f"{datetime.fromtimestamp(each, zone):%Y-%m-%d %H:%M}" for each in (before, after))
            raise BadRecording(f"It has no counts from {gap}. Take out the rows whose times are wrong.")
    places = range(int((max(found) - first) / half) + 1)
    return [(datetime.fromtimestamp(first + place * half, zone), found.get(first + place * half)) for place in places]


class UsualWeek:
    """What each half hour of the week usually has, and how much that varies."""

    def __init__(self) -> None:
        self._sums = np.zeros((7, 48))
        self._weights = np.zeros((7, 48))
        self._squares = np.zeros((2, 48))
        self._square_weights = np.zeros((2, 48))

    def expected(self, day: int, slot: int) -> tuple[float, float]:
        """The usual count and its variance."""
        kind = int(day >= 5)
        around = [(slot - 1) % 48, slot, (slot + 1) % 48]
        week = self._mean(range(7), around, 0.5, 1.0)
        alike = self._mean(range(5, 7) if kind else range(5), around, week, 1.0)
        usual = self._mean([day], around, alike, _POOLED)
        squares, weights = self._squares[kind, around].sum(), self._square_weights[kind, around].sum()
        wider = (squares + 2 * _FIRST_VARIANCE) / (weights + 2)
        return usual, (usual + _QUIET) * float(wider)

    def learn(self, day: int, slot: int, count: float, *, first_week: bool) -> None:
        usual, variance = self.expected(day, slot)
        taught = count if first_week else min(count, usual + _TAUGHT * variance**0.5)
        self._sums[day, slot] = self._sums[day, slot] * _FORGET + taught
        self._weights[day, slot] = self._weights[day, slot] * _FORGET + 1
        if not first_week:
            kind = int(day >= 5)
            square = (taught - usual) ** 2 / (usual + _QUIET)
            self._squares[kind, slot] = self._squares[kind, slot] * 0.97 + square
            self._square_weights[kind, slot] = self._square_weights[kind, slot] * 0.97 + 1

    def _mean(self, days: Sequence[int], around: list[int], prior: float, strength: float) -> float:
        sums, weights = self._sums[list(days)][:, around], self._weights[list(days)][:, around]
        near: NDArray[np.float64] = np.array([0.25, 0.5, 0.25])
        return float(((sums @ near).sum() + strength * prior) / ((weights @ near).sum() + strength))


class _Limit:
    """What the excess passed ``per_week`` times a week so far, at its peaks; before two weeks are known, a guess."""

    def __init__(self, per_week: float) -> None:
        self._per_week = per_week
        self._peaks: list[float] = []
        self._running: float | None = None
        self._guess = 1.5 * NormalDist().inv_cdf(1 - min(per_week, 100) / WEEK / 2)

    def add(self, excess: float) -> None:
        """Peaks are what is highest between two half hours without any excess."""
        if excess > 1.0:
            self._running = max(self._running or 0.0, excess)
        elif self._running is not None:
            bisect.insort(self._peaks, self._running)
            self._running = None

    def now(self, weeks: float) -> float:
        wanted = int(self._per_week * weeks)
        if wanted >= len(self._peaks):
            return self._guess
        seen = self._peaks[-wanted - 1]
        return (seen * weeks + self._guess * _FIRST_WEEKS) / (weeks + _FIRST_WEEKS)


def unusual(rows: Sequence[tuple[datetime, float | None]], per_week: float) -> Iterator[HalfHour]:
    """Every half hour from the second week on; ``per_week``: how many may be reported a week when nothing is unusual.

    ``rows``: as `half_hours` gives them, in local time.
    """
    usual, limit = UsualWeek(), _Limit(per_week)
    half = HALF_HOUR.total_seconds()
    excesses: list[tuple[float, float]] = []
    for index, (start, count) in enumerate(rows):
        day, slot = start.weekday(), start.hour * 2 + start.minute // 30
        expected, variance = usual.expected(day, slot)
        excesses.append((0.0, variance) if count is None else (count - expected, variance))
        if index >= WEEK:
            highest = max(_excess(excesses[-window:]) for window in _WINDOWS)
            strength = highest / limit.now((index - WEEK) / WEEK) if count is not None else 0.0
            limit.add(highest)
            yield HalfHour(
                start,
                datetime.fromtimestamp(start.timestamp() + half, start.tzinfo),
                count,
                expected,
                max(strength, 0.0),
            )
        if count is not None:
            usual.learn(day, slot, count, first_week=index < WEEK)
        del excesses[: -max(_WINDOWS)]


def _excess(window: Sequence[tuple[float, float]]) -> float:
    return float(sum(each for each, _ in window) / sum(variance for _, variance in window) ** 0.5)
