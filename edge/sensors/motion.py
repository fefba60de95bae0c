"""Movement of a PIR: begins immediately and ends after a quiet time, so that one visitor does not make fifty events.
Pure."""

import msgspec

QUIET_S = 30.0
"""Movement ends when none was detected for this long, in seconds of the pins' ticks."""


class MotionState(msgspec.Struct, frozen=True, kw_only=True):
    """``active``: the reported state; ``seen``: the sensor's level; ``quiet_at``: when the activity ends."""

    active: bool = False
    seen: bool = False
    quiet_at: float | None = None

    @property
    def due(self) -> float | None:
        return self.quiet_at


def sense(motion: MotionState, seen: bool, tick: float) -> MotionState:
    """The sensor's level changed."""
    motion = advance(motion, tick)
    if seen:
        return MotionState(active=True, seen=True)
    return MotionState(active=motion.active, quiet_at=tick + QUIET_S if motion.active else None)


def advance(motion: MotionState, tick: float) -> MotionState:
    """Time has passed."""
    return MotionState() if motion.quiet_at is not None and tick >= motion.quiet_at else motion
