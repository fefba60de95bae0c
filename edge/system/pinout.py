"""How the configuration names pins, and what their levels mean."""

from typing import Annotated

import msgspec

PinNumber = Annotated[int, msgspec.Meta(ge=0, le=53)]
"""A BCM number."""
Positive = Annotated[float, msgspec.Meta(gt=0, le=86_400)]
"""Seconds, at most a day."""


class InputPin(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An input by its BCM number. *Active* means: contact closed, button pressed, beam broken, pulse present.

    By default, active is a closed circuit to ground, so that a cut wire reads as an open door.
    """

    pin: PinNumber
    active_high: bool = False

    def active(self, level: bool) -> bool:
        """Whether the electrical ``level`` (true is high) means active."""
        return level is self.active_high


class OutputPin(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An output by its BCM number; active energises the relay."""

    pin: PinNumber
    active_high: bool = True

    def level(self, active: bool) -> bool:
        """The electrical level that means ``active``."""
        return active is self.active_high
