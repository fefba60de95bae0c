"""What every set of pins keeps: gpiozero's own mock and the simulator's factory."""

import re
from collections.abc import Iterator
from itertools import product
from pathlib import Path
from typing import Any

import msgspec
import pytest
from gpiozero.pins.mock import MockFactory

from edge.config_checks import door_trouble
from edge.doors.config import DoorConfig
from edge.errors import PinError
from edge.system.pins import GpioPins, Relay
from firmware_sim.simulated_pins import SimFactory


class Bench:
    """Pins, and the other end of their wires."""

    def __init__(self, factory: Any) -> None:
        self.factory = factory
        self.pins = GpioPins(factory)
        self._tick = 100.0

    def drive(self, pin: int, level: bool) -> None:
        """Put a level on the wire of an input."""
        self._tick += 0.001
        if isinstance(self.factory, SimFactory):
            self.factory.drive(pin, level, self._tick)
        elif level:
            self.factory.pin(pin).drive_high()
        else:
            self.factory.pin(pin).drive_low()


@pytest.fixture(params=["mock", "simulated"])
def bench(request: pytest.FixtureRequest) -> Iterator[Bench]:
    made = Bench(MockFactory() if request.param == "mock" else SimFactory({}, lambda pin, level: None))
    yield made
    made.pins.close()
    made.factory.reset()


def silent(level: bool, tick: float) -> None:
    """Nobody listens."""


@pytest.mark.parametrize("pull_up", [True, False])
def test_an_input_reports_its_level_from_the_start(bench: Bench, pull_up: bool) -> None:
    assert bench.pins.input(17, pull_up=pull_up, on_change=silent).level is pull_up


def test_every_change_is_reported_with_its_level_and_tick(bench: Bench) -> None:
    changes: list[tuple[bool, float]] = []
    held = bench.pins.input(17, pull_up=True, on_change=lambda level, tick: changes.append((level, tick)))
    for level in (False, True, False):
        bench.drive(17, level)
    assert [level for level, _ in changes] == [False, True, False]
    ticks = [tick for _, tick in changes]
    assert ticks == sorted(ticks)
    assert all(isinstance(tick, float) for tick in ticks)
    assert held.level is False


def test_a_burst_of_bounces_is_reported_in_full(bench: Bench) -> None:
    changes: list[bool] = []
    held = bench.pins.input(17, pull_up=True, on_change=lambda level, tick: changes.append(level))
    for _ in range(500):
        bench.drive(17, False)
        bench.drive(17, True)
    assert len(changes) == 1000
    assert held.level is True


def test_an_input_that_reports_only_falls_has_the_level_all_the_same(bench: Bench) -> None:
    changes: list[bool] = []
    held = bench.pins.input(17, pull_up=True, on_change=lambda level, tick: changes.append(level), falls_only=True)
    for level in (False, True, False, True):
        bench.drive(17, level)
    assert changes == [False, False]
    assert held.level is True


def test_an_input_is_heard_although_only_the_pins_are_held(bench: Bench) -> None:
    changes: list[bool] = []
    held = [bench.pins.input(pin, pull_up=True, on_change=lambda level, tick: changes.append(level)) for pin in (5, 6)]
    import gc

    gc.collect()
    bench.drive(5, False)
    bench.drive(6, False)
    assert changes == [False, False]
    assert len(held) == 2


@pytest.mark.parametrize("initial", [True, False])
def test_an_output_starts_at_its_level_and_follows(bench: Bench, initial: bool) -> None:
    output = bench.pins.output(22, initial=initial)
    assert output.level is initial
    output.set(not initial)
    assert output.level is not initial


def test_two_pins_do_not_share_their_listeners(bench: Bench) -> None:
    heard: list[str] = []
    held = [
        bench.pins.input(5, pull_up=True, on_change=lambda level, tick: heard.append("five")),
        bench.pins.input(6, pull_up=True, on_change=lambda level, tick: heard.append("six")),
    ]
    bench.drive(6, False)
    assert heard == ["six"]
    assert len(held) == 2


def test_a_pin_is_claimed_once(bench: Bench) -> None:
    bench.pins.output(22, initial=False)
    with pytest.raises(PinError, match="pin 22 is taken"):
        bench.pins.input(22, pull_up=True, on_change=silent)


def test_a_missing_pin_is_refused(bench: Bench) -> None:
    with pytest.raises(PinError, match="pin 99"):
        bench.pins.output(99, initial=False)


def test_closed_pins_become_inputs_and_may_be_closed_again(bench: Bench) -> None:
    bench.pins.output(22, initial=True)
    bench.pins.close()
    bench.pins.close()
    assert bench.factory.pin(22).function == "input"


def test_the_simulated_factory_reports_the_relay() -> None:
    driven: list[tuple[int, bool]] = []
    pins = GpioPins(SimFactory({}, lambda pin, level: driven.append((pin, level))))
    output = pins.output(22, initial=False)
    output.set(True)
    pins.close()
    assert driven == [(22, False), (22, True), (22, False)]


# The locks that docs/wiring.md shows

WIRING = (Path(__file__).parents[2] / "docs" / "wiring.md").read_text()
ROW = re.compile(r"^\| `(\w+)` \| `(\w+)` \| `(\w+)` \| (on|off) \| (on|off) \| ([a-z ]+) \|$", re.MULTILINE)
LOCKS = {row[:3]: row[3:] for row in ROW.findall(WIRING)}


def door(lock: str, fail: str, feed: str, *, active_high: bool = True) -> DoorConfig:
    relay = {"pin": 22, "active_high": active_high}
    made = {"id": "door", "lock": lock, "fail": fail, "feed": feed, "relay": relay, "rex": {"pin": 5}}
    return msgspec.convert(made, DoorConfig)


def test_the_page_shows_exactly_the_configurable_locks() -> None:
    every = product(("strike", "maglock"), ("secure", "safe"), ("open", "closed"))
    assert set(LOCKS) == {row for row in every if door_trouble(door(*row)) is None}


@pytest.mark.parametrize("active_high", [True, False])
@pytest.mark.parametrize("row", LOCKS, ids="-".join)
def test_a_relay_always_follows_the_documented_table(
    bench: Bench, row: tuple[str, str, str], active_high: bool
) -> None:
    locked, released, at_rest = LOCKS[row]
    config = door(*row, active_high=active_high)

    def on() -> bool:
        return bool(bench.factory.pin(22).state) is active_high

    relay = Relay(bench.pins, config.relay)
    assert not on()
    relay.set(config.energised(False))
    assert on() is (locked == "on")
    relay.set(config.energised(True))
    assert on() is (released == "on")
    assert relay.obeys
    relay.set(False)
    assert not on()
    bench.pins.close()
    assert bench.factory.pin(22).function == "input"
    assert config.released_at_rest is (at_rest == "open")
