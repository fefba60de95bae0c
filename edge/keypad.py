"""A Wiegand keypad that sends each key as 4 bits, and the code that a person makes of keys. Pure.

Source: the common 4-bit key burst of Wiegand keypads; 0 to 9 are digits, 10 is ``*``, 11 is ``#``. Digits are
never written to a log or an event.
"""

import msgspec

BITS = 4
BURST_GAP_S = 0.050
"""Bits of one key come 1 to 20 ms apart, keys no closer than 100 ms."""
ENTRY_PAUSE_S = 10.0
"""A person who stops this long between two keys begins anew."""
CODE_LENGTH = 6
STAR, HASH = 10, 11


class Burst(msgspec.Struct, frozen=True, kw_only=True):
    """The bits of a key so far, each with its tick. ``spoilt`` counts bursts that were no key."""

    bits: tuple[tuple[float, int], ...] = ()
    spoilt: int = 0


def pulse(burst: Burst, bit: int, tick: float) -> tuple[Burst, int | None]:
    """One more bit; the key (0 to 11) once its four are there. Two wires may be reported out of order: ticks decide."""
    bits, spoilt = burst.bits, burst.spoilt
    if bits and tick - bits[-1][0] > BURST_GAP_S:
        bits, spoilt = (), spoilt + 1
    bits = tuple(sorted((*bits, (tick, bit))))
    if len(bits) < BITS:
        return Burst(bits=bits, spoilt=spoilt), None
    key = int("".join(str(value) for _, value in bits), 2)
    if key > HASH:
        return Burst(spoilt=spoilt + 1), None
    return Burst(spoilt=spoilt), key


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """What has been typed so far, and when the last key came (monotonic seconds)."""

    digits: str = ""
    at: float = float("-inf")

    def __repr__(self) -> str:
        return f"Entry({len(self.digits)} digits)"


def key(entry: Entry, pressed: int, now: float) -> tuple[Entry, str | None]:
    """One more key; the digits to judge when the code is complete: after six, or at ``#``. ``*`` clears."""
    digits = entry.digits if now - entry.at <= ENTRY_PAUSE_S else ""
    if pressed == STAR:
        return Entry(), None
    if pressed != HASH:
        digits += str(pressed)
        if len(digits) < CODE_LENGTH:
            return Entry(digits=digits, at=now), None
    return Entry(), digits or None
