"""A record written in place: what a torn write leaves."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.system.record_slots import BLOCK, first, following, newest

SECTOR = 512


def written(file: bytes, payload: bytes) -> bytes:
    write = following(file, payload)
    assert write is not None
    at, slot = write
    return file[:at] + slot + file[at + len(slot) :]


def test_the_last_record_is_read_and_the_size_stays() -> None:
    file = first(b'{"a":0}')
    for number in range(1, 40):
        file = written(file, b'{"a":%d}' % number)
        assert newest(file) == b'{"a":%d}' % number
        assert len(file) == 2 * BLOCK


@given(st.integers(0, 5), st.sets(st.integers(0, BLOCK // SECTOR - 1)))
def test_a_write_torn_at_any_sectors_leaves_the_old_or_the_new_record(earlier: int, kept: set[int]) -> None:
    payload = [b'{"n":%d,"pad":"%s"}' % (number, b"%d" % number * 2000) for number in range(8)]
    file = first(payload[0])
    for number in range(earlier):
        file = written(file, payload[number + 1])
    write = following(file, payload[earlier + 1])
    assert write is not None
    torn = bytearray(file)
    for sector in kept:
        start = sector * SECTOR
        torn[write[0] + start : write[0] + start + SECTOR] = write[1][start : start + SECTOR]
    assert newest(bytes(torn)) in (payload[earlier], payload[earlier + 1])


@pytest.mark.parametrize("file", [b"", b"x", bytes(2 * BLOCK), b"\xff" * 2 * BLOCK, first(b"{}")[:BLOCK]])
def test_what_holds_no_record_is_replaced(file: bytes) -> None:
    assert following(file, b"{}") is None


def test_a_record_that_outgrows_its_slot_is_replaced_by_a_file_that_holds_it() -> None:
    large = b"9" * BLOCK
    assert following(first(b"{}"), large) is None
    assert newest(first(large)) == large
    assert len(first(large)) == 4 * BLOCK


def test_the_file_of_an_earlier_release_is_read() -> None:
    assert newest(b'{"seq":7}') == b'{"seq":7}'
