"""What a machine wrote to its disk, as QEMU's `blklogwrites` records it, and what a power cut could leave of it.

The format is that of the kernel's dm-log-writes (Documentation/admin-guide/device-mapper/log-writes.rst): a super block
of one sector, then for each request a sector that describes it, and its data.
"""

import random
import struct
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

SECTOR = 512
MAGIC = 0x6A736677736872
_SUPER = struct.Struct("<QQQI")
_ENTRY = struct.Struct("<QQQQ")
_FLUSH, _FUA, _DISCARD = 1, 2, 4
_KEPT = 0.5
_TORN = 0.25


class NotRecorded(Exception):
    """A file is no record of writes."""


@dataclass(frozen=True, kw_only=True)
class Write:
    """`data` at the byte `offset`. `flush`: all that was written before it is on the disk. `fua`: so is it."""

    offset: int
    data: bytes
    flush: bool = False
    fua: bool = False


def recorded(log: Path) -> Iterator[Write]:
    """The requests, in the order in which they were made; a last one that is not complete is left out.

    Raises `NotRecorded`.
    """
    with log.open("rb") as file:
        magic, _, _, sector = _SUPER.unpack(file.read(_SUPER.size))
        if magic != MAGIC or sector != SECTOR:
            raise NotRecorded(f"{log} begins with {magic:#x} and sectors of {sector} bytes")
        file.seek(SECTOR)
        while len(header := file.read(SECTOR)) == SECTOR:
            at, sectors, flags, _ = _ENTRY.unpack_from(header)
            if not (sectors or flags):
                return  # space that is not used yet
            data = b"" if flags & _DISCARD else file.read(sectors * SECTOR)
            if not flags & _DISCARD and len(data) < sectors * SECTOR:
                return
            yield Write(offset=at * SECTOR, data=data, flush=bool(flags & _FLUSH), fua=bool(flags & _FUA))


def before(writes: Iterable[Write], recorded_bytes: int) -> Iterator[Write]:
    """Those that are whole in the first so many bytes of a record."""
    size = SECTOR
    for write in writes:
        size += SECTOR + len(write.data)
        if size > recorded_bytes:
            return
        yield write


def left_by_a_cut(writes: Sequence[Write], chance: random.Random) -> Iterator[Write]:
    """What of `writes` could be on a disk whose power is cut after the last of them.

    All that was flushed or written through; of each later write, by chance, nothing, all, or some of its sectors.
    """
    flushed = max((at for at, write in enumerate(writes) if write.flush), default=0)
    for at, write in enumerate(writes):
        if at < flushed or write.fua:
            yield write
        elif write.data and chance.random() < _KEPT:
            if chance.random() < _TORN:
                for start in range(0, len(write.data), SECTOR):
                    if chance.random() < _KEPT:
                        yield Write(offset=write.offset + start, data=write.data[start : start + SECTOR])
            else:
                yield write


def put(image: Path, writes: Iterator[Write]) -> None:
    """Write to an image of the disk."""
    with image.open("r+b") as file:
        for write in writes:
            if write.data:
                file.seek(write.offset)
                file.write(write.data)
