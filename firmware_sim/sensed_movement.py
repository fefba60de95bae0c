"""People who sit in a room, what of them moves, and what a movement sensor with a hold time reports of it. Pure.

Who sits still is seen now and then; the fewer there are, the rarer. The sensor says movement at once, and stops saying
it when nothing has moved for its hold time, which only the device knows.
"""

import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

DAY = 86_400
_OPENS, _OPEN_S = 8 * 3600, 12 * 3600
_CLOCK, _LATE_S = 0.02, 0.4
"""How far the device's own clock is off from one time to the next, and how late a report is."""


class Sitting(NamedTuple):
    """People in the room, in seconds since the start."""

    start: float
    end: float
    people: int


@dataclass(frozen=True)
class MovedRoom:
    """``sittings``: for a while, in order; ``moved``: each movement in the room in order, also of who only looks in."""

    sittings: list[Sitting]
    moved: list[float]


def moved_room(
    rng: random.Random, days: int, *, still_s: float = 120.0, look_ins: tuple[int, int] = (2, 8)
) -> MovedRoom:
    """``still_s``: mean time between two movements of one person who sits; ``look_ins``: how often at least and at most
    somebody only looks in on a day."""
    sittings: list[Sitting] = []
    moved: list[float] = []
    for day in range(days):
        opens = day * DAY + _OPENS
        ahead = opens + rng.uniform(0, 3600)
        while ahead < opens + _OPEN_S - 3600:
            sitting = Sitting(ahead, ahead + rng.uniform(1200, 7200), rng.choice((1, 2, 3, 8, 20)))
            sittings.append(sitting)
            moved += [sitting.start, sitting.end]
            at = sitting.start
            while (at := at + rng.expovariate(sitting.people / still_s)) < sitting.end:
                moved.append(at)
            ahead = sitting.end + rng.uniform(1800, 9000)
        for _ in range(rng.randint(*look_ins)):
            at = opens + rng.uniform(0, _OPEN_S)
            moved += [at + step for step in range(0, rng.randint(1, 8), 3)]
    return MovedRoom(sittings, sorted(moved))


def reported(rng: random.Random, moved: Iterable[float], hold_s: float) -> list[tuple[float, bool]]:
    """When the sensor began and stopped saying movement, by its hold time; the first report is of stillness."""
    found = [(0.0, False)]
    until: float | None = None
    for at in moved:
        if until is None or at > until:
            if until is not None:
                found.append((until + rng.uniform(0, _LATE_S), False))
            found.append((max(at + rng.uniform(0, _LATE_S), found[-1][0]), True))
        until = max(until or 0.0, at + hold_s * rng.uniform(1 - _CLOCK, 1 + _CLOCK))
    return found if until is None else [*found, (until, False)]


def reported_stays(
    rng: random.Random,
    days: int,
    hold_s: float,
    *,
    lone: float,
    stay_s: float = 1200.0,
    cut: float = 0.0,
    a_day: int = 14,
) -> list[tuple[float, bool]]:
    """What a sensor with this hold reports of people who are never still: each comes for an exponential time of mean
    ``stay_s``, or moves only once. ``lone``: the share of those; ``cut``: the share of reports that a fault ends before
    the hold is over; ``a_day``: how many reports."""
    found = [(0.0, False)]
    for day in range(days):
        at = float(day * DAY + _OPENS)
        for _ in range(a_day):
            length = hold_s * rng.uniform(1 - _CLOCK, 1 + _CLOCK) + rng.uniform(0, _LATE_S)
            if rng.random() >= lone:
                length += rng.expovariate(1 / stay_s)
            if rng.random() < cut:
                length = rng.uniform(0.5, hold_s)
            found += [(at, True), (at + length, False)]
            at += length + 1 + rng.expovariate(1 / 1200)
    return found


def with_heartbeats(changes: Sequence[tuple[float, bool]], every_s: float) -> list[tuple[float, bool]]:
    """The same with each state said again while it lasts."""
    found: list[tuple[float, bool]] = []
    for at, moves in changes:
        while found and at - found[-1][0] > every_s:
            found.append((found[-1][0] + every_s, found[-1][1]))
        found.append((at, moves))
    return found
