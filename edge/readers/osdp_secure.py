"""The Secure Channel of OSDP (SIA OSDP 2.2, annex D), seen from the control panel. Pure; randomness is an argument.

AES-128 throughout. Both sides prove that they know the key, derive session keys, and chain a MAC through all frames in
both directions, so that no frame can be removed, repeated, forged or read.
"""

import hmac

import msgspec
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from edge.readers.osdp_frame import MAC_BYTES, Frame, head

DEFAULT_KEY = bytes(range(0x30, 0x40))
"""SCBK-D: the publicly known default key of new peripherals."""
KEY_BYTES = 16
_BLOCK = 16
CHALLENGE, CRYPTOGRAM, CONFIRM, CONFIRMED = 0x11, 0x12, 0x13, 0x14
_COMMAND, _REPLY, _COMMAND_DATA, _REPLY_DATA = 0x15, 0x16, 0x17, 0x18
_PAD = 0x80


def _ecb(key: bytes, block: bytes) -> bytes:
    # One block at a time, as the standard has it; frames are chained by _cbc.
    encryptor = Cipher(algorithms.AES(key), modes.ECB()).encryptor()  # noqa: S305
    return encryptor.update(block) + encryptor.finalize()


def _cbc(key: bytes, start: bytes, data: bytes) -> bytes:
    encryptor = Cipher(algorithms.AES(key), modes.CBC(start)).encryptor()
    return encryptor.update(data) + encryptor.finalize()


def _uncbc(key: bytes, start: bytes, data: bytes) -> bytes:
    decryptor = Cipher(algorithms.AES(key), modes.CBC(start)).decryptor()
    return decryptor.update(data) + decryptor.finalize()


def _padded(data: bytes) -> bytes:
    return data + bytes([_PAD]) + bytes(-(len(data) + 1) % _BLOCK)


def _inverted(block: bytes) -> bytes:
    return bytes(byte ^ 0xFF for byte in block)


class SessionKeys(msgspec.Struct, frozen=True):
    """The keys of one session. The repr hides them."""

    enc: bytes
    mac1: bytes
    mac2: bytes

    def __repr__(self) -> str:
        return "Keys()"

    @classmethod
    def of(cls, key: bytes, panel_random: bytes) -> "SessionKeys":
        """Derived from the shared key and the panel's eight random bytes."""
        enc, mac1, mac2 = (_ecb(key, bytes([1, kind]) + panel_random[:6] + bytes(8)) for kind in (0x82, 0x01, 0x02))
        return cls(enc, mac1, mac2)

    def mac(self, start: bytes, data: bytes) -> bytes:
        """All 16 bytes of the MAC over ``data``, chained to ``start``."""
        whole = data if len(data) % _BLOCK == 0 else _padded(data)
        first, last = whole[:-_BLOCK], whole[-_BLOCK:]
        chained = _cbc(self.mac1, start, first)[-_BLOCK:] if first else start
        return _cbc(self.mac2, chained, last)


class Handshake:
    """Opens a channel: send ``challenge``, pass its reply to ``prove``, and the reply to that to ``confirmed``."""

    def __init__(self, key: bytes, random: bytes) -> None:
        self._key_kind = int(key != DEFAULT_KEY)
        self._random = random
        self._keys = SessionKeys.of(key, random)
        self._cryptogram = b""

    def challenge(self) -> tuple[bytes, bytes]:
        """Security block and data of osdp_CHLNG."""
        return bytes([3, CHALLENGE, self._key_kind]), self._random

    def prove(self, reply: Frame) -> tuple[bytes, bytes] | None:
        """Security block and data of osdp_SCRYPT; ``None`` when the peripheral does not know the key."""
        if reply.block_kind != CRYPTOGRAM or len(reply.data) != 32:
            return None
        random, proof = reply.data[8:16], reply.data[16:]
        if not hmac.compare_digest(self._proof(random), proof):
            return None
        self._cryptogram = _ecb(self._keys.enc, random + self._random)
        return bytes([3, CONFIRM, self._key_kind]), self._cryptogram

    def confirmed(self, reply: Frame) -> "Channel | None":
        """The channel that osdp_RMAC_I opens; ``None`` when the peripheral refused."""
        first = _ecb(self._keys.mac2, _ecb(self._keys.mac1, self._cryptogram))
        if reply.block_kind != CONFIRMED or not hmac.compare_digest(reply.data, first):
            return None
        return Channel(self._keys, first)

    def _proof(self, random: bytes) -> bytes:
        return _ecb(self._keys.enc, self._random + random)


class Channel:
    """An open channel. A frame is sealed once, and repeated unchanged until it is answered."""

    def __init__(self, keys: SessionKeys, first: bytes) -> None:
        self._keys = keys
        self._theirs = first
        self._ours = b""

    def seal(self, frame: Frame) -> Frame:
        """Seal a plain command: add the security block, encrypt its data, add the MAC."""
        data, kind = frame.data, _COMMAND
        if data:
            data, kind = _cbc(self._keys.enc, _inverted(self._theirs), _padded(data)), _COMMAND_DATA
        sealed = msgspec.structs.replace(frame, block=bytes([2, kind]), data=data)
        self._ours = self._keys.mac(self._theirs, head(sealed))
        return msgspec.structs.replace(sealed, mac=self._ours[:MAC_BYTES])

    def open(self, reply: Frame) -> Frame | None:
        """Decrypt a reply. ``None``, with no change of state, if it does not answer the last command."""
        if reply.block_kind not in (_REPLY, _REPLY_DATA):
            return None
        mac = self._keys.mac(self._ours, head(reply))
        if not hmac.compare_digest(mac[:MAC_BYTES], reply.mac):
            return None
        data = reply.data
        if reply.block_kind == _REPLY_DATA and data:
            if len(data) % _BLOCK:
                return None
            clear = _uncbc(self._keys.enc, _inverted(self._ours), data).rstrip(b"\0")
            if not clear.endswith(bytes([_PAD])):
                return None
            data = clear[:-1]
        self._theirs = mac
        return msgspec.structs.replace(reply, data=data, block=b"", mac=b"")
