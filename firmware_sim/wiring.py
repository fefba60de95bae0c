"""The wires of a door, its circuit and mechanics: what really holds it closed, whatever a program believes.

Tests assert on it that nobody is locked in, with the agent alive or dead. docs/wiring.md has the circuits. Every wire
is laid so that a cut one reads as the alarming state. Contact, lock sensor, exit button, break-glass, fire loop and
beams are switches to ground against a pull-up; a PIR drives its line high; Wiegand lines idle high (Security Industry
Association AC-01).
"""

from typing import Literal

import msgspec

Lock = Literal["strike", "maglock"]
Fail = Literal["secure", "safe"]
Feed = Literal["open", "closed"]


class Circuit(msgspec.Struct, frozen=True, kw_only=True):
    """The state of a door's circuit.

    ``fail``: without current the lock is locked from outside (``secure``; a strike's handle opens it from inside by
    mechanics alone) or released (``safe``; current holds it from both sides). ``feed``: the relay's contact in the
    lock's circuit. ``relay``: the edge's output is active. A dead Pi's output is an input pin, so its relay is off.
    ``mains``: the lock's supply. ``break_glass`` and ``fire`` open a fail-safe lock's circuit in hardware.
    ``exit_pressed``: somebody inside works the handle and the exit button, whose second contact cuts a fail-safe
    lock's current and bridges the relay of a fail-secure one. ``stuck``: the relay is welded (true) or dead (false),
    and no longer follows its pin.
    """

    lock: Lock = "strike"
    fail: Fail = "secure"
    feed: Feed = "open"
    relay: bool = False
    stuck: bool | None = None
    mains: bool = True
    break_glass: bool = False
    fire: bool = False
    exit_pressed: bool = False

    @property
    def current(self) -> bool:
        """Whether current flows through the lock."""
        drawn = self.relay if self.stuck is None else self.stuck
        fed = drawn is (self.feed == "open")
        if self.fail == "secure":
            return self.mains and (fed or self.exit_pressed)
        return self.mains and fed and not (self.break_glass or self.fire or self.exit_pressed)

    @property
    def released(self) -> bool:
        """Whether the door can be pulled open from outside."""
        return self.current is (self.fail == "secure")

    @property
    def opens_from_inside(self) -> bool:
        """Whether somebody inside gets out by handle and button."""
        return self.fail == "secure" or not msgspec.structs.replace(self, exit_pressed=True).current


CONTACT_CLOSED = False
LOCK_HOLDS = False
GLASS_WHOLE = False
NO_FIRE = False
EXIT_PRESSED = False
BEAM_CLEAR = False
MOTION_SEEN = True
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
