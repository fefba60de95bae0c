"""Drops events that come twice, and knows which numbers of a log are accounted for. Pure."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping

from controller.telemetry.model import GoodEvent, RefusalReason, SetAside
from controller.telemetry.validation import Judged

Run = tuple[int, int]
"""First and last number, both included."""


class SeqRuns:
    """A set of whole numbers from 1, kept as runs that neither overlap nor touch."""

    def __init__(self, runs: Iterable[Run] = ()) -> None:
        self._runs: list[Run] = []
        for first, last in runs:
            self.add(first, last)

    def __contains__(self, number: int) -> bool:
        place = bisect_right(self._runs, number, key=lambda run: run[0])
        return place > 0 and self._runs[place - 1][1] >= number

    @property
    def runs(self) -> tuple[Run, ...]:
        """The runs in order."""
        return tuple(self._runs)

    @property
    def contiguous(self) -> int:
        """The last number of the run that begins at 1; 0 where there is none."""
        return self._runs[0][1] if self._runs and self._runs[0][0] == 1 else 0

    @property
    def top(self) -> int:
        """The highest number; 0 where there is none."""
        return self._runs[-1][1] if self._runs else 0

    def add(self, first: int, last: int) -> None:
        """Add the numbers from ``first`` to ``last``; raises ``ValueError`` where they are none from 1 up."""
        if not 1 <= first <= last:
            raise ValueError(f"{first} to {last} is not a run of numbers from 1")
        start = bisect_left(self._runs, first - 1, key=lambda run: run[1])
        end = bisect_right(self._runs, last + 1, key=lambda run: run[0])
        if start < end:
            first, last = min(first, self._runs[start][0]), max(last, self._runs[end - 1][1])
        self._runs[start:end] = [(first, last)]

    def add_each(self, numbers: Iterable[int]) -> None:
        """Add numbers in any order; raises ``ValueError`` where one is not from 1 up."""
        first: int | None = None
        last = 0
        for number in sorted(numbers):
            if first is None:
                first = number
            elif number > last + 1:
                self.add(first, last)
                first = number
            last = number
        if first is not None:
            self.add(first, last)

    def missing(self, first: int, last: int) -> list[Run]:
        """The numbers from ``first`` to ``last`` that are not in the set, in order."""
        found: list[Run] = []
        for start, end in self._runs:
            if end < first:
                continue
            if start > last:
                break
            if start > first:
                found.append((first, start - 1))
            first = end + 1
        if first <= last:
            found.append((first, last))
        return found


def judged_seq(judged: Judged) -> int | None:
    """The number of an event; ``None`` where not even that could be read."""
    return judged.event.seq if isinstance(judged, GoodEvent) else judged.seq


def deduplicate(judged: Iterable[Judged], stored: Mapping[int, str | None]) -> tuple[list[GoodEvent], list[SetAside]]:
    """What is not stored yet, each number once; the first one wins. Another event under its number is set aside: it
    happened anyway. ``stored``: the numbers that are stored, with the edge's run that each event belongs to."""
    known = dict(stored)
    good: list[GoodEvent] = []
    aside: list[SetAside] = []
    for each in judged:
        seq = judged_seq(each)
        if seq is not None:
            if seq in known:
                aside += _another(each, known[seq])
                continue
            known[seq] = _run(each)
        if isinstance(each, GoodEvent):
            good.append(each)
        else:
            aside.append(each)
    return good, aside


def _run(judged: Judged) -> str | None:
    """The edge's run that an event belongs to; ``None`` for an event that reports dropped ones, or that could not be
    read."""
    return judged.event.boot if isinstance(judged, GoodEvent) and judged.kind != "dropped" else None


def _another(judged: Judged, run: str | None) -> list[SetAside]:
    """An event whose number is stored already, of that ``run``: nothing where it is the very same."""
    if not isinstance(judged, GoodEvent) or run is None or _run(judged) in (None, run):
        return []
    why = f"its number {judged.event.seq} belongs to another event, which an earlier run of the edge sent"
    return [SetAside(seq=None, raw=judged.raw, reason=RefusalReason.NUMBER_TAKEN, why=why)]
