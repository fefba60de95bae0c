"""The exact Bayes filter over 0 to ``capacity`` people: a belief that time moves on and what is seen weighs."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from controller.occupancy.recording import Floats

HOUR = 3600.0
_LONGEST = 12 * HOUR
_STEP = 10.0
"""Seconds to which a step is rounded, so that few matrices are made."""
_RATES_KEPT = 5 * 24 * HOUR
"""How long a door counts as it does."""
_PRESENCE_BELIEVED, _NUMBER_BELIEVED, _COUNTED_BELIEVED = 0.6, 0.85, 0.85
_FEW, _CONVOLVED = 9, 60
"""Up to so large a change a step costs less without, and with, a convolution."""
_NEAR = 0.3
"""Standard deviation up to which the number moves by one person at most in a step."""
_LARGE, _FAR = 150, 6.0
"""For so many numbers a step without a matrix costs less up to so large a standard deviation, for more up to more."""
_IMPOSSIBLE = 0.05
_TOLD_SPREAD = 0.3
"""Standard deviation of a person's count of one; it grows with the root of the number."""


@dataclass(frozen=True)
class Comings:
    """How people come and go. ``arrive``: how often an hour an empty space gets people; ``leave``: how often one
    empties; ``wander``: standard deviation of the number after an hour; ``swap``: how often an hour the number is drawn
    again; ``sizes``: shape (capacity + 1,), how likely each number is when people come, 0 at 0."""

    arrive: float
    leave: float
    wander: float
    swap: float
    sizes: Floats

    @property
    def capacity(self) -> int:
        return len(self.sizes) - 1


@dataclass(frozen=True)
class Moments:
    """Of the number of people there."""

    mean: float
    variance: float


def usual(capacity: int) -> Comings:
    """Before anything is learned: small numbers are likelier than large ones."""
    sizes = np.concatenate([[0.0], 1 / np.arange(2, capacity + 2)])
    return Comings(0.25, 0.7, 0.3 * capacity**0.5, 0.5, sizes / sizes.sum())


def unseen(comings: Comings) -> Floats:
    """How likely each number is in a space that nobody has looked at; shape (capacity + 1,)."""
    found = comings.sizes * comings.arrive
    found[0] = comings.leave
    return found / (comings.arrive + comings.leave)


def transition(comings: Comings, seconds: float) -> Floats:
    """Shape (capacity + 1, capacity + 1): from a row's number to a column's after so many seconds."""
    capacity, hours = comings.capacity, seconds / HOUR
    numbers = np.arange(1, capacity + 1)
    came, left, swapped = (1 - np.exp(-rate * hours) for rate in (comings.arrive, comings.leave, comings.swap))
    spread = comings.wander * hours**0.5
    if spread > _NEAR:
        walk = np.exp(-0.5 * ((numbers[None] - numbers[:, None]) / spread) ** 2)
    else:
        walk = np.eye(capacity) + spread**2 / 2 * (np.eye(capacity, k=1) + np.eye(capacity, k=-1))
    walk /= walk.sum(axis=1, keepdims=True)
    matrix = np.empty((capacity + 1, capacity + 1))
    matrix[0] = came * comings.sizes
    matrix[0, 0] = 1 - came
    matrix[1:, 0] = left
    matrix[1:, 1:] = (1 - left) * ((1 - swapped) * walk + swapped * comings.sizes[1:])
    return matrix


class _Shifts:
    """What `transition` does, without a matrix: the number moves by a few people at most."""

    def __init__(self, comings: Comings, hours: float) -> None:
        rates = (comings.arrive, comings.leave, comings.swap)
        self._came, self._left, self._swapped = (1 - float(np.exp(-rate * hours)) for rate in rates)
        self._sizes = comings.sizes[1:]
        spread = comings.wander * hours**0.5
        if spread > _NEAR:
            self._near = np.exp(-0.5 * (np.arange(1, min(int(5 * spread) + 1, comings.capacity - 1)) / spread) ** 2)
        else:
            self._near = np.array([spread**2 / 2])
        self._shares = self._walked(np.ones((1, comings.capacity)))[0]

    def __call__(self, beliefs: Floats) -> Floats:
        there = beliefs[:, 1:] / self._shares * ((1 - self._left) * (1 - self._swapped))
        many = beliefs[:, 1:].sum(axis=1)
        drawn = self._came * beliefs[:, 0] + (1 - self._left) * self._swapped * many
        found = np.empty_like(beliefs)
        found[:, 0] = (1 - self._came) * beliefs[:, 0] + self._left * many
        found[:, 1:] = self._walked(there) + drawn[:, None] * self._sizes
        return found

    def _walked(self, there: Floats) -> Floats:
        found = there.copy()
        for step, share in enumerate(self._near, 1):
            moving = share * there
            found[:, step:] += moving[:, :-step]
            found[:, :-step] += moving[:, step:]
        return found


def _move(comings: Comings, seconds: float) -> Callable[[Floats], Floats]:
    hours = seconds / HOUR
    if comings.wander * hours**0.5 < _FAR * (comings.capacity // _LARGE):
        return _Shifts(comings, hours)
    matrix = transition(comings, seconds)
    return lambda beliefs: beliefs @ matrix


class OccupancyFilter:
    """``weights``: shape (hypotheses,), how likely each of several rates of the doors is; one if there are no doors."""

    def __init__(self, comings: Comings, belief: Floats | None = None, weights: Floats | None = None) -> None:
        self._comings = comings
        self._moves: dict[float, Callable[[Floats], Floats]] = {}
        self._weights = (np.ones(1) if weights is None else weights)[:, None]
        capacity = comings.capacity
        self._beliefs = self._weights * (np.full(capacity + 1, 1 / (capacity + 1)) if belief is None else belief)

    @property
    def belief(self) -> Floats:
        """Shape (capacity + 1,), how likely each number of people is; sums to 1."""
        found: Floats = self._beliefs.sum(axis=0)
        return found

    @property
    def moments(self) -> Moments:
        belief, numbers = self.belief, np.arange(self._comings.capacity + 1.0)
        mean = float(belief @ numbers)
        return Moments(mean, max(float(belief @ numbers**2) - mean**2, 0.0))

    def become(self, comings: Comings) -> None:
        """From now on people come and go so."""
        if comings is not self._comings:
            self._comings, self._moves = comings, {}

    def pass_time(self, seconds: float) -> None:
        step = max(round(min(seconds, _LONGEST) / _STEP), 1) * _STEP
        move = self._moves.get(step)
        if move is None:
            move = self._moves[step] = _move(self._comings, step)
        self._beliefs = move(self._beliefs)
        if len(self._weights) > 1:
            changed = min(step / _RATES_KEPT, 1.0)
            self._beliefs = (1 - changed) * self._beliefs + changed * self._weights * self.belief

    def cross(self, changes: Floats, *, others: bool = False) -> None:
        """``changes``: shape (hypotheses, 2k + 1), how likely the number changed by -k to k through the doors.

        Fewer than nobody cannot be there: what says so loses most of its weight, unless ``others`` may have come
        before, of whom nobody knows whether they came or went. More than the most can be: the last number holds them.
        """
        reach, size = changes.shape[1] // 2, self._comings.capacity + 1
        moved = np.zeros((len(changes), size + 2 * reach))
        if changes.shape[1] <= _FEW:
            for place in range(changes.shape[1]):
                moved[:, place : place + size] += changes[:, place, None] * self._beliefs
        elif reach <= _CONVOLVED:
            for index, change in enumerate(changes):
                moved[index] = np.convolve(self._beliefs[index], change)
        else:
            length = 1 << moved.shape[1].bit_length()
            waves = np.fft.rfft(self._beliefs, length, axis=1) * np.fft.rfft(changes, length, axis=1)
            moved = np.maximum(np.fft.irfft(waves, length, axis=1)[:, : moved.shape[1]], 0.0)
        inside = moved[:, reach : reach + size]
        if reach:
            inside[:, 0] += (1.0 if others else _IMPOSSIBLE) * moved[:, :reach].sum(axis=1)
            inside[:, -1] += moved[:, reach + size :].sum(axis=1)
        self._beliefs = inside / inside.sum()

    def wander(self, spread: float) -> None:
        """Nobody counts, and the number moved either way by so much (standard deviation); at nobody it turns back."""
        reach = min(int(5 * spread) + 1, self._comings.capacity)
        if spread > _NEAR:
            walk = np.exp(-0.5 * (np.arange(-reach, reach + 1) / spread) ** 2)
        else:
            reach, walk = 1, np.array([spread**2 / 2, 1 - spread**2, spread**2 / 2])
        moved = np.stack([np.convolve(each, walk / walk.sum()) for each in self._beliefs])
        inside = moved[:, reach:-reach].copy()
        inside[:, 1 : reach + 1] += moved[:, reach - 1 :: -1]
        inside[:, -1] += moved[:, -reach:].sum(axis=1)
        self._beliefs = inside

    def see(self, logs: Floats) -> None:
        """``logs``: shape (capacity + 1,), the log likelihood of what is seen under each number."""
        weighed = self._beliefs * np.exp(logs - logs.max())
        total = weighed.sum()
        if total > 0:
            self._beliefs = weighed / total

    def empty(self) -> None:
        """Nobody can be there."""
        self._beliefs = np.zeros_like(self._beliefs)
        self._beliefs[:, 0] = self._weights[:, 0]

    def told(self, people: float, spread: float | None = None) -> None:
        """Somebody has counted so many, which replaces what was believed. ``spread``: standard deviation."""
        numbers = np.arange(self._comings.capacity + 1.0)
        away = (numbers - min(people, self._comings.capacity)) / (spread or _TOLD_SPREAD * (1 + people) ** 0.5)
        counted = np.exp(-0.5 * away**2)
        self._beliefs = self._weights * (counted / counted.sum())


def doubted(beliefs: Floats, presence: float = _PRESENCE_BELIEVED) -> Floats:
    """Beliefs for an interval where sensors repeat each other: less sure that anybody is there, and how many.

    Shape (…, capacity + 1), of each the last axis sums to 1. ``presence``: how far the odds that anybody is there are
    believed, 0 to 1.
    """
    there = np.maximum(beliefs[..., 1:], 1e-300) ** _NUMBER_BELIEVED
    nobody = beliefs[..., :1]
    odds = (np.maximum(1 - nobody, 1e-12) / np.maximum(nobody, 1e-12)) ** presence
    found: Floats = np.concatenate([np.ones_like(nobody), odds * there / there.sum(axis=-1, keepdims=True)], axis=-1)
    return found / (1 + odds)


def tempered(belief: Floats) -> Floats:
    """The belief for an interval where WiFi or carbon dioxide follow what doors count: somewhat too sure.

    Shape (capacity + 1,), sums to 1.
    """
    less = np.maximum(belief, 1e-300) ** _COUNTED_BELIEVED
    found: Floats = less / less.sum()
    return found


def quantile(belief: Floats, share: float) -> int:
    """The smallest number of people that is not exceeded with this probability."""
    return min(int(np.searchsorted(np.cumsum(belief), share)), len(belief) - 1)
