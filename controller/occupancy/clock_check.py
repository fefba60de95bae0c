"""Finds the sensor whose clock is hours off: what it sends fits the others, or the truth, at another time of day."""

from collections.abc import Sequence

import numpy as np

from controller.occupancy.features import HOUR, before, running_mean, scaled
from controller.occupancy.recording import Column, Floats

CHECKED = ("light", "sound", "co2", "devices", "pir", "in", "out", "crossings")
"""Kinds that follow people within an hour or two; temperature and humidity follow the weather."""
_LONGEST = 12
_OFF = 3
"""Hours: carbon dioxide and WiFi trail people by one or two."""
_LEAST_DAYS = 3
_FITS, _BETTER = 0.3, 0.2
"""How well it must fit at the other time, as a correlation, and by how much better than at its own."""
_STILL = 1e-6
_MIDDAY = 13.5
"""The middle of a usual day in a building, by the wall clock: which of two groups of sensors is right."""


def hours_off(seconds: Floats, columns: Sequence[Column], truth: Floats | None, offset: float) -> dict[str, int]:
    """The columns that are off, and by how many hours: 8 means that what it sends happened 8 hours later by the others.

    ``truth``: people, NaN where not known; without it the sensors are held against each other. ``offset``: seconds by
    which the wall clock is ahead of UTC.
    """
    grid = np.arange(seconds[0], seconds[-1] + 1, HOUR)
    if len(grid) < _LEAST_DAYS * 24:
        return {}
    place = np.clip(np.searchsorted(seconds, grid, side="right") - 1, 0, None)
    recorded = grid - seconds[place] < HOUR

    def hourly(values: Floats) -> Floats:
        return np.where(recorded, running_mean(seconds, values, HOUR)[place], np.nan)

    signals = {
        column.name: _activity(hourly(_followed(seconds, column))) for column in columns if column.kind in CHECKED
    }
    if truth is not None and np.nansum(truth > 0) > 0:
        people = hourly(np.sqrt(truth))
        return {name: lag for name, signal in signals.items() if (lag := _lag(people, signal))}
    names = [name for name, signal in signals.items() if np.isfinite(signal).sum() > _LEAST_DAYS * 12]
    if len(names) < 2:
        return {}
    right = min(names, key=lambda name: _from_midday(grid + offset, signals[name]))
    return {name: lag for name in names if name != right and (lag := _lag(signals[right], signals[name]))}


def _followed(seconds: Floats, column: Column) -> Floats:
    """What follows people without delay: of carbon dioxide how fast it rises, not how much there is."""
    values = scaled(column)
    if column.kind != "co2":
        return values
    level = running_mean(seconds, values, HOUR / 4)
    return np.maximum(level - before(seconds, level, HOUR / 2), 0.0)


def _activity(values: Floats) -> Floats:
    """Height above what is low, so that busy hours stand out."""
    known = values[np.isfinite(values)]
    return np.maximum(values - np.quantile(known, 0.3), 0.0) if len(known) else values


def _from_midday(local: Floats, signal: Floats) -> float:
    """Hours between the middle of a sensor's day and the middle of a usual one; far if it has no day."""
    angle = local / HOUR % 24 / 24 * 2 * np.pi
    weight = np.nan_to_num(signal)
    if weight.sum() <= 0:
        return 24.0
    across, along = (weight * np.sin(angle)).sum() / weight.sum(), (weight * np.cos(angle)).sum() / weight.sum()
    middle = np.arctan2(across, along) / 2 / np.pi * 24 % 24
    apart = abs(middle - _MIDDAY)
    return float(min(apart, 24 - apart)) - 3 * float(np.hypot(across, along))


def _lag(reference: Floats, signal: Floats) -> int:
    """By how many hours the signal must move to fit; 0 if it fits where it is, or nowhere."""
    fits = {lag: _fit(reference, signal, lag) for lag in range(-_LONGEST, _LONGEST + 1)}
    best = max(fits, key=lambda lag: fits[lag])
    near = max(fits[lag] for lag in range(-_OFF + 1, _OFF))
    return best if abs(best) >= _OFF and fits[best] >= _FITS and fits[best] - near >= _BETTER else 0


def _fit(reference: Floats, signal: Floats, lag: int) -> float:
    """The correlation with the signal moved ``lag`` hours later."""
    moved = signal[: len(signal) - lag] if lag >= 0 else signal[-lag:]
    held = reference[lag:] if lag >= 0 else reference[:lag]
    known = np.isfinite(moved) & np.isfinite(held)
    if known.sum() < 24 or min(np.std(moved[known]), np.std(held[known])) < _STILL:
        return 0.0
    return float(np.corrcoef(moved[known], held[known])[0, 1])
