"""Movement begins at once and ends after a quiet time."""

from edge.sensors.motion import QUIET_S, MotionState, advance, sense


def test_movement_is_seen_at_once() -> None:
    assert sense(MotionState(), True, 1.0).active


def test_movement_ends_after_the_quiet_time() -> None:
    motion = sense(sense(MotionState(), True, 1.0), False, 3.0)
    assert motion.due == 3.0 + QUIET_S
    assert advance(motion, 3.0 + QUIET_S - 0.1).active
    assert not advance(motion, 3.0 + QUIET_S).active


def test_a_short_pause_does_not_end_it() -> None:
    motion = sense(sense(sense(MotionState(), True, 1.0), False, 3.0), True, 20.0)
    assert motion.active
    assert motion.due is None
