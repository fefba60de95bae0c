"""Whether a counter's beams are swapped, by the balance of a day. Pure.

A building is emptier early in the morning than during the day, so over a day the balance, in less out, arches above its
beginning and its end. Of swapped beams it sags below both. People whom a counter misses, and those who come in by
another door, make it drift one way, which does neither.
"""

import math
from datetime import date, datetime, timedelta

import msgspec

DAY_STARTS = timedelta(hours=4)
"""Local time at which a building is as empty as it gets."""
LEAST = 5
"""Fewer people prove nothing."""
MISSED = 0.05
"""The share of crossings that a counter may miss."""
SURE = 3.0
"""Standard deviations of missed crossings that prove nothing."""
CLEARLY = 2
"""It sags that many times as far as it arches."""


class DayBalance(msgspec.Struct, frozen=True, kw_only=True):
    """``now``: in less out since the day began; ``least`` and ``most``: what that was at times."""

    day: date
    now: int = 0
    least: int = 0
    most: int = 0
    crossings: int = 0


def day_of(local: datetime) -> date:
    """The day, from ``DAY_STARTS`` on, of a local time."""
    return (local.replace(tzinfo=None) - DAY_STARTS).date()


def crossed(balance: DayBalance, *, ins: int, outs: int) -> DayBalance:
    """Add counted crossings."""
    now = balance.now + ins - outs
    return msgspec.structs.replace(
        balance,
        now=now,
        least=min(balance.least, now),
        most=max(balance.most, now),
        crossings=balance.crossings + ins + outs,
    )


def swapped(balance: DayBalance) -> bool | None:
    """Whether a whole day says that the beams are swapped; ``None`` if it says nothing."""
    sags, arches = min(0, balance.now) - balance.least, balance.most - max(0, balance.now)
    proof = max(LEAST, math.ceil(SURE * math.sqrt(balance.crossings * MISSED)))
    if max(sags, arches) < proof or max(sags, arches) < CLEARLY * min(sags, arches):
        return None
    return sags > arches
