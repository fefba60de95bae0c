"""Decodes one beam across an entrance, or one count input: that somebody passed, in either direction. Pure; times in
seconds of the pin's ticks.

A passage is one break, or several that follow each other closely: the legs or arms of one person. It counts when its
first break ends, so a beam that is blocked counts nobody. A break that is too short for a person is a flicker.
"""

import msgspec

from edge.sensors.footfall import BLOCKED_S, CALM_S, FLICKERS, MADE_UP_PER_S, OPENED_AGAIN_S, UNSEEN
from edge.wire.faults import FaultCode

APART_S = 0.3
"""Breaks that are closer are of one person."""
SHORTEST_S = 0.030
"""Nobody breaks a beam for less; a counter's output gives longer pulses."""
PART = "single"
"""The part of its device that a fault of the beam names."""


class OneBeam(msgspec.Struct, frozen=True, kw_only=True):
    """``broken_at``: since when it is broken; ``ended``: when the last break of somebody ended. ``blocked``,
    ``flickering``, ``silent``: what is reported. ``flickers``: recent short breaks, not yet taken back, as of
    ``flicker_at``. ``unseen``: how often the door was opened without a break, the first time and the last."""

    broken_at: float | None = None
    ended: float = float("-inf")
    blocked: bool = False
    flickers: float = 0.0
    flicker_at: float = float("-inf")
    flickering: bool = False
    unseen: tuple[int, float, float] | None = None
    silent: bool = False

    @property
    def due(self) -> float | None:
        """The tick by which ``advance`` must be called, or ``None``."""
        dues = [self.broken_at + BLOCKED_S] if self.broken_at is not None and not self.blocked else []
        dues += [self.flicker_at + CALM_S] if self.flickering else []
        return min(dues, default=None)


class OneBeamFault(msgspec.Struct, frozen=True, kw_only=True):
    """A fault began or ended. ``since``: the tick since which it was so."""

    code: FaultCode
    present: bool
    part: str = PART
    since: float | None = None


def change(
    beam: OneBeam, broken: bool, tick: float, *, apart_s: float = APART_S
) -> tuple[OneBeam, int, list[OneBeamFault]]:
    """The beam was broken or became clear: its state, how many people passed, and faults that began or ended."""
    beam, faults = advance(beam, tick)
    if broken is (beam.broken_at is not None):
        return beam, 0, faults
    if broken:
        return msgspec.structs.replace(beam, broken_at=tick), 0, faults
    began = beam.broken_at if beam.broken_at is not None else tick
    beam = msgspec.structs.replace(beam, broken_at=None)
    if beam.blocked:
        faults.append(OneBeamFault(code=FaultCode.BEAM_BLOCKED, present=False))
        return msgspec.structs.replace(beam, blocked=False, ended=tick), 0, faults
    if tick - began < SHORTEST_S:
        return _flicker(beam, tick, faults), 0, faults
    passed = int(began - beam.ended >= apart_s)
    if beam.silent:
        faults.append(OneBeamFault(code=FaultCode.BEAMS_SILENT, present=False, part=""))
    return msgspec.structs.replace(beam, ended=tick, unseen=None, silent=False), passed, faults


def advance(beam: OneBeam, tick: float) -> tuple[OneBeam, list[OneBeamFault]]:
    """Time has passed."""
    faults = []
    if beam.broken_at is not None and not beam.blocked and tick >= beam.broken_at + BLOCKED_S:
        faults.append(OneBeamFault(code=FaultCode.BEAM_BLOCKED, present=True, since=beam.broken_at))
        beam = msgspec.structs.replace(beam, blocked=True)
    if beam.flickering and tick >= beam.flicker_at + CALM_S:
        faults.append(OneBeamFault(code=FaultCode.BEAM_FLICKERS, present=False))
        beam = msgspec.structs.replace(beam, flickering=False, flickers=0.0)
    return beam, faults


def opened(beam: OneBeam, tick: float) -> tuple[OneBeam, list[OneBeamFault]]:
    """The door of this counter was opened."""
    times, first, last = beam.unseen or (0, tick, tick - OPENED_AGAIN_S)
    if beam.broken_at is not None or tick < last + OPENED_AGAIN_S:
        return beam, []
    beam = msgspec.structs.replace(beam, unseen=(times + 1, first, tick))
    if times + 1 < UNSEEN or beam.silent:
        return beam, []
    found = OneBeamFault(code=FaultCode.BEAMS_SILENT, present=True, part="", since=first)
    return msgspec.structs.replace(beam, silent=True), [found]


def _flicker(beam: OneBeam, tick: float, faults: list[OneBeamFault]) -> OneBeam:
    recent = max(0.0, beam.flickers - (tick - beam.flicker_at) * MADE_UP_PER_S) + 1
    if recent > FLICKERS and not beam.flickering:
        faults.append(OneBeamFault(code=FaultCode.BEAM_FLICKERS, present=True, since=tick))
    flickering = beam.flickering or recent > FLICKERS
    return msgspec.structs.replace(beam, flickers=recent, flicker_at=tick, flickering=flickering)
