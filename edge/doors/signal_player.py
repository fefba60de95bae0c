"""Plays the signals of a door on its buzzer and lights."""

from collections.abc import Callable

from edge.doors.signals import PATTERNS, DoorSignal, SignalFrame
from edge.runtime import Runtime, Timer
from edge.system.pinout import OutputPin
from edge.system.pins import Pins, Relay


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
