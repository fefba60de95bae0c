"""How near the live figure of people comes on simulated weeks that chose nothing, and what a step of it costs."""

import time
from pathlib import Path

import numpy as np
import pytest

from controller.occupancy.doors import WEIGHTS, DoorRates
from controller.occupancy.filter import OccupancyFilter, usual
from firmware_sim.occupancy_score import replayed, scores
from firmware_sim.sensed_weeks import SCENARIOS, sensed_weeks

STEPS = 2000


@pytest.mark.bench
@pytest.mark.parametrize("scenario", SCENARIOS)
def test_twenty_seeds_of_two_weeks(tmp_path: Path, scenario: str) -> None:
    kept: dict[str, list[tuple[float, ...]]] = {}
    for seed in range(20):
        weeks = sensed_weeks(SCENARIOS[scenario], f"kept-{seed}", 2)
        for when, base, found in scores(weeks, replayed(weeks, tmp_path)):
            row = (base.error, found.error, found.covered, found.width, found.interval, base.interval)
            kept.setdefault(when, []).append(row)
    for when, rows in kept.items():
        base, error, covered, width, interval, base_interval = np.mean(rows, axis=0)
        print(
            f"\n{scenario}, {when}: in minus out {base:.2f}, error {error:.2f} ({1 - error / base:.0%} less), "
            f"covered {covered:.0%}, width {width:.1f}, interval {interval:.0f} (by in minus out {base_interval:.0f})"
        )
        assert error < base
        assert interval < base_interval


def test_a_step_of_the_filter() -> None:
    doors, believed = DoorRates(np.array([1.0, -1.0])), OccupancyFilter(usual(60), None, WEIGHTS)
    counts, logs = np.array([1.0, 0.0]), -0.01 * (np.arange(61.0) - 10) ** 2
    began = time.process_time()
    for _ in range(STEPS):
        believed.pass_time(60)
        believed.cross(doors.change(counts))
        believed.see(logs)
    each = (time.process_time() - began) / STEPS * 1e6
    print(f"\na step with somebody passing a door, 0 to 60 people: {each:.0f} µs (at most 50)")
    assert believed.belief.sum() == pytest.approx(1)
