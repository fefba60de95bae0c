"""Values that access passes to the plan compiler."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

import msgspec

from edge.wire.credentials import CredentialKind
from edge.wire.interval import Interval


class WantedGrant(msgspec.Struct, frozen=True, kw_only=True):
    """A credential that is to be on a door. ``code_key``: ``edge.wire.credentials.code_key`` of it. ``new``: no plan
    has held it yet."""

    id: str
    booking_id: str
    door: str
    kind: CredentialKind
    code_key: bytes
    window: Interval
    hold_s: float | None
    new: bool = True


class NewGrant(msgspec.Struct, frozen=True, kw_only=True):
    """A credential to write, one per door. ``owner``: who may share its code."""

    id: str
    booking_id: str
    owner: str
    door: str
    code_key: bytes
    window: Interval


class Codes(msgspec.Struct, frozen=True, kw_only=True):
    """The codes of one booking. ``by_door``: door -> its code; under "" the one for all doors, where there is one.
    ``changed_at``: when they replaced earlier codes; ``None``: they are the first. ``repr`` does not show them."""

    by_door: Mapping[str, str]
    changed_at: datetime | None = None

    def at(self, door: str) -> str:
        """The code at a door; empty where it has none there."""
        return self.by_door.get(door) or self.by_door.get("", "")

    @property
    def first(self) -> str:
        """The one code, or that of the first door by its id."""
        return self.by_door[min(self.by_door)]

    def lots(self, doors: Sequence[str]) -> list[tuple[str, tuple[str, ...]]]:
        """Each code with the doors that it opens, of those given, in their order."""
        found: dict[str, tuple[str, ...]] = {}
        for door in doors:
            if code := self.at(door):
                found[code] = (*found.get(code, ()), door)
        return list(found.items())

    def __repr__(self) -> str:
        return f"Codes({len(self.by_door)})"


class Share(msgspec.Struct, frozen=True, kw_only=True):
    """How a booking shares its codes: with whom, and whether each door has its own."""

    owner: str
    each_door: bool


class Issue(msgspec.Struct, frozen=True, kw_only=True):
    """How codes are given to the bookings of a space. ``lengths``: door -> digits. ``windows``: booking -> when its
    code opens, lead-in and lag included. ``owners``: booking -> who shares its code; itself where it is not named.
    ``each_door``: every door has a code of its own."""

    lengths: Mapping[str, int]
    windows: Mapping[str, Interval]
    owners: Mapping[str, str] = {}
    each_door: bool = False

    def owner(self, booking: str) -> str:
        return self.owners.get(booking, booking)

    def lots(self) -> list[tuple[str, ...]]:
        """Doors that share a code: all whose codes are as long, or each for itself."""
        if self.each_door:
            return [(door,) for door in self.lengths]
        by_length: dict[int, tuple[str, ...]] = {}
        for door, length in self.lengths.items():
            by_length[length] = (*by_length.get(length, ()), door)
        return list(by_length.values())


class CodeRow(NamedTuple):
    """A code as it is stored. ``door``: "" where it is for all of the booking's."""

    booking_id: str
    door: str
    owner: str
    sealed: bytes
    changed_at: datetime | None


class IssuedCodes(msgspec.Struct, frozen=True, kw_only=True):
    """The codes that a booking was given, and what was written for it."""

    codes: Codes
    grants: tuple[NewGrant, ...]
