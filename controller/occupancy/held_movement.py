"""When somebody last moved, by a recorded movement sensor that may hold its report. Pure."""

from itertools import pairwise

import numpy as np

from controller.occupancy.features import DAY, HOUR
from controller.occupancy.recording import Column, Floats
from controller.telemetry.movement_hold import learned, spells_of

_LEARNS_FROM = 28 * DAY


def since_moved(seconds: Floats, column: Column) -> Floats:
    """At each row the seconds since the last movement; infinite before the first. While movement is reported that is
    0; then it was a hold before the end of the report, where one has been learned from the days before the row."""
    moves = np.nan_to_num(column.values) > 0
    rows = np.arange(len(seconds))
    starts = moves & ~np.concatenate([[False], moves[:-1]])
    first = np.maximum.accumulate(np.where(starts, rows, -1))
    last = np.maximum.accumulate(np.where(moves, rows, -1))
    known = last >= 0
    moved = np.maximum(seconds[last] - _holds(seconds, column.values), seconds[first])
    return np.where(moves, 0.0, np.where(known, seconds - moved, np.inf))


def _holds(seconds: Floats, values: Floats) -> Floats:
    """At each row what is learned from the days before of how long the sensor reports movement that is over: its hold,
    less the time between two rows, in which the report may have ended."""
    known = np.isfinite(values)
    changes = [(float(at), bool(value > 0)) for at, value in zip(seconds[known], values[known], strict=True)]
    spells = spells_of(changes, _known(seconds[known]))
    found = np.zeros(len(seconds))
    if not spells:
        return found
    spacing = float(np.median(np.diff(seconds))) if len(seconds) > 1 else 0.0
    for day in np.arange(seconds[0] + DAY, seconds[-1], DAY).tolist():
        past = [each for each in spells if day - _LEARNS_FROM < each.end <= day]
        hold = learned(past)
        if hold is not None:
            found[np.searchsorted(seconds, day) :] = max(hold.hold_s - spacing, 0.0)
    return found


def _known(seconds: Floats) -> list[tuple[float, float]]:
    """The rows without those that are more than an hour apart."""
    if not len(seconds):
        return []
    breaks = [before for before, after in pairwise(seconds.tolist()) if after - before > HOUR]
    begins = [float(seconds[0]), *(float(seconds[np.searchsorted(seconds, at) + 1]) for at in breaks)]
    return [(begin, end + 1e-3) for begin, end in zip(begins, [*breaks, float(seconds[-1])], strict=True)]
