"""How far a live figure of people is from the truth of simulated weeks, beside in minus out set to zero every night.

The figure comes from `hallkeeper occupancy replay`, a process that is given the recording and nothing else.
"""

import csv
import math
import subprocess
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from firmware_sim.errors import SimError
from firmware_sim.sensed_rooms import SensedRoom
from firmware_sim.sensed_weeks import MINUTES, SensedWeeks

_RESET = 4 * 60
"""The minute of the day at which in minus out begins again."""
_MISSES = 2 / 0.1
"""What an interval of 90 % pays for each person by which it misses (Gneiting and Raftery, JASA 2007)."""

Figures = tuple[float, float, float]
"""People, low, high."""


@dataclass(frozen=True)
class Score:
    """Means over minutes. ``error``: of people, absolute; ``covered``: share of minutes in which the truth lay in the
    interval; ``interval``: width and `_MISSES` for each person missed by, less is better."""

    minutes: int
    error: float
    covered: float
    width: float
    interval: float


def score(figures: Sequence[Figures], people: Sequence[int], chosen: Sequence[bool]) -> Score:
    """Over the minutes that are ``chosen``."""
    rows = [(*each, truth) for each, truth, wanted in zip(figures, people, chosen, strict=True) if wanted]
    missed = [max(low - truth, truth - high, 0.0) for _, low, high, truth in rows]
    widths = [high - low for _, low, high, _ in rows]
    many = max(len(rows), 1)
    return Score(
        len(rows),
        sum(abs(found - truth) for found, _, _, truth in rows) / many,
        sum(miss == 0 for miss in missed) / many,
        sum(widths) / many,
        (sum(widths) + _MISSES * sum(missed)) / many,
    )


def in_minus_out(weeks: SensedWeeks) -> list[Figures]:
    """By the counts alone, never below 0, without an interval of its own."""
    found, inside = [], 0.0
    ways = [
        (1 if kind == "in" else -1, weeks.columns[name]) for name, kind in weeks.kinds.items() if kind in ("in", "out")
    ]
    for index in range(len(weeks.people)):
        if index % MINUTES == _RESET:
            inside = 0.0
        inside += sum(way * column[index] for way, column in ways if not math.isnan(column[index]))
        shown = max(inside, 0.0)
        found.append((shown, shown, shown))
    return found


def replayed(weeks: SensedWeeks, folder: Path) -> list[Figures]:
    """What `hallkeeper occupancy replay` says of each minute. Raises SimError with what it said if it failed."""
    return _replayed(weeks.rows(), weeks.kinds, weeks.scenario.capacity, folder)


def replayed_room(room: SensedRoom, folder: Path) -> list[Figures]:
    """The same of a room, from its own sensors and what is booked."""
    return _replayed(room.rows(), {**room.kinds, "booked": "booked"}, room.capacity, folder)


def booked(room: SensedRoom) -> list[Figures]:
    """As many as its bookings name, without an interval of its own."""
    found = [(0.0, 0.0, 0.0)] * len(room.people)
    for each in room.bookings:
        found[each.starts : each.ends] = [(float(each.people),) * 3] * (each.ends - each.starts)
    return found


def room_scores(
    room: SensedRoom, open_: Sequence[bool], figures: Sequence[Figures]
) -> Iterator[tuple[str, Score, Score]]:
    """As `scores`, against what is booked."""
    for when, chosen in (("open", open_), ("occupied", [many > 0 for many in room.people])):
        yield when, score(booked(room), room.people, chosen), score(figures, room.people, chosen)


def _replayed(rows: Iterable[list[str]], kinds: Mapping[str, str], capacity: int, folder: Path) -> list[Figures]:
    path = folder / "weeks.csv"
    with path.open("w", newline="") as file:
        csv.writer(file).writerows(rows)
    maps = [f"--map={name}={kind}" for name, kind in [("time", "time"), *kinds.items()]]
    command = [str(Path(sys.executable).parent / "hallkeeper"), "occupancy", "replay", str(path)]
    done = subprocess.run([*command, "--capacity", str(capacity), *maps], capture_output=True, text=True, check=False)
    if done.returncode:
        raise SimError(f"hallkeeper occupancy replay failed: {done.stderr.strip()}")
    said = csv.DictReader(done.stdout.splitlines())
    return [(float(row["people"]), float(row["low"]), float(row["high"])) for row in said]


def scores(weeks: SensedWeeks, figures: Sequence[Figures]) -> Iterator[tuple[str, Score, Score]]:
    """Of the open hours, and of the minutes with people: the baseline's and that of ``figures``."""
    baseline = in_minus_out(weeks)
    for when, chosen in (("open", weeks.open), ("occupied", [many > 0 for many in weeks.people])):
        yield when, score(baseline, weeks.people, chosen), score(figures, weeks.people, chosen)


def line(name: str, seed: str, when: str, base: Score, found: Score) -> str:
    """A row of what `hallkeeper sim score` prints."""
    less = f"{1 - found.error / max(base.error, 0.01):.0%}"
    figures = f"{base.error:.2f} {found.error:.2f} {less} {found.covered:.0%} {found.width:.1f}"
    words = [name, seed, when, *figures.split(), f"{found.interval:.0f}", f"{base.interval:.0f}"]
    return " ".join(f"{word:>9}" for word in words)
