"""Recordings made up for tests: a room with people by day, and a door with a usual week."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

MONDAY = datetime(2026, 1, 5, tzinfo=UTC)
STEP = timedelta(minutes=10)
DAY = 144
"""Steps."""
Numbers = NDArray[np.float64]


def write(path: Path, heading: Sequence[str], rows: Iterable[Sequence[object]]) -> Path:
    lines = [",".join(heading), *(",".join(map(str, row)) for row in rows)]
    path.write_text("\n".join(lines) + "\n")
    return path


def people_of(days: int, seed: int, capacity: int = 20) -> Numbers:
    """Sessions of one to three hours between 9 and 21, Monday to Friday; one number each step."""
    random = np.random.default_rng(seed)
    people = np.zeros(days * DAY)
    for day in range(days):
        if (MONDAY + timedelta(days=day)).weekday() >= 5:
            continue
        hour = 9.0
        while hour < 19:
            hour += random.uniform(0, 2)
            length = random.uniform(1, 3)
            first, last = (int(day * DAY + at * 6) for at in (hour, min(hour + length, 21)))
            people[first:last] = random.integers(1, capacity + 1)
            hour += length + 0.5
    return people


def sensed(people: Numbers, seed: int, capacity: int = 20) -> dict[str, Numbers]:
    """Carbon dioxide by mass balance, movement, and devices of the WiFi, each with noise."""
    random = np.random.default_rng(seed + 1000)
    level, levels = 420.0, np.empty(len(people))
    for index, many in enumerate(people):
        level += (18_000 / (8 * capacity) * many - 1.5 * (level - 420)) / 6
        levels[index] = level
    return {
        "co2": np.round(levels + random.normal(0, 8, len(people))),
        "pir": (random.random(len(people)) < 1 - 0.75 ** np.minimum(people, 8)).astype(float),
        "devices": (random.poisson(0.6 * people) + 3).astype(float),
    }


def room(path: Path, people: Numbers, columns: dict[str, Numbers], start: datetime = MONDAY) -> Path:
    times = [(start + index * STEP).isoformat() for index in range(len(people))]
    rows = zip(times, *(values.tolist() for values in columns.values()), people.tolist(), strict=True)
    return write(path, ["time", *columns, "truth"], rows)


def usual_week(weeks: int, seed: int) -> Numbers:
    """Counts of people at a door by half hours: busy on working days, quiet at the weekend."""
    random = np.random.default_rng(seed)
    slot = np.arange(weeks * 336)
    hour, day = slot % 48 / 2, slot // 48 % 7
    rate = np.where(day < 5, 12.0, 2.0) * np.exp(-0.5 * ((hour - 13) / 3.5) ** 2)
    return random.poisson(rate).astype(float)
