"""What really happened: the truth with which reports are compared."""

from collections import Counter, deque
from datetime import datetime
from enum import StrEnum

import msgspec

KEPT = 200_000
"""Crossings stored. The totals also count earlier ones."""


class Way(StrEnum):
    IN = "in"
    OUT = "out"
    BACK = "back"


class TrueCrossing(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody passed a doorway, or turned ``back`` in it, between the first beam broken and the last one clear."""

    who: str
    site: str
    door: str
    way: Way
    started: datetime
    ended: datetime


class DoorMark(msgspec.Struct, frozen=True, kw_only=True):
    """A door's leaf or lock changed: ``opened``, ``closed``, ``released``, ``secured``; or an edge switched its relay
    on: ``driven``. Of no door: the building's fire alarm, ``fire`` or ``reset``."""

    site: str
    door: str
    what: str
    at: datetime


class TypedCode(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody typed a code; whether the lock was released within reach of it."""

    site: str
    door: str
    who: str
    at: datetime
    opened: bool


class Truth:
    """The log of a world."""

    def __init__(self) -> None:
        self.crossings: deque[TrueCrossing] = deque(maxlen=KEPT)
        self.doors: deque[DoorMark] = deque(maxlen=KEPT)
        self.fires: list[DoorMark] = []
        self.typed: deque[TypedCode] = deque(maxlen=KEPT)
        self.totals: Counter[tuple[str, str, Way]] = Counter()
        self.turned_away: Counter[str] = Counter()
        self.locked_in: list[TrueCrossing] = []
        """Must stay empty: people who pressed a handle inside and did not get out."""

    def crossed(self, crossing: TrueCrossing) -> None:
        self.crossings.append(crossing)
        self.totals[crossing.site, crossing.door, crossing.way] += 1

    def count(self, site: str, way: Way, door: str | None = None) -> int:
        """Crossings of one site, or of one of its doors."""
        return sum(n for (s, d, w), n in self.totals.items() if s == site and w is way and door in (None, d))
