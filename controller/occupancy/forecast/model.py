"""How many people to expect in each hour to come, with a 90 % interval, from the hours counted so far. Pure.

The expected count is a product: what this hour of this weekday usually has, how busy the last days were against that,
how busy this hour of the day was, and what bank and school holidays change. Each part forgets exponentially, as in
multiplicative seasonal smoothing (Winters, Management Science 6, 1960). The interval is made of quantiles of the scaled
errors that the same model made on its own past (conformal prediction: Vovk, Gammerman and Shafer, Algorithmic Learning
in a Random World, 2005). All settings were chosen on January to June 2024 of the counters of Heart of the City
Auckland; docs/forecast.md has the figures.

Counts lie in a grid of local days and hours, so a change of the clocks needs nothing here: the hour that is left out is
unknown, and of the hour that comes twice the grid has the mean.
"""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

HISTORY = 400
"""Days before these teach nothing."""
_WEEK_MEMORY, _LEVEL_MEMORY, _HOURS_MEMORY, _LONG_MEMORY, _NEAR = 28.0, 2.0, 7.0, 14.0, 3.0
"""Days after which a day counts half: for the usual week, the level, the hours of the day, the level's prior, and for
the level of a past day by the days around it."""
_POOLED = 0.05
"""How many days of each weekday are taken from the mean of all weekdays."""
_LEVEL_PRIOR = 60.0
"""How many people of the last weeks weigh as much as what was counted in the last days: one quiet day of a small hall
says little."""
_HOURS_PRIOR = 3.0
"""Days that say that the hours of a day share it as usual."""
_HOLIDAY_PRIOR = 2.0
"""Holidays that say a bank holiday is a Sunday."""
_SCHOOL_PRIOR = 10.0
"""Days that say school holidays change nothing."""
_MOST, _ALWAYS = 3.0, 30.0
"""An hour teaches at most this many times what was expected, and these people more."""
_SILENT_HOURS, _SILENT_PEOPLE = 3, 60.0
"""A run of zeros this long where this many people were expected is a silent counter."""
SUNDAY = 6
LEAST_DAYS = 7
_ERRORS_FROM, _ERROR_ORIGINS = 14, 28
_FEW_ERRORS = 100
_FIRST_SPREAD = 1.645
LOW, HIGH = 0.05, 0.95


@dataclass(frozen=True)
class Days:
    """What is known of each local day before it comes, from the first counted to the last expected.

    ``weekdays``: (days,), 0 is Monday; ``holidays`` and ``school_holidays``: (days,); ``closed``: (days, 24).
    """

    weekdays: NDArray[np.int64]
    holidays: Bools
    school_holidays: Bools
    closed: Bools

    def __getitem__(self, part: slice) -> "Days":
        return Days(self.weekdays[part], self.holidays[part], self.school_holidays[part], self.closed[part])

    def __len__(self) -> int:
        return len(self.weekdays)


@dataclass(frozen=True)
class Expectation:
    """People an hour, each (days, 24): the mean, and from ``low`` to ``high`` in nine of ten cases."""

    mean: Floats
    low: Floats
    high: Floats


@dataclass(frozen=True)
class _Week:
    """What the past says. ``usable``: (days, 24), 1 where an hour was counted, was not closed and not silent."""

    counts: Floats
    usable: Floats
    profile: Floats
    expected: Floats
    level: Floats


def expect(counts: Floats, days: Days, first: int) -> Expectation:
    """The days from index ``first`` on, which may be the last counted day if that is not over.

    ``counts``: (counted days, 24) people an hour, NaN where unknown. ``days``: longer than ``counts`` by the days to
    expect. Raises ValueError on negative or infinite counts, or if of the last `HISTORY` days less than a week
    teaches something.
    """
    if np.isinf(counts).any() or (counts < 0).any():
        raise ValueError("Counts are 0 or more.")
    counted = days_that_teach(counts, days)
    if counted < LEAST_DAYS:
        raise ValueError(f"{counted} days have enough counts; {LEAST_DAYS} are needed.")
    mean = expected(counts, days, first)
    return interval(mean, days.closed[first:], past_errors(counts, days))


def ever_counted(counts: Floats, days: Days) -> Bools:
    """(24,): the hours of the day that were counted on some day on which they were not closed."""
    return np.array((np.isfinite(counts) & ~days.closed[: len(counts)])[-HISTORY:].any(axis=0))


def days_that_teach(counts: Floats, days: Days) -> int:
    """On how many of the last days most of those hours that were not closed were counted."""
    past = days[: len(counts)]
    due = (ever_counted(counts, days) & ~past.closed)[-HISTORY:]
    return int(((np.isfinite(counts)[-HISTORY:] & due).sum(axis=1) > due.sum(axis=1) / 2).sum())


def expected(counts: Floats, days: Days, first: int) -> Floats:
    """The mean alone, (days from ``first`` on, 24)."""
    start = max(0, len(counts) - HISTORY)
    counts, days, first = counts[start:], days[start:], first - start
    past, ahead = days[: len(counts)], days[first:]
    week = _learn(counts, past)
    day_counts, day_expected = (week.counts * week.usable).sum(axis=1), (week.expected * week.usable).sum(axis=1)
    school = _school_factor(day_counts, day_expected, past)
    age = _ages(week.usable)
    calm = day_counts / school ** past.school_holidays.astype(float)
    recent, long = 0.5 ** (age / _LEVEL_MEMORY), 0.5 ** (age / _LONG_MEMORY)
    prior = _share(calm @ long, day_expected @ long, 1.0)
    level = (calm @ recent + _LEVEL_PRIOR * prior) / (day_expected @ recent + _LEVEL_PRIOR)
    hours = 0.5 ** (age / _HOURS_MEMORY)
    seen = hours @ (week.counts * week.usable)
    usual = hours @ (week.expected * week.usable * week.level[:, None])
    even = _HOURS_PRIOR * day_expected.mean() / 24
    of_hours = np.array(_share(seen + even, usual + even, 1.0))
    found = week.profile[_kinds(ahead)] * level * of_hours
    found *= np.where(ahead.holidays, _holiday_factor(counts, week, past), 1.0)[:, None]
    found *= np.where(ahead.school_holidays, school, 1.0)[:, None]
    return np.where(ahead.closed, 0.0, found)


def silent(counts: Floats, days: Days) -> Bools:
    """(days, 24): the hours whose zeros are a counter's silence. ``counts`` and ``days``: as for `expect`."""
    start, past = max(0, len(counts) - HISTORY), days[: len(counts)]
    found = np.zeros(counts.shape, dtype=bool)
    teaches = np.isfinite(counts) & _ordinary(past)
    found[start:] = _learn(counts[start:], past[start:]).usable < teaches[start:]
    return found


def past_errors(counts: Floats, days: Days) -> list[tuple[Floats, Floats]]:
    """What was expected and what was counted, each (14, 24), at up to 28 moments of the last eight weeks. What is taken
    as silence now is no error of theirs."""
    last = len(counts)
    truth = np.where(silent(counts, days), np.nan, counts)
    return [
        (expected(counts[:at], days[: min(at + 14, last)], at), truth[at : at + 14])
        for at in range(last - 2, _ERRORS_FROM - 1, -2)[:_ERROR_ORIGINS]
        if np.isfinite(counts[max(0, at - HISTORY) : at]).any()
    ]


def interval(mean: Floats, closed: Bools, errors: list[tuple[Floats, Floats]]) -> Expectation:
    """``mean`` with the interval that nine of ten of the scaled ``errors`` kept: by the week ahead, and apart for hours
    with fewer than the average. Where few errors are known the interval is wide."""
    busy = float(mean.mean())
    low, high = np.zeros_like(mean), np.zeros_like(mean)
    for begins, ends in ((0, 7), (7, max(14, len(mean)))):
        ours = mean[begins:ends]
        theirs = [(each[begins:ends], count[begins:ends]) for each, count in errors]
        guess = np.concatenate([np.zeros(0), *(each.ravel() for each, _ in theirs)])
        truth = np.concatenate([np.zeros(0), *(count.ravel() for _, count in theirs)])
        for fewer in (False, True):
            known = np.isfinite(truth) & ((guess < busy) == fewer)
            scaled = (truth[known] - guess[known]) / _spread(guess[known])
            below, above = -_FIRST_SPREAD, _FIRST_SPREAD
            if len(scaled) >= _FEW_ERRORS:
                below, above = np.quantile(scaled, [LOW, HIGH])
            here = (ours < busy) == fewer
            spread = _spread(ours)
            low[begins:ends][here] = np.maximum(0, ours + below * spread)[here]
            high[begins:ends][here] = np.maximum(0, ours + above * spread)[here]
    return Expectation(mean, np.where(closed, 0, np.minimum(low, mean)), np.where(closed, 0, np.maximum(high, mean)))


def _spread(mean: Floats) -> Floats:
    """Counts vary as a Poisson process, and by a share of themselves."""
    return np.sqrt(1 + mean + 0.25 * mean**2)


def _learn(counts: Floats, days: Days) -> _Week:
    """The usual week and the level of each past day, twice: silence and what is far too much are seen by the first."""
    usable = (np.isfinite(counts) & _ordinary(days)).astype(float)
    known = np.minimum(np.nan_to_num(counts), _MOST * _busiest(counts) + _ALWAYS)
    age, order = _ages(usable), np.arange(len(counts))
    weights = 0.5 ** (age / _WEEK_MEMORY)
    near = 0.5 ** (np.abs(order[:, None] - order) / _NEAR)
    level = np.ones(len(counts))
    for turn in range(3):
        profile = _profile(known * usable, usable * level[:, None], weights, days.weekdays)
        expected = profile[days.weekdays]
        level = np.array(_share(near @ (known * usable).sum(axis=1), near @ (expected * usable).sum(axis=1), 1.0))
        if turn == 0:
            here = expected * level[:, None]
            known = np.minimum(known, _MOST * here + _ALWAYS)
            usable[_zeros_of_silence(known, usable, here)] = 0.0
    return _Week(known, usable, profile, expected, level)


def _busiest(counts: Floats) -> float:
    """What one hour of a hundred passes: a counter that jumped is far above it."""
    return float(np.nanquantile(counts, 0.99))


def _ordinary(days: Days) -> Bools:
    return ~days.closed & ~days.holidays[:, None]


def _profile(counts: Floats, levels: Floats, weights: Floats, weekdays: NDArray[np.int64]) -> Floats:
    """(7, 24): people at a level of 1, drawn towards the mean of all weekdays, and that to the mean of all hours."""
    one = (weekdays == np.arange(7)[:, None]) * weights
    seen, levelled = one @ counts, one @ levels
    mean = seen.sum() / max(levelled.sum(), 1e-9)
    every = (seen.sum(axis=0) + _POOLED * mean) / (levelled.sum(axis=0) + _POOLED)
    return np.array((seen + _POOLED * every) / (levelled + _POOLED))


def _zeros_of_silence(counts: Floats, usable: Floats, expected: Floats) -> Bools:
    zero = ((counts == 0) & (usable > 0)).ravel()
    found = np.zeros(zero.shape, dtype=bool)
    edges = np.flatnonzero(np.diff(np.r_[0, zero.astype(int), 0]))
    for begins, ends in list(pairwise(edges))[::2]:
        if ends - begins >= _SILENT_HOURS and expected.ravel()[begins:ends].sum() > _SILENT_PEOPLE:
            found[begins:ends] = True
    return found.reshape(counts.shape)


def _ages(usable: Floats) -> Floats:
    """Days since each day, seen from the last that teaches anything."""
    taught = np.flatnonzero(usable.any(axis=1))
    last = int(taught[-1]) if len(taught) else len(usable) - 1
    return np.maximum(last - np.arange(len(usable)), 0).astype(float)


def _kinds(days: Days) -> NDArray[np.int64]:
    """The row of the usual week that a day follows."""
    return np.where(days.holidays, SUNDAY, days.weekdays)


def _holiday_factor(counts: Floats, week: _Week, days: Days) -> float:
    """How busy bank holidays are against a Sunday."""
    hours = days.holidays[:, None] & ~days.closed & np.isfinite(counts)
    sunday = week.profile[SUNDAY]
    prior = _HOLIDAY_PRIOR * sunday.sum()
    usual = (hours * sunday * week.level[:, None]).sum()
    return min(float(_share(counts[hours].sum() + prior, usual + prior, 1.0)), 3.0)


def _school_factor(counts: Floats, expected: Floats, days: Days) -> float:
    """What school holidays multiply a day by: from days of which one in seven days' distance is in them, one not."""
    known = (expected > 0) & (counts > 0)
    logs = np.log(np.where(known, counts, 1) / np.where(known, expected, 1))
    both = known[7:] & known[:-7]
    change = (days.school_holidays[7:].astype(float) - days.school_holidays[:-7]) * both
    return float(np.exp(np.clip(((logs[7:] - logs[:-7]) @ change) / (change @ change + _SCHOOL_PRIOR), -1, 1)))


def _share(above: Floats, below: Floats, otherwise: float) -> Floats:
    """``above`` by ``below``; ``otherwise`` where that is nothing by nothing."""
    return np.where(below > 1e-9, above / np.maximum(below, 1e-9), otherwise)
