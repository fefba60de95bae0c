"""Keys and cards as pulses on the two data lines of a reader, which idle high (Security Industry Association AC-01)."""

WIEGAND_IDLE = True

CLEAR_KEY, ENTER_KEY = 10, 11
"""``*`` and ``#`` in the 4-bit burst format: each key is its number, 4 bits, most significant first."""
BIT_EVERY_S = 0.002
PULSE_S = 0.000_05


def key_number(key: str) -> int:
    """The 4-bit number of a key ``0`` to ``9``, ``*`` or ``#``. Raises ``ValueError`` for any other."""
    if len(key) == 1 and key.isascii() and key.isdigit():
        return int(key)
    if key in ("*", "#"):
        return CLEAR_KEY if key == "*" else ENTER_KEY
    raise ValueError(f"a keypad has 0 to 9, * and #, not {key!r}")


def burst(key: str, *, d0: int, d1: int) -> list[tuple[float, int, bool]]:
    """One key as ``(seconds, pin, level)``."""
    return frame(f"{key_number(key):04b}", d0=d0, d1=d1)


def card_bits(card: str) -> str:
    """A card ``FACILITY:NUMBER`` as the 26 bits of H10301. Raises ``ValueError``."""
    facility, _, number = card.partition(":")
    if not (_number(facility) <= 255 and _number(number) <= 65_535):
        raise ValueError("a card is FACILITY:NUMBER, 0 to 255 and 0 to 65535, such as 118:1603")
    body = f"{int(facility):08b}{int(number):016b}"
    return f"{body[:12].count('1') % 2}{body}{1 - body[12:].count('1') % 2}"


def _number(text: str) -> float:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 9 else float("inf")


def frame(bits: str, *, d0: int, d1: int) -> list[tuple[float, int, bool]]:
    """A frame as ``(seconds, pin, level)``: a 0 pulses ``d0`` low, a 1 pulses ``d1``."""
    changes: list[tuple[float, int, bool]] = []
    for place, bit in enumerate(bits):
        pin = d1 if bit == "1" else d0
        start = place * BIT_EVERY_S
        changes += [(start, pin, not WIEGAND_IDLE), (start + PULSE_S, pin, WIEGAND_IDLE)]
    return changes
