"""What a door tells whoever stands at it, by a buzzer and two lights. docs/doors.md shows the patterns to people.

Nobody need hear or see colours to tell them apart: each differs by its beeps from every other, and by its lights.
"""

from enum import StrEnum

import msgspec


class Signal(StrEnum):
    """The answers and warnings there are. ``IDLE``: nothing to say."""

    IDLE = "idle"
    GRANTED = "granted"
    REFUSED = "refused"
    LOCKED_OUT = "locked_out"
    PIN_WANTED = "pin_wanted"
    TOO_EARLY = "too_early"
    WAIT = "wait"
    CODES_WAIT = "codes_wait"
    FORCED = "forced"
    HELD = "held"
    ALARM_WARNING = "alarm_warning"
    CLOSING = "closing"
    FIRE = "fire"


class Frame(msgspec.Struct, frozen=True):
    """Buzzer and lights for a while."""

    for_s: float
    beep: bool = False
    green: bool = False
    red: bool = False


class Pattern(msgspec.Struct, frozen=True, kw_only=True):
    """Frames, once, or over and over until there is something else to say."""

    frames: tuple[Frame, ...]
    repeats: bool = False


def _beeps(count: int, for_s: float, *, green: bool = False, red: bool = False, dark: bool = False) -> list[Frame]:
    """Short beeps; between them the lights stay on or, with ``dark``, go out."""
    pause = Frame(for_s, green=green and not dark, red=red and not dark)
    return [frame for _ in range(count) for frame in (Frame(for_s, beep=True, green=green, red=red), pause)]


PATTERNS: dict[Signal, Pattern] = {
    Signal.IDLE: Pattern(frames=()),
    Signal.GRANTED: Pattern(frames=(Frame(0.8, beep=True, green=True), Frame(2.2, green=True))),
    Signal.REFUSED: Pattern(frames=(*_beeps(3, 0.15, red=True), Frame(1.6, red=True))),
    Signal.LOCKED_OUT: Pattern(frames=(*_beeps(6, 0.17, red=True, dark=True), *_beeps(3, 0.5, red=True, dark=True))),
    Signal.PIN_WANTED: Pattern(
        frames=(Frame(0.15, beep=True, green=True), *[Frame(0.5, green=on % 2 == 1) for on in range(12)])
    ),
    Signal.TOO_EARLY: Pattern(
        frames=(
            Frame(0.5, beep=True, red=True),
            Frame(0.3, green=True),
            Frame(0.15, beep=True, red=True),
            Frame(0.3, green=True),
            Frame(1.2, red=True),
        )
    ),
    Signal.WAIT: Pattern(
        frames=(
            *_beeps(2, 0.15, green=True, red=True),
            *[Frame(0.5, green=on % 2 == 1, red=on % 2 == 1) for on in range(20)],
        )
    ),
    Signal.CODES_WAIT: Pattern(frames=(Frame(0.1, beep=True, red=True), Frame(7.9)), repeats=True),
    Signal.FORCED: Pattern(frames=(Frame(0.25, beep=True, red=True), Frame(0.25)), repeats=True),
    Signal.HELD: Pattern(frames=(Frame(0.3, beep=True, red=True), Frame(2.7)), repeats=True),
    Signal.ALARM_WARNING: Pattern(frames=(Frame(0.5, beep=True, red=True), Frame(0.5, green=True)), repeats=True),
    Signal.CLOSING: Pattern(
        frames=tuple(
            frame for _ in range(3) for frame in (Frame(1.0, beep=True, green=True, red=True), Frame(1.0, red=True))
        )
    ),
    Signal.FIRE: Pattern(frames=(Frame(0.5, green=True), Frame(0.5)), repeats=True),
}
"""``FIRE`` is silent: the alarm's own sounders must be heard, and the green light says which way is open."""
