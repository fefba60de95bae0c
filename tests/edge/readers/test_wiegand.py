"""A Wiegand reader on its pins, where the contract of all readers does not reach."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from edge.readers.config import WiegandConfig
from edge.readers.wiegand_formats import Format
from edge.wire.credentials import Presented
from tests.contract.readers import CARD, CARD_BITS, CODE, D0, D1, World
from tests.edge.hall import run
from tests.virtual_time import VirtualClock


def with_reader(
    act: Callable[[World], Awaitable[None]], *formats: Format, wired: dict[int, bool] | None = None
) -> None:
    async def main(clock: VirtualClock) -> None:
        config = WiegandConfig(id="front", door="front-door", d0=D0, d1=D1, formats=formats or ("keys4",))
        world = World(clock, config, wired or {D0: True, D1: True})
        await world.open()
        try:
            await act(world)
        finally:
            await world.close()

    run(main)


def send(world: World, bits: str, *, at: float = 0.0) -> None:
    """All pulses at once, each with the tick it was due at, as from a machine that was busy."""
    start = world.clock.monotonic() + at
    for place, bit in enumerate(bits):
        pin = D1 if bit == "1" else D0
        world.factory.drive(pin, False, start + place * 0.002)
        world.factory.drive(pin, True, start + place * 0.002 + 0.00005)


def test_frames_are_separated_by_their_ticks_if_all_are_reported_late() -> None:
    async def act(world: World) -> None:
        for place, key in enumerate(CODE):
            send(world, f"{15 - int(key):04b}{int(key):04b}", at=-5 + place * 0.2)
        send(world, CARD_BITS, at=-3)
        await asyncio.sleep(3)
        assert world.presented == [Presented(digits=CODE), Presented(card=CARD)]
        assert world.garbled() == 0

    with_reader(act, "keys8", "w26")


def test_a_key_acts_at_its_last_bit_if_no_cards_are_read() -> None:
    async def act(world: World) -> None:
        for key in CODE[:-1]:
            send(world, f"{int(key):04b}")
            await asyncio.sleep(0.2)
        send(world, f"{int(CODE[-1]):04b}")
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        assert world.presented == [Presented(digits=CODE)]

    with_reader(act)


def test_a_key_with_its_last_bits_reported_late_is_one_key() -> None:
    async def act(world: World) -> None:
        for key in CODE:
            start, bits = world.clock.monotonic(), f"{int(key):04b}"
            for place, bit in enumerate(bits):
                pin = D1 if bit == "1" else D0
                world.factory.drive(pin, False, start + place * 0.002)
                world.factory.drive(pin, True, start + place * 0.002 + 0.00005)
                await asyncio.sleep(0.2)
        assert world.presented == [Presented(digits=CODE)]
        assert world.garbled() == 0

    with_reader(act)


@pytest.mark.parametrize("bits", [CARD_BITS[:-1], CARD_BITS + "0", "1" * 33, "0" * 26, "10101"])
def test_a_frame_with_a_missing_or_extra_bit_is_counted(bits: str) -> None:
    async def act(world: World) -> None:
        send(world, bits)
        await asyncio.sleep(1)
        assert world.presented == []
        assert world.runtime.health["reader_garbled"] == 1

    with_reader(act, "keys8", "w26", "w34")


@pytest.mark.parametrize(("pin", "name"), [(D0, "D0"), (D1, "D1")])
def test_a_wire_held_low_is_a_fault_until_it_is_high(pin: int, name: str) -> None:
    async def act(world: World) -> None:
        world.drive(pin, False)
        await asyncio.sleep(1)
        assert world.faults() == [(f"line_held_low:{name}", True)]
        world.drive(pin, True)
        await asyncio.sleep(1)
        assert world.faults()[1:] == [(f"line_held_low:{name}", False)]

    with_reader(act)


def test_a_pulse_in_progress_is_not_a_wire_held_low() -> None:
    """Somebody types on and on: whenever the wires are looked at, none of it is a fault."""

    async def act(world: World) -> None:
        for _ in range(400):
            world.drive(D0, False)
            await asyncio.sleep(0.0123)
            world.drive(D0, True)
            await asyncio.sleep(0.0017)
        await asyncio.sleep(1)
        assert world.faults() == []

    with_reader(act)


def test_a_wire_found_low_at_the_start_is_a_fault() -> None:
    async def act(world: World) -> None:
        assert world.faults() == [("line_held_low:D0", True)]

    with_reader(act, wired={D0: False, D1: True})
