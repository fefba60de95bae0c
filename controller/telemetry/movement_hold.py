"""How long a movement sensor goes on saying movement after the last one: its hold time, learned from its past. Pure.

A PIR, or a Zigbee occupancy sensor, holds its report for a time that is set at the device and told nobody; each
movement within it begins the time again. So one movement alone is reported for exactly that time, and nothing is
reported for less: the hold is the lowest length that spells of movement have again and again.

Where lone movements are rare, the lowest lengths that are alike are those of people who stay, far above the hold.
Many spells are shorter then, or as many are a little longer, and nothing is learned. Of 16,200 made sensors with 50 to
560 spells, 0 to 30 % of them lone movements, holds of 10 to 300 s and stays of 5 to 60 minutes on average, 15 were
learned as more than 10 % too long, the longest by 32 %. With 5 % lone movements 9 % were learned, with 15 % 68 %, with
30 % 93 %. Faults may make about a third as many spells too short as there are lone movements: of 100 made sensors with
30 % lone movements 97 were learned with 10 % short spells, 36 with 15 %; with 15 % lone movements 93 with 5 %.
"""

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import groupby
from math import fsum
from typing import NamedTuple

import msgspec

LEAST_SPELLS = 30
"""Of fewer nothing is learned."""
_HOUR, _DAY = 3600, 86_400
_MOST_AN_HOUR = 120
"""More spells in an hour are those of a sensor that chatters, or of one that holds nothing: they are set aside."""
_LONGEST_S = 3600.0
"""No device holds for so long; what lasts longer says nothing of the hold."""
_SHORTEST_S = 0.5
_BLOCK, _LEAST_BLOCKS = 12, 2
"""Spells of as many whole days as it takes are a block, so that a day of a faulty sensor is one among many."""
_WIDE, _WIDE_S = 0.1, 2.0
"""Lengths that differ by no more are the same: a device's own clock is off, and messages are late."""
_AGAIN, _AGAIN_SHARE = 3, 0.1
"""How often a length must be seen in a block, and in which share of it."""
_CHANGED = 0.25
"""A hold that differs by more was set to another."""
_LONGER_BLOCKS, _SHORTER_BLOCKS = 3, 2
"""So many of the newest blocks must show another hold. Fewer are needed for a shorter one: no hold can be longer than
what is reported, and one that is taken as too long would make people leave too early."""
_SHORTER_SHARE = 1 / 3
"""Of as many as have the hold's length, such a share may be shorter: by faults."""
_MORE_ALIKE = 2
"""So many times more have the hold's length than have one of the same span above it."""
_BY_CHANCE = 6
"""So many may be alike by chance: they are not counted as alike."""
_FAULTY_BLOCKS = 1 / 8
"""The share of blocks, those with the most shorter spells, that is left aside: days on which the sensor flickered."""


class Spell(NamedTuple):
    """Movement was reported from ``start`` to ``end``, in seconds since 1970."""

    start: float
    end: float


class LearnedHold(msgspec.Struct, frozen=True, kw_only=True):
    """``hold_s``: seconds; 0 where the sensor holds nothing to speak of. ``spells``: how many it was learned from."""

    hold_s: float
    spells: int


def spells_of(changes: Iterable[tuple[float, bool]], known: Sequence[tuple[float, float]]) -> list[Spell]:
    """The whole spells, of which both ends were reported. ``changes``: each report of whether there is movement, in
    seconds since 1970 and in order; the same may be said again. ``known``: in which time the sensor is known to have
    worked, in order. A spell before which no stillness was reported in the same time is not whole."""
    found: list[Spell] = []
    starts = [start for start, _ in known]
    begun: float | None = None
    still, span = False, -1
    for at, moves in changes:
        place = bisect_right(starts, at) - 1
        if place < 0 or at >= known[place][1]:
            begun, still = None, False
            continue
        if place != span:
            begun, still, span = None, False, place
        if moves:
            begun = at if begun is None and still else begun
        elif begun is not None:
            found.append(Spell(begun, at))
            begun = None
        still = not moves
    return found


def learned(spells: Iterable[Spell]) -> LearnedHold | None:
    """The hold that the sensor has now, from its past spells in any order; ``None`` while there are too few, and where
    they do not tell it from the stays of people.

    Spells that cannot be are set aside: shorter than half a second or than nothing, longer than an hour, or of an hour
    with more than can be. A hold that was changed is learned again from two or three blocks after it.
    """
    whole = _believed(spells)
    shown = [(edge, each) for each in _blocks(whole) if (edge := _lowest(each)) is not None]
    newest = _since_changed([edge for edge, _ in shown])
    used = shown[len(shown) - newest :]
    many = sum(len(each) for _, each in used)
    if newest < _LEAST_BLOCKS or many < LEAST_SPELLS:
        return None
    hold_s = _low([edge for edge, _ in used])
    if not _stands_out(hold_s, [each for _, each in used]):
        return None
    return LearnedHold(hold_s=round(hold_s, 1), spells=many)


def _believed(spells: Iterable[Spell]) -> list[Spell]:
    found = sorted(each for each in spells if each.end > each.start)
    hours = Counter(int(each.start // _HOUR) for each in found)
    return [
        each
        for each in found
        if _SHORTEST_S <= each.end - each.start <= _LONGEST_S and hours[int(each.start // _HOUR)] <= _MOST_AN_HOUR
    ]


def _blocks(spells: Sequence[Spell]) -> list[list[float]]:
    """Lengths, in order, of each block, the newest last; what is left over at the beginning is in none."""
    found: list[list[float]] = []
    days = [[each.end - each.start for each in of] for _, of in groupby(spells, lambda one: int(one.start // _DAY))]
    block: list[float] = []
    for day in reversed(days):
        block += day
        if len(block) >= _BLOCK:
            found.append(sorted(block))
            block = []
    return found[::-1]


def _lowest(lengths: Sequence[float]) -> float | None:
    """The lowest length that is there again and again; ``None`` where no two are alike."""
    least = max(_AGAIN, round(_AGAIN_SHARE * len(lengths)))
    many = [bisect_right(lengths, each * (1 + _WIDE) + _WIDE_S) - at for at, each in enumerate(lengths)]
    first = next((at for at, number in enumerate(many) if number >= least), None)
    if first is None:
        return None
    # Where more are alike a little higher, the first were shortened.
    last = bisect_right(lengths, lengths[first] * (1 + _WIDE) + _WIDE_S)
    first = max(range(first, last), key=lambda at: (many[at], -at))
    return lengths[first + many[first] // 2]


def _stands_out(hold_s: float, blocks: Iterable[Sequence[float]]) -> bool:
    """Whether many spells have this length, few are shorter, and fewer are a little longer; each block counts alike."""
    low, high = hold_s * (1 - _WIDE) - _WIDE_S, hold_s * (1 + _WIDE) + _WIDE_S
    counts: list[tuple[float, float, float, int]] = []
    for lengths in blocks:
        shorter = bisect_left(lengths, low)
        alike = bisect_right(lengths, high) - shorter
        longer = bisect_right(lengths, 2 * high - low) - shorter - alike
        counts.append((shorter / len(lengths), alike / len(lengths), longer / len(lengths), alike))
    counts.sort()
    kept = counts[: len(counts) - int(len(counts) * _FAULTY_BLOCKS)]
    many = sum(each for _, _, _, each in kept)
    if many <= _BY_CHANCE:
        return False
    below, here, above = (fsum(each[place] for each in kept) for place in range(3))
    here *= 1 - _BY_CHANCE / many
    return below <= _SHORTER_SHARE * here and here >= _MORE_ALIKE * above


def _since_changed(edges: Sequence[float]) -> int:
    """How many of the newest show the hold that there is now."""
    for number in range(_SHORTER_BLOCKS, len(edges)):
        before, newest = _low(edges[:-number]), edges[-number:]
        if all(each < before * (1 - _CHANGED) - _WIDE_S for each in newest):
            return number
        if number >= _LONGER_BLOCKS and all(each > before * (1 + _CHANGED) + _WIDE_S for each in newest):
            return number
    return len(edges)


def _low(values: Sequence[float]) -> float:
    """The lower quartile: of long holds many blocks show no lone movement, and none shows less than one."""
    return sorted(values)[len(values) // 4]
