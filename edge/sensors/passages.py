"""Who passed two beams, by when each was broken. Pure; times in seconds of the pins' ticks.

A *visit* lasts from clear beams to clear beams. What it was is read from the lengths of its breaks, and from the
*lags*: how long after the one beam the other was broken, and cleared. Of one body all lags and all lengths are alike.

- Two at each other's heels break both beams twice, with one lag throughout. Somebody who takes half a step back does so
  too, but stands still in between, which makes the lags differ.
- Of bodies in one visit that differ much in length, some are no people: a pram before who pushes it, a hand before its
  person.
- Where the lags tell nothing, the net movement through the beams counts.

A visit of short breaks only is somebody who runs, a hand, or a flicker of the sun. It counts if it is alike in itself,
but not near another that is not, nor just beside a longer body that goes the same way. To know that, it waits for
``HOLD_S``, and who comes next waits behind it.
"""

from typing import Literal

import msgspec

Beam = Literal["outer", "inner"]
Way = Literal["in", "out", "back"]

SHORT_S = 0.12
"""Somebody who walks breaks a beam for longer: 0.26 m at 2 m/s."""
QUIET_S = 0.6
"""A visit of short breaks is doubted if a flicker is that near."""
HOLD_S = QUIET_S + 0.050
"""How long it waits, for changes are decoded late."""
HAND_S = 0.35
"""A hand is that near its person."""
ALIKE = 1.6
"""The most by which lags of one body differ, and ``SLACK_S`` for beams that are not broken sharply; of short breaks
less."""
SLACK_S, SHORT_SLACK_S = 0.03, 0.005
LEAST_LAG_S = 0.01
"""Light reaches both beams at once, a body does not."""
UNLIKE = 1.8
"""Bodies whose lengths differ by so much are not both people; those of adults differ by up to 1.6."""
BREAKS_KEPT = 40
"""More in one visit are not looked at: somebody sways in a beam."""


class Break(msgspec.Struct, frozen=True):
    """A beam was broken from ``start`` to ``end``."""

    beam: Beam
    start: float
    end: float

    @property
    def lasts(self) -> float:
        return self.end - self.start


class Visit(msgspec.Struct, frozen=True, kw_only=True):
    """``position``: the net movement, in quarters of a passage, inwards positive."""

    breaks: tuple[Break, ...]
    position: int = 0

    @property
    def start(self) -> float:
        return min(each.start for each in self.breaks)

    @property
    def end(self) -> float:
        return max(each.end for each in self.breaks)

    @property
    def beams(self) -> frozenset[Beam]:
        return frozenset(each.beam for each in self.breaks)

    @property
    def short(self) -> bool:
        """Whether nobody who walks breaks beams so briefly."""
        return all(each.lasts < SHORT_S for each in self.breaks)


class Verdict(msgspec.Struct, frozen=True, kw_only=True):
    """What a visit was: how many went which way; for who turned back, one. ``body_s``: the length of a body. ``thin``:
    it was shorter than the way between the beams."""

    way: Way
    people: int
    start: float
    end: float
    body_s: float
    thin: bool = False
    doubtful: bool


def judge(visit: Visit) -> Verdict | None:
    """What a visit of both beams was; ``None`` for a flicker."""
    found = _alike(visit)
    if found is not None:
        way, people, body_s, thin = found
    elif visit.short:
        return None
    else:
        way = "back" if not visit.position else "in" if visit.position > 0 else "out"
        people, body_s, thin = 1, max(each.lasts for each in visit.breaks), False
    return Verdict(
        way=way, people=people, start=visit.start, end=visit.end, body_s=body_s, thin=thin, doubtful=visit.short
    )


def _alike(visit: Visit) -> tuple[Way, int, float, bool] | None:
    """Way, people, length and whether thin of who went through without a pause; ``None`` if it was not so."""
    if len(visit.breaks) > BREAKS_KEPT:
        return None
    outer = sorted((each for each in visit.breaks if each.beam == "outer"), key=lambda each: each.start)
    inner = sorted((each for each in visit.breaks if each.beam == "inner"), key=lambda each: each.start)
    if len(outer) != len(inner) or not outer:
        return None
    pairs = list(zip(outer, inner, strict=True))
    lags = [lag for first, second in pairs for lag in (second.start - first.start, second.end - first.end)]
    way: Way = "in" if lags[0] > 0 else "out"
    sizes = [abs(lag) for lag in lags]
    if any((lag > 0) is not (lags[0] > 0) for lag in lags) or min(sizes) < LEAST_LAG_S:
        return None
    slack = SHORT_SLACK_S if visit.short else SLACK_S
    if max(sizes) > ALIKE * min(sizes) + slack:
        return None
    if any(max(a.lasts, b.lasts) > ALIKE * min(a.lasts, b.lasts) + slack for a, b in pairs):
        return None
    bodies = [(a.lasts + b.lasts) / 2 for a, b in pairs]
    long = sum(each * UNLIKE > max(bodies) for each in bodies)
    return way, max(long, len(bodies) - long), max(bodies), max(bodies) < min(sizes)


class Held(msgspec.Struct, frozen=True):
    verdict: Verdict
    refused: bool = False


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """Verdicts in order that are not told yet. ``flickered``: when the last flicker ended. ``last``: the newest
    verdict."""

    held: tuple[Held, ...] = ()
    flickered: float = float("-inf")
    last: Verdict | None = None

    @property
    def due(self) -> float | None:
        """When the first may be told."""
        if not self.held:
            return None
        first = self.held[0]
        return first.verdict.end + (HOLD_S if first.verdict.doubtful and not first.refused else 0.0)


def flicker(row: Row, start: float, end: float) -> Row:
    """Short breaks that were nobody: who was doubtful nearby was nobody either."""
    held = tuple(
        Held(each.verdict, each.refused or (each.verdict.doubtful and start <= each.verdict.end + QUIET_S))
        for each in row.held
    )
    return msgspec.structs.replace(row, held=held, flickered=end)


def add(row: Row, verdict: Verdict, *, flickers: bool) -> Row:
    """The next visit's verdict. ``flickers``: a beam is known to flicker."""
    near = flickers or verdict.start <= row.flickered + QUIET_S
    refused = verdict.doubtful and (near or _hand_of(verdict, row.last))
    held = tuple(
        Held(each.verdict, each.refused or (each.verdict.doubtful and _hand_of(each.verdict, verdict)))
        for each in row.held
    )
    return msgspec.structs.replace(row, held=(*held, Held(verdict, refused)), last=verdict)


def _hand_of(small: Verdict, body: Verdict | None) -> bool:
    """Whether one is a hand, a bag or a stick of the other."""
    if body is None or not small.thin or body.way != small.way or body.body_s < UNLIKE * small.body_s:
        return False
    return max(small.start - body.end, body.start - small.end) <= HAND_S


def tell(row: Row, tick: float, busy_since: float | None) -> tuple[Row, list[Way]]:
    """Who is certain at ``tick``. ``busy_since``: since when something is in a beam that is not judged yet."""
    told: list[Way] = []
    while row.held:
        first = row.held[0]
        if not first.refused and first.verdict.doubtful:
            until = first.verdict.end + HOLD_S
            if tick < until or (busy_since is not None and busy_since <= until):
                break
        if not first.refused:
            told += [first.verdict.way] * first.verdict.people
        row = msgspec.structs.replace(row, held=row.held[1:])
    return row, told
