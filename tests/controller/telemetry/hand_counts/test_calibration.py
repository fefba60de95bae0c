"""What a counter misses, by counting beside it."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from controller.telemetry.hand_counts.calibration import Counts, calibrate, calibrated


def test_one_count_is_not_enough() -> None:
    assert calibrate([Counts(people=100, counted=95)]) is None
    assert calibrated(1000, None) is None


def test_two_counts_give_a_factor_and_its_error() -> None:
    found = calibrate([Counts(people=100, counted=95), Counts(people=100, counted=93)])
    assert found is not None
    assert calibrated(940, found) == (1000, 45)


def test_a_counter_that_is_far_off_is_broken_and_not_corrected() -> None:
    assert calibrate([Counts(people=100, counted=10)] * 2) is None
    assert calibrate([Counts(people=0, counted=0)] * 2) is None


def after_two_counts(seed: int, people: int, total: int = 100_000) -> tuple[float, bool]:
    """By how much a calibrated total of so many people is off, and whether that is within its error."""
    rng = random.Random(seed)
    missed, double = rng.uniform(0.02, 0.12), rng.uniform(0.0, 0.04)

    def counted(of: int) -> int:
        return sum(0 if (chance := rng.random()) < missed else 1 + (chance > 1 - double) for _ in range(of))

    found = calibrate([Counts(people=people, counted=counted(people)) for _ in range(2)])
    found_total, error = calibrated(counted(total), found) or (0, 0)
    return abs(found_total - total) / total, abs(found_total - total) <= error


@pytest.mark.cases_full
def test_the_error_of_a_calibrated_total_is_what_it_says() -> None:
    for people, typical in ((100, 0.025), (400, 0.0125)):
        off = [after_two_counts(seed, people) for seed in range(60)]
        assert sorted(each for each, _ in off)[30] < typical
        assert sum(within for _, within in off) >= 50


def test_two_counts_of_fifteen_minutes_at_a_busy_door_bring_half_of_the_totals_within_one_and_a_half_per_cent() -> None:
    """A busy door: 100 people each way in 15 minutes. `pytest -s` prints what it is at others."""
    for people in (50, 100, 400):
        off = sorted(each for each, _ in (after_two_counts(seed, people, 5_000) for seed in range(60)))
        print(f"\n{people} a count: half within {off[30]:.1%}, nine in ten within {off[53]:.1%}")  # noqa: T201
        assert off[30] < {50: 0.03, 100: 0.018, 400: 0.0125}[people]


@given(st.lists(st.tuples(st.integers(0, 500), st.integers(0, 500)), max_size=6), st.integers(0, 10**6))
def test_no_counts_make_a_total_negative_or_more_than_double(counts: list[tuple[int, int]], total: int) -> None:
    found = calibrated(total, calibrate([Counts(people=a, counted=b) for a, b in counts]))
    assert found is None or (total // 2 - 1 <= found[0] <= 2 * total and found[1] >= 0)
