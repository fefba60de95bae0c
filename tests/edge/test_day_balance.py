"""Swapped beams show in the balance of a day; missed people and uncounted doors do not."""

import random
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.sensors.day_balance import LEAST, DayBalance, crossed, day_of, swapped

DAY = date(2026, 3, 2)


def a_day(seed: int, *, visits: int, missed_in: float = 0.0, missed_out: float = 0.0, flip: bool = False) -> DayBalance:
    """People who come all day and stay for half an hour, of whom a counter misses some."""
    rng, moments = random.Random(seed), []
    for _ in range(visits):
        at = rng.uniform(0, 8)
        moments += [(at, 1, missed_in), (at + rng.expovariate(2.0), -1, missed_out)]
    balance = DayBalance(day=DAY)
    for _, way, missed in sorted(moments):
        if rng.random() >= missed:
            inwards = (way > 0) is not flip
            balance = crossed(balance, ins=int(inwards), outs=int(not inwards))
    return balance


def share(flip: bool, **day: float) -> float:
    """In how many of a hundred days the beams are taken for swapped."""
    return sum(swapped(a_day(seed, flip=flip, **day)) is True for seed in range(100)) / 100  # type: ignore[arg-type]


@pytest.mark.parametrize("visits", [60, 300, 1000])
@pytest.mark.parametrize(("missed_in", "missed_out"), [(0.02, 0.02), (0.12, 0.02), (0.02, 0.12)])
def test_beams_that_are_right_are_never_taken_for_swapped(visits: int, missed_in: float, missed_out: float) -> None:
    assert share(False, visits=visits, missed_in=missed_in, missed_out=missed_out) == 0


def test_swapped_beams_are_found_every_day_at_a_busy_door_and_within_days_at_a_quiet_one() -> None:
    found = {visits: share(True, visits=visits, missed_in=0.05, missed_out=0.05) for visits in (60, 300, 1000)}
    assert found[60] >= 0.4
    assert min(found[300], found[1000]) == 1


def test_people_who_come_in_by_another_door_and_leave_by_this_prove_nothing() -> None:
    balance = DayBalance(day=DAY)
    for _ in range(500):
        balance = crossed(balance, ins=0, outs=1)
    assert swapped(balance) is None


def test_people_who_stay_past_the_end_of_a_day_prove_nothing() -> None:
    assert swapped(crossed(DayBalance(day=DAY), ins=200, outs=0)) is None
    assert swapped(crossed(DayBalance(day=DAY), ins=0, outs=200)) is None


@given(st.integers(0, LEAST - 1))
def test_few_people_prove_nothing(people: int) -> None:
    balance = crossed(DayBalance(day=DAY), ins=0, outs=people)
    assert swapped(crossed(balance, ins=people, outs=0)) is None


def test_a_day_begins_early_in_the_morning() -> None:
    assert day_of(datetime(2026, 3, 3, 3, 59, tzinfo=UTC)) == date(2026, 3, 2)
    assert day_of(datetime(2026, 3, 3, 4, 0, tzinfo=UTC)) == date(2026, 3, 3)
