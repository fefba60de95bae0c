"""The ``[[door]]`` tables of the configuration."""

from typing import Literal

import msgspec

from edge.system.pinout import InputPin, OutputPin, Positive
from edge.wire.ids import Slug


class DoorConfig(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A door. ``relay`` switches the current of its ``lock``; docs/wiring.md shows each kind.

    ``fail``: whether the lock is locked (``secure``) or released (``safe``) without current. ``feed``: the relay
    contact that carries the current, normally open or normally closed. ``fire``: whether a fire releases the door; by
    default it releases a fail-safe lock. ``contact``: active while the door is closed; ``second_contact``: that of a
    double door's other leaf. ``lock_sensor``: active while the bolt or magnet holds. ``break_glass``: active while the
    glass is intact. ``interlock``: of the doors with the same name here, only one admits people at a time.
    ``free_after_entry``: hours in which the door is free for everybody begin with the first valid entry. ``hold_s`` and
    ``held_after_s`` (seconds) apply until a plan sets them.
    """

    id: Slug
    lock: Literal["strike", "maglock"] = "strike"
    fail: Literal["secure", "safe"] | None = None
    feed: Literal["open", "closed"] = "open"
    fire: Literal["release", "stay"] | None = None
    relay: OutputPin
    contact: InputPin | None = None
    second_contact: InputPin | None = None
    lock_sensor: InputPin | None = None
    rex: InputPin | None = None
    break_glass: InputPin | None = None
    buzzer: OutputPin | None = None
    green: OutputPin | None = None
    red: OutputPin | None = None
    interlock: Slug | None = None
    free_after_entry: bool = False
    hold_s: Positive = 5.0
    held_after_s: Positive = 60.0

    @property
    def fails_safe(self) -> bool:
        """Whether the lock is released without current. True for every magnet, and for a strike with ``fail =
        "safe"``."""
        return self.lock == "maglock" if self.fail is None else self.fail == "safe"

    @property
    def fire_releases(self) -> bool:
        return self.fails_safe if self.fire is None else self.fire == "release"

    @property
    def released_at_rest(self) -> bool:
        """Whether the door is unlocked while the relay is off: before the start, after the end, after a crash."""
        return self.fails_safe and self.feed == "open"

    def energised(self, released: bool) -> bool:
        """Whether the relay must be on for the door to be ``released``, or locked."""
        return released is not self.released_at_rest

    def pins(self) -> dict[str, int]:
        """The pins that it uses, by configuration key."""
        values = ((key, getattr(self, key)) for key in self.__struct_fields__)
        return {key: value.pin for key, value in values if isinstance(value, InputPin | OutputPin)}
