"""What the counters at the doors of a space say, though they miss people and count some twice.

Each counter, one door one way, has a rate: how many people passed for one that it counted. At a moment when the space
is known to be empty all who came in have gone out, so what the counts leave over is an error of these rates: a Kalman
filter shares it out by how uncertain each rate is. A day that fits badly makes all rates uncertain again, as a counter
that was knocked does not come back. Between two such moments the filter holds several rates at once (`HYPOTHESES`),
which move the number of people apart; whatever else is seen, and that fewer than nobody cannot be there, weighs them.
"""

from dataclasses import dataclass
from datetime import datetime

import numpy as np

from controller.occupancy.features import DAY, HOUR
from controller.occupancy.filter import Comings
from controller.occupancy.recording import Column, Flags, Floats, Recording

HYPOTHESES = np.array([-2.0, -1.2, -0.6, 0.0, 0.6, 1.2, 2.0])
"""Standard deviations by which more people came than the rates say."""
_PRIOR = np.exp(-0.5 * HYPOTHESES**2)
WEIGHTS: Floats = _PRIOR / _PRIOR.sum()
_USUAL = 1.053
"""2 to 12 % missed and 0 to 4 % counted twice."""
_USUAL_SPREAD = 0.034
_A_DAY = 0.014
"""Standard deviation by which a rate moves in a day."""
_NOISE = 0.09
"""Variance of people for one counted."""
_SURPRISE = 2.0
_QUIET = 3 * HOUR
_UNCOUNTED = 0.02
_WANDER = 0.1
_LEAST_PASSING = 6.0
"""People an hour; a counter that is blind may have missed so many, however little it ever counted."""
_SLACK = 2.0
"""People left over at night that are taken as an error, unless somebody counted them."""


@dataclass(frozen=True)
class Correction:
    """``at``: when the space was known to be empty; ``left_over``: how many people the doors said were there."""

    at: datetime
    left_over: float


class DoorRates:
    """``rates``: shape (counters,), people for one counted; ``ways``: 1 of a counter for in, -1 for out."""

    def __init__(self, ways: Floats) -> None:
        self.ways = ways
        self.rates = np.full(len(ways), _USUAL)
        self._spread = np.eye(len(ways)) * _USUAL_SPREAD**2
        self._usual_counts = np.ones(len(ways))
        self._kernels: dict[bytes, Floats] = {}

    def correct(self, counts: Floats, days: float) -> float:
        """``counts``: of each counter between two moments without people; answers how many were left over."""
        signed = self.ways * counts
        self._spread += np.eye(len(counts)) * _A_DAY**2 * min(days, 30)
        left_over = float(signed @ self.rates)
        noise = _NOISE * counts.sum() + 1.0
        if left_over**2 > _SURPRISE**2 * (signed @ self._spread @ signed + noise):
            self._spread += np.eye(len(counts)) * _USUAL_SPREAD**2 / 2
        gain = self._spread @ signed / (signed @ self._spread @ signed + noise)
        self.rates = np.clip(self.rates - gain * left_over, 0.9, 1.25)
        self._spread -= np.outer(gain, signed @ self._spread)
        self._usual_counts = 0.5 * self._usual_counts + 0.5 * counts
        self._kernels.clear()
        return left_over

    def change(self, counts: Floats) -> Floats:
        """How likely each true change is when the counters counted so; shape (hypotheses, 2k + 1)."""
        key = counts.tobytes()
        found = self._kernels.get(key)
        if found is None:
            if len(self._kernels) > 2000:
                self._kernels.clear()
            found = self._kernels[key] = self._made(counts)
        return found

    def _made(self, counts: Floats) -> Floats:
        signed = self.ways * self._usual_counts
        along = self._spread @ signed / (signed @ self._spread @ signed) ** 0.5
        rates = self.rates + HYPOTHESES[:, None] * along
        reach = int(2 * counts.sum())
        size = 2 * reach + 1
        waves = np.ones((len(rates), reach + 1), dtype=complex)
        for counter in np.flatnonzero(counts):
            more = np.clip((_NOISE + rates[:, counter] - 1) / 2, 0.005, 0.3)
            fewer = np.clip((_NOISE - rates[:, counter] + 1) / 2, 0.005, 0.3)
            one = np.zeros((len(rates), size))
            way = int(self.ways[counter])
            one[:, 0], one[:, way], one[:, 2 * way] = fewer, 1 - fewer - more, more
            waves *= np.fft.rfft(one, axis=1) ** counts[counter]
        change = np.maximum(np.fft.fftshift(np.fft.irfft(waves, size, axis=1), axes=1), 1e-12)
        keep = np.flatnonzero(change.max(axis=0) > 1e-7)
        furthest = int(max(reach - keep[0], keep[-1] - reach))
        cut: Floats = change[:, reach - furthest : reach + furthest + 1]
        share: Floats = cut / cut.sum(axis=1, keepdims=True)
        return share


class Doors:
    """All counters of a recording. ``counting``: whether anything counts both ways; ``silent``: shape (rows,), whether
    a counter that had counted sends nothing; ``empty``: shape (rows,), whether nobody can be there; ``balanced``: those
    in which only the counts of a quiet night say so; ``blind``: shape (rows,), the share of the counters of which
    nothing is known; ``either_way``: shape (rows,), who passed counters of a building that do not tell in from out;
    ``unheard``: shape (rows,), whether nothing is known of one of these; ``highest``: how many people the counts alone
    say there were at most.

    ``whole``: what is recorded is a building, in which people may sleep. A quiet night counts there only if the counts,
    too, say that everybody left, and without a working PIR for less."""

    def __init__(self, recording: Recording, *, whole: bool = False) -> None:
        self._columns = recording.of("in", "out")
        self.counting = len({column.kind for column in self._columns}) == 2
        self._seconds, self._moments = recording.seconds, recording.moments
        rows = len(self._seconds)
        counts = np.stack([column.values for column in self._columns]) if self._columns else np.zeros((0, rows))
        self._counts = np.ascontiguousarray(np.round(np.nan_to_num(counts)).T)
        self._passed: Flags = self._counts.sum(axis=1) > 0
        self.either_way: Floats = np.zeros(rows)
        self.unheard: Flags = np.zeros(rows, dtype=np.bool_)
        both_ways = recording.of("crossings") if whole else []
        for column in both_ways:
            self.either_way += np.nan_to_num(column.values)
            self.unheard |= np.isnan(column.values)
        self.rates = DoorRates(np.array([1.0 if column.kind == "in" else -1.0 for column in self._columns]))
        self.silent: Flags = np.zeros(rows, dtype=np.bool_)
        for column in [*self._columns, *both_ways]:
            self.silent |= self._seconds - _last_known(self._seconds, column) > HOUR / 4
        alarm = _alarm(recording)
        unknown = [np.isnan(column.values) for column in [*self._columns, *both_ways]]
        self.blind: Floats = np.mean(unknown, axis=0) if unknown else np.zeros(rows)
        quiet = self._quiet_night(recording) if self.counting else np.zeros_like(alarm)
        left, self.highest = self._left(recording, alarm, quiet) if self.counting else (quiet, 0.0)
        seen = self._seen(recording) if whole else np.ones_like(alarm)
        self.empty = alarm | ((left if whole else quiet) & seen)
        self.balanced: Flags = left & ~seen & ~alarm if whole else np.zeros_like(alarm)
        self._ended: Flags = self.empty | self.balanced
        self.corrections: list[Correction] = []
        self._since = 0

    def change(self, index: int) -> Floats | None:
        """None: nothing counts both ways, or nobody passed."""
        if not self.counting or not self._passed[index]:
            return None
        return self.rates.change(self._counts[index])

    def anchored(self, index: int) -> slice | None:
        """At the first row of an empty time: corrects the rates and answers the rows since the last one."""
        if not self.counting or not self._ended[index] or (index and self._ended[index - 1]):
            return None
        span = slice(self._since, index + 1)
        counts = self._counts[span].sum(axis=0)
        first = self._since == 0 and not self._ended[0]  # who was there when the recording began is not known
        if counts.sum() and not first and not self._untold(span):
            days = (self._seconds[index] - self._seconds[self._since]) / DAY
            self.corrections.append(Correction(self._moments[index], self.rates.correct(counts, days)))
        self._since = index
        return span

    def people(self, span: slice) -> Floats:
        """How many were there between two empty times, by the doors and how it ended; NaN if a door was silent."""
        counts = self._counts[span]
        net = np.cumsum(counts @ (self.rates.ways * self.rates.rates))
        passed = np.cumsum(counts.sum(axis=1))
        if self._untold(span) or not passed[-1]:
            return np.full(len(net), np.nan)
        found: Floats = np.maximum(net - net[-1] * passed / passed[-1], 0.0)
        return found

    def so_far(self, index: int) -> tuple[slice, Floats]:
        """The rows since the last empty time, up to ``index``, and how many were there; NaN where that is not known, or
        was more than a day ago."""
        span = slice(self._since, index + 1)
        lately = self._seconds[index] - self._seconds[self._since] <= DAY
        known = lately and not self._untold(span) and bool(self._ended[self._since])
        net = np.maximum(np.cumsum(self._counts[span] @ (self.rates.ways * self.rates.rates)), 0.0)
        return span, net if known else np.full(len(net), np.nan)

    def _untold(self, span: slice) -> bool:
        """Whether somebody may have come or gone of whom the counts say nothing."""
        return bool(self.silent[span].any() or self.either_way[span].any())

    def passed(self, span: slice) -> Floats:
        """How many the doors counted in each row, in and out."""
        found: Floats = self._counts[span].sum(axis=1)
        return found

    def uncounted(self, comings: Comings) -> Comings:
        """Who comes and goes without being counted."""
        if not self.counting:
            return comings
        return Comings(comings.arrive * _UNCOUNTED, comings.leave * _UNCOUNTED, _WANDER, 0.001, comings.sizes)

    def passing(self) -> float:
        """How many people pass in an hour in which people pass."""
        span = float(np.median(np.diff(self._seconds))) / HOUR if len(self._seconds) > 1 else 1.0
        passed = self._counts.sum(axis=1) + self.either_way
        busy = passed[passed > 0]
        return max(float(busy.mean()) / span, _LEAST_PASSING) if len(busy) else _LEAST_PASSING

    def _left(self, recording: Recording, alarm: Flags, quiet: Flags) -> tuple[Flags, float]:
        """In which of the ``quiet`` rows the counts, too, say that nobody is left, give or take their error; and the
        most people that they say there were. Who was counted by a person must have been counted out, or have passed
        where nobody knows which way."""
        told = np.full(len(quiet), np.nan)
        for column in recording.of("told"):
            told = np.where(np.isfinite(column.values), column.values, told)
        came, passed = self._counts @ self.rates.ways, self._counts.sum(axis=1)
        left, highest = quiet.copy(), 0.0
        inside, since, slack = 0.0, 0.0, _SLACK
        for row in range(len(quiet)):
            inside, since = max(inside + float(came[row]), 0.0), since + float(passed[row])
            slack += float(self.either_way[row])
            if alarm[row]:
                inside, since, slack = 0.0, 0.0, _SLACK
            if np.isfinite(told[row]):
                inside, since, slack = float(told[row]), 0.0, 0.0
            highest = max(highest, inside)
            if left[row]:
                left[row] = inside <= 3 * ((0.7 * _USUAL_SPREAD * since) ** 2 + _NOISE * since) ** 0.5 + slack
            if left[row]:
                inside, since, slack = 0.0, 0.0, _SLACK
        return left, highest

    def _seen(self, recording: Recording) -> Flags:
        """Where a PIR has worked for so long that a quiet night is one."""
        pirs = [np.isfinite(column.values) for column in recording.of("pir")]
        works = np.logical_or.reduce(pirs, axis=0) if pirs else np.zeros(len(self._seconds), dtype=np.bool_)
        last = np.maximum.accumulate(np.where(works, self._seconds[0], self._seconds))
        found: Flags = works & (self._seconds - last >= _QUIET)
        return found

    def _quiet_night(self, recording: Recording) -> Flags:
        """Nobody passed for hours, and it is between midnight and six: nobody is there. Movement contradicts."""
        stirred = self._passed | (self.either_way > 0)
        for column in recording.of("pir"):
            stirred |= _lasting(np.nan_to_num(column.values) > 0)
        last = np.maximum.accumulate(np.where(stirred, self._seconds, self._seconds[0]))
        night = np.array([moment.hour < 6 for moment in self._moments])
        quiet: Flags = night & (self._seconds - last >= _QUIET) & ~self.silent
        return quiet


def either_way(belief: Floats, passed: int) -> Floats:
    """Up to so many came, or went, besides, each number as likely. Shape (capacity + 1,), sums to 1, as the belief."""
    reach = min(passed, len(belief) - 1)
    if reach <= 0:
        return belief
    moved = np.convolve(belief, np.full(2 * reach + 1, 1 / (2 * reach + 1)))
    found: Floats = moved[reach:-reach].copy()
    found[0] += moved[:reach].sum()
    found[-1] += moved[-reach:].sum()
    return found


def _lasting(moved: Flags) -> Flags:
    """Movement in two rows that follow each other: a sensor alone now and then sees a spider."""
    found = moved.copy()
    found[1:] &= moved[:-1]
    return found


def _last_known(seconds: Floats, column: Column) -> Floats:
    known = np.isfinite(column.values)
    found: Floats = np.maximum.accumulate(np.where(known, seconds, seconds[0]))
    return found


def _alarm(recording: Recording) -> Flags:
    found: Flags = np.zeros(len(recording.seconds), dtype=np.bool_)
    for column in recording.of("alarm"):
        known = np.isfinite(column.values)
        last = np.maximum.accumulate(np.where(known, np.arange(len(known)), 0))
        found |= np.nan_to_num(column.values[last]) > 0
    return found
