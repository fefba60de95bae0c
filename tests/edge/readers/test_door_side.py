"""Readers of one side of a door, each with wires of its own: card here, PIN there."""

import asyncio
from datetime import timedelta

import msgspec
import pytest

from edge.config import Config
from edge.doors.lockout import READERS
from edge.readers.config import Side, WiegandConfig
from edge.wire.access_decision import Reason
from edge.wire.credentials import Method
from edge.wire.events import AccessData, LockoutData
from tests.edge.hall import D0, D1, DOOR, ZERO, Hall, config, grant, with_hall
from tests.edge.readers.test_presenting import CARD_BITS, PIN, member

CARDS, SECOND = (8, 7), (11, 13)
KEYPAD = WiegandConfig(id="keypad", door=DOOR, d0=D0, d1=D1)
CARD_READER = WiegandConfig(id="cards", door=DOOR, d0=CARDS[0], d1=CARDS[1], formats=("w26",))
OTHER_KEYPAD = WiegandConfig(id="other", door=DOOR, d0=SECOND[0], d1=SECOND[1])


def having(*readers: WiegandConfig) -> Config:
    return msgspec.structs.replace(config(), readers=readers)


async def send(hall: Hall, bits: str, wires: tuple[int, int]) -> None:
    for bit in bits:
        await hall.drive(wires[int(bit)], False)
        await asyncio.sleep(0.0001)
        await hall.drive(wires[int(bit)], True)
        await asyncio.sleep(0.002)
    await asyncio.sleep(0.3)


async def keys(hall: Hall, digits: str, wires: tuple[int, int] = (D0, D1)) -> None:
    for digit in digits:
        await send(hall, f"{int(digit):04b}", wires)


def told(hall: Hall) -> list[tuple[str | None, Method | None, Reason]]:
    return [(each.reader, each.method, each.reason) for each in hall.data(AccessData)]


def test_a_pin_typed_at_the_keypad_belongs_to_the_card_held_to_the_card_reader() -> None:
    async def act(hall: Hall) -> None:
        await hall.send_codes(1, member())
        for _ in range(READERS.first + 1):
            await send(hall, CARD_BITS, CARDS)
            await keys(hall, PIN)
            await asyncio.sleep(4)
            assert hall.unlocked()
            await asyncio.sleep(6)
        once = [("cards", Method.CARD, Reason.PIN_WANTED), ("keypad", Method.CARD_PIN, Reason.GRANTED)]
        assert told(hall) == once * (READERS.first + 1)
        assert hall.data(LockoutData) == []

    with_hall(act, config=having(KEYPAD, CARD_READER))


def test_the_keypad_is_a_keypad_again_once_the_card_has_its_pin_or_is_forgotten() -> None:
    async def act(hall: Hall) -> None:
        await hall.send_codes(1, member())
        await send(hall, CARD_BITS, CARDS)
        await keys(hall, PIN)
        await asyncio.sleep(10)
        await keys(hall, "640182", SECOND)
        await send(hall, CARD_BITS, CARDS)
        await asyncio.sleep(11)
        await keys(hall, "640182")
        assert told(hall)[2:] == [
            ("other", Method.CODE, Reason.UNKNOWN),
            ("cards", Method.CARD, Reason.PIN_WANTED),
            ("keypad", Method.CODE, Reason.UNKNOWN),
        ]

    with_hall(act, config=having(KEYPAD, CARD_READER, OTHER_KEYPAD))


@pytest.mark.parametrize("side", ["inside", "outside"])
def test_a_card_waits_for_its_pin_on_its_own_side_only(side: Side) -> None:
    async def act(hall: Hall) -> None:
        await hall.send_codes(1, member())
        await send(hall, CARD_BITS, CARDS)
        await keys(hall, PIN)
        await asyncio.sleep(4)
        assert hall.unlocked() is (side == "outside")

    with_hall(act, config=having(KEYPAD, msgspec.structs.replace(CARD_READER, side=side)))


def test_two_people_at_two_keypads_do_not_spoil_each_others_codes() -> None:
    async def act(hall: Hall) -> None:
        await hall.send_codes(1, grant("482913", ZERO, ZERO + timedelta(hours=1)))
        for one, other in zip("482913", "640182", strict=True):
            await keys(hall, one)
            await keys(hall, other, SECOND)
        assert told(hall) == [("keypad", Method.CODE, Reason.GRANTED), ("other", Method.CODE, Reason.UNKNOWN)]

    with_hall(act, config=having(KEYPAD, OTHER_KEYPAD))
