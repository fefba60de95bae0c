"""What one person breathes out and how often the air is changed are learned from the doors, whatever these miss."""

import numpy as np
import pytest

from controller.occupancy.air import AirRates, Span, span_of
from controller.occupancy.recording import Floats

STEPS = 24 * 12


def people_of(random: np.random.Generator) -> Floats:
    """Of one day in steps of five minutes: nobody until nine and from seven on."""
    came = random.integers(108, 200, 80)
    left = np.minimum(came + 1 + random.exponential(10, 80).astype(int), 228)
    steps = np.arange(STEPS)[:, None]
    found: Floats = ((steps >= came) & (steps < left)).sum(axis=1).astype(float)
    return found


def air_of(people: Floats, random: np.random.Generator, noise: float = 4.0) -> Floats:
    """Twelve ppm an hour for each, two changes of air an hour."""
    found, level = np.empty(STEPS), 420.0
    kept = np.exp(-2.0 / 12)
    for step in range(STEPS):
        inside = (people[max(step - 1, 0)] + people[step]) / 2
        level = kept * level + (1 - kept) * (420 + 12.0 / 2.0 * inside)
        found[step] = level + random.normal(0, noise)
    return found


def span(people: Floats, level: Floats) -> Span:
    passed = np.abs(np.diff(people, prepend=0.0)) + 1.0 * (people > 0)
    return Span(level, np.full(STEPS, 16.0), people, passed, ended=True)


def test_rates_are_learned_in_a_few_days_of_counts_that_err() -> None:
    random, rates = np.random.default_rng(3), AirRates(20.0)
    for _ in range(3):
        people = people_of(random)
        error = np.cumsum(random.normal(0, 0.25, STEPS) * (people > 0))
        error -= error[-1] * np.arange(STEPS) / STEPS
        rates.learn(span(np.maximum(people + error, 0.0), air_of(people, random)))
    assert rates.breathed / rates.changes == pytest.approx(6.0, rel=0.15)
    assert rates.changes == pytest.approx(2.0, rel=0.15)
    assert rates.unsure**0.5 < 0.12
    assert rates.fresh == pytest.approx(420, abs=3)


def test_air_that_follows_other_people_than_the_doors_count_is_taken_as_unsure() -> None:
    """Of a room in which now and then all are, and then nobody."""
    random = np.random.default_rng(5)
    whole, room = AirRates(20.0), AirRates(20.0)
    for _ in range(3):
        people = people_of(random)
        there = people * np.repeat(random.integers(0, 2, STEPS // 12), 12)
        whole.learn(span(people, air_of(people, random)))
        room.learn(span(people, air_of(there, random)))
    assert room.drift > 5 * whole.drift
    assert whole.drift < 10


def test_a_day_that_has_not_ended_is_learned_again_when_it_has() -> None:
    random = np.random.default_rng(7)
    people = people_of(random)
    once, twice = AirRates(20.0), AirRates(20.0)
    day = span(people, air_of(people, random))
    twice.learn(Span(day.level[:150], day.noise[:150], day.people[:150], day.passed[:150], ended=False))
    assert twice.known
    for each in (once, twice):
        each.learn(day)
    assert (once.breathed, once.changes) == (twice.breathed, twice.changes)


def test_rows_at_any_spacing_become_steps_and_too_few_teach_nothing() -> None:
    seconds = np.concatenate([np.arange(0, 3600, 60.0), np.arange(3600, 7200, 900.0)])
    values = np.where(np.arange(len(seconds)) % 2 == 0, 500.0, np.nan)
    made = span_of(seconds, values, np.full(len(seconds), 3.0), np.ones(len(seconds)), 9.0, ended=False)
    assert made is not None
    assert len(made.level) == 22
    assert made.noise[0] == pytest.approx(9 / 3 + 0.1)
    assert made.passed.sum() == len(seconds)
    assert (made.people == 3).all()
    assert span_of(seconds[:9], values[:9], np.ones(9), np.ones(9), 9.0, ended=False) is None


def test_a_holiday_before_the_first_who_comes_is_left_out_and_days_without_an_empty_moment_teach_nothing() -> None:
    seconds, rows = np.arange(0, 14 * 86400, 300.0), 14 * 288
    passed = np.zeros(rows)
    passed[-60:] = 1.0
    made = span_of(seconds, np.full(rows, 420.0), passed, passed, 9.0, ended=True)
    assert made is not None
    assert len(made.level) == 60 + 72
    assert span_of(seconds, np.full(rows, 420.0), passed, np.ones(rows), 9.0, ended=True) is None
