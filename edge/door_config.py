"""What a ``[[door]]`` of the configuration says."""

import msgspec

from edge.pinout import InputPin, OutputPin, Positive
from edge.wire.ids import Slug


class DoorConfig(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A door, whose ``relay`` switches its lock. ``hold_s`` and ``held_after_s`` hold until a plan says otherwise."""

    id: Slug
    relay: OutputPin
    contact: InputPin | None = None
    rex: InputPin | None = None
    hold_s: Positive = 5.0
    held_after_s: Positive = 60.0
    secret: bytes = b""

    def pins(self) -> dict[str, int]:
        """The pins it takes, by the key that names them."""
        named = {"relay": self.relay, "contact": self.contact, "rex": self.rex}
        return {key: taken.pin for key, taken in named.items() if taken is not None}
