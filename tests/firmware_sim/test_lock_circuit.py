"""Nobody is locked in: on the lock itself, for every state of agent, mains and wires."""

from itertools import product

import msgspec
import pytest

from firmware_sim.lock_circuit import Circuit
from tests.contract.test_pins import LOCKS, door

_TWO = (False, True)


def built(row: tuple[str, str, str]) -> Circuit:
    return msgspec.convert(dict(zip(("lock", "fail", "feed"), row, strict=True)), Circuit)


EVERY = [
    msgspec.structs.replace(
        built(row), relay=relay, stuck=stuck, mains=mains, break_glass=glass, fire=fire, exit_pressed=pressed
    )
    for row in LOCKS
    for relay, mains, glass, fire, pressed in product(_TWO, _TWO, _TWO, _TWO, _TWO)
    for stuck in (None, False, True)
]


@pytest.mark.parametrize("circuit", EVERY, ids=str)
def test_a_person_inside_gets_out_in_every_state(circuit: Circuit) -> None:
    assert circuit.opens_from_inside


@pytest.mark.parametrize("row", LOCKS, ids="-".join)
def test_without_the_agent_the_lock_is_as_the_wiring_page_documents(row: tuple[str, str, str]) -> None:
    assert built(row).released is (LOCKS[row][2] == "open")


@pytest.mark.parametrize("row", LOCKS, ids="-".join)
@pytest.mark.parametrize("wanted", [True, False])
def test_the_relay_drives_the_lock_as_the_edge_wants(row: tuple[str, str, str], wanted: bool) -> None:
    assert msgspec.structs.replace(built(row), relay=door(*row).energised(wanted)).released is wanted


def test_without_mains_a_fail_secure_strike_stays_locked_and_fail_safe_locks_release() -> None:
    dark = [circuit for circuit in EVERY if not circuit.mains]
    assert {circuit.fail for circuit in dark} == {"safe", "secure"}
    assert all(circuit.released is (circuit.fail == "safe") for circuit in dark)


@pytest.mark.parametrize("cut", ["break_glass", "fire", "exit_pressed"])
def test_fire_broken_glass_and_the_button_release_a_fail_safe_lock_in_hardware(cut: str) -> None:
    safe = [circuit for circuit in EVERY if circuit.fail == "safe"]
    assert safe
    assert all(msgspec.structs.replace(circuit, **{cut: True}).released for circuit in safe)


def test_the_button_feeds_a_fail_secure_strike_with_the_agent_dead() -> None:
    assert Circuit(relay=False, exit_pressed=True).released
