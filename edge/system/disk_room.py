"""Says that the disk or the outbox is nearly full, while somebody can still do something about it."""

import os
from collections.abc import Collection
from pathlib import Path

from edge.wire.faults import FaultCode

LEAST_FREE = 100 * 2**20
"""Bytes; with less the disk is nearly full, and with half as much again it is no longer."""
_FULL, _EMPTIER = 0.8, 0.6
"""Shares of the outbox's limit that events take which the controller has not stored."""


def free_bytes(folder: Path) -> int | None:
    """What the agent may still write there; ``None`` where that is not known."""
    try:
        room = os.statvfs(folder)
    except OSError:
        return None
    return room.f_bavail * room.f_frsize


def rounded_mb(free: int) -> int:
    """Bytes as MB, rounded down to two digits: each change of it is a message."""
    mb = free // 10**6
    step: int = 10 ** max(len(str(mb)) - 2, 0)
    return mb // step * step


def room_faults(known: Collection[FaultCode], *, free: int | None, waiting: int, limit: int) -> dict[FaultCode, bool]:
    """Which of the two faults there are, of those that can be told. ``known``: faults that there were; ``free``: bytes
    on the disk; ``waiting``: bytes of the outbox that the controller has not stored, of at most ``limit``. Pure."""
    most = limit * (_EMPTIER if FaultCode.OUTBOX_NEARLY_FULL in known else _FULL)
    found = {FaultCode.OUTBOX_NEARLY_FULL: waiting >= most}
    if free is not None:
        least = LEAST_FREE * 3 // 2 if FaultCode.DISK_NEARLY_FULL in known else LEAST_FREE
        found[FaultCode.DISK_NEARLY_FULL] = free < least
    return found
