"""Which of several overrides of a door holds. Pure; the one place that answers it."""

from collections.abc import Iterable
from datetime import datetime

from edge.wire.plan import Override, OverrideKind

STRICTEST_FIRST = (OverrideKind.OUT_OF_SERVICE, OverrideKind.LOCK_DOWN, OverrideKind.HOLD_OPEN)
"""The stricter wins, so that whoever adds a lock never lets in anybody who was kept out before."""


def in_force(overrides: Iterable[Override], now: datetime) -> Override | None:
    """The override of one door that holds at ``now``, in whatever order they are listed: the strictest, and of the same
    kind the one that lasts longest. ``None`` where the timetable holds."""
    here = [override for override in overrides if now in override.during]
    return min(here, key=lambda each: (STRICTEST_FIRST.index(each.kind), -each.during.end.timestamp()), default=None)
