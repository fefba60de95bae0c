"""What a counter misses, by counting beside it. Pure.

Of ``n`` people counted by hand a counter gets some wrong, each independently: the share that it counts is known to
within two standard deviations, sqrt(wrong) / n each (binomial, for a small share of wrong ones). Those missed and those
counted twice cancel out, so a share of ``HIDDEN`` more is taken to be wrong.
"""

import math
from collections.abc import Sequence

import msgspec

ENOUGH = 2
"""So many hand counts calibrate a counter."""
MOST = 2.0
"""A counter that is further off is broken: its totals are not corrected."""

HIDDEN = 0.04


class Counts(msgspec.Struct, frozen=True, kw_only=True):
    """In one direction, or in both together, during one hand count: people, and whom the counter counted."""

    people: int
    counted: int


class Calibration(msgspec.Struct, frozen=True, kw_only=True):
    """``factor``: people for each that is counted. ``error``: of a calibrated total, as a share of it."""

    factor: float
    error: float


def calibrate(counts: Sequence[Counts]) -> Calibration | None:
    """By the hand counts of a counter in one direction; ``None`` while it is not calibrated."""
    people, counted = sum(each.people for each in counts), sum(each.counted for each in counts)
    if len(counts) < ENOUGH or not people or not counted or not 1 / MOST <= people / counted <= MOST:
        return None
    wrong = sum(abs(each.people - each.counted) for each in counts)
    return Calibration(factor=people / counted, error=2 * math.sqrt(max(wrong + HIDDEN * people, 1)) / people)


def calibrated(total: float, by: Calibration | None) -> tuple[int, int] | None:
    """A raw total, or visits that are halves, as calibrated, with its error in people; ``None`` where it is not
    calibrated."""
    if by is None:
        return None
    return round(total * by.factor), math.ceil(total * by.factor * by.error)
