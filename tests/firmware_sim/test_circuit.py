"""Nobody is locked in: on the lock itself, whatever the agent, the mains and the wires do."""

from itertools import product

import msgspec
import pytest

from firmware_sim.circuit import Circuit, LockKind

_TWO = (False, True)
EVERY = [
    Circuit(kind=kind, relay=relay, mains=mains, break_glass=glass, fire=fire, exit_pressed=pressed)
    for kind in LockKind
    for relay, mains, glass, fire, pressed in product(_TWO, _TWO, _TWO, _TWO, _TWO)
]


@pytest.mark.parametrize("circuit", EVERY, ids=str)
def test_whoever_is_inside_gets_out_in_every_state(circuit: Circuit) -> None:
    assert circuit.opens_from_inside


@pytest.mark.parametrize("kind", LockKind)
def test_a_dead_agent_leaves_the_door_locked_from_outside(kind: LockKind) -> None:
    assert not Circuit(kind=kind, relay=False).released


@pytest.mark.parametrize("kind", LockKind)
def test_the_relay_releases_the_door(kind: LockKind) -> None:
    assert Circuit(kind=kind, relay=True).released


def test_without_mains_a_strike_stays_locked_and_a_magnet_lets_go() -> None:
    assert not Circuit(kind=LockKind.STRIKE, mains=False, relay=True).released
    assert Circuit(kind=LockKind.MAGLOCK, mains=False).released


@pytest.mark.parametrize("cut", ["break_glass", "fire"])
def test_fire_and_broken_glass_cut_the_magnet_in_hardware(cut: str) -> None:
    assert msgspec.structs.replace(Circuit(kind=LockKind.MAGLOCK), **{cut: True}).released
