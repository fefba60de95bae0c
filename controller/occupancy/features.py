"""What a sensor's past says about now: means over some minutes, changes, and height above what is low for it.

Every value is made from the rows up to its own; nothing looks ahead.
"""

import numpy as np

from controller.occupancy.recording import Column, Floats

MINUTE, HOUR, DAY = 60.0, 3600.0, 86400.0
_SKEWED = ("light", "sound", "devices", "booked")
"""Kinds in which a tenth more is the same whether there is much or little."""
_FAINT = 20.0
"""A sound sensor whose values all lie below sends volts or shares, not decibels."""


def running_mean(seconds: Floats, values: Floats, span: float) -> Floats:
    """The mean over the last ``span`` seconds, of what is known; NaN where nothing is."""
    known = np.isfinite(values)
    sums = np.concatenate([[0.0], np.cumsum(np.where(known, values, 0.0))])
    counts = np.concatenate([[0], np.cumsum(known)])
    first = np.searchsorted(seconds, seconds - span, side="right")
    after = np.arange(1, len(seconds) + 1)
    many = counts[after] - counts[first]
    return np.where(many > 0, (sums[after] - sums[first]) / np.maximum(many, 1), np.nan)


def running_quantile(seconds: Floats, values: Floats, span: float, share: float, every: float = HOUR / 2) -> Floats:
    """A quantile over the last ``span`` seconds, taken ``every`` so many seconds."""
    found = np.full(len(seconds), np.nan)
    first = np.searchsorted(seconds, seconds - span, side="right")
    taken, value = -np.inf, np.nan
    for index, second in enumerate(seconds):
        if second - taken >= every or np.isnan(value):
            past = values[first[index] : index + 1]
            past = past[np.isfinite(past)]
            if len(past):
                value, taken = _quantile(past, share), second
        found[index] = value
    return found


def _quantile(values: Floats, share: float) -> float:
    """What `numpy.quantile` finds, in a third of its time."""
    place = share * (len(values) - 1)
    low = int(place)
    high, part = min(low + 1, len(values) - 1), place - low
    ordered = np.partition(values, (low, high))
    below, above = float(ordered[low]), float(ordered[high])
    between = above - below
    return below + between * part if part < 0.5 else above - between * (1 - part)


def held(values: Floats) -> Floats:
    """Each value until the next one; NaN before the first."""
    known = np.isfinite(values)
    last = np.maximum.accumulate(np.where(known, np.arange(len(values)), -1))
    return np.where(last >= 0, values[np.maximum(last, 0)], np.nan)


def before(seconds: Floats, values: Floats, span: float) -> Floats:
    """The value ``span`` seconds ago; the first one where there was none yet."""
    known = np.isfinite(values)
    if not known.any():
        return np.full(len(values), np.nan)
    return np.interp(seconds - span, seconds[known], values[known])


def scaled(column: Column) -> Floats:
    """On a scale where equal steps mean about the same."""
    values = column.values
    if column.kind == "sound" and np.nanmax(values, initial=0.0) >= _FAINT:
        return values
    if column.kind in _SKEWED:
        return np.log1p(np.maximum(values, 0.0) * (100.0 if column.kind == "sound" else 1.0))
    return values


def of_column(seconds: Floats, column: Column) -> list[Floats]:
    """The features of one sensor."""
    if column.kind in ("pir", "contact", "in", "out", "crossings"):
        happened = np.where(np.isfinite(column.values), np.minimum(column.values, 1.0), np.nan)
        return [running_mean(seconds, happened, span) for span in (MINUTE, 5 * MINUTE, 15 * MINUTE, HOUR)]
    values = scaled(column)
    short, middle, long = (running_mean(seconds, values, span * MINUTE) for span in (5, 15, 60))
    low = running_quantile(seconds, values, DAY, 0.1)
    changes = [short - middle, short - long, middle - running_mean(seconds, values, 3 * HOUR)]
    if column.kind in _SKEWED:
        return [values, middle, long, short - low, *changes]
    if column.kind == "co2":
        rise = (short - before(seconds, short, 15 * MINUTE)) / 0.25
        changes += [rise, rise + 1.5 * (short - low)]
    return [short - low, middle - low, *changes]
