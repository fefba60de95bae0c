"""What each kind of sensor says of the people in a space before anything is learned of this space.

Two figures a moment: the log odds that anybody is there, and how many people the sensors count that can. Carbon
dioxide counts by mass balance: a seated adult breathes out 18 litres of it an hour (Persily and de Jonge, Indoor Air
2017), which an air change of 1.2 an hour carries off; a space has 8 cubic metres a person of its capacity, at least 30.
"""

from dataclasses import dataclass, field

import numpy as np

from controller.occupancy.features import DAY, HOUR, MINUTE, before, held, running_mean, running_quantile, scaled
from controller.occupancy.held_movement import since_moved
from controller.occupancy.recording import Column, Floats

BREATHED = 18_000.0
"""ppm an hour that one person adds to a cubic metre."""
AIR_CHANGE, RISE = 1.2, 0.7
"""Of air an hour; and what part of a rise over a quarter of an hour is believed."""
_VOLUME_PER_PERSON, _SMALLEST = 8.0, 30.0
_DEVICES_PER_PERSON = 0.6
_ALONE, _AGREED, _LEAST = 0.4, 1.2, 0.1
"""How far a witness is believed that does not go with the others, and more by how far it does; and the least."""
_UNCHANGED = 1e-3
_OPENED = 2.0
"""Log odds that anybody is there when a door or window has just been opened or closed."""
_MOVES, _STILL = 8.0, -3.0
"""Log odds that anybody is there where somebody moved in five minutes, and where not; half of that is believed."""
_BEFORE_ALL = -1.0
"""Log odds that anybody is there where no sensor says anything."""


@dataclass(frozen=True)
class Evidence:
    """``occupied``: log odds; ``count``: people, NaN where no sensor can count; ``says``: the log odds by kind."""

    occupied: Floats
    count: Floats
    says: dict[str, Floats] = field(default_factory=dict)


def evidence(seconds: Floats, columns: list[Column], capacity: int, *, live: bool = False) -> Evidence:
    """What all sensors say together. Those of one kind are one witness. ``live``: each row is of five minutes or less,
    and movement is all that there was in it."""
    kinds: dict[str, list[Column]] = {}
    for column in columns:
        kinds.setdefault(column.kind, []).append(column)
    says: dict[str, Floats] = {}
    counts: list[Floats] = []
    if found := kinds.get("pir"):
        says["pir"] = _moving(seconds, found) if live else _moved(seconds, found)
    for kind, weight in (("light", 4.0), ("sound", 3.0)):
        if found := kinds.get(kind):
            says[kind] = weight * (_mean([_height(seconds, one) for one in found], len(seconds)) - 0.45)
    for column in kinds.get("co2", []) + kinds.get("devices", []):
        count, noise = _above_empty(
            seconds, _breathing(seconds, column, capacity) if column.kind == "co2" else _served(seconds, column)
        )
        counts.append(np.clip(count, 0.0, capacity))
        says[column.kind] = np.clip(1.2 * (count - 0.5) / (noise + 0.25 * np.maximum(count, 0.0)), -2.0, 4.0)
    if found := kinds.get("contact"):
        says["contact"] = _OPENED * np.minimum(np.sum([_changed(seconds, one) for one in found], axis=0), 1.0)
    known = [np.nan_to_num(odds) for odds in says.values()]
    shares = _agreeing(seconds, known)
    occupied = np.full(len(seconds), _BEFORE_ALL)
    for odds, share in zip(known, shares, strict=True):
        occupied += share * odds
    return Evidence(occupied, _mean(counts, len(seconds)), says)


def _agreeing(seconds: Floats, says: list[Floats]) -> list[Floats]:
    """How far each witness is believed, 0 to 1: less where so far it has not gone with the others, or never changed."""
    if len(says) < 2:
        return [np.ones(len(seconds)) for _ in says]
    together = np.sum(says, axis=0)
    fits = np.stack([_ALONE + _AGREED * _so_far(odds, together - odds) for odds in says])
    weights = np.clip(fits / np.maximum(fits.max(axis=0), _ALONE), _LEAST, 1.0)
    days = (seconds - seconds[0]) / DAY
    return list((1.0 + days * weights) / (1.0 + days))


def _so_far(one: Floats, others: Floats) -> Floats:
    """The correlation of all rows up to each; -1 where the one has not changed, and 0 where the others have not."""
    many = np.arange(1, len(one) + 1)
    means = [np.cumsum(each) / many for each in (one, others, one * one, others * others, one * others)]
    own, theirs = (np.maximum(means[2 + place] - means[place] ** 2, 0.0) for place in (0, 1))
    both = np.maximum(own * theirs, 1e-6) ** 0.5
    found: Floats = np.where(own < 1e-3, -1.0, (means[4] - means[0] * means[1]) / both)
    return found


def _mean(counts: list[Floats], rows: int) -> Floats:
    if not counts:
        return np.full(rows, np.nan)
    together = np.stack(counts)
    known = np.isfinite(together)
    many = known.sum(axis=0)
    return np.where(many > 0, np.where(known, together, 0.0).sum(axis=0) / np.maximum(many, 1), np.nan)


def _moved(seconds: Floats, columns: list[Column]) -> Floats:
    since = np.min([since_moved(seconds, column) for column in columns], axis=0)
    return np.where(since < 5 * MINUTE, 2.5, np.where(since < 30 * MINUTE, 0.5, -2.5))


def _moving(seconds: Floats, columns: list[Column]) -> Floats:
    """Who is there is nearly always seen to move within five minutes, and nobody else."""
    values = np.stack([column.values for column in columns])
    moved = running_mean(seconds, (np.nan_to_num(values) > 0).max(axis=0).astype(float), 5 * MINUTE) > 0
    spans = np.minimum(np.diff(seconds, prepend=seconds[0] - 5 * MINUTE) / (5 * MINUTE), 1.0)
    found: Floats = np.where(moved, _MOVES, _STILL * spans)
    return np.where(np.isfinite(values).any(axis=0), found, np.nan)


def _changed(seconds: Floats, column: Column) -> Floats:
    """1 while it changed in the last five minutes."""
    values = held(column.values)
    changed = np.concatenate([[0.0], np.abs(np.diff(np.nan_to_num(values, nan=values[0] if len(values) else 0.0)))])
    return (np.nan_to_num(running_mean(seconds, changed, 5 * MINUTE)) > 0).astype(float)


def _height(seconds: Floats, column: Column) -> Floats:
    """0 to 1: between what was low and what was high over three days; NaN while it never changed."""
    values = running_mean(seconds, scaled(column), 5 * MINUTE)
    low, high = (running_quantile(seconds, values, 3 * DAY, share, HOUR) for share in (0.1, 0.98))
    height = np.clip((values - low) / np.maximum(high - low, 1.0 if column.kind == "light" else 0.3), 0.0, 1.0)
    return np.where(high - low > _UNCHANGED, height, np.nan)


def _breathing(seconds: Floats, column: Column, capacity: int) -> Floats:
    """People by mass balance."""
    level = running_mean(seconds, column.values, 10 * MINUTE)
    above = level - running_quantile(seconds, level, 3 * DAY, 0.05, HOUR)
    rise = (level - before(seconds, level, 15 * MINUTE)) / 0.25
    return (RISE * rise + AIR_CHANGE * above) / breathed_by_one(capacity)


def breathed_by_one(capacity: int) -> float:
    """ppm an hour that one person adds to a space for so many."""
    return BREATHED / max(_SMALLEST, _VOLUME_PER_PERSON * capacity)


def _served(seconds: Floats, column: Column) -> Floats:
    return running_mean(seconds, column.values, 10 * MINUTE) / _DEVICES_PER_PERSON


def _above_empty(seconds: Floats, count: Floats) -> tuple[Floats, Floats]:
    """People above what an empty space shows, and the standard deviation of that.

    A space is taken as empty for six tenths of a week: then the 0.3 quantile of all is the median of an empty one.
    """
    middle, low = (running_quantile(seconds, count, 7 * DAY, share, HOUR) for share in (0.3, 0.05))
    return count - middle, np.maximum(0.4, (middle - low) / 1.4)
