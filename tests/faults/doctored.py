"""What is stored, or what is true, bent after a trial that ended well: each of the four checks must find its own."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from firmware_sim.ground_truth import DoorMark, TrueCrossing, Way
from tests.faults.ledger import CODE_DOOR, SITE, Stored
from tests.faults.trial import Trial


def each_check_can_fail(trial: Trial, stored: list[Stored]) -> None:
    """Fails unless every lie is found by the check that is there for it. ``stored``: what ``ends_well`` gave."""
    checks: dict[str, Callable[[list[Stored]], None]] = {
        "lost": trial._nothing_lost,
        "twice": lambda doctored: trial._nothing_twice(doctored, 1),
        "in": trial._nobody_in,
        "locked in": lambda _: trial._nobody_locked_in(),
    }
    for check, doctored in _stories(stored):
        with pytest.raises(AssertionError):
            checks[check](doctored)
    for check, lie in (("in", _relay_driven), ("locked in", _locked_in), ("locked in", _stays)):
        with contextmanager(lie)(trial), pytest.raises(AssertionError):
            checks[check](stored)
    trial.holds(stored)


def _stories(stored: list[Stored]) -> list[tuple[str, list[Stored]]]:
    """What might be stored instead, and the check that must find it."""

    def last(kind: str, of: Callable[[dict[str, Any]], bool] = lambda _: True) -> int:
        return max(place for place, event in enumerate(stored) if event["kind"] == kind and of(event["data"]))

    def changed(place: int, **changes: object) -> list[Stored]:
        event = stored[place]
        return [*stored[:place], {**event, "data": {**event["data"], **changes}}, *stored[place + 1 :]]

    crossing = stored[last("footfall")]
    again = {**crossing, "seq": max(event["seq"] for event in stored) + 1, "at": "2026-03-24T10:59:00+00:00"}
    return [
        ("lost", [event for event in stored if event is not crossing]),
        ("lost", [*stored, crossing]),
        ("twice", [*stored, again]),
        ("twice", [*stored, {**crossing, "log": "another", "seq": 1, "at": again["at"]}]),
        ("in", changed(last("access", lambda data: not data["granted"]), granted=True)),
        ("in", changed(last("access", lambda data: bool(data["granted"])), granted=False)),
        ("in", changed(last("door", lambda data: data["why"] == "grant"), why="schedule")),
    ]


def _relay_driven(trial: Trial) -> Iterator[None]:
    truth = trial.hub.world.truth
    truth.doors.append(DoorMark(site=SITE, door=CODE_DOOR, what="driven", at=trial.hub.world.now))
    yield
    truth.doors.pop()


def _locked_in(trial: Trial) -> Iterator[None]:
    truth, now = trial.hub.world.truth, trial.hub.world.now
    truth.locked_in.append(TrueCrossing(who="you", site=SITE, door=CODE_DOOR, way=Way.OUT, started=now, ended=now))
    yield
    truth.locked_in.clear()


def _stays(trial: Trial) -> Iterator[None]:
    trial.site.entered("library", "you", devices=0)
    yield
    trial.site.left("library", "you")
