"""Turns pulses on the two lines of a Wiegand reader into frames of bits. Pure; uses the kernel's ticks.

A pulse on D0 is a 0, on D1 a 1. Pulses are 20 to 100 microseconds wide and 200 microseconds to 20 ms apart (Security
Industry Association AC-01); a pause ends the frame.
"""

import msgspec

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
