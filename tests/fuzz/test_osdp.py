"""An attacker on the line of an OSDP reader, between our panel and LibOSDP's peripheral."""

import os
from random import Random

import osdp
import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.readers.osdp_frame import LONGEST, Frame, Stream, pack, parse
from edge.readers.osdp_panel import (
    BUSY,
    BUSY_TRIES,
    BUZ,
    CCRYPT,
    KEYPAD,
    LED,
    LSTATR,
    NAK,
    PDID,
    RAW,
    RMAC_I,
    TRIES,
    FaultChange,
    Online,
    Panel,
    PanelEvent,
)
from edge.readers.reading import Keys
from edge.wire.faults import FaultCode
from tests.contract.readers import KEY, Peripheral
from tests.fuzz.effort import effort
from tests.fuzz.mutations import bent

ADDRESS = 5
ROUNDS, RECOVERS = 120, 6 * BUSY_TRIES
CODES = (BUSY, CCRYPT, KEYPAD, LSTATR, NAK, PDID, RAW, RMAC_I, 0x40)


class Line:
    """The peripheral at the far end, and all that was ever said on the line."""

    def __init__(self, *, key: bytes | None) -> None:
        self._said = b""
        flags = (osdp.LibFlag.EnforceSecure,) if key is not None else ()
        self.device = Peripheral(ADDRESS, say=self._say, key=key, flags=flags)
        self.heard: list[bytes] = []

    def ask(self, command: bytes) -> bytes:
        """What the peripheral says to a command."""
        self._said = b""
        self.device.hear(command)
        for _ in range(4):
            self.device.refresh()
        self.heard.append(self._said)
        return self._said

    def _say(self, data: bytes) -> None:
        self._said += data


def forged(panel: Panel, random: Random) -> bytes:
    """A frame that fits the last command as well as anybody without the key can make one."""
    sequence = parse(panel.command()).sequence if random.random() < 0.8 else random.randrange(4)
    kind = random.choice((None, None, *range(0x10, 0x1A), 0xFF))
    data = random.randbytes(random.choice((0, 1, 2, 5, 12, 16, 32, 48, 400)))
    return pack(
        Frame(
            address=ADDRESS,
            sequence=sequence,
            code=random.choice(CODES) if random.random() < 0.9 else random.randrange(256),
            data=b"\0" + bytes([max(0, len(data) - 2) & 0xFF]) + data[2:] if random.random() < 0.5 else data,
            reply=True,
            crc=random.random() < 0.9,
            block=b"" if kind is None else bytes([3, kind, random.randrange(256)]),
            mac=random.randbytes(4) if kind in range(0x15, 0x19) else b"",
        )
    )


def meddled(panel: Panel, line: Line, random: Random) -> bytes:
    """What comes to our panel in answer to its command."""
    what = random.randrange(10)
    if what == 0:
        return b""
    if what == 1:
        return forged(panel, random)
    if what == 2 and line.heard:
        return random.choice(line.heard)
    answer = line.ask(panel.command())
    if what == 3:
        return bent(answer, random)[: 4 * LONGEST]
    if what == 4:
        return forged(panel, random) + answer
    return answer * (2 if what == 5 else 1)


def hears(panel: Panel, data: bytes) -> list[PanelEvent]:
    """As the bus has it: all frames in time, else silence."""
    happened: list[PanelEvent] = []
    answered = False
    for frame in Stream().feed(data):
        was_answer, more = panel.answer(frame)
        happened += more
        answered = answered or was_answer
    return happened if answered else [*happened, *panel.silence()]


def asked(panel: Panel) -> None:
    """Whatever was said, our next command is a sound one."""
    command = panel.command()
    frame = parse(command)
    assert (frame.address, frame.reply) == (ADDRESS, False)
    assert len(command) <= LONGEST


@pytest.mark.parametrize("key", [None, KEY], ids=["plain", "secure"])
@effort(25)
@given(seed=st.integers(0, 2**32))
def test_whatever_is_done_on_the_line_the_panel_goes_on_and_is_well_when_it_is_over(
    key: bytes | None, seed: int
) -> None:
    random = Random(seed)
    line, panel = Line(key=key), Panel(ADDRESS, key=key, install=False, crc=True, random=os.urandom)
    pressed: list[str] = []
    heard: list[str] = []
    for number in range(ROUNDS):
        if random.random() < 0.2 and panel.online:
            pressed.append(f"{number:04}")
            line.device.press(pressed[-1].encode())
        if random.random() < 0.2:
            panel.order(random.choice((LED, BUZ)), random.randbytes(14))
        asked(panel)
        happened = hears(panel, meddled(panel, line, random))
        heard += [each.keys for each in happened if isinstance(each, Keys)]
        assert panel.secure or key is None or not panel.online
    if key is not None:
        # With a key nobody types but the peripheral, and nothing of it counts twice.
        assert len(set(heard)) == len(heard)
        assert [keys for keys in pressed if keys in heard] == heard
    last: list[PanelEvent] = []
    line.device.press(b"7294")
    for _ in range(RECOVERS):
        asked(panel)
        last += hears(panel, line.ask(panel.command()))
    assert panel.online
    assert last.count(Keys(keys="7294")) <= 1
    line.device.press(b"4711")
    assert Keys(keys="4711") in [each for _ in range(3) for each in hears(panel, line.ask(panel.command()))]


@pytest.mark.parametrize("install", [False, True])
@effort(100)
@given(seed=st.integers(0, 2**32))
def test_nothing_that_is_said_without_the_key_counts_or_brings_a_reader_to_work(install: bool, seed: int) -> None:
    random = Random(seed)
    panel = Panel(ADDRESS, key=KEY, install=install, crc=True, random=random.randbytes)
    happened: list[PanelEvent] = []
    for _ in range(ROUNDS):
        asked(panel)
        happened += hears(panel, b"".join(forged(panel, random) for _ in range(random.randrange(3))))
        assert not panel.online
    assert not [each for each in happened if isinstance(each, Keys | Online)]
    assert all(each.present for each in happened if isinstance(each, FaultChange))


@effort(50)
@given(st.lists(st.binary(max_size=300), max_size=40))
def test_a_line_full_of_noise_is_silence_and_costs_no_memory(noise: list[bytes]) -> None:
    panel, stream = Panel(ADDRESS, key=KEY, install=False, crc=True, random=os.urandom), Stream()
    for data in noise:
        for frame in stream.feed(data):
            panel.answer(frame)
        assert len(stream._held) <= LONGEST
    troubles = [each for _ in range(TRIES) for each in panel.silence()]
    assert FaultChange(FaultCode.READER_SILENT, True) in troubles
    asked(panel)
