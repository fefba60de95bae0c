"""The exact Bayes filter over 0 to ``capacity`` people: a belief that time moves on and what is seen weighs."""

from dataclasses import dataclass

import numpy as np

from controller.occupancy.recording import Floats

HOUR = 3600.0
_LONGEST = 12 * HOUR
_STEP = 10.0
"""Seconds to which a step is rounded, so that few matrices are made."""


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


def usual(capacity: int) -> Comings:
    """Before anything is learned: small numbers are likelier than large ones."""
    sizes = np.concatenate([[0.0], 1 / np.arange(2, capacity + 2)])
    return Comings(0.25, 0.7, 0.3 * capacity**0.5, 0.5, sizes / sizes.sum())


def transition(comings: Comings, seconds: float) -> Floats:
    """Shape (capacity + 1, capacity + 1): from a row's number to a column's after so many seconds."""
    capacity, hours = comings.capacity, seconds / HOUR
    numbers = np.arange(1, capacity + 1)
    came, left, swapped = (1 - np.exp(-rate * hours) for rate in (comings.arrive, comings.leave, comings.swap))
    spread = comings.wander * hours**0.5
    if spread > 0.3:
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


class OccupancyFilter:
    """``belief``: shape (capacity + 1,), how likely each number of people is; sums to 1."""

    def __init__(self, comings: Comings, belief: Floats | None = None) -> None:
        self._comings = comings
        self._matrices: dict[float, Floats] = {}
        capacity = comings.capacity
        self.belief = np.full(capacity + 1, 1 / (capacity + 1)) if belief is None else belief

    def pass_time(self, seconds: float) -> None:
        step = max(round(min(seconds, _LONGEST) / _STEP), 1) * _STEP
        matrix = self._matrices.get(step)
        if matrix is None:
            matrix = self._matrices[step] = transition(self._comings, step)
        self.belief = self.belief @ matrix

    def cross(self, change: Floats) -> None:
        """``change``: shape (2k + 1,), how likely the number changed by -k to k through the doors."""
        reach, capacity = len(change) // 2, self._comings.capacity
        moved = np.convolve(self.belief, change)
        inside = moved[reach : reach + capacity + 1].copy()
        inside[0] += moved[:reach].sum()
        inside[-1] += moved[reach + capacity + 1 :].sum()
        self.belief = inside / inside.sum()

    def see(self, logs: Floats) -> None:
        """``logs``: shape (capacity + 1,), the log likelihood of what is seen under each number."""
        weighed = self.belief * np.exp(logs - logs.max())
        total = weighed.sum()
        if total > 0:
            self.belief = weighed / total


def counted(came: float, went: float, missed: float = 0.07, doubled: float = 0.02) -> Floats:
    """How likely each true change is when a door counted ``came`` in and ``went`` out; shape (2k + 1,).

    Each person is missed or counted twice by itself, so the error grows with the root of those who passed.
    """
    passed = came + went
    mean = (came - went) * (1 + missed - doubled)
    spread = max(0.15, ((missed + doubled) * passed) ** 0.5)
    reach = int(abs(mean) + 4 * spread) + 1
    weights = np.exp(-0.5 * ((np.arange(-reach, reach + 1) - mean) / spread) ** 2) + 1e-9
    share: Floats = weights / weights.sum()
    return share


def quantile(belief: Floats, share: float) -> int:
    """The smallest number of people that is not exceeded with this probability."""
    return min(int(np.searchsorted(np.cumsum(belief), share)), len(belief) - 1)
