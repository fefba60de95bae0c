"""How many people are inside, by counting in and out at the doors. Pure."""

import math
from collections.abc import Iterable
from datetime import datetime

import msgspec

MISSED_PER_CROSSING = 0.02
"""Share of crossings that a beam pair gets wrong at a good door: makers state 97 to 99 % of visits counted
(SenSource, Density, Xovis); we take 98 %."""


class People(msgspec.Struct, frozen=True, kw_only=True):
    """``estimate`` ± ``error`` persons, counted since ``since``."""

    estimate: int
    error: int
    since: datetime


def people_inside(counts: Iterable[tuple[int, int]], since: datetime) -> People:
    """People inside from each counter's (ins, outs) since the building was last taken as empty, at midnight.

    Each crossing is wrong by one with probability p, independently, so after n crossings the count is off by
    sqrt(n·p) at one standard deviation (binomial, n·p·(1-p) with p small); the error told is two of them, rounded
    up. It grows with every crossing and never with time. Never below zero: what went below is an error seen.
    """
    pairs = tuple(counts)
    ins, outs = sum(pair[0] for pair in pairs), sum(pair[1] for pair in pairs)
    error = math.ceil(2 * math.sqrt((ins + outs) * MISSED_PER_CROSSING))
    return People(estimate=max(ins - outs, 0), error=max(error, outs - ins), since=since)
