"""What a ``[[reader]]`` says: its ``kind``, its ``door``, and the ``side`` that people stand on to use it."""

from typing import Literal

import msgspec

from edge.pinout import PinNumber
from edge.wire.ids import Slug

Side = Literal["outside", "inside"]


class WiegandConfig(
    msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="kind", tag="wiegand"
):
    """A Wiegand keypad that sends each key as a burst of 4 bits: D0 pulses low for 0, D1 for 1."""

    id: Slug
    door: Slug
    side: Side = "outside"
    d0: PinNumber
    d1: PinNumber

    def pins(self) -> dict[str, int]:
        """The pins it takes, by the key that names them."""
        return {"d0": self.d0, "d1": self.d1}


ReaderConfig = WiegandConfig
"""One struct for each ``kind``."""
