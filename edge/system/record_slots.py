"""A small record that is written again and again in place: two slots in turn, each with a checksum, so that a write
which a power cut tears leaves the one before. Its file never changes its size, which spares the file system's journal.
Pure.
"""

import zlib

BLOCK = 4096
"""No block of a file system holds a part of both slots."""
_HEAD_BYTES = len(b"%08x %016x " % (0, 0))


def first(payload: bytes) -> bytes:
    """A new file: the record in one slot, none in the other."""
    size = -(-(_HEAD_BYTES + len(payload) + 1) // BLOCK) * BLOCK
    return _slot(1, payload, size) + b"\n".rjust(size)


def following(file: bytes, payload: bytes) -> tuple[int, bytes] | None:
    """Where to write the record, and what; ``None`` where it does not fit or no record can be read, so that the file
    must be replaced."""
    size = len(file) // 2
    found = [_read(file[at : at + size]) for at in (0, size)]
    numbers = [each[0] if each is not None else 0 for each in found]
    if max(numbers) == 0 or size % BLOCK or _HEAD_BYTES + len(payload) + 1 > size:
        return None
    return (0 if numbers[0] < numbers[1] else size), _slot(max(numbers) + 1, payload, size)


def newest(file: bytes) -> bytes:
    """The last record that was written whole; empty where there is none. A file of an earlier release is one object of
    JSON."""
    if file.startswith(b"{"):
        return file
    size = len(file) // 2
    found = [each for at in (0, size) if (each := _read(file[at : at + size])) is not None]
    return max(found)[1] if found else b""


def _slot(number: int, payload: bytes, size: int) -> bytes:
    text = b"%016x %b" % (number, payload)
    return (b"%08x %b" % (zlib.crc32(text), text)).ljust(size - 1) + b"\n"


def _read(slot: bytes) -> tuple[int, bytes] | None:
    check, _, text = slot.rstrip().partition(b" ")
    if len(check) != 8 or check != b"%08x" % zlib.crc32(text):
        return None
    number, _, payload = text.partition(b" ")
    try:
        return int(number, 16), payload
    except ValueError:
        return None
