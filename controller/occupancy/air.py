"""How much carbon dioxide one person breathes out in a space, and how fast its air is changed, learned from what doors
counted.

The air is followed along with the error of the doors (a Kalman filter over both and the level of the fresh air) under
each of a grid of rates. How likely each makes what was measured weighs it: an error of the doors is then not taken for
one of the rates, as a regression on the counts would. Each span begins where the last has left the belief, a normal
distribution of the logarithms of both rates; the grid is drawn narrower about what fits until it is fine enough.

A sensor of one room follows other people than the doors count. What it does then lasts: errors of the same sign follow
each other. By how much they do, all is believed less.
"""

from dataclasses import dataclass

import numpy as np

from controller.occupancy.evidence import AIR_CHANGE
from controller.occupancy.features import HOUR, MINUTE
from controller.occupancy.recording import Flags, Floats

STEP = 5 * MINUTE
_FRESH, _FRESH_SPREAD = 420.0, 40.0
_BREATHED_SPREAD, _CHANGES_SPREAD = 0.8, 0.6
"""Standard deviations of the logarithms, before anything is learned."""
_A_DAY = 0.01
"""By which each moves in a day."""
_DRIFTS = np.array([3.0, 30.0, 300.0, 3000.0, 30000.0])
"""Variance, in an hour, of what the air does by itself: windows, draughts."""
_KEPT = 0.9
"""Of what is known of that, each day."""
_NODES = np.array([-2.0, -1.0, 0.0, 1.0, 2.0])
_FINE, _PASSES = 0.45, 4
"""A grid is fine enough where the standard deviation is more than so many of its steps."""
_COUNTED = 0.06
"""Variance of people for one counted; less than of the doors, since it is known how the day ends."""
_BIASED = 0.03
"""Standard deviation of people for one counted while it is not known yet how the day ends."""
_TAILS = 8.0
"""Degrees of freedom of Student's t."""
_FAR = 9.0
"""Square of the standard deviations from which a value teaches less."""
_TOGETHER = 1 - 1 / 12
"""What is left after a step of a sum of surprises: over an hour or so."""
_LASTING_KEPT, _MOVES_KEPT = 0.5, 0.7
_LEFT_OVER = 0.5
_BEFORE, _FEWEST, _MOST = 72, 6, 3 * 288
"""Steps before the first who comes that are read; the fewest with a value, and the most, that teach."""
_ROUNDED = 0.1
_WIDEST = 3.0
"""How far the logarithms may move from the first ones."""


@dataclass(frozen=True)
class Span:
    """Steps of five minutes from a moment without people on. Shapes (steps,): ``level``: in ppm, NaN where nothing was
    sent; ``noise``: its variance; ``people``: by the doors; ``passed``: at the doors. ``ended``: nobody is left."""

    level: Floats
    noise: Floats
    people: Floats
    passed: Floats
    ended: bool


def span_of(
    seconds: Floats, values: Floats, people: Floats, passed: Floats, noise: float, *, ended: bool
) -> Span | None:
    """Of rows at any spacing, from some hours before anybody came; None where too little is known, or it lasted for
    days. ``noise``: variance of one value."""
    steps = ((seconds - seconds[0]) // STEP).astype(int)
    known: Flags = np.isfinite(values)
    size = int(steps[-1]) + 1
    many = np.bincount(steps[known], minlength=size)
    rows = np.bincount(steps, minlength=size)
    weights = np.where(known, values, 0.0), people, passed
    sums: list[Floats] = [np.bincount(steps, each, minlength=size).astype(np.float64) for each in weights]
    first = max(int(np.argmax(sums[2] > 0)) - _BEFORE, 0)
    if (many[first:] > 0).sum() < _FEWEST or size - first > _MOST or not np.isfinite(people).all():
        return None
    level = np.where(many > 0, sums[0] / np.maximum(many, 1), np.nan)
    last = np.maximum.accumulate(np.where(rows > 0, np.arange(size), 0))
    there = (sums[1] / np.maximum(rows, 1))[last]
    of_mean = noise / np.maximum(many, 1) + _ROUNDED
    return Span(level[first:], of_mean[first:], there[first:], sums[2][first:], ended)


class AirRates:
    """``breathed``: ppm an hour that one person adds; ``changes``: of the air in an hour; ``fresh``: ppm of the air
    that comes in; ``unsure``: variance of ``breathed`` over ``changes``, as a share; ``drift``: variance in an hour of
    what the air does by itself; ``lasting``: how many times as far errors of one hour add up as independent ones
    would."""

    def __init__(self, breathed: float) -> None:
        self._first = self._mean = np.log([breathed, AIR_CHANGE])
        self._spread = np.diag([_BREATHED_SPREAD**2, _CHANGES_SPREAD**2])
        self._drift_logs = np.zeros(len(_DRIFTS))
        self._fresh = _FRESH, _FRESH_SPREAD**2
        self._now = self._mean, self._spread, self._drift_logs, self._fresh
        self._days, self._moves, self._repeats = 0, np.zeros((2, 2)), 1.0
        self.lasting = 1.0
        self.known = False

    @property
    def breathed(self) -> float:
        return float(np.exp(self._now[0][0]))

    @property
    def changes(self) -> float:
        return float(np.exp(self._now[0][1]))

    @property
    def fresh(self) -> float:
        return self._now[3][0]

    @property
    def unsure(self) -> float:
        spread = self._now[1]
        return float(spread[0, 0] - 2 * spread[0, 1] + spread[1, 1])

    @property
    def drift(self) -> float:
        weights = np.exp(self._now[2] - self._now[2].max())
        return float(np.exp(weights @ np.log(_DRIFTS) / weights.sum())) * self.lasting

    def learn(self, span: Span) -> None:
        """A span that has not ended is learned for now, and again with the next."""
        middle, spread = self._mean, self._spread + np.eye(2) * _A_DAY**2 + self._moves
        precision = np.linalg.inv(spread)
        centre, around = middle, spread
        for _ in range(_PASSES):
            axes = np.linalg.cholesky(around)
            grid = np.stack(np.meshgrid(_NODES, _NODES), axis=-1).reshape(-1, 2)
            rates = np.clip(centre + grid @ axes.T, self._first - _WIDEST, self._first + _WIDEST)
            logs, fresh, fresh_unsure, lasting = _likely(rates, span, self._fresh)
            away = rates - middle
            best = np.unravel_index(np.argmax(logs), logs.shape)
            repeats = max(float(lasting[best]), 1.0)
            logs = logs / repeats + self._drift_logs[:, None]
            logs -= 0.5 * np.einsum("ij,jk,ik->i", away, precision, away)
            weights = np.exp(logs - logs.max())
            by_rates = weights.sum(axis=0) / weights.sum()
            centre = by_rates @ rates
            off = rates - centre
            found = (by_rates[:, None] * off).T @ off
            on_axes = np.linalg.solve(axes, np.linalg.solve(axes, found).T)
            floor = np.maximum(np.linalg.eigvalsh(on_axes), 0.0)
            around = found + axes @ axes.T * _FINE**2 * float(floor.min() < _FINE**2)
            if floor.min() >= _FINE**2:
                break
        share = weights / weights.sum()
        repeats = _LASTING_KEPT * self._repeats + (1 - _LASTING_KEPT) * repeats if self._days else repeats
        drift_logs = np.log(share.sum(axis=1) + 1e-9)
        level = float((share * fresh).sum())
        unsure = float((share * (fresh_unsure + (fresh - level) ** 2)).sum())
        self._now = centre, around, drift_logs, (level, unsure)
        self.lasting = repeats
        self.known = True
        if span.ended:
            if self._days:
                moved = np.outer(centre - middle, centre - middle)
                self._moves = _MOVES_KEPT * self._moves + (1 - _MOVES_KEPT) * moved
            self._days, self._repeats = self._days + 1, repeats
            self._mean, self._spread, self._drift_logs = centre, around, _KEPT * drift_logs
            self._fresh = level, unsure + 1.0


def _likely(rates: Floats, span: Span, fresh: tuple[float, float]) -> tuple[Floats, Floats, Floats, Floats]:
    """``rates``: shape (grid, 2), logarithms. Answers, each of shape (drifts, grid), the log likelihoods, the mean and
    variance of the fresh air's level, and how far errors last, 1 where they do not."""
    breathed, changes = np.exp(rates).T
    hours = STEP / HOUR
    kept = np.exp(-changes * hours)
    added = (1 - kept) / changes * breathed
    aired = 1 - kept
    shape = len(_DRIFTS), len(rates)
    drift = np.broadcast_to(_DRIFTS[:, None] * hours, shape)
    logs = np.zeros(shape)
    # means of the doors' error for one counted, of their error, the level and the fresh air's; covariances by initials
    bias, error, rr, re, rl, rf, ee, el, ef = (np.zeros(shape) for _ in range(9))
    rr += 0.0 if span.ended else _BIASED**2
    base, ff = np.full(shape, fresh[0]), np.full(shape, fresh[1])
    first = span.level[np.isfinite(span.level)][0]
    level, ll, lf = np.full(shape, first), np.full(shape, span.noise[0] + 25.0), np.zeros(shape)
    before = span.people[0]
    together, lasting, many = np.zeros(shape), np.zeros(shape), 0
    for seen, noise, people, passed in zip(
        span.level.tolist(), span.noise.tolist(), span.people.tolist(), span.passed.tolist(), strict=True
    ):
        walk, half = _COUNTED * passed, passed / 2
        level = kept * level + aired * base + added * ((before + people) / 2 + error + half * bias)
        # of the mean number of people in the step, in which half of the counts have passed
        by_half = _plus(half, (rr, re, rl, rf), (re, ee, el, ef))
        error, before = error + passed * bias, people
        new = _plus(passed, (rr, re, rl, rf), (re, ee, el, ef))
        with_error = (by_half[1] + passed * by_half[0]) + walk / 2
        own = kept * (kept * ll + aired * lf + added * by_half[2])
        own = own + aired * (kept * lf + aired * ff + added * by_half[3])
        middle = half * by_half[0] + by_half[1] + walk / 4
        ll = own + added * (kept * by_half[2] + aired * by_half[3] + added * middle) + drift
        rl, el, lf = (
            kept * rl + aired * rf + added * by_half[0],
            kept * new[2] + aired * new[3] + added * with_error,
            kept * lf + aired * ff + added * by_half[3],
        )
        re, ef = new[0], new[3]
        ee = new[1] + passed * new[0] + walk
        if seen != seen:
            continue
        total = ll + noise
        off = seen - level
        logs -= 0.5 * np.log(total) + (_TAILS + 1) / 2 * np.log1p(off**2 / (_TAILS * total))
        total = np.maximum(total, off**2 / _FAR)
        together = _TOGETHER * together + off / total**0.5
        lasting += together**2
        many += 1
        by_bias, by_error, by_level, by_base = rl / total, el / total, ll / total, lf / total
        bias, error, level, base = (
            bias + by_bias * off,
            error + by_error * off,
            level + by_level * off,
            base + by_base * off,
        )
        rr, re, rf = rr - by_bias * rl, re - by_bias * el, rf - by_bias * lf
        ee, ef, ff = ee - by_error * el, ef - by_error * lf, ff - by_base * lf
        rl, el, ll, lf = (each * (1 - by_level) for each in (rl, el, ll, lf))
    if span.ended:
        total = ee + _LEFT_OVER
        logs -= 0.5 * np.log(total) + 0.5 * error**2 / total
    return logs, base, ff, lasting / many * (1 - _TOGETHER**2)


def _plus(passed: float, of_bias: tuple[Floats, ...], of_error: tuple[Floats, ...]) -> tuple[Floats, ...]:
    """Covariances of the doors' error after so many counts, from those of the error for one and of the error."""
    return tuple(error + passed * bias for bias, error in zip(of_bias, of_error, strict=True))
