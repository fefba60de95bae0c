"""The wires of a door, its circuit and mechanics: what really holds it closed, whatever a program believes.

Tests assert on it that nobody is locked in, with the agent alive or dead. docs/wiring.md has the circuits. Every wire
is laid so that a cut one reads as the alarming state. Contact, lock sensor, exit button, break-glass, fire loop and
beams are switches to ground against a pull-up; a PIR drives its line high.
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
