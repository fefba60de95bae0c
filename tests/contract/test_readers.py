"""What every kind of reader keeps."""

import asyncio
import logging
import tempfile
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import get_args

import pytest
from hypothesis import HealthCheck, example, given, settings

from edge.doors.buzzer_and_lights import DoorSignal
from edge.readers.config import ReaderConfig
from edge.wire.codec import encode
from tests.contract.readers import BENCHES, CARD, CODE, NOISE, PASS, Bench, World
from tests.edge.hall import run
from tests.virtual_time import VirtualClock

Act = Callable[[World, Bench], Awaitable[None]]


def with_reader(make: Callable[[Path], Bench], act: Act) -> None:
    """Run ``act`` in virtual time on a reader that has started and works."""

    async def main(clock: VirtualClock) -> None:
        with tempfile.TemporaryDirectory() as folder:
            bench = make(Path(folder))
            world = World(clock, bench.config, bench.wired, open_line=bench.open_line)
            bench.join(world)
            await world.open()
            try:
                await act(world, bench)
            finally:
                await world.close()
                await bench.close()

    run(main)


@pytest.fixture(params=BENCHES)
def make(request: pytest.FixtureRequest) -> Callable[[Path], Bench]:
    return BENCHES[request.param]


def test_every_kind_of_reader_is_here() -> None:
    with tempfile.TemporaryDirectory() as folder:
        kinds = set()
        for number, make in enumerate(BENCHES.values()):
            (Path(folder) / str(number)).mkdir()
            kinds.add(type(make(Path(folder) / str(number)).config))
    assert kinds == set(get_args(ReaderConfig))


def test_an_offered_credential_is_presented_once(make: Callable[[Path], Bench]) -> None:
    async def act(world: World, bench: Bench) -> None:
        await bench.offer()
        await asyncio.sleep(1)
        assert world.presented == [bench.offers]
        await asyncio.sleep(11)
        await bench.offer()
        await asyncio.sleep(1)
        assert world.presented == [bench.offers] * 2
        assert world.faults() == []
        assert world.garbled() == 0

    with_reader(make, act)


def test_an_unplugged_reader_is_reported_and_works_again_when_it_is_back(
    make: Callable[[Path], Bench],
) -> None:
    async def act(world: World, bench: Bench) -> None:
        await bench.unplug()
        assert [present for _, present in world.faults()] == [True]
        await bench.replug()
        (fault, _), (repaired, present) = world.faults()
        assert (repaired, present) == (fault, False)
        await bench.offer()
        await asyncio.sleep(1)
        assert world.presented == [bench.offers]

    with_reader(make, act)


def test_an_entry_in_progress_is_forgotten_when_the_reader_is_unplugged(
    make: Callable[[Path], Bench],
) -> None:
    async def act(world: World, bench: Bench) -> None:
        await bench.begin()
        await bench.unplug()
        await bench.replug()
        await bench.offer()
        await asyncio.sleep(1)
        assert world.presented == [bench.offers]

    with_reader(make, act)


@pytest.mark.cases_full
@settings(max_examples=8, suppress_health_check=[HealthCheck.function_scoped_fixture])
@example(noise=bytes(range(256)))
@given(noise=NOISE)
def test_garbage_is_counted_and_neither_ends_the_reader_nor_lets_anybody_in(
    make: Callable[[Path], Bench], noise: bytes
) -> None:
    async def act(world: World, bench: Bench) -> None:
        await bench.garbage(noise)
        assert world.garbled() > 0 or noise != bytes(range(256))
        await asyncio.sleep(12)
        # Noise may be keys; a code, a card or a pass that the door knows it is not.
        assert bench.offers not in world.presented
        world.presented.clear()
        await bench.offer()
        await asyncio.sleep(1)
        assert world.presented == [bench.offers]

    with_reader(make, act)


def test_every_signal_is_received_at_once(make: Callable[[Path], Bench]) -> None:
    async def act(world: World, bench: Bench) -> None:
        for signal in DoorSignal:
            world.reader.signal(signal)
            await asyncio.sleep(0.5)
        world.reader.signal(DoorSignal.IDLE)
        await bench.offer()
        await asyncio.sleep(1)
        assert world.presented == [bench.offers]

    with_reader(make, act)


def test_log_events_and_state_never_have_the_presented_credential(
    make: Callable[[Path], Bench], caplog: pytest.LogCaptureFixture
) -> None:
    async def act(world: World, bench: Bench) -> None:
        await bench.offer()
        await bench.unplug()
        await bench.replug()
        await bench.offer()
        await asyncio.sleep(1)
        assert world.presented
        told = [caplog.text, repr(world.presented), str(dict(world.runtime.health)), str(world.reader.state())]
        told += [encode(event).decode("latin-1") for event in world.events]
        for secret in (CODE, CARD, PASS, "1603", CODE[:4]):
            assert secret not in "\n".join(told)

    caplog.set_level(logging.DEBUG)
    with_reader(make, act)


def test_a_closed_reader_presents_nothing_more(make: Callable[[Path], Bench]) -> None:
    async def act(world: World, bench: Bench) -> None:
        world.reader.close()
        world.reader.close()
        await bench.offer()
        await asyncio.sleep(12)
        assert world.presented == []

    with_reader(make, act)


def test_a_reader_reports_its_place_and_kind(make: Callable[[Path], Bench]) -> None:
    async def act(world: World, bench: Bench) -> None:
        values = world.reader.state().values
        assert (values["door"], values["side"]) == ("front-door", "outside")
        assert values["kind"] == bench.config.__struct_config__.tag

    with_reader(make, act)
