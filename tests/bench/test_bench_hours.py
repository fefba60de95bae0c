"""How long the hours of a county take to ask: 250 spaces over eight weeks, and one booking at a time."""

import time
from collections.abc import Callable
from datetime import timedelta

import pytest

from controller.hours.model import SpaceHours
from controller.hours.timetable import Timetable
from edge.wire.interval import Interval
from tests.controller.hours.books import SITE, closure, utc, windows
from tests.controller.hours.test_closures import many

EIGHT_WEEKS = Interval(start=utc("2026-11-25T00:00"), end=utc("2026-11-25T00:00") + timedelta(weeks=8))
EVENING = Interval(start=utc("2026-11-26T18:00"), end=utc("2026-11-26T20:00"))


def county(spaces: int, dates: int) -> Timetable:
    """One site that has it all: own hours in each space, and as many exceptions and closures as ``dates``."""
    plain = many(dates)
    own = {
        f"room-{each}": SpaceHours(
            name=f"Room {each}", atoms=frozenset({f"room-{each}"}), windows=windows("08:00", "22:00")
        )
        for each in range(spaces)
    }
    starts = [utc("2026-01-01T02:00") + timedelta(hours=12 * each) for each in range(dates)]
    shut = tuple(
        closure(f"{each:%Y-%m-%dT%H:%M}", f"{each:%Y-%m-%dT%H}:59", "clean", f"room-{number % spaces}")
        for number, each in enumerate(starts)
    )
    return Timetable(site=SITE, timetable=plain.timetable, closures=shut, spaces=own)


def took(ask: Callable[[], object], times: int) -> float:
    """Microseconds a time, the best of five rounds."""
    rounds = []
    for _ in range(5):
        began = time.perf_counter()
        for _ in range(times):
            ask()
        rounds.append((time.perf_counter() - began) / times * 1e6)
    return min(rounds)


@pytest.mark.parametrize(
    ("spaces", "dates", "times"), [(10, 20, 1), pytest.param(250, 2000, 50, marks=pytest.mark.bench)]
)
def test_what_hours_cost_to_ask(spaces: int, dates: int, times: int) -> None:
    hours = county(spaces, dates)
    began = time.perf_counter()
    closed = [hours.closed(EIGHT_WEEKS, space=space) for space in hours.spaces]
    first = (time.perf_counter() - began) * 1e3
    hours.modes(EIGHT_WEEKS)
    assert all(len(each) >= 57 for each in closed)
    again = took(lambda: [hours.closed(EIGHT_WEEKS, space=space) for space in hours.spaces], 1) / 1e3
    modes, one = (
        took(lambda: hours.modes(EVENING, space="room-0"), times),
        took(lambda: hours.closed(EVENING, space="room-0"), times),
    )
    print(
        f"\n{spaces} spaces x 8 weeks, {dates} exceptions, {dates} closures: closed times {first:.1f} ms the first "
        f"time, {again:.1f} ms after; of one booking modes {modes:.1f} us, closed {one:.1f} us"
    )
