"""Decodes two beams across an entrance: who came in, went out or turned back, and which beam has failed. Pure.

The pair is a quadrature code. Walking in breaks *outer*, both, *inner*, none. Each change moves a position by one
quarter, so stepping back and forth cancels out. Changes are sorted by the kernel's tick before they are decoded,
because two pins may be reported out of order. From clear beams to clear beams is one visit; ``passages`` judges it.

A quick or thin person may leave the first beam before reaching the second: two single breaks in quick succession are a
passage too. A beam that is broken for two minutes is a fault, and nothing counts until both beams are clear again. A
beam that is never broken while the other one often is, is a fault too: those passages cannot be classified. So is a
pair that stays clear while its door is opened again and again, and a beam that flickers.
"""

from typing import Literal

import msgspec

from edge.sensors.passages import BREAKS_KEPT, Beam, Break, Row, Verdict, Visit, Way, add, flicker, judge, tell
from edge.wire.faults import FaultCode

REORDER_S = 0.050
"""How long a change waits for an earlier one that is reported late, in ticks."""
STRIDE_S = 0.7
"""The longest time between leaving one beam and breaking the other in one passage."""
BLOCKED_S = 120.0
ALONE = 12
"""This many consecutive breaks of one beam alone are not people who turn back: the other beam is dead."""
UNSEEN = 12
"""A door that was opened this many times in a row without a break has beams that see nothing."""
OPENED_AGAIN_S = 5.0
"""A door that is opened sooner again was not opened for another person."""
FLICKERS = 8.0
"""More short breaks than this flicker; each two seconds take back one."""
MADE_UP_PER_S = 0.5
CALM_S = 60.0
"""A beam that flickered is well again after so long without."""


class BeamChange(msgspec.Struct, frozen=True, kw_only=True, order=True):
    tick: float
    beam: Beam
    broken: bool


class Crossing(msgspec.Struct, frozen=True, kw_only=True):
    way: Way


class BeamFault(msgspec.Struct, frozen=True, kw_only=True):
    """A fault of a beam, or of ``both``, began or ended. ``since``: the tick since which it was so."""

    beam: Beam | Literal["both"]
    present: bool
    code: FaultCode = FaultCode.BEAM_BLOCKED
    since: float | None = None


Outcome = Crossing | BeamFault


class Flicker(msgspec.Struct, frozen=True, kw_only=True):
    """Recent short breaks of a beam that were nobody, not yet taken back, as of ``at``."""

    recent: float = 0.0
    at: float = float("-inf")
    since: float = 0.0
    present: bool = False


class Pair(msgspec.Struct, frozen=True, kw_only=True):
    """``position``: quarters of a passage, inwards positive. ``breaks``: those of this visit that have ended.
    ``single``: a visit to one beam that may be half of a passage. ``broken_at``: since when each beam is broken.
    ``faulty``: beams reported as blocked. ``void``: a beam was blocked, so nothing counts until both are clear.
    ``alone``: which beam was broken without the other, how often in a row, and since when. ``dead``: the beam reported
    as never broken. ``unseen``: how often the door was opened without a break, the first time and the last. ``silent``:
    that was reported."""

    outer: bool = False
    inner: bool = False
    position: int = 0
    breaks: tuple[Break, ...] = ()
    single: Visit | None = None
    broken_at: tuple[tuple[Beam, float], ...] = ()
    faulty: tuple[Beam, ...] = ()
    void: bool = False
    alone: tuple[Beam, int, float] | None = None
    dead: Beam | None = None
    unseen: tuple[int, float, float] | None = None
    silent: bool = False
    flickers: tuple[tuple[Beam, Flicker], ...] = ()
    row: Row = Row()
    waiting: tuple[BeamChange, ...] = ()

    @property
    def busy_since(self) -> float | None:
        """Since when something is in a beam that is not judged yet."""
        starts = [at for _, at in self.broken_at] + [each.start for each in self.breaks]
        return min([*starts, *([self.single.start] if self.single is not None else [])], default=None)

    @property
    def due(self) -> float | None:
        """The tick by which ``advance`` must be called, or ``None``."""
        dues = [self.waiting[0].tick + REORDER_S] if self.waiting else []
        if self.single is not None and not (self.outer or self.inner):
            dues.append(self.single.end + STRIDE_S + REORDER_S)
        elif (told := self.row.due) is not None and not (self.outer or self.inner):
            dues.append(told)
        dues += [at + BLOCKED_S + REORDER_S for beam, at in self.broken_at if beam not in self.faulty]
        dues += [each.at + CALM_S for _, each in self.flickers if each.present]
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


def opened(pair: Pair, tick: float) -> tuple[Pair, list[Outcome]]:
    """The door of this counter was opened."""
    times, first, last = pair.unseen or (0, tick, tick - OPENED_AGAIN_S)
    if pair.broken_at or tick < last + OPENED_AGAIN_S:
        return pair, []
    pair = msgspec.structs.replace(pair, unseen=(times + 1, first, tick))
    if times + 1 < UNSEEN or pair.silent:
        return pair, []
    found = BeamFault(beam="both", present=True, code=FaultCode.BEAMS_SILENT, since=first)
    return msgspec.structs.replace(pair, silent=True), [found]


_CYCLE = {(False, False): 0, (True, False): 1, (True, True): 2, (False, True): 3}


def _read(pair: Pair, change: BeamChange, outcomes: list[Outcome], *, shut: bool) -> Pair:
    if (pair.outer if change.beam == "outer" else pair.inner) is change.broken:
        return pair
    before, began = _CYCLE[pair.outer, pair.inner], dict(pair.broken_at).get(change.beam)
    broken_at = tuple((beam, at) for beam, at in pair.broken_at if beam != change.beam)
    breaks = pair.breaks
    if change.broken:
        broken_at = (*broken_at, (change.beam, change.tick))
    elif began is not None and len(breaks) <= BREAKS_KEPT:
        breaks = (*breaks, Break(change.beam, began, change.tick))
    outer = change.broken if change.beam == "outer" else pair.outer
    inner = change.broken if change.beam == "inner" else pair.inner
    move = 1 if (_CYCLE[outer, inner] - before) % 4 == 1 else -1
    pair = msgspec.structs.replace(
        pair, outer=outer, inner=inner, broken_at=broken_at, position=pair.position + move, breaks=breaks, unseen=None
    )
    pair = _well_again(pair, change, outcomes)
    return pair if outer or inner else _cleared(pair, change.tick, outcomes, shut=shut)


def _well_again(pair: Pair, change: BeamChange, outcomes: list[Outcome]) -> Pair:
    """Which faults a change disproves."""
    if not change.broken and change.beam in pair.faulty:
        faulty = tuple(beam for beam in pair.faulty if beam != change.beam)
        pair = msgspec.structs.replace(pair, faulty=faulty)
        outcomes.append(BeamFault(beam=change.beam, present=False))
    if change.beam == pair.dead:
        pair = msgspec.structs.replace(pair, dead=None)
        outcomes.append(BeamFault(beam=change.beam, present=False, code=FaultCode.BEAM_DEAD))
    if pair.silent:
        pair = msgspec.structs.replace(pair, silent=False)
        outcomes.append(BeamFault(beam="both", present=False, code=FaultCode.BEAMS_SILENT))
    return pair


def _cleared(pair: Pair, tick: float, outcomes: list[Outcome], *, shut: bool) -> Pair:
    """Both beams are clear: the visit has ended."""
    visit, single, void = Visit(breaks=pair.breaks, position=pair.position), pair.single, pair.void
    pair = msgspec.structs.replace(pair, position=0, breaks=(), single=None, void=False)
    if void:
        return pair
    if not shut and not visit.short:
        pair = _compare(pair, visit, outcomes)
    if pair.dead is not None:
        return pair
    if len(visit.beams) > 1:
        if single is not None and single.short:
            pair = _flickered(pair, single, outcomes)
        return _judged(pair, visit, outcomes, tick)
    if single is None:
        return msgspec.structs.replace(pair, single=visit)
    if single.beams == visit.beams:
        return msgspec.structs.replace(_turned(pair, single, outcomes), single=visit)
    way = 4 if single.beams == {"outer"} else -4
    return _judged(pair, Visit(breaks=(*single.breaks, *visit.breaks), position=way), outcomes, tick)


def _judged(pair: Pair, visit: Visit, outcomes: list[Outcome], tick: float) -> Pair:
    verdict = judge(visit)
    if verdict is None:
        return _flickered(pair, visit, outcomes)
    flickers = any(each.present for _, each in pair.flickers)
    return _tell(msgspec.structs.replace(pair, row=add(pair.row, verdict, flickers=flickers)), tick, outcomes)


def _turned(pair: Pair, single: Visit, outcomes: list[Outcome]) -> Pair:
    """A visit to one beam was no half of a passage."""
    if single.short:
        return _flickered(pair, single, outcomes)
    back = Verdict(way="back", people=1, start=single.start, end=single.end, body_s=0.0, doubtful=False)
    return msgspec.structs.replace(pair, row=add(pair.row, back, flickers=False))


def _flickered(pair: Pair, visit: Visit, outcomes: list[Outcome]) -> Pair:
    """Short breaks that were nobody."""
    now = dict(pair.flickers)
    for each in visit.breaks:
        before = now.get(each.beam, Flicker())
        recent = max(0.0, before.recent - max(0.0, each.end - before.at) * MADE_UP_PER_S)
        since = before.since if recent else each.start
        found = now[each.beam] = Flicker(
            recent=recent + 1, at=each.end, since=since, present=before.present or recent + 1 > FLICKERS
        )
        if found.present and not before.present:
            code = FaultCode.BEAM_FLICKERS
            outcomes.append(BeamFault(beam=each.beam, present=True, code=code, since=since))
    row = flicker(pair.row, visit.start, visit.end)
    return msgspec.structs.replace(pair, flickers=tuple(sorted(now.items())), row=row)


def _compare(pair: Pair, visit: Visit, outcomes: list[Outcome]) -> Pair:
    """Compare the beams: both should be broken about equally often."""
    if len(visit.beams) > 1:
        return msgspec.structs.replace(pair, alone=None)
    beam, before = next(iter(visit.beams)), pair.alone
    times, since = (before[1] + 1, before[2]) if before is not None and before[0] == beam else (1, visit.start)
    if times < ALONE or pair.dead is not None:
        return msgspec.structs.replace(pair, alone=(beam, times, since))
    other: Beam = "inner" if beam == "outer" else "outer"
    outcomes.append(BeamFault(beam=other, present=True, code=FaultCode.BEAM_DEAD, since=since))
    return msgspec.structs.replace(pair, alone=(beam, times, since), dead=other)


def _tell(pair: Pair, tick: float, outcomes: list[Outcome]) -> Pair:
    row, ways = tell(pair.row, tick, pair.busy_since)
    outcomes += [Crossing(way=way) for way in ways]
    return msgspec.structs.replace(pair, row=row)


def _lapse(pair: Pair, tick: float, outcomes: list[Outcome]) -> Pair:
    """Apply what follows from elapsed time: a single break was no passage, a beam is blocked or flickers no more."""
    clear = not (pair.outer or pair.inner)
    if pair.single is not None and clear and tick >= pair.single.end + STRIDE_S + REORDER_S:
        pair = _turned(msgspec.structs.replace(pair, single=None), pair.single, outcomes)
    pair = _tell(pair, tick, outcomes)
    for beam, at in pair.broken_at:
        if beam not in pair.faulty and tick >= at + BLOCKED_S + REORDER_S:
            pair = msgspec.structs.replace(pair, faulty=(*pair.faulty, beam), single=None, void=True)
            outcomes.append(BeamFault(beam=beam, present=True, since=at))
    for beam, each in pair.flickers:
        if each.present and tick >= each.at + CALM_S:
            pair = msgspec.structs.replace(pair, flickers=tuple(one for one in pair.flickers if one[0] != beam))
            outcomes.append(BeamFault(beam=beam, present=False, code=FaultCode.BEAM_FLICKERS))
    return pair
