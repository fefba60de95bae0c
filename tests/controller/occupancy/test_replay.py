"""How many people were there, replayed from recordings: near the truth, honest about error, blind to the future."""

from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
import pytest

from controller.occupancy.filter import doubted
from controller.occupancy.recording import mapping, read
from controller.occupancy.replay import Replay, Step
from tests.controller.occupancy.recordings import DAY, MONDAY, STEP, Numbers, people_of, room, sensed, write

COLUMNS = ["time=time", "co2=co2:ppm", "pir=pir", "devices=devices", "truth=people"]
CAPACITY = 20
LEARNED = MONDAY + timedelta(days=8)


def _replayed(path: Path, until: datetime | None = LEARNED, columns: list[str] = COLUMNS) -> list[Step]:
    return list(Replay(read(path, mapping(columns)), CAPACITY, until).steps())


def _after(steps: list[Step], people: Numbers) -> tuple[Numbers, Numbers, Numbers, Numbers]:
    """People, low, high and the truth, after what was learned."""
    first = 8 * DAY
    figures = np.array([(step.people, step.low, step.high) for step in steps[first:]], dtype=float)
    return figures[:, 0], figures[:, 1], figures[:, 2], people[first:]


@pytest.fixture(scope="module")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Numbers]:
    people = people_of(13, seed=1)
    return room(tmp_path_factory.mktemp("room") / "room.csv", people, sensed(people, seed=1)), people


@pytest.mark.cases_full
def test_people_are_told_from_what_was_learned_within_a_person_or_two(recorded: tuple[Path, Numbers]) -> None:
    path, people = recorded
    found, low, high, truth = _after(_replayed(path), people)
    assert np.abs(found - truth).mean() < 0.35 * truth.mean()
    inside = ((low <= truth) & (truth <= high))[truth > 0].mean()
    assert inside > 0.75


def test_without_a_truth_an_empty_room_is_told_from_an_occupied_one(recorded: tuple[Path, Numbers]) -> None:
    path, people = recorded
    steps = _replayed(path, until=None)
    occupied = np.array([step.occupied for step in steps[DAY:]])
    assert (occupied == (people[DAY:] > 0)).mean() > 0.9


@pytest.mark.cases_full
def test_what_comes_later_changes_nothing_that_was_said(recorded: tuple[Path, Numbers], tmp_path: Path) -> None:
    path, people = recorded
    rows = 10 * DAY
    other = np.concatenate([people[:rows], people_of(3, seed=9)])
    columns = sensed(people, seed=1)
    changed = {name: np.concatenate([values[:rows], values[rows:] * 3]) for name, values in columns.items()}
    later = room(tmp_path / "later.csv", other, changed)
    assert _replayed(later)[:rows] == _replayed(path)[:rows]


@pytest.mark.cases_full
def test_the_truth_after_learning_is_not_read(recorded: tuple[Path, Numbers], tmp_path: Path) -> None:
    path, people = recorded
    wrong = np.concatenate([people[: 8 * DAY], np.full(5 * DAY, 7.0)])
    assert _replayed(room(tmp_path / "wrong.csv", wrong, sensed(people, seed=1))) == _replayed(path)


@pytest.mark.cases_full
def test_the_truth_of_a_moment_says_nothing_of_this_moment(recorded: tuple[Path, Numbers], tmp_path: Path) -> None:
    path, people = recorded
    rows = 4 * DAY
    wrong = np.concatenate([people[: rows - 20], np.full(20, 19.0), people[rows:]])
    changed = room(tmp_path / "wrong.csv", wrong, sensed(people, seed=1))
    assert _replayed(changed)[: rows - 20] == _replayed(path)[: rows - 20]


@pytest.mark.cases_full
@pytest.mark.parametrize("until", [LEARNED, None], ids=["by the truth", "by the others"])
def test_a_sensor_whose_clock_is_hours_off_is_named_and_not_used(tmp_path: Path, until: datetime | None) -> None:
    people = people_of(13, seed=4)
    columns = sensed(people, seed=4)
    columns["co2"] = np.roll(columns["co2"], -8 * 6)
    run = Replay(read(room(tmp_path / "room.csv", people, columns), mapping(COLUMNS)), CAPACITY, until)
    steps = list(run.steps())
    assert set(run.off) == {"co2"}
    assert run.off["co2"] == pytest.approx(8, abs=1)
    assert "co2 is" in steps[-1].reason


@pytest.mark.cases_full
def test_no_sensor_is_called_off_where_all_agree(recorded: tuple[Path, Numbers]) -> None:
    path, _ = recorded
    run = Replay(read(path, mapping(COLUMNS)), CAPACITY, LEARNED)
    list(run.steps())
    assert run.off == {}


@pytest.mark.cases_full
def test_a_silent_sensor_is_named_and_makes_nothing_empty(recorded: tuple[Path, Numbers], tmp_path: Path) -> None:
    _, people = recorded
    columns = sensed(people, seed=1)
    columns["devices"][10 * DAY :] = np.nan
    steps = _replayed(room(tmp_path / "silent.csv", people, columns))
    assert "devices is silent" in steps[-1].reason
    found, *_, truth = _after(steps, people)
    assert np.abs(found - truth).mean() < 0.5 * truth.mean()


def test_door_counts_move_the_number_by_those_who_passed(tmp_path: Path) -> None:
    """Ten come at noon, four leave at one, six at two; nothing else is known."""
    zero = np.zeros(DAY)
    came, went, people = zero.copy(), zero.copy(), zero.copy()
    came[72], went[78], went[84] = 10, 4, 6
    people[72:78], people[78:84] = 10, 6
    path = room(tmp_path / "door.csv", people, {"in": came, "out": went})
    steps = _replayed(path, None, ["time=time", "in=in", "out=out", "truth=people"])
    assert [steps[index].people for index in (65, 73, 79, 85)] == pytest.approx([0, 10, 6, 0], abs=2)


def test_an_interval_doubts_what_sensors_repeat_and_keeps_the_likeliest_number() -> None:
    belief = np.array([0.9, 0.02, 0.06, 0.02])
    found = doubted(belief)
    assert found.sum() == pytest.approx(1)
    assert belief[0] > found[0] > 0.5
    assert np.argmax(found[1:]) == 1
    assert found[1] / found[2] > belief[1] / belief[2]


def test_a_row_without_any_value_says_so(tmp_path: Path) -> None:
    zero = np.zeros(4)
    path = room(tmp_path / "nothing.csv", zero, {"co2": np.full(4, np.nan)})
    steps = _replayed(path, None, ["time=time", "co2=co2"])
    assert steps[-1].reason == "co2 is silent"
    assert (steps[-1].low, steps[-1].high) != (steps[-1].people, steps[-1].people)


def test_before_anything_is_known_a_room_is_likelier_empty_than_full(tmp_path: Path) -> None:
    rows = "".join(f"2026-03-02T03:{minute:02}:00Z,430\n" for minute in range(0, 60, 10))
    path = tmp_path / "room.csv"
    path.write_text(f"time,co2\n{rows}")
    steps = list(Replay(read(path, mapping(["time=time", "co2=co2"])), 60).steps())
    assert {(step.people, step.occupied, step.low) for step in steps} == {(0, False, 0)}


def test_a_count_by_a_person_once_an_hour_is_enough_to_learn_from(tmp_path: Path) -> None:
    """Devices that are twice as many as usual, and three days of hourly counts."""
    people = people_of(5, seed=8)
    devices = np.round(1.2 * people) + 5
    hourly = [
        f"{number:g}" if index % 6 == 0 and 54 <= index % DAY < 126 else "" for index, number in enumerate(people)
    ]
    times = [(MONDAY + index * STEP).isoformat() for index in range(len(people))]
    path = write(tmp_path / "room.csv", ["time", "wifi", "truth"], zip(times, devices, hourly, strict=True))
    columns = ["time=time", "wifi=devices", "truth=people"]
    learned, first = (_replayed(path, until, columns) for until in (MONDAY + timedelta(days=3), None))
    there = np.flatnonzero(people[3 * DAY :] > 0) + 3 * DAY
    error, unlearned = (np.mean([abs(steps[row].people - people[row]) for row in there]) for steps in (learned, first))
    assert error < 0.6 * unlearned
    assert first[-1].reason.endswith("how many is a guess: devices a person are not learned")
    assert "guess" not in learned[-1].reason
