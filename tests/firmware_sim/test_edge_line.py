"""What a line does to MQTT, by what comes out at its far end."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firmware_sim.edge_line import ON_TIME, PUBLISH, BadPacket, EdgeLine, Fate, Packets, kind_of, unruly
from firmware_sim.ports import free_port

GREETING = b"\x10\x02hi"
PINGREQ = b"\xc0\x00"
TLS = b"\x16\x03\x01\x00\x05hello"


def packet(body: bytes, kind: int = PUBLISH) -> bytes:
    """A control packet, its length written as MQTT 5, 1.5.5 says."""
    length, written = len(body), b""
    while True:
        length, byte = divmod(length, 128)
        written += bytes([byte | (0x80 if length else 0)])
        if not length:
            return bytes([kind << 4]) + written + body


@given(
    st.lists(st.tuples(st.integers(1, 15), st.sampled_from([0, 1, 127, 128, 16_383, 16_384])), max_size=6), st.data()
)
def test_packets_are_cut_at_their_ends_in_any_split_of_the_bytes(
    made: list[tuple[int, int]], data: st.DataObject
) -> None:
    sent = [packet(bytes(size), kind) for kind, size in made]
    stream = b"".join(sent)
    cuts = sorted(data.draw(st.lists(st.integers(0, len(stream)), max_size=8)))
    packets, found = Packets(), list[bytes]()
    for start, end in zip([0, *cuts], [*cuts, len(stream)], strict=True):
        found += packets.feed(stream[start:end])
    assert found == sent
    assert [kind_of(each) for each in found] == [kind for kind, _ in made]


def test_an_unterminated_length_is_not_a_packet() -> None:
    with pytest.raises(BadPacket, match="four bytes"):
        list(Packets().feed(b"\x30\xff\xff\xff\xff\x01"))


def test_an_unruly_line_is_so_by_its_seed_and_within_its_bounds() -> None:
    def fates(seed: str) -> list[Fate]:
        disorder = unruly(seed, repeats=0.5, delays=0.5, late_s=2.0)
        return [disorder(b"") for _ in range(200)]

    assert fates("one") == fates("one") != fates("two")
    assert {len(fate) for fate in fates("one")} == {1, 2}
    assert all(0 <= delay <= 2 for fate in fates("one") for delay in fate)
    assert any(delay > 1 for fate in fates("one") for delay in fate)


class _Ends:
    """Both ends of a line: we speak ``out``, and what arrives at the broker's is ``came``."""

    def __init__(self) -> None:
        self.target = free_port()
        self.line = EdgeLine(port=free_port(), target=self.target)
        self.came = asyncio.StreamReader()
        self.connections = 0

    async def _broker(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        self.reply = writer
        while data := await reader.read(65_536):
            self.came.feed_data(data)
        writer.close()

    async def open(self) -> None:
        self._server = await asyncio.start_server(self._broker, "127.0.0.1", self.target)
        self.line.repair()
        self.back, self.out = await asyncio.open_connection("127.0.0.1", self.line.port)

    async def close(self) -> None:
        self.out.close()
        await self.out.wait_closed()
        await self.line.stop()
        self._server.close()

    async def arrive(self, *packets: bytes) -> None:
        """Fails unless these arrive, in this order."""
        wanted = b"".join(packets)
        assert await asyncio.wait_for(self.came.readexactly(len(wanted)), 10) == wanted


@pytest.fixture
async def ends() -> AsyncIterator[_Ends]:
    ends = _Ends()
    await ends.open()
    yield ends
    await ends.close()


ONE, TWO, THREE = packet(b"one"), packet(b"two"), packet(b"three")


@pytest.mark.parametrize(
    ("fate", "arrives", "toll"),
    [
        (ON_TIME, (ONE, TWO, THREE), "0 came twice, 0 late, 0 out of order"),
        ((0.0, 0.0), (ONE, TWO, TWO, THREE), "1 came twice, 0 late, 0 out of order"),
        ((0.05,), (ONE, THREE, TWO), "0 came twice, 1 late, 1 out of order"),
        ((0.0, 0.05), (ONE, TWO, THREE, TWO), "1 came twice, 1 late, 1 out of order"),
    ],
)
async def test_only_messages_are_disordered(ends: _Ends, fate: Fate, arrives: tuple[bytes, ...], toll: str) -> None:
    asked = []

    def disorder(message: bytes) -> Fate:
        asked.append(message)
        return fate if message == TWO else ON_TIME

    ends.line.disorder = disorder
    ends.out.write(GREETING + ONE + PINGREQ + TWO + THREE)
    await ends.arrive(GREETING, arrives[0], PINGREQ, *arrives[1:])
    assert asked == [ONE, TWO, THREE]
    assert str(ends.line.toll) == toll


async def test_a_silent_line_accepts_everything_and_delivers_it_once_repaired(ends: _Ends) -> None:
    other = EdgeLine(port=free_port(), target=ends.target)
    other.repair()
    _, hypothetical = await asyncio.open_connection("127.0.0.1", other.port)
    ends.out.write(GREETING)
    await ends.arrive(GREETING)
    ends.line.silence()
    assert not ends.line.up
    ends.out.write(ONE)
    # Who calls meanwhile is taken, and who has given up by then is not passed on.
    _, caller = await asyncio.open_connection("127.0.0.1", ends.line.port)
    caller.write(GREETING)
    caller.close()
    await caller.wait_closed()
    hypothetical.write(TWO)
    await ends.arrive(TWO)
    ends.line.repair()
    await ends.arrive(ONE)
    ends.out.write(THREE)
    await ends.arrive(THREE)
    assert ends.connections == 2
    hypothetical.close()
    await hypothetical.wait_closed()
    await other.stop()


async def test_a_line_may_be_silent_in_one_direction(ends: _Ends) -> None:
    ends.out.write(GREETING)
    await ends.arrive(GREETING)
    ends.line.silence(up=False)
    ends.reply.write(ONE)
    ends.out.write(TWO)
    await ends.arrive(TWO)
    assert not ends.back._buffer  # type: ignore[attr-defined]
    ends.line.repair()
    assert await asyncio.wait_for(ends.back.readexactly(len(ONE)), 10) == ONE
    ends.line.silence(down=False)
    ends.out.write(THREE)
    ends.reply.write(ONE)
    assert await asyncio.wait_for(ends.back.readexactly(len(ONE)), 10) == ONE
    assert not ends.came._buffer  # type: ignore[attr-defined]
    ends.line.repair()
    await ends.arrive(THREE)


async def test_an_encrypted_line_passes_unreadable_bytes(ends: _Ends) -> None:
    ends.line.disorder = lambda _: (0.0, 0.0)
    ends.out.write(TLS + ONE)
    await ends.arrive(TLS, ONE)
