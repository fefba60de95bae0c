"""What WiFi and carbon dioxide say between the doors: learned in the morning, remembered in the afternoon."""

from collections import Counter
from datetime import timedelta

import numpy as np

from controller.occupancy.filter import Moments
from controller.occupancy.followers import Breathed, Served
from controller.occupancy.recording import Column, Floats, Recording
from controller.occupancy.replay import Replay
from tests.controller.occupancy.recordings import MONDAY

MINUTES = 1440
NUMBERS = np.arange(61.0)


def around(mean: float, spread: float) -> Floats:
    shape = np.exp(-0.5 * ((NUMBERS - mean) / spread) ** 2)
    found: Floats = shape / shape.sum()
    return found


def moments(belief: Floats) -> Moments:
    mean = float(belief @ NUMBERS)
    return Moments(mean, float(belief @ (NUMBERS - mean) ** 2))


def seen_for(rows: range, served: Served, was: Moments, belief: Floats) -> Moments:
    """Of what is believed after each minute of ``rows``."""
    for row in rows:
        logs = served.moved(row, 60.0, was, moments(belief), belief)
        assert logs is not None
        belief = belief * np.exp(logs - logs.max())
        belief = belief / belief.sum()
        was = moments(belief)
    return was


def test_devices_a_person_are_learned_while_the_number_is_known_and_say_it_when_it_is_not() -> None:
    """Three devices of nobody, then 1.2 a person: of 20 who are known, then of 30 who are not."""
    values = np.array([3.0] * 10 + [27.0] * 600 + [39.0] * 60)
    served = Served(Column("wifi", "devices", values), 60)
    served.learn_floor(np.arange(10) < 10)
    sure, unsure = around(20, 0.8), around(24, 6)
    for row in range(10, 610):
        served.moved(row, 60.0, moments(sure), moments(sure), sure)
    found = seen_for(range(610, 670), served, moments(sure), unsure)
    assert abs(found.mean - 29) < 1.5


def test_an_error_of_the_devices_a_person_does_not_average_out_over_a_day() -> None:
    """Before anything is learned of them, hours of the same devices leave the number as unsure as their ratio is."""
    served = Served(Column("wifi", "devices", np.concatenate([np.zeros(10), np.full(600, 18.0)])), 60)
    served.learn_floor(np.arange(10) < 10)
    anybody = np.full(61, 1 / 61)
    assert seen_for(range(10, 610), served, moments(anybody), anybody).variance ** 0.5 > 4


def building(days: int, *, stuck: int | None = None) -> tuple[Recording, Floats]:
    """Of one door that counts all who come, but of the first days other shares of those who leave than of the last;
    the air of the whole building; ``stuck``: the row from which its sensor sends the same."""
    random = np.random.default_rng(11)
    rows = days * MINUTES
    came, left = np.zeros(rows), np.zeros(rows)
    for day in range(days):
        comes = day * MINUTES + 540 + random.uniform(0, 480, 150)
        np.add.at(came, comes.astype(int), 1)
        np.add.at(left, (comes + 2 + random.exponential(45, 150)).astype(int).clip(max=day * MINUTES + 1140), 1)
    people = np.cumsum(came - left)
    level, levels = 420.0, np.empty(rows)
    for row in range(rows):
        level += (15 * people[row] - 1.5 * (level - 420)) / 60
        levels[row] = round(level + random.normal(0, 8))
    if stuck is not None:
        levels[stuck:] = levels[stuck]
    seen = random.binomial(left.astype(int), np.where(np.arange(rows) < (days - 1) * MINUTES, 0.97, 0.85)).astype(float)
    minutes = np.arange(rows) % MINUTES
    columns = [Column("in", "in", came), Column("out", "out", seen), Column("co2", "co2", levels)]
    columns.append(Column("alarm", "alarm", ((minutes < 530) | (minutes > 1150)).astype(float)))
    moments_ = [MONDAY + timedelta(minutes=row) for row in range(rows)]
    return Recording(np.array([one.timestamp() for one in moments_]), moments_, columns, Counter()), people


def last_day(recording: Recording, people: Floats) -> float:
    figures = np.array([step.mean for step in Replay(recording, 60).steps()])
    return float(np.abs(figures - people)[-MINUTES:][people[-MINUTES:] > 0].mean())


def test_carbon_dioxide_holds_the_number_when_a_door_begins_to_miss_people() -> None:
    recording, people = building(3)
    without = Recording(recording.seconds, recording.moments, recording.columns[:2] + recording.columns[3:], Counter())
    assert last_day(recording, people) < 0.4 * last_day(without, people)


def test_carbon_dioxide_that_stays_the_same_for_long_is_of_a_stuck_sensor_and_not_believed() -> None:
    stuck, people = building(3, stuck=2 * MINUTES + 660)
    without = Recording(stuck.seconds, stuck.moments, stuck.columns[:2] + stuck.columns[3:], Counter())
    assert last_day(stuck, people) < 1.1 * last_day(without, people)


def test_a_sensor_that_always_repeats_itself_is_not_stuck() -> None:
    seconds: Floats = np.arange(600) * np.float64(60.0)
    values = np.repeat(np.linspace(400, 800, 10), 60)
    breathed = Breathed(seconds, Column("co2", "co2", values), 60)
    breathed.learn(slice(0, 600), np.linspace(1, 30, 600), np.zeros(600), ended=False)
    assert breathed.says(599)
