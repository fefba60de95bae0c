"""A machine that is too busy to look in time: what was read is put together by when it came, neither cut nor joined,
and what cannot be read leaves an event."""

import asyncio
import os
import tempfile
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from edge.doors.buzzer_and_lights import DoorSignal
from edge.readers.config import WiegandConfig
from edge.readers.credential_entry import PAUSE_S
from edge.readers.door_side import AT_ONCE, EVERY_S
from edge.readers.keyboard_events import typed
from edge.readers.keypad_matrix import LAYOUT
from edge.readers.wiegand_formats import Format
from edge.wire.access_decision import Reason
from edge.wire.credentials import Presented
from edge.wire.events import AccessData, LockoutData, UnreadData, UnreadWhat, UnreadWhy
from tests.contract.readers import CARD, CARD_BITS, CODE, COLUMNS, D0, D1, Bench, Matrix, Osdp, Usb, World
from tests.edge.hall import ZERO, Hall, run, with_hall
from tests.virtual_time import VirtualClock, VirtualLoop


def in_world(make: Callable[[Path], tuple[World, Bench | None]], act: Callable[[World], Awaitable[None]]) -> None:
    async def main(clock: VirtualClock) -> None:
        with tempfile.TemporaryDirectory() as folder:
            world, bench = make(Path(folder))
            if bench is not None:
                bench.join(world)
            await world.open()
            try:
                await act(world)
            finally:
                await world.close()
                if bench is not None:
                    await bench.close()

    run(main)


def wiegand(*formats: Format, act: Callable[[World], Awaitable[None]]) -> None:
    config = WiegandConfig(id="front", door="front-door", d0=D0, d1=D1, formats=formats)
    in_world(lambda folder: (World(VirtualClock(ZERO), config, {D0: True, D1: True}), None), act)


def stall(seconds: float) -> None:
    loop = asyncio.get_running_loop()
    assert isinstance(loop, VirtualLoop)
    loop.stall(seconds)


def bits(world: World, text: str, *, at: float) -> None:
    """The pulses of ``text`` from monotonic ``at`` on, all told now."""
    for place, bit in enumerate(text):
        pin = D1 if bit == "1" else D0
        world.factory.drive(pin, False, at + place * 0.002)
        world.factory.drive(pin, True, at + place * 0.002 + 0.00005)


def key(world: World, digit: str, *, at: float) -> None:
    bits(world, f"{int(digit):04b}", at=at)


def unread(world: World) -> list[tuple[UnreadWhy, UnreadWhat, int]]:
    read = [event.read() for event in world.events if event.kind == "unread"]
    return [(data.why, data.what, data.count) for data in read if isinstance(data, UnreadData)]


@pytest.mark.parametrize("told_first", [True, False], ids=["told before the timer", "told after it"])
def test_keys_typed_in_time_are_one_code_however_late_they_are_reported(told_first: bool) -> None:
    async def act(world: World) -> None:
        start = world.clock.monotonic()
        for place, digit in enumerate(CODE[:3]):
            key(world, digit, at=start + place * 0.01)
        await asyncio.sleep(0.5)
        stall(3 * PAUSE_S)
        if not told_first:
            await asyncio.sleep(0.01)
        for place, digit in enumerate(CODE[3:]):
            key(world, digit, at=start + 5 + place * 0.3)
        await asyncio.sleep(1)
        assert world.presented == [Presented(digits=CODE)]
        assert unread(world) == []

    wiegand("keys4", act=act)


def test_two_first_digits_reported_at_once_are_not_one_code() -> None:
    async def act(world: World) -> None:
        start = world.clock.monotonic()
        key(world, CODE[0], at=start)
        await asyncio.sleep(0.1)
        stall(3 * PAUSE_S)
        for place, digit in enumerate(CODE[1:3]):
            key(world, digit, at=start + 0.3 * (place + 1))
        for place, digit in enumerate(CODE[3:]):
            key(world, digit, at=start + PAUSE_S + 1 + 0.3 * place)
        await asyncio.sleep(PAUSE_S + 1)
        assert world.presented == []
        assert unread(world) == [(UnreadWhy.UNFINISHED, UnreadWhat.KEYS, 3)] * 2

    wiegand("keys4", act=act)


@pytest.mark.parametrize("seconds", [0.06, 0.2, 0.45])
def test_a_card_with_bits_reported_late_is_read_as_one_card(seconds: float) -> None:
    async def act(world: World) -> None:
        start = world.clock.monotonic()
        bits(world, CARD_BITS[:11], at=start)
        await asyncio.sleep(0)
        stall(seconds)
        await asyncio.sleep(0.01)
        bits(world, CARD_BITS[11:], at=start + 11 * 0.002)
        await asyncio.sleep(1)
        assert world.presented == [Presented(card=CARD)]
        assert unread(world) == []

    wiegand("keys8", "w26", act=act)


def test_a_pin_with_its_last_digits_reported_late_is_not_cut() -> None:
    async def act(world: World) -> None:
        start = world.clock.monotonic()
        bits(world, CARD_BITS, at=start)
        await asyncio.sleep(0.2)
        world.reader.signal(DoorSignal.PIN_WANTED)
        for digit in "4711":
            bits(world, f"{15 - int(digit):04b}{int(digit):04b}", at=world.clock.monotonic())
            await asyncio.sleep(0.2)
        typed_at = world.clock.monotonic()
        stall(8)
        await asyncio.sleep(0.01)
        for place, digit in enumerate("53"):
            bits(world, f"{15 - int(digit):04b}{int(digit):04b}", at=typed_at + place * 0.3)
        await asyncio.sleep(4)
        assert world.presented == [Presented(card=CARD), Presented(card=CARD, digits="471153")]

    wiegand("keys8", "w26", act=act)


@pytest.mark.parametrize(
    ("held_s", "stalled_s", "presented"), [(0.5, 0.3, CODE), (0.08, 0.075, CODE), (0.08, 0.3, "48?913")]
)
def test_a_matrix_key_is_read_if_a_scan_sees_it_and_reported_if_not(
    held_s: float, stalled_s: float, presented: str
) -> None:
    """The machine stops as the third key goes down."""

    async def act(world: World, bench: Matrix) -> None:
        await bench.press(CODE[:2])
        bench.down = {place_of(CODE[2])}
        bench.wires()
        stall(min(held_s, stalled_s))
        if held_s > stalled_s:
            await asyncio.sleep(held_s - stalled_s)
        bench.down = set()
        bench.wires()
        stall(max(0.0, stalled_s - held_s))
        await asyncio.sleep(0.12)
        await bench.press(CODE[3:])
        assert world.presented == [Presented(digits=presented)]

    at_matrix(act)


def at_matrix(act: Callable[[World, Matrix], Awaitable[None]]) -> None:
    """A matrix whose wires are told late where this machine stalls."""
    benches: list[Matrix] = []

    def make(folder: Path) -> tuple[World, Bench]:
        bench = Matrix(3)
        benches.append(bench)
        return World(VirtualClock(ZERO), bench.config, bench.wired), bench

    in_world(make, lambda world: act(world, benches[0]))


@pytest.mark.parametrize("held_s", [0.03, 0.08])
@pytest.mark.parametrize("key", ["1", "5", "8"], ids=["another column", "the same row", "the same key"])
def test_a_bouncing_matrix_key_is_not_lost_while_another_column_is_scanned(key: str, held_s: float) -> None:
    """The machine is suspended with 8 down. Before it resumes, 8 is released and ``key`` pressed and released."""

    async def act(world: World, bench: Matrix) -> None:
        await bench.press("4")
        await bench.hold({place_of("8")}, 0.05)
        stopped = world.clock.monotonic()
        stall(0.4)
        bench.down = set()
        changes = [("8", True, 0.05), (key, False, 0.15), (key, True, 0.15 + held_s)]
        for name, level, after_s in changes:
            world.factory.drive(COLUMNS[place_of(name)[1]], level, stopped + after_s)
        await asyncio.sleep(0.2)
        await bench.press("913")
        assert world.presented == [Presented(digits="48?913")]

    at_matrix(act)


@pytest.mark.parametrize("stalled_s", [0.015, 0.1, 0.4])
def test_a_matrix_key_held_while_the_machine_is_suspended_is_one_key(stalled_s: float) -> None:
    async def act(world: World, bench: Matrix) -> None:
        for digit in CODE:
            await bench.hold({place_of(digit)}, 0.05)
            stall(stalled_s)
            await asyncio.sleep(0.05)
            stall(stalled_s)
            await bench.hold(set(), 0.1)
        assert world.presented == [Presented(digits=CODE)]

    at_matrix(act)


def place_of(key: str) -> tuple[int, int]:
    """Row and column."""
    ((row, column),) = ((row, line.index(key)) for row, line in enumerate(LAYOUT) if key in line)
    return row, column


@pytest.mark.parametrize(("gap_s", "presented"), [(PAUSE_S - 1, [CODE]), (PAUSE_S + 1, [])])
def test_keys_on_usb_go_by_the_kernels_stamps(gap_s: float, presented: list[str]) -> None:
    async def act(world: World) -> None:
        start = world.clock.monotonic()
        os.write(ends[0], typed(CODE[0], start))
        await asyncio.sleep(0.1)
        stall(3 * PAUSE_S)
        for place, digit in enumerate(CODE[1:]):
            os.write(ends[0], typed(digit, start + gap_s + place * 0.1))
        await asyncio.sleep(PAUSE_S + 1)
        assert world.presented == [Presented(digits=digits) for digits in presented]
        assert len(unread(world)) == (0 if presented else 2)

    ends: list[int] = []

    def make(folder: Path) -> tuple[World, Bench]:
        bench = Usb(folder, scanner=False)
        ends.append(bench.end)
        return World(VirtualClock(ZERO), bench.config, bench.wired), bench

    in_world(make, act)


def test_an_answer_on_the_line_counts_however_late_this_machine_looks() -> None:
    async def act(world: World) -> None:
        peripheral = benches[0].peripheral
        said = peripheral.say

        def say(data: bytes) -> None:
            said(data)
            stall(0.5)

        peripheral.say = say
        for digit in CODE:
            peripheral.press(digit.encode())
            await asyncio.sleep(1)
        assert world.presented == [Presented(digits=CODE)]
        assert world.faults() == []
        assert world.runtime.health["osdp_late"] == 0

    benches: list[Osdp] = []

    def make(folder: Path) -> tuple[World, Bench]:
        bench = Osdp(folder, secure=True)
        benches.append(bench)
        return World(VirtualClock(ZERO), bench.config, bench.wired, open_line=bench.open_line), bench

    in_world(make, act)


def test_a_code_with_an_unreadable_key_is_refused_at_once_and_not_counted_as_a_wrong_try() -> None:
    async def act(hall: Hall) -> None:
        await hall.send_codes(1)
        for _ in range(6):
            for place, digit in enumerate(CODE):
                for bit in f"{int(digit):04b}"[: 3 if place == 2 else 4]:
                    pin = D1 if bit == "1" else D0
                    await hall.drive(pin, False)
                    await asyncio.sleep(0.0001)
                    await hall.drive(pin, True)
                    await asyncio.sleep(0.002)
                await asyncio.sleep(0.3)
        assert [each.reason for each in hall.data(AccessData)] == [Reason.UNREAD] * 6
        assert [(each.why, each.count) for each in hall.data(UnreadData)] == [(UnreadWhy.GARBLED, 3)] * 6
        assert hall.data(LockoutData) == []

    with_hall(act)


@pytest.mark.parametrize(
    ("keys", "after_s", "told"),
    [
        ("4829", PAUSE_S + 1, [(UnreadWhy.UNFINISHED, 4)]),
        ("48*", 1, [(UnreadWhy.CLEARED, 2)]),
        ("*", 1, []),
        ("", PAUSE_S + 1, []),
    ],
)
def test_an_unfinished_entry_is_reported(keys: str, after_s: float, told: list[tuple[UnreadWhy, int]]) -> None:
    async def act(hall: Hall) -> None:
        for pressed in keys:
            await hall.press(10 if pressed == "*" else int(pressed))
            await asyncio.sleep(0.3)
        await asyncio.sleep(after_s)
        assert [(each.why, each.count) for each in hall.data(UnreadData)] == told

    with_hall(act)


def test_noise_on_a_line_is_counted_and_spoils_no_code_after_it() -> None:
    async def act(world: World) -> None:
        for _ in range(100):
            bits(world, "10", at=world.clock.monotonic())
            await asyncio.sleep(0.7)
        await asyncio.sleep(EVERY_S)
        read = [event.read() for event in world.events if event.kind == "unread"]
        found = [data for data in read if isinstance(data, UnreadData) and data.why is UnreadWhy.GARBLED]
        assert sum(data.times for data in found) == 100
        assert len(found) <= 2 * (AT_ONCE + 1)
        world.presented.clear()
        for digit in CODE:
            key(world, digit, at=world.clock.monotonic())
            await asyncio.sleep(0.3)
        assert world.presented == [Presented(digits=CODE)]

    wiegand("keys4", act=act)
