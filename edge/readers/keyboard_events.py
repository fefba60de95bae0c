"""Decodes Linux keyboard events: ``struct input_event`` (linux/input.h) to characters, US layout.

A keypad's extra keys map to a door keypad: Enter is ``#``; Escape, Backspace and the decimal point are ``*``.
"""

import struct
from typing import NamedTuple

_EVENT = struct.Struct("@llHHi")
"""Seconds, microseconds, type, code, value, in the native layout of the kernel."""
EVENT_BYTES = _EVENT.size
_SYN, _KEY = 0, 1
_DROPPED = 3
_UP, _DOWN = 0, 1
_SHIFTS = {42, 54}
ENTER = "\n"
LOST = "\0"
"""The kernel dropped events, so the entry so far is invalid."""


class TypedKey(NamedTuple):
    """A character, and the kernel's tick in seconds; 0 if it gave none."""

    character: str
    tick: float


def _row(first: int, plain: str, shifted: str) -> dict[int, tuple[str, str]]:
    return {first + at: (one, other) for at, (one, other) in enumerate(zip(plain, shifted, strict=True))}


_US = {
    **_row(2, "1234567890-=", "!@#$%^&*()_+"),
    **_row(16, "qwertyuiop[]", "QWERTYUIOP{}"),
    **_row(30, "asdfghjkl;'`", 'ASDFGHJKL:"~'),
    **_row(43, "\\zxcvbnm,./", "|ZXCVBNM<>?"),
    57: (" ", " "),
    # The block of digits; the kernel leaves Num Lock to others.
    **_row(71, "789-456+1230.", "789-456+1230."),
    **dict.fromkeys((28, 96), (ENTER, ENTER)),
    **dict.fromkeys((55,), ("*", "*")),
    **dict.fromkeys((98,), ("/", "/")),
    # Escape and Backspace.
    **dict.fromkeys((1, 14), ("\b", "\b")),
}
_PAD = {ENTER: "#", "\b": "*", ".": "*"}


def key_of(character: str) -> str | None:
    """The door keypad key that a character maps to, or ``None``."""
    key = _PAD.get(character, character)
    return key if key in tuple("0123456789*#") else None


class Keyboard:
    """Decodes the bytes of a device, in chunks of any size."""

    def __init__(self) -> None:
        self._held = b""
        self._shifts: set[int] = set()
        self._lost = False

    def feed(self, data: bytes) -> list[TypedKey]:
        """The characters typed, including ``ENTER``, Backspace and ``LOST``."""
        self._held += data
        whole = len(self._held) - len(self._held) % EVENT_BYTES
        events, self._held = self._held[:whole], self._held[whole:]
        return [
            TypedKey(character, seconds + microseconds / 1_000_000)
            for seconds, microseconds, *event in _EVENT.iter_unpack(events)
            if (character := self._take(*event))
        ]

    def _take(self, kind: int, code: int, value: int) -> str:
        if kind == _SYN:
            # Everything up to the next report is incomplete (Documentation/input/event-codes.rst, SYN_DROPPED).
            was, self._lost = self._lost, code == _DROPPED
            if self._lost and not was:
                self._shifts.clear()
                return LOST
            return ""
        if kind != _KEY or self._lost:
            return ""
        if code in _SHIFTS:
            self._shifts = self._shifts | {code} if value != _UP else self._shifts - {code}
            return ""
        return _US[code][bool(self._shifts)] if value == _DOWN and code in _US else ""


def typed(text: str, tick: float = 0.0) -> bytes:
    """The events of typing ``text`` on a keyboard; Enter is ``ENTER``. ``tick``: the kernel's time in seconds, 0 for a
    device that gives none. For simulated devices.

    Raises ``ValueError`` for a character without a key.
    """
    codes = {character: (code, at == 1) for code, both in reversed(_US.items()) for at, character in enumerate(both)}
    events = []
    for character in text:
        if character not in codes:
            raise ValueError(f"a keyboard has no key for {character!r}")
        code, shifted = codes[character]
        if shifted:
            events.append((_KEY, 42, _DOWN))
        events += [(_KEY, code, _DOWN), (_SYN, 0, 0), (_KEY, code, _UP)]
        if shifted:
            events.append((_KEY, 42, _UP))
        events.append((_SYN, 0, 0))
    seconds, microseconds = int(tick), int(tick % 1 * 1_000_000)
    return b"".join(_EVENT.pack(seconds, microseconds, *event) for event in events)
