"""Columns of a recording that cannot be right: the others tell who is there as if these were not in the file."""

from pathlib import Path

import numpy as np
import pytest

from controller.occupancy.recording import mapping, read
from controller.occupancy.replay import Replay
from tests.controller.occupancy.recordings import DAY, Numbers, people_of, room, sensed

COLUMNS = ["time=time", "co2=co2:ppm", "pir=pir"]


@pytest.fixture(scope="module")
def week() -> Numbers:
    return people_of(6, seed=4)


def right(path: Path, people: Numbers, *more: str) -> float:
    """How often occupied or empty was right after the first day."""
    run = Replay(read(path, mapping([*COLUMNS, *more])), 20)
    steps = list(run.steps())
    assert "hum" not in run.off
    return float((np.array([step.occupied for step in steps]) == (people > 0))[DAY:].mean())


def test_a_light_and_a_sound_that_never_change_say_nothing(tmp_path: Path, week: Numbers) -> None:
    still = {"lamp": np.full(len(week), 300.0), "hum": np.full(len(week), 65.0), **sensed(week, seed=4)}
    path = room(tmp_path / "room.csv", week, still)
    assert right(path, week, "lamp=light", "hum=sound") == right(path, week)


def test_a_light_of_another_room_costs_less_than_it_would_if_it_were_believed(tmp_path: Path, week: Numbers) -> None:
    """It burns at night and while nobody is here."""
    other = np.where(np.arange(len(week)) % DAY < 54, 400.0, 0.0)
    path = room(tmp_path / "room.csv", week, {"lamp": other, **sensed(week, seed=4)})
    assert right(path, week, "lamp=light") > right(path, week) - 0.02
