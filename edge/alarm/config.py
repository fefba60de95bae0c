"""What an ``[[area]]`` of the configuration says."""

from typing import Annotated, Literal

import msgspec

from edge.system.pinout import InputPin, OutputPin, Positive
from edge.wire.ids import Slug

Some = Annotated[tuple[Slug, ...], msgspec.Meta(min_length=1)]


class WindowConfig(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A contact of the perimeter that is no door of ours: a window, a shutter. Active while it is shut."""

    id: Slug
    contact: InputPin


class AreaConfig(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An area of the intruder alarm, whole on this edge. docs/alarm.md says how it behaves.

    ``doors``: every way in; each needs a contact. ``zones``: every room, each watched by a PIR. ``windows``: other
    contacts of the perimeter. ``counters``: those at its doors. ``tamper``: a loop through the lids of siren and PIRs,
    active while it is whole. ``siren``, ``strobe``, ``warning`` and ``set`` are outputs; doors warn by their own
    buzzers and lights besides. It sets after ``quiet_s`` in which nothing stirs and ``warn_s`` of warning; a siren
    sounds for ``siren_s`` at most. A PIR that has seen nobody in ``unproven_after`` uses of the area is taken for dead.
    """

    id: Slug
    doors: Some
    zones: Some
    counters: tuple[Slug, ...] = ()
    windows: tuple[WindowConfig, ...] = ()
    tamper: InputPin | None = None
    siren: OutputPin | None = None
    strobe: OutputPin | None = None
    warning: OutputPin | None = None
    set: OutputPin | None = None
    quiet_s: Annotated[float, msgspec.Meta(ge=60, le=86_400)] = 900.0
    warn_s: Annotated[float, msgspec.Meta(ge=30, le=600)] = 60.0
    siren_s: Annotated[float, msgspec.Meta(ge=1, le=1200)] = 900.0
    unproven_after: Annotated[int, msgspec.Meta(ge=1, le=100)] = 5

    def outputs(self) -> dict[str, OutputPin]:
        """Its outputs, by the key that names them."""
        named = {"siren": self.siren, "strobe": self.strobe, "warning": self.warning, "set": self.set}
        return {key: wired for key, wired in named.items() if wired is not None}


class OutputConfig(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Something that follows use. ``light``: on while the building is open or booked, and in its ``zones`` (all where
    none are named) until nobody has moved there for ``run_on_s``; on in a fire. ``hold_open``: the magnets that hold
    inner doors open, on while the building is open, let go when nobody is left, and at once in a fire."""

    id: Slug
    use: Literal["light", "hold_open"] = "light"
    relay: OutputPin
    zones: tuple[Slug, ...] = ()
    run_on_s: Positive = 600.0


class AnnouncerConfig(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Something that tells people that the building closes, besides the doors: a ``buzzer`` that beeps, a ``relay``
    that is on for ``for_s`` (a chime, loudspeakers), or a ``command`` that plays a sound, in which ``{minutes}`` stands
    for the minutes that are left."""

    id: Slug
    buzzer: OutputPin | None = None
    relay: OutputPin | None = None
    command: (
        Annotated[tuple[Annotated[str, msgspec.Meta(pattern=r"^[^\x00]+$")], ...], msgspec.Meta(min_length=1)] | None
    ) = None
    for_s: Positive = 10.0
