"""The control panel side of one OSDP peripheral: what to send next, and what its reply means. No I/O, no clock.

Without a key everything is unencrypted. With a key, only replies inside a Secure Channel of that key count. A
peripheral that still has the default key is given its own key and nothing else.
"""

from collections.abc import Callable
from typing import Literal

import msgspec

from edge.readers.osdp_frame import Frame, pack
from edge.readers.osdp_secure import DEFAULT_KEY, KEY_BYTES, Channel, Handshake
from edge.readers.reading import Keys
from edge.wire.events import UnreadWhat
from edge.wire.faults import FaultCode

TRIES = 3
"""How often a command is sent before the peripheral counts as gone."""
BUSY_TRIES = 30
RANDOM_BYTES = 8

POLL, ID, LSTAT, LED, BUZ, KEYSET, CHLNG, SCRYPT = 0x60, 0x61, 0x64, 0x69, 0x6A, 0x75, 0x76, 0x77
ACK, NAK, PDID, LSTATR, RAW, KEYPAD, CCRYPT, RMAC_I, BUSY = 0x40, 0x41, 0x45, 0x48, 0x50, 0x53, 0x76, 0x78, 0x79
_NO_SUCH_COMMAND, _NO_CHANNEL = 3, 5
"""Reasons for a refused command."""
_KEYS = {**{0x30 + digit: str(digit) for digit in range(10)}, 0x7F: "*", 0x2A: "*", 0x0D: "#", 0x23: "#"}


class Bits(msgspec.Struct, frozen=True, kw_only=True):
    """A card as a string of bits. The repr hides them."""

    bits: str

    def __repr__(self) -> str:
        return f"Bits({len(self.bits)})"


class Garbled(msgspec.Struct, frozen=True, kw_only=True):
    """``count`` keys or bits that could not be decoded."""

    what: UnreadWhat
    count: int


class Online(msgspec.Struct, frozen=True, kw_only=True):
    """The peripheral is online. ``made``: its vendor, model and firmware."""

    made: str


class FaultChange(msgspec.Struct, frozen=True):
    """A fault began or ended."""

    trouble: FaultCode
    present: bool


class PanelCounter(msgspec.Struct, frozen=True):
    """Something unexpected was received; ``name``: its counter."""

    name: str


_State = Literal["new", "named", "challenged", "proving", "keying", "online"]
PanelEvent = Bits | Keys | Garbled | Online | FaultChange | PanelCounter


class Panel:
    """Call ``command``, then ``answer`` or ``silence``, and repeat."""

    def __init__(
        self, address: int, *, key: bytes | None, install: bool, crc: bool, random: Callable[[int], bytes]
    ) -> None:
        self._address = address
        self._key = key
        self._install = install
        self._crc = self._crc_wanted = crc
        self._random = random
        self.gone = False
        """Whether the peripheral does not reply, so that it is polled only now and then."""
        self._orders: dict[int, bytes] = {}
        self._refusals = 0
        self._sent = b""
        self._restart()

    @property
    def online(self) -> bool:
        """Whether its messages count."""
        return self._state == "online"

    @property
    def secure(self) -> bool:
        return self._channel is not None

    def order(self, code: int, data: bytes) -> None:
        """Queue a command ``code`` (LED, BUZ); a later one replaces an earlier one of the same code."""
        self._orders[code] = data

    def command(self) -> bytes:
        """The bytes to send now: the next command, or the last one again until it is answered."""
        if not self._sent:
            self._sent = self._next()
        return self._sent

    def answer(self, frame: Frame) -> tuple[bool, list[PanelEvent]]:
        """Process a received frame. Returns whether it was the reply to the last command, and its events."""
        if not self._sent or not frame.reply or frame.address != self._address:
            return False, []
        if self._crc_wanted and not frame.crc:
            # One wrong bit turns a CRC frame into a checksum frame, whose check may be right by chance.
            return False, [PanelCounter("osdp_refused")]
        self._crc_wanted = frame.crc
        if frame.code == BUSY and not frame.block:
            self._busy += 1
            return True, self._lost() if self._busy > BUSY_TRIES else []
        if frame.code == NAK and not frame.block:
            return True, self._refused(frame)
        if frame.sequence != self._sequence:
            return False, [PanelCounter("osdp_refused")]
        if self._channel is not None:
            opened = self._channel.open(frame)
            if opened is None:
                return False, [PanelCounter("osdp_refused")]
            frame = opened
        elif frame.block and self._state not in ("challenged", "proving"):
            return False, [PanelCounter("osdp_refused")]
        return True, self._interpret(frame)

    def silence(self) -> list[PanelEvent]:
        """No reply arrived in time."""
        self._tries += 1
        return self._lost() if self._tries >= TRIES else []

    # Sending

    def _restart(self) -> None:
        """Start again: sequence number 0, no channel."""
        self._state: _State = "new"
        self._made = ""
        self._sequence = 0
        self._sent = b""
        self._tries = self._busy = 0
        self._default = False
        self._channel: Channel | None = None
        self._handshake: Handshake | None = None

    def _next(self) -> bytes:
        if self._state == "new":
            return self._plain(ID, b"\0")
        if self._state == "named":
            key = DEFAULT_KEY if self._default or self._key is None else self._key
            self._handshake = Handshake(key, self._random(RANDOM_BYTES))
            block, data = self._handshake.challenge()
            self._state = "challenged"
            return self._plain(CHLNG, data, block)
        if self._state == "keying":
            return self._sealed(KEYSET, bytes([1, KEY_BYTES]) + (self._key or b""))
        if self._orders:
            code = next(iter(self._orders))
            return self._sealed(code, self._orders.pop(code))
        return self._sealed(POLL, b"")

    def _plain(self, code: int, data: bytes, block: bytes = b"") -> bytes:
        return pack(self._frame(code, data, block))

    def _sealed(self, code: int, data: bytes) -> bytes:
        frame = self._frame(code, data)
        return pack(self._channel.seal(frame) if self._channel is not None else frame)

    def _frame(self, code: int, data: bytes, block: bytes = b"") -> Frame:
        return Frame(address=self._address, sequence=self._sequence, code=code, data=data, crc=self._crc, block=block)

    def _answered(self) -> None:
        self._sent = b""
        self._tries = self._busy = 0
        self._sequence = self._sequence % 3 + 1

    # Receiving

    def _interpret(self, frame: Frame) -> list[PanelEvent]:
        state = self._state
        if state == "new":
            if frame.code != PDID or len(frame.data) < 12:
                return self._unexpected()
            self._made = _made(frame.data)
            self._answered()
            if self._key is not None:
                self._state = "named"
                return []
            return self._up()
        if state == "challenged":
            return self._prove(frame)
        if state == "proving":
            channel = self._handshake.confirmed(frame) if self._handshake and frame.code == RMAC_I else None
            if channel is None:
                return self._wrong_key()
            self._answered()
            self._channel = channel
            if self._default:
                self._state = "keying"
                return []
            return self._up()
        if state == "keying":
            return self._keyed(frame)
        return self._online_reply(frame)

    def _prove(self, frame: Frame) -> list[PanelEvent]:
        proof = self._handshake.prove(frame) if self._handshake and frame.code == CCRYPT else None
        if proof is None:
            return self._wrong_key()
        self._answered()
        self._state = "proving"
        block, data = proof
        self._sent = self._plain(SCRYPT, data, block)
        return []

    def _keyed(self, frame: Frame) -> list[PanelEvent]:
        if frame.code != ACK:
            return self._wrong_key()
        self._restart()
        return []

    def _up(self) -> list[PanelEvent]:
        self._state, self.gone = "online", False
        self._orders.setdefault(LSTAT, b"")
        well: list[PanelEvent] = [
            FaultChange(trouble, False)
            for trouble in (FaultCode.READER_SILENT, FaultCode.READER_WRONG_KEY, FaultCode.READER_UNENCRYPTED)
        ]
        return [*well, Online(made=self._made)]

    def _online_reply(self, frame: Frame) -> list[PanelEvent]:
        """Process a reply while online."""
        self._answered()
        self._refusals = 0
        data = frame.data
        if frame.code == RAW:
            count = int.from_bytes(data[2:4], "little")
            bits = "".join(f"{byte:08b}" for byte in data[4:])
            if len(data) < 5 or len(bits) != (count + 7) // 8 * 8:
                return [Garbled(what=UnreadWhat.BITS, count=len(bits))]
            return [Bits(bits=bits[:count])]
        if frame.code == KEYPAD:
            keys = "".join(_KEYS.get(byte, "") for byte in data[2:])
            count = len(data) - 2
            if count < 1 or data[1] != count:
                return [Garbled(what=UnreadWhat.KEYS, count=max(0, count))]
            known: list[PanelEvent] = [Keys(keys=keys)] if keys else []
            return known if len(keys) == count else [*known, Garbled(what=UnreadWhat.KEYS, count=count - len(keys))]
        if frame.code == LSTATR and len(data) == 2:
            return [
                FaultChange(FaultCode.READER_TAMPERED, bool(data[0])),
                FaultChange(FaultCode.READER_POWER, bool(data[1])),
            ]
        return [] if frame.code in (ACK, NAK) else [PanelCounter("osdp_unknown")]

    def _refused(self, frame: Frame) -> list[PanelEvent]:
        """Process an unencrypted NAK. A peripheral that has lost its channel replies in this way."""
        why = frame.data[0] if frame.data else 0
        if self._state in ("challenged", "proving"):
            return self._wrong_key() if why != _NO_CHANNEL else self._without_channel()
        if self._state == "online" and self._channel is None and why == _NO_SUCH_COMMAND:
            self._online_reply(msgspec.structs.replace(frame, code=ACK))
            return []
        return self._unexpected()

    def _unexpected(self) -> list[PanelEvent]:
        """Start again; after several times, the peripheral counts as gone."""
        self._refusals += 1
        self._restart()
        return [PanelCounter("osdp_refused"), *(self._lost() if self._refusals >= TRIES else [])]

    def _wrong_key(self) -> list[PanelEvent]:
        """It has another key, possibly the default key of new peripherals."""
        turn = self._install and not self._default
        self._restart()
        self._default = turn
        return [] if turn else self._down(FaultCode.READER_WRONG_KEY)

    def _without_channel(self) -> list[PanelEvent]:
        self._restart()
        return self._down(FaultCode.READER_UNENCRYPTED)

    def _lost(self) -> list[PanelEvent]:
        self._restart()
        self._refusals = 0
        return self._down(FaultCode.READER_SILENT)

    def _down(self, trouble: FaultCode) -> list[PanelEvent]:
        self.gone = True
        return [FaultChange(trouble, True)]


def _made(data: bytes) -> str:
    """Of osdp_PDID: vendor (3), model, version, serial (4), firmware (3)."""
    firmware = ".".join(str(part) for part in data[9:12])
    return f"vendor {data[:3].hex()}, model {data[3]}.{data[4]}, firmware {firmware}"
