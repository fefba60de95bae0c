"""What the sensors of one space say of its people, learned from a truth that somebody counted for a while.

An additive model (a bent line per feature, drawn together by a ridge) gives two scores a moment: whether anybody is
there, and the root of how many. How far scores can be trusted is measured on days that the model had not seen: their
spread under each number of people is the likelihood that the filter weighs with, and its weight is chosen where the
filter predicts the truth of these days best. So a sensor that says nothing in this space gets no say.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from controller.occupancy.filter import HOUR, Comings, OccupancyFilter, doubted, usual
from controller.occupancy.recording import Floats

Likelihood = Callable[[Floats], Floats]
"""Scores (rows, 2) to log likelihoods (rows, capacity + 1)."""
_KNOTS = 7
_RIDGES = (3.0, 30.0, 300.0, 3000.0)
_WEIGHTS = (0.02, 0.05, 0.1, 0.2, 0.4, 0.8)
_FOLDS = 6
_TAILS = 4.0
"""Degrees of freedom of Student's t: scores far off say little."""
_NARROWEST = 0.3
_PRESENCE = (0.6, 0.4, 0.25)
_HELD, _HELD_BY_DAYS, _HELD_AT_MOST = 0.9, 0.3, 0.97
"""Share of the numbers above 0 that intervals hold; more by so much over the days on which anybody was there."""
_SCORED = 1500
"""Rows by which the interval is chosen."""
_LEAST, _LEAST_OF_BOTH = 20, 5
MOST_ROWS = 5000
"""More are thinned out before the model is fitted."""


@dataclass(frozen=True)
class Bent:
    """A feature as weights of its knots: piecewise linear between them, constant outside."""

    knots: Floats

    @classmethod
    def of(cls, feature: Floats) -> "Bent":
        known = feature[np.isfinite(feature)]
        knots = np.unique(np.quantile(known, np.linspace(0, 1, _KNOTS + 2)[1:-1])) if len(known) else np.zeros(1)
        return cls(knots if len(knots) > 1 else np.array([knots[0] - 0.5, knots[0] + 0.5]))

    def weights(self, feature: Floats) -> Floats:
        knots = self.knots
        value = np.clip(np.where(np.isfinite(feature), feature, np.median(knots)), knots[0], knots[-1])
        left = np.clip(np.searchsorted(knots, value, side="right") - 1, 0, len(knots) - 2)
        share = (value - knots[left]) / (knots[left + 1] - knots[left])
        found = np.zeros((len(feature), len(knots)))
        rows = np.arange(len(feature))
        found[rows, left], found[rows, left + 1] = 1 - share, share
        return found


@dataclass(frozen=True)
class Learned:
    """``loss``: minus the mean log probability of the truth, on days that the model had not seen; ``spacing``: seconds
    between the rows that ``weight`` was chosen for; ``widening``: standard deviation, in people, by which the belief
    must be wider, and ``presence``: how far it is believed that anybody is there, to cover the truth of these days as
    often as it says."""

    bends: list[Bent]
    slopes: Floats
    likelihood: Likelihood
    weight: float
    spacing: float
    comings: Comings
    loss: float
    widening: float
    presence: float

    def logs(self, seconds: Floats, features: Sequence[Floats]) -> Floats:
        """Log likelihoods (rows, capacity + 1) to weigh with. Rows close together repeat each other and say less."""
        scores = _inputs(self.bends, features) @ self.slopes
        share = np.minimum(np.diff(seconds, prepend=seconds[0] - self.spacing) / self.spacing, 1.0)
        return self.weight * share[:, None] * self.likelihood(scores)


def learn(seconds: Floats, features: Sequence[Floats], people: Floats, capacity: int) -> Learned | None:
    """Learn from the rows whose people are known; None where these are few, or all empty, or all occupied."""
    rows = np.flatnonzero(np.isfinite(people))
    rows = rows[:: max(1, len(rows) // MOST_ROWS)]
    truth = np.clip(np.round(people[rows]), 0, capacity)
    if len(rows) < _LEAST or min((truth > 0).sum(), (truth == 0).sum()) < _LEAST_OF_BOTH:
        return None
    when, kept = seconds[rows], [one[rows] for one in features]
    bends = [Bent.of(one) for one in kept]
    inputs = _inputs(bends, kept)
    targets = np.stack([(truth > 0).astype(float), np.sqrt(truth)], axis=1)
    slopes, unseen = _on_unseen_days(inputs, targets, _folds(when))
    likelihood, comings = _likelihood(unseen, truth, capacity), _comings(when, truth, capacity)
    logs = likelihood(unseen)
    believed = {weight: beliefs(when, weight * logs, comings) for weight in _WEIGHTS}
    losses = {weight: loss(each, truth) for weight, each in believed.items()}
    best = min(_WEIGHTS, key=lambda weight: losses[weight])
    spacing = float(np.median(np.diff(when)))
    presence, widening = _doubt(when, believed[best], truth)
    return Learned(bends, slopes, likelihood, best, spacing, comings, losses[best], widening, presence)


def beliefs(seconds: Floats, logs: Floats, comings: Comings) -> Floats:
    """What the filter believes after each row; shape (rows, capacity + 1)."""
    believed = OccupancyFilter(comings)
    found, before = np.empty(logs.shape), seconds[0]
    for index, second in enumerate(seconds):
        believed.pass_time(second - before)
        believed.see(logs[index])
        found[index], before = believed.belief, second
    return found


def loss(believed: Floats, truth: Floats) -> float:
    """Minus the mean log probability of the true numbers."""
    return -float(np.log(believed[np.arange(len(truth)), truth.astype(int)] + 1e-4).mean())


def widened(belief: Floats, widening: float) -> Floats:
    """The belief with the numbers above 0 spread out; last axis: numbers."""
    if not widening:
        return belief
    numbers = np.arange(1, belief.shape[-1])
    spread = np.exp(-0.5 * ((numbers[:, None] - numbers[None]) / widening) ** 2)
    found = belief.copy()
    found[..., 1:] = belief[..., 1:] @ (spread / spread.sum(axis=1, keepdims=True))
    return found


def _doubt(seconds: Floats, believed: Floats, truth: Floats) -> tuple[float, float]:
    """How far presence is believed, and the widening, with which intervals do best: of those that hold nine tenths of
    the numbers above 0, and more where these are of few days, the one with the best interval score (Gneiting and
    Raftery, JASA 2007)."""
    some = slice(None, None, max(1, len(truth) // _SCORED))
    seconds, believed, truth = seconds[some], believed[some], truth[some]
    there = truth > 0
    days = len(np.unique(seconds[there] // 86400))
    wanted = min(_HELD + _HELD_BY_DAYS / max(days, 1), _HELD_AT_MOST)
    tried = []
    for widening in (0.0, *(_NARROWEST * 1.6**power for power in range(12))):
        wider = widened(believed, widening)
        for presence in _PRESENCE:
            sums = doubted(wider, presence).cumsum(axis=1)
            low, high = (sums < 0.05).sum(axis=1), (sums < 0.95).sum(axis=1)
            missed = np.maximum(np.maximum(low - truth, truth - high), 0.0)
            held = float((missed[there] == 0).mean())
            tried.append((max(wanted - held, 0.0), float((high - low + 20 * missed).mean()), presence, widening))
    return min(tried)[2:]


def _folds(seconds: Floats) -> Floats:
    """Whole days where there are enough, else stretches of time."""
    days = np.unique(seconds // 86400, return_inverse=True)[1].astype(float)
    if days.max() < _FOLDS - 1:
        return np.floor(np.arange(len(seconds)) * 8 / len(seconds)) % 4
    return days % _FOLDS


def _inputs(bends: Sequence[Bent], features: Sequence[Floats]) -> Floats:
    """A row of ones for the base, then the weights of every feature's knots."""
    weights = [bent.weights(one) for bent, one in zip(bends, features, strict=True)]
    return np.hstack([np.ones((len(features[0]), 1)), *weights])


def _on_unseen_days(inputs: Floats, targets: Floats, folds: Floats) -> tuple[Floats, Floats]:
    """The slopes by the ridge that predicts unseen days best, and its scores of these days."""
    squares, products = inputs.T @ inputs, inputs.T @ targets
    drawn = np.eye(len(squares))
    drawn[0, 0] = 1e-6
    unseen = {ridge: np.empty_like(targets) for ridge in _RIDGES}
    for fold in np.unique(folds):
        out = inputs[folds == fold]
        rest = squares - out.T @ out, products - out.T @ targets[folds == fold]
        for ridge in _RIDGES:
            unseen[ridge][folds == fold] = out @ np.linalg.solve(rest[0] + ridge * drawn, rest[1])
    best = min(_RIDGES, key=lambda ridge: float(((unseen[ridge] - targets) ** 2).mean()))
    return np.linalg.solve(squares + best * drawn, products).astype(np.float64), unseen[best]


def _likelihood(scores: Floats, truth: Floats, capacity: int) -> Likelihood:
    """Of an empty space one centre; of an occupied one a centre that moves with the root of the number."""
    empty, prior = truth == 0, np.diag(scores.var(axis=0) + 1e-3)
    centre = scores[empty].mean(axis=0)
    roots = np.stack([np.ones(int((~empty).sum())), np.sqrt(truth[~empty])], axis=1)
    first = np.array([[0.5, 0.3], [0.1, 0.5]])
    slopes = np.linalg.solve(roots.T @ roots + 5 * np.eye(2), roots.T @ scores[~empty] + 5 * first)
    numbers = np.stack([np.ones(capacity), np.sqrt(np.arange(1, capacity + 1))], axis=1)
    centres = np.vstack([centre, numbers @ slopes])
    spreads = [_spread(scores[empty] - centre, prior), _spread(scores[~empty] - roots @ slopes, prior)]
    inverse = [np.linalg.inv(spread) for spread in spreads]
    sizes = [0.5 * float(np.linalg.slogdet(spread)[1]) for spread in spreads]

    def likelihood(seen: Floats) -> Floats:
        away = seen[:, None, :] - centres[None]
        far = np.empty(away.shape[:2])
        far[:, 0] = np.einsum("ij,jk,ik->i", away[:, 0], inverse[0], away[:, 0])
        far[:, 1:] = np.einsum("inj,jk,ink->in", away[:, 1:], inverse[1], away[:, 1:])
        logs: Floats = -(_TAILS + 2) / 2 * np.log1p(far / _TAILS)
        logs[:, 0] -= sizes[0]
        logs[:, 1:] -= sizes[1]
        return logs

    return likelihood


def _spread(away: Floats, prior: Floats) -> Floats:
    found: Floats = (away.T @ away + 20 * prior) / (len(away) + 20)
    return found


def _comings(seconds: Floats, truth: Floats, capacity: int) -> Comings:
    """How people came and went in the truth."""
    span, change = np.diff(seconds), np.diff(truth)
    near = span < 2 * HOUR
    was, now = truth[:-1] > 0, truth[1:] > 0
    empty, full = (span[near & which].sum() / HOUR for which in (~was, was))
    stayed = change[near & was & now]
    large = np.abs(stayed) > max(2.0, 0.15 * capacity)
    sizes = np.bincount(truth[truth > 0].astype(int), minlength=capacity + 1).astype(float)
    numbers = np.arange(capacity + 1)
    width = max(0.5, 0.06 * capacity)
    sizes = sizes @ np.exp(-0.5 * ((numbers[:, None] - numbers[None]) / width) ** 2)
    sizes[0] = 0.0
    sizes = 0.9 * sizes / sizes.sum() + 0.1 * usual(capacity).sizes
    return Comings(
        arrive=((near & ~was & now).sum() + 0.5) / (empty + 5),
        leave=((near & was & ~now).sum() + 0.5) / (full + 2),
        wander=float(((stayed[~large] ** 2).sum() + 0.05) / max(full, 0.5)) ** 0.5,
        swap=(large.sum() + 0.1) / max(full, 1.0),
        sizes=sizes,
    )
