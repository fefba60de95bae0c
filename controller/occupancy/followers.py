"""What sensors that follow people say, once the doors have told how many there were: WiFi and carbon dioxide.

Both are learned at moments when the space is known to be empty, from the time since the last such moment, in which the
counts at the doors can be brought into line with how it ended. In between both remember: a WiFi that has served two
devices a person all morning will do so in the afternoon, and the air holds what was breathed out for hours. So what is
not seen of them is followed along with the number of people, as a line in this number (a Kalman filter beside the
exact one, Murphy and Russell's Rao-Blackwellised filter with one line for all numbers).
"""

from dataclasses import dataclass

import numpy as np

from controller.occupancy.air import AirRates, span_of
from controller.occupancy.evidence import breathed_by_one
from controller.occupancy.features import HOUR, MINUTE
from controller.occupancy.filter import Moments
from controller.occupancy.recording import Column, Flags, Floats

_FIRST_RATIO, _FIRST_UNSURE = 0.6, 0.3
_RATIO_MOVES = 0.07
_COUNTED, _COUNTED_SPREAD, _COUNTED_MORE = 0.96, 0.3, 0.1
"""Of people a sensor that counts them in a room shows so many, give or take, and more so of more."""
_RATIO_DRIFTS = 4e-5
"""Variance of devices a person, an hour."""
_NOISY = 20.0**2
_UNSURE_FOR = 0.5
"""Hours that an error of what one person breathes out lasts, twice."""
_CERTAIN = 1e-3
"""Variance below which the number of people is known."""
_LATE = 0.125
"""Of a row and the half before it: how much the people at its end have to do with what was breathed out."""
_FORGOTTEN = 12 * HOUR
_TAILS = 8.0
"""Degrees of freedom of Student's t."""
_FAR = 9.0
"""Square of the standard deviations from which a value teaches less."""
_STUCK, _REPEATS, _RECENT = 20 * MINUTE, 0.5, 5000


@dataclass(frozen=True)
class Line:
    """What is not seen, given that n people are there: ``at_none`` + ``for_one`` n, give or take ``unsure``
    (variance)."""

    at_none: float
    for_one: float
    unsure: float

    def moved(self, was: Moments, now: Moments) -> "Line":
        """The same while the number of people moves from ``was`` to ``now``."""
        turned = self.for_one * _together(was, now) / now.variance if now.variance > _CERTAIN else 0.0
        unsure = self.unsure + self.for_one**2 * was.variance - turned**2 * now.variance
        return Line(self.at_none + self.for_one * was.mean - turned * now.mean, turned, max(unsure, 1e-6))


def _together(was: Moments, now: Moments) -> float:
    """Covariance of the number of people before and after: what is added has nothing to do with what was there."""
    return was.variance if now.variance >= was.variance else (was.variance * now.variance) ** 0.5


class Served:
    """How many devices the WiFi serves for each person, learned from what the doors counted.

    Before that 0.6 a person, give or take 0.3. The floor is what it serves while nobody is there.
    """

    PERIOD = HOUR
    """Who is there stays for a while: only so often does it say something new."""

    def __init__(self, column: Column, capacity: int) -> None:
        self._devices = column.values
        self._numbers = np.arange(capacity + 1.0)
        self._ratio = Line(_FIRST_RATIO, 0.0, _FIRST_UNSURE**2)
        self._scatter = 0.6
        """Variance for one person."""
        self._floor, self._floor_noise = np.nan, 2.0
        self._sums = np.zeros(2)

    def learn_floor(self, empty: Flags) -> None:
        """``empty``: shape (rows,), so far."""
        devices = self._devices[: len(empty)][empty]
        of_nobody = devices[np.isfinite(devices)]
        if len(of_nobody) >= 3:
            self._floor, self._floor_noise = float(np.median(of_nobody)), float(np.var(of_nobody)) + 0.5

    def learn(self, seconds: Floats, span: slice, people: Floats) -> None:
        """Of one span between two empty times."""
        devices = self._devices[span]
        known = np.isfinite(devices) & np.isfinite(people) & (people >= 1)
        if np.isnan(self._floor) or known.sum() < 10:
            return
        there, above = people[known], devices[known] - self._floor
        hours = float(known.sum()) * float(np.median(np.diff(seconds[span]))) / HOUR
        self._sums = 0.8 ** (hours / 10) * self._sums + hours * np.array([np.mean(there), np.mean(above)])
        weight = self._sums[0] / (self._scatter * 0.5)  # spans of half an hour say something new
        prior = 1 / _FIRST_UNSURE**2
        ratio = float((self._sums[1] / self._sums[0] * weight + _FIRST_RATIO * prior) / (weight + prior))
        self._ratio = Line(ratio, 0.0, 1 / (weight + prior) + (_RATIO_MOVES * ratio) ** 2)
        self._scatter = 0.5 * self._scatter + 0.5 * float(
            np.clip(np.mean((above - ratio * there) ** 2 / there), 0.2, 4.0)
        )

    def moved(self, index: int, span: float, was: Moments, now: Moments, belief: Floats) -> Floats | None:
        """Log likelihoods (capacity + 1,) of what is served at a row, ``span`` seconds after the one before; None
        where nothing was sent, or the floor is not known. ``was`` and ``now``: of the number of people before and
        after the span; ``belief``: shape (capacity + 1,), after it."""
        ratio = self._ratio.moved(was, now)
        ratio = self._ratio = Line(ratio.at_none, ratio.for_one, ratio.unsure + _RATIO_DRIFTS * span / HOUR)
        if not self.says(index):
            return None
        n = self._numbers
        repeats = max(self.PERIOD / max(span, 1.0), 1.0)
        noise, expected = self._scatter * n + self._floor_noise, ratio.at_none + ratio.for_one * n
        variance = ratio.unsure * n**2 + repeats * noise
        away = self._devices[index] - self._floor - expected * n
        found: Floats = -0.5 * (away**2 / variance + np.log(ratio.unsure * n**2 + noise) / repeats)
        gain = ratio.unsure * n / variance
        self._ratio = _fitted(n, belief * np.exp(found - found.max()), expected + gain * away, 1 - gain * n, ratio)
        return found

    def says(self, index: int) -> bool:
        """Whether it is believed at a row."""
        return bool(np.isfinite(self._floor) and np.isfinite(self._devices[index]))


def _fitted(numbers: Floats, weights: Floats, expected: Floats, left: Floats, before_it: Line) -> Line:
    """The line nearest to what is ``expected`` under each number; ``left``: what part of the variance is."""
    total = float(weights.sum())
    if total <= 0:
        return before_it
    weights = weights / total
    mean, middle = float(weights @ numbers), float(weights @ expected)
    spread = float(weights @ (numbers - mean) ** 2)
    for_one = float(weights @ ((numbers - mean) * (expected - middle))) / spread if spread > _CERTAIN else 0.0
    at_none = middle - for_one * mean
    unsure = float(weights @ (before_it.unsure * left + (expected - at_none - for_one * numbers) ** 2))
    return Line(at_none, for_one, unsure)


class Counted:
    """A sensor that counts who is in the space: it overlooks some, and now and then sees one too many."""

    PERIOD = HOUR / 12
    """What it says again sooner is the same."""

    def __init__(self, column: Column, capacity: int) -> None:
        self._values = column.values
        self._numbers = np.arange(capacity + 1.0)

    def logs(self, index: int) -> Floats | None:
        """Log likelihoods (capacity + 1,) at a row; None where nothing was sent."""
        value = self._values[index]
        if np.isnan(value):
            return None
        away = (value - _COUNTED * self._numbers) / (_COUNTED_SPREAD + _COUNTED_MORE * self._numbers)
        found: Floats = -2.5 * np.log1p(away**2 / 4)
        return found


class Breathed:
    """What carbon dioxide says: it rises by what people breathe out, and falls by what the air carries off.

    Both are learned from what the doors counted. Before that it says nothing: spaces differ too much.
    """

    def __init__(self, seconds: Floats, column: Column, capacity: int, *, means: bool = False) -> None:
        """``means``: each value is the mean of its row, at whose end people are counted."""
        self._seconds, self._means = seconds, means
        self._late = _LATE if means else 0.5
        self._values = _without_stuck(seconds, column.values)
        self._numbers = np.arange(capacity + 1.0)
        self._rates = AirRates(breathed_by_one(capacity))
        self._noise = 0.0
        """Variance of one value."""
        self._level: Line | None = None

    def learn(self, span: slice, people: Floats, passed: Floats, *, ended: bool) -> None:
        """Of the rows since the space was last empty; ``ended``: until it is so again."""
        self._noise = _noise(self._values[: span.stop])
        if self._means:
            people = (people + np.concatenate([people[:1], people[:-1]])) / 2
        read = span_of(self._seconds[span], self._values[span], people, passed, self._noise, ended=ended)
        if read is not None:
            self._rates.learn(read)

    def moved(self, index: int, span: float, was: Moments, now: Moments) -> Floats | None:
        """Log likelihoods (capacity + 1,) of the value at a row, ``span`` seconds after the one before; None where
        nothing was sent, or learned. ``was`` and ``now``: of the number of people before and after the span."""
        value = self._values[index]
        if not self._learned:
            return None
        if self._level is None or span > _FORGOTTEN:
            self._level = None if np.isnan(value) else Line(float(value), 0.0, self._noise)
            return None
        level = self._level = self._breathed(self._level, span / HOUR, was, now)
        if np.isnan(value):
            return None
        total = level.unsure + self._noise
        away = value - level.at_none - level.for_one * self._numbers
        found: Floats = -(_TAILS + 1) / 2 * np.log1p(away**2 / (_TAILS * total))
        gain = level.unsure / max(total, float(np.min(away**2)) / _FAR)
        learned = 1 - gain
        self._level = Line(level.at_none * learned + gain * value, level.for_one * learned, level.unsure * learned)
        return found

    def _breathed(self, level: Line, hours: float, was: Moments, now: Moments) -> Line:
        """What is in the air after so many hours, in which the number of people moved from ``was`` to ``now``."""
        by_one, falls = self._rates.breathed, self._rates.changes
        kept = float(np.exp(-falls * hours))
        share = (1 - kept) / falls
        added, held = by_one * share, kept * level.for_one
        both = _together(was, now)
        drift = self._rates.drift + _UNSURE_FOR * self._rates.unsure * (by_one * now.mean) ** 2
        late = self._late
        early = 1 - late
        mean = kept * level.at_none + held * was.mean + added * (early * was.mean + late * now.mean)
        mean += (1 - kept) * self._rates.fresh
        variance = kept**2 * level.unsure + held**2 * was.variance
        variance += 2 * held * added * (early * was.variance + late * both) + drift * hours
        variance += added**2 * (early**2 * was.variance + 2 * early * late * both + late**2 * now.variance)
        together = held * both + added * (early * both + late * now.variance)
        for_one = together / now.variance if now.variance > _CERTAIN else 0.0
        return Line(float(mean - for_one * now.mean), float(for_one), max(float(variance - for_one * together), 1e-3))

    @property
    def _learned(self) -> bool:
        return self._rates.known

    def says(self, index: int) -> bool:
        """Whether it is believed at a row."""
        return self._learned and bool(np.isfinite(self._values[index]))


def _without_stuck(seconds: Floats, values: Floats) -> Floats:
    """Without what a sensor repeats for so long that it must be stuck, if it usually does not repeat itself."""
    known = np.flatnonzero(np.isfinite(values))
    found = values.copy()
    if len(known) < 3:
        return found
    changed = np.diff(values[known], prepend=np.nan) != 0
    rows = np.arange(len(known))
    stuck = seconds[known] - seconds[known][np.maximum.accumulate(np.where(changed, rows, 0))] > _STUCK
    found[known[stuck & (np.cumsum(~changed) < _REPEATS * (rows + 1))]] = np.nan
    return found


def _noise(values: Floats) -> float:
    """Variance of one value, by how far values lie off the middle of their neighbours."""
    known = values[np.isfinite(values)][-_RECENT:]
    bends = known[2:] - 2 * known[1:-1] + known[:-2]
    return float(np.median(bends**2)) / 0.455 / 6 + 1.0 if len(bends) else _NOISY
