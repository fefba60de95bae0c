"""What sensors that follow people say, once the doors have told how many there were: WiFi and carbon dioxide.

Both are learned at moments when the space is known to be empty, from the time since the last such moment, in which the
counts at the doors can be brought into line with how it ended.
"""

import numpy as np

from controller.occupancy.evidence import AIR_CHANGE, breathed_by_one
from controller.occupancy.features import DAY, HOUR, MINUTE, before, running_mean, running_quantile
from controller.occupancy.recording import Column, Flags, Floats

_RATIO_MOVES = 0.1
_COUNTED, _COUNTED_SPREAD, _COUNTED_MORE = 0.96, 0.3, 0.1
"""Of people a sensor that counts them in a room shows so many, give or take, and more so of more."""


class Served:
    """How many devices the WiFi serves for each person, learned from what the doors counted.

    Before that 0.6 a person, give or take 0.3. The floor is what it serves while nobody is there.
    """

    PERIOD = HOUR
    """Who is there stays for a while: only so often does it say something new."""

    def __init__(self, column: Column, capacity: int) -> None:
        self._devices = column.values
        self._numbers = np.arange(capacity + 1.0)
        self._ratio, self._unsure = 0.6, 0.3**2
        self._scatter = 0.6
        """Variance for one person."""
        self._floor, self._floor_noise = np.nan, 2.0
        self._sums = np.zeros(2)

    def learn(self, seconds: Floats, span: slice, people: Floats, empty: Flags) -> None:
        """Of one span between two empty times; ``empty``: shape (rows,), so far."""
        devices = self._devices[: len(empty)][empty]
        of_nobody = devices[np.isfinite(devices)]
        if len(of_nobody) >= 3:
            self._floor, self._floor_noise = float(np.median(of_nobody)), float(np.var(of_nobody)) + 0.5
        devices = self._devices[span]
        known = np.isfinite(devices) & np.isfinite(people) & (people >= 1)
        if np.isnan(self._floor) or known.sum() < 10:
            return
        there, above = people[known], devices[known] - self._floor
        hours = float(known.sum()) * float(np.median(np.diff(seconds[span]))) / HOUR
        self._sums = 0.8 ** (hours / 10) * self._sums + hours * np.array([np.mean(there), np.mean(above)])
        weight = self._sums[0] / (self._scatter * 0.5)  # spans of half an hour say something new
        prior = 1 / 0.3**2
        self._ratio = float((self._sums[1] / self._sums[0] * weight + 0.6 * prior) / (weight + prior))
        self._unsure = 1 / (weight + prior) + (_RATIO_MOVES * self._ratio) ** 2
        self._scatter = 0.5 * self._scatter + 0.5 * float(
            np.clip(np.mean((above - self._ratio * there) ** 2 / there), 0.2, 4.0)
        )

    def logs(self, index: int) -> Floats | None:
        """Log likelihoods (capacity + 1,) at a row; None before the floor is known."""
        devices = self._devices[index]
        if not self._sums[0] or np.isnan(devices):
            return None
        n = self._numbers
        variance = self._scatter * n + self._unsure * n**2 + self._floor_noise
        found: Floats = -0.5 * ((devices - self._floor - self._ratio * n) ** 2 / variance + np.log(variance))
        return found


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
    """How fast carbon dioxide rises: by what one person breathes out, and by what the air carries off of what is there.

    Both figures are learned from what the doors counted. Before that it says nothing: spaces differ too much.
    """

    PERIOD = HOUR / 2
    LATE = 12 * MINUTE

    def __init__(self, seconds: Floats, column: Column, came: Floats, capacity: int) -> None:
        """``came``: how many more came than went in the last `LATE` seconds, as the rise is that of some time ago."""
        level = running_mean(seconds, column.values, 10 * MINUTE)
        earlier = before(seconds, level, 15 * MINUTE)
        self._above = (level + earlier) / 2 - running_quantile(seconds, level, 3 * DAY, 0.05, HOUR)
        self._rise = (level - earlier) / 0.25
        self._came = came
        self._numbers = np.arange(capacity + 1.0)
        first = np.array([breathed_by_one(capacity), -AIR_CHANGE, 0.0])
        self._squares = np.diag(1 / np.array([2 * first[0], 2 * first[1], 50.0]) ** 2)
        self._products = self._squares @ first
        self._slopes, self._unsure = first, np.linalg.inv(self._squares)
        self._scatter = 0.0
        """Variance of the rise."""

    def learn(self, seconds: Floats, span: slice, people: Floats, empty: Flags) -> None:
        """Of one span between two empty times."""
        rise, people = self._rise[span], people - self._came[span]
        seen = np.stack([people, self._above[span], np.ones(len(rise))], axis=1)
        known = np.isfinite(seen).all(axis=1) & np.isfinite(rise) & (people > 0)
        if known.sum() < 10:
            return
        seen, rise = seen[known], rise[known]
        weight = np.median(np.diff(seconds[span])) / self.PERIOD / (self._scatter or 50.0**2)
        kept = 0.9 ** (known.sum() * weight * self._scatter * self.PERIOD / (10 * HOUR)) if self._scatter else 1.0
        self._squares = kept * self._squares + weight * seen.T @ seen
        self._products = kept * self._products + weight * seen.T @ rise
        self._unsure = np.linalg.inv(self._squares)
        self._slopes = self._unsure @ self._products
        found = float(np.mean((seen @ self._slopes - rise) ** 2)) + 1.0
        self._scatter = 0.5 * (self._scatter or found) + 0.5 * found

    def logs(self, index: int) -> Floats | None:
        """Log likelihoods (capacity + 1,) at a row; None where nothing was sent, or learned."""
        above, rise = self._above[index], self._rise[index]
        if not self._scatter or np.isnan(rise) or self._slopes[0] <= 0:
            return None
        by_one, carried, base = self._slopes
        away = rise - by_one * (self._numbers - self._came[index]) - carried * above - base
        found: Floats = -0.5 * away**2 / (self._scatter + self._unsure[0, 0] * self._numbers**2)
        return found
