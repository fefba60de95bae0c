"""Decides which of several overrides of a door is in force. Pure; the only module that decides it."""

from collections.abc import Iterable
from datetime import datetime

from edge.wire.plan import Override, OverrideKind

STRICTEST_FIRST = (OverrideKind.OUT_OF_SERVICE, OverrideKind.LOCK_DOWN, OverrideKind.HOLD_OPEN)
"""The strictest override wins, so that adding one never admits anybody who was kept out before."""


def in_force(overrides: Iterable[Override], now: datetime) -> Override | None:
    """The override of a door in force at ``now``, independent of their order: the strictest, and of one kind the one
    that lasts longest. ``None`` if the timetable applies."""
    here = [override for override in overrides if now in override.during]
    return min(here, key=lambda each: (STRICTEST_FIRST.index(each.kind), -each.during.end.timestamp()), default=None)
