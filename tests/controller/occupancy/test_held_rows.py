"""Rows and recordings of movement sensors do not count the time for which they hold their report."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from random import Random

import numpy as np
import pytest

from controller.occupancy.features import DAY, MINUTE
from controller.occupancy.held_movement import since_moved
from controller.occupancy.recording import NAN, Column, Floats
from controller.occupancy.site_rows import HeardEvent, SiteRows
from controller.telemetry.movement_holds import MovementHold
from edge.wire.events import EventData, MotionData, ReadingData
from edge.wire.readings import ReadingKind
from firmware_sim.sensed_movement import moved_room, reported

START = datetime(2026, 11, 25, tzinfo=UTC)
HOLDS = [MovementHold(since=START - timedelta(days=1), hold_s=600, spells=50)]
PIR = ("main", "pir")
Said = list[tuple[float, bool]]


def heard(said: Said, *, wired: bool) -> Iterator[HeardEvent]:
    """``said``: minutes since the start, and whether there is movement."""
    for seq, (minute, moves) in enumerate(said):
        at = START + timedelta(minutes=minute)
        data: EventData = MotionData(zone="hall", active=moves)
        if not wired:
            data = ReadingData(name="PIR", family="zigbee2mqtt", values={ReadingKind.PRESENCE: float(moves)})
        yield HeardEvent(at, at, PIR[0], "log", seq, PIR[1], data)


def rows(said: Said, holds: list[MovementHold], number: int = 8, *, wired: bool = True, seed: int = 0) -> list[float]:
    made, events = SiteRows(START), list(heard(said, wired=wired))
    Random(seed).shuffle(events)
    for each in events:
        made.add(each)
    found = made.moving(PIR, number, holds) if wired else made.rooms.columns(PIR, number, holds)["pir"]
    return [float(each) for each in found]


@pytest.mark.parametrize("wired", [True, False])
def test_movement_ends_a_hold_before_its_report_does_and_in_whatever_order_it_comes(wired: bool) -> None:
    said: Said = [(1, True), (17, False)]
    for seed in range(3):
        assert rows(said, [], wired=wired, seed=seed) == [1, 1, 1, 0, 0, 0, 0, 0]
        assert rows(said, HOLDS, wired=wired, seed=seed) == [1, 1, 0, 0, 0, 0, 0, 0]


def test_a_row_in_which_somebody_moved_and_the_report_ended_has_movement() -> None:
    short = [MovementHold(since=START - timedelta(days=1), hold_s=30, spells=50)]
    assert rows([(1, True), (9, False)], []) == [1, 0, 0, 0, 0, 0, 0, 0]
    assert rows([(1, True), (9, False)], short) == [1, 1, 0, 0, 0, 0, 0, 0]


def test_movement_that_is_still_reported_or_said_again_is_movement() -> None:
    said: Said = [(1, True), (6, True), (12, True)]
    assert rows(said, HOLDS, 4, wired=False) == [1, 1, 1, 1]
    assert rows([*said, (13, False), (26, True), (38, False)], HOLDS, wired=False) == [1, 0, 0, 0, 0, 1, 0, 0]


def test_a_hold_counts_from_when_it_was_learned() -> None:
    later = [MovementHold(since=START + timedelta(minutes=15), hold_s=600, spells=50)]
    said: Said = [(1, True), (12, False), (21, True), (33, False)]
    assert rows(said, later) == [1, 1, 0, 0, 1, 0, 0, 0]


def recorded(hold_s: float, step: float = 30.0) -> tuple[Floats, Floats, list[float]]:
    """Ten days of a sensor, one row each ``step`` seconds, and when somebody moved."""
    moved = moved_room(Random("recorded"), 10, still_s=400).moved
    changes = reported(Random("recorded"), moved, hold_s)
    seconds = np.arange(0.0, 10 * DAY, step)
    place = np.searchsorted([at for at, _ in changes], seconds, side="right") - 1
    return seconds, np.array([float(changes[each][1]) for each in place]), moved


def since_truly(seconds: Floats, moved: list[float]) -> Floats:
    ordered = np.array([-np.inf, *moved])
    found: Floats = seconds - ordered[np.searchsorted(ordered, seconds, side="right") - 1]
    return found


def test_in_a_recording_the_last_movement_is_known_by_what_the_days_before_taught() -> None:
    seconds, values, moved = recorded(600)
    found, truth = since_moved(seconds, Column("pir", "pir", values)), since_truly(seconds, moved)
    over = (values == 0) & (seconds > 7 * DAY) & (truth < 30 * MINUTE)
    assert np.abs(found[over] - truth[over]).mean() < 90
    early = (values == 0) & (seconds < DAY) & (truth < 30 * MINUTE)
    assert np.abs(found[early] - truth[early]).mean() == pytest.approx(600, abs=60)


def test_a_recording_is_learned_from_the_past_only_and_gaps_are_no_stillness() -> None:
    seconds, values, _ = recorded(600)
    values[(seconds > 3 * DAY) & (seconds < 3.2 * DAY)] = NAN
    whole = since_moved(seconds, Column("pir", "pir", values))
    half = len(seconds) // 2
    changed = np.where(seconds < seconds[half], values, 1 - values)
    assert np.array_equal(since_moved(seconds, Column("pir", "pir", changed))[:half], whole[:half])


def test_a_sensor_that_holds_no_longer_than_a_row_lasts_is_read_as_it_is() -> None:
    random = np.random.default_rng(1)
    seconds = np.arange(0.0, 5 * DAY, MINUTE)
    values = (random.random(len(seconds)) < 0.05).astype(float)
    last = np.maximum.accumulate(np.where(values > 0, seconds, -np.inf))
    assert np.array_equal(since_moved(seconds, Column("pir", "pir", values)), seconds - last)
    assert np.isinf(since_moved(seconds[:3], Column("pir", "pir", np.zeros(3)))).all()
