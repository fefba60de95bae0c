"""A reader or keypad with the two data lines of Wiegand.

Turns pulses on the two lines of a Wiegand reader into frames of bits. Uses the kernel's ticks.

A pulse on D0 is a 0, on D1 a 1. Pulses are 20 to 100 microseconds wide and 200 microseconds to 20 ms apart (Security
Industry Association AC-01); a pause ends the frame.
"""

from collections.abc import Callable

import msgspec

from edge.readers.config import WiegandConfig
from edge.readers.door_side import DoorSide, PauseTimer, Reader, TamperLoop
from edge.readers.reading import Keys, Reading
from edge.readers.wiegand_formats import are_cards, key_bits, length, read
from edge.runtime import Runtime, TickScale
from edge.wire.credentials import UNREAD_KEY
from edge.wire.events import UnreadWhat
from edge.wire.faults import FaultCode

GAP_S = 0.050
"""A pause this long ends a frame. Keys are at least 100 ms apart."""
RINGING_S = 0.000_050
"""A second pulse on the same wire within this time is ringing of the first. On the other wire it is crosstalk: the
order of the bits is unknown and the frame is invalid."""
LIMIT = 64
"""The most bits in a frame."""


class Burst(msgspec.Struct, frozen=True, kw_only=True):
    """The pulses of a frame so far as (tick, wire), sorted by tick. ``spoilt``: it cannot be decoded any more."""

    pulses: tuple[tuple[float, int], ...] = ()
    spoilt: bool = False

    def bits(self) -> str | None:
        """Its bits as text, or ``None`` where it is spoilt."""
        return None if self.spoilt else "".join(str(wire) for _, wire in self.pulses)


def add_pulse(burst: Burst, wire: int, tick: float) -> tuple[Burst, Burst | None]:
    """One more pulse; the frame that a pause before it ended, if so.

    The two wires may be reported out of order: ticks decide.
    """
    pulses = burst.pulses
    if pulses and tick > pulses[-1][0] + GAP_S:
        return Burst(pulses=((tick, wire),)), burst
    if pulses and tick < pulses[0][0] - GAP_S:
        return msgspec.structs.replace(burst, spoilt=True), None
    place = len(pulses)
    while place and pulses[place - 1][0] > tick:
        place -= 1
    near = [other for other in pulses[max(0, place - 1) : place + 1] if abs(other[0] - tick) < RINGING_S]
    if near:
        crossed = any(other != wire for _, other in near)
        return msgspec.structs.replace(burst, spoilt=burst.spoilt or crossed), None
    if len(pulses) == LIMIT:
        return Burst(pulses=(*pulses[1:], (tick, wire)), spoilt=True), None
    return Burst(pulses=(*pulses[:place], (tick, wire), *pulses[place:]), spoilt=burst.spoilt), None


HELD_CHECK_S = 0.5
"""How often a line that is held low is looked at: only its falls are reported."""
LATE_S = 0.5
"""How long after a pause the rest of a frame may still be reported, with ticks that show that it belongs to it."""
KEY_APART_S = 0.1
"""Keys are at least this far apart; bits that are closer belong to one key."""


class WiegandReader(Reader[WiegandConfig]):
    """The reader of ``config``."""

    def __init__(self, config: WiegandConfig, *, runtime: Runtime, side: DoorSide) -> None:
        super().__init__(config, runtime=runtime, side=side)
        self._loop = TamperLoop(config.loop, reader=self.id, runtime=runtime, cut=self.forget)
        self._ticks = TickScale(runtime.clock)
        self._timer = PauseTimer(runtime, f"frame at {config.id}", self._pause)
        self._burst = Burst()
        self._waiting = False
        self._rests_at = self._garbled_at = float("-inf")
        self._key_bits = key_bits(config.formats)
        # If all frames have one length, a key need not wait for the pause after it.
        lengths = {length(name) for name in config.formats}
        self._whole = min(lengths) if len(lengths) == 1 and not are_cards(config.formats) else None
        self._lines = {
            name: runtime.pins.input(pin, pull_up=True, on_change=self._listener(wire), falls_only=True)
            for wire, (name, pin) in enumerate((("D0", config.d0), ("D1", config.d1)))
        }

    def start(self) -> None:
        self._loop.start()
        self._check_lines()

    def _listener(self, wire: int) -> Callable[[bool, float], None]:
        def fell(level: bool, tick: float) -> None:
            self._runtime.post(self._pulse, wire, tick)

        return fell

    def _pulse(self, wire: int, tick: float) -> None:
        self._ticks.seen(tick)
        self._rests_at = max(self._rests_at, tick + GAP_S)
        self._burst, ended = add_pulse(self._burst, wire, tick)
        if ended is not None:
            self._decode(ended)
        if len(self._burst.pulses) == self._whole:
            self._decode(self._burst)
            self._burst = Burst()
        if not self._waiting:
            self._wait()

    def _wait(self) -> None:
        """Wait for the pause. A timer for every bit would cost too much."""
        self._waiting = True
        self._timer.set(self._ticks.mono(self._rests_at))

    def _pause(self) -> None:
        self._waiting = False
        if self._ticks.now() < self._rests_at:
            self._wait()
            return
        self._check_lines()
        if not self._burst.pulses:
            return
        # On a busy Pi bits are delayed, and only the next bit's tick shows whether the frame went on. A frame that
        # cannot be decoded yet, or part of a key, is given more time.
        begun = self._whole is not None or self._reading(self._burst) is None
        if begun and self._ticks.now() < self._rests_at + LATE_S:
            self._timer.set(self._ticks.mono(self._rests_at + LATE_S))
            return
        burst, self._burst = self._burst, Burst()
        self._decode(burst)

    def _reading(self, burst: Burst) -> Reading | None:
        bits = burst.bits()
        return read(bits, self._config.formats) if bits is not None else None

    def _decode(self, burst: Burst) -> None:
        reading = self._reading(burst)
        if not self._open:
            return
        first, last = burst.pulses[0][0], burst.pulses[-1][0]
        if reading is None:
            self.garbled(UnreadWhat.BITS, len(burst.pulses))
            if len(burst.pulses) > self._key_bits or first < self._garbled_at + KEY_APART_S:
                return
            self._garbled_at = last
            reading = Keys(keys=UNREAD_KEY)
        self.take(reading, self._ticks.instant(last))

    def _check_lines(self) -> None:
        """Check that both lines are high when idle. A low line is shorted, or its reader has no power."""
        held = {name: not line.level for name, line in self._lines.items()}
        if any(held.values()):
            self._timer.set(self._runtime.clock.monotonic() + HELD_CHECK_S)
        for name, low in held.items():
            self._runtime.fault(self.id, FaultCode.LINE_HELD_LOW, name, present=low)
