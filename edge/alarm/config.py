"""The ``[fire]``, ``[[area]]``, ``[[output]]`` and ``[[announcer]]`` tables of the configuration."""

from typing import Annotated, Literal

import msgspec

from edge.system.pinout import InputPin, OutputPin, Positive
from edge.wire.ids import Slug

Some = Annotated[tuple[Slug, ...], msgspec.Meta(min_length=1)]


class FireConfig(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The fire alarm's volt-free contact: ``loop`` is active (closed to ground) while there is no fire."""

    id: Slug = "fire-line"
    loop: InputPin


class WindowConfig(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A perimeter contact that is not a configured door: a window, a shutter. Active while closed."""

    id: Slug
    contact: InputPin


class AreaConfig(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An area of the intruder alarm, complete on this edge. docs/alarm.md describes its behaviour.

    ``doors``: every way in; each needs a contact. ``zones``: every room, each with a PIR. ``windows``: other perimeter
    contacts. ``counters``: those at its doors. ``tamper``: a loop through the lids of siren and PIRs, active while
    intact. ``siren``, ``strobe``, ``warning`` and ``set`` are outputs; the doors also warn with their own buzzers and
    lights. The area sets after ``quiet_s`` without movement and ``warn_s`` of warning. A siren sounds for at most
    ``siren_s``. A PIR that saw nobody in ``unproven_after`` uses of the area counts as broken.
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
    """An output that follows use of the building. ``light``: on while the building is open or booked, in its ``zones``
    (default: all) until nobody has moved there for ``run_on_s``, and during a fire. ``hold_open``: magnets that hold
    inner doors open; on while the building is open, off when nobody is left, and immediately off in a fire."""

    id: Slug
    use: Literal["light", "hold_open"] = "light"
    relay: OutputPin
    zones: tuple[Slug, ...] = ()
    run_on_s: Positive = 600.0


class AnnouncerConfig(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Announces, besides the doors, that the building closes: a ``buzzer`` that beeps, a ``relay`` that is on for
    ``for_s`` (a chime, loudspeakers), or a ``command`` that plays a sound, in which ``{minutes}`` is replaced by the
    minutes left."""

    id: Slug
    buzzer: OutputPin | None = None
    relay: OutputPin | None = None
    command: (
        Annotated[tuple[Annotated[str, msgspec.Meta(pattern=r"^[^\x00]+$")], ...], msgspec.Meta(min_length=1)] | None
    ) = None
    for_s: Positive = 10.0
