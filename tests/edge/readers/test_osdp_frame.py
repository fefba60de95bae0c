"""Frames of OSDP: every published one is read and made again, and none with a wrong bit is read."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.readers.osdp_frame import BadFrame, Frame, Stream, pack, parse
from tests import access_control as tables

ROWS = tables.frame_rows()
NAMES = [f"{place}-{row.source}" for place, row in enumerate(ROWS)]


@pytest.mark.parametrize("row", ROWS, ids=NAMES)
def test_every_published_frame_is_parsed_and_rebuilt(row: tables.OsdpRow) -> None:
    tables.frame_is_read(row)


@pytest.mark.parametrize("row", ROWS, ids=NAMES)
def test_a_frame_with_one_wrong_bit_is_refused(row: tables.OsdpRow) -> None:
    tables.flipped_frame_is_refused(row)


@pytest.mark.parametrize("row", ROWS, ids=NAMES)
def test_a_frame_cut_short_is_refused(row: tables.OsdpRow) -> None:
    data = bytes.fromhex(row.frame)
    for end in range(len(data)):
        with pytest.raises(BadFrame):
            parse(data[:end])


def test_frames_are_cut_out_of_noise_in_pieces_of_any_size() -> None:
    data = b"".join(b"\xff" + bytes.fromhex(row.frame) + b"\x00\x53\x09" for row in ROWS)
    whole = [parse(bytes.fromhex(row.frame)) for row in ROWS]
    for size in (1, 2, 7, len(data)):
        stream = Stream()
        found = [frame for at in range(0, len(data), size) for frame in stream.feed(data[at : at + size])]
        assert found == whole
        assert stream.spoilt >= len(ROWS)


def test_an_idle_line_before_a_frame_is_not_noise() -> None:
    stream = Stream()
    assert len(stream.feed(b"\xff\xff\xff" + bytes.fromhex(ROWS[0].frame))) == 1
    assert stream.spoilt == 0


@given(st.lists(st.binary(max_size=40), max_size=20))
def test_any_bytes_give_frames_or_are_counted(pieces: list[bytes]) -> None:
    stream = Stream()
    for piece in pieces:
        for frame in stream.feed(piece):
            assert parse(pack(frame)) == frame


@given(
    st.builds(
        Frame,
        address=st.integers(0, 0x7F),
        sequence=st.integers(0, 3),
        code=st.integers(0, 255),
        data=st.binary(max_size=64),
        reply=st.booleans(),
        crc=st.booleans(),
        block=st.sampled_from([b"", b"\x03\x11\x01", b"\x02\x13"]),
    )
)
def test_a_packed_message_unpacks(frame: Frame) -> None:
    assert parse(pack(frame)) == frame


def test_neither_card_nor_keys_show_in_a_log() -> None:
    frame = Frame(address=0, sequence=1, code=0x53, data=b"\x00\x06482913")
    assert "482913" not in repr(frame)
