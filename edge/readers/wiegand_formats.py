"""Decodes the bits of a Wiegand frame: a card in a known format, or keys of a keypad. Pure.

The format is configured, because a frame does not tell: 37 bits are H10302 or H10304, and six keys in 26 bits look like
a card. Every format except ``keys4`` detects a single wrong bit. Sources: HID H10301, H10302, H10304 as in Proxmark3's
wiegand_formats.c; CIVINTEC CN56 manual, 6.4 (26, 32 and 34 bits); key bursts as in the manuals of Rosslare AYC-Q,
AYC-Ex5 and AY-H6xx0, Keyking 6630KE and HID PINPad Rev C.
"""

from collections.abc import Iterable
from typing import Literal, get_args

import msgspec

from edge.readers.reading import Card, Keys, Reading

CardFormat = Literal["w26", "w32", "w34", "h10302", "h10304"]
KeyFormat = Literal["keys4", "keys6", "keys6-rosslare", "keys8", "bcd26"]
Format = Literal[CardFormat, KeyFormat]
"""``keysN``: one key in N bits. ``bcd26``: six digits at once, kept in the keypad until the sixth."""

KEYS = "0123456789*#"


class _Layout(msgspec.Struct, frozen=True):
    """``even`` and ``odd``: the half-open bit ranges with even and odd parity, including the parity bit. ``fields``:
    the bit ranges of the facility code, if any, and of the number."""

    bits: int
    even: tuple[int, int]
    odd: tuple[int, int]
    fields: tuple[tuple[int, int], ...]


_CARDS: dict[str, _Layout] = {
    "w26": _Layout(26, (0, 13), (13, 26), ((1, 9), (9, 25))),
    "w32": _Layout(32, (0, 16), (16, 32), ((1, 31),)),
    "w34": _Layout(34, (0, 17), (17, 34), ((1, 17), (17, 33))),
    "h10302": _Layout(37, (0, 19), (18, 37), ((1, 36),)),
    "h10304": _Layout(37, (0, 19), (18, 37), ((1, 17), (17, 36))),
}


def _parity6(number: int) -> str:
    """Even parity before the first two of four bits, odd parity after the last two."""
    bits = f"{number:04b}"
    return f"{bits[:2].count('1') % 2}{bits}{1 - bits[2:].count('1') % 2}"


_BURSTS: dict[str, dict[str, str]] = {
    "keys4": {f"{number:04b}": key for number, key in enumerate(KEYS)},
    "keys6": {_parity6(number): key for number, key in enumerate(KEYS)},
    # Keypads of Rosslare send three keys with other bits than the rule's.
    "keys6-rosslare": {_parity6(number): KEYS[number] for number in range(1, 10)}
    | {"110100": "0", "110111": "*", "011001": "#"},
    # Four bits, each turned over, and the four bits.
    "keys8": {f"{15 - number:04b}{number:04b}": key for number, key in enumerate(KEYS)},
}
_BCD = _Layout(26, (0, 13), (13, 26), tuple((place, place + 4) for place in range(1, 25, 4)))


def length(name: Format) -> int:
    """The number of bits in a frame of this format."""
    if name == "bcd26":
        return _BCD.bits
    if name in _CARDS:
        return _CARDS[name].bits
    return len(next(iter(_BURSTS[name])))


def clash(formats: Iterable[Format]) -> tuple[Format, Format] | None:
    """Two formats that cannot be told apart because their frames have the same length, or ``None``."""
    seen: dict[int, Format] = {}
    for name in formats:
        if (other := seen.setdefault(length(name), name)) != name:
            return other, name
    return None


def are_cards(formats: Iterable[Format]) -> bool:
    """Whether one of the formats is a card format."""
    return not set(formats).isdisjoint(get_args(CardFormat))


def key_bits(formats: Iterable[Format]) -> int:
    """The most bits in a frame with a single key; 0 without such formats."""
    return max((length(name) for name in formats if name in _BURSTS), default=0)


def read(bits: str, formats: Iterable[Format]) -> Reading | None:
    """Decode ``bits`` (0 and 1 in order of arrival) in the format of that length. ``None`` if that fails: unknown
    length, wrong parity, no key."""
    for name in formats:
        if length(name) == len(bits):
            return _read(bits, name)
    return None


def _read(bits: str, name: Format) -> Reading | None:
    if name in _BURSTS:
        key = _BURSTS[name].get(bits)
        return Keys(keys=key) if key is not None else None
    layout = _BCD if name == "bcd26" else _CARDS[name]
    if bits[slice(*layout.even)].count("1") % 2 or not bits[slice(*layout.odd)].count("1") % 2:
        return None
    fields = [int(bits[slice(*span)], 2) for span in layout.fields]
    if name != "bcd26":
        return Card(text=":".join((name, *map(str, fields))))
    return Keys(keys="".join(map(str, fields)) + "#") if max(fields) <= 9 else None
