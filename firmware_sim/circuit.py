"""The electrics and mechanics of one door: what really holds it shut, whatever any program believes.

Nobody is locked in: asserted here, on the lock, with the agent alive or dead.
"""

from enum import StrEnum

import msgspec


class LockKind(StrEnum):
    """``strike``: fail-secure electric strike, current releases it from outside; the handle inside works by
    mechanics alone. ``maglock``: fail-safe magnet, current holds it from both sides."""

    STRIKE = "strike"
    MAGLOCK = "maglock"


class Circuit(msgspec.Struct, frozen=True, kw_only=True):
    """One instant of a door's circuit.

    ``relay``: the edge's output is active. A dead Pi's output is an input pin, so its relay is off. For a maglock the
    relay's *normally closed* contact feeds the magnet, so that a relay that is off holds the door, as with a strike.
    ``mains``: the lock's supply. ``break_glass`` and ``fire`` open the magnet's circuit in hardware. ``exit_pressed``:
    somebody inside works the handle (strike) or the exit button, whose second contact cuts the magnet (maglock).
    """

    kind: LockKind = LockKind.STRIKE
    relay: bool = False
    mains: bool = True
    break_glass: bool = False
    fire: bool = False
    exit_pressed: bool = False

    @property
    def current(self) -> bool:
        """Whether current flows through the lock."""
        if self.kind is LockKind.STRIKE:
            return self.mains and self.relay
        return self.mains and not (self.relay or self.break_glass or self.fire or self.exit_pressed)

    @property
    def released(self) -> bool:
        """Whether the door can be pulled open from outside."""
        return self.current if self.kind is LockKind.STRIKE else not self.current

    @property
    def opens_from_inside(self) -> bool:
        """Whether somebody inside who works the handle gets out."""
        return self.kind is LockKind.STRIKE or not msgspec.structs.replace(self, exit_pressed=True).current
