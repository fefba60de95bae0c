"""What a power cut leaves is computed from a record: all that was flushed, and anything of the rest."""

import random
import struct
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.pi.recorded_writes import MAGIC, SECTOR, NotRecorded, Write, left_by_a_cut, put, recorded

FLUSH = Write(offset=0, data=b"", flush=True)


def sectors(at: int, text: bytes) -> Write:
    """A write of one sector for each letter, from sector `at`."""
    return Write(offset=at * SECTOR, data=b"".join(bytes([letter]) * SECTOR for letter in text))


def logged(path: Path, writes: Sequence[Write], *, magic: int = MAGIC) -> Path:
    """A record as `blklogwrites` makes it."""
    parts = [struct.pack("<QQQI", magic, 1, len(writes), SECTOR).ljust(SECTOR, b"\0")]
    for write in writes:
        flags = write.flush + 2 * write.fua
        head = struct.pack("<QQQQ", write.offset // SECTOR, len(write.data) // SECTOR, flags, len(write.data))
        parts += [head.ljust(SECTOR, b"\0"), write.data]
    path.write_bytes(b"".join(parts))
    return path


def test_a_record_is_read_in_order_up_to_its_last_complete_request(tmp_path: Path) -> None:
    writes = [sectors(3, b"ab"), FLUSH, sectors(1, b"c")]
    log = logged(tmp_path / "log", writes)
    assert list(recorded(log)) == writes
    log.write_bytes(log.read_bytes()[:-1])
    assert list(recorded(log)) == writes[:2]


def test_another_file_is_no_record(tmp_path: Path) -> None:
    with pytest.raises(NotRecorded):
        list(recorded(logged(tmp_path / "log", [], magic=1)))


def test_what_was_flushed_or_written_through_survives_every_cut_and_the_rest_in_part() -> None:
    through = Write(offset=5 * SECTOR, data=b"t" * SECTOR, fua=True)
    later = sectors(8, b"wxyz")
    kept = set()
    for seed in range(200):
        left = list(left_by_a_cut([sectors(0, b"a"), FLUSH, through, later], random.Random(seed)))
        assert left[0] == sectors(0, b"a")
        assert through in left
        kept.add(b"".join(write.data[::SECTOR] for write in left if write.offset >= later.offset))
    assert b"" in kept
    assert len(kept) > 4  # torn in several ways


def test_an_image_has_what_was_left(tmp_path: Path) -> None:
    image = tmp_path / "image"
    image.write_bytes(bytes(4 * SECTOR))
    put(image, iter([sectors(1, b"ab"), FLUSH, sectors(2, b"c")]))
    assert image.read_bytes() == bytes(SECTOR) + b"a" * SECTOR + b"c" * SECTOR + bytes(SECTOR)
