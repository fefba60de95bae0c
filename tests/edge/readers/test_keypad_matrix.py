"""A matrix on its pins, where the contract of all readers does not reach."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from edge.readers.keypad_matrix import STUCK_S
from edge.wire.credentials import Presented
from edge.wire.faults import FaultCode
from tests.contract.readers import CODE, ROWS, Matrix, World
from tests.edge.hall import run
from tests.virtual_time import VirtualClock


def with_matrix(act: Callable[[World, Matrix], Awaitable[None]]) -> None:
    async def main(clock: VirtualClock) -> None:
        bench = Matrix(3)
        world = World(clock, bench.config, bench.wired)
        bench.join(world)
        await world.open()
        try:
            await act(world, bench)
        finally:
            await world.close()

    run(main)


def test_nothing_is_driven_while_no_key_is_down() -> None:
    async def act(world: World, bench: Matrix) -> None:
        moves: list[int] = []
        world.driven = lambda pin, level: moves.append(pin)
        await asyncio.sleep(60)
        assert moves == []

    with_matrix(act)


@pytest.mark.cases_full
def test_a_key_held_down_is_a_fault_until_it_is_up() -> None:
    async def act(world: World, bench: Matrix) -> None:
        await bench.hold({(0, 0)}, STUCK_S - 1)
        assert world.faults() == []
        await bench.hold({(0, 0)}, 3)
        assert world.faults() == [(FaultCode.KEY_STUCK, True)]
        await bench.hold(set(), 3)
        assert world.faults()[1:] == [(FaultCode.KEY_STUCK, False)]
        await bench.offer()
        assert len(world.presented) == 1

    with_matrix(act)


def test_a_key_pressed_during_the_last_scan_is_not_lost() -> None:
    async def act(world: World, bench: Matrix) -> None:
        for key in CODE[:-1]:
            await bench.press(key)
        await bench.hold({(0, 0)}, 0.005)
        moved = world.driven

        moves: list[tuple[int, bool]] = []

        def last_row_is_done(pin: int, level: bool) -> None:
            moved(pin, level)
            moves.append((pin, level))
            if moves[-2:] == [(ROWS[-1], False), (ROWS[-1], True)] and not bench.down:
                bench.down = {(0, 2)}

        world.driven = last_row_is_done
        await bench.hold(set(), 0.2)
        world.driven = moved
        await bench.hold(set(), 0.2)
        assert world.presented == [Presented(digits=CODE)]

    with_matrix(act)
