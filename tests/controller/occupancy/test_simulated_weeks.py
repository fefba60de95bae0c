"""Simulated weeks in which doors miss and double: the live figure is nearer to the truth than in minus out."""

from pathlib import Path

import numpy as np
import pytest

from controller.occupancy.doors import HYPOTHESES, DoorRates
from firmware_sim.occupancy_score import in_minus_out, replayed, score, scores
from firmware_sim.sensed_rooms import sensed_rooms
from firmware_sim.sensed_weeks import MINUTES, SCENARIOS, sensed_weeks


@pytest.mark.cases_full
@pytest.mark.parametrize(("scenario", "seed"), [("hall", "test-1"), ("centre", "test-2"), ("faults", "test-3")])
def test_the_live_figure_beats_in_minus_out_and_its_interval_holds_the_truth(
    tmp_path: Path, scenario: str, seed: str
) -> None:
    weeks = sensed_weeks(SCENARIOS[scenario], seed)
    for when, base, found in scores(weeks, replayed(weeks, tmp_path)):
        assert found.minutes > 2000, when
        assert found.error < 0.85 * base.error
        assert found.interval < 0.5 * base.interval
        assert found.covered > 0.65


def test_a_seed_draws_the_same_weeks_and_another_seed_others() -> None:
    first, again, other = (sensed_weeks(SCENARIOS["hall"], seed) for seed in ("a", "a", "b"))
    assert first == again
    assert first.people != other.people


def test_who_is_in_a_room_is_in_the_building_and_some_bookings_have_nobody() -> None:
    weeks = sensed_weeks(SCENARIOS["hall"], "a")
    rooms, again = (sensed_rooms(weeks, "a") for _ in range(2))
    assert [each.people for each in rooms] == [each.people for each in again]
    in_rooms = np.sum([each.people for each in rooms], axis=0)
    assert (in_rooms <= np.array(weeks.people)).all()
    assert in_rooms.max() > 8
    came = [sum(room.people[each.starts : each.ends]) > 0 for room in rooms for each in room.bookings]
    assert True in came
    assert False in came


def test_doors_that_miss_more_on_the_way_out_leave_people_over_until_the_reset() -> None:
    weeks = sensed_weeks(SCENARIOS["hall"], "a")
    counted = {name: sum(values) for name, values in weeks.columns.items() if name.startswith("door")}
    left_over = counted["door1-in"] - counted["door1-out"]
    nightly = [in_minus_out(weeks)[day * MINUTES - 1][0] for day in range(1, 8)]
    assert left_over != 0
    assert max(nightly) > 0


def test_a_score_pays_twenty_for_each_person_by_which_the_interval_misses() -> None:
    found = score([(5.0, 4.0, 6.0), (5.0, 4.0, 6.0), (0.0, 0.0, 0.0)], [5, 8, 0], [True, True, False])
    assert (found.minutes, found.error, found.covered, found.width) == (2, 1.5, 0.5, 2.0)
    assert found.interval == pytest.approx(2 + 20 * 2 / 2)


def test_rates_are_learned_at_known_empty_moments_and_again_after_they_change() -> None:
    """Everybody is counted on the way in; on the way out 10 in 100 are missed, later none."""
    doors = DoorRates(np.array([1.0, -1.0]))
    left = [doors.correct(np.array([200.0, 180.0]), 1) for _ in range(10)]
    assert abs(left[-1]) < 0.2 * abs(left[0])
    after = [doors.correct(np.array([200.0, 200.0]), 1) for _ in range(6)]
    assert abs(after[-1]) < 0.3 * abs(after[0])


def test_a_change_through_the_doors_keeps_its_mean() -> None:
    doors = DoorRates(np.array([1.0, -1.0]))
    change = doors.change(np.array([12.0, 2.0]))
    numbers = np.arange(change.shape[1]) - change.shape[1] // 2
    middle = int(np.flatnonzero(HYPOTHESES == 0)[0])
    assert change.sum(axis=1) == pytest.approx(1)
    assert change[middle] @ numbers == pytest.approx(10 * 1.053, abs=0.01)
    assert (np.diff(change @ numbers) > 0).all()
