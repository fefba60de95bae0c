"""Shares the people of a building among its rooms, so that they add up: exact, over small numbers. Pure.

The building's belief stays what it is: for each number of people in it, every way to share them out is as likely as
what the rooms' sensors say of it, and as a room's part of the floor lets one expect before that: people go about in
groups, so that the shares scatter more than if each went for themselves (Dirichlet-multinomial).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from controller.occupancy.recording import Floats

_TOGETHER = 2.0
"""Concentration of the shares: less, and people are more often all in one place."""
_LEAST = 1e-9


@dataclass(frozen=True)
class SharingRoom:
    """``says``: shape (capacity + 1,), how much likelier its sensors make each number; ``part``: of the floor, to 1."""

    says: Floats
    part: float


def shared(total: Floats, rooms: Sequence[SharingRoom], elsewhere: float) -> tuple[list[Floats], Floats]:
    """``total``: how likely each number in the building is; ``elsewhere``: the part of its floor in no such room.

    Answers how likely each number is in each room, and elsewhere; the means add up to that of the building."""
    size = len(total)
    weights = [_expected(room.part, min(len(room.says), size)) * _floored(room.says[:size]) for room in rooms]
    weights.append(_expected(elsewhere, size))
    before: list[Floats] = [np.ones(1)]
    for weight in weights[:-1]:
        before.append(_sum(before[-1], weight, size))
    after: list[Floats] = [np.ones(1)]
    for weight in reversed(weights[1:]):
        after.append(_sum(after[-1], weight, size))
    ways = _sum(before[-1], weights[-1], size)
    each_way = total / np.maximum(ways, 1e-300)
    found = []
    for place, weight in enumerate(weights):
        others = np.zeros(size)
        joined = _sum(before[place], after[len(weights) - 1 - place], size)
        others[: len(joined)] = joined
        here = weight * np.convolve(each_way, others[::-1])[size - 1 : size - 1 + len(weight)]
        found.append(here / here.sum())
    return found[:-1], found[-1]


def summed(beliefs: Sequence[Floats]) -> Floats:
    """How likely each number is in several places together, if one says nothing of the other."""
    found = np.ones(1)
    for belief in beliefs:
        found = np.convolve(found, belief)
    return found


def _sum(one: Floats, other: Floats, size: int) -> Floats:
    found = np.convolve(one, other)[:size]
    scaled: Floats = found / found.max()
    return scaled


def _expected(part: float, size: int) -> Floats:
    """Weights of the numbers in a part of the floor: the terms of Γ(n + a) / (n! Γ(a))."""
    share = max(_TOGETHER * part, 1e-3)
    numbers = np.arange(1, size)
    return np.concatenate([[1.0], np.cumprod((numbers - 1 + share) / numbers)])


def _floored(says: Floats) -> Floats:
    found: Floats = np.maximum(says / says.max(), _LEAST)
    return found
