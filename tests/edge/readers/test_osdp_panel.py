"""Our side of OSDP against LibOSDP's peripheral, and against an attacker on the line."""

import copy
import os
from typing import Any

import msgspec
import osdp
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from edge.readers.osdp_frame import BadFrame, Frame, Stream, crc16, pack, parse
from edge.readers.osdp_panel import (
    ACK,
    BUSY,
    BUSY_TRIES,
    BUZ,
    KEYPAD,
    LED,
    LSTATR,
    NAK,
    PDID,
    RAW,
    TRIES,
    Bits,
    FaultChange,
    Garbled,
    Online,
    Panel,
    PanelCounter,
    PanelEvent,
)
from edge.readers.osdp_secure import DEFAULT_KEY
from edge.readers.osdp_secure import SessionKeys as SessionKeys
from edge.readers.reading import Keys
from edge.wire.events import UnreadWhat
from edge.wire.faults import FaultCode
from tests.contract.readers import CARD_BITS, CODE, KEY, Peripheral

ADDRESS = 5
SECURE = (osdp.LibFlag.EnforceSecure,)
INSTALL = (osdp.LibFlag.InstallMode,)


class Near:
    """LibOSDP's peripheral without a line."""

    def __init__(self, *, key: bytes | None, flags: tuple[int, ...] = ()) -> None:
        self._said = b""
        self.device = Peripheral(ADDRESS, say=self._say, key=key, flags=flags)

    @property
    def commands(self) -> list[dict[str, Any]]:
        return self.device.commands

    def ask(self, command: bytes) -> Frame:
        self._said = b""
        self.device.hear(command)
        for _ in range(4):
            self.device.refresh()
        (frame,) = Stream().feed(self._said)
        return frame

    def _say(self, data: bytes) -> None:
        self._said += data


def panel(key: bytes | None = KEY, *, install: bool = False, crc: bool = True) -> Panel:
    return Panel(ADDRESS, key=key, install=install, crc=crc, random=os.urandom)


def talk(ours: Panel, theirs: Near, rounds: int = 1) -> list[PanelEvent]:
    events = []
    for _ in range(rounds):
        answered, more = ours.answer(theirs.ask(ours.command()))
        assert answered
        events += more
    return events


def online(key: bytes | None = KEY) -> tuple[Panel, Near]:
    ours = panel(key)
    theirs = Near(key=key, flags=SECURE if key is not None else ())
    talk(ours, theirs, 5)
    assert ours.online
    return ours, theirs


@pytest.mark.parametrize("crc", [True, False])
@pytest.mark.parametrize("key", [None, KEY])
def test_keys_and_cards_of_a_peripheral_that_is_not_ours_are_read(key: bytes | None, crc: bool) -> None:
    ours, theirs = panel(key, crc=crc), Near(key=key, flags=SECURE if key is not None else ())
    assert Online(made="vendor bebafe, model 1.1, firmware 173.222.173") in talk(ours, theirs, 5)
    assert (ours.online, ours.secure) == (True, key is not None)
    theirs.device.press(CODE.encode() + b"\x7f\x0d")
    assert talk(ours, theirs) == [Keys(keys=f"{CODE}*#")]
    theirs.device.card(CARD_BITS)
    assert talk(ours, theirs) == [Bits(bits=CARD_BITS)]
    assert talk(ours, theirs, 200) == []


def test_light_and_buzzer_of_a_peripheral_that_is_not_ours_do_as_they_are_told() -> None:
    ours, theirs = online()
    theirs.commands.clear()
    ours.order(LED, bytes([0, 0, 0, *bytes(6), 1, 255, 0, 1, 1]))
    ours.order(LED, bytes([0, 0, 0, *bytes(6), 1, 255, 0, 2, 2]))
    ours.order(BUZ, bytes([0, 2, 3, 0, 1]))
    assert talk(ours, theirs, 3) == []
    light, sound = theirs.commands
    assert (light["command"], light["on_color"], light["off_color"]) == (osdp.Command.LED, 2, 2)
    assert (sound["command"], sound["on_count"], sound["rep_count"]) == (osdp.Command.Buzzer, 3, 1)


def test_a_new_peripheral_gets_its_key_at_installation_and_nothing_before_counts() -> None:
    ours, theirs = panel(install=True), Near(key=None, flags=INSTALL)
    theirs.device.press(CODE.encode())
    events: list[PanelEvent] = []
    while not ours.online:
        events += talk(ours, theirs)
        assert not any(isinstance(each, Keys) for each in events)
    assert [each["data"] for each in theirs.commands if each["command"] == osdp.Command.Keyset] == [KEY]
    assert ours.secure
    again = panel()
    talk(again, theirs, 5)
    assert again.online


@pytest.mark.parametrize("theirs_key", [None, bytes(16)])
def test_a_peripheral_with_another_key_is_reported_and_not_believed(theirs_key: bytes | None) -> None:
    ours, theirs = panel(), Near(key=theirs_key, flags=INSTALL if theirs_key is None else SECURE)
    theirs.device.press(CODE.encode())
    events = talk(ours, theirs, 30)
    assert FaultChange(FaultCode.READER_WRONG_KEY, True) in events
    assert not ours.online
    assert {type(each) for each in events} == {FaultChange}


def test_a_peripheral_on_the_key_of_all_is_not_given_ours_unless_it_is_being_installed() -> None:
    ours, theirs = panel(), Near(key=None, flags=INSTALL)
    talk(ours, theirs, 30)
    assert [each for each in theirs.commands if each["command"] == osdp.Command.Keyset] == []


def test_a_peripheral_that_lost_its_channel_gets_a_new_one() -> None:
    ours, _ = online()
    theirs = Near(key=KEY, flags=SECURE)
    events = talk(ours, theirs, 8)
    assert Online(made="vendor bebafe, model 1.1, firmware 173.222.173") in events
    theirs.device.press(CODE.encode())
    assert talk(ours, theirs) == [Keys(keys=CODE)]


# Attackers on the line


def _reading(events: list[PanelEvent]) -> bool:
    return any(isinstance(each, Keys | Bits | Online) for each in events)


def _answers(ours: Panel, frame: Frame) -> list[PanelEvent]:
    return copy.deepcopy(ours).answer(frame)[1]


def test_no_single_wrong_bit_of_a_secured_reply_passes_even_with_a_corrected_check() -> None:
    ours, theirs = online()
    theirs.device.press(CODE.encode())
    data = pack(theirs.ask(ours.command()))
    assert _answers(ours, parse(data)) == [Keys(keys=CODE)]
    for place in range(8 * (len(data) - 2)):
        wrong = bytearray(data)
        wrong[place // 8] ^= 1 << place % 8
        for sent in (bytes(wrong), _with_check(bytes(wrong))):
            assert not _reading(_heard(ours, sent)), place


@pytest.mark.parametrize("key", [None, KEY])
def test_a_crc_turned_into_a_checksum_by_one_wrong_bit_is_refused_even_if_it_matches(key: bytes | None) -> None:
    ours, theirs = online(key)
    said = msgspec.structs.replace(theirs.ask(ours.command()), crc=False)
    assert parse(pack(said)) == said
    assert ours.answer(said) == (False, [PanelCounter("osdp_refused")])


def _heard(ours: Panel, data: bytes) -> list[PanelEvent]:
    try:
        return _answers(ours, parse(data))
    except BadFrame:
        return []


def _with_check(data: bytes) -> bytes:
    """As an attacker who can compute a CRC would send it."""
    return data[:-2] + crc16(data[:-2]).to_bytes(2, "little")


def test_a_secured_reply_counts_once() -> None:
    ours, theirs = online()
    theirs.device.press(CODE.encode())
    said = theirs.ask(ours.command())
    assert ours.answer(said) == (True, [Keys(keys=CODE)])
    for _ in range(9):
        command = ours.command()
        assert ours.answer(msgspec.structs.replace(said, sequence=parse(command).sequence)) == (
            False,
            [PanelCounter("osdp_refused")],
        )
        talk(ours, theirs)


@pytest.mark.parametrize("code", [RAW, KEYPAD, LSTATR, ACK])
def test_no_plain_reply_counts_once_the_channel_is_secured(code: int) -> None:
    ours, theirs = online()
    sequence = parse(ours.command()).sequence
    data = {RAW: b"\0\1\x1a\0\xbb\x03\x21\x80", KEYPAD: b"\0\x06482913", LSTATR: b"\0\0", ACK: b""}[code]
    plain = Frame(address=ADDRESS, sequence=sequence, code=code, data=data, reply=True)
    assert ours.answer(plain) == (False, [PanelCounter("osdp_refused")])
    assert ours.secure
    assert talk(ours, theirs) == []


def test_with_a_key_nothing_plain_ever_counts() -> None:
    """Neither before the channel nor in the middle of making it."""
    for rounds in range(4):
        ours, theirs = panel(), Near(key=KEY, flags=SECURE)
        talk(ours, theirs, rounds)
        sequence = parse(ours.command()).sequence
        for code, data in ((KEYPAD, b"\0\x06482913"), (RAW, b"\0\1\x1a\0\xbb\x03\x21\x80")):
            frame = Frame(address=ADDRESS, sequence=sequence, code=code, data=data, reply=True)
            assert not _reading(_answers(ours, frame))


@pytest.mark.parametrize("change", [{"address": 6}, {"reply": False}, {"sequence": 0}])
def test_an_answer_from_another_peripheral_or_to_another_command_is_ignored(change: dict[str, int | bool]) -> None:
    ours, theirs = online(None)
    theirs.device.press(CODE.encode())
    said = theirs.ask(ours.command())
    answered, events = ours.answer(msgspec.structs.replace(said, **change))
    assert not answered
    assert not _reading(events)


# A peripheral as the standard has it, in plain


def reply(ours: Panel, code: int, data: bytes = b"", *, sequence: int | None = None) -> list[PanelEvent]:
    asked = parse(ours.command())
    number = asked.sequence if sequence is None else sequence
    return ours.answer(Frame(address=ADDRESS, sequence=number, code=code, data=data, reply=True))[1]


def plain() -> Panel:
    ours = panel(None)
    reply(ours, PDID, bytes(12))
    reply(ours, LSTATR, b"\0\0")
    assert ours.online
    return ours


def test_sequence_numbers_begin_at_0_and_go_round_1_2_3() -> None:
    ours, numbers = panel(None), []
    for code, data in [(PDID, bytes(12)), *[(ACK, b"")] * 7]:
        numbers.append(parse(ours.command()).sequence)
        reply(ours, code, data)
    assert numbers == [0, 1, 2, 3, 1, 2, 3, 1]


def test_an_unanswered_command_is_repeated_unchanged_before_the_peripheral_counts_as_gone() -> None:
    ours = plain()
    sent = ours.command()
    for _ in range(TRIES - 1):
        assert ours.silence() == []
        assert ours.command() == sent
    assert ours.silence() == [FaultChange(FaultCode.READER_SILENT, True)]
    assert (ours.online, ours.gone) == (False, True)
    assert parse(ours.command()).sequence == 0
    assert FaultChange(FaultCode.READER_SILENT, False) in reply(ours, PDID, bytes(12))
    assert not ours.gone


def test_a_busy_peripheral_is_asked_again_with_the_same_command_but_not_for_ever() -> None:
    ours = plain()
    sent = ours.command()
    for _ in range(BUSY_TRIES):
        assert reply(ours, BUSY, sequence=0) == []
        assert ours.command() == sent
    assert reply(ours, BUSY, sequence=0) == [FaultChange(FaultCode.READER_SILENT, True)]


@pytest.mark.parametrize(
    ("data", "events"),
    [
        (b"\0\0", [FaultChange(FaultCode.READER_TAMPERED, False), FaultChange(FaultCode.READER_POWER, False)]),
        (b"\1\0", [FaultChange(FaultCode.READER_TAMPERED, True), FaultChange(FaultCode.READER_POWER, False)]),
        (b"\0\1", [FaultChange(FaultCode.READER_TAMPERED, False), FaultChange(FaultCode.READER_POWER, True)]),
        (b"\0", [PanelCounter("osdp_unknown")]),
    ],
)
def test_tampering_and_power_are_reported(data: bytes, events: list[PanelEvent]) -> None:
    assert reply(plain(), LSTATR, data) == events


@pytest.mark.parametrize(
    ("code", "data"),
    [
        (KEYPAD, b""),
        (KEYPAD, b"\0\0"),
        (KEYPAD, b"\0\x02482913"),
        (KEYPAD, b"\0\x01A"),
        (RAW, b""),
        (RAW, b"\0\1\x1a\0"),
        (RAW, b"\0\1\x1a\0\xbb\x03\x21"),
        (RAW, b"\0\1\x1a\0\xbb\x03\x21\x80\x00"),
        (RAW, b"\0\1\0\0"),
    ],
)
def test_contradictory_keys_and_cards_are_counted(code: int, data: bytes) -> None:
    (found,) = reply(plain(), code, data)
    assert isinstance(found, Garbled)
    assert found.what is (UnreadWhat.KEYS if code == KEYPAD else UnreadWhat.BITS)


def test_keys_next_to_an_unknown_key_count() -> None:
    assert reply(plain(), KEYPAD, b"\0\x034A8") == [Keys(keys="48"), Garbled(what=UnreadWhat.KEYS, count=1)]


def test_a_light_missing_on_a_peripheral_does_no_harm() -> None:
    ours = plain()
    ours.order(LED, bytes(14))
    assert parse(ours.command()).code == LED
    assert reply(ours, NAK, b"\3") == []
    assert ours.online


@pytest.mark.parametrize("why", [1, 2, 4, 6, 9])
def test_a_peripheral_that_refuses_a_required_command_is_set_up_again(why: int) -> None:
    ours = plain()
    assert reply(ours, NAK, bytes([why])) == [PanelCounter("osdp_refused")]
    assert parse(ours.command()).sequence == 0
    events = [each for _ in range(TRIES) for each in reply(ours, NAK, bytes([why]))]
    assert FaultChange(FaultCode.READER_SILENT, True) in events


@pytest.mark.parametrize("key", [None, KEY])
@settings(suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 255), st.binary(max_size=40), st.integers(0, 0x18))))
def test_any_answers_are_accepted_and_with_a_key_none_of_them_has_effect(
    key: bytes | None, frames: list[tuple[int, int, bytes, int]]
) -> None:
    ours = panel(key, install=True)
    for sequence, code, data, block in frames:
        ours.command()
        frame = Frame(
            address=ADDRESS,
            sequence=sequence,
            code=code,
            data=data,
            reply=True,
            block=bytes([2, block]) if block > 0x10 else b"",
            mac=data[:4].ljust(4, b"\0") if block > 0x14 else b"",
        )
        _, events = ours.answer(frame)
        assert key is None or not _reading(events)


def test_neither_cards_nor_keys_of_the_channel_show_in_a_log() -> None:
    shown = repr(Bits(bits=CARD_BITS)) + repr(SessionKeys.of(DEFAULT_KEY, bytes(8)))
    assert CARD_BITS not in shown
    assert shown.endswith("Keys()")
