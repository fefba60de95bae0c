"""The ``[[counter]]``, ``[[motion]]`` and ``[[wifi]]`` tables of the configuration."""

from typing import Annotated, Literal

import msgspec

from edge.system.pinout import InputPin, PinNumber, Positive
from edge.wire.ids import Slug

NO_NUL = r"^[^\x00]+$"
PathText = Annotated[str, msgspec.Meta(pattern=NO_NUL)]


class CounterConfig(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Two light beams across an entrance. A person who breaks ``outer`` first and clears ``inner`` last has come in."""

    id: Slug
    door: Slug | None = None
    outer: InputPin
    inner: InputPin


class MotionConfig(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A PIR. Most drive their output high while they detect movement."""

    id: Slug
    zone: Slug
    pin: PinNumber
    active_high: bool = True


class WifiConfig(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The source of an access point's station listing: the output of ``command`` or the content of ``file``."""

    id: Slug
    zone: Slug
    format: Literal["iw", "hostapd"]
    command: Annotated[tuple[Annotated[str, msgspec.Meta(pattern=NO_NUL)], ...], msgspec.Meta(min_length=1)] | None = (
        None
    )
    file: PathText | None = None
    every_s: Positive = 60.0
