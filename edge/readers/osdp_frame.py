"""Frames of the Open Supervised Device Protocol (SIA OSDP 2.2, IEC 60839-11-5), section 5. Pure.

``SOM address length(2) control [security block] code data [MAC] check``: the address's top bit marks a reply, the
control byte holds sequence number, kind of check and whether a security block follows.
"""

import binascii

import msgspec

SOM = 0x53
MARK = 0xFF
"""Marks an idle line before a frame; some devices send it."""
SHORTEST, LONGEST = 7, 1440
MAC_BYTES = 4
_REPLY, _CRC, _BLOCK = 0x80, 0x04, 0x08
_WITH_MAC = range(0x15, 0x19)


class BadFrame(ValueError):
    """The bytes are not an OSDP frame. The message says why, without quoting them."""


class Frame(msgspec.Struct, frozen=True, kw_only=True):
    """An OSDP frame. ``block``: the whole security block, starting with its length; ``data``: as sent, possibly
    encrypted; ``mac``: present if the block requires one. The repr hides all values: they may be a card or keys."""

    address: int
    sequence: int
    code: int
    data: bytes = b""
    reply: bool = False
    crc: bool = True
    block: bytes = b""
    mac: bytes = b""

    @property
    def block_kind(self) -> int | None:
        """SCS_11 to SCS_18, or ``None`` for a plain frame."""
        return self.block[1] if self.block else None

    def __repr__(self) -> str:
        way = "reply" if self.reply else "command"
        return f"Frame({way} {self.code:#04x}, address {self.address}, sequence {self.sequence})"


def crc16(data: bytes) -> int:
    """CRC-16 of polynomial 1021, start 1D0F, not reflected (OSDP 2.2, annex C)."""
    return binascii.crc_hqx(data, 0x1D0F)


def checksum(data: bytes) -> int:
    """The byte that makes the sum of all bytes 0 modulo 256."""
    return -sum(data) & 0xFF


def head(frame: Frame) -> bytes:
    """Everything before MAC and check: the input of the MAC. The length already includes both."""
    body = frame.block + bytes([frame.code]) + frame.data
    mac = MAC_BYTES if frame.block_kind in _WITH_MAC else 0
    length = 5 + len(body) + mac + (2 if frame.crc else 1)
    control = frame.sequence | (_CRC if frame.crc else 0) | (_BLOCK if frame.block else 0)
    address = frame.address | (_REPLY if frame.reply else 0)
    return bytes([SOM, address, *length.to_bytes(2, "little"), control]) + body


def pack(frame: Frame) -> bytes:
    """The bytes of a frame."""
    data = head(frame) + frame.mac
    return data + (crc16(data).to_bytes(2, "little") if frame.crc else bytes([checksum(data)]))


def parse(data: bytes) -> Frame:
    """Parse ``data`` as exactly one frame. Raises ``BadFrame``."""
    if not SHORTEST <= len(data) <= LONGEST or data[0] != SOM:
        raise BadFrame("it does not begin or end like a frame")
    if int.from_bytes(data[2:4], "little") != len(data):
        raise BadFrame("its length differs from its length field")
    control = data[4]
    if control & ~(3 | _CRC | _BLOCK):
        raise BadFrame("its control byte has undefined bits")
    crc = bool(control & _CRC)
    end = len(data) - (2 if crc else 1)
    check = crc16(data[:end]) if crc else checksum(data[:end])
    if int.from_bytes(data[end:], "little") != check:
        raise BadFrame("its checksum is wrong")
    body = data[5:end]
    block = mac = b""
    if control & _BLOCK:
        block, body = body[: body[0]] if body else b"", body[body[0] :] if body else b""
        if len(block) < 2 or block[0] != len(block):
            raise BadFrame("its security block is incomplete")
        if block[1] in _WITH_MAC:
            body, mac = body[:-MAC_BYTES], body[-MAC_BYTES:]
    if not body or (mac and len(mac) < MAC_BYTES):
        raise BadFrame("it has no code")
    address = data[1]
    return Frame(
        address=address & ~_REPLY,
        sequence=control & 3,
        code=body[0],
        data=body[1:],
        reply=bool(address & _REPLY),
        crc=crc,
        block=block,
        mac=mac,
    )


class Stream:
    """Splits received bytes, in chunks of any size, into frames. ``spoilt``: how many pieces were not a frame."""

    def __init__(self) -> None:
        self._held = bytearray()
        self.spoilt = 0

    def feed(self, data: bytes) -> list[Frame]:
        """The frames that ``data`` completes."""
        self._held += data
        frames: list[Frame] = []
        while (frame := self._next()) is not None:
            frames.append(frame)
        return frames

    def _next(self) -> Frame | None:
        while True:
            self._seek()
            if len(self._held) < 4:
                return None
            length = int.from_bytes(self._held[2:4], "little")
            if not SHORTEST <= length <= LONGEST:
                self._skip()
                continue
            if len(self._held) < length:
                return None
            try:
                frame = parse(bytes(self._held[:length]))
            except BadFrame:
                self._skip()
                continue
            del self._held[:length]
            return frame

    def _seek(self) -> None:
        """Drop what precedes the next start of a frame; an idle line is not an error."""
        start = self._held.find(SOM)
        noise = self._held if start < 0 else self._held[:start]
        if noise.strip(bytes([MARK])):
            self.spoilt += 1
        del self._held[: len(noise)]

    def _skip(self) -> None:
        """What looked like the start of a frame was not."""
        self.spoilt += 1
        del self._held[0]
