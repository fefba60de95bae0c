"""What a door tells whoever stands at it."""

from enum import StrEnum


class Signal(StrEnum):
    """The answers and warnings there are. ``IDLE``: nothing to say."""

    IDLE = "idle"
    GRANTED = "granted"
    REFUSED = "refused"
    LOCKED_OUT = "locked_out"
    PIN_WANTED = "pin_wanted"
    TOO_EARLY = "too_early"
    WAIT = "wait"
    FORCED = "forced"
    HELD = "held"
    ALARM_WARNING = "alarm_warning"
    CLOSING = "closing"
    FIRE = "fire"
