"""Decodes two beams across an entrance: who came in, went out or turned back. Pure.

The pair is a quadrature code. Walking in breaks *outer*, both, *inner*, none. Each change moves a position by one
quarter, so stepping back and forth cancels out, and only a whole passage counts. Changes are sorted by the kernel's
tick before they are decoded, because two pins may be reported out of order.

A quick or thin person may leave the first beam before reaching the second: two single breaks in quick succession are a
passage too. A beam that is broken for two minutes is a fault, and nothing counts until both beams are clear again. A
beam that is never broken while the other one often is, is a fault too: those passages cannot be classified.
"""

from typing import Literal

import msgspec

from edge.wire.faults import FaultCode

REORDER_S = 0.050
"""How long a change waits for an earlier one that is reported late, in ticks."""
STRIDE_S = 0.7
"""The longest time between leaving one beam and breaking the other in one passage."""
BLOCKED_S = 120.0
ALONE = 12
"""This many consecutive breaks of one beam alone are not people who turn back: the other beam is dead."""

Beam = Literal["outer", "inner"]


class BeamChange(msgspec.Struct, frozen=True, kw_only=True, order=True):
    tick: float
    beam: Beam
    broken: bool


class Crossing(msgspec.Struct, frozen=True, kw_only=True):
    way: Literal["in", "out", "back"]


class BeamFault(msgspec.Struct, frozen=True, kw_only=True):
    """A beam's fault began or ended."""

    beam: Beam
    present: bool
    code: FaultCode = FaultCode.BEAM_BLOCKED


Outcome = Crossing | BeamFault


class Pair(msgspec.Struct, frozen=True, kw_only=True):
    """``position``: quarters of a passage, inwards positive. ``single``: a break of one beam that may be half of a
    passage: which beam, and when it cleared. ``broken_at``: since when each beam is broken. ``faulty``: reported beams.
    ``void``: a beam was blocked, so nothing counts until both are clear. ``alone``: how often in a row one beam was
    broken without the other. ``dead``: the beam reported as never broken."""

    outer: bool = False
    inner: bool = False
    position: int = 0
    touched: tuple[Beam, ...] = ()
    single: tuple[Beam, float] | None = None
    broken_at: tuple[tuple[Beam, float], ...] = ()
    faulty: tuple[Beam, ...] = ()
    void: bool = False
    alone: tuple[Beam, int] | None = None
    dead: Beam | None = None
    waiting: tuple[BeamChange, ...] = ()

    @property
    def due(self) -> float | None:
        """The tick by which ``advance`` must be called, or ``None``."""
        dues = [self.waiting[0].tick + REORDER_S] if self.waiting else []
        if self.single is not None and not (self.outer or self.inner):
            dues.append(self.single[1] + STRIDE_S + REORDER_S)
        dues += [at + BLOCKED_S for beam, at in self.broken_at if beam not in self.faulty]
        return min(dues, default=None)


def feed(pair: Pair, change: BeamChange) -> Pair:
    """Queue a change; ``advance`` decodes it once no earlier one can still arrive."""
    return msgspec.structs.replace(pair, waiting=tuple(sorted((*pair.waiting, change))))


def advance(pair: Pair, tick: float, *, shut: bool = False) -> tuple[Pair, list[Outcome]]:
    """Decode everything that is certain at ``tick``. ``shut``: the door is closed, so somebody who breaks one beam only
    walks past."""
    outcomes: list[Outcome] = []
    while pair.waiting and pair.waiting[0].tick + REORDER_S <= tick:
        change, rest = pair.waiting[0], pair.waiting[1:]
        pair = _lapse(msgspec.structs.replace(pair, waiting=rest), change.tick + REORDER_S, outcomes)
        pair = _read(pair, change, outcomes, shut=shut)
    return _lapse(pair, tick, outcomes), outcomes


_CYCLE = {(False, False): 0, (True, False): 1, (True, True): 2, (False, True): 3}


def _read(pair: Pair, change: BeamChange, outcomes: list[Outcome], *, shut: bool) -> Pair:
    if (pair.outer if change.beam == "outer" else pair.inner) is change.broken:
        return pair
    before = _CYCLE[pair.outer, pair.inner]
    broken_at = tuple((beam, at) for beam, at in pair.broken_at if beam != change.beam)
    if change.broken:
        broken_at = (*broken_at, (change.beam, change.tick))
    outer = change.broken if change.beam == "outer" else pair.outer
    inner = change.broken if change.beam == "inner" else pair.inner
    move = 1 if (_CYCLE[outer, inner] - before) % 4 == 1 else -1
    touched = pair.touched if change.beam in pair.touched else (*pair.touched, change.beam)
    pair = msgspec.structs.replace(
        pair, outer=outer, inner=inner, broken_at=broken_at, position=pair.position + move, touched=touched
    )
    if not change.broken and change.beam in pair.faulty:
        faulty = tuple(beam for beam in pair.faulty if beam != change.beam)
        pair = msgspec.structs.replace(pair, faulty=faulty)
        outcomes.append(BeamFault(beam=change.beam, present=False))
    if change.beam == pair.dead:
        pair = msgspec.structs.replace(pair, dead=None)
        outcomes.append(BeamFault(beam=change.beam, present=False, code=FaultCode.BEAM_DEAD))
    return pair if outer or inner else _cleared(pair, change, outcomes, shut=shut)


def _cleared(pair: Pair, change: BeamChange, outcomes: list[Outcome], *, shut: bool) -> Pair:
    """Both beams are clear: classify the passage."""
    position, single, touched, void = pair.position, pair.single, pair.touched, pair.void
    pair = msgspec.structs.replace(pair, position=0, touched=(), single=None, void=False)
    if void:
        return pair
    if not shut:
        pair = _compare(pair, touched, outcomes)
    if pair.dead is not None:
        return pair
    if position in (4, -4):
        outcomes.append(Crossing(way="in" if position > 0 else "out"))
    elif len(touched) > 1:
        outcomes.append(Crossing(way="back"))
    elif single is not None and single[0] != change.beam:
        outcomes.append(Crossing(way="in" if single[0] == "outer" else "out"))
    else:
        if single is not None:
            outcomes.append(Crossing(way="back"))
        return msgspec.structs.replace(pair, single=(change.beam, change.tick))
    return pair


def _compare(pair: Pair, touched: tuple[Beam, ...], outcomes: list[Outcome]) -> Pair:
    """Compare the beams: both should be broken about equally often."""
    if len(touched) > 1:
        return msgspec.structs.replace(pair, alone=None)
    beam, before = touched[0], pair.alone
    times = before[1] + 1 if before is not None and before[0] == beam else 1
    if times < ALONE or pair.dead is not None:
        return msgspec.structs.replace(pair, alone=(beam, times))
    other: Beam = "inner" if beam == "outer" else "outer"
    outcomes.append(BeamFault(beam=other, present=True, code=FaultCode.BEAM_DEAD))
    return msgspec.structs.replace(pair, alone=(beam, times), dead=other)


def _lapse(pair: Pair, tick: float, outcomes: list[Outcome]) -> Pair:
    """Apply what follows from elapsed time: a single break was no passage, a beam is blocked."""
    if pair.single is not None and not (pair.outer or pair.inner) and tick >= pair.single[1] + STRIDE_S + REORDER_S:
        pair = msgspec.structs.replace(pair, single=None)
        outcomes.append(Crossing(way="back"))
    for beam, at in pair.broken_at:
        if beam not in pair.faulty and tick >= at + BLOCKED_S:
            pair = msgspec.structs.replace(pair, faulty=(*pair.faulty, beam), single=None, void=True)
            outcomes.append(BeamFault(beam=beam, present=True))
    return pair
