"""From a reader's wires to the lock, through a whole agent: a code, a card, and a card that wants its PIN."""

import asyncio
from datetime import timedelta

import msgspec
import pytest

from edge.readers.config import WiegandConfig
from edge.wire.access_decision import Reason
from edge.wire.credentials import CredentialKind, Method, code_key, pin_key
from edge.wire.events import AccessData
from edge.wire.interval import Interval
from edge.wire.plan import Grant
from tests.edge.hall import D0, D1, DOOR, SECRET, ZERO, Hall, config, with_hall

CARD_BITS, CARD = "10111011000000110010000110", "w26:118:1603"
PIN = "4711"
CONFIG = msgspec.structs.replace(
    config(), readers=(WiegandConfig(id="front", door=DOOR, d0=D0, d1=D1, formats=("keys4", "w26")),)
)


def member(*, pin: bool = True) -> Grant:
    kind = CredentialKind.MEMBER_CARD_PIN
    return Grant(
        door=DOOR,
        key=code_key(SECRET, kind, CARD),
        pin_key=pin_key(SECRET, kind, CARD, PIN) if pin else None,
        kind=kind,
        windows=(Interval(start=ZERO, end=ZERO + timedelta(days=1)),),
        holder="0195d6a0-0000-7000-8000-000000000009",
    )


async def show_card(hall: Hall) -> None:
    for bit in CARD_BITS:
        pin = D1 if bit == "1" else D0
        await hall.drive(pin, False)
        await asyncio.sleep(0.0001)
        await hall.drive(pin, True)
        await asyncio.sleep(0.002)
    await asyncio.sleep(0.3)


@pytest.mark.parametrize(
    ("typed", "wait", "answers", "opens"),
    [
        (PIN + "#", 0.1, [(Method.CARD, Reason.PIN_WANTED), (Method.CARD_PIN, Reason.GRANTED)], True),
        (PIN, 3.5, [(Method.CARD, Reason.PIN_WANTED), (Method.CARD_PIN, Reason.GRANTED)], True),
        ("4712#", 0.1, [(Method.CARD, Reason.PIN_WANTED), (Method.CARD_PIN, Reason.WRONG_PIN)], False),
        ("", 12.0, [(Method.CARD, Reason.PIN_WANTED)], False),
    ],
    ids=["pin and hash", "pin alone", "wrong pin", "no pin"],
)
def test_a_member_comes_in_with_card_and_pin(
    typed: str, wait: float, answers: list[tuple[Method, Reason]], opens: bool
) -> None:
    async def act(hall: Hall) -> None:
        await hall.send_codes(1, member())
        await show_card(hall)
        assert not hall.unlocked()
        for key in typed:
            await hall.press(11 if key == "#" else int(key))
            await asyncio.sleep(0.3)
        await asyncio.sleep(wait)
        assert [(each.method, each.reason) for each in hall.data(AccessData)] == answers
        assert {each.reader for each in hall.data(AccessData)} == {"front"}
        assert hall.unlocked() is opens

    with_hall(act, config=CONFIG)


def test_digits_after_a_refused_card_are_a_code_again() -> None:
    async def act(hall: Hall) -> None:
        await hall.send_codes(1)
        await show_card(hall)
        await hall.enter("482913")
        assert [each.method for each in hall.data(AccessData)] == [Method.CARD, Method.CODE]

    with_hall(act, config=CONFIG)
