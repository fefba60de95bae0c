"""Lock-out at the readers of a real agent, in virtual time."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

import msgspec
import pytest

from edge.config import Config
from edge.doors.buzzer_and_lights import PATTERNS, DoorSignal
from edge.doors.lockout import CARDS, READERS
from edge.doors.lockout_service import FILE
from edge.readers.config import WiegandConfig
from edge.system.pinout import OutputPin
from edge.wire.access_decision import NEAR, Reason
from edge.wire.credentials import CredentialKind, Method, code_key, pin_key
from edge.wire.events import AccessData, LockoutData
from edge.wire.interval import Interval
from edge.wire.plan import DoorSpan, Grant
from tests.edge.disk import MemoryDisk
from tests.edge.hall import D0, D1, DOOR, SECRET, ZERO, run
from tests.edge.lobby import BUZZER, CODE, EVENING, KEY_HOLDER, LEVELS, RED, STAFF, Lobby, front, lobby, spans
from tests.virtual_time import VirtualClock

KEYPAD, OTHER = "front-keypad", "side-keypad"
OTHER_D0, OTHER_D1 = 13, 11
PIN, MEMBER, FOB = "7294", (118, 1603), (118, 77)
WINDOW = (Interval(start=EVENING[0], end=EVENING[1] + timedelta(days=2)),)


def card(number: tuple[int, int]) -> str:
    return f"w26:{number[0]}:{number[1]}"


def with_cards() -> tuple[Grant, ...]:
    """A member's card with its PIN, a key holder's fob, and codes of tomorrow evening and of next week."""
    member, holder, booking = (
        CredentialKind.MEMBER_CARD_PIN,
        CredentialKind.KEY_HOLDER,
        CredentialKind.BOOKING_CODE,
    )
    later = [
        Grant(
            door=DOOR,
            key=code_key(SECRET, booking, code),
            kind=booking,
            windows=(Interval(start=ZERO + start, end=ZERO + start + timedelta(hours=2)),),
        )
        for code, start in (("350174", NEAR - timedelta(minutes=1)), ("618245", NEAR + timedelta(hours=1)))
    ]
    pin = pin_key(SECRET, member, card(MEMBER), PIN)
    return (
        Grant(door=DOOR, key=code_key(SECRET, member, card(MEMBER)), pin_key=pin, kind=member, windows=WINDOW),
        Grant(door=DOOR, key=code_key(SECRET, holder, card(FOB)), kind=holder, windows=WINDOW),
        *later,
    )


def hall() -> Config:
    """One door with buzzer and lights, and two readers outside that take codes and cards."""
    base = lobby(front(buzzer=OutputPin(pin=BUZZER), red=OutputPin(pin=RED)), fire=False)
    first = msgspec.structs.replace(base.readers[0], formats=("keys4", "w26"))
    second = WiegandConfig(id=OTHER, door=DOOR, d0=OTHER_D0, d1=OTHER_D1, formats=("keys4", "w26"))
    return msgspec.structs.replace(base, readers=(first, second))


class Porch(Lobby):
    """Hands at both readers, and what came of it."""

    async def bits(self, bits: str, reader: str = KEYPAD) -> None:
        wires = (D0, D1) if reader == KEYPAD else (OTHER_D0, OTHER_D1)
        for bit in bits:
            await self.drive(wires[int(bit)], False)
            await asyncio.sleep(0.0001)
            await self.drive(wires[int(bit)], True)
            await asyncio.sleep(0.002)
        await asyncio.sleep(0.3)

    async def type(self, digits: str, reader: str = KEYPAD) -> Reason:
        """Type a code; the answer. While codes wait, unknown codes are reported later."""
        before, waits = len(self.data(AccessData)), self.state(DOOR).values["codes_wait_until"]
        for digit in digits:
            await self.bits(f"{int(digit):04b}", reader)
        return Reason.LOCKED_OUT if waits and len(self.data(AccessData)) == before else self.answer()

    async def swipe(self, number: tuple[int, int], reader: str = KEYPAD) -> Reason:
        """Hold a card to it: 26 bits, even parity over the first half and odd over the second."""
        data = f"{number[0]:08b}{number[1]:016b}"
        even, odd = data[:12].count("1") % 2, 1 - data[12:].count("1") % 2
        await self.bits(f"{even}{data}{odd}", reader)
        return self.answer()

    async def swipe_with(self, number: tuple[int, int], pin: str, reader: str = KEYPAD) -> Reason:
        """A card, and its PIN where it is asked for."""
        first = await self.swipe(number, reader)
        if first is not Reason.PIN_WANTED:
            return first
        await self.type(pin, reader)
        await asyncio.sleep(4)
        return self.answer()

    def answer(self) -> Reason:
        return self.data(AccessData)[-1].reason

    async def lock_out(self, reader: str = KEYPAD) -> datetime:
        """Guess until codes wait; until when."""
        for number in range(READERS.first):
            assert await self.type(f"70913{number}", reader) is Reason.UNKNOWN
        return self.data(LockoutData)[-1].until

    async def until_instant(self, moment: datetime) -> None:
        await asyncio.sleep((moment - self.clock.now()) / timedelta(seconds=1))


def play(act: Callable[[Porch], Awaitable[None]], *, disk: MemoryDisk | None = None, zero: datetime = ZERO) -> None:
    """Run ``act`` on a porch with a plan."""

    async def main(clock: VirtualClock) -> None:
        porch = Porch(clock, disk=disk, config=hall())
        porch.levels = LEVELS | {OTHER_D0: True, OTHER_D1: True}
        await porch.start()
        try:
            await porch.plan_for(more=with_cards())
            await act(porch)
        finally:
            await porch.close()

    run(main, zero=zero)


def test_a_guesser_is_locked_out_and_reported_once_per_step() -> None:
    async def act(porch: Porch) -> None:
        until = await porch.lock_out()
        assert [(data.reader, data.tries) for data in porch.data(LockoutData)] == [(KEYPAD, READERS.first)]
        for _ in range(3):
            assert await porch.type("709139") is Reason.LOCKED_OUT
        assert len(porch.data(LockoutData)) == 1
        await porch.until_instant(until)
        for _ in range(READERS.then):
            assert await porch.type("709139") is Reason.UNKNOWN
        assert await porch.type("709139") is Reason.LOCKED_OUT
        assert [data.tries for data in porch.data(LockoutData)] == [READERS.first, READERS.first + READERS.then]

    play(act)


@pytest.mark.parametrize("code", [CODE, STAFF, KEY_HOLDER])
def test_no_typed_code_opens_while_codes_wait_and_each_does_again_right_after(code: str) -> None:
    async def act(porch: Porch) -> None:
        until = await porch.lock_out()
        assert await porch.type(code) is Reason.LOCKED_OUT
        assert not porch.outer_open()
        await porch.until_instant(until - timedelta(seconds=0.9))
        assert len(porch.data(LockoutData)) == 1
        await porch.until_instant(until)
        assert await porch.type(code) is Reason.GRANTED
        assert porch.outer_open()

    play(act)


def test_the_owner_of_a_code_is_still_reported_so_that_a_duress_code_is_not_lost() -> None:
    async def act(porch: Porch) -> None:
        await porch.lock_out()
        await porch.type(CODE)
        assert porch.data(AccessData)[-1].credential is CredentialKind.BOOKING_CODE
        assert not porch.data(AccessData)[-1].granted

    play(act)


def refused(porch: Porch) -> list[tuple[Reason, int, CredentialKind | None]]:
    return [(each.reason, each.times, each.credential) for each in porch.data(AccessData) if not each.granted]


def test_codes_typed_repeatedly_during_a_wait_are_one_event_after_the_wait() -> None:
    async def act(porch: Porch) -> None:
        until = await porch.lock_out()
        before, began = len(porch.data(AccessData)), porch.clock.now()
        for _ in range(8):
            await porch.type("709139")
        assert len(porch.data(AccessData)) == before
        await porch.until_instant(until + timedelta(seconds=0.1))
        (told,) = porch.data(AccessData)[before:]
        assert (told.reason, told.times, told.reader) == (Reason.LOCKED_OUT, 8, KEYPAD)
        assert told.since is not None
        assert began <= told.since < began + timedelta(seconds=3)
        assert (told.credential, told.booking, told.method) == (None, None, Method.CODE)
        for _ in range(READERS.then):
            await porch.type("709139")
        await porch.type("709139")
        await asyncio.sleep(READERS.lasts_s(1) + 1)
        assert [times for reason, times, _ in refused(porch) if reason is Reason.LOCKED_OUT] == [8, 1]

    play(act)


def test_an_existing_code_is_reported_once_per_wait() -> None:
    async def act(porch: Porch) -> None:
        until = await porch.lock_out()
        for _ in range(3):
            await porch.type(CODE)
            await porch.type("709139")
        await porch.until_instant(until + timedelta(seconds=0.1))
        assert refused(porch)[READERS.first :] == [
            (Reason.LOCKED_OUT, 1, CredentialKind.BOOKING_CODE),
            (Reason.LOCKED_OUT, 5, None),
        ]

    play(act)


def test_entries_during_a_wait_are_reported_when_a_key_holder_comes_or_the_agent_stops() -> None:
    async def act(porch: Porch) -> None:
        await porch.lock_out()
        await porch.type("709139")
        await porch.swipe(FOB)
        assert refused(porch)[READERS.first :] == [(Reason.LOCKED_OUT, 1, None)]
        await porch.lock_out()
        await porch.type("709139")
        await porch.stop()
        assert refused(porch)[-1] == (Reason.LOCKED_OUT, 1, None)

    play(act)


def test_a_locked_out_card_presented_repeatedly_is_reported_in_few_events() -> None:
    async def act(porch: Porch) -> None:
        for number in range(CARDS.first):
            await porch.swipe_with(MEMBER, f"111{number}")
        before = len(porch.data(AccessData))
        for _ in range(40):
            await porch.swipe(MEMBER)
        await asyncio.sleep(READERS.longest_s + 1)
        assert [(each.reason, each.times) for each in porch.data(AccessData)[before:]] == [
            (Reason.LOCKED_OUT, 1),
            (Reason.LOCKED_OUT, 39),
        ]

    play(act)


def test_cards_and_the_other_reader_work_while_codes_wait() -> None:
    async def act(porch: Porch) -> None:
        await porch.lock_out()
        assert await porch.swipe_with(MEMBER, PIN) is Reason.GRANTED
        assert await porch.type(CODE, OTHER) is Reason.GRANTED
        assert await porch.type(CODE) is Reason.LOCKED_OUT

    play(act)


def test_a_key_holders_card_ends_it() -> None:
    async def act(porch: Porch) -> None:
        await porch.lock_out()
        assert await porch.swipe(FOB) is Reason.GRANTED
        last = porch.data(LockoutData)[-1]
        assert (last.ended, last.until <= porch.clock.now()) == (True, True)
        assert await porch.type(CODE) is Reason.GRANTED
        assert porch.state(DOOR).values["codes_wait_until"] is None

    play(act)


def test_a_code_holder_who_comes_hours_early_is_not_a_guesser() -> None:
    async def act(porch: Porch) -> None:
        for _ in range(2 * READERS.first):
            assert await porch.type("350174") is Reason.TOO_EARLY
        assert porch.data(LockoutData) == []

    play(act)


def test_a_code_for_another_day_is_answered_and_counted_like_an_unknown_code() -> None:
    async def act(porch: Porch) -> None:
        heard: list[list[bool]] = []
        for code in ("618245", "709131"):
            await porch.type(code)
            porch.outputs[BUZZER].clear()
            await asyncio.sleep(20)
            heard.append(list(porch.outputs[BUZZER]))
        assert heard[0] == heard[1]
        for _ in range(READERS.first - 2):
            await porch.type("618245")
        assert len(porch.data(LockoutData)) == 1

    play(act)


def test_a_garbled_entry_does_not_count_as_a_guess() -> None:
    async def act(porch: Porch) -> None:
        for _ in range(2 * READERS.first):
            for digit in "70":
                await porch.bits(f"{int(digit):04b}")
            await porch.bits(f"{11:04b}")
        assert porch.data(AccessData)[-1].reason is Reason.UNKNOWN
        assert porch.data(LockoutData) == []

    play(act)


def test_the_choir_gets_in_although_everybody_mistypes_first() -> None:
    async def act(porch: Porch) -> None:
        for _ in range(20):
            assert await porch.type("482931") is Reason.UNKNOWN
            assert await porch.type(CODE) is Reason.GRANTED
        assert porch.data(LockoutData) == []

    play(act)


def test_an_unlocked_door_locks_nobody_out() -> None:
    async def act(porch: Porch) -> None:
        await porch.plan_for(spans(DoorSpan(during=Interval(start=EVENING[0], end=EVENING[1]), free=True)))
        for _ in range(2 * READERS.first):
            assert await porch.type("709131") is Reason.FREE
        assert porch.data(LockoutData) == []

    play(act)


def test_a_stolen_card_cannot_be_guessed_at_any_reader_and_others_go_on() -> None:
    async def act(porch: Porch) -> None:
        for number in range(CARDS.first):
            reader = (KEYPAD, OTHER)[number % 2]
            assert await porch.swipe_with(MEMBER, f"111{number}", reader) is Reason.WRONG_PIN
        assert [(data.card, data.tries) for data in porch.data(LockoutData)] == [(True, CARDS.first)]
        assert await porch.swipe_with(MEMBER, PIN) is Reason.LOCKED_OUT
        assert await porch.swipe_with(MEMBER, PIN, OTHER) is Reason.LOCKED_OUT
        assert await porch.type(CODE) is Reason.GRANTED
        await porch.until_instant(porch.data(LockoutData)[-1].until)
        assert await porch.swipe_with(MEMBER, PIN) is Reason.GRANTED

    play(act)


# Signals


def test_a_lock_out_is_reported_at_once_and_a_beep_and_a_red_flash_continue_until_it_is_over() -> None:
    async def act(porch: Porch) -> None:
        def beeps() -> int:
            return sum(porch.outputs[BUZZER])

        until = await porch.lock_out()
        porch.outputs[BUZZER].clear()
        await porch.until_instant(until - timedelta(seconds=0.05))
        answer = sum(frame.beep for frame in PATTERNS[DoorSignal.LOCKED_OUT].frames)
        # The rest of the answer, then one beep every eight seconds.
        assert 2 <= beeps() <= answer + 4
        assert porch.state(DOOR).values["codes_wait_until"] == until.isoformat()
        await porch.until_instant(until + timedelta(seconds=0.2))
        porch.outputs[BUZZER].clear()
        porch.outputs[RED].clear()
        await asyncio.sleep(60)
        assert (beeps(), sum(porch.outputs[RED])) == (0, 0)
        assert porch.state(DOOR).values["codes_wait_until"] is None

    play(act)


# The disk


def test_a_power_cut_is_not_a_reset() -> None:
    disk = MemoryDisk()

    async def guess(porch: Porch) -> None:
        await porch.lock_out()
        await asyncio.sleep(0.1)
        disk.power_cut()
        # What the agent still writes on its way out is not on the disk of a Pi without power.
        disk.read_only = True

    async def again(porch: Porch) -> None:
        assert await porch.type(CODE) is Reason.LOCKED_OUT
        await asyncio.sleep(READERS.lasts_s(0))
        for _ in range(READERS.then):
            assert await porch.type("709131") is Reason.UNKNOWN
        assert await porch.type("709131") is Reason.LOCKED_OUT

    play(guess, disk=disk)
    disk.read_only = False
    play(again, disk=disk, zero=ZERO + timedelta(seconds=20))


def test_a_try_less_than_a_lock_out_is_kept_over_a_power_cut() -> None:
    disk = MemoryDisk()

    async def guess(porch: Porch) -> None:
        for number in range(READERS.first - 1):
            await porch.type(f"70913{number}")
        await asyncio.sleep(0.1)
        disk.power_cut()
        disk.read_only = True

    async def again(porch: Porch) -> None:
        await porch.type("709139")
        assert [data.reader for data in porch.data(LockoutData)] == [KEYPAD]

    play(guess, disk=disk)
    disk.read_only = False
    play(again, disk=disk, zero=ZERO + timedelta(seconds=20))


def test_the_file_has_no_codes_cards_or_pins() -> None:
    disk = MemoryDisk()

    async def act(porch: Porch) -> None:
        await porch.type("709131")
        await porch.swipe_with(MEMBER, "1113")
        await asyncio.sleep(0.1)
        kept = disk.read(FILE)
        assert kept is not None
        assert not any(text in kept for text in (b"709131", b"1113", b"1603", b"w26"))

    play(act, disk=disk)


def test_quiet_costs_no_writes_and_a_choir_few() -> None:
    class Counting(MemoryDisk):
        writes = 0

        def replace(self, name: str, data: bytes) -> None:
            self.writes += name == FILE
            super().replace(name, data)

    disk = Counting()

    async def act(porch: Porch) -> None:
        for _ in range(10):
            await porch.type(CODE)
            await asyncio.sleep(10)
        assert disk.writes == 0
        for _ in range(20):
            await porch.type("482931")
            await porch.type(CODE)
        assert disk.writes <= 40

    play(act, disk=disk)


def test_a_disk_that_refuses_the_write_is_a_fault_and_the_lock_out_applies() -> None:
    disk = MemoryDisk()

    async def act(porch: Porch) -> None:
        disk.refuse = True
        await porch.lock_out()
        await asyncio.sleep(0.5)
        assert ("state_not_kept:lock_outs", True) in porch.faults()
        assert await porch.type(CODE) is Reason.LOCKED_OUT
        disk.refuse = False
        await asyncio.sleep(6)
        assert ("state_not_kept:lock_outs", False) in porch.faults()

    play(act, disk=disk)


@pytest.mark.parametrize(
    "spoilt", [b"", b"{", b'{"salt": 1}', bytes(5_000_000)], ids=["empty", "torn", "wrong", "large"]
)
def test_a_corrupt_file_is_reported_and_locks_nobody_out(spoilt: bytes) -> None:
    disk = MemoryDisk()
    disk.replace(FILE, spoilt)

    async def act(porch: Porch) -> None:
        assert await porch.type(CODE) is Reason.GRANTED
        assert (f"file_damaged:{FILE}", True) in porch.faults()

    play(act, disk=disk)
