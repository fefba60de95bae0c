"""The bus of OSDP readers: several on one line, installing, lights, and an adaptor that is pulled out."""

import asyncio
import tempfile
from collections.abc import Awaitable, Callable
from pathlib import Path

import msgspec
import osdp

from edge.doors.buzzer_and_lights import DoorSignal
from edge.readers.config import OsdpConfig
from edge.wire.credentials import Presented
from edge.wire.faults import FaultCode
from tests.contract.readers import CARD, CARD_BITS, CODE, KEY, Osdp, Peripheral, World
from tests.edge.hall import run
from tests.virtual_time import VirtualClock

GREEN, RED, BLACK = osdp.CommandLEDColor.Green, osdp.CommandLEDColor.Red, osdp.CommandLEDColor.Black


def with_line(
    act: Callable[[World, Osdp], Awaitable[None]],
    *,
    secure: bool = True,
    install: bool = False,
    prepare: Callable[[World, Osdp], None] = lambda world, bench: None,
) -> None:
    async def main(clock: VirtualClock) -> None:
        with tempfile.TemporaryDirectory() as folder:
            bench = Osdp(Path(folder), secure=secure, install=install)
            world = World(clock, bench.config, bench.wired, open_line=bench.open_line)
            prepare(world, bench)
            bench.join(world)
            await world.open()
            try:
                await act(world, bench)
            finally:
                await world.close()
                await bench.close()

    run(main)


def _others(world: World, bench: Osdp) -> None:
    """A second reader on the line, at address 6."""
    config = bench.config
    assert isinstance(config, OsdpConfig)
    world.add(msgspec.structs.replace(config, id="back", address=6))
    bench.peripherals.append(Peripheral(6, say=bench.say, key=KEY, flags=(osdp.LibFlag.EnforceSecure,)))


def _lights(peripheral: Peripheral) -> list[int]:
    return [each["on_color"] for each in peripheral.commands if each["command"] == osdp.Command.LED]


def _beeps(peripheral: Peripheral) -> list[int]:
    sounds = [each for each in peripheral.commands if each["command"] == osdp.Command.Buzzer]
    return [each["on_count"] for each in sounds if each["control_code"] == 2]


def test_readers_on_one_line_are_distinguished_and_a_missing_one_leaves_the_other_working() -> None:
    async def act(world: World, bench: Osdp) -> None:
        assert world.faults() == []
        await bench.unplug()
        assert world.faults() == [(FaultCode.READER_SILENT, True)]
        bench.peripherals[1].press(CODE.encode())
        await asyncio.sleep(1)
        assert world.presented == [Presented(digits=CODE)]
        await bench.replug()
        await bench.offer()
        assert world.presented == [Presented(digits=CODE)] * 2

    with_line(act, prepare=_others)


def test_a_key_is_reported_within_a_tenth_of_a_second_while_another_reader_does_not_answer() -> None:
    async def act(world: World, bench: Osdp) -> None:
        await bench.unplug()
        waits = []
        for _ in range(20):
            world.presented.clear()
            bench.peripherals[1].press(CODE.encode())
            began = world.clock.monotonic()
            while not world.presented:  # noqa: ASYNC110  # virtual time
                await asyncio.sleep(0.001)
            waits.append(world.clock.monotonic() - began)
            await asyncio.sleep(0.137)
        # Once a second the one that is gone is given its time to answer.
        assert sorted(waits)[14] < 0.1
        assert max(waits) < 0.1 + 0.2

    with_line(act, prepare=_others)


def test_a_reader_shows_the_doors_answer_by_colour_and_beeps() -> None:
    async def act(world: World, bench: Osdp) -> None:
        for signal, colours, beeps in (
            (DoorSignal.GRANTED, {GREEN}, 1),
            (DoorSignal.REFUSED, {RED}, 3),
        ):
            bench.peripheral.commands.clear()
            world.reader.signal(signal)
            await asyncio.sleep(5)
            shown = _lights(bench.peripheral)
            assert set(shown) - {BLACK} == colours
            assert shown[-1] == BLACK
            assert len(_beeps(bench.peripheral)) == beeps

    with_line(act)


def test_a_new_reader_gets_its_key_and_reports_that_install_is_still_on() -> None:
    async def act(world: World, bench: Osdp) -> None:
        await bench.offer()
        assert world.presented == [bench.offers]
        assert world.reader.state().values["secure"] is True
        assert world.faults() == [(FaultCode.READER_INSTALL_MODE, True)]

    with_line(act, install=True)


def test_a_reader_with_a_wrong_key_is_a_fault_and_lets_nobody_in() -> None:
    def prepare(world: World, bench: Osdp) -> None:
        stranger = Peripheral(5, say=bench.say, key=bytes(16), flags=(osdp.LibFlag.EnforceSecure,))
        bench.peripheral = bench.peripherals[0] = stranger

    async def act(world: World, bench: Osdp) -> None:
        await bench.offer()
        await asyncio.sleep(5)
        assert world.presented == []
        assert world.faults() == [(FaultCode.READER_WRONG_KEY, True)]
        assert world.reader.state().values["there"] is False

    with_line(act, prepare=prepare)


def test_an_unplugged_adaptor_is_reported_and_works_again_when_it_is_back() -> None:
    async def act(world: World, bench: Osdp) -> None:
        await bench.pull()
        assert world.faults() == [(FaultCode.SERIAL_UNREADABLE, True)]
        await bench.put()
        assert world.faults()[1:] == [(FaultCode.SERIAL_UNREADABLE, False)]
        await bench.offer()
        assert world.presented == [bench.offers]

    with_line(act)


def test_a_file_that_is_not_a_serial_line_is_a_fault() -> None:
    def prepare(world: World, bench: Osdp) -> None:
        bench.link.unlink()
        bench.link.write_text("no line")

    async def act(world: World, bench: Osdp) -> None:
        assert world.faults() == [(FaultCode.SERIAL_UNREADABLE, True)]

    with_line(act, prepare=prepare)


def test_our_own_echo_is_not_an_answer() -> None:
    """Some adaptors hear what they send."""

    def prepare(world: World, bench: Osdp) -> None:
        class Echo(Peripheral):
            def hear(self, data: bytes) -> None:
                bench.say(data)
                super().hear(data)

        echo = Echo(5, say=bench.say, key=KEY, flags=(osdp.LibFlag.EnforceSecure,))
        bench.peripheral = bench.peripherals[0] = echo

    async def act(world: World, bench: Osdp) -> None:
        await bench.offer()
        bench.peripheral.card(CARD_BITS)
        await asyncio.sleep(1)
        assert world.presented == [bench.offers, Presented(card=CARD)]
        assert world.faults() == []

    with_line(act, prepare=prepare)


def test_a_late_answer_is_not_mistaken_for_the_next_one() -> None:
    def prepare(world: World, bench: Osdp) -> None:
        class Slow(Peripheral):
            late = False

            def write(self, data: bytes) -> int:
                if not self.late:
                    return super().write(data)
                asyncio.get_running_loop().call_later(0.21, bench.say, data)
                return len(data)

        slow = Slow(5, say=bench.say, key=KEY, flags=(osdp.LibFlag.EnforceSecure,))
        bench.peripheral = bench.peripherals[0] = slow

    async def act(world: World, bench: Osdp) -> None:
        bench.peripheral.late = True
        await asyncio.sleep(0.25)
        bench.peripheral.late = False
        await bench.offer()
        assert world.presented == [bench.offers]
        await asyncio.sleep(1)
        before = world.runtime.health["osdp_late"]
        assert before > 0
        await asyncio.sleep(10)
        assert world.runtime.health["osdp_late"] == before

    with_line(act, prepare=prepare)


def test_cards_are_read_by_their_number_if_so_configured() -> None:
    def prepare(world: World, bench: Osdp) -> None:
        config = bench.config
        assert isinstance(config, OsdpConfig)
        world.add(msgspec.structs.replace(config, id="back", address=6, uid=True))
        bench.peripherals.append(Peripheral(6, say=bench.say, key=KEY, flags=(osdp.LibFlag.EnforceSecure,)))

    async def act(world: World, bench: Osdp) -> None:
        bits = f"{0x04A1B2C3:032b}"
        for each in bench.peripherals:
            each.card(bits)
        await asyncio.sleep(1)
        assert world.presented == [Presented(card="uid:04A1B2C3")]
        assert world.runtime.health["reader_garbled"] == 1

    with_line(act, prepare=prepare)
