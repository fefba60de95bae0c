"""What a door signals to a person, by a buzzer and two lights, and how that is played. docs/doors.md shows the
patterns.

Every signal can be told from every other by ear alone, and by the lights without seeing colours.
"""

from collections.abc import Callable
from enum import StrEnum

import msgspec

from edge.runtime import Runtime, Timer
from edge.system.pinout import OutputPin
from edge.system.pins import Pins, Relay
from edge.wire.access_decision import Decision, Reason


class DoorSignal(StrEnum):
    """All answers and warnings. ``IDLE``: no signal."""

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


_REFUSALS = {
    Reason.TOO_EARLY: DoorSignal.TOO_EARLY,
    Reason.LOCKED_OUT: DoorSignal.LOCKED_OUT,
    Reason.PIN_WANTED: DoorSignal.PIN_WANTED,
}


def signal_of(decision: Decision) -> DoorSignal:
    """The signal for a decision. A code that is not due within hours is refused like an unknown one, so that it is not
    given away."""
    if decision.granted:
        return DoorSignal.GRANTED
    if decision.reason is Reason.TOO_EARLY and not decision.near:
        return DoorSignal.REFUSED
    return _REFUSALS.get(decision.reason, DoorSignal.REFUSED)


class SignalFrame(msgspec.Struct, frozen=True):
    """A state of buzzer and lights for ``for_s`` seconds."""

    for_s: float
    beep: bool = False
    green: bool = False
    red: bool = False


class SignalPattern(msgspec.Struct, frozen=True, kw_only=True):
    """Frames, played once or repeated until the next signal."""

    frames: tuple[SignalFrame, ...]
    repeats: bool = False


def _beeps(
    count: int, for_s: float, *, green: bool = False, red: bool = False, dark: bool = False
) -> list[SignalFrame]:
    """Short beeps. Between them the lights stay on, or go off with ``dark``."""
    pause = SignalFrame(for_s, green=green and not dark, red=red and not dark)
    return [frame for _ in range(count) for frame in (SignalFrame(for_s, beep=True, green=green, red=red), pause)]


PATTERNS: dict[DoorSignal, SignalPattern] = {
    DoorSignal.IDLE: SignalPattern(frames=()),
    DoorSignal.GRANTED: SignalPattern(frames=(SignalFrame(0.8, beep=True, green=True), SignalFrame(2.2, green=True))),
    DoorSignal.REFUSED: SignalPattern(frames=(*_beeps(3, 0.15, red=True), SignalFrame(1.6, red=True))),
    DoorSignal.LOCKED_OUT: SignalPattern(
        frames=(*_beeps(6, 0.17, red=True, dark=True), *_beeps(3, 0.5, red=True, dark=True))
    ),
    DoorSignal.PIN_WANTED: SignalPattern(
        frames=(SignalFrame(0.15, beep=True, green=True), *[SignalFrame(0.5, green=on % 2 == 1) for on in range(12)])
    ),
    DoorSignal.TOO_EARLY: SignalPattern(
        frames=(
            SignalFrame(0.5, beep=True, red=True),
            SignalFrame(0.3, green=True),
            SignalFrame(0.15, beep=True, red=True),
            SignalFrame(0.3, green=True),
            SignalFrame(1.2, red=True),
        )
    ),
    DoorSignal.WAIT: SignalPattern(
        frames=(
            *_beeps(2, 0.15, green=True, red=True),
            *[SignalFrame(0.5, green=on % 2 == 1, red=on % 2 == 1) for on in range(20)],
        )
    ),
    DoorSignal.CODES_WAIT: SignalPattern(
        frames=(SignalFrame(0.1, beep=True, red=True), SignalFrame(7.9)), repeats=True
    ),
    DoorSignal.FORCED: SignalPattern(frames=(SignalFrame(0.25, beep=True, red=True), SignalFrame(0.25)), repeats=True),
    DoorSignal.HELD: SignalPattern(frames=(SignalFrame(0.3, beep=True, red=True), SignalFrame(2.7)), repeats=True),
    DoorSignal.ALARM_WARNING: SignalPattern(
        frames=(SignalFrame(0.5, beep=True, red=True), SignalFrame(0.5, green=True)), repeats=True
    ),
    DoorSignal.CLOSING: SignalPattern(
        frames=tuple(
            frame
            for _ in range(3)
            for frame in (SignalFrame(1.0, beep=True, green=True, red=True), SignalFrame(1.0, red=True))
        )
    ),
    DoorSignal.FIRE: SignalPattern(frames=(SignalFrame(0.5, green=True), SignalFrame(0.5)), repeats=True),
}
"""``FIRE`` is silent so that the fire alarm's sounders can be heard; the green light shows which door is open."""


class SignalPlayer:
    """Plays signals frame by frame; ``show`` outputs a frame until the next one.

    A repeating signal continues after one that plays once. ``IDLE`` ends it.
    """

    def __init__(self, name: str, *, runtime: Runtime, show: Callable[[SignalFrame], None]) -> None:
        self._runtime = runtime
        self._show = show
        self._timer = Timer(runtime, f"signals of {name}", self._next)
        self._continuous = DoorSignal.IDLE
        self._playing = DoorSignal.IDLE
        self._frame = 0

    def signal(self, signal: DoorSignal) -> None:
        """Play a signal. Does not block."""
        if signal is DoorSignal.IDLE or PATTERNS[signal].repeats:
            said_once = self._playing is not self._continuous
            self._continuous = signal
            if said_once:
                return
        self._begin(signal)

    def silence(self) -> None:
        """Stop immediately."""
        self._continuous = DoorSignal.IDLE
        self._begin(DoorSignal.IDLE)

    def _begin(self, signal: DoorSignal) -> None:
        self._playing, self._frame = signal, -1
        self._timer.set(None)
        self._next()

    def _next(self) -> None:
        pattern = PATTERNS[self._playing]
        self._frame += 1
        if self._frame >= len(pattern.frames):
            if not pattern.repeats and self._playing is not self._continuous:
                self._begin(self._continuous)
                return
            if not pattern.repeats:
                self._show(SignalFrame(0))
                return
            self._frame = 0
        frame = pattern.frames[self._frame]
        self._show(frame)
        self._timer.set(self._runtime.clock.monotonic() + frame.for_s)


class PinLights:
    """The buzzer and lights of a door on GPIO pins."""

    def __init__(
        self,
        pins: Pins,
        *,
        buzzer: OutputPin | None = None,
        green: OutputPin | None = None,
        red: OutputPin | None = None,
    ) -> None:
        wired = (("beep", buzzer), ("green", green), ("red", red))
        self._outputs = {part: Relay(pins, each) for part, each in wired if each is not None}

    def show(self, frame: SignalFrame) -> None:
        """Set each output as the frame says."""
        for part, output in self._outputs.items():
            output.set(getattr(frame, part))
